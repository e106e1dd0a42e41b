//! Processes that began and ended, as Windows audits them and as Sysmon tells them.

use begat_model::catalog::FieldName::{self, self as F};
use begat_model::event::{Field, ParentProcess, Principal, ProcessCreated, ProcessDetails, ProcessEnded};
use begat_model::ids::parse_unsigned;
use begat_model::{Sid, Text, Timestamp};

use crate::normalise::fields::{Fields, PrincipalFields, SUBJECT, TARGET_SESSION};
use crate::scalar::Scalar;

/// How the fields of a 4688 stand to their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shift {
    None,
    /// From the command line on each stands under the name of the one before.
    ByOne,
    /// Some do; which is not known.
    Unclear,
}

/// Whose token a process runs with, each part one name too early.
const SHIFTED_SESSION: PrincipalFields = PrincipalFields {
    sid: Some(F::CommandLine),
    name: F::TargetUserSid,
    domain: Some(F::TargetUserName),
    logon_id: Some(F::TargetDomainName),
};

impl Fields<'_, '_> {
    pub(crate) fn process_created(&self, at: Timestamp) -> ProcessCreated {
        let shift = self.shift();
        let (target, parent) = match shift {
            Shift::None => (self.principal(&TARGET_SESSION), self.image(F::ParentProcessName)),
            Shift::ByOne => (self.principal(&SHIFTED_SESSION), self.image(F::TargetLogonId)),
            Shift::Unclear => (Principal::default(), self.image(F::ParentProcessName)),
        };
        ProcessCreated {
            pid: self.pid(F::NewProcessId),
            guid: None,
            started_at: at,
            image: self.image(F::NewProcessName),
            command_line: if shift == Shift::None { self.maybe_empty(F::CommandLine) } else { Field::Empty },
            original_file_name: None,
            subject: self.principal(&SUBJECT),
            target,
            parent: ParentProcess {
                pid: self.pid(F::ProcessId),
                guid: None,
                image: parent,
                command_line: None,
            },
            elevation: self.elevation(F::TokenElevationType),
            hashes: None,
            rules: Vec::new(),
            details: self.process_details(F::MandatoryLabel),
        }
    }

    pub(crate) fn sysmon_process_created(&self, at: Timestamp) -> ProcessCreated {
        ProcessCreated {
            pid: self.pid(F::ProcessId),
            guid: self.guid(F::ProcessGuid),
            started_at: self.utc(F::UtcTime).unwrap_or(at),
            image: self.image(F::Image),
            command_line: self.maybe_empty(F::CommandLine),
            original_file_name: self.text(F::OriginalFileName),
            subject: Principal::default(),
            target: self.sysmon_user(),
            parent: ParentProcess {
                pid: self.pid(F::ParentProcessId),
                guid: self.guid(F::ParentProcessGuid),
                image: self.image(F::ParentImage),
                command_line: self.text(F::ParentCommandLine),
            },
            elevation: None,
            hashes: self.text(F::Hashes),
            rules: Vec::new(),
            details: self.process_details(F::IntegrityLevel),
        }
    }

    /// A collector that drops the empty command line gives every later value the name of the field before: a SID then
    /// stands for the command line, which is told. Where the others that follow are what the next field holds, they are
    /// read as that.
    fn shift(&self) -> Shift {
        if self.path_like(F::CommandLine).is_ok() {
            return Shift::None;
        }
        let said = |field| self.said(field).map(|text| text.trim().to_owned());
        let is_id =
            said(F::TargetDomainName).is_some_and(|id| id.starts_with("0x") && parse_unsigned(&id).is_some());
        let is_image = said(F::TargetLogonId).is_none_or(|image| parse_unsigned(&image).is_none());
        let is_label = said(F::ParentProcessName).is_none_or(|label| label.starts_with("S-1-16-"));
        if is_id && is_image && is_label { Shift::ByOne } else { Shift::Unclear }
    }

    /// A path; where a SID stands in its place the fields have shifted, and it is not told.
    fn image(&self, field: FieldName) -> Option<Text> {
        self.path_like(field).ok().flatten()
    }

    /// What can be anything but a SID alone.
    fn path_like(&self, field: FieldName) -> Result<Option<Text>, ()> {
        let Some(text) = self.text(field) else { return Ok(None) };
        if text.starts_with("S-1-") && Sid::parse(&text).is_some() {
            self.unreadable(field, &Scalar::Text(text.as_ref().into()));
            return Err(());
        }
        Ok(Some(text))
    }

    /// `None` where nobody asked for them.
    pub(crate) fn process_details(&self, integrity_level: FieldName) -> Option<Box<ProcessDetails>> {
        (!self.record.spec.details.is_empty()).then(|| {
            Box::new(ProcessDetails {
                description: self.as_written(F::Description),
                product: self.as_written(F::Product),
                company: self.as_written(F::Company),
                file_version: self.as_written(F::FileVersion),
                current_directory: self.as_written(F::CurrentDirectory),
                parent_user: self.as_written(F::ParentUser),
                integrity_level: self.as_written(integrity_level),
            })
        })
    }

    /// What each sensor tells of a start alike, with whose token it runs; who started it is told by each in its own way.
    pub(crate) fn sensed_start(&self, at: Timestamp) -> ProcessCreated {
        ProcessCreated {
            pid: self.pid(F::NewProcessId),
            image: self.text(F::NewProcessName),
            command_line: self.maybe_empty(F::CommandLine),
            original_file_name: self.text(F::OriginalFileName),
            target: self.principal(&TARGET_SESSION),
            ..ProcessCreated::untold(self.utc(F::UtcTime).unwrap_or(at))
        }
    }

    pub(crate) fn process_ended(&self, at: Timestamp) -> ProcessEnded {
        ProcessEnded {
            pid: self.pid(F::ProcessId),
            guid: None,
            ended_at: at,
            image: self.image(F::ProcessName),
            exit_code: self.number(F::Status),
            subject: self.principal(&SUBJECT),
        }
    }

    pub(crate) fn sysmon_process_ended(&self, at: Timestamp) -> ProcessEnded {
        ProcessEnded {
            pid: self.pid(F::ProcessId),
            guid: self.guid(F::ProcessGuid),
            ended_at: self.utc(F::UtcTime).unwrap_or(at),
            image: self.image(F::Image),
            exit_code: None,
            subject: Principal::default(),
        }
    }
}

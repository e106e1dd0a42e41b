//! Processes that began and ended, as Windows audits them and as Sysmon tells them.

use begat_model::Timestamp;
use begat_model::catalog::FieldName::{self, self as F};
use begat_model::event::{ParentProcess, Principal, ProcessCreated, ProcessDetails, ProcessEnded};

use crate::normalise::fields::{Fields, SUBJECT, TARGET_SESSION};

impl Fields<'_, '_> {
    pub(crate) fn process_created(&self, at: Timestamp) -> Option<ProcessCreated> {
        Some(ProcessCreated {
            pid: self.pid(F::NewProcessId)?,
            guid: None,
            started_at: at,
            image: self.text(F::NewProcessName),
            command_line: self.maybe_empty(F::CommandLine),
            original_file_name: None,
            subject: self.principal(&SUBJECT),
            target: self.principal(&TARGET_SESSION),
            parent: ParentProcess {
                pid: self.pid(F::ProcessId),
                guid: None,
                image: self.text(F::ParentProcessName),
                command_line: None,
            },
            elevation: self.elevation(F::TokenElevationType),
            hashes: None,
            rules: Vec::new(),
            details: self.process_details(F::MandatoryLabel),
        })
    }

    pub(crate) fn sysmon_process_created(&self, at: Timestamp) -> Option<ProcessCreated> {
        Some(ProcessCreated {
            pid: self.pid(F::ProcessId)?,
            guid: self.guid(F::ProcessGuid),
            started_at: self.utc(F::UtcTime).unwrap_or(at),
            image: self.text(F::Image),
            command_line: self.maybe_empty(F::CommandLine),
            original_file_name: self.text(F::OriginalFileName),
            subject: Principal::default(),
            target: self.sysmon_user(),
            parent: ParentProcess {
                pid: self.pid(F::ParentProcessId),
                guid: self.guid(F::ParentProcessGuid),
                image: self.text(F::ParentImage),
                command_line: self.text(F::ParentCommandLine),
            },
            elevation: None,
            hashes: self.text(F::Hashes),
            rules: Vec::new(),
            details: self.process_details(F::IntegrityLevel),
        })
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

    pub(crate) fn process_ended(&self, at: Timestamp) -> Option<ProcessEnded> {
        Some(ProcessEnded {
            pid: self.pid(F::ProcessId)?,
            guid: None,
            ended_at: at,
            image: self.text(F::ProcessName),
            exit_code: self.number(F::Status),
            subject: self.principal(&SUBJECT),
        })
    }

    pub(crate) fn sysmon_process_ended(&self, at: Timestamp) -> Option<ProcessEnded> {
        Some(ProcessEnded {
            pid: self.pid(F::ProcessId)?,
            guid: self.guid(F::ProcessGuid),
            ended_at: self.utc(F::UtcTime).unwrap_or(at),
            image: self.text(F::Image),
            exit_code: None,
            subject: Principal::default(),
        })
    }
}

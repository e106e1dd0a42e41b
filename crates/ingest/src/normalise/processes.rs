//! Processes that began and ended, as Windows audits them and as Sysmon tells them.

use begat_model::Timestamp;
use begat_model::event::{ParentProcess, Principal, ProcessCreated, ProcessDetails, ProcessEnded};

use crate::normalise::fields::{Fields, SUBJECT, TARGET_SESSION};

impl Fields<'_, '_> {
    pub(crate) fn process_created(&self, at: Timestamp) -> Option<ProcessCreated> {
        Some(ProcessCreated {
            pid: self.pid("NewProcessId")?,
            guid: None,
            started_at: at,
            image: self.text("NewProcessName"),
            command_line: self.maybe_empty("CommandLine"),
            original_file_name: None,
            subject: self.principal(&SUBJECT),
            target: self.principal(&TARGET_SESSION),
            parent: ParentProcess {
                pid: self.pid("ProcessId"),
                guid: None,
                image: self.text("ParentProcessName"),
                command_line: None,
            },
            elevation: self.elevation("TokenElevationType"),
            hashes: None,
            rules: Vec::new(),
            details: self.process_details("MandatoryLabel"),
        })
    }

    pub(crate) fn sysmon_process_created(&self, at: Timestamp) -> Option<ProcessCreated> {
        Some(ProcessCreated {
            pid: self.pid("ProcessId")?,
            guid: self.guid("ProcessGuid"),
            started_at: self.utc("UtcTime").unwrap_or(at),
            image: self.text("Image"),
            command_line: self.maybe_empty("CommandLine"),
            original_file_name: self.text("OriginalFileName"),
            subject: Principal::default(),
            target: self.sysmon_user(),
            parent: ParentProcess {
                pid: self.pid("ParentProcessId"),
                guid: self.guid("ParentProcessGuid"),
                image: self.text("ParentImage"),
                command_line: self.text("ParentCommandLine"),
            },
            elevation: None,
            hashes: self.text("Hashes"),
            rules: Vec::new(),
            details: self.process_details("IntegrityLevel"),
        })
    }

    /// `None` where nobody asked for them.
    pub(crate) fn process_details(&self, integrity_level: &str) -> Option<Box<ProcessDetails>> {
        (!self.record.spec.details.is_empty()).then(|| {
            Box::new(ProcessDetails {
                description: self.as_written("Description"),
                product: self.as_written("Product"),
                company: self.as_written("Company"),
                file_version: self.as_written("FileVersion"),
                current_directory: self.as_written("CurrentDirectory"),
                parent_user: self.as_written("ParentUser"),
                integrity_level: self.as_written(integrity_level),
            })
        })
    }

    pub(crate) fn process_ended(&self, at: Timestamp) -> Option<ProcessEnded> {
        Some(ProcessEnded {
            pid: self.pid("ProcessId")?,
            guid: None,
            ended_at: at,
            image: self.text("ProcessName"),
            exit_code: self.number("Status"),
            subject: self.principal(&SUBJECT),
        })
    }

    pub(crate) fn sysmon_process_ended(&self, at: Timestamp) -> Option<ProcessEnded> {
        Some(ProcessEnded {
            pid: self.pid("ProcessId")?,
            guid: self.guid("ProcessGuid"),
            ended_at: self.utc("UtcTime").unwrap_or(at),
            image: self.text("Image"),
            exit_code: None,
            subject: Principal::default(),
        })
    }
}

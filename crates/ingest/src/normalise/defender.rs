//! What Defender for Endpoint tells of processes and accounts.

use begat_model::Timestamp;
use begat_model::catalog::FieldName as F;
use begat_model::event::{AccountCreated, InitiatingProcess, ParentProcess, ProcessCreated};

use crate::normalise::fields::{Fields, SUBJECT, TARGET_SESSION};

impl Fields<'_, '_> {
    /// UserAccountCreated: the initiating process is whose token it was, and whose call as far as Defender saw.
    pub(crate) fn edr_account_created(&self) -> AccountCreated {
        let initiating = self.pid(F::CallerProcessId).map(|pid| {
            Box::new(InitiatingProcess {
                pid,
                image: self.text(F::CallerProcessName),
                command_line: self.maybe_empty(F::ParentCommandLine),
                started_at: self.utc(F::InitiatingProcessCreationTime),
            })
        });
        AccountCreated { initiating, ..self.account_created() }
    }

    /// ProcessCreated: the account is the new process's own, the initiating process its parent.
    pub(crate) fn edr_process_created(&self, at: Timestamp) -> ProcessCreated {
        ProcessCreated {
            pid: self.pid(F::NewProcessId),
            guid: None,
            started_at: self.utc(F::UtcTime).unwrap_or(at),
            image: self.text(F::NewProcessName),
            command_line: self.maybe_empty(F::CommandLine),
            original_file_name: self.text(F::OriginalFileName),
            subject: self.principal(&SUBJECT),
            target: self.principal(&TARGET_SESSION),
            parent: ParentProcess {
                pid: self.pid(F::ProcessId),
                guid: None,
                image: self.text(F::ParentProcessName),
                command_line: self.text(F::ParentCommandLine),
            },
            elevation: self.elevation(F::TokenElevationType),
            hashes: None,
            rules: Vec::new(),
            details: None,
        }
    }
}

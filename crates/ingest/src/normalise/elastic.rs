//! What Elastic Defend tells of processes.

use begat_model::catalog::FieldName as F;
use begat_model::event::{ParentProcess, ProcessCreated};
use begat_model::{ProcessGuid, Timestamp};

use crate::normalise::fields::Fields;

impl Fields<'_, '_> {
    /// A start: the account is the process's own. Where another parent was asserted, `parent.Ext.real.pid` is the one that
    /// made the call, and all else of `parent` is the asserted one's.
    pub(crate) fn elastic_process_created(&self, at: Timestamp) -> ProcessCreated {
        let real = self.pid(F::RealParentProcessId);
        let asserted = self.pid(F::ProcessId);
        let parent = match real.filter(|real| Some(*real) != asserted) {
            Some(real) => ParentProcess { pid: Some(real), ..ParentProcess::default() },
            None => ParentProcess {
                pid: asserted,
                guid: self.entity(F::ParentProcessGuid),
                image: self.text(F::ParentProcessName),
                command_line: self.text(F::ParentCommandLine),
            },
        };
        ProcessCreated { guid: self.entity(F::ProcessGuid), parent, ..self.sensed_start(at) }
    }

    fn entity(&self, field: F) -> Option<ProcessGuid> {
        self.said(field).as_deref().and_then(ProcessGuid::of_opaque)
    }
}

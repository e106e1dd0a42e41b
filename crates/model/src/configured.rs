//! What a site has configured to be audited, to be held against what is seen.

use std::collections::BTreeMap;

use crate::ids::HostName;
use crate::prerequisite::Prerequisite;

/// What is configured, of one machine or of all that a policy reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditSettings {
    /// The machine that the file names; `None` where it is a policy for many.
    pub machine: Option<HostName>,
    /// Whether it is audited, by prerequisite. What a file does not speak of is not in it.
    pub audited: BTreeMap<Prerequisite, bool>,
}

impl AuditSettings {
    /// These settings reach a machine of such names.
    pub fn reaches(&self, names: &[HostName]) -> bool {
        self.machine
            .as_ref()
            .is_none_or(|machine| names.iter().any(|name| name.netbios() == machine.netbios()))
    }
}

//! What a site has configured to be audited, to be held against what is seen.

use std::collections::BTreeMap;

use crate::ids::HostName;
use crate::prerequisite::Prerequisite;
use crate::text::Text;

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

/// What a Sysmon configuration tells and does not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SysmonConfig {
    /// The file, as given.
    pub file: Text,
    /// Process starts that it swallows, of those that make accounts or lead there.
    pub leaves_out: Vec<LeftOut>,
    /// Those that it may swallow: its rules ask for more than is asked about.
    pub may_leave_out: Vec<LeftOut>,
    /// The keys of accounts in the SAM are watched.
    pub watches_sam: bool,
}

/// A process start that a configuration swallows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Which.
    pub what: Text,
    /// By which rule, or for want of which.
    pub rule: Text,
}

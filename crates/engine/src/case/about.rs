//! What a host is called, what it is for, and whose it is.

use begat_model::case::HostRole;
use begat_model::{HostName, Text};

/// What a host is for, and whose it is.
#[derive(Debug, Default)]
pub(crate) struct About {
    pub(crate) role: Option<HostRole>,
    pub(crate) owner: Option<Text>,
}

/// What a machine is called.
#[derive(Debug)]
pub(crate) struct HostNaming {
    /// What it is called here, whatever its records say.
    pub(crate) id: Text,
    /// All that the input calls it.
    pub(crate) names: Vec<HostName>,
    /// What its latest record calls it.
    pub(crate) netbios: String,
    /// Another machine of the input may bear its name.
    pub(crate) is_ambiguous: bool,
    /// Records of several machines are mixed under it.
    pub(crate) is_mixed: bool,
}

//! What one machine of the input is known by.

use std::fmt;
use std::sync::Arc;

/// One machine of the input, whatever its events call it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostId(pub(super) Arc<str>);

impl HostId {
    /// The NetBIOS name, or the full name where that alone tells machines apart.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

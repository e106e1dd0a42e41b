//! What a hunt read: the ground on which "nothing was found" stands.

use begat_model::coverage::HostCoverage;
use begat_model::time::Duration;

use crate::view::originals::Originals;

/// What was read, and how.
#[derive(Debug, Clone, Copy, Default)]
pub struct Read<'a> {
    /// What each host was heard to log; empty where that was not asked.
    pub coverage: &'a [HostCoverage],
    /// Records of Windows events.
    pub records: u64,
    /// Inputs that could not be opened or read.
    pub problems: u64,
    /// The window of the plain rule; `None` where it is not known.
    pub window: Option<Duration>,
    /// What the records say that cases rest on; `None` where they were not read again.
    pub originals: Option<&'a Originals>,
}

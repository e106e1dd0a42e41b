//! One difference between two hunts, and what became of the case or finding.

use super::compare::Changes;
use super::record::Record;

/// What became of a case or a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Only the later hunt has it.
    New,
    /// Both have it, and tell it differently.
    Changed,
    /// Only the earlier hunt has it.
    Gone,
}

/// One difference.
#[derive(Debug)]
pub struct Difference {
    pub(super) fate: Fate,
    /// As the later hunt tells it, where it does.
    pub(super) record: Record,
    pub(super) changes: Changes,
}

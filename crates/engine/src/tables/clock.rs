//! How a host's clock was set back: what its Security log numbers after it came after all of before, whatever its time
//! says.

use begat_model::Timestamp;

/// A clock that was set back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetBack {
    /// Of the record that tells it.
    pub record_id: u64,
    /// The time that it was.
    pub from: Timestamp,
}

impl SetBack {
    /// It lies between two records of the Security log.
    pub fn is_between(&self, before: Option<u64>, after: Option<u64>) -> bool {
        before.is_some_and(|before| before < self.record_id)
            && after.is_some_and(|after| after >= self.record_id)
    }
}

//! How many of the processes that ended were seen to start.

use begat_model::Timestamp;

use crate::spans::CHANNEL_TOLERANCE;

/// Fewer ends without a start say nothing: some processes began before any log.
const UNSEEN_ENDS_MIN: u64 = 5;
/// With so many of a hundred ends without a start, starts are not reliably seen.
const UNSEEN_PERCENT_MIN: u64 = 10;

/// Ends of processes, each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ends {
    /// Their starts were seen.
    pub of_seen: u64,
    /// Their starts were not: they began before the log did, or their records are lost.
    pub of_unseen: u64,
    /// The latest of them.
    pub latest: Option<Timestamp>,
}

impl Ends {
    /// Some were told: this host tells ends.
    pub fn are_told(self) -> bool {
        self.latest.is_some()
    }

    /// Ends are told, and were so after a time: one that is not told until then has not come.
    pub fn are_told_after(self, at: Timestamp) -> bool {
        self.of_seen > 0 && self.latest.is_some_and(|latest| latest > at + CHANNEL_TOLERANCE)
    }

    /// Of a hundred ended processes so many were not seen to start; `None` where that is what any log shows at its
    /// beginning.
    pub fn unseen_percent(self) -> Option<u64> {
        let percent = 100 * self.of_unseen / (self.of_seen + self.of_unseen).max(1);
        (self.of_unseen >= UNSEEN_ENDS_MIN && percent >= UNSEEN_PERCENT_MIN).then_some(percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_told_after_a_time_where_one_came_later_than_logs_differ() {
        let creation = Timestamp::parse_rfc3339("2024-05-01T10:00:00Z").unwrap();
        let told = |of_seen, latest| Ends { of_seen, of_unseen: 0, latest }.are_told_after(creation);
        let later = creation + CHANNEL_TOLERANCE + CHANNEL_TOLERANCE;
        assert!(told(1, Some(later)));
        assert!(!told(1, Some(creation + CHANNEL_TOLERANCE)), "another log may be so far ahead");
        assert!(!told(1, Some(creation - CHANNEL_TOLERANCE)), "told before, and perhaps no longer");
        assert!(!told(0, Some(later)) && !told(1, None));
    }
}

//! How fast a log fills: for how many days it holds what is written to it, and how much that is a day.

use begat_model::ledger::Reach;

/// In less time than this a rate is chance.
const SPAN_SECONDS_MIN: f64 = 3600.0;
const DAY_SECONDS: f64 = 86_400.0;

/// What a log holds, and how much comes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fills {
    /// From its first record to its last, to the tenth.
    pub days: f64,
    /// Records.
    pub a_day: u64,
}

/// `None` where too little time lies between its first record and its last.
pub(crate) fn fills(reach: &Reach) -> Option<Fills> {
    let seconds = (reach.newest? - reach.oldest?).seconds();
    (seconds >= SPAN_SECONDS_MIN).then(|| {
        let days = seconds / DAY_SECONDS;
        Fills { days: (days * 10.0).round() / 10.0, a_day: (reach.records as f64 / days).round() as u64 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::Timestamp;

    #[test]
    fn a_rate_is_told_of_an_hour_and_more() {
        let reach = |oldest: &str, newest: &str| Reach {
            channel: None,
            oldest: Timestamp::parse_rfc3339(oldest),
            newest: Timestamp::parse_rfc3339(newest),
            records: 5000,
            begins_with_the_log: None,
        };
        let of = |oldest, newest| fills(&reach(oldest, newest));
        assert_eq!(
            of("2026-03-01T00:00:00Z", "2026-03-03T12:00:00Z"),
            Some(Fills { days: 2.5, a_day: 2000 })
        );
        assert_eq!(of("2026-03-01T00:00:00Z", "2026-03-01T00:59:59Z"), None);
        assert_eq!(of("", "2026-03-01T00:59:59Z"), None);
    }
}

//! How often suspicious processes start on a host, away from its creations: what a window would find by accident.

use std::collections::BTreeMap;

use begat_model::analytic::SessionKind;
use begat_model::calibration::WINDOWS_SECONDS;
use begat_model::{Duration, Timestamp};

use crate::spans::{CHANNEL_TOLERANCE, QUIET_MAX, RATE_SPAN_MIN, STARTED_NEAR};

/// Most occasions of one host that are remembered; beyond it the rate is that of the time before.
const OCCASIONS_MAX: usize = 4096;
/// Most stretches of sight, each ended by half an hour of silence.
const STRETCHES_MAX: usize = 4096;
/// So much around a creation is left out: what the act itself started is no accident.
const AROUND_A_CREATION: Duration = STARTED_NEAR;

/// What was seen of a host's suspicious processes.
#[derive(Debug, Default)]
pub(crate) struct BaseRate {
    /// When some process had started no longer ago than half an hour: from, until, in ticks.
    stretches: Vec<(i64, i64)>,
    /// Starts of suspicious ones; those right after another are of one occasion.
    occasions: Vec<(i64, SessionKind)>,
    is_full: bool,
}

/// A rate, as far as it can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Measured {
    pub(crate) seen: Duration,
    pub(crate) occasions: BTreeMap<SessionKind, u64>,
    pub(crate) covered: [Duration; WINDOWS_SECONDS.len()],
}

impl BaseRate {
    /// Any process started.
    pub(crate) fn started(&mut self, at: Timestamp) {
        let at = at.unix_ticks();
        if self.is_full {
            return;
        }
        match self.stretches.last_mut() {
            // What is told late lies within, or before the stretch, and says nothing of its end.
            Some((_, until)) if at <= *until + QUIET_MAX.ticks() => *until = (*until).max(at),
            _ => self.stretches.push((at, at)),
        }
        self.is_full = self.stretches.len() == STRETCHES_MAX;
    }

    /// Whether a suspicious process that starts then is of an occasion of its own. Net starts net1, two logs tell of one
    /// process: within two seconds all is one.
    pub(crate) fn is_occasion(&self, at: Timestamp) -> bool {
        let at = at.unix_ticks();
        let is_near = |(last, _): &(i64, SessionKind)| (at - last).abs() <= CHANNEL_TOLERANCE.ticks();
        !self.is_full && !self.occasions.last().is_some_and(is_near)
    }

    /// A suspicious process started, in such a session.
    pub(crate) fn occasion(&mut self, at: Timestamp, session: SessionKind) {
        self.occasions.push((at.unix_ticks(), session));
        self.is_full = self.occasions.len() == OCCASIONS_MAX;
    }

    /// The rate, without what lies around these creations. `None` where the rest is too short to tell of one.
    pub(crate) fn measured(mut self, creations: &[Timestamp]) -> Option<Measured> {
        let around = AROUND_A_CREATION.ticks();
        let near = creations.iter().map(|at| (at.unix_ticks() - around, at.unix_ticks() + around));
        let counted = without(&self.stretches, near.collect());
        let seen = length(&counted);
        if seen < RATE_SPAN_MIN.ticks() {
            return None;
        }
        self.occasions.sort_unstable_by_key(|(at, _)| *at);
        self.occasions.retain(|(at, _)| holds(&counted, *at));
        let mut by_session = BTreeMap::new();
        self.occasions.iter().for_each(|(_, session)| *by_session.entry(*session).or_default() += 1);
        let covered = WINDOWS_SECONDS.map(|seconds| {
            let window = Duration::from_seconds(seconds).ticks();
            let after = joined(self.occasions.iter().map(|(at, _)| (*at, at + window)));
            let uncovered = without(&counted, after);
            Duration::from_ticks(seen - length(&uncovered))
        });
        Some(Measured { seen: Duration::from_ticks(seen), occasions: by_session, covered })
    }
}

/// Spans in order, those that touch put together.
fn joined(spans: impl Iterator<Item = (i64, i64)>) -> Vec<(i64, i64)> {
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (from, until) in spans {
        match joined.last_mut() {
            Some((_, last)) if from <= *last => *last = (*last).max(until),
            _ => joined.push((from, until)),
        }
    }
    joined
}

/// What is left of spans, which lie in order, without others, in any.
fn without(spans: &[(i64, i64)], mut others: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    others.sort_unstable();
    let others = joined(others.into_iter());
    let mut left = Vec::new();
    let mut next = 0;
    for (from, until) in spans {
        let mut from = *from;
        while others.get(next).is_some_and(|(_, end)| *end <= from) {
            next += 1;
        }
        let mut reaching = next;
        while let Some((start, end)) = others.get(reaching).filter(|(start, _)| start < until) {
            if *start > from {
                left.push((from, *start));
            }
            from = from.max(*end);
            reaching += 1;
        }
        if from < *until {
            left.push((from, *until));
        }
    }
    left
}

fn length(spans: &[(i64, i64)]) -> i64 {
    spans.iter().map(|(from, until)| until - from).sum()
}

fn holds(spans: &[(i64, i64)], at: i64) -> bool {
    let place = spans.partition_point(|(from, _)| *from <= at);
    place > 0 && at < spans[place - 1].1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::parse_rfc3339("2024-05-01T10:00:00Z").unwrap() + Duration::from_seconds(seconds)
    }

    impl BaseRate {
        fn suspicious(&mut self, at: Timestamp, session: SessionKind) {
            if self.is_occasion(at) {
                self.occasion(at, session);
            }
        }
    }

    /// Windows starts something every ten minutes, for so many hours.
    fn alive(hours: i64) -> BaseRate {
        let mut rate = BaseRate::default();
        (0..=6 * hours).for_each(|turn| rate.started(at(600 * turn)));
        rate
    }

    #[test]
    fn occasions_are_counted_and_their_windows_measured() {
        let mut rate = alive(2);
        for seconds in [100, 101, 102, 1_000, 1_060, 7_195] {
            rate.suspicious(at(seconds), SessionKind::Interactive);
        }
        let told = rate.measured(&[]).unwrap();
        assert_eq!(told.seen, Duration::from_seconds(7_200));
        assert_eq!(told.occasions, BTreeMap::from([(SessionKind::Interactive, 4)]), "net and net1 are one");
        let covered = told.covered.map(|covered| covered.ticks() / 10_000_000);
        assert_eq!(covered, [20, 95, 185, 305], "windows overlap, and end with the log");
    }

    #[test]
    fn what_lies_around_a_creation_is_no_accident_and_no_time() {
        let mut rate = alive(2);
        rate.suspicious(at(1_000), SessionKind::System);
        rate.suspicious(at(5_000), SessionKind::System);
        let told = rate.measured(&[at(1_010), at(1_050)]).unwrap();
        assert_eq!(told.seen, Duration::from_seconds(7_200 - 280));
        assert_eq!(told.occasions, BTreeMap::from([(SessionKind::System, 1)]));
        assert_eq!(told.covered[3], Duration::from_seconds(120));
    }

    #[test]
    fn a_silence_is_no_time_and_minutes_are_no_rate() {
        let mut rate = alive(1);
        (0..=6).for_each(|turn| rate.started(at(36_000 + 600 * turn)));
        assert_eq!(rate.measured(&[]).unwrap().seen, Duration::from_seconds(7_200));
        let mut short = BaseRate::default();
        [0, 300, 599].into_iter().for_each(|seconds| short.started(at(seconds)));
        assert_eq!(short.measured(&[]), None);
        assert_eq!(BaseRate::default().measured(&[at(0)]), None);
    }

    #[test]
    fn of_more_than_is_remembered_the_time_before_is_told() {
        let mut rate = BaseRate::default();
        for turn in 0..2 * OCCASIONS_MAX as i64 {
            rate.started(at(60 * turn));
            rate.suspicious(at(60 * turn), SessionKind::System);
        }
        let told = rate.measured(&[]).unwrap();
        let minutes = told.seen.ticks() / 600_000_000;
        assert_eq!(minutes, OCCASIONS_MAX as i64 - 1);
        assert!((told.occasions[&SessionKind::System] as i64 - minutes).abs() <= 1);
    }

    #[test]
    fn spans_are_cut_as_sets_are() {
        assert_eq!(without(&[(0, 10), (20, 30)], vec![(25, 40), (5, 22)]), [(0, 5), (22, 25)]);
        assert_eq!(without(&[(0, 10)], vec![(-5, 20)]), []);
        assert_eq!(
            without(&[(0, 10), (12, 20)], vec![(3, 4), (13, 14), (8, 13)]),
            [(0, 3), (4, 8), (14, 20)]
        );
        assert!(holds(&[(0, 10), (20, 30)], 9) && !holds(&[(0, 10), (20, 30)], 10));
    }
}

//! Where in time wanted records lie, and whose they are: so that the second look can go through time in slices, and
//! pass over what holds nothing for it.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::{HostName, Precision, Timestamp};

/// Hosts of one part of the input that are told apart; beyond it the part may hold any.
const HOSTS_MAX: usize = 32;
/// Steps of time that are counted apart.
const STEPS_MAX: usize = 4096;
/// A wall clock is never farther from UTC than this, where a zone skipped a day neither.
const ZONE_SECONDS_MAX: i64 = 50 * 3600;

/// A stretch of time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeSlice {
    begin_second: i64,
    end_second: i64,
}

impl TimeSlice {
    /// All time.
    pub const ALL: TimeSlice = TimeSlice { begin_second: i64::MIN, end_second: i64::MAX };

    /// What comes after the slice began, and before it ended.
    pub fn contains(self, at: Timestamp) -> bool {
        (self.begin_second..self.end_second).contains(&at.unix_seconds())
    }

    /// When the next slice begins.
    pub fn end(self) -> Timestamp {
        let ticks = self.end_second.saturating_mul(begat_model::time::TICKS_PER_SECOND);
        Timestamp::from_unix_ticks(ticks, Precision::SECONDS)
    }
}

/// Whose wanted records a part of the input holds, and the time over which they lie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extent {
    seconds: Option<(i64, i64)>,
    hosts: BTreeSet<HostName>,
    any_host: bool,
}

impl Extent {
    /// Nothing is known of it: it may hold anything.
    pub(crate) fn unknown() -> Extent {
        Extent { seconds: Some((i64::MIN, i64::MAX)), any_host: true, ..Extent::default() }
    }

    /// Records of one host between these times.
    pub(crate) fn add(&mut self, host: &HostName, from: Timestamp, until: Timestamp) {
        self.widen(from.unix_seconds(), until.unix_seconds());
        if !self.any_host && !self.hosts.contains(host) {
            self.hosts.insert(host.clone());
            self.cut();
        }
    }

    /// The same for times of a wall clock whose zone is not known yet.
    pub(crate) fn add_zoneless(&mut self, host: &HostName, from: Timestamp, until: Timestamp) {
        self.add(host, from, until);
        self.widen(
            from.unix_seconds().saturating_sub(ZONE_SECONDS_MAX),
            until.unix_seconds().saturating_add(ZONE_SECONDS_MAX),
        );
    }

    pub(crate) fn merge(&mut self, other: Extent) {
        if let Some((from, until)) = other.seconds {
            self.widen(from, until);
        }
        self.any_host |= other.any_host;
        self.hosts.extend(other.hosts);
        self.cut();
    }

    /// It may hold records of such hosts in this slice.
    pub fn meets(&self, slice: TimeSlice, is_wanted: impl FnMut(&HostName) -> bool) -> bool {
        let in_time =
            self.seconds.is_some_and(|(from, until)| from < slice.end_second && until >= slice.begin_second);
        in_time && (self.any_host || self.hosts.iter().any(is_wanted))
    }

    fn widen(&mut self, from: i64, until: i64) {
        let (first, last) = self.seconds.unwrap_or((from, until));
        self.seconds = Some((first.min(from), last.max(until)));
    }

    fn cut(&mut self) {
        self.any_host |= self.hosts.len() > HOSTS_MAX;
        if self.any_host {
            self.hosts.clear();
        }
    }
}

/// How many wanted records lie in which step of time. Steps are as short as their bounded number allows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Density {
    /// A step has two to the power of this many seconds.
    scale: u32,
    steps: BTreeMap<i64, u64>,
}

impl Density {
    /// One more record.
    pub(crate) fn add(&mut self, at: Timestamp) {
        *self.steps.entry(at.unix_seconds() >> self.scale).or_default() += 1;
        self.cut();
    }

    pub(crate) fn merge(&mut self, other: Density) {
        self.coarsen_to(other.scale);
        for (step, count) in other.steps {
            *self.steps.entry(step >> (self.scale - other.scale)).or_default() += count;
        }
        self.cut();
    }

    /// All time, in slices of at most `records_max` records, as far as steps tell them apart.
    pub fn slices(&self, records_max: u64) -> Vec<TimeSlice> {
        let mut slices = Vec::new();
        let (mut begin_second, mut records) = (i64::MIN, 0);
        for (step, count) in &self.steps {
            if records > 0 && records + count > records_max {
                let end_second = step << self.scale;
                slices.push(TimeSlice { begin_second, end_second });
                (begin_second, records) = (end_second, 0);
            }
            records += count;
        }
        slices.push(TimeSlice { begin_second, end_second: i64::MAX });
        slices
    }

    fn cut(&mut self) {
        while self.steps.len() > STEPS_MAX {
            self.coarsen_to(self.scale + 1);
        }
    }

    /// The same counts in longer steps.
    fn coarsen_to(&mut self, scale: u32) {
        if scale <= self.scale {
            return;
        }
        let by = scale - self.scale;
        self.scale = scale;
        for (step, count) in std::mem::take(&mut self.steps) {
            *self.steps.entry(step >> by).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_unix_ticks(second * begat_model::time::TICKS_PER_SECOND + 5, Precision::TICKS)
    }

    fn density(seconds: impl IntoIterator<Item = i64>) -> Density {
        let mut density = Density::default();
        seconds.into_iter().for_each(|second| density.add(at(second)));
        density
    }

    #[test]
    fn slices_cover_all_time_once_and_hold_what_they_may() {
        let seconds: Vec<i64> = (-50..50_000).map(|number: i64| number * number % 90_001 - 20_000).collect();
        let slices = density(seconds.iter().copied()).slices(1000);
        assert!(slices.windows(2).all(|pair| pair[0].end_second == pair[1].begin_second));
        assert_eq!((slices[0].begin_second, slices[slices.len() - 1].end_second), (i64::MIN, i64::MAX));
        for slice in &slices {
            let count = seconds.iter().filter(|second| slice.contains(at(**second))).count();
            assert!((1..=1000).contains(&count), "{count}");
        }
        assert_eq!(density([]).slices(10), [TimeSlice::ALL]);
    }

    #[test]
    fn steps_are_bounded_and_the_same_in_whatever_order() {
        let seconds = |from: i64| (0..9000).map(move |number| (from + number) * 12_345_677 % 1_000_003);
        let (mut one, other) = (density(seconds(0)), density(seconds(5000)));
        let whole = density(seconds(5000).chain(seconds(0)));
        one.merge(other.clone());
        let mut swapped = other;
        swapped.merge(density(seconds(0)));
        assert_eq!((&one, &swapped), (&whole, &whole));
        assert!(whole.steps.len() <= STEPS_MAX && whole.steps.values().sum::<u64>() == 18_000);
    }

    #[test]
    fn an_extent_meets_what_it_may_hold_and_nothing_else() {
        let host = |name: &str| HostName::new(name).unwrap();
        let slice = |begin_second, end_second| TimeSlice { begin_second, end_second };
        let is_b = |name: &HostName| name.as_str() == "b";
        let mut extent = Extent::default();
        assert!(!extent.meets(TimeSlice::ALL, |_| true), "it holds nothing");
        extent.add(&host("a"), at(100), at(200));
        assert!(!extent.meets(TimeSlice::ALL, is_b), "nothing of that host");
        extent.add(&host("b"), at(150), at(160));
        for (begin, end, expected) in [(0, 100, false), (0, 101, true), (200, 201, true), (201, 999, false)] {
            assert_eq!(extent.meets(slice(begin, end), is_b), expected, "{begin} {end}");
        }
        extent.add_zoneless(&host("b"), at(300), at(300));
        assert!(extent.meets(slice(80_000, 90_000), is_b), "in some zone it is that time");
        for number in 0..=HOSTS_MAX {
            extent.add(&host(&number.to_string()), at(100), at(100));
        }
        assert!(extent.meets(TimeSlice::ALL, |_| false), "so many that it may be any");
        assert!(Extent::unknown().meets(slice(5, 6), |_| false));
    }
}

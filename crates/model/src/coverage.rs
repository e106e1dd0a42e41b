//! What was heard from whom: the tally of every record, wanted or not, that tells sight from blindness.

use std::collections::{BTreeMap, BTreeSet};

use crate::continuity::RecordRuns;
use crate::ids::HostName;
use crate::text::Text;
use crate::time::Timestamp;

/// One sort of record of one host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeardKey {
    /// As the records name it.
    pub host: HostName,
    /// As the records name it; `None` where the carrier drops it.
    pub channel: Option<Text>,
    /// System/EventID.
    pub event_id: u32,
}

/// How often and over which span one sort of record was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heard {
    /// Records.
    pub count: u64,
    /// Time of the earliest; `None` where none had a readable time.
    pub first: Option<Timestamp>,
    /// Time of the latest.
    pub last: Option<Timestamp>,
}

impl Heard {
    /// One more record.
    pub fn add(&mut self, at: Option<Timestamp>) {
        self.merge(&Heard { count: 1, first: at, last: at });
    }

    /// Puts two tallies of the same sort together.
    pub fn merge(&mut self, other: &Heard) {
        self.count += other.count;
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = [self.last, other.last].into_iter().flatten().max();
    }
}

/// The tally of an input. Its size is bounded by hosts × channels × event ids, not by records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// By sort of record, in a fixed order.
    pub heard: BTreeMap<HeardKey, Heard>,
    /// Which record ids are there, by log.
    pub record_ids: BTreeMap<LogKey, RecordRuns>,
    /// Hosts, as the records name them, whose Security log tells of a process (4688) that is not of Windows' own boot.
    /// Of all others the 4688s are no sight of processes: see `boot`.
    pub beyond_boot: BTreeSet<HostName>,
}

/// One log of one host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogKey {
    /// As the records name it.
    pub host: HostName,
    /// As the records name it.
    pub channel: Text,
}

impl Tally {
    /// Counts what another reader of the same input heard.
    pub fn merge(&mut self, other: Tally) {
        for (key, heard) in other.heard {
            self.heard.entry(key).or_default().merge(&heard);
        }
        for (key, runs) in other.record_ids {
            self.record_ids.entry(key).or_default().merge(&runs);
        }
        self.beyond_boot.extend(other.beyond_boot);
    }

    /// All records counted.
    pub fn records(&self) -> u64 {
        self.heard.values().map(|heard| heard.count).sum()
    }
}

/// What one host showed, judged for AN1235.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostCoverage {
    /// The names under which it appears in the input, sorted.
    pub names: Vec<HostName>,
    /// Time of its earliest record; `None` where no record had a readable time.
    pub first: Option<Timestamp>,
    /// Time of its latest record.
    pub last: Option<Timestamp>,
    /// By channel, and in it by event id, how many records.
    pub channels: Vec<ChannelHeard>,
    /// What this host would have to show for the analytic to be seen, and did not.
    pub missing: Vec<MissingSource>,
}

/// One channel of one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelHeard {
    /// `None` where the carrier drops it.
    pub channel: Option<Text>,
    /// Event id and number of records, by id.
    pub event_ids: Vec<(u32, u64)>,
}

/// A log source that was not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissingSource {
    /// Which: `process creation (Security 4688 or Sysmon 1)`.
    pub what: &'static str,
    /// What its absence costs.
    pub cost: &'static str,
    /// How to switch it on.
    pub mend: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_keeps_the_widest_span_and_adds_counts() {
        let at = |text| Timestamp::parse_rfc3339(text);
        let mut one = Heard::default();
        one.add(at("2020-01-01T00:00:02Z"));
        let mut two = Heard::default();
        two.add(None);
        two.add(at("2020-01-01T00:00:01Z"));
        one.merge(&two);
        assert_eq!(
            one,
            Heard { count: 3, first: at("2020-01-01T00:00:01Z"), last: at("2020-01-01T00:00:02Z") }
        );
    }
}

//! What was heard from whom: the tally of every record, wanted or not, that tells sight from blindness.

use std::collections::{BTreeMap, BTreeSet};

use crate::carrier::Carried;
use crate::catalog::{EventKind, channel, provider};
use crate::continuity::RecordRuns;
use crate::event::Unread;
use crate::ids::HostName;
use crate::ledger::HeardHours;
use crate::text::Text;
use crate::time::Timestamp;

/// One sort of record of one host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeardKey {
    /// As the records name it.
    pub host: HostName,
    /// The log it was written to: by its writer where that tells it, since collectors put their own channel there;
    /// else as the records name it, and `None` where the carrier drops it.
    pub channel: Option<Text>,
    /// System/EventID.
    pub event_id: u32,
    /// The catalog's kind; `None` where begat does not read it.
    pub kind: Option<EventKind>,
}

impl HeardKey {
    /// The sort of a record by what its header says. The one place where that is decided: who counts a record and who
    /// reads it cannot disagree.
    pub fn new(host: HostName, provider: Option<&str>, channel: Option<&str>, event_id: u32) -> HeardKey {
        let kind = EventKind::of(provider, channel, event_id);
        let written_to = kind.map(|kind| kind.spec().channel).or_else(|| provider.and_then(log_of));
        // The catalog's spelling only where the record has none of the same log: people look for what they know.
        let channel = match (written_to, channel) {
            (Some(log), Some(told)) if !log.eq_ignore_ascii_case(told) => Some(log),
            (Some(log), None) => Some(log),
            (_, told) => told,
        };
        HeardKey { host, channel: channel.map(Text::from), event_id, kind }
    }
}

/// The log that a provider writes to, where it writes to no other.
fn log_of(writer: &str) -> Option<&'static str> {
    let logs = [(provider::SECURITY, channel::SECURITY), (provider::SYSMON, channel::SYSMON)];
    logs.iter().find(|(provider, _)| provider.eq_ignore_ascii_case(writer)).map(|(_, log)| *log)
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
    /// Of the kinds that begat reads, records that were heard and cannot be placed in time, so that they are no events:
    /// how many, by what is wrong with them. All of them are in `heard` too.
    pub unplaced: BTreeMap<(HeardKey, Unread), u64>,
    /// Who carried the records of the logs that begat reads.
    pub carried: BTreeMap<LogKey, Carried>,
    /// What the records of a host, as they name it, say of the machine that wrote them.
    pub machines: BTreeMap<HostName, MachineSigns>,
    /// Hour by hour, what each host showed; nothing where that was not asked for.
    pub hours: BTreeMap<HostName, HeardHours>,
    /// Hosts that had more sorts of records than a host's bound: those that begat does not read are not all counted.
    pub cut: BTreeSet<HostName>,
    /// There were more hosts than the bound: of those without a creation not all are counted.
    pub hosts_cut: bool,
}

/// What the records of one name say of the machine that wrote them, whatever it is called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MachineSigns {
    /// What the SIDs of its own accounts begin with: several where it was made anew, or where it is several machines.
    pub sids: BTreeSet<Text>,
    /// Ids of the first and the last record that Windows writes into its Security log as it starts or stops.
    pub restarts: Option<(u64, u64)>,
}

impl MachineSigns {
    /// Most beginnings that are told of one name, the first in order: more than two say no more than two.
    const SIDS_MAX: usize = 8;

    /// An account of its own has a SID that begins so.
    pub fn has_sid(&mut self, beginning: Text) {
        self.sids.insert(beginning);
        while self.sids.len() > Self::SIDS_MAX {
            self.sids.pop_last();
        }
    }

    /// Windows started or stopped: by this record.
    pub fn restarted(&mut self, record_id: u64) {
        let (first, last) = self.restarts.unwrap_or((record_id, record_id));
        self.restarts = Some((first.min(record_id), last.max(record_id)));
    }

    /// Puts together what two readers heard.
    pub fn merge(&mut self, other: &MachineSigns) {
        other.sids.iter().for_each(|sid| self.has_sid(sid.clone()));
        other.restarts.into_iter().flat_map(|(first, last)| [first, last]).for_each(|id| self.restarted(id));
    }
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
        for (key, carried) in other.carried {
            self.carried.entry(key).or_default().merge(&carried);
        }
        for (host, signs) in other.machines {
            self.machines.entry(host).or_default().merge(&signs);
        }
        for (host, hours) in &other.hours {
            self.hours.entry(host.clone()).or_default().merge(hours);
        }
        self.cut.extend(other.cut);
        self.hosts_cut |= other.hosts_cut;
        for (key, count) in other.unplaced {
            *self.unplaced.entry(key).or_default() += count;
        }
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
    fn a_record_is_classified_by_its_writer_and_by_its_channel_where_that_is_not_told() {
        let key = |provider, channel, event_id| {
            let key = HeardKey::new(HostName::new("h").unwrap(), provider, channel, event_id);
            (key.channel.as_deref().map(str::to_owned), key.kind)
        };
        let security = || Some("Security".to_owned());
        for told in [None, Some("ForwardedEvents"), Some("Workstations/Security"), Some("Security")] {
            assert_eq!(
                key(Some(provider::SECURITY), told, 4688),
                (security(), Some(EventKind::ProcessCreated))
            );
            assert_eq!(key(Some(provider::SECURITY), told, 4768), (security(), None), "no row, but its log");
            assert_eq!(key(Some(provider::SYSMON), told, 1).1, Some(EventKind::SysmonProcessCreated));
        }
        assert_eq!(
            key(None, Some("security"), 4720),
            (Some("security".into()), Some(EventKind::AccountCreated))
        );
        assert_eq!(key(Some("Another"), Some("Security"), 4720), (security(), None), "the writer decides");
        assert_eq!(key(None, None, 4720), (None, None));
    }

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

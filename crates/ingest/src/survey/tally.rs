//! Counts records by host, channel, provider and event id without an allocation for each of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use begat_model::catalog::{EventKind, channel};
use begat_model::continuity::RecordRuns;
use begat_model::coverage::{Heard, HeardKey, LogKey, Tally};
use begat_model::{HostName, Text, Timestamp};

use crate::raw::{Header, HeaderTime, SortId};
use crate::survey::extent::Extent;

/// Most sorts of records: what lies beyond, by the order of `HeardKey`, is in the number of records alone.
const SORTS_MAX: usize = 200_000;
/// Most logs whose record ids are followed in one unit.
const LOGS_MAX: usize = 10_000;
/// Logs that tell of processes: what is missing of them may be the process in question.
const FOLLOWED: &[&str] = &[channel::SECURITY, channel::SYSMON];

/// The sorts of records met so far.
#[derive(Debug, Default)]
pub(crate) struct Sorts {
    index: HashMap<Box<[u8]>, usize>,
    sorts: Vec<Sort>,
    key: Vec<u8>,
    last_key: Vec<u8>,
    last: usize,
    generation: u32,
    /// Which record ids were met, by log, and which log each sort is of.
    logs: Vec<(LogKey, RecordRuns)>,
    log_of_key: BTreeMap<LogKey, usize>,
    /// What was counted before sorts were forgotten.
    counted: Tallies,
}

/// Times that are known, and wall clocks without a zone.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Tallies {
    pub(crate) known: Tally,
    /// The same for records without a zone: its times are wall clocks'.
    pub(crate) zoneless: Tally,
}

/// One sort of records.
#[derive(Debug)]
pub(crate) struct Sort {
    /// `None` where its records name nobody.
    pub(crate) host: Option<HostName>,
    pub(crate) event_id: Option<u32>,
    pub(crate) kind: Option<EventKind>,
    channel: Option<Text>,
    /// Its log's place, where it has one.
    log: Option<usize>,
    known: Heard,
    zoneless: Heard,
    /// Of process creations: one of them was looked into, and is not of Windows' own boot.
    beyond_boot: bool,
}

impl Sort {
    /// Records of it are still to be looked into. The answer is the same whichever of them come first.
    pub(crate) fn may_be_of_boot(&self) -> bool {
        self.kind == Some(EventKind::ProcessCreated) && self.host.is_some() && !self.beyond_boot
    }
}

impl Sorts {
    /// The sort of a header.
    pub(crate) fn of(&mut self, header: &Header<'_>) -> SortId {
        self.key.clear();
        self.key.extend_from_slice(&header.event_id.unwrap_or(u32::MAX).to_le_bytes());
        for text in [&header.channel, &header.provider, &header.host] {
            self.key.push(u8::from(text.is_some()));
            self.key.extend_from_slice(text.as_deref().unwrap_or_default().as_bytes());
            self.key.push(0);
        }
        if self.key != self.last_key || self.sorts.is_empty() {
            self.last = self.find_or_add(header);
            std::mem::swap(&mut self.key, &mut self.last_key);
        }
        SortId { generation: self.generation, index: self.last }
    }

    fn find_or_add(&mut self, header: &Header<'_>) -> usize {
        if let Some(index) = self.index.get(&*self.key) {
            return *index;
        }
        if self.sorts.len() >= SORTS_MAX {
            self.forget();
        }
        let log = self.log_of(header);
        self.sorts.push(Sort {
            log,
            host: header.host.as_deref().and_then(HostName::new),
            event_id: header.event_id,
            kind: header.kind(),
            channel: header.channel.as_deref().map(Text::from),
            known: Heard::default(),
            zoneless: Heard::default(),
            beyond_boot: false,
        });
        self.index.insert(self.key.as_slice().into(), self.sorts.len() - 1);
        self.sorts.len() - 1
    }

    /// The place of a header's log. Only logs that begat reads processes from are followed.
    fn log_of(&mut self, header: &Header<'_>) -> Option<usize> {
        let channel = header.channel.as_deref()?;
        let known = FOLLOWED.iter().find(|followed| followed.eq_ignore_ascii_case(channel))?;
        let key = LogKey { host: HostName::new(header.host.as_deref()?)?, channel: (*known).into() };
        if let Some(index) = self.log_of_key.get(&key) {
            return Some(*index);
        }
        if self.logs.len() == LOGS_MAX {
            return None;
        }
        self.logs.push((key.clone(), RecordRuns::default()));
        self.log_of_key.insert(key, self.logs.len() - 1);
        Some(self.logs.len() - 1)
    }

    /// The sort of an id, where it is not forgotten.
    pub(crate) fn get(&self, id: SortId) -> Option<&Sort> {
        self.sorts.get(id.index).filter(|_| id.generation == self.generation)
    }

    /// One more record of a sort. What names no host or has no event id is in no tally.
    pub(crate) fn count(&mut self, id: SortId, time: &HeaderTime<'_>, record_id: Option<u64>) {
        let Some(sort) = self.sorts.get_mut(id.index) else { return };
        if let (Some(log), Some(record_id)) = (sort.log, record_id) {
            self.logs[log].1.add(record_id);
        }
        match time {
            HeaderTime::Known(at) => add(&mut sort.known, *at),
            HeaderTime::Missing | HeaderTime::Unreadable(_) => sort.known.count += 1,
            HeaderTime::Zoneless(time) => add(&mut sort.zoneless, time.wall_clock),
        }
    }

    /// A record of this sort tells of a process that is not of Windows' own boot.
    pub(crate) fn beyond_boot(&mut self, id: SortId) {
        if let Some(sort) = self.sorts.get_mut(id.index).filter(|_| id.generation == self.generation) {
            sort.beyond_boot = true;
        }
    }

    /// Whose records of wanted kinds were counted, and over which time.
    pub(crate) fn extent(&self) -> Extent {
        if self.generation > 0 {
            return Extent::unknown();
        }
        let mut extent = Extent::default();
        for sort in self.sorts.iter().filter(|sort| sort.kind.is_some()) {
            let Some(host) = &sort.host else { continue };
            if let (Some(first), Some(last)) = (sort.known.first, sort.known.last) {
                extent.add(host, first, last);
            }
            if let (Some(first), Some(last)) = (sort.zoneless.first, sort.zoneless.last) {
                extent.add_zoneless(host, first, last);
            }
        }
        extent
    }

    fn forget(&mut self) {
        let counted = tallies(std::mem::take(&mut self.sorts));
        self.counted.merge(counted);
        self.index.clear();
        self.last_key.clear();
        self.generation += 1;
    }

    /// All that was counted.
    pub(crate) fn finish(mut self) -> Tallies {
        self.forget();
        self.counted.known.record_ids = self.logs.into_iter().collect();
        self.counted
    }
}

/// One more record: `Heard::add`, for the one place where each record passes.
fn add(heard: &mut Heard, at: Timestamp) {
    heard.count += 1;
    if heard.first.is_none_or(|first| at < first) {
        heard.first = Some(at);
    }
    if heard.last.is_none_or(|last| at > last) {
        heard.last = Some(at);
    }
}

fn tallies(sorts: Vec<Sort>) -> Tallies {
    let mut tallies = Tallies::default();
    for sort in sorts {
        let (Some(host), Some(event_id)) = (sort.host, sort.event_id) else { continue };
        if sort.beyond_boot {
            tallies.known.beyond_boot.insert(host.clone());
        }
        let key = HeardKey { host, channel: sort.channel, event_id };
        for (tally, heard) in [(&mut tallies.known, sort.known), (&mut tallies.zoneless, sort.zoneless)] {
            if heard.count > 0 {
                tally.heard.entry(key.clone()).or_default().merge(&heard);
            }
        }
    }
    tallies
}

impl Tallies {
    /// Puts two together within the bound: what is dropped could not be among the first of the whole either.
    pub(crate) fn merge(&mut self, other: Tallies) {
        self.known.merge(other.known);
        self.zoneless.merge(other.zoneless);
        cut(&mut self.known.heard);
        cut(&mut self.zoneless.heard);
        cut_hosts(&mut self.known.beyond_boot);
    }

    /// One tally, once the zones of wall clocks are known.
    pub(crate) fn resolve(self, at: impl Fn(&HostName, Timestamp) -> Option<Timestamp>) -> Tally {
        let mut tally = self.known;
        for (key, heard) in self.zoneless.heard {
            let resolve = |wall_clock: Option<Timestamp>| at(&key.host, wall_clock?);
            let heard = Heard { first: resolve(heard.first), last: resolve(heard.last), ..heard };
            tally.heard.entry(key).or_default().merge(&heard);
        }
        cut(&mut tally.heard);
        tally
    }
}

fn cut(sorts: &mut BTreeMap<HeardKey, Heard>) {
    while sorts.len() > SORTS_MAX {
        sorts.pop_last();
    }
}

/// As many as there can be sorts: whose sorts are kept is among the first of these too.
fn cut_hosts(hosts: &mut BTreeSet<HostName>) {
    while hosts.len() > SORTS_MAX {
        hosts.pop_last();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(sorts: &mut Sorts, host: &str, channel: Option<&str>) {
        let header = Header {
            host: Some(host.into()),
            channel: channel.map(Into::into),
            event_id: Some(1),
            ..Header::SILENT
        };
        let id = sorts.of(&header);
        sorts.count(id, &HeaderTime::Missing, None);
    }

    #[test]
    fn sorts_are_counted_apart() {
        let mut sorts = Sorts::default();
        for _ in 0..3 {
            for (host, channel) in
                [("a", Some("Security")), ("a", None), ("b", Some("Security")), ("a", Some(""))]
            {
                add(&mut sorts, host, channel);
            }
        }
        add(&mut sorts, "-", None);
        let tally = sorts.finish().known;
        assert_eq!(tally.heard.len(), 4, "nobody's records are in no tally");
        assert!(tally.heard.values().all(|heard| heard.count == 3));
    }

    #[test]
    fn a_flood_of_host_names_is_bounded_and_the_first_stay_exact() {
        let (mut forward, mut backward) = (Sorts::default(), Sorts::default());
        let name = |number: usize| format!("HOST{number:07}");
        for number in 0..3 * SORTS_MAX {
            add(&mut forward, &name(number), None);
            add(&mut backward, &name(3 * SORTS_MAX - 1 - number), None);
        }
        assert_eq!(forward.get(SortId { generation: 0, index: 0 }).map(|sort| sort.event_id), None);
        let mut tallies = forward.finish();
        tallies.merge(backward.finish());
        let heard = tallies.resolve(|_, at| Some(at)).heard;
        assert_eq!(heard.len(), SORTS_MAX);
        assert!(heard.values().all(|heard| heard.count == 2));
        assert_eq!(heard.keys().next_back().unwrap().host.as_str(), name(SORTS_MAX - 1));
    }
}

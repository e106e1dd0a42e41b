//! Counts records by host, channel, provider and event id without an allocation for each of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use begat_model::carrier::CarrierLacks;
use begat_model::catalog::{EventKind, channel};
use begat_model::continuity::RecordRuns;
use begat_model::coverage::{Heard, HeardKey, LogKey, MachineSigns, Tally};
use begat_model::event::Unread;
use begat_model::prerequisite::Prerequisite;
use begat_model::{HostName, Text, Timestamp};

use crate::raw::{Header, HeaderTime, RawRecord, SortId};
use crate::survey::extent::Extent;
use crate::survey::pulse::{Looking, Pulse, marked_by, marks, shown_by};

/// Most sorts of records that are told apart at a time while one unit is read.
const SORTS_MAX: usize = 200_000;
/// Most sorts of one host that are counted: a real one has a few hundred. One that makes up more hides none of another,
/// and of its own those that begat reads stay.
const HOST_SORTS_MAX: usize = 4096;
/// Most hosts that are counted, beside those that have a creation: all of these are.
const HOSTS_MAX: usize = 1_000_000;
/// Most logs whose record ids are followed in one unit.
const LOGS_MAX: usize = 100_000;
/// Logs that tell of processes: what is missing of them may be the process in question.
const FOLLOWED: &[&str] =
    &[channel::SECURITY, channel::SYSMON, channel::POWERSHELL, channel::POWERSHELL_CORE];

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
    /// Hour by hour, where that is asked for.
    pulse: Option<Pulse>,
}

/// Whose the records of one source are.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Whose {
    one: Option<HostName>,
    several: bool,
    /// Of kinds that begat reads, records that name nobody.
    nobodys: BTreeMap<EventKind, u64>,
}

impl Whose {
    fn is_of(&mut self, host: &HostName) {
        let known = self.one.get_or_insert_with(|| host.clone());
        self.several |= *known != *host;
    }

    pub(crate) fn merge(&mut self, other: Whose) {
        self.several |= other.several;
        other.one.iter().for_each(|host| self.is_of(host));
        for (kind, count) in other.nobodys {
            *self.nobodys.entry(kind).or_default() += count;
        }
    }

    /// Counts as lost on the one host of the source what names nobody.
    pub(crate) fn give(self, tally: &mut Tally) {
        let Some(host) = self.one.filter(|_| !self.several) else { return };
        for (kind, count) in self.nobodys {
            let key = lost(tally, host.clone(), kind, Unread::NoHost, count);
            tally.heard.entry(key).or_default().count += count;
        }
    }
}

/// Counts records of a host as lost, of a kind that they are known to be or may be; under which key they are heard.
fn lost(tally: &mut Tally, host: HostName, kind: EventKind, cause: Unread, count: u64) -> HeardKey {
    // It is not known to be of Windows' own boot.
    if kind == EventKind::ProcessCreated {
        tally.beyond_boot.insert(host.clone());
    }
    let spec = kind.spec();
    let key = HeardKey::new(host, Some(spec.provider), Some(spec.channel), spec.event_id);
    *tally.unplaced.entry((key.clone(), cause)).or_default() += count;
    key
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
    /// What its records may be, which name neither provider nor channel: they are told, and never read as that.
    pub(crate) may_be: Option<EventKind>,
    /// What it is counted under, where it names a host and an event id.
    key: Option<HeardKey>,
    /// Its log's place, where it has one.
    log: Option<usize>,
    known: Heard,
    zoneless: Heard,
    /// Of `known`: those that no time can be read of.
    unplaced: u64,
    /// Of process creations: one of them was looked into, and is not of Windows' own boot.
    beyond_boot: bool,
    /// What its records say of the machine.
    signs: MachineSigns,
    /// Who carried them, and what that cannot carry.
    carrier: Text,
    lacks: CarrierLacks,
    /// Its host's place in the pulse, where that is felt and the host named.
    beats: Option<usize>,
    /// What each of its records shows by being there.
    shows: Option<Prerequisite>,
    looking: Looking,
}

/// What Windows writes as it starts or stops: a machine gets another name no other way.
const RESTARTS: &[EventKind] = &[EventKind::HostStarted, EventKind::LogServiceStopped];
/// What the SAM writes of the accounts that it keeps: their SIDs are the machine's own, or its domain's.
const OF_ACCOUNTS: &[EventKind] = &[
    EventKind::AccountCreated,
    EventKind::AccountEnabled,
    EventKind::AccountChanged,
    EventKind::AccountDisabled,
    EventKind::AccountDeleted,
    EventKind::PasswordSet,
    EventKind::GlobalMemberAdded,
];

/// Of records of this kind more than the header is looked at.
pub(crate) fn is_looked_into(kind: EventKind) -> bool {
    kind == EventKind::ProcessCreated || is_of_accounts(kind)
}

/// What carries the log itself, or its events as XML.
const ITSELF: &str = "Windows' own form";

/// Records of this kind tell what the SIDs of the machine's own accounts begin with.
pub(crate) fn is_of_accounts(kind: EventKind) -> bool {
    OF_ACCOUNTS.contains(&kind)
}

impl Sort {
    /// Records of it are still to be looked into. The answer is the same whichever of them come first.
    pub(crate) fn may_be_of_boot(&self) -> bool {
        self.kind == Some(EventKind::ProcessCreated) && self.host.is_some() && !self.beyond_boot
    }

    /// Records of it tell what the SIDs of the machine's own accounts begin with.
    pub(crate) fn is_of_accounts(&self) -> bool {
        self.host.is_some() && self.kind.is_some_and(is_of_accounts)
    }
}

impl Sorts {
    /// Counts hour by hour, too.
    pub(crate) fn by_the_hour() -> Sorts {
        Sorts { pulse: Some(Pulse::default()), ..Sorts::default() }
    }

    /// The sort of a header.
    pub(crate) fn of(&mut self, header: &Header<'_>) -> SortId {
        self.key.clear();
        self.key.extend_from_slice(&header.event_id.unwrap_or(u32::MAX).to_le_bytes());
        self.key.extend_from_slice(&header.lacks.bits().to_le_bytes());
        let carrier = header.carrier.map(Cow::Borrowed);
        for text in [&header.channel, &header.provider, &header.host, &carrier] {
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
        let host = header.host.as_deref().and_then(HostName::new);
        let key = host.clone().zip(header.event_id).map(|(host, event_id)| {
            HeardKey::new(host, header.provider.as_deref(), header.channel.as_deref(), event_id)
        });
        let log = key.as_ref().and_then(|key| self.log_of(key));
        // What rules hit is a pointer to an event, and no sight of the host.
        let pulse = self.pulse.as_mut().filter(|_| !header.is_hit());
        let beats = pulse.zip(host.as_ref()).map(|(pulse, host)| pulse.host(host));
        let shows = key.as_ref().and_then(|key| Prerequisite::shown_by(key.channel.as_deref(), key.event_id));
        self.sorts.push(Sort {
            log,
            beats,
            shows,
            looking: Looking::default(),
            host,
            event_id: header.event_id,
            kind: header.kind(),
            may_be: header.event_id.filter(|_| !header.is_hit()).and_then(|event_id| {
                EventKind::may_be(header.provider.as_deref(), header.channel.as_deref(), event_id)
            }),
            key,
            known: Heard::default(),
            zoneless: Heard::default(),
            unplaced: 0,
            beyond_boot: false,
            signs: MachineSigns::default(),
            carrier: header.carrier.unwrap_or(ITSELF).into(),
            lacks: header.lacks,
        });
        self.index.insert(self.key.as_slice().into(), self.sorts.len() - 1);
        self.sorts.len() - 1
    }

    /// The place of a sort's log. Only logs that begat reads processes and scripts from are followed.
    fn log_of(&mut self, key: &HeardKey) -> Option<usize> {
        let channel = key.channel.as_deref()?;
        let known = FOLLOWED.iter().find(|followed| followed.eq_ignore_ascii_case(channel))?;
        let key = LogKey { host: key.host.clone(), channel: (*known).into() };
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
            if sort.kind.is_some_and(|kind| RESTARTS.contains(&kind)) {
                sort.signs.restarted(record_id);
            }
        }
        if let (Some(pulse), Some(host)) = (&mut self.pulse, sort.beats) {
            pulse.beat(host, time, sort.shows);
            pulse.beat_alike(host, time, &sort.looking);
            marked_by(sort.kind).into_iter().for_each(|mark| pulse.mark(host, time, mark));
        }
        match time {
            HeaderTime::Known(at) => add(&mut sort.known, *at),
            HeaderTime::Missing | HeaderTime::Unreadable(_) => {
                sort.known.count += 1;
                sort.unplaced += 1;
            }
            HeaderTime::Zoneless(time) => add(&mut sort.zoneless, time.wall_clock),
        }
    }

    /// A record of this sort tells of a process that is not of Windows' own boot.
    pub(crate) fn beyond_boot(&mut self, id: SortId) {
        if let Some(sort) = self.sorts.get_mut(id.index).filter(|_| id.generation == self.generation) {
            sort.beyond_boot |= sort.kind == Some(EventKind::ProcessCreated);
        }
    }

    /// A record of this sort tells what the SIDs of the machine's own accounts begin with.
    pub(crate) fn has_sid(&mut self, id: SortId, beginning: &str) {
        if let Some(sort) = self.sorts.get_mut(id.index).filter(|_| id.generation == self.generation)
            && !sort.signs.sids.contains(beginning)
        {
            sort.signs.has_sid(Text::from(beginning));
        }
    }

    /// Whether a record of this sort is to be looked into for what its hour shows.
    pub(crate) fn is_telling(&mut self, id: SortId, time: &HeaderTime<'_>) -> bool {
        if self.pulse.is_none() {
            return false;
        }
        let sort = self.sorts.get_mut(id.index).filter(|_| id.generation == self.generation);
        sort.filter(|sort| sort.beats.is_some())
            .is_some_and(|sort| sort.kind.is_some_and(|kind| sort.looking.asks(kind, time)))
    }

    /// A record of this sort was looked into.
    pub(crate) fn looked(&mut self, id: SortId, header: &Header<'_>, record: &RawRecord<'_>) {
        let sort = self.sorts.get_mut(id.index).filter(|_| id.generation == self.generation);
        let (Some(pulse), Some(sort)) = (&mut self.pulse, sort) else { return };
        let Some(host) = sort.beats else { return };
        for prerequisite in shown_by(header, record) {
            sort.looking.showed(prerequisite);
            pulse.shown(host, &header.time, prerequisite);
        }
        marks(record).into_iter().for_each(|mark| pulse.mark(host, &header.time, mark));
    }

    /// A record of this sort cannot be read.
    pub(crate) fn lost(&mut self, id: SortId) {
        let host = self.get(id).and_then(|sort| sort.beats);
        if let (Some(pulse), Some(host)) = (&mut self.pulse, host) {
            pulse.lost(host);
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

    /// Whose records were counted, and of kinds that begat reads those that name nobody.
    pub(crate) fn whose(&self) -> Whose {
        let mut whose = Whose { several: self.generation > 0, ..Whose::default() };
        for sort in &self.sorts {
            let count = sort.known.count + sort.zoneless.count;
            match (&sort.host, sort.kind) {
                (Some(host), _) => whose.is_of(host),
                (None, Some(kind)) => *whose.nobodys.entry(kind).or_default() += count,
                (None, None) => {}
            }
        }
        whose
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
        for (host, known, zoneless) in self.pulse.into_iter().flat_map(Pulse::finish) {
            self.counted.known.hours.insert(host.clone(), known);
            self.counted.zoneless.hours.insert(host, zoneless);
        }
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
        let Some(mut key) = sort.key else { continue };
        if sort.beyond_boot {
            tallies.known.beyond_boot.insert(key.host.clone());
        }
        if sort.signs != MachineSigns::default() {
            tallies.known.machines.entry(key.host.clone()).or_default().merge(&sort.signs);
        }
        if let Some(channel) = key.channel.clone().filter(|_| key.kind.is_some()) {
            let log = LogKey { host: key.host.clone(), channel };
            tallies.known.carried.entry(log).or_default().add(sort.carrier.clone(), sort.lacks);
        }
        if sort.unplaced > 0 && key.kind.is_some() {
            *tallies.known.unplaced.entry((key.clone(), Unread::NoTime)).or_default() += sort.unplaced;
        }
        if let Some(kind) = sort.may_be {
            let count = sort.known.count + sort.zoneless.count;
            key = lost(&mut tallies.known, key.host, kind, Unread::NoWriter, count);
        }
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
        cut(&mut self.known);
        cut(&mut self.zoneless);
    }

    /// One tally, once the zones of wall clocks are known.
    pub(crate) fn resolve(self, at: impl Fn(&HostName, Timestamp) -> Option<Timestamp>) -> Tally {
        let mut tally = self.known;
        for (key, heard) in self.zoneless.heard {
            let resolve = |wall_clock: Option<Timestamp>| at(&key.host, wall_clock?);
            let heard = Heard { first: resolve(heard.first), last: resolve(heard.last), ..heard };
            if key.kind.is_some() && heard.first.is_none() {
                *tally.unplaced.entry((key.clone(), Unread::NoZone)).or_default() += heard.count;
            }
            tally.heard.entry(key).or_default().merge(&heard);
        }
        for (host, heard) in &self.zoneless.hours {
            let heard = heard.moved(|wall_clock| at(host, wall_clock));
            tally.hours.entry(host.clone()).or_default().merge(&heard);
        }
        tally.cut.extend(self.zoneless.cut);
        tally.hosts_cut |= self.zoneless.hosts_cut;
        cut(&mut tally);
        tally
    }
}

/// What is counted never decides whose creations are looked for: each host has a bound of its own, and one with a
/// creation is always counted.
fn cut(tally: &mut Tally) {
    // Nearly always there is nothing to cut, and it is seen by the whole number.
    if tally.heard.len() <= HOST_SORTS_MAX {
        return;
    }
    cut_hosts(tally, HOSTS_MAX);
    let mut counts: BTreeMap<&HostName, usize> = BTreeMap::new();
    tally.heard.keys().for_each(|key| *counts.entry(&key.host).or_default() += 1);
    let over = counts.into_iter().filter(|(_, count)| *count > HOST_SORTS_MAX);
    let over: Vec<HostName> = over.map(|(host, _)| host.clone()).collect();
    for host in over {
        cut_sorts(tally, &host);
        tally.cut.insert(host);
    }
}

/// Leaves a host the sorts that begat reads and, as many as there is room for, the first of the others.
fn cut_sorts(tally: &mut Tally, host: &HostName) {
    let of_host = tally.heard.keys().filter(|key| key.host == *host);
    let mut keys: Vec<(bool, HeardKey)> = of_host.map(|key| (key.kind.is_none(), key.clone())).collect();
    keys.sort_unstable();
    for (_, key) in keys.split_off(HOST_SORTS_MAX) {
        tally.heard.remove(&key);
        tally.unplaced.retain(|(unplaced, _), _| *unplaced != key);
    }
}

fn cut_hosts(tally: &mut Tally, hosts_max: usize) {
    let mut hosts: BTreeMap<&HostName, bool> = BTreeMap::new();
    for key in tally.heard.keys() {
        *hosts.entry(&key.host).or_default() |= key.kind.is_some_and(EventKind::tells_of_a_creation);
    }
    if hosts.len() <= hosts_max {
        return;
    }
    let without = hosts.into_iter().filter(|(_, has_creation)| !has_creation).map(|(host, _)| host.clone());
    let gone: BTreeSet<HostName> = without.skip(hosts_max).collect();
    if !gone.is_empty() {
        tally.hosts_cut = true;
        tally.heard.retain(|key, _| !gone.contains(&key.host));
        tally.unplaced.retain(|(key, _), _| !gone.contains(&key.host));
        tally.beyond_boot.retain(|host| !gone.contains(host));
        tally.machines.retain(|host, _| !gone.contains(host));
        tally.hours.retain(|host, _| !gone.contains(host));
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
    fn a_noisy_host_hides_nothing_of_another_and_keeps_what_is_read_of_itself() {
        let add_id = |sorts: &mut Sorts, host: &str, event_id| {
            let header = Header {
                host: Some(host.into()),
                channel: Some("Security".into()),
                event_id: Some(event_id),
                ..Header::SILENT
            };
            let id = sorts.of(&header);
            sorts.count(id, &HeaderTime::Missing, None);
        };
        let (mut forward, mut backward) = (Sorts::default(), Sorts::default());
        for number in 0..3 * SORTS_MAX as u32 {
            add_id(&mut forward, "A", number);
            add_id(&mut backward, "A", 3 * SORTS_MAX as u32 - 1 - number);
        }
        add_id(&mut backward, "B", 4720);
        let mut tallies = forward.finish();
        tallies.merge(backward.finish());
        let tally = tallies.resolve(|_, at| Some(at));
        let of = |host: &str| {
            let of_host = tally.heard.iter().filter(|(key, _)| key.host.as_str() == host);
            of_host.map(|(key, heard)| (key.event_id, heard.count)).collect::<BTreeMap<u32, u64>>()
        };
        assert_eq!(of("B"), BTreeMap::from([(4720, 1)]));
        assert_eq!(of("A").len(), HOST_SORTS_MAX);
        assert_eq!((of("A")[&4720], of("A")[&4688], of("A")[&0]), (2, 2, 2), "and the first of the others");
        assert_eq!(tally.cut.iter().map(HostName::as_str).collect::<Vec<_>>(), ["A"]);
        assert!(!tally.hosts_cut);
    }

    #[test]
    fn of_too_many_hosts_those_with_a_creation_are_all_counted() {
        let mut tally = Tally::default();
        for number in 0..100 {
            let host = HostName::new(&format!("H{number:03}")).unwrap();
            let event_id = if number % 10 == 9 { 4720 } else { 4624 };
            tally.heard.insert(HeardKey::new(host, None, Some("Security"), event_id), Heard::default());
        }
        cut_hosts(&mut tally, 20);
        let created = tally.heard.keys().filter(|key| key.event_id == 4720).count();
        assert_eq!((created, tally.heard.len(), tally.hosts_cut), (10, 30, true));
    }
}

//! Hour by hour, what each host shows: asked for by who judges sight, and not by a hunt.

use std::collections::BTreeMap;

use begat_model::catalog::{EventKind, FieldName, channel};
use begat_model::ledger::{HeardHours, Mark};
use begat_model::prerequisite::{Prerequisite, Subcategory};
use begat_model::{HostName, Timestamp, boot};

use crate::normalise::intern::is_silent;
use crate::raw::{Header, HeaderTime, Outcome, RawRecord, parse_unmarked_utc};
use crate::scalar::Scalar;

/// Records of one sort that are looked into in an hour before it is left at that: what a site logs of its processes it
/// logs of nearly all of them.
const LOOKS_MAX: u32 = 64;

/// All hosts of what one reader looks at.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    hosts: Vec<Beats>,
    by_name: BTreeMap<HostName, usize>,
}

/// What one host showed; by wall clock where its records tell no zone.
#[derive(Debug, Default)]
struct Beats {
    known: HeardHours,
    zoneless: HeardHours,
}

/// What is still to be seen of one sort in the hour of its last record.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Looking {
    hour: Option<i64>,
    looks: u32,
    shown: u16,
}

/// The kinds whose records are looked into, and what they can show.
const TELLING: &[(EventKind, &[Prerequisite])] = &[
    (EventKind::ProcessCreated, PROCESS),
    (EventKind::SysmonProcessCreated, PROCESS),
    (EventKind::EdrProcessCreated, PROCESS),
    (EventKind::SysmonRegistryKey, SAM_KEYS),
    (EventKind::SysmonRegistryValue, SAM_KEYS),
    (EventKind::SysmonRegistryRename, SAM_KEYS),
];
/// Kinds each of whose records says something of the host's sight.
const MARKING: &[EventKind] = &[EventKind::AuditPolicyChanged, EventKind::ClockChanged];
/// Services of Windows trim the clock by milliseconds all day: only a larger step is a clock that was set.
const CLOCK_TRIM_TICKS_MAX: i64 = begat_model::time::TICKS_PER_SECOND;
/// What 4719 says of success and failure: that it is audited no more, or again.
const CHANGES: &[(&str, bool, bool)] =
    &[("%%8448", true, false), ("%%8449", true, true), ("%%8450", false, false), ("%%8451", false, true)];
const PROCESS: &[Prerequisite] =
    &[Prerequisite::ProcessCreation, Prerequisite::CommandLine, Prerequisite::Parent];
const SAM_KEYS: &[Prerequisite] = &[Prerequisite::SamKeys];
/// Below this key of the registry the SAM keeps its accounts.
const ACCOUNT_KEYS: &str = r"\sam\sam\domains\account\";

/// What records of a kind can show by what they say.
fn telling(kind: EventKind) -> &'static [Prerequisite] {
    TELLING.iter().find(|(telling, _)| *telling == kind).map_or(&[], |(_, shows)| shows)
}

/// Whether records of this kind are looked into for what they say.
pub(crate) fn is_telling(kind: EventKind) -> bool {
    !telling(kind).is_empty() || MARKING.contains(&kind)
}

fn bit(prerequisite: Prerequisite) -> u16 {
    1 << prerequisite as u16
}

impl Looking {
    /// Whether the record with this time is to be looked into: until the hour has shown all that it can.
    pub(crate) fn asks(&mut self, kind: EventKind, time: &HeaderTime<'_>) -> bool {
        if MARKING.contains(&kind) {
            return placed(time).is_some();
        }
        let shows = telling(kind);
        let Some((at, _)) = placed(time).filter(|_| !shows.is_empty()) else { return false };
        let hour = hour_of(at);
        if self.hour != Some(hour) {
            *self = Looking { hour: Some(hour), ..Looking::default() };
        }
        let all: u16 = shows.iter().map(|shown| bit(*shown)).sum();
        if self.shown == all || self.looks == LOOKS_MAX {
            return false;
        }
        self.looks += 1;
        true
    }

    fn all_shown(&self) -> impl Iterator<Item = Prerequisite> + '_ {
        [PROCESS, SAM_KEYS].into_iter().flatten().copied().filter(|shown| self.shown & bit(*shown) != 0)
    }

    pub(crate) fn showed(&mut self, prerequisite: Prerequisite) {
        self.shown |= bit(prerequisite);
    }
}

fn hour_of(at: Timestamp) -> i64 {
    at.unix_seconds().div_euclid(3600)
}

/// A record's time, and whether it is a wall clock's.
fn placed(time: &HeaderTime<'_>) -> Option<(Timestamp, bool)> {
    match time {
        HeaderTime::Known(at) => Some((*at, false)),
        HeaderTime::Zoneless(time) => Some((time.wall_clock, true)),
        HeaderTime::Missing | HeaderTime::Unreadable(_) => None,
    }
}

impl Pulse {
    /// The place of a host.
    pub(crate) fn host(&mut self, name: &HostName) -> usize {
        if let Some(place) = self.by_name.get(name) {
            return *place;
        }
        self.hosts.push(Beats::default());
        self.by_name.insert(name.clone(), self.hosts.len() - 1);
        self.hosts.len() - 1
    }

    fn heard(&mut self, host: usize, time: &HeaderTime<'_>) -> Option<(&mut HeardHours, Timestamp)> {
        let (at, is_zoneless) = placed(time)?;
        let beats = &mut self.hosts[host];
        Some((if is_zoneless { &mut beats.zoneless } else { &mut beats.known }, at))
    }

    /// A record came, which shows this by being there.
    pub(crate) fn beat(&mut self, host: usize, time: &HeaderTime<'_>, shows: Option<Prerequisite>) {
        let Some((heard, at)) = self.heard(host, time) else { return };
        heard.alive.add(at);
        if let Some(prerequisite) = shows {
            let shown = heard.shown.entry(prerequisite).or_default();
            shown.hours.add(at);
            shown.events += 1;
        }
    }

    /// A record came of a sort that has shown so much in its hour: it is taken to say as much.
    pub(crate) fn beat_alike(&mut self, host: usize, time: &HeaderTime<'_>, looking: &Looking) {
        let Some((heard, at)) = self.heard(host, time) else { return };
        if looking.hour == Some(hour_of(at)) {
            for prerequisite in looking.all_shown() {
                heard.shown.entry(prerequisite).or_default().events += 1;
            }
        }
    }

    /// A record showed this by what it says.
    pub(crate) fn shown(&mut self, host: usize, time: &HeaderTime<'_>, prerequisite: Prerequisite) {
        let Some((heard, at)) = self.heard(host, time) else { return };
        let shown = heard.shown.entry(prerequisite).or_default();
        shown.hours.add(at);
        shown.events += 1;
    }

    /// A record says this of its host's sight.
    pub(crate) fn mark(&mut self, host: usize, time: &HeaderTime<'_>, mark: Mark) {
        if let Some((heard, at)) = self.heard(host, time) {
            heard.mark(at, mark);
        }
    }

    /// A record came that cannot be read.
    pub(crate) fn lost(&mut self, host: usize) {
        self.hosts[host].known.lost += 1;
    }

    /// What was heard of each host: in known time, and by wall clock.
    pub(crate) fn finish(self) -> impl Iterator<Item = (HostName, HeardHours, HeardHours)> {
        let mut hosts: Vec<Option<Beats>> = self.hosts.into_iter().map(Some).collect();
        self.by_name.into_iter().filter_map(move |(name, place)| {
            let beats = hosts[place].take()?;
            Some((name, beats.known, beats.zoneless))
        })
    }
}

/// What a record shows by what it says.
pub(crate) fn shown_by(header: &Header<'_>, record: &RawRecord<'_>) -> Vec<Prerequisite> {
    let said = |field| {
        let text = record.field(field).and_then(|value| value.scalar().into_text());
        text.filter(|text| !is_silent(text))
    };
    let kind = record.spec.kind;
    let mut shown = Vec::new();
    if telling(kind) == PROCESS {
        let image = said(FieldName::NewProcessName).or_else(|| said(FieldName::Image));
        let parent = said(FieldName::ParentProcessName).or_else(|| said(FieldName::ParentImage));
        let is_boot =
            kind == EventKind::ProcessCreated && boot::is_of_boot(image.as_deref(), parent.as_deref());
        // Windows' own boot is written whatever the audit policy says: it shows nothing.
        if !is_boot {
            shown.push(Prerequisite::ProcessCreation);
            shown.extend(said(FieldName::CommandLine).map(|_| Prerequisite::CommandLine));
            let by_id = || said(FieldName::ParentProcessGuid);
            shown.extend(parent.or_else(by_id).map(|_| Prerequisite::Parent));
        }
    }
    if telling(kind) == SAM_KEYS {
        let key = said(FieldName::TargetObject).map(|key| key.to_lowercase());
        shown.extend(key.filter(|key| key.contains(ACCOUNT_KEYS)).map(|_| Prerequisite::SamKeys));
    }
    if kind.spec().channel == channel::SECURITY
        && header.outcome == Some(Outcome::Failure)
        && Prerequisite::shown_by(Some(channel::SECURITY), kind.spec().event_id)
            == Some(Prerequisite::AccountManagement)
    {
        shown.push(Prerequisite::AccountManagementFailure);
    }
    shown
}

/// What a record of a kind says of its host's sight by being there.
pub(crate) fn marked_by(kind: Option<EventKind>) -> Option<Mark> {
    match kind? {
        EventKind::LogServiceStopped => Some(Mark::LogStopped),
        EventKind::HostStarted => Some(Mark::Started),
        _ => None,
    }
}

/// What a record says of its host's sight by what it says.
pub(crate) fn marks(record: &RawRecord<'_>) -> Vec<Mark> {
    match record.spec.kind {
        EventKind::AuditPolicyChanged => audit_marks(record),
        EventKind::ClockChanged => {
            let time = |field| match record.field(field)?.scalar() {
                Scalar::Time(at) => Some(at),
                other => parse_unmarked_utc(&other.into_text()?),
            };
            let step = time(FieldName::NewTime).zip(time(FieldName::PreviousTime));
            let is_set = step.is_some_and(|(new, previous)| {
                (new.unix_ticks() - previous.unix_ticks()).abs() > CLOCK_TRIM_TICKS_MAX
            });
            is_set.then_some(Mark::ClockSet).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// 4719, of a person or of a group policy: which of it took something away, and which gave it.
fn audit_marks(record: &RawRecord<'_>) -> Vec<Mark> {
    let said = |field| record.field(field).and_then(|value| value.scalar().into_text());
    let subcategory = said(FieldName::SubcategoryGuid).and_then(|guid| Subcategory::of_guid(&guid));
    let (Some(subcategory), Some(changes)) = (subcategory, said(FieldName::AuditPolicyChanges)) else {
        return Vec::new();
    };
    let told = CHANGES.iter().filter(|(code, ..)| changes.contains(code));
    let marks = told.filter_map(|(_, is_of_success, is_on)| {
        let shown = if *is_of_success { subcategory.success } else { subcategory.failure }?;
        Some(if *is_on { Mark::SwitchedOn(shown) } else { Mark::SwitchedOff(shown) })
    });
    marks.collect()
}

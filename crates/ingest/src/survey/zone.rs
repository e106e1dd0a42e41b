//! The zone of times that carry none: worked out from what the same records say in UTC, never guessed.
//!
//! NXLog writes EventTime as a wall clock shows it. Two other times tell by how much it is ahead of UTC:
//! a record arrives at the collector after it was written, so arrival − EventTime is the offset's negative
//! and a delay that is never less than nothing; and Sysmon's UtcTime lies before the time of writing, so
//! EventTime − UtcTime is the offset and a delay. The least of each, rounded to the quarter of an hour that
//! all zones keep to, is the offset. A copy of one of its records that another file tells with its zone says it outright
//! (`creations`). It is looked at hour by hour, as clocks change twice a year.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use begat_model::time::{Precision, TICKS_PER_SECOND};
use begat_model::{Duration, HostName, Timestamp};

use crate::raw::ZonelessTime;

const QUARTER_SECONDS: i64 = 900;
/// How far the least delay may be from none: clocks of host and collector differ by so much.
const TOLERANCE_SECONDS: i64 = 120;
/// The zones on Earth: UTC−12 to UTC+14.
const OFFSETS_SECONDS: std::ops::RangeInclusive<i64> = -12 * 3600..=14 * 3600;
/// By how much clocks change: an hour, half an hour on Lord Howe Island.
const CHANGES_SECONDS: [i64; 2] = [3600, 1800];
const HALF_DAY_SECONDS: i64 = 12 * 3600;
/// Hours of evidence kept of one host: three years.
const HOURS_MAX: usize = 3 * 366 * 24;
/// Hosts whose evidence is kept.
const HOSTS_MAX: usize = 100_000;

/// The zone that an analyst names for times that carry none.
#[derive(Debug, Clone)]
pub struct InputZone {
    name: String,
    rule: ZoneRule,
}

#[derive(Debug, Clone)]
enum ZoneRule {
    FixedSeconds(i64),
    Named(jiff::tz::TimeZone),
}

/// What was given is neither an offset nor the name of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownZone(String);

impl std::fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} is no time zone: give an offset (+09:00, UTC) or a name (America/New_York)", self.0)
    }
}

impl std::error::Error for UnknownZone {}

impl InputZone {
    /// Reads `+09:00`, `-0400`, `UTC`, `Z` or an IANA name.
    pub fn parse(text: &str) -> Result<InputZone, UnknownZone> {
        let name = text.trim();
        let unknown = || UnknownZone(text.to_owned());
        let rule = if name.eq_ignore_ascii_case("utc") {
            ZoneRule::FixedSeconds(0)
        } else if let Some(at) = Timestamp::parse_rfc3339(&format!("1970-01-01T00:00:00{name}")) {
            ZoneRule::FixedSeconds(-at.unix_seconds())
        } else {
            ZoneRule::Named(jiff::tz::TimeZone::get(name).map_err(|_| unknown())?)
        };
        Ok(InputZone { name: name.to_owned(), rule })
    }

    /// Of a time that the clock showed twice the first is taken, of one that it skipped the later reading.
    fn offset_seconds(&self, wall_clock: Timestamp) -> Option<i64> {
        match &self.rule {
            ZoneRule::FixedSeconds(seconds) => Some(*seconds),
            ZoneRule::Named(zone) => {
                let shown = jiff::Timestamp::from_second(wall_clock.unix_seconds()).ok()?;
                let shown = jiff::tz::Offset::UTC.to_datetime(shown);
                let meant = zone.to_timestamp(shown).ok()?;
                Some(wall_clock.unix_seconds() - meant.as_second())
            }
        }
    }
}

/// What records without a zone say of it, by host and hour of the wall clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ZoneEvidence {
    hosts: BTreeMap<HostName, BTreeMap<i64, HourEvidence>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct HourEvidence {
    records: u64,
    /// Those whose form is for people's eyes.
    of_people: u64,
    /// Those that say that their time is UTC, of a carrier that says so falsely at times.
    claim_utc: u64,
    /// Least of arrival − wall clock.
    arrival_lag_ticks_min: Option<i64>,
    /// Least of wall clock − told UTC.
    utc_lead_ticks_min: Option<i64>,
    /// What a copy of a record, whose time is known, says of the offset.
    copied_seconds: Option<i64>,
}

impl ZoneEvidence {
    /// One record without a zone.
    pub(crate) fn add(&mut self, host: &HostName, time: &ZonelessTime) {
        let ticks = time.wall_clock.unix_ticks();
        let evidence = HourEvidence {
            records: 1,
            of_people: u64::from(time.of_people),
            claim_utc: u64::from(time.claims_utc),
            arrival_lag_ticks_min: time.arrival.map(|at| at.unix_ticks().saturating_sub(ticks)),
            utc_lead_ticks_min: time.told_utc.map(|at| ticks.saturating_sub(at.unix_ticks())),
            copied_seconds: None,
        };
        if !self.hosts.contains_key(host) {
            self.hosts.insert(host.clone(), BTreeMap::new());
            while self.hosts.len() > HOSTS_MAX {
                self.hosts.pop_last();
            }
        }
        if let Some(hours) = self.hosts.get_mut(host) {
            hours.entry(hour_of(time.wall_clock)).or_default().merge(evidence);
            cut(hours);
        }
    }

    /// Another carrier tells a record of this clock with its zone.
    pub(crate) fn copied(&mut self, host: &HostName, wall_clock: Timestamp, offset_seconds: i64) {
        let hour = self.hosts.get_mut(host).and_then(|hours| hours.get_mut(&hour_of(wall_clock)));
        if let Some(hour) = hour {
            hour.copied_seconds.get_or_insert(offset_seconds);
        }
    }

    /// Puts the evidence of two surveys together.
    pub(crate) fn merge(&mut self, other: ZoneEvidence) {
        for (host, hours) in other.hosts {
            let own = self.hosts.entry(host).or_default();
            for (hour, evidence) in hours {
                own.entry(hour).or_default().merge(evidence);
            }
            cut(own);
        }
        while self.hosts.len() > HOSTS_MAX {
            self.hosts.pop_last();
        }
    }
}

fn cut(hours: &mut BTreeMap<i64, HourEvidence>) {
    while hours.len() > HOURS_MAX {
        hours.pop_last();
    }
}

fn hour_of(wall_clock: Timestamp) -> i64 {
    wall_clock.unix_seconds().div_euclid(3600)
}

impl HourEvidence {
    fn merge(&mut self, other: HourEvidence) {
        let least = |one: Option<i64>, two: Option<i64>| [one, two].into_iter().flatten().min();
        self.records += other.records;
        self.of_people += other.of_people;
        self.claim_utc += other.claim_utc;
        self.arrival_lag_ticks_min = least(self.arrival_lag_ticks_min, other.arrival_lag_ticks_min);
        self.utc_lead_ticks_min = least(self.utc_lead_ticks_min, other.utc_lead_ticks_min);
        self.copied_seconds = self.copied_seconds.or(other.copied_seconds);
    }

    fn by_arrival(&self) -> Option<i64> {
        in_range(-near_quarter(self.arrival_lag_ticks_min?)?)
    }

    /// What the clock is surely ahead by: a copy says it outright, Sysmon to the quarter of an hour.
    fn by_utc(&self) -> Option<i64> {
        self.copied_seconds.or_else(|| self.by_sysmon())
    }

    fn by_sysmon(&self) -> Option<i64> {
        let seconds = near_quarter(self.utc_lead_ticks_min?)?;
        // A clock of twelve hours that does not say which half of the day it is shows twelve too few in the second.
        let halves = if self.claim_utc > 0 { [0, HALF_DAY_SECONDS] } else { [0, 0] };
        halves.iter().any(|half| in_range(seconds + half).is_some()).then_some(seconds)
    }
}

/// The quarter of an hour that a span is near to, in seconds; `None` where it is near to none.
fn near_quarter(ticks: i64) -> Option<i64> {
    let seconds = ticks.div_euclid(TICKS_PER_SECOND);
    let quarter = (seconds + QUARTER_SECONDS / 2).div_euclid(QUARTER_SECONDS) * QUARTER_SECONDS;
    ((seconds - quarter).abs() <= TOLERANCE_SECONDS).then_some(quarter)
}

fn in_range(seconds: i64) -> Option<i64> {
    OFFSETS_SECONDS.contains(&seconds).then_some(seconds)
}

/// What a host's offset rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Proof {
    Arrival,
    Utc,
    Both,
    Copy,
}

impl Proof {
    fn words(self) -> &'static str {
        match self {
            Proof::Arrival => "worked out from the times of arrival",
            Proof::Utc => "worked out from Sysmon's UtcTime",
            Proof::Copy => "worked out from the same records, which another file tells with their zone",
            Proof::Both => "worked out from the times of arrival and confirmed by Sysmon's UtcTime",
        }
    }
}

/// A host's offset over time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct HostZone {
    /// From which hour of the wall clock on which offset holds; the first also before it.
    segments: Vec<(i64, i64)>,
    proof: Proof,
}

/// The zones of all hosts whose times carry none.
#[derive(Debug, Clone, Default)]
pub struct Zones {
    given: Option<InputZone>,
    worked_out: BTreeMap<HostName, HostZone>,
    /// Nothing shows their zone, and all that they say is by one clock: their times are told as that clock showed them.
    as_shown: BTreeSet<HostName>,
    unknown: Vec<HostName>,
    records: BTreeMap<HostName, u64>,
    /// All times of theirs that are not known say that they are UTC: by how much that is false, and how many they are.
    claimed: BTreeMap<HostName, (HostZone, u64)>,
}

impl Zones {
    /// Decides, from what was seen of every host and what the analyst says.
    ///
    /// `is_timed` says whether a machine has records whose times are known: beside them a clock of an unknown zone would
    /// put the same event at another time.
    pub(crate) fn decide(
        evidence: &ZoneEvidence,
        given: Option<InputZone>,
        is_timed: impl Fn(&HostName) -> bool,
    ) -> Zones {
        let mut zones = Zones { given, ..Zones::default() };
        for (host, hours) in &evidence.hosts {
            if hours.values().all(|hour| hour.claim_utc == hour.records) {
                let as_claimed = || HostZone { segments: vec![(0, 0)], proof: Proof::Utc };
                let records = hours.values().map(|hour| hour.records).sum();
                let zone = work_out(hours).unwrap_or_else(as_claimed);
                zones.claimed.insert(host.clone(), (zone, records));
                continue;
            }
            zones.records.insert(host.clone(), hours.values().map(|hour| hour.records).sum());
            match work_out(hours) {
                Some(zone) => {
                    zones.worked_out.insert(host.clone(), zone);
                }
                None if hours.values().all(|hour| hour.of_people == hour.records) && !is_timed(host) => {
                    zones.as_shown.insert(host.clone());
                }
                None => zones.unknown.push(host.clone()),
            }
        }
        zones
    }

    /// The point in time of a wall clock's time; `None` where the zone is not known.
    pub(crate) fn resolve(&self, host: &HostName, time: &ZonelessTime) -> Option<Timestamp> {
        let offset_seconds = match &self.given {
            _ if let Some((zone, _)) = self.claimed.get(host) => zone.offset_seconds(time),
            // Beside times that say nothing of their zone nothing tells whether it is false.
            _ if time.claims_utc => 0,
            Some(given) => given.offset_seconds(time.wall_clock)?,
            None if self.as_shown.contains(host) => 0,
            None => self.worked_out.get(host)?.offset_seconds(time),
        };
        Some(time.wall_clock - Duration::from_seconds(offset_seconds))
    }

    /// Whether a host's times are told as its clock showed them, whatever zone that kept.
    pub fn is_as_shown(&self, host: &HostName) -> bool {
        self.given.is_none() && self.as_shown.contains(host)
    }

    /// In words: which zone was taken for which hosts, and what it rests on.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = self.false_claims();
        notes.extend(self.notes_of_zoneless());
        notes
    }

    fn false_claims(&self) -> Vec<String> {
        let is_false = |zone: &HostZone| zone.segments.iter().any(|(_, offset)| *offset != 0);
        let told =
            self.claimed.iter().filter(|(_, (zone, _))| is_false(zone)).map(|(host, (zone, records))| {
                format!(
                    "times of {host} ({records} records) say that they are UTC and are not: taken as {}, {}",
                    zone.words(),
                    zone.proof.words()
                )
            });
        told.collect()
    }

    fn notes_of_zoneless(&self) -> Vec<String> {
        if let Some(given) = &self.given {
            return self.notes_of_given(given);
        }
        let mut alike: BTreeMap<&HostZone, Vec<&HostName>> = BTreeMap::new();
        for (host, zone) in &self.worked_out {
            alike.entry(zone).or_default().push(host);
        }
        let mut notes: Vec<String> = alike
            .into_iter()
            .map(|(zone, hosts)| {
                format!(
                    "times of {} carry no zone: {}, {}",
                    self.named(&hosts),
                    zone.words(),
                    zone.proof.words()
                )
            })
            .collect();
        if !self.as_shown.is_empty() {
            let hosts: Vec<&HostName> = self.as_shown.iter().collect();
            notes.push(format!(
                "times of {} carry no zone and nothing in the input shows it: they are told as the clock showed them, as if \
                 it kept UTC; give --input-timezone",
                self.named(&hosts)
            ));
        }
        if !self.unknown.is_empty() {
            let hosts: Vec<&HostName> = self.unknown.iter().collect();
            let hosts = self.named(&hosts);
            notes.push(format!(
                "times of {hosts} carry no zone and nothing in the input shows it: give --input-timezone"
            ));
        }
        notes
    }

    fn notes_of_given(&self, given: &InputZone) -> Vec<String> {
        if self.records.is_empty() {
            return Vec::new();
        }
        let hosts: Vec<&HostName> = self.records.keys().collect();
        let mut notes = vec![format!(
            "times of {} carry no zone: taken as {}, as --input-timezone says",
            self.named(&hosts),
            given.name
        )];
        for (host, zone) in &self.worked_out {
            let (hour, offset_seconds) = zone.segments[0];
            let wall_clock = Timestamp::from_unix_ticks(hour * 3600 * TICKS_PER_SECOND, Precision::SECONDS);
            if given.offset_seconds(wall_clock) != Some(offset_seconds) {
                let worked_out = zone.words();
                notes
                    .push(format!("for {host} the data say {worked_out} ({}), not that", zone.proof.words()));
            }
        }
        notes
    }

    fn named(&self, hosts: &[&HostName]) -> String {
        const NAMED_MAX: usize = 5;
        let records: u64 = hosts.iter().filter_map(|host| self.records.get(*host)).sum();
        let mut names = hosts.iter().take(NAMED_MAX).map(|host| host.as_str()).collect::<Vec<_>>().join(", ");
        if hosts.len() > NAMED_MAX {
            let _ = write!(names, " and {} other hosts", hosts.len() - NAMED_MAX);
        }
        format!("{names} ({records} records)")
    }
}

fn work_out(hours: &BTreeMap<i64, HourEvidence>) -> Option<HostZone> {
    let by_utc: Vec<i64> = hours.values().filter_map(HourEvidence::by_utc).collect();
    let by_arrival: Vec<i64> = hours.values().filter_map(HourEvidence::by_arrival).collect();
    // A delay only makes a place look further west: of the arrivals the easternmost is the truth.
    let base = if by_utc.is_empty() { vec![*by_arrival.iter().max()?] } else { by_utc.clone() };
    let is_change = |offset: i64| base.iter().any(|known| CHANGES_SECONDS.contains(&(offset - known).abs()));
    // A change of clocks looks like an hour's delay. A backlog is worked off, so that its delay shrinks from
    // hour to hour: the same quarter twice in a row is a change.
    let twice = |offset: i64| by_arrival.windows(2).any(|pair| pair == [offset, offset]);
    let held = |offset: i64| base.contains(&offset) || (is_change(offset) && twice(offset));
    let mut segments: Vec<(i64, i64)> = Vec::new();
    for (hour, evidence) in hours {
        let told = evidence.by_utc().or_else(|| evidence.by_arrival().filter(|offset| held(*offset)));
        if let Some(offset) = told.filter(|offset| segments.last().is_none_or(|(_, last)| last != offset)) {
            segments.push((*hour, offset));
        }
    }
    let confirmed = by_arrival.iter().any(|offset| by_utc.contains(offset));
    let is_copied = hours.values().any(|hour| hour.copied_seconds.is_some());
    let proof = match (by_utc.is_empty(), confirmed) {
        _ if is_copied => Proof::Copy,
        (true, _) => Proof::Arrival,
        (false, true) => Proof::Both,
        (false, false) => Proof::Utc,
    };
    (!segments.is_empty()).then_some(HostZone { segments, proof })
}

impl HostZone {
    fn offset_seconds(&self, time: &ZonelessTime) -> i64 {
        let hour = hour_of(time.wall_clock);
        let index = self.segments.partition_point(|(from, _)| *from <= hour).saturating_sub(1);
        let is_near = |segment: &&(i64, i64)| (segment.0 - hour).abs() <= 1;
        let by_clock = self.segments[index].1;
        if !self.segments.iter().skip(1).any(|segment| is_near(&segment)) {
            return by_clock;
        }
        // Clocks were set about now, and an hour may have been shown twice: the record's own evidence counts.
        self.by_own_evidence(time).unwrap_or(by_clock)
    }

    fn by_own_evidence(&self, time: &ZonelessTime) -> Option<i64> {
        let mut alone = HourEvidence::default();
        let wall_clock = time.wall_clock.unix_ticks();
        alone.utc_lead_ticks_min = time.told_utc.map(|at| wall_clock.saturating_sub(at.unix_ticks()));
        alone.arrival_lag_ticks_min = time.arrival.map(|at| at.unix_ticks().saturating_sub(wall_clock));
        let told = alone.by_utc().or_else(|| alone.by_arrival())?;
        self.segments.iter().any(|(_, offset)| *offset == told).then_some(told)
    }

    /// `UTC-04:00`, or `UTC+02:00 until 2020-10-25 03:00, then UTC+01:00`.
    fn words(&self) -> String {
        let mut words = offset_words(self.segments[0].1);
        for (hour, offset) in &self.segments[1..] {
            let at =
                Timestamp::from_unix_ticks(hour * 3600 * TICKS_PER_SECOND, Precision::SECONDS).to_string();
            let (day, time) = at.split_once('T').unwrap_or((&at, ""));
            let _ = write!(words, " until {day} {}, then {}", &time[..5], offset_words(*offset));
        }
        words
    }
}

fn offset_words(seconds: i64) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    format!("UTC{sign}{:02}:{:02}", seconds.abs() / 3600, seconds.abs() / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host() -> HostName {
        HostName::new("WS1").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn time(wall_clock: &str, arrival: Option<&str>, told_utc: Option<&str>) -> ZonelessTime {
        ZonelessTime {
            wall_clock: at(wall_clock),
            arrival: arrival.map(at),
            told_utc: told_utc.map(at),
            of_people: false,
            claims_utc: false,
        }
    }

    #[test]
    fn a_time_that_says_it_is_utc_is_believed_until_sysmon_says_otherwise() {
        let claim = |wall_clock: &str, told_utc: Option<&str>| ZonelessTime {
            claims_utc: true,
            ..time(wall_clock, None, told_utc)
        };
        let alone = zones(&[claim("2021-06-11T09:07:15Z", None)], Some("+02:00"));
        assert!(alone.notes().is_empty(), "{:?}", alone.notes());
        let resolve = |zones: &Zones, at: &str| zones.resolve(&host(), &claim(at, None)).unwrap().to_string();
        assert_eq!(resolve(&alone, "2021-06-11T09:07:15Z"), "2021-06-11T09:07:15Z");
        let told = claim("2021-06-11T09:07:15.635Z", Some("2021-06-12T01:07:15.633Z"));
        let contradicted = zones(&[told, claim("2021-06-11T09:08:00Z", None)], None);
        assert_eq!(resolve(&contradicted, "2021-06-11T09:08:00Z"), "2021-06-12T01:08:00Z");
        assert!(contradicted.notes()[0].contains("say that they are UTC and are not: taken as UTC-16:00"));
        let beside =
            zones(&[claim("2021-06-11T09:07:15Z", None), time("2021-06-11T09:07:15Z", None, None)], None);
        assert_eq!(resolve(&beside, "2021-06-11T09:07:15Z"), "2021-06-11T09:07:15Z");
    }

    fn zones(times: &[ZonelessTime], given: Option<&str>) -> Zones {
        let mut evidence = ZoneEvidence::default();
        let mut merged = ZoneEvidence::default();
        for (index, time) in times.iter().enumerate() {
            if index % 2 == 0 { &mut evidence } else { &mut merged }.add(&host(), time);
        }
        merged.merge(evidence);
        Zones::decide(&merged, given.map(|zone| InputZone::parse(zone).unwrap()), |_| false)
    }

    fn check(zones: &Zones, wall_clock: &str, expected: Option<&str>) {
        let told = zones.resolve(&host(), &time(wall_clock, None, None)).map(|at| at.to_string());
        assert_eq!(told.as_deref(), expected, "{wall_clock} by {:?}", zones.notes());
    }

    #[test]
    fn the_least_delay_tells_the_offset_and_late_arrivals_do_not_disturb_it() {
        let zones = zones(
            &[
                time("2020-09-14T08:06:02Z", Some("2020-09-14T12:06:03.907Z"), None),
                time("2020-09-14T08:06:03Z", Some("2020-09-14T12:55:00Z"), None),
                time("2020-09-14T09:10:00Z", Some("2020-09-14T14:30:00Z"), None),
            ],
            None,
        );
        check(&zones, "2020-09-14T08:06:02Z", Some("2020-09-14T12:06:02Z"));
        check(&zones, "2020-09-14T09:10:00Z", Some("2020-09-14T13:10:00Z"));
        assert_eq!(
            zones.notes(),
            ["times of WS1 (3 records) carry no zone: UTC-04:00, worked out from the times of arrival"]
        );
    }

    #[test]
    fn sysmon_confirms_and_outweighs_arrival() {
        let confirmed = zones(
            &[time("2020-09-14T17:36:02Z", Some("2020-09-14T12:06:03Z"), Some("2020-09-14T12:06:01.826Z"))],
            None,
        );
        check(&confirmed, "2020-09-14T17:36:02Z", Some("2020-09-14T12:06:02Z"));
        assert!(
            confirmed.notes()[0].contains("UTC+05:30, worked out from the times of arrival and confirmed")
        );
        let backlog = zones(
            &[time("2020-09-14T14:06:02Z", Some("2020-09-14T15:06:03Z"), Some("2020-09-14T12:06:01Z"))],
            None,
        );
        check(&backlog, "2020-09-14T14:06:02Z", Some("2020-09-14T12:06:02Z"));
        assert!(backlog.notes()[0].contains("UTC+02:00, worked out from Sysmon's UtcTime"));
    }

    #[test]
    fn without_evidence_nothing_is_guessed() {
        for times in [
            vec![time("2020-09-14T08:06:02Z", None, None)],
            // Shipped again days later.
            vec![time("2020-09-14T08:06:02Z", Some("2020-09-20T12:06:03Z"), None)],
            // Far from any quarter of an hour.
            vec![time("2020-09-14T08:06:02Z", Some("2020-09-14T12:13:00Z"), None)],
        ] {
            let unknown = zones(&times, None);
            check(&unknown, "2020-09-14T08:06:02Z", None);
            assert!(unknown.notes()[0].contains("give --input-timezone"));
            let given = zones(&times, Some("-04:00"));
            check(&given, "2020-09-14T08:06:02Z", Some("2020-09-14T12:06:02Z"));
        }
    }

    #[test]
    fn clocks_change_within_the_data() {
        // Berlin, 2020-10-25: at 03:00 summer time the clock went back to 02:00.
        let times = [
            time("2020-10-24T22:00:00Z", Some("2020-10-24T20:00:01Z"), None),
            time("2020-10-25T01:00:00Z", Some("2020-10-24T23:00:01Z"), None),
            time("2020-10-25T02:30:00Z", Some("2020-10-25T00:30:01Z"), None),
            time("2020-10-25T02:30:00Z", Some("2020-10-25T01:30:01Z"), None),
            time("2020-10-25T03:00:00Z", Some("2020-10-25T02:00:01Z"), None),
            time("2020-10-25T09:00:00Z", Some("2020-10-25T08:00:01Z"), None),
        ];
        let zones = zones(&times, None);
        let expected = ["20:00:00Z", "23:00:00Z", "00:30:00Z", "01:30:00Z", "02:00:00Z", "08:00:00Z"];
        for (time, expected) in times.iter().zip(expected) {
            let told = zones.resolve(&host(), time).unwrap().to_string();
            assert!(told.ends_with(expected), "{told} is not {expected}: {:?}", zones.notes());
        }
        assert!(
            zones.notes()[0].contains("UTC+02:00 until 2020-10-25 03:00, then UTC+01:00"),
            "{:?}",
            zones.notes()
        );
    }

    #[test]
    fn a_backlog_that_is_worked_off_is_no_change_of_clocks() {
        let zones = zones(
            &[
                time("2020-10-24T10:00:00Z", Some("2020-10-24T10:00:01Z"), None),
                time("2020-10-24T11:00:00Z", Some("2020-10-24T13:00:01Z"), None),
                time("2020-10-24T12:00:00Z", Some("2020-10-24T13:00:02Z"), None),
                time("2020-10-24T13:00:00Z", Some("2020-10-24T13:00:03Z"), None),
            ],
            None,
        );
        check(&zones, "2020-10-24T12:00:00Z", Some("2020-10-24T12:00:00Z"));
    }

    #[test]
    fn a_zone_is_an_offset_or_a_name() {
        let resolve = |zone: &str, wall_clock: &str| {
            let zones = Zones { given: Some(InputZone::parse(zone).unwrap()), ..Zones::default() };
            zones.resolve(&host(), &time(wall_clock, None, None)).unwrap().to_string()
        };
        assert_eq!(resolve("+09:00", "2020-01-01T09:00:00Z"), "2020-01-01T00:00:00Z");
        assert_eq!(resolve("-0400", "2020-01-01T09:00:00Z"), "2020-01-01T13:00:00Z");
        assert_eq!(resolve("UTC", "2020-01-01T09:00:00Z"), "2020-01-01T09:00:00Z");
        assert_eq!(resolve("Europe/Berlin", "2020-07-01T09:00:00Z"), "2020-07-01T07:00:00Z");
        assert_eq!(resolve("Europe/Berlin", "2020-01-01T09:00:00Z"), "2020-01-01T08:00:00Z");
        for bad in ["", "here", "+25:00", "2020"] {
            assert!(InputZone::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_analyst_who_contradicts_the_data_is_told() {
        let zones =
            zones(&[time("2020-09-14T08:06:02Z", Some("2020-09-14T12:06:03Z"), None)], Some("+01:00"));
        check(&zones, "2020-09-14T08:06:02Z", Some("2020-09-14T07:06:02Z"));
        assert!(zones.notes()[1].contains("the data say UTC-04:00"), "{:?}", zones.notes());
    }
}

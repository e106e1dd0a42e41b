//! The ledger: host by host, what could have been seen of an account creation, and what could not.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::catalog::channel;
use begat_model::continuity::RecordRuns;
use begat_model::coverage::{Heard, HeardKey, Tally};
use begat_model::hours::Hours;
use begat_model::ledger::{
    Cell, HeardHours, HostLedger, LedgerGap, Mark, Reach, SightLoss, SightLossSeen, SightState,
};
use begat_model::prerequisite::{PREREQUISITES, Prerequisite, PrerequisiteSpec, Rhythm};
use begat_model::{HostName, Text, Timestamp};

use crate::intake::identity::{HostDirectory, HostId};

/// Logons went on for so many hours after the last process was told: then it is not the host that fell silent.
const STOPPED_HOURS_MIN: u64 = 3;

/// The ledger of every machine of an input, by name. `creations` are those seen, by host as the records name it; a tally
/// that was not taken by the hour has nothing to say.
pub fn ledger(
    tally: &Tally,
    directory: &HostDirectory,
    creations: &BTreeMap<HostName, Vec<Timestamp>>,
) -> Vec<HostLedger> {
    let mut machines: BTreeMap<HostId, Machine<'_>> = BTreeMap::new();
    for (key, heard) in &tally.heard {
        machines.entry(directory.resolve(&key.host)).or_default().heard.push((key, heard));
    }
    for (log, runs) in &tally.record_ids {
        machines.entry(directory.resolve(&log.host)).or_default().runs.push((&log.channel, runs));
    }
    for (host, hours) in &tally.hours {
        machines.entry(directory.resolve(host)).or_default().hours.merge(hours);
    }
    for ((key, _), count) in &tally.unplaced {
        machines.entry(directory.resolve(&key.host)).or_default().hours.lost += count;
    }
    for (host, at) in creations {
        machines.entry(directory.resolve(host)).or_default().creations.extend(at);
    }
    let mut ledgers: Vec<HostLedger> =
        machines.into_values().filter(|machine| !machine.heard.is_empty()).map(|it| it.ledger()).collect();
    ledgers.sort_by(|one, other| one.names.cmp(&other.names));
    ledgers
}

/// What was heard of one machine, under all its names.
#[derive(Default)]
struct Machine<'t> {
    heard: Vec<(&'t HeardKey, &'t Heard)>,
    /// Which record ids are there, by log; a log stands here once for each name that the machine bore in it.
    runs: Vec<(&'t Text, &'t RecordRuns)>,
    hours: HeardHours,
    creations: Vec<Timestamp>,
}

impl Machine<'_> {
    fn ledger(&self) -> HostLedger {
        let names: BTreeSet<&HostName> = self.heard.iter().map(|(key, _)| &key.host).collect();
        let mut all = Heard::default();
        self.heard.iter().for_each(|(_, heard)| all.merge(heard));
        let gaps = self.gaps();
        HostLedger {
            from: all.first,
            until: all.last,
            cells: PREREQUISITES.iter().map(|row| self.cell(row)).collect(),
            reach: self.reach(),
            lost: self.hours.lost,
            creations: self.creations.len() as u64,
            losses: self.losses(&gaps),
            gaps,
            names: names.into_iter().cloned().collect(),
            role: None,
            left_out: Vec::new(),
        }
    }

    /// In which hours a prerequisite was seen.
    fn seen(&self, row: &PrerequisiteSpec) -> Hours {
        let Some(shown) = self.hours.shown.get(&row.prerequisite) else { return Hours::default() };
        match row.rhythm {
            Rhythm::Hourly => self.hours.alive.and(&shown.hours),
            Rhythm::Rare => self.hours.alive.on_days_of(&shown.hours),
        }
    }

    fn cell(&self, row: &PrerequisiteSpec) -> Cell {
        let hours_seen = self.seen(row).count();
        // Alerts are heard without an hour in which all would have been told.
        let was_heard = self.hours.alive.count() > 0 && row.logs.iter().any(|(log, _)| self.has_log(log));
        let off_since = self.off_since(row);
        let state = match row.rhythm {
            _ if off_since.is_some() => SightState::Off,
            _ if hours_seen > 0 => SightState::Seen,
            Rhythm::Hourly if was_heard => SightState::Silent,
            Rhythm::Hourly | Rhythm::Rare => SightState::Unknown,
        };
        Cell {
            prerequisite: row.prerequisite,
            state,
            hours_seen,
            hours_alive: self.hours.alive.count(),
            off_since,
            configured: None,
            events: self.hours.shown.get(&row.prerequisite).map_or(0, |shown| shown.events),
        }
    }

    /// When auditing of it was switched off, and on again; where it is not, until the end of all.
    fn off(&self, row: &PrerequisiteSpec) -> Vec<(Timestamp, Option<Timestamp>)> {
        let own = row.rides_on.unwrap_or(row.prerequisite);
        let mut off: Vec<(Timestamp, Option<Timestamp>)> = Vec::new();
        for (at, mark) in &self.hours.marks {
            match (mark, off.last_mut()) {
                (Mark::SwitchedOff(it), Some((_, Some(_))) | None) if *it == own => off.push((*at, None)),
                (Mark::SwitchedOn(it), Some((_, until @ None))) if *it == own => *until = Some(*at),
                _ => {}
            }
        }
        off
    }

    /// Since when it is off to the end. What another log tells later, Sysmon's say, or what comes all the same in a later
    /// hour, says otherwise.
    fn off_since(&self, row: &PrerequisiteSpec) -> Option<Timestamp> {
        let (since, _) = self.off(row).pop().filter(|(_, until)| until.is_none())?;
        let is_of = |key: &HeardKey, (log, ids): &(&str, &[u32])| {
            let same_log = key.channel.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(log));
            same_log && ids.contains(&key.event_id)
        };
        let mut others = row.logs.iter().filter(|(log, _)| *log != channel::SECURITY);
        let is_told_elsewhere = others
            .any(|log| self.heard.iter().any(|(key, heard)| is_of(key, log) && heard.last > Some(since)));
        let shown = self.hours.shown.get(&row.prerequisite).map(|shown| &shown.hours);
        let mut hour = Hours::default();
        hour.add(since);
        let comes_later = shown.is_some_and(|shown| !shown.after(&hour).is_empty());
        (!is_told_elsewhere && !comes_later).then_some(since)
    }

    /// Auditing was switched off while the host went on: so many prerequisites that count, since when, and the creations
    /// in that time.
    fn switched_off(&self) -> Option<SightLossSeen> {
        let counted = PREREQUISITES.iter().filter(|row| row.rides_on.is_none());
        let off: Vec<(Timestamp, Option<Timestamp>)> = counted.flat_map(|row| self.off(row)).collect();
        let since = off.iter().map(|(from, _)| *from).min()?;
        let touched = |at: &&Timestamp| {
            off.iter().any(|(from, until)| *from <= **at && until.is_none_or(|until| **at < until))
        };
        let creations = self.creations.iter().filter(touched).count() as u64;
        let loss = self.loss(SightLoss::AuditSwitchedOff, off.len() as u64, Some(since));
        Some(SightLossSeen { creations, ..loss })
    }

    /// 1100 is written at each shutdown too; where the host goes on in a later hour and Windows did not start before the
    /// service stopped again, it was stopped by somebody.
    fn service_stopped(&self) -> Option<SightLossSeen> {
        let times = |wanted: Mark| {
            self.hours.marks.iter().filter(move |(_, mark)| *mark == wanted).map(|(at, _)| *at)
        };
        let (stops, starts): (Vec<Timestamp>, Vec<Timestamp>) =
            (times(Mark::LogStopped).collect(), times(Mark::Started).collect());
        let went_on = |(place, at): &(usize, &Timestamp)| {
            let next = stops.get(place + 1);
            let started = starts.iter().any(|start| start >= *at && next.is_none_or(|next| start <= next));
            let mut hour = Hours::default();
            hour.add(**at);
            !started && (next.is_some() || !self.hours.alive.after(&hour).is_empty())
        };
        let unexplained: Vec<Timestamp> =
            stops.iter().enumerate().filter(went_on).map(|(_, at)| *at).collect();
        let since = *unexplained.first()?;
        Some(self.loss(SightLoss::LogServiceStopped, unexplained.len() as u64, Some(since)))
    }

    fn clock_set(&self) -> Option<SightLossSeen> {
        let mut steps = self.hours.marks.iter().filter(|(_, mark)| *mark == Mark::ClockSet);
        let (since, _) = steps.next()?;
        Some(self.loss(SightLoss::ClockSet, 1 + steps.count() as u64, Some(*since)))
    }

    fn has_log(&self, log: &str) -> bool {
        self.heard
            .iter()
            .any(|(key, _)| key.channel.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(log)))
    }

    fn reach(&self) -> Vec<Reach> {
        let mut logs: BTreeMap<Option<Text>, Heard> = BTreeMap::new();
        for (key, heard) in &self.heard {
            logs.entry(key.channel.clone()).or_default().merge(heard);
        }
        let begins = |log: &Option<Text>| {
            let log = log.as_deref()?;
            let of_log = self.runs.iter().filter(|(channel, _)| channel.eq_ignore_ascii_case(log));
            of_log.filter_map(|(_, runs)| runs.span()).map(|(first, _)| first).min().map(|first| first == 1)
        };
        let reach = logs.into_iter().map(|(channel, heard)| Reach {
            begins_with_the_log: begins(&channel),
            channel,
            oldest: heard.first,
            newest: heard.last,
            records: heard.count,
        });
        reach.collect()
    }

    fn gaps(&self) -> Vec<LedgerGap> {
        let gaps = self.runs.iter().filter_map(|(channel, runs)| {
            let (missing, holes) = runs.missing();
            let filtered = runs.is_filtered();
            let gap = LedgerGap { channel: (*channel).clone(), missing, holes, filtered };
            (missing > 0 || filtered).then_some(gap)
        });
        gaps.collect()
    }

    /// What takes sight away, the most telling first.
    fn losses(&self, gaps: &[LedgerGap]) -> Vec<SightLossSeen> {
        let mut losses: Vec<SightLossSeen> = Vec::new();
        if !self.has_log(channel::SECURITY) {
            losses.push(self.loss(SightLoss::SecurityLogAbsent, 0, None));
        }
        for (kind, prerequisite) in BLIND {
            losses.extend(self.blind(*kind, prerequisite.spec()));
        }
        losses.extend(self.stopped());
        losses.extend([self.switched_off(), self.service_stopped(), self.clock_set()].into_iter().flatten());
        for (kind, log, id) in RECORDED {
            let told = self.heard.iter().filter(|(key, _)| {
                key.event_id == *id && key.channel.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(log))
            });
            let mut all = Heard::default();
            told.for_each(|(_, heard)| all.merge(heard));
            losses.extend((all.count > 0).then(|| self.loss(*kind, all.count, all.first)));
        }
        let holes: u64 = gaps.iter().filter(|gap| !gap.filtered).map(|gap| gap.holes).sum();
        let filtered = gaps.iter().filter(|gap| gap.filtered).count() as u64;
        for (kind, count) in [
            (SightLoss::RecordsMissing, holes),
            (SightLoss::FilteredFeed, filtered),
            (SightLoss::RecordsLost, self.hours.lost),
        ] {
            losses.extend((count > 0).then(|| self.loss(kind, count, None)));
        }
        losses.sort_by_key(|loss| (std::cmp::Reverse(loss.creations), loss.kind));
        losses
    }

    /// A loss that may concern any creation of the host.
    fn loss(&self, kind: SightLoss, count: u64, since: Option<Timestamp>) -> SightLossSeen {
        SightLossSeen { kind, count, since, creations: self.creations.len() as u64 }
    }

    /// A prerequisite that tells something in any hour where it is audited, and told nothing at all, or nothing in the
    /// hour of a creation.
    fn blind(&self, kind: SightLoss, row: &PrerequisiteSpec) -> Option<SightLossSeen> {
        let cell = self.cell(row);
        let (seen, carried) = (self.seen(row), row.rides_on.map(|on| self.seen(on.spec())));
        // What rides on records that did not come is told by those.
        let is_blind =
            |at: &&Timestamp| !seen.has(**at) && carried.as_ref().is_none_or(|carried| carried.has(**at));
        let creations = self.creations.iter().filter(is_blind).count() as u64;
        let told_by_itself = carried.as_ref().is_none_or(|carried| !carried.is_empty());
        let at_all = match cell.state {
            SightState::Silent => told_by_itself,
            // What was switched off was seen before.
            SightState::Off if cell.hours_seen == 0 => told_by_itself,
            SightState::Seen | SightState::Off => creations > 0,
            SightState::Unknown => false,
        };
        let hours = cell.hours_alive - cell.hours_seen;
        at_all.then_some(SightLossSeen { creations, ..self.loss(kind, hours, None) })
    }

    /// Processes were told, and then no more, while people went on logging on.
    fn stopped(&self) -> Option<SightLossSeen> {
        let shown = |prerequisite| self.hours.shown.get(&prerequisite).map(|shown| &shown.hours);
        let (processes, logons) = (shown(Prerequisite::ProcessCreation)?, shown(Prerequisite::Logon)?);
        let after = logons.after(processes);
        let since = after.starts().next().filter(|_| after.count() >= STOPPED_HOURS_MIN)?;
        let touched = self.creations.iter().filter(|at| **at >= since).count() as u64;
        let loss = self.loss(SightLoss::ProcessCreationStopped, after.count(), Some(since));
        Some(SightLossSeen { creations: touched, ..loss })
    }
}

/// What is not seen, by the prerequisite that tells nothing.
const BLIND: &[(SightLoss, Prerequisite)] = &[
    (SightLoss::NoProcessCreation, Prerequisite::ProcessCreation),
    (SightLoss::NoCommandLine, Prerequisite::CommandLine),
    (SightLoss::NoParent, Prerequisite::Parent),
    (SightLoss::NoProcessEnd, Prerequisite::ProcessEnd),
    (SightLoss::NoLogon, Prerequisite::Logon),
];

/// What a record tells of itself, by log and event id.
const RECORDED: &[(SightLoss, &str, u32)] = &[
    (SightLoss::LogCleared, channel::SECURITY, 1102),
    (SightLoss::LogCleared, channel::SYSTEM, 104),
    (SightLoss::AuditPolicyChanged, channel::SECURITY, 4719),
    (SightLoss::EventsDropped, channel::SECURITY, 1101),
];

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::ledger::Shown;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn hours(day: u32, range: std::ops::Range<u32>) -> Hours {
        let mut hours = Hours::default();
        range.for_each(|hour| hours.add(at(&format!("2026-03-{day:02}T{hour:02}:30:00Z"))));
        hours
    }

    fn host() -> HostName {
        HostName::new("ws1").unwrap()
    }

    /// A host alive in hours 8 to 18 of 2 March that wrote these ids into its Security log.
    fn tally(ids: &[u32], shown: &[(Prerequisite, Hours)]) -> Tally {
        let mut tally = Tally::default();
        for id in ids {
            let key = HeardKey::new(host(), None, Some(channel::SECURITY), *id);
            tally.heard.insert(key, Heard { count: 1, first: Some(at("2026-03-02T08:30:00Z")), last: None });
        }
        let shown = shown.iter().map(|(it, hours)| (*it, Shown { hours: hours.clone(), events: 5 }));
        let heard = HeardHours { alive: hours(2, 8..18), shown: shown.collect(), ..HeardHours::default() };
        tally.hours.insert(host(), heard);
        tally
    }

    fn told(tally: &Tally, creations: &[&str]) -> HostLedger {
        let names: Vec<HostName> = tally.heard.keys().map(|key| key.host.clone()).collect();
        let creations = BTreeMap::from([(host(), creations.iter().map(|text| at(text)).collect())]);
        ledger(tally, &HostDirectory::from_names(&names), &creations).remove(0)
    }

    fn cell(ledger: &HostLedger, prerequisite: Prerequisite) -> (SightState, u64) {
        let cell = ledger.cells[prerequisite as usize];
        (cell.state, cell.hours_seen)
    }

    #[test]
    fn what_comes_in_any_hour_is_silent_where_its_log_was_heard_and_what_is_rare_is_unknown() {
        let ledger = told(&tally(&[4624], &[(Prerequisite::Logon, hours(2, 8..13))]), &[]);
        assert_eq!(cell(&ledger, Prerequisite::Logon), (SightState::Seen, 5));
        assert_eq!(cell(&ledger, Prerequisite::ProcessCreation), (SightState::Silent, 0));
        assert_eq!(cell(&ledger, Prerequisite::AccountManagement), (SightState::Unknown, 0));
        assert_eq!(cell(&ledger, Prerequisite::SamKeys), (SightState::Unknown, 0));
        let kinds: Vec<SightLoss> = ledger.losses.iter().map(|loss| loss.kind).collect();
        assert_eq!(kinds, [SightLoss::NoProcessCreation, SightLoss::NoProcessEnd]);
        assert_eq!(ledger.score_thousandths(), Some(100), "5 of 10 hours of one of five");
    }

    #[test]
    fn one_record_of_a_rare_source_speaks_for_its_day() {
        let groups = hours(2, 9..10);
        let ledger = told(&tally(&[4732], &[(Prerequisite::Groups, groups)]), &[]);
        assert_eq!(cell(&ledger, Prerequisite::Groups), (SightState::Seen, 10));
        let other_day = told(&tally(&[4732], &[(Prerequisite::Groups, hours(3, 9..10))]), &[]);
        assert_eq!(cell(&other_day, Prerequisite::Groups), (SightState::Unknown, 0));
    }

    #[test]
    fn processes_that_are_told_no_more_while_logons_go_on_are_told_since_when() {
        let shown =
            [(Prerequisite::ProcessCreation, hours(2, 8..12)), (Prerequisite::Logon, hours(2, 8..18))];
        let ledger = told(&tally(&[4624, 4688], &shown), &["2026-03-02T10:00:00Z", "2026-03-02T16:00:00Z"]);
        let stopped =
            ledger.losses.iter().find(|loss| loss.kind == SightLoss::ProcessCreationStopped).unwrap();
        assert_eq!(
            (stopped.count, stopped.since, stopped.creations),
            (6, Some(at("2026-03-02T12:00:00Z")), 1)
        );
        let shown =
            [(Prerequisite::ProcessCreation, hours(2, 8..16)), (Prerequisite::Logon, hours(2, 8..18))];
        let ledger = told(&tally(&[4624, 4688], &shown), &[]);
        assert!(ledger.losses.iter().all(|loss| loss.kind != SightLoss::ProcessCreationStopped), "two hours");
    }

    #[test]
    fn a_creation_in_an_hour_without_processes_is_told_where_others_have_them() {
        let shown = [
            (Prerequisite::ProcessCreation, hours(2, 12..18)),
            (Prerequisite::CommandLine, hours(2, 14..18)),
            (Prerequisite::Logon, hours(2, 8..18)),
        ];
        let creations = ["2026-03-02T09:10:00Z", "2026-03-02T13:10:00Z", "2026-03-02T15:10:00Z"];
        let ledger = told(&tally(&[4624, 4688], &shown), &creations);
        let touched = |kind| {
            ledger.losses.iter().find(|loss| loss.kind == kind).map(|loss| (loss.creations, loss.count))
        };
        assert_eq!(touched(SightLoss::NoProcessCreation), Some((1, 4)));
        assert_eq!(
            touched(SightLoss::NoCommandLine),
            Some((1, 6)),
            "the first rides on records that did not come"
        );
        assert_eq!(touched(SightLoss::NoParent), Some((2, 10)));
    }

    fn marked(marks: &[(&str, Mark)]) -> Tally {
        let shown =
            [(Prerequisite::ProcessCreation, hours(2, 8..12)), (Prerequisite::Logon, hours(2, 8..18))];
        let mut tally = tally(&[4624, 4688], &shown);
        let heard = tally.hours.get_mut(&host()).unwrap();
        marks.iter().for_each(|(time, mark)| heard.mark(at(time), *mark));
        tally
    }

    #[test]
    fn what_was_switched_off_is_off_from_then_on_with_what_rides_on_it() {
        let off = Mark::SwitchedOff(Prerequisite::ProcessCreation);
        let on = Mark::SwitchedOn(Prerequisite::ProcessCreation);
        let noon = "2026-03-02T11:40:00Z";
        let creations = ["2026-03-02T10:00:00Z", "2026-03-02T16:00:00Z"];
        let ledger = told(&marked(&[(noon, off)]), &creations);
        for prerequisite in [Prerequisite::ProcessCreation, Prerequisite::CommandLine, Prerequisite::Parent] {
            let cell = ledger.cells[prerequisite as usize];
            assert_eq!((cell.state, cell.off_since), (SightState::Off, Some(at(noon))), "{prerequisite}");
        }
        assert_eq!(cell(&ledger, Prerequisite::ProcessCreation).1, 4, "what was seen before was seen");
        assert_eq!(cell(&ledger, Prerequisite::Logon).0, SightState::Seen);
        let loss = ledger.losses.iter().find(|loss| loss.kind == SightLoss::AuditSwitchedOff).unwrap();
        assert_eq!((loss.count, loss.since, loss.creations), (1, Some(at(noon)), 1));
        // Switched on again it is seen; a creation in between is still touched.
        let ledger = told(&marked(&[(noon, off), ("2026-03-02T16:30:00Z", on)]), &creations);
        assert_eq!(cell(&ledger, Prerequisite::ProcessCreation).0, SightState::Seen);
        let loss = ledger.losses.iter().find(|loss| loss.kind == SightLoss::AuditSwitchedOff).unwrap();
        assert_eq!(loss.creations, 1);
        // What came all the same afterwards says that something else tells it.
        let ledger = told(&marked(&[("2026-03-02T09:40:00Z", off)]), &creations);
        assert_eq!(cell(&ledger, Prerequisite::ProcessCreation).0, SightState::Seen);
    }

    #[test]
    fn what_sysmon_tells_is_not_off_for_a_change_of_the_audit_policy() {
        let mut tally = marked(&[("2026-03-02T11:40:00Z", Mark::SwitchedOff(Prerequisite::ProcessCreation))]);
        let sysmon = HeardKey::new(host(), None, Some(channel::SYSMON), 1);
        for (last, state) in
            [("2026-03-02T11:30:00Z", SightState::Off), ("2026-03-02T11:50:00Z", SightState::Seen)]
        {
            let heard = Heard { count: 9, first: None, last: Some(at(last)) };
            tally.heard.insert(sysmon.clone(), heard);
            assert_eq!(cell(&told(&tally, &[]), Prerequisite::ProcessCreation).0, state, "{last}");
        }
    }

    #[test]
    fn a_service_that_stops_without_a_start_of_windows_was_stopped_and_a_shutdown_is_none() {
        let stopped = |marks: &[(&str, Mark)]| {
            let ledger = told(&marked(marks), &[]);
            let loss = ledger.losses.iter().find(|loss| loss.kind == SightLoss::LogServiceStopped);
            loss.map(|loss| (loss.count, loss.since))
        };
        let (nine, noon) = ("2026-03-02T09:00:00Z", "2026-03-02T12:00:00Z");
        assert_eq!(stopped(&[(nine, Mark::LogStopped)]), Some((1, Some(at(nine)))));
        assert_eq!(stopped(&[(nine, Mark::LogStopped), (noon, Mark::Started)]), None);
        assert_eq!(stopped(&[("2026-03-02T17:40:00Z", Mark::LogStopped)]), None, "the machine was shut down");
        let twice =
            [(nine, Mark::LogStopped), (noon, Mark::LogStopped), ("2026-03-02T13:00:00Z", Mark::Started)];
        assert_eq!(stopped(&twice), Some((1, Some(at(nine)))), "Windows started after the second alone");
    }

    #[test]
    fn what_was_recorded_and_what_is_not_here_is_told_and_the_most_telling_first() {
        let mut tally = tally(&[1102, 4719, 4624], &[(Prerequisite::Logon, hours(2, 8..18))]);
        tally.hours.get_mut(&host()).unwrap().lost = 3;
        let ledger = told(&tally, &["2026-03-02T10:00:00Z"]);
        let kinds: Vec<(SightLoss, u64)> = ledger.losses.iter().map(|loss| (loss.kind, loss.count)).collect();
        assert_eq!(
            kinds,
            [
                (SightLoss::NoProcessCreation, 10),
                (SightLoss::NoProcessEnd, 10),
                (SightLoss::LogCleared, 1),
                (SightLoss::AuditPolicyChanged, 1),
                (SightLoss::RecordsLost, 3)
            ]
        );
        assert_eq!(ledger.lost, 3);
    }
}

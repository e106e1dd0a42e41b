//! What a host shows of itself as its events go by, and what takes its sight away.

use std::collections::VecDeque;

use begat_model::catalog::channel;
use begat_model::event::{AuditPolicyChanged, ClockChanged, Field, ProcessCreated};
use begat_model::{Duration, Event, EventKind, RecordRef, Text, Timestamp};

use crate::sight::blinding::{Blinding, CommandLinesSeen, SwitchedOff};
use crate::sight::strands::Strands;
use crate::sight::visibility::{HostSight, ProcessSight};
use crate::spans::{CHANNEL_TOLERANCE, CLOCK_NEAR, CLOCK_TRIM_MAX, LAG_MAX, QUIET_MAX, RATE_SPAN_MIN};
use crate::tables::clock::{Line, SetBack};

/// Most events of a host that are kept as having blinded it.
const BLINDINGS_MAX: usize = 64;
/// Most records of processes that cannot be read whose times are remembered.
const STARTS_UNREAD_MAX: usize = 4096;
/// Fewer starts do not show what a log leaves out.
const STARTED_MIN: u64 = 8;
/// The audit subcategory of process creation.
const PROCESS_CREATION: &str = "0cce922b";
/// Audit subcategories without which a creation is not seen or not explained: process creation, user account
/// management, security group management, logon.
const VITAL_SUBCATEGORIES: &[&str] = &[PROCESS_CREATION, "0cce9235", "0cce9237", "0cce9215"];

/// What a process that began is, as far as counting goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// By the site's tables.
    pub is_suspicious: bool,
    /// Windows starts such by itself.
    pub is_background: bool,
}

/// A place in Sysmon's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SysmonMark {
    /// When a record was written.
    pub(super) at: Timestamp,
    /// Its id.
    pub(super) id: u64,
    /// How long after the deeds records were written here, at most.
    pub(super) lag: Duration,
}

/// How far the clock was set around a time, each way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClockSet {
    /// What ran before bears times that come again.
    pub back: Duration,
    /// What ran before seems to lie longer ago by so much.
    pub forward: Duration,
}

/// What one host showed so far, beside what it shows over the whole input.
#[derive(Debug, Default)]
pub struct Watch {
    /// Over the whole input.
    pub sight: HostSight,
    /// What took sight away from it, the latest.
    pub blindings: Vec<Blinding>,
    /// Whether its process records had command lines.
    pub command_lines: CommandLinesSeen,
    /// From the earliest start to the latest writing of processes that were told later than their order waits for.
    pub told_late: Option<(Timestamp, Timestamp)>,
    /// When Windows last started (4608).
    pub started_at: Option<Timestamp>,
    /// Places in Sysmon's log.
    pub(super) sysmon_marks: VecDeque<SysmonMark>,
    /// Auditing of process creation was switched off, and not on again.
    process_audit_off: bool,
    /// Suspicious processes that began so far; two logs may both tell of one.
    suspicious_started: u64,
    /// Processes that began so far, as the logs tell them; and of these, such as Windows starts by itself.
    started: u64,
    background_started: u64,
    latest_start: Option<Timestamp>,
    /// When records of processes were written that cannot be read, the latest.
    pub(super) starts_unread: VecDeque<Timestamp>,
    /// The record of some creation cannot be read.
    pub creation_unread: bool,
    /// The ids of its Security log, in order.
    strands: Strands,
    /// The line of time that its events lie on.
    pub line: Line,
    /// Its clock was set back, the latest times.
    pub set_backs: Vec<SetBack>,
}

/// Most set-backs of a clock that are remembered.
const SET_BACKS_MAX: usize = 64;

/// A change of the audit policy that switches something off.
pub fn switches_off(change: &AuditPolicyChanged) -> bool {
    change.changes.as_deref().is_some_and(|changes| changes.contains("%%8448"))
}

impl Watch {
    /// Of a host of which nothing was heard yet but its tally.
    pub fn of(sight: HostSight) -> Watch {
        let creation_unread = sight.creations_unplaced().next().is_some();
        Watch { sight, creation_unread, ..Watch::default() }
    }

    /// The next record of any log.
    pub fn heard(&mut self, event: &Event) {
        let record = &event.record;
        if let Some(id) = record.record_id.filter(|_| record.kind.spec().channel == channel::SECURITY) {
            self.strands.heard(id, event.at);
        }
        self.mark_sysmon(event);
    }

    /// Several machines bear its name: the ids of its log are not one's.
    pub fn is_several_machines(&self) -> bool {
        self.strands.are_several()
    }

    /// One machine gave out ids of its log again. Of several machines the whole is told otherwise.
    pub(super) fn ids_began_anew(&self) -> bool {
        self.strands.began_anew() && !self.strands.are_several()
    }

    /// Two records of its Security log are one machine's, if several bear its name.
    pub fn are_of_one_machine(&self, one: &RecordRef, other: &RecordRef) -> bool {
        let is_security = |record: &RecordRef| record.kind.spec().channel == channel::SECURITY;
        one == other || (is_security(one) && is_security(other) && self.strands.are_of_one(one, other))
    }

    /// No record of its Security log tells an id.
    pub fn is_without_ids(&self) -> bool {
        self.strands.are_none()
    }

    /// A record was there, and what it tells cannot be read.
    pub fn unread(&mut self, record: &RecordRef) {
        self.creation_unread |= record.kind.tells_of_a_creation();
        if record.kind.tells_of_a_start() {
            if self.starts_unread.len() == STARTS_UNREAD_MAX {
                self.starts_unread.pop_front();
            }
            self.starts_unread.push_back(record.at);
        }
    }

    /// A process began.
    pub fn process_created(&mut self, event: &Event, process: &ProcessCreated, started: Started) {
        if event.record.kind == EventKind::ProcessCreated && process.is_of_boot() {
            // Told whatever is audited, and before the policy of command lines is read.
            return;
        }
        match process.command_line {
            Field::Value(_) => self.command_lines.with += 1,
            Field::Empty | Field::Absent => self.command_lines.without += 1,
        }
        if process.started_at + LAG_MAX < event.at {
            let (from, until) = self.told_late.unwrap_or((process.started_at, event.at));
            self.told_late = Some((from.min(process.started_at), until.max(event.at)));
        }
        self.latest_start = self.latest_start.max(Some(process.started_at));
        self.suspicious_started += u64::from(started.is_suspicious);
        self.started += 1;
        self.background_started += u64::from(started.is_background);
    }

    /// 4719.
    pub fn audit_policy_changed(&mut self, change: &AuditPolicyChanged, record: &RecordRef) {
        let adds = change.changes.as_deref().is_some_and(|changes| changes.contains("%%8449"));
        let removes = switches_off(change);
        let of_any = |subcategories: &[&str]| {
            let guid = change.subcategory_guid.as_deref();
            guid.is_some_and(|guid| subcategories.iter().any(|start| guid.starts_with(start)))
        };
        if of_any(&[PROCESS_CREATION]) && (removes || adds) {
            self.process_audit_off = removes;
        }
        if adds {
            self.switched_on(change.subcategory_guid.as_ref(), record.at);
        }
        if removes && of_any(VITAL_SUBCATEGORIES) {
            let subcategory = change.subcategory_guid.clone();
            let off = SwitchedOff { record: record.clone(), subcategory, until: None };
            self.blinded(Blinding::AuditSwitchedOff(off));
        }
    }

    /// A subcategory is audited again: what was switched off hid nothing from here on.
    fn switched_on(&mut self, subcategory: Option<&Text>, at: Timestamp) {
        for blinding in &mut self.blindings {
            if let Blinding::AuditSwitchedOff(off) = blinding
                && off.until.is_none()
                && off.subcategory.as_ref() == subcategory
            {
                off.until = Some(at);
            }
        }
    }

    /// 4616. Answers how far the clock was set, where that is told and more than a trim.
    pub fn clock_changed(&mut self, change: &ClockChanged, record: &RecordRef) -> Option<Duration> {
        let step = change.new? - change.previous?;
        let is_set = step.magnitude() > CLOCK_TRIM_MAX;
        if let Some(record_id) = record.record_id.filter(|_| is_set && step < Duration::ZERO) {
            if self.set_backs.len() == SET_BACKS_MAX {
                self.set_backs.remove(0);
            }
            self.set_backs.push(SetBack { record_id, from: change.previous? });
        }
        if is_set {
            self.blinded(Blinding::ClockChanged(record.clone(), step));
        }
        is_set.then_some(step)
    }

    /// Something took sight away.
    pub fn blinded(&mut self, blinding: Blinding) {
        if self.blindings.len() == BLINDINGS_MAX {
            self.blindings.remove(0);
        }
        self.blindings.push(blinding);
    }

    /// Auditing of processes is switched off, and nothing else tells of them.
    pub fn is_audit_off(&self) -> bool {
        self.process_audit_off && self.sight.sysmon_creations == 0
    }

    /// Only some programs' starts are in the input: Windows starts its own all day, so a log without any of them
    /// chooses, be it of many starts or of a few in a long time; and one that lacks most record ids was chosen from.
    pub fn is_filtered(&self, at: Timestamp) -> bool {
        let is_long = self.sight.all.first.is_some_and(|first| self.line.told(at) - first > QUIET_MAX);
        let are_enough = self.started >= STARTED_MIN || (is_long && self.started > 0);
        let only_some = are_enough && self.background_started == 0;
        let by_security = self.sight.process_creations.count > self.sight.sysmon_creations;
        only_some || (by_security && self.sight.security_records.is_filtered())
    }

    /// Whether processes can be seen around the time that is reached.
    pub fn processes_at(&self, at: Timestamp) -> ProcessSight {
        let told = |at: Timestamp| self.line.told(at);
        match self.sight.at(told(at), self.latest_start.map(told)) {
            ProcessSight::Seen if self.is_audit_off() => ProcessSight::Gap,
            sight => sight,
        }
    }

    /// The clock was set back near a time: by this event.
    pub fn clock_set_back_near(&self, at: Timestamp) -> Option<RecordRef> {
        self.blindings.iter().find_map(|blinding| match blinding {
            Blinding::ClockChanged(record, step) => {
                let is_back = *step < Duration::ZERO && step.magnitude() > CHANNEL_TOLERANCE;
                (is_back && (record.at - at).magnitude() <= CLOCK_NEAR).then(|| record.clone())
            }
            _ => None,
        })
    }

    /// How far the clock was set near a time.
    pub fn clock_set_near(&self, at: Timestamp) -> ClockSet {
        let mut set = ClockSet::default();
        for blinding in &self.blindings {
            match blinding {
                Blinding::ClockChanged(record, step) if (record.at - at).magnitude() <= CLOCK_NEAR => {
                    let way = if *step < Duration::ZERO { &mut set.back } else { &mut set.forward };
                    *way = *way + step.magnitude();
                }
                _ => {}
            }
        }
        set
    }

    /// How many suspicious processes begin in a second, from the whole time that the host showed processes; a few
    /// minutes say nothing of a rate.
    pub fn suspicious_per_second(&self) -> Option<f64> {
        let span = self.line.told(self.latest_start?) - self.sight.process_creations.first?;
        (span >= RATE_SPAN_MIN).then(|| self.suspicious_started as f64 / span.seconds())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::continuity::RecordRuns;
    use begat_model::coverage::Heard;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::parse_rfc3339("2024-05-01T10:00:00Z").unwrap() + Duration::from_seconds(seconds)
    }

    /// A host heard from 10:00 on, whose Security log told so many starts, of which Windows made so many.
    fn watch(started: u64, background_started: u64) -> Watch {
        let heard = |count| Heard { count, first: Some(at(0)), last: Some(at(9_000)) };
        let sight =
            HostSight { all: heard(started + 9), process_creations: heard(started), ..HostSight::default() };
        Watch { started, background_started, ..Watch::of(sight) }
    }

    #[test]
    fn a_log_without_what_windows_starts_all_day_chooses_whether_it_is_of_many_starts_or_of_a_long_time() {
        let half_an_hour = QUIET_MAX.ticks() / 10_000_000;
        for (started, background, seconds, expected) in [
            (STARTED_MIN, 0, 60, true),
            (STARTED_MIN - 1, 0, 60, false),
            (1, 0, half_an_hour + 1, true),
            (1, 0, half_an_hour, false),
            (0, 0, half_an_hour + 1, false),
            (STARTED_MIN, 1, half_an_hour + 1, false),
        ] {
            let is_filtered = watch(started, background).is_filtered(at(seconds));
            assert_eq!(is_filtered, expected, "{background} of {started} starts in {seconds} s");
        }
    }

    #[test]
    fn a_security_log_that_lacks_most_of_its_ids_was_chosen_from_where_it_tells_the_processes() {
        let mut watch = watch(20, 20);
        (0..100).for_each(|id| watch.sight.security_records.add(3 * id));
        assert!(watch.is_filtered(at(60)));
        watch.sight.sysmon_creations = watch.sight.process_creations.count;
        assert!(!watch.is_filtered(at(60)), "Sysmon tells them all");
        watch.sight.sysmon_creations = 0;
        watch.sight.security_records = RecordRuns::default();
        assert!(!watch.is_filtered(at(60)), "a carrier without ids");
    }
}

//! What is missing of the logs that could have told the process.

use begat_model::case::{LogGap, Loss, Missing, ProcessLog};
use begat_model::catalog::channel;
use begat_model::continuity::Continuity;
use begat_model::event::Body;
use begat_model::{Duration, Event, RecordRef, Timestamp};

use crate::sight::watch::{SysmonMark, Watch};
use crate::spans::{CHANNEL_TOLERANCE, HOLD, LAG_MAX, SEEN_LATE_MAX, STARTED_NEAR, SYSMON_MARK_EVERY};
use crate::tables::logon::LogonSession;
use crate::tables::process::ends::Ends;

/// Where a session's logon is not in the log, this many records before the creation are asked for.
const RECORDS_BEFORE: u64 = 1000;
/// Ends that a creation's process comes to are told within so many records after it.
const RECORDS_AFTER: u64 = 200;
/// Most places in Sysmon's log that are remembered.
const SYSMON_MARKS_MAX: usize = 4096;

// As many marks as a creation may ask back to.
const _: () =
    assert!(SYSMON_MARKS_MAX as i64 * SYSMON_MARK_EVERY.ticks() > 2 * HOLD.ticks() + STARTED_NEAR.ticks());

impl Watch {
    /// What is missing where the process of a creation would have been told.
    pub fn missing(
        &self,
        creation: &RecordRef,
        session: Option<&LogonSession>,
        ends: Ends,
    ) -> Option<Missing> {
        self.starts_unread(creation.at, session)
            .or_else(|| self.records_missing(creation, session))
            .or_else(|| starts_missing(ends))
            .or_else(|| self.processes_seen_late(session))
    }

    /// Records of processes that are there and cannot be read, from the session's logon, or shortly before the creation,
    /// until it. One that tells no time may belong there.
    fn starts_unread(&self, at: Timestamp, session: Option<&LogonSession>) -> Option<Missing> {
        let from = session.map_or(at - STARTED_NEAR, |session| session.began_at.min(at - STARTED_NEAR));
        let reach = from..=at + CHANNEL_TOLERANCE;
        let near = self.starts_unread.iter().filter(|when| reach.contains(when)).count() as u64;
        let count = near + self.sight.processes_unplaced();
        (count > 0).then_some(Missing::Unread { count })
    }

    /// What is missing of every log that could have told the process.
    fn records_missing(&self, creation: &RecordRef, session: Option<&LogonSession>) -> Option<Missing> {
        let mut gaps = Vec::new();
        for (log, continuity) in self.process_logs(creation, session) {
            let loss = match continuity {
                Continuity::Nothing => return None,
                Continuity::Gap(first, last) => Loss::Run(first, last),
                Continuity::Lossy(share) => Loss::Share(share),
                // It vouches for nothing, and nobody knows whether it lost anything.
                Continuity::Picked => continue,
            };
            gaps.push(LogGap { log, loss });
        }
        (!gaps.is_empty()).then_some(Missing::Records { gaps })
    }

    /// The logs that tell of processes, and what they lack from the logon of the creation's session, or the beginning
    /// of the window, to the creation.
    fn process_logs(
        &self,
        creation: &RecordRef,
        session: Option<&LogonSession>,
    ) -> impl Iterator<Item = (ProcessLog, Continuity)> {
        let sight = &self.sight;
        let by_security = (sight.process_creations.count > sight.sysmon_creations)
            .then(|| (ProcessLog::Security, self.missing_of_security(creation, session)));
        let by_sysmon =
            (sight.sysmon_creations > 0).then(|| (ProcessLog::Sysmon, self.missing_of_sysmon(creation.at)));
        by_security.into_iter().chain(by_sysmon)
    }

    /// That no process is told says that there was none: not where every log of processes is a handful of records that
    /// somebody picked, with holes where the process would have been told; nor where ids were given out twice, and one life
    /// of the machine has what another lost.
    pub fn absence_shows(&self, creation: &RecordRef, session: Option<&LogonSession>) -> bool {
        let mut logs = self.process_logs(creation, session).peekable();
        logs.peek().is_none()
            || (!self.ids_began_anew() && logs.any(|(_, continuity)| continuity != Continuity::Picked))
    }

    /// What the Security log lacks where the ends of processes would have been told.
    pub fn missing_after(&self, creation: &RecordRef) -> Continuity {
        let Some(from) = creation.record_id else { return Continuity::Nothing };
        self.sight.security_records.between(from, from.saturating_add(RECORDS_AFTER))
    }

    /// A log that shows processes only from some time after the session's logon does not show all of the session's.
    fn processes_seen_late(&self, session: Option<&LogonSession>) -> Option<Missing> {
        let (since, session) = (self.sight.process_creations.first?, session?);
        (since - session.began_at > SEEN_LATE_MAX).then_some(Missing::EarlyProcesses { since })
    }

    fn missing_of_security(&self, creation: &RecordRef, session: Option<&LogonSession>) -> Continuity {
        let Some(until) = creation.record_id else { return Continuity::Nothing };
        let logon = session.and_then(|session| session.record.record_id).filter(|logon| *logon < until);
        self.sight.security_records.between(logon.unwrap_or(until.saturating_sub(RECORDS_BEFORE)), until)
    }

    /// Sysmon numbers its own log: the records read around the creation say where in it that was. Where it writes late, a
    /// start of then stands as much further on.
    fn missing_of_sysmon(&self, at: Timestamp) -> Continuity {
        let from = at - STARTED_NEAR;
        let before = self.sysmon_marks.iter().rev().find(|mark| mark.at <= from);
        let first = before.or_else(|| self.sysmon_marks.front());
        let near = self.sysmon_marks.iter().filter(|mark| mark.at >= from && mark.at <= at + LAG_MAX);
        let lag = near.map(|mark| mark.lag).max().unwrap_or(Duration::ZERO);
        let after = self.sysmon_marks.iter().find(|mark| mark.at >= at + lag + CHANNEL_TOLERANCE);
        // What ends before the creation does not say that nothing came after its end.
        if after.is_none() && self.sight.sysmon_records.span().is_some() {
            return Continuity::Picked;
        }
        let last = after.or_else(|| self.sysmon_marks.back());
        match (first, last) {
            (Some(first), Some(last)) => {
                self.sight.sysmon_records.between(first.id.min(last.id), last.id.max(first.id))
            }
            _ => Continuity::Nothing,
        }
    }

    /// One mark a second is enough, and only for as long as a creation may ask.
    pub(super) fn mark_sysmon(&mut self, event: &Event) {
        let Some(id) = event.record.record_id else { return };
        if event.record.kind.spec().channel != channel::SYSMON {
            return;
        }
        let lag = match &event.body {
            Body::ProcessCreated(process) => event.at.since(process.started_at).min(LAG_MAX),
            _ => Duration::ZERO,
        };
        if let Some(last) = self.sysmon_marks.back_mut().filter(|last| event.at - last.at < SYSMON_MARK_EVERY)
        {
            last.lag = last.lag.max(lag);
            return;
        }
        let horizon = event.at - HOLD - HOLD - STARTED_NEAR;
        while self.sysmon_marks.len() > SYSMON_MARKS_MAX
            || self.sysmon_marks.get(1).is_some_and(|mark| mark.at < horizon)
        {
            self.sysmon_marks.pop_front();
        }
        self.sysmon_marks.push_back(SysmonMark { at: event.at, id, lag });
    }
}

/// Where ids say nothing, ends do: a process ends whose start was not seen.
fn starts_missing(ends: Ends) -> Option<Missing> {
    let percent = ends.unseen_percent()?;
    Some(Missing::Starts { percent })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sight::visibility::HostSight;
    use begat_model::continuity::RecordRuns;
    use begat_model::coverage::Heard;
    use begat_model::{Duration, EventKind};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::parse_rfc3339("2024-05-01T10:00:00Z").unwrap() + Duration::from_seconds(seconds)
    }

    /// A host whose Security log has these records, and tells processes.
    fn watch(ids: impl IntoIterator<Item = u64>) -> Watch {
        let mut security_records = RecordRuns::default();
        ids.into_iter().for_each(|id| security_records.add(id));
        let process_creations = Heard { count: 20, first: Some(at(0)), last: Some(at(900)) };
        Watch::of(HostSight { security_records, process_creations, ..HostSight::default() })
    }

    fn mark(seconds: i64, id: u64) -> SysmonMark {
        SysmonMark { at: at(seconds), id, lag: Duration::ZERO }
    }

    #[test]
    fn where_sysmon_writes_late_what_it_lost_is_looked_for_later() {
        let mut watch = watch([]);
        watch.sight.sysmon_creations = 10;
        (1..=100).filter(|id| *id != 80).for_each(|id| watch.sight.sysmon_records.add(id));
        watch.sysmon_marks.extend([mark(400, 1), mark(610, 50), mark(900, 100)]);
        assert_eq!(watch.missing_of_sysmon(at(600)), Continuity::Nothing, "it is whole until shortly after");
        watch.sysmon_marks[1].lag = Duration::from_seconds(120);
        assert!(
            watch.missing_of_sysmon(at(600)).is_loss(),
            "its records of then were written two minutes later"
        );
    }

    fn creation(record_id: u64) -> RecordRef {
        let record_id = Some(record_id);
        RecordRef { at: at(600), kind: EventKind::AccountCreated, record_id, source: "log".into() }
    }

    #[test]
    fn ends_are_asked_for_in_the_records_after_the_creation() {
        let with_a_hole_at = |hole: u64| watch((1..20_000).filter(move |id| *id != hole));
        for (hole, is_missed) in [
            (999, false),
            (1001, true),
            (1000 + RECORDS_AFTER, true),
            (1001 + RECORDS_AFTER, false),
            (20_000, false),
        ] {
            let missing = with_a_hole_at(hole).missing_after(&creation(1000));
            assert_eq!(missing.is_loss(), is_missed, "{hole}: {missing:?}");
        }
        let without_id = RecordRef { record_id: None, ..creation(1000) };
        assert_eq!(with_a_hole_at(1001).missing_after(&without_id), Continuity::Nothing);
        assert_eq!(watch([1, 1000, 1001, 1002, 2000]).missing_after(&creation(1000)), Continuity::Picked);
    }

    #[test]
    fn absence_shows_nothing_in_a_handful_with_holes_unless_another_log_is_whole() {
        let shows = |watch: &Watch| watch.absence_shows(&creation(1000), None);
        let mut picked = watch([1, 400, 700, 1000, 1001]);
        assert!(!shows(&picked));
        assert_eq!(
            picked.missing(&creation(1000), None, Ends::default()),
            None,
            "nothing is known to be lost"
        );
        assert!(shows(&watch(1..1100)), "whole");
        assert!(shows(&watch([])), "no ids are told");
        assert!(shows(&watch((1..1100).filter(|id| id % 9 != 0))), "its losses are told as such");
        picked.sight.sysmon_creations = 10;
        picked.sysmon_marks.extend([mark(0, 1), mark(900, 100)]);
        (1..=100).for_each(|id| picked.sight.sysmon_records.add(id));
        assert!(shows(&picked), "Sysmon's log is whole");
        picked.sysmon_marks.pop_back();
        assert!(!shows(&picked), "Sysmon's log ends before the creation");
        picked.sysmon_marks.push_back(mark(900, 100));
        picked.sight.sysmon_records = RecordRuns::default();
        [1, 50, 100].into_iter().for_each(|id| picked.sight.sysmon_records.add(id));
        assert!(!shows(&picked), "a handful too");
    }

    #[test]
    fn a_handful_vouches_for_no_other_log() {
        let mut watch = watch([1, 400, 700, 1000, 1001]);
        watch.sight.sysmon_creations = 10;
        watch.sysmon_marks.extend([mark(0, 1), mark(900, 100)]);
        (1..=100).filter(|id| id % 9 != 0).for_each(|id| watch.sight.sysmon_records.add(id));
        let gaps = vec![LogGap { log: ProcessLog::Sysmon, loss: Loss::Share(11) }];
        let missing = watch.missing(&creation(1000), None, Ends::default());
        assert_eq!(missing, Some(Missing::Records { gaps }));
    }
}

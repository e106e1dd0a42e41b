//! What is missing of the logs that could have told the process.

use begat_model::case::{LogGap, Loss, Missing, ProcessLog};
use begat_model::catalog::channel;
use begat_model::continuity::Continuity;
use begat_model::{Event, RecordRef, Timestamp};

use crate::sight::watch::Watch;
use crate::spans::{CHANNEL_TOLERANCE, HOLD, SEEN_LATE_MAX, STARTED_NEAR, SYSMON_MARK_EVERY};
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

    /// What is missing of every log that could have told the process: from the logon of the creation's session, or
    /// the beginning of the window, to the creation.
    fn records_missing(&self, creation: &RecordRef, session: Option<&LogonSession>) -> Option<Missing> {
        let sight = &self.sight;
        let logs = [
            (
                sight.process_creations.count > sight.sysmon_creations,
                ProcessLog::Security,
                self.missing_of_security(creation, session),
            ),
            (sight.sysmon_creations > 0, ProcessLog::Sysmon, self.missing_of_sysmon(creation.at)),
        ];
        let mut gaps = Vec::new();
        for (_, log, continuity) in logs.into_iter().filter(|(tells, ..)| *tells) {
            let loss = match continuity {
                Continuity::Nothing => return None,
                Continuity::Gap(first, last) => Loss::Run(first, last),
                Continuity::Lossy(share) => Loss::Share(share),
            };
            gaps.push(LogGap { log, loss });
        }
        (!gaps.is_empty()).then_some(Missing::Records { gaps })
    }

    /// Records of the Security log are missing where the ends of processes would have been told.
    pub fn misses_ends_after(&self, creation: &RecordRef) -> bool {
        let Some(from) = creation.record_id else { return false };
        let until = from.saturating_add(RECORDS_AFTER);
        self.sight.security_records.between(from, until) != Continuity::Nothing
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

    /// Sysmon numbers its own log: the records read around the creation say where in it that was.
    fn missing_of_sysmon(&self, at: Timestamp) -> Continuity {
        let from = at - STARTED_NEAR;
        let before = self.sysmon_marks.iter().rev().find(|(when, _)| *when <= from);
        let first = before.or_else(|| self.sysmon_marks.front());
        let after = self.sysmon_marks.iter().find(|(when, _)| *when >= at + CHANNEL_TOLERANCE);
        let last = after.or_else(|| self.sysmon_marks.back());
        match (first, last) {
            (Some((_, first)), Some((_, last))) => {
                self.sight.sysmon_records.between(*first.min(last), *last.max(first))
            }
            _ => Continuity::Nothing,
        }
    }

    /// One mark a second is enough, and only for as long as a creation may ask.
    pub(super) fn mark_sysmon(&mut self, event: &Event) {
        let Some(record_id) = event.record.record_id else { return };
        if event.record.kind.spec().channel != channel::SYSMON {
            return;
        }
        if self.sysmon_marks.back().is_some_and(|(when, _)| event.at - *when < SYSMON_MARK_EVERY) {
            return;
        }
        let horizon = event.at - HOLD - HOLD - STARTED_NEAR;
        while self.sysmon_marks.len() > SYSMON_MARKS_MAX
            || self.sysmon_marks.get(1).is_some_and(|(when, _)| *when < horizon)
        {
            self.sysmon_marks.pop_front();
        }
        self.sysmon_marks.push_back((event.at, record_id));
    }
}

/// Where ids say nothing, ends do: a process ends whose start was not seen.
fn starts_missing(ends: Ends) -> Option<Missing> {
    let percent = ends.unseen_percent()?;
    Some(Missing::Starts { percent })
}

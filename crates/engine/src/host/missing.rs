//! What is missing of the logs that could have told the process.

use begat_model::catalog::channel;
use begat_model::continuity::Continuity;
use begat_model::{Duration, Event, Timestamp};

use crate::cause::scene::Creation;
use crate::host::state::HostState;
use crate::spans::{CHANNEL_TOLERANCE, HOLD, STARTED_NEAR};
use crate::tables::logon::LogonSession;

/// Windows starts processes all the time: the first shown no later than this after a logon shows those of its session.
const SEEN_LATE_MAX: Duration = Duration::from_seconds(120);
/// Where a session's logon is not in the log, this many records before the creation are asked for.
const RECORDS_BEFORE: u64 = 1000;
/// Most places in Sysmon's log that are remembered.
const SYSMON_MARKS_MAX: usize = 4096;

impl HostState {
    /// What is missing of every log that could have told the process: from the logon of the creation's session, or
    /// the beginning of the window, to the creation.
    pub(super) fn records_missing(
        &self,
        creation: &Creation,
        session: Option<&LogonSession>,
    ) -> Option<String> {
        let sight = &self.sight;
        let logs = [
            (
                sight.process_creations.count > sight.sysmon_creations,
                "Security",
                self.missing_of_security(creation, session),
            ),
            (sight.sysmon_creations > 0, "Sysmon", self.missing_of_sysmon(creation.at())),
        ];
        let mut details = Vec::new();
        for (_, name, continuity) in logs.into_iter().filter(|(tells, ..)| *tells) {
            match continuity {
                Continuity::Nothing => return None,
                Continuity::Gap(first, last) if first == last => {
                    details.push(format!("record {first} of the {name} log is missing"));
                }
                Continuity::Gap(first, last) => {
                    details.push(format!("records {first} to {last} of the {name} log are missing"));
                }
                Continuity::Lossy(share) => {
                    details.push(format!("about {share} of a hundred records of the {name} log are missing"));
                }
            }
        }
        (!details.is_empty()).then(|| details.join(", "))
    }

    /// A log that shows processes only from some time after the session's logon does not show all of the session's.
    pub(super) fn processes_seen_late(&self, session: Option<&LogonSession>) -> Option<String> {
        let (first, session) = (self.sight.process_creations.first?, session?);
        (first - session.began_at > SEEN_LATE_MAX)
            .then(|| format!("processes are shown only since {first}, and the session is older"))
    }

    /// Where ids say nothing, ends do: a process ends whose start was not seen.
    pub(super) fn starts_missing(&self) -> Option<String> {
        let percent = self.processes.ends().unseen_percent()?;
        Some(format!("of a hundred processes that ended here, {percent} were not seen to start"))
    }

    pub(super) fn missing_of_security(
        &self,
        creation: &Creation,
        session: Option<&LogonSession>,
    ) -> Continuity {
        let Some(until) = creation.record.record_id else { return Continuity::Nothing };
        let logon = session.and_then(|session| session.record.record_id).filter(|logon| *logon < until);
        self.sight.security_records.between(logon.unwrap_or(until.saturating_sub(RECORDS_BEFORE)), until)
    }

    /// Sysmon numbers its own log: the records read around the creation say where in it that was.
    pub(super) fn missing_of_sysmon(&self, at: Timestamp) -> Continuity {
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
        if self.sysmon_marks.back().is_some_and(|(when, _)| event.at - *when < Duration::from_seconds(1)) {
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

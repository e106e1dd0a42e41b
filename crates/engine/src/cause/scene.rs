//! All that is known when a creation is weighed, and which processes could have made it.

use std::collections::BTreeSet;

use begat_model::case::{Missing, Scope};
use begat_model::continuity::RecordRuns;
use begat_model::{LogonId, RecordRef, Text, Timestamp};

use crate::cause::creation::Creation;
use crate::cause::moment::Moment;
use crate::cause::pointers::Pointers;
use crate::cause::sought::Sought;
use crate::commands::intent::accounts::Intent;
use crate::sight::visibility::ProcessSight;
use crate::spans::STARTED_NEAR;
use crate::tables::burst::Burst;
use crate::tables::install::Install;
use crate::tables::logon::{LogonSession, LogonTable};
use crate::tables::process::record::{ProcessIndex, ProcessRecord, Session};
use crate::tables::process::table::{ProcessTable, ever};
use crate::tuning::Tuning;
use crate::windows::same_name::same_name;

/// Processes of one sort (of the session, of the account's name) that are weighed for one creation, the latest: where no
/// end is logged, all that ever ran are alive.
pub(crate) const WEIGHED_MAX: usize = 2048;
/// Processes that say the account's name and came after it that are told.
const TOO_LATE_MAX: usize = 64;

/// All that is known when a creation is weighed.
pub struct Scene<'a> {
    /// The creation.
    pub creation: &'a Creation,
    /// When it was.
    pub moment: Moment<'a>,
    /// Its account.
    pub sought: Sought<'a>,
    /// What else points to who made it.
    pub pointers: Pointers<'a>,
    /// The records that the creation left.
    pub burst: Burst,
    /// The host's processes.
    pub processes: &'a ProcessTable,
    /// The host's sessions.
    pub logons: &'a LogonTable,
    /// ATT&CK's mutable elements.
    pub tuning: &'a Tuning,
    /// What of it was told at all.
    pub telemetry: Telemetry<'a>,
    /// The machine on which it was.
    pub machine: Machine<'a>,
    /// The session from which it came.
    pub behind: Behind<'a>,
    /// Tools that have made their one account already.
    pub spent: &'a BTreeSet<ProcessIndex>,
    /// The account was gone again at once: a tool that made the try says so by its exit code.
    pub undone: bool,
}

/// What the host told around a creation, and what it may have kept back.
pub struct Telemetry<'a> {
    /// Whether processes can be seen at all.
    pub sight: ProcessSight,
    /// Only some programs' starts are in the input.
    pub is_filtered: bool,
    /// Auditing of processes had been switched off.
    pub audit_off: bool,
    /// Records are missing from every log that could have told the process; says which.
    pub missing: Option<Missing>,
    /// That a process is not told says that there was none.
    pub absence_shows: bool,
    /// What brought the records here tells what came and went, and in which order.
    pub carrier_orders: bool,
    /// Ends of processes are told, and were so after the creation without a hole.
    pub ends_told: bool,
    /// Ends of processes may be lost around the creation, or be nobody's for a clock that was set back.
    pub ends_lost: bool,
    /// Which records of the host's Security log are there.
    pub security_records: &'a RecordRuns,
    /// What PowerShells run is recorded on this host.
    pub powershell_logged: bool,
    /// How many suspicious processes this host starts in a second, on average; `None` where it shows too few.
    pub suspicious_per_second: Option<f64>,
}

/// The machine on which an account was created.
pub struct Machine<'a> {
    /// Whether the account is the machine's own.
    pub scope: Scope,
    /// Its NetBIOS name.
    pub netbios: &'a str,
    /// When Windows last started (4608), where that is in the input.
    pub host_started_at: Option<Timestamp>,
    /// The name of the first account that it made, where it is known.
    pub first_account: Option<&'a Text>,
    /// The clock was set back near the creation: by this event.
    pub clock_set_back: Option<RecordRef>,
}

/// The session behind a creation.
pub struct Behind<'a> {
    /// Where its logon is in the input.
    pub session: Option<&'a LogonSession>,
    /// The other half of its split token.
    pub linked: Option<LogonId>,
    /// It came over the network from this machine itself.
    pub is_loopback: bool,
}

/// The processes that are looked at for one creation.
pub(super) struct InQuestion<'s> {
    /// Oldest entry first.
    pub processes: Vec<(ProcessIndex, &'s ProcessRecord)>,
    /// Of some sort there were more than are looked at.
    pub is_cut: bool,
}

/// Adds the latest of these, and says whether there are more.
fn latest<'s>(
    found: &mut Vec<(ProcessIndex, &'s ProcessRecord)>,
    of_a_sort: impl DoubleEndedIterator<Item = (ProcessIndex, &'s ProcessRecord)>,
) -> bool {
    let mut of_a_sort = of_a_sort.rev();
    found.extend(of_a_sort.by_ref().take(WEIGHED_MAX));
    of_a_sort.next().is_some()
}

impl Scene<'_> {
    /// The processes that may be relevant, oldest entry first: no others are looked at. What makes a process
    /// relevant (`is_relevant`, `carries_intent`) has to be asked for here too.
    pub(super) fn in_question(&self) -> InQuestion<'_> {
        let processes = self.processes;
        let (from, until) = self.moment.reach(STARTED_NEAR);
        let mut found = Vec::new();
        let (mut is_cut, (first, last)) = (false, ever());
        match self.creation.logon_id() {
            Some(ours) => {
                for session in [Some(ours), self.behind.linked].into_iter().flatten().map(Session::Known) {
                    is_cut |= latest(&mut found, processes.of_session_started(session, first, until));
                }
                is_cut |= latest(&mut found, processes.of_session_started(Session::NotTold, from, until));
            }
            None => is_cut |= latest(&mut found, processes.started(from, until)),
        }
        // What is known by its end, or by what it did later, began some time before, and perhaps before the creation.
        let told_later = processes.first_told_after(until).filter(|(_, process)| self.is_relevant(process));
        is_cut |= latest(&mut found, told_later);
        if let Some(name) = self.sought.name {
            is_cut |= latest(&mut found, processes.that_create(name, first, until));
            // They came too late, which is told; of many the nearest.
            found.extend(processes.that_create(name, until, last).take(TOO_LATE_MAX));
        }
        if self.behind.is_loopback {
            let same_user = processes.started(first, until).filter(|(_, process)| self.same_user(process));
            is_cut |= latest(&mut found, same_user);
        }
        let ran_scripts = self.pointers.scripts.iter().map(|script| script.pid);
        let looked_up =
            self.pointers.queries.iter().filter_map(|query| query.caller.as_ref().map(|(pid, _)| *pid));
        let named = self.creation.event.initiating.iter();
        found.extend(named.clone().filter_map(|named| processes.with_guid(named.guid?)));
        let named = named.filter_map(|named| named.pid);
        found.extend(ran_scripts.chain(looked_up).chain(named).flat_map(|pid| processes.with_pid(pid)));
        found.sort_unstable_by_key(|(index, _)| *index);
        found.dedup_by_key(|(index, _)| *index);
        debug_assert!(
            is_cut
                || processes.iter().all(|(index, process)| {
                    found.binary_search_by_key(&index, |(index, _)| *index).is_ok()
                        || !(self.is_relevant(process) && self.moment.could_have(process).is_ok())
                })
        );
        InQuestion { processes: found, is_cut }
    }

    /// The WMI subscription whose script this process ran inside WMI, where that script creates the account.
    pub fn consumer_of(&self, process: &ProcessRecord) -> Option<&Install> {
        if process.stem() != Some("scrcons") {
            return None;
        }
        self.pointers.installs.consumer_creating(self.creation.at(), |name| self.sought.is_account(name))
    }

    /// Its command line creates an account of this name.
    pub(super) fn carries_intent(&self, process: &ProcessRecord) -> bool {
        let says = |intents: &[Intent], began_at: Timestamp| {
            self.sought.said_in(intents, began_at).any(|said| self.sought.is_it(said))
        };
        says(&process.intents, process.started_at)
            || self.pointers.scripts_of(process).any(|script| says(&script.intents, script.at))
    }

    /// In the creation's session, or possibly so, or carrying its intent: others are no candidates.
    pub(super) fn is_relevant(&self, process: &ProcessRecord) -> bool {
        let by_session = match (process.session, self.creation.logon_id()) {
            (Session::Known(theirs), Some(ours)) => {
                theirs == ours || self.behind.linked.is_some_and(|linked| linked == theirs)
            }
            (Session::NotTold, _) | (_, None) => self.moment.started_within(process, STARTED_NEAR),
        };
        let by_loopback = self.behind.is_loopback && self.same_user(process);
        by_session
            || by_loopback
            || self.carries_intent(process)
            || self.pointers.has_sign(process)
            || self.creation.names(process)
    }

    /// The same account, by SID, or by name where Sysmon tells no SID.
    pub(super) fn same_user(&self, process: &ProcessRecord) -> bool {
        let (theirs, ours) = (&process.token, &self.creation.event.subject);
        match (&theirs.sid, &ours.sid) {
            (Some(theirs), Some(ours)) => theirs == ours,
            _ => {
                let same = |a: &Option<Text>, b: &Option<Text>| match (a, b) {
                    (Some(a), Some(b)) => same_name(a, b),
                    _ => false,
                };
                same(&theirs.name, &ours.name) && same(&theirs.domain, &ours.domain)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::known::Texts;
    use begat_model::event::{Field, Principal, ProcessCreated};
    use begat_model::{Duration, EventKind, ProcessId};

    /// So many tools that say to make the account of one name, one after another.
    fn tools(count: u32) -> ProcessTable {
        let mut table = ProcessTable::default();
        let begin = Timestamp::parse_rfc3339("2024-05-01T10:00:00.0000000Z").unwrap();
        for pid in 0..count {
            let started_at = begin + Duration::from_seconds(i64::from(pid));
            let created = ProcessCreated {
                pid: Some(ProcessId(4 * pid + 4)),
                image: Some(r"C:\Windows\System32\net1.exe".into()),
                command_line: Field::Value("net1 user bob P /add".into()),
                subject: Principal { logon_id: Some(LogonId(7)), ..Principal::default() },
                ..ProcessCreated::untold(started_at)
            };
            let kind = EventKind::ProcessCreated;
            let record = RecordRef { at: started_at, kind, record_id: None, source: "log".into() };
            table.created(&created, &record, &mut Texts::default());
        }
        table
    }

    #[test]
    fn of_any_number_of_processes_of_a_sort_as_many_are_looked_at_and_the_latest() {
        let (first, last) = ever();
        for count in [10, WEIGHED_MAX as u32, 3 * WEIGHED_MAX as u32] {
            let table = tools(count);
            let mut found = Vec::new();
            let is_cut = latest(&mut found, table.that_create("BOB", first, last));
            assert_eq!(found.len(), WEIGHED_MAX.min(count as usize), "the work of one creation");
            assert_eq!(is_cut, count as usize > WEIGHED_MAX);
            assert_eq!(found[0].1.pid, Some(ProcessId(4 * count)), "the latest first");
            let mut of_session = Vec::new();
            latest(&mut of_session, table.of_session_started(Session::Known(LogonId(7)), first, last));
            assert_eq!(of_session.len(), found.len());
        }
    }
}

//! All that is known when a creation is weighed, and which processes could have made it.

use std::collections::BTreeSet;

use begat_model::case::{Missing, Scope};
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
use crate::tables::process::table::ProcessTable;
use crate::tuning::Tuning;
use crate::windows::same_name::same_name;

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
    /// Whether processes can be seen at all.
    pub sight: ProcessSight,
    /// Only some programs' starts are in the input.
    pub is_filtered: bool,
    /// Ends of processes are told.
    pub ends_told: bool,
    /// Whether the account is local.
    pub scope: Scope,
    /// NetBIOS name of the host.
    pub netbios: &'a str,
    /// When Windows last started (4608), where that is in the input.
    pub host_started_at: Option<Timestamp>,
    /// The clock was set back near the creation: by this event.
    pub clock_set_back: Option<RecordRef>,
    /// The session behind the creation, where its logon is in the input.
    pub session: Option<&'a LogonSession>,
    /// The other half of that session's split token.
    pub linked: Option<LogonId>,
    /// That session came over the network from this machine itself.
    pub is_loopback: bool,
    /// What PowerShells run is recorded on this host.
    pub powershell_logged: bool,
    /// How many suspicious processes this host starts in a second, on average; `None` where it shows too few.
    pub suspicious_per_second: Option<f64>,
    /// Auditing of processes had been switched off.
    pub audit_off: bool,
    /// Records are missing from every log that could have told the process; says which.
    pub missing: Option<Missing>,
    /// Tools that have made their one account already.
    pub spent: &'a BTreeSet<ProcessIndex>,
    /// The name of the first account that this machine made, where it is known.
    pub first_account: Option<&'a Text>,
    /// The account was gone again at once: a tool that made the try says so by its exit code.
    pub undone: bool,
}

impl Scene<'_> {
    /// The processes that may be relevant, oldest entry first: no others are looked at. What makes a process
    /// relevant (`is_relevant`, `carries_intent`) has to be asked for here too.
    pub(super) fn in_question(&self) -> Vec<(ProcessIndex, &ProcessRecord)> {
        let processes = self.processes;
        let (from, until) = self.moment.reach(STARTED_NEAR);
        let mut found = Vec::new();
        match self.creation.logon_id() {
            Some(ours) => {
                let sessions = [Some(ours), self.linked].into_iter().flatten().map(Session::Known);
                found.extend(sessions.flat_map(|session| processes.of_session(session)));
                found.extend(processes.of_session_started(Session::NotTold, from, until));
            }
            None => found.extend(processes.started(from, until)),
        }
        found.extend(self.sought.name.into_iter().flat_map(|name| processes.that_create(name)));
        if self.is_loopback {
            found.extend(processes.iter().filter(|(_, process)| self.same_user(process)));
        }
        let ran_scripts = self.pointers.scripts.iter().map(|script| script.pid);
        let looked_up =
            self.pointers.queries.iter().filter_map(|query| query.caller.as_ref().map(|(pid, _)| *pid));
        found.extend(ran_scripts.chain(looked_up).flat_map(|pid| processes.with_pid(pid)));
        found.sort_unstable_by_key(|(index, _)| *index);
        found.dedup_by_key(|(index, _)| *index);
        debug_assert!(processes.iter().all(|(index, process)| {
            found.binary_search_by_key(&index, |(index, _)| *index).is_ok()
                || !(self.carries_intent(process)
                    || self.is_relevant(process) && self.moment.could_have(process).is_ok())
        }));
        found
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
        let says = |intents: &[Intent]| self.sought.said_in(intents).any(|said| self.sought.is_it(said));
        says(&process.intents) || self.pointers.scripts_of(process).any(|script| says(&script.intents))
    }

    /// In the creation's session, or possibly so, or carrying its intent: others are no candidates.
    pub(super) fn is_relevant(&self, process: &ProcessRecord) -> bool {
        let by_session = match (process.session, self.creation.logon_id()) {
            (Session::Known(theirs), Some(ours)) => {
                theirs == ours || self.linked.is_some_and(|linked| linked == theirs)
            }
            (Session::NotTold, _) | (_, None) => self.moment.started_within(process, STARTED_NEAR),
        };
        let by_loopback = self.is_loopback && self.same_user(process);
        by_session || by_loopback || self.carries_intent(process) || self.pointers.has_sign(process)
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

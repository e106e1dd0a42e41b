//! All that is known when a creation is weighed, and which processes could have made it.

use std::collections::BTreeSet;
use std::fmt;

use begat_model::case::Scope;
use begat_model::event::AccountCreated;
use begat_model::{Duration, HostName, LogonId, RecordRef, Text, Timestamp};

use crate::commands::intent::accounts::Intent;
use crate::sight::visibility::{HostSight, ProcessSight};
use crate::spans::{CHANNEL_TOLERANCE, CLOCK_GRAIN, CLOCK_NEAR, NET_LIFE_MAX, SECOND_CUT, STARTED_NEAR};
use crate::tables::install::{Install, InstallTable};
use crate::tables::logon::{LogonSession, LogonTable};
use crate::tables::process::record::{ProcessIndex, ProcessRecord, Session};
use crate::tables::process::table::ProcessTable;
use crate::tables::signs::{PipeSign, QuerySign, ScriptSign};
use crate::tuning::Tuning;
use crate::windows::same_name::same_name;

/// The creation in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    /// The 4720.
    pub event: AccountCreated,
    /// Its record; the creation's time is its.
    pub record: RecordRef,
}

impl Creation {
    /// When.
    pub fn at(&self) -> Timestamp {
        self.record.at
    }

    /// The session that the 4720 names.
    pub fn logon_id(&self) -> Option<LogonId> {
        self.event.subject.logon_id
    }
}

/// All that is known when a creation is weighed.
pub struct Scene<'a> {
    /// The creation.
    pub creation: &'a Creation,
    /// The host's processes.
    pub processes: &'a ProcessTable,
    /// The host's sessions.
    pub logons: &'a LogonTable,
    /// ATT&CK's mutable elements.
    pub tuning: &'a Tuning,
    /// Whether processes can be seen at all.
    pub sight: ProcessSight,
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
    /// Scripts that may have come to the creation.
    pub scripts: Vec<&'a ScriptSign>,
    /// Account lookups of that session, around the creation.
    pub queries: Vec<&'a QuerySign>,
    /// The same session's opening of the pipe `samr`.
    pub pipe: Option<&'a PipeSign>,
    /// LAPS saying around the creation that it manages this account.
    pub laps: Option<&'a RecordRef>,
    /// What was installed on the host to start something later.
    pub installs: &'a InstallTable,
    /// What PowerShells run is recorded on this host.
    pub powershell_logged: bool,
    /// How many suspicious processes this host starts in a second, on average; `None` where it shows too few.
    pub suspicious_per_second: Option<f64>,
    /// Auditing of processes had been switched off.
    pub audit_off: bool,
    /// Records are missing from every log that could have told the process; says which.
    pub missing: Option<String>,
    /// Tools that have made their one account already.
    pub spent: &'a BTreeSet<ProcessIndex>,
    /// The account was gone again at once: a tool that made the try says so by its exit code.
    pub undone: bool,
}

/// How a process's start stands to the creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Before,
    /// Recorded as after, nearer than two channels can be told apart.
    PerhapsAfter,
    After,
}

/// Why a process cannot have made the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Impossible {
    StartedAfter(Duration),
    EndedBefore(Duration),
    EarlierSession,
    LongGone(Duration),
}

impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Impossible::StartedAfter(late) => write!(f, "it started {late} after the creation"),
            Impossible::EndedBefore(early) => write!(f, "it had ended {early} before the creation"),
            Impossible::EarlierSession => {
                f.write_str("it ran in an earlier session of the same id, before a restart")
            }
            Impossible::LongGone(since) => {
                write!(f, "it started {since} before, and such a tool ends within seconds")
            }
        }
    }
}

/// A `net` or `net1` so long ago that it has ended, whether its end was told or not: a later end of its id is another's.
fn is_long_gone(process: &ProcessRecord, at: Timestamp) -> bool {
    let waits_for_password =
        || process.command_line.value().is_some_and(|line| line.split_whitespace().any(|word| word == "*"));
    process.is_net_tool() && at - process.started_at > NET_LIFE_MAX && !waits_for_password()
}

/// Local or of the domain: a domain controller has no local accounts; elsewhere the account's domain is the host's
/// own name, cut to 15 characters (A6).
pub(crate) fn scope(creation: &Creation, host: &HostName, sight: &HostSight) -> Scope {
    if sight.domain_controller {
        return Scope::Domain;
    }
    match &creation.event.account.domain {
        Some(domain) if domain.to_uppercase() == host.netbios() => Scope::Local,
        // A user principal name, or another domain than the host: only a domain controller writes that 4720.
        Some(_) => Scope::Domain,
        None => Scope::Unknown,
    }
}

impl Scene<'_> {
    pub(super) fn account_name(&self) -> Option<&Text> {
        self.creation.event.account.name.as_ref()
    }

    /// The processes that may be relevant, oldest entry first: no others are looked at. What makes a process
    /// relevant (`is_relevant`, `carries_intent`) has to be asked for here too.
    pub(super) fn in_question(&self) -> Vec<(ProcessIndex, &ProcessRecord)> {
        let processes = self.processes;
        let (from, until) = self.reach(STARTED_NEAR);
        let mut found = Vec::new();
        match self.creation.logon_id() {
            Some(ours) => {
                let sessions = [Some(ours), self.linked].into_iter().flatten().map(Session::Known);
                found.extend(sessions.flat_map(|session| processes.of_session(session)));
                found.extend(processes.of_session_started(Session::NotTold, from, until));
            }
            None => found.extend(processes.started(from, until)),
        }
        found.extend(self.account_name().into_iter().flat_map(|name| processes.that_create(name)));
        if self.is_loopback {
            found.extend(processes.iter().filter(|(_, process)| self.same_user(process)));
        }
        let ran_scripts = self.scripts.iter().map(|script| script.pid);
        let looked_up = self.queries.iter().filter_map(|query| query.caller.as_ref().map(|(pid, _)| *pid));
        found.extend(ran_scripts.chain(looked_up).flat_map(|pid| processes.with_pid(pid)));
        found.sort_unstable_by_key(|(index, _)| *index);
        found.dedup_by_key(|(index, _)| *index);
        debug_assert!(processes.iter().all(|(index, process)| {
            found.binary_search_by_key(&index, |(index, _)| *index).is_ok()
                || !(self.carries_intent(process)
                    || self.is_relevant(process) && self.could_have(process).is_ok())
        }));
        found
    }

    /// From so long before the creation to where a start may be recorded that came before it: two channels'
    /// tolerance, once for the creation and once for two copies of the start, and a second that was cut.
    pub(super) fn reach(&self, before: Duration) -> (Timestamp, Timestamp) {
        let at = self.creation.at();
        let reach = self.record_reach() + CHANNEL_TOLERANCE + SECOND_CUT;
        (at - before, at + reach)
    }

    /// Alive at the creation; else why not.
    pub(super) fn could_have(&self, process: &ProcessRecord) -> Result<Order, Impossible> {
        let order = self.start_order(process);
        let at = self.creation.at();
        if order == Order::After {
            return Err(Impossible::StartedAfter(process.started_at - at));
        }
        if let Some(ended_at) = process.ended_at.filter(|ended_at| self.ended_before(process, *ended_at)) {
            return Err(Impossible::EndedBefore(at - ended_at));
        }
        if self.is_of_earlier_session(process) {
            return Err(Impossible::EarlierSession);
        }
        if is_long_gone(process, at) {
            return Err(Impossible::LongGone(at - process.started_at));
        }
        Ok(order)
    }

    /// Logon ids are given out again after a restart, which the log may not show: a process that began before its
    /// session did is of another.
    pub(super) fn is_of_earlier_session(&self, process: &ProcessRecord) -> bool {
        let is_ours = self.creation.logon_id().is_some_and(|ours| process.session == Session::Known(ours));
        is_ours
            && self.session.is_some_and(|session| process.started_at + CHANNEL_TOLERANCE < session.began_at)
    }

    /// Alive at the creation, or so shortly before that the order of two logs says nothing.
    pub(super) fn may_have_just_been(&self, process: &ProcessRecord) -> bool {
        let at = self.creation.at();
        let just_ended = process.ended_at.is_some_and(|ended| (ended - at).magnitude() <= CHANNEL_TOLERANCE);
        just_ended || self.could_have(process).is_ok()
    }

    /// The Security log orders its own records by their ids; other logs only by time.
    pub(super) fn start_order(&self, process: &ProcessRecord) -> Order {
        let at = self.creation.at();
        if !process.start_seen {
            return Order::Before;
        }
        if let Some(order) = process.security_start().and_then(|record| self.record_order(record)) {
            return if order.is_gt() { Order::After } else { Order::Before };
        }
        let late = process.started_at - at;
        let grain = CLOCK_GRAIN.max(at.precision().min(process.started_at.precision()).step());
        match late {
            _ if late <= grain => Order::Before,
            _ if process.security_start().is_none() && late <= CHANNEL_TOLERANCE.max(grain) => {
                Order::PerhapsAfter
            }
            _ => Order::After,
        }
    }

    pub(super) fn ended_before(&self, process: &ProcessRecord, ended_at: Timestamp) -> bool {
        if let Some(order) = process.security_end().and_then(|record| self.record_order(record)) {
            return order.is_lt();
        }
        let at = self.creation.at();
        let grain = CLOCK_GRAIN.max(at.precision().min(ended_at.precision()).step());
        ended_at + grain < at
    }

    /// By record id, where both are near enough in time to be of one stretch of the log. Where the clock was set
    /// back, times say nothing, and ids still do.
    pub(super) fn record_order(&self, record: &RecordRef) -> Option<std::cmp::Ordering> {
        let (theirs, ours) = (record.record_id?, self.creation.record.record_id?);
        let near = (record.at - self.creation.at()).magnitude() <= self.record_reach();
        near.then(|| theirs.cmp(&ours))
    }

    pub(super) fn record_reach(&self) -> Duration {
        if self.clock_set_back.is_some() { CLOCK_NEAR } else { CHANNEL_TOLERANCE }
    }

    /// The scripts that this process ran.
    pub(super) fn scripts_of<'p>(
        &'p self,
        process: &'p ProcessRecord,
    ) -> impl Iterator<Item = &'p ScriptSign> {
        self.scripts.iter().copied().filter(move |script| {
            let same_user = match (&script.user, &process.token.sid) {
                (Some(theirs), Some(ours)) => theirs == ours,
                _ => true,
            };
            process.pid == script.pid && process.may_be_alive(script.at) && same_user
        })
    }

    /// The lookup that names this process as its client.
    pub(super) fn query_of(&self, process: &ProcessRecord) -> Option<&QuerySign> {
        self.queries.iter().copied().find(|query| {
            query.caller.as_ref().is_some_and(|(pid, image)| {
                let same_image = match (image, &process.image) {
                    (Some(theirs), Some(ours)) => same_name(theirs, ours),
                    _ => true,
                };
                *pid == process.pid && same_image
            })
        })
    }

    /// The WMI subscription whose script this process ran inside WMI, where that script creates the account.
    pub fn consumer_of(&self, process: &ProcessRecord) -> Option<&Install> {
        if process.stem() != Some("scrcons") {
            return None;
        }
        self.installs.consumer_creating(self.creation.at(), |name| self.is_account(name))
    }

    /// Another record than its own start or end points to it.
    pub(super) fn has_sign(&self, process: &ProcessRecord) -> bool {
        self.query_of(process).is_some() || self.scripts_of(process).next().is_some()
    }

    /// Its command line creates an account of this name.
    pub(super) fn carries_intent(&self, process: &ProcessRecord) -> bool {
        self.created_names(process).flatten().any(|name| self.is_account(name))
            || self
                .scripts_of(process)
                .any(|script| self.names_in(&script.intents).flatten().any(|name| self.is_account(name)))
    }

    /// The accounts that its command line creates where this one is, each with its name as far as it is told:
    /// what goes to the domain (`net user … /domain`) leaves no account on this host.
    pub(super) fn created_names<'p>(
        &self,
        process: &'p ProcessRecord,
    ) -> impl Iterator<Item = Option<&'p str>> {
        self.names_in(&process.intents)
    }

    pub(super) fn names_in<'p>(
        &self,
        intents: &'p [Intent],
    ) -> impl Iterator<Item = Option<&'p str>> + use<'p> {
        let is_local = self.scope == Scope::Local;
        intents.iter().filter_map(move |intent| match intent {
            Intent::CreateAccount { in_domain: true, .. } if is_local => None,
            Intent::CreateAccount { name, .. } => Some(name.as_deref()),
            Intent::AddToGroup { .. } => None,
        })
    }

    pub(super) fn is_account(&self, name: &str) -> bool {
        self.account_name().is_some_and(|account| same_name(account, name))
    }

    /// In the creation's session, or possibly so, or carrying its intent: others are no candidates.
    pub(super) fn is_relevant(&self, process: &ProcessRecord) -> bool {
        let by_session = match (process.session, self.creation.logon_id()) {
            (Session::Known(theirs), Some(ours)) => {
                theirs == ours || self.linked.is_some_and(|linked| linked == theirs)
            }
            (Session::NotTold, _) | (_, None) => self.started_within(process, STARTED_NEAR),
        };
        let by_loopback = self.is_loopback && self.same_user(process);
        by_session || by_loopback || self.carries_intent(process) || self.has_sign(process)
    }

    pub(super) fn started_within(&self, process: &ProcessRecord, before: Duration) -> bool {
        process.start_seen && self.creation.at() - process.started_at <= before
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

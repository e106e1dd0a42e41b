//! From one creation to the processes that could have made it, each with what speaks for and against it.
//!
//! Pure: reads a host's tables, decides nothing. SAM runs inside lsass and records the token of its caller, not
//! its process; so the question is which process, alive at that moment, could hold that token.

use std::collections::BTreeSet;
use std::{fmt, slice};

use begat_model::analytic::Analytic;
use begat_model::case::{Explanation, Scope};
use begat_model::event::{AccountCreated, Field};
use begat_model::{Duration, LogonId, RecordRef, Sid, Text, Timestamp};

use crate::capability::Capability;
use crate::clue::{Clue, Why};
use crate::evidence::{EvidenceKind, Finding};
use crate::host::HOLD;
use crate::install::{Install, InstallTable};
use crate::intent::{Intent, names_account};
use crate::logon::{LogonSession, LogonTable};
use crate::process::{ProcessIndex, ProcessRecord, ProcessTable, Session, folded};
use crate::signs::{PipeSign, QuerySign, ScriptSign};
use crate::suspicious;
use crate::tuning::Tuning;
use crate::visibility::ProcessSight;

/// The grain of Windows' clock before Windows 10: what lies closer together may stand in either order.
pub const CLOCK_GRAIN: Duration = Duration::from_ticks(156_250);
/// Two channels of one host can be told apart to this (section B, "Time").
pub const CHANNEL_TOLERANCE: Duration = Duration::from_seconds(2);

/// `net` ends within a second; where it asks something, somebody answers within minutes. One that asks for the
/// password (`*`) waits as long as it must.
const NET_LIFE_MAX: Duration = Duration::from_seconds(600);
/// A start this soon before a creation speaks for a process, whatever a site sets as TimeWindow: that decides the
/// sequence and the plain window rule, never the attribution.
pub const STARTED_NEAR: Duration = Duration::from_seconds(120);
/// Setup makes its accounts this soon after a restart.
const SETUP_AFTER_START_MAX: Duration = Duration::from_seconds(600);

/// Most tools whose ancestors are looked for, latest first: more are alive at once only where no end is logged.
const TOOLS_MAX: usize = 64;
/// So many of the likeliest processes are told with their findings: a case shows fewer.
const TOLD_MAX: usize = 64;
/// Few processes have more clues than this.
const CLUES_USUAL: usize = 4;

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

/// A process that could have made the call.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Which.
    pub index: ProcessIndex,
    /// Sum of the weights of what speaks for and against it, in nats.
    pub score: f64,
    /// What speaks for and against it; told of the likeliest only.
    pub findings: Vec<Finding>,
}

impl Candidate {
    /// The likelier first; of equal ones the latest, as the nearest to the call.
    fn by_likelihood(&self, other: &Candidate) -> std::cmp::Ordering {
        other.score.total_cmp(&self.score).then_with(|| other.index.cmp(&self.index))
    }
}

/// A process that one might suspect, and that cannot have made the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuledOut {
    /// Which.
    pub index: ProcessIndex,
    /// Why not, as a clause: `it ended 3 s before`.
    pub why: String,
}

/// All explanations of one creation, weighed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Weighed {
    /// Processes that could, likeliest first, without those that only had a descendant do it.
    pub candidates: Vec<Candidate>,
    /// Processes that one might suspect, and that could not.
    pub ruled_out: Vec<RuledOut>,
    /// Explanations that are no process of the host.
    pub others: Vec<(Explanation, Vec<Finding>)>,
}

/// How a process's start stands to the creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Before,
    /// Recorded as after, nearer than two channels can be told apart.
    PerhapsAfter,
    After,
}

/// Why a process cannot have made the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Impossible {
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

/// A candidate while it is weighed, among thousands.
struct Suspect<'s> {
    index: ProcessIndex,
    process: &'s ProcessRecord,
    clues: Vec<Clue<'s>>,
    /// A descendant carries the same intent: this one is its chain, not its rival.
    delegates: bool,
}

impl Suspect<'_> {
    fn has(&self, kind: EvidenceKind) -> bool {
        self.clues.iter().any(|clue| clue.kind == kind)
    }

    fn score(&self) -> f64 {
        self.clues.iter().map(|clue| clue.kind.weight()).sum()
    }
}

/// Weighs everything that could explain the creation.
pub fn weigh(scene: &Scene<'_>) -> Weighed {
    let in_question = scene.in_question();
    let mut suspects = Vec::with_capacity(in_question.len());
    let mut ruled_out = Vec::new();
    for (index, process) in in_question {
        match scene.could_have(process) {
            Ok(order) if scene.is_relevant(process) => {
                let mut clues = scene.clues(process, order);
                clues.extend(scene.spent_clue(index, process));
                suspects.push(Suspect { index, process, clues, delegates: false });
            }
            Err(why) if scene.carries_intent(process) => {
                ruled_out.push(RuledOut { index, why: why.to_string() });
            }
            _ => {}
        }
    }
    mark_delegation(scene, &mut suspects);
    mark_unseen_net1(&mut suspects);
    ruled_out.extend(rule_out_nearest(scene, &suspects, &ruled_out));
    Weighed { candidates: told(&suspects), ruled_out, others: scene.other_explanations() }
}

/// The suspects that compete, likeliest first, and in words as many as a case could show.
fn told(suspects: &[Suspect<'_>]) -> Vec<Candidate> {
    let competing = suspects.iter().filter(|suspect| !suspect.delegates);
    let mut candidates: Vec<Candidate> = competing
        .map(|suspect| Candidate { index: suspect.index, score: suspect.score(), findings: Vec::new() })
        .collect();
    candidates.sort_unstable_by(Candidate::by_likelihood);
    for candidate in candidates.iter_mut().take(TOLD_MAX) {
        // Suspects stand in the order of the table.
        let place = suspects.binary_search_by_key(&candidate.index, |suspect| suspect.index);
        let suspect = place.ok().and_then(|place| suspects.get(place));
        candidate.findings =
            suspect.into_iter().flat_map(|suspect| &suspect.clues).map(Clue::finding).collect();
    }
    candidates
}

impl Scene<'_> {
    fn account_name(&self) -> Option<&Text> {
        self.creation.event.account.name.as_ref()
    }

    /// The processes that may be relevant, oldest entry first: no others are looked at. What makes a process
    /// relevant (`is_relevant`, `carries_intent`) has to be asked for here too.
    fn in_question(&self) -> Vec<(ProcessIndex, &ProcessRecord)> {
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
    fn reach(&self, before: Duration) -> (Timestamp, Timestamp) {
        let at = self.creation.at();
        let reach = self.record_reach() + CHANNEL_TOLERANCE + Duration::from_seconds(1);
        (at - before, at + reach)
    }

    /// Alive at the creation; else why not.
    fn could_have(&self, process: &ProcessRecord) -> Result<Order, Impossible> {
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
    fn is_of_earlier_session(&self, process: &ProcessRecord) -> bool {
        let is_ours = self.creation.logon_id().is_some_and(|ours| process.session == Session::Known(ours));
        is_ours
            && self.session.is_some_and(|session| process.started_at + CHANNEL_TOLERANCE < session.began_at)
    }

    /// Alive at the creation, or so shortly before that the order of two logs says nothing.
    fn may_have_just_been(&self, process: &ProcessRecord) -> bool {
        let at = self.creation.at();
        let just_ended = process.ended_at.is_some_and(|ended| (ended - at).magnitude() <= CHANNEL_TOLERANCE);
        just_ended || self.could_have(process).is_ok()
    }

    /// The Security log orders its own records by their ids; other logs only by time.
    fn start_order(&self, process: &ProcessRecord) -> Order {
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

    fn ended_before(&self, process: &ProcessRecord, ended_at: Timestamp) -> bool {
        if let Some(order) = process.security_end().and_then(|record| self.record_order(record)) {
            return order.is_lt();
        }
        let at = self.creation.at();
        let grain = CLOCK_GRAIN.max(at.precision().min(ended_at.precision()).step());
        ended_at + grain < at
    }

    /// By record id, where both are near enough in time to be of one stretch of the log. Where the clock was set
    /// back, times say nothing, and ids still do.
    fn record_order(&self, record: &RecordRef) -> Option<std::cmp::Ordering> {
        let (theirs, ours) = (record.record_id?, self.creation.record.record_id?);
        let near = (record.at - self.creation.at()).magnitude() <= self.record_reach();
        near.then(|| theirs.cmp(&ours))
    }

    fn record_reach(&self) -> Duration {
        if self.clock_set_back.is_some() { HOLD } else { CHANNEL_TOLERANCE }
    }

    /// The scripts that this process ran.
    fn scripts_of<'p>(&'p self, process: &'p ProcessRecord) -> impl Iterator<Item = &'p ScriptSign> {
        self.scripts.iter().copied().filter(move |script| {
            let same_user = match (&script.user, &process.token.sid) {
                (Some(theirs), Some(ours)) => theirs == ours,
                _ => true,
            };
            process.pid == script.pid && process.may_be_alive(script.at) && same_user
        })
    }

    /// The lookup that names this process as its client.
    fn query_of(&self, process: &ProcessRecord) -> Option<&QuerySign> {
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
    fn has_sign(&self, process: &ProcessRecord) -> bool {
        self.query_of(process).is_some() || self.scripts_of(process).next().is_some()
    }

    /// Its command line creates an account of this name.
    fn carries_intent(&self, process: &ProcessRecord) -> bool {
        self.created_names(process).flatten().any(|name| self.is_account(name))
            || self
                .scripts_of(process)
                .any(|script| self.names_in(&script.intents).flatten().any(|name| self.is_account(name)))
    }

    /// The accounts that its command line creates where this one is, each with its name as far as it is told:
    /// what goes to the domain (`net user … /domain`) leaves no account on this host.
    fn created_names<'p>(&self, process: &'p ProcessRecord) -> impl Iterator<Item = Option<&'p str>> {
        self.names_in(&process.intents)
    }

    fn names_in<'p>(&self, intents: &'p [Intent]) -> impl Iterator<Item = Option<&'p str>> + use<'p> {
        let is_local = self.scope == Scope::Local;
        intents.iter().filter_map(move |intent| match intent {
            Intent::CreateAccount { in_domain: true, .. } if is_local => None,
            Intent::CreateAccount { name, .. } => Some(name.as_deref()),
            Intent::AddToGroup { .. } => None,
        })
    }

    fn is_account(&self, name: &str) -> bool {
        self.account_name().is_some_and(|account| same_name(account, name))
    }

    /// In the creation's session, or possibly so, or carrying its intent: others are no candidates.
    fn is_relevant(&self, process: &ProcessRecord) -> bool {
        let by_session = match (process.session, self.creation.logon_id()) {
            (Session::Known(theirs), Some(ours)) => {
                theirs == ours || self.linked.is_some_and(|linked| linked == theirs)
            }
            (Session::NotTold, _) | (_, None) => self.started_within(process, STARTED_NEAR),
        };
        let by_loopback = self.is_loopback && self.same_user(process);
        by_session || by_loopback || self.carries_intent(process) || self.has_sign(process)
    }

    fn started_within(&self, process: &ProcessRecord, before: Duration) -> bool {
        process.start_seen && self.creation.at() - process.started_at <= before
    }

    fn clues<'s>(&'s self, process: &'s ProcessRecord, order: Order) -> Vec<Clue<'s>> {
        let mut clues = Vec::with_capacity(CLUES_USUAL);
        clues.extend(self.session_clue(process));
        clues.extend(self.command_clue(process));
        clues.extend(self.script_clue(process));
        clues.extend(self.query_clue(process));
        clues.extend(self.capability_clue(process));
        clues.extend(self.start_clue(process, order));
        // Other programs give their exit codes meanings of their own.
        let says_how = process.is_net_tool() && !self.undone;
        if let Some(code) = process.exit_code.filter(|code| *code != 0 && says_how) {
            let why = Why::Failed(code);
            clues.push(Clue::new(EvidenceKind::ExitedWithFailure, why, &process.ended_by));
        }
        let after = process.ended_at.map(|ended_at| ended_at.since(self.creation.at()));
        if let Some(after) = after.filter(|after| *after <= Duration::from_seconds(1)) {
            let why = Why::EndedAfter(after.max(Duration::ZERO));
            clues.push(Clue::new(EvidenceKind::ExitsRightAfter, why, &process.ended_by));
        }
        clues
    }

    fn start_clue<'s>(&'s self, process: &'s ProcessRecord, order: Order) -> Option<Clue<'s>> {
        let (kind, why) = if !process.start_seen && !self.has_sign(process) {
            (EvidenceKind::StartNotSeen, Why::Plain("its own start is not in the log"))
        } else if order == Order::PerhapsAfter {
            (EvidenceKind::StartedAfter, Why::StartedAfter(process.started_at - self.creation.at()))
        } else if self.started_within(process, STARTED_NEAR) {
            let lag = self.creation.at().since(process.started_at).max(Duration::ZERO);
            (EvidenceKind::StartedInWindow, Why::StartedBefore(lag))
        } else {
            return None;
        };
        Some(Clue::new(kind, why, &process.created_by))
    }

    /// A tool that was put down to another creation cannot have made this one as well.
    fn spent_clue<'s>(&self, index: ProcessIndex, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let why = Why::Plain("it made another account, and such a tool makes one");
        let clue = Clue::new(EvidenceKind::MadeAnother, why, &process.created_by);
        self.spent.contains(&index).then_some(clue)
    }

    /// What PowerShell's own log says that it ran.
    fn script_clue<'s>(&'s self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        if let Some(consumer) = self.consumer_of(process) {
            let why = Why::Plain(
                "it runs the scripts of WMI subscriptions, and one of them creates an account of this name",
            );
            return Some(Clue::new(EvidenceKind::ScriptCreatesAccount, why, &consumer.records));
        }
        let mut nameless = None;
        for script in self.scripts_of(process) {
            for name in self.names_in(&script.intents) {
                match name {
                    Some(name) if self.is_account(name) => {
                        let why = Why::Plain(
                            "PowerShell's log has it running what creates an account of this name",
                        );
                        let records = slice::from_ref(&script.record);
                        return Some(Clue::new(EvidenceKind::ScriptCreatesAccount, why, records));
                    }
                    Some(_) => {}
                    None => nameless = Some(&script.record),
                }
            }
        }
        let why = Why::Plain("PowerShell's log has it running what creates an account, without its name");
        Some(Clue::new(EvidenceKind::ScriptCreatesSomeAccount, why, slice::from_ref(nameless?)))
    }

    /// What its image says it can do; where no record tells the image, what it was seen to be.
    fn capability_clue<'s>(&'s self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let script = self.scripts_of(process).next();
        match (&process.image, script) {
            (None, Some(script)) => {
                let why = Why::Plain("it writes PowerShell's log, so it is a PowerShell");
                Some(Clue::new(EvidenceKind::CreateCapable, why, slice::from_ref(&script.record)))
            }
            _ => image_clue(process),
        }
    }

    fn query_clue(&self, process: &ProcessRecord) -> Option<Clue<'_>> {
        let query = self.query_of(process)?;
        let why = Why::Plain("it looked accounts up in the same session, within two seconds");
        Some(Clue::new(EvidenceKind::QueriedAccounts, why, slice::from_ref(&query.record)))
    }

    fn session_clue<'s>(&self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let ours = self.creation.logon_id()?;
        let (kind, why) = match process.session {
            Session::NotTold => {
                let why = Why::Plain("its own session is not told by this version of Windows");
                (EvidenceKind::SessionNotTold, why)
            }
            Session::Known(theirs) if theirs == ours && ours.is_well_known() => {
                (EvidenceKind::SharesServiceSession, Why::SharesSession(ours))
            }
            Session::Known(theirs) if theirs == ours => (EvidenceKind::HoldsSession, Why::HoldsSession(ours)),
            Session::Known(theirs) if self.linked == Some(theirs) => {
                (EvidenceKind::LinkedSession, Why::LinkedSession(theirs, ours))
            }
            Session::Known(theirs) => match self.same_user(process) {
                true if self.is_loopback => (EvidenceKind::LoopbackSession, Why::Loopback(ours)),
                true => {
                    let why = Why::OtherSession(theirs, "of the same account", ours);
                    (EvidenceKind::OtherSessionSameUser, why)
                }
                false => (EvidenceKind::OtherSession, Why::OtherSession(theirs, "of another account", ours)),
            },
        };
        Some(Clue::new(kind, why, &process.created_by))
    }

    /// The same account, by SID, or by name where Sysmon tells no SID.
    fn same_user(&self, process: &ProcessRecord) -> bool {
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

    fn command_clue<'s>(&self, process: &'s ProcessRecord) -> Option<Clue<'s>> {
        let clue = |kind, why| Some(Clue::new(kind, Why::Plain(why), &process.created_by));
        let names: Vec<Option<&str>> = self.created_names(process).collect();
        if names.iter().flatten().any(|name| self.is_account(name)) {
            return clue(EvidenceKind::CreatesAccount, "its command line creates an account of this name");
        }
        let is_net = process.is_net_tool();
        if !names.is_empty() && is_net {
            return clue(EvidenceKind::DoesOtherwise, "its command line creates another account");
        }
        if names.contains(&None) {
            let why = "its command line creates an account whose name it does not write out";
            return clue(EvidenceKind::CreatesSomeAccount, why);
        }
        if !names.is_empty() {
            return clue(EvidenceKind::CreatesOtherAccount, "its command line creates another account");
        }
        let Field::Value(line) = &process.command_line else { return None };
        let has_arguments = || line.trim().contains(char::is_whitespace);
        if is_net && has_arguments() {
            return clue(EvidenceKind::DoesOtherwise, "its command line does something else");
        }
        let named = || self.account_name().is_some_and(|account| names_account(line, account));
        if !is_net && named() {
            return clue(EvidenceKind::NamesAccount, "the account's name is an argument of its command line");
        }
        None
    }

    /// Explanations that are no process of this host, each with its signs. What has no sign at all is left out,
    /// but for what the telemetry does not show: that can always be.
    fn other_explanations(&self) -> Vec<(Explanation, Vec<Finding>)> {
        let mut others = vec![(Explanation::Unobserved, self.unobserved_findings())];
        let windows = self.windows_findings();
        if !windows.is_empty() {
            others.push((Explanation::Windows, windows));
        }
        if self.sight != ProcessSight::Blind {
            others.extend(self.session_explanation());
        }
        others
    }

    fn unobserved_findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.sight != ProcessSight::Seen {
            let why = match self.sight {
                ProcessSight::Blind => "this host shows no process creation at all",
                _ => "this host shows no process creation around this time",
            };
            findings.push(Finding::new(EvidenceKind::TelemetryGap, why, Vec::new()));
        }
        if let (Some(missing), ProcessSight::Seen) = (&self.missing, self.sight) {
            findings.push(Finding::new(EvidenceKind::RecordsMissing, missing.clone(), Vec::new()));
        }
        // Where no processes are shown, none is misplaced.
        if let Some(record) = self.clock_set_back.as_ref().filter(|_| self.sight != ProcessSight::Blind) {
            let why =
                format!("the clock was set back at {}: what ran before it bears later times", record.at);
            findings.push(Finding::new(EvidenceKind::ClockSetBack, why, vec![record.clone()]));
        }
        let Some(logon_id) = self.creation.logon_id() else { return findings };
        if self.sight == ProcessSight::Blind {
            return findings;
        }
        if logon_id.is_well_known() {
            let why = format!("services that started before the log run in {logon_id} too");
            findings.push(Finding::new(EvidenceKind::SharedSessionUnseen, why, Vec::new()));
        } else if self.session.is_none() {
            let why =
                format!("the logon of session {logon_id} is not in the input: it may hold older processes");
            findings.push(Finding::new(EvidenceKind::SessionOlderThanLog, why, Vec::new()));
        }
        findings
    }

    /// A session that no process holds: a client on the network, or a borrowed token.
    fn session_explanation(&self) -> Option<(Explanation, Vec<Finding>)> {
        let logon_id = self.creation.logon_id().filter(|logon_id| !logon_id.is_well_known())?;
        let session = self.session?;
        let mut of_session = self.processes.of_session(Session::Known(logon_id));
        let held = of_session.any(|(_, process)| self.may_have_just_been(process));
        let records = vec![session.record.clone()];
        if self.is_loopback {
            // No client on the network: a process of this host went out and came in again.
            return None;
        }
        let signs = self.remote_findings();
        let may_be_held = held || self.may_be_held(session);
        match (session.is_network(), may_be_held) {
            (true, false) => {
                let source = session.source_ip.as_deref().unwrap_or("an address that is not told");
                let why = format!(
                    "session {logon_id} came over the network from {source}, and no process is alive in it"
                );
                let kind = EvidenceKind::NetworkSessionWithoutProcess;
                let mut findings = vec![Finding::new(kind, why, records)];
                findings.extend(signs);
                Some((Explanation::RemoteCaller, findings))
            }
            (true, true) => Some((Explanation::RemoteCaller, signs)),
            (false, false) => {
                let why = format!("the logon of session {logon_id} is known, and no process is alive in it");
                let kind = EvidenceKind::SessionWithoutProcess;
                Some((Explanation::Impersonation, vec![Finding::new(kind, why, records)]))
            }
            (false, true) => None,
        }
    }

    /// Before Windows 10 a process that a service started for this session looks like SYSTEM's own (A1): one that
    /// began since the logon may be of it.
    fn may_be_held(&self, session: &LogonSession) -> bool {
        let (from, until) = (session.began_at - CHANNEL_TOLERANCE, self.reach(STARTED_NEAR).1);
        let mut not_told = self.processes.of_session_started(Session::NotTold, from, until);
        not_told.any(|(_, process)| process.start_seen && self.may_have_just_been(process))
    }

    /// Records that the client itself left.
    fn remote_findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(pipe) = self.pipe {
            let why = format!("the session opened the pipe samr over the network at {}", pipe.at);
            findings.push(Finding::new(EvidenceKind::SamPipeOpened, why, vec![pipe.record.clone()]));
        }
        if let Some(query) = self.queries.iter().find(|query| query.caller.is_none()) {
            let why = "the session looked accounts up, and Windows names no process: its client is remote";
            findings.push(Finding::new(EvidenceKind::QueriedRemotely, why, vec![query.record.clone()]));
        }
        findings
    }

    /// Positive signs that Windows itself was at work: never for want of better.
    fn windows_findings(&self) -> Vec<Finding> {
        let mut findings = self.setup_findings();
        let by_system = self.creation.logon_id() == Some(LogonId::SYSTEM);
        if let Some(laps) = self.laps.filter(|_| by_system && self.scope == Scope::Local) {
            let why = format!("Windows LAPS said at {} that it manages this account", laps.at);
            findings.push(Finding::new(EvidenceKind::ManagedByLaps, why, vec![laps.clone()]));
        }
        findings
    }

    fn setup_findings(&self) -> Vec<Finding> {
        let subject = &self.creation.event.subject;
        let is_system = subject.sid.as_ref().is_some_and(|sid| sid.as_str() == Sid::SYSTEM)
            && subject.logon_id == Some(LogonId::SYSTEM);
        let mut findings = Vec::new();
        if !is_system || self.scope != Scope::Local {
            return findings;
        }
        let record = || vec![self.creation.record.clone()];
        let machine = subject.name.as_deref().and_then(|name| name.strip_suffix('$'));
        if let Some(old) = machine.filter(|name| name.to_uppercase() != self.netbios) {
            let why = format!("SYSTEM still goes by the machine name {old}, not {}", self.netbios);
            findings.push(Finding::new(EvidenceKind::SetupOldMachineName, why, record()));
        }
        let rid = self.creation.event.account.sid.as_ref().and_then(Sid::rid);
        if let Some(rid) = rid.filter(|rid| *rid < 1000) {
            let why = format!("its RID is {rid}, and callers are given 1000 and above");
            findings.push(Finding::new(EvidenceKind::SetupBuiltinRid, why, record()));
        }
        if rid == Some(1000) {
            let why = "its RID is 1000, the first that a machine gives out";
            findings.push(Finding::new(EvidenceKind::SetupFirstAccount, why, record()));
        }
        let since_start = self.host_started_at.map(|started_at| self.creation.at() - started_at);
        if let Some(minutes) = since_start.filter(|since| *since <= SETUP_AFTER_START_MAX) {
            let why = format!("Windows started {minutes} before");
            findings.push(Finding::new(EvidenceKind::SetupJustStarted, why, record()));
        }
        if let Some(record_id) = self.creation.record.record_id.filter(|record_id| *record_id < 1000) {
            let why = format!("it is record {record_id} of the Security log since Windows was installed");
            findings.push(Finding::new(EvidenceKind::SetupYoungLog, why, record()));
        }
        findings
    }
}

/// A `net` or `net1` so long ago that it has ended, whether its end was told or not: a later end of its id is another's.
fn is_long_gone(process: &ProcessRecord, at: Timestamp) -> bool {
    let waits_for_password =
        || process.command_line.value().is_some_and(|line| line.split_whitespace().any(|word| word == "*"));
    process.is_net_tool() && at - process.started_at > NET_LIFE_MAX && !waits_for_password()
}

/// In any case, as Windows compares names.
fn same_name(ours: &str, theirs: &str) -> bool {
    match ours.is_ascii() && theirs.is_ascii() {
        true => ours.eq_ignore_ascii_case(theirs),
        false => folded(ours) == folded(theirs),
    }
}

fn image_clue(process: &ProcessRecord) -> Option<Clue<'_>> {
    let (kind, does) = match process.capability()? {
        Capability::Creates => (EvidenceKind::CreateCapable, "calls the account interfaces itself"),
        Capability::OnlyStarts => (EvidenceKind::CannotCreate, "only starts what creates accounts"),
        Capability::WindowsOwn => {
            (EvidenceKind::WindowsOwnTool, "is Windows' own, and not known to create accounts")
        }
    };
    Some(Clue::new(kind, Why::Image(process.stem()?, does), &process.created_by))
}

/// A `net` that nothing was seen below of: the call was made by a `net1` that the log lacks.
fn mark_unseen_net1(suspects: &mut [Suspect<'_>]) {
    for suspect in suspects.iter_mut().filter(|suspect| !suspect.delegates && suspect.process.is_net()) {
        let why = Why::Plain("net starts a net1 for this, whose own start is not in the log");
        suspect.clues.push(Clue::new(EvidenceKind::HandsOn, why, &suspect.process.created_by));
    }
}

/// `cmd /c` > `net` > `net1`: only the deepest that carries the intent made the call; the others are its chain.
fn mark_delegation(scene: &Scene<'_>, suspects: &mut [Suspect<'_>]) {
    let tools: Vec<(ProcessIndex, bool)> = suspects
        .iter()
        .rev()
        .filter_map(|suspect| {
            let is_tool = suspect.process.is_net_tool() && !suspect.has(EvidenceKind::DoesOtherwise);
            let carries = scene.carries_intent(suspect.process);
            (is_tool || carries).then_some((suspect.index, carries))
        })
        .take(TOOLS_MAX)
        .collect();
    for (tool, tool_carries) in tools {
        for ancestor in scene.processes.ancestors(tool) {
            // Suspects stand in the order of the table.
            let place = suspects.binary_search_by_key(&ancestor, |suspect| suspect.index);
            let Some(suspect) = place.ok().and_then(|place| suspects.get_mut(place)) else { continue };
            if suspect.process.is_net() || (tool_carries && scene.carries_intent(suspect.process)) {
                suspect.delegates = true;
            } else if !suspect.has(EvidenceKind::ToolRunsBelow) {
                let why = Why::Plain("a tool made for this runs below it at that moment");
                suspect.clues.push(Clue::new(EvidenceKind::ToolRunsBelow, why, &[]));
            }
        }
    }
}

/// The process that the plain window rule would name is always answered for, if only to say why it was not it.
fn rule_out_nearest(scene: &Scene<'_>, suspects: &[Suspect<'_>], ruled_out: &[RuledOut]) -> Option<RuledOut> {
    let index = nearest_suspicious(scene)?;
    let answered = suspects.iter().any(|suspect| suspect.index == index)
        || ruled_out.iter().any(|ruled_out| ruled_out.index == index);
    let process = scene.processes.get(index).filter(|_| !answered)?;
    let why = match (scene.could_have(process), scene.session_clue(process)) {
        (Err(why), _) => why.to_string(),
        (Ok(_), Some(clue)) => clue.why.to_string(),
        (Ok(_), None) => "nothing but its time ties it to the creation".to_owned(),
    };
    Some(RuledOut { index, why })
}

/// What the plain rule of the field would name: the nearest suspicious process started in the window before the
/// creation, whatever its session.
pub fn nearest_suspicious(scene: &Scene<'_>) -> Option<ProcessIndex> {
    let (from, until) = scene.reach(scene.tuning.window);
    let nearest = scene.processes.started(from, until).rev().find(|(_, process)| {
        scene.started_within(process, scene.tuning.window)
            && scene.start_order(process) == Order::Before
            && suspicion(&scene.tuning.analytic, scene.processes, process).is_some()
    });
    nearest.map(|(index, _)| index)
}

/// Why a process counts as suspicious to the site, its parent taken into account.
pub fn suspicion(analytic: &Analytic, processes: &ProcessTable, process: &ProcessRecord) -> Option<Text> {
    suspicious::reason(analytic, subject(processes, process))
}

/// What is known of a process and its parent, for the tables of suspicious executables.
pub(crate) fn subject<'a>(
    processes: &'a ProcessTable,
    process: &'a ProcessRecord,
) -> suspicious::Subject<'a> {
    let parent = processes.parent_of(process).and_then(|index| processes.get(index));
    suspicious::Subject {
        image: process.image.as_deref(),
        original_file_name: process.original_file_name.as_deref(),
        parent_image: process.parent.image.as_deref().or_else(|| parent?.image.as_deref()),
        parent_command_line: process
            .parent
            .command_line
            .as_deref()
            .or_else(|| parent?.command_line.value().map(|line| &**line)),
        rules: &process.rules,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::event::{ParentProcess, Principal, ProcessCreated};
    use begat_model::{EventKind, Precision, ProcessId};

    fn table(processes: u32) -> ProcessTable {
        let mut table = ProcessTable::default();
        let at = Timestamp::from_unix_ticks(0, Precision::TICKS);
        for pid in 0..processes {
            let created = ProcessCreated {
                pid: ProcessId(pid),
                guid: None,
                started_at: at,
                image: None,
                command_line: Field::Absent,
                original_file_name: None,
                subject: Principal::default(),
                target: Principal::default(),
                parent: ParentProcess::default(),
                elevation: None,
                hashes: None,
                rules: Vec::new(),
                details: None,
            };
            let kind = EventKind::ProcessCreated;
            table.created(&created, &RecordRef { at, kind, record_id: None, source: "log".into() });
        }
        table
    }

    #[test]
    fn who_delegates_does_not_compete_and_only_the_likeliest_are_put_into_words() {
        let table = table(3 + TOLD_MAX as u32);
        let suspect = |(place, (index, process))| {
            let kind = match place {
                0 | 1 => EvidenceKind::HoldsSession,
                _ => EvidenceKind::CreateCapable,
            };
            let clues = vec![Clue::new(kind, Why::Plain("why"), &[])];
            Suspect { index, process, clues, delegates: place == 1 }
        };
        let suspects: Vec<Suspect<'_>> = table.iter().enumerate().map(suspect).collect();
        let candidates = told(&suspects);
        assert_eq!(candidates.len(), suspects.len() - 1);
        assert_eq!((candidates[0].index, candidates[0].score), (suspects[0].index, 6.0));
        assert_eq!(candidates[1].index, suspects[2 + TOLD_MAX].index, "of equal ones the latest");
        let words: Vec<usize> = candidates.iter().map(|candidate| candidate.findings.len()).collect();
        assert!(words[..TOLD_MAX].iter().all(|count| *count == 1));
        assert!(words[TOLD_MAX..].iter().all(|count| *count == 0));
        let scores: f64 = candidates.iter().map(|candidate| candidate.score).sum();
        assert_eq!(scores, 6.0 + 2.0 * (1 + TOLD_MAX) as f64, "every score counts");
    }
}

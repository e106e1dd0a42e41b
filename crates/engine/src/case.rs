//! A case from a weighed creation: first what must be taken while the tables hold it, at the end the rest.

use begat_model::case::{
    Actor, Alternative, Attribution, Authorisation, BlindSpot, BlindSpotKind, Case, CaseAccount, CaseEvent,
    CaseHost, Context, Evidence, Explanation, NameSign, Origin, Outcome, Process, Role, Scope, Verdict, What,
    WindowRule,
};
use begat_model::event::{AccountCreated, Principal, ProcessCreated};
use begat_model::{Analytic, Duration, EventKind, HostName, ProcessId, Sid, Text, Timestamp};

use crate::account::{AccountLife, group_power};
use crate::ancestor::{self, lineage};
use crate::concealment::concealment;
use crate::evidence::{EvidenceKind, Finding};
use crate::file_hash::file_hashes;
use crate::host::{About, Blinding, HostState};
use crate::install::{Install, LaunchKind};
use crate::link::{
    CHANNEL_TOLERANCE, Creation, Scene, Weighed, nearest_suspicious, subject, suspicion, weigh,
};
use crate::logon::LogonSession;
use crate::naming;
use crate::process::{ProcessIndex, ProcessRecord, ProcessTable, Session};
use crate::redact::redact;
use crate::risk::{self, Facts};
use crate::score::{self, CONFIDENCE_MIN, Decision, Ranked, Who, decide};
use crate::stable_id::stable_id;
use crate::suspicious;
use crate::user_context;
use crate::visibility::{HostSight, ProcessSight};

/// Most alternatives that a case lists; the rest is told as a number.
const ALTERNATIVES_MAX: usize = 10;
/// An interruption of auditing this near to a creation may have hidden what made it.
const INTERRUPTION_NEAR: Duration = Duration::from_seconds(600);
/// Who installs a service over the network logged on no longer before than this.
const INSTALLER_LOGON_REACH: Duration = Duration::from_seconds(300);
/// The clock is asked about this long around a creation.
const CLOCK_NEAR: Duration = Duration::from_seconds(300);

/// What was taken of a creation when it was weighed.
#[derive(Debug)]
pub(crate) struct Settled {
    creation: Creation,
    host_name: HostName,
    scope: Scope,
    sight: ProcessSight,
    actor: Actor,
    origin: Option<Origin>,
    logon_known: bool,
    attribution: Attribution,
    sequence: bool,
    window_rule: WindowRule,
    command_line_told: Option<bool>,
    parent_seen: bool,
    /// Whose parent is only what its starter claimed, as a clause.
    parent_asserted: Option<String>,
    /// Records that are missing where the process would have been told.
    missing: Option<String>,
    /// The likeliest process is a PowerShell, and the host shows none of what PowerShells run.
    powershell_unlogged: bool,
    facts: Facts,
    /// What the bound of the process table had cost by then; what it costs later this case does not miss.
    processes_dropped: Option<(u64, Timestamp)>,
    events: Vec<CaseEvent>,
}

impl Settled {
    /// Local or of the domain.
    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }
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

/// Weighs a creation, and takes what the tables will have forgotten by the end.
/// Beside it the tool that made the account, where it is one that makes one and ends.
pub(crate) fn settle(scene: &Scene<'_>, host_name: HostName) -> (Settled, Option<ProcessIndex>) {
    let weighed = weigh(scene);
    let decision = decide(&weighed, scene.sight);
    let chain = decision.named.map(|creator| scene.processes.ancestors(creator)).unwrap_or_default();
    let creator = decision.named.and_then(|index| scene.processes.get(index));
    let line_of = creator.or_else(|| best_process(scene, &decision));
    let origin = origin(scene, &decision, &chain);
    let mut events = events(scene, &decision, &chain);
    events.extend(origin.iter().flat_map(|(_, events)| events.clone()));
    let is_tool = creator.is_some_and(ProcessRecord::is_net_tool);
    let actor = session_actor(scene.creation.event.subject.clone(), scene.session, scene.creation.at());
    let new_source = new_source(scene, &actor, origin.as_ref().map(|(origin, _)| &origin.actor));
    let spent = decision.named.filter(|_| is_tool && decision.verdict == Verdict::Attributed);
    let settled = Settled {
        host_name,
        scope: scene.scope,
        sight: scene.sight,
        actor,
        origin: origin.as_ref().map(|(origin, _)| origin.clone()),
        logon_known: scene.session.is_some(),
        attribution: attribution(scene, &weighed, &decision, &chain),
        sequence: sequence(scene, decision.named, &chain),
        window_rule: window_rule(scene, decision.named, &chain),
        command_line_told: line_of
            .filter(|process| process.start_seen)
            .map(|process| process.command_line.value().is_some()),
        parent_seen: decision.named.is_none() || is_rooted(scene.processes, decision.named, &chain),
        facts: Facts {
            new_source,
            ..facts(scene, &decision, &chain, origin.as_ref().map(|(origin, _)| origin))
        },
        parent_asserted: decision.named.and_then(|creator| asserted_parent(scene, creator, &chain)),
        missing: scene.missing.clone(),
        powershell_unlogged: line_of.is_some_and(is_powershell) && !scene.powershell_logged,
        processes_dropped: scene.processes.dropped(),
        events,
        creation: scene.creation.clone(),
    };
    (settled, spent)
}

fn best_process<'a>(scene: &Scene<'a>, decision: &Decision<'_>) -> Option<&'a ProcessRecord> {
    decision.ranking.iter().find_map(Ranked::process).and_then(|index| scene.processes.get(index))
}

/// An account with what the logon of its session tells; who took the session up again sits where that was.
pub(crate) fn session_actor(account: Principal, session: Option<&LogonSession>, at: Timestamp) -> Actor {
    let reconnection = session.and_then(|session| session.reconnected_before(at));
    let (source_ip, source_host) = match reconnection {
        Some(reconnection) => (reconnection.source_ip.clone(), reconnection.source_host.clone()),
        None => (
            session.and_then(|session| session.source_ip.clone()),
            session.and_then(|session| session.source_host.clone()),
        ),
    };
    Actor {
        account,
        logon_type: session.and_then(|session| session.logon_type),
        logon_at: session.map(|session| session.began_at),
        source_ip,
        source_host,
        elevated: session.and_then(LogonSession::is_elevated),
        // Known at the end: see `HostState::identify`.
        kind: None,
        groups: session.and_then(|session| session.groups.as_deref()).unwrap_or_default().to_vec(),
    }
}

/// Nothing came from where the session, or the one behind it, came from, for as long as this host is heard.
fn new_source(scene: &Scene<'_>, actor: &Actor, behind: Option<&Actor>) -> Option<String> {
    behind
        .into_iter()
        .chain([actor])
        .find_map(|actor| scene.logons.sources.is_new(actor.source_ip.as_ref()?, actor.logon_at?))
}

/// The session behind the actor's, with the records that tell it: a local process that went over the network and
/// came in again; who installed what started the creator; who opened the session for somebody else.
fn origin(
    scene: &Scene<'_>,
    decision: &Decision<'_>,
    chain: &[ProcessIndex],
) -> Option<(Origin, Vec<CaseEvent>)> {
    let creator = decision.named.and_then(|creator| scene.processes.get(creator));
    if let Some(Session::Known(own)) = creator.map(|creator| creator.session).filter(|_| scene.is_loopback) {
        let token = creator.map(|creator| creator.token.clone()).unwrap_or_default();
        let at = scene.creation.at();
        let session = scene.logons.at(own, at, CHANNEL_TOLERANCE);
        return Some((
            Origin { actor: session_actor(token, session, at), via: "loopback", client: None },
            vec![],
        ));
    }
    if let Some(install) = installed(scene, decision, chain) {
        let by = &install.by;
        let session = by.logon_id.filter(|logon_id| !logon_id.is_well_known());
        let session = match (session, &by.sid) {
            (Some(logon_id), _) => scene.logons.at(logon_id, install.at, CHANNEL_TOLERANCE),
            // System's 7045 names who installed it, not from which session: the latest over the network is likeliest.
            (None, Some(sid)) => scene.logons.latest_of(sid, install.at, INSTALLER_LOGON_REACH),
            (None, None) => None,
        };
        let account = match session {
            Some(session) if by.logon_id.is_none() => session.account.clone(),
            _ => by.clone(),
        };
        let actor = session_actor(account, session, install.at);
        let mut events: Vec<CaseEvent> = install.records.iter().map(case_event(Role::Install)).collect();
        events.extend(session.map(|session| case_event(Role::Logon)(&session.record)));
        return Some((Origin { actor, via: install.kind.via(), client: None }, events));
    }
    let from = scene.session?.opened_from.as_ref()?;
    let session = from
        .account
        .logon_id
        .and_then(|logon_id| scene.logons.at(logon_id, from.record.at, CHANNEL_TOLERANCE));
    let actor = session_actor(from.account.clone(), session, from.record.at);
    Some((Origin { actor, via: from.via, client: None }, vec![case_event(Role::Credentials)(&from.record)]))
}

/// What started the creator, or an ancestor of it, for somebody who was gone by then.
fn installed<'s>(
    scene: &'s Scene<'_>,
    decision: &Decision<'_>,
    chain: &[ProcessIndex],
) -> Option<&'s Install> {
    let line = decision.named.into_iter().chain(chain.iter().copied());
    let launched = line.filter_map(|index| scene.processes.get(index)).find_map(|process| {
        let parent = scene.processes.parent_of(process).and_then(|index| scene.processes.get(index));
        let image = process.parent.image.as_deref().or_else(|| parent?.image.as_deref());
        scene.installs.of(process, image)
    });
    launched.or_else(|| {
        let creator = decision.named.and_then(|creator| scene.processes.get(creator))?;
        scene.consumer_of(creator)
    })
}

fn case_event(role: Role) -> impl Fn(&begat_model::RecordRef) -> CaseEvent {
    move |record| CaseEvent { record: record.clone(), role }
}

fn is_powershell(process: &ProcessRecord) -> bool {
    matches!(process.stem(), Some("powershell" | "pwsh" | "powershell_ise" | "wsmprovhost"))
}

/// 4688 names who asked for a process and, as its parent, whom that one named: where the two are of different
/// sessions, and no service stands between them, the parent is only asserted (PPID spoofing).
fn asserted_parent(scene: &Scene<'_>, creator: ProcessIndex, chain: &[ProcessIndex]) -> Option<String> {
    let line: Vec<&ProcessRecord> =
        std::iter::once(&creator).chain(chain).filter_map(|index| scene.processes.get(*index)).collect();
    line.windows(2).find_map(|pair| {
        let (child, parent) = (pair[0], pair[1]);
        let asked_by = child.creator.logon_id.filter(|logon_id| !logon_id.is_well_known())?;
        let Session::Known(of_parent) = parent.session else { return None };
        let at = child.started_at;
        let is_linked = scene.logons.linked_to(asked_by, at, CHANNEL_TOLERANCE) == Some(of_parent);
        (of_parent != asked_by && !is_linked).then(|| {
            let image = child.image.as_deref().unwrap_or("the process");
            format!(
                "{image} was asked for by session {asked_by}, and its parent {} runs in {of_parent}",
                parent.pid
            )
        })
    })
}

fn attribution(
    scene: &Scene<'_>,
    weighed: &Weighed,
    decision: &Decision<'_>,
    chain: &[ProcessIndex],
) -> Attribution {
    let creator = decision.named.and_then(|index| scene.processes.get(index));
    let speaks_for = winner(decision);
    Attribution {
        verdict: decision.verdict,
        reason: reason(scene, decision),
        confidence: decision.confidence,
        creator: creator.map(describe),
        chain: creator.map(|creator| described_chain(scene.processes, creator, chain)).unwrap_or_default(),
        lag: creator
            .filter(|creator| creator.start_seen)
            .map(|creator| scene.creation.at().since(creator.started_at)),
        coincidence: coincidence(scene, decision),
        evidence: speaks_for.map(|ranked| ranked.findings.iter().map(evidence).collect()).unwrap_or_default(),
        alternatives: alternatives(scene, weighed, decision),
    }
}

/// The explanation that the verdict stands on: the process that it names, or what is none.
fn winner<'d, 'w>(decision: &'d Decision<'w>) -> Option<&'d Ranked<'w>> {
    decision.ranking.iter().find(|ranked| match decision.named {
        Some(named) => ranked.process() == Some(named),
        None => stands_for(decision.verdict, ranked),
    })
}

/// The explanation that a verdict without a process stands on.
fn stands_for(verdict: Verdict, ranked: &Ranked<'_>) -> bool {
    let explanation = match verdict {
        Verdict::Remote => Explanation::RemoteCaller,
        Verdict::System => Explanation::Windows,
        Verdict::SessionOnly => Explanation::Impersonation,
        Verdict::Attributed | Verdict::Ambiguous | Verdict::Unknown => Explanation::Unobserved,
    };
    ranked.who == Who::Other(explanation)
}

fn evidence(finding: &Finding) -> Evidence {
    Evidence {
        kind: finding.kind.slug(),
        weight: finding.kind.weight(),
        why: finding.why.clone(),
        events: finding.events.clone(),
    }
}

/// One sentence for every verdict but `attributed`.
fn reason(scene: &Scene<'_>, decision: &Decision<'_>) -> Option<String> {
    let session =
        scene.creation.logon_id().map_or("a session that is not told".to_owned(), |id| id.to_string());
    let source = scene.session.and_then(|session| session.source_ip.as_deref());
    let from = source.map(|ip| format!(" from {ip}")).unwrap_or_default();
    Some(match decision.verdict {
        Verdict::Attributed => return None,
        Verdict::Ambiguous if hands_on(decision) => {
            "It is certain who ran it, and the process that was started for it is not in the log.".to_owned()
        }
        Verdict::Ambiguous => {
            let in_question = |ranked: &&Ranked<'_>| ranked.process().is_some() && ranked.is_plausible();
            let count = decision.ranking.iter().filter(in_question).count();
            format!("{count} processes could have made the call, and nothing tells them apart for certain.")
        }
        Verdict::Remote => {
            format!(
                "Session {session} came over the network{from}, and no process of this host was alive in it."
            )
        }
        Verdict::System => windows_reason(decision).to_owned(),
        Verdict::SessionOnly => {
            format!("Session {session} is known, but no process is alive in it: its token was borrowed.")
        }
        Verdict::Unknown => unknown_reason(scene, decision, &session, &from),
    })
}

/// The named process gave the work to a child that the log lacks.
fn hands_on(decision: &Decision<'_>) -> bool {
    let best = decision.ranking.first().filter(|best| best.probability >= CONFIDENCE_MIN);
    best.is_some_and(|best| best.process() == decision.named && score::hands_on(best))
}

/// What of Windows it was, by the strongest sign.
fn windows_reason(decision: &Decision<'_>) -> &'static str {
    let has = |kind| {
        let best = decision.ranking.first();
        best.is_some_and(|best| best.findings.iter().any(|finding| finding.kind == kind))
    };
    if has(EvidenceKind::ManagedByLaps) {
        "Windows LAPS made it, inside lsass."
    } else if has(EvidenceKind::SetupBuiltinRid) {
        "Windows made it: only Windows gives out such a RID."
    } else {
        "Windows made it while it was being set up."
    }
}

fn unknown_reason(scene: &Scene<'_>, decision: &Decision<'_>, session: &str, from: &str) -> String {
    let best = decision.ranking.iter().find(|ranked| ranked.process().is_some());
    match (scene.sight, best) {
        (ProcessSight::Blind, _) => {
            let session = if from.is_empty() { String::new() } else { format!(" Its session came{from}.") };
            format!("This host shows no process creation (neither 4688 nor Sysmon 1).{session}")
        }
        (ProcessSight::Seen, _) if scene.missing.is_some() => {
            let missing = scene.missing.as_deref().unwrap_or_default();
            format!("What made it may be among the records that this input lacks: {missing}.")
        }
        (ProcessSight::Gap, _) if scene.audit_off => {
            "Process auditing had been switched off before it.".to_owned()
        }
        (ProcessSight::Gap, _) => "This host shows processes, but none around the creation.".to_owned(),
        (ProcessSight::Seen, _) if scene.creation.logon_id().is_none() => {
            "The creation does not say in which session it was made, and no command line names the account."
                .to_owned()
        }
        (ProcessSight::Seen, Some(best)) if best.is_elsewhere() => format!(
            "The likeliest process does not run in session {session}, and nothing shows how it could act in it."
        ),
        (ProcessSight::Seen, Some(_)) => format!(
            "Processes that may hold session {session} are seen, but none is tied to the creation well enough to name it."
        ),
        (ProcessSight::Seen, None) if scene.session.is_some() => {
            format!("The processes of session {session} that are seen were not alive at that moment.")
        }
        (ProcessSight::Seen, None) => {
            format!("No process of session {session} is seen, and its logon is not in the input.")
        }
    }
}

/// The explanations that lost, and the processes that one might suspect and that could not have done it.
fn alternatives(scene: &Scene<'_>, weighed: &Weighed, decision: &Decision<'_>) -> Vec<Alternative> {
    let winner = winner(decision);
    let lost = decision.ranking.iter().filter(|ranked| Some(*ranked) != winner).filter_map(|ranked| {
        let explanation = match &ranked.who {
            Who::Process(index) => Explanation::Process(describe(scene.processes.get(*index)?)),
            Who::Other(explanation) => explanation.clone(),
        };
        let against = against(ranked, winner);
        Some(Alternative { explanation, confidence: ranked.probability, against })
    });
    let ruled_out = weighed.ruled_out.iter().filter_map(|ruled_out| {
        let explanation = Explanation::Process(describe(scene.processes.get(ruled_out.index)?));
        Some(Alternative { explanation, confidence: 0.0, against: format!("{}.", ruled_out.why) })
    });
    lost.take(ALTERNATIVES_MAX).chain(ruled_out.take(ALTERNATIVES_MAX)).collect()
}

/// What spoke against an explanation: its own bad signs, else what the winner has and it has not.
fn against(ranked: &Ranked<'_>, winner: Option<&Ranked<'_>>) -> String {
    let bad: Vec<&str> = ranked
        .findings
        .iter()
        .filter(|finding| finding.kind.weight() < 0.0)
        .map(|finding| &*finding.why)
        .collect();
    if !bad.is_empty() {
        return format!("{}.", bad.join("; "));
    }
    if ranked.process().is_none() {
        return "nothing in the telemetry points to it as strongly.".to_owned();
    }
    let lacks: Vec<&str> = winner
        .into_iter()
        .flat_map(|winner| winner.findings)
        .filter(|finding| ranked.findings.iter().all(|own| own.kind != finding.kind))
        .filter_map(|finding| finding.kind.lacking())
        .collect();
    match lacks.is_empty() {
        true => "as much speaks for it; it only started earlier.".to_owned(),
        false => format!("{}.", lacks.join("; ")),
    }
}

/// A process as a case shows it: without the secrets of its command line.
pub(crate) fn describe(process: &ProcessRecord) -> Process {
    Process {
        pid: Some(process.pid),
        image: process.image.clone(),
        command_line: process.command_line.value().map(|line| redact(line).into_owned()),
        started_at: process.start_seen.then_some(process.started_at),
        user: user(&process.token),
        logon_id: match process.session {
            Session::Known(logon_id) => Some(logon_id),
            Session::NotTold => None,
        },
        original_file_name: process.original_file_name.clone(),
        guid: process.guid,
        hashes: process.hashes.as_deref().map(file_hashes).unwrap_or_default(),
        rules: process.rules.clone(),
    }
}

/// The same of a process that has just begun.
pub(crate) fn describe_created(created: &ProcessCreated) -> Process {
    let account = created.own_account();
    Process {
        pid: Some(created.pid),
        image: created.image.clone(),
        command_line: created.command_line.value().map(|line| redact(line).into_owned()),
        started_at: Some(created.started_at),
        user: user(account),
        logon_id: account.logon_id,
        original_file_name: created.original_file_name.clone(),
        guid: created.guid,
        hashes: created.hashes.as_deref().map(file_hashes).unwrap_or_default(),
        rules: created.rules.clone(),
    }
}

fn user(account: &Principal) -> Option<String> {
    match (&account.domain, &account.name) {
        (Some(domain), Some(name)) => Some(format!("{domain}\\{name}")),
        (None, Some(name)) => Some(name.to_string()),
        _ => account.sid.as_ref().map(Sid::to_string),
    }
}

/// The ancestors, parent first; the last one is known only from its child where its own start was not seen.
fn described_chain(
    processes: &ProcessTable,
    creator: &ProcessRecord,
    chain: &[ProcessIndex],
) -> Vec<Process> {
    let seen: Vec<&ProcessRecord> = chain.iter().filter_map(|index| processes.get(*index)).collect();
    let eldest = seen.last().copied().unwrap_or(creator);
    let unseen = (eldest.parent.pid.is_some() || eldest.parent.image.is_some()).then(|| Process {
        pid: eldest.parent.pid,
        image: eldest.parent.image.clone(),
        command_line: eldest.parent.command_line.as_deref().map(|line| redact(line).into_owned()),
        guid: eldest.parent.guid,
        ..Process::default()
    });
    seen.into_iter().map(describe).chain(unseen).collect()
}

/// The chain ends where Windows' own begins (pid 4 is the kernel), not where the log does.
fn is_rooted(processes: &ProcessTable, creator: Option<ProcessIndex>, chain: &[ProcessIndex]) -> bool {
    let eldest = chain.last().copied().or(creator).and_then(|index| processes.get(index));
    eldest.is_some_and(|eldest| matches!(eldest.parent.pid, Some(ProcessId(0 | 4))))
}

/// The analytic as ATT&CK words it: a local account, and its creator, or an ancestor in the same session, is a
/// suspicious executable that started within the window before.
fn sequence(scene: &Scene<'_>, creator: Option<ProcessIndex>, chain: &[ProcessIndex]) -> bool {
    let Some(creator) = creator.filter(|_| scene.scope == Scope::Local) else { return false };
    let Some(session) = scene.processes.get(creator).map(|process| process.session) else { return false };
    std::iter::once(creator).chain(chain.iter().copied()).any(|index| {
        scene.processes.get(index).is_some_and(|process| {
            let same_session =
                index == creator || (process.session == session && session != Session::NotTold);
            let in_window =
                process.start_seen && scene.creation.at() - process.started_at <= scene.tuning.window;
            same_session && in_window && suspicion(&scene.tuning.analytic, scene.processes, process).is_some()
        })
    })
}

fn window_rule(scene: &Scene<'_>, creator: Option<ProcessIndex>, chain: &[ProcessIndex]) -> WindowRule {
    let nearest = nearest_suspicious(scene);
    WindowRule {
        process: nearest.and_then(|index| scene.processes.get(index)).map(describe),
        agrees: nearest.is_some_and(|nearest| creator == Some(nearest) || chain.contains(&nearest)),
    }
}

fn facts(
    scene: &Scene<'_>,
    decision: &Decision<'_>,
    chain: &[ProcessIndex],
    origin: Option<&Origin>,
) -> Facts {
    let creator = decision.named.and_then(|index| scene.processes.get(index));
    let line: Vec<&ProcessRecord> =
        creator.into_iter().chain(chain.iter().filter_map(|index| scene.processes.get(*index))).collect();
    let own: Vec<&&ProcessRecord> = line
        .iter()
        .filter(|process| creator.is_some_and(|creator| process.session == creator.session))
        .collect();
    let kin = decision.named.map(|creator| lineage(scene.processes, creator, chain)).unwrap_or_default();
    let analytic = &scene.tuning.analytic;
    let actor = session_actor(scene.creation.event.subject.clone(), scene.session, scene.creation.at());
    Facts {
        verdict: Some(decision.verdict),
        scope: Some(scene.scope),
        tool: creator.and_then(|creator| suspicious::tool(analytic, subject(scene.processes, creator))),
        writable_path: own
            .iter()
            .filter_map(|process| process.image.as_deref())
            .find(|image| suspicious::is_user_writable(image))
            .map(str::to_owned),
        renamed: own
            .iter()
            .find(|process| {
                suspicious::is_renamed(process.image.as_deref(), process.original_file_name.as_deref())
            })
            .and_then(|process| process.original_file_name.as_deref().map(str::to_owned)),
        odd_ancestor: ancestor::odd_ancestor(&kin),
        concealed: own.iter().find_map(|process| concealed(process)),
        lateral: line
            .iter()
            .find_map(|process| lateral_channel(scene.processes, process))
            .or_else(|| origin.and_then(installed_remotely)),
        hidden_name: scene.creation.event.account.name.as_deref().is_some_and(|name| name.ends_with('$')),
        parents: ancestor::site_points(&analytic.parents, &kin),
        user_contexts: user_context::site_points(&analytic.user_contexts, &actor),
        ..Facts::default()
    }
}

fn concealed(process: &ProcessRecord) -> Option<String> {
    let names = [process.image.as_deref(), process.original_file_name.as_deref()];
    let how = concealment(names, process.command_line.value()?)?;
    Some(format!("{} {how}", process.stem().unwrap_or("a process without a name")))
}

fn lateral_channel(processes: &ProcessTable, process: &ProcessRecord) -> Option<&'static str> {
    suspicious::launcher(subject(processes, process)).map(|row| row.reason)
}

/// A service, task or subscription is a channel too, where whoever installed it came over the network.
fn installed_remotely(origin: &Origin) -> Option<&'static str> {
    let kind = LaunchKind::ALL.iter().find(|kind| kind.via() == origin.via)?;
    (origin.actor.logon_type == Some(3)).then_some(match kind {
        LaunchKind::Service => "started by a service that was installed over the network",
        LaunchKind::Task => "started by a task that was installed over the network",
        LaunchKind::WmiConsumer => "started by a WMI subscription that was made over the network",
    })
}

/// The records of the processes, of the session, and of what else points to the explanation that was chosen.
fn events(scene: &Scene<'_>, decision: &Decision<'_>, chain: &[ProcessIndex]) -> Vec<CaseEvent> {
    let mut events = Vec::new();
    for process in decision.named.iter().chain(chain).filter_map(|index| scene.processes.get(*index)) {
        events.extend(process.created_by.iter().map(|record| case_event(role_of(record))(record)));
        events.extend(process.ended_by.iter().map(case_event(Role::ProcessEnd)));
    }
    let winner = winner(decision);
    let signs = winner.into_iter().flat_map(|winner| winner.findings).flat_map(|finding| &finding.events);
    events.extend(signs.map(|record| case_event(role_of(record))(record)));
    if let Some(session) = scene.session {
        events.push(case_event(Role::Logon)(&session.record));
        events.extend(session.privileges.iter().map(case_event(Role::Privileges)));
        let reconnection = session.reconnected_before(scene.creation.at());
        events.extend(reconnection.map(|reconnection| case_event(Role::Logon)(&reconnection.record)));
    }
    events
}

/// What a record is to the case whose explanation rests on it.
fn role_of(record: &begat_model::RecordRef) -> Role {
    match record.kind {
        EventKind::ProcessEnded | EventKind::SysmonProcessEnded => Role::ProcessEnd,
        EventKind::LoggedOn | EventKind::SessionReconnected => Role::Logon,
        EventKind::AccountCreated => Role::Creation,
        EventKind::ScriptBlock
        | EventKind::PipelineExecuted
        | EventKind::CoreScriptBlock
        | EventKind::CorePipelineExecuted => Role::Script,
        EventKind::UserQueried | EventKind::GroupQueried => Role::Query,
        EventKind::ShareFileOpened => Role::RemoteAccess,
        EventKind::ServiceInstalled
        | EventKind::ServiceInstalledSystem
        | EventKind::TaskCreated
        | EventKind::SysmonWmiConsumer
        | EventKind::WmiConsumerBound => Role::Install,
        EventKind::ClockChanged | EventKind::LogCleared | EventKind::AuditPolicyChanged => Role::Blinding,
        _ => Role::Process,
    }
}

/// The chance that a suspicious process stood in the window by accident, from how often this host starts one:
/// 1 - e^(-rate x window). Told where nothing but time speaks for the creator.
fn coincidence(scene: &Scene<'_>, decision: &Decision<'_>) -> Option<f64> {
    use EvidenceKind::{
        CreateCapable, ExitsRightAfter, SessionNotTold, SharesServiceSession, StartedInWindow,
    };
    let named = decision.named?;
    let ranked = decision.ranking.iter().find(|ranked| ranked.process() == Some(named))?;
    let weak = [CreateCapable, ExitsRightAfter, SessionNotTold, SharesServiceSession, StartedInWindow];
    let only_time =
        ranked.findings.iter().all(|finding| finding.kind.weight() < 0.0 || weak.contains(&finding.kind));
    let window_seconds = scene.tuning.window.seconds();
    (only_time).then_some(scene.suspicious_per_second?).map(|rate| 1.0 - (-rate * window_seconds).exp())
}

/// The whole case, once the account's life is known as far as the input goes.
pub(crate) fn assemble(host: &HostState, about: &About, mut settled: Settled) -> Case {
    host.identify(&mut settled.actor);
    settled.origin.iter_mut().for_each(|origin| host.identify(&mut origin.actor));
    let created = &settled.creation.event;
    let life = created.account.sid.as_ref().and_then(|sid| host.accounts.life(sid));
    let mut facts = settled.facts.clone();
    let outcome = life.map_or(Outcome::Persists, AccountLife::outcome);
    facts.outcome = Some(outcome);
    facts.host = about.role.clone();
    let names = names(created, life);
    facts.look_alike_name = names.iter().find_map(|(name, rid)| naming::look_alike(name, *rid));
    if let Some(life) = life {
        add_life_facts(&mut facts, &settled.creation, life, &host.tuning.analytic);
    }
    let (risk, severity) = risk::assess(&facts);
    Case {
        case_id: case_id(&settled),
        sequence: settled.sequence,
        severity,
        risk,
        created_at: settled.creation.at(),
        account: account(&settled, life),
        outcome,
        afterwards: life.map(|life| life.afterwards.clone()).unwrap_or_default(),
        blind_spots: blind_spots(host, &settled, life),
        events: all_events(host, &settled, life),
        wave: None,
        context: Context { name_signs: name_signs(&names), rarity: None },
        authorisation: Authorisation::default(),
        host: CaseHost {
            netbios: settled.host_name.netbios(),
            domain_controller: match settled.scope {
                Scope::Domain => Some(true),
                Scope::Local => Some(false),
                Scope::Unknown => None,
            },
            role: about.role.clone(),
            owner: about.owner.clone(),
            name: settled.host_name,
        },
        window_rule: settled.window_rule,
        actor: settled.actor,
        origin: settled.origin,
        attribution: settled.attribution,
    }
}

/// The account's names, first and last, with the RID that tells whether a reserved one is in the right hands.
fn names(created: &AccountCreated, life: Option<&AccountLife>) -> Vec<(Text, Option<u32>)> {
    let sid = created.account.sid.as_ref().filter(|sid| sid.authority_prefix().is_some());
    let rid = sid.and_then(Sid::rid);
    let (first, last) = (created.account.name.clone(), life.and_then(|life| life.name.clone()));
    let last = last.filter(|last| Some(last) != first.as_ref());
    first.into_iter().chain(last).map(|name| (name, rid)).collect()
}

/// What is odd about any of its names, each sign once.
fn name_signs(names: &[(Text, Option<u32>)]) -> Vec<NameSign> {
    let mut signs: Vec<NameSign> = Vec::new();
    for sign in names.iter().flat_map(|(name, rid)| naming::signs(name, *rid)) {
        if signs.iter().all(|known| known.kind != sign.kind) {
            signs.push(sign);
        }
    }
    signs
}

/// The same creation gives the same id in every run, from every carrier: so no more of its time than all have.
fn case_id(settled: &Settled) -> String {
    let created = &settled.creation.event;
    let account = match (&created.account.sid, &created.account.name) {
        (Some(sid), _) => sid.to_string(),
        (None, Some(name)) => name.to_lowercase(),
        (None, None) => String::new(),
    };
    let second = settled.creation.at().unix_seconds();
    let identity = format!("begat.case/1\n{}\n{account}\n{second}", settled.host_name.netbios());
    stable_id(&identity)
}

fn account(settled: &Settled, life: Option<&AccountLife>) -> CaseAccount {
    let created = &settled.creation.event.account;
    CaseAccount {
        name: life.and_then(|life| life.name.clone()).or_else(|| created.name.clone()),
        created_as: created.name.clone(),
        sid: created.sid.clone(),
        domain: created.domain.clone(),
        scope: settled.scope,
        privileged: life.is_some_and(AccountLife::is_privileged),
        groups: life.map(|life| life.groups.iter().cloned().collect()).unwrap_or_default(),
    }
}

fn add_life_facts(facts: &mut Facts, creation: &Creation, life: &AccountLife, site: &Analytic) {
    let at = creation.at();
    let soon = |when: Timestamp| when - at <= risk::SOON;
    for afterward in &life.afterwards {
        match &afterward.what {
            What::AddedToGroup { group_sid, group_name, privileged: true } => {
                let Some(power) = group_power(group_sid, group_name.as_ref(), &site.privileged_groups) else {
                    continue;
                };
                let slot = match (soon(afterward.at), power.is_high) {
                    (true, true) => &mut facts.high_group,
                    (true, false) => &mut facts.medium_group,
                    (false, true) => &mut facts.later_high_group,
                    (false, false) => &mut facts.later_medium_group,
                };
                let told = match soon(afterward.at) {
                    true => power.name,
                    false => format!("put into {} {} after its creation", power.name, afterward.at - at),
                };
                slot.get_or_insert(told);
            }
            What::LoggedOn { logon_type, source_ip } if afterward.at - at <= risk::FIRST_USE => {
                let told = remote_logon(*logon_type, source_ip.as_deref());
                facts.remote_logon = facts.remote_logon.take().or(told);
            }
            What::LogCleared => facts.covered_up = Some("the same actor cleared the Security log"),
            What::AuditPolicyChanged => facts.covered_up = Some("the same actor switched off auditing"),
            What::Renamed { to } => facts.hidden_name |= to.ends_with('$'),
            _ => {}
        }
    }
    match &life.covered_before {
        Some(What::LogCleared) => {
            facts.covered_up =
                facts.covered_up.or(Some("the same actor had cleared the Security log before"));
        }
        Some(_) => {
            facts.covered_up = facts.covered_up.or(Some("the same actor had switched off auditing before"));
        }
        None => {}
    }
    facts.password_never_expires = life.uac_value.is_some_and(|bits| bits & 0x200 != 0);
    let same_session = |by: &Principal| by.logon_id.is_some() && by.logon_id == creation.logon_id();
    facts.deleted_by_maker = life
        .deleted
        .as_ref()
        .filter(|(when, by)| soon(*when) && same_session(by))
        .map(|(when, _)| *when - at);
}

/// A logon from elsewhere, as a clause. Local logons of type 3 leave the address out, as WinRM's do: they prove nothing.
fn remote_logon(logon_type: Option<u32>, source_ip: Option<&str>) -> Option<String> {
    let is_loopback = |ip: &&str| ip.parse::<core::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    match (logon_type, source_ip) {
        (Some(3 | 10), Some(ip)) if is_loopback(&ip) => None,
        (Some(3), Some(ip)) => Some(format!("it logged on over the network from {ip}")),
        (Some(10), Some(ip)) => Some(format!("it logged on over remote desktop from {ip}")),
        (Some(10), None) => Some("it logged on over remote desktop".to_owned()),
        _ => None,
    }
}

fn all_events(host: &HostState, settled: &Settled, life: Option<&AccountLife>) -> Vec<CaseEvent> {
    let mut events = settled.events.clone();
    events.push(CaseEvent { record: settled.creation.record.clone(), role: Role::Creation });
    events.extend(life.into_iter().flat_map(|life| life.events.clone()));
    events.extend(relevant_blindings(host, settled).map(Blinding::case_event));
    events.sort();
    events.dedup_by(|a, b| a.record == b.record);
    events
}

/// Cleared logs and switched-off auditing of before the creation, and a clock that was set around it.
fn relevant_blindings<'a>(host: &'a HostState, settled: &Settled) -> impl Iterator<Item = &'a Blinding> {
    let at = settled.creation.at();
    host.blindings.iter().filter(move |blinding| match blinding {
        Blinding::LogCleared(record) | Blinding::AuditSwitchedOff(record) => record.at <= at,
        Blinding::LogServiceStopped(record) | Blinding::EventsDropped(record) => {
            (record.at - at).magnitude() <= INTERRUPTION_NEAR
        }
        Blinding::ClockChanged(record, _) => (record.at - at).magnitude() <= CLOCK_NEAR,
    })
}

/// What this host did not show, and the attribution would have used.
fn blind_spots(host: &HostState, settled: &Settled, life: Option<&AccountLife>) -> Vec<BlindSpot> {
    let mut spots = Vec::new();
    let mut tell = |kind, detail: String| spots.push(BlindSpot { kind, detail });
    match settled.sight {
        ProcessSight::Blind => tell(
            BlindSpotKind::NoProcessTelemetry,
            // No number: it would count what was read twice.
            "none of its records in this input is a process creation (4688, Sysmon 1)".to_owned(),
        ),
        ProcessSight::Gap => {
            tell(
                BlindSpotKind::ProcessTelemetryGap,
                "no process creation within 30 minutes of it".to_owned(),
            );
        }
        ProcessSight::Seen => {}
    }
    let lines_hidden = host.command_lines.with == 0 && host.command_lines.without > 0;
    if settled.command_line_told == Some(false) || (settled.command_line_told.is_none() && lines_hidden) {
        let detail = "process creation is audited without command lines";
        tell(BlindSpotKind::CommandLineMissing, detail.to_owned());
    }
    if let Some(detail) = unseen_parent(settled) {
        tell(BlindSpotKind::ParentMissing, detail);
    }
    match settled.creation.logon_id() {
        None => tell(BlindSpotKind::SubjectMissing, "the record names no logon session".to_owned()),
        Some(id) if !settled.logon_known && !id.is_well_known() => {
            tell(
                BlindSpotKind::LogonMissing,
                format!("the logon (4624) of session {id} is not in this input"),
            );
        }
        Some(_) => {}
    }
    if let Some(detail) = &settled.missing {
        tell(BlindSpotKind::EventsLost, detail.clone());
    }
    if let Some(detail) = &settled.parent_asserted {
        tell(BlindSpotKind::ParentAsserted, detail.clone());
    }
    if settled.powershell_unlogged {
        let detail =
            "a PowerShell is the likeliest, and this host shows nothing of what PowerShells run (4104)";
        tell(BlindSpotKind::PowershellLoggingOff, detail.to_owned());
    }
    if let Some(id) = settled.creation.logon_id().filter(|id| id.is_well_known()) {
        let detail = format!("every service of this host runs in {id}: the session says nothing of who acts");
        tell(BlindSpotKind::SessionShared, detail);
    }
    for blinding in relevant_blindings(host, settled) {
        let (kind, detail) = blinding_detail(blinding);
        tell(kind, detail);
    }
    spots.extend(bound_spots(host, settled, life));
    spots.sort();
    spots.dedup();
    spots
}

fn unseen_parent(settled: &Settled) -> Option<String> {
    let eldest = settled.attribution.chain.last().filter(|_| !settled.parent_seen);
    if settled.parent_seen {
        return None;
    }
    Some(match eldest.and_then(|process| process.pid) {
        Some(pid) => format!("the start of process {pid}, the eldest of the chain, is not in this input"),
        None => "the creator's parent is not told".to_owned(),
    })
}

fn blinding_detail(blinding: &Blinding) -> (BlindSpotKind, String) {
    match blinding {
        Blinding::LogCleared(record) => {
            (BlindSpotKind::LogCleared, format!("the Security log was cleared at {}", record.at))
        }
        Blinding::AuditSwitchedOff(record) => {
            (BlindSpotKind::AuditPolicyChanged, format!("auditing was switched off in part at {}", record.at))
        }
        Blinding::LogServiceStopped(record) => (
            BlindSpotKind::EventsLost,
            format!(
                "the event log service stopped at {}: nothing was recorded until it ran again",
                record.at
            ),
        ),
        Blinding::EventsDropped(record) => {
            (BlindSpotKind::EventsLost, format!("audit events were dropped at {}", record.at))
        }
        Blinding::ClockChanged(record, step) => {
            (BlindSpotKind::ClockChanged, format!("the clock was set by {step} at {}", record.at))
        }
    }
}

/// What bounds and the carrier cost.
fn bound_spots(host: &HostState, settled: &Settled, life: Option<&AccountLife>) -> Vec<BlindSpot> {
    let mut spots = Vec::new();
    let mut tell = |kind, detail: String| spots.push(BlindSpot { kind, detail });
    if settled.creation.at().precision() == begat_model::Precision::SECONDS {
        let detail = "times are in whole seconds; record ids order what shares one";
        tell(BlindSpotKind::TimePrecision, detail.to_owned());
    }
    if host.name_is_ambiguous {
        let name = &settled.host_name;
        tell(
            BlindSpotKind::HostNameAmbiguous,
            format!("{name} shares its short name with another host of this input"),
        );
    }
    if let Some((count, until)) = settled.processes_dropped {
        let detail = format!("{count} processes that started until {until} were dropped to bound memory");
        tell(BlindSpotKind::TableBound, detail);
    }
    let at = settled.creation.at();
    if let Some((from, until)) = host.told_late.filter(|(from, until)| (*from..=*until).contains(&at)) {
        let detail = format!(
            "processes that started since {from} were told up to {until}, longer after than is waited for"
        );
        tell(BlindSpotKind::TableBound, detail);
    }
    if host.logons.dropped() > 0 {
        tell(
            BlindSpotKind::TableBound,
            format!("{} logon sessions were dropped to bound memory", host.logons.dropped()),
        );
    }
    if host.logons.lists_dropped() > 0 {
        let detail = format!("{} lists of groups were left out to bound memory", host.logons.lists_dropped());
        tell(BlindSpotKind::TableBound, detail);
    }
    if host.logons.sources.dropped() > 0 {
        let count = host.logons.sources.dropped();
        let detail = format!(
            "the sources of {count} logons were not remembered, to bound memory: new ones are not told"
        );
        tell(BlindSpotKind::TableBound, detail);
    }
    if host
        .signs
        .dropped_until()
        .is_some_and(|until| until + crate::signs::SCRIPT_REACH >= settled.creation.at())
    {
        tell(
            BlindSpotKind::TableBound,
            "scripts and account lookups of before were dropped to bound memory".to_owned(),
        );
    }
    if host.installs.dropped() > 0 {
        let detail = format!("{} services and tasks were dropped to bound memory", host.installs.dropped());
        tell(BlindSpotKind::TableBound, detail);
    }
    if host.accounts.dropped() > 0 && life.is_none() {
        tell(
            BlindSpotKind::TableBound,
            "the life of this account was not followed, to bound memory".to_owned(),
        );
    }
    if let Some(left_out) = life.map(|life| life.left_out).filter(|left_out| *left_out > 0) {
        tell(
            BlindSpotKind::TableBound,
            format!("{left_out} later happenings of this account are not listed"),
        );
    }
    spots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logon_from_elsewhere_is_one_over_the_network_or_remote_desktop_that_says_from_where() {
        for (logon_type, ip, remote) in [
            (Some(3), Some("10.0.0.9"), true),
            (Some(10), Some("10.0.0.9"), true),
            (Some(10), None, true),
            (Some(3), None, false),
            (Some(3), Some("127.0.0.1"), false),
            (Some(3), Some("::1"), false),
            (Some(10), Some("127.0.0.1"), false),
            (Some(2), Some("10.0.0.9"), false),
            (None, Some("10.0.0.9"), false),
        ] {
            assert_eq!(remote_logon(logon_type, ip).is_some(), remote, "{logon_type:?} {ip:?}");
        }
    }
}

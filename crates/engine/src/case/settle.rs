//! What must be taken of a creation while the tables hold it.

use std::collections::BTreeMap;

use begat_model::carrier::CarrierLacks;
use begat_model::case::{
    Actor, Attribution, BlindSpot, CaseEvent, Certainty, Missing, Origin, RiskReason, Scope, Verdict,
    WindowRule,
};
use begat_model::{HostName, ProcessId, RecordRef, Text, Timestamp};

use crate::case::attribution::attribution;
use crate::case::describe::{describe, session_actor};
use crate::case::events::events;
use crate::case::facts::facts;
use crate::case::origin::origin;
use crate::cause::creation::Creation;
use crate::cause::scene::Scene;
use crate::cause::score::{Decision, Ranked, decide};
use crate::cause::weigh::weigh;
use crate::cause::window_rule::{is_suspicious, nearest_suspicious};
use crate::severity::risk::Facts;
use crate::sight::visibility::ProcessSight;
use crate::spans::{CHANNEL_TOLERANCE, CLEARED_NEAR, STARTED_NEAR};
use crate::tables::process::record::{ProcessIndex, ProcessRecord, Session};
use crate::tables::process::table::ProcessTable;

/// What was taken of a creation when it was weighed.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(super) creation: Creation,
    pub(super) host_name: HostName,
    pub(super) scope: Scope,
    pub(super) sight: ProcessSight,
    pub(super) actor: Actor,
    pub(super) origin: Option<Origin>,
    pub(super) logon_known: bool,
    pub(super) attribution: Attribution,
    pub(super) sequence: bool,
    pub(super) window_rule: WindowRule,
    pub(super) command_line_told: Option<bool>,
    pub(super) parent_seen: bool,
    /// More processes could have than were weighed.
    pub(super) is_cut: bool,
    /// From when on records were asked for to explain it.
    pub(super) needs: Timestamp,
    /// Whose parent is only what its starter claimed.
    pub(super) parent_asserted: Option<BlindSpot>,
    /// Records that are missing where the process would have been told.
    pub(super) missing: Option<Missing>,
    /// Only some programs' starts are in the input.
    pub(super) is_filtered: bool,
    pub(super) carriers_lack: BTreeMap<Text, CarrierLacks>,
    /// Of a script that the likeliest process ran, so many pieces of so many are missing.
    pub(super) pieces_missing: Option<(u64, u64)>,
    /// The likeliest process is a PowerShell, and the host shows none of what PowerShells run.
    pub(super) powershell_unlogged: bool,
    pub(super) facts: Facts,
    /// What the bound of the process table had cost by then; what it costs later this case does not miss.
    pub(super) processes_dropped: Option<(u64, Timestamp)>,
    pub(super) events: Vec<CaseEvent>,
    /// What of it is known to be of the machine that made the account, should several bear its name.
    pub(super) of_one_machine: OfOneMachine,
}

/// What is known to be of the machine that made an account, as the numbers of records show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OfOneMachine {
    /// The session's logon.
    pub(super) session: bool,
    /// The process that is named; true where none is.
    pub(super) process: bool,
}

impl Settled {
    /// Local or of the domain.
    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }
}

/// Weighs a creation, and takes what the tables will have forgotten by the end.
/// Beside it the tool that made the account, where it is one that makes one and ends. `is_of_maker` tells of a record
/// whether it is of the machine that wrote the creation's, should several bear its name.
pub(crate) fn settle(
    scene: &Scene<'_>,
    host_name: HostName,
    is_of_maker: impl Fn(&RecordRef) -> bool,
) -> (Settled, Option<ProcessIndex>) {
    let weighed = weigh(scene);
    let decision = decide(&weighed, scene.telemetry.sight);
    let chain = decision.named.map(|creator| scene.processes.ancestors(creator)).unwrap_or_default();
    let creator = decision.named.and_then(|index| scene.processes.get(index));
    let line_of = creator.or_else(|| best_process(scene, &decision));
    let origin = origin(scene, &decision, &chain);
    let mut events = events(scene, &decision, &chain);
    events.extend(origin.iter().flat_map(|(_, events)| events.clone()));
    let is_tool = creator.is_some_and(ProcessRecord::is_net_tool);
    let actor =
        session_actor(scene.creation.event.subject.clone(), scene.behind.session, scene.creation.at());
    let behind = origin.as_ref().map(|(origin, _)| origin);
    let shown_behind = behind.filter(|origin| origin.certainty == Certainty::Proven);
    let new_source = new_source(scene, &actor, shown_behind.map(|origin| &origin.actor));
    let spent = decision.named.filter(|_| is_tool && decision.verdict == Verdict::Attributed);
    // A sensor names the process in the record of the creation itself.
    let is_told = scene.creation.event.initiating.is_some();
    let of_one_machine = OfOneMachine {
        session: scene.behind.session.is_none_or(|session| is_of_maker(&session.record)),
        process: creator.is_none_or(|process| is_told || process.created_by.iter().any(&is_of_maker)),
    };
    let settled = Settled {
        of_one_machine,
        host_name,
        scope: scene.machine.scope,
        sight: scene.telemetry.sight,
        actor,
        origin: behind.cloned(),
        logon_known: scene.behind.session.is_some(),
        attribution: attribution(scene, &weighed, &decision, &chain),
        sequence: sequence(scene, decision.named, &chain),
        window_rule: window_rule(scene, decision.named, &chain),
        command_line_told: line_of
            .filter(|process| process.start_seen)
            .map(|process| process.command_line.value().is_some()),
        parent_seen: decision.named.is_none() || is_rooted(scene.processes, decision.named, &chain),
        facts: Facts { new_source, ..facts(scene, &decision, &chain, behind) },
        is_cut: weighed.is_cut,
        needs: needs(scene, decision.named, &chain),
        parent_asserted: decision.named.and_then(|creator| asserted_parent(scene, creator, &chain)),
        missing: scene.telemetry.missing.clone(),
        is_filtered: scene.telemetry.is_filtered,
        carriers_lack: scene.pointers.sight.carriers_lack(),
        pieces_missing: line_of
            .filter(|process| process.is_powershell())
            .and_then(|process| scene.pointers.script_log.pieces_missing(process.pid?, scene.creation.at())),
        powershell_unlogged: line_of.is_some_and(ProcessRecord::is_powershell)
            && !scene.telemetry.powershell_logged,
        processes_dropped: scene.processes.dropped(),
        events,
        creation: scene.creation.clone(),
    };
    (settled, spent)
}

fn best_process<'a>(scene: &Scene<'a>, decision: &Decision<'_>) -> Option<&'a ProcessRecord> {
    decision.ranking.iter().find_map(Ranked::process).and_then(|index| scene.processes.get(index))
}

/// Nothing came from where the session, or the one behind it, came from, for as long as this host is heard.
fn new_source(scene: &Scene<'_>, actor: &Actor, behind: Option<&Actor>) -> Option<RiskReason> {
    behind.into_iter().chain([actor]).find_map(|actor| {
        let source = actor.source_ip.clone()?;
        let since = scene.logons.sources.new_since(&source, actor.logon_at?)?;
        Some(RiskReason::NewSource { source, since })
    })
}

/// 4688 names who asked for a process and, as its parent, whom that one named: where the two are of different
/// sessions, and no service stands between them, the parent is only asserted (PPID spoofing).
fn asserted_parent(scene: &Scene<'_>, creator: ProcessIndex, chain: &[ProcessIndex]) -> Option<BlindSpot> {
    let line: Vec<&ProcessRecord> =
        std::iter::once(&creator).chain(chain).filter_map(|index| scene.processes.get(*index)).collect();
    line.windows(2).find_map(|pair| {
        let (child, parent) = (pair[0], pair[1]);
        let asked_by = child.creator.logon_id.filter(|logon_id| !logon_id.is_well_known())?;
        let (Session::Known(parent_session), Some(parent_pid)) = (parent.session, parent.pid) else {
            return None;
        };
        let at = child.started_at;
        let is_linked = scene.logons.linked_to(asked_by, at, CHANNEL_TOLERANCE) == Some(parent_session);
        (parent_session != asked_by && !is_linked).then(|| BlindSpot::ParentAsserted {
            image: child.image.clone(),
            asked_by,
            parent: parent_pid,
            parent_session,
        })
    })
}

/// From when on the log was asked what led to a creation: from the logon of its session, the start of its creator's
/// eldest ancestor, or the window before it. What of these is not in the input began before, but not before Windows did.
fn needs(scene: &Scene<'_>, creator: Option<ProcessIndex>, chain: &[ProcessIndex]) -> Timestamp {
    let at = scene.creation.at();
    let own_session = scene.behind.session.filter(|session| !session.is_shared());
    let is_whole = creator.is_none() || is_rooted(scene.processes, creator, chain);
    let lacks_logon =
        own_session.is_none() && scene.creation.logon_id().is_some_and(|id| !id.is_well_known());
    let line = creator.into_iter().chain(chain.iter().copied());
    let starts = line.filter_map(|index| scene.processes.get(index)).map(|process| process.started_at);
    let known = starts.chain(own_session.map(|session| session.began_at)).chain([at - STARTED_NEAR]).min();
    let known = known.unwrap_or(at).min(at);
    if is_whole && !lacks_logon {
        return known;
    }
    let began = (at - CLEARED_NEAR).max(scene.machine.host_started_at.unwrap_or(at - CLEARED_NEAR));
    known.min(began)
}

/// The chain ends where Windows' own begins (pid 4 is the kernel), not where the log does.
fn is_rooted(processes: &ProcessTable, creator: Option<ProcessIndex>, chain: &[ProcessIndex]) -> bool {
    let eldest = chain.last().copied().or(creator).and_then(|index| processes.get(index));
    eldest.is_some_and(|eldest| matches!(eldest.parent.pid, Some(ProcessId(0 | 4))))
}

/// The analytic as ATT&CK words it: a local account, and its creator, or an ancestor in the same session, is a
/// suspicious executable that started within the window before.
pub(super) fn sequence(scene: &Scene<'_>, creator: Option<ProcessIndex>, chain: &[ProcessIndex]) -> bool {
    let Some(creator) = creator.filter(|_| scene.machine.scope == Scope::Local) else { return false };
    let Some(session) = scene.processes.get(creator).map(|process| process.session) else { return false };
    std::iter::once(creator).chain(chain.iter().copied()).any(|index| {
        scene.processes.get(index).is_some_and(|process| {
            let same_session =
                index == creator || (process.session == session && session != Session::NotTold);
            let in_window =
                process.start_seen && scene.creation.at() - process.started_at <= scene.tuning.window;
            same_session && in_window && is_suspicious(&scene.tuning.analytic, scene.processes, process)
        })
    })
}

pub(super) fn window_rule(
    scene: &Scene<'_>,
    creator: Option<ProcessIndex>,
    chain: &[ProcessIndex],
) -> WindowRule {
    let nearest = nearest_suspicious(scene);
    WindowRule {
        process: nearest.and_then(|index| scene.processes.get(index)).map(describe),
        agrees: nearest.is_some_and(|nearest| creator == Some(nearest) || chain.contains(&nearest)),
    }
}

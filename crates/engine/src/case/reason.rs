//! Why a verdict names no process for certain.

use begat_model::Text;
use begat_model::case::{Explanation, Missing, Proof, Reason, Verdict};

use crate::cause::evidence::EvidenceKind;
use crate::cause::scene::Scene;
use crate::cause::score::{self, CONFIDENCE_MIN, Decision, Ranked, Who};
use crate::sight::visibility::ProcessSight;

/// The explanation that the verdict stands on: the process that it names, or what is none.
pub(super) fn winner<'d, 'w>(decision: &'d Decision<'w>) -> Option<&'d Ranked<'w>> {
    decision.ranking.iter().find(|ranked| match decision.named {
        Some(named) => ranked.process() == Some(named),
        None if decision.verdict == Verdict::Ambiguous => ranked.process().is_some(),
        None => stands_for(decision.verdict, ranked),
    })
}

/// The explanation that a verdict without a process stands on.
fn stands_for(verdict: Verdict, ranked: &Ranked<'_>) -> bool {
    let explanation = match verdict {
        Verdict::Remote => Explanation::RemoteCaller,
        Verdict::System => Explanation::Windows,
        Verdict::SessionOnly => Explanation::Impersonation,
        Verdict::Attributed | Verdict::Likely | Verdict::Ambiguous | Verdict::Unknown => {
            Explanation::Unobserved
        }
    };
    ranked.who == Who::Other(explanation)
}

/// Why a verdict is not `attributed`.
pub(super) fn reason(scene: &Scene<'_>, decision: &Decision<'_>) -> Option<Reason> {
    let session = scene.creation.logon_id();
    let source = || scene.behind.session.and_then(|session| session.source_ip.clone());
    Some(match decision.verdict {
        Verdict::Attributed => return None,
        Verdict::Likely => Reason::ActNotShown { by: would_show(scene, decision) },
        Verdict::Ambiguous if hands_on(decision) => Reason::ChildUnseen,
        Verdict::Ambiguous => {
            let in_question = |ranked: &&Ranked<'_>| ranked.process().is_some() && ranked.is_plausible();
            Reason::SeveralCould { count: decision.ranking.iter().filter(in_question).count() as u64 }
        }
        Verdict::Remote => Reason::NetworkSession { session, source: source() },
        Verdict::System => windows_reason(decision),
        Verdict::SessionOnly => Reason::BorrowedToken { session },
        Verdict::Unknown => unknown_reason(scene, decision, source()),
    })
}

/// What would have shown the act by the likely process.
fn would_show(scene: &Scene<'_>, decision: &Decision<'_>) -> Vec<Proof> {
    let Some(process) = decision.named.and_then(|index| scene.processes.get(index)) else {
        return Vec::new();
    };
    let is_net = process.is_net_tool();
    let rows = [
        (Proof::CommandLine, process.command_line.value().is_none()),
        (
            Proof::ScriptLog,
            process.is_powershell() && !scene.pointers.logs_in_full(process, scene.creation.at()),
        ),
        (Proof::ProcessEnds, !scene.telemetry.ends_told && !process.is_powershell()),
    ];
    let mut by: Vec<Proof> = rows.into_iter().filter(|(_, lacks)| *lacks).map(|(proof, _)| proof).collect();
    if by.is_empty() && !is_net {
        by.push(Proof::Lookup);
    }
    by
}

/// The named process gave the work to a child that the log lacks.
fn hands_on(decision: &Decision<'_>) -> bool {
    let best = decision.ranking.first().filter(|best| best.probability >= CONFIDENCE_MIN);
    best.is_some_and(|best| best.process() == decision.named && score::hands_on(best))
}

/// What of Windows it was, by the strongest sign.
fn windows_reason(decision: &Decision<'_>) -> Reason {
    let has = |kind| {
        let best = decision.ranking.first();
        best.is_some_and(|best| best.clues.iter().any(|clue| clue.kind == kind))
    };
    if has(EvidenceKind::ManagedByLaps) {
        Reason::Laps
    } else if has(EvidenceKind::SetupBuiltinRid) {
        Reason::WindowsRid
    } else {
        Reason::WindowsSetup
    }
}

/// The session came over the network, nobody of this host asked for it, and it tells no address.
fn is_remoting_unseen(scene: &Scene<'_>) -> bool {
    scene.behind.session.is_some_and(|session| {
        session.is_network() && session.source_ip.is_none() && session.subject.logon_id.is_none()
    })
}

fn unknown_reason(scene: &Scene<'_>, decision: &Decision<'_>, source: Option<Text>) -> Reason {
    let session = scene.creation.logon_id();
    let best = decision.ranking.iter().find(|ranked| ranked.process().is_some());
    match (scene.telemetry.sight, &scene.telemetry.missing, best) {
        (ProcessSight::Blind, ..) => Reason::NoProcesses { source },
        (ProcessSight::Seen, Some(missing), _) | (_, Some(missing @ Missing::Unread { .. }), _) => {
            Reason::RecordsMissing { missing: missing.clone() }
        }
        (ProcessSight::Gap, ..) if scene.telemetry.audit_off => Reason::AuditOff,
        (ProcessSight::Gap, ..) => Reason::NoProcessesAround,
        (ProcessSight::Seen, ..) if scene.telemetry.is_filtered => Reason::ProcessLogFiltered,
        (ProcessSight::Seen, ..) if session.is_none() => Reason::SessionNotTold,
        (ProcessSight::Seen, ..) if is_remoting_unseen(scene) => Reason::NetworkWithoutAddress { session },
        (ProcessSight::Seen, _, Some(best)) if best.is_elsewhere() => Reason::OtherSession { session },
        (ProcessSight::Seen, _, Some(_)) => Reason::NotTied { session },
        (ProcessSight::Seen, _, None) if scene.behind.session.is_some() => Reason::NotAlive { session },
        (ProcessSight::Seen, _, None) => Reason::NothingSeen { session },
    }
}

//! One sentence for every verdict that names no process for certain.

use begat_model::case::{Explanation, Verdict};

use crate::cause::evidence::EvidenceKind;
use crate::cause::scene::Scene;
use crate::cause::score::{self, CONFIDENCE_MIN, Decision, Ranked, Who};
use crate::sight::visibility::ProcessSight;

/// The explanation that the verdict stands on: the process that it names, or what is none.
pub(super) fn winner<'d, 'w>(decision: &'d Decision<'w>) -> Option<&'d Ranked<'w>> {
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

/// One sentence for every verdict but `attributed`.
pub(super) fn reason(scene: &Scene<'_>, decision: &Decision<'_>) -> Option<String> {
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

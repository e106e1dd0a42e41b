//! The verdict of a case with its evidence, and the explanations that lost.

use begat_model::case::{Against, Alternative, Attribution, EvidenceFact, Explanation, Lack};

use crate::case::describe::{describe, described_chain};
use crate::case::reason::{reason, winner};
use crate::cause::clue::Clue;
use crate::cause::evidence::EvidenceKind;
use crate::cause::scene::Scene;
use crate::cause::score::{Decision, Ranked, Who};
use crate::cause::weighed::Weighed;
use crate::tables::process::record::ProcessIndex;

/// Most alternatives that a case lists; the rest is told as a number.
const ALTERNATIVES_MAX: usize = 10;

pub(super) fn attribution(
    scene: &Scene<'_>,
    weighed: &Weighed<'_>,
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
        evidence: speaks_for
            .map(|ranked| ranked.clues.iter().map(Clue::evidence).collect())
            .unwrap_or_default(),
        alternatives: alternatives(scene, weighed, decision),
    }
}

/// The explanations that lost, and the processes that one might suspect and that could not have done it.
fn alternatives(scene: &Scene<'_>, weighed: &Weighed<'_>, decision: &Decision<'_>) -> Vec<Alternative> {
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
        Some(Alternative { explanation, confidence: 0.0, against: ruled_out.why.clone() })
    });
    lost.take(ALTERNATIVES_MAX).chain(ruled_out.take(ALTERNATIVES_MAX)).collect()
}

/// What spoke against an explanation: its own bad signs, else what the winner has and it has not.
fn against(ranked: &Ranked<'_>, winner: Option<&Ranked<'_>>) -> Against {
    let bad = ranked.clues.iter().filter(|clue| clue.kind.weight() < 0.0);
    let signs: Vec<EvidenceFact> = bad.map(|clue| clue.why.fact()).collect();
    if !signs.is_empty() {
        return Against::Signs { signs };
    }
    if ranked.process().is_none() {
        return Against::Weaker;
    }
    let lacks: Vec<Lack> = winner
        .into_iter()
        .flat_map(|winner| winner.clues)
        .filter(|clue| ranked.clues.iter().all(|own| own.kind != clue.kind))
        .filter_map(|clue| clue.kind.lacking())
        .collect();
    match lacks.is_empty() {
        true => Against::StartedEarlier,
        false => Against::Lacks { lacks },
    }
}

/// The chance that a suspicious process stood in the window by accident, from how often this host starts one:
/// 1 - e^(-rate x window). Told where nothing but time speaks for the creator.
fn coincidence(scene: &Scene<'_>, decision: &Decision<'_>) -> Option<f64> {
    use EvidenceKind::{
        CreateCapable, ExitsRightAfter, ExitsSoonAfter, SessionNotTold, SharesServiceSession,
        StartedInWindow, StartedRightBefore,
    };
    let named = decision.named?;
    let ranked = decision.ranking.iter().find(|ranked| ranked.process() == Some(named))?;
    let weak = [
        CreateCapable,
        ExitsRightAfter,
        ExitsSoonAfter,
        SessionNotTold,
        SharesServiceSession,
        StartedInWindow,
        StartedRightBefore,
    ];
    let only_time = ranked.clues.iter().all(|clue| clue.kind.weight() < 0.0 || weak.contains(&clue.kind));
    let window_seconds = scene.tuning.window.seconds();
    (only_time)
        .then_some(scene.telemetry.suspicious_per_second?)
        .map(|rate| 1.0 - (-rate * window_seconds).exp())
}

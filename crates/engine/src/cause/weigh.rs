//! From one creation to the processes that could have made it, each with what speaks for and against it.
//!
//! Pure: reads a host's tables, decides nothing. SAM runs inside lsass and records the token of its caller, not
//! its process; so the question is which process, alive at that moment, could hold that token.

use begat_model::LogonId;
use begat_model::case::{Against, EvidenceFact};

use crate::cause::act::{Bearing, standing};
use crate::cause::clue::Clue;
use crate::cause::evidence::EvidenceKind;
use crate::cause::scene::{InQuestion, Scene};
use crate::cause::weighed::{Candidate, RuledOut, Weighed};
use crate::cause::window_rule::nearest_suspicious;
use crate::tables::process::record::{ProcessIndex, ProcessRecord};

/// Most tools whose ancestors are looked for, latest first: more are alive at once only where no end is logged.
const TOOLS_MAX: usize = 64;
/// So many of the likeliest processes are told with their clues: a case shows fewer.
const TOLD_MAX: usize = 64;

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
pub(crate) fn weigh<'s>(scene: &'s Scene<'_>) -> Weighed<'s> {
    let InQuestion { processes: in_question, is_cut } = scene.in_question();
    let mut suspects = Vec::with_capacity(in_question.len());
    let mut ruled_out = Vec::new();
    for (index, process) in in_question {
        match scene.moment.could_have(process) {
            Ok(order) if scene.is_relevant(process) => {
                let mut clues = scene.clues(process, order);
                clues.extend(scene.spent_clue(index, process));
                suspects.push(Suspect { index, process, clues, delegates: false });
            }
            Err(how) if scene.carries_intent(process) => {
                ruled_out.push(RuledOut { index, why: Against::Impossible { how } });
            }
            _ => {}
        }
    }
    mark_delegation(scene, &mut suspects);
    mark_unseen_net1(&mut suspects);
    ruled_out.extend(rule_out_nearest(scene, &suspects, &ruled_out));
    let bearing = Bearing {
        session_is_shared: scene.creation.logon_id().is_some_and(LogonId::is_well_known),
        is_filtered: scene.telemetry.is_filtered,
        is_lossy: scene.telemetry.missing.is_some() || !scene.telemetry.absence_shows,
    };
    let candidates = candidates(&suspects, bearing);
    Weighed { candidates, ruled_out, others: scene.other_explanations(), is_cut }
}

/// The suspects that compete, likeliest first, and with their signs as many as a case could show.
fn candidates<'s>(suspects: &[Suspect<'s>], bearing: Bearing) -> Vec<Candidate<'s>> {
    let competing = suspects.iter().filter(|suspect| !suspect.delegates);
    let mut candidates: Vec<Candidate<'s>> = competing
        .map(|suspect| Candidate {
            index: suspect.index,
            score: suspect.score(),
            standing: standing(&suspect.clues, bearing),
            clues: Vec::new(),
        })
        .collect();
    candidates.sort_unstable_by(Candidate::by_likelihood);
    for candidate in candidates.iter_mut().take(TOLD_MAX) {
        // Suspects stand in the order of the table.
        let place = suspects.binary_search_by_key(&candidate.index, |suspect| suspect.index);
        let suspect = place.ok().and_then(|place| suspects.get(place));
        candidate.clues = suspect.into_iter().flat_map(|suspect| suspect.clues.clone()).collect();
    }
    candidates
}

/// A `net` that nothing was seen below of: the call was made by a `net1` that the log lacks.
fn mark_unseen_net1(suspects: &mut [Suspect<'_>]) {
    for suspect in suspects.iter_mut().filter(|suspect| !suspect.delegates && suspect.process.is_net()) {
        let records = &suspect.process.created_by;
        suspect.clues.push(Clue::new(EvidenceKind::HandsOn, EvidenceFact::HandsOn, records));
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
                suspect.clues.push(Clue::new(EvidenceKind::ToolRunsBelow, EvidenceFact::ToolRunsBelow, &[]));
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
    let why = match (scene.moment.could_have(process), scene.session_clue(process, false)) {
        (Err(how), _) => Against::Impossible { how },
        (Ok(_), Some(clue)) => Against::Signs { signs: vec![clue.why.fact()] },
        (Ok(_), None) => Against::OnlyTime,
    };
    Some(RuledOut { index, why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::{RecordRef, Timestamp};

    use crate::tables::process::table::ProcessTable;
    use begat_model::event::ProcessCreated;
    use begat_model::{EventKind, Precision, ProcessId};

    use crate::texts::known::Texts;

    fn table(processes: u32) -> ProcessTable {
        let mut table = ProcessTable::default();
        let at = Timestamp::from_unix_ticks(0, Precision::TICKS);
        for pid in 0..processes {
            let created = ProcessCreated { pid: Some(ProcessId(pid)), ..ProcessCreated::untold(at) };
            let kind = EventKind::ProcessCreated;
            let record = RecordRef { at, kind, record_id: None, source: "log".into() };
            table.created(&created, &record, &mut Texts::default());
        }
        table
    }

    #[test]
    fn who_delegates_does_not_compete_and_only_the_likeliest_keep_their_signs() {
        let table = table(3 + TOLD_MAX as u32);
        let suspect = |(place, (index, process))| {
            let kind = match place {
                0 | 1 => EvidenceKind::HoldsSession,
                _ => EvidenceKind::CreateCapable,
            };
            let clues = vec![Clue::new(kind, EvidenceFact::LookedUp, &[])];
            Suspect { index, process, clues, delegates: place == 1 }
        };
        let suspects: Vec<Suspect<'_>> = table.iter().enumerate().map(suspect).collect();
        let bearing = Bearing { session_is_shared: false, is_filtered: false, is_lossy: false };
        let candidates = candidates(&suspects, bearing);
        assert_eq!(candidates.len(), suspects.len() - 1);
        assert_eq!((candidates[0].index, candidates[0].score), (suspects[0].index, 6.0));
        assert_eq!(candidates[1].index, suspects[2 + TOLD_MAX].index, "of equal ones the latest");
        let kept: Vec<usize> = candidates.iter().map(|candidate| candidate.clues.len()).collect();
        assert!(kept[..TOLD_MAX].iter().all(|count| *count == 1));
        assert!(kept[TOLD_MAX..].iter().all(|count| *count == 0));
        let scores: f64 = candidates.iter().map(|candidate| candidate.score).sum();
        assert_eq!(scores, 6.0 + 2.0 * (1 + TOLD_MAX) as f64, "every score counts");
    }
}

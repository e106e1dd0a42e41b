//! Begat against the truth: stories told, damaged, shipped, hunted and judged, with the plain window rule beside it.
mod crowd;
mod hunt;
mod score;
mod trial;
mod verdict;

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};

use begat_ingest::{InputProblem, Schemas};
use begat_model::case::{Case, Explanation};
use thiserror::Error;

pub use hunt::{LogFile, hunt, hunt_all};
pub use score::{Failure, Flaw, Score, Scoreboard};
pub use trial::{FaultChoice, LieChoice, Trial};
pub use verdict::{Answer, Judgement, Likely, judge};

use crate::evtx::EvtxError;
use crate::story::{Story, StoryKind};

/// Why a trial could not be held.
#[derive(Debug, Error)]
pub enum TrialError {
    /// A story does not fit its carrier.
    #[error("the events do not fit into EVTX")]
    Evtx(#[from] EvtxError),
    /// What was written cannot be read.
    #[error("what was written cannot be read")]
    Unreadable(#[from] InputProblem),
}

/// What is judged.
pub struct Session {
    /// These stories.
    pub stories: Vec<&'static StoryKind>,
    /// The first seed.
    pub first_seed: u64,
    /// So many from there on.
    pub seeds: u64,
    /// What may be told beside them to mislead.
    pub lies: LieChoice,
    /// What may strike.
    pub faults: FaultChoice,
    /// Threads; they share out the seeds.
    pub jobs: NonZeroUsize,
}

/// A trial's outcome: its judgements and the cases they are about.
pub type Held = (Vec<Judgement>, Vec<Case>);

/// Tells, damages, ships, hunts and judges.
pub fn hold(trial: &Trial, schemas: &Schemas) -> Result<Held, TrialError> {
    hold_told(trial, &trial.told(), schemas)
}

/// Damages, ships, hunts and judges what was told for the trial.
fn hold_told(trial: &Trial, story: &Story, schemas: &Schemas) -> Result<Held, TrialError> {
    let damaged = trial.damaged(story);
    let cases = hunt(trial.shipped(&damaged)?, schemas)?;
    Ok((judge(trial, story, &damaged, &cases), cases))
}

impl Session {
    /// Holds every trial.
    pub fn run(&self) -> Result<Scoreboard, TrialError> {
        let next = AtomicU64::new(0);
        let worker = || -> Result<Scoreboard, TrialError> {
            let schemas = Schemas::built_in();
            let mut board = Scoreboard::default();
            loop {
                let taken = next.fetch_add(1, Ordering::Relaxed);
                if taken >= self.seeds {
                    return Ok(board);
                }
                self.run_seed(self.first_seed + taken, &schemas, &mut board)?;
            }
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.jobs.get()).map(|_| scope.spawn(worker)).collect();
            let mut whole = Scoreboard::default();
            for worker in workers {
                whole.merge(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
            }
            Ok(whole)
        })
    }

    /// Every trial of a seed.
    pub fn trials(&self, seed: u64) -> impl Iterator<Item = Trial> {
        self.stories.iter().flat_map(move |kind| self.trials_of(kind, seed))
    }

    /// The trials of a story and a seed: what is told for one of them is told for all.
    fn trials_of(&self, kind: &'static StoryKind, seed: u64) -> Vec<Trial> {
        Trial::of(kind, seed, &self.faults).into_iter().map(|trial| trial.under(self.lies)).collect()
    }

    fn run_seed(&self, seed: u64, schemas: &Schemas, board: &mut Scoreboard) -> Result<(), TrialError> {
        for kind in &self.stories {
            let trials = self.trials_of(kind, seed);
            let Some(story) = trials.first().map(Trial::told) else { continue };
            for trial in &trials {
                let (judgements, _) = hold_told(trial, &story, schemas)?;
                judgements.iter().for_each(|judgement| note(board, trial, judgement));
            }
        }
        Ok(())
    }
}

fn note(board: &mut Scoreboard, trial: &Trial, judgement: &Judgement) {
    board.stories.entry(trial.kind.name.to_owned()).or_default().add(judgement);
    if let Some(lie) = trial.lie {
        board.lies.entry(lie.name.to_owned()).or_default().add(judgement);
    }
    let mut faults = trial.fault_names();
    if faults.is_empty() {
        faults.push("(none)");
    }
    for fault in faults {
        board.faults.entry(fault.to_owned()).or_default().add(judgement);
    }
    if let Some(flaw) = Flaw::of(judgement) {
        board.failures.push(Failure {
            flaw,
            seed: trial.seed,
            story: trial.kind.name,
            lie: trial.lie.map(|lie| lie.name),
            faults: trial.fault_names(),
            summary: judgement.summary.clone(),
        });
    }
}

/// What a person needs to see why a case was told so.
pub fn explain(trial: &Trial, judgements: &[Judgement], cases: &[Case]) -> String {
    let host = trial.moved_to.map_or("its own host".to_owned(), |moved| format!("{moved:?}"));
    let mut lines = vec![format!(
        "{} seed {} faults {:?} as {} on {host}{}",
        trial.kind.name,
        trial.seed,
        trial.fault_names(),
        trial.carrier.name,
        if trial.is_busy { ", busy" } else { "" }
    )];
    lines.extend(trial.lie.map(|lie| format!("  over it {}: {}", lie.name, lie.summary)));
    for judgement in judgements {
        let mark = match judgement {
            Judgement { confidently_wrong: true, .. } => "WRONG",
            Judgement { wrongly_silent: true, .. } => "SILENT",
            Judgement { is_knowable: false, .. } => "not knowable",
            _ => "right",
        };
        lines.push(format!("  {}: {mark}: {}", judgement.account, judgement.summary));
    }
    cases.iter().for_each(|case| explain_case(case, &mut lines));
    lines.join("\n")
}

fn explain_case(case: &Case, lines: &mut Vec<String>) {
    let attribution = &case.attribution;
    let account = case.account.created_as.as_deref().unwrap_or("?");
    lines.push(format!("  case {} {account} at {}", case.case_id, case.created_at));
    lines.extend(attribution.reason.iter().map(|reason| format!("    {reason:?}")));
    let creator = attribution.creator.as_ref();
    lines.extend(creator.map(|process| format!("    creator {}", process_line(process))));
    lines.extend(attribution.chain.iter().map(|process| format!("    below {}", process_line(process))));
    for evidence in &attribution.evidence {
        lines.push(format!("    {:+.1} {}: {:?}", evidence.weight, evidence.kind, evidence.why));
    }
    for other in &attribution.alternatives {
        let what = match &other.explanation {
            Explanation::Process(process) => process_line(process),
            other => format!("{other:?}"),
        };
        lines.push(format!("    not ({:.3}) {what}: {:?}", other.confidence, other.against));
    }
    let rule = case.window_rule.process.as_ref();
    lines.extend(rule.map(|process| format!("    window rule {}", process_line(process))));
    let spots = case.blind_spots.iter();
    lines.extend(spots.map(|spot| format!("    blind {}: {spot:?}", spot.kind())));
}

fn process_line(process: &begat_model::case::Process) -> String {
    format!(
        "{} {} `{}` started {} in {}",
        process.pid.map_or("?".to_owned(), |pid| pid.0.to_string()),
        process.image.as_deref().unwrap_or("?"),
        process.command_line.as_deref().unwrap_or(""),
        process.started_at.map_or("?".to_owned(), |at| at.to_string()),
        process.logon_id.map_or("?".to_owned(), |id| id.to_string()),
    )
}

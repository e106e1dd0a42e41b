//! From weighed explanations to a verdict: a normalised choice, told as certain only where it is.
//!
//! Pure. `attributed` (and `remote`, `system`, `session_only`) needs a probability of at least 0.9 and two nats
//! before the next; a host without process telemetry is `unknown`, unless another log names the process by its id.

use begat_model::case::{Explanation, Verdict};

use crate::evidence::{EvidenceKind, Finding};
use crate::link::{Candidate, Weighed};
use crate::process::ProcessIndex;
use crate::visibility::ProcessSight;

/// Least probability of a verdict that names one explanation.
pub const CONFIDENCE_MIN: f64 = 0.9;
/// Least lead over the next explanation, in nats.
pub const MARGIN_MIN: f64 = 2.0;

/// Least probability of a process that is told as one of several candidates.
pub const PLAUSIBLE_MIN: f64 = 0.05;

/// One explanation with its place in the order.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked<'w> {
    /// What explains it.
    pub who: Who,
    /// Sum of the weights, in nats.
    pub score: f64,
    /// Share of the probability.
    pub probability: f64,
    /// What the score is made of.
    pub findings: &'w [Finding],
}

/// A process of the host, or something that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A process of the host.
    Process(ProcessIndex),
    /// Something else.
    Other(Explanation),
}

impl Ranked<'_> {
    /// The process, where it is one.
    pub fn process(&self) -> Option<ProcessIndex> {
        match self.who {
            Who::Process(index) => Some(index),
            Who::Other(_) => None,
        }
    }

    /// Likely enough to be told as one of several candidates.
    pub fn is_plausible(&self) -> bool {
        self.probability >= PLAUSIBLE_MIN
    }

    /// It runs in another session than the one that made the account; the other half of a split token is another.
    pub fn is_elsewhere(&self) -> bool {
        use EvidenceKind::{LinkedSession, OtherSession, OtherSessionSameUser};
        [OtherSession, OtherSessionSameUser, LinkedSession].into_iter().any(|kind| self.has(kind))
    }

    fn is(&self, explanation: &Explanation) -> bool {
        matches!(&self.who, Who::Other(other) if other == explanation)
    }

    fn has(&self, kind: EvidenceKind) -> bool {
        self.findings.iter().any(|finding| finding.kind == kind)
    }
}

/// The verdict, with the whole order it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision<'w> {
    /// What can be said.
    pub verdict: Verdict,
    /// Of the verdict, 0 to 1.
    pub confidence: f64,
    /// The process named: the creator, under `ambiguous` the first of the candidates.
    pub named: Option<ProcessIndex>,
    /// All explanations, likeliest first.
    pub ranking: Vec<Ranked<'w>>,
}

/// Ranks the explanations. Those that delegate are the chain of another and do not compete.
pub fn rank(weighed: &Weighed) -> Vec<Ranked<'_>> {
    let processes = weighed.candidates.iter().filter(|candidate| !candidate.delegates).map(process_entry);
    let others =
        weighed.others.iter().map(|(explanation, findings)| entry(Who::Other(explanation.clone()), findings));
    let mut ranking: Vec<Ranked<'_>> = processes.chain(others).collect();
    // Equal scores keep the order in which the processes started: the latest first, as the nearest to the call.
    ranking.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| b.process().cmp(&a.process())));
    let best = ranking.first().map_or(0.0, |first| first.score);
    let sum: f64 = ranking.iter().map(|ranked| (ranked.score - best).exp()).sum();
    for ranked in &mut ranking {
        ranked.probability = (ranked.score - best).exp() / sum;
    }
    ranking
}

fn process_entry(candidate: &Candidate) -> Ranked<'_> {
    entry(Who::Process(candidate.index), &candidate.findings)
}

fn entry(who: Who, findings: &[Finding]) -> Ranked<'_> {
    let score = findings.iter().map(|finding| finding.kind.weight()).sum();
    Ranked { who, score, probability: 0.0, findings }
}

/// Decides what can be said.
pub fn decide(weighed: &Weighed, sight: ProcessSight) -> Decision<'_> {
    let ranking = rank(weighed);
    let (verdict, named) = verdict(&ranking, sight);
    let best = ranking.first();
    let confidence = match verdict {
        Verdict::Ambiguous => process_share(&ranking),
        Verdict::Unknown => {
            1.0 - best.filter(|best| !best.is(&Explanation::Unobserved)).map_or(0.0, |best| best.probability)
        }
        _ => best.map_or(0.0, |best| best.probability),
    };
    Decision { verdict, confidence, named, ranking }
}

fn verdict(ranking: &[Ranked<'_>], sight: ProcessSight) -> (Verdict, Option<ProcessIndex>) {
    let Some(best) = ranking.first() else { return (Verdict::Unknown, None) };
    let margin = ranking.get(1).map_or(f64::INFINITY, |next| best.score - next.score);
    let decisive = best.probability >= CONFIDENCE_MIN && margin >= MARGIN_MIN;
    match &best.who {
        Who::Other(Explanation::Windows) if decisive => (Verdict::System, None),
        Who::Process(index) if sight == ProcessSight::Blind && decisive && is_witnessed(best) => {
            (Verdict::Attributed, Some(*index))
        }
        _ if sight == ProcessSight::Blind => (Verdict::Unknown, None),
        // Its own child made the call, and is not in the log: the line is sure, the process is not.
        Who::Process(index) if decisive && best.has(EvidenceKind::HandsOn) => {
            (Verdict::Ambiguous, Some(*index))
        }
        Who::Process(index) if decisive && is_tied(best, is_gappy(ranking)) => {
            (Verdict::Attributed, Some(*index))
        }
        Who::Other(Explanation::RemoteCaller) if decisive => (Verdict::Remote, None),
        Who::Other(Explanation::Impersonation) if decisive => (Verdict::SessionOnly, None),
        _ => undecided(ranking),
    }
}

/// What ties a process to the creation: its session, or what its command line says. A likely image at the right time
/// is never enough, a process of another session is not known to have held the token, and the filtered half of a
/// split token cannot have made the call.
fn is_tied(best: &Ranked<'_>, is_gappy: bool) -> bool {
    use EvidenceKind::{
        CreatesAccount, CreatesSomeAccount, HoldsSession, NamesAccount, QueriedAccounts,
        ScriptCreatesAccount, ScriptCreatesSomeAccount,
    };
    let ties = [
        HoldsSession,
        CreatesAccount,
        NamesAccount,
        CreatesSomeAccount,
        ScriptCreatesAccount,
        ScriptCreatesSomeAccount,
        QueriedAccounts,
    ];
    let counts = |kind: &EvidenceKind| *kind != HoldsSession || !is_gappy;
    !best.is_elsewhere() && ties.into_iter().filter(counts).any(|kind| best.has(kind))
}

/// Starts of processes are missing around the creation.
fn is_gappy(ranking: &[Ranked<'_>]) -> bool {
    let unobserved = ranking.iter().find(|ranked| ranked.is(&Explanation::Unobserved));
    unobserved.is_some_and(|ranked| {
        ranked.has(EvidenceKind::RecordsMissing) || ranked.has(EvidenceKind::TelemetryGap)
    })
}

/// Another log than that of processes names it, and what it did: that needs no process auditing.
fn is_witnessed(best: &Ranked<'_>) -> bool {
    best.has(EvidenceKind::ScriptCreatesAccount) || best.has(EvidenceKind::QueriedAccounts)
}

/// Several processes, or nothing that can be said.
fn undecided(ranking: &[Ranked<'_>]) -> (Verdict, Option<ProcessIndex>) {
    let mut processes = ranking.iter().filter(|ranked| ranked.is_plausible()).filter_map(Ranked::process);
    let first = processes.next();
    let several = processes.next().is_some();
    if several && process_share(ranking) >= 0.5 {
        (Verdict::Ambiguous, first)
    } else {
        (Verdict::Unknown, None)
    }
}

fn process_share(ranking: &[Ranked<'_>]) -> f64 {
    ranking.iter().filter(|ranked| ranked.process().is_some()).map(|ranked| ranked.probability).sum()
}

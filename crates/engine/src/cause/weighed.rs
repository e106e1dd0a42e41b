//! All explanations of one creation, weighed.

use begat_model::case::{Against, Explanation};

use crate::cause::act::Standing;
use crate::cause::clue::Clue;
use crate::tables::process::record::ProcessIndex;

/// A process that could have made the call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate<'s> {
    /// Which.
    pub index: ProcessIndex,
    /// Sum of the weights of what speaks for and against it, in nats.
    pub score: f64,
    /// What these signs come to.
    pub standing: Standing,
    /// What speaks for and against it; told of the likeliest only.
    pub clues: Vec<Clue<'s>>,
}

impl Candidate<'_> {
    /// The likelier first; of equal ones the latest, as the nearest to the call.
    pub(super) fn by_likelihood(&self, other: &Candidate<'_>) -> std::cmp::Ordering {
        other.score.total_cmp(&self.score).then_with(|| other.index.cmp(&self.index))
    }
}

/// A process that one might suspect, and that cannot have made the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuledOut {
    /// Which.
    pub index: ProcessIndex,
    /// Why not.
    pub why: Against,
}

/// All explanations of one creation, weighed.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Weighed<'s> {
    /// Processes that could, likeliest first, without those that only had a descendant do it.
    pub candidates: Vec<Candidate<'s>>,
    /// Processes that one might suspect, and that could not.
    pub ruled_out: Vec<RuledOut>,
    /// Explanations that are no process of the host.
    pub others: Vec<(Explanation, Vec<Clue<'s>>)>,
    /// More processes could have than were weighed: the latest were.
    pub is_cut: bool,
}

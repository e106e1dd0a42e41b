//! How much a case matters, term by term.

use begat_model::case::{self, Verdict};
use serde::Serialize;

use crate::words::sentence::Sentence;

/// How much it matters, term by term.
#[derive(Debug, Clone, Serialize)]
pub struct RiskView<'a> {
    /// Sum of the terms and of the prior.
    pub score: i32,
    /// Every term that applied.
    pub terms: Vec<RiskTermView<'a>>,
}

/// One reason why it matters more or less.
#[derive(Debug, Clone, Serialize)]
pub struct RiskTermView<'a> {
    /// Name in the engine's table of terms.
    pub name: &'static str,
    /// 10·log10 of a likelihood ratio.
    pub points: i32,
    /// In this case.
    pub why: Sentence<'a>,
}

impl<'a> RiskView<'a> {
    /// The risk of a case of that verdict.
    pub(super) fn new(risk: &'a case::Risk, verdict: Verdict) -> Self {
        let term = |term: &'a case::RiskTerm| RiskTermView {
            name: term.name,
            points: term.points,
            why: Sentence::RiskUnder(&term.why, verdict),
        };
        RiskView { score: risk.score, terms: risk.terms.iter().map(term).collect() }
    }
}

//! Which process made the account, how sure that is, and what else was weighed.

use begat_model::case::{self, Verdict};
use begat_model::time::Duration;
use serde::Serialize;

use crate::view::nouns::{ProcessView, RecordView};
use crate::wire::encode::{milliseconds_or_null, text};
use crate::words::sentence::Sentence;

/// Words for what explains a creation, where it is or is not a process.
pub const EXPLANATIONS: &[&str] = &["process", "remote_caller", "windows", "impersonation", "unobserved"];

/// What the plain rule of the field would say.
#[derive(Debug, Clone, Serialize)]
pub struct WindowRuleView<'a> {
    /// The nearest suspicious process started in the window before; `null` where none.
    pub process: Option<ProcessView<'a>>,
    /// It is the creator, or in its chain.
    pub agrees: bool,
}

/// Which process made the call.
#[derive(Debug, Clone, Serialize)]
pub struct AttributionView<'a> {
    /// What can be said.
    #[serde(serialize_with = "text")]
    pub verdict: Verdict,
    /// One sentence; left out where the verdict is `attributed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sentence<'a>>,
    /// 0 to 1, of the verdict, four places; `null` where it is `unknown`, which claims nothing.
    pub confidence: Option<f64>,
    /// The process that made the call; under `likely` the one that stands out, under `ambiguous` the first-ranked where
    /// it leads.
    pub creator: Option<ProcessView<'a>>,
    /// Its ancestors, parent first.
    pub chain: Vec<ProcessView<'a>>,
    /// Creator's start to creation; `null` where there is no creator or no start.
    #[serde(rename = "lag_ms", serialize_with = "milliseconds_or_null")]
    pub lag: Option<Duration>,
    /// The chance, 0 to 1, that such a process would stand there by accident, four places; `null` where evidence
    /// stronger than time ties them, or where there is no creator.
    pub coincidence: Option<f64>,
    /// What speaks for the verdict.
    pub evidence: Vec<EvidenceView<'a>>,
    /// The others that were weighed.
    pub alternatives: Vec<AlternativeView<'a>>,
}

/// One piece of evidence, weighed.
#[derive(Debug, Clone, Serialize)]
pub struct EvidenceView<'a> {
    /// Name in the engine's table of evidence kinds.
    pub kind: &'static str,
    /// In nats, four places.
    pub weight: f64,
    /// In this case.
    pub why: Sentence<'a>,
    /// Records it rests on.
    pub events: Vec<RecordView>,
}

/// Another explanation that was weighed.
#[derive(Debug, Clone, Serialize)]
pub struct AlternativeView<'a> {
    /// One of `EXPLANATIONS`.
    pub explanation: &'static str,
    /// The process; `null` where the explanation is none.
    pub process: Option<ProcessView<'a>>,
    /// Its share of the probability, four places.
    pub confidence: f64,
    /// What spoke against it.
    pub against: Sentence<'a>,
}

/// A probability in four places, cut and not rounded: what is not quite certain must not read as certain.
fn cut(probability: f64) -> f64 {
    (probability * 1e4).floor() / 1e4
}

/// A chance of an accident in four places, raised and not rounded: what can happen must not read as impossible.
fn raised(probability: f64) -> f64 {
    // Less than a billionth is what the multiplication itself may add.
    (probability * 1e4 - 1e-9).ceil() / 1e4
}

/// Four places: further digits of a weight, or of a small share, say nothing.
fn rounded(value: f64) -> f64 {
    // Adding zero turns -0.0, which prints with its sign, into 0.0.
    (value * 1e4).round() / 1e4 + 0.0
}

impl<'a> From<&'a case::Attribution> for AttributionView<'a> {
    fn from(attribution: &'a case::Attribution) -> Self {
        let reason = || match &attribution.reason {
            Some(reason) => Sentence::Reason(reason),
            None => Sentence::Verdict(attribution.verdict),
        };
        AttributionView {
            verdict: attribution.verdict,
            reason: (attribution.verdict != Verdict::Attributed).then(reason),
            confidence: attribution.confidence.map(cut),
            creator: attribution.creator.as_ref().map(ProcessView::from),
            chain: attribution.chain.iter().map(ProcessView::from).collect(),
            lag: attribution.lag,
            coincidence: attribution.coincidence.map(raised),
            evidence: attribution.evidence.iter().map(EvidenceView::from).collect(),
            alternatives: attribution.alternatives.iter().map(AlternativeView::from).collect(),
        }
    }
}

impl<'a> From<&'a case::Evidence> for EvidenceView<'a> {
    fn from(evidence: &'a case::Evidence) -> Self {
        EvidenceView {
            kind: evidence.kind,
            weight: rounded(evidence.weight),
            why: Sentence::Evidence(&evidence.why),
            events: evidence.events.iter().map(RecordView::from).collect(),
        }
    }
}

impl<'a> From<&'a case::Alternative> for AlternativeView<'a> {
    fn from(alternative: &'a case::Alternative) -> Self {
        let (explanation, process) = match &alternative.explanation {
            case::Explanation::Process(process) => ("process", Some(process.into())),
            case::Explanation::RemoteCaller => ("remote_caller", None),
            case::Explanation::Windows => ("windows", None),
            case::Explanation::Impersonation => ("impersonation", None),
            case::Explanation::Unobserved => ("unobserved", None),
        };
        AlternativeView {
            explanation,
            process,
            confidence: rounded(alternative.confidence),
            against: Sentence::Against(&alternative.against),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lose_the_digits_that_say_nothing() {
        assert_eq!(cut(0.999_999_999), 0.9999);
        assert_eq!(cut(1.0), 1.0);
        assert_eq!(
            [0.0, 0.000_000_1, 0.025, 0.3, 0.999_91, 1.0].map(raised),
            [0.0, 0.0001, 0.025, 0.3, 1.0, 1.0]
        );
        assert_eq!(rounded(0.999_876_605), 0.9999);
        assert_eq!(rounded(-0.000_01).to_string(), "0");
    }
}

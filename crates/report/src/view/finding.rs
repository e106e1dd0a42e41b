//! The shape of a finding: `begat.finding/1`.

use begat_model::case::{Finding, FindingKind, Severity};
use begat_model::time::Timestamp;
use serde::Serialize;

use crate::view::events::EventView;
use crate::view::nouns::{PrincipalView, ProcessView};
use crate::view::parties::{ActorView, HostView};
use crate::wire::encode::{text, text_or_null};
use crate::words::sentence::Sentence;

/// Name and version of the shape.
pub const FINDING_SCHEMA: &str = "begat.finding/1";

/// Something worth a person's eye that is no recorded creation, as it is written out.
#[derive(Debug, Clone, Serialize)]
pub struct FindingView<'a> {
    /// `FINDING_SCHEMA`.
    pub schema: &'static str,
    /// The same happening gives the same id in every run.
    pub finding_id: &'a str,
    /// Which sort.
    #[serde(serialize_with = "text")]
    pub kind: FindingKind,
    /// Where.
    pub host: HostView<'a>,
    /// When; `null` where no time of it can be placed.
    #[serde(serialize_with = "text_or_null")]
    pub at: Option<Timestamp>,
    /// How much it matters.
    #[serde(serialize_with = "text")]
    pub severity: Severity,
    /// What happened, in a sentence.
    pub summary: Sentence<'a>,
    /// The account it is about; `null` where the events name none.
    pub account: Option<PrincipalView<'a>>,
    /// Who did it; `null` where the events name nobody.
    pub actor: Option<ActorView<'a>>,
    /// The process that did it; `null` where the events name none.
    pub process: Option<ProcessView<'a>>,
    /// Every event it rests on.
    pub events: Vec<EventView<'a>>,
}

impl<'a> From<&'a Finding> for FindingView<'a> {
    fn from(finding: &'a Finding) -> Self {
        FindingView {
            schema: FINDING_SCHEMA,
            finding_id: &finding.finding_id,
            kind: finding.kind,
            host: (&finding.host).into(),
            at: finding.at,
            severity: finding.severity,
            summary: Sentence::Finding(finding),
            account: finding.account.as_ref().map(PrincipalView::from),
            actor: finding.actor.as_ref().map(ActorView::from),
            process: finding.process.as_ref().map(ProcessView::from),
            events: finding.events.iter().map(EventView::from).collect(),
        }
    }
}

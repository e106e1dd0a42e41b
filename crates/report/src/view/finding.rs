//! The shape of a finding: `begat.finding/1`.

use begat_model::case::{Finding, FindingFact, FindingKind, NeverSeen, Severity};
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
    /// Of a finding of several accounts all of them, the powerful ones first; left out of all others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<NeverSeenView<'a>>,
    /// Who did it; `null` where the events name nobody.
    pub actor: Option<ActorView<'a>>,
    /// The process that did it; `null` where the events name none.
    pub process: Option<ProcessView<'a>>,
    /// Every event it rests on.
    pub events: Vec<EventView<'a>>,
}

/// An account that is in use, and whose creation is not in the input.
#[derive(Debug, Clone, Serialize)]
pub struct NeverSeenView<'a> {
    /// Its name.
    pub name: Option<&'a str>,
    /// Its SID.
    pub sid: &'a str,
    /// When its first sign was.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
    /// Which that was.
    pub sign: &'static str,
    /// It was put into a group that grants power.
    pub privileged: bool,
}

impl<'a> From<&'a NeverSeen> for NeverSeenView<'a> {
    fn from(account: &'a NeverSeen) -> Self {
        NeverSeenView {
            name: account.name.as_deref(),
            sid: account.sid.as_str(),
            at: account.at,
            sign: account.sign.slug(),
            privileged: account.privileged,
        }
    }
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
            accounts: match &finding.summary {
                FindingFact::NeverSeenCreated { accounts } => {
                    accounts.iter().map(NeverSeenView::from).collect()
                }
                _ => Vec::new(),
            },
            actor: finding.actor.as_ref().map(ActorView::from),
            process: finding.process.as_ref().map(ProcessView::from),
            events: finding.events.iter().map(EventView::from).collect(),
        }
    }
}

//! The shape of a case: `begat.case/1`.

use begat_model::case::{CASE_SCHEMA, Case, Finding, Outcome, RecordedBy, Scope, Severity};
use begat_model::time::{Precision, Timestamp};
use serde::Serialize;

use crate::response::ResponseView;
use crate::view::attack::{ANALYTIC, STRATEGY, TACTIC, technique};
use crate::view::attribution::{AttributionView, WindowRuleView};
use crate::view::events::{AfterwardView, BlindSpotView, EventView};
use crate::view::finding::FindingView;
use crate::view::nouns::ProcessView;
use crate::view::order::Order;
use crate::view::parties::{AccountView, ActorView, HostView, OriginView};
use crate::view::read::Read;
use crate::view::risk::RiskView;
use crate::view::site::{AuthorisationView, ContextView};
use crate::wire::encode::text;

/// What a hunt found: what the formats write, as often as they need to go over it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Found<'a> {
    cases: &'a [Case],
    findings: &'a [Finding],
    read: Read<'a>,
    order: Order,
}

impl<'a> Found<'a> {
    /// These, in the order in which they are to be written.
    pub fn new(cases: &'a [Case], findings: &'a [Finding]) -> Found<'a> {
        Found { cases, findings, read: Read::default(), order: Order::default() }
    }

    /// The same, with what it was found in.
    #[must_use]
    pub fn within(self, read: Read<'a>) -> Found<'a> {
        Found { read, ..self }
    }

    /// What it was found in.
    pub fn read(&self) -> Read<'a> {
        self.read
    }

    /// The same, told to be in this order: what a format puts together by itself follows it.
    pub fn in_order(self, order: Order) -> Found<'a> {
        Found { order, ..self }
    }

    /// The order in which they are.
    pub(crate) fn order(&self) -> Order {
        self.order
    }

    /// One view a case; made as it is asked for, so that many cases cost no memory.
    pub fn cases(&self) -> impl Iterator<Item = CaseView<'a>> + use<'a> {
        self.cases.iter().map(CaseView::from)
    }

    /// A time for what tells none, where a format demands one: the latest that the rest of the answer tells, and where
    /// that tells none either the epoch, which nobody takes for one.
    pub(crate) fn stand_in(&self) -> Timestamp {
        let findings = self.findings.iter().filter_map(|finding| finding.at);
        let told = self.cases.iter().map(|case| case.created_at).chain(findings).max();
        told.unwrap_or(Timestamp::from_unix_ticks(0, Precision::SECONDS))
    }

    /// One view a finding.
    pub fn findings(&self) -> impl Iterator<Item = FindingView<'a>> + use<'a> {
        self.findings.iter().map(FindingView::from)
    }
}

/// One account creation, as it is written out.
#[derive(Debug, Clone, Serialize)]
pub struct CaseView<'a> {
    /// `CASE_SCHEMA`.
    pub schema: &'static str,
    /// The same creation gives the same id in every run.
    pub case_id: &'a str,
    /// Which of ATT&CK's analytics this is a case of.
    pub analytic: Analytic,
    /// The analytic as ATT&CK words it holds.
    pub sequence: bool,
    /// What the plain rule would say.
    pub window_rule: WindowRuleView<'a>,
    /// How much it matters.
    #[serde(serialize_with = "text")]
    pub severity: Severity,
    /// The terms the severity is made of.
    pub risk: RiskView<'a>,
    /// Where.
    pub host: HostView<'a>,
    /// When.
    #[serde(serialize_with = "text")]
    pub created_at: Timestamp,
    /// What kind of record tells it.
    #[serde(serialize_with = "text")]
    pub recorded_by: RecordedBy,
    /// Which account.
    pub account: AccountView<'a>,
    /// What became of it.
    #[serde(serialize_with = "text")]
    pub outcome: Outcome,
    /// The subject of the creation and its session.
    pub actor: ActorView<'a>,
    /// The session behind the actor's; left out where none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<OriginView<'a>>,
    /// Which process, how sure, and why.
    pub attribution: AttributionView<'a>,
    /// What happened to the account later, in order.
    pub afterwards: Vec<AfterwardView<'a>>,
    /// What this host did not show.
    pub blind_spots: Vec<BlindSpotView<'a>>,
    /// Every event the case rests on.
    pub events: Vec<EventView<'a>>,
    /// The same on every case of one wave; left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wave: Option<&'a str>,
    /// What the rest of the input says of such an account and such a creator.
    pub context: ContextView<'a>,
    /// Whether the site allows it.
    pub authorisation: AuthorisationView<'a>,
    /// What a responder runs first, in order.
    pub response: ResponseView<'a>,
}

/// The analytic of MITRE ATT&CK that a case answers.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Analytic {
    /// Analytic.
    pub id: &'static str,
    /// Technique.
    pub technique: &'static str,
    /// Detection strategy that the analytic is part of.
    pub detection_strategy: &'static str,
    /// Tactic that the technique serves.
    pub tactic: &'static str,
    /// Release of ATT&CK that the analytic was read from.
    pub attack_version: &'static str,
}

/// Create Account: Local Account, on Windows.
const AN1235: Analytic = Analytic {
    id: ANALYTIC.id,
    technique: technique(Scope::Local).id,
    detection_strategy: STRATEGY.id,
    tactic: TACTIC.id,
    attack_version: ANALYTIC.release,
};

impl<'a> From<&'a Case> for CaseView<'a> {
    fn from(case: &'a Case) -> Self {
        CaseView {
            schema: CASE_SCHEMA,
            case_id: &case.case_id,
            analytic: AN1235,
            sequence: case.sequence,
            window_rule: WindowRuleView {
                process: case.window_rule.process.as_ref().map(ProcessView::from),
                agrees: case.window_rule.agrees,
            },
            severity: case.severity,
            risk: RiskView::new(&case.risk, case.attribution.verdict),
            host: (&case.host).into(),
            created_at: case.created_at,
            recorded_by: case.recorded_by(),
            account: (&case.account).into(),
            outcome: case.outcome,
            actor: (&case.actor).into(),
            origin: case.origin.as_ref().map(OriginView::from),
            attribution: (&case.attribution).into(),
            afterwards: case.afterwards.iter().map(AfterwardView::from).collect(),
            blind_spots: case.blind_spots.iter().map(BlindSpotView::from).collect(),
            events: case.events.iter().map(EventView::from).collect(),
            wave: case.wave.as_deref(),
            context: (&case.context).into(),
            authorisation: (&case.authorisation).into(),
            response: case.into(),
        }
    }
}

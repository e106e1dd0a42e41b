//! The shape of a case that other programs read: the only one that is serialised.
//!
//! Its field names are `begat.case/1`; the JSON Schema beside this crate says the same, and tests hold the
//! two together. Fields may be added; renaming or removing one is a new schema version. What is unknown is
//! `null`; what does not apply is left out. What is no recorded creation is a `begat.finding/1`, in `finding`.

mod finding;

use std::fmt;

use begat_model::address::unmapped;
use begat_model::case::{self, Case, Finding};
use begat_model::event::Principal;
use begat_model::ids::{LogonId, ProcessGuid, RecordRef, Sid};
use serde::{Serialize, Serializer};

pub use crate::response::{Phase, ResponseView, StepView};
pub use begat_model::case::{
    ActorKind, AuthorisationStatus, BlindSpotKind, CASE_SCHEMA, HostClass, Outcome, Role, RoleSource, Scope,
    Severity, Verdict,
};
pub use begat_model::time::{Duration, Timestamp};
pub use finding::{FINDING_SCHEMA, FindingKind, FindingView};

/// The JSON Schema of one shape.
#[derive(Debug)]
pub struct Schema {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it describes, in a line.
    pub doc: &'static str,
    /// Draft 2020-12.
    pub json: &'static str,
}

/// The schemas of all that is written, the first by default.
pub static SCHEMAS: &[Schema] = &[
    Schema {
        name: "case",
        doc: "one recorded account creation (begat.case/1)",
        json: include_str!("../schemas/begat.case-1.schema.json"),
    },
    Schema {
        name: "finding",
        doc: "what is worth a look without being one (begat.finding/1)",
        json: include_str!("../schemas/begat.finding-1.schema.json"),
    },
];

/// What a hunt found: what the formats write, as often as they need to go over it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Found<'a> {
    cases: &'a [Case],
    findings: &'a [Finding],
}

impl<'a> Found<'a> {
    /// These, in the order in which they are to be written.
    pub fn new(cases: &'a [Case], findings: &'a [Finding]) -> Found<'a> {
        Found { cases, findings }
    }

    /// One view a case; made as it is asked for, so that many cases cost no memory.
    pub fn cases(&self) -> impl Iterator<Item = CaseView<'a>> + use<'a> {
        self.cases.iter().map(CaseView::from)
    }

    /// One view a finding.
    pub fn findings(&self) -> impl Iterator<Item = FindingView<'a>> + use<'a> {
        self.findings.iter().map(FindingView::from)
    }
}

/// Words for what explains a creation, where it is or is not a process.
pub const EXPLANATIONS: &[&str] = &["process", "remote_caller", "windows", "impersonation", "unobserved"];

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

/// What the rest of the input says of such an account and such a creator.
#[derive(Debug, Clone, Serialize)]
pub struct ContextView<'a> {
    /// What is odd about the account's name.
    pub name_signs: Vec<NameSignView<'a>>,
    /// How often such a creator makes accounts on such hosts; `null` where that cannot be counted.
    pub rarity: Option<RarityView<'a>>,
}

/// Something odd about an account's name.
#[derive(Debug, Clone, Serialize)]
pub struct NameSignView<'a> {
    /// Name in the engine's table of such signs.
    pub kind: &'static str,
    /// In this case.
    pub why: &'a str,
}

/// How often a creator makes accounts on hosts of one role, over the whole input.
#[derive(Debug, Clone, Serialize)]
pub struct RarityView<'a> {
    /// File name of the creator, or the verdict where no process made it.
    pub creator: &'a str,
    /// Role of the hosts that were counted; `null`: those of no known role.
    pub role: Option<&'a str>,
    /// Creations by it there, this one among them.
    pub creations: u64,
    /// All creations there.
    pub of: u64,
}

/// Whether the site allows a creation, who answers for that, and until when.
#[derive(Debug, Clone, Serialize)]
pub struct AuthorisationView<'a> {
    /// Whether.
    #[serde(serialize_with = "text")]
    pub status: AuthorisationStatus,
    /// Name of the entry, or of the ticket, that allows it.
    pub rule: Option<&'a str>,
    /// Who answers for it.
    pub owner: Option<&'a str>,
    /// Why it is allowed.
    pub reason: Option<&'a str>,
    /// Until when the permission holds.
    pub expires: Option<&'a str>,
    /// The change ticket that covers it.
    pub ticket: Option<&'a str>,
    /// Entries that nearly allow it, nearest first.
    pub nearest: Vec<NearMissView<'a>>,
}

/// An entry that would have allowed a creation, but for something.
#[derive(Debug, Clone, Serialize)]
pub struct NearMissView<'a> {
    /// Its name.
    pub rule: &'a str,
    /// What did not fit.
    pub lacks: Vec<&'a str>,
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
    /// Release of ATT&CK that words it so.
    pub attack_version: &'static str,
}

/// Release of ATT&CK whose words and ids these are.
pub(crate) const ATTACK_VERSION: &str = "18.1";

/// Create Account: Local Account, on Windows.
const AN1235: Analytic = Analytic {
    id: "AN1235",
    technique: "T1136.001",
    detection_strategy: "DET0447",
    attack_version: ATTACK_VERSION,
};

/// What the plain rule of the field would say.
#[derive(Debug, Clone, Serialize)]
pub struct WindowRuleView<'a> {
    /// The nearest suspicious process started in the window before; `null` where none.
    pub process: Option<ProcessView<'a>>,
    /// It is the creator, or in its chain.
    pub agrees: bool,
}

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
    pub why: &'a str,
}

/// The host of a case or a finding.
#[derive(Debug, Clone, Serialize)]
pub struct HostView<'a> {
    /// As its record names it.
    pub name: &'a str,
    /// First label, upper case, cut to 15.
    pub netbios: &'a str,
    /// `null`: nothing in the input tells.
    pub domain_controller: Option<bool>,
    /// What it is for; `null` where neither inventory nor events tell.
    pub role: Option<&'a str>,
    /// Who says what it is for; left out where nobody does.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "text_or_null")]
    pub role_source: Option<RoleSource>,
    /// On what grounds; left out where nobody says what it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_why: Option<&'a str>,
    /// Whose it is, by the inventory; left out where it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<&'a str>,
}

/// The account of a case.
#[derive(Debug, Clone, Serialize)]
pub struct AccountView<'a> {
    /// Latest known name.
    pub name: Option<&'a str>,
    /// Name in the creation record.
    pub created_as: Option<&'a str>,
    /// Its SID.
    pub sid: Option<&'a str>,
    /// Domain or computer in the creation record.
    pub domain: Option<&'a str>,
    /// Local or domain.
    #[serde(serialize_with = "text")]
    pub scope: Scope,
    /// Ever in a group that grants power over the host.
    pub privileged: bool,
    /// SIDs of the groups it was put into.
    pub groups: Vec<&'a str>,
}

/// Who made the call, and from which logon session.
#[derive(Debug, Clone, Serialize)]
pub struct ActorView<'a> {
    /// Account name.
    pub name: Option<&'a str>,
    /// Domain or computer that owns the account.
    pub domain: Option<&'a str>,
    /// Its SID.
    pub sid: Option<&'a str>,
    /// The logon session, `0x…`.
    #[serde(serialize_with = "text_or_null")]
    pub logon_id: Option<LogonId>,
    /// 4624's LogonType.
    pub logon_type: Option<u32>,
    /// When the session began.
    #[serde(serialize_with = "text_or_null")]
    pub logon_at: Option<Timestamp>,
    /// Address it came from.
    pub source_ip: Option<&'a str>,
    /// Workstation it came from.
    pub source_host: Option<&'a str>,
    /// Elevated token.
    pub elevated: Option<bool>,
    /// What kind of account it is.
    #[serde(serialize_with = "text_or_null")]
    pub kind: Option<ActorKind>,
    /// SIDs of its token's groups, where the host tells them.
    pub groups: Vec<&'a str>,
}

/// Another session behind the actor's.
#[derive(Debug, Clone, Serialize)]
pub struct OriginView<'a> {
    /// Who and from where.
    #[serde(flatten)]
    pub actor: ActorView<'a>,
    /// By what route.
    pub via: &'static str,
    /// The command on its own host that reached over; `null` where that host is not in the input.
    pub client: Option<ClientView<'a>>,
}

impl<'a> OriginView<'a> {
    /// Where its session is one: of a command on a host of its own that is the client's, else the host of the case.
    pub(crate) fn host(&self, of_case: &HostView<'a>) -> &'a str {
        match &self.client {
            Some(client) if self.via == "remote_command" => client.host,
            _ => of_case.name,
        }
    }
}

/// A command on another host of the input, which reached over to this one.
#[derive(Debug, Clone, Serialize)]
pub struct ClientView<'a> {
    /// Name of the host where it ran.
    pub host: &'a str,
    /// What ran.
    pub process: ProcessView<'a>,
}

/// A process; secrets in its command line are redacted already.
#[derive(Debug, Clone, Serialize)]
pub struct ProcessView<'a> {
    /// Process id.
    pub pid: Option<u32>,
    /// Full path.
    pub image: Option<&'a str>,
    /// Redacted.
    pub command_line: Option<&'a str>,
    /// `null` for a process known only from its child.
    #[serde(serialize_with = "text_or_null")]
    pub started_at: Option<Timestamp>,
    /// `DOMAIN\name`.
    pub user: Option<&'a str>,
    /// Effective session, `0x…`.
    #[serde(serialize_with = "text_or_null")]
    pub logon_id: Option<LogonId>,
    /// Name in the version resource.
    pub original_file_name: Option<&'a str>,
    /// Sysmon's.
    #[serde(serialize_with = "text_or_null")]
    pub guid: Option<ProcessGuid>,
    /// Hashes of the file, `SHA256=…`; left out where the log has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<&'a str>,
    /// Names of the site's rules that hit it; left out where none did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<&'a str>,
}

/// Which process made the call.
#[derive(Debug, Clone, Serialize)]
pub struct AttributionView<'a> {
    /// What can be said.
    #[serde(serialize_with = "text")]
    pub verdict: Verdict,
    /// One sentence; left out where the verdict is `attributed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
    /// 0 to 1, of the verdict, four places.
    pub confidence: f64,
    /// The process that made the call.
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
    pub why: &'a str,
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
    pub against: &'a str,
}

/// An account as an event names it.
#[derive(Debug, Clone, Serialize)]
pub struct PrincipalView<'a> {
    /// Account name.
    pub name: Option<&'a str>,
    /// Domain or computer that owns the account.
    pub domain: Option<&'a str>,
    /// Its SID.
    pub sid: Option<&'a str>,
    /// Its logon session, `0x…`.
    #[serde(serialize_with = "text_or_null")]
    pub logon_id: Option<LogonId>,
}

/// Something that happened to the account afterwards.
#[derive(Debug, Clone, Serialize)]
pub struct AfterwardView<'a> {
    /// When.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
    /// What.
    pub what: &'static str,
    /// By whom; `null` where the event names nobody.
    pub by: Option<PrincipalView<'a>>,
    /// What only this sort of happening has.
    #[serde(flatten)]
    pub detail: AfterwardDetail<'a>,
    /// Its record.
    pub event: RecordView,
}

/// What only one sort of happening has.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum AfterwardDetail<'a> {
    /// Of `password_set`.
    PasswordSet {
        /// False where it was refused.
        succeeded: bool,
    },
    /// Of `added_to_group`.
    AddedToGroup {
        /// The group.
        group_sid: &'a str,
        /// Its name, as this host writes it.
        group_name: Option<&'a str>,
        /// Grants power over the host.
        privileged: bool,
    },
    /// Of `removed_from_group`.
    RemovedFromGroup {
        /// The group.
        group_sid: &'a str,
        /// Its name, as this host writes it.
        group_name: Option<&'a str>,
    },
    /// Of `renamed`.
    Renamed {
        /// The new name.
        to: &'a str,
    },
    /// Of `logged_on`.
    LoggedOn {
        /// 4624's LogonType.
        logon_type: Option<u32>,
        /// Address it came from.
        source_ip: Option<&'a str>,
    },
    /// Of all others.
    Plain {},
}

/// Something that this host did not show.
#[derive(Debug, Clone, Serialize)]
pub struct BlindSpotView<'a> {
    /// Which sort.
    #[serde(serialize_with = "text")]
    pub kind: BlindSpotKind,
    /// In this case.
    pub detail: &'a str,
}

/// A record of the case's host: enough to find it again among `events`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordView {
    /// Channel it was written to.
    pub channel: &'static str,
    /// System/EventID.
    pub event_id: u32,
    /// System/EventRecordID; `null` in carriers that drop it.
    pub record_id: Option<u64>,
    /// The time in its System part.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
}

/// An event that a case or a finding rests on.
#[derive(Debug, Clone, Serialize)]
pub struct EventView<'a> {
    /// What it is to it.
    #[serde(serialize_with = "text")]
    pub role: Role,
    /// Which record.
    #[serde(flatten)]
    pub record: RecordView,
    /// The path as given, and the entry inside an archive.
    pub source: &'a str,
}

pub(crate) fn text<T: fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn text_or_null<T: fmt::Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

fn milliseconds_or_null<S: Serializer>(value: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(Duration::milliseconds).serialize(serializer)
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
            risk: (&case.risk).into(),
            host: (&case.host).into(),
            created_at: case.created_at,
            account: (&case.account).into(),
            outcome: case.outcome,
            actor: (&case.actor).into(),
            origin: case.origin.as_ref().map(OriginView::from),
            attribution: (&case.attribution).into(),
            afterwards: case.afterwards.iter().map(AfterwardView::from).collect(),
            blind_spots: case
                .blind_spots
                .iter()
                .map(|spot| BlindSpotView { kind: spot.kind, detail: &spot.detail })
                .collect(),
            events: case.events.iter().map(EventView::from).collect(),
            wave: case.wave.as_deref(),
            context: (&case.context).into(),
            authorisation: (&case.authorisation).into(),
            response: case.into(),
        }
    }
}

impl<'a> From<&'a case::CaseHost> for HostView<'a> {
    fn from(host: &'a case::CaseHost) -> Self {
        HostView {
            name: host.name.as_str(),
            netbios: &host.netbios,
            domain_controller: host.domain_controller,
            role: host.role.as_ref().map(|role| &*role.name),
            role_source: host.role.as_ref().map(|role| role.source),
            role_why: host.role.as_ref().map(|role| &*role.why),
            owner: host.owner.as_deref(),
        }
    }
}

impl<'a> From<&'a case::Context> for ContextView<'a> {
    fn from(context: &'a case::Context) -> Self {
        let sign = |sign: &'a case::NameSign| NameSignView { kind: sign.kind, why: &sign.why };
        ContextView {
            name_signs: context.name_signs.iter().map(sign).collect(),
            rarity: context.rarity.as_ref().map(|rarity| RarityView {
                creator: &rarity.creator,
                role: rarity.role.as_deref(),
                creations: rarity.creations,
                of: rarity.of,
            }),
        }
    }
}

impl<'a> From<&'a case::Authorisation> for AuthorisationView<'a> {
    fn from(authorisation: &'a case::Authorisation) -> Self {
        let near_miss = |miss: &'a case::NearMiss| NearMissView {
            rule: &miss.rule,
            lacks: miss.lacks.iter().map(String::as_str).collect(),
        };
        AuthorisationView {
            status: authorisation.status,
            rule: authorisation.rule.as_deref(),
            owner: authorisation.owner.as_deref(),
            reason: authorisation.reason.as_deref(),
            expires: authorisation.expires.as_deref(),
            ticket: authorisation.ticket.as_deref(),
            nearest: authorisation.nearest.iter().map(near_miss).collect(),
        }
    }
}

impl<'a> From<&'a case::Risk> for RiskView<'a> {
    fn from(risk: &'a case::Risk) -> Self {
        let term =
            |term: &'a case::RiskTerm| RiskTermView { name: term.name, points: term.points, why: &term.why };
        RiskView { score: risk.score, terms: risk.terms.iter().map(term).collect() }
    }
}

impl<'a> From<&'a case::CaseAccount> for AccountView<'a> {
    fn from(account: &'a case::CaseAccount) -> Self {
        AccountView {
            name: account.name.as_deref(),
            created_as: account.created_as.as_deref(),
            sid: account.sid.as_ref().map(Sid::as_str),
            domain: account.domain.as_deref(),
            scope: account.scope,
            privileged: account.privileged,
            groups: account.groups.iter().map(Sid::as_str).collect(),
        }
    }
}

impl<'a> From<&'a case::Actor> for ActorView<'a> {
    fn from(actor: &'a case::Actor) -> Self {
        ActorView {
            name: actor.account.name.as_deref(),
            domain: actor.account.domain.as_deref(),
            sid: actor.account.sid.as_ref().map(Sid::as_str),
            logon_id: actor.account.logon_id,
            logon_type: actor.logon_type,
            logon_at: actor.logon_at,
            source_ip: actor.source_ip.as_deref().map(unmapped),
            source_host: actor.source_host.as_deref(),
            elevated: actor.elevated,
            kind: actor.kind,
            groups: actor.groups.iter().map(Sid::as_str).collect(),
        }
    }
}

impl<'a> From<&'a case::Origin> for OriginView<'a> {
    fn from(origin: &'a case::Origin) -> Self {
        let client = |client: &'a case::Client| ClientView {
            host: client.host.as_str(),
            process: (&client.process).into(),
        };
        OriginView {
            actor: (&origin.actor).into(),
            via: origin.via,
            client: origin.client.as_ref().map(client),
        }
    }
}

impl<'a> From<&'a case::Process> for ProcessView<'a> {
    fn from(process: &'a case::Process) -> Self {
        ProcessView {
            pid: process.pid.map(|pid| pid.0),
            image: process.image.as_deref(),
            command_line: process.command_line.as_deref(),
            started_at: process.started_at,
            user: process.user.as_deref(),
            logon_id: process.logon_id,
            original_file_name: process.original_file_name.as_deref(),
            guid: process.guid,
            hashes: process.hashes.iter().map(|hash| &**hash).collect(),
            rules: process.rules.iter().map(|rule| &**rule).collect(),
        }
    }
}

impl<'a> From<&'a case::Attribution> for AttributionView<'a> {
    fn from(attribution: &'a case::Attribution) -> Self {
        let reason = (attribution.verdict != Verdict::Attributed)
            .then(|| attribution.reason.as_deref().unwrap_or(attribution.verdict.doc()));
        AttributionView {
            verdict: attribution.verdict,
            reason,
            confidence: cut(attribution.confidence),
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
            why: &evidence.why,
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
            against: &alternative.against,
        }
    }
}

impl<'a> From<&'a Principal> for PrincipalView<'a> {
    fn from(principal: &'a Principal) -> Self {
        PrincipalView {
            name: principal.name.as_deref(),
            domain: principal.domain.as_deref(),
            sid: principal.sid.as_ref().map(Sid::as_str),
            logon_id: principal.logon_id,
        }
    }
}

impl<'a> From<&'a case::Afterward> for AfterwardView<'a> {
    fn from(afterward: &'a case::Afterward) -> Self {
        AfterwardView {
            at: afterward.at,
            what: afterward.what.slug(),
            by: afterward.by.as_ref().map(PrincipalView::from),
            detail: (&afterward.what).into(),
            event: (&afterward.record).into(),
        }
    }
}

impl<'a> From<&'a case::What> for AfterwardDetail<'a> {
    fn from(what: &'a case::What) -> Self {
        use case::What;
        match what {
            What::PasswordSet { succeeded } => AfterwardDetail::PasswordSet { succeeded: *succeeded },
            What::AddedToGroup { group_sid, group_name, privileged } => AfterwardDetail::AddedToGroup {
                group_sid: group_sid.as_str(),
                group_name: group_name.as_deref(),
                privileged: *privileged,
            },
            What::RemovedFromGroup { group_sid, group_name } => AfterwardDetail::RemovedFromGroup {
                group_sid: group_sid.as_str(),
                group_name: group_name.as_deref(),
            },
            What::Renamed { to } => AfterwardDetail::Renamed { to },
            What::LoggedOn { logon_type, source_ip } => AfterwardDetail::LoggedOn {
                logon_type: *logon_type,
                source_ip: source_ip.as_deref().map(unmapped),
            },
            What::Enabled
            | What::Disabled
            | What::Deleted
            | What::LogCleared
            | What::AuditPolicyChanged
            | What::Restored => AfterwardDetail::Plain {},
        }
    }
}

impl From<&RecordRef> for RecordView {
    fn from(record: &RecordRef) -> Self {
        let spec = record.kind.spec();
        RecordView {
            channel: spec.channel,
            event_id: spec.event_id,
            record_id: record.record_id,
            at: record.at,
        }
    }
}

impl<'a> From<&'a case::CaseEvent> for EventView<'a> {
    fn from(event: &'a case::CaseEvent) -> Self {
        EventView { role: event.role, record: (&event.record).into(), source: &event.record.source }
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

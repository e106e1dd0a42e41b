//! The shape of a case that other programs read: the only one that is serialised.
//!
//! Its field names are `begat.case/1`; the JSON Schema beside this crate says the same, and tests hold the
//! two together. Fields may be added; renaming or removing one is a new schema version. What is unknown is
//! `null`; what does not apply is left out. What is no recorded creation is a `begat.finding/1`, in `finding`.

mod attack;
mod attribution;
mod case;
mod events;
mod finding;
mod nouns;
mod order;
mod originals;
mod parties;
mod read;
mod risk;
mod schema;
mod site;
mod unread;

pub use begat_model::case::{
    ActorKind, AuthorisationStatus, BlindSpotKind, CASE_SCHEMA, Certainty, FindingKind, HostClass, Outcome,
    Role, Scope, Severity, Verdict,
};
pub use begat_model::time::{Duration, Precision, Timestamp};

pub use crate::response::Phase;
pub(crate) use attack::{ANALYTIC, STRATEGY, TACTIC, technique};
pub use attribution::{AlternativeView, EXPLANATIONS, EvidenceView};
pub use case::{CaseView, Found};
pub use events::{AfterwardDetail, AfterwardView, EventView};
pub use finding::{FINDING_SCHEMA, FindingView};
pub use nouns::{PrincipalView, ProcessView, RecordView};
pub use order::Order;
pub use originals::{Original, Originals};
pub use parties::{AccountView, ActorView, HostView, OriginView};
pub use read::Read;
pub use schema::{SCHEMAS, Schema};
pub use site::{AuthorisationView, NearMissView, RarityView};
pub use unread::UnreadCreations;

//! What a site allows: authorisations with a reason, an owner and an end, held against cases.
//!
//! Attribution is fact, policy is opinion: a policy changes a case's authorisation, risk and severity, and nothing
//! else of it. `policy` is the whole, `terms` what an entry may say, `file` how it is read, `judge` what it says of one
//! creation, `review` whether it is still in order. Nothing here is laid out on a page: who asks puts the answers there.

mod file;
mod judge;
mod policy;
mod review;
mod terms;

pub use file::complaint::{Complaint, Complaints};
pub use file::configured::{read_audit_settings, read_sysmon_config};
pub use file::inventory::InventoryFile;
pub use file::toml_text::toml_comment;
pub use judge::judgement::{Judgement, Permission};
pub use judge::situation::{Situation, SituationProcess};
pub use judge::ticket::{Ticket, Tickets};
pub use policy::Policy;
pub use review::allowances::allowances;
pub use review::attack::{AttackSituation, attack_stories, attacks};
pub use review::audit::{Audit, Audited, Remark, audit};
pub use review::history::{CasesRead, History, read_cases};
pub use review::sign::AttackSign;
pub use review::suggest::{LeftOut, Objection, Suggestion, Suggestions, suggest};
pub use review::trial::{Allowed, Trial, try_entry};
pub use review::usage::{Usage, Used};
pub use terms::entry::Entry;
pub use terms::key::KEYS;
pub use terms::schedule::Moment;

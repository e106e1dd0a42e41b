//! What a creation has of an attack, before anybody puts it into words.

use begat_model::case::{NameFact, RiskReason};

/// One such sign.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttackSign {
    /// A term of its risk.
    Risk(RiskReason),
    /// What is odd about its name.
    Name(NameFact),
    /// What only a policy asks for, as a clause.
    Situation(&'static str),
}

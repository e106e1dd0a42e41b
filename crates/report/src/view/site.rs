//! What the rest of the input and the site's policy say of a case.

use begat_model::case::{self, AuthorisationStatus};
use serde::Serialize;

use crate::wire::encode::text;
use crate::words::sentence::Sentence;

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
    pub why: Sentence<'a>,
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
    /// Keys that bear the permission beside a creator that is only likely; left out where it rests on none.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub beside_likely: &'a [&'static str],
    /// Entries that nearly allow it, nearest first.
    pub nearest: Vec<NearMissView<'a>>,
}

/// An entry that would have allowed a creation, but for something.
#[derive(Debug, Clone, Serialize)]
pub struct NearMissView<'a> {
    /// Its name.
    pub rule: &'a str,
    /// What did not fit.
    pub lacks: Vec<Sentence<'a>>,
}

impl<'a> From<&'a case::Context> for ContextView<'a> {
    fn from(context: &'a case::Context) -> Self {
        let sign =
            |sign: &'a case::NameSign| NameSignView { kind: sign.kind, why: Sentence::Name(&sign.why) };
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
            lacks: miss.lacks.iter().map(Sentence::Unmet).collect(),
        };
        AuthorisationView {
            status: authorisation.status,
            rule: authorisation.rule.as_deref(),
            owner: authorisation.owner.as_deref(),
            reason: authorisation.reason.as_deref(),
            expires: authorisation.expires.as_deref(),
            ticket: authorisation.ticket.as_deref(),
            beside_likely: &authorisation.beside_likely,
            nearest: authorisation.nearest.iter().map(near_miss).collect(),
        }
    }
}

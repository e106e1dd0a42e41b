//! What a policy looks at in a creation: plain facts, which can be written down and read back.
//!
//! Whoever allows something allows it by these facts and by nothing else of a case. Attack stories are kept in the
//! same shape, so that an entry is held against them exactly as against a case.

use std::fmt;

use begat_model::analytic::SessionKind;
use begat_model::case::{Actor, ActorKind, BlindSpotKind, Case, Certainty, Process, Scope, Verdict};
use begat_model::event::Text;
use begat_model::{HostName, Sid, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use begat_model::address::unmapped;

/// What a policy looks at in one creation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Situation {
    /// Where.
    pub host: SituationHost,
    /// Which account.
    pub account: SituationAccount,
    /// When.
    #[serde(with = "text")]
    pub created_at: Timestamp,
    /// What can be said of who made it.
    #[serde(with = "text")]
    pub verdict: Verdict,
    /// The process that made the call where the verdict is `attributed`, and the one that stands out where it is
    /// `likely`: an entry that rests on that one must rest on more. Of several candidates none may be allowed on its
    /// own account.
    pub creator: Option<SituationProcess>,
    /// Its ancestors, parent first; none where there is no creator.
    pub chain: Vec<SituationProcess>,
    /// The parent is only what its starter claimed: a parent can be named that knows nothing of the child.
    pub parent_is_claimed: bool,
    /// The session that made the call.
    pub actor: SituationActor,
    /// The session behind it, where another is.
    pub origin: Option<SituationActor>,
    /// That session only fits, and so may others: it can speak against an entry, and for none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub origin_is_possible: bool,
}

/// The host of a creation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SituationHost {
    /// As the creation record names it.
    #[serde(with = "text")]
    pub name: HostName,
    /// First label, upper case, cut to 15.
    pub netbios: String,
    /// What it is for; `None` where nothing tells.
    pub role: Option<String>,
}

/// The account that was created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SituationAccount {
    /// Latest known name.
    pub name: Option<String>,
    /// Name in the creation record.
    pub created_as: Option<String>,
    /// Local or domain.
    #[serde(with = "text")]
    pub scope: Scope,
}

/// A process, by what an attacker cannot choose freely: its file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SituationProcess {
    /// Full path.
    pub image: Option<String>,
    /// Name in the version resource.
    pub original_file_name: Option<String>,
    /// Hashes of the file, `SHA256=…`, where the log has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<String>,
}

/// A session: who, of what kind, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SituationActor {
    /// Kind of logon session.
    #[serde(with = "text")]
    pub session: SessionKind,
    /// Account name.
    pub name: Option<String>,
    /// Domain or computer that owns the account.
    pub domain: Option<String>,
    /// Its SID.
    #[serde(with = "text_or_null")]
    pub sid: Option<Sid>,
    /// What kind of account it is.
    #[serde(with = "text_or_null")]
    pub kind: Option<ActorKind>,
    /// Groups of its token, where the host tells them.
    #[serde(with = "texts", default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Sid>,
    /// Address it came from; an IPv4 address that Windows wrote as IPv6 is IPv4.
    pub source_ip: Option<String>,
    /// Workstation it came from, as its client claims.
    pub source_host: Option<String>,
}

impl Situation {
    /// The sessions that are known to stand behind the creation.
    pub(crate) fn known_sessions(&self) -> impl Iterator<Item = &SituationActor> {
        let behind = self.origin.as_ref().filter(|_| !self.origin_is_possible);
        std::iter::once(&self.actor).chain(behind)
    }

    /// It has a creator, and nothing shows the act by it.
    pub(crate) fn creator_is_likely(&self) -> bool {
        self.verdict == Verdict::Likely && self.creator.is_some()
    }
}

impl From<&Case> for Situation {
    fn from(case: &Case) -> Situation {
        let attribution = &case.attribution;
        let is_one = matches!(attribution.verdict, Verdict::Attributed | Verdict::Likely);
        let creator = attribution.creator.as_ref().filter(|_| is_one);
        let chain = if creator.is_some() { attribution.chain.as_slice() } else { &[] };
        Situation {
            host: SituationHost {
                name: case.host.name.clone(),
                netbios: case.host.netbios.clone(),
                role: case.host.role.as_ref().map(|role| role.name.to_string()),
            },
            account: SituationAccount {
                name: owned(case.account.name.as_ref()),
                created_as: owned(case.account.created_as.as_ref()),
                scope: case.account.scope,
            },
            created_at: case.created_at,
            verdict: attribution.verdict,
            creator: creator.map(SituationProcess::from),
            chain: chain.iter().map(SituationProcess::from).collect(),
            parent_is_claimed: case
                .blind_spots
                .iter()
                .any(|spot| spot.kind() == BlindSpotKind::ParentAsserted),
            actor: (&case.actor).into(),
            origin: case.origin.as_ref().map(|origin| (&origin.actor).into()),
            origin_is_possible: case
                .origin
                .as_ref()
                .is_some_and(|origin| origin.certainty != Certainty::Proven),
        }
    }
}

impl From<&Process> for SituationProcess {
    fn from(process: &Process) -> SituationProcess {
        SituationProcess {
            image: owned(process.image.as_ref()),
            original_file_name: owned(process.original_file_name.as_ref()),
            hashes: process.hashes.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<&Actor> for SituationActor {
    fn from(actor: &Actor) -> SituationActor {
        SituationActor {
            session: SessionKind::of(actor),
            name: owned(actor.account.name.as_ref()),
            domain: owned(actor.account.domain.as_ref()),
            sid: actor.account.sid.clone(),
            kind: actor.kind,
            groups: actor.groups.clone(),
            source_ip: actor.source_ip.as_deref().map(unmapped).map(str::to_owned),
            source_host: owned(actor.source_host.as_ref()),
        }
    }
}

fn owned(text: Option<&Text>) -> Option<String> {
    text.map(ToString::to_string)
}

/// What is written as text and read back from it.
trait Written: fmt::Display + Sized {
    const WHAT: &'static str;

    fn read(text: &str) -> Option<Self>;
}

macro_rules! written {
    ($($type:ident $what:literal $read:expr;)*) => {
        $(impl Written for $type {
            const WHAT: &'static str = $what;

            fn read(text: &str) -> Option<Self> {
                $read(text)
            }
        })*
    };
}

written! {
    Timestamp "time" Timestamp::parse_rfc3339;
    HostName "host name" HostName::new;
    Sid "SID" Sid::parse;
    Verdict "verdict" Verdict::named;
    Scope "scope" Scope::named;
    SessionKind "kind of session" SessionKind::named;
    ActorKind "kind of account" ActorKind::named;
}

fn read<T: Written, E: de::Error>(text: &str) -> Result<T, E> {
    T::read(text).ok_or_else(|| E::custom(format_args!("`{text}` is no {}", T::WHAT)))
}

mod text {
    use super::*;

    pub(crate) fn serialize<T: Written, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(crate) fn deserialize<'de, T: Written, D: Deserializer<'de>>(reader: D) -> Result<T, D::Error> {
        read(&String::deserialize(reader)?)
    }
}

mod text_or_null {
    use super::*;

    pub(crate) fn serialize<T: Written, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().map(ToString::to_string).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: Written, D: Deserializer<'de>>(
        reader: D,
    ) -> Result<Option<T>, D::Error> {
        Option::<String>::deserialize(reader)?.as_deref().map(read).transpose()
    }
}

mod texts {
    use super::*;

    pub(crate) fn serialize<T: Written, S: Serializer>(
        values: &[T],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(ToString::to_string))
    }

    pub(crate) fn deserialize<'de, T: Written, D: Deserializer<'de>>(reader: D) -> Result<Vec<T>, D::Error> {
        Vec::<String>::deserialize(reader)?.iter().map(|text| read(text)).collect()
    }
}

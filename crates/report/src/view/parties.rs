//! Where it happened, to which account, and who did it from where.

use begat_model::address::unmapped;
use begat_model::case::{self, ActorKind, Certainty, RoleSource, Scope};
use begat_model::ids::{HostName, LogonId, Sid};
use begat_model::time::Timestamp;
use serde::Serialize;

use crate::view::nouns::ProcessView;
use crate::wire::encode::{text, text_or_null};
use crate::words::sentence::Sentence;

/// The host of a case or a finding.
#[derive(Debug, Clone, Serialize)]
pub struct HostView<'a> {
    /// The same on every case of one machine, whatever it was called at the time.
    pub id: &'a str,
    /// All that it was called in this input.
    pub names: Vec<&'a str>,
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
    pub role_why: Option<Sentence<'a>>,
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
    /// Whether records tie it to the creation, or it only fits, alone or as others may.
    #[serde(serialize_with = "text")]
    pub certainty: Certainty,
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

impl<'a> From<&'a case::CaseHost> for HostView<'a> {
    fn from(host: &'a case::CaseHost) -> Self {
        HostView {
            id: &host.id,
            names: host.names.iter().map(HostName::as_str).collect(),
            name: host.name.as_str(),
            netbios: &host.netbios,
            domain_controller: host.domain_controller,
            role: host.role.as_ref().map(|role| &*role.name),
            role_source: host.role.as_ref().map(|role| role.source),
            role_why: host.role.as_ref().map(|role| Sentence::Role(&role.why)),
            owner: host.owner.as_deref(),
        }
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
            certainty: origin.certainty,
            client: origin.client.as_ref().map(client),
        }
    }
}

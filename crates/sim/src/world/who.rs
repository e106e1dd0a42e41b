//! Who acts on a host, as plain values: accounts, the sessions that they logged on to, processes.
use std::rc::Rc;

use crate::events::{self, Draft};
use crate::rng::Rng;
use crate::value::{Guid, Sid, Ticks, Value};

/// The logon id of SYSTEM, the same on every host and boot.
pub(crate) const SYSTEM_LOGON_ID: u64 = 0x3e7;
/// The logon id of NETWORK SERVICE.
pub(crate) const NETWORK_SERVICE_LOGON_ID: u64 = 0x3e4;

/// An account, as Security names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Its domain, or the host where it is local.
    pub domain: String,
    /// Its SID.
    pub sid: Sid,
}

impl Account {
    /// An account of a domain or of a host.
    pub fn new(domain: &str, name: &str, sid: Sid) -> Self {
        Self { name: name.to_owned(), domain: domain.to_owned(), sid }
    }
}

/// The SID of the domain CORP.
pub(crate) fn corp_sid() -> Sid {
    Sid::parse("S-1-5-21-1004336348-1177238915-682003330")
}

/// An account of the domain CORP.
pub(crate) fn corp_account(name: &str, rid: u32) -> Account {
    Account::new("CORP", name, corp_sid().with_rid(rid))
}

/// What kind of token a session has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// UAC does not apply: services, network logons, the built-in administrator.
    Default,
    /// The elevated half of an administrator's logon.
    Elevated,
    /// The filtered half.
    Limited,
}

impl Token {
    pub(super) fn elevation_type(self) -> &'static str {
        match self {
            Self::Default => "%%1936",
            Self::Elevated => "%%1937",
            Self::Limited => "%%1938",
        }
    }
}

/// A logon session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub account: Account,
    /// Its LUID.
    pub logon_id: u64,
    /// 2 interactive, 3 network, 5 service, 10 remote desktop.
    pub logon_type: u32,
    /// Where it came from.
    pub source_ip: Option<String>,
    /// Its token.
    pub token: Token,
    pub(super) guid: Guid,
}

impl Session {
    pub(super) fn is_service(&self) -> bool {
        matches!(self.logon_id, SYSTEM_LOGON_ID | NETWORK_SERVICE_LOGON_ID)
    }

    /// Whose it is, as Sysmon and PowerShell write it.
    pub(super) fn user(&self) -> String {
        match self.logon_id {
            SYSTEM_LOGON_ID => r"NT AUTHORITY\SYSTEM".to_owned(),
            NETWORK_SERVICE_LOGON_ID => r"NT AUTHORITY\NETWORK SERVICE".to_owned(),
            _ => format!(r"{}\{}", self.account.domain, self.account.name),
        }
    }

    /// The groups of its token: everybody's, and Administrators where the token has their power.
    pub fn groups(&self) -> Vec<Sid> {
        let administrators = (self.token != Token::Limited).then_some("S-1-5-32-544");
        ["S-1-1-0", "S-1-5-32-545", "S-1-5-11"].into_iter().chain(administrators).map(Sid::parse).collect()
    }

    pub(super) fn integrity(&self) -> (&'static str, Sid) {
        let (name, rid) = match self.token {
            _ if self.is_service() => ("System", 16_384),
            Token::Default | Token::Elevated => ("High", 12_288),
            Token::Limited => ("Medium", 8192),
        };
        (name, Sid::parse("S-1-16").with_rid(rid))
    }
}

pub(super) fn service_session(account: Account, logon_id: u64, rng: &mut Rng) -> Session {
    Session { account, logon_id, logon_type: 5, source_ip: None, token: Token::Default, guid: rng.guid() }
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id, reused after it ends.
    pub pid: u32,
    /// Its image.
    pub image: String,
    /// What it was started with.
    pub command_line: String,
    /// When it was started.
    pub started: Ticks,
    /// The session whose token it runs under.
    pub session: Session,
    /// Whether the host logged its start.
    pub logged: bool,
    /// Who started it; `None` for what runs since the boot.
    pub parent: Option<Rc<Process>>,
    pub(super) guid: Guid,
}

impl Process {
    /// What Sysmon says of a process that it tells something else of.
    pub(super) fn acting(&self, kind: &'static events::EventKind, time: Ticks) -> Draft {
        Draft::new(kind)
            .text("UtcTime", time.sysmon_utc_time())
            .set("ProcessGuid", Value::Guid(self.guid))
            .set("ProcessId", Value::U32(self.pid))
            .text("Image", self.image.as_str())
    }
}

/// The same with who asked for it.
pub(super) fn subject(draft: Draft, by: &Session) -> Draft {
    draft
        .set("SubjectUserSid", Value::Sid(by.account.sid.clone()))
        .text("SubjectUserName", by.account.name.as_str())
        .text("SubjectDomainName", by.account.domain.as_str())
        .set("SubjectLogonId", Value::Hex64(by.logon_id))
}

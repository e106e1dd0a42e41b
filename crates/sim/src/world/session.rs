//! Logon sessions: who is on a host, from where, and with which token.
use super::{Account, Generation, Host, NETWORK_SERVICE_LOGON_ID, SYSTEM_LOGON_ID, subject};
use crate::events::{self, Draft};
use crate::rng::Rng;
use crate::value::{Guid, Sid, Ticks, Value};

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

impl Host {
    fn new_session(
        &mut self,
        account: &Account,
        logon_type: u32,
        source_ip: Option<&str>,
        token: Token,
    ) -> Session {
        self.next_logon_id += self.rng.between(0x40, 0x2_0000);
        Session {
            account: account.clone(),
            logon_id: self.next_logon_id,
            logon_type,
            source_ip: source_ip.map(str::to_owned),
            token,
            guid: self.rng.guid(),
        }
    }

    /// A network logon.
    pub fn network_logon(&mut self, time: Ticks, account: &Account, source_ip: &str) -> Session {
        let session = self.new_session(account, 3, Some(source_ip), Token::Default);
        self.log_logon(time, &session, 0);
        session
    }

    /// A logon at the desktop of somebody whom UAC does not filter (the built-in administrator).
    pub fn desktop_logon(
        &mut self,
        time: Ticks,
        account: &Account,
        logon_type: u32,
        source_ip: &str,
    ) -> Session {
        let session = self.new_session(account, logon_type, Some(source_ip), Token::Default);
        self.log_logon(time, &session, 0);
        session
    }

    /// A logon at the desktop of an administrator under UAC: two linked sessions, elevated and filtered.
    pub fn administrator_logon(
        &mut self,
        time: Ticks,
        account: &Account,
        logon_type: u32,
        source_ip: &str,
    ) -> (Session, Session) {
        let elevated = self.new_session(account, logon_type, Some(source_ip), Token::Elevated);
        let limited = self.new_session(account, logon_type, Some(source_ip), Token::Limited);
        self.log_logon(time, &elevated, limited.logon_id);
        self.log_logon(time, &limited, elevated.logon_id);
        (elevated, limited)
    }

    fn log_logon(&mut self, time: Ticks, session: &Session, linked_logon_id: u64) {
        if session.token != Token::Limited {
            // 4672 comes before its 4624, nearly always.
            let special = subject(Draft::new(&events::SPECIAL_LOGON_4672), session).text(
                "PrivilegeList",
                "SeSecurityPrivilege\r\n\t\t\tSeBackupPrivilege\r\n\t\t\tSeDebugPrivilege",
            );
            self.log(time, special);
        }
        let remote = matches!(session.logon_type, 3 | 10);
        let kind = self.spec.generation.logon();
        let package = if session.logon_type == 3 { "Kerberos" } else { "Negotiate" };
        let port = self.rng.between(49_152, 65_535).to_string();
        let guid = self.rng.guid();
        let mut draft = Draft::new(kind)
            .set("TargetUserSid", Value::Sid(session.account.sid.clone()))
            .text("TargetUserName", session.account.name.as_str())
            .text("TargetDomainName", session.account.domain.as_str())
            .set("TargetLogonId", Value::Hex64(session.logon_id))
            .set("LogonType", Value::U32(session.logon_type))
            .text("LogonProcessName", if remote { package } else { "User32 " })
            .text("AuthenticationPackageName", package)
            .set("LogonGuid", Value::Guid(guid))
            .text("IpAddress", session.source_ip.as_deref().unwrap_or("-"))
            .text("IpPort", if session.source_ip.is_some() { port.as_str() } else { "-" });
        if session.logon_type != 3 {
            draft = subject(draft, &self.system)
                .text("WorkstationName", self.netbios())
                .set("ProcessId", Value::Pointer(912))
                .text("ProcessName", r"C:\Windows\System32\svchost.exe");
        }
        if self.spec.generation > Generation::Windows7 {
            draft = draft.text("ImpersonationLevel", "%%1833");
        }
        if self.spec.generation == Generation::Windows10 {
            draft = draft
                .text("VirtualAccount", "%%1843")
                .set("TargetLinkedLogonId", Value::Hex64(linked_logon_id))
                .text("ElevatedToken", if session.token == Token::Limited { "%%1843" } else { "%%1842" });
        }
        self.log(time, draft);
    }

    /// The session ends.
    pub fn logoff(&mut self, time: Ticks, session: &Session) {
        let ended = |kind| {
            Draft::new(kind)
                .set("TargetUserSid", Value::Sid(session.account.sid.clone()))
                .text("TargetUserName", session.account.name.as_str())
                .text("TargetDomainName", session.account.domain.as_str())
                .set("TargetLogonId", Value::Hex64(session.logon_id))
        };
        if session.logon_type != 3 {
            self.log(time, ended(&events::LOGOFF_4647));
        }
        let logoff = ended(&events::LOGOFF_4634).set("LogonType", Value::U32(session.logon_type));
        self.log(time.plus_millis(20), logoff);
    }
}

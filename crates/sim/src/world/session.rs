//! Logon sessions: who is on a host, from where, and with which token.
use super::host::Host;
use super::spec::Generation;
use super::who::{Account, Process, Session, Token, subject};
use crate::events::{self, Draft, EventKind};
use crate::value::{Ticks, Value};

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
            logon_id: self.reused_logon_id.take().unwrap_or(self.next_logon_id),
            logon_type,
            source_ip: source_ip.map(str::to_owned),
            token,
            guid: self.rng.guid(),
        }
    }

    /// A network logon.
    pub(crate) fn network_logon(&mut self, time: Ticks, account: &Account, source_ip: &str) -> Session {
        let session = self.new_session(account, 3, Some(source_ip), Token::Default);
        self.log_logon(time, &session, 0);
        session
    }

    /// A network logon of somebody who may do nothing here but read files.
    pub(crate) fn visit(&mut self, time: Ticks, account: &Account, source_ip: &str) -> Session {
        let session = self.new_session(account, 3, Some(source_ip), Token::Limited);
        self.log_logon(time, &session, 0);
        session
    }

    /// A network logon that does not say from where: WinRM's never does.
    pub(crate) fn unplaced_network_logon(&mut self, time: Ticks, account: &Account) -> Session {
        let session = self.new_session(account, 3, None, Token::Default);
        self.log_logon(time, &session, 0);
        session
    }

    /// The same from a client that names itself, as NTLM's do.
    pub(crate) fn named_network_logon(
        &mut self,
        time: Ticks,
        account: &Account,
        source_ip: &str,
        workstation: &str,
    ) -> Session {
        let session = self.new_session(account, 3, Some(source_ip), Token::Default);
        self.log_special_logon(time, &session);
        let draft = self
            .logon_draft(&session, 0)
            .text("LogonProcessName", "NtLmSsp ")
            .text("AuthenticationPackageName", "NTLM")
            .text("LmPackageName", "NTLM V2")
            .set("KeyLength", Value::U32(128))
            .text("WorkstationName", workstation);
        self.log(time, draft);
        session
    }

    /// A program calls LogonUser with somebody's password: a session of network type that nobody came over the
    /// network for. Its 4624 names the program and its session.
    pub(crate) fn logon_by_program(
        &mut self,
        time: Ticks,
        program: &Process,
        account: &Account,
        workstation: &str,
    ) -> Session {
        let session = self.new_session(account, 3, None, Token::Default);
        self.log_special_logon(time, &session);
        let draft = self
            .logon_draft(&session, 0)
            .text("LogonProcessName", "Advapi  ")
            .text("AuthenticationPackageName", "NTLM")
            .text("LmPackageName", "NTLM V2")
            .set("KeyLength", Value::U32(128))
            .text("WorkstationName", workstation)
            .set("ProcessId", Value::Pointer(u64::from(program.pid)))
            .text("ProcessName", program.image.as_str());
        self.log(time, subject(draft, &program.session));
        session
    }

    /// Somebody unlocks a session, perhaps from elsewhere: 4624 of type 7 under a logon id that ends at once. What
    /// is started goes on under the old one; returns that with its new source.
    pub(crate) fn unlock(&mut self, time: Ticks, session: &Session, source_ip: &str) -> Session {
        let passing = self.new_session(&session.account, 7, Some(source_ip), session.token);
        self.log_logon(time, &passing, 0);
        self.logoff(time.plus_millis(240), &passing);
        Session { source_ip: Some(source_ip.to_owned()), ..session.clone() }
    }

    /// A service starts under an account of its own.
    pub(crate) fn service_logon(&mut self, time: Ticks, account: &Account) -> Session {
        let session = self.new_session(account, 5, None, Token::Default);
        self.log_logon(time, &session, 0);
        session
    }

    /// `runas /netonly`: the old token under a new logon id; only towards the network it is somebody else.
    pub(crate) fn network_only_logon(&mut self, time: Ticks, by: &Process, outbound: &Account) -> Session {
        let session = self.new_session(&by.session.account, 9, Some("::1"), by.session.token);
        self.log_special_logon(time, &session);
        let draft = self.secondary_logon_draft(&session);
        let draft = if self.spec.generation == Generation::Windows10 {
            draft
                .text("TargetOutboundUserName", outbound.name.as_str())
                .text("TargetOutboundDomainName", outbound.domain.as_str())
        } else {
            draft
        };
        self.log(time, subject(draft, &by.session));
        session
    }

    fn secondary_logon_draft(&mut self, session: &Session) -> Draft {
        self.logon_draft(session, 0)
            .text("LogonProcessName", "seclogo")
            .set("ProcessId", Value::Pointer(1460))
            .text("ProcessName", r"C:\Windows\System32\svchost.exe")
            .text("WorkstationName", self.netbios())
            .text("IpPort", "0")
    }

    /// Somebody gives another's credentials to `runas`: 4648 by the old session, 4624 of the new.
    pub(crate) fn explicit_logon(&mut self, time: Ticks, by: &Process, account: &Account) -> Session {
        let session = self.new_session(account, 2, Some("::1"), Token::Default);
        let draft = subject(Draft::new(&events::EXPLICIT_LOGON_4648), &by.session)
            .text("TargetUserName", account.name.as_str())
            .text("TargetDomainName", account.domain.as_str())
            .text("TargetServerName", "localhost")
            .text("TargetInfo", "localhost")
            // The secondary logon service does it for the caller.
            .set("ProcessId", Value::Pointer(1460))
            .text("ProcessName", r"C:\Windows\System32\svchost.exe")
            .text("IpAddress", "::1")
            .text("IpPort", "0");
        self.log(time, draft);
        let draft = self.secondary_logon_draft(&session);
        self.log_special_logon(time.plus_millis(1), &session);
        self.log(time.plus_millis(1), subject(draft, &by.session));
        session
    }

    /// Somebody leaves his desktop without logging off.
    pub(crate) fn disconnect(&mut self, time: Ticks, session: &Session) {
        self.log(time, self.attached(&events::SESSION_DISCONNECTED_4779, session, &session.source_ip));
    }

    /// Somebody comes back to his desktop, perhaps from elsewhere; returns the session with its new source.
    pub(crate) fn reconnect(&mut self, time: Ticks, session: &Session, source_ip: &str) -> Session {
        let session = Session { source_ip: Some(source_ip.to_owned()), ..session.clone() };
        self.log(time, self.attached(&events::SESSION_RECONNECTED_4778, &session, &session.source_ip));
        session
    }

    fn attached(&self, kind: &'static EventKind, session: &Session, address: &Option<String>) -> Draft {
        Draft::new(kind)
            .text("AccountName", session.account.name.as_str())
            .text("AccountDomain", session.account.domain.as_str())
            .set("LogonID", Value::Hex64(session.logon_id))
            .text("SessionName", "RDP-Tcp#4")
            .text("ClientName", "WS-0417")
            .text("ClientAddress", address.as_deref().unwrap_or("Unknown"))
    }

    /// A logon at the desktop of somebody whom UAC does not filter (the built-in administrator).
    pub(crate) fn desktop_logon(
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
    pub(crate) fn administrator_logon(
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
        self.log_special_logon(time, session);
        let mut draft = self.logon_draft(session, linked_logon_id);
        if session.logon_type != 3 {
            let reporter = match session.logon_type {
                5 => r"C:\Windows\System32\services.exe",
                _ => r"C:\Windows\System32\svchost.exe",
            };
            draft = subject(draft, &self.system)
                .text(
                    "WorkstationName",
                    if session.logon_type == 5 { "-".to_owned() } else { self.netbios() },
                )
                .set("ProcessId", Value::Pointer(if session.logon_type == 5 { 640 } else { 912 }))
                .text("ProcessName", reporter);
        }
        self.log(time, draft);
        self.log_groups(time, session);
    }

    /// 4627 follows its 4624, where the groups of logons are audited.
    fn log_groups(&mut self, time: Ticks, session: &Session) {
        if !self.spec.telemetry.group_membership_auditing || self.spec.generation != Generation::Windows10 {
            return;
        }
        let groups: Vec<String> = session.groups().iter().map(|sid| format!("\n\t\t%{{{sid}}}")).collect();
        let draft = subject(Draft::new(&events::LOGON_GROUPS_4627), &self.system)
            .set("TargetUserSid", Value::Sid(session.account.sid.clone()))
            .text("TargetUserName", session.account.name.as_str())
            .text("TargetDomainName", session.account.domain.as_str())
            .set("TargetLogonId", Value::Hex64(session.logon_id))
            .set("LogonType", Value::U32(session.logon_type))
            .set("EventIdx", Value::U32(1))
            .set("EventCountTotal", Value::U32(1))
            .text("GroupMembership", groups.concat());
        self.log(time, draft);
    }

    /// 4672 comes before its 4624, nearly always.
    fn log_special_logon(&mut self, time: Ticks, session: &Session) {
        if session.token == Token::Limited {
            return;
        }
        let special = subject(Draft::new(&events::SPECIAL_LOGON_4672), session).text(
            "PrivilegeList",
            "SeSecurityPrivilege\r\n\t\t\tSeBackupPrivilege\r\n\t\t\tSeDebugPrivilege",
        );
        self.log(time, special);
    }

    /// 4624 without who reported it.
    fn logon_draft(&mut self, session: &Session, linked_logon_id: u64) -> Draft {
        let package = if session.logon_type == 3 { "Kerberos" } else { "Negotiate" };
        let process = match session.logon_type {
            3 | 10 => package,
            5 => "Advapi  ",
            _ => "User32 ",
        };
        let port = self.rng.between(49_152, 65_535).to_string();
        let guid = self.rng.guid();
        let mut draft = Draft::new(self.spec.generation.logon())
            .set("TargetUserSid", Value::Sid(session.account.sid.clone()))
            .text("TargetUserName", session.account.name.as_str())
            .text("TargetDomainName", session.account.domain.as_str())
            .set("TargetLogonId", Value::Hex64(session.logon_id))
            .set("LogonType", Value::U32(session.logon_type))
            .text("LogonProcessName", process)
            .text("AuthenticationPackageName", package)
            .set("LogonGuid", Value::Guid(guid))
            .text("IpAddress", session.source_ip.as_deref().unwrap_or("-"))
            .text("IpPort", if session.source_ip.is_some() { port.as_str() } else { "-" });
        if self.spec.generation > Generation::Windows7 {
            draft = draft.text("ImpersonationLevel", "%%1833");
        }
        if self.spec.generation == Generation::Windows10 {
            draft = draft
                .text("VirtualAccount", "%%1843")
                .set("TargetLinkedLogonId", Value::Hex64(linked_logon_id))
                .text("ElevatedToken", if session.token == Token::Limited { "%%1843" } else { "%%1842" });
        }
        draft
    }

    /// Somebody begins to log off.
    pub(crate) fn begin_logoff(&mut self, time: Ticks, session: &Session) {
        self.log(time, ended(&events::LOGOFF_4647, session));
    }

    /// The session ends.
    pub fn logoff(&mut self, time: Ticks, session: &Session) {
        if matches!(session.logon_type, 2 | 10) {
            self.begin_logoff(time, session);
        }
        let logoff = ended(&events::LOGOFF_4634, session).set("LogonType", Value::U32(session.logon_type));
        self.log(time.plus_millis(20), logoff);
    }
}

fn ended(kind: &'static EventKind, session: &Session) -> Draft {
    Draft::new(kind)
        .set("TargetUserSid", Value::Sid(session.account.sid.clone()))
        .text("TargetUserName", session.account.name.as_str())
        .text("TargetDomainName", session.account.domain.as_str())
        .set("TargetLogonId", Value::Hex64(session.logon_id))
}

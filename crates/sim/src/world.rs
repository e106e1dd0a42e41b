//! A Windows host that knows what really happened on it: sessions, processes, accounts, and what it logs.
use std::rc::Rc;

use crate::events::{self, Draft, Envelope, EventKind, Log};
use crate::noise::{SECURITY_NOISE, SYSMON_NOISE, Surroundings, hashes};
use crate::record::WindowsRecord;
use crate::rng::Rng;
use crate::value::{Guid, Sid, TICKS_PER_SECOND, Ticks, Value};

/// The logon id of SYSTEM, the same on every host and boot.
pub const SYSTEM_LOGON_ID: u64 = 0x3e7;
/// The logon id of NETWORK SERVICE.
pub const NETWORK_SERVICE_LOGON_ID: u64 = 0x3e4;
/// Clock granularity before Windows 10: 15.625 ms.
const OLD_CLOCK_TICKS: u64 = 156_250;

/// Which release of Windows: it decides the versions of 4688 and 4624.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    /// 7 and 2008 R2 without KB3004375: 4688 without a command line.
    Windows7,
    /// 8.1 and 2012 R2: 4688 with a command line, without the target.
    Server2012R2,
    /// 2012 R2 with updates: 4688 says version 2, but does not name the parent.
    Server2012R2Patched,
    /// 10, 2016 and later.
    Windows10,
}

impl Generation {
    fn process_created(self) -> &'static EventKind {
        match self {
            Self::Windows7 => &events::PROCESS_CREATED_4688_V0,
            Self::Server2012R2 => &events::PROCESS_CREATED_4688_V1,
            Self::Server2012R2Patched => &events::PROCESS_CREATED_4688_V2_WITHOUT_PARENT,
            Self::Windows10 => &events::PROCESS_CREATED_4688_V2,
        }
    }

    fn logon(self) -> &'static EventKind {
        match self {
            Self::Windows7 => &events::LOGON_4624_V0,
            Self::Server2012R2 | Self::Server2012R2Patched => &events::LOGON_4624_V1,
            Self::Windows10 => &events::LOGON_4624_V2,
        }
    }
}

/// What the host has been told to log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telemetry {
    /// 4688 and 4689; off on a default Windows.
    pub process_auditing: bool,
    /// The command line inside 4688; off even where process auditing is on, unless a policy says so.
    pub command_line: bool,
    /// Sysmon is installed.
    pub sysmon: bool,
    /// 5145, off by default.
    pub share_auditing: bool,
}

impl Telemetry {
    /// A default Windows: accounts and logons, no processes.
    pub const DEFAULT: Self =
        Self { process_auditing: false, command_line: false, sysmon: false, share_auditing: false };
    /// Process auditing with command lines.
    pub const AUDITED: Self = Self { process_auditing: true, command_line: true, ..Self::DEFAULT };
    /// The same with Sysmon beside it.
    pub const FULL: Self = Self { sysmon: true, share_auditing: true, ..Self::AUDITED };
}

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
    fn elevation_type(self) -> &'static str {
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
    guid: Guid,
}

impl Session {
    fn is_service(&self) -> bool {
        matches!(self.logon_id, SYSTEM_LOGON_ID | NETWORK_SERVICE_LOGON_ID)
    }

    fn integrity(&self) -> (&'static str, Sid) {
        let (name, rid) = match self.token {
            _ if self.is_service() => ("System", 16_384),
            Token::Default | Token::Elevated => ("High", 12_288),
            Token::Limited => ("Medium", 8192),
        };
        (name, Sid::parse("S-1-16").with_rid(rid))
    }
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
    guid: Guid,
}

/// Where a host stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostSpec {
    /// Its full name, or its NetBIOS name in a workgroup.
    pub fqdn: &'static str,
    /// The NetBIOS name of its domain; `WORKGROUP` in none.
    pub domain: &'static str,
    /// Which Windows it runs.
    pub generation: Generation,
    /// What it logs.
    pub telemetry: Telemetry,
    /// Whether it holds the domain's accounts.
    pub domain_controller: bool,
    /// Sysmon's Computer where it differs from Security's: NetBIOS name against FQDN.
    pub sysmon_computer: Option<&'static str>,
}

impl HostSpec {
    /// A member server of CORP with these logs.
    pub const fn server(fqdn: &'static str, telemetry: Telemetry) -> Self {
        Self {
            fqdn,
            domain: "CORP",
            generation: Generation::Windows10,
            telemetry,
            domain_controller: false,
            sysmon_computer: None,
        }
    }
}

/// A host, and everything it has logged so far.
pub struct Host {
    spec: HostSpec,
    rng: Rng,
    machine_sid: Sid,
    activity_id: Guid,
    next_rid: u32,
    next_pid: u32,
    reused_pid: Option<u32>,
    next_logon_id: u64,
    entries: Vec<(Ticks, Draft)>,
    /// SYSTEM's session.
    pub system: Session,
    /// NETWORK SERVICE's session.
    pub network_service: Session,
    /// services.exe, running since the boot.
    pub services: Rc<Process>,
}

/// The SID of the domain CORP.
pub fn corp_sid() -> Sid {
    Sid::parse("S-1-5-21-1004336348-1177238915-682003330")
}

/// An account of the domain CORP.
pub fn corp_account(name: &str, rid: u32) -> Account {
    Account::new("CORP", name, corp_sid().with_rid(rid))
}

/// How an account comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creation {
    /// `net user /add` and the consoles: the account also joins Users.
    Net,
    /// NetUserAdd, SAMR, New-LocalUser: it does not.
    Api,
}

impl Host {
    /// A host that has been up for a while.
    pub fn new(spec: HostSpec, seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ u64::from(crc32fast::hash(spec.fqdn.as_bytes())));
        let sub = |rng: &mut Rng| rng.between_u32(0x2000_0000, 0xf000_0000);
        let local =
            Sid::parse("S-1-5-21").with_rid(sub(&mut rng)).with_rid(sub(&mut rng)).with_rid(sub(&mut rng));
        let machine_sid = if spec.domain_controller { corp_sid() } else { local };
        let netbios = netbios_name(spec.fqdn);
        let machine_account = Account::new(spec.domain, &format!("{netbios}$"), Sid::parse("S-1-5-18"));
        let network_account = Account::new(spec.domain, &format!("{netbios}$"), Sid::parse("S-1-5-20"));
        let system = service_session(machine_account, SYSTEM_LOGON_ID, &mut rng);
        let network_service = service_session(network_account, NETWORK_SERVICE_LOGON_ID, &mut rng);
        let services = Rc::new(Process {
            pid: 640,
            image: r"C:\Windows\System32\services.exe".to_owned(),
            command_line: r"C:\Windows\system32\services.exe".to_owned(),
            started: Ticks(0),
            session: system.clone(),
            logged: false,
            parent: None,
            guid: rng.guid(),
        });
        Self {
            next_rid: rng.between_u32(1002, 1018),
            next_pid: rng.between_u32(700, 1400) * 4,
            reused_pid: None,
            next_logon_id: rng.between(0x9_0000, 0x3f_0000),
            activity_id: rng.guid(),
            entries: Vec::new(),
            spec,
            rng,
            machine_sid,
            system,
            network_service,
            services,
        }
    }

    /// Its specification.
    pub fn spec(&self) -> &HostSpec {
        &self.spec
    }

    /// Its NetBIOS name: the first label in capitals, cut to 15 characters.
    pub fn netbios(&self) -> String {
        netbios_name(self.spec.fqdn)
    }

    /// The SID under which its own accounts stand; the domain's on a domain controller.
    pub fn machine_sid(&self) -> &Sid {
        &self.machine_sid
    }

    /// Its random numbers, for stories that need some of their own.
    pub fn rng(&mut self) -> &mut Rng {
        &mut self.rng
    }

    /// The account that the next creation gets as its relative id.
    pub fn set_next_rid(&mut self, rid: u32) {
        self.next_rid = rid;
    }

    /// Makes the next process take the id of this one: Windows reuses ids as soon as they are free.
    pub fn reuse_pid(&mut self, ended: &Process) {
        self.reused_pid = Some(ended.pid);
    }

    /// A time as this host's clock tells it.
    fn clock(&self, time: Ticks) -> Ticks {
        if self.spec.generation == Generation::Windows10 {
            return time;
        }
        Ticks(time.0 - time.0 % OLD_CLOCK_TICKS)
    }

    /// Logs an event at this time.
    pub fn log(&mut self, time: Ticks, draft: Draft) {
        let time = if draft.kind.log == Log::Sysmon { time } else { self.clock(time) };
        self.entries.push((time, draft));
    }

    /// Everything logged, in order of time and numbered for each channel.
    pub fn into_records(mut self) -> Vec<WindowsRecord> {
        // Stable: what happened in one clock tick keeps the order in which it happened.
        self.entries.sort_by_key(|(time, _)| *time);
        let mut security_id = self.rng.between(20_000, 900_000);
        let mut sysmon_id = self.rng.between(20_000, 900_000);
        let lsass = (748, self.rng.between_u32(100, 900) * 4);
        let entries = std::mem::take(&mut self.entries);
        let mut envelope = |time: Ticks, draft: &Draft| match draft.kind.log {
            Log::Sysmon => {
                sysmon_id += 1;
                let computer = self.spec.sysmon_computer.unwrap_or(self.spec.fqdn).to_owned();
                Envelope { record_id: sysmon_id, time, computer, execution: (3352, 4688), activity_id: None }
            }
            Log::Security | Log::SecurityCleared => {
                security_id += 1;
                // The kernel writes process and object events, lsass writes accounts and logons.
                let by_lsass = matches!(draft.kind.task, 12_544..=12_548 | 13_824..=13_826 | 14_336..=14_339);
                Envelope {
                    record_id: security_id,
                    time,
                    computer: self.spec.fqdn.to_owned(),
                    execution: if by_lsass { lsass } else { (4, 1512) },
                    activity_id: by_lsass.then_some(self.activity_id),
                }
            }
        };
        let written = |(time, draft): (Ticks, Draft)| {
            let envelope = envelope(time, &draft);
            draft.written(envelope)
        };
        entries.into_iter().map(written).collect()
    }

    // -- sessions ------------------------------------------------------------------------------------------

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

    // -- processes -----------------------------------------------------------------------------------------

    /// A process that runs since before the log begins; nothing is logged.
    pub fn running(&mut self, session: &Session, image: &str, command_line: &str) -> Rc<Process> {
        let parent = Rc::clone(&self.services);
        let mut process = self.new_process(Ticks(0), &parent, session, image, command_line);
        process.logged = false;
        Rc::new(process)
    }

    fn new_process(
        &mut self,
        time: Ticks,
        parent: &Rc<Process>,
        session: &Session,
        image: &str,
        command_line: &str,
    ) -> Process {
        let pid = self.reused_pid.take().unwrap_or(self.next_pid);
        self.next_pid += self.rng.between_u32(1, 40) * 4;
        Process {
            pid,
            image: image.to_owned(),
            command_line: command_line.to_owned(),
            started: time,
            session: session.clone(),
            logged: self.spec.telemetry.process_auditing || self.spec.telemetry.sysmon,
            parent: Some(Rc::clone(parent)),
            guid: self.rng.guid(),
        }
    }

    /// A process starts a child under its own token.
    pub fn start(
        &mut self,
        time: Ticks,
        parent: &Rc<Process>,
        image: &str,
        command_line: &str,
    ) -> Rc<Process> {
        let session = parent.session.clone();
        self.start_as(time, parent, &parent.session, &session, image, command_line)
    }

    /// A process starts a child under another token: UAC, WMI, services.
    ///
    /// `creator` is the session that asked: SYSTEM where UAC elevates, although the parent shown is explorer.
    pub fn start_as(
        &mut self,
        time: Ticks,
        parent: &Rc<Process>,
        creator: &Session,
        session: &Session,
        image: &str,
        command_line: &str,
    ) -> Rc<Process> {
        let process = self.new_process(time, parent, session, image, command_line);
        if self.spec.telemetry.process_auditing {
            let draft = self.process_created(&process, parent, creator);
            self.log(time, draft);
        }
        if self.spec.telemetry.sysmon {
            let lag_millis = self.rng.between(6, 45);
            let draft = self.sysmon_process(&process, parent);
            self.log(time.plus_millis(lag_millis), draft);
        }
        Rc::new(process)
    }

    fn process_created(&mut self, process: &Process, parent: &Process, creator: &Session) -> Draft {
        let generation = self.spec.generation;
        let mut draft = subject(Draft::new(generation.process_created()), creator)
            .set("NewProcessId", Value::Pointer(u64::from(process.pid)))
            .text("NewProcessName", process.image.as_str())
            .text("TokenElevationType", process.session.token.elevation_type())
            .set("ProcessId", Value::Pointer(u64::from(parent.pid)));
        if generation > Generation::Windows7 {
            // The field is there without the policy too, but empty.
            let logged = self.spec.telemetry.command_line;
            draft = draft.text("CommandLine", if logged { process.command_line.as_str() } else { "" });
        }
        if generation >= Generation::Server2012R2Patched && creator.logon_id != process.session.logon_id {
            // The target's SID stays S-1-0-0, although its name is filled in.
            draft = draft
                .text("TargetUserName", process.session.account.name.as_str())
                .text("TargetDomainName", process.session.account.domain.as_str())
                .set("TargetLogonId", Value::Hex64(process.session.logon_id));
        }
        if generation == Generation::Windows10 {
            let (_, label) = process.session.integrity();
            draft = draft
                .text("ParentProcessName", parent.image.as_str())
                .set("MandatoryLabel", Value::Sid(label));
        }
        draft
    }

    fn sysmon_process(&mut self, process: &Process, parent: &Process) -> Draft {
        let (integrity, _) = process.session.integrity();
        let account = &process.session.account;
        let user = match process.session.logon_id {
            SYSTEM_LOGON_ID => r"NT AUTHORITY\SYSTEM".to_owned(),
            NETWORK_SERVICE_LOGON_ID => r"NT AUTHORITY\NETWORK SERVICE".to_owned(),
            _ => format!(r"{}\{}", account.domain, account.name),
        };
        Draft::new(&events::SYSMON_PROCESS_1)
            .text("UtcTime", process.started.sysmon_utc_time())
            .set("ProcessGuid", Value::Guid(process.guid))
            .set("ProcessId", Value::U32(process.pid))
            .text("Image", process.image.as_str())
            .text("FileVersion", "10.0.17763.1 (WinBuild.160101.0800)")
            .text("Product", "Microsoft® Windows® Operating System")
            .text("Company", "Microsoft Corporation")
            .text("OriginalFileName", original_file_name(&process.image))
            .text("CommandLine", process.command_line.as_str())
            .text("CurrentDirectory", r"C:\Windows\system32\")
            .text("User", user)
            .set("LogonGuid", Value::Guid(process.session.guid))
            .set("LogonId", Value::Hex64(process.session.logon_id))
            .set("TerminalSessionId", Value::U32(u32::from(!process.session.is_service())))
            .text("IntegrityLevel", integrity)
            .text("Hashes", hashes(&mut self.rng))
            .set("ParentProcessGuid", Value::Guid(parent.guid))
            .set("ParentProcessId", Value::U32(parent.pid))
            .text("ParentImage", parent.image.as_str())
            .text("ParentCommandLine", parent.command_line.as_str())
    }

    /// A process ends with this exit code.
    pub fn exit(&mut self, time: Ticks, process: &Process, status: u32) {
        if self.spec.telemetry.process_auditing {
            let draft = subject(Draft::new(&events::PROCESS_EXITED_4689), &process.session)
                .set("Status", Value::Hex32(status))
                .set("ProcessId", Value::Pointer(u64::from(process.pid)))
                .text("ProcessName", process.image.as_str());
            self.log(time, draft);
        }
        if self.spec.telemetry.sysmon {
            let lag_millis = self.rng.between(6, 45);
            let draft = Draft::new(&events::SYSMON_PROCESS_ENDED_5)
                .text("UtcTime", time.sysmon_utc_time())
                .set("ProcessGuid", Value::Guid(process.guid))
                .set("ProcessId", Value::U32(process.pid))
                .text("Image", process.image.as_str());
            self.log(time.plus_millis(lag_millis), draft);
        }
    }

    // -- accounts ------------------------------------------------------------------------------------------

    /// An account is created, and the whole burst of events with it; returns it.
    pub fn create_account(&mut self, time: Ticks, by: &Session, name: &str, how: Creation) -> Account {
        let account = self.begin_account(time, by, name);
        self.log(time.plus_millis(1), target(&events::ACCOUNT_ENABLED_4722, &account, by));
        let changed = account_attributes(&events::ACCOUNT_CHANGED_4738, &account, by)
            .text("OldUacValue", "0x15")
            .text("NewUacValue", "0x10")
            .text("UserAccountControl", "\r\n\t\t%%2048\r\n\t\t%%2050")
            // A locale's text in local time: of no use to anyone, and therefore worth having here.
            .text("PasswordLastSet", time.strftime("%-m/%-d/%Y %-I:%M:%S %p", -4 * 3600));
        self.log(time.plus_millis(2), changed);
        self.log(time.plus_millis(2), target(&events::PASSWORD_RESET_4724, &account, by));
        if how == Creation::Net {
            self.change_local_group(time.plus_millis(4), by, &account, 545, true);
        }
        account
    }

    /// A creation that the password policy refuses: it looks like one, and is taken back at once.
    pub fn fail_to_create_account(&mut self, time: Ticks, by: &Session, name: &str) -> Account {
        let account = self.begin_account(time, by, name);
        self.log(time.plus_millis(1), target(&events::PASSWORD_RESET_4724, &account, by).failed());
        self.log(time.plus_millis(2), self.primary_group(&events::GLOBAL_MEMBER_REMOVED_4729, &account, by));
        self.log(time.plus_millis(2), target(&events::ACCOUNT_DELETED_4726, &account, by));
        account
    }

    /// 4728 and 4720: on a SAM the membership comes first.
    fn begin_account(&mut self, time: Ticks, by: &Session, name: &str) -> Account {
        let domain = if self.spec.domain_controller { self.spec.domain.to_owned() } else { self.netbios() };
        let account = Account::new(&domain, name, self.machine_sid.with_rid(self.next_rid));
        self.next_rid += 1;
        self.log(time, self.primary_group(&events::GLOBAL_MEMBER_ADDED_4728, &account, by));
        let logon_hours = if self.spec.domain_controller { "%%1793" } else { "%%1797" };
        let created = account_attributes(&events::ACCOUNT_CREATED_4720, &account, by)
            .text("OldUacValue", "0x0")
            .text("NewUacValue", "0x15")
            .text("UserAccountControl", "\r\n\t\t%%2080\r\n\t\t%%2082\r\n\t\t%%2084")
            .text("PasswordLastSet", "%%1794")
            .text("LogonHours", logon_hours);
        self.log(time, created);
        if self.spec.telemetry.sysmon {
            let key = Draft::new(&events::SYSMON_REGISTRY_KEY_12)
                .text("EventType", "CreateKey")
                .text("UtcTime", time.sysmon_utc_time())
                .set("ProcessId", Value::U32(748))
                .text("Image", r"C:\Windows\System32\lsass.exe")
                .text("TargetObject", format!(r"HKLM\SAM\SAM\Domains\Account\Users\Names\{name}"));
            self.log(time.plus_millis(9), key);
        }
        account
    }

    fn primary_group(&self, kind: &'static EventKind, account: &Account, by: &Session) -> Draft {
        let group = if self.spec.domain_controller { "Domain Users" } else { "None" };
        let group = Account::new(&account.domain, group, self.machine_sid.with_rid(513));
        target(kind, &group, by).set("MemberSid", Value::Sid(account.sid.clone()))
    }

    /// An account joins or leaves a built-in local group.
    pub fn change_local_group(
        &mut self,
        time: Ticks,
        by: &Session,
        account: &Account,
        group_rid: u32,
        joins: bool,
    ) {
        let name = match group_rid {
            544 => "Administrators",
            555 => "Remote Desktop Users",
            _ => "Users",
        };
        let group = Account::new("Builtin", name, Sid::parse("S-1-5-32").with_rid(group_rid));
        let kind = if joins { &events::LOCAL_MEMBER_ADDED_4732 } else { &events::LOCAL_MEMBER_REMOVED_4733 };
        self.log(time, target(kind, &group, by).set("MemberSid", Value::Sid(account.sid.clone())));
    }

    /// An account is deleted.
    pub fn delete_account(&mut self, time: Ticks, by: &Session, account: &Account) {
        self.change_local_group(time, by, account, 545, false);
        self.log(time, self.primary_group(&events::GLOBAL_MEMBER_REMOVED_4729, account, by));
        self.log(time.plus_millis(1), target(&events::ACCOUNT_DELETED_4726, account, by));
    }

    /// An account is disabled.
    pub fn disable_account(&mut self, time: Ticks, by: &Session, account: &Account) {
        self.log(time, target(&events::ACCOUNT_DISABLED_4725, account, by));
    }

    /// An account is renamed; returns it under its new name.
    pub fn rename_account(&mut self, time: Ticks, by: &Session, account: &Account, to: &str) -> Account {
        let draft = subject(Draft::new(&events::ACCOUNT_RENAMED_4781), by)
            .text("OldTargetUserName", account.name.as_str())
            .text("NewTargetUserName", to)
            .text("TargetDomainName", account.domain.as_str())
            .set("TargetSid", Value::Sid(account.sid.clone()));
        self.log(time, draft);
        Account::new(&account.domain, to, account.sid.clone())
    }

    /// A file on a share is opened; `samr` on IPC$ is the door to remote account management.
    pub fn open_share(&mut self, time: Ticks, by: &Session, share: &str, file: &str) {
        if !self.spec.telemetry.share_auditing {
            return;
        }
        let draft = subject(Draft::new(&events::SHARE_ACCESSED_5145), by)
            .text("ObjectType", "File")
            .text("IpAddress", by.source_ip.as_deref().unwrap_or("-"))
            .text("IpPort", "50331")
            .text("ShareName", share)
            .text("ShareLocalPath", "")
            .text("RelativeTargetName", file)
            .set("AccessMask", Value::Hex32(0x12_019f))
            .text("AccessList", "%%1538\r\n\t\t\t\t%%4416\r\n\t\t\t\t");
        self.log(time, draft);
    }

    /// A domain controller grants somebody a Kerberos ticket.
    pub fn grant_ticket(&mut self, time: Ticks, account: &Account, source_ip: &str) {
        let krbtgt = Sid::parse("S-1-5-21-1004336348-1177238915-682003330-502");
        let draft = Draft::new(&events::TICKET_REQUESTED_4768)
            .text("TargetUserName", account.name.as_str())
            .text("TargetDomainName", account.domain.as_str())
            .set("TargetSid", Value::Sid(account.sid.clone()))
            .text("ServiceName", "krbtgt")
            .set("ServiceSid", Value::Sid(krbtgt))
            .set("TicketOptions", Value::Hex32(0x4081_0010))
            .set("TicketEncryptionType", Value::Hex32(0x12))
            .text("PreAuthType", "2")
            .text("IpAddress", format!("::ffff:{source_ip}"))
            .text("IpPort", "52114")
            .text("CertIssuerName", "")
            .text("CertSerialNumber", "")
            .text("CertThumbprint", "");
        self.log(time, draft);
    }

    /// The Security log is cleared.
    pub fn clear_log(&mut self, time: Ticks, by: &Session) {
        self.log(time, subject(Draft::new(&events::LOG_CLEARED_1102), by));
    }

    /// The host starts.
    pub fn boot(&mut self, time: Ticks) {
        self.log(time, Draft::new(&events::STARTUP_4608));
    }

    // -- background ----------------------------------------------------------------------------------------

    /// A busy server's ordinary events: `count` of them, spread from `from` over `seconds`.
    pub fn noise(&mut self, from: Ticks, seconds: u64, count: u64) {
        let netbios = self.netbios();
        for _ in 0..count {
            let time = Ticks(from.0 + self.rng.between(0, seconds * TICKS_PER_SECOND));
            let machine_account = format!("{netbios}$");
            let host = Surroundings { machine_account: &machine_account, domain: self.spec.domain, time };
            let sysmon = self.spec.telemetry.sysmon && self.rng.between(1, 2) == 1;
            let makers = if sysmon { SYSMON_NOISE } else { SECURITY_NOISE };
            let draft = self.rng.weighted(makers)(&mut self.rng, &host);
            self.log(time, draft);
        }
    }

    /// Ordinary processes and network logons: what keeps a host visibly alive without making accounts.
    pub fn background(&mut self, from: Ticks, seconds: u64, count: u64) {
        const JOBS: &[(&str, &str)] = &[
            (r"C:\Windows\System32\taskhostw.exe", "taskhostw.exe"),
            (r"C:\Windows\System32\backgroundTaskHost.exe", "backgroundTaskHost.exe -ServerName:App"),
            (r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k wsappx -p"),
            (
                r"C:\Program Files\Backup Agent\bkpagent.exe",
                r#""C:\Program Files\Backup Agent\bkpagent.exe" --scan"#,
            ),
            (r"C:\Windows\System32\SearchIndexer.exe", r"C:\Windows\system32\SearchIndexer.exe /Embedding"),
        ];
        let services = Rc::clone(&self.services);
        for i in 0..count {
            // Evenly spread with jitter, so that every stretch of the log shows processes.
            let step = seconds * TICKS_PER_SECOND / count;
            let time = Ticks(from.0 + i * step + self.rng.between(0, step.saturating_sub(1)));
            let (image, command_line) = *self.rng.pick(JOBS);
            let process = self.start(time, &services, image, command_line);
            let life_millis = self.rng.between(400, 30_000);
            self.exit(time.plus_millis(life_millis), &process, 0);
            if i % 3 == 0 {
                let rid = self.rng.between_u32(1300, 1400);
                let account = corp_account(&format!("user{rid}"), rid);
                let source_ip = format!("10.20.1.{}", self.rng.between(20, 200));
                let session = self.network_logon(time.plus_millis(137), &account, &source_ip);
                self.logoff(time.plus_millis(life_millis), &session);
            }
        }
    }
}

fn netbios_name(fqdn: &str) -> String {
    fqdn.split('.').next().unwrap_or(fqdn).to_uppercase().chars().take(15).collect()
}

fn service_session(account: Account, logon_id: u64, rng: &mut Rng) -> Session {
    Session { account, logon_id, logon_type: 5, source_ip: None, token: Token::Default, guid: rng.guid() }
}

fn subject(draft: Draft, by: &Session) -> Draft {
    draft
        .set("SubjectUserSid", Value::Sid(by.account.sid.clone()))
        .text("SubjectUserName", by.account.name.as_str())
        .text("SubjectDomainName", by.account.domain.as_str())
        .set("SubjectLogonId", Value::Hex64(by.logon_id))
}

fn target(kind: &'static EventKind, account: &Account, by: &Session) -> Draft {
    subject(Draft::new(kind), by)
        .text("TargetUserName", account.name.as_str())
        .text("TargetDomainName", account.domain.as_str())
        .set("TargetSid", Value::Sid(account.sid.clone()))
}

fn account_attributes(kind: &'static EventKind, account: &Account, by: &Session) -> Draft {
    const UNSET: &[&str] = &[
        "DisplayName",
        "HomeDirectory",
        "HomePath",
        "ScriptPath",
        "ProfilePath",
        "UserWorkstations",
        "UserParameters",
    ];
    let draft = target(kind, account, by)
        .text("SamAccountName", account.name.as_str())
        .text("AccountExpires", "%%1794")
        .text("PrimaryGroupId", "513")
        .text("LogonHours", "%%1797");
    UNSET.iter().fold(draft, |draft, name| draft.text(name, "%%1793"))
}

/// The name that a binary was built with, which a copy under another name keeps.
fn original_file_name(image: &str) -> &str {
    const BUILT_AS: &[(&str, &str)] = &[
        ("cmd.exe", "Cmd.Exe"),
        ("powershell.exe", "PowerShell.EXE"),
        ("explorer.exe", "EXPLORER.EXE"),
        ("userinit.exe", "USERINIT.EXE"),
        ("wmiprvse.exe", "Wmiprvse.exe"),
        // A renamed copy of net.exe, for the story of that name.
        ("updchk.exe", "net.exe"),
    ];
    let name = image.rsplit('\\').next().unwrap_or(image);
    let row = BUILT_AS.iter().find(|(file, _)| name.eq_ignore_ascii_case(file));
    row.map_or(name, |(_, built_as)| built_as)
}

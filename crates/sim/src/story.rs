//! Stories of accounts being created, each with the truth that a hunt has to find.
//!
//! The names (`M01`, `A02` …) are those of the scenarios in the domain reference.
use std::rc::Rc;

use crate::record::WindowsRecord;
use crate::value::{Sid, Ticks};
use crate::world::{
    Account, Creation, Generation, Host, HostSpec, Process, Session, Telemetry, corp_account,
};

/// A process as the truth names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueProcess {
    /// Its id.
    pub pid: u32,
    /// Its image.
    pub image: String,
    /// Whether its start is in the log; an ancestor that is not is known from its child alone.
    pub logged: bool,
}

impl From<&Process> for TrueProcess {
    fn from(process: &Process) -> Self {
        Self { pid: process.pid, image: process.image.clone(), logged: process.logged }
    }
}

/// What really happened to one account; the words are those of the output contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// The host's full name.
    pub host: String,
    /// The account's latest name.
    pub account: String,
    /// The name it was created under.
    pub created_as: String,
    /// Its SID.
    pub sid: Sid,
    /// `local` or `domain`.
    pub scope: &'static str,
    /// The logon session that created it.
    pub logon_id: u64,
    /// Where that session came from.
    pub source_ip: Option<String>,
    /// What can be known: `attributed`, `ambiguous`, `remote`, `system`, `session_only` or `unknown`.
    pub verdict: &'static str,
    /// The process that made the call; under `ambiguous` it is one of `candidates`, and the log cannot say.
    pub creator: Option<TrueProcess>,
    /// Its ancestors, parent first, up to the first that the log does not show the start of.
    pub chain: Vec<TrueProcess>,
    /// Under `ambiguous` every process that could have done it.
    pub candidates: Vec<TrueProcess>,
    /// `persists`, `deleted` or `attempt_failed`.
    pub outcome: &'static str,
    /// Whether ATT&CK's sequence (suspicious process, then local account, within two minutes) holds.
    pub sequence: bool,
    /// Whether it joined a privileged group.
    pub privileged: bool,
}

impl Truth {
    fn new(host: &Host, account: &Account, by: &Session) -> Self {
        let scope = if host.spec().domain_controller { "domain" } else { "local" };
        Self {
            host: host.spec().fqdn.to_owned(),
            account: account.name.clone(),
            created_as: account.name.clone(),
            sid: account.sid.clone(),
            scope,
            logon_id: by.logon_id,
            source_ip: by.source_ip.clone(),
            verdict: "unknown",
            creator: None,
            chain: Vec::new(),
            candidates: Vec::new(),
            outcome: "persists",
            sequence: false,
            privileged: false,
        }
    }

    fn attributed(host: &Host, account: &Account, creator: &Process) -> Self {
        let truth = Self::new(host, account, &creator.session);
        Self {
            verdict: "attributed",
            creator: Some(creator.into()),
            chain: chain(creator),
            sequence: truth.scope == "local",
            ..truth
        }
    }

    fn verdict(mut self, verdict: &'static str) -> Self {
        self.verdict = verdict;
        self
    }

    fn outcome(mut self, outcome: &'static str) -> Self {
        self.outcome = outcome;
        self
    }

    fn privileged(mut self) -> Self {
        self.privileged = true;
        self
    }
}

fn chain(process: &Process) -> Vec<TrueProcess> {
    let mut chain = Vec::new();
    let mut at = process;
    while let (true, Some(parent)) = (at.logged, &at.parent) {
        chain.push(parent.as_ref().into());
        at = parent;
    }
    chain
}

/// A story told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Its name.
    pub name: &'static str,
    /// Everything its hosts logged, host by host, each in order.
    pub records: Vec<WindowsRecord>,
    /// One truth for each 4720.
    pub truth: Vec<Truth>,
}

/// One row of the table of stories.
pub struct StoryKind {
    /// Its name, also on the command line.
    pub name: &'static str,
    /// The scenario of the domain reference that it plays.
    pub scenario: &'static str,
    /// What happens.
    pub summary: &'static str,
    spec: HostSpec,
    play: fn(&mut Host) -> Vec<Truth>,
}

impl StoryKind {
    /// The story of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        STORIES.iter().find(|story| story.name == name)
    }

    /// Tells it; the same seed tells the same story.
    pub fn tell(&self, seed: u64) -> Story {
        self.tell_on(self.spec.clone(), seed)
    }

    /// Tells it on another host than its own. What that host does not log, its truth still takes for logged.
    pub fn tell_on(&self, spec: HostSpec, seed: u64) -> Story {
        let mut host = Host::new(spec, seed);
        let truth = (self.play)(&mut host);
        Story { name: self.name, records: host.into_records(), truth }
    }
}

/// A member server with these logs, on which most stories play.
const fn server(telemetry: Telemetry) -> HostSpec {
    HostSpec::server("srv01.corp.example", telemetry)
}

const AUDITED: HostSpec = server(Telemetry::AUDITED);
const DEFAULT: HostSpec = server(Telemetry::DEFAULT);
const FULL: HostSpec = server(Telemetry::FULL);
const WITHOUT_COMMAND_LINES: HostSpec = server(Telemetry { command_line: false, ..Telemetry::AUDITED });
/// Sysmon names the host without its domain, as it does where it was installed before the join.
const TWO_NAMES: HostSpec = HostSpec { sysmon_computer: Some("SRV01"), ..FULL };
const SERVER_2012_R2: HostSpec = HostSpec { generation: Generation::Server2012R2, ..AUDITED };
const NEW_DESKTOP: HostSpec =
    HostSpec { domain: "WORKGROUP", ..HostSpec::server("DESKTOP-7Q2LM4T", Telemetry::DEFAULT) };
const DOMAIN_CONTROLLER: HostSpec = HostSpec {
    domain_controller: true,
    ..HostSpec::server("dc01.corp.example", Telemetry { sysmon: false, ..Telemetry::FULL })
};

macro_rules! stories {
    ($($name:literal $scenario:literal $spec:ident $play:ident $summary:literal;)*) => {
        /// Every story.
        pub const STORIES: &[StoryKind] = &[$(StoryKind {
            name: $name, scenario: $scenario, summary: $summary, spec: $spec, play: $play,
        }),*];
    };
}

stories! {
    "net-user" "M01" AUDITED net_user "an administrator runs net user /add in an elevated shell";
    "net-user-administrators" "M02" TWO_NAMES net_user_administrators
        "the same, and the account joins Administrators";
    "wmi-failed" "M07" FULL wmi_failed
        "net over remote WMI; the password is refused and the account taken back";
    "wmi-success" "M07" AUDITED wmi_success "net over remote WMI, into Administrators";
    "remote-samr" "M14" FULL remote_samr
        "an account made over the network, without any process on the host";
    "ambiguous-shells" "M15" WITHOUT_COMMAND_LINES ambiguous_shells
        "two PowerShells of one session, and nothing that tells them apart";
    "rename" "M23" AUDITED rename "an account is created under one name and renamed";
    "create-use-delete" "M24" AUDITED create_use_delete
        "an account is created, used over the network and deleted";
    "renamed-net" "M26" FULL renamed_net "a copy of net.exe under another name starts net1";
    "net1-direct" "M27" AUDITED net1_direct "net1 without net, with /add cut short";
    "oobe" "B01" NEW_DESKTOP oobe "Windows' own setup creates the first accounts";
    "two-administrators" "A01" AUDITED two_administrators
        "two administrators create accounts at the same moment";
    "two-net1-one-session" "A02" SERVER_2012_R2 two_net1_one_session
        "two net1 of one session in the same clock tick";
    "pid-reuse" "A04" AUDITED pid_reuse "the creator's process id belonged to others before and after";
    "uac-old-4688" "A08" SERVER_2012_R2 uac_old_4688
        "UAC on 2012 R2: 4688 shows SYSTEM, only 4689 the true session";
    "no-process-telemetry" "X01" DEFAULT no_process_telemetry "a default Windows that logs no processes";
    "empty-command-lines" "X02" WITHOUT_COMMAND_LINES empty_command_lines
        "process auditing without command lines";
    "domain-account" "N01" DOMAIN_CONTROLLER domain_account
        "an account of the domain, on a domain controller";
}

const CMD: &str = r"C:\Windows\System32\cmd.exe";
const NET: &str = r"C:\Windows\System32\net.exe";
const NET1: &str = r"C:\Windows\System32\net1.exe";
const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";
/// The administrator's workstation.
const ADMIN_IP: &str = "10.20.4.31";
/// Somebody else's.
const OTHER_IP: &str = "10.20.9.77";

fn morning() -> Ticks {
    Ticks::parse("2026-03-02T09:14:07.3125000Z")
}

/// Forty minutes of ordinary life around the story.
fn busy(host: &mut Host) {
    let from = Ticks(morning().0 - 1200 * crate::value::TICKS_PER_SECOND);
    host.background(from, 2400, 45);
    host.noise(from, 2400, 60);
}

fn admin() -> Account {
    corp_account("adm.keller", 1146)
}

/// The desktop of somebody who has just logged on: explorer, and how it came to run.
fn desktop(host: &mut Host, time: Ticks, session: &Session) -> Rc<Process> {
    let system = host.system.clone();
    let winlogon = host.running(&system, r"C:\Windows\System32\winlogon.exe", "winlogon.exe");
    let userinit = host.start_as(
        time,
        &winlogon,
        &system,
        session,
        r"C:\Windows\System32\userinit.exe",
        r"C:\Windows\system32\userinit.exe",
    );
    let explorer =
        host.start(time.plus_millis(340), &userinit, r"C:\Windows\explorer.exe", r"C:\Windows\Explorer.EXE");
    host.exit(time.plus_seconds(24), &userinit, 0);
    explorer
}

/// An administrator over remote desktop with an elevated shell, a minute after logging on.
fn elevated_shell(host: &mut Host, time: Ticks, account: &Account, source_ip: &str) -> Rc<Process> {
    let logged_on = Ticks(time.0 - 300 * crate::value::TICKS_PER_SECOND);
    let (elevated, limited) = host.administrator_logon(logged_on, account, 10, source_ip);
    let explorer = desktop(host, logged_on.plus_millis(900), &limited);
    let opened = Ticks(time.0 - 22 * crate::value::TICKS_PER_SECOND);
    // The service that UAC consists of asks for the process and names explorer as its parent.
    let system = host.system.clone();
    host.start_as(opened, &explorer, &system, &elevated, CMD, r#""C:\Windows\system32\cmd.exe""#)
}

/// net and the net1 that it starts, as one command; returns net1 and when it is running.
struct NetRun {
    net: Rc<Process>,
    net1: Rc<Process>,
    acts_at: Ticks,
}

fn run_net(host: &mut Host, time: Ticks, shell: &Rc<Process>, arguments: &str) -> NetRun {
    let net = host.start(time, shell, NET, &format!("net  {arguments}"));
    finish_net(host, time, net, arguments)
}

fn finish_net(host: &mut Host, time: Ticks, net: Rc<Process>, arguments: &str) -> NetRun {
    let net1_lag_millis = host.rng().between(15, 60);
    let net1_command = format!(r"C:\Windows\system32\net1  {arguments}");
    let net1 = host.start(time.plus_millis(net1_lag_millis), &net, NET1, &net1_command);
    let call_lag_millis = net1_lag_millis + host.rng().between(16, 142);
    NetRun { net, net1, acts_at: time.plus_millis(call_lag_millis) }
}

fn end_net(host: &mut Host, run: &NetRun, status: u32) {
    host.exit(run.acts_at.plus_millis(9), &run.net1, status);
    host.exit(run.acts_at.plus_millis(14), &run.net, status);
}

/// `net user NAME PASSWORD /add` from a shell; returns the account and the net1 that made it.
fn net_user_add(host: &mut Host, time: Ticks, shell: &Rc<Process>, name: &str) -> (Account, Rc<Process>) {
    let run = run_net(host, time, shell, &format!("user {name} Winter-2026! /add"));
    let account = host.create_account(run.acts_at, &run.net1.session, name, Creation::Net);
    end_net(host, &run, 0);
    (account, run.net1)
}

/// `net localgroup administrators NAME /add` from a shell.
fn net_administrators_add(host: &mut Host, time: Ticks, shell: &Rc<Process>, account: &Account) {
    let run = run_net(host, time, shell, &format!("localgroup administrators {} /add", account.name));
    host.change_local_group(run.acts_at, &run.net1.session, account, 544, true);
    end_net(host, &run, 0);
}

fn net_user(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, morning(), &shell, "helpdesk2");
    let truth = Truth::attributed(host, &account, &net1);
    vec![truth]
}

fn net_user_administrators(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, morning(), &shell, "svc_print");
    net_administrators_add(host, morning().plus_seconds(11), &shell, &account);
    let truth = Truth::attributed(host, &account, &net1).privileged();
    vec![truth]
}

/// `Win32_Process.Create` from another host: WmiPrvSE starts the command with the caller's token.
fn wmi_net(host: &mut Host, time: Ticks, caller: &Session, arguments: &str) -> NetRun {
    let network_service = host.network_service.clone();
    let dcom = host.running(
        &host.system.clone(),
        r"C:\Windows\System32\svchost.exe",
        r"C:\Windows\system32\svchost.exe -k DcomLaunch -p",
    );
    let wmi = host.start_as(
        Ticks(time.0 - 600_000),
        &dcom,
        &host.system.clone(),
        &network_service,
        r"C:\Windows\System32\wbem\WmiPrvSE.exe",
        r"C:\Windows\system32\wbem\wmiprvse.exe -secured -Embedding",
    );
    let net = host.start_as(time, &wmi, &network_service, caller, NET, &format!("net {arguments}"));
    finish_net(host, time, net, arguments)
}

fn wmi_failed(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let caller = host.network_logon(Ticks(morning().0 - 9_000_000), &admin(), OTHER_IP);
    let run = wmi_net(host, morning(), &caller, "user /add backdoor short");
    let account = host.fail_to_create_account(run.acts_at, &caller, "backdoor");
    // net1 says 2: the account could not be made.
    end_net(host, &run, 2);
    host.logoff(run.acts_at.plus_seconds(11), &caller);
    let truth = Truth::attributed(host, &account, &run.net1).outcome("attempt_failed");
    vec![truth]
}

fn wmi_success(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let caller = host.network_logon(Ticks(morning().0 - 9_000_000), &admin(), OTHER_IP);
    let run = wmi_net(host, morning(), &caller, "user /add sqlagent2 Winter-2026!");
    let account = host.create_account(run.acts_at, &caller, "sqlagent2", Creation::Net);
    end_net(host, &run, 0);
    let grant = wmi_net(host, morning().plus_seconds(7), &caller, "localgroup administrators sqlagent2 /add");
    host.change_local_group(grant.acts_at, &caller, &account, 544, true);
    end_net(host, &grant, 0);
    let truth = Truth::attributed(host, &account, &run.net1).privileged();
    vec![truth]
}

fn remote_samr(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let caller = host.network_logon(morning(), &admin(), OTHER_IP);
    // The same client opens more sessions within milliseconds: user and time alone do not tell which it was.
    let others = [3, 7].map(|millis| host.network_logon(morning().plus_millis(millis), &admin(), OTHER_IP));
    host.open_share(morning().plus_millis(40), &caller, r"\\*\IPC$", "samr");
    let account = host.create_account(morning().plus_millis(95), &caller, "audit$", Creation::Api);
    for session in others.iter().chain([&caller]) {
        host.logoff(morning().plus_seconds(12), session);
    }
    let truth = Truth::new(host, &account, &caller).verdict("remote");
    vec![truth]
}

fn ambiguous_shells(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let administrator = Account::new("SRV01", "Administrator", host.machine_sid().with_rid(500));
    let logged_on = Ticks(morning().0 - 400 * crate::value::TICKS_PER_SECOND);
    // UAC does not filter the built-in administrator: one session holds the desktop and both shells.
    let session = host.desktop_logon(logged_on, &administrator, 10, ADMIN_IP);
    let explorer = desktop(host, logged_on.plus_millis(900), &session);
    let opened = Ticks(morning().0 - 40 * crate::value::TICKS_PER_SECOND);
    let shells = [0, 1].map(|i| host.start(opened.plus_millis(i * 1500), &explorer, POWERSHELL, POWERSHELL));
    let account = host.create_account(morning(), &session, "temp01", Creation::Api);
    for shell in &shells {
        host.exit(morning().plus_seconds(600), shell, 0);
    }
    let culprit = host.rng().pick(&shells).clone();
    let truth = Truth {
        candidates: shells.iter().map(|shell| shell.as_ref().into()).collect(),
        ..Truth::attributed(host, &account, &culprit).verdict("ambiguous")
    };
    vec![truth]
}

fn rename(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, morning(), &shell, "tmp");
    let renamed = host.rename_account(morning().plus_seconds(95), &net1.session, &account, "WDAGUtility");
    let truth = Truth { account: renamed.name, ..Truth::attributed(host, &account, &net1) };
    vec![truth]
}

fn create_use_delete(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, morning(), &shell, "xfer");
    let used = host.network_logon(morning().plus_seconds(14), &account, OTHER_IP);
    host.logoff(morning().plus_seconds(31), &used);
    let run = run_net(host, morning().plus_seconds(40), &shell, "user xfer /delete");
    host.delete_account(run.acts_at, &run.net1.session, &account);
    end_net(host, &run, 0);
    let truth = Truth::attributed(host, &account, &net1).outcome("deleted");
    vec![truth]
}

fn renamed_net(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let arguments = "user updsvc Winter-2026! /add";
    let copy =
        host.start(morning(), &shell, r"C:\Users\Public\updchk.exe", &format!("updchk.exe {arguments}"));
    let run = finish_net(host, morning(), copy, arguments);
    let account = host.create_account(run.acts_at, &run.net1.session, "updsvc", Creation::Net);
    end_net(host, &run, 0);
    let truth = Truth::attributed(host, &account, &run.net1);
    vec![truth]
}

fn net1_direct(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let net1 = host.start(morning(), &shell, NET1, r#"net1  USER "backup adm" Winter-2026! /ad"#);
    let acts_at = morning().plus_millis(47);
    let account = host.create_account(acts_at, &net1.session, "backup adm", Creation::Net);
    host.exit(acts_at.plus_millis(8), &net1, 0);
    let truth = Truth::attributed(host, &account, &net1);
    vec![truth]
}

fn oobe(host: &mut Host) -> Vec<Truth> {
    host.boot(morning());
    host.set_next_rid(1000);
    // The machine is already renamed, but its own account still signs with the name that setup drew.
    let mut setup = host.system.clone();
    setup.account.name = "WIN-QALA5Q3KJ43$".to_owned();
    let first = host.create_account(morning().plus_seconds(41), &setup, "defaultuser0", Creation::Api);
    let owner = host.create_account(morning().plus_seconds(213), &setup, "Owner", Creation::Net);
    host.change_local_group(morning().plus_seconds(213).plus_millis(9), &setup, &owner, 544, true);
    let session = host.desktop_logon(morning().plus_seconds(222), &owner, 2, "127.0.0.1");
    host.delete_account(morning().plus_seconds(230), &setup, &first);
    host.logoff(morning().plus_seconds(900), &session);
    let truth = vec![
        Truth::new(host, &first, &setup).verdict("system").outcome("deleted"),
        Truth::new(host, &owner, &setup).verdict("system").privileged(),
    ];
    truth
}

fn two_administrators(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let other = corp_account("adm.ogawa", 1151);
    let shells = [
        elevated_shell(host, morning(), &admin(), ADMIN_IP),
        elevated_shell(host, morning().plus_millis(31), &other, OTHER_IP),
    ];
    let arguments = |name: &str| format!("user {name} Winter-2026! /add");
    let names = ["scan01", "scan02"];
    let runs =
        [0, 1].map(|i| run_net(host, morning().plus_millis(20 * i as u64), &shells[i], &arguments(names[i])));
    // Both net1 run before either account appears, and the later one is the first to succeed.
    let acts_at = runs[0].acts_at.max(runs[1].acts_at);
    let mut truth = Vec::new();
    for (order, i) in [1, 0].into_iter().enumerate() {
        let run = &runs[i];
        let at = acts_at.plus_millis(12 * order as u64);
        let account = host.create_account(at, &run.net1.session, names[i], Creation::Net);
        host.exit(at.plus_millis(40), &run.net1, 0);
        host.exit(at.plus_millis(44), &run.net, 0);
        truth.push(Truth::attributed(host, &account, &run.net1));
    }
    truth
}

fn two_net1_one_session(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let administrator = Account::new("SRV01", "Administrator", host.machine_sid().with_rid(500));
    let session = host.desktop_logon(Ticks(morning().0 - 900_000_000), &administrator, 10, ADMIN_IP);
    let explorer = desktop(host, Ticks(morning().0 - 890_000_000), &session);
    let batch = host.start(Ticks(morning().0 - 1_000_000), &explorer, CMD, r"cmd.exe /c C:\it\accounts.cmd");
    let net1 = ["kiosk1", "kiosk2"].map(|name| {
        let command = format!("net1 user {name} Winter-2026! /add");
        (name, host.start(morning(), &batch, NET1, &command))
    });
    let mut truth = Vec::new();
    for (name, process) in net1.iter().rev() {
        // Everything within one tick of the old clock.
        let account = host.create_account(morning().plus_millis(16), &session, name, Creation::Net);
        truth.push(Truth::attributed(host, &account, process));
    }
    for (_, process) in &net1 {
        host.exit(morning().plus_millis(60), process, 0);
    }
    truth
}

fn pid_reuse(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let system = Rc::clone(&host.services);
    let earlier = Ticks(morning().0 - 60 * crate::value::TICKS_PER_SECOND);
    let before = host.start(earlier, &system, POWERSHELL, r"powershell.exe -File C:\it\inventory.ps1");
    host.exit(earlier.plus_seconds(30), &before, 0);
    host.reuse_pid(&before);
    let net1 = host.start(morning(), &shell, NET1, "net1 user rotate Winter-2026! /add");
    let account = host.create_account(morning().plus_millis(52), &net1.session, "rotate", Creation::Net);
    host.exit(morning().plus_millis(60), &net1, 0);
    host.reuse_pid(&before);
    let after = host.start(morning().plus_millis(400), &system, NET, "net view");
    host.exit(morning().plus_millis(900), &after, 0);
    let truth = Truth::attributed(host, &account, &net1);
    vec![truth]
}

fn uac_old_4688(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, morning(), &shell, "contractor");
    // The shell's own session stands nowhere but in its end.
    host.exit(morning().plus_seconds(48), &shell, 0);
    let truth = Truth::attributed(host, &account, &net1);
    vec![truth]
}

fn no_process_telemetry(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, morning(), &shell, "maint");
    let truth = Truth::new(host, &account, &net1.session);
    vec![truth]
}

fn empty_command_lines(host: &mut Host) -> Vec<Truth> {
    busy(host);
    let shell = elevated_shell(host, morning(), &admin(), ADMIN_IP);
    let (account, net1) = net_user_add(host, morning(), &shell, "labuser");
    let truth = Truth::attributed(host, &account, &net1);
    vec![truth]
}

fn domain_account(host: &mut Host) -> Vec<Truth> {
    busy(host);
    for i in 0..12 {
        host.grant_ticket(morning().plus_seconds(i * 20), &corp_account("user1312", 1312), "10.20.1.88");
    }
    host.set_next_rid(2291);
    let caller = host.network_logon(morning(), &admin(), ADMIN_IP);
    host.open_share(morning().plus_millis(40), &caller, r"\\*\IPC$", "samr");
    let account = host.create_account(morning().plus_millis(95), &caller, "new.starter", Creation::Api);
    host.logoff(morning().plus_seconds(12), &caller);
    let truth = Truth::new(host, &account, &caller).verdict("remote");
    vec![truth]
}

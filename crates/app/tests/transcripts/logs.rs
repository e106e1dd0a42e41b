//! Event logs for the transcripts: a host on which somebody types `net user`, and what hosts without it say.

use begat_sim::events::{
    ACCOUNT_CREATED_4720, ACCOUNT_DELETED_4726, ACCOUNT_ENABLED_4722, Draft, Envelope, EventKind,
    LOCAL_MEMBER_ADDED_4732, LOG_CLEARED_1102, LOGON_4624_V2, PASSWORD_RESET_4724, PROCESS_CREATED_4688_V2,
};
use begat_sim::record::WindowsRecord;
use begat_sim::value::{Sid, Ticks, Value};

use crate::session::Session;

const MACHINE: &str = "S-1-5-21-1004336348-1177238915-682003330";
const ADMINISTRATOR: &str = "S-1-5-21-1004336348-1177238915-682003330-500";
const LOGON_ID: u64 = 0x3f_1c2a;

/// Writes the records of one host, one after another.
struct Log {
    computer: String,
    time: Ticks,
    records: Vec<WindowsRecord>,
}

impl Log {
    fn new(computer: &str, first_at: &str) -> Log {
        Log { computer: computer.to_owned(), time: Ticks::parse(first_at), records: Vec::new() }
    }

    fn write(&mut self, draft: Draft, millis_later: u64) {
        let envelope = Envelope {
            record_id: 1000 + self.records.len() as u64,
            time: self.time,
            computer: self.computer.clone(),
            execution: (4, 88),
            activity_id: None,
        };
        self.records.push(draft.written(envelope));
        self.time = self.time.plus_millis(millis_later);
    }

    fn short_name(&self) -> String {
        self.computer.split('.').next().unwrap().to_owned()
    }

    fn by_administrator(&self, kind: &'static EventKind) -> Draft {
        Draft::new(kind)
            .set("SubjectUserSid", Value::Sid(Sid::parse(ADMINISTRATOR)))
            .text("SubjectUserName", "Administrator")
            .text("SubjectDomainName", self.short_name())
            .set("SubjectLogonId", Value::Hex64(LOGON_ID))
    }

    fn log_on(&mut self) {
        let draft = Draft::new(&LOGON_4624_V2)
            .set("TargetUserSid", Value::Sid(Sid::parse(ADMINISTRATOR)))
            .text("TargetUserName", "Administrator")
            .text("TargetDomainName", self.short_name())
            .set("TargetLogonId", Value::Hex64(LOGON_ID))
            .set("LogonType", Value::U32(10))
            .text("IpAddress", "203.0.113.7")
            .text("ElevatedToken", "%%1842");
        self.write(draft, 30_000);
    }

    fn start(&mut self, pid: u64, parent: u64, image: &str, command_line: &str, parent_image: &str) {
        let draft = self
            .by_administrator(&PROCESS_CREATED_4688_V2)
            .set("NewProcessId", Value::Pointer(pid))
            .set("ProcessId", Value::Pointer(parent))
            .text("NewProcessName", format!("C:\\Windows\\System32\\{image}"))
            .text("ParentProcessName", format!("C:\\Windows\\System32\\{parent_image}"))
            .text("CommandLine", command_line);
        self.write(draft, 20);
    }

    fn target(&self, kind: &'static EventKind, account: &str, rid: u32) -> Draft {
        self.by_administrator(kind)
            .text("TargetUserName", account)
            .text("TargetDomainName", self.short_name())
            .set("TargetSid", Value::Sid(Sid::parse(MACHINE).with_rid(rid)))
    }

    fn create(&mut self, account: &str, rid: u32) {
        let created = self.target(&ACCOUNT_CREATED_4720, account, rid).text("SamAccountName", account);
        self.write(created, 5);
        self.write(self.target(&ACCOUNT_ENABLED_4722, account, rid), 5);
        self.write(self.target(&PASSWORD_RESET_4724, account, rid), 60_000);
    }

    fn make_administrator(&mut self, rid: u32) {
        let added = self
            .by_administrator(&LOCAL_MEMBER_ADDED_4732)
            .set("MemberSid", Value::Sid(Sid::parse(MACHINE).with_rid(rid)))
            .text("TargetUserName", "Administrators")
            .text("TargetDomainName", "Builtin")
            .set("TargetSid", Value::Sid(Sid::parse("S-1-5-32-544")));
        self.write(added, 1000);
    }
}

/// `net user helper Tr0ub4dor /add` over RDP at 09:00:30, then Administrators.
pub fn net_user(computer: &str) -> Vec<WindowsRecord> {
    net_user_on(computer, "2026-03-02T09:00:00.0000000Z", "helper", 1001)
}

/// The password that `net_user` types.
pub const SECRET: &str = "Tr0ub4dor";

/// The same, and half an hour after its creation the account is deleted: by who made it, or by another administrator.
pub fn net_user_and_deletion(computer: &str, by_maker: bool) -> Vec<WindowsRecord> {
    let mut log = Log::new(computer, "2026-03-02T09:00:00.0000000Z");
    log.records = net_user(computer);
    let created = log.records.iter().find(|record| record.event_id == 4720).unwrap().time;
    log.time = created.plus_millis(30 * 60_000);
    let mut deleted = log.target(&ACCOUNT_DELETED_4726, "helper", 1001);
    if !by_maker {
        deleted = deleted
            .set("SubjectUserSid", Value::Sid(Sid::parse(MACHINE).with_rid(1000)))
            .text("SubjectUserName", "responder")
            .set("SubjectLogonId", Value::Hex64(0x77_0001));
    }
    log.write(deleted, 1000);
    log.records
}

/// The log of a host is cleared at 09:00:00, and an account made 30 s later.
pub fn cleared_before(computer: &str) -> Vec<WindowsRecord> {
    let mut log = Log::new(computer, "2026-03-02T09:00:00.0000000Z");
    log.write(log.by_administrator(&LOG_CLEARED_1102), 30_000);
    log.create("helper", 1001);
    log.records
}

/// The same on another day, for another account.
pub fn net_user_on(computer: &str, first_at: &str, account: &str, rid: u32) -> Vec<WindowsRecord> {
    let mut log = Log::new(computer, first_at);
    log.log_on();
    log.start(0x1a2c, 0x4d0, "cmd.exe", "cmd.exe", "explorer.exe");
    log.start(0x1b40, 0x1a2c, "net.exe", &format!("net user {account} Tr0ub4dor /add"), "cmd.exe");
    let net1 = format!("C:\\Windows\\system32\\net1 user {account} Tr0ub4dor /add");
    log.start(0x1b58, 0x1b40, "net1.exe", &net1, "net.exe");
    log.create(account, rid);
    log.make_administrator(rid);
    log.records
}

/// A script that makes four accounts; then somebody enables the guest.
pub fn loop_and_guest(computer: &str) -> Vec<WindowsRecord> {
    let mut log = Log::new(computer, "2026-03-02T09:00:00.0000000Z");
    log.log_on();
    log.start(0x1a2c, 0x4d0, "cmd.exe", "cmd.exe /c users.bat", "explorer.exe");
    for number in 1..=4 {
        let (net, net1) = (0x1b00 + 16 * u64::from(number), 0x1b08 + 16 * u64::from(number));
        let arguments = format!("user temp{number} Tr0ub4dor /add");
        log.start(net, 0x1a2c, "net.exe", &format!("net {arguments}"), "cmd.exe");
        log.start(net1, net, "net1.exe", &format!("C:\\Windows\\system32\\net1 {arguments}"), "net.exe");
        log.create(&format!("temp{number}"), 1000 + number);
    }
    log.write(log.target(&ACCOUNT_ENABLED_4722, "Guest", 501), 5);
    log.records
}

/// The commonest host: account management is audited, processes are not.
pub fn without_processes(computer: &str) -> Vec<WindowsRecord> {
    let mut log = Log::new(computer, "2026-03-02T11:00:00.0000000Z");
    log.create("svc", 1004);
    log.records
}

/// Two hosts on which the same is typed, of which one logs no processes.
pub fn half_blind_site() -> Session {
    let blind = net_user("PC2.corp.example").into_iter();
    let blind: Vec<_> = blind.filter(|record| !matches!(record.event_id, 4688 | 4689)).collect();
    Session::new().log("logs/PC1.evtx", "evtx", &net_user("PC1.corp.example")).log(
        "logs/PC2.evtx",
        "evtx",
        &blind,
    )
}

/// A host that logs on and starts a program: nothing was created.
pub fn quiet(computer: &str) -> Vec<WindowsRecord> {
    let mut log = Log::new(computer, "2026-03-02T12:00:00.0000000Z");
    log.log_on();
    log.start(0x99c, 0x4d0, "notepad.exe", "notepad.exe", "explorer.exe");
    log.records
}

/// A program that is started with this command line makes an account at once.
pub fn made_by(computer: &str, command_line: &str) -> Vec<WindowsRecord> {
    let mut log = Log::new(computer, "2026-03-02T09:00:00.0000000Z");
    log.log_on();
    log.start(0x1a2c, 0x4d0, "cmd.exe", "cmd.exe", "explorer.exe");
    log.start(0x1b40, 0x1a2c, "powershell.exe", command_line, "cmd.exe");
    log.create("helper", 1001);
    log.records
}

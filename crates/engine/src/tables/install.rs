//! Services, tasks and WMI consumers: what starts a process with rights that are not its maker's, at a time that
//! is not its maker's. The process then leads to nobody; its installation does.

use std::collections::VecDeque;

use begat_model::event::{Installed, Principal};
use begat_model::{EventKind, LogonId, RecordRef, Text, Timestamp};

use crate::commands::intent::accounts::{Intent, intents};
use crate::commands::intent::aim::Aim;
use crate::commands::line::image_stem;
use crate::spans::CHANNEL_TOLERANCE;
use crate::tables::process::record::ProcessRecord;

/// Most installations kept for one host: they may start what they start months later.
pub const INSTALLS_MAX: usize = 4096;
/// Most records of one installation: of a task that is changed again and again the first and the latest.
const RECORDS_MAX: usize = 8;

macro_rules! launch_kinds {
    ($( $kind:ident $via:literal [$($launcher:literal)*] $doc:literal; )*) => {
        /// What starts a process for somebody who is gone.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum LaunchKind { $( #[doc = $doc] $kind, )* }

        impl LaunchKind {
            /// All of them.
            pub const ALL: &'static [LaunchKind] = &[ $( LaunchKind::$kind, )* ];

            /// The route, in output.
            pub fn via(self) -> &'static str {
                match self { $( LaunchKind::$kind => $via, )* }
            }

            /// File names of the processes that do the starting.
            fn launchers(self) -> &'static [&'static str] {
                match self { $( LaunchKind::$kind => &[$($launcher),*], )* }
            }
        }
    };
}

/// The route, in output, of whoever started a service that was there already.
pub const SERVICE_START: &str = "service_start";

launch_kinds! {
    Service "service" ["services"] "a service: services.exe starts it";
    Task "scheduled_task" ["svchost" "taskeng" "taskhostw"] "a scheduled task: the Schedule service starts it";
    WmiConsumer "wmi_subscription" ["wmiprvse" "scrcons"] "a permanent WMI subscription: WMI starts it";
}

/// One installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Install {
    /// Of what.
    pub kind: LaunchKind,
    /// When.
    pub at: Timestamp,
    /// Its name.
    pub name: Option<Text>,
    /// What it starts.
    pub command: Option<Text>,
    /// Who installed it, and in which session where that is told.
    pub by: Principal,
    /// What its command does to accounts: a consumer's script runs inside WMI, and no process tells it.
    pub intents: Vec<Intent>,
    /// The records that tell it.
    pub records: Vec<RecordRef>,
}

/// The installations of one host.
#[derive(Debug, Default)]
pub struct InstallTable {
    installs: VecDeque<Install>,
    dropped: u64,
}

impl InstallTable {
    /// Something was installed; Security and System may both tell of it. Or a task that is there was changed.
    pub fn installed(&mut self, kind: LaunchKind, event: &Installed, record: &RecordRef) {
        if record.kind == EventKind::TaskChanged {
            return self.task_changed(event, record);
        }
        let copy = self.installs.iter_mut().rev().take(16).find(|known| {
            known.kind == kind
                && known.name == event.name
                && known.records.iter().all(|told| told.kind != record.kind)
                && (record.at - known.at).magnitude() <= CHANNEL_TOLERANCE
        });
        if let Some(known) = copy {
            known.command = known.command.take().or_else(|| event.command.clone());
            if known.by.logon_id.is_none() {
                let sid = known.by.sid.take();
                known.by = event.subject.clone();
                known.by.sid = known.by.sid.take().or(sid);
            }
            known.records.push(record.clone());
            known.records.sort();
            return;
        }
        self.add(kind, event, event.command.clone(), vec![record.clone()], record.at);
    }

    /// What a task starts from now on is whoever changed it; the records of before stand beside this one.
    fn task_changed(&mut self, event: &Installed, record: &RecordRef) {
        let is_it = |known: &&Install| known.kind == LaunchKind::Task && known.name == event.name;
        let before = self.installs.iter().rev().find(is_it).filter(|_| event.name.is_some());
        // Services of Windows write their tasks anew all day, a new trigger say: that makes nothing theirs.
        let by_windows = event.subject.logon_id.is_some_and(LogonId::is_well_known);
        if before.is_some_and(|before| by_windows && before.command == event.command) {
            return;
        }
        // A carrier that drops the new content says nothing of a new command.
        let command = event.command.clone().or_else(|| before?.command.clone());
        let mut records = before.map(|before| before.records.clone()).unwrap_or_default();
        if records.len() == RECORDS_MAX {
            records.remove(1);
        }
        records.push(record.clone());
        self.add(LaunchKind::Task, event, command, records, record.at);
    }

    fn add(
        &mut self,
        kind: LaunchKind,
        event: &Installed,
        command: Option<Text>,
        records: Vec<RecordRef>,
        at: Timestamp,
    ) {
        if self.installs.len() == INSTALLS_MAX {
            self.installs.pop_front();
            self.dropped += 1;
        }
        let intents = intents(None, None, command.as_deref().unwrap_or_default());
        let (name, by) = (event.name.clone(), event.subject.clone());
        self.installs.push_back(Install { kind, at, name, command, by, intents, records });
    }

    /// The latest installation that starts this process, given its parent's image.
    pub fn of(&self, process: &ProcessRecord, parent_image: Option<&str>) -> Option<&Install> {
        let launcher = parent_image.map(image_stem)?;
        self.installs.iter().rev().find(|install| {
            install.kind.launchers().contains(&launcher.as_str())
                && install.at <= process.started_at + CHANNEL_TOLERANCE
                && install.command.as_deref().is_some_and(|command| starts(command, process))
        })
    }

    /// The latest consumer whose own script creates an account of this name, run inside WMI by `process`.
    pub fn consumer_creating(&self, at: Timestamp, is_account: impl Fn(&str) -> bool) -> Option<&Install> {
        let creates = |intent: &Intent| matches!(intent, Intent::CreateAccount { name: Some(name), aim: Aim::Here, .. } if is_account(name));
        let fits = self.installs.iter().filter(|install| {
            install.kind == LaunchKind::WmiConsumer && install.at <= at && install.intents.iter().any(creates)
        });
        // WMI's own log and Sysmon name one consumer differently; Sysmon tells whose it is.
        fits.max_by_key(|install| (install.by != Principal::default(), install.at))
    }

    /// How many were dropped for the bound.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

/// Shells by which anything can be started: for them the rest of the line has to agree too.
const SHELLS: &[&str] =
    &["cmd", "powershell", "pwsh", "rundll32", "mshta", "wscript", "cscript", "net", "net1"];

/// Whether an installation's command starts this process: the same file, and for shells the same arguments.
fn starts(command: &str, process: &ProcessRecord) -> bool {
    let Some(stem) = process.stem() else { return false };
    let (file, arguments) = split(command);
    let file = match file.to_ascii_lowercase().as_str() {
        "%comspec%" => "cmd".to_owned(),
        _ => image_stem(&file),
    };
    if file != stem {
        return false;
    }
    let Some(line) = process.command_line.value() else { return !SHELLS.contains(&stem) };
    !SHELLS.contains(&stem) || expands_to(&arguments, &split(line).1)
}

/// Whether a command's arguments, their `%VARIABLES%` filled in, can be these: what stands between the variables
/// stands there in the same order, from the beginning to the end.
fn expands_to(arguments: &str, told: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
    let (arguments, told) = (plain(arguments), plain(told));
    // Every second piece is a variable's name; a lone `%` leaves a piece that is none.
    let pieces: Vec<&str> = arguments.split('%').collect();
    if pieces.len().is_multiple_of(2) || pieces.len() == 1 {
        return arguments == told;
    }
    let mut rest = told.as_str();
    for (index, piece) in pieces.iter().enumerate().step_by(2) {
        let found = match index {
            0 => rest.starts_with(piece).then_some(0),
            last if last + 1 == pieces.len() => rest.ends_with(piece).then(|| rest.len() - piece.len()),
            _ => rest.find(piece),
        };
        let Some(at) = found else { return false };
        rest = &rest[at + piece.len()..];
    }
    true
}

/// The file that a command line starts with, and the rest.
fn split(command: &str) -> (String, String) {
    let command = command.trim();
    let (file, rest) = match command.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
        None => command.split_once(char::is_whitespace).unwrap_or((command, "")),
    };
    (file.to_owned(), rest.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::process::table::ProcessTable;
    use crate::texts::known::Texts;
    use begat_model::Duration;
    use begat_model::event::{Field, ProcessCreated};
    use begat_model::{ProcessId, Sid};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::parse_rfc3339("2024-05-01T10:00:00Z").unwrap() + Duration::from_seconds(seconds)
    }

    fn record(seconds: i64, kind: EventKind) -> RecordRef {
        RecordRef { at: at(seconds), kind, record_id: None, source: "log".into() }
    }

    fn process(image: &str, line: &str) -> ProcessRecord {
        let created = ProcessCreated {
            pid: Some(ProcessId(8)),
            image: Some(image.into()),
            command_line: Field::Value(line.into()),
            ..ProcessCreated::untold(at(100))
        };
        let mut table = ProcessTable::default();
        table.created(&created, &record(100, EventKind::ProcessCreated), &mut Texts::default());
        table.iter().next().unwrap().1.clone()
    }

    fn table(kind: LaunchKind, name: &str, command: &str) -> InstallTable {
        let mut table = InstallTable::default();
        let subject = Principal { logon_id: Some(LogonId(7)), ..Principal::default() };
        let event = Installed { name: Some(name.into()), command: Some(command.into()), subject };
        table.installed(kind, &event, &record(0, EventKind::ServiceInstalled));
        table
    }

    #[test]
    fn a_process_leads_to_what_installed_it() {
        let psexec = table(LaunchKind::Service, "PSEXESVC", r"%SystemRoot%\PSEXESVC.exe");
        let started = process(r"C:\Windows\PSEXESVC.exe", r"C:\Windows\PSEXESVC.exe");
        assert!(psexec.of(&started, Some(r"C:\Windows\System32\services.exe")).is_some());
        assert!(psexec.of(&started, Some(r"C:\Windows\explorer.exe")).is_none(), "not started as a service");
        let smbexec = table(LaunchKind::Service, "BTOBTO", "%COMSPEC% /Q /c net user bob P /add");
        let shell =
            process(r"C:\Windows\System32\cmd.exe", r"C:\Windows\system32\cmd.exe /Q /c net user bob P /add");
        assert!(smbexec.of(&shell, Some("services.exe")).is_some());
        let other = process(r"C:\Windows\System32\cmd.exe", "cmd.exe /c dir");
        assert!(smbexec.of(&other, Some("services.exe")).is_none(), "any shell would do");
    }

    #[test]
    fn what_the_bound_left_out_is_counted() {
        let mut table = InstallTable::default();
        for number in 0..=INSTALLS_MAX as i64 {
            let name = Some(number.to_string().into());
            let event = Installed { name, command: None, subject: Principal::default() };
            table.installed(LaunchKind::Service, &event, &record(number, EventKind::ServiceInstalled));
        }
        assert_eq!((table.installs.len(), table.dropped()), (INSTALLS_MAX, 1));
    }

    /// A 4698 by 7 at 0 s, and a 4702 at so many seconds.
    fn changed(seconds: i64, by: u64, command: Option<&str>) -> InstallTable {
        let mut table = InstallTable::default();
        let told = |by: u64, command: Option<&str>| Installed {
            name: Some(r"\Nightly".into()),
            command: command.map(Into::into),
            subject: Principal { logon_id: Some(LogonId(by)), ..Principal::default() },
        };
        table.installed(LaunchKind::Task, &told(7, Some("job.exe")), &record(0, EventKind::TaskCreated));
        table.installed(LaunchKind::Task, &told(by, command), &record(seconds, EventKind::TaskChanged));
        table
    }

    #[test]
    fn a_changed_task_is_the_changers_from_then_on() {
        let started = process(r"C:\t\job.exe", "job.exe");
        let whose = |table: &InstallTable| {
            let install = table.of(&started, Some("svchost.exe")).unwrap();
            (install.by.logon_id.unwrap().0, install.records.len())
        };
        assert_eq!(whose(&changed(50, 8, Some("job.exe"))), (8, 2), "the records of both stand");
        assert_eq!(whose(&changed(1, 8, Some("job.exe"))), (8, 2), "a change is no copy, however soon");
        assert_eq!(whose(&changed(50, 8, None)), (8, 2), "what is not told is not new");
        assert_eq!(whose(&changed(150, 8, Some("job.exe"))), (7, 1), "it began before the change");
        assert_eq!(whose(&changed(50, 8, Some("other.exe"))), (7, 1), "the task starts another file now");
        assert_eq!(whose(&changed(50, 0x3e7, Some("job.exe"))), (7, 1), "Windows set its trigger");
        let other = process(r"C:\t\other.exe", "other.exe");
        let by_windows = changed(50, 0x3e7, Some("other.exe"));
        assert_eq!(by_windows.of(&other, Some("svchost.exe")).unwrap().by.logon_id, Some(LogonId::SYSTEM));
    }

    #[test]
    fn a_task_that_is_changed_again_and_again_keeps_its_first_record_and_the_latest() {
        let mut table = changed(1, 8, Some("job.exe"));
        for second in 2..90 {
            let subject = Principal { logon_id: Some(LogonId(9)), ..Principal::default() };
            let name = Some(r"\Nightly".into());
            let event = Installed { name, command: Some("job.exe".into()), subject };
            table.installed(LaunchKind::Task, &event, &record(second, EventKind::TaskChanged));
        }
        let started = process(r"C:\t\job.exe", "job.exe");
        let records = &table.of(&started, Some("svchost.exe")).unwrap().records;
        assert_eq!((records.len(), records[0].at, records[7].at), (RECORDS_MAX, at(0), at(89)));
    }

    #[test]
    fn variables_stand_for_what_windows_put_there() {
        assert!(expands_to(r"/c %TEMP%\a.bat & del %TEMP%\a.bat", r"/c  C:\W\a.bat & del C:\W\a.bat"));
        assert!(expands_to("/c net user bob", "/C net  user bob"));
        assert!(!expands_to(r"/c %TEMP%\a.bat", r"/c C:\W\b.bat"));
        assert!(!expands_to("/c 100% x", "/c y"));
        assert!(!expands_to("/c %A%", "/k C"));
    }

    #[test]
    fn two_records_of_one_installation_are_one_and_the_session_counts() {
        let mut table = InstallTable::default();
        let system = Installed {
            name: Some("x".into()),
            command: Some("x.exe".into()),
            subject: Principal { sid: Sid::parse("S-1-5-21-1-2-3-500"), ..Principal::default() },
        };
        table.installed(LaunchKind::Service, &system, &record(0, EventKind::ServiceInstalledSystem));
        let security = Installed {
            subject: Principal { logon_id: Some(LogonId(7)), ..Principal::default() },
            ..system.clone()
        };
        table.installed(LaunchKind::Service, &security, &record(1, EventKind::ServiceInstalled));
        assert_eq!(table.installs.len(), 1);
        assert_eq!(table.installs[0].by.logon_id, Some(LogonId(7)));
        assert_eq!(table.installs[0].by.sid, system.subject.sid);
        assert_eq!(table.installs[0].records.len(), 2);
    }

    #[test]
    fn a_consumers_script_creates_without_a_process_of_its_own() {
        let script = r#"Set o = GetObject("WinNT://."): Set u = o.Create("user", "bob"): u.SetInfo"#;
        let table = table(LaunchKind::WmiConsumer, "upd", script);
        assert!(table.consumer_creating(at(5), |name| name == "bob").is_some());
        assert!(table.consumer_creating(at(5), |name| name == "eve").is_none());
        assert!(table.consumer_creating(at(-5), |name| name == "bob").is_none());
    }

    #[test]
    fn every_route_has_a_name_and_a_launcher() {
        for kind in LaunchKind::ALL {
            assert!(!kind.via().is_empty() && !kind.launchers().is_empty());
        }
    }
}

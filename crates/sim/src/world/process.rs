//! Processes: who started what under which token, and how 4688, 4689 and Sysmon tell it.
use std::rc::Rc;

use super::host::Host;
use super::spec::Generation;
use super::who::{Process, Session, subject};
use crate::events::{self, Draft};
use crate::noise::hashes;
use crate::value::{Ticks, Value};

/// What runs first in a boot, each with its parent.
const BOOT: &[(&str, &str)] = &[
    ("Registry", ""),
    (r"C:\Windows\System32\smss.exe", ""),
    (r"C:\Windows\System32\autochk.exe", r"C:\Windows\System32\smss.exe"),
    (r"C:\Windows\System32\smss.exe", r"C:\Windows\System32\smss.exe"),
    (r"C:\Windows\System32\csrss.exe", r"C:\Windows\System32\smss.exe"),
    (r"C:\Windows\System32\smss.exe", r"C:\Windows\System32\smss.exe"),
    (r"C:\Windows\System32\wininit.exe", r"C:\Windows\System32\smss.exe"),
    (r"C:\Windows\System32\csrss.exe", r"C:\Windows\System32\smss.exe"),
    (r"C:\Windows\System32\winlogon.exe", r"C:\Windows\System32\smss.exe"),
    (r"C:\Windows\System32\services.exe", r"C:\Windows\System32\wininit.exe"),
    (r"C:\Windows\System32\lsass.exe", r"C:\Windows\System32\wininit.exe"),
];

/// Whether Windows starts this in its boot.
pub(crate) fn is_started_by_boot(image: &str) -> bool {
    BOOT.iter().any(|(own, _)| *own == image)
}

impl Host {
    /// A process that runs since before the log begins; nothing is logged.
    pub fn running(&mut self, session: &Session, image: &str, command_line: &str) -> Rc<Process> {
        let parent = Rc::clone(&self.services);
        self.running_under(&parent, session, image, command_line)
    }

    /// The same below another parent than services.exe.
    pub(crate) fn running_under(
        &mut self,
        parent: &Rc<Process>,
        session: &Session,
        image: &str,
        command_line: &str,
    ) -> Rc<Process> {
        let mut process = self.new_process(Ticks(0), parent, session, image, command_line);
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
            logged: self.audits_processes(time) || self.spec.telemetry.sysmon,
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
    pub(crate) fn start_as(
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
            let lag_millis = self.rng.between(6, 45) + self.spec.sysmon_delay_seconds * 1000;
            let draft = self.sysmon_process(&process, parent);
            self.log(time.plus_millis(lag_millis), draft);
        }
        self.first_script(&process);
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
        let user = process.session.user();
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

    /// The first processes of a boot: Windows writes their 4688 even where process auditing is off, and without
    /// command lines.
    pub(crate) fn boot_processes(&mut self, time: Ticks) {
        let label = self.system.integrity().1;
        for (index, (image, parent)) in (0..).zip(BOOT) {
            let at = time.plus_millis(index * 170);
            let pid = 100 + 72 * index;
            let draft = Draft::new(&events::PROCESS_CREATED_4688_V2)
                .set("SubjectUserSid", Value::Sid(self.system.account.sid.clone()))
                .set("SubjectLogonId", Value::Hex64(self.system.logon_id))
                .set("NewProcessId", Value::Pointer(pid))
                .text("NewProcessName", *image)
                .text("TokenElevationType", "%%1936")
                .set("ProcessId", Value::Pointer(if parent.is_empty() { 4 } else { pid - 72 }))
                .text("CommandLine", "")
                .text("ParentProcessName", *parent)
                .set("MandatoryLabel", Value::Sid(label.clone()));
            self.boot_starts.insert(at);
            self.log(at, draft);
        }
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
            let lag_millis = self.rng.between(6, 45) + self.spec.sysmon_delay_seconds * 1000;
            let draft = Draft::new(&events::SYSMON_PROCESS_ENDED_5)
                .text("UtcTime", time.sysmon_utc_time())
                .set("ProcessGuid", Value::Guid(process.guid))
                .set("ProcessId", Value::U32(process.pid))
                .text("Image", process.image.as_str());
            self.log(time.plus_millis(lag_millis), draft);
        }
    }
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

//! What lies have in common: their hosts, and who stands by.
use std::rc::Rc;

use crate::story::hosts::{AUDITED, DEFAULT, FULL};
use crate::story::scenes::{ADMIN_IP, built_in_administrator};
use crate::story::truth::Truth;
use crate::value::Ticks;
use crate::world::{Creation, Host, HostSpec, Process, Session, Telemetry};

/// The collector takes shells only.
pub(super) const FILTERED: HostSpec = HostSpec { fqdn: "files03.corp.example", ..AUDITED };
/// Sysmon leaves out what somebody thought to be noise.
pub(super) const HALF_SYSMON: HostSpec = HostSpec {
    fqdn: "web02.corp.example",
    telemetry: Telemetry { sysmon: true, ..Telemetry::DEFAULT },
    ..AUDITED
};
/// Process auditing is off, and the log holds a boot.
pub(super) const BOOT_ONLY: HostSpec = HostSpec { fqdn: "museum01.corp.example", ..DEFAULT };
pub(super) const SCRIPT_LOG_ONLY: HostSpec = HostSpec {
    fqdn: "apps05.corp.example",
    telemetry: Telemetry { powershell_logging: true, ..Telemetry::DEFAULT },
    ..DEFAULT
};
/// A machine that a cloud has just made.
pub(super) const CLOUD_MACHINE: HostSpec = HostSpec { domain: "WORKGROUP", fqdn: "GCE-7Q1X2ZK", ..AUDITED };
/// The machine's own name stands in its accounts alone.
pub(super) const ALIASED: HostSpec = HostSpec {
    domain: "WORKGROUP",
    fqdn: "EC2AMAZ-7Q1X2Z",
    alias: Some("web-prod-1.corp.example"),
    ..AUDITED
};
/// Every script is logged here, wherever the story is played: without that, a shell that made no account looks like one
/// that did.
pub(super) const SCRIPTS_LOGGED: HostSpec = HostSpec { fqdn: "desk07.corp.example", ..FULL };
pub(super) const DIRECTORY: HostSpec = HostSpec {
    domain_controller: true,
    fqdn: "dc02.corp.example",
    telemetry: Telemetry { sysmon: false, ..Telemetry::FULL },
    ..FULL
};

/// A program that nobody knows, down from the net: it stays, and its line says nothing.
pub(super) fn implant(host: &mut Host, at: Ticks, parent: &Rc<Process>) -> Rc<Process> {
    let image = *host.rng().pick(&[
        r"C:\Users\Administrator\Downloads\upd.exe",
        r"C:\Users\Public\svc-helper.exe",
        r"C:\ProgramData\sync\agent64.exe",
    ]);
    let before_millis = host.rng().between(1_800, 70_000);
    let implant = host.start(at.minus_millis(before_millis), parent, image, &format!("\"{image}\""));
    let after_millis = host.rng().between(4_000, 90_000);
    host.exit(at.plus_millis(after_millis), &implant, 0);
    implant
}

/// The implant makes the account beside a decoy, which ends so many seconds later: both could have.
pub(super) fn made_by_implant(
    host: &mut Host,
    at: Ticks,
    explorer: &Rc<Process>,
    name: &str,
    (decoy, ends_after_seconds): (&Rc<Process>, u64),
) -> Truth {
    let implant = implant(host, at, explorer);
    let account = host.create_account(at, &implant.session, name, Creation::Api);
    host.exit(at.plus_seconds(ends_after_seconds), decoy, 0);
    Truth::behind(host, &account, &implant).verdict("ambiguous")
}

/// The built-in administrator's desktop over remote desktop, some minutes old.
pub(super) fn desk(host: &mut Host, at: Ticks) -> (Session, Rc<Process>) {
    let minutes = host.rng().between(6, 17);
    built_in_administrator(host, at.minus_seconds(minutes * 60), ADMIN_IP)
}

/// What people have open: nothing of it makes accounts.
pub(super) fn open_programs(host: &mut Host, at: Ticks, explorer: &Rc<Process>, count: u64) {
    const PROGRAMS: &[(&str, &str)] = &[
        (r"C:\Program Files\Google\Chrome\Application\chrome.exe", "--type=renderer --lang=en-US"),
        (r"C:\Windows\System32\notepad.exe", r"C:\Users\Administrator\Desktop\notes.txt"),
        (r"C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE", ""),
        (r"C:\Windows\System32\RuntimeBroker.exe", "-Embedding"),
        (r"C:\Windows\System32\SearchProtocolHost.exe", "Global"),
        (r"C:\Program Files\7-Zip\7zFM.exe", ""),
    ];
    for _ in 0..count {
        let (image, arguments) = *host.rng().pick(PROGRAMS);
        let before_millis = host.rng().between(20_000, 330_000);
        host.start(at.minus_millis(before_millis), explorer, image, &format!("\"{image}\" {arguments}"));
    }
}

/// A service of SYSTEM that has been at work since before the log began: nothing of it stands there.
pub(super) fn old_service(host: &mut Host) -> Session {
    host.system.clone()
}

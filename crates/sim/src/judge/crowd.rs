//! Other programs of the suspicious kind, run by services around a creation: what a busy server does all day, and
//! what no rule of time alone can tell from the cause.
use crate::fault::{is_creation, is_security};
use crate::record::WindowsRecord;
use crate::rng::Rng;
use crate::story::Story;
use crate::value::{Sid, TICKS_PER_MILLISECOND, Ticks, Value};
use crate::world::is_started_by_boot;

/// Image and command line of what monitoring, inventory and backup run as SYSTEM.
const PROGRAMS: &[(&str, &str)] = &[
    (
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        r"powershell.exe -NoProfile -File C:\it\inventory.ps1",
    ),
    (r"C:\Windows\System32\cmd.exe", r"C:\Windows\system32\cmd.exe /c C:\it\health.cmd"),
    (r"C:\Windows\System32\net.exe", "net  view"),
    (r"C:\Windows\System32\net.exe", "net  use"),
    (r"C:\Windows\System32\wbem\WMIC.exe", "wmic os get caption /value"),
    (r"C:\Windows\System32\cscript.exe", r"cscript.exe //B C:\it\licences.vbs"),
];
const SYSTEM_LOGON_ID: u64 = 0x3e7;
/// Process ids that no story reaches.
const FIRST_PID: u32 = 0x4_0000;

/// Adds a crowd around the creations of a story, told as the host tells its other processes. Where it tells none, or
/// none but those of its boot, which Windows writes whatever it is asked to, there is nothing to add.
pub fn add_crowd(rng: &mut Rng, story: &mut Story) {
    let creations: Vec<Ticks> =
        story.records.iter().filter(|record| is_creation(record)).map(|record| record.time).collect();
    let Some(template) = story.records.iter().find(|record| is_start_by_system(record)).cloned() else {
        return;
    };
    let script = story.records.iter().find(|record| is_asked_for_script(record, &template)).cloned();
    let tells_ends = |record: &&WindowsRecord| {
        is_security(record, 4689) && template.event_id == 4688 && record.computer == template.computer
    };
    let end = story.records.iter().find(tells_ends).cloned();
    let mut pid = FIRST_PID;
    for creation in creations {
        for _ in 0..rng.between(1, 6) {
            pid += 4;
            let before_millis = rng.between(10, 110_000);
            let time = Ticks(creation.0 - before_millis * TICKS_PER_MILLISECOND);
            let (image, command_line) = *rng.pick(PROGRAMS);
            insert(&mut story.records, started(&template, pid, time, image, command_line));
            if let Some(end) = &end {
                // What looks through a machine takes its time.
                let until = time.plus_millis(rng.between(12_000, 90_000));
                insert(&mut story.records, ended(end, &template, pid, until, image));
            }
            if let Some(script) = script.as_ref().filter(|_| image.ends_with("powershell.exe")) {
                insert(&mut story.records, inventory(script, pid, time));
            }
        }
    }
}

/// A 4104 that was written because scripts are logged, and by the host of the template.
fn is_asked_for_script(record: &WindowsRecord, template: &WindowsRecord) -> bool {
    const WARNING: u8 = 3;
    record.event_id == 4104 && record.level != WARNING && record.computer == template.computer
}

/// What the crowd's PowerShell runs, where scripts are logged.
fn inventory(template: &WindowsRecord, pid: u32, started: Ticks) -> WindowsRecord {
    let mut record = template.clone();
    record.time = Ticks(started.0 + 5 * TICKS_PER_MILLISECOND);
    record.execution.0 = pid;
    record.user = Some(Sid::parse("S-1-5-18"));
    record.set("ScriptBlockText", Value::text("Get-CimInstance Win32_OperatingSystem | Export-Csv os.csv"));
    record.set("MessageNumber", Value::U32(1));
    record.set("MessageTotal", Value::U32(1));
    if let Some(Value::Guid(mut id)) = record.field("ScriptBlockId").cloned() {
        id.0[..4].copy_from_slice(&pid.to_le_bytes());
        record.set("ScriptBlockId", Value::Guid(id));
    }
    record
}

fn is_start_by_system(record: &WindowsRecord) -> bool {
    let of_system = |name| record.field(name) == Some(&Value::Hex64(SYSTEM_LOGON_ID));
    let is_own = matches!(record.field("TargetLogonId"), None | Some(Value::Hex64(0)));
    let is_of_boot = || record.printed("NewProcessName").is_some_and(|image| is_started_by_boot(&image));
    match (record.channel.as_str(), record.event_id) {
        ("Security", 4688) => of_system("SubjectLogonId") && is_own && !is_of_boot(),
        ("Microsoft-Windows-Sysmon/Operational", 1) => of_system("LogonId"),
        _ => false,
    }
}

fn started(
    template: &WindowsRecord,
    pid: u32,
    time: Ticks,
    image: &str,
    command_line: &str,
) -> WindowsRecord {
    let mut record = template.clone();
    record.time = time;
    if record.event_id == 4688 {
        record.set("NewProcessId", Value::Pointer(u64::from(pid)));
        record.set("NewProcessName", Value::text(image));
    } else {
        record.set("ProcessId", Value::U32(pid));
        record.set("Image", Value::text(image));
        record.set("UtcTime", Value::text(time.sysmon_utc_time()));
        record.set("OriginalFileName", Value::text(image.rsplit('\\').next().unwrap_or(image)));
        if let Some(Value::Guid(mut guid)) = record.field("ProcessGuid").cloned() {
            guid.0[..4].copy_from_slice(&pid.to_le_bytes());
            record.set("ProcessGuid", Value::Guid(guid));
        }
    }
    // Where the policy hides command lines, it hides these too.
    let is_told = template.printed("CommandLine").is_some_and(|line| !line.is_empty());
    if is_told {
        record.set("CommandLine", Value::text(command_line));
    }
    record
}

fn ended(end: &WindowsRecord, start: &WindowsRecord, pid: u32, time: Ticks, image: &str) -> WindowsRecord {
    const SUBJECT: &[&str] = &["SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId"];
    let mut record = end.clone();
    record.time = time;
    for name in SUBJECT {
        if let Some(value) = start.field(name).cloned() {
            record.set(name, value);
        }
    }
    record.set("Status", Value::Hex32(0));
    record.set("ProcessId", Value::Pointer(u64::from(pid)));
    record.set("ProcessName", Value::text(image));
    record
}

/// Puts a record in its place among those of its host, and numbers the later ones of its channel anew.
fn insert(records: &mut Vec<WindowsRecord>, mut record: WindowsRecord) {
    let is_sibling =
        |other: &WindowsRecord| other.channel == record.channel && other.computer == record.computer;
    let later = records.iter().position(|other| is_sibling(other) && other.time >= record.time);
    let Some(at) = later else { return };
    record.record_id = records[at].record_id;
    records[at..].iter_mut().filter(|other| is_sibling(other)).for_each(|other| other.record_id += 1);
    records.insert(at, record);
}

//! A log in the dense shape of a busy host: many small records of many kinds, few of them wanted.

use begat_sim::events::{self, Draft, Envelope, EventKind};
use begat_sim::evtx::{EvtxError, EvtxWriter, Form};
use begat_sim::value::{Guid, Ticks, Value};

/// What a hunt for account creation wants of it.
pub const WANTED: &[(&str, u16)] = &[
    ("Microsoft-Windows-Security-Auditing", 4624),
    ("Microsoft-Windows-Security-Auditing", 4634),
    ("Microsoft-Windows-Security-Auditing", 4648),
    ("Microsoft-Windows-Security-Auditing", 4672),
    ("Microsoft-Windows-Security-Auditing", 4688),
    ("Microsoft-Windows-Security-Auditing", 4689),
    ("Microsoft-Windows-Security-Auditing", 4720),
    ("Microsoft-Windows-Security-Auditing", 4722),
    ("Microsoft-Windows-Security-Auditing", 4726),
    ("Microsoft-Windows-Security-Auditing", 4732),
    ("Microsoft-Windows-Security-Auditing", 4738),
    ("Microsoft-Windows-Sysmon", 1),
    ("Microsoft-Windows-Sysmon", 5),
    ("Microsoft-Windows-Eventlog", 1102),
];

/// How often each kind comes, out of a thousand; the first ones are wanted, 96 of a thousand.
const SHARES: &[(&EventKind, u32)] = &[
    (&events::LOGON_4624_V2, 22),
    (&events::LOGOFF_4634, 18),
    (&events::SPECIAL_LOGON_4672, 12),
    (&events::PROCESS_CREATED_4688_V2, 18),
    (&events::PROCESS_EXITED_4689, 14),
    (&events::SYSMON_PROCESS_1, 8),
    (&events::SYSMON_PROCESS_ENDED_5, 4),
    (&events::HANDLE_REQUESTED_4656, 160),
    (&events::HANDLE_CLOSED_4658, 84),
    (&events::CONNECTION_ALLOWED_5156, 190),
    (&events::PORT_BOUND_5158, 90),
    (&events::SHARE_ACCESSED_5145, 70),
    (&events::SYSMON_IMAGE_LOADED_7, 90),
    (&events::SYSMON_PROCESS_ACCESSED_10, 60),
    (&events::SYSMON_FILE_CREATED_11, 40),
    (&events::SYSMON_REGISTRY_VALUE_13, 120),
];

/// Steps of Marsaglia's xorshift: the same seed, the same log.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.roll(texts.len() as u64) as usize]
    }
}

/// The chunks of a log, without a file header: at least `size_bytes` of them.
pub fn dense_chunks(size_bytes: usize) -> Result<Vec<u8>, EvtxError> {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut writer = EvtxWriter::new();
    let start = Ticks::parse("2024-03-04T08:00:00.1234567Z");
    let records = size_bytes as u64 / 800;
    for number in 0..records {
        let envelope = Envelope {
            record_id: 1_000_000 + number,
            time: start.plus_millis(number * 7 + dice.roll(7)),
            computer: "WS-FINANCE-042.corp.example.com".to_owned(),
            execution: (4, 100 + dice.roll(2000) as u32),
            activity_id: None,
        };
        let record = draft(&mut dice).written(envelope);
        writer.append(&record, Form::Native)?;
    }
    let mut chunks = writer.finish_chunks();
    chunks.truncate(size_bytes.next_multiple_of(1 << 16));
    Ok(chunks)
}

fn draft(dice: &mut Dice) -> Draft {
    let mut roll = dice.roll(SHARES.iter().map(|(_, share)| u64::from(*share)).sum());
    let kind = SHARES.iter().find(|(_, share)| {
        let chosen = roll < u64::from(*share);
        roll = roll.wrapping_sub(u64::from(*share));
        chosen
    });
    let mut draft = Draft::new(kind.map_or(SHARES[0].0, |(kind, _)| *kind));
    for (name, value) in &mut draft.fields {
        *value = filled(name, value, dice);
    }
    draft
}

/// A value of the field's own type, and of the length that such values have.
fn filled(name: &str, value: &Value, dice: &mut Dice) -> Value {
    match value {
        Value::Text(_) => Value::text(text(name, dice)),
        Value::U64(_) => Value::U64(dice.roll(1 << 20)),
        Value::U32(_) => Value::U32(dice.roll(1 << 14) as u32),
        Value::Hex32(_) => Value::Hex32(dice.roll(1 << 21) as u32),
        Value::Hex64(_) => Value::Hex64(dice.roll(1 << 24)),
        Value::Pointer(_) => Value::Pointer(dice.roll(1 << 13)),
        Value::Guid(_) => {
            let mut bytes = [0; 16];
            bytes.iter_mut().for_each(|byte| *byte = dice.roll(256) as u8);
            Value::Guid(Guid(bytes))
        }
        Value::Sid(sid) if name.starts_with("Subject") => {
            let _ = sid;
            Value::Sid(begat_sim::value::Sid::parse("S-1-5-21-4230534742-2542757381-3142984815-1166"))
        }
        other => other.clone(),
    }
}

fn text(name: &str, dice: &mut Dice) -> String {
    const IMAGES: &[&str] = &[
        r"C:\Windows\System32\svchost.exe",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Windows\System32\lsass.exe",
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        r"\device\harddiskvolume3\windows\system32\svchost.exe",
    ];
    match name {
        _ if name.contains("CommandLine") => {
            format!(
                "{} -k netsvcs -p -s {:x} /session:{}",
                dice.pick(IMAGES),
                dice.roll(1 << 40),
                dice.roll(99)
            )
        }
        _ if name.ends_with("Image")
            || name.ends_with("ProcessName")
            || name.contains("Loaded")
            || name == "Application" =>
        {
            dice.pick(IMAGES).to_owned()
        }
        "CallTrace" => format!(
            r"C:\Windows\SYSTEM32\ntdll.dll+{:x}|C:\Windows\System32\KERNELBASE.dll+{:x}|UNKNOWN({:016X})",
            dice.roll(1 << 20),
            dice.roll(1 << 20),
            dice.roll(1 << 47)
        ),
        "Hashes" => format!("SHA256={:032X}{:032X}", dice.roll(u64::MAX), dice.roll(u64::MAX)),
        "ObjectName" | "TargetObject" | "TargetFilename" => {
            format!(
                r"HKLM\System\CurrentControlSet\Services\Tcpip\Parameters\Interfaces\{{{:08x}}}",
                dice.roll(1 << 32)
            )
        }
        "PrivilegeList" => "SeSecurityPrivilege\n\t\t\tSeBackupPrivilege\n\t\t\tSeDebugPrivilege".to_owned(),
        _ if name.ends_with("Address") || name.ends_with("Ip") => {
            format!("10.{}.{}.{}", dice.roll(8), dice.roll(256), dice.roll(256))
        }
        _ if name.ends_with("Port") => dice.roll(65536).to_string(),
        _ if name.ends_with("UserName") => {
            dice.pick(&["WS-FINANCE-042$", "m.schneider", "svc-backup"]).to_owned()
        }
        _ if name.ends_with("DomainName") => "CORP".to_owned(),
        _ if name.ends_with("UtcTime") => {
            format!("2024-03-04 08:{:02}:{:02}.{:03}", dice.roll(60), dice.roll(60), dice.roll(1000))
        }
        "AccessList" => "%%4416\n\t\t\t\t%%4423\n\t\t\t\t".to_owned(),
        _ => dice.pick(&["-", "-", "%%1833", "Microsoft Corporation", "Security"]).to_owned(),
    }
}

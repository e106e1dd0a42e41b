//! The ordinary events of a busy server: everything that is no account being created.
use crate::events::{self, Draft};
use crate::rng::Rng;
use crate::value::{Sid, Ticks, Value};

/// Images that run all day, in the order of their usual activity.
const SERVICES: &[&str] = &[
    r"C:\Windows\System32\svchost.exe",
    r"C:\Windows\System32\lsass.exe",
    r"C:\Windows\System32\services.exe",
    r"C:\Windows\System32\wbem\WmiPrvSE.exe",
    r"C:\Program Files\Windows Defender\MsMpEng.exe",
    r"C:\Windows\System32\taskhostw.exe",
    r"C:\Windows\System32\spoolsv.exe",
    r"C:\Program Files\Backup Agent\bkpagent.exe",
];
const LIBRARIES: &[&str] =
    &["ntdll.dll", "KERNELBASE.dll", "rpcrt4.dll", "combase.dll", "sechost.dll", "crypt32.dll"];
const KEYS: &[&str] = &[
    r"HKLM\System\CurrentControlSet\Services\Tcpip\Parameters\Interfaces",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run",
    r"HKLM\System\CurrentControlSet\Control\Session Manager\PendingFileRenameOperations",
    r"HKU\S-1-5-18\Software\Microsoft\SystemCertificates\Root\Certificates",
    r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Backup",
];

/// The host on which the noise is made, as far as the noise needs to know it.
pub(crate) struct Surroundings<'a> {
    /// The machine's own account, `SRV01$`.
    pub machine_account: &'a str,
    /// The domain's NetBIOS name.
    pub domain: &'a str,
    /// When it happens: Sysmon repeats the time in its data.
    pub time: Ticks,
}

fn process(rng: &mut Rng) -> (u64, &'static str) {
    let image = rng.pick(SERVICES);
    (rng.between(110, 2400) * 4, image)
}

fn device_path(image: &str) -> String {
    image.replace("C:", r"\device\harddiskvolume2").to_lowercase()
}

fn address(rng: &mut Rng) -> String {
    format!("10.20.{}.{}", rng.between(0, 7), rng.between(2, 250))
}

fn port(rng: &mut Rng) -> String {
    rng.between(49_152, 65_535).to_string()
}

/// 5156.
pub(crate) fn connection_allowed(rng: &mut Rng, _: &Surroundings) -> Draft {
    let (pid, image) = process(rng);
    Draft::new(&events::CONNECTION_ALLOWED_5156)
        .set("ProcessID", Value::U64(pid))
        .text("Application", device_path(image))
        .text("Direction", *rng.pick(&["%%14592", "%%14593"]))
        .text("SourceAddress", address(rng))
        .text("SourcePort", port(rng))
        .text("DestAddress", address(rng))
        .text("DestPort", *rng.pick(&["443", "445", "135", "389", "88", "53"]))
        .set("Protocol", Value::U32(6))
        .set("FilterRTID", Value::U64(rng.between(65_000, 75_000)))
        .text("LayerName", "%%14611")
        .set("LayerRTID", Value::U64(48))
}

/// 5158.
pub(crate) fn port_bound(rng: &mut Rng, _: &Surroundings) -> Draft {
    let (pid, image) = process(rng);
    Draft::new(&events::PORT_BOUND_5158)
        .set("ProcessId", Value::U64(pid))
        .text("Application", device_path(image))
        .text("SourceAddress", *rng.pick(&["0.0.0.0", "::"]))
        .text("SourcePort", port(rng))
        .set("Protocol", Value::U32(6))
        .text("LayerName", "%%14608")
        .set("LayerRTID", Value::U64(36))
}

fn by_the_machine(draft: Draft, host: &Surroundings) -> Draft {
    draft
        .set("SubjectUserSid", Value::Sid(Sid::parse("S-1-5-18")))
        .text("SubjectUserName", host.machine_account)
        .text("SubjectDomainName", host.domain)
        .set("SubjectLogonId", Value::Hex64(0x3e7))
}

/// 4656.
pub(crate) fn handle_requested(rng: &mut Rng, host: &Surroundings) -> Draft {
    let (pid, image) = process(rng);
    by_the_machine(Draft::new(&events::HANDLE_REQUESTED_4656), host)
        .text("ObjectServer", "Security")
        .text("ObjectType", "Key")
        .text("ObjectName", r"\REGISTRY\MACHINE\SYSTEM\ControlSet001\Control\Lsa")
        .set("HandleId", Value::Pointer(rng.between(1, 900) * 4))
        .text("AccessList", "%%4432\r\n\t\t\t\t")
        .set("AccessMask", Value::Hex32(1))
        .set("ProcessId", Value::Pointer(pid))
        .text("ProcessName", image)
}

/// 4658.
pub(crate) fn handle_closed(rng: &mut Rng, host: &Surroundings) -> Draft {
    let (pid, image) = process(rng);
    by_the_machine(Draft::new(&events::HANDLE_CLOSED_4658), host)
        .text("ObjectServer", "Security")
        .set("HandleId", Value::Pointer(rng.between(1, 900) * 4))
        .set("ProcessId", Value::Pointer(pid))
        .text("ProcessName", image)
}

fn sysmon(draft: Draft, rng: &mut Rng, host: &Surroundings) -> Draft {
    let (pid, image) = process(rng);
    draft
        .text("UtcTime", host.time.sysmon_utc_time())
        .set("ProcessGuid", Value::Guid(rng.guid()))
        .set("ProcessId", Value::U32(u32::try_from(pid).expect("a process id has 32 bits")))
        .text("Image", image)
}

/// Sysmon 3.
pub(crate) fn sysmon_connection(rng: &mut Rng, host: &Surroundings) -> Draft {
    sysmon(Draft::new(&events::SYSMON_CONNECTION_3), rng, host)
        .text("User", r"NT AUTHORITY\SYSTEM")
        .text("Protocol", "tcp")
        .set("Initiated", Value::Bool(true))
        .text("SourceIp", address(rng))
        .text("SourceHostname", "srv01.corp.example")
        .set("SourcePort", Value::U16(50_123))
        .text("DestinationIp", address(rng))
        .set("DestinationPort", Value::U16(443))
        .text("DestinationPortName", "https")
}

/// Sysmon 7.
pub(crate) fn sysmon_image_loaded(rng: &mut Rng, host: &Surroundings) -> Draft {
    let library = *rng.pick(LIBRARIES);
    sysmon(Draft::new(&events::SYSMON_IMAGE_LOADED_7), rng, host)
        .text("ImageLoaded", format!(r"C:\Windows\System32\{library}"))
        .text("FileVersion", "10.0.17763.1 (WinBuild.160101.0800)")
        .text("Product", "Microsoft® Windows® Operating System")
        .text("Company", "Microsoft Corporation")
        .text("OriginalFileName", library)
        .text("Hashes", hashes(rng))
        .text("Signed", "true")
        .text("Signature", "Microsoft Windows")
        .text("SignatureStatus", "Valid")
}

/// What Sysmon prints for a file's hashes.
pub fn hashes(rng: &mut Rng) -> String {
    format!("SHA1={},MD5={},SHA256={},IMPHASH={}", rng.hex(40), rng.hex(32), rng.hex(64), rng.hex(32))
}

/// Sysmon 10.
pub(crate) fn sysmon_process_accessed(rng: &mut Rng, host: &Surroundings) -> Draft {
    let (source_pid, source) = process(rng);
    let (target_pid, target) = process(rng);
    let frame =
        |rng: &mut Rng| format!(r"C:\Windows\System32\{}+{:x}", rng.pick(LIBRARIES), rng.bits() >> 44);
    let frames: Vec<String> = (0..rng.between(2, 7)).map(|_| frame(rng)).collect();
    let pid = |pid: u64| Value::U32(u32::try_from(pid).expect("a process id has 32 bits"));
    Draft::new(&events::SYSMON_PROCESS_ACCESSED_10)
        .text("UtcTime", host.time.sysmon_utc_time())
        .set("SourceProcessGUID", Value::Guid(rng.guid()))
        .set("SourceProcessId", pid(source_pid))
        .set("SourceThreadId", Value::U32(1376))
        .text("SourceImage", source)
        .set("TargetProcessGUID", Value::Guid(rng.guid()))
        .set("TargetProcessId", pid(target_pid))
        .text("TargetImage", target)
        .set("GrantedAccess", Value::Hex32(0x1000))
        .text("CallTrace", frames.join("|"))
}

/// Sysmon 11.
pub(crate) fn sysmon_file_created(rng: &mut Rng, host: &Surroundings) -> Draft {
    sysmon(Draft::new(&events::SYSMON_FILE_CREATED_11), rng, host)
        .text("TargetFilename", format!(r"C:\Windows\Temp\{}.tmp", rng.hex(8)))
        .text("CreationUtcTime", host.time.sysmon_utc_time())
}

/// Sysmon 12.
pub(crate) fn sysmon_registry_key(rng: &mut Rng, host: &Surroundings) -> Draft {
    sysmon(Draft::new(&events::SYSMON_REGISTRY_KEY_12), rng, host)
        .text("EventType", *rng.pick(&["CreateKey", "DeleteKey"]))
        .text("TargetObject", *rng.pick(KEYS))
}

/// Sysmon 13.
pub(crate) fn sysmon_registry_value(rng: &mut Rng, host: &Surroundings) -> Draft {
    sysmon(Draft::new(&events::SYSMON_REGISTRY_VALUE_13), rng, host)
        .text("EventType", "SetValue")
        .text("TargetObject", *rng.pick(KEYS))
        .text("Details", format!("DWORD (0x{:08x})", rng.bits() >> 48))
}

/// How a kind of noise is made.
pub(crate) type Maker = fn(&mut Rng, &Surroundings) -> Draft;

/// What the Security log of a busy server is full of, with weights.
pub(crate) const SECURITY_NOISE: &[(u64, Maker)] =
    &[(370, connection_allowed), (250, port_bound), (110, handle_requested), (200, handle_closed)];
/// What its Sysmon log is full of.
pub(crate) const SYSMON_NOISE: &[(u64, Maker)] = &[
    (320, sysmon_process_accessed),
    (190, sysmon_registry_key),
    (190, sysmon_registry_value),
    (170, sysmon_image_loaded),
    (25, sysmon_file_created),
    (30, sysmon_connection),
];

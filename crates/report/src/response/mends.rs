//! For each blind spot, what to change so that the next case is not blind there.

use begat_model::case::BlindSpotKind;

/// What mends one sort of blind spot.
pub(super) struct Mend {
    pub(super) kind: BlindSpotKind,
    pub(super) step: &'static str,
    pub(super) command: &'static str,
}

macro_rules! mends {
    ($( $kind:ident $step:literal : $command:expr; )*) => {
        /// One a sort; what costs most comes first.
        pub(super) const MENDS: &[Mend] =
            &[ $( Mend { kind: BlindSpotKind::$kind, step: $step, command: $command }, )* ];
    };
}

/// Sub-categories are named by their GUIDs: their names are translated.
const AUDIT_PROCESSES: &str = "auditpol /set '/subcategory:{0CCE922B-69AE-11D9-BED3-505054503030}' /success:enable; reg add 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Audit' /v ProcessCreationIncludeCmdLine_Enabled /t REG_DWORD /d 1 /f";
const AUDIT_LOGONS: &str =
    "auditpol /set '/subcategory:{0CCE9215-69AE-11D9-BED3-505054503030}' /success:enable /failure:enable";
const RECORD_COMMAND_LINES: &str = "reg add 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Audit' /v ProcessCreationIncludeCmdLine_Enabled /t REG_DWORD /d 1 /f";
const RECORD_SCRIPTS: &str = "reg add 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell\\ScriptBlockLogging' /v EnableScriptBlockLogging /t REG_DWORD /d 1 /f";
/// 1 GiB.
const ENLARGE_LOG: &str = "wevtutil sl Security /ms:1073741824";
const LOG_REACH: &str =
    "Get-WinEvent -LogName Security -Oldest -MaxEvents 1 | Format-List TimeCreated,RecordId";
const AUDIT_STATE: &str = "auditpol /get /category:*";
const SYSMON_STATE: &str =
    "Get-WinEvent -ListLog *Sysmon/Operational | Format-List LogName,RecordCount,LastWriteTime";

mends! {
    NoProcessTelemetry "Fix: audit process creation with command lines, by policy, on all such hosts." : AUDIT_PROCESSES;
    AuditPolicyChanged "Fix: see what is audited now, and set it by policy, so that a change on the host does not last." : AUDIT_STATE;
    LogCleared "Fix: forward the Security log as it is written: a copy elsewhere is not cleared. See how far back this one reaches." : LOG_REACH;
    EventsLost "Fix: give the Security log 1 GiB, and look for losses on the way from host to collector." : ENLARGE_LOG;
    ProcessTelemetryGap "Fix: see whether processes are audited now; around the creation none were logged." : AUDIT_STATE;
    ProcessLogFiltered "Fix: log the starts of all programs: take the filter out (Sysmon's include rules, the collector's), or audit process creation beside it." : AUDIT_PROCESSES;
    CommandLineMissing "Fix: record command lines with process creation (4688), by policy." : RECORD_COMMAND_LINES;
    LogonMissing "Fix: audit logons, and collect them." : AUDIT_LOGONS;
    PowershellLoggingOff "Fix: record what PowerShell runs (4104), by policy." : RECORD_SCRIPTS;
    SubjectMissing "Fix: read the creation on the host itself, and have the collector keep its subject fields." : "Get-WinEvent -FilterHashtable @{LogName='Security';Id=4720} | Format-List TimeCreated,RecordId,Message";
    SessionShared "Fix: record command lines; only they tell the services of one session apart." : AUDIT_PROCESSES;
    ParentMissing "Fix: collect logs from before the parent processes started, ideally from boot. See how far back the log reaches." : LOG_REACH;
    ParentAsserted "Fix: have Sysmon record process access (10): it shows who opened the claimed parent." : SYSMON_STATE;
    ClockChanged "Fix: see who sets the clock, and from where." : "w32tm /query /status; w32tm /query /source";
    Carrier "Fix: take the host's own log (.evtx), or have its collector ship events as XML: both carry all of a record." : LOG_REACH;
    TimePrecision "Fix: have the collector send times with fractions of a second; the host's own log has them." : LOG_REACH;
    ZoneUnknown "Fix: name the zone that the host's clock kept with --input-timezone, or export the log as .evtx or XML, which tell UTC." : "Get-TimeZone";
    HostNameAmbiguous "Fix: give each machine a name of its own, and have the collector send it in full." : "[Net.Dns]::GetHostEntry($env:COMPUTERNAME).HostName";
    TableBound "Fix: hunt in the logs of this host alone, or of a shorter time: older history was dropped." : LOG_REACH;
}

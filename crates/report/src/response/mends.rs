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
    NoProcessTelemetry "Mend: audit process creation and its command lines, by policy for all such hosts." : AUDIT_PROCESSES;
    AuditPolicyChanged "Mend: see what is audited now, and set it by policy so that a change on the host does not last." : AUDIT_STATE;
    LogCleared "Mend: forward the Security log as it is written; a copy elsewhere is not cleared. See how far back this one reaches." : LOG_REACH;
    EventsLost "Mend: give the Security log 1 GiB, and look for the loss on the way from host to collector." : ENLARGE_LOG;
    ProcessTelemetryGap "Mend: see whether processes are audited now; they were not around the creation." : AUDIT_STATE;
    CommandLineMissing "Mend: record command lines with process creation (4688), by policy." : RECORD_COMMAND_LINES;
    LogonMissing "Mend: audit logons, and collect them." : AUDIT_LOGONS;
    PowershellLoggingOff "Mend: record what PowerShell runs (4104), by policy." : RECORD_SCRIPTS;
    SubjectMissing "Mend: read the creation on the host itself, and have the collector keep its subject fields." : "Get-WinEvent -FilterHashtable @{LogName='Security';Id=4720} | Format-List TimeCreated,RecordId,Message";
    SessionShared "Mend: command lines are what tells services of one session apart: record them." : AUDIT_PROCESSES;
    ParentMissing "Mend: collect from before the parents' start, at best from boot. See how far back the log reaches." : LOG_REACH;
    ParentAsserted "Mend: a claimed parent is unmasked by who opened it: have Sysmon record process access (10)." : SYSMON_STATE;
    ClockChanged "Mend: see who sets the clock, and from where." : "w32tm /query /status; w32tm /query /source";
    TimePrecision "Mend: have the collector send times with their fraction; the host's own log has it." : LOG_REACH;
    HostNameAmbiguous "Mend: have the collector send full host names." : "[Net.Dns]::GetHostEntry($env:COMPUTERNAME).HostName";
    TableBound "Mend: hunt over this host alone, or a shorter time (--host, --from, --to): older history was dropped." : LOG_REACH;
}

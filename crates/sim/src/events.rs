//! The events that stories are told in: one row for each kind and version, as Windows' manifests define it.
//!
//! Names, order and types of the fields are those of real records.
use crate::record::{Body, KEYWORDS_AUDIT_FAILURE, KEYWORDS_AUDIT_SUCCESS, Provider, WindowsRecord};
use crate::value::{Guid, Sid, Ticks, Value};

/// Which log an event belongs to, with what all its events share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Log {
    /// Channel `Security`, provider Security-Auditing.
    Security,
    /// Channel `Security`, provider Eventlog: 1100 to 1104.
    SecurityService,
    /// Channel `System`, provider Eventlog: 104.
    SystemService,
    /// Channel `Microsoft-Windows-Sysmon/Operational`.
    Sysmon,
    /// Channel `System`, written by the Service Control Manager.
    Services,
    /// Channel `Microsoft-Windows-PowerShell/Operational`.
    PowerShell,
    /// Channel `Microsoft-Windows-WinRM/Operational`.
    WinRm,
    /// Channel `Microsoft-Windows-WMI-Activity/Operational`.
    WmiActivity,
    /// Channel `Microsoft-Windows-LAPS/Operational`.
    Laps,
}

/// What all events of a log have in their `System`, where nothing else is said.
struct Header {
    channel: &'static str,
    provider: Provider,
    keywords: u64,
    level: u8,
    qualifiers: Option<u16>,
}

impl Log {
    /// The channel's name.
    pub fn channel(self) -> &'static str {
        self.header().channel
    }

    fn header(self) -> Header {
        let (channel, provider, keywords, level) = match self {
            Self::Security => ("Security", Provider::SECURITY, KEYWORDS_AUDIT_SUCCESS, 0),
            Self::SecurityService => ("Security", Provider::EVENTLOG, 0x4020_0000_0000_0000, 4),
            Self::SystemService => ("System", Provider::EVENTLOG, 0x8000_0000_0000_0000, 4),
            Self::Sysmon => {
                ("Microsoft-Windows-Sysmon/Operational", Provider::SYSMON, 0x8000_0000_0000_0000, 4)
            }
            Self::Services => ("System", Provider::SERVICES, 0x8080_0000_0000_0000, 4),
            Self::PowerShell => ("Microsoft-Windows-PowerShell/Operational", Provider::POWERSHELL, 0, 5),
            Self::WinRm => ("Microsoft-Windows-WinRM/Operational", Provider::WINRM, 0x4000_0000_0000_0004, 4),
            Self::WmiActivity => {
                ("Microsoft-Windows-WMI-Activity/Operational", Provider::WMI, 0x4000_0000_0000_0000, 0)
            }
            Self::Laps => ("Microsoft-Windows-LAPS/Operational", Provider::LAPS, 0x8000_0000_0000_0000, 4),
        };
        // The Service Control Manager keeps the habits of a classic source.
        let qualifiers = (self == Self::Services).then_some(16_384);
        Header { channel, provider, keywords, level, qualifiers }
    }

    /// Sysmon's service runs as SYSTEM and says so; so does LAPS. Audits name no user here.
    fn writer(self) -> Option<Sid> {
        matches!(self, Self::Sysmon | Self::Laps).then(|| Sid::parse("S-1-5-18"))
    }
}

/// What the events of a log that have `UserData` put around their fields: the element and its namespaces.
fn user_data(kind: &EventKind) -> Option<(&'static str, &'static [(&'static str, &'static str)])> {
    const EVENT_LOG: &[(&str, &str)] = &[
        ("xmlns:auto-ns3", "http://schemas.microsoft.com/win/2004/08/events"),
        ("xmlns", "http://manifests.microsoft.com/win/2004/08/windows/eventlog"),
    ];
    const WMI: &[(&str, &str)] = &[("xmlns", "http://manifests.microsoft.com/win/2006/windows/WMI")];
    Some(match (kind.log, kind.event_id) {
        (Log::SecurityService, 1100) => ("ServiceShutdown", EVENT_LOG),
        (Log::SecurityService, 1101) => ("AuditEventsDropped", EVENT_LOG),
        (Log::SecurityService, 1104) => ("FileIsFull", EVENT_LOG),
        (Log::SecurityService | Log::SystemService, _) => ("LogFileCleared", EVENT_LOG),
        (Log::WmiActivity, 5857) => ("Operation_StartedOperational", WMI),
        (Log::WmiActivity, 5858) => ("Operation_ClientFailure", WMI),
        (Log::WmiActivity, 5859) => ("Operation_EssStarted", WMI),
        (Log::WmiActivity, 5860) => ("Operation_TemporaryEssStarted", WMI),
        (Log::WmiActivity, _) => ("Operation_ESStoConsumerBinding", WMI),
        _ => return None,
    })
}

/// One kind of event in one version of its manifest.
#[derive(Debug, PartialEq, Eq)]
pub struct EventKind {
    /// Where it is written.
    pub log: Log,
    /// The event id.
    pub event_id: u16,
    /// The manifest's version.
    pub version: u8,
    /// The task category.
    pub task: u16,
    /// `Name` or `Name:type`, in order; without a type it is text.
    pub fields: &'static str,
}

/// The type of a field in its manifest, and what Windows writes where it has nothing to say.
fn absent_value(type_name: &str) -> Option<Value> {
    Some(match type_name {
        "" => Value::text("-"),
        "sid" => Value::Sid(Sid::parse("S-1-0-0")),
        "u16" => Value::U16(0),
        "u32" => Value::U32(0),
        "u64" => Value::U64(0),
        "bool" => Value::Bool(false),
        "hex32" => Value::Hex32(0),
        "hex64" => Value::Hex64(0),
        "pointer" => Value::Pointer(0),
        "guid" => Value::Guid(Guid::ZERO),
        "time" => Value::FileTime(Ticks(0)),
        _ => return None,
    })
}

macro_rules! event_kinds {
    ($($(#[$doc:meta])* $name:ident = $log:ident $event_id:literal v $version:literal task $task:literal : $fields:expr;)*) => {
        $($(#[$doc])* pub const $name: EventKind = EventKind {
            log: Log::$log, event_id: $event_id, version: $version, task: $task, fields: $fields,
        };)*
        /// Every row, for tests over the whole table.
        pub const EVENT_KINDS: &[&EventKind] = &[$(&$name),*];
    };
}

/// Who did it: stands in most Security events.
macro_rules! subject {
    () => {
        "SubjectUserSid:sid SubjectUserName SubjectDomainName SubjectLogonId:hex64"
    };
}
/// An account that something is done to, and by whom.
macro_rules! target_by_subject {
    () => {
        concat!("TargetUserName TargetDomainName TargetSid:sid ", subject!())
    };
}
/// A member that joins or leaves a group.
macro_rules! member_of_group {
    () => {
        concat!("MemberName MemberSid:sid ", target_by_subject!(), " PrivilegeList")
    };
}
/// The attributes of an account.
macro_rules! account_attributes {
    () => {
        concat!(
            target_by_subject!(),
            " PrivilegeList SamAccountName DisplayName UserPrincipalName HomeDirectory HomePath ScriptPath ",
            "ProfilePath UserWorkstations PasswordLastSet AccountExpires PrimaryGroupId AllowedToDelegateTo ",
            "OldUacValue NewUacValue UserAccountControl UserParameters SidHistory LogonHours"
        )
    };
}
/// 4688 before it had a command line.
macro_rules! process_v0 {
    () => {
        concat!(subject!(), " NewProcessId:pointer NewProcessName TokenElevationType ProcessId:pointer")
    };
}
/// 4688 of a patched 2012 R2: with the target, without the parent's name.
macro_rules! process_with_target {
    () => {
        concat!(
            process_v0!(),
            " CommandLine TargetUserSid:sid TargetUserName TargetDomainName TargetLogonId:hex64"
        )
    };
}
/// 4624 as Vista began it.
macro_rules! logon_v0 {
    () => {
        concat!(
            subject!(),
            " TargetUserSid:sid TargetUserName TargetDomainName TargetLogonId:hex64 LogonType:u32 ",
            "LogonProcessName AuthenticationPackageName WorkstationName LogonGuid:guid TransmittedServices ",
            "LmPackageName KeyLength:u32 ProcessId:pointer ProcessName IpAddress IpPort"
        )
    };
}
/// What Sysmon says of the process that an event is about.
macro_rules! sysmon_process {
    () => {
        "UtcTime ProcessGuid:guid ProcessId:u32 Image"
    };
}

event_kinds! {
    /// The audit log was cleared; its data is UserData, rooted at `LogFileCleared`.
    LOG_CLEARED_1102 = SecurityService 1102 v 0 task 104: subject!();
    /// Another log was cleared; its data is UserData as well, and says no more of who did it than the name.
    OTHER_LOG_CLEARED_104 = SystemService 104 v 0 task 104:
        "SubjectUserName SubjectDomainName Channel BackupPath";
    /// The event log service stops, as it does when Windows shuts down.
    LOG_SERVICE_STOPPED_1100 = SecurityService 1100 v 0 task 103: "";
    /// Audit events were dropped before they reached the log.
    EVENTS_DROPPED_1101 = SecurityService 1101 v 0 task 101: "Reason:u32";
    /// The Security log is full.
    LOG_FULL_1104 = SecurityService 1104 v 0 task 101: "";
    /// Windows starts up: a new boot, logon ids begin again.
    STARTUP_4608 = Security 4608 v 0 task 12288: "";
    /// The system time was changed; before 2008 R2 it wrote dates and times apart.
    CLOCK_CHANGED_4616 = Security 4616 v 1 task 12288: concat!(
        subject!(), " PreviousTime:time NewTime:time ProcessId:pointer ProcessName");
    /// A logon on Vista to 2008 R2.
    LOGON_4624_V0 = Security 4624 v 0 task 12544: logon_v0!();
    /// A logon on 8 to 2012 R2.
    LOGON_4624_V1 = Security 4624 v 1 task 12544: concat!(logon_v0!(), " ImpersonationLevel");
    /// A logon on 10 and later.
    LOGON_4624_V2 = Security 4624 v 2 task 12544: concat!(
        logon_v0!(), " ImpersonationLevel RestrictedAdminMode TargetOutboundUserName ",
        "TargetOutboundDomainName VirtualAccount TargetLinkedLogonId:hex64 ElevatedToken");
    /// The groups of a new logon: a list, a group a line.
    LOGON_GROUPS_4627 = Security 4627 v 0 task 12554: concat!(
        subject!(), " TargetUserSid:sid TargetUserName TargetDomainName TargetLogonId:hex64 LogonType:u32 ",
        "EventIdx:u32 EventCountTotal:u32 GroupMembership");
    /// A logon session ended.
    LOGOFF_4634 = Security 4634 v 0 task 12545:
        "TargetUserSid:sid TargetUserName TargetDomainName TargetLogonId:hex64 LogonType:u32";
    /// Somebody logged off.
    LOGOFF_4647 = Security 4647 v 0 task 12545:
        "TargetUserSid:sid TargetUserName TargetDomainName TargetLogonId:hex64";
    /// A logon that was refused; it does not say whose SID it would have been.
    LOGON_REFUSED_4625 = Security 4625 v 0 task 12544: concat!(
        subject!(), " TargetUserSid:sid TargetUserName TargetDomainName Status:hex32 FailureReason ",
        "SubStatus:hex32 LogonType:u32 LogonProcessName AuthenticationPackageName WorkstationName ",
        "TransmittedServices LmPackageName KeyLength:u32 ProcessId:pointer ProcessName IpAddress IpPort");
    /// A logon with explicit credentials.
    EXPLICIT_LOGON_4648 = Security 4648 v 0 task 12544: concat!(
        subject!(), " LogonGuid:guid TargetUserName TargetDomainName TargetLogonGuid:guid TargetServerName ",
        "TargetInfo ProcessId:pointer ProcessName IpAddress IpPort");
    /// A handle was asked for.
    HANDLE_REQUESTED_4656 = Security 4656 v 1 task 12802: concat!(
        subject!(), " ObjectServer ObjectType ObjectName HandleId:pointer TransactionId:guid AccessList ",
        "AccessReason AccessMask:hex32 PrivilegeList RestrictedSidCount:u32 ProcessId:pointer ProcessName ",
        "ResourceAttributes");
    /// A handle was closed.
    HANDLE_CLOSED_4658 = Security 4658 v 0 task 12804: concat!(
        subject!(), " ObjectServer HandleId:pointer ProcessId:pointer ProcessName");
    /// Privileges of a new logon.
    SPECIAL_LOGON_4672 = Security 4672 v 0 task 12548: concat!(subject!(), " PrivilegeList");
    /// A process began; before 8.1 and KB3004375.
    PROCESS_CREATED_4688_V0 = Security 4688 v 0 task 13312: process_v0!();
    /// A process began; with its command line, where the policy is on.
    PROCESS_CREATED_4688_V1 = Security 4688 v 1 task 13312: concat!(process_v0!(), " CommandLine");
    /// A process began; a patched 2012 R2 writes version 2 without the parent's name.
    PROCESS_CREATED_4688_V2_WITHOUT_PARENT = Security 4688 v 2 task 13312: process_with_target!();
    /// A process began; 10 and later.
    PROCESS_CREATED_4688_V2 = Security 4688 v 2 task 13312: concat!(
        process_with_target!(), " ParentProcessName MandatoryLabel:sid");
    /// A process ended.
    PROCESS_EXITED_4689 = Security 4689 v 0 task 13313: concat!(
        subject!(), " Status:hex32 ProcessId:pointer ProcessName");
    /// A service was installed; the subject is who asked for it.
    SERVICE_INSTALLED_4697 = Security 4697 v 0 task 12289: concat!(
        subject!(), " ServiceName ServiceFileName ServiceType:hex32 ServiceStartType:u32 ServiceAccount");
    /// A scheduled task was created; the subject is who registered it.
    TASK_CREATED_4698 = Security 4698 v 0 task 12804: concat!(subject!(), " TaskName TaskContent");
    /// A scheduled task was changed.
    TASK_CHANGED_4702 = Security 4702 v 0 task 12804: concat!(subject!(), " TaskName TaskContentNew");
    /// The audit policy was changed.
    AUDIT_POLICY_CHANGED_4719 = Security 4719 v 0 task 13568: concat!(
        subject!(), " CategoryId SubcategoryId SubcategoryGuid:guid AuditPolicyChanges");
    /// An account was created.
    ACCOUNT_CREATED_4720 = Security 4720 v 0 task 13824: account_attributes!();
    /// An account was enabled.
    ACCOUNT_ENABLED_4722 = Security 4722 v 0 task 13824: target_by_subject!();
    /// Somebody set, or tried to set, an account's password.
    PASSWORD_RESET_4724 = Security 4724 v 0 task 13824: target_by_subject!();
    /// An account was disabled.
    ACCOUNT_DISABLED_4725 = Security 4725 v 0 task 13824: target_by_subject!();
    /// An account was deleted.
    ACCOUNT_DELETED_4726 = Security 4726 v 0 task 13824: concat!(target_by_subject!(), " PrivilegeList");
    /// A member joined a global group; on a local SAM this precedes the 4720.
    GLOBAL_MEMBER_ADDED_4728 = Security 4728 v 0 task 13826: member_of_group!();
    /// A member left a global group.
    GLOBAL_MEMBER_REMOVED_4729 = Security 4729 v 0 task 13826: member_of_group!();
    /// A member joined a local group.
    LOCAL_MEMBER_ADDED_4732 = Security 4732 v 0 task 13826: member_of_group!();
    /// A member left a local group.
    LOCAL_MEMBER_REMOVED_4733 = Security 4733 v 0 task 13826: member_of_group!();
    /// An account was changed; it has a field without meaning in front.
    ACCOUNT_CHANGED_4738 = Security 4738 v 0 task 13824: concat!("Dummy ", account_attributes!());
    /// A member joined a universal group.
    UNIVERSAL_MEMBER_ADDED_4756 = Security 4756 v 0 task 13826: member_of_group!();
    /// A member left a universal group.
    UNIVERSAL_MEMBER_REMOVED_4757 = Security 4757 v 0 task 13826: member_of_group!();
    /// A Kerberos ticket was asked for: only domain controllers write it.
    TICKET_REQUESTED_4768 = Security 4768 v 0 task 14339:
        "TargetUserName TargetDomainName TargetSid:sid ServiceName ServiceSid:sid TicketOptions:hex32 \
         Status:hex32 TicketEncryptionType:hex32 PreAuthType IpAddress IpPort CertIssuerName \
         CertSerialNumber CertThumbprint";
    /// A computer account was created.
    COMPUTER_CREATED_4741 = Security 4741 v 0 task 13825: concat!(
        account_attributes!(), " DnsHostName ServicePrincipalNames");
    /// Somebody came back to a session that he had left: its logon id stays the old one.
    SESSION_RECONNECTED_4778 = Security 4778 v 0 task 12551:
        "AccountName AccountDomain LogonID:hex64 SessionName ClientName ClientAddress";
    /// Somebody left a session without logging off.
    SESSION_DISCONNECTED_4779 = Security 4779 v 0 task 12551:
        "AccountName AccountDomain LogonID:hex64 SessionName ClientName ClientAddress";
    /// The groups of an account were read: of all account events only this and 4799 name their client.
    MEMBERSHIP_READ_4798 = Security 4798 v 0 task 13824: concat!(
        target_by_subject!(), " CallerProcessId:pointer CallerProcessName");
    /// The members of a local group were read.
    MEMBERS_READ_4799 = Security 4799 v 0 task 13826: concat!(
        target_by_subject!(), " CallerProcessId:pointer CallerProcessName");
    /// An account was renamed.
    ACCOUNT_RENAMED_4781 = Security 4781 v 0 task 13824: concat!(
        "OldTargetUserName NewTargetUserName TargetDomainName TargetSid:sid ", subject!(), " PrivilegeList");
    /// A share was opened.
    SHARE_OPENED_5140 = Security 5140 v 1 task 12808: concat!(
        subject!(), " ObjectType IpAddress IpPort ShareName ShareLocalPath AccessMask:hex32 AccessList");
    /// A file on a share was opened; `samr` is the door to remote account management.
    SHARE_ACCESSED_5145 = Security 5145 v 0 task 12811: concat!(
        subject!(), " ObjectType IpAddress IpPort ShareName ShareLocalPath RelativeTargetName ",
        "AccessMask:hex32 AccessList AccessReason");
    /// The firewall let a connection through.
    CONNECTION_ALLOWED_5156 = Security 5156 v 1 task 12810:
        "ProcessID:u64 Application Direction SourceAddress SourcePort DestAddress DestPort Protocol:u32 \
         FilterRTID:u64 LayerName LayerRTID:u64 RemoteUserID:sid RemoteMachineID:sid";
    /// The firewall let a process bind a port.
    PORT_BOUND_5158 = Security 5158 v 0 task 12810:
        "ProcessId:u64 Application SourceAddress SourcePort Protocol:u32 FilterRTID:u64 LayerName LayerRTID:u64";
    /// A process began, as Sysmon sees it.
    SYSMON_PROCESS_1 = Sysmon 1 v 5 task 1: concat!(
        "RuleName ", sysmon_process!(), " FileVersion Description Product Company OriginalFileName ",
        "CommandLine CurrentDirectory User LogonGuid:guid LogonId:hex64 TerminalSessionId:u32 ",
        "IntegrityLevel Hashes ParentProcessGuid:guid ParentProcessId:u32 ParentImage ParentCommandLine");
    /// A connection, as Sysmon sees it.
    SYSMON_CONNECTION_3 = Sysmon 3 v 5 task 3: concat!(
        "RuleName ", sysmon_process!(), " User Protocol Initiated:bool SourceIsIpv6:bool SourceIp ",
        "SourceHostname SourcePort:u16 SourcePortName DestinationIsIpv6:bool DestinationIp ",
        "DestinationHostname DestinationPort:u16 DestinationPortName");
    /// A process ended, as Sysmon sees it: without an exit code.
    SYSMON_PROCESS_ENDED_5 = Sysmon 5 v 3 task 5: concat!("RuleName ", sysmon_process!());
    /// A library was loaded.
    SYSMON_IMAGE_LOADED_7 = Sysmon 7 v 3 task 7: concat!(
        "RuleName ", sysmon_process!(), " ImageLoaded FileVersion Description Product Company ",
        "OriginalFileName Hashes Signed Signature SignatureStatus");
    /// A process opened another; its names for process ids are its own.
    SYSMON_PROCESS_ACCESSED_10 = Sysmon 10 v 3 task 10:
        "RuleName UtcTime SourceProcessGUID:guid SourceProcessId:u32 SourceThreadId:u32 SourceImage \
         TargetProcessGUID:guid TargetProcessId:u32 TargetImage GrantedAccess:hex32 CallTrace";
    /// A file was created.
    SYSMON_FILE_CREATED_11 = Sysmon 11 v 2 task 11: concat!(
        "RuleName ", sysmon_process!(), " TargetFilename CreationUtcTime");
    /// A registry key came or went.
    SYSMON_REGISTRY_KEY_12 = Sysmon 12 v 2 task 12: concat!(
        "RuleName EventType ", sysmon_process!(), " TargetObject");
    /// A registry value was set.
    SYSMON_REGISTRY_VALUE_13 = Sysmon 13 v 2 task 13: concat!(
        "RuleName EventType ", sysmon_process!(), " TargetObject Details");
    /// A registry key or value was renamed.
    SYSMON_REGISTRY_RENAMED_14 = Sysmon 14 v 2 task 14: concat!(
        "RuleName EventType ", sysmon_process!(), " TargetObject NewName");
    /// A WMI filter was made: what a subscription waits for.
    SYSMON_WMI_FILTER_19 = Sysmon 19 v 3 task 19:
        "RuleName EventType UtcTime Operation User EventNamespace Name Query";
    /// A WMI consumer was made: what a subscription does.
    SYSMON_WMI_CONSUMER_20 = Sysmon 20 v 3 task 20:
        "RuleName EventType UtcTime Operation User Name Type Destination";
    /// A WMI filter was bound to a consumer.
    SYSMON_WMI_BINDING_21 = Sysmon 21 v 3 task 21:
        "RuleName EventType UtcTime Operation User Consumer Filter";
    /// A service was installed, as the Service Control Manager tells it; `Security/UserID` is who asked.
    SERVICE_INSTALLED_7045 = Services 7045 v 0 task 0:
        "ServiceName ImagePath ServiceType StartType AccountName";
    /// A PowerShell pipeline ran: its commands with their parameters.
    PIPELINE_4103 = PowerShell 4103 v 1 task 106: "ContextInfo UserData Payload";
    /// A script block was compiled; `Execution/ProcessID` is the PowerShell that did.
    SCRIPT_BLOCK_4104 = PowerShell 4104 v 1 task 2:
        "MessageNumber:u32 MessageTotal:u32 ScriptBlockText ScriptBlockId:guid Path";
    /// A shell was opened over WinRM; `Security/UserID` is whose.
    SHELL_OPENED_91 = WinRm 91 v 0 task 9: "resourceUri shellId";
    /// A WMI provider was loaded.
    PROVIDER_LOADED_5857 = WmiActivity 5857 v 0 task 0:
        "ProviderName Code:hex32 HostProcess ProcessID:u32 ProviderPath";
    /// A WMI call failed.
    CALL_FAILED_5858 = WmiActivity 5858 v 0 task 0:
        "Id ClientMachine User ClientProcessId:u32 Component Operation ResultCode:hex32 PossibleCause";
    /// A standing WMI query was begun.
    QUERY_STARTED_5859 = WmiActivity 5859 v 0 task 0:
        "NamespaceName Query User Processid:u32 Provider queryid:u32 PossibleCause";
    /// A WMI subscription that lives as long as its client.
    SUBSCRIBED_FOR_NOW_5860 = WmiActivity 5860 v 0 task 0:
        "NamespaceName Query User Processid:u32 ClientMachine PossibleCause";
    /// A WMI subscription that stays: a filter bound to a consumer, both spelt out.
    SUBSCRIBED_FOR_GOOD_5861 = WmiActivity 5861 v 0 task 0: "Namespace ESS CONSUMER PossibleCause";
    /// LAPS begins to apply its policy.
    LAPS_STARTED_10003 = Laps 10003 v 0 task 0: "";
    /// LAPS has applied its policy.
    LAPS_ENDED_10004 = Laps 10004 v 0 task 0: "";
    /// LAPS gave the account that it manages a new password. The message names account and RID; that its
    /// fields go by these names is not proven by a sample.
    LAPS_UPDATED_ACCOUNT_10020 = Laps 10020 v 0 task 0: "AccountName AccountRid";
}

impl EventKind {
    /// Its level, where it is not that of its log.
    fn level(&self) -> Option<u8> {
        match (self.log, self.event_id) {
            (Log::PowerShell, 4103) => Some(4),
            (Log::SecurityService, 1101) | (Log::WmiActivity, 5858) => Some(2),
            _ => None,
        }
    }

    /// Its opcode: what PowerShell calls "On create calls" and "executing a method".
    fn opcode(&self) -> u8 {
        match (self.log, self.event_id) {
            (Log::PowerShell, 4103) => 20,
            (Log::PowerShell, 4104) => 15,
            _ => 0,
        }
    }

    /// Its fields with what Windows writes where it has nothing to say, in order.
    fn empty_fields(&self) -> Vec<(String, Value)> {
        let field = |spec: &str| {
            let (name, type_name) = spec.split_once(':').unwrap_or((spec, ""));
            (name.to_owned(), absent_value(type_name).expect("the table's types are tested"))
        };
        self.fields.split_whitespace().map(field).collect()
    }
}

/// An event that knows what it says, but not yet when and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its kind.
    pub kind: &'static EventKind,
    /// Audit failure instead of success.
    pub failure: bool,
    /// Every field of the kind.
    pub fields: Vec<(String, Value)>,
    /// The process that writes it, where that is not the log's usual writer: PowerShell writes its own events.
    pub writer_pid: Option<u32>,
    /// `System/Security/@UserID`, where the event is written on behalf of somebody.
    pub user: Option<Sid>,
    /// Its level, where it is not that of its kind: PowerShell warns of what it finds suspicious.
    pub level: Option<u8>,
}

/// Where and when an event is written.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Its number in the channel.
    pub record_id: u64,
    /// When it is written.
    pub time: Ticks,
    /// The host.
    pub computer: String,
    /// The writing process and thread.
    pub execution: (u32, u32),
    /// lsass' activity id of this boot.
    pub activity_id: Option<Guid>,
}

impl Draft {
    /// An event of this kind in which nothing is said yet.
    pub fn new(kind: &'static EventKind) -> Self {
        let user = kind.log.writer();
        Self { kind, failure: false, fields: kind.empty_fields(), writer_pid: None, user, level: None }
    }

    /// The same with this field set.
    ///
    /// # Panics
    /// Panics where the kind has no such field or the value is not of its type: then the story is wrong.
    #[must_use]
    pub fn set(mut self, name: &str, value: Value) -> Self {
        let kind = self.kind;
        let field = self.fields.iter_mut().find(|(field, _)| field == name);
        let field = field.unwrap_or_else(|| panic!("{} has no field {name}", kind.event_id));
        let same_type = std::mem::discriminant(&field.1) == std::mem::discriminant(&value);
        assert!(same_type || value == Value::Null, "{} {name}: {value:?} is of another type", kind.event_id);
        field.1 = value;
        self
    }

    /// The same with this text field set.
    #[must_use]
    pub fn text(self, name: &str, text: impl Into<String>) -> Self {
        self.set(name, Value::text(text))
    }

    /// The same as an audit failure.
    #[must_use]
    pub fn failed(mut self) -> Self {
        self.failure = true;
        self
    }

    /// The same, written by this process.
    #[must_use]
    pub fn written_by(mut self, pid: u32) -> Self {
        self.writer_pid = Some(pid);
        self
    }

    /// The same at this level.
    #[must_use]
    pub(crate) fn at_level(mut self, level: u8) -> Self {
        self.level = Some(level);
        self
    }

    /// The same, written on behalf of this account.
    #[must_use]
    pub fn on_behalf_of(mut self, user: &Sid) -> Self {
        self.user = Some(user.clone());
        self
    }

    /// The event, written.
    pub fn written(self, envelope: Envelope) -> WindowsRecord {
        let header = self.kind.log.header();
        let (process_id, thread_id) = envelope.execution;
        let body = match user_data(self.kind) {
            Some((element, namespaces)) => Body::User {
                element: element.to_owned(),
                namespaces: namespaces
                    .iter()
                    .map(|(name, uri)| (name.to_string(), uri.to_string()))
                    .collect(),
                fields: self.fields,
            },
            None => Body::Named(self.fields),
        };
        WindowsRecord {
            provider: header.provider,
            channel: header.channel.to_owned(),
            event_id: self.kind.event_id,
            qualifiers: header.qualifiers,
            version: self.kind.version,
            level: self.level.or(self.kind.level()).unwrap_or(header.level),
            task: self.kind.task,
            opcode: self.kind.opcode(),
            keywords: if self.failure { KEYWORDS_AUDIT_FAILURE } else { header.keywords },
            record_id: envelope.record_id,
            time: envelope.time,
            computer: envelope.computer,
            execution: (self.writer_pid.unwrap_or(process_id), thread_id),
            activity_id: envelope.activity_id,
            user: self.user,
            body,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_row_is_unique_and_its_types_are_known() {
        let mut keys = BTreeSet::new();
        for kind in EVENT_KINDS {
            assert!(keys.insert((kind.log, kind.event_id, kind.fields)), "{} twice", kind.event_id);
            let mut names = BTreeSet::new();
            for spec in kind.fields.split_whitespace() {
                let (name, type_name) = spec.split_once(':').unwrap_or((spec, ""));
                assert!(names.insert(name), "{} has {name} twice", kind.event_id);
                assert!(absent_value(type_name).is_some(), "{} {spec}", kind.event_id);
            }
        }
    }

    #[test]
    #[should_panic(expected = "has no field TargetName")]
    fn a_misspelt_field_is_refused() {
        let _ = Draft::new(&ACCOUNT_CREATED_4720).text("TargetName", "x");
    }
}

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
    /// Channel `Security`, provider Eventlog: 1102.
    SecurityCleared,
    /// Channel `Microsoft-Windows-Sysmon/Operational`.
    Sysmon,
}

impl Log {
    /// The channel's name.
    pub fn channel(self) -> &'static str {
        match self {
            Self::Security | Self::SecurityCleared => "Security",
            Self::Sysmon => "Microsoft-Windows-Sysmon/Operational",
        }
    }

    fn provider(self) -> Provider {
        match self {
            Self::Security => Provider::SECURITY,
            Self::SecurityCleared => Provider::EVENTLOG,
            Self::Sysmon => Provider::SYSMON,
        }
    }

    /// Keywords and level where nothing else is said.
    fn keywords_and_level(self) -> (u64, u8) {
        match self {
            Self::Security => (KEYWORDS_AUDIT_SUCCESS, 0),
            Self::SecurityCleared => (0x4020_0000_0000_0000, 4),
            Self::Sysmon => (0x8000_0000_0000_0000, 4),
        }
    }
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
    LOG_CLEARED_1102 = SecurityCleared 1102 v 0 task 104: subject!();
    /// Windows starts up: a new boot, logon ids begin again.
    STARTUP_4608 = Security 4608 v 0 task 12288: "";
    /// A logon on Vista to 2008 R2.
    LOGON_4624_V0 = Security 4624 v 0 task 12544: logon_v0!();
    /// A logon on 8 to 2012 R2.
    LOGON_4624_V1 = Security 4624 v 1 task 12544: concat!(logon_v0!(), " ImpersonationLevel");
    /// A logon on 10 and later.
    LOGON_4624_V2 = Security 4624 v 2 task 12544: concat!(
        logon_v0!(), " ImpersonationLevel RestrictedAdminMode TargetOutboundUserName ",
        "TargetOutboundDomainName VirtualAccount TargetLinkedLogonId:hex64 ElevatedToken");
    /// A logon session ended.
    LOGOFF_4634 = Security 4634 v 0 task 12545:
        "TargetUserSid:sid TargetUserName TargetDomainName TargetLogonId:hex64 LogonType:u32";
    /// Somebody logged off.
    LOGOFF_4647 = Security 4647 v 0 task 12545:
        "TargetUserSid:sid TargetUserName TargetDomainName TargetLogonId:hex64";
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
    /// An account was renamed.
    ACCOUNT_RENAMED_4781 = Security 4781 v 0 task 13824: concat!(
        "OldTargetUserName NewTargetUserName TargetDomainName TargetSid:sid ", subject!(), " PrivilegeList");
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
}

impl EventKind {
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
        Self { kind, failure: false, fields: kind.empty_fields() }
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

    /// The event, written.
    pub fn written(self, envelope: Envelope) -> WindowsRecord {
        let log = self.kind.log;
        let (keywords, level) = log.keywords_and_level();
        let body = match log {
            Log::SecurityCleared => Body::User {
                element: "LogFileCleared".to_owned(),
                namespaces: vec![
                    (
                        "xmlns:auto-ns3".to_owned(),
                        "http://schemas.microsoft.com/win/2004/08/events".to_owned(),
                    ),
                    (
                        "xmlns".to_owned(),
                        "http://manifests.microsoft.com/win/2004/08/windows/eventlog".to_owned(),
                    ),
                ],
                fields: self.fields,
            },
            Log::Security | Log::Sysmon => Body::Named(self.fields),
        };
        WindowsRecord {
            provider: log.provider(),
            channel: log.channel().to_owned(),
            event_id: self.kind.event_id,
            qualifiers: None,
            version: self.kind.version,
            level,
            task: self.kind.task,
            opcode: 0,
            keywords: if self.failure { KEYWORDS_AUDIT_FAILURE } else { keywords },
            record_id: envelope.record_id,
            time: envelope.time,
            computer: envelope.computer,
            execution: envelope.execution,
            activity_id: envelope.activity_id,
            // Sysmon's service says that it runs as SYSTEM; audits name no user here.
            user: (log == Log::Sysmon).then(|| Sid::parse("S-1-5-18")),
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

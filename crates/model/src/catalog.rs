//! One row for each kind of record that begat understands: who writes it, where, and what is read from it.
//!
//! A row is the whole of what a carrier has to know. A new kind of event is a new row here, a body in `event`
//! and an arm in `ingest::normalise`.

/// Writers of events.
pub mod provider {
    /// Security log, all audit events.
    pub const SECURITY: &str = "Microsoft-Windows-Security-Auditing";
    /// Security log, 1100 to 1108.
    pub const EVENTLOG: &str = "Microsoft-Windows-Eventlog";
    /// Sysmon.
    pub const SYSMON: &str = "Microsoft-Windows-Sysmon";
    /// The System log's teller of services.
    pub(crate) const SERVICE_CONTROL: &str = "Service Control Manager";
    /// Windows PowerShell 3 to 5.
    pub const POWERSHELL: &str = "Microsoft-Windows-PowerShell";
    /// PowerShell 6 and later.
    pub(crate) const POWERSHELL_CORE: &str = "PowerShellCore";
    /// WMI.
    pub const WMI: &str = "Microsoft-Windows-WMI-Activity";
    /// Defender for Endpoint, which gives its events names and no numbers: its rows bear the id of the Windows event
    /// that tells the same.
    pub(crate) const DEFENDER: &str = "Microsoft Defender for Endpoint";
    /// Windows' own keeper of local administrators' passwords.
    pub const LAPS: &str = "Microsoft-Windows-LAPS";
}

/// Channels that begat reads.
pub mod channel {
    /// The Security log.
    pub const SECURITY: &str = "Security";
    /// Sysmon's.
    pub const SYSMON: &str = "Microsoft-Windows-Sysmon/Operational";
    /// The System log.
    pub const SYSTEM: &str = "System";
    /// Windows PowerShell's.
    pub const POWERSHELL: &str = "Microsoft-Windows-PowerShell/Operational";
    /// That of PowerShell 6 and later.
    pub const POWERSHELL_CORE: &str = "PowerShellCore/Operational";
    /// WMI's.
    pub const WMI: &str = "Microsoft-Windows-WMI-Activity/Operational";
    /// Defender's table of what is no process, file or logon.
    pub(crate) const DEVICE_EVENTS: &str = "DeviceEvents";
    /// Defender's table of processes.
    pub(crate) const DEVICE_PROCESS_EVENTS: &str = "DeviceProcessEvents";
    /// That of LAPS.
    pub const LAPS: &str = "Microsoft-Windows-LAPS/Operational";
}

macro_rules! field_names {
    ($($name:ident)*) => {
        /// A field of an event's data, named as Windows' manifests, or its EDR, name it. Carriers number what they read by it,
        /// so that nothing behind them looks for a field by its text.
        #[allow(clippy::upper_case_acronyms)]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum FieldName { $( #[doc = concat!("`", stringify!($name), "`.")] $name, )* }

        impl FieldName {
            /// All of them, in the order of their numbers.
            pub const ALL: &[FieldName] = &[$(FieldName::$name),*];

            /// The name as a record has it.
            pub fn as_str(self) -> &'static str {
                const NAMES: &[&str] = &[$(stringify!($name)),*];
                NAMES[self as usize]
            }
        }
    };
}

field_names! {
    SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId PreviousTime NewTime TargetLogonId
    TargetUserSid TargetUserName TargetDomainName LogonType IpAddress WorkstationName TargetLinkedLogonId
    ElevatedToken GroupMembership TargetServerName ProcessId ProcessName NewProcessId NewProcessName
    TokenElevationType CommandLine ParentProcessName Status ServiceName ServiceFileName ServiceAccount
    TaskName TaskContent TaskContentNew SubcategoryGuid AuditPolicyChanges TargetSid DisplayName UserPrincipalName
    MemberSid MemberName NewUacValue LogonID AccountName AccountDomain ClientName ClientAddress
    OldTargetUserName NewTargetUserName CallerProcessId CallerProcessName RelativeTargetName ShareName
    UtcTime ProcessGuid Image OriginalFileName User LogonId ParentProcessGuid ParentProcessId ParentImage
    ParentCommandLine Hashes TargetObject EventType Name Operation Type Destination ImagePath
    ScriptBlockText ScriptBlockId MessageNumber MessageTotal Payload CONSUMER PossibleCause AccountRid MandatoryLabel Description Product Company
    FileVersion CurrentDirectory ParentUser IntegrityLevel Channel InitiatingProcessCreationTime
}

/// Some of the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FieldSet(u128);

const _: () = assert!(FieldName::ALL.len() <= u128::BITS as usize, "a set has one bit for each name");

impl FieldSet {
    const fn of(lists: [&[FieldName]; 3]) -> FieldSet {
        let (mut bits, mut list) = (0, 0);
        while list < lists.len() {
            let mut at = 0;
            while at < lists[list].len() {
                bits |= 1 << lists[list][at] as u32;
                at += 1;
            }
            list += 1;
        }
        FieldSet(bits)
    }
}

/// What a row describes.
pub struct EventSpec {
    /// The kind that the row is of.
    pub kind: EventKind,
    /// Who writes it. Event ids belong to a provider: 1 is not Sysmon's alone.
    pub provider: &'static str,
    /// The channel it is written to.
    pub channel: &'static str,
    /// System/EventID.
    pub event_id: u32,
    /// ATT&CK's data component, where one fits.
    pub data_component: Option<&'static str>,
    /// Fields of the event's data without which it says nothing usable.
    pub required: &'static [FieldName],
    /// Further fields that are read where they are there.
    pub optional: &'static [FieldName],
    /// What is read besides, where a site's rules ask for it; see `EventKind::detailed_spec`.
    pub details: &'static [FieldName],
    /// What it tells, in a line.
    pub doc: &'static str,
    /// All of its fields.
    fields: FieldSet,
}

impl EventSpec {
    /// Whether the row reads a field; what else a record holds is not looked at.
    #[inline]
    pub fn reads(&self, field: FieldName) -> bool {
        self.fields.0 >> field as u32 & 1 == 1
    }

    /// How many fields the row reads.
    pub fn field_count(&self) -> usize {
        self.fields.0.count_ones() as usize
    }

    /// The place of a field among those that the row reads, in the order of their numbers.
    #[inline]
    pub fn place(&self, field: FieldName) -> Option<usize> {
        let before = self.fields.0 & ((1 << field as u32) - 1);
        self.reads(field).then_some(before.count_ones() as usize)
    }

    /// The field of a name that the row reads. Case matters: a carrier's `ProcessID` is its own.
    pub fn field(&self, name: &[u8]) -> Option<FieldName> {
        let fields = self.required.iter().chain(self.optional).chain(self.details);
        fields.copied().find(|field| field.as_str().as_bytes() == name)
    }
}

macro_rules! catalog {
    ($( $kind:ident: $provider:ident $channel:ident $id:literal $component:expr,
        [$($required:ident)*] [$($optional:ident)*], $doc:literal; )*) => {
        /// The kinds of records that begat understands; the order is the catalog's.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventKind { $( #[doc = $doc] $kind, )* }

        /// The catalog: one row for each kind, in the order of `EventKind`.
        pub const CATALOG: &[EventSpec] = &[ $( EventSpec {
            kind: EventKind::$kind,
            provider: provider::$provider,
            channel: channel::$channel,
            event_id: $id,
            data_component: $component,
            required: &[$(FieldName::$required),*],
            optional: &[$(FieldName::$optional),*],
            details: &[],
            doc: $doc,
            fields: FieldSet::of([&[$(FieldName::$required),*], &[$(FieldName::$optional),*], &[]]),
        }, )* ];
    };
}

const USER_ACCOUNT_CREATION: Option<&str> = Some("User Account Creation");
const USER_ACCOUNT_MODIFICATION: Option<&str> = Some("User Account Modification");
const USER_ACCOUNT_DELETION: Option<&str> = Some("User Account Deletion");
const GROUP_MODIFICATION: Option<&str> = Some("Group Modification");
const LOGON_CREATION: Option<&str> = Some("Logon Session Creation");
const LOGON_METADATA: Option<&str> = Some("Logon Session Metadata");
const PROCESS_CREATION: Option<&str> = Some("Process Creation");
const PROCESS_TERMINATION: Option<&str> = Some("Process Termination");
const SERVICE_CREATION: Option<&str> = Some("Service Creation");
const TASK_CREATION: Option<&str> = Some("Scheduled Job Creation");
const TASK_MODIFICATION: Option<&str> = Some("Scheduled Job Modification");
const USER_ACCOUNT_METADATA: Option<&str> = Some("User Account Metadata");
const GROUP_ENUMERATION: Option<&str> = Some("Group Enumeration");
const SHARE_ACCESS: Option<&str> = Some("Network Share Access");
const SCRIPT_EXECUTION: Option<&str> = Some("Script Execution");
const COMMAND_EXECUTION: Option<&str> = Some("Command Execution");
const REGISTRY_MODIFICATION: Option<&str> = Some("Windows Registry Key Modification");
const WMI_CREATION: Option<&str> = Some("WMI Creation");

catalog! {
    HostStarted: SECURITY SECURITY 4608 None, [] [],
        "Windows is starting: logon ids and process ids begin anew";
    ClockChanged: SECURITY SECURITY 4616 None,
        [] [SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId PreviousTime NewTime],
        "The system time was changed";
    LoggedOn: SECURITY SECURITY 4624 LOGON_CREATION,
        [TargetLogonId]
        [SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId TargetUserSid TargetUserName
         TargetDomainName LogonType IpAddress WorkstationName TargetLinkedLogonId ElevatedToken ProcessName],
        "An account logged on: the session, its type and where it came from";
    LogonGroups: SECURITY SECURITY 4627 LOGON_METADATA,
        [TargetLogonId GroupMembership] [TargetUserSid TargetUserName TargetDomainName],
        "The groups of a new session's token, in as many records as it takes; off by default";
    LoggedOff: SECURITY SECURITY 4634 None,
        [TargetLogonId] [TargetUserSid TargetUserName TargetDomainName LogonType],
        "A logon session ended; arrives late or never";
    LogoffInitiated: SECURITY SECURITY 4647 None,
        [TargetLogonId] [TargetUserSid TargetUserName TargetDomainName],
        "A user began to log off; interactive sessions only";
    ExplicitCredentials: SECURITY SECURITY 4648 LOGON_CREATION,
        [] [SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId TargetUserName
            TargetDomainName TargetServerName ProcessId ProcessName IpAddress],
        "A logon was tried with explicit credentials: joins an old session to a new identity";
    SpecialPrivileges: SECURITY SECURITY 4672 LOGON_CREATION,
        [SubjectLogonId] [SubjectUserSid SubjectUserName SubjectDomainName],
        "A new session holds administrator privileges";
    ProcessCreated: SECURITY SECURITY 4688 PROCESS_CREATION,
        [NewProcessId]
        [SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId NewProcessName
         TokenElevationType ProcessId CommandLine TargetUserSid TargetUserName TargetDomainName
         TargetLogonId ParentProcessName],
        "A process was created; the effective session is TargetLogonId where it is not 0x0";
    ProcessEnded: SECURITY SECURITY 4689 PROCESS_TERMINATION,
        [ProcessId]
        [SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId ProcessName Status],
        "A process ended; its subject is the process's own token, its status the exit code";
    ServiceInstalled: SECURITY SECURITY 4697 SERVICE_CREATION,
        [ServiceName]
        [ServiceFileName ServiceAccount SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId],
        "A service was installed, and from which session: what it starts runs as SYSTEM";
    TaskCreated: SECURITY SECURITY 4698 TASK_CREATION,
        [TaskName]
        [TaskContent SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId],
        "A scheduled task was made, and from which session";
    TaskChanged: SECURITY SECURITY 4702 TASK_MODIFICATION,
        [TaskName]
        [TaskContentNew SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId],
        "A scheduled task was changed, and from which session: what it starts from then on is the changer's";
    AuditPolicyChanged: SECURITY SECURITY 4719 None,
        [] [SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId SubcategoryGuid
            AuditPolicyChanges],
        "The audit policy was changed";
    AccountCreated: SECURITY SECURITY 4720 USER_ACCOUNT_CREATION,
        [TargetUserName]
        [TargetDomainName TargetSid SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId
         DisplayName UserPrincipalName],
        "An account was created: every one becomes a case";
    AccountEnabled: SECURITY SECURITY 4722 USER_ACCOUNT_MODIFICATION,
        [TargetSid]
        [TargetUserName TargetDomainName SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId],
        "An account was enabled";
    PasswordChanged: SECURITY SECURITY 4723 USER_ACCOUNT_MODIFICATION,
        [TargetSid]
        [TargetUserName TargetDomainName SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId],
        "An account's own password was changed by its owner";
    PasswordSet: SECURITY SECURITY 4724 USER_ACCOUNT_MODIFICATION,
        [TargetSid]
        [TargetUserName TargetDomainName SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId],
        "An account's password was set by another; audited as failure where the policy refused it";
    AccountDisabled: SECURITY SECURITY 4725 USER_ACCOUNT_MODIFICATION,
        [TargetSid]
        [TargetUserName TargetDomainName SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId],
        "An account was disabled";
    AccountDeleted: SECURITY SECURITY 4726 USER_ACCOUNT_DELETION,
        [TargetSid]
        [TargetUserName TargetDomainName SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId],
        "An account was deleted; its SID will not come back by itself";
    GlobalMemberAdded: SECURITY SECURITY 4728 GROUP_MODIFICATION,
        [MemberSid TargetSid]
        [MemberName TargetUserName TargetDomainName SubjectUserSid SubjectUserName SubjectDomainName
         SubjectLogonId],
        "A member was added to a global group; on RID 513 of a machine it is the first sign of a new account";
    GlobalMemberRemoved: SECURITY SECURITY 4729 GROUP_MODIFICATION,
        [MemberSid TargetSid]
        [MemberName TargetUserName TargetDomainName SubjectUserSid SubjectUserName SubjectDomainName
         SubjectLogonId],
        "A member was removed from a global group";
    LocalMemberAdded: SECURITY SECURITY 4732 GROUP_MODIFICATION,
        [MemberSid TargetSid]
        [MemberName TargetUserName TargetDomainName SubjectUserSid SubjectUserName SubjectDomainName
         SubjectLogonId],
        "A member was added to a local group";
    LocalMemberRemoved: SECURITY SECURITY 4733 GROUP_MODIFICATION,
        [MemberSid TargetSid]
        [MemberName TargetUserName TargetDomainName SubjectUserSid SubjectUserName SubjectDomainName
         SubjectLogonId],
        "A member was removed from a local group";
    AccountChanged: SECURITY SECURITY 4738 USER_ACCOUNT_MODIFICATION,
        [TargetSid]
        [TargetUserName TargetDomainName SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId
         NewUacValue],
        "An account was changed";
    AccountLockedOut: SECURITY SECURITY 4740 USER_ACCOUNT_MODIFICATION,
        [TargetSid]
        [TargetUserName SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId],
        "An account was locked out";
    UniversalMemberAdded: SECURITY SECURITY 4756 GROUP_MODIFICATION,
        [MemberSid TargetSid]
        [MemberName TargetUserName TargetDomainName SubjectUserSid SubjectUserName SubjectDomainName
         SubjectLogonId],
        "A member was added to a universal group; domains only";
    UniversalMemberRemoved: SECURITY SECURITY 4757 GROUP_MODIFICATION,
        [MemberSid TargetSid]
        [MemberName TargetUserName TargetDomainName SubjectUserSid SubjectUserName SubjectDomainName
         SubjectLogonId],
        "A member was removed from a universal group; domains only";
    SessionReconnected: SECURITY SECURITY 4778 LOGON_CREATION,
        [LogonID] [AccountName AccountDomain ClientName ClientAddress],
        "A remote desktop was taken up again: the session keeps its old id, its source is this one";
    AccountRenamed: SECURITY SECURITY 4781 USER_ACCOUNT_MODIFICATION,
        [TargetSid]
        [OldTargetUserName NewTargetUserName TargetDomainName SubjectUserSid SubjectUserName
         SubjectDomainName SubjectLogonId],
        "An account was renamed; its SID stays";
    UserQueried: SECURITY SECURITY 4798 USER_ACCOUNT_METADATA,
        []
        [TargetUserName TargetDomainName TargetSid SubjectUserSid SubjectUserName SubjectDomainName
         SubjectLogonId CallerProcessId CallerProcessName],
        "The groups of an account were looked up: names the client's process, 0x0 where it is remote";
    GroupQueried: SECURITY SECURITY 4799 GROUP_ENUMERATION,
        []
        [TargetUserName TargetDomainName TargetSid SubjectUserSid SubjectUserName SubjectDomainName
         SubjectLogonId CallerProcessId CallerProcessName],
        "The members of a group were looked up: names the client's process, 0x0 where it is remote";
    ShareFileOpened: SECURITY SECURITY 5145 SHARE_ACCESS,
        [RelativeTargetName]
        [SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId IpAddress ShareName],
        "A file on a share was opened; only IPC$'s samr is read, the door to remote account management";
    LogServiceStopped: EVENTLOG SECURITY 1100 None, [] [],
        "The event log service stopped: nothing is recorded until it starts again";
    AuditEventsDropped: EVENTLOG SECURITY 1101 None, [] [],
        "Audit events were dropped on their way to the log";
    LogCleared: EVENTLOG SECURITY 1102 None,
        [] [SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId],
        "The Security log was cleared";
    OtherLogCleared: EVENTLOG SYSTEM 104 None,
        [] [SubjectUserName SubjectDomainName Channel],
        "A log was cleared; which one is in its data, and of who did it no more than the name";
    SysmonProcessCreated: SYSMON SYSMON 1 PROCESS_CREATION,
        [ProcessId]
        [UtcTime ProcessGuid Image CommandLine OriginalFileName User LogonId ParentProcessGuid
         ParentProcessId ParentImage ParentCommandLine Hashes],
        "A process was created; UtcTime is the kernel's start time, System time only that of writing";
    SysmonProcessEnded: SYSMON SYSMON 5 PROCESS_TERMINATION,
        [ProcessId] [UtcTime ProcessGuid Image],
        "A process ended";
    SysmonRegistryKey: SYSMON SYSMON 12 REGISTRY_MODIFICATION,
        [TargetObject] [EventType UtcTime ProcessGuid ProcessId Image],
        "A registry key came or went; only the SAM's accounts are read";
    SysmonRegistryValue: SYSMON SYSMON 13 REGISTRY_MODIFICATION,
        [TargetObject] [EventType UtcTime ProcessGuid ProcessId Image],
        "A registry value was set; only the SAM's accounts are read";
    SysmonRegistryRename: SYSMON SYSMON 14 REGISTRY_MODIFICATION,
        [TargetObject] [EventType UtcTime ProcessGuid ProcessId Image],
        "A registry key was renamed; only the SAM's accounts are read";
    SysmonWmiConsumer: SYSMON SYSMON 20 WMI_CREATION,
        [Name] [Operation UtcTime User Type Destination],
        "A permanent WMI consumer was made: what it starts runs as SYSTEM, whenever its filter says";
    ServiceInstalledSystem: SERVICE_CONTROL SYSTEM 7045 SERVICE_CREATION,
        [ServiceName] [ImagePath AccountName],
        "A service was installed; by whom is in the record's own user";
    ScriptBlock: POWERSHELL POWERSHELL 4104 SCRIPT_EXECUTION,
        [ScriptBlockText] [ScriptBlockId MessageNumber MessageTotal],
        "PowerShell ran a script block, or told a piece of a long one; the writing process is the PowerShell itself";
    PipelineExecuted: POWERSHELL POWERSHELL 4103 COMMAND_EXECUTION,
        [Payload] [],
        "PowerShell ran a command, with the values its parameters were given";
    CoreScriptBlock: POWERSHELL_CORE POWERSHELL_CORE 4104 SCRIPT_EXECUTION,
        [ScriptBlockText] [ScriptBlockId MessageNumber MessageTotal],
        "The same of PowerShell 6 and later, which has a log of its own";
    CorePipelineExecuted: POWERSHELL_CORE POWERSHELL_CORE 4103 COMMAND_EXECUTION,
        [Payload] [],
        "The same of PowerShell 6 and later, which has a log of its own";
    WmiConsumerBound: WMI WMI 5861 WMI_CREATION,
        [] [CONSUMER PossibleCause],
        "A permanent WMI subscription took effect";
    LapsPasswordSet: LAPS LAPS 10020 None, [] [AccountName AccountRid],
        "Windows LAPS set the password of the account that it manages";
    EdrAccountCreated: DEFENDER DEVICE_EVENTS 4720 USER_ACCOUNT_CREATION,
        [TargetUserName]
        [TargetDomainName TargetSid SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId
         CallerProcessId CallerProcessName ParentCommandLine InitiatingProcessCreationTime],
        "Defender's UserAccountCreated: an account was created, and by which process as far as Defender saw";
    EdrProcessCreated: DEFENDER DEVICE_PROCESS_EVENTS 4688 PROCESS_CREATION,
        [NewProcessId]
        [SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId NewProcessName TokenElevationType
         ProcessId CommandLine TargetUserSid TargetUserName TargetDomainName TargetLogonId
         ParentProcessName ParentCommandLine OriginalFileName UtcTime],
        "Defender's ProcessCreated: a process was created";
}

/// Rows of which a site's rules ask more than the engine does. A hunt without rules does not read it.
static DETAILED: &[EventSpec] = &[
    detailed(EventKind::ProcessCreated, &[FieldName::MandatoryLabel]),
    detailed(
        EventKind::SysmonProcessCreated,
        &[
            FieldName::Description,
            FieldName::Product,
            FieldName::Company,
            FieldName::FileVersion,
            FieldName::CurrentDirectory,
            FieldName::ParentUser,
            FieldName::IntegrityLevel,
        ],
    ),
];

/// Whether begat reads anything of a log.
pub fn is_read(log: &str) -> bool {
    CATALOG.iter().any(|row| row.channel.eq_ignore_ascii_case(log))
}

const fn detailed(kind: EventKind, details: &'static [FieldName]) -> EventSpec {
    let row = &CATALOG[kind as usize];
    EventSpec { details, fields: FieldSet::of([row.required, row.optional, details]), ..*row }
}

impl EventKind {
    /// The catalog's row of this kind.
    pub fn spec(self) -> &'static EventSpec {
        &CATALOG[self as usize]
    }

    /// The row with what only a site's rules ask for besides; the catalog's own where they ask for no more.
    pub fn detailed_spec(self) -> &'static EventSpec {
        DETAILED.iter().find(|row| row.kind == self).unwrap_or_else(|| self.spec())
    }

    /// Whether the record's own writer and user (System/Execution, System/Security) are part of what it tells. For
    /// all other kinds they are a service's.
    pub fn tells_by_its_writer(self) -> bool {
        matches!(
            self,
            EventKind::ScriptBlock
                | EventKind::PipelineExecuted
                | EventKind::CoreScriptBlock
                | EventKind::CorePipelineExecuted
                | EventKind::ServiceInstalledSystem
        )
    }

    /// Whether a record of it tells that a process began.
    pub fn tells_of_a_start(self) -> bool {
        matches!(
            self,
            EventKind::ProcessCreated | EventKind::SysmonProcessCreated | EventKind::EdrProcessCreated
        )
    }

    /// Whether a record of it is what a PowerShell was about to run (4104).
    pub fn is_script_block(self) -> bool {
        matches!(self, EventKind::ScriptBlock | EventKind::CoreScriptBlock)
    }

    /// Whether a record of it is what a PowerShell called, and what became of that (4103).
    pub fn is_powershell_call(self) -> bool {
        matches!(self, EventKind::PipelineExecuted | EventKind::CorePipelineExecuted)
    }

    /// Whether a record of it tells that an account was created: each such creation is a case.
    pub fn tells_of_a_creation(self) -> bool {
        matches!(self, EventKind::AccountCreated | EventKind::EdrAccountCreated)
    }

    /// The kind of a record, by provider (ignoring case) and event id. `None`: begat does not read it.
    ///
    /// A carrier that drops the provider (some NXLog routes) is told apart by its channel.
    pub fn of(provider: Option<&str>, channel: Option<&str>, event_id: u32) -> Option<EventKind> {
        let same =
            |spoken: Option<&str>, meant: &str| spoken.is_some_and(|name| name.eq_ignore_ascii_case(meant));
        let provider = provider.filter(|name| !name.trim().is_empty());
        let row = CATALOG.iter().filter(|row| row.event_id == event_id).find(|row| match provider {
            Some(_) => same(provider, row.provider),
            None => same(channel, row.channel),
        })?;
        Some(row.kind)
    }

    /// What a record may be that names neither provider nor channel: ids of the Security log are hardly used by others,
    /// small ones by everybody. It is never read as that, since that would be a guess.
    pub fn may_be(provider: Option<&str>, channel: Option<&str>, event_id: u32) -> Option<EventKind> {
        let is_blank = |name: Option<&str>| name.is_none_or(|name| name.trim().is_empty());
        let is_nobodys = is_blank(provider) && is_blank(channel);
        let row = CATALOG.iter().find(|row| row.event_id == event_id && row.provider == provider::SECURITY);
        row.map(|row| row.kind).filter(|_| is_nobodys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn rows_stand_in_the_order_of_their_kinds_and_have_unique_keys() {
        let mut keys = BTreeSet::new();
        for (index, row) in CATALOG.iter().enumerate() {
            assert_eq!(row.kind as usize, index, "{:?}", row.kind);
            assert!(keys.insert((row.provider, row.event_id)), "{:?} stands twice", row.kind);
            assert_eq!(EventKind::of(Some(row.provider), None, row.event_id), Some(row.kind));
            assert_eq!(EventKind::of(None, Some(row.channel), row.event_id), Some(row.kind));
            assert!(!row.doc.is_empty() && !row.doc.ends_with('.'));
        }
    }

    #[test]
    fn no_field_is_named_twice_in_a_row() {
        for row in CATALOG.iter().chain(DETAILED) {
            let mut names = BTreeSet::new();
            for name in row.required.iter().chain(row.optional).chain(row.details) {
                assert!(names.insert(name), "{:?} names {name:?} twice", row.kind);
            }
        }
    }

    #[test]
    fn a_row_knows_its_fields_by_name_by_number_and_by_place() {
        for row in CATALOG.iter().chain(DETAILED) {
            let listed: BTreeSet<FieldName> =
                row.required.iter().chain(row.optional).chain(row.details).copied().collect();
            assert_eq!(row.field_count(), listed.len());
            for field in FieldName::ALL {
                let place = listed.iter().position(|known| known == field);
                assert_eq!(row.place(*field), place, "{:?} {field:?}", row.kind);
                assert_eq!(row.reads(*field), place.is_some());
                assert_eq!(row.field(field.as_str().as_bytes()), place.map(|_| *field));
            }
        }
        assert_eq!(EventKind::LoggedOn.spec().field(b"targetlogonid"), None, "case matters");
    }

    #[test]
    fn every_name_is_numbered_once_and_read_by_some_row() {
        for (number, field) in FieldName::ALL.iter().enumerate() {
            assert_eq!(*field as usize, number);
            assert!(CATALOG.iter().chain(DETAILED).any(|row| row.reads(*field)), "{field:?}");
        }
    }

    #[test]
    fn details_are_asked_of_process_starts_alone_and_only_on_request() {
        assert!(CATALOG.iter().all(|row| row.details.is_empty()));
        for row in CATALOG {
            let detailed = row.kind.detailed_spec();
            assert_eq!(
                (detailed.kind, detailed.required, detailed.optional),
                (row.kind, row.required, row.optional)
            );
            let is_start = matches!(row.kind, EventKind::ProcessCreated | EventKind::SysmonProcessCreated);
            assert_eq!(!detailed.details.is_empty(), is_start, "{:?}", row.kind);
        }
    }

    #[test]
    fn event_id_one_is_not_sysmons_alone() {
        assert_eq!(EventKind::of(Some("Microsoft-Windows-Kernel-General"), Some("System"), 1), None);
        assert_eq!(EventKind::of(None, None, 4720), None, "neither provider nor channel: not known");
        assert_eq!(EventKind::may_be(None, Some(" "), 4720), Some(EventKind::AccountCreated));
        assert_eq!(EventKind::may_be(None, Some("ForwardedEvents"), 4720), None, "of some log");
        assert_eq!(EventKind::may_be(None, None, 1), None, "many write it");
        assert_eq!(
            EventKind::of(Some("microsoft-windows-sysmon"), None, 1),
            Some(EventKind::SysmonProcessCreated)
        );
        assert_eq!(EventKind::of(None, Some("security"), 4720), Some(EventKind::AccountCreated));
    }
}

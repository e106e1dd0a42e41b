//! What a host can tell us, typed: one `Event` for each record that begat understands.
//!
//! Whatever carrier shipped the record, the same happening gives the same `Event`. Names follow Microsoft's:
//! the *subject* is who did it, the *target* is whom it was done to.

use crate::boot;
use crate::catalog::{self, channel};
use crate::ids::{HostName, LogonId, ProcessGuid, ProcessId, RecordRef, Sid};
pub use crate::text::Text;
use crate::time::Timestamp;

/// One thing that happened on one host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// The time in its System part: when it was written. Sysmon writes up to minutes after the process started; see
    /// `ProcessCreated::started_at`.
    pub at: Timestamp,
    /// The host it happened on, as the event names it. Never the collector.
    pub host: HostName,
    /// Where it was read.
    pub record: RecordRef,
    /// What happened.
    pub body: Body,
}

/// What happened. One arm for each kind of happening, not for each event id: 4688 and Sysmon 1 are one kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Body {
    /// Security 4688, Sysmon 1, Defender's ProcessCreated.
    ProcessCreated(Box<ProcessCreated>),
    /// Security 4689, Sysmon 5.
    ProcessEnded(ProcessEnded),
    /// Security 4624.
    LoggedOn(Box<LoggedOn>),
    /// Security 4627: the groups of a new session's token, or a part of them.
    LogonGroups(Box<LogonGroups>),
    /// Security 4634, 4647.
    LoggedOff(Principal),
    /// Security 4648: a logon was tried with credentials given explicitly.
    ExplicitCredentials(Box<ExplicitCredentials>),
    /// Security 4672: the session holds administrator privileges.
    SpecialPrivileges(Principal),
    /// Security 4720, Defender's UserAccountCreated.
    AccountCreated(Box<AccountCreated>),
    /// Security 4722, 4723, 4724, 4725, 4726, 4738, 4740.
    AccountTouched(Box<AccountTouched>),
    /// Security 4781.
    AccountRenamed(Box<AccountRenamed>),
    /// Security 4728, 4732, 4756.
    GroupMemberAdded(Box<GroupMembership>),
    /// Security 4729, 4733, 4757.
    GroupMemberRemoved(Box<GroupMembership>),
    /// Security 1102, System 104: a log was cleared.
    LogCleared(Box<LogCleared>),
    /// Security 4719.
    AuditPolicyChanged(Box<AuditPolicyChanged>),
    /// Security 4616.
    ClockChanged(Box<ClockChanged>),
    /// Security 4608: Windows is starting. Logon ids and process ids begin anew.
    HostStarted,
    /// Security 4778: a remote desktop session was taken up again, from another place perhaps.
    SessionReconnected(Box<SessionReconnected>),
    /// Security 4798, 4799: an account's groups, or a group's members, were looked up.
    AccountQueried(Box<AccountQueried>),
    /// Security 5145 on the pipe `samr`: a client on the network opened the way to account management.
    SamPipeOpened(Box<SamPipeOpened>),
    /// Security 4697, System 7045.
    ServiceInstalled(Box<Installed>),
    /// Security 4698; 4702, where it was changed: the record's kind tells which.
    TaskCreated(Box<Installed>),
    /// WMI-Activity 5861, Sysmon 20.
    WmiConsumerInstalled(Box<Installed>),
    /// PowerShell 4104, of either log.
    ScriptBlock(Box<ScriptBlock>),
    /// PowerShell 4103, of either log.
    PipelineExecuted(Box<PipelineExecuted>),
    /// Sysmon 12, 13, 14 below the SAM's accounts and groups.
    SamKeyWritten(Box<SamKeyWritten>),
    /// LAPS 10020: Windows itself set the password of a local account that it manages.
    ManagedByLaps(Box<ManagedAccount>),
    /// Security 1100: the event log service stopped.
    LogServiceStopped,
    /// Security 1101: audit events were lost on their way.
    AuditEventsDropped,
    /// A record of the kind that `Event::record` says was there, and what it tells cannot be read.
    Unread(Unread),
}

/// Why a record that was heard is no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unread {
    /// It has no time, or none that can be read.
    NoTime,
    /// Its time has no zone, and nothing in the input shows which.
    NoZone,
    /// It names no computer; all else of its source is of this one.
    NoHost,
    /// It names neither its provider nor its channel: its id alone tells what it may be.
    NoWriter,
    /// Its content is damaged.
    Damaged,
    /// It lacks the field without which it says nothing usable.
    FieldMissing,
}

/// An account as an event names it, with its logon session where the event has one.
///
/// Windows' `-`, empty and `S-1-0-0` are `None`: the event does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Principal {
    /// Account name, as written.
    pub name: Option<Text>,
    /// Domain or computer that owns the account.
    pub domain: Option<Text>,
    /// Its SID.
    pub sid: Option<Sid>,
    /// Its logon session; `0x0` in an event means none.
    pub logon_id: Option<LogonId>,
}

/// A value that a policy may leave empty, or an old Windows leave out: three different things to an analyst.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field<T> {
    /// The event has no such field (4688 before Windows 8.1 has no CommandLine).
    Absent,
    /// The field is there, with nothing in it (command lines are switched off by policy).
    Empty,
    /// The value.
    Value(T),
}

impl<T> Field<T> {
    /// The value, where there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Field::Value(value) => Some(value),
            Field::Absent | Field::Empty => None,
        }
    }
}

/// A process began. Presence of a field, not the event's version, says what the host could tell (A1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProcessCreated {
    /// The new process; `None` where the carrier lost it: Sysmon's id, or the image and the session, say enough.
    pub pid: Option<ProcessId>,
    /// Sysmon only.
    pub guid: Option<ProcessGuid>,
    /// When the kernel started it: Sysmon's UtcTime; for 4688 the event's own time.
    pub started_at: Timestamp,
    /// Full path of its executable.
    pub image: Option<Text>,
    /// Its command line, with secrets still in it: never print it unredacted.
    pub command_line: Field<Text>,
    /// Name in the version resource (Sysmon 10 and later): survives renaming.
    pub original_file_name: Option<Text>,
    /// Who asked for it: 4688's Subject. Sysmon has none.
    pub subject: Principal,
    /// Whose token it runs with: 4688's Target where it differs from the subject, Sysmon's User and LogonId.
    pub target: Principal,
    /// The parent as it was assigned; a caller can name another (PPID spoofing).
    pub parent: ParentProcess,
    /// 4688's TokenElevationType.
    pub elevation: Option<TokenElevation>,
    /// Sysmon's Hashes as written: `SHA1=…,MD5=…,SHA256=…,IMPHASH=…`.
    pub hashes: Option<Text>,
    /// Names of the site's rules that hit it, sorted. No record tells them: they are marked on it before the engine.
    pub rules: Vec<Text>,
    /// What only rules ask; read where rules are loaded, and gone again once the event is marked.
    pub details: Option<Box<ProcessDetails>>,
}

impl ProcessCreated {
    /// A start of which nothing is told but when.
    pub fn untold(started_at: Timestamp) -> ProcessCreated {
        ProcessCreated {
            pid: None,
            guid: None,
            started_at,
            image: None,
            command_line: Field::Absent,
            original_file_name: None,
            subject: Principal::default(),
            target: Principal::default(),
            parent: ParentProcess::default(),
            elevation: None,
            hashes: None,
            rules: Vec::new(),
            details: None,
        }
    }
}

/// What only a site's rules ask of a new process. All but the integrity level are Sysmon's.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProcessDetails {
    /// FileDescription of the version resource.
    pub description: Option<Text>,
    /// ProductName of the version resource.
    pub product: Option<Text>,
    /// CompanyName of the version resource.
    pub company: Option<Text>,
    /// FileVersion of the version resource.
    pub file_version: Option<Text>,
    /// The folder it was started in.
    pub current_directory: Option<Text>,
    /// `DOMAIN\name` that the parent ran as (Sysmon 13.30 and later).
    pub parent_user: Option<Text>,
    /// Sysmon's word (`High`) or, of 4688, the SID of the mandatory label (`S-1-16-12288`), as written.
    pub integrity_level: Option<Text>,
}

impl ProcessCreated {
    /// Whose token it runs with: the target where the event names one, else who asked for it.
    pub fn own_account(&self) -> &Principal {
        if self.target == Principal::default() { &self.subject } else { &self.target }
    }

    /// By its image and its parent's it is of Windows' own boot, of which the Security log tells unasked. Sysmon tells
    /// only what it was asked for: its telling of the same process is sight.
    pub fn is_of_boot(&self) -> bool {
        boot::is_of_boot(self.image.as_deref(), self.parent.image.as_deref())
    }
}

/// The parent of a new process, as far as the event names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ParentProcess {
    /// 4688's ProcessId, Sysmon's ParentProcessId.
    pub pid: Option<ProcessId>,
    /// Sysmon's ParentProcessGuid; all zeros is `None`.
    pub guid: Option<ProcessGuid>,
    /// Full path, where the event has it.
    pub image: Option<Text>,
    /// Sysmon only.
    pub command_line: Option<Text>,
}

/// 4688's TokenElevationType.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenElevation {
    /// %%1936: no split token (UAC off, SYSTEM, or an ordinary user).
    Default,
    /// %%1937: the elevated half of an administrator's split token.
    Full,
    /// %%1938: the filtered half.
    Limited,
}

/// A process ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProcessEnded {
    /// The process that ended.
    pub pid: Option<ProcessId>,
    /// Sysmon only.
    pub guid: Option<ProcessGuid>,
    /// When: Sysmon's UtcTime; for 4689 the event's own time.
    pub ended_at: Timestamp,
    /// Full path of its executable.
    pub image: Option<Text>,
    /// 4689's Status; Sysmon 5 has none. net1 ends with 2 where the creation failed.
    pub exit_code: Option<u32>,
    /// 4689's Subject: the exiting process's own token, so its true session.
    pub subject: Principal,
}

/// A logon session began.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoggedOn {
    /// Whose session, with its logon id.
    pub account: Principal,
    /// Who asked for it (services, runas).
    pub subject: Principal,
    /// 2 interactive, 3 network, 4 batch, 5 service, 7 unlock, 8 cleartext, 9 new credentials, 10 RDP, 11 cached.
    pub logon_type: Option<u32>,
    /// IpAddress as written, `-` is `None`.
    pub source_ip: Option<Text>,
    /// WorkstationName as written.
    pub source_host: Option<Text>,
    /// The other half of a split token (version 2 only; `0x0` is none).
    pub linked_logon_id: Option<LogonId>,
    /// ElevatedToken %%1842 yes, %%1843 no (version 2 only).
    pub elevated: Option<bool>,
    /// ProcessName: the process of this host that asked for it; `-` where none did.
    pub process_name: Option<Text>,
}

impl LoggedOn {
    /// Subject S-1-0-0 with logon id 0x0: nobody of this host asked for it.
    pub fn subject_is_nobody(&self) -> bool {
        self.subject == Principal::default()
    }
}

/// The groups of a new session's token: 4627 follows its 4624, and a long list takes several records.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogonGroups {
    /// Whose session, with its logon id.
    pub account: Principal,
    /// GroupMembership, sorted.
    pub groups: Vec<Sid>,
}

/// A logon with explicit credentials was tried: joins the old session to the new identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExplicitCredentials {
    /// The old identity and its session.
    pub subject: Principal,
    /// The identity whose credentials were used.
    pub target: Principal,
    /// Where they were used: `localhost` or another machine.
    pub target_server: Option<Text>,
    /// The process that used them.
    pub pid: Option<ProcessId>,
    /// Its image.
    pub image: Option<Text>,
    /// Client address as written.
    pub source_ip: Option<Text>,
}

/// An account was created: each of these becomes exactly one case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountCreated {
    /// The new account; its domain decides, with the host's name, whether it is local.
    pub account: Principal,
    /// The impersonated token of the RPC client (SAM runs inside lsass): session and user, never the process.
    pub subject: Principal,
    /// DisplayName as written (`%%1793` is unset): a hint on how it was made.
    pub display_name: Option<Text>,
    /// UserPrincipalName: only accounts of a domain have one.
    pub user_principal_name: Option<Text>,
    /// The process that did it, where an EDR tells one: never Windows.
    pub initiating: Option<Box<InitiatingProcess>>,
}

/// The process that an EDR saw do something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InitiatingProcess {
    /// Its id.
    pub pid: ProcessId,
    /// Its path, or no more than its file name.
    pub image: Option<Text>,
    /// Its command line, with secrets still in it.
    pub command_line: Field<Text>,
    /// When it began.
    pub started_at: Option<Timestamp>,
}

/// Something was done to an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountTouched {
    /// What was done.
    pub action: AccountAction,
    /// False where Windows audited a failure (4724 refused by the password policy).
    pub succeeded: bool,
    /// To which account.
    pub account: Principal,
    /// By whom.
    pub subject: Principal,
    /// 4738's NewUacValue (SAM bits, not LDAP's: 0x1 disabled, 0x4 no password needed, 0x200 never expires).
    pub new_uac_value: Option<u32>,
}

/// What was done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountAction {
    /// 4722.
    Enabled,
    /// 4723: by its owner.
    PasswordChanged,
    /// 4724: by another.
    PasswordSet,
    /// 4725.
    Disabled,
    /// 4726: ends the SID for good.
    Deleted,
    /// 4738.
    Changed,
    /// 4740.
    LockedOut,
}

/// An account got another name; its SID stays.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountRenamed {
    /// SID and domain of the account; its name is the new one.
    pub account: Principal,
    /// The name before.
    pub old_name: Option<Text>,
    /// By whom.
    pub subject: Principal,
}

/// A member of a group came or went. Match groups by SID: their names are localised and renamable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupMembership {
    /// The member; for local accounts Windows gives only the SID.
    pub member: Principal,
    /// The group.
    pub group: Principal,
    /// By whom.
    pub subject: Principal,
}

/// The audit policy was changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuditPolicyChanged {
    /// By whom; SYSTEM is a group policy.
    pub subject: Principal,
    /// SubcategoryGuid as written, lower case, without braces (`0cce922b-…` is process creation).
    pub subcategory_guid: Option<Text>,
    /// AuditPolicyChanges as written: `%%8448` success removed, `%%8449` added, `%%8450`/`%%8451` failure.
    pub changes: Option<Text>,
}

/// A log was cleared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogCleared {
    /// By whom: 1102 tells the session, 104 no more than the name.
    pub subject: Principal,
    /// Which; `None` where the carrier drops it.
    pub log: Option<Text>,
}

impl LogCleared {
    /// 1102: the Security log's own.
    pub fn of_security(subject: Principal) -> Body {
        Body::LogCleared(Box::new(LogCleared { subject, log: Some(channel::SECURITY.into()) }))
    }

    /// It may have held something that an account's creation is explained by: what begat reads is written there, or it
    /// is not told which log it was.
    pub fn may_have_told(&self) -> bool {
        self.log.as_deref().is_none_or(catalog::is_read)
    }
}

/// The clock was set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockChanged {
    /// By whom; services of Windows do it all the time by milliseconds.
    pub subject: Principal,
    /// Time before.
    pub previous: Option<Timestamp>,
    /// Time after.
    pub new: Option<Timestamp>,
}

/// A remote desktop session was taken up again: its processes keep the old logon id (A4).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionReconnected {
    /// Whose, with the session's logon id.
    pub account: Principal,
    /// ClientAddress as written; `LOCAL` at the machine itself.
    pub source_ip: Option<Text>,
    /// ClientName as written.
    pub source_host: Option<Text>,
}

/// Accounts were looked up: the only account-management events that name the client's process (A5).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountQueried {
    /// Who looked, and in which session.
    pub subject: Principal,
    /// The account or group looked up.
    pub target: Principal,
    /// The client.
    pub caller: QueryCaller,
}

/// Who asked, in a 4798 or 4799.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum QueryCaller {
    /// A process of this host.
    Process {
        /// CallerProcessId.
        pid: ProcessId,
        /// CallerProcessName.
        image: Option<Text>,
    },
    /// CallerProcessId 0x0: SAM was called over the network.
    Remote,
    /// The field is not there, or cannot be read.
    NotTold,
}

/// The pipe `samr` on IPC$ was opened by a client on the network.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SamPipeOpened {
    /// Who, in which session.
    pub subject: Principal,
    /// From where, as written.
    pub source_ip: Option<Text>,
}

/// Something that starts a process later, with rights that are not its maker's: a service, a task, a WMI consumer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Installed {
    /// Its name; some carriers lose what WMI's own log says.
    pub name: Option<Text>,
    /// What it starts, with secrets still in it.
    pub command: Option<Text>,
    /// Who made it, and in which session where the event tells.
    pub subject: Principal,
}

/// A script block that PowerShell ran, or a part of a long one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScriptBlock {
    /// The PowerShell that ran it: the record's own writer.
    pub pid: Option<ProcessId>,
    /// Whose token it ran with.
    pub user: Option<Sid>,
    /// Its text, with secrets still in it.
    pub text: Text,
    /// System/Level, where the carrier has it: see `WARNING`.
    pub level: Option<u8>,
    /// Which piece of which block it is, where the event says so.
    pub piece: Option<ScriptPiece>,
}

impl ScriptBlock {
    /// At this level PowerShell tells what it finds suspicious by itself, whether anybody asked for its log or not.
    /// What it tells at another was asked for.
    pub const WARNING: u8 = 3;

    /// It was asked for; not where the carrier leaves the level out, which says neither.
    pub fn was_asked_for(&self) -> bool {
        self.level.is_some_and(|level| level != Self::WARNING)
    }
}

/// The place of a script's piece: what is longer than about 16,000 characters is told in several events.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScriptPiece {
    /// ScriptBlockId, lower case, without braces.
    pub block: Text,
    /// MessageNumber, from 1.
    pub number: u32,
    /// MessageTotal.
    pub total: u32,
}

/// A command that PowerShell ran, with its parameters' values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PipelineExecuted {
    /// The PowerShell that ran it.
    pub pid: Option<ProcessId>,
    /// Whose token it ran with.
    pub user: Option<Sid>,
    /// Payload: `ParameterBinding(New-LocalUser): name="Name"; value="…"`, with secrets still in it.
    pub payload: Text,
}

/// The account that LAPS manages on this host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ManagedAccount {
    /// Its name.
    pub name: Option<Text>,
    /// Last part of its SID.
    pub rid: Option<u32>,
}

/// A key of the SAM was written. In the ordinary way only lsass does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SamKeyWritten {
    /// The kernel's time.
    pub written_at: Timestamp,
    /// The writing process.
    pub pid: Option<ProcessId>,
    /// Sysmon's id of it.
    pub guid: Option<ProcessGuid>,
    /// Its image.
    pub image: Option<Text>,
    /// TargetObject as written.
    pub key: Text,
    /// EventType: `CreateKey`, `DeleteKey`, `SetValue` …
    pub operation: Option<Text>,
}

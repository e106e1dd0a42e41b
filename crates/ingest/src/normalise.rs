//! A raw record and its catalog row to an event: every value is read once, here, into its type.
//!
//! `-`, nothing, `S-1-0-0` and the logon id `0x0` are Windows' ways of saying that it does not say. A value
//! that cannot be read counts as not told either, but is an anomaly.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

use begat_model::anomaly::AnomalyKind;
use begat_model::catalog::EventKind;
use begat_model::event::{
    AccountAction, AccountCreated, AccountQueried, AccountRenamed, AccountTouched, AuditPolicyChanged, Body,
    ClockChanged, ExplicitCredentials, Field, GroupMembership, Installed, LoggedOn, LogonGroups,
    ManagedAccount, ParentProcess, PipelineExecuted, Principal, ProcessCreated, ProcessDetails, ProcessEnded,
    QueryCaller, SamKeyWritten, SamPipeOpened, ScriptBlock, SessionReconnected, TokenElevation,
};
use begat_model::{LogonId, ProcessGuid, ProcessId, Sid, Text, Timestamp};

use crate::intern::Interner;
use crate::raw::{Header, Outcome, RawRecord, Scalar, parse_unmarked_utc};
use crate::xml;

/// What is wrong with a field.
pub(crate) struct FieldProblem {
    pub(crate) kind: AnomalyKind,
    pub(crate) detail: String,
    /// The event says nothing usable without this field.
    is_fatal: bool,
}

/// The body of the event that a record tells, and what was wrong with its fields; no body where a field
/// without which the event says nothing is missing.
pub(crate) fn body(
    record: &RawRecord<'_>,
    header: &Header<'_>,
    at: Timestamp,
    interner: &mut Interner,
) -> (Option<Body>, Vec<FieldProblem>) {
    let fields = Fields { record, header, interner: RefCell::new(interner), problems: RefCell::default() };
    let body = fields.body(at);
    let missing = record.spec.required.iter().find(|name| fields.is_silent(name));
    if let Some(name) = missing {
        fields.problem(AnomalyKind::MissingField, name, String::new());
    }
    let problems = fields.problems.into_inner();
    let is_silent = problems.iter().any(|problem| problem.is_fatal);
    (body.filter(|body| !is_silent || says_who_was_created(body)), problems)
}

/// A creation that tells its SID is never lost for its name: an account may well be called `-`.
fn says_who_was_created(body: &Body) -> bool {
    matches!(body, Body::AccountCreated(created) if created.account.sid.is_some())
}

/// Names of the fields that make up one account.
struct PrincipalFields {
    name: &'static str,
    domain: &'static str,
    sid: &'static str,
    logon_id: &'static str,
}

const SUBJECT: PrincipalFields = PrincipalFields {
    name: "SubjectUserName",
    domain: "SubjectDomainName",
    sid: "SubjectUserSid",
    logon_id: "SubjectLogonId",
};
/// The account of a session, in logon and process events.
const TARGET_SESSION: PrincipalFields = PrincipalFields {
    name: "TargetUserName",
    domain: "TargetDomainName",
    sid: "TargetUserSid",
    logon_id: "TargetLogonId",
};
/// The account or group that something is done to.
const TARGET: PrincipalFields =
    PrincipalFields { name: "TargetUserName", domain: "TargetDomainName", sid: "TargetSid", logon_id: "" };
const RENAMED: PrincipalFields = PrincipalFields { name: "NewTargetUserName", ..TARGET };
const MEMBER: PrincipalFields =
    PrincipalFields { name: "MemberName", domain: "", sid: "MemberSid", logon_id: "" };

/// The fields of one record, read into types.
struct Fields<'f, 'r> {
    record: &'f RawRecord<'r>,
    header: &'f Header<'f>,
    interner: RefCell<&'f mut Interner>,
    problems: RefCell<Vec<FieldProblem>>,
}

impl Fields<'_, '_> {
    /// `None`: it does not say enough, or says nothing of what begat reads of its kind.
    fn body(&self, at: Timestamp) -> Option<Body> {
        let outcome = self.header.outcome;
        Some(match self.record.spec.kind {
            EventKind::HostStarted => Body::HostStarted,
            EventKind::ClockChanged => Body::ClockChanged(Box::new(self.clock_changed())),
            EventKind::LoggedOn => Body::LoggedOn(Box::new(self.logged_on())),
            EventKind::LogonGroups => Body::LogonGroups(Box::new(self.logon_groups())),
            EventKind::LoggedOff | EventKind::LogoffInitiated => {
                Body::LoggedOff(self.principal(&TARGET_SESSION))
            }
            EventKind::ExplicitCredentials => {
                Body::ExplicitCredentials(Box::new(self.explicit_credentials()))
            }
            EventKind::SpecialPrivileges => Body::SpecialPrivileges(self.principal(&SUBJECT)),
            EventKind::ProcessCreated => Body::ProcessCreated(Box::new(self.process_created(at)?)),
            EventKind::ProcessEnded => Body::ProcessEnded(self.process_ended(at)?),
            EventKind::SysmonProcessCreated => {
                Body::ProcessCreated(Box::new(self.sysmon_process_created(at)?))
            }
            EventKind::SysmonProcessEnded => Body::ProcessEnded(self.sysmon_process_ended(at)?),
            EventKind::AuditPolicyChanged => Body::AuditPolicyChanged(Box::new(self.audit_policy_changed())),
            EventKind::AccountCreated => Body::AccountCreated(Box::new(self.account_created())),
            EventKind::AccountEnabled => self.touched(AccountAction::Enabled, outcome),
            EventKind::PasswordChanged => self.touched(AccountAction::PasswordChanged, outcome),
            EventKind::PasswordSet => self.touched(AccountAction::PasswordSet, outcome),
            EventKind::AccountDisabled => self.touched(AccountAction::Disabled, outcome),
            EventKind::AccountDeleted => self.touched(AccountAction::Deleted, outcome),
            EventKind::AccountChanged => self.touched(AccountAction::Changed, outcome),
            EventKind::AccountLockedOut => self.touched(AccountAction::LockedOut, outcome),
            EventKind::AccountRenamed => Body::AccountRenamed(Box::new(self.account_renamed())),
            EventKind::GlobalMemberAdded | EventKind::LocalMemberAdded | EventKind::UniversalMemberAdded => {
                Body::GroupMemberAdded(Box::new(self.group_membership()))
            }
            EventKind::GlobalMemberRemoved
            | EventKind::LocalMemberRemoved
            | EventKind::UniversalMemberRemoved => {
                Body::GroupMemberRemoved(Box::new(self.group_membership()))
            }
            EventKind::LogCleared => Body::LogCleared(self.principal(&SUBJECT)),
            EventKind::LogServiceStopped => Body::LogServiceStopped,
            EventKind::AuditEventsDropped => Body::AuditEventsDropped,
            kind => return self.supporting_body(kind, at),
        })
    }

    /// Kinds that tell nothing of an account by themselves, but of who is behind it.
    fn supporting_body(&self, kind: EventKind, at: Timestamp) -> Option<Body> {
        Some(match kind {
            EventKind::SessionReconnected => Body::SessionReconnected(Box::new(self.session_reconnected())),
            EventKind::UserQueried | EventKind::GroupQueried => {
                Body::AccountQueried(Box::new(self.account_queried()))
            }
            EventKind::ShareFileOpened => Body::SamPipeOpened(Box::new(self.sam_pipe_opened()?)),
            EventKind::ServiceInstalled => {
                Body::ServiceInstalled(Box::new(self.installed("ServiceName", "ServiceFileName")))
            }
            EventKind::ServiceInstalledSystem => {
                Body::ServiceInstalled(Box::new(self.installed("ServiceName", "ImagePath")))
            }
            EventKind::LapsPasswordSet => Body::ManagedByLaps(Box::new(ManagedAccount {
                name: self.text("AccountName"),
                rid: self.number("AccountRid"),
            })),
            EventKind::TaskCreated => Body::TaskCreated(Box::new(self.task_created())),
            EventKind::SysmonWmiConsumer => Body::WmiConsumerInstalled(Box::new(self.sysmon_consumer()?)),
            EventKind::WmiConsumerBound => {
                Body::WmiConsumerInstalled(Box::new(self.installed("CONSUMER", "PossibleCause")))
            }
            EventKind::ScriptBlock | EventKind::CoreScriptBlock => {
                Body::ScriptBlock(Box::new(self.script_block()?))
            }
            EventKind::PipelineExecuted | EventKind::CorePipelineExecuted => {
                Body::PipelineExecuted(Box::new(self.pipeline_executed()?))
            }
            EventKind::SysmonRegistryKey
            | EventKind::SysmonRegistryValue
            | EventKind::SysmonRegistryRename => Body::SamKeyWritten(Box::new(self.sam_key_written(at)?)),
            _ => return None,
        })
    }

    fn session_reconnected(&self) -> SessionReconnected {
        let fields =
            PrincipalFields { name: "AccountName", domain: "AccountDomain", sid: "", logon_id: "LogonID" };
        SessionReconnected {
            account: self.principal(&fields),
            source_ip: self.address("ClientAddress"),
            source_host: self.text("ClientName"),
        }
    }

    fn account_queried(&self) -> AccountQueried {
        let caller = match self.unsigned("CallerProcessId") {
            Some(0) => QueryCaller::Remote,
            Some(_) => self.pid("CallerProcessId").map_or(QueryCaller::NotTold, |pid| QueryCaller::Process {
                pid,
                image: self.text("CallerProcessName"),
            }),
            None => QueryCaller::NotTold,
        };
        AccountQueried { subject: self.principal(&SUBJECT), target: self.principal(&TARGET), caller }
    }

    /// Of all the files on all the shares only the way to the SAM is of use.
    fn sam_pipe_opened(&self) -> Option<SamPipeOpened> {
        let is_samr = self.said("RelativeTargetName")?.trim().eq_ignore_ascii_case("samr");
        is_samr.then(|| SamPipeOpened {
            subject: self.principal(&SUBJECT),
            source_ip: self.address("IpAddress"),
        })
    }

    fn installed(&self, name: &str, command: &str) -> Installed {
        let mut subject = self.principal(&SUBJECT);
        subject.sid = subject.sid.or_else(|| self.user_sid());
        Installed { name: self.text(name), command: self.text(command), subject }
    }

    fn task_created(&self) -> Installed {
        let command = self.said("TaskContent").and_then(|content| xml::task_command(&content));
        let command = command.map(|command| self.intern(&command));
        Installed { name: self.text("TaskName"), command, subject: self.principal(&SUBJECT) }
    }

    fn sysmon_consumer(&self) -> Option<Installed> {
        let is_made =
            self.said("Operation").is_none_or(|operation| operation.eq_ignore_ascii_case("created"));
        let name = self.said("Name")?.trim_matches(['"', ' ']).to_owned();
        is_made.then(|| Installed {
            name: Some(self.intern(&name)),
            command: self.text("Destination"),
            subject: self.sysmon_user(),
        })
    }

    fn script_block(&self) -> Option<ScriptBlock> {
        Some(ScriptBlock { pid: self.writer(), user: self.user_sid(), text: self.text("ScriptBlockText")? })
    }

    fn pipeline_executed(&self) -> Option<PipelineExecuted> {
        Some(PipelineExecuted { pid: self.writer(), user: self.user_sid(), payload: self.text("Payload")? })
    }

    /// Of the whole registry only the accounts and groups of the SAM.
    fn sam_key_written(&self, at: Timestamp) -> Option<SamKeyWritten> {
        let is_sam = self.said("TargetObject")?.to_ascii_lowercase().contains(r"\sam\sam\domains\");
        if !is_sam {
            return None;
        }
        Some(SamKeyWritten {
            written_at: self.utc("UtcTime").unwrap_or(at),
            pid: self.pid("ProcessId"),
            guid: self.guid("ProcessGuid"),
            image: self.text("Image"),
            key: self.text("TargetObject")?,
            operation: self.text("EventType"),
        })
    }

    fn writer(&self) -> Option<ProcessId> {
        self.header.process_id.filter(|pid| *pid != 0).map(ProcessId)
    }

    /// Of kinds that a service writes it is the service's, and says nothing; some carriers give it all the same.
    fn user_sid(&self) -> Option<Sid> {
        if !self.record.spec.kind.tells_by_its_writer() {
            return None;
        }
        self.header.user_sid.as_deref().and_then(Sid::parse).filter(|sid| !sid.is_nobody())
    }

    fn clock_changed(&self) -> ClockChanged {
        ClockChanged {
            subject: self.principal(&SUBJECT),
            previous: self.utc("PreviousTime"),
            new: self.utc("NewTime"),
        }
    }

    fn logged_on(&self) -> LoggedOn {
        LoggedOn {
            account: self.principal(&TARGET_SESSION),
            subject: self.principal(&SUBJECT),
            logon_type: self.number("LogonType"),
            source_ip: self.address("IpAddress"),
            source_host: self.text("WorkstationName"),
            linked_logon_id: self.logon_id("TargetLinkedLogonId"),
            elevated: self.flag("ElevatedToken"),
        }
    }

    fn logon_groups(&self) -> LogonGroups {
        LogonGroups { account: self.principal(&TARGET_SESSION), groups: self.sids("GroupMembership") }
    }

    /// `%{S-1-5-32-544} %{S-1-1-0}`, with tabs and line ends between them; sorted, each once. What is no SID costs no
    /// more than itself, and is told once for the whole list.
    fn sids(&self, name: &str) -> Vec<Sid> {
        let Some(text) = self.said(name) else { return Vec::new() };
        let (mut sids, mut unread) = (BTreeSet::new(), None);
        for word in text.split_whitespace() {
            match Sid::parse(word.trim_start_matches("%{").trim_end_matches('}')) {
                Some(sid) => drop(sids.insert(sid)),
                None => unread = unread.or(Some(word)),
            }
        }
        if let Some(word) = unread {
            self.unreadable(&format!("a part of {name}"), &Scalar::Text(word.into()));
        }
        sids.into_iter().collect()
    }

    fn explicit_credentials(&self) -> ExplicitCredentials {
        ExplicitCredentials {
            subject: self.principal(&SUBJECT),
            target: self.principal(&PrincipalFields { sid: "", logon_id: "", ..TARGET_SESSION }),
            target_server: self.text("TargetServerName"),
            pid: self.pid("ProcessId"),
            image: self.text("ProcessName"),
            source_ip: self.address("IpAddress"),
        }
    }

    fn process_created(&self, at: Timestamp) -> Option<ProcessCreated> {
        Some(ProcessCreated {
            pid: self.pid("NewProcessId")?,
            guid: None,
            started_at: at,
            image: self.text("NewProcessName"),
            command_line: self.maybe_empty("CommandLine"),
            original_file_name: None,
            subject: self.principal(&SUBJECT),
            target: self.principal(&TARGET_SESSION),
            parent: ParentProcess {
                pid: self.pid("ProcessId"),
                guid: None,
                image: self.text("ParentProcessName"),
                command_line: None,
            },
            elevation: self.elevation("TokenElevationType"),
            hashes: None,
            rules: Vec::new(),
            details: self.process_details("MandatoryLabel"),
        })
    }

    fn sysmon_process_created(&self, at: Timestamp) -> Option<ProcessCreated> {
        Some(ProcessCreated {
            pid: self.pid("ProcessId")?,
            guid: self.guid("ProcessGuid"),
            started_at: self.utc("UtcTime").unwrap_or(at),
            image: self.text("Image"),
            command_line: self.maybe_empty("CommandLine"),
            original_file_name: self.text("OriginalFileName"),
            subject: Principal::default(),
            target: self.sysmon_user(),
            parent: ParentProcess {
                pid: self.pid("ParentProcessId"),
                guid: self.guid("ParentProcessGuid"),
                image: self.text("ParentImage"),
                command_line: self.text("ParentCommandLine"),
            },
            elevation: None,
            hashes: self.text("Hashes"),
            rules: Vec::new(),
            details: self.process_details("IntegrityLevel"),
        })
    }

    /// `None` where nobody asked for them.
    fn process_details(&self, integrity_level: &str) -> Option<Box<ProcessDetails>> {
        (!self.record.spec.details.is_empty()).then(|| {
            Box::new(ProcessDetails {
                description: self.as_written("Description"),
                product: self.as_written("Product"),
                company: self.as_written("Company"),
                file_version: self.as_written("FileVersion"),
                current_directory: self.as_written("CurrentDirectory"),
                parent_user: self.as_written("ParentUser"),
                integrity_level: self.as_written(integrity_level),
            })
        })
    }

    /// Rules may ask for the `-` itself.
    fn as_written(&self, name: &str) -> Option<Text> {
        self.record.field(name)?.text().map(|text| self.intern(&text))
    }

    fn process_ended(&self, at: Timestamp) -> Option<ProcessEnded> {
        Some(ProcessEnded {
            pid: self.pid("ProcessId")?,
            guid: None,
            ended_at: at,
            image: self.text("ProcessName"),
            exit_code: self.number("Status"),
            subject: self.principal(&SUBJECT),
        })
    }

    fn sysmon_process_ended(&self, at: Timestamp) -> Option<ProcessEnded> {
        Some(ProcessEnded {
            pid: self.pid("ProcessId")?,
            guid: self.guid("ProcessGuid"),
            ended_at: self.utc("UtcTime").unwrap_or(at),
            image: self.text("Image"),
            exit_code: None,
            subject: Principal::default(),
        })
    }

    fn audit_policy_changed(&self) -> AuditPolicyChanged {
        let guid = self.text("SubcategoryGuid");
        AuditPolicyChanged {
            subject: self.principal(&SUBJECT),
            subcategory_guid: guid.map(|guid| guid.trim_matches(['{', '}']).to_ascii_lowercase().into()),
            changes: self.text("AuditPolicyChanges"),
        }
    }

    fn account_created(&self) -> AccountCreated {
        AccountCreated {
            account: self.principal(&TARGET),
            subject: self.principal(&SUBJECT),
            display_name: self.text("DisplayName"),
            user_principal_name: self.text("UserPrincipalName"),
        }
    }

    fn touched(&self, action: AccountAction, outcome: Option<Outcome>) -> Body {
        Body::AccountTouched(Box::new(AccountTouched {
            action,
            // Windows marks what failed; a carrier that drops the keywords hides that mark, and we cannot see it.
            succeeded: outcome != Some(Outcome::Failure),
            account: self.principal(&TARGET),
            subject: self.principal(&SUBJECT),
            new_uac_value: self.number("NewUacValue"),
        }))
    }

    fn account_renamed(&self) -> AccountRenamed {
        AccountRenamed {
            account: self.principal(&RENAMED),
            old_name: self.text("OldTargetUserName"),
            subject: self.principal(&SUBJECT),
        }
    }

    fn group_membership(&self) -> GroupMembership {
        GroupMembership {
            member: self.principal(&MEMBER),
            group: self.principal(&TARGET),
            subject: self.principal(&SUBJECT),
        }
    }

    fn principal(&self, fields: &PrincipalFields) -> Principal {
        Principal {
            name: self.text(fields.name),
            domain: self.text(fields.domain),
            sid: self.sid(fields.sid),
            logon_id: self.logon_id(fields.logon_id),
        }
    }

    /// Sysmon's `User` is `DOMAIN\name`.
    fn sysmon_user(&self) -> Principal {
        let user = self.text("User");
        let (domain, name) = match user.as_deref().map(|user| user.split_once('\\')) {
            Some(Some((domain, name))) => (Some(self.intern(domain)), Some(self.intern(name))),
            Some(None) => (None, user),
            None => (None, None),
        };
        Principal { name, domain, sid: None, logon_id: self.logon_id("LogonId") }
    }

    /// The field's value as text, where the event says something.
    fn said(&self, name: &str) -> Option<Cow<'_, str>> {
        let scalar = self.record.field(name)?;
        if let Scalar::NotOne(_) = scalar {
            self.unreadable(name, scalar);
        }
        scalar.text().filter(|text| !matches!(text.trim(), "" | "-"))
    }

    /// Whether a field that must say something says nothing that can be used.
    fn is_silent(&self, name: &str) -> bool {
        let text = match self.record.field(name) {
            // What is there but no value has been told as unreadable.
            Some(Scalar::NotOne(_)) => return false,
            Some(scalar) => scalar.text(),
            None => None,
        };
        let Some(text) = text else { return true };
        let is_zero_id = || name.ends_with("Id") && begat_model::ids::parse_unsigned(&text) == Some(0);
        matches!(text.trim(), "" | "-" | Sid::NOBODY) || is_zero_id()
    }

    /// A value read from text; what cannot be read is an anomaly.
    fn read<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.said(name)?;
        let value = read(text.trim());
        if value.is_none() {
            self.unreadable(name, &Scalar::Text(text));
        }
        value
    }

    fn intern(&self, text: &str) -> Text {
        self.interner.borrow_mut().text(text)
    }

    fn text(&self, name: &str) -> Option<Text> {
        self.said(name).map(|text| self.intern(&text))
    }

    fn maybe_empty(&self, name: &str) -> Field<Text> {
        match (self.record.field(name), self.text(name)) {
            (_, Some(text)) => Field::Value(text),
            (Some(_), None) => Field::Empty,
            (None, None) => Field::Absent,
        }
    }

    fn sid(&self, name: &str) -> Option<Sid> {
        self.read(name, Sid::parse).filter(|sid| !sid.is_nobody())
    }

    fn unsigned(&self, name: &str) -> Option<u64> {
        match self.record.field(name)? {
            scalar @ (Scalar::Unsigned(_) | Scalar::Signed(_) | Scalar::Float(_)) => {
                let number = scalar.unsigned();
                if number.is_none() {
                    self.unreadable(name, scalar);
                }
                number
            }
            _ => self.read(name, begat_model::ids::parse_unsigned),
        }
    }

    fn number(&self, name: &str) -> Option<u32> {
        let number = self.unsigned(name)?;
        let narrow = u32::try_from(number).ok();
        if narrow.is_none() {
            self.unreadable(name, &Scalar::Unsigned(number));
        }
        narrow
    }

    fn logon_id(&self, name: &str) -> Option<LogonId> {
        self.unsigned(name).filter(|id| *id != 0).map(LogonId)
    }

    fn pid(&self, name: &str) -> Option<ProcessId> {
        self.number(name).filter(|pid| *pid != 0).map(ProcessId)
    }

    fn guid(&self, name: &str) -> Option<ProcessGuid> {
        // All zeros is Sysmon's "unknown", which is readable and says nothing.
        let text = self.said(name)?;
        if text.bytes().all(|byte| matches!(byte, b'0' | b'-' | b'{' | b'}')) {
            return None;
        }
        self.read(name, ProcessGuid::parse)
    }

    fn utc(&self, name: &str) -> Option<Timestamp> {
        match self.record.field(name)? {
            Scalar::Time(at) => Some(*at),
            _ => self.read(name, parse_unmarked_utc),
        }
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.read(name, |text| match text.to_ascii_lowercase().as_str() {
            "%%1842" | "yes" | "true" => Some(true),
            "%%1843" | "no" | "false" => Some(false),
            _ => None,
        })
    }

    /// `%%1937`, or as Windows renders it: `TokenElevationTypeFull (2)`.
    fn elevation(&self, name: &str) -> Option<TokenElevation> {
        self.read(name, |text| match text {
            "%%1936" => Some(TokenElevation::Default),
            "%%1937" => Some(TokenElevation::Full),
            "%%1938" => Some(TokenElevation::Limited),
            _ => match text.strip_prefix("TokenElevationType")?.split(' ').next()? {
                "Default" => Some(TokenElevation::Default),
                "Full" => Some(TokenElevation::Full),
                "Limited" => Some(TokenElevation::Limited),
                _ => None,
            },
        })
    }

    /// As written, but an IPv4 address inside an IPv6 one is that IPv4 address.
    fn address(&self, name: &str) -> Option<Text> {
        let text = self.said(name)?;
        let mapped = text.trim().parse::<Ipv6Addr>().ok().and_then(|address| address.to_ipv4_mapped());
        Some(match mapped {
            Some(address) => self.intern(&IpAddr::V4(address).to_string()),
            None => self.intern(&text),
        })
    }

    fn unreadable(&self, name: &str, value: &Scalar<'_>) {
        self.problem(AnomalyKind::UnreadableField, name, value.shown());
    }

    fn problem(&self, kind: AnomalyKind, name: &str, value: String) {
        let spec = self.record.spec;
        let shown = if value.is_empty() { value } else { format!(" is {value}") };
        let detail = format!("{name} of event {} of {}{shown}", spec.event_id, spec.provider);
        let mut problems = self.problems.borrow_mut();
        if !problems.iter().any(|known| known.detail == detail) {
            problems.push(FieldProblem { kind, detail, is_fatal: spec.required.contains(&name) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::time::Precision;

    fn record(kind: EventKind, fields: &[(&str, Scalar<'static>)]) -> RawRecord<'static> {
        let mut record = RawRecord::new(kind.spec());
        for (name, value) in fields {
            let slot = record.slot(name.as_bytes()).expect("the row reads this field");
            record.fill(slot, value.clone());
        }
        record
    }

    fn text(text: &'static str) -> Scalar<'static> {
        Scalar::Text(text.into())
    }

    fn at() -> Timestamp {
        Timestamp::from_unix_ticks(0, Precision::SECONDS)
    }

    fn read(kind: EventKind, fields: &[(&str, Scalar<'static>)]) -> (Option<Body>, Vec<String>) {
        let (body, problems) = body(&record(kind, fields), &Header::SILENT, at(), &mut Interner::default());
        (body, problems.into_iter().map(|problem| format!("{:?} {}", problem.kind, problem.detail)).collect())
    }

    #[test]
    fn details_of_a_process_are_read_where_they_are_asked_for() {
        let told = [
            ("ProcessId", text("7")),
            ("Description", text("Net Command")),
            ("IntegrityLevel", text("High")),
        ];
        for (spec, expected) in [
            (EventKind::SysmonProcessCreated.spec(), None),
            (EventKind::SysmonProcessCreated.detailed_spec(), Some(("Net Command", "High"))),
        ] {
            let mut record = RawRecord::new(spec);
            for (name, value) in &told {
                if let Some(slot) = record.slot(name.as_bytes()) {
                    record.fill(slot, value.clone());
                }
            }
            let (body, _) = body(&record, &Header::SILENT, at(), &mut Interner::default());
            let Some(Body::ProcessCreated(created)) = body else { panic!("a process was created") };
            let details = created.details.as_ref();
            let found = details
                .map(|it| (it.description.as_deref().unwrap(), it.integrity_level.as_deref().unwrap()));
            assert_eq!(found, expected);
        }
    }

    /// The body, where nothing was wrong.
    fn good(kind: EventKind, fields: &[(&str, Scalar<'static>)]) -> Body {
        let (body, problems) = read(kind, fields);
        assert_eq!(problems, [""; 0]);
        body.unwrap()
    }

    #[test]
    fn what_windows_does_not_say_is_none() {
        for silent in [text("-"), text(""), text(" "), Scalar::Null] {
            let fields = [
                ("TargetUserName", text("anna")),
                ("TargetSid", silent.clone()),
                ("SubjectUserName", silent.clone()),
                ("SubjectUserSid", text("S-1-0-0")),
                ("SubjectLogonId", text("0x0")),
                ("UserPrincipalName", silent),
            ];
            let Body::AccountCreated(created) = good(EventKind::AccountCreated, &fields) else {
                unreachable!()
            };
            assert_eq!(created.subject, Principal::default());
            assert_eq!(created.account, Principal { name: Some("anna".into()), ..Principal::default() });
            assert_eq!(created.user_principal_name, None);
        }
    }

    #[test]
    fn a_process_has_the_token_it_runs_with_and_the_parent_it_was_given() {
        for (elevation, expected) in [
            ("%%1936", TokenElevation::Default),
            ("%%1937", TokenElevation::Full),
            ("%%1938", TokenElevation::Limited),
            ("TokenElevationTypeFull (2)", TokenElevation::Full),
            ("TokenElevationTypeDefault", TokenElevation::Default),
        ] {
            let fields = [
                ("NewProcessId", text("0xf30")),
                ("ProcessId", Scalar::Unsigned(0xde4)),
                ("TokenElevationType", text(elevation)),
                ("TargetLogonId", text("0x0000000000551686")),
                ("SubjectLogonId", Scalar::Unsigned(0x3e4)),
                ("CommandLine", Scalar::Null),
            ];
            let Body::ProcessCreated(process) = good(EventKind::ProcessCreated, &fields) else {
                unreachable!()
            };
            assert_eq!((process.pid, process.parent.pid), (ProcessId(3888), Some(ProcessId(3556))));
            assert_eq!(process.elevation, Some(expected));
            assert_eq!(process.target.logon_id, Some(LogonId(0x55_1686)));
            assert_eq!(process.subject.logon_id, Some(LogonId::NETWORK_SERVICE));
            assert_eq!((process.started_at, process.command_line), (at(), Field::Empty));
        }
    }

    #[test]
    fn sysmon_tells_the_kernels_start_time_and_a_user_with_a_domain() {
        let fields = [
            ("ProcessId", text("9428")),
            ("UtcTime", text("2020-09-14 12:06:01.826")),
            ("ProcessGuid", text("{2D351099-5ca9-5f5f-2f04-000000000400}")),
            ("ParentProcessGuid", text("{00000000-0000-0000-0000-000000000000}")),
            ("User", text("NT AUTHORITY\\SYSTEM")),
            ("LogonId", text("0x2CC013")),
            ("Hashes", text("SHA256=AB,IMPHASH=CD")),
        ];
        let Body::ProcessCreated(process) = good(EventKind::SysmonProcessCreated, &fields) else {
            unreachable!()
        };
        assert_eq!(process.hashes.as_deref(), Some("SHA256=AB,IMPHASH=CD"));
        assert_eq!(process.started_at.to_string(), "2020-09-14T12:06:01.826Z");
        assert_eq!(process.guid, ProcessGuid::parse("2d351099-5ca9-5f5f-2f04-000000000400"));
        assert_eq!(process.parent.guid, None);
        assert_eq!(process.target.domain.as_deref(), Some("NT AUTHORITY"));
        assert_eq!(process.target.name.as_deref(), Some("SYSTEM"));
        assert_eq!(process.target.logon_id, Some(LogonId(0x2c_c013)));
        assert_eq!(process.command_line, Field::Absent);
        let Body::ProcessCreated(process) =
            good(EventKind::SysmonProcessCreated, &[("ProcessId", text("4"))])
        else {
            unreachable!()
        };
        assert_eq!(process.started_at, at(), "without UtcTime the event's own time");
    }

    #[test]
    fn a_logon_has_its_source_and_both_halves_of_a_token() {
        for (written, expected) in [
            ("::ffff:10.0.0.1", Some("10.0.0.1")),
            ("::FFFF:10.0.0.1", Some("10.0.0.1")),
            ("::1", Some("::1")),
            ("127.0.0.1", Some("127.0.0.1")),
            ("fe80::1%12", Some("fe80::1%12")),
            ("LOCAL", Some("LOCAL")),
            ("-", None),
        ] {
            let fields = [
                ("TargetLogonId", text("0x57615b")),
                ("LogonType", text("3")),
                ("IpAddress", text(written)),
                ("ElevatedToken", text("%%1842")),
                ("TargetLinkedLogonId", text("0x0")),
            ];
            let Body::LoggedOn(logon) = good(EventKind::LoggedOn, &fields) else { unreachable!() };
            assert_eq!(logon.source_ip.as_deref(), expected);
            assert_eq!(
                (logon.logon_type, logon.elevated, logon.linked_logon_id),
                (Some(3), Some(true), None)
            );
        }
    }

    #[test]
    fn the_groups_of_a_logon_are_read_from_their_list() {
        let list = "\n\t\t%{S-1-5-32-545}\r\n\t\t%{S-1-1-0} %{S-1-5-32-544}\t%{S-1-5-32-545}";
        let fields = [("TargetLogonId", text("0x57615b")), ("GroupMembership", text(list))];
        let Body::LogonGroups(groups) = good(EventKind::LogonGroups, &fields) else { unreachable!() };
        let sids: Vec<&str> = groups.groups.iter().map(Sid::as_str).collect();
        assert_eq!(sids, ["S-1-1-0", "S-1-5-32-544", "S-1-5-32-545"]);
        let fields = [("TargetLogonId", text("0x1")), ("GroupMembership", text("%{S-1-1-0} Users"))];
        let (body, problems) = read(EventKind::LogonGroups, &fields);
        let Some(Body::LogonGroups(groups)) = body else { unreachable!() };
        assert_eq!((groups.groups.len(), problems.len()), (1, 1), "{problems:?}");
        assert!(problems[0].ends_with("is \"Users\""), "{problems:?}");
    }

    #[test]
    fn an_unreadable_value_is_told_once_and_counts_as_not_told() {
        let fields = [
            ("TargetLogonId", text("0x1")),
            ("TargetUserSid", text("WS1\\anna")),
            ("LogonType", text("Network")),
            ("TargetUserName", Scalar::NotOne("list")),
        ];
        let (body, problems) = read(EventKind::LoggedOn, &fields);
        let Some(Body::LoggedOn(logon)) = body else { unreachable!() };
        assert_eq!((logon.account.sid, logon.account.name, logon.logon_type), (None, None, None));
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(
            problems[0].contains("TargetUserName of event 4624") && problems[0].ends_with("is a list"),
            "{problems:?}"
        );
        assert!(
            problems[2]
                .ends_with("LogonType of event 4624 of Microsoft-Windows-Security-Auditing is \"Network\"")
        );
    }

    #[test]
    fn without_a_required_field_there_is_no_event() {
        let value = |name: &&'static str| match *name {
            name if name.ends_with("Sid") => (name, text("S-1-5-21-1-2-3-1004")),
            // Of these kinds only this much is read.
            "RelativeTargetName" => ("RelativeTargetName", text("samr")),
            "GroupMembership" => ("GroupMembership", text("%{S-1-5-32-544}")),
            "TargetObject" => ("TargetObject", text(r"HKLM\SAM\SAM\Domains\Account\Users\Names\bob")),
            name => (name, text("0x1")),
        };
        for kind in begat_model::catalog::CATALOG.iter().map(|row| row.kind) {
            let required = kind.spec().required;
            for missing in required {
                let told: Vec<_> = required.iter().filter(|name| *name != missing).map(value).collect();
                let (body, problems) = read(kind, &told);
                assert_eq!(body, None, "{kind:?} without {missing}");
                assert!(problems[0].starts_with(&format!("MissingField {missing}")), "{problems:?}");
            }
            good(kind, &required.iter().map(value).collect::<Vec<_>>());
        }
    }
}

//! Windows' rendered message to the fields of a catalog row.
//!
//! Event Viewer, `Export-Csv`, Splunk's classic input and Snare ship what a person would read: labels below the heading of
//! their section, in the language of the system. Only English is known. The labels are those of Microsoft's page on each
//! event (windows-itpro-docs, auditing/event-*.md) and of the messages of Splunk's, Snare's and PowerShell's exports; where
//! none of an event's labels stands in its message, it is in another language, and that is told.

use std::borrow::Cow;

use begat_model::catalog::EventKind as K;
use begat_model::catalog::FieldName::{self, self as F};
use begat_model::catalog::{CATALOG, EventSpec, provider};
use begat_model::{Sid, Timestamp};

use crate::raw::{RawRecord, parse_unmarked_utc};
use crate::scalar::Scalar;

/// A heading, a label below it, and the field that it shows. Below the heading `""` stand labels that have none.
type Row = (&'static str, &'static str, FieldName);

const SUBJECT: &[Row] = &[
    ("Subject", "Security ID", F::SubjectUserSid),
    ("Subject", "Account Name", F::SubjectUserName),
    ("Subject", "Account Domain", F::SubjectDomainName),
    ("Subject", "Logon ID", F::SubjectLogonId),
];
/// Windows 10 renamed 4688's Subject.
const CREATOR: &[Row] = &[
    ("Creator Subject", "Security ID", F::SubjectUserSid),
    ("Creator Subject", "Account Name", F::SubjectUserName),
    ("Creator Subject", "Account Domain", F::SubjectDomainName),
    ("Creator Subject", "Logon ID", F::SubjectLogonId),
    ("Target Subject", "Security ID", F::TargetUserSid),
    ("Target Subject", "Account Name", F::TargetUserName),
    ("Target Subject", "Account Domain", F::TargetDomainName),
    ("Target Subject", "Logon ID", F::TargetLogonId),
];
const STARTED: &[Row] = &[
    ("Process Information", "New Process ID", F::NewProcessId),
    ("Process Information", "New Process Name", F::NewProcessName),
    ("Process Information", "Token Elevation Type", F::TokenElevationType),
    ("Process Information", "Creator Process ID", F::ProcessId),
    ("Process Information", "Creator Process Name", F::ParentProcessName),
    ("Process Information", "Process Command Line", F::CommandLine),
];
const ENDED: &[Row] = &[
    ("Process Information", "Process ID", F::ProcessId),
    ("Process Information", "Process Name", F::ProcessName),
    ("Process Information", "Exit Status", F::Status),
];
/// 4634 and 4647 call the session that ends their subject.
const SESSION: &[Row] = &[
    ("Subject", "Security ID", F::TargetUserSid),
    ("Subject", "Account Name", F::TargetUserName),
    ("Subject", "Account Domain", F::TargetDomainName),
    ("Subject", "Logon ID", F::TargetLogonId),
    ("Subject", "Logon Type", F::LogonType),
    ("", "Logon Type", F::LogonType),
];
const LOGON: &[Row] = &[
    ("", "Logon Type", F::LogonType),
    ("Subject", "Logon Type", F::LogonType),
    ("Logon Information", "Logon Type", F::LogonType),
    ("Logon Information", "Elevated Token", F::ElevatedToken),
    ("New Logon", "Security ID", F::TargetUserSid),
    ("New Logon", "Account Name", F::TargetUserName),
    ("New Logon", "Account Domain", F::TargetDomainName),
    ("New Logon", "Logon ID", F::TargetLogonId),
    ("New Logon", "Linked Logon ID", F::TargetLinkedLogonId),
    ("Process Information", "Process Name", F::ProcessName),
    ("Network Information", "Workstation Name", F::WorkstationName),
    ("Network Information", "Source Network Address", F::IpAddress),
];
const EXPLICIT: &[Row] = &[
    ("Account Whose Credentials Were Used", "Account Name", F::TargetUserName),
    ("Account Whose Credentials Were Used", "Account Domain", F::TargetDomainName),
    ("Target Server", "Target Server Name", F::TargetServerName),
    ("Process Information", "Process ID", F::ProcessId),
    ("Process Information", "Process Name", F::ProcessName),
    ("Network Information", "Network Address", F::IpAddress),
];
const SERVICE: &[Row] = &[
    ("Service Information", "Service Name", F::ServiceName),
    ("Service Information", "Service File Name", F::ServiceFileName),
    ("Service Information", "Service Account", F::ServiceAccount),
];
const SYSTEM_SERVICE: &[Row] = &[
    ("", "Service Name", F::ServiceName),
    ("", "Service File Name", F::ImagePath),
    ("", "Service Account", F::AccountName),
];
const TASK: &[Row] = &[
    ("Task Information", "Task Name", F::TaskName),
    ("Task Information", "Task Content", F::TaskContent),
    ("Task Information", "Task New Content", F::TaskContentNew),
];
const AUDIT_POLICY: &[Row] = &[
    ("Audit Policy Change", "Subcategory GUID", F::SubcategoryGuid),
    ("Audit Policy Change", "Changes", F::AuditPolicyChanges),
];
const NEW_ACCOUNT: &[Row] = &[
    ("New Account", "Security ID", F::TargetSid),
    ("New Account", "Account Name", F::TargetUserName),
    ("New Account", "Account Domain", F::TargetDomainName),
    ("Attributes", "Display Name", F::DisplayName),
    ("Attributes", "User Principal Name", F::UserPrincipalName),
];
const TARGET: &[Row] = &[
    ("Target Account", "Security ID", F::TargetSid),
    ("Target Account", "Account Name", F::TargetUserName),
    ("Target Account", "Account Domain", F::TargetDomainName),
    ("Target Account", "Old Account Name", F::OldTargetUserName),
    ("Target Account", "New Account Name", F::NewTargetUserName),
    ("Changed Attributes", "New UAC Value", F::NewUacValue),
    ("Account That Was Locked Out", "Security ID", F::TargetSid),
    ("Account That Was Locked Out", "Account Name", F::TargetUserName),
];
/// 4756 and 4757 say `Account Name` of a group, the others `Group Name`.
const MEMBER: &[Row] = &[
    ("Member", "Security ID", F::MemberSid),
    ("Member", "Account Name", F::MemberName),
    ("Group", "Security ID", F::TargetSid),
    ("Group", "Group Name", F::TargetUserName),
    ("Group", "Account Name", F::TargetUserName),
    ("Group", "Group Domain", F::TargetDomainName),
    ("Group", "Account Domain", F::TargetDomainName),
];
const LOOKED_UP: &[Row] = &[
    ("User", "Security ID", F::TargetSid),
    ("User", "Account Name", F::TargetUserName),
    ("User", "Account Domain", F::TargetDomainName),
    ("Group", "Security ID", F::TargetSid),
    ("Group", "Group Name", F::TargetUserName),
    ("Group", "Group Domain", F::TargetDomainName),
    ("Process Information", "Process ID", F::CallerProcessId),
    ("Process Information", "Process Name", F::CallerProcessName),
];
const RECONNECTED: &[Row] = &[
    ("Subject", "Account Name", F::AccountName),
    ("Subject", "Account Domain", F::AccountDomain),
    ("Subject", "Logon ID", F::LogonID),
    ("Additional Information", "Client Name", F::ClientName),
    ("Additional Information", "Client Address", F::ClientAddress),
];
const SHARE: &[Row] = &[
    ("Network Information", "Source Address", F::IpAddress),
    ("Share Information", "Share Name", F::ShareName),
    ("Share Information", "Relative Target Name", F::RelativeTargetName),
];
/// 1102 calls its subject's domain otherwise.
const CLEARED: &[Row] = &[("Subject", "Domain Name", F::SubjectDomainName)];

/// The labels of each event whose message is read by them.
fn rows_of(kind: K) -> &'static [&'static [Row]] {
    match kind {
        K::ProcessCreated => &[SUBJECT, CREATOR, STARTED],
        K::ProcessEnded => &[SUBJECT, ENDED],
        K::LoggedOn => &[SUBJECT, LOGON],
        K::LoggedOff | K::LogoffInitiated => &[SESSION],
        K::ExplicitCredentials => &[SUBJECT, EXPLICIT],
        K::SpecialPrivileges | K::ClockChanged => &[SUBJECT],
        K::ServiceInstalled => &[SUBJECT, SERVICE],
        K::ServiceInstalledSystem => &[SYSTEM_SERVICE],
        K::TaskCreated | K::TaskChanged => &[SUBJECT, TASK],
        K::AuditPolicyChanged => &[SUBJECT, AUDIT_POLICY],
        K::AccountCreated => &[SUBJECT, NEW_ACCOUNT],
        K::AccountEnabled
        | K::PasswordChanged
        | K::PasswordSet
        | K::AccountDisabled
        | K::AccountDeleted
        | K::AccountChanged
        | K::AccountLockedOut
        | K::AccountRenamed => &[SUBJECT, TARGET],
        K::GlobalMemberAdded
        | K::GlobalMemberRemoved
        | K::LocalMemberAdded
        | K::LocalMemberRemoved
        | K::UniversalMemberAdded
        | K::UniversalMemberRemoved => &[SUBJECT, MEMBER],
        K::UserQueried | K::GroupQueried => &[SUBJECT, LOOKED_UP],
        K::SessionReconnected => &[RECONNECTED],
        K::ShareFileOpened => &[SUBJECT, SHARE],
        K::LogCleared => &[SUBJECT, CLEARED],
        _ => &[],
    }
}

/// Labels and headings that are not read, and would be taken for those that end like them where a message has no lines.
const UNREAD: &[&str] = &[
    "Additional Information",
    "Attributes",
    "Changed Attributes",
    "Detailed Authentication Information",
    "Mandatory Label",
    "Network Account Domain",
    "Network Account Name",
    "Old UAC Value",
    "SAM Account Name",
    "Service Start Type",
    "Service Type",
];

/// The labels of Sysmon's messages, which name its fields. All of them: a label ends the value before it where a message
/// has no lines.
const SYSMON: &[&str] = &[
    "RuleName",
    "UtcTime",
    "ProcessGuid",
    "ProcessId",
    "Image",
    "FileVersion",
    "Description",
    "Product",
    "Company",
    "OriginalFileName",
    "CommandLine",
    "CurrentDirectory",
    "User",
    "LogonGuid",
    "LogonId",
    "TerminalSessionId",
    "IntegrityLevel",
    "Hashes",
    "ParentProcessGuid",
    "ParentProcessId",
    "ParentImage",
    "ParentCommandLine",
    "ParentUser",
    "EventType",
    "TargetObject",
    "Details",
    "NewName",
    "Operation",
    "Name",
    "Type",
    "Destination",
];

/// Values that may hold anything, line breaks too: they are the last of their message, and end before these words.
const TO_THE_END: &[(FieldName, &str)] = &[
    (F::CommandLine, "Token Elevation Type indicates"),
    (F::TaskContent, "Other Information:"),
    (F::TaskContentNew, "Other Information:"),
];

/// Takes a record's fields out of its message, those that are not told otherwise. False where none of the labels that
/// such a message has is in it: it is in a language that is not known.
pub(crate) fn fill(message: &str, record: &mut RawRecord<'_>) -> bool {
    match record.spec.kind {
        K::ScriptBlock | K::CoreScriptBlock => script_block(message, record),
        K::PipelineExecuted | K::CorePipelineExecuted => {
            let payload = message.rsplit_once("\nContext:").map(|(payload, _)| payload);
            put(record, F::Payload, payload.map(str::trim))
        }
        K::OtherLogCleared => {
            let log =
                message.trim().strip_prefix("The ").and_then(|rest| rest.split_once(" log file was cleared"));
            put(record, F::Channel, log.map(|(log, _)| log))
        }
        K::SysmonProcessCreated
        | K::SysmonProcessEnded
        | K::SysmonRegistryKey
        | K::SysmonRegistryValue
        | K::SysmonRegistryRename
        | K::SysmonWmiConsumer => {
            let lines = lines(message, SYSMON);
            let told = Told::of(&lines, |_, label| record.slot(label.as_bytes()));
            told.fill(record)
        }
        kind => {
            let rows = rows_of(kind);
            let lines = lines(message, &labels(rows));
            let row = |heading: &str, label: &str| {
                let mut rows = rows.iter().copied().flatten();
                rows.find(|row| row.0 == heading && row.1 == label).map(|row| row.2)
            };
            let is_read = !rows.is_empty();
            Told::of(&lines, row).fill(record) || !is_read && record.spec.required.is_empty()
        }
    }
}

/// Who writes events of this id whose messages have such labels, where an export says neither writer nor log.
pub(crate) fn writer_of(event_id: u32, message: &str) -> Option<&'static str> {
    let rows = CATALOG.iter().filter(|row| row.event_id == event_id);
    let fits = |row: &&EventSpec| {
        let mut record = RawRecord::new(row.kind.spec());
        let is_labelled = row.field_count() > 0 && fill(message, &mut record);
        is_labelled && row.required.iter().all(|field| record.field(*field).is_some())
    };
    rows.filter(|row| !rows_of(row.kind).is_empty() || row.provider == provider::SYSMON)
        .find(fits)
        .map(|row| row.provider)
}

/// Sysmon's time in UTC, of which its messages begin with.
pub(crate) fn told_utc(message: &str) -> Option<Timestamp> {
    let begins = &message[..message.floor_char_boundary(SYSMON_TIME_BYTES_MAX)];
    let (_, behind) = begins.split_once("UtcTime: ")?;
    // `2026-03-13 13:15:41.100`
    behind.get(.."2026-03-13 13:15:41.100".len()).and_then(parse_unmarked_utc)
}

/// Where in a message of Sysmon's that time stands, behind the name of the rule.
const SYSMON_TIME_BYTES_MAX: usize = 512;

/// `Creating Scriptblock text (1 of 2):`, the text, and behind it its id.
fn script_block(message: &str, record: &mut RawRecord<'_>) -> bool {
    let parts = || {
        let (number, rest) =
            message.trim_start().strip_prefix("Creating Scriptblock text (")?.split_once(" of ")?;
        let (total, rest) = rest.split_once("):")?;
        let (text, id) = rest.rsplit_once("ScriptBlock ID:")?;
        Some((number, total, text.trim(), id.lines().next().unwrap_or_default().trim()))
    };
    let Some((number, total, text, id)) = parts() else { return false };
    for (field, value) in [
        (F::MessageNumber, number),
        (F::MessageTotal, total),
        (F::ScriptBlockText, text),
        (F::ScriptBlockId, id),
    ] {
        put(record, field, Some(value));
    }
    true
}

fn put(record: &mut RawRecord<'_>, field: FieldName, value: Option<&str>) -> bool {
    if let Some(value) = value {
        record.fill(field, Scalar::Text(Cow::Owned(value.to_owned())));
    }
    value.is_some()
}

/// All labels and headings of an event, the longest first: `SAM Account Name` is no `Account Name`.
fn labels(rows: &[&[Row]]) -> Vec<&'static str> {
    let named = rows.iter().copied().flatten().flat_map(|row| [row.0, row.1]).filter(|name| !name.is_empty());
    let mut labels: Vec<&str> = named.chain(UNREAD.iter().copied()).collect();
    labels.sort_unstable_by_key(|label| (std::cmp::Reverse(label.len()), *label));
    labels.dedup();
    labels
}

/// A message with its lines, where a carrier left any; else each label begins one. Snare writes two blanks for a line
/// break.
fn lines<'m>(message: &'m str, labels: &[&str]) -> Cow<'m, str> {
    if message.trim().contains('\n') {
        return Cow::Borrowed(message);
    }
    let mut lines = String::with_capacity(message.len() + 64);
    let mut kept = 0;
    for (colon, _) in message.match_indices(':') {
        let before = &message[kept..colon];
        let label = labels.iter().find(|label| {
            let prefix = before.strip_suffix(**label);
            prefix.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with([' ', '\t']))
        });
        let followed = message[colon + 1..].chars().next().is_none_or(char::is_whitespace);
        let Some(label) = label.filter(|_| followed) else { continue };
        lines.push_str(first_words(&before[..before.len() - label.len()]));
        lines.push('\n');
        // Where no tab stands before it, only its name can tell a heading from an empty label.
        lines.push_str(label);
        lines.push(':');
        kept = colon + 1;
        if LAST_LABELS.contains(label) {
            lines.push_str(&message[kept..]);
            return Cow::Owned(lines);
        }
    }
    lines.push_str(first_words(&message[kept..]));
    Cow::Owned(lines)
}

/// What stands before two blanks: behind them begin Windows' explanations.
fn first_words(value: &str) -> &str {
    let begins = value.len() - value.trim_start().len();
    let gap = value[begins..].find("  ");
    gap.map_or(value, |gap| &value[..begins + gap])
}

/// What stands above the values that may hold anything.
const LAST_LABELS: &[&str] = &["Process Command Line", "Task Content", "Task New Content"];

/// The values of a message. Of a field that stands twice nobody knows which one Windows wrote: a text that someone
/// else chose may hold a line that looks like a label.
#[derive(Default)]
struct Told<'m> {
    values: Vec<(FieldName, Option<&'m str>)>,
}

impl<'m> Told<'m> {
    fn of(message: &'m str, row: impl Fn(&str, &str) -> Option<FieldName>) -> Told<'m> {
        let mut told = Told::default();
        let mut heading = "";
        let mut at = 0;
        for line in message.split_inclusive('\n') {
            let begins = at;
            at += line.len();
            let Some((label, value)) = line.split_once(':') else { continue };
            let (is_indented, label, value) = (label.starts_with([' ', '\t']), label.trim(), value.trim());
            match row(heading, label).or_else(|| row("", label)) {
                Some(field) => match TO_THE_END.iter().find(|(last, _)| *last == field) {
                    Some((_, end)) if LAST_LABELS.contains(&label) => {
                        let from = begins + line.find(':').map_or(0, |colon| colon + 1);
                        let rest = &message[from..];
                        told.note(field, rest[..rest.find(end).unwrap_or(rest.len())].trim());
                        break;
                    }
                    _ => told.note(field, value),
                },
                None if value.is_empty() && !is_indented => heading = label,
                None => {}
            }
        }
        told
    }

    fn note(&mut self, field: FieldName, value: &'m str) {
        match self.values.iter_mut().find(|(known, _)| *known == field) {
            Some((_, known)) if *known != Some(value) => *known = None,
            Some(_) => {}
            None => self.values.push((field, Some(value))),
        }
    }

    /// Whether anything was told.
    fn fill(self, record: &mut RawRecord<'_>) -> bool {
        for (field, value) in &self.values {
            put(record, *field, value.filter(|value| is_fit(*field, value)));
        }
        !self.values.is_empty()
    }
}

/// Event Viewer puts names in the place of SIDs. Of who acts and whose session it is the name is told besides.
fn is_fit(field: FieldName, value: &str) -> bool {
    !matches!(field, F::SubjectUserSid | F::TargetUserSid) || Sid::told(value).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: K, message: &str) -> (bool, Vec<(&'static str, String)>) {
        let mut record = RawRecord::new(kind.spec());
        let is_known = fill(message, &mut record);
        let value = |field: &FieldName| {
            Some((field.as_str(), record.field(*field)?.scalar().into_text()?.into_owned()))
        };
        (is_known, FieldName::ALL.iter().filter_map(value).collect())
    }

    const STARTED: &str = "A new process has been created.\r\n\r\nCreator Subject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n\
        \tAccount Name:\t\tWS1$\r\n\tAccount Domain:\t\tCORP\r\n\tLogon ID:\t\t0x3E7\r\n\r\nTarget Subject:\r\n\
        \tSecurity ID:\t\tCORP\\ann\r\n\tAccount Name:\t\tann\r\n\tAccount Domain:\t\tCORP\r\n\tLogon ID:\t\t0x1F\r\n\r\n\
        Process Information:\r\n\tNew Process ID:\t\t0xde4\r\n\tNew Process Name:\tC:\\Windows\\System32\\net.exe\r\n\
        \tToken Elevation Type:\tTokenElevationTypeFull (2)\r\n\tMandatory Label:\t\tS-1-16-12288\r\n\
        \tCreator Process ID:\t0xb5c\r\n\tCreator Process Name:\t\r\n\tProcess Command Line:\tnet user x /add\r\n\r\n\
        Token Elevation Type indicates the type of token that was assigned to the new process.\r\n";

    fn started() -> Vec<(&'static str, &'static str)> {
        vec![
            ("SubjectUserSid", "S-1-5-18"),
            ("SubjectUserName", "WS1$"),
            ("SubjectDomainName", "CORP"),
            ("SubjectLogonId", "0x3E7"),
            ("TargetLogonId", "0x1F"),
            ("TargetUserName", "ann"),
            ("TargetDomainName", "CORP"),
            ("ProcessId", "0xb5c"),
            ("NewProcessId", "0xde4"),
            ("NewProcessName", "C:\\Windows\\System32\\net.exe"),
            ("TokenElevationType", "TokenElevationTypeFull (2)"),
            ("CommandLine", "net user x /add"),
            ("ParentProcessName", ""),
        ]
    }

    #[test]
    fn labels_are_read_below_their_headings_however_lines_were_kept() {
        let without_tabs = STARTED.replace('\t', "");
        let on_one_line = STARTED.replace("\r\n", "  ");
        for message in [STARTED, &without_tabs, &on_one_line] {
            let (is_known, told) = told(K::ProcessCreated, message);
            let told: Vec<(&str, &str)> = told.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!((is_known, told), (true, started()), "{message}");
        }
    }

    #[test]
    fn what_a_command_line_says_is_its_own() {
        let forged =
            STARTED.replace("user x /add", "x\r\n\tLogon ID:\t0x1\r\nTarget Subject:\r\n\tLogon ID:\t0x2");
        for message in [forged.clone(), forged.replace("\r\n", "  ")] {
            let (_, told) = told(K::ProcessCreated, &message);
            let value =
                |field: &str| told.iter().find(|(name, _)| *name == field).map(|(_, value)| value.as_str());
            assert_eq!(value("SubjectLogonId"), Some("0x3E7"));
            assert_eq!(value("TargetLogonId"), Some("0x1F"));
            assert!(value("CommandLine").unwrap().ends_with("0x2"));
        }
        let sysmon = "Process Create:\nProcessId: 7\nCommandLine: cmd\nLogonId: 0x3e7\nUser: CORP\\ann\nLogonId: 0x1f\n";
        let (_, told) = told(K::SysmonProcessCreated, sysmon);
        let names: Vec<&str> = told.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["ProcessId", "CommandLine", "User"], "which LogonId is Windows' own nobody knows");
    }

    #[test]
    fn a_language_that_is_not_known_is_told() {
        let german = "Ein neuer Prozess wurde erstellt.\n\nErstellender Antragsteller:\n\tSicherheits-ID:\t\tS-1-5-18\n";
        assert_eq!(told(K::ProcessCreated, german), (false, vec![]));
        assert_eq!(told(K::ScriptBlock, "Der Scriptblocktext wird erstellt (1 von 1):"), (false, vec![]));
        assert!(
            told(K::HostStarted, "Windows wird gestartet.").0,
            "it has nothing to tell but that it happened"
        );
    }

    #[test]
    fn each_event_has_labels_of_its_own() {
        let group = "A member was added to a security-enabled local group.\n\nSubject:\n\tSecurity ID:\t\tS-1-5-21-1-2-3-500\n\
            \tAccount Name:\t\tadmin\n\tAccount Domain:\t\tWS1\n\tLogon ID:\t\t0x1CBC41\n\nMember:\n\tSecurity ID:\t\tWS1\\support\n\
            \tAccount Name:\t\t-\n\nGroup:\n\tSecurity ID:\t\tBUILTIN\\Administrators\n\tGroup Name:\t\tAdministrators\n\
            \tGroup Domain:\t\tBuiltin\n\nAdditional Information:\n\tPrivileges:\t\t-\n";
        let (_, told_of_group) = told(K::LocalMemberAdded, group);
        assert!(told_of_group.contains(&("MemberSid", "WS1\\support".to_owned())), "{told_of_group:?}");
        assert!(told_of_group.contains(&("TargetSid", "BUILTIN\\Administrators".to_owned())));
        let service = "A service was installed in the system.\n\nService Name:  Upd\nService File Name:  C:\\x.exe -k\n\
            Service Type:  user mode service\nService Start Type:  auto start\nService Account:  LocalSystem";
        let (_, told_of_service) = told(K::ServiceInstalledSystem, service);
        assert_eq!(told_of_service.len(), 3, "{told_of_service:?}");
        let logon = "An account was successfully logged on.\n\nSubject:\n\tSecurity ID:\t\tS-1-0-0\n\tLogon ID:\t\t0x0\n\n\
            Logon Type:\t\t\t3\n\nNew Logon:\n\tSecurity ID:\t\tS-1-5-21-1-2-3-500\n\tLogon ID:\t\t0x77\n";
        let (_, told_of_logon) = told(K::LoggedOn, logon);
        assert!(told_of_logon.contains(&("LogonType", "3".to_owned())), "{told_of_logon:?}");
        assert!(told_of_logon.contains(&("TargetLogonId", "0x77".to_owned())));
        let script = "Creating Scriptblock text (1 of 2):\nNew-LocalUser x\n\nScriptBlock ID: 3f\nPath: \n";
        assert_eq!(told(K::ScriptBlock, script).1.len(), 4);
    }

    #[test]
    fn every_row_is_of_a_field_that_its_event_has() {
        for row in begat_model::catalog::CATALOG {
            for required in row.required.iter().filter(|_| !rows_of(row.kind).is_empty()) {
                let mut fields = rows_of(row.kind).iter().copied().flatten().map(|row| row.2);
                assert!(fields.any(|field| field == *required), "{:?} needs {required:?}", row.kind);
            }
        }
    }
}

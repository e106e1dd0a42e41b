//! The fields that rules may ask for, and where a process start tells them.
//!
//! Names are those of Sigma's taxonomy, which are Sysmon's; Security's own names stand beside them for rules of that
//! service. A field that the record does not carry is absent, which is what Sigma calls null: no value matches it, so
//! a filter under `not` does not take the start away. Every Sigma tool does so; on 4688, without the version resource,
//! the hashes and the parent's command line, some rules therefore hit more, and most hit less.

use std::borrow::Cow;

use begat_model::catalog::EventKind;
use begat_model::event::{Field, Principal, ProcessCreated, TokenElevation};
use begat_model::{Event, LogonId, ProcessGuid, ProcessId, Text};

/// A process start as rules see it.
#[derive(Clone, Copy)]
pub(crate) struct Start<'e> {
    pub(crate) event: &'e Event,
    pub(crate) created: &'e ProcessCreated,
}

type Told<'e> = Option<Cow<'e, str>>;

/// One field.
pub(crate) struct FieldRow {
    pub(crate) name: &'static str,
    read: for<'e> fn(&Start<'e>) -> Told<'e>,
}

impl FieldRow {
    pub(crate) fn named(name: &str) -> Option<&'static FieldRow> {
        FIELDS.iter().find(|row| row.name == name)
    }

    pub(crate) fn read<'e>(&self, start: &Start<'e>) -> Told<'e> {
        (self.read)(start)
    }
}

macro_rules! fields {
    ($( $name:literal: $read:expr; )*) => {
        /// Those that rules ask for most stand first.
        pub(crate) const FIELDS: &[FieldRow] = &[ $( FieldRow { name: $name, read: $read }, )* ];
    };
}

fields! {
    "Image": |start| text(&start.created.image);
    "CommandLine": |start| match &start.created.command_line {
        Field::Value(line) => Some(Cow::Borrowed(&**line)),
        Field::Empty => Some(Cow::Borrowed("")),
        Field::Absent => None,
    };
    "OriginalFileName": |start| text(&start.created.original_file_name);
    "ParentImage": |start| text(&start.created.parent.image);
    "ParentCommandLine": |start| text(&start.created.parent.command_line);
    "Description": |start| detail(start, |details| &details.description);
    "Product": |start| detail(start, |details| &details.product);
    "Hashes": |start| text(&start.created.hashes);
    "IntegrityLevel": |start| integrity_level(start);
    "Company": |start| detail(start, |details| &details.company);
    "User": |start| user(start.created.own_account());
    "CurrentDirectory": |start| detail(start, |details| &details.current_directory);
    "ParentUser": |start| detail(start, |details| &details.parent_user);
    "FileVersion": |start| detail(start, |details| &details.file_version);
    "LogonId": |start| logon_id(start.created.own_account().logon_id);
    "ProcessId": |start| pid(start.created.pid);
    "ParentProcessId": |start| pid(start.created.parent.pid);
    "ProcessGuid": |start| guid(start.created.guid.as_ref());
    "ParentProcessGuid": |start| guid(start.created.parent.guid.as_ref());
    "md5": |start| hash(start, "MD5");
    "sha1": |start| hash(start, "SHA1");
    "sha256": |start| hash(start, "SHA256");
    "Imphash": |start| hash(start, "IMPHASH");
    "EventID": |start| Some(start.event.record.kind.spec().event_id.to_string().into());
    "Provider_Name": |start| Some(start.event.record.kind.spec().provider.into());
    "Channel": |start| Some(start.event.record.kind.spec().channel.into());
    "Computer": |start| Some(start.event.host.as_str().into());
    "NewProcessName": |start| security(start, |created| text(&created.image));
    "ParentProcessName": |start| security(start, |created| text(&created.parent.image));
    "NewProcessId": |start| security(start, |created| pid(created.pid));
    "MandatoryLabel": |start| start.security().and_then(|_| detail(start, |details| &details.integrity_level));
    "TokenElevationType": |start| security(start, |created| created.elevation.map(elevation));
    "SubjectUserName": |start| security(start, |created| text(&created.subject.name));
    "SubjectDomainName": |start| security(start, |created| text(&created.subject.domain));
    "SubjectUserSid": |start| security(start, |created| sid(&created.subject));
    "SubjectLogonId": |start| security(start, |created| logon_id(created.subject.logon_id));
    "TargetUserName": |start| security(start, |created| text(&created.target.name));
    "TargetDomainName": |start| security(start, |created| text(&created.target.domain));
    "TargetUserSid": |start| security(start, |created| sid(&created.target));
    "TargetLogonId": |start| security(start, |created| logon_id(created.target.logon_id));
}

impl<'e> Start<'e> {
    /// Only where Security told it: its own names mean nothing in Sysmon's records.
    fn security(&self) -> Option<&'e ProcessCreated> {
        (self.event.record.kind == EventKind::ProcessCreated).then_some(self.created)
    }
}

fn security<'e>(start: &Start<'e>, read: impl Fn(&'e ProcessCreated) -> Told<'e>) -> Told<'e> {
    start.security().and_then(read)
}

fn text(text: &Option<Text>) -> Told<'_> {
    text.as_deref().map(Cow::Borrowed)
}

fn detail<'e>(
    start: &Start<'e>,
    read: impl Fn(&'e begat_model::event::ProcessDetails) -> &'e Option<Text>,
) -> Told<'e> {
    start.created.details.as_deref().and_then(|details| text(read(details)))
}

/// Sysmon's words for the SIDs that 4688 has; rules know both, and ask mostly for the words.
const INTEGRITY_LEVELS: &[(&str, &str)] = &[
    ("S-1-16-0", "Untrusted"),
    ("S-1-16-4096", "Low"),
    ("S-1-16-8192", "Medium"),
    ("S-1-16-8448", "Medium Plus"),
    ("S-1-16-12288", "High"),
    ("S-1-16-16384", "System"),
    ("S-1-16-20480", "Protected"),
];

fn integrity_level<'e>(start: &Start<'e>) -> Told<'e> {
    let told = detail(start, |details| &details.integrity_level)?;
    let word = INTEGRITY_LEVELS.iter().find(|(sid, _)| *sid == told).map(|(_, word)| Cow::Borrowed(*word));
    Some(word.unwrap_or(told))
}

/// Accounts of Windows itself, as Sysmon names them. 4688 may name the machine account instead (`HOST$`).
const SERVICE_ACCOUNTS: &[(&str, &str)] = &[
    ("S-1-5-18", r"NT AUTHORITY\SYSTEM"),
    ("S-1-5-19", r"NT AUTHORITY\LOCAL SERVICE"),
    ("S-1-5-20", r"NT AUTHORITY\NETWORK SERVICE"),
];

/// `DOMAIN\name`, as Sysmon writes it.
fn user(account: &Principal) -> Told<'_> {
    let known = account.sid.as_ref().and_then(|sid| {
        SERVICE_ACCOUNTS.iter().find(|(row, _)| *row == sid.as_str()).map(|(_, name)| Cow::Borrowed(*name))
    });
    known.or_else(|| match (account.domain.as_deref(), account.name.as_deref()) {
        (Some(domain), Some(name)) => Some(format!("{domain}\\{name}").into()),
        (_, name) => name.map(Cow::Borrowed),
    })
}

/// One hash of Sysmon's `SHA1=…,MD5=…`.
fn hash<'e>(start: &Start<'e>, algorithm: &str) -> Told<'e> {
    let parts = start.created.hashes.as_deref()?.split(',').filter_map(|part| part.split_once('='));
    parts
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case(algorithm))
        .map(|(_, value)| Cow::Borrowed(value.trim()))
        .next()
}

fn logon_id(id: Option<LogonId>) -> Told<'static> {
    id.map(|id| id.to_string().into())
}

fn pid(pid: Option<ProcessId>) -> Told<'static> {
    pid.map(|pid| pid.0.to_string().into())
}

fn guid(guid: Option<&ProcessGuid>) -> Told<'static> {
    guid.map(|guid| guid.to_string().into())
}

fn sid(account: &Principal) -> Told<'_> {
    account.sid.as_ref().map(|sid| Cow::Borrowed(sid.as_str()))
}

fn elevation(elevation: TokenElevation) -> Cow<'static, str> {
    Cow::Borrowed(match elevation {
        TokenElevation::Default => "%%1936",
        TokenElevation::Full => "%%1937",
        TokenElevation::Limited => "%%1938",
    })
}

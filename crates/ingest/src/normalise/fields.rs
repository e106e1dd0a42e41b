//! The fields of one record, each read once, by its name, into its type.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

use begat_model::anomaly::AnomalyKind;
use begat_model::event::{Field, Principal, TokenElevation};
use begat_model::{LogonId, ProcessGuid, ProcessId, Sid, Text, Timestamp};

use crate::normalise::intern::Interner;
use crate::raw::{Header, RawRecord, Scalar, parse_unmarked_utc};

/// What is wrong with a field.
pub(crate) struct FieldProblem {
    pub(crate) kind: AnomalyKind,
    pub(crate) detail: String,
    /// The event says nothing usable without this field.
    pub(crate) is_fatal: bool,
}

/// Names of the fields that make up one account.
pub(crate) struct PrincipalFields {
    pub(crate) name: &'static str,
    pub(crate) domain: &'static str,
    pub(crate) sid: &'static str,
    pub(crate) logon_id: &'static str,
}

pub(crate) const SUBJECT: PrincipalFields = PrincipalFields {
    name: "SubjectUserName",
    domain: "SubjectDomainName",
    sid: "SubjectUserSid",
    logon_id: "SubjectLogonId",
};
/// The account of a session, in logon and process events.
pub(crate) const TARGET_SESSION: PrincipalFields = PrincipalFields {
    name: "TargetUserName",
    domain: "TargetDomainName",
    sid: "TargetUserSid",
    logon_id: "TargetLogonId",
};
/// The account or group that something is done to.
pub(crate) const TARGET: PrincipalFields =
    PrincipalFields { name: "TargetUserName", domain: "TargetDomainName", sid: "TargetSid", logon_id: "" };
pub(crate) const RENAMED: PrincipalFields = PrincipalFields { name: "NewTargetUserName", ..TARGET };
pub(crate) const MEMBER: PrincipalFields =
    PrincipalFields { name: "MemberName", domain: "", sid: "MemberSid", logon_id: "" };

/// The fields of one record, read into types.
pub(crate) struct Fields<'f, 'r> {
    pub(crate) record: &'f RawRecord<'r>,
    pub(crate) header: &'f Header<'f>,
    pub(crate) interner: RefCell<&'f mut Interner>,
    pub(crate) problems: RefCell<Vec<FieldProblem>>,
}

impl Fields<'_, '_> {
    pub(crate) fn writer(&self) -> Option<ProcessId> {
        self.header.process_id.filter(|pid| *pid != 0).map(ProcessId)
    }

    /// Of kinds that a service writes it is the service's, and says nothing; some carriers give it all the same.
    pub(crate) fn user_sid(&self) -> Option<Sid> {
        if !self.record.spec.kind.tells_by_its_writer() {
            return None;
        }
        self.header.user_sid.as_deref().and_then(Sid::parse).filter(|sid| !sid.is_nobody())
    }

    /// `%{S-1-5-32-544} %{S-1-1-0}`, with tabs and line ends between them; sorted, each once. What is no SID costs no
    /// more than itself, and is told once for the whole list.
    pub(crate) fn sids(&self, name: &str) -> Vec<Sid> {
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

    /// Rules may ask for the `-` itself.
    pub(crate) fn as_written(&self, name: &str) -> Option<Text> {
        self.record.field(name)?.text().map(|text| self.intern(&text))
    }

    pub(crate) fn principal(&self, fields: &PrincipalFields) -> Principal {
        Principal {
            name: self.text(fields.name),
            domain: self.text(fields.domain),
            sid: self.sid(fields.sid),
            logon_id: self.logon_id(fields.logon_id),
        }
    }

    /// Sysmon's `User` is `DOMAIN\name`.
    pub(crate) fn sysmon_user(&self) -> Principal {
        let user = self.text("User");
        let (domain, name) = match user.as_deref().map(|user| user.split_once('\\')) {
            Some(Some((domain, name))) => (Some(self.intern(domain)), Some(self.intern(name))),
            Some(None) => (None, user),
            None => (None, None),
        };
        Principal { name, domain, sid: None, logon_id: self.logon_id("LogonId") }
    }

    /// The field's value as text, where the event says something.
    pub(crate) fn said(&self, name: &str) -> Option<Cow<'_, str>> {
        let scalar = self.record.field(name)?;
        if let Scalar::NotOne(_) = scalar {
            self.unreadable(name, scalar);
        }
        scalar.text().filter(|text| !matches!(text.trim(), "" | "-"))
    }

    /// Whether a field that must say something says nothing that can be used.
    pub(crate) fn is_silent(&self, name: &str) -> bool {
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
    pub(crate) fn read<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.said(name)?;
        let value = read(text.trim());
        if value.is_none() {
            self.unreadable(name, &Scalar::Text(text));
        }
        value
    }

    pub(crate) fn intern(&self, text: &str) -> Text {
        self.interner.borrow_mut().text(text)
    }

    pub(crate) fn text(&self, name: &str) -> Option<Text> {
        self.said(name).map(|text| self.intern(&text))
    }

    pub(crate) fn maybe_empty(&self, name: &str) -> Field<Text> {
        match (self.record.field(name), self.text(name)) {
            (_, Some(text)) => Field::Value(text),
            (Some(_), None) => Field::Empty,
            (None, None) => Field::Absent,
        }
    }

    pub(crate) fn sid(&self, name: &str) -> Option<Sid> {
        self.read(name, Sid::parse).filter(|sid| !sid.is_nobody())
    }

    pub(crate) fn unsigned(&self, name: &str) -> Option<u64> {
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

    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        let number = self.unsigned(name)?;
        let narrow = u32::try_from(number).ok();
        if narrow.is_none() {
            self.unreadable(name, &Scalar::Unsigned(number));
        }
        narrow
    }

    pub(crate) fn logon_id(&self, name: &str) -> Option<LogonId> {
        self.unsigned(name).filter(|id| *id != 0).map(LogonId)
    }

    pub(crate) fn pid(&self, name: &str) -> Option<ProcessId> {
        self.number(name).filter(|pid| *pid != 0).map(ProcessId)
    }

    pub(crate) fn guid(&self, name: &str) -> Option<ProcessGuid> {
        // All zeros is Sysmon's "unknown", which is readable and says nothing.
        let text = self.said(name)?;
        if text.bytes().all(|byte| matches!(byte, b'0' | b'-' | b'{' | b'}')) {
            return None;
        }
        self.read(name, ProcessGuid::parse)
    }

    pub(crate) fn utc(&self, name: &str) -> Option<Timestamp> {
        match self.record.field(name)? {
            Scalar::Time(at) => Some(*at),
            _ => self.read(name, parse_unmarked_utc),
        }
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.read(name, |text| match text.to_ascii_lowercase().as_str() {
            "%%1842" | "yes" | "true" => Some(true),
            "%%1843" | "no" | "false" => Some(false),
            _ => None,
        })
    }

    /// `%%1937`, or as Windows renders it: `TokenElevationTypeFull (2)`.
    pub(crate) fn elevation(&self, name: &str) -> Option<TokenElevation> {
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
    pub(crate) fn address(&self, name: &str) -> Option<Text> {
        let text = self.said(name)?;
        let mapped = text.trim().parse::<Ipv6Addr>().ok().and_then(|address| address.to_ipv4_mapped());
        Some(match mapped {
            Some(address) => self.intern(&IpAddr::V4(address).to_string()),
            None => self.intern(&text),
        })
    }

    pub(crate) fn unreadable(&self, name: &str, value: &Scalar<'_>) {
        self.problem(AnomalyKind::UnreadableField, name, value.shown());
    }

    pub(crate) fn problem(&self, kind: AnomalyKind, name: &str, value: String) {
        let spec = self.record.spec;
        let shown = if value.is_empty() { value } else { format!(" is {value}") };
        let detail = format!("{name} of event {} of {}{shown}", spec.event_id, spec.provider);
        let mut problems = self.problems.borrow_mut();
        if !problems.iter().any(|known| known.detail == detail) {
            problems.push(FieldProblem { kind, detail, is_fatal: spec.required.contains(&name) });
        }
    }
}

//! The fields of one record, each read once, by its name, into its type.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;

use begat_evtx::Stored;
use begat_model::anomaly::AnomalyKind;
use begat_model::catalog::FieldName::{self, self as F};
use begat_model::event::{Field, Principal, TokenElevation};
use begat_model::ids::parse_unsigned;
use begat_model::{LogonId, ProcessGuid, ProcessId, Sid, Text, Timestamp};

use crate::normalise::intern::{Interner, Known, address, is_silent, is_unspecified, user};
use crate::raw::{FieldValue, Header, RawRecord, parse_unmarked_utc};
use crate::scalar::Scalar;

/// What is wrong with a field.
pub(crate) struct FieldProblem {
    pub(crate) kind: AnomalyKind,
    pub(crate) detail: String,
    /// The event says nothing usable without this field.
    pub(crate) is_fatal: bool,
}

/// The fields that make up one account; `None` for what its events do not tell.
#[derive(Clone, Copy)]
pub(crate) struct PrincipalFields {
    pub(crate) name: FieldName,
    pub(crate) domain: Option<FieldName>,
    pub(crate) sid: Option<FieldName>,
    pub(crate) logon_id: Option<FieldName>,
}

pub(crate) const SUBJECT: PrincipalFields = PrincipalFields {
    name: F::SubjectUserName,
    domain: Some(F::SubjectDomainName),
    sid: Some(F::SubjectUserSid),
    logon_id: Some(F::SubjectLogonId),
};
/// The account of a session, in logon and process events.
pub(crate) const TARGET_SESSION: PrincipalFields = PrincipalFields {
    name: F::TargetUserName,
    domain: Some(F::TargetDomainName),
    sid: Some(F::TargetUserSid),
    logon_id: Some(F::TargetLogonId),
};
/// The account, or the group, that something is done to.
pub(crate) const TARGET: PrincipalFields = PrincipalFields {
    name: F::TargetUserName,
    domain: Some(F::TargetDomainName),
    sid: Some(F::TargetSid),
    logon_id: None,
};
pub(crate) const RENAMED: PrincipalFields = PrincipalFields { name: F::NewTargetUserName, ..TARGET };
pub(crate) const MEMBER: PrincipalFields =
    PrincipalFields { name: F::MemberName, domain: None, sid: Some(F::MemberSid), logon_id: None };

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
    pub(crate) fn sids(&self, field: FieldName) -> Vec<Sid> {
        let Some(text) = self.said(field) else { return Vec::new() };
        let (mut sids, mut unread) = (BTreeSet::new(), None);
        for word in text.split_whitespace() {
            match Sid::parse(word.trim_start_matches("%{").trim_end_matches('}')) {
                Some(sid) => drop(sids.insert(sid)),
                None => unread = unread.or(Some(word)),
            }
        }
        if let Some(word) = unread {
            let part = format!("a part of {}", field.as_str());
            self.problem(AnomalyKind::UnreadableField, &part, Scalar::Text(word.into()).shown());
        }
        sids.into_iter().collect()
    }

    /// Rules may ask for the `-` itself.
    pub(crate) fn as_written(&self, field: FieldName) -> Option<Text> {
        self.record.field(field)?.scalar().into_text().map(|text| self.intern(&text))
    }

    pub(crate) fn principal(&self, fields: &PrincipalFields) -> Principal {
        Principal {
            name: self.text(fields.name),
            domain: fields.domain.and_then(|field| self.text(field)),
            sid: fields.sid.and_then(|field| self.sid(field)),
            logon_id: fields.logon_id.and_then(|field| self.logon_id(field)),
        }
    }

    /// The same of an account that is followed by its SID: where a collector wrote its name there, by that.
    pub(crate) fn account(&self, fields: &PrincipalFields) -> Principal {
        let is_name = |field: &FieldName| {
            self.said(*field).is_some_and(|text| Sid::told(&text).is_none() && Sid::of_name(&text).is_some())
        };
        match fields.sid.filter(is_name) {
            Some(field) => Principal {
                sid: self.said(field).and_then(|text| Sid::of_name(&text)),
                ..self.principal(&PrincipalFields { sid: None, ..*fields })
            },
            None => self.principal(fields),
        }
    }

    /// Sysmon's `User` is `DOMAIN\name`.
    pub(crate) fn sysmon_user(&self) -> Principal {
        let user = match self.remembered(F::User, |known| known.said().map(|_| known.user())) {
            Some(user) => user,
            None => self.said(F::User).map(|text| user(&text)),
        };
        let (domain, name) = user.map_or((None, None), |(domain, name)| (domain, Some(name)));
        Principal { name, domain, sid: None, logon_id: self.logon_id(F::LogonId) }
    }

    /// What is worked out of a value that was read before: of a text in an event log, unless it is long.
    #[inline]
    fn remembered<T>(&self, field: FieldName, take: impl FnOnce(&Known) -> T) -> Option<T> {
        match self.record.field(field)? {
            FieldValue::Stored(stored) => self.interner.borrow_mut().known(stored).map(take),
            FieldValue::Spelled(_) => None,
        }
    }

    /// The field's value as text, where the event says something.
    pub(crate) fn said(&self, field: FieldName) -> Option<Cow<'_, str>> {
        let scalar = self.record.field(field)?.scalar();
        if let Scalar::NotOne(_) = scalar {
            self.unreadable(field, &scalar);
        }
        scalar.into_text().filter(|text| !is_silent(text))
    }

    /// Whether a field's text holds these characters, in small letters or large.
    pub(crate) fn holds(&self, field: FieldName, part: &str) -> bool {
        if let Some(FieldValue::Stored(stored)) = self.record.field(field)
            && let Some(text) = stored.value().as_text()
        {
            return text.contains_ignore_ascii_case(part);
        }
        self.said(field).is_some_and(|text| begat_evtx::Text::from(&*text).contains_ignore_ascii_case(part))
    }

    /// Whether a field that must say something says nothing that can be used.
    pub(crate) fn is_silent(&self, field: FieldName) -> bool {
        let Some(value) = self.record.field(field) else { return true };
        let is_id = field.as_str().ends_with("Id");
        if let FieldValue::Stored(stored) = value {
            match stored.unsigned() {
                Some(number) => return is_id && number == 0,
                None if !is_id && begins_with_letter(stored) => return false,
                None => {}
            }
        }
        let text = match value.scalar() {
            // What is there but no value has been told as unreadable.
            Scalar::NotOne(_) => return false,
            scalar => scalar.into_text(),
        };
        let Some(text) = text else { return true };
        let is_zero_id = || is_id && parse_unsigned(&text) == Some(0);
        is_silent(&text) || text.trim() == Sid::NOBODY || is_zero_id()
    }

    /// A value read from text; what cannot be read is an anomaly.
    pub(crate) fn read<T>(&self, field: FieldName, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        if let Some(said) = self.remembered(field, |known| known.said().map(|text| read(text.trim()))) {
            match said {
                None => return None,
                Some(Some(value)) => return Some(value),
                Some(None) => {}
            }
        }
        let text = self.said(field)?;
        let value = read(text.trim());
        if value.is_none() {
            self.unreadable(field, &Scalar::Text(text));
        }
        value
    }

    pub(crate) fn intern(&self, text: &str) -> Text {
        self.interner.borrow_mut().text(text)
    }

    #[inline]
    pub(crate) fn text(&self, field: FieldName) -> Option<Text> {
        match self.remembered(field, |known| known.said().cloned()) {
            Some(said) => said,
            None => self.said(field).map(|text| self.intern(&text)),
        }
    }

    pub(crate) fn maybe_empty(&self, field: FieldName) -> Field<Text> {
        match (self.record.field(field), self.text(field)) {
            (_, Some(text)) => Field::Value(text),
            (Some(_), None) => Field::Empty,
            (None, None) => Field::Absent,
        }
    }

    pub(crate) fn sid(&self, field: FieldName) -> Option<Sid> {
        let known = self.remembered(field, |known| known.said().and_then(|_| known.sid()).cloned());
        known.flatten().or_else(|| self.read(field, Sid::told)).filter(|sid| !sid.is_nobody())
    }

    #[inline]
    pub(crate) fn unsigned(&self, field: FieldName) -> Option<u64> {
        let value = self.record.field(field)?;
        if let FieldValue::Stored(stored) = value
            && let Some(number) = stored.unsigned()
        {
            return Some(number);
        }
        match value.scalar() {
            scalar @ (Scalar::Unsigned(_) | Scalar::Signed(_) | Scalar::Float(_)) => {
                let number = scalar.unsigned();
                if number.is_none() {
                    self.unreadable(field, &scalar);
                }
                number
            }
            _ => self.read(field, parse_unsigned),
        }
    }

    pub(crate) fn number(&self, field: FieldName) -> Option<u32> {
        let number = self.unsigned(field)?;
        let narrow = u32::try_from(number).ok();
        if narrow.is_none() {
            self.unreadable(field, &Scalar::Unsigned(number));
        }
        narrow
    }

    pub(crate) fn logon_id(&self, field: FieldName) -> Option<LogonId> {
        self.unsigned(field).filter(|id| *id != 0).map(LogonId)
    }

    pub(crate) fn pid(&self, field: FieldName) -> Option<ProcessId> {
        self.number(field).filter(|pid| *pid != 0).map(ProcessId)
    }

    pub(crate) fn guid(&self, field: FieldName) -> Option<ProcessGuid> {
        if let FieldValue::Stored(stored) = self.record.field(field)?
            && let Some(guid) = stored.guid()
        {
            return ProcessGuid::from_bytes(guid.0);
        }
        // All zeros is Sysmon's "unknown", which is readable and says nothing.
        let text = self.said(field)?;
        if text.bytes().all(|byte| matches!(byte, b'0' | b'-' | b'{' | b'}')) {
            return None;
        }
        self.read(field, ProcessGuid::parse)
    }

    pub(crate) fn utc(&self, field: FieldName) -> Option<Timestamp> {
        let value = self.record.field(field)?;
        if let FieldValue::Stored(stored) = value
            && let Some(at) = stored.short_ascii(&mut [0; 32]).and_then(parse_unmarked_utc)
        {
            return Some(at);
        }
        let scalar = value.scalar();
        if let Scalar::Time(at) = scalar {
            return Some(at);
        }
        let at = scalar.into_text().as_deref().and_then(parse_unmarked_utc);
        // What cannot be read is told, unless nothing is said.
        at.or_else(|| self.read(field, parse_unmarked_utc))
    }

    pub(crate) fn flag(&self, field: FieldName) -> Option<bool> {
        self.read(field, |text| match text.to_ascii_lowercase().as_str() {
            "%%1842" | "yes" | "true" => Some(true),
            "%%1843" | "no" | "false" => Some(false),
            _ => None,
        })
    }

    /// `%%1937`, or as Windows renders it: `TokenElevationTypeFull (2)`.
    pub(crate) fn elevation(&self, field: FieldName) -> Option<TokenElevation> {
        self.read(field, |text| match text {
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

    /// As written, but an IPv4 address inside an IPv6 one is that IPv4 address, and `0.0.0.0` and `::` are none: so a
    /// desktop of Hyper-V's own window is told, which comes over no network.
    pub(crate) fn address(&self, field: FieldName) -> Option<Text> {
        if let Some(known) = self.remembered(field, |known| known.said().map(|_| known.address())) {
            return known.filter(|address| !is_unspecified(address));
        }
        let text = self.said(field)?;
        let address = self.intern(address(&text).as_deref().unwrap_or(&text));
        Some(address).filter(|address| !is_unspecified(address))
    }

    pub(crate) fn unreadable(&self, field: FieldName, value: &Scalar<'_>) {
        self.problem(AnomalyKind::UnreadableField, field.as_str(), value.shown());
    }

    #[cold]
    pub(crate) fn problem(&self, kind: AnomalyKind, name: &str, value: String) {
        let spec = self.record.spec;
        let shown = if value.is_empty() { value } else { format!(" is {value}") };
        let detail = format!("{name} of event {} of {}{shown}", spec.event_id, spec.provider);
        let mut problems = self.problems.borrow_mut();
        if !problems.iter().any(|known| known.detail == detail) {
            let is_fatal = spec.required.iter().any(|field| field.as_str() == name);
            problems.push(FieldProblem { kind, detail, is_fatal });
        }
    }
}

/// Nearly all texts do, and say something then; nothing needs to be decoded to see it. With an S begins nobody's SID.
fn begins_with_letter(stored: Stored<'_>) -> bool {
    matches!(stored.utf16(), Some([letter, 0, ..]) if letter.is_ascii_alphabetic() && *letter != b'S')
}

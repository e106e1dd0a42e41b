//! What every shape speaks of: a process, an account as an event names it, a record.

use begat_model::case;
use begat_model::event::Principal;
use begat_model::ids::{LogonId, ProcessGuid, RecordRef, Sid};
use begat_model::time::Timestamp;
use serde::Serialize;

use crate::wire::encode::{text, text_or_null};

/// A process; secrets in its command line are redacted already.
#[derive(Debug, Clone, Serialize)]
pub struct ProcessView<'a> {
    /// Process id.
    pub pid: Option<u32>,
    /// Full path.
    pub image: Option<&'a str>,
    /// Redacted.
    pub command_line: Option<&'a str>,
    /// `null` for a process known only from its child.
    #[serde(serialize_with = "text_or_null")]
    pub started_at: Option<Timestamp>,
    /// `DOMAIN\name`.
    pub user: Option<&'a str>,
    /// Effective session, `0x…`.
    #[serde(serialize_with = "text_or_null")]
    pub logon_id: Option<LogonId>,
    /// Name in the version resource.
    pub original_file_name: Option<&'a str>,
    /// Sysmon's.
    #[serde(serialize_with = "text_or_null")]
    pub guid: Option<ProcessGuid>,
    /// Hashes of the file, `SHA256=…`; left out where the log has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<&'a str>,
    /// Names of the site's rules that hit it; left out where none did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<&'a str>,
}

/// An account as an event names it.
#[derive(Debug, Clone, Serialize)]
pub struct PrincipalView<'a> {
    /// Account name.
    pub name: Option<&'a str>,
    /// Domain or computer that owns the account.
    pub domain: Option<&'a str>,
    /// Its SID.
    pub sid: Option<&'a str>,
    /// Its logon session, `0x…`.
    #[serde(serialize_with = "text_or_null")]
    pub logon_id: Option<LogonId>,
}

/// A record of the case's host: enough to find it again among `events`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordView {
    /// Channel it was written to.
    pub channel: &'static str,
    /// System/EventID.
    pub event_id: u32,
    /// System/EventRecordID; `null` in carriers that drop it.
    pub record_id: Option<u64>,
    /// The time in its System part.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
}

impl<'a> From<&'a case::Process> for ProcessView<'a> {
    fn from(process: &'a case::Process) -> Self {
        ProcessView {
            pid: process.pid.map(|pid| pid.0),
            image: process.image.as_deref(),
            command_line: process.command_line.as_deref(),
            started_at: process.started_at,
            user: process.user.as_deref(),
            logon_id: process.logon_id,
            original_file_name: process.original_file_name.as_deref(),
            guid: process.guid,
            hashes: process.hashes.iter().map(|hash| &**hash).collect(),
            rules: process.rules.iter().map(|rule| &**rule).collect(),
        }
    }
}

impl<'a> From<&'a Principal> for PrincipalView<'a> {
    fn from(principal: &'a Principal) -> Self {
        PrincipalView {
            name: principal.name.as_deref(),
            domain: principal.domain.as_deref(),
            sid: principal.sid.as_ref().map(Sid::as_str),
            logon_id: principal.logon_id,
        }
    }
}

impl From<&RecordRef> for RecordView {
    fn from(record: &RecordRef) -> Self {
        let spec = record.kind.spec();
        RecordView {
            channel: spec.channel,
            event_id: spec.event_id,
            record_id: record.record_id,
            at: record.at,
        }
    }
}

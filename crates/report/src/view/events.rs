//! What happened later, what the host did not show, and the records that a case rests on.

use begat_model::address::unmapped;
use begat_model::case::{self, BlindSpotKind, Role};
use begat_model::time::Timestamp;
use serde::Serialize;

use crate::view::nouns::{PrincipalView, RecordView};
use crate::wire::encode::{text, text_or_null};
use crate::words::sentence::Sentence;

/// Something that happened to the account afterwards.
#[derive(Debug, Clone, Serialize)]
pub struct AfterwardView<'a> {
    /// When.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
    /// What.
    pub what: &'static str,
    /// By whom; `null` where the event names nobody.
    pub by: Option<PrincipalView<'a>>,
    /// What only this sort of happening has.
    #[serde(flatten)]
    pub detail: AfterwardDetail<'a>,
    /// Its record.
    pub event: RecordView,
}

/// What only one sort of happening has.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum AfterwardDetail<'a> {
    /// Of `password_set`.
    PasswordSet {
        /// False where it was refused.
        succeeded: bool,
    },
    /// Of `added_to_group`.
    AddedToGroup {
        /// The group.
        group_sid: &'a str,
        /// Its name, as this host writes it.
        group_name: Option<&'a str>,
        /// Grants power over the host.
        privileged: bool,
    },
    /// Of `removed_from_group`.
    RemovedFromGroup {
        /// The group.
        group_sid: &'a str,
        /// Its name, as this host writes it.
        group_name: Option<&'a str>,
    },
    /// Of `renamed`.
    Renamed {
        /// The new name.
        to: &'a str,
    },
    /// Of `logged_on`.
    LoggedOn {
        /// 4624's LogonType.
        logon_type: Option<u32>,
        /// Address it came from.
        source_ip: Option<&'a str>,
    },
    /// A log was cleared.
    LogCleared {
        /// Which; `null` where the carrier drops it.
        log: Option<&'a str>,
    },
    /// Of all others.
    Plain {},
}

/// Something that this host did not show.
#[derive(Debug, Clone, Serialize)]
pub struct BlindSpotView<'a> {
    /// Which sort.
    #[serde(serialize_with = "text")]
    pub kind: BlindSpotKind,
    /// When sight was taken away; left out where nothing took it at a time.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "text_or_null")]
    pub at: Option<Timestamp>,
    /// In this case.
    pub detail: Sentence<'a>,
}

/// An event that a case or a finding rests on.
#[derive(Debug, Clone, Serialize)]
pub struct EventView<'a> {
    /// What it is to it.
    #[serde(serialize_with = "text")]
    pub role: Role,
    /// Which record.
    #[serde(flatten)]
    pub record: RecordView,
    /// The path as given, and the entry inside an archive.
    pub source: &'a str,
}

impl<'a> From<&'a case::BlindSpot> for BlindSpotView<'a> {
    fn from(spot: &'a case::BlindSpot) -> Self {
        BlindSpotView { kind: spot.kind(), at: spot.at(), detail: Sentence::BlindSpot(spot) }
    }
}

impl<'a> From<&'a case::Afterward> for AfterwardView<'a> {
    fn from(afterward: &'a case::Afterward) -> Self {
        AfterwardView {
            at: afterward.at,
            what: afterward.what.slug(),
            by: afterward.by.as_ref().map(PrincipalView::from),
            detail: (&afterward.what).into(),
            event: (&afterward.record).into(),
        }
    }
}

impl<'a> From<&'a case::What> for AfterwardDetail<'a> {
    fn from(what: &'a case::What) -> Self {
        use case::What;
        match what {
            What::PasswordSet { succeeded } => AfterwardDetail::PasswordSet { succeeded: *succeeded },
            What::AddedToGroup { group_sid, group_name, privileged } => AfterwardDetail::AddedToGroup {
                group_sid: group_sid.as_str(),
                group_name: group_name.as_deref(),
                privileged: *privileged,
            },
            What::RemovedFromGroup { group_sid, group_name } => AfterwardDetail::RemovedFromGroup {
                group_sid: group_sid.as_str(),
                group_name: group_name.as_deref(),
            },
            What::Renamed { to } => AfterwardDetail::Renamed { to },
            What::LoggedOn { logon_type, source_ip } => AfterwardDetail::LoggedOn {
                logon_type: *logon_type,
                source_ip: source_ip.as_deref().map(unmapped),
            },
            What::LogCleared { log } => AfterwardDetail::LogCleared { log: log.as_deref() },
            What::Enabled | What::Disabled | What::Deleted | What::AuditPolicyChanged | What::Restored => {
                AfterwardDetail::Plain {}
            }
        }
    }
}

impl<'a> From<&'a case::CaseEvent> for EventView<'a> {
    fn from(event: &'a case::CaseEvent) -> Self {
        EventView { role: event.role, record: (&event.record).into(), source: &event.record.source }
    }
}

//! What takes sight away from a host, and what its process records left out.

use begat_model::case::{CaseEvent, Role};
use begat_model::{Duration, RecordRef, Text, Timestamp};

/// Something that took sight away from a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blinding {
    /// 1102, 104: of which log, where that is told.
    LogCleared(RecordRef, Option<Text>),
    /// 4719 that switches off auditing of what this analytic needs.
    AuditSwitchedOff(SwitchedOff),
    /// 1100.
    LogServiceStopped(RecordRef),
    /// 1101.
    EventsDropped(RecordRef),
    /// 4616 by more than a second: times around it say little.
    ClockChanged(RecordRef, Duration),
    /// The same, and times are told on a line without that step.
    ClockStepTakenOut(RecordRef, Duration),
}

/// Auditing that was switched off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchedOff {
    /// The 4719.
    pub record: RecordRef,
    /// Of which subcategory.
    pub subcategory: Option<Text>,
    /// When it was switched on again.
    pub until: Option<Timestamp>,
}

/// Which fields the host's process records had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommandLinesSeen {
    /// With a command line.
    pub with: u64,
    /// With an empty one, or without the field.
    pub without: u64,
}

impl Blinding {
    /// The event in a case.
    pub fn case_event(&self) -> CaseEvent {
        let (Blinding::LogCleared(record, _)
        | Blinding::AuditSwitchedOff(SwitchedOff { record, .. })
        | Blinding::LogServiceStopped(record)
        | Blinding::EventsDropped(record)
        | Blinding::ClockChanged(record, _)
        | Blinding::ClockStepTakenOut(record, _)) = self;
        CaseEvent { record: record.clone(), role: Role::Blinding }
    }
}

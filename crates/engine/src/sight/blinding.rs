//! What takes sight away from a host, and what its process records left out.

use begat_model::case::{CaseEvent, Role};
use begat_model::{Duration, RecordRef};

/// Something that took sight away from a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blinding {
    /// 1102.
    LogCleared(RecordRef),
    /// 4719 that switches off auditing of what this analytic needs.
    AuditSwitchedOff(RecordRef),
    /// 1100.
    LogServiceStopped(RecordRef),
    /// 1101.
    EventsDropped(RecordRef),
    /// 4616 by more than a second.
    ClockChanged(RecordRef, Duration),
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
        let (Blinding::LogCleared(record)
        | Blinding::AuditSwitchedOff(record)
        | Blinding::LogServiceStopped(record)
        | Blinding::EventsDropped(record)
        | Blinding::ClockChanged(record, _)) = self;
        CaseEvent { record: record.clone(), role: Role::Blinding }
    }
}

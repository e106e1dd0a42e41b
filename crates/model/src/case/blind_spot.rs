//! What a host did not show, and the attribution would have used.

use super::{BlindSpotKind, Missing};
use crate::carrier::CarrierLacks;
use crate::ids::{HostName, LogonId, ProcessId};
use crate::text::Text;
use crate::time::{Duration, Timestamp};

facts! {
    /// Something that this host did not show; in the order of the kinds.
    BlindSpot {
        /// No record of it in this input is a process creation.
        NoProcessTelemetry "no_process_telemetry";
        /// It shows processes, and none around the creation.
        ProcessTelemetryGap "process_telemetry_gap";
        /// Only some programs' starts are in the input.
        ProcessLogFiltered "process_log_filtered";
        /// Process creation is audited without command lines.
        CommandLineMissing "command_line_missing";
        /// The start of the eldest of the chain was not seen.
        EldestUnseen "eldest_unseen" {
            /// The eldest.
            pid: ProcessId,
        };
        /// Nothing tells the creator's parent.
        ParentNotTold "parent_not_told";
        /// The logon of the creation's session is not in the input.
        LogonMissing "logon_missing" {
            /// The session.
            session: LogonId,
        };
        /// The creation names no session.
        SubjectMissing "subject_missing";
        /// 1102, 104.
        LogCleared "log_cleared" {
            /// When.
            at: Timestamp,
            /// Which log, where it is told.
            log: Option<Text>,
        };
        /// 4719 that switched off what the analytic needs.
        AuditSwitchedOff "audit_switched_off" {
            /// When.
            at: Timestamp,
        };
        /// 4616.
        ClockChanged "clock_changed" {
            /// When.
            at: Timestamp,
            /// By how much.
            step: Duration,
        };
        /// What brought the host's records here cannot carry all of them.
        Carrier "carrier" {
            /// Its name.
            carrier: Text,
            /// What it cannot carry, and no other did.
            lacks: CarrierLacks,
        };
        /// The carrier tells whole seconds.
        WholeSeconds "whole_seconds";
        /// The carrier tells no zone, and nothing in the input shows it.
        ClockWithoutZone "clock_without_zone";
        /// Another machine of the input bears the same name, or the same short one.
        HostNameAmbiguous "host_name_ambiguous" {
            /// As the creation names it.
            host: HostName,
        };
        /// 1101.
        AuditEventsDropped "audit_events_dropped" {
            /// When.
            at: Timestamp,
        };
        /// Records are missing where the process would have been told.
        RecordsMissing "records_missing" {
            /// Which.
            missing: Missing,
        };
        /// 1100.
        LogServiceStopped "log_service_stopped" {
            /// When.
            at: Timestamp,
        };
        /// Pieces of a script that a process of this case ran are not in the input.
        ScriptPiecesMissing "script_pieces_missing" {
            /// How many.
            missing: u64,
            /// Of how many.
            total: u64,
        };
        /// The likeliest is a PowerShell, and nothing is recorded of what PowerShells run.
        PowershellLoggingOff "powershell_logging_off";
        /// Every service of the host shares the creation's session.
        SessionShared "session_shared" {
            /// The session.
            session: LogonId,
        };
        /// 4688 names as parent whom the starter named, and the two are of different sessions.
        ParentAsserted "parent_asserted" {
            /// Image of the process whose parent is in doubt.
            image: Option<Text>,
            /// Who asked for it.
            asked_by: LogonId,
            /// The parent that was named.
            parent: ProcessId,
            /// Where that one runs.
            parent_session: LogonId,
        };
        /// Processes were dropped to bound memory.
        ProcessesDropped "processes_dropped" {
            /// How many.
            count: u64,
            /// The latest start among them.
            until: Timestamp,
        };
        /// More processes could have made it than are weighed.
        NotAllWeighed "not_all_weighed" {
            /// How many of a sort are, the latest.
            count: u64,
        };
        /// Sessions were dropped to bound memory.
        SessionsDropped "sessions_dropped" {
            /// How many.
            count: u64,
        };
        /// Lists of the groups of sessions were left out to bound memory.
        GroupListsDropped "group_lists_dropped" {
            /// How many.
            count: u64,
        };
        /// Services, tasks and subscriptions were dropped to bound memory.
        InstallsDropped "installs_dropped" {
            /// How many.
            count: u64,
        };
        /// What happened to the account later than as many happenings as are kept.
        HappeningsLeftOut "happenings_left_out" {
            /// How many.
            count: u64,
        };
        /// Processes were told later after their start than their order is waited for.
        ProcessesToldLate "processes_told_late" {
            /// The earliest such start.
            from: Timestamp,
            /// The latest such writing.
            until: Timestamp,
        };
        /// Scripts and account lookups of before were dropped to bound memory.
        SignsDropped "signs_dropped";
        /// The account was not followed, to bound memory.
        AccountNotFollowed "account_not_followed";
        /// Sources of logons were not remembered, to bound memory.
        SourcesDropped "sources_dropped" {
            /// Of how many logons.
            count: u64,
        };
    }
}

impl BlindSpot {
    /// Which sort of output it is.
    pub fn kind(&self) -> BlindSpotKind {
        match self {
            BlindSpot::NoProcessTelemetry => BlindSpotKind::NoProcessTelemetry,
            BlindSpot::ProcessTelemetryGap => BlindSpotKind::ProcessTelemetryGap,
            BlindSpot::ProcessLogFiltered => BlindSpotKind::ProcessLogFiltered,
            BlindSpot::CommandLineMissing => BlindSpotKind::CommandLineMissing,
            BlindSpot::EldestUnseen { .. } | BlindSpot::ParentNotTold => BlindSpotKind::ParentMissing,
            BlindSpot::LogonMissing { .. } => BlindSpotKind::LogonMissing,
            BlindSpot::SubjectMissing => BlindSpotKind::SubjectMissing,
            BlindSpot::LogCleared { .. } => BlindSpotKind::LogCleared,
            BlindSpot::AuditSwitchedOff { .. } => BlindSpotKind::AuditPolicyChanged,
            BlindSpot::ClockChanged { .. } => BlindSpotKind::ClockChanged,
            BlindSpot::Carrier { .. } => BlindSpotKind::Carrier,
            BlindSpot::WholeSeconds => BlindSpotKind::TimePrecision,
            BlindSpot::ClockWithoutZone => BlindSpotKind::ZoneUnknown,
            BlindSpot::HostNameAmbiguous { .. } => BlindSpotKind::HostNameAmbiguous,
            BlindSpot::AuditEventsDropped { .. }
            | BlindSpot::RecordsMissing { .. }
            | BlindSpot::ScriptPiecesMissing { .. }
            | BlindSpot::LogServiceStopped { .. } => BlindSpotKind::EventsLost,
            BlindSpot::PowershellLoggingOff => BlindSpotKind::PowershellLoggingOff,
            BlindSpot::SessionShared { .. } => BlindSpotKind::SessionShared,
            BlindSpot::ParentAsserted { .. } => BlindSpotKind::ParentAsserted,
            BlindSpot::ProcessesDropped { .. }
            | BlindSpot::NotAllWeighed { .. }
            | BlindSpot::SessionsDropped { .. }
            | BlindSpot::GroupListsDropped { .. }
            | BlindSpot::InstallsDropped { .. }
            | BlindSpot::HappeningsLeftOut { .. }
            | BlindSpot::ProcessesToldLate { .. }
            | BlindSpot::SignsDropped
            | BlindSpot::AccountNotFollowed
            | BlindSpot::SourcesDropped { .. } => BlindSpotKind::TableBound,
        }
    }

    /// When sight was taken away, where something took it at a time.
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            BlindSpot::LogCleared { at, .. }
            | BlindSpot::AuditSwitchedOff { at }
            | BlindSpot::ClockChanged { at, .. }
            | BlindSpot::AuditEventsDropped { at }
            | BlindSpot::LogServiceStopped { at } => Some(*at),
            _ => None,
        }
    }
}

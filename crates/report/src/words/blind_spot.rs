//! What a host did not show.

use begat_model::carrier::{CarrierLack, CarrierLacks};
use begat_model::case::BlindSpot;

use crate::words::counts::log_said;
use crate::words::missing;
use crate::words::table::sentences;
use crate::words::when::when;

sentences! {
    /// What was not seen, as a clause.
    said(BlindSpot, zone) {
        // No number: it would count what was read twice.
        NoProcessTelemetry => "the input has no process creation of this host (4688, Sysmon 1)";
        ProcessTelemetryGap => "the input has no process creation within 30 minutes of the account's creation";
        ProcessLogFiltered => "only some programs' starts are in the input, so others may have run unseen";
        CommandLineMissing => "process creation is audited without command lines";
        EldestUnseen { pid } => "the start of process {pid}, the first of the chain, is not in this input";
        ParentNotTold => "the events do not name the creator's parent";
        LogonMissing { session } => "the logon (4624) of session {session} is not in this input";
        SubjectMissing => "the record of the creation names no logon session";
        LogCleared { at, log } [at = when(*at, zone), log = log_said(log)] => "{log} was cleared at {at}";
        AuditSwitchedOff { at } [at = when(*at, zone)] => "part of the auditing was switched off at {at}";
        ClockChanged { at, step } [at = when(*at, zone)] => "the clock was changed by {step} at {at}";
        Carrier { carrier, lacks } [lacks = listed(*lacks)] =>
            "the records of this host came by {carrier}, which does not carry {lacks}";
        WholeSeconds => "times are in whole seconds; within one second, record ids give the order";
        ClockWithoutZone =>
            "times carry no zone and nothing in the input shows it: they are as the host's clock showed them, up to 14 hours from UTC";
        HostNameAmbiguous { host } => "records of several machines bear the name {host}, or its short form";
        AuditEventsDropped { at } [at = when(*at, zone)] => "audit events were dropped at {at}";
        RecordsMissing { missing } [missing = missing::said(missing, zone)] => "{missing}";
        LogServiceStopped { at } [at = when(*at, zone)] =>
            "the event log service stopped at {at}: nothing was recorded until it ran again";
        PowershellLoggingOff =>
            "PowerShell is the likeliest creator, and what it runs on this host is not recorded (4104)";
        SessionShared { session } =>
            "every service of this host runs in session {session}, so the session does not show which one acted";
        ParentAsserted { image, asked_by, parent, parent_session }
            [image = image.as_deref().unwrap_or("the process")] =>
            "session {asked_by} asked for {image} to be started, but the recorded parent, process {parent}, runs in session {parent_session}";
        ProcessesDropped { count, until } [until = when(*until, zone)] =>
            "{count} processes that started up to {until} were dropped to limit memory use";
        NotAllWeighed { count } =>
            "more processes could have made it than are weighed: of those of one session the {count} that started last were";
        SessionsDropped { count } => "{count} logon sessions were dropped to limit memory use";
        GroupListsDropped { count } => "{count} group lists were dropped to limit memory use";
        InstallsDropped { count } => "{count} services and tasks were dropped to limit memory use";
        HappeningsLeftOut { count } => "{count} later events of this account are not listed";
        ProcessesToldLate { from, until } [from = when(*from, zone), until = when(*until, zone)] =>
            "processes that started from {from} on were reported as late as {until}, later than a hunt waits for";
        ScriptPiecesMissing { missing, total } =>
            "{missing} of the {total} pieces of a script that a process of this case ran are not in the input";
        SignsDropped => "earlier scripts and account lookups were dropped to limit memory use";
        AccountNotFollowed => "what happened to this account later was not followed, to limit memory use";
        SourcesDropped { count } =>
            "the sources of {count} logons were not kept, to limit memory use, so new sources are not reported";
    }
}

/// `record ids, SIDs or command lines`.
fn listed(lacks: CarrierLacks) -> String {
    let words: Vec<&str> = lacks.iter().map(CarrierLack::doc).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

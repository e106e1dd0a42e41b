//! What a host did not show.

use begat_model::case::BlindSpot;

use crate::words::missing;
use crate::words::table::sentences;
use crate::words::when::when;

sentences! {
    /// What was not seen, as a clause.
    said(BlindSpot, zone) {
        // No number: it would count what was read twice.
        NoProcessTelemetry => "none of its records in this input is a process creation (4688, Sysmon 1)";
        ProcessTelemetryGap => "no process creation within 30 minutes of it";
        CommandLineMissing => "process creation is audited without command lines";
        EldestUnseen { pid } => "the start of process {pid}, the eldest of the chain, is not in this input";
        ParentNotTold => "the creator's parent is not told";
        LogonMissing { session } => "the logon (4624) of session {session} is not in this input";
        SubjectMissing => "the record names no logon session";
        LogCleared { at } [at = when(*at, zone)] => "the Security log was cleared at {at}";
        AuditSwitchedOff { at } [at = when(*at, zone)] => "auditing was switched off in part at {at}";
        ClockChanged { at, step } [at = when(*at, zone)] => "the clock was set by {step} at {at}";
        WholeSeconds => "times are in whole seconds; record ids order what shares one";
        HostNameAmbiguous { host } => "{host} shares its short name with another host of this input";
        AuditEventsDropped { at } [at = when(*at, zone)] => "audit events were dropped at {at}";
        RecordsMissing { missing } [missing = missing::said(missing, zone)] => "{missing}";
        LogServiceStopped { at } [at = when(*at, zone)] =>
            "the event log service stopped at {at}: nothing was recorded until it ran again";
        PowershellLoggingOff =>
            "a PowerShell is the likeliest, and this host shows nothing of what PowerShells run (4104)";
        SessionShared { session } =>
            "every service of this host runs in {session}: the session says nothing of who acts";
        ParentAsserted { image, asked_by, parent, parent_session }
            [image = image.as_deref().unwrap_or("the process")] =>
            "{image} was asked for by session {asked_by}, and its parent {parent} runs in {parent_session}";
        ProcessesDropped { count, until } [until = when(*until, zone)] =>
            "{count} processes that started until {until} were dropped to bound memory";
        SessionsDropped { count } => "{count} logon sessions were dropped to bound memory";
        GroupListsDropped { count } => "{count} lists of groups were left out to bound memory";
        InstallsDropped { count } => "{count} services and tasks were dropped to bound memory";
        HappeningsLeftOut { count } => "{count} later happenings of this account are not listed";
        ProcessesToldLate { from, until } [from = when(*from, zone), until = when(*until, zone)] =>
            "processes that started since {from} were told up to {until}, longer after than is waited for";
        SignsDropped => "scripts and account lookups of before were dropped to bound memory";
        AccountNotFollowed => "the life of this account was not followed, to bound memory";
        SourcesDropped { count } =>
            "the sources of {count} logons were not remembered, to bound memory: new ones are not told";
    }
}

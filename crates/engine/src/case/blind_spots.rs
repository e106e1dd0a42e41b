//! What this host did not show, and the attribution would have used.

use begat_model::case::{BlindSpot, BlindSpotKind};

use crate::case::ledger::Ledger;
use crate::case::settle::Settled;
use crate::sight::blinding::Blinding;
use crate::sight::visibility::ProcessSight;
use crate::spans::SCRIPT_REACH;
use crate::tables::account::life::AccountLife;

/// What this host did not show, and the attribution would have used.
pub(super) fn blind_spots(
    ledger: &Ledger<'_>,
    settled: &Settled,
    life: Option<&AccountLife>,
) -> Vec<BlindSpot> {
    let mut spots = Vec::new();
    let mut tell = |kind, detail: String| spots.push(BlindSpot { kind, detail });
    match settled.sight {
        ProcessSight::Blind => tell(
            BlindSpotKind::NoProcessTelemetry,
            // No number: it would count what was read twice.
            "none of its records in this input is a process creation (4688, Sysmon 1)".to_owned(),
        ),
        ProcessSight::Gap => {
            tell(
                BlindSpotKind::ProcessTelemetryGap,
                "no process creation within 30 minutes of it".to_owned(),
            );
        }
        ProcessSight::Seen => {}
    }
    let lines_hidden = ledger.command_lines.with == 0 && ledger.command_lines.without > 0;
    if settled.command_line_told == Some(false) || (settled.command_line_told.is_none() && lines_hidden) {
        let detail = "process creation is audited without command lines";
        tell(BlindSpotKind::CommandLineMissing, detail.to_owned());
    }
    if let Some(detail) = unseen_parent(settled) {
        tell(BlindSpotKind::ParentMissing, detail);
    }
    match settled.creation.logon_id() {
        None => tell(BlindSpotKind::SubjectMissing, "the record names no logon session".to_owned()),
        Some(id) if !settled.logon_known && !id.is_well_known() => {
            tell(
                BlindSpotKind::LogonMissing,
                format!("the logon (4624) of session {id} is not in this input"),
            );
        }
        Some(_) => {}
    }
    if let Some(detail) = &settled.missing {
        tell(BlindSpotKind::EventsLost, detail.clone());
    }
    if let Some(detail) = &settled.parent_asserted {
        tell(BlindSpotKind::ParentAsserted, detail.clone());
    }
    if settled.powershell_unlogged {
        let detail =
            "a PowerShell is the likeliest, and this host shows nothing of what PowerShells run (4104)";
        tell(BlindSpotKind::PowershellLoggingOff, detail.to_owned());
    }
    if let Some(id) = settled.creation.logon_id().filter(|id| id.is_well_known()) {
        let detail = format!("every service of this host runs in {id}: the session says nothing of who acts");
        tell(BlindSpotKind::SessionShared, detail);
    }
    for blinding in ledger.blindings_near(settled.creation.at()) {
        let (kind, detail) = blinding_detail(blinding);
        tell(kind, detail);
    }
    spots.extend(bound_spots(ledger, settled, life));
    spots.sort();
    spots.dedup();
    spots
}

fn unseen_parent(settled: &Settled) -> Option<String> {
    let eldest = settled.attribution.chain.last().filter(|_| !settled.parent_seen);
    if settled.parent_seen {
        return None;
    }
    Some(match eldest.and_then(|process| process.pid) {
        Some(pid) => format!("the start of process {pid}, the eldest of the chain, is not in this input"),
        None => "the creator's parent is not told".to_owned(),
    })
}

fn blinding_detail(blinding: &Blinding) -> (BlindSpotKind, String) {
    match blinding {
        Blinding::LogCleared(record) => {
            (BlindSpotKind::LogCleared, format!("the Security log was cleared at {}", record.at))
        }
        Blinding::AuditSwitchedOff(record) => {
            (BlindSpotKind::AuditPolicyChanged, format!("auditing was switched off in part at {}", record.at))
        }
        Blinding::LogServiceStopped(record) => (
            BlindSpotKind::EventsLost,
            format!(
                "the event log service stopped at {}: nothing was recorded until it ran again",
                record.at
            ),
        ),
        Blinding::EventsDropped(record) => {
            (BlindSpotKind::EventsLost, format!("audit events were dropped at {}", record.at))
        }
        Blinding::ClockChanged(record, step) => {
            (BlindSpotKind::ClockChanged, format!("the clock was set by {step} at {}", record.at))
        }
    }
}

/// What bounds and the carrier cost.
fn bound_spots(ledger: &Ledger<'_>, settled: &Settled, life: Option<&AccountLife>) -> Vec<BlindSpot> {
    let costs = &ledger.costs;
    let mut spots = Vec::new();
    let mut tell = |kind, detail: String| spots.push(BlindSpot { kind, detail });
    if settled.creation.at().precision() == begat_model::Precision::SECONDS {
        let detail = "times are in whole seconds; record ids order what shares one";
        tell(BlindSpotKind::TimePrecision, detail.to_owned());
    }
    if ledger.name_is_ambiguous {
        let name = &settled.host_name;
        tell(
            BlindSpotKind::HostNameAmbiguous,
            format!("{name} shares its short name with another host of this input"),
        );
    }
    if let Some((count, until)) = settled.processes_dropped {
        let detail = format!("{count} processes that started until {until} were dropped to bound memory");
        tell(BlindSpotKind::TableBound, detail);
    }
    let at = settled.creation.at();
    if let Some((from, until)) = costs.told_late.filter(|(from, until)| (*from..=*until).contains(&at)) {
        let detail = format!(
            "processes that started since {from} were told up to {until}, longer after than is waited for"
        );
        tell(BlindSpotKind::TableBound, detail);
    }
    if costs.sessions > 0 {
        tell(
            BlindSpotKind::TableBound,
            format!("{} logon sessions were dropped to bound memory", costs.sessions),
        );
    }
    if costs.group_lists > 0 {
        let detail = format!("{} lists of groups were left out to bound memory", costs.group_lists);
        tell(BlindSpotKind::TableBound, detail);
    }
    if costs.sources > 0 {
        let count = costs.sources;
        let detail = format!(
            "the sources of {count} logons were not remembered, to bound memory: new ones are not told"
        );
        tell(BlindSpotKind::TableBound, detail);
    }
    if costs.signs_until.is_some_and(|until| until + SCRIPT_REACH >= settled.creation.at()) {
        tell(
            BlindSpotKind::TableBound,
            "scripts and account lookups of before were dropped to bound memory".to_owned(),
        );
    }
    if costs.installs > 0 {
        let detail = format!("{} services and tasks were dropped to bound memory", costs.installs);
        tell(BlindSpotKind::TableBound, detail);
    }
    if costs.accounts > 0 && life.is_none() {
        tell(
            BlindSpotKind::TableBound,
            "the life of this account was not followed, to bound memory".to_owned(),
        );
    }
    if let Some(left_out) = life.map(|life| life.left_out).filter(|left_out| *left_out > 0) {
        tell(
            BlindSpotKind::TableBound,
            format!("{left_out} later happenings of this account are not listed"),
        );
    }
    spots
}

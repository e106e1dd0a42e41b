//! What this host did not show, and the attribution would have used.

use begat_model::Precision;
use begat_model::case::BlindSpot;

use crate::case::ledger::Ledger;
use crate::case::settle::Settled;
use crate::cause::scene::WEIGHED_MAX;
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
    match settled.sight {
        ProcessSight::Blind => spots.push(BlindSpot::NoProcessTelemetry),
        ProcessSight::Gap => spots.push(BlindSpot::ProcessTelemetryGap),
        ProcessSight::Seen => {}
    }
    if settled.is_filtered && settled.sight != ProcessSight::Blind {
        spots.push(BlindSpot::ProcessLogFiltered);
    }
    let lines_hidden = ledger.command_lines.with == 0 && ledger.command_lines.without > 0;
    if settled.command_line_told == Some(false) || (settled.command_line_told.is_none() && lines_hidden) {
        spots.push(BlindSpot::CommandLineMissing);
    }
    spots.extend(unseen_parent(settled));
    match settled.creation.logon_id() {
        None => spots.push(BlindSpot::SubjectMissing),
        Some(session) if session.is_well_known() => spots.push(BlindSpot::SessionShared { session }),
        Some(session) if !settled.logon_known => spots.push(BlindSpot::LogonMissing { session }),
        Some(_) => {}
    }
    spots.extend(settled.missing.clone().map(|missing| BlindSpot::RecordsMissing { missing }));
    spots.extend(settled.parent_asserted.clone());
    if let Some((missing, total)) = settled.pieces_missing {
        spots.push(BlindSpot::ScriptPiecesMissing { missing, total });
    }
    if settled.powershell_unlogged {
        spots.push(BlindSpot::PowershellLoggingOff);
    }
    spots.extend(ledger.blindings_near(settled.needs, settled.creation.at()).map(of_blinding));
    spots.extend(of_carrier(ledger, settled));
    spots.extend(of_bounds(ledger, settled, life));
    spots.sort();
    spots.dedup();
    spots
}

fn unseen_parent(settled: &Settled) -> Option<BlindSpot> {
    if settled.parent_seen {
        return None;
    }
    let eldest = settled.attribution.chain.last().and_then(|process| process.pid);
    Some(eldest.map_or(BlindSpot::ParentNotTold, |pid| BlindSpot::EldestUnseen { pid }))
}

fn of_blinding(blinding: &Blinding) -> BlindSpot {
    match blinding {
        Blinding::LogCleared(record, log) => BlindSpot::LogCleared { at: record.at, log: log.clone() },
        Blinding::AuditSwitchedOff(off) => BlindSpot::AuditSwitchedOff { at: off.record.at },
        Blinding::LogServiceStopped(record) => BlindSpot::LogServiceStopped { at: record.at },
        Blinding::EventsDropped(record) => BlindSpot::AuditEventsDropped { at: record.at },
        Blinding::ClockChanged(record, step) | Blinding::ClockStepTakenOut(record, step) => {
            BlindSpot::ClockChanged { at: record.at, step: *step }
        }
    }
}

/// What the carrier cost.
fn of_carrier(ledger: &Ledger<'_>, settled: &Settled) -> Vec<BlindSpot> {
    let mut spots = Vec::new();
    if settled.creation.at().precision() == Precision::SECONDS {
        spots.push(BlindSpot::WholeSeconds);
    }
    if ledger.naming.is_ambiguous {
        spots.push(BlindSpot::HostNameAmbiguous { host: settled.host_name.clone() });
    }
    spots
}

/// How many of something were dropped, and what is told where any were.
type Counted = (u64, fn(u64) -> BlindSpot);

/// What bounds cost.
fn of_bounds(ledger: &Ledger<'_>, settled: &Settled, life: Option<&AccountLife>) -> Vec<BlindSpot> {
    let (costs, at) = (&ledger.costs, settled.creation.at());
    let mut spots = Vec::new();
    if let Some((count, until)) = settled.processes_dropped {
        spots.push(BlindSpot::ProcessesDropped { count, until });
    }
    if settled.is_cut {
        spots.push(BlindSpot::NotAllWeighed { count: WEIGHED_MAX as u64 });
    }
    if let Some((from, until)) = costs.told_late.filter(|(from, until)| (*from..=*until).contains(&at)) {
        spots.push(BlindSpot::ProcessesToldLate { from, until });
    }
    let are_signs_dropped = costs.signs_until.is_some_and(|until| until + SCRIPT_REACH >= at);
    if are_signs_dropped || costs.definitions_from.is_some_and(|from| from <= at) {
        spots.push(BlindSpot::SignsDropped);
    }
    if costs.accounts > 0 && life.is_none() {
        spots.push(BlindSpot::AccountNotFollowed);
    }
    let counted: [Counted; 5] = [
        (costs.sessions, |count| BlindSpot::SessionsDropped { count }),
        (costs.group_lists, |count| BlindSpot::GroupListsDropped { count }),
        (costs.sources, |count| BlindSpot::SourcesDropped { count }),
        (costs.installs, |count| BlindSpot::InstallsDropped { count }),
        (life.map_or(0, |life| life.left_out), |count| BlindSpot::HappeningsLeftOut { count }),
    ];
    spots.extend(counted.into_iter().filter(|(count, _)| *count > 0).map(|(count, spot)| spot(count)));
    spots
}

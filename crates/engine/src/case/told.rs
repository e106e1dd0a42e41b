//! A case tells the times that the log told: what was weighed on the machine's own line goes back from it.

use begat_model::case::{
    Actor, Afterward, Alternative, Attribution, BlindSpot, Case, CaseEvent, EvidenceFact, Explanation, Finding,
    FindingFact, Missing, Process, RiskReason,
};
use begat_model::{RecordRef, Timestamp};

use crate::across::client::ClientCommand;
use crate::tables::clock::Line;

/// Puts back the times of a case.
pub(crate) fn tell_case(line: &Line, case: &mut Case) {
    tell(line, &mut case.created_at);
    tell_actor(line, &mut case.actor);
    case.origin.iter_mut().for_each(|origin| tell_actor(line, &mut origin.actor));
    case.window_rule.process.iter_mut().for_each(|process| tell_process(line, process));
    tell_attribution(line, &mut case.attribution);
    for Afterward { at, record, .. } in &mut case.afterwards {
        tell(line, at);
        tell_record(line, record);
    }
    case.blind_spots.iter_mut().for_each(|spot| tell_blind_spot(line, spot));
    case.risk.terms.iter_mut().for_each(|term| {
        if let RiskReason::NewSource { since, .. } = &mut term.why {
            tell(line, since);
        }
    });
    tell_events(line, &mut case.events);
}

/// Puts back the times of a finding.
pub(crate) fn tell_finding(line: &Line, finding: &mut Finding) {
    finding.at.iter_mut().for_each(|at| tell(line, at));
    if let FindingFact::NeverSeenCreated { accounts } = &mut finding.summary {
        accounts.iter_mut().for_each(|account| tell(line, &mut account.at));
    }
    finding.actor.iter_mut().for_each(|actor| tell_actor(line, actor));
    finding.process.iter_mut().for_each(|process| tell_process(line, process));
    tell_events(line, &mut finding.events);
}

/// Puts back the times of a command that reaches for another machine: two machines share no line.
pub(crate) fn tell_client(line: &Line, client: &mut ClientCommand) {
    tell(line, &mut client.at);
    tell_actor(line, &mut client.actor);
    tell_process(line, &mut client.process);
    tell_record(line, &mut client.record);
}

fn tell(line: &Line, at: &mut Timestamp) {
    *at = line.told(*at);
}

fn tell_record(line: &Line, record: &mut RecordRef) {
    tell(line, &mut record.at);
}

fn tell_events(line: &Line, events: &mut [CaseEvent]) {
    events.iter_mut().for_each(|event| tell_record(line, &mut event.record));
}

fn tell_actor(line: &Line, actor: &mut Actor) {
    actor.logon_at.iter_mut().for_each(|at| tell(line, at));
}

fn tell_process(line: &Line, process: &mut Process) {
    process.started_at.iter_mut().for_each(|at| tell(line, at));
}

fn tell_attribution(line: &Line, attribution: &mut Attribution) {
    let named = attribution.creator.iter_mut().chain(&mut attribution.chain);
    named.for_each(|process| tell_process(line, process));
    for evidence in &mut attribution.evidence {
        evidence.events.iter_mut().for_each(|record| tell_record(line, record));
        match &mut evidence.why {
            EvidenceFact::ClockSetBack { at }
            | EvidenceFact::SamPipeOpened { at }
            | EvidenceFact::ManagedByLaps { at } => tell(line, at),
            _ => {}
        }
    }
    for Alternative { explanation, .. } in &mut attribution.alternatives {
        if let Explanation::Process(process) = explanation {
            tell_process(line, process);
        }
    }
}

fn tell_blind_spot(line: &Line, spot: &mut BlindSpot) {
    match spot {
        BlindSpot::LogCleared { at, .. }
        | BlindSpot::AuditSwitchedOff { at }
        | BlindSpot::ClockChanged { at, .. }
        | BlindSpot::AuditEventsDropped { at }
        | BlindSpot::LogServiceStopped { at }
        | BlindSpot::ProcessesDropped { until: at, .. }
        | BlindSpot::RecordsMissing { missing: Missing::EarlyProcesses { since: at } } => tell(line, at),
        BlindSpot::ProcessesToldLate { from, until } => {
            tell(line, from);
            tell(line, until);
        }
        _ => {}
    }
}

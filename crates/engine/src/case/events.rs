//! The records that a case rests on, each with what it is to the case.

use begat_model::EventKind;
use begat_model::case::{CaseEvent, Role};

use crate::case::reason::winner;
use crate::cause::scene::Scene;
use crate::cause::score::Decision;
use crate::tables::process::record::ProcessIndex;

/// The records of the processes, of the session, and of what else points to the explanation that was chosen.
pub(super) fn events(scene: &Scene<'_>, decision: &Decision<'_>, chain: &[ProcessIndex]) -> Vec<CaseEvent> {
    let mut events = Vec::new();
    for process in decision.named.iter().chain(chain).filter_map(|index| scene.processes.get(*index)) {
        events.extend(process.created_by.iter().map(|record| case_event(role_of(record))(record)));
        events.extend(process.ended_by.iter().map(case_event(Role::ProcessEnd)));
    }
    let winner = winner(decision);
    let signs = winner.into_iter().flat_map(|winner| winner.clues).flat_map(|clue| clue.records);
    events.extend(signs.map(|record| case_event(role_of(record))(record)));
    if let Some(session) = scene.behind.session {
        // Of a session that services share it is some service's, unless Windows was seen to start.
        events.extend(session.told_at.map(|_| case_event(Role::Logon)(&session.record)));
        events.extend(session.privileges.iter().map(case_event(Role::Privileges)));
        let reconnection = session.reconnected_before(scene.creation.at());
        events.extend(reconnection.map(|reconnection| case_event(Role::Logon)(&reconnection.record)));
    }
    events
}

/// What a record is to the case whose explanation rests on it.
fn role_of(record: &begat_model::RecordRef) -> Role {
    match record.kind {
        EventKind::ProcessEnded | EventKind::SysmonProcessEnded => Role::ProcessEnd,
        EventKind::LoggedOn
        | EventKind::EdrLoggedOn
        | EventKind::FalconLoggedOn
        | EventKind::OcsfLoggedOn
        | EventKind::SessionReconnected => Role::Logon,
        kind if kind.tells_of_a_creation() => Role::Creation,
        EventKind::ScriptBlock
        | EventKind::PipelineExecuted
        | EventKind::CoreScriptBlock
        | EventKind::CorePipelineExecuted => Role::Script,
        EventKind::UserQueried | EventKind::GroupQueried => Role::Query,
        EventKind::ShareFileOpened => Role::RemoteAccess,
        EventKind::ServiceInstalled
        | EventKind::ServiceInstalledSystem
        | EventKind::TaskCreated
        | EventKind::TaskChanged
        | EventKind::SysmonWmiConsumer
        | EventKind::WmiConsumerBound => Role::Install,
        EventKind::ClockChanged
        | EventKind::LogCleared
        | EventKind::OtherLogCleared
        | EventKind::AuditPolicyChanged => Role::Blinding,
        _ => Role::Process,
    }
}

pub(super) fn case_event(role: Role) -> impl Fn(&begat_model::RecordRef) -> CaseEvent {
    move |record| CaseEvent { record: record.clone(), role }
}

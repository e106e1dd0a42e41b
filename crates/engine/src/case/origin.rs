//! Who is behind the session that made the account.

use begat_model::case::{Actor, CaseEvent, Certainty, Origin, Role};

use crate::case::describe::session_actor;
use crate::case::events::case_event;
use crate::cause::scene::Scene;
use crate::cause::score::Decision;
use crate::commands::line::image_stem;
use crate::spans::{CHANNEL_TOLERANCE, INSTALLER_LOGON_REACH, SERVICE_REACH, SERVICE_STARTER_REACH};
use crate::tables::install::{Install, SERVICE_START};
use crate::tables::logon::LogonSession;
use crate::tables::process::record::{ProcessIndex, ProcessRecord, Session};

/// The session behind the actor's, with the records that tell it: a local process that went over the network and
/// came in again; who installed what started the creator; who opened the session for somebody else; who may have
/// started the service that did.
pub(super) fn origin(
    scene: &Scene<'_>,
    decision: &Decision<'_>,
    chain: &[ProcessIndex],
) -> Option<(Origin, Vec<CaseEvent>)> {
    let creator = decision.named.and_then(|creator| scene.processes.get(creator));
    if let Some(Session::Known(own)) =
        creator.map(|creator| creator.session).filter(|_| scene.behind.is_loopback)
    {
        let token = creator.map(|creator| creator.token.clone()).unwrap_or_default();
        let at = scene.creation.at();
        let session = scene.logons.at(own, at, CHANNEL_TOLERANCE);
        return Some((proven(session_actor(token, session, at), "loopback"), vec![]));
    }
    if let Some(install) = installed(scene, decision, chain) {
        let by = &install.by;
        let session = by.logon_id.filter(|logon_id| !logon_id.is_well_known());
        let session = match (session, &by.sid) {
            (Some(logon_id), _) => scene.logons.at(logon_id, install.at, CHANNEL_TOLERANCE),
            // System's 7045 names who installed it, not from which session: the latest over the network is likeliest.
            (None, Some(sid)) => scene.logons.latest_of(sid, install.at, INSTALLER_LOGON_REACH),
            (None, None) => None,
        };
        let account = match session {
            Some(session) if by.logon_id.is_none() => session.account.clone(),
            _ => by.clone(),
        };
        let actor = session_actor(account, session, install.at);
        let mut events: Vec<CaseEvent> = install.records.iter().map(case_event(Role::Install)).collect();
        events.extend(session.map(|session| case_event(Role::Logon)(&session.record)));
        return Some((proven(actor, install.kind.via()), events));
    }
    opened_from(scene).or_else(|| service_started(scene, decision, chain))
}

fn proven(actor: Actor, via: &'static str) -> Origin {
    Origin { actor, via, certainty: Certainty::Proven, client: None }
}

/// Who opened the session for somebody else.
fn opened_from(scene: &Scene<'_>) -> Option<(Origin, Vec<CaseEvent>)> {
    let from = scene.behind.session?.opened_from.as_ref()?;
    let session = from
        .account
        .logon_id
        .and_then(|logon_id| scene.logons.at(logon_id, from.record.at, CHANNEL_TOLERANCE));
    let actor = session_actor(from.account.clone(), session, from.record.at);
    Some((proven(actor, from.via), vec![case_event(Role::Credentials)(&from.record)]))
}

/// A service that was there already leaves no record of who started it. Where just one client came over the network
/// within the second before, it was that one in all likelihood; of two it may have been either.
fn service_started(
    scene: &Scene<'_>,
    decision: &Decision<'_>,
    chain: &[ProcessIndex],
) -> Option<(Origin, Vec<CaseEvent>)> {
    let line = decision.named.into_iter().chain(chain.iter().copied());
    let by_services = |process: &&ProcessRecord| {
        let parent = scene.processes.parent_of(process).and_then(|index| scene.processes.get(index));
        let image = process.parent.image.as_deref().or_else(|| parent?.image.as_deref());
        image.is_some_and(|image| image_stem(image) == "services")
    };
    let service = line.filter_map(|index| scene.processes.get(index)).find(by_services)?;
    let began = service.started_at;
    let is_shared = matches!(service.session, Session::Known(logon_id) if logon_id.is_well_known());
    if !is_shared || !service.start_seen || scene.creation.at() - began > SERVICE_REACH {
        return None;
    }
    let came: Vec<&LogonSession> = scene.logons.came_over_network(began - SERVICE_STARTER_REACH, began);
    let who = |session: &LogonSession| {
        (session.account.sid.clone(), session.account.name.clone(), session.source_ip.clone())
    };
    // Windows' client logs on several times at once, always as the same and from the same address (B).
    // Machines come all day for what they need; few start services of others.
    let is_machine =
        |session: &LogonSession| session.account.name.as_deref().is_some_and(|name| name.ends_with('$'));
    let latest = came.last().filter(|latest| latest.is_from_outside() && !is_machine(latest))?;
    if came.iter().any(|session| who(session) != who(latest)) {
        return None;
    }
    let actor = session_actor(latest.account.clone(), Some(latest), began);
    let origin = Origin { actor, via: SERVICE_START, certainty: Certainty::Likely, client: None };
    Some((origin, vec![case_event(Role::Logon)(&latest.record)]))
}

/// What started the creator, or an ancestor of it, for somebody who was gone by then.
fn installed<'s>(
    scene: &'s Scene<'_>,
    decision: &Decision<'_>,
    chain: &[ProcessIndex],
) -> Option<&'s Install> {
    let line = decision.named.into_iter().chain(chain.iter().copied());
    let launched = line.filter_map(|index| scene.processes.get(index)).find_map(|process| {
        let parent = scene.processes.parent_of(process).and_then(|index| scene.processes.get(index));
        let image = process.parent.image.as_deref().or_else(|| parent?.image.as_deref());
        scene.pointers.installs.of(process, image)
    });
    launched.or_else(|| {
        let creator = decision.named.and_then(|creator| scene.processes.get(creator))?;
        scene.consumer_of(creator)
    })
}

//! Processes, chains and actors as a case shows them: without the secrets of their command lines.

use begat_model::case::{Actor, Process};
use begat_model::event::{Principal, ProcessCreated};
use begat_model::{Sid, Timestamp};

use crate::commands::redact::redact;
use crate::tables::logon::LogonSession;
use crate::tables::process::record::{ProcessIndex, ProcessRecord, Session};
use crate::tables::process::table::ProcessTable;
use crate::windows::file_hash::file_hashes;

/// An account with what the logon of its session tells; who took the session up again sits where that was.
pub(crate) fn session_actor(account: Principal, session: Option<&LogonSession>, at: Timestamp) -> Actor {
    let reconnection = session.and_then(|session| session.reconnected_before(at));
    let (source_ip, source_host) = match reconnection {
        Some(reconnection) => (reconnection.source_ip.clone(), reconnection.source_host.clone()),
        None => (
            session.and_then(|session| session.source_ip.clone()),
            // The workstation of a remote desktop's logon is the one that was logged on to.
            session
                .filter(|session| session.logon_type != Some(10))
                .and_then(|session| session.source_host.clone()),
        ),
    };
    Actor {
        account,
        logon_type: session.and_then(|session| session.logon_type),
        // Rather none than one that cannot be: two logs, or a clock that was set, may tell the logon late.
        // What all services share began at some start of Windows, which says nothing of this act.
        logon_at: session
            .filter(|session| !session.is_shared())
            .and_then(|session| session.told_at)
            .filter(|told_at| *told_at <= at),
        source_ip,
        source_host,
        elevated: session.and_then(LogonSession::is_elevated),
        // Known at the end: see `HostState::identify`.
        kind: None,
        groups: session.and_then(|session| session.groups.as_deref()).unwrap_or_default().to_vec(),
    }
}

/// A process as a case shows it: without the secrets of its command line.
pub(crate) fn describe(process: &ProcessRecord) -> Process {
    Process {
        pid: process.pid,
        image: process.image.clone(),
        command_line: process.shown_line(),
        started_at: process.start_seen.then_some(process.started_at),
        user: user(&process.token),
        logon_id: match process.session {
            Session::Known(logon_id) => Some(logon_id),
            Session::NotTold => None,
        },
        original_file_name: process.original_file_name.clone(),
        guid: process.guid,
        hashes: process.hashes.as_deref().map(file_hashes).unwrap_or_default(),
        rules: process.rules.clone(),
    }
}

/// The same of a process that has just begun.
pub(crate) fn describe_created(created: &ProcessCreated) -> Process {
    let account = created.own_account();
    Process {
        pid: created.pid,
        image: created.image.clone(),
        command_line: created.command_line.value().map(|line| redact(line).into_owned()),
        started_at: Some(created.started_at),
        user: user(account),
        logon_id: account.logon_id,
        original_file_name: created.original_file_name.clone(),
        guid: created.guid,
        hashes: created.hashes.as_deref().map(file_hashes).unwrap_or_default(),
        rules: created.rules.clone(),
    }
}

fn user(account: &Principal) -> Option<String> {
    match (&account.domain, &account.name) {
        (Some(domain), Some(name)) => Some(format!("{domain}\\{name}")),
        (None, Some(name)) => Some(name.to_string()),
        _ => account.sid.as_ref().map(Sid::to_string),
    }
}

/// The ancestors, parent first; the last one is known only from its child where its own start was not seen.
pub(super) fn described_chain(
    processes: &ProcessTable,
    creator: &ProcessRecord,
    chain: &[ProcessIndex],
) -> Vec<Process> {
    let seen: Vec<&ProcessRecord> = chain.iter().filter_map(|index| processes.get(*index)).collect();
    let eldest = seen.last().copied().unwrap_or(creator);
    let unseen = (eldest.parent.pid.is_some() || eldest.parent.image.is_some()).then(|| Process {
        pid: eldest.parent.pid,
        image: eldest.parent.image.clone(),
        command_line: eldest.parent.command_line.as_deref().map(|line| redact(line).into_owned()),
        guid: eldest.parent.guid,
        ..Process::default()
    });
    seen.into_iter().map(describe).chain(unseen).collect()
}

//! Where processes are found by what is asked about them.

use std::collections::BTreeSet;

use begat_model::{Precision, ProcessId, Timestamp};

use crate::commands::intent::accounts::Intent;
use crate::tables::process::record::{ProcessIndex, ProcessRecord, Session};
use crate::windows::same_name::folded;

/// Where processes are found by what is asked about them: a creation asks for few, whatever the number kept.
#[derive(Debug, Default)]
pub(super) struct Shelves {
    pub(super) by_pid: BTreeSet<(Option<ProcessId>, ProcessIndex)>,
    pub(super) by_start: BTreeSet<(Timestamp, ProcessIndex)>,
    pub(super) by_session: BTreeSet<(Session, Timestamp, ProcessIndex)>,
    pub(super) by_created_account: BTreeSet<(String, Timestamp, ProcessIndex)>,
    /// Those whose own start was not seen, by their first sign: they began some time before.
    pub(super) by_first_sign: BTreeSet<(Timestamp, ProcessIndex)>,
    /// When each process became history: ended ones leave the table in this order.
    pub(super) by_end: BTreeSet<(Timestamp, ProcessIndex)>,
}

/// What a process is found by on the shelves.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ShelfKeys {
    pid: Option<ProcessId>,
    started_at: Timestamp,
    start_seen: bool,
    session: Session,
    created_accounts: Vec<String>,
    ended_at: Option<Timestamp>,
}

impl ShelfKeys {
    pub(super) fn of(process: &ProcessRecord) -> ShelfKeys {
        let created = process.intents.iter().filter_map(|intent| match intent {
            Intent::CreateAccount { name: Some(name), .. } => Some(folded(name)),
            _ => None,
        });
        ShelfKeys {
            pid: process.pid,
            started_at: process.started_at,
            start_seen: process.start_seen,
            session: process.session,
            created_accounts: created.collect(),
            ended_at: process.ended_at,
        }
    }
}

impl Shelves {
    pub(super) fn add(&mut self, index: ProcessIndex, keys: ShelfKeys) {
        self.by_pid.insert((keys.pid, index));
        self.by_start.insert((keys.started_at, index));
        self.by_session.insert((keys.session, keys.started_at, index));
        let started_at = keys.started_at;
        self.by_created_account
            .extend(keys.created_accounts.into_iter().map(|name| (name, started_at, index)));
        self.by_first_sign.extend((!keys.start_seen).then_some((started_at, index)));
        self.by_end.extend(keys.ended_at.map(|ended_at| (ended_at, index)));
    }

    pub(super) fn remove(&mut self, index: ProcessIndex, keys: ShelfKeys) {
        self.by_pid.remove(&(keys.pid, index));
        self.by_start.remove(&(keys.started_at, index));
        self.by_session.remove(&(keys.session, keys.started_at, index));
        for name in keys.created_accounts {
            self.by_created_account.remove(&(name, keys.started_at, index));
        }
        if !keys.start_seen {
            self.by_first_sign.remove(&(keys.started_at, index));
        }
        if let Some(ended_at) = keys.ended_at {
            self.by_end.remove(&(ended_at, index));
        }
    }
}

/// The first and the last place of a time on a shelf that is ordered by it.
pub(super) fn ends_of(
    from: Timestamp,
    until: Timestamp,
) -> ((Timestamp, ProcessIndex), (Timestamp, ProcessIndex)) {
    let first = Timestamp::from_unix_ticks(from.unix_ticks(), Precision::SECONDS);
    let last = Timestamp::from_unix_ticks(until.unix_ticks().max(from.unix_ticks()), Precision::TICKS);
    ((first, ProcessIndex(0)), (last, ProcessIndex(u64::MAX)))
}

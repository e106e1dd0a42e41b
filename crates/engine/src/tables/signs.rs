//! Signs that are no process and no session, and point to one: who looked accounts up, who came to the SAM over the
//! network, when LAPS worked. Kept only as long as a creation can need them.

use std::collections::{BTreeSet, VecDeque};

use begat_model::event::{AccountQueried, ManagedAccount, Principal, QueryCaller, SamPipeOpened};
use begat_model::{Duration, EventKind, LogonId, ProcessId, RecordRef, Sid, Text, Timestamp};

use crate::spans::{HOLD, LAPS_REACH, ONE_ACT, PIPE_REACH, SCRIPT_REACH};
use crate::tables::habits::Habits;
use crate::windows::same_name::folded;
use crate::windows::watchers::is_watcher;

/// Most signs of one sort kept for one host.
pub const SIGNS_MAX: usize = 4096;
/// Most programs that are remembered for looking at whatever is made.
const WATCHERS_MAX: usize = 256;

/// A process of this host, or a remote client, that looked accounts up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuerySign {
    /// When.
    pub at: Timestamp,
    /// In which session.
    pub logon_id: LogonId,
    /// The account or group looked up.
    pub target: Option<Sid>,
    /// `None`: over the network.
    pub caller: Option<(ProcessId, Option<Text>)>,
    /// 4798 or 4799.
    pub record: RecordRef,
}

impl QuerySign {
    /// A group's members were looked up, and not an account's groups.
    pub fn is_of_group(&self) -> bool {
        self.record.kind == EventKind::GroupQueried
    }
}

/// A client on the network that opened the way to account management.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipeSign {
    /// When.
    pub at: Timestamp,
    /// In which session.
    pub logon_id: LogonId,
    /// The 5145.
    pub record: RecordRef,
}

/// The signs of one host that may still matter.
#[derive(Debug, Default)]
pub struct SignTable {
    queries: VecDeque<QuerySign>,
    pipes: VecDeque<PipeSign>,
    habits: Habits,
    /// Programs that look up whatever account is made.
    watchers: BTreeSet<String>,
    laps: VecDeque<(ManagedAccount, RecordRef)>,
    /// Time of the latest sign that was dropped for the bound.
    dropped_until: Option<Timestamp>,
}

impl SignTable {
    /// Accounts were looked up.
    pub fn queried(&mut self, event: &AccountQueried, record: &RecordRef) {
        let Some(logon_id) = event.subject.logon_id else { return };
        let caller = match &event.caller {
            QueryCaller::Process { pid, image } => Some((*pid, image.clone())),
            QueryCaller::Remote => None,
            QueryCaller::NotTold => return,
        };
        if let (Some((_, Some(image))), Some(target)) = (&caller, &event.target.sid) {
            self.habits.seen(image, target, record.at);
        }
        let target = event.target.sid.clone();
        let sign = QuerySign { at: record.at, logon_id, target, caller, record: record.clone() };
        let dropped = push(&mut self.queries, sign, |sign| sign.at);
        self.dropped_until = self.dropped_until.max(dropped);
    }

    /// A client opened the pipe `samr`.
    pub fn pipe_opened(&mut self, event: &SamPipeOpened, record: &RecordRef) {
        let Some(logon_id) = event.subject.logon_id else { return };
        let sign = PipeSign { at: record.at, logon_id, record: record.clone() };
        let dropped = push(&mut self.pipes, sign, |sign| sign.at);
        self.dropped_until = self.dropped_until.max(dropped);
    }

    /// LAPS set the password of the account that it manages.
    pub fn managed_by_laps(&mut self, event: &ManagedAccount, record: &RecordRef) {
        let dropped = push(&mut self.laps, (event.clone(), record.clone()), |(_, record)| record.at);
        self.dropped_until = self.dropped_until.max(dropped);
    }

    /// Whether this lookup is one that its caller makes again and again, whether any account is created or not; or may
    /// be, where records are lost.
    pub fn is_habit(&self, query: &QuerySign, is_lossy: bool) -> bool {
        let image = query.caller.as_ref().and_then(|(_, image)| image.as_ref());
        image
            .zip(query.target.as_ref())
            .is_some_and(|(image, target)| self.habits.is_habit(image, target, query.at, is_lossy))
    }

    /// This lookup's caller watches: by what it is, or because it looked up accounts that others had just made.
    pub fn is_watcher(&self, query: &QuerySign) -> bool {
        let image = query.caller.as_ref().and_then(|(_, image)| image.as_deref());
        image.is_some_and(|image| is_watcher(image) || self.watchers.contains(&folded(image)))
    }

    /// A process looked up an account that another session had just made: it looks at whatever is made.
    pub fn watched(&mut self, event: &AccountQueried) {
        if let QueryCaller::Process { image: Some(image), .. } = &event.caller
            && self.watchers.len() < WATCHERS_MAX
        {
            self.watchers.insert(folded(image));
        }
    }

    /// The lookups of a session around a time, and those after it as long as a creation is waited for.
    pub fn queries_near(&self, logon_id: LogonId, at: Timestamp) -> Vec<&QuerySign> {
        let mut found = near(&self.queries, |sign| sign.at, at - ONE_ACT, at + HOLD);
        found.retain(|sign| sign.logon_id == logon_id);
        found
    }

    /// The latest opening of the pipe by a session before a time, or right after it.
    pub fn pipe_near(&self, logon_id: LogonId, at: Timestamp, tolerance: Duration) -> Option<&PipeSign> {
        let found = near(&self.pipes, |sign| sign.at, at - PIPE_REACH, at + tolerance);
        found.into_iter().rev().find(|sign| sign.logon_id == logon_id)
    }

    /// LAPS at work around a time on this very account: by its RID, or by its name where no RID is told.
    pub fn laps_near(&self, at: Timestamp, account: &Principal) -> Option<&RecordRef> {
        let rid = account.sid.as_ref().and_then(Sid::rid);
        let same_name = |name: &Text| {
            account.name.as_deref().is_some_and(|ours| ours.to_lowercase() == name.to_lowercase())
        };
        let around = near(&self.laps, |(_, record)| record.at, at - LAPS_REACH, at + LAPS_REACH);
        let is_it = |managed: &ManagedAccount| match managed.rid {
            Some(managed) => rid == Some(managed),
            None => managed.name.as_ref().is_some_and(same_name),
        };
        around.into_iter().find(|(managed, _)| is_it(managed)).map(|(_, record)| record)
    }

    /// Signs up to this time were dropped to bound memory.
    pub fn dropped_until(&self) -> Option<Timestamp> {
        self.dropped_until
    }
}

/// Keeps a sign, and forgets the oldest: those that no creation can reach, and beyond the bound any. Answers the
/// time of one that was dropped for the bound though a creation could have reached it.
fn push<T>(signs: &mut VecDeque<T>, sign: T, at: fn(&T) -> Timestamp) -> Option<Timestamp> {
    // A creation is weighed HOLD after it, and a script reaches SCRIPT_REACH forward.
    let horizon = at(&sign) - SCRIPT_REACH - HOLD - HOLD;
    while signs.front().is_some_and(|oldest| at(oldest) < horizon) {
        signs.pop_front();
    }
    let dropped = if signs.len() == SIGNS_MAX { signs.pop_front() } else { None };
    signs.push_back(sign);
    dropped.map(|dropped| at(&dropped))
}

/// Signs come in the order of the host's events, which is not that of time where the clock was set back.
fn near<T>(signs: &VecDeque<T>, at: fn(&T) -> Timestamp, from: Timestamp, to: Timestamp) -> Vec<&T> {
    signs.iter().filter(|sign| (from..=to).contains(&at(sign))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::EventKind;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::parse_rfc3339("2024-05-01T10:00:00Z").unwrap() + Duration::from_seconds(seconds)
    }

    fn record(seconds: i64) -> RecordRef {
        RecordRef { at: at(seconds), kind: EventKind::ScriptBlock, record_id: None, source: "log".into() }
    }

    #[test]
    fn lookups_are_those_of_the_session() {
        let mut table = SignTable::default();
        let subject = |id| Principal { logon_id: Some(LogonId(id)), ..Principal::default() };
        let query =
            |id, caller| AccountQueried { subject: subject(id), target: Principal::default(), caller };
        let process = QueryCaller::Process { pid: ProcessId(9), image: None };
        table.queried(&query(5, process), &record(0));
        table.queried(&query(6, QueryCaller::Remote), &record(1));
        table.queried(&query(5, QueryCaller::NotTold), &record(1));
        let found = table.queries_near(LogonId(5), at(1));
        assert_eq!(found.iter().map(|sign| &sign.caller).collect::<Vec<_>>(), [&Some((ProcessId(9), None))]);
        assert_eq!(table.queries_near(LogonId(6), at(1))[0].caller, None);
        assert!(table.queries_near(LogonId(5), at(9)).is_empty());
    }

    #[test]
    fn the_bound_drops_the_oldest_and_tells() {
        let mut table = SignTable::default();
        for _ in 0..=SIGNS_MAX {
            table.managed_by_laps(&ManagedAccount { name: None, rid: Some(7) }, &record(3));
        }
        assert_eq!(table.dropped_until(), Some(at(3)));
    }
}

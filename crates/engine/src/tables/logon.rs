//! The logon sessions of one host: 4624 with its 4672, ended by 4634; all of them end when Windows starts anew.

use std::collections::{BTreeMap, VecDeque};

use begat_model::event::{ExplicitCredentials, LoggedOn, LogonGroups, Principal, SessionReconnected};
use begat_model::{Duration, LogonId, RecordRef, Sid, Text, Timestamp};

use crate::spans::{ONE_ACT, SPLIT_TOKEN};
use crate::tables::groups::{GroupList, GroupLists};
use crate::tables::sources::SourceTable;

/// Most sessions kept for one host.
pub const SESSIONS_MAX: usize = 65_536;

/// One logon session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogonSession {
    /// Whose.
    pub account: Principal,
    /// Who asked for it.
    pub subject: Principal,
    /// 4624's LogonType.
    pub logon_type: Option<u32>,
    /// Address as written.
    pub source_ip: Option<Text>,
    /// Workstation as written.
    pub source_host: Option<Text>,
    /// The other half of a split token.
    pub linked: Option<LogonId>,
    /// ElevatedToken.
    pub elevated: Option<bool>,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended, where that was seen.
    pub ended_at: Option<Timestamp>,
    /// It ended with Windows itself: its id may be given out again. After a mere logoff it is not, and a token of
    /// it may live on.
    pub ended_by_restart: bool,
    /// The 4624.
    pub record: RecordRef,
    /// The 4672, where there is one.
    pub privileges: Option<RecordRef>,
    /// The session from which this one was opened, where another identity opened it.
    pub opened_from: Option<OpenedFrom>,
    /// Where the session was taken up again from, in order of time.
    pub reconnections: Vec<Reconnection>,
    /// The groups of its token, where a 4627 tells them.
    pub groups: Option<GroupList>,
}

/// A remote desktop taken up again: 4778.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconnection {
    /// From which address, as written.
    pub source_ip: Option<Text>,
    /// From which machine, as written.
    pub source_host: Option<Text>,
    /// The 4778.
    pub record: RecordRef,
}

/// The session behind a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedFrom {
    /// Whose, with its logon id.
    pub account: Principal,
    /// By what route, in output.
    pub via: &'static str,
    /// The record that tells it.
    pub record: RecordRef,
}

impl LogonSession {
    /// Elevated token, or administrator privileges: 4672 is written for nobody else.
    pub fn is_elevated(&self) -> Option<bool> {
        if self.privileges.is_some() { Some(true) } else { self.elevated }
    }

    /// The last taking up before a time: who sits there now is not who logged on, as far as the place goes.
    pub fn reconnected_before(&self, at: Timestamp) -> Option<&Reconnection> {
        self.reconnections.iter().rev().find(|reconnection| reconnection.record.at <= at)
    }

    /// It came over the network, from this machine itself: a local process went out and came in again.
    pub fn is_loopback(&self, netbios: &str) -> bool {
        let own_address = self
            .source_ip
            .as_deref()
            .is_some_and(|ip| ip.parse::<core::net::IpAddr>().is_ok_and(|address| address.is_loopback()));
        let own_name = self.source_host.as_deref().is_some_and(|host| host.eq_ignore_ascii_case(netbios));
        self.is_network() && (own_address || (self.source_ip.is_none() && own_name))
    }

    /// It came over the network from somewhere else: nobody of this host asked for it (4624's Subject is 0x0), and an
    /// address is told. Remoting's 4624 tells none, and LogonUser's names the session and the process that called it.
    pub fn is_from_outside(&self) -> bool {
        self.is_network() && self.subject.logon_id.is_none() && self.source_ip.is_some()
    }

    /// Came over the network: no process of this host needs to run in it.
    pub fn is_network(&self) -> bool {
        self.logon_type == Some(3)
    }
}

/// The sessions of one host that may still matter.
#[derive(Debug, Default)]
pub struct LogonTable {
    sessions: BTreeMap<LogonId, Vec<LogonSession>>,
    /// 4672 is usually written just before its 4624 (119 of 126, A4).
    waiting_privileges: BTreeMap<LogonId, RecordRef>,
    /// Groups told before their 4624: the two share their time, and not every carrier tells which came first.
    waiting_groups: BTreeMap<LogonId, (Timestamp, GroupList)>,
    lists: GroupLists,
    /// From where sessions came, whether kept or not.
    pub sources: SourceTable,
    /// 4648s that may be followed by their 4624.
    credentials: VecDeque<(ExplicitCredentials, RecordRef)>,
    count: usize,
    dropped: u64,
}

/// Most 4648s that wait for their 4624.
const CREDENTIALS_MAX: usize = 256;
/// Most takings up again kept of one session, the latest.
const RECONNECTIONS_MAX: usize = 16;
/// Logon types that split an administrator's token (A4).
const SPLIT_TYPES: &[u32] = &[2, 7, 10, 11];

impl LogonTable {
    /// A session began.
    pub fn logged_on(&mut self, event: &LoggedOn, record: &RecordRef) {
        let Some(logon_id) = event.account.logon_id else { return };
        let privileges = self
            .waiting_privileges
            .remove(&logon_id)
            .filter(|waiting| (record.at - waiting.at).magnitude() <= ONE_ACT);
        let groups = self
            .waiting_groups
            .remove(&logon_id)
            .filter(|(told_at, _)| (record.at - *told_at).magnitude() <= ONE_ACT);
        if let Some(source) = &event.source_ip {
            self.sources.seen(source, record.at);
        }
        let session = LogonSession {
            account: event.account.clone(),
            subject: event.subject.clone(),
            logon_type: event.logon_type,
            source_ip: event.source_ip.clone(),
            source_host: event.source_host.clone(),
            linked: event.linked_logon_id,
            elevated: event.elevated,
            began_at: record.at,
            ended_at: None,
            ended_by_restart: false,
            opened_from: self.opened_from(event, record),
            record: record.clone(),
            privileges,
            reconnections: Vec::new(),
            groups: groups.map(|(_, groups)| groups),
        };
        self.sessions.entry(logon_id).or_default().push(session);
        self.count += 1;
        if self.count > SESSIONS_MAX {
            self.drop_older_half();
        }
    }

    /// A logon was tried with explicit credentials.
    pub fn explicit_credentials(&mut self, event: &ExplicitCredentials, record: &RecordRef) {
        let horizon = record.at - ONE_ACT;
        let is_old = |waiting: &(ExplicitCredentials, RecordRef)| waiting.1.at < horizon;
        while self.credentials.len() == CREDENTIALS_MAX || self.credentials.front().is_some_and(is_old) {
            self.credentials.pop_front();
        }
        self.credentials.push_back((event.clone(), record.clone()));
    }

    /// Who opened a session for somebody else: 4624's own subject (runas), or the 4648 just before it. Services open
    /// sessions all day; theirs lead nowhere.
    fn opened_from(&self, event: &LoggedOn, record: &RecordRef) -> Option<OpenedFrom> {
        let leads_back = |account: &Principal| {
            account.logon_id.is_some_and(|id| !id.is_well_known() && Some(id) != event.account.logon_id)
        };
        if leads_back(&event.subject) {
            let account = event.subject.clone();
            return Some(OpenedFrom { account, via: "runas", record: record.clone() });
        }
        let same_name = |target: &Principal| match (&target.name, &event.account.name) {
            (Some(theirs), Some(ours)) => theirs.to_lowercase() == ours.to_lowercase(),
            _ => false,
        };
        let before = self.credentials.iter().rev().find(|(credentials, told)| {
            same_name(&credentials.target)
                && leads_back(&credentials.subject)
                && (record.at - told.at).magnitude() <= ONE_ACT
        });
        before.map(|(credentials, told)| OpenedFrom {
            account: credentials.subject.clone(),
            via: "explicit_credentials",
            record: told.clone(),
        })
    }

    /// A session holds administrator privileges.
    pub fn privileged(&mut self, account: &Principal, record: &RecordRef) {
        let Some(logon_id) = account.logon_id else { return };
        let session = self.sessions.get_mut(&logon_id).and_then(|sessions| sessions.last_mut());
        match session.filter(|session| (record.at - session.began_at).magnitude() <= ONE_ACT) {
            Some(session) => session.privileges = Some(record.clone()),
            None => {
                self.waiting_privileges.insert(logon_id, record.clone());
                if self.waiting_privileges.len() > SESSIONS_MAX {
                    self.waiting_privileges.pop_first();
                }
            }
        }
    }

    /// The groups of a session's token, or a part of them.
    pub fn in_groups(&mut self, told: &LogonGroups, record: &RecordRef) {
        let Some(logon_id) = told.account.logon_id else { return };
        let session = self.sessions.get_mut(&logon_id).and_then(|sessions| sessions.last_mut());
        let is_its = |session: &&mut LogonSession| (record.at - session.began_at).magnitude() <= ONE_ACT;
        if let Some(session) = session.filter(is_its) {
            session.groups = self.lists.with(session.groups.as_ref(), &told.groups);
            return;
        }
        let waiting = self.waiting_groups.get(&logon_id).map(|(_, groups)| groups);
        if let Some(groups) = self.lists.with(waiting, &told.groups) {
            self.waiting_groups.insert(logon_id, (record.at, groups));
        }
        if self.waiting_groups.len() > SESSIONS_MAX {
            self.waiting_groups.pop_first();
        }
    }

    /// How many lists of groups were left out for the bound.
    pub fn lists_dropped(&self) -> u64 {
        self.lists.dropped()
    }

    /// A remote desktop was taken up again.
    pub fn reconnected(&mut self, event: &SessionReconnected, record: &RecordRef) {
        if let Some(source) = &event.source_ip {
            self.sources.seen(source, record.at);
        }
        let sessions = event.account.logon_id.and_then(|logon_id| self.sessions.get_mut(&logon_id));
        let Some(session) = sessions.and_then(|sessions| sessions.last_mut()) else { return };
        if session.reconnections.len() == RECONNECTIONS_MAX {
            session.reconnections.remove(0);
        }
        session.reconnections.push(Reconnection {
            source_ip: event.source_ip.clone(),
            source_host: event.source_host.clone(),
            record: record.clone(),
        });
    }

    /// The latest session of an account that began within `reach` before a time.
    pub fn latest_of(&self, sid: &Sid, at: Timestamp, reach: Duration) -> Option<&LogonSession> {
        let fits = |session: &&LogonSession| {
            session.account.sid.as_ref() == Some(sid)
                && session.began_at <= at + ONE_ACT
                && session.began_at + reach >= at
        };
        self.sessions
            .values()
            .flatten()
            .filter(fits)
            .max_by_key(|session| (session.began_at, session.account.logon_id))
    }

    /// A session ended.
    pub fn logged_off(&mut self, account: &Principal, at: Timestamp) {
        let sessions = account.logon_id.and_then(|logon_id| self.sessions.get_mut(&logon_id));
        if let Some(session) = sessions.and_then(|sessions| sessions.last_mut()) {
            session.ended_at = session.ended_at.or(Some(at));
        }
    }

    /// Windows started anew: logon ids are given out again from the beginning.
    pub fn host_started(&mut self, at: Timestamp) {
        for session in self.sessions.values_mut().flatten() {
            session.ended_at = session.ended_at.or(Some(at));
            session.ended_by_restart = true;
        }
    }

    /// The session that carried this id at a time: the latest that had begun, give or take `tolerance`.
    ///
    /// One that ended with a restart in between does not count: its id may come again. One that was only logged off
    /// does: whoever holds a token of it still acts as that session.
    pub fn at(&self, logon_id: LogonId, at: Timestamp, tolerance: Duration) -> Option<&LogonSession> {
        let sessions = self.sessions.get(&logon_id)?;
        let fits = |session: &&LogonSession| {
            // 4634 is written late or early by milliseconds, and whole-second feeds cut both.
            let outlived = session.ended_at.is_none_or(|ended| ended + tolerance >= at);
            session.began_at <= at + tolerance && (outlived || !session.ended_by_restart)
        };
        sessions.iter().filter(fits).max_by_key(|session| session.began_at)
    }

    /// The other half of a split token, whichever of the two tells it.
    pub fn linked_to(&self, logon_id: LogonId, at: Timestamp, tolerance: Duration) -> Option<LogonId> {
        let own = self.at(logon_id, at, tolerance).and_then(|session| session.linked);
        own.or_else(|| {
            let other = self.sessions.iter().find(|(_, sessions)| {
                sessions.iter().any(|session| session.linked == Some(logon_id) && session.ended_at.is_none())
            });
            other.map(|(logon_id, _)| *logon_id)
        })
        .or_else(|| self.paired_with(logon_id, at, tolerance))
    }

    /// Windows before 10 does not tell the link: the other logon of the same account at the same moment is it (A4).
    fn paired_with(&self, logon_id: LogonId, at: Timestamp, tolerance: Duration) -> Option<LogonId> {
        let own = self.at(logon_id, at, tolerance)?;
        let is_split = own.logon_type.is_some_and(|logon_type| SPLIT_TYPES.contains(&logon_type));
        if own.elevated.is_some() || own.account.sid.is_none() || !is_split {
            return None;
        }
        let is_pair = |session: &&LogonSession| {
            session.account.logon_id != Some(logon_id)
                && session.account.sid == own.account.sid
                && session.logon_type == own.logon_type
                && session.privileges.is_some() != own.privileges.is_some()
                && (session.began_at - own.began_at).magnitude() <= SPLIT_TOKEN
        };
        let pair = self.sessions.values().flatten().find(is_pair);
        pair.and_then(|session| session.account.logon_id)
    }

    /// Forgets sessions that ended before `horizon`.
    pub fn forget_ended_before(&mut self, horizon: Timestamp) {
        for sessions in self.sessions.values_mut() {
            sessions.retain(|session| session.ended_at.is_none_or(|ended_at| ended_at >= horizon));
        }
        self.waiting_privileges.retain(|_, record| record.at >= horizon);
        self.waiting_groups.retain(|_, (told_at, _)| *told_at >= horizon);
        self.recount();
    }

    /// The number kept.
    pub fn len(&self) -> usize {
        self.count
    }

    /// How many sessions were dropped for the bound.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// For the bound: the older half at once, so that the cost stays linear in events.
    fn drop_older_half(&mut self) {
        let mut begun: Vec<Timestamp> =
            self.sessions.values().flatten().map(|session| session.began_at).collect();
        begun.sort_unstable();
        let median = begun[begun.len() / 2];
        let before = self.count;
        for sessions in self.sessions.values_mut() {
            sessions.retain(|session| session.began_at > median);
        }
        self.recount();
        self.dropped += (before - self.count) as u64;
    }

    fn recount(&mut self) {
        self.sessions.retain(|_, sessions| !sessions.is_empty());
        self.count = self.sessions.values().map(Vec::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::EventKind;

    const NEAR: Duration = Duration::from_milliseconds(16);

    fn at(seconds: &str) -> Timestamp {
        Timestamp::parse_rfc3339(&format!("2024-05-01T10:00:{seconds}Z")).unwrap()
    }

    fn record(seconds: &str) -> RecordRef {
        RecordRef { at: at(seconds), kind: EventKind::LoggedOn, record_id: None, source: "log".into() }
    }

    fn logon(logon_id: u64, source_ip: &str) -> LoggedOn {
        LoggedOn {
            account: Principal { logon_id: Some(LogonId(logon_id)), ..Principal::default() },
            subject: Principal::default(),
            logon_type: Some(3),
            source_ip: Some(source_ip.into()),
            source_host: None,
            linked_logon_id: None,
            elevated: None,
        }
    }

    #[test]
    fn privileges_join_their_session_from_before_and_after() {
        let mut table = LogonTable::default();
        let account = logon(7, "").account;
        table.privileged(&account, &record("01.00"));
        table.logged_on(&logon(7, "10.0.0.1"), &record("01.01"));
        assert_eq!(table.at(LogonId(7), at("02.0"), NEAR).unwrap().is_elevated(), Some(true));
        table.logged_on(&logon(8, "10.0.0.1"), &record("03.00"));
        assert_eq!(table.at(LogonId(8), at("04.0"), NEAR).unwrap().is_elevated(), None);
        table.privileged(&logon(8, "").account, &record("03.01"));
        assert_eq!(table.at(LogonId(8), at("04.0"), NEAR).unwrap().is_elevated(), Some(true));
    }

    #[test]
    fn groups_join_their_session_from_before_and_after_in_parts() {
        let mut table = LogonTable::default();
        let sid = |rid: u32| Sid::parse(&format!("S-1-5-32-{rid}")).unwrap();
        let list_of = |groups: &[Sid]| LogonGroups { account: logon(7, "").account, groups: groups.to_vec() };
        let groups = |table: &LogonTable, seconds| {
            table.at(LogonId(7), at(seconds), NEAR).unwrap().groups.clone().map(|groups| groups.to_vec())
        };
        table.in_groups(&list_of(&[sid(545)]), &record("01.00"));
        table.logged_on(&logon(7, "10.0.0.1"), &record("01.00"));
        table.in_groups(&list_of(&[sid(544)]), &record("01.00"));
        assert_eq!(groups(&table, "02.0"), Some(vec![sid(544), sid(545)]));
        table.logged_on(&logon(7, "10.0.0.1"), &record("09.00"));
        assert_eq!(groups(&table, "09.5"), None, "another session's, long ago");
    }

    #[test]
    fn an_id_of_before_the_restart_is_another_session() {
        let mut table = LogonTable::default();
        table.logged_on(&logon(7, "10.0.0.1"), &record("01.0"));
        table.host_started(at("10.0"));
        assert_eq!(table.at(LogonId(7), at("20.0"), NEAR), None);
        table.logged_on(&logon(7, "10.0.0.2"), &record("15.0"));
        let session = table.at(LogonId(7), at("20.0"), NEAR).unwrap();
        assert_eq!(session.source_ip.as_deref(), Some("10.0.0.2"));
    }

    #[test]
    fn either_half_of_a_split_token_leads_to_the_other() {
        let mut table = LogonTable::default();
        let mut filtered = logon(7, "-");
        filtered.linked_logon_id = Some(LogonId(6));
        table.logged_on(&filtered, &record("01.0"));
        assert_eq!(table.linked_to(LogonId(7), at("02.0"), NEAR), Some(LogonId(6)));
        assert_eq!(table.linked_to(LogonId(6), at("02.0"), NEAR), Some(LogonId(7)));
    }

    #[test]
    fn explicit_credentials_lead_back_to_the_session_before() {
        let mut table = LogonTable::default();
        let mut target = logon(7, "-");
        target.account.name = Some("svc-admin".into());
        let credentials = |logon_id| ExplicitCredentials {
            subject: Principal { logon_id: Some(LogonId(logon_id)), ..Principal::default() },
            target: Principal { name: Some("SVC-Admin".into()), ..Principal::default() },
            target_server: None,
            pid: None,
            image: None,
            source_ip: None,
        };
        let origin = |table: &LogonTable| {
            table
                .at(LogonId(7), at("20.0"), NEAR)
                .unwrap()
                .opened_from
                .clone()
                .map(|from| from.account.logon_id)
        };
        table.explicit_credentials(&credentials(0x3e7), &record("01.0"));
        table.logged_on(&target, &record("01.1"));
        assert_eq!(origin(&table), None, "a service leads nowhere");
        table.explicit_credentials(&credentials(5), &record("02.0"));
        table.logged_on(&target, &record("02.1"));
        assert_eq!(origin(&table), Some(Some(LogonId(5))));
        table.logged_on(&target, &record("09.0"));
        assert_eq!(origin(&table), None, "seven seconds later it is another story");
    }

    #[test]
    fn ended_sessions_are_forgotten() {
        let mut table = LogonTable::default();
        table.logged_on(&logon(7, "-"), &record("01.0"));
        table.logged_off(&logon(7, "-").account, at("02.0"));
        table.forget_ended_before(at("01.5"));
        assert!(table.at(LogonId(7), at("01.8"), NEAR).is_some());
        assert!(table.at(LogonId(7), at("09.0"), NEAR).is_some(), "a token may outlive the logoff");
        table.forget_ended_before(at("03.0"));
        assert!(table.at(LogonId(7), at("01.8"), NEAR).is_none());
    }
}

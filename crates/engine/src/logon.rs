//! The logon sessions of one host: 4624 with its 4672, ended by 4634; all of them end when Windows starts anew.

use std::collections::BTreeMap;

use begat_model::event::{LoggedOn, Principal};
use begat_model::{Duration, LogonId, RecordRef, Text, Timestamp};

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
    /// The 4624.
    pub record: RecordRef,
    /// The 4672, where there is one.
    pub privileges: Option<RecordRef>,
}

impl LogonSession {
    /// Elevated token, or administrator privileges: 4672 is written for nobody else.
    pub fn is_elevated(&self) -> Option<bool> {
        if self.privileges.is_some() { Some(true) } else { self.elevated }
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
    count: usize,
    dropped: u64,
}

/// 4672 and 4624 of one session stand this near to each other.
const PRIVILEGES_TOLERANCE: Duration = Duration::from_seconds(2);

impl LogonTable {
    /// A session began.
    pub fn logged_on(&mut self, event: &LoggedOn, record: &RecordRef) {
        let Some(logon_id) = event.account.logon_id else { return };
        let privileges = self
            .waiting_privileges
            .remove(&logon_id)
            .filter(|waiting| (record.at - waiting.at).magnitude() <= PRIVILEGES_TOLERANCE);
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
            record: record.clone(),
            privileges,
        };
        self.sessions.entry(logon_id).or_default().push(session);
        self.count += 1;
        if self.count > SESSIONS_MAX {
            self.drop_older_half();
        }
    }

    /// A session holds administrator privileges.
    pub fn privileged(&mut self, account: &Principal, record: &RecordRef) {
        let Some(logon_id) = account.logon_id else { return };
        let session = self.sessions.get_mut(&logon_id).and_then(|sessions| sessions.last_mut());
        match session.filter(|session| (record.at - session.began_at).magnitude() <= PRIVILEGES_TOLERANCE) {
            Some(session) => session.privileges = Some(record.clone()),
            None => {
                self.waiting_privileges.insert(logon_id, record.clone());
                if self.waiting_privileges.len() > SESSIONS_MAX {
                    self.waiting_privileges.pop_first();
                }
            }
        }
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
        }
    }

    /// The session that carried this id at a time: the latest that had begun, give or take `tolerance`.
    ///
    /// One that ended in between does not count: an id may come again after a restart.
    pub fn at(&self, logon_id: LogonId, at: Timestamp, tolerance: Duration) -> Option<&LogonSession> {
        let sessions = self.sessions.get(&logon_id)?;
        let fits = |session: &&LogonSession| {
            // 4634 is written late or early by milliseconds, and whole-second feeds cut both.
            session.began_at <= at + tolerance && session.ended_at.is_none_or(|ended| ended + tolerance >= at)
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
    }

    /// Forgets sessions that ended before `horizon`.
    pub fn forget_ended_before(&mut self, horizon: Timestamp) {
        for sessions in self.sessions.values_mut() {
            sessions.retain(|session| session.ended_at.is_none_or(|ended_at| ended_at >= horizon));
        }
        self.waiting_privileges.retain(|_, record| record.at >= horizon);
        self.recount();
    }

    /// The number kept.
    pub fn len(&self) -> usize {
        self.count
    }

    /// None is kept.
    pub fn is_empty(&self) -> bool {
        self.count == 0
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
    fn ended_sessions_are_forgotten() {
        let mut table = LogonTable::default();
        table.logged_on(&logon(7, "-"), &record("01.0"));
        table.logged_off(&logon(7, "-").account, at("02.0"));
        table.forget_ended_before(at("01.5"));
        assert!(table.at(LogonId(7), at("01.8"), NEAR).is_some());
        table.forget_ended_before(at("03.0"));
        assert!(table.at(LogonId(7), at("01.8"), NEAR).is_none());
    }
}

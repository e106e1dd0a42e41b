//! The logon sessions of one host: 4624 with its 4672, ended by 4634; all of them end when Windows starts anew.

use core::net::IpAddr;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use begat_model::event::{ExplicitCredentials, LoggedOn, LogonGroups, Principal, SessionReconnected};
use begat_model::{Duration, LogonId, RecordRef, Sid, Text, Timestamp};

use crate::spans::{ONE_ACT, SPLIT_TOKEN};
use crate::tables::groups::{GroupList, GroupLists};
use crate::tables::sources::{OwnAddresses, SourceTable};
use crate::windows::same_name::same_name;

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
    /// The process of this host that asked for it.
    pub process_name: Option<Text>,
    /// WorkstationName is this host's own. A client says what it likes there: it may be so, and proves nothing.
    pub names_this_host: bool,
    /// When it began. One of Windows' own sessions began with Windows, if that was seen, or before all that is known.
    pub began_at: Timestamp,
    /// What is told of its beginning: of Windows' own sessions only where the start of Windows was seen, since each
    /// service that starts writes a 4624 of them.
    pub told_at: Option<Timestamp>,
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

/// A session taken up again: 4778, or the 4624 that unlocks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconnection {
    /// From which address, as written.
    pub source_ip: Option<Text>,
    /// From which machine, as written.
    pub source_host: Option<Text>,
    /// The 4778, or the 4624 of type 7.
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

    /// It came over the network, and nobody of this host asked for it: not where a process here used credentials
    /// (LogonUser), nor without an address, as PowerShell remoting comes. Whether the address is this host's own the
    /// table knows.
    pub fn is_from_outside(&self) -> bool {
        let by_nobody = self.subject == Principal::default() && self.process_name.is_none();
        self.is_network() && by_nobody && self.source_ip.is_some() && !self.names_this_host
    }

    /// Came over the network: no process of this host needs to run in it.
    pub fn is_network(&self) -> bool {
        self.logon_type == Some(NETWORK)
    }

    /// One of Windows' own, which all its services share.
    pub fn is_shared(&self) -> bool {
        self.account.logon_id.is_some_and(LogonId::is_well_known)
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
    /// NetBIOS name of the host.
    netbios: String,
    /// From where sessions came, whether kept or not.
    pub sources: SourceTable,
    own_addresses: OwnAddresses,
    /// Sessions of people who sit somewhere, the latest.
    seated: VecDeque<LogonId>,
    /// When Windows last started, where that was seen.
    host_started_at: Option<Timestamp>,
    /// 4648s that may be followed by their 4624.
    credentials: VecDeque<(ExplicitCredentials, RecordRef)>,
    count: usize,
    dropped: u64,
}

/// Most 4648s that wait for their 4624.
const CREDENTIALS_MAX: usize = 256;
/// Most sessions that an unlocking is looked for in.
const SEATED_MAX: usize = 256;
/// 4624's LogonType over the network.
const NETWORK: u32 = 3;
/// 4624's LogonType of the system itself: written once, when Windows starts.
const AT_BOOT: u32 = 0;
/// 4624's LogonType where a session that was left locked is taken up again.
const UNLOCK: u32 = 7;
/// LogonTypes of sessions that people sit at: interactive, remote desktop, cached.
const SEATED_TYPES: &[u32] = &[2, 10, 11];
/// Most takings up again kept of one session, the latest.
const RECONNECTIONS_MAX: usize = 16;
/// Logon types that split an administrator's token (A4).
const SPLIT_TYPES: &[u32] = &[2, 7, 10, 11];

impl LogonTable {
    /// The sessions of a host of this NetBIOS name.
    pub fn of(netbios: &str) -> LogonTable {
        LogonTable { netbios: netbios.to_owned(), ..LogonTable::default() }
    }

    /// The host was renamed.
    pub fn host_is_called(&mut self, netbios: &str) {
        netbios.clone_into(&mut self.netbios);
    }

    /// A session began.
    pub fn logged_on(&mut self, event: &LoggedOn, record: &RecordRef) {
        let Some(logon_id) = event.account.logon_id else { return };
        if event.logon_type == Some(UNLOCK) {
            self.unlocked(event, record);
        }
        if self.is_of_known_service(event, logon_id) {
            return;
        }
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
            self.own_addresses.seen(source, self.is_machine_itself(event), record.at);
        }
        let (began_at, told_at) = self.beginning(event, logon_id, record.at);
        if event.logon_type.is_some_and(|logon_type| SEATED_TYPES.contains(&logon_type)) {
            self.seated.truncate(SEATED_MAX - 1);
            self.seated.push_front(logon_id);
        }
        let session = LogonSession {
            account: event.account.clone(),
            subject: event.subject.clone(),
            logon_type: event.logon_type,
            source_ip: event.source_ip.clone(),
            source_host: event.source_host.clone(),
            linked: event.linked_logon_id,
            elevated: event.elevated,
            process_name: event.process_name.clone(),
            names_this_host: event.logon_type == Some(NETWORK)
                && self.is_own_name(event.source_host.as_deref()),
            began_at,
            told_at,
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

    /// Every start of a service writes a 4624 of the session that its services share: the first since Windows started
    /// is kept. That of type 0 is written by a new start of Windows.
    fn is_of_known_service(&self, event: &LoggedOn, logon_id: LogonId) -> bool {
        let is_alive =
            |sessions: &Vec<LogonSession>| sessions.last().is_some_and(|last| !last.ended_by_restart);
        logon_id.is_well_known()
            && event.logon_type != Some(AT_BOOT)
            && self.sessions.get(&logon_id).is_some_and(is_alive)
    }

    /// Since when a session was there, and when its record says that it began.
    fn beginning(
        &self,
        event: &LoggedOn,
        logon_id: LogonId,
        at: Timestamp,
    ) -> (Timestamp, Option<Timestamp>) {
        match self.host_started_at {
            _ if !logon_id.is_well_known() || event.logon_type == Some(AT_BOOT) => (at, Some(at)),
            Some(started_at) => (started_at, Some(at)),
            None => (Timestamp::from_unix_ticks(i64::MIN / 4, at.precision()), None),
        }
    }

    /// The machine's own account came over the network, with the machine's own password: nobody else has it.
    fn is_machine_itself(&self, event: &LoggedOn) -> bool {
        let machine = event.account.name.as_deref().and_then(|name| name.strip_suffix('$'));
        event.logon_type == Some(NETWORK) && event.subject_is_nobody() && self.is_own_name(machine)
    }

    fn is_own_name(&self, name: Option<&str>) -> bool {
        name.is_some_and(|name| !name.is_empty() && name.eq_ignore_ascii_case(&self.netbios))
    }

    /// An address of this very host: loopback, or one that it was seen to come from itself.
    pub fn is_own_address(&self, address: &str) -> bool {
        self.own_addresses.contains(address)
    }

    /// A session that came over the network from this machine itself: a local process went out and came in again. One that
    /// a session of this machine asked for (LogonUser) came over none.
    pub fn is_loopback(&self, session: &LogonSession) -> bool {
        session.is_network()
            && session.subject.logon_id.is_none()
            && match session.source_ip.as_deref() {
                Some(address) => self.is_own_address(address),
                None => session.names_this_host,
            }
    }

    /// Whoever unlocks a session from elsewhere takes up the one that was left, and its processes keep the old logon
    /// id (A4). 4778 says the same, where its subcategory is audited. An unlocking without an address tells no place.
    fn unlocked(&mut self, event: &LoggedOn, record: &RecordRef) {
        if event.source_ip.is_none() {
            return;
        }
        let is_left = |session: &LogonSession| {
            session.ended_at.is_none()
                && session.began_at < record.at
                && same_account(&session.account, &event.account)
        };
        let last = |logon_id: &LogonId| self.sessions.get(logon_id).and_then(|sessions| sessions.last());
        let mut left = self.seated.iter().filter_map(last).filter(|session| is_left(session));
        let Some(latest) = left.next() else { return };
        // Of an administrator's split token both halves are taken up.
        let half = left.next().filter(|half| (half.began_at - latest.began_at).magnitude() <= SPLIT_TOKEN);
        let both = [Some(latest), half].map(|session| session.and_then(|session| session.account.logon_id));
        for logon_id in both.into_iter().flatten() {
            self.taken_up(logon_id, event.source_ip.as_ref(), event.source_host.as_ref(), record);
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
        if let Some(logon_id) = event.account.logon_id {
            self.taken_up(logon_id, event.source_ip.as_ref(), event.source_host.as_ref(), record);
        }
    }

    fn taken_up(
        &mut self,
        logon_id: LogonId,
        source_ip: Option<&Text>,
        source_host: Option<&Text>,
        record: &RecordRef,
    ) {
        let sessions = self.sessions.get_mut(&logon_id);
        let Some(session) = sessions.and_then(|sessions| sessions.last_mut()) else { return };
        if session.reconnections.len() == RECONNECTIONS_MAX {
            session.reconnections.remove(0);
        }
        session.reconnections.push(Reconnection {
            source_ip: source_ip.cloned(),
            source_host: source_host.cloned(),
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

    /// The sessions that came over the network between two times, both included, in order of time: whoever's, and
    /// with an address or without, but none of this machine itself nor of one that may do nothing here.
    pub fn came_over_network(&self, from: Timestamp, until: Timestamp) -> Vec<&LogonSession> {
        let is_anonymous =
            |account: &Principal| account.sid.as_ref().is_some_and(|sid| sid.as_str() == "S-1-5-7");
        let fits = |session: &&LogonSession| {
            (from..=until).contains(&session.began_at)
                && session.is_network()
                && !self.is_loopback(session)
                && !is_anonymous(&session.account)
                && session.is_elevated() != Some(false)
        };
        let mut came: Vec<&LogonSession> = self.sessions.values().flatten().filter(fits).collect();
        came.sort_by_key(|session| (session.began_at, session.account.logon_id));
        came
    }

    /// Addresses that this host was seen to have.
    pub fn own_addresses(&self) -> BTreeSet<IpAddr> {
        self.own_addresses.all().collect()
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
        self.host_started_at = Some(at);
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
            // Each of Windows' own stands once, however long ago it began.
            sessions.retain(|session| session.began_at > median || session.is_shared());
        }
        self.recount();
        self.dropped += (before - self.count) as u64;
    }

    fn recount(&mut self) {
        self.sessions.retain(|_, sessions| !sessions.is_empty());
        self.count = self.sessions.values().map(Vec::len).sum();
    }
}

/// By SID, or by name where one of the two tells none.
fn same_account(ours: &Principal, theirs: &Principal) -> bool {
    match (&ours.sid, &theirs.sid) {
        (Some(ours), Some(theirs)) => ours == theirs,
        _ => {
            let same = |ours: &Option<Text>, theirs: &Option<Text>| {
                ours.as_ref().zip(theirs.as_ref()).is_some_and(|(ours, theirs)| same_name(ours, theirs))
            };
            same(&ours.name, &theirs.name) && same(&ours.domain, &theirs.domain)
        }
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
            process_name: None,
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

    /// A session of anna, begun in this way.
    fn of_anna(logon_id: u64, logon_type: u32, source_ip: Option<&str>) -> LoggedOn {
        let account = Principal {
            name: Some("anna".into()),
            domain: Some("CORP".into()),
            sid: Sid::parse("S-1-5-21-1-2-3-1007"),
            logon_id: Some(LogonId(logon_id)),
        };
        let source_ip = source_ip.map(Into::into);
        LoggedOn { account, logon_type: Some(logon_type), source_ip, ..logon(logon_id, "-") }
    }

    #[test]
    fn whoever_unlocks_a_session_from_elsewhere_sits_there_now() {
        let place = |table: &LogonTable, logon_id, seconds| {
            let session = table.at(LogonId(logon_id), at("50.0"), NEAR).unwrap();
            session.reconnected_before(at(seconds)).and_then(|again| again.source_ip.clone())
        };
        for logon_type in [2, 10, 11, 3, 5] {
            let mut table = LogonTable::default();
            table.logged_on(&of_anna(7, logon_type, Some("10.1.1.1")), &record("01.0"));
            table.logged_on(&of_anna(8, UNLOCK, Some("10.6.6.6")), &record("20.0"));
            let expected = SEATED_TYPES.contains(&logon_type).then(|| "10.6.6.6".into());
            assert_eq!(place(&table, 7, "30.0"), expected, "type {logon_type}");
            assert_eq!(place(&table, 7, "10.0"), None, "not before");
        }
        let mut table = LogonTable::default();
        table.logged_on(&of_anna(5, 10, Some("10.1.1.1")), &record("01.0"));
        // Both halves of a split token, then somebody else, and one that has ended.
        table.logged_on(&of_anna(6, 10, Some("10.1.1.1")), &record("10.0"));
        table.logged_on(&of_anna(7, 10, Some("10.1.1.1")), &record("10.0"));
        let mut eve = of_anna(9, 10, Some("10.1.1.1"));
        (eve.account.name, eve.account.sid) = (Some("eve".into()), None);
        table.logged_on(&eve, &record("11.0"));
        table.logged_on(&of_anna(12, 2, None), &record("12.0"));
        table.logged_off(&of_anna(12, 2, None).account, at("13.0"));
        let mut nameless = of_anna(8, UNLOCK, Some("10.6.6.6"));
        table.logged_on(&of_anna(14, UNLOCK, None), &record("19.0"));
        assert_eq!(place(&table, 7, "30.0"), None, "from nowhere that is told");
        nameless.account.sid = None;
        table.logged_on(&nameless, &record("20.0"));
        let told = [5, 6, 7, 9, 12].map(|logon_id| place(&table, logon_id, "30.0").is_some());
        assert_eq!(told, [false, true, true, false, false]);
    }

    #[test]
    fn the_machine_itself_is_known_by_its_own_account_and_by_no_name_that_a_client_gives() {
        let mut table = LogonTable::of("SRV1");
        let from = |workstation: Option<&str>, source_ip: Option<&str>| LoggedOn {
            source_host: workstation.map(Into::into),
            ..of_anna(7, 3, source_ip)
        };
        let judged = |table: &mut LogonTable, logon: &LoggedOn| {
            table.logged_on(logon, &record("20.0"));
            let session = table.at(LogonId(7), at("20.0"), NEAR).unwrap();
            (table.is_loopback(session), session.is_from_outside())
        };
        for (workstation, source_ip, expected) in [
            (Some("KALI"), Some("10.6.6.6"), (false, true)),
            (None, Some("10.6.6.6"), (false, true)),
            (Some("srv1"), Some("10.6.6.6"), (false, false)),
            (Some("srv1"), None, (true, false)),
            (Some("KALI"), None, (false, false)),
            (None, Some("::1"), (true, true)),
        ] {
            let told = judged(&mut table, &from(workstation, source_ip));
            assert_eq!(told, expected, "{workstation:?} {source_ip:?}");
        }
        let mut machine = from(None, Some("10.1.1.77"));
        machine.account.name = Some("OTHER$".into());
        table.logged_on(&machine, &record("21.0"));
        assert!(!table.is_own_address("10.1.1.77"), "another machine came from there");
        machine.account.name = Some("srv1$".into());
        table.logged_on(&machine, &record("22.0"));
        assert!(table.is_own_address("10.1.1.77"));
        assert!(judged(&mut table, &from(Some("SRV1"), Some("10.1.1.77"))).0);
    }

    #[test]
    fn what_a_process_here_asked_for_came_from_nowhere_else() {
        let judged = |change: &dyn Fn(&mut LoggedOn)| {
            let mut table = LogonTable::of("SRV1");
            let mut logon = of_anna(7, 3, Some("10.6.6.6"));
            change(&mut logon);
            table.logged_on(&logon, &record("20.0"));
            table.at(LogonId(7), at("20.0"), NEAR).unwrap().is_from_outside()
        };
        assert!(judged(&|_| {}));
        assert!(!judged(&|logon| logon.process_name = Some(r"C:\t\add.exe".into())));
        assert!(!judged(&|logon| logon.subject.logon_id = Some(LogonId(5))));
        assert!(!judged(&|logon| logon.subject.sid = Sid::parse("S-1-5-18")));
        assert!(!judged(&|logon| logon.source_ip = None));
        assert!(!judged(&|logon| logon.logon_type = Some(10)));
    }

    #[test]
    fn the_session_of_all_services_began_with_windows_and_not_with_the_last_of_them() {
        let service = |logon_type| {
            let mut event = logon(0x3e7, "-");
            (event.logon_type, event.source_ip) = (Some(logon_type), None);
            event
        };
        let told = |table: &LogonTable, seconds| {
            let session = table.at(LogonId::SYSTEM, at(seconds), NEAR).unwrap();
            (session.told_at, session.began_at < at("00.5"))
        };
        let mut table = LogonTable::default();
        table.logged_on(&service(5), &record("05.0"));
        table.logged_on(&service(5), &record("09.0"));
        assert_eq!(told(&table, "10.0"), (None, true), "it began before this log");
        table.host_started(at("20.0"));
        table.logged_on(&service(5), &record("21.0"));
        table.logged_on(&service(5), &record("29.0"));
        assert_eq!(told(&table, "30.0").0, Some(at("21.0")), "the first since Windows started");
        assert_eq!(table.at(LogonId::SYSTEM, at("30.0"), NEAR).unwrap().began_at, at("20.0"));
        table.logged_on(&service(AT_BOOT), &record("40.0"));
        table.logged_on(&service(5), &record("41.0"));
        assert_eq!(told(&table, "45.0").0, Some(at("40.0")), "the system itself logs on once");
        let mut full = LogonTable::default();
        full.logged_on(&service(5), &record("01.0"));
        (0..=SESSIONS_MAX as u64).for_each(|id| full.logged_on(&logon(id << 12 | 1, "-"), &record("02.0")));
        assert!(full.dropped() > 0 && full.at(LogonId::SYSTEM, at("03.0"), NEAR).is_some());
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

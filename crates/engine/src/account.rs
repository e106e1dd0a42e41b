//! The life of each created account, followed by its SID: names change, SIDs do not.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use begat_model::case::{Actor, Afterward, CaseEvent, Outcome, Role, What};
use begat_model::catalog::channel;
use begat_model::event::{AccountAction, AccountTouched, Body, GroupMembership, Principal};
use begat_model::{Analytic, Duration, Event, EventKind, RecordRef, Sid, Text, Timestamp};

/// Most accounts followed on one host.
pub const ACCOUNTS_MAX: usize = 65_536;
/// Most happenings kept for one account; logons count once for each type and source.
pub const AFTERWARDS_MAX: usize = 256;
/// The burst of one creation lies this close together: its 4728 comes before the 4720 (A3).
const BURST: Duration = Duration::from_seconds(2);
/// Most records kept of what may turn out to be the beginning of a burst.
const EARLY_MAX: usize = 1024;
/// A failed creation is undone within this time.
const UNDONE_WITHIN: Duration = Duration::from_seconds(1);
/// Most accounts kept whose creation was not seen.
pub const UNSEEN_MAX: usize = 4096;
/// Most records kept of each of them.
const UNSEEN_EVENTS_MAX: usize = 8;
/// RIDs below are those that every machine is born with.
pub(crate) const FIRST_CREATED_RID: u32 = 1000;
/// Most blindings remembered for creations that follow.
const BLINDINGS_MAX: usize = 64;
/// Log cleared or audit policy changed this long after the creation, by the same actor, belongs to its story.
const COVER_UP_WITHIN: Duration = Duration::from_seconds(3600);

/// Groups that grant power over a host: High and Medium of the domain reference's section D.
pub const PRIVILEGED_BUILTIN_RIDS: &[(u32, &str)] = &[
    (544, "Administrators"),
    (551, "Backup Operators"),
    (578, "Hyper-V Administrators"),
    (555, "Remote Desktop Users"),
    (580, "Remote Management Users"),
    (562, "Distributed COM Users"),
    (547, "Power Users"),
];

/// Groups of a domain that grant power over all its hosts.
pub const PRIVILEGED_DOMAIN_RIDS: &[(u32, &str)] = &[
    (512, "Domain Admins"),
    (518, "Schema Admins"),
    (519, "Enterprise Admins"),
    (520, "Group Policy Creator Owners"),
    (526, "Key Admins"),
    (527, "Enterprise Key Admins"),
];

/// What a group's SID says about the power it grants: its English name, whatever the host calls it.
pub fn privileged_group(group: &Sid) -> Option<&'static str> {
    let rid = group.rid()?;
    let rows = if group.as_str().starts_with("S-1-5-32-") {
        PRIVILEGED_BUILTIN_RIDS
    } else {
        group.authority_prefix()?;
        PRIVILEGED_DOMAIN_RIDS
    };
    rows.iter().find(|(row, _)| *row == rid).map(|(_, name)| *name)
}

/// Of the groups of every Windows these weigh most: section D's High.
const HIGH_BUILTIN_RIDS: &[u32] = &[544, 551, 578];

/// The power that a group grants over a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupPower {
    /// As much as Administrators; else only the right to come in from elsewhere.
    pub is_high: bool,
    /// Its English name; of a site's own group the name that the host gives it, else its SID.
    pub name: String,
}

/// The power of a group, those among them that the site says are nested in Administrators; `None`: it grants none.
pub fn group_power(group: &Sid, name: Option<&Text>, site: &[Sid]) -> Option<GroupPower> {
    let known = privileged_group(group);
    if site.contains(group) {
        let name = known.or(name.map(|name| &**name)).unwrap_or(group.as_str()).to_owned();
        return Some(GroupPower { is_high: true, name });
    }
    let is_builtin = group.as_str().starts_with("S-1-5-32-");
    let is_high = !is_builtin || group.rid().is_some_and(|rid| HIGH_BUILTIN_RIDS.contains(&rid));
    known.map(|name| GroupPower { is_high, name: name.to_owned() })
}

/// What a 4722 and its like say of an account that lives.
fn sign_of(action: AccountAction) -> Option<&'static str> {
    match action {
        AccountAction::Enabled => Some("was enabled"),
        AccountAction::PasswordSet => Some("was given a password"),
        AccountAction::PasswordChanged => Some("changed its password"),
        AccountAction::Changed => Some("was changed"),
        AccountAction::Disabled | AccountAction::Deleted | AccountAction::LockedOut => None,
    }
}

/// Every account is put into RID 513 of its machine or domain ("None", "Domain Users"): that says nothing.
fn is_primary_group(group: &Sid) -> bool {
    group.rid() == Some(513) && group.authority_prefix().is_some()
}

/// What is known of one account since its creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLife {
    created_at: Timestamp,
    actor: Principal,
    /// Latest known name.
    pub name: Option<Text>,
    /// What happened, in order.
    pub afterwards: Vec<Afterward>,
    /// Happenings that were left out for the bound.
    pub left_out: u64,
    /// Groups it was ever put into, but its primary one.
    pub groups: BTreeSet<Sid>,
    /// The records of the burst and of the rest of its life.
    pub events: Vec<CaseEvent>,
    /// 4738's NewUacValue, latest.
    pub uac_value: Option<u32>,
    /// First deletion, by whom.
    pub deleted: Option<(Timestamp, Principal)>,
    /// Its record id.
    deleted_by_record: Option<u64>,
    /// What the same actor did within the hour before, to hide it.
    pub covered_before: Option<What>,
    privileged: bool,
    enabled: bool,
    password_refused: bool,
    restored: bool,
    logons: BTreeSet<(Option<u32>, Option<Text>)>,
}

impl AccountLife {
    /// What became of the account.
    pub fn outcome(&self) -> Outcome {
        let Some((deleted_at, _)) = &self.deleted else { return Outcome::Persists };
        let coarser = self.created_at.precision().min(deleted_at.precision()).step();
        let undone = (*deleted_at - self.created_at) < UNDONE_WITHIN.max(coarser + coarser);
        match (self.restored, undone && (!self.enabled || self.password_refused)) {
            (true, _) => Outcome::Resurrected,
            (false, true) => Outcome::AttemptFailed,
            (false, false) => Outcome::Deleted,
        }
    }

    /// Ever in a group that grants power.
    pub fn is_privileged(&self) -> bool {
        self.privileged
    }

    fn new(created_at: Timestamp, name: Option<Text>, actor: Principal) -> AccountLife {
        AccountLife {
            created_at,
            actor,
            name,
            afterwards: Vec::new(),
            left_out: 0,
            groups: BTreeSet::new(),
            events: Vec::new(),
            uac_value: None,
            deleted: None,
            deleted_by_record: None,
            covered_before: None,
            privileged: false,
            enabled: false,
            password_refused: false,
            restored: false,
            logons: BTreeSet::new(),
        }
    }

    fn happened(&mut self, what: What, by: Option<&Principal>, record: &RecordRef) {
        if self.afterwards.len() == AFTERWARDS_MAX {
            self.left_out += 1;
            return;
        }
        let by = by.filter(|by| **by != Principal::default()).cloned();
        let role = match what {
            What::LogCleared | What::AuditPolicyChanged => Role::Blinding,
            _ if (record.at - self.created_at).magnitude() <= BURST => Role::Burst,
            _ => Role::Afterwards,
        };
        self.rests_on(record, role);
        self.afterwards.push(Afterward { at: record.at, what, by, record: record.clone() });
    }

    /// A record of the account's story; the story of one account is bounded as its happenings are.
    fn rests_on(&mut self, record: &RecordRef, role: Role) {
        if self.events.len() < 2 * AFTERWARDS_MAX {
            self.events.push(CaseEvent { record: record.clone(), role });
        }
    }

    /// A deleted SID never comes back by itself: any sign of life means the hive was edited (A3).
    fn sign_of_life(&mut self, by: Option<&Principal>, record: &RecordRef) {
        let Some((deleted_at, _)) = &self.deleted else { return };
        // A logon races with a deletion; what else the Security log writes after it came after it.
        let is_ordered =
            record.kind != EventKind::LoggedOn && record.kind.spec().channel == channel::SECURITY;
        let came_after = is_ordered
            && record.record_id.zip(self.deleted_by_record).is_some_and(|(theirs, ours)| theirs > ours);
        if came_after || record.at - *deleted_at > UNDONE_WITHIN {
            self.revive(by, record);
        }
    }

    fn revive(&mut self, by: Option<&Principal>, record: &RecordRef) {
        if !self.restored {
            self.restored = true;
            self.happened(What::Restored, by, record);
        }
    }

    fn same_actor(&self, by: &Principal) -> bool {
        let same_session =
            by.logon_id.is_some_and(|id| !id.is_well_known() && self.actor.logon_id == Some(id));
        let same_account =
            by.sid.as_ref().is_some_and(|sid| sid.as_str() != Sid::SYSTEM) && by.sid == self.actor.sid;
        same_session || same_account
    }
}

/// An account that shows signs of life, and whose creation was not seen.
#[derive(Debug, Clone, PartialEq)]
pub struct UnseenAccount {
    /// First sign of it.
    pub at: Timestamp,
    /// Latest known name.
    pub name: Option<Text>,
    /// What the first sign was, as a clause: `logged on over the network`.
    pub first_sign: String,
    /// Why it must have been created while this log was written, as a clause.
    pub proof: Option<String>,
    /// It was put into a group that grants power.
    pub is_privileged: bool,
    /// Who gave the first sign, where it was another.
    pub by: Option<Actor>,
    /// The records of the signs.
    pub events: Vec<CaseEvent>,
}

/// A sign of life of an account.
struct Sign<'a> {
    account: &'a Principal,
    what: String,
    proof: Option<String>,
    by: Option<&'a Principal>,
    record: &'a RecordRef,
}

/// Whether an event may be a sign of a local account that somebody created: such an account is of interest by
/// itself, where its creation is not in the input.
pub fn may_be_unseen(event: &Event) -> bool {
    let is_created = |account: &Principal| {
        account.sid.as_ref().is_some_and(|sid| {
            sid.authority_prefix().is_some() && sid.rid().is_some_and(|rid| rid >= FIRST_CREATED_RID)
        })
    };
    let is_local = |account: &Principal| {
        account.domain.as_deref().is_some_and(|domain| domain.to_uppercase() == event.host.netbios())
    };
    match &event.body {
        Body::LoggedOn(logon) => is_created(&logon.account) && is_local(&logon.account),
        Body::AccountTouched(touched) => is_created(&touched.account) && is_local(&touched.account),
        Body::GroupMemberAdded(membership) => is_created(&membership.member),
        _ => false,
    }
}

/// The created accounts of one host, and those that it shows without their creation.
#[derive(Debug, Default)]
pub struct AccountTable {
    netbios: String,
    /// What the site says, of groups that are nested in Administrators somewhere.
    site: Arc<Analytic>,
    /// What the SIDs of this machine begin with, once an event told it.
    machine: Option<String>,
    lives: BTreeMap<Sid, AccountLife>,
    unseen: BTreeMap<Sid, UnseenAccount>,
    early: VecDeque<(Sid, CaseEvent)>,
    blindings: VecDeque<(What, Principal, Timestamp)>,
    dropped: u64,
}

impl AccountTable {
    /// A table for the host of this NetBIOS name: local accounts carry it as their domain.
    pub fn new(netbios: &str) -> AccountTable {
        AccountTable { netbios: netbios.to_owned(), ..AccountTable::default() }
    }

    /// The same at a site that names groups of its own.
    pub fn of_site(netbios: &str, site: Arc<Analytic>) -> AccountTable {
        AccountTable { site, ..AccountTable::new(netbios) }
    }

    /// What the SIDs of this machine begin with, where an event told it.
    pub fn machine(&self) -> Option<&str> {
        self.machine.as_deref()
    }

    /// The accounts that live, and whose creation is not in the input.
    pub fn unseen(&self) -> impl Iterator<Item = (&Sid, UnseenAccount)> {
        let of_this_machine =
            |sid: &Sid| sid.authority_prefix().is_some_and(|prefix| self.machine.as_deref() == Some(prefix));
        let unborn =
            self.unseen.iter().filter(move |(sid, _)| !self.lives.contains_key(*sid) && of_this_machine(sid));
        unborn.map(|(sid, account)| {
            let proof = account.proof.clone().or_else(|| self.made_after_another(sid, account));
            (sid, UnseenAccount { proof, ..account.clone() })
        })
    }

    /// RIDs are given out in order: one above that of an account whose creation was seen is younger than that.
    fn made_after_another(&self, sid: &Sid, account: &UnseenAccount) -> Option<String> {
        let rid = sid.rid()?;
        let older = self.lives.iter().filter(|(other, life)| {
            other.authority_prefix() == sid.authority_prefix()
                && other.rid().is_some_and(|other| other < rid)
                && life.created_at < account.at
        });
        let (other, life) = older.max_by_key(|(other, _)| other.rid())?;
        let name = life.name.as_deref().unwrap_or("another account");
        Some(format!("its RID {rid} comes after {name}'s {}, which was created in this log", other.rid()?))
    }

    /// Notes a sign of an account without a life here. Only local ones count, of RIDs that creation gives out.
    fn sign(&mut self, sign: Sign<'_>) {
        let Some(sid) = sign.account.sid.as_ref().filter(|sid| sid.authority_prefix().is_some()) else {
            return;
        };
        if sid.rid().is_none_or(|rid| rid < FIRST_CREATED_RID) {
            return;
        }
        if self.unseen.len() == UNSEEN_MAX && !self.unseen.contains_key(sid) {
            self.dropped += 1;
            return;
        }
        let Sign { account, what, proof, by, record } = sign;
        let known = self.unseen.entry(sid.clone()).or_insert_with(|| UnseenAccount {
            at: record.at,
            name: None,
            first_sign: what,
            proof: None,
            is_privileged: false,
            by: by.map(|by| Actor { account: by.clone(), ..Actor::default() }),
            events: Vec::new(),
        });
        known.name = account.name.clone().or(known.name.take());
        known.proof = known.proof.take().or(proof);
        if known.events.len() < UNSEEN_EVENTS_MAX {
            known.events.push(CaseEvent { record: record.clone(), role: Role::Afterwards });
        }
    }

    /// A local account carries the machine's own name as its domain, and so tells what the machine's SIDs begin with.
    fn is_local(&mut self, account: &Principal) -> bool {
        let is_local = account.domain.as_deref().is_some_and(|domain| domain.to_uppercase() == self.netbios);
        let prefix = account.sid.as_ref().and_then(Sid::authority_prefix);
        if let (true, None, Some(prefix)) = (is_local, &self.machine, prefix) {
            self.machine = Some(prefix.to_owned());
        }
        is_local
    }

    /// Another program than lsass wrote to the data of an account: a deleted one then lives again.
    pub fn sam_written(&mut self, rid: u32, record: &RecordRef) {
        for (sid, life) in &mut self.lives {
            // Nobody but lsass ends an account, and its last write comes before the 4726.
            let is_dead = life.deleted.as_ref().is_some_and(|(deleted_at, _)| *deleted_at <= record.at);
            if sid.rid() == Some(rid) && is_dead {
                life.revive(None, record);
            }
        }
    }

    /// An account was created: follow it from here on.
    pub fn created(&mut self, sid: &Sid, at: Timestamp, name: Option<Text>, actor: &Principal) {
        if self.lives.len() == ACCOUNTS_MAX && !self.lives.contains_key(sid) {
            self.dropped += 1;
            return;
        }
        let life = self.lives.entry(sid.clone()).or_insert_with(|| AccountLife::new(at, name, actor.clone()));
        let burst = self.early.iter().filter(|(early, event)| early == sid && event.record.at + BURST >= at);
        life.events.extend(burst.map(|(_, event)| event.clone()));
        let before = self
            .blindings
            .iter()
            .find(|(_, by, when)| *when <= at && at - *when <= COVER_UP_WITHIN && life.same_actor(by));
        life.covered_before = before.map(|(what, ..)| what.clone());
        if let Some(prefix) = sid.authority_prefix().filter(|_| self.machine.is_none()) {
            self.machine = Some(prefix.to_owned());
        }
    }

    /// The life of a created account.
    pub fn life(&self, sid: &Sid) -> Option<&AccountLife> {
        self.lives.get(sid)
    }

    /// Accounts that could not be followed for the bound.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Something was done to an account.
    pub fn touched(&mut self, event: &AccountTouched, record: &RecordRef) {
        let is_local = self.is_local(&event.account);
        let Some(life) = event.account.sid.as_ref().and_then(|sid| self.lives.get_mut(sid)) else {
            if let Some(what) = sign_of(event.action).filter(|_| is_local) {
                let (account, by) = (&event.account, Some(&event.subject));
                self.sign(Sign { account, what: what.to_owned(), proof: None, by, record });
            }
            return;
        };
        if event.action != AccountAction::Deleted {
            life.sign_of_life(Some(&event.subject), record);
        }
        let what = match event.action {
            AccountAction::Enabled => {
                life.enabled |= event.succeeded;
                What::Enabled
            }
            AccountAction::PasswordSet | AccountAction::PasswordChanged => {
                life.password_refused |= !event.succeeded;
                What::PasswordSet { succeeded: event.succeeded }
            }
            AccountAction::Disabled => What::Disabled,
            AccountAction::Deleted => {
                life.deleted.get_or_insert_with(|| (record.at, event.subject.clone()));
                life.deleted_by_record = life.deleted_by_record.or(record.record_id);
                What::Deleted
            }
            AccountAction::Changed => {
                life.uac_value = event.new_uac_value.or(life.uac_value);
                life.rests_on(record, Role::Burst);
                return;
            }
            AccountAction::LockedOut => return,
        };
        life.happened(what, Some(&event.subject), record);
    }

    /// An account was renamed.
    pub fn renamed(&mut self, sid: Option<&Sid>, to: Option<&Text>, by: &Principal, record: &RecordRef) {
        let Some(life) = sid.and_then(|sid| self.lives.get_mut(sid)) else { return };
        let Some(to) = to else { return };
        life.sign_of_life(Some(by), record);
        life.name = Some(to.clone());
        life.happened(What::Renamed { to: to.clone() }, Some(by), record);
    }

    /// A member came into a group.
    pub fn added_to_group(&mut self, event: &GroupMembership, record: &RecordRef) {
        let (Some(member), Some(group)) = (&event.member.sid, &event.group.sid) else { return };
        let is_birth = is_primary_group(group) && self.is_local(&event.group);
        let Some(life) = self.lives.get_mut(member) else {
            self.unseen_in_group(event, is_birth, record);
            return self.remember_early(member, record);
        };
        life.sign_of_life(Some(&event.subject), record);
        if is_primary_group(group) {
            life.rests_on(record, Role::Burst);
            return;
        }
        life.groups.insert(group.clone());
        let group_name = event.group.name.clone();
        let privileged = group_power(group, group_name.as_ref(), &self.site.privileged_groups).is_some();
        life.privileged |= privileged;
        let what = What::AddedToGroup { group_sid: group.clone(), group_name, privileged };
        life.happened(what, Some(&event.subject), record);
    }

    /// A group took in an account whose creation was not seen, or not yet: its 4728 comes before its 4720 (A3).
    fn unseen_in_group(&mut self, event: &GroupMembership, is_birth: bool, record: &RecordRef) {
        let Some(group) = &event.group.sid else { return };
        if is_primary_group(group) && !is_birth {
            return;
        }
        let power = group_power(group, event.group.name.as_ref(), &self.site.privileged_groups);
        let proof = is_birth
            .then(|| "it was put into the machine's primary group, as happens at creation alone".to_owned());
        let what = match &power {
            Some(power) => format!("was put into {}", power.name),
            None => "was put into a group".to_owned(),
        };
        self.sign(Sign { account: &event.member, what, proof, by: Some(&event.subject), record });
        let unseen = event.member.sid.as_ref().and_then(|sid| self.unseen.get_mut(sid));
        if let (Some(unseen), Some(_)) = (unseen, power) {
            unseen.is_privileged = true;
        }
    }

    /// A member left a group.
    pub fn removed_from_group(&mut self, event: &GroupMembership, record: &RecordRef) {
        let (Some(member), Some(group)) = (&event.member.sid, &event.group.sid) else { return };
        let Some(life) = self.lives.get_mut(member) else { return };
        if is_primary_group(group) {
            life.rests_on(record, Role::Burst);
            return;
        }
        let what = What::RemovedFromGroup { group_sid: group.clone(), group_name: event.group.name.clone() };
        life.happened(what, Some(&event.subject), record);
    }

    /// Somebody logged on: told once for each type and source.
    pub fn logged_on(
        &mut self,
        account: &Principal,
        logon_type: Option<u32>,
        source_ip: Option<&Text>,
        record: &RecordRef,
    ) {
        let is_local = self.is_local(account);
        let Some(life) = account.sid.as_ref().and_then(|sid| self.lives.get_mut(sid)) else {
            if is_local {
                let from = source_ip.map(|ip| format!(" from {ip}")).unwrap_or_default();
                let what = format!("logged on{from}");
                self.sign(Sign { account, what, proof: None, by: None, record });
            }
            return;
        };
        life.sign_of_life(None, record);
        if life.logons.len() < AFTERWARDS_MAX && life.logons.insert((logon_type, source_ip.cloned())) {
            life.happened(What::LoggedOn { logon_type, source_ip: source_ip.cloned() }, None, record);
        }
    }

    /// The log was cleared or the audit policy changed: it belongs to every account the same actor made before.
    pub fn blinded(&mut self, what: &What, by: &Principal, record: &RecordRef) {
        if self.blindings.len() == BLINDINGS_MAX {
            self.blindings.pop_front();
        }
        self.blindings.push_back((what.clone(), by.clone(), record.at));
        for life in self.lives.values_mut() {
            let since = record.at - life.created_at;
            if life.same_actor(by) && since >= Duration::ZERO && since <= COVER_UP_WITHIN {
                life.happened(what.clone(), Some(by), record);
            }
        }
    }

    fn remember_early(&mut self, member: &Sid, record: &RecordRef) {
        self.early.push_back((member.clone(), CaseEvent { record: record.clone(), role: Role::Burst }));
        let horizon = record.at - BURST;
        while self.early.len() > EARLY_MAX
            || self.early.front().is_some_and(|(_, event)| event.record.at < horizon)
        {
            self.early.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use begat_model::LogonId;
    use begat_model::event::LoggedOn;

    use super::*;

    fn at(seconds: &str) -> Timestamp {
        Timestamp::parse_rfc3339(&format!("2024-05-01T10:00:{seconds}Z")).unwrap()
    }

    fn record(seconds: &str) -> RecordRef {
        RecordRef { at: at(seconds), kind: EventKind::AccountChanged, record_id: None, source: "log".into() }
    }

    fn sid() -> Sid {
        Sid::parse("S-1-5-21-1-2-3-1001").unwrap()
    }

    fn touched(action: AccountAction, succeeded: bool) -> AccountTouched {
        let account = Principal { sid: Some(sid()), ..Principal::default() };
        AccountTouched { action, succeeded, account, subject: Principal::default(), new_uac_value: None }
    }

    /// The outcome of a creation at :00 followed by these.
    fn outcome(created: &str, story: &[(&str, AccountAction, bool)]) -> Outcome {
        let mut table = AccountTable::default();
        table.created(&sid(), at(created), None, &Principal::default());
        for (when, action, succeeded) in story {
            table.touched(&touched(*action, *succeeded), &record(when));
        }
        table.life(&sid()).unwrap().outcome()
    }

    #[test]
    fn outcomes_follow_the_story() {
        use AccountAction::*;
        assert_eq!(outcome("00.00", &[("00.01", Enabled, true)]), Outcome::Persists);
        assert_eq!(outcome("00.00", &[("00.01", Enabled, true), ("20.0", Deleted, true)]), Outcome::Deleted);
        let refused = [("00.01", PasswordSet, false), ("00.02", Deleted, true)];
        assert_eq!(outcome("00.00", &refused), Outcome::AttemptFailed);
        assert_eq!(outcome("00.00", &[("00.02", Deleted, true)]), Outcome::AttemptFailed);
        let used = [("00.01", Enabled, true), ("00.50", Deleted, true)];
        assert_eq!(outcome("00.00", &used), Outcome::Deleted, "it was usable for half a second");
        let risen = [("00.01", Enabled, true), ("10.0", Deleted, true), ("20.0", Changed, true)];
        assert_eq!(outcome("00.00", &risen), Outcome::Resurrected);
    }

    #[test]
    fn whole_seconds_leave_room_for_the_second_that_was_cut() {
        use AccountAction::*;
        assert_eq!(outcome("00", &[("01", Deleted, true)]), Outcome::AttemptFailed);
        assert_eq!(outcome("00", &[("02", Deleted, true)]), Outcome::Deleted);
        assert_eq!(outcome("00.0000000", &[("01.0000001", Deleted, true)]), Outcome::Deleted);
    }

    #[test]
    fn groups_are_known_by_sid_in_any_language() {
        for (sid, power) in [
            ("S-1-5-32-544", true),
            ("S-1-5-32-545", false),
            ("S-1-5-32-555", true),
            ("S-1-5-32-558", false),
            ("S-1-5-21-1-2-3-512", true),
            ("S-1-5-21-1-2-3-513", false),
            ("S-1-5-21-1-2-3-544", false),
        ] {
            assert_eq!(privileged_group(&Sid::parse(sid).unwrap()).is_some(), power, "{sid}");
        }
    }

    #[test]
    fn high_groups_are_those_of_administrators_and_those_that_the_site_says_are_in_them() {
        let site = [Sid::parse("S-1-5-21-1-2-3-1500").unwrap(), Sid::parse("S-1-5-32-555").unwrap()];
        let power = |sid: &str, site: &[Sid]| {
            let power = group_power(&Sid::parse(sid).unwrap(), Some(&"Helfer".into()), site);
            power.map(|power| (power.is_high, power.name))
        };
        for (sid, is_high, name) in [
            ("S-1-5-32-544", true, "Administrators"),
            ("S-1-5-32-551", true, "Backup Operators"),
            ("S-1-5-32-578", true, "Hyper-V Administrators"),
            ("S-1-5-32-555", false, "Remote Desktop Users"),
            ("S-1-5-21-1-2-3-512", true, "Domain Admins"),
        ] {
            assert_eq!(power(sid, &[]), Some((is_high, name.to_owned())), "{sid}");
        }
        assert_eq!(power("S-1-5-21-1-2-3-1500", &[]), None);
        assert_eq!(power("S-1-5-21-1-2-3-1500", &site), Some((true, "Helfer".to_owned())));
        assert_eq!(power("S-1-5-32-555", &site), Some((true, "Remote Desktop Users".to_owned())));
        for rid in HIGH_BUILTIN_RIDS {
            assert!(PRIVILEGED_BUILTIN_RIDS.iter().any(|(row, _)| row == rid));
        }
    }

    #[test]
    fn a_group_of_the_site_makes_powerful_whoever_joins_it() {
        let analytic = Analytic {
            privileged_groups: vec![Sid::parse("S-1-5-21-1-2-3-1500").unwrap()],
            ..Analytic::default()
        };
        let mut table = AccountTable::of_site("SRV1", Arc::new(analytic));
        table.created(&sid(), at("00.0"), None, &Principal::default());
        for rid in [1001, 1005] {
            table.added_to_group(&membership(account(rid), "S-1-5-21-1-2-3-1500"), &record("10.0"));
        }
        assert!(table.life(&sid()).unwrap().is_privileged());
        assert!(matches!(told(&table).as_slice(), [What::AddedToGroup { privileged: true, .. }]));
        assert!(unseen_of(&table)[0].1.is_privileged, "and one whose creation was not seen");
    }

    #[test]
    fn the_membership_before_the_creation_joins_its_burst() {
        let mut table = AccountTable::default();
        let membership = GroupMembership {
            member: Principal { sid: Some(sid()), ..Principal::default() },
            group: Principal { sid: Sid::parse("S-1-5-21-1-2-3-513"), ..Principal::default() },
            subject: Principal::default(),
        };
        table.added_to_group(&membership, &record("00.00"));
        table.created(&sid(), at("00.01"), None, &Principal::default());
        let life = table.life(&sid()).unwrap();
        assert_eq!(life.events.len(), 1);
        assert!(life.afterwards.is_empty() && life.groups.is_empty());
    }

    #[test]
    fn logons_are_told_once_for_each_source() {
        let mut table = AccountTable::default();
        table.created(&sid(), at("00.0"), None, &Principal::default());
        let account = Principal { sid: Some(sid()), ..Principal::default() };
        for (when, ip) in [("10.0", "10.0.0.1"), ("11.0", "10.0.0.1"), ("12.0", "10.0.0.2")] {
            table.logged_on(&account, Some(3), Some(&ip.into()), &record(when));
        }
        assert_eq!(table.life(&sid()).unwrap().afterwards.len(), 2);
    }

    #[test]
    fn covering_up_belongs_to_the_same_actor_only() {
        let mut table = AccountTable::default();
        let actor = Principal { sid: Sid::parse("S-1-5-21-1-2-3-500"), ..Principal::default() };
        let other = Principal { sid: Sid::parse("S-1-5-21-1-2-3-501"), ..Principal::default() };
        table.created(&sid(), at("00.0"), None, &actor);
        table.blinded(&What::LogCleared, &other, &record("10.0"));
        assert!(table.life(&sid()).unwrap().afterwards.is_empty());
        table.blinded(&What::LogCleared, &actor, &record("11.0"));
        assert_eq!(table.life(&sid()).unwrap().afterwards.len(), 1);
    }

    fn plus(moment: Timestamp, millis: i64) -> RecordRef {
        let at = moment + Duration::from_ticks(millis * 10_000);
        RecordRef { at, ..record("00.0") }
    }

    fn of(kind: EventKind, record_id: Option<u64>, record: RecordRef) -> RecordRef {
        RecordRef { kind, record_id, ..record }
    }

    fn by(sid: &str, logon_id: u64) -> Principal {
        Principal { sid: Sid::parse(sid), logon_id: Some(LogonId(logon_id)), ..Principal::default() }
    }

    fn account(rid: u32) -> Principal {
        let sid = Sid::parse(&format!("S-1-5-21-1-2-3-{rid}"));
        Principal { sid, domain: Some("SRV1".into()), ..Principal::default() }
    }

    fn table_of(actor: &Principal) -> AccountTable {
        let mut table = AccountTable::new("SRV1");
        table.created(&sid(), at("00.0"), Some("bob".into()), actor);
        table
    }

    fn told(table: &AccountTable) -> Vec<What> {
        table.life(&sid()).unwrap().afterwards.iter().map(|afterward| afterward.what.clone()).collect()
    }

    fn membership(member: Principal, group: &str) -> GroupMembership {
        let group = Principal { sid: Sid::parse(group), ..Principal::default() };
        GroupMembership { member, group, subject: Principal::default() }
    }

    #[test]
    fn what_lies_within_two_seconds_of_the_creation_is_its_burst() {
        for (millis, role) in [(2000, Role::Burst), (2001, Role::Afterwards), (60_000, Role::Afterwards)] {
            let mut table = table_of(&Principal::default());
            table.touched(&touched(AccountAction::Enabled, true), &plus(at("00.0"), millis));
            assert_eq!(table.life(&sid()).unwrap().events[0].role, role, "{millis} ms later");
        }
        let actor = by("S-1-5-21-1-2-3-500", 0x77);
        let mut table = table_of(&actor);
        table.blinded(&What::LogCleared, &actor, &plus(at("00.0"), 10));
        table.blinded(&What::AuditPolicyChanged, &actor, &plus(at("00.0"), 5000));
        let roles: Vec<Role> = table.life(&sid()).unwrap().events.iter().map(|event| event.role).collect();
        assert_eq!(roles, [Role::Blinding, Role::Blinding], "covering up is no part of a burst");
    }

    #[test]
    fn an_event_that_names_nobody_is_told_as_done_by_nobody() {
        let mut table = table_of(&Principal::default());
        let nobody = touched(AccountAction::Enabled, true);
        let admin = AccountTouched { subject: by("S-1-5-21-1-2-3-500", 0x77), ..nobody.clone() };
        table.touched(&nobody, &record("10.0"));
        table.touched(&admin, &record("11.0"));
        let life = table.life(&sid()).unwrap();
        let doers: Vec<_> = life.afterwards.iter().map(|afterward| afterward.by.clone()).collect();
        assert_eq!(doers, [None, Some(admin.subject)]);
    }

    #[test]
    fn happenings_beyond_the_bound_are_counted_and_their_records_too_are_bounded() {
        let mut table = table_of(&Principal::default());
        for index in 0..AFTERWARDS_MAX as i64 + 3 {
            table.touched(&touched(AccountAction::Disabled, true), &plus(at("10.0"), index));
        }
        let life = table.life(&sid()).unwrap();
        assert_eq!((life.afterwards.len(), life.left_out), (AFTERWARDS_MAX, 3));
        for index in 0..3 * AFTERWARDS_MAX as i64 {
            table.touched(&touched(AccountAction::Changed, true), &plus(at("20.0"), index));
        }
        assert_eq!(table.life(&sid()).unwrap().events.len(), 2 * AFTERWARDS_MAX);
    }

    #[test]
    fn a_refused_password_and_a_refused_enabling_are_not_a_usable_account() {
        use AccountAction::*;
        let deleted = ("00.03", Deleted, true);
        let refused = [("00.01", Enabled, true), ("00.02", PasswordSet, false), deleted];
        assert_eq!(outcome("00.00", &refused), Outcome::AttemptFailed, "enabled, and its password refused");
        let set = [("00.01", Enabled, true), ("00.02", PasswordSet, true), deleted];
        assert_eq!(outcome("00.00", &set), Outcome::Deleted);
        assert_eq!(outcome("00.00", &[("00.01", Enabled, false), deleted]), Outcome::AttemptFailed);
        let once =
            [("00.01", PasswordSet, false), ("00.02", PasswordSet, true), ("00.02", Enabled, true), deleted];
        assert_eq!(outcome("00.00", &once), Outcome::AttemptFailed, "once refused is refused");
    }

    #[test]
    fn power_is_that_of_the_groups_it_was_ever_in() {
        let mut table = table_of(&Principal::default());
        let join = |table: &mut AccountTable, group: &str| {
            table.added_to_group(&membership(account(1001), group), &record("10.0"));
            table.life(&sid()).unwrap().is_privileged()
        };
        assert!(!table.life(&sid()).unwrap().is_privileged());
        assert!(!join(&mut table, "S-1-5-32-545"));
        assert!(!join(&mut table, "S-1-5-21-1-2-3-513"));
        assert!(join(&mut table, "S-1-5-32-551"));
        table.removed_from_group(&membership(account(1001), "S-1-5-32-551"), &record("11.0"));
        let life = table.life(&sid()).unwrap();
        assert!(life.is_privileged(), "it was, for a second");
        assert_eq!(life.groups.len(), 2, "not its primary group");
        let group = |rid: u32| Sid::parse(&format!("S-1-5-32-{rid}")).unwrap();
        let added =
            |rid, privileged| What::AddedToGroup { group_sid: group(rid), group_name: None, privileged };
        let removed = What::RemovedFromGroup { group_sid: group(551), group_name: None };
        assert_eq!(told(&table), [added(545, false), added(551, true), removed]);
    }

    #[test]
    fn leaving_the_primary_group_is_how_a_deletion_begins_and_is_not_told() {
        let mut table = table_of(&Principal::default());
        table.removed_from_group(&membership(account(1001), "S-1-5-21-1-2-3-513"), &record("10.0"));
        assert_eq!(told(&table), []);
        assert_eq!(table.life(&sid()).unwrap().events[0].role, Role::Burst);
        table.removed_from_group(&membership(account(1001), "S-1-5-32-513"), &record("11.0"));
        assert_eq!(told(&table).len(), 1, "of a machine or a domain, not of BUILTIN");
    }

    /// Deleted at 20 s as record 500 of the Security log; then this.
    fn rises(sign: impl FnOnce(&mut AccountTable)) -> bool {
        let mut table = table_of(&Principal::default());
        table.touched(&touched(AccountAction::Enabled, true), &record("01.0"));
        let deletion = of(EventKind::AccountDeleted, Some(500), record("20.0"));
        table.touched(&touched(AccountAction::Deleted, true), &deletion);
        sign(&mut table);
        let restored = told(&table).contains(&What::Restored);
        assert_eq!(table.life(&sid()).unwrap().outcome() == Outcome::Resurrected, restored);
        restored
    }

    #[test]
    fn a_deleted_sid_that_does_something_lives_again() {
        let changed = |record_id: Option<u64>, millis: i64| {
            rises(move |table| {
                let record = of(EventKind::AccountChanged, record_id, plus(at("20.0"), millis));
                table.touched(&touched(AccountAction::Changed, true), &record);
            })
        };
        assert!(changed(Some(501), 1), "the Security log orders its records");
        assert!(!changed(Some(499), 1), "written before the deletion");
        assert!(!changed(None, 1000), "too near to be sure");
        assert!(changed(None, 1001));
        let logon = |millis: i64| {
            rises(move |table| {
                let record = of(EventKind::LoggedOn, Some(501), plus(at("20.0"), millis));
                table.logged_on(&account(1001), Some(3), None, &record);
            })
        };
        assert!(!logon(900), "a logon races with the deletion");
        assert!(logon(5000));
        assert!(
            !rises(|table| {
                let again = of(EventKind::AccountDeleted, Some(501), record("30.0"));
                table.touched(&touched(AccountAction::Deleted, true), &again);
            }),
            "a second deletion is no sign of life"
        );
        assert!(rises(|table| {
            table.renamed(Some(&sid()), Some(&"eve".into()), &Principal::default(), &record("30.0"));
        }));
        assert!(rises(|table| {
            table.added_to_group(&membership(account(1001), "S-1-5-32-544"), &record("30.0"));
        }));
    }

    #[test]
    fn it_is_raised_once_and_its_first_deletion_stands() {
        let mut table = table_of(&Principal::default());
        for seconds in ["20.0", "40.0"] {
            let deletion = AccountTouched {
                subject: by("S-1-5-21-1-2-3-500", if seconds == "20.0" { 1 } else { 2 }),
                ..touched(AccountAction::Deleted, true)
            };
            table.touched(&deletion, &of(EventKind::AccountDeleted, Some(500), record(seconds)));
            table.touched(&touched(AccountAction::Enabled, true), &plus(at(seconds), 5000));
        }
        let (deleted_at, deleted_by) = table.life(&sid()).unwrap().deleted.clone().unwrap();
        assert_eq!((deleted_at, deleted_by.logon_id), (at("20.0"), Some(LogonId(1))));
        let raised = told(&table).into_iter().filter(|what| *what == What::Restored).count();
        assert_eq!(raised, 1);
    }

    #[test]
    fn another_program_that_writes_the_sam_raises_the_dead_of_that_rid_only() {
        assert!(rises(|table| table.sam_written(1001, &record("20.5"))));
        assert!(rises(|table| table.sam_written(1001, &record("20.0"))), "lsass's own write came before");
        assert!(!rises(|table| table.sam_written(1001, &record("19.9"))), "it lived then");
        assert!(!rises(|table| table.sam_written(1002, &record("20.5"))));
        let mut living = table_of(&Principal::default());
        living.sam_written(1001, &record("20.5"));
        assert_eq!(told(&living), []);
    }

    #[test]
    fn the_same_actor_is_one_session_or_one_account_and_never_merely_system() {
        let (admin, other) = ("S-1-5-21-1-2-3-500", "S-1-5-21-1-2-3-501");
        for (actor, hand, same) in [
            (by(admin, 0x77), by(admin, 0x88), true),
            (by(admin, 0x77), by(other, 0x77), true),
            (by(admin, 0x77), by(other, 0x88), false),
            (by(Sid::SYSTEM, 0x3e7), by(Sid::SYSTEM, 0x3e7), false),
            (by(Sid::SYSTEM, 0x77), by(Sid::SYSTEM, 0x88), false),
            (by(Sid::SYSTEM, 0x77), by(Sid::SYSTEM, 0x77), true),
            (Principal::default(), Principal::default(), false),
        ] {
            let mut table = table_of(&actor);
            table.blinded(&What::LogCleared, &hand, &record("10.0"));
            assert_eq!(!told(&table).is_empty(), same, "{actor:?} and {hand:?}");
        }
    }

    #[test]
    fn covering_up_belongs_to_a_creation_for_an_hour_before_and_after() {
        let actor = by("S-1-5-21-1-2-3-500", 0x77);
        let hour = 3_600_000;
        for (millis, counts) in [(0, true), (hour, true), (hour + 1, false), (-1, false)] {
            let mut table = table_of(&actor);
            table.blinded(&What::LogCleared, &actor, &plus(at("00.0"), millis));
            assert_eq!(told(&table), if counts { vec![What::LogCleared] } else { vec![] }, "{millis} after");
        }
        for (millis, counts) in [(0, true), (hour, true), (hour + 1, false), (-1, false)] {
            let mut table = AccountTable::default();
            table.blinded(&What::AuditPolicyChanged, &actor, &plus(at("00.0"), -millis));
            table.created(&sid(), at("00.0"), None, &actor);
            let before = table.life(&sid()).unwrap().covered_before.clone();
            assert_eq!(before, counts.then_some(What::AuditPolicyChanged), "{millis} before");
        }
        let mut table = AccountTable::default();
        table.blinded(&What::LogCleared, &by("S-1-5-21-1-2-3-501", 0x88), &record("00.0"));
        table.created(&sid(), at("10.0"), None, &actor);
        assert_eq!(table.life(&sid()).unwrap().covered_before, None, "by another");
    }

    #[test]
    fn of_many_blindings_the_latest_are_remembered() {
        let actor = by("S-1-5-21-1-2-3-500", 0x77);
        let remembered = |others: usize| {
            let mut table = AccountTable::default();
            table.blinded(&What::LogCleared, &actor, &record("00.0"));
            for _ in 0..others {
                table.blinded(&What::AuditPolicyChanged, &by("S-1-5-21-1-2-3-501", 0x88), &record("01.0"));
            }
            table.created(&sid(), at("10.0"), None, &actor);
            table.life(&sid()).unwrap().covered_before.is_some()
        };
        assert!(remembered(BLINDINGS_MAX - 1));
        assert!(!remembered(BLINDINGS_MAX));
    }

    #[test]
    fn the_membership_before_a_creation_joins_the_burst_of_its_own_account_within_two_seconds() {
        let joined = |member: u32, millis: i64| {
            let mut table = AccountTable::default();
            let birth = membership(account(member), "S-1-5-21-1-2-3-513");
            table.added_to_group(&birth, &plus(at("10.0"), -millis));
            table.created(&sid(), at("10.0"), None, &Principal::default());
            table.life(&sid()).unwrap().events.len()
        };
        assert_eq!(joined(1001, 2000), 1);
        assert_eq!(joined(1001, 2001), 0, "that was another's");
        assert_eq!(joined(1002, 1), 0, "that was another's");
    }

    #[test]
    fn what_may_be_the_beginning_of_a_burst_is_kept_for_as_long_as_a_burst_lasts() {
        let kept = |others: u32, millis: i64| {
            let mut table = AccountTable::default();
            let birth = |rid: u32| membership(account(rid), "S-1-5-21-1-2-3-513");
            table.added_to_group(&birth(1001), &record("00.0"));
            for other in 0..others {
                table.added_to_group(&birth(2000 + other), &plus(at("00.0"), millis));
            }
            (table.early.front().map(|(sid, _)| sid.rid()), table.early.len())
        };
        assert_eq!(kept(1, 2000), (Some(Some(1001)), 2));
        assert_eq!(kept(1, 2001), (Some(Some(2000)), 1));
        assert_eq!(kept(EARLY_MAX as u32 - 1, 0), (Some(Some(1001)), EARLY_MAX));
        assert_eq!(kept(EARLY_MAX as u32, 0), (Some(Some(2000)), EARLY_MAX));
    }

    #[test]
    fn a_change_tells_the_latest_flags_and_is_no_happening_and_neither_is_a_lockout() {
        let mut table = table_of(&Principal::default());
        for (seconds, value) in [("01.0", Some(0x15)), ("02.0", Some(0x210)), ("03.0", None)] {
            let change = AccountTouched { new_uac_value: value, ..touched(AccountAction::Changed, true) };
            table.touched(&change, &record(seconds));
        }
        table.touched(&touched(AccountAction::LockedOut, true), &record("04.0"));
        let life = table.life(&sid()).unwrap();
        assert_eq!((life.uac_value, life.events.len()), (Some(0x210), 3));
        assert_eq!(told(&table), []);
    }

    #[test]
    fn every_happening_is_told_by_its_name() {
        let mut table = table_of(&Principal::default());
        for action in [
            AccountAction::Enabled,
            AccountAction::PasswordChanged,
            AccountAction::Disabled,
            AccountAction::Deleted,
        ] {
            table.touched(&touched(action, true), &record("10.0"));
        }
        let renamed_to: Text = "eve".into();
        let mut named = table_of(&Principal::default());
        named.renamed(Some(&sid()), Some(&renamed_to), &Principal::default(), &record("10.0"));
        named.renamed(Some(&sid()), None, &Principal::default(), &record("11.0"));
        assert_eq!(
            told(&table),
            [What::Enabled, What::PasswordSet { succeeded: true }, What::Disabled, What::Deleted]
        );
        assert_eq!(told(&named), [What::Renamed { to: renamed_to.clone() }]);
        assert_eq!(named.life(&sid()).unwrap().name, Some(renamed_to));
    }

    #[test]
    fn one_account_logs_on_from_many_places_and_only_so_many_are_kept() {
        let mut table = table_of(&Principal::default());
        for index in 0..2 * AFTERWARDS_MAX {
            let ip: Text = format!("10.0.{}.{}", index / 256, index % 256).as_str().into();
            table.logged_on(&account(1001), Some(3), Some(&ip), &record("10.0"));
        }
        let life = table.life(&sid()).unwrap();
        assert_eq!((life.afterwards.len(), life.logons.len()), (AFTERWARDS_MAX, AFTERWARDS_MAX));
    }

    #[test]
    fn accounts_beyond_the_bound_are_counted_and_known_ones_go_on() {
        let mut table = AccountTable::default();
        let nobody = Principal::default();
        for rid in 0..ACCOUNTS_MAX as u32 {
            table.created(&account(1000 + rid).sid.unwrap(), at("00.0"), None, &nobody);
        }
        assert_eq!(table.dropped(), 0);
        table.created(&account(900_000).sid.unwrap(), at("00.0"), None, &nobody);
        table.created(&sid(), at("10.0"), None, &nobody);
        assert_eq!(table.dropped(), 1);
        assert!(table.life(&account(900_000).sid.unwrap()).is_none());
    }

    fn unseen_of(table: &AccountTable) -> Vec<(Option<u32>, UnseenAccount)> {
        table.unseen().map(|(sid, account)| (sid.rid(), account)).collect()
    }

    #[test]
    fn whatever_is_done_to_an_account_that_nobody_saw_created_is_a_sign_of_it() {
        use AccountAction::*;
        for (action, sign) in [
            (Enabled, Some("was enabled")),
            (PasswordSet, Some("was given a password")),
            (PasswordChanged, Some("changed its password")),
            (Changed, Some("was changed")),
            (Disabled, None),
            (Deleted, None),
            (LockedOut, None),
        ] {
            let mut table = AccountTable::new("SRV1");
            table.touched(
                &AccountTouched { account: account(1005), ..touched(action, true) },
                &record("10.0"),
            );
            let signs: Vec<String> =
                unseen_of(&table).into_iter().map(|(_, account)| account.first_sign).collect();
            assert_eq!(signs, sign.into_iter().collect::<Vec<_>>(), "{action:?}");
        }
    }

    #[test]
    fn only_local_accounts_that_somebody_made_are_missed() {
        let enabled = |table: &mut AccountTable, account: Principal| {
            let enabled = AccountTouched { account, ..touched(AccountAction::Enabled, true) };
            table.touched(&enabled, &record("10.0"));
            table.logged_on(&enabled.account, Some(3), None, &record("10.0"));
        };
        let missed = |account: Principal| {
            let mut table = table_of(&Principal::default());
            enabled(&mut table, account);
            unseen_of(&table).len()
        };
        assert_eq!(missed(account(1000)), 1);
        assert_eq!(missed(account(999)), 0, "every machine is born with it");
        assert_eq!(missed(account(1001)), 0, "its creation was seen");
        assert_eq!(
            missed(Principal { domain: Some("srv1".into()), ..account(1000) }),
            1,
            "names have no case"
        );
        assert_eq!(missed(Principal { domain: Some("CORP".into()), ..account(1000) }), 0, "the domain's");
        assert_eq!(missed(Principal { domain: None, ..account(1000) }), 0, "it does not say whose");
        let elsewhere = Sid::parse("S-1-5-21-9-9-9-1000");
        assert_eq!(missed(Principal { sid: elsewhere, ..account(1000) }), 0, "of another machine's SIDs");
        assert_eq!(missed(Principal { sid: Sid::parse("S-1-5-32-1000"), ..account(1000) }), 0);
    }

    #[test]
    fn a_sign_keeps_the_latest_name_the_first_doer_and_a_few_records() {
        let mut table = AccountTable::new("SRV1");
        let admin = by("S-1-5-21-1-2-3-500", 0x77);
        for (index, name) in [Some("old"), Some("new"), None].into_iter().cycle().take(12).enumerate() {
            let account = Principal { name: name.map(Into::into), ..account(1005) };
            let subject = if index == 0 { admin.clone() } else { Principal::default() };
            let enabled = AccountTouched { account, subject, ..touched(AccountAction::Enabled, true) };
            table.touched(&enabled, &plus(at("10.0"), index as i64));
        }
        let (rid, unseen) = unseen_of(&table).remove(0);
        assert_eq!((rid, unseen.at, unseen.name.as_deref()), (Some(1005), at("10.0"), Some("new")));
        assert_eq!(unseen.by.unwrap().account, admin);
        assert_eq!(unseen.events.len(), UNSEEN_EVENTS_MAX);
        assert!(!unseen.is_privileged && unseen.proof.is_none());
    }

    #[test]
    fn accounts_that_nobody_saw_created_are_bounded_and_known_ones_go_on() {
        let mut table = AccountTable::new("SRV1");
        for rid in 0..=UNSEEN_MAX as u32 {
            table.logged_on(&account(1000 + rid), Some(3), None, &record("10.0"));
        }
        assert_eq!((table.unseen.len(), table.dropped()), (UNSEEN_MAX, 1));
        table.logged_on(&account(1000), Some(3), None, &record("11.0"));
        assert_eq!(table.dropped(), 1);
        assert_eq!(unseen_of(&table)[0].1.events.len(), 2);
    }

    #[test]
    fn a_rid_above_one_whose_creation_was_seen_is_younger() {
        let proof = |created: u32, created_at: &str, seen: u32| {
            let mut table = AccountTable::new("SRV1");
            table.created(
                &account(created).sid.unwrap(),
                at(created_at),
                Some("bob".into()),
                &by("S-1-1-0", 1),
            );
            table.logged_on(&account(seen), Some(3), None, &record("10.0"));
            unseen_of(&table).remove(0).1.proof
        };
        let told = "its RID 1005 comes after bob's 1004, which was created in this log";
        assert_eq!(proof(1004, "09.0", 1005).as_deref(), Some(told));
        assert_eq!(proof(1006, "09.0", 1005), None, "it may be older");
        assert_eq!(proof(1004, "10.0", 1005), None, "it was there before");
        let mut table = AccountTable::new("SRV1");
        for (rid, prefix) in [(1002, "1-2-3"), (1003, "1-2-3"), (1004, "9-9-9")] {
            let sid = Sid::parse(&format!("S-1-5-21-{prefix}-{rid}")).unwrap();
            table.created(&sid, at("01.0"), None, &Principal::default());
        }
        table.logged_on(&account(1005), Some(3), None, &record("10.0"));
        let proof = unseen_of(&table).remove(0).1.proof.unwrap();
        assert!(proof.contains("another account's 1003"), "the nearest of this machine: {proof}");
    }

    #[test]
    fn a_group_that_takes_in_an_unknown_account_betrays_it_and_its_power() {
        let joins = |group: &str, group_domain: &str| {
            let mut table = AccountTable::new("SRV1");
            table.created(&account(2000).sid.unwrap(), at("00.0"), None, &Principal::default());
            let mut taken_in = membership(account(1005), group);
            taken_in.group.domain = Some(group_domain.into());
            table.added_to_group(&taken_in, &record("10.0"));
            unseen_of(&table)
                .pop()
                .map(|(_, unseen)| (unseen.first_sign, unseen.proof.is_some(), unseen.is_privileged))
        };
        let sign = |text: &str, proven, powerful| Some((text.to_owned(), proven, powerful));
        assert_eq!(joins("S-1-5-32-544", "Builtin"), sign("was put into Administrators", false, true));
        assert_eq!(joins("S-1-5-32-545", "Builtin"), sign("was put into a group", false, false));
        assert_eq!(joins("S-1-5-21-1-2-3-513", "SRV1"), sign("was put into a group", true, false));
        assert_eq!(joins("S-1-5-21-1-2-3-513", "CORP"), None, "a domain's users are put into it any day");
    }

    #[test]
    fn a_host_is_read_for_accounts_that_somebody_made_and_that_are_its_own() {
        let seen = |body: Body| {
            let record = record("10.0");
            let host = begat_model::HostName::new("srv1.corp.example").unwrap();
            may_be_unseen(&Event { at: record.at, host, record, body })
        };
        let logon = |account: Principal| {
            Body::LoggedOn(Box::new(LoggedOn {
                account,
                subject: Principal::default(),
                logon_type: Some(3),
                source_ip: None,
                source_host: None,
                linked_logon_id: None,
                elevated: None,
            }))
        };
        let change = |account: Principal| {
            Body::AccountTouched(Box::new(AccountTouched {
                account,
                ..touched(AccountAction::Changed, true)
            }))
        };
        let grant =
            |account: Principal| Body::GroupMemberAdded(Box::new(membership(account, "S-1-5-32-544")));
        let foreign = |rid: u32| Principal { domain: Some("CORP".into()), ..account(rid) };
        let alias = || Principal { sid: Sid::parse("S-1-5-32-1000"), ..account(1000) };
        for of in [logon, change] {
            assert!(seen(of(account(1000))));
            assert!(!seen(of(account(999))) && !seen(of(foreign(1000))) && !seen(of(alias())));
        }
        assert!(
            seen(grant(account(1000))) && seen(grant(foreign(1000))),
            "a group tells no domain of a member"
        );
        assert!(!seen(grant(account(500))) && !seen(grant(alias())));
        assert!(!seen(Body::HostStarted));
    }
}

//! The life of each created account, followed by its SID: names change, SIDs do not.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use begat_model::case::{Actor, CaseEvent, CreationProof, LifeSign, Role, What};
use begat_model::event::{AccountAction, AccountTouched, GroupMembership, Principal};
use begat_model::{Analytic, Duration, RecordRef, Sid, Text, Timestamp};

use crate::spans::{COVER_UP_WITHIN, ONE_ACT};
use crate::tables::account::life::{AFTERWARDS_MAX, AccountLife};
use crate::tables::account::unseen::{FIRST_CREATED_RID, Sign, UnseenAccount, sign_of};
use crate::windows::group_power::{group_power, is_primary_group};
use crate::windows::own_names::OwnNames;

/// Most accounts followed on one host.
pub const ACCOUNTS_MAX: usize = 65_536;
/// Most records kept of what may turn out to be the beginning of a burst.
const EARLY_MAX: usize = 1024;
/// Most accounts kept whose creation was not seen.
pub const UNSEEN_MAX: usize = 4096;
/// Most records kept of each of them.
const UNSEEN_EVENTS_MAX: usize = 8;
/// Most blindings remembered for creations that follow.
const BLINDINGS_MAX: usize = 64;
/// RID of the administrator that every machine and domain is born with.
const ADMINISTRATOR_RID: u32 = 500;

/// The created accounts of one host, and those that it shows without their creation.
#[derive(Debug, Default)]
pub struct AccountTable {
    /// What the machine is called: local accounts carry one of its names as their domain.
    own: OwnNames,
    /// What the site says, of groups that are nested in Administrators somewhere.
    site: Arc<Analytic>,
    /// What the SIDs of this machine begin with, once an event told it.
    machine: Option<String>,
    /// What the SIDs of local accounts began with, in the order in which they were told.
    beginnings: Beginnings,
    lives: BTreeMap<Sid, AccountLife>,
    /// Of SIDs that were given out again, by a snapshot that was taken up or under a clone's name, the lives before.
    /// A SID never comes again by itself, so what follows a second creation belongs to that one.
    earlier: BTreeMap<(Sid, Timestamp), AccountLife>,
    unseen: BTreeMap<Sid, UnseenAccount>,
    early: VecDeque<(Sid, CaseEvent)>,
    blindings: VecDeque<(What, Principal, Timestamp)>,
    dropped: u64,
}

/// What the SIDs of one host's accounts begin with, told one after another.
#[derive(Debug, Default)]
struct Beginnings {
    latest: Option<String>,
    earlier: BTreeSet<String>,
    came_back: bool,
}

impl Beginnings {
    /// Most that are remembered: a machine that is made anew all day bears a new one each time.
    const EARLIER_MAX: usize = 64;

    fn told(&mut self, beginning: &str) {
        if self.latest.as_deref() == Some(beginning) {
            return;
        }
        self.came_back |= self.earlier.contains(beginning);
        let before = self.latest.replace(beginning.to_owned());
        self.earlier.extend(before.filter(|_| self.earlier.len() < Self::EARLIER_MAX));
    }
}

impl AccountTable {
    /// A table for the host of this NetBIOS name.
    #[cfg(test)]
    pub fn new(netbios: &str) -> AccountTable {
        AccountTable { own: OwnNames::of([netbios]), ..AccountTable::default() }
    }

    /// A table for a machine of these names, at a site that names groups of its own.
    pub fn of_site(own: OwnNames, site: Arc<Analytic>) -> AccountTable {
        AccountTable { own, site, ..AccountTable::default() }
    }

    /// What the machine is called.
    pub fn own_names(&self) -> &OwnNames {
        &self.own
    }

    /// Somebody acts: where it is SYSTEM, it goes by the machine's own name.
    pub fn acted(&mut self, account: &Principal) {
        self.own.acted(account);
    }

    /// What the SIDs of this machine begin with, by the whole input.
    pub fn begin_with(&mut self, beginning: &str) {
        self.machine = Some(beginning.to_owned());
    }

    /// Its local accounts are of one machine, of another, and of the first again: two machines bear one name.
    pub fn are_mixed(&self) -> bool {
        self.beginnings.came_back
    }

    /// Its local accounts are of one machine and then of another: it was made anew, or two bear its name.
    pub fn are_of_several(&self) -> bool {
        !self.beginnings.earlier.is_empty()
    }

    /// The name of an account of this machine by its RID, as it is known.
    pub fn name_of(&self, of: &Sid, rid: u32) -> Option<&Text> {
        let sid = Sid::parse(&format!("{}-{rid}", of.authority_prefix()?))?;
        let made = self.lives.get(&sid).and_then(|life| life.made_as.as_ref());
        made.or_else(|| self.unseen.get(&sid)?.name.as_ref())
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
    fn made_after_another(&self, sid: &Sid, account: &UnseenAccount) -> Option<CreationProof> {
        let rid = sid.rid()?;
        let older = self.lives.iter().filter(|(other, life)| {
            other.authority_prefix() == sid.authority_prefix()
                && other.rid().is_some_and(|other| other < rid)
                && life.created_at < account.at
        });
        let (other, life) = older.max_by_key(|(other, _)| other.rid())?;
        Some(CreationProof::LaterRid { rid, older: life.name.clone(), older_rid: other.rid()? })
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

    /// A local account carries the machine's own name as its domain, and so tells what the machine's SIDs begin with; not
    /// the administrator that logs on, who may be a domain's.
    fn is_local(&mut self, account: &Principal) -> bool {
        let is_local = account.domain.as_deref().is_some_and(|domain| self.own.holds(domain));
        let sid = account.sid.as_ref().filter(|sid| is_local && sid.rid() != Some(ADMINISTRATOR_RID));
        if let Some(prefix) = sid.and_then(Sid::authority_prefix) {
            self.beginnings.told(prefix);
            if self.machine.is_none() {
                self.machine = Some(prefix.to_owned());
            }
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
        let is_full = self.lives.len() + self.earlier.len() >= ACCOUNTS_MAX;
        if is_full && !self.lives.contains_key(sid) {
            self.dropped += 1;
            return;
        }
        if let (false, Some(before)) = (is_full, self.lives.get(sid).cloned()) {
            self.earlier.insert((sid.clone(), before.created_at), before);
            self.lives.remove(sid);
        }
        let life = self.lives.entry(sid.clone()).or_insert_with(|| AccountLife::new(at, name, actor.clone()));
        let burst =
            self.early.iter().filter(|(early, event)| early == sid && event.record.at + ONE_ACT >= at);
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

    /// The life of a created account; of a SID that was given out again the latest.
    #[cfg(test)]
    pub fn life(&self, sid: &Sid) -> Option<&AccountLife> {
        self.lives.get(sid)
    }

    /// Another session than this one made the account within the same act.
    pub fn was_just_made_by_other(&self, account: &Principal, by: &Principal, at: Timestamp) -> bool {
        let life = account.sid.as_ref().and_then(|sid| self.lives.get(sid));
        life.is_some_and(|life| (at - life.created_at).magnitude() <= ONE_ACT && !life.same_session(by))
    }

    /// The life that began with the creation of this time.
    pub fn life_since(&self, sid: &Sid, created_at: Timestamp) -> Option<&AccountLife> {
        let latest = self.lives.get(sid)?;
        if latest.created_at == created_at {
            return Some(latest);
        }
        // A copy of the record that tells more of the second took the first one's place.
        let second = created_at.unix_seconds();
        let earlier = self.earlier.iter().filter(|((of, at), _)| of == sid && at.unix_seconds() == second);
        earlier.map(|(_, life)| life).next_back().or(Some(latest))
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
                self.sign(Sign { account, what, proof: None, by, record });
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
                life.password_taken |= event.succeeded;
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
        let proof = is_birth.then_some(CreationProof::PrimaryGroup);
        let what = LifeSign::PutInto { group: power.as_ref().map(|power| power.name.as_str().into()) };
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
                let what = LifeSign::LoggedOn { source: source_ip.cloned() };
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
        let horizon = record.at - ONE_ACT;
        while self.early.len() > EARLY_MAX
            || self.early.front().is_some_and(|(_, event)| event.record.at < horizon)
        {
            self.early.pop_front();
        }
    }
}

#[cfg(test)]
mod tests;

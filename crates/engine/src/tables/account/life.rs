//! The life of one created account: what happened to it, and what became of it.

use std::collections::BTreeSet;

use begat_model::case::{Afterward, CaseEvent, Outcome, Role, What};
use begat_model::catalog::channel;
use begat_model::event::Principal;
use begat_model::{EventKind, RecordRef, Sid, Text, Timestamp};

use crate::spans::{GONE_AFTER, ONE_ACT, UNDONE_WITHIN};
use crate::windows::same_name::same_name;

/// Most happenings kept for one account; logons count once for each type and source.
pub const AFTERWARDS_MAX: usize = 256;

/// What is known of one account since its creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLife {
    pub(super) created_at: Timestamp,
    actor: Principal,
    /// Its first name.
    pub(super) made_as: Option<Text>,
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
    pub(super) deleted_by_record: Option<u64>,
    /// What the same actor did within the hour before, to hide it.
    pub covered_before: Option<What>,
    pub(super) privileged: bool,
    pub(super) enabled: bool,
    pub(super) password_refused: bool,
    pub(super) password_taken: bool,
    restored: bool,
    pub(super) logons: BTreeSet<(Option<u32>, Option<Text>)>,
}

impl AccountLife {
    /// What became of the account.
    pub fn outcome(&self) -> Outcome {
        let Some((deleted_at, by)) = &self.deleted else { return Outcome::Persists };
        let undone = self.same_session(by) && (*deleted_at - self.created_at).magnitude() <= UNDONE_WITHIN;
        let never_usable = !self.enabled && !self.password_taken;
        match (self.restored, undone && (never_usable || self.password_refused)) {
            (true, _) => Outcome::Resurrected,
            (false, true) => Outcome::AttemptFailed,
            (false, false) => Outcome::Deleted,
        }
    }

    /// Ever in a group that grants power.
    pub fn is_privileged(&self) -> bool {
        self.privileged
    }

    pub(super) fn new(created_at: Timestamp, name: Option<Text>, actor: Principal) -> AccountLife {
        AccountLife {
            created_at,
            actor,
            made_as: name.clone(),
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
            password_taken: false,
            restored: false,
            logons: BTreeSet::new(),
        }
    }

    pub(super) fn happened(&mut self, what: What, by: Option<&Principal>, record: &RecordRef) {
        if self.afterwards.len() == AFTERWARDS_MAX {
            self.left_out += 1;
            return;
        }
        let by = by.filter(|by| **by != Principal::default()).cloned();
        let role = match what {
            What::LogCleared { .. } | What::AuditPolicyChanged => Role::Blinding,
            _ if (record.at - self.created_at).magnitude() <= ONE_ACT => Role::Burst,
            _ => Role::Afterwards,
        };
        self.rests_on(record, role);
        self.afterwards.push(Afterward { at: record.at, what, by, record: record.clone() });
    }

    /// A record of the account's story; the story of one account is bounded as its happenings are.
    pub(super) fn rests_on(&mut self, record: &RecordRef, role: Role) {
        if self.events.len() < 2 * AFTERWARDS_MAX {
            self.events.push(CaseEvent { record: record.clone(), role });
        }
    }

    /// A deleted SID never comes back by itself: any sign of life means the hive was edited (A3).
    pub(super) fn sign_of_life(&mut self, by: Option<&Principal>, record: &RecordRef) {
        let Some((deleted_at, _)) = &self.deleted else { return };
        // A logon races with a deletion; what else the Security log writes after it came after it.
        let is_ordered =
            record.kind != EventKind::LoggedOn && record.kind.spec().channel == channel::SECURITY;
        let came_after = is_ordered
            && record.record_id.zip(self.deleted_by_record).is_some_and(|(theirs, ours)| theirs > ours);
        if came_after || record.at - *deleted_at > GONE_AFTER {
            self.revive(by, record);
        }
    }

    pub(super) fn revive(&mut self, by: Option<&Principal>, record: &RecordRef) {
        if !self.restored {
            self.restored = true;
            self.happened(What::Restored, by, record);
        }
    }

    fn same_name(&self, by: &Principal) -> bool {
        let is_system = |actor: &Principal| actor.sid.as_ref().is_some_and(|sid| sid.as_str() == Sid::SYSTEM);
        let told = |ours: &Option<Text>, theirs: &Option<Text>| {
            ours.as_ref().zip(theirs.as_ref()).is_some_and(|(ours, theirs)| same_name(ours, theirs))
        };
        !is_system(&self.actor) && told(&self.actor.name, &by.name) && told(&self.actor.domain, &by.domain)
    }

    /// The session that made it; where a record tells none, the same account.
    pub(super) fn same_session(&self, by: &Principal) -> bool {
        match (by.logon_id, self.actor.logon_id) {
            (Some(theirs), Some(ours)) => theirs == ours,
            _ => by.sid == self.actor.sid,
        }
    }

    /// The session that made it, or the account, from whatever session; but not SYSTEM, which everybody can be.
    pub(crate) fn same_actor(&self, by: &Principal) -> bool {
        if *by == Principal::default() {
            return false;
        }
        // 104 tells no more than the name.
        if by.sid.is_none() && by.logon_id.is_none() {
            return self.same_name(by);
        }
        let same_session =
            by.logon_id.is_some_and(|id| !id.is_well_known() && self.actor.logon_id == Some(id));
        let same_account =
            by.sid.as_ref().is_some_and(|sid| sid.as_str() != Sid::SYSTEM) && by.sid == self.actor.sid;
        same_session || same_account
    }
}

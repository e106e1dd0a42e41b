//! Accounts that show signs of life, and whose creation was not seen.

use begat_model::case::{Actor, CaseEvent, CreationProof, LifeSign};
use begat_model::event::{AccountAction, Body, Principal};
use begat_model::{Event, RecordRef, Text, Timestamp};

use crate::windows::same_name::is_netbios;

/// RIDs below are those that every machine is born with.
pub(crate) const FIRST_CREATED_RID: u32 = 1000;

/// An account that shows signs of life, and whose creation was not seen.
#[derive(Debug, Clone, PartialEq)]
pub struct UnseenAccount {
    /// First sign of it.
    pub at: Timestamp,
    /// Latest known name.
    pub name: Option<Text>,
    /// What the first sign was.
    pub first_sign: LifeSign,
    /// Why it must have been created while this log was written.
    pub proof: Option<CreationProof>,
    /// It was put into a group that grants power.
    pub is_privileged: bool,
    /// Who gave the first sign, where it was another.
    pub by: Option<Actor>,
    /// The records of the signs.
    pub events: Vec<CaseEvent>,
}

/// A sign of life of an account.
pub(super) struct Sign<'a> {
    pub(super) account: &'a Principal,
    pub(super) what: LifeSign,
    pub(super) proof: Option<CreationProof>,
    pub(super) by: Option<&'a Principal>,
    pub(super) record: &'a RecordRef,
}

/// What a 4722 and its like say of an account that lives.
pub(super) fn sign_of(action: AccountAction) -> Option<LifeSign> {
    match action {
        AccountAction::Enabled => Some(LifeSign::Enabled),
        AccountAction::PasswordSet => Some(LifeSign::PasswordSet),
        AccountAction::PasswordChanged => Some(LifeSign::PasswordChanged),
        AccountAction::Changed => Some(LifeSign::Changed),
        AccountAction::Disabled | AccountAction::Deleted | AccountAction::LockedOut => None,
    }
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
        account.domain.as_deref().is_some_and(|domain| is_netbios(domain, &event.host.netbios()))
    };
    match &event.body {
        Body::LoggedOn(logon) => is_created(&logon.account) && is_local(&logon.account),
        Body::AccountTouched(touched) => is_created(&touched.account) && is_local(&touched.account),
        Body::GroupMemberAdded(membership) => is_created(&membership.member),
        _ => false,
    }
}

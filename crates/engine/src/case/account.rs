//! The account of a case: its names, its id, what it became.

use begat_model::case::{CaseAccount, NameSign};
use begat_model::event::AccountCreated;
use begat_model::{Sid, Text, Timestamp};

use crate::case::settle::Settled;
use crate::stable_id::stable_id;
use crate::tables::account::life::AccountLife;
use crate::windows::naming;

/// The account's names, first and last, with the RID that tells whether a reserved one is in the right hands.
pub(super) fn names(created: &AccountCreated, life: Option<&AccountLife>) -> Vec<(Text, Option<u32>)> {
    let sid = created.account.sid.as_ref().filter(|sid| sid.authority_prefix().is_some());
    let rid = sid.and_then(Sid::rid);
    let (first, last) = (created.account.name.clone(), life.and_then(|life| life.name.clone()));
    let last = last.filter(|last| Some(last) != first.as_ref());
    first.into_iter().chain(last).map(|name| (name, rid)).collect()
}

/// What is odd about any of its names, each sign once.
pub(super) fn name_signs(names: &[(Text, Option<u32>)]) -> Vec<NameSign> {
    let mut signs: Vec<NameSign> = Vec::new();
    for sign in names.iter().flat_map(|(name, rid)| naming::signs(name, *rid)) {
        if signs.iter().all(|known| known.kind != sign.kind) {
            signs.push(sign);
        }
    }
    signs
}

/// The same creation gives the same id in every run, from every carrier: so no more of its time than all have.
pub(super) fn case_id(settled: &Settled, told_at: Timestamp) -> String {
    let created = &settled.creation.event;
    let sid = created.account.sid.as_ref().filter(|sid| !sid.is_name());
    let account = match (sid, &created.account.name) {
        (Some(sid), _) => sid.to_string(),
        (None, Some(name)) => name.to_lowercase(),
        (None, None) => String::new(),
    };
    let second = told_at.unix_seconds();
    let identity = format!("begat.case/1\n{}\n{account}\n{second}", settled.host_name.netbios());
    stable_id(&identity)
}

pub(super) fn account(settled: &Settled, life: Option<&AccountLife>) -> CaseAccount {
    let created = &settled.creation.event.account;
    CaseAccount {
        name: life.and_then(|life| life.name.clone()).or_else(|| created.name.clone()),
        created_as: created.name.clone(),
        sid: created.sid.clone().filter(|sid| !sid.is_name()),
        domain: created.domain.clone(),
        scope: settled.scope,
        privileged: life.is_some_and(AccountLife::is_privileged),
        groups: life.map(|life| life.groups.iter().cloned().collect()).unwrap_or_default(),
    }
}

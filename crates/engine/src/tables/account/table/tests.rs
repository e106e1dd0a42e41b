//! The lives of accounts, told as stories.

use std::sync::Arc;

use begat_model::case::{Outcome, Role, What};
use begat_model::event::{AccountAction, AccountTouched, Body, GroupMembership, LoggedOn, Principal};
use begat_model::{Analytic, Duration, Event, EventKind, LogonId, RecordRef, Sid, Text, Timestamp};

use super::*;
use crate::tables::account::life::AFTERWARDS_MAX;
use crate::tables::account::unseen::may_be_unseen;

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
    assert_eq!(
        outcome("00.0000000", &[("05.2", Deleted, true)]),
        Outcome::AttemptFailed,
        "as a window takes"
    );
}

#[test]
fn an_attempt_failed_only_where_the_session_that_made_it_took_it_back_unused() {
    use AccountAction::*;
    let by = |logon_id| Principal { logon_id: Some(LogonId(logon_id)), ..Principal::default() };
    for (deleted_by, password, expected) in [
        (0x1234, false, Outcome::AttemptFailed),
        (0x9999, false, Outcome::Deleted),
        (0x1234, true, Outcome::Deleted),
    ] {
        let mut table = AccountTable::default();
        table.created(&sid(), at("00.0"), None, &by(0x1234));
        if password {
            table.touched(&touched(PasswordSet, true), &record("01.0"));
        }
        let deleted = AccountTouched { subject: by(deleted_by), ..touched(Deleted, true) };
        table.touched(&deleted, &record("04.0"));
        assert_eq!(table.life(&sid()).unwrap().outcome(), expected, "{deleted_by:x} {password}");
    }
}

#[test]
fn a_sid_that_is_given_out_again_begins_another_life() {
    use AccountAction::*;
    let mut table = AccountTable::default();
    table.created(&sid(), at("00.0"), Some("alice".into()), &Principal::default());
    table.touched(&touched(Enabled, true), &record("00.1"));
    table.created(&sid(), at("30.0"), Some("svc_tmp".into()), &Principal::default());
    table.touched(&touched(Enabled, true), &record("30.1"));
    table.touched(&touched(Deleted, true), &record("50.0"));
    let life = |since| table.life_since(&sid(), at(since)).unwrap();
    let told =
        |since| (life(since).name.clone().unwrap(), life(since).afterwards.len(), life(since).outcome());
    assert_eq!(told("00.0"), ("alice".into(), 1, Outcome::Persists));
    assert_eq!(told("30.0"), ("svc_tmp".into(), 2, Outcome::Deleted));
}

#[test]
fn a_group_of_the_site_makes_powerful_whoever_joins_it() {
    let analytic = Analytic {
        privileged_groups: vec![Sid::parse("S-1-5-21-1-2-3-1500").unwrap()],
        ..Analytic::default()
    };
    let mut table = AccountTable::of_site(OwnNames::of(["SRV1"]), Arc::new(analytic));
    table.created(&sid(), at("00.0"), None, &Principal::default());
    for rid in [1001, 1005] {
        table.added_to_group(&membership(account(rid), "S-1-5-21-1-2-3-1500"), &record("10.0"));
    }
    assert!(table.life(&sid()).unwrap().is_privileged());
    assert!(matches!(happenings(&table).as_slice(), [What::AddedToGroup { privileged: true, .. }]));
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
    table.blinded(&cleared(), &other, &record("10.0"));
    assert!(table.life(&sid()).unwrap().afterwards.is_empty());
    table.blinded(&cleared(), &actor, &record("11.0"));
    assert_eq!(table.life(&sid()).unwrap().afterwards.len(), 1);
}

/// 1102.
fn cleared() -> What {
    What::LogCleared { log: Some("Security".into()) }
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

fn happenings(table: &AccountTable) -> Vec<What> {
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
    table.blinded(&cleared(), &actor, &plus(at("00.0"), 10));
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
    let added = |rid, privileged| What::AddedToGroup { group_sid: group(rid), group_name: None, privileged };
    let removed = What::RemovedFromGroup { group_sid: group(551), group_name: None };
    assert_eq!(happenings(&table), [added(545, false), added(551, true), removed]);
}

#[test]
fn leaving_the_primary_group_is_how_a_deletion_begins_and_is_not_told() {
    let mut table = table_of(&Principal::default());
    table.removed_from_group(&membership(account(1001), "S-1-5-21-1-2-3-513"), &record("10.0"));
    assert_eq!(happenings(&table), []);
    assert_eq!(table.life(&sid()).unwrap().events[0].role, Role::Burst);
    table.removed_from_group(&membership(account(1001), "S-1-5-32-513"), &record("11.0"));
    assert_eq!(happenings(&table).len(), 1, "of a machine or a domain, not of BUILTIN");
}

/// Deleted at 20 s as record 500 of the Security log; then this.
fn rises(sign: impl FnOnce(&mut AccountTable)) -> bool {
    let mut table = table_of(&Principal::default());
    table.touched(&touched(AccountAction::Enabled, true), &record("01.0"));
    let deletion = of(EventKind::AccountDeleted, Some(500), record("20.0"));
    table.touched(&touched(AccountAction::Deleted, true), &deletion);
    sign(&mut table);
    let restored = happenings(&table).contains(&What::Restored);
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
    let raised = happenings(&table).into_iter().filter(|what| *what == What::Restored).count();
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
    assert_eq!(happenings(&living), []);
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
        table.blinded(&cleared(), &hand, &record("10.0"));
        assert_eq!(!happenings(&table).is_empty(), same, "{actor:?} and {hand:?}");
    }
}

#[test]
fn covering_up_belongs_to_a_creation_for_an_hour_before_and_after() {
    let actor = by("S-1-5-21-1-2-3-500", 0x77);
    let hour = 3_600_000;
    for (millis, counts) in [(0, true), (hour, true), (hour + 1, false), (-1, false)] {
        let mut table = table_of(&actor);
        table.blinded(&cleared(), &actor, &plus(at("00.0"), millis));
        assert_eq!(happenings(&table), if counts { vec![cleared()] } else { vec![] }, "{millis} after");
    }
    for (millis, counts) in [(0, true), (hour, true), (hour + 1, false), (-1, false)] {
        let mut table = AccountTable::default();
        table.blinded(&What::AuditPolicyChanged, &actor, &plus(at("00.0"), -millis));
        table.created(&sid(), at("00.0"), None, &actor);
        let before = table.life(&sid()).unwrap().covered_before.clone();
        assert_eq!(before, counts.then_some(What::AuditPolicyChanged), "{millis} before");
    }
    let mut table = AccountTable::default();
    table.blinded(&cleared(), &by("S-1-5-21-1-2-3-501", 0x88), &record("00.0"));
    table.created(&sid(), at("10.0"), None, &actor);
    assert_eq!(table.life(&sid()).unwrap().covered_before, None, "by another");
}

#[test]
fn of_many_blindings_the_latest_are_remembered() {
    let actor = by("S-1-5-21-1-2-3-500", 0x77);
    let remembered = |others: usize| {
        let mut table = AccountTable::default();
        table.blinded(&cleared(), &actor, &record("00.0"));
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
    assert_eq!(happenings(&table), []);
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
        happenings(&table),
        [What::Enabled, What::PasswordSet { succeeded: true }, What::Disabled, What::Deleted]
    );
    assert_eq!(happenings(&named), [What::Renamed { to: renamed_to.clone() }]);
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
        (Enabled, Some(LifeSign::Enabled)),
        (PasswordSet, Some(LifeSign::PasswordSet)),
        (PasswordChanged, Some(LifeSign::PasswordChanged)),
        (Changed, Some(LifeSign::Changed)),
        (Disabled, None),
        (Deleted, None),
        (LockedOut, None),
    ] {
        let mut table = AccountTable::new("SRV1");
        table.touched(&AccountTouched { account: account(1005), ..touched(action, true) }, &record("10.0"));
        let signs: Vec<LifeSign> =
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
    assert_eq!(missed(Principal { domain: Some("srv1".into()), ..account(1000) }), 1, "names have no case");
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
        table.created(&account(created).sid.unwrap(), at(created_at), Some("bob".into()), &by("S-1-1-0", 1));
        table.logged_on(&account(seen), Some(3), None, &record("10.0"));
        unseen_of(&table).remove(0).1.proof
    };
    let told = CreationProof::LaterRid { rid: 1005, older: Some("bob".into()), older_rid: 1004 };
    assert_eq!(proof(1004, "09.0", 1005), Some(told));
    assert_eq!(proof(1006, "09.0", 1005), None, "it may be older");
    assert_eq!(proof(1004, "10.0", 1005), None, "it was there before");
    let mut table = AccountTable::new("SRV1");
    for (rid, prefix) in [(1002, "1-2-3"), (1003, "1-2-3"), (1004, "9-9-9")] {
        let sid = Sid::parse(&format!("S-1-5-21-{prefix}-{rid}")).unwrap();
        table.created(&sid, at("01.0"), None, &Principal::default());
    }
    table.logged_on(&account(1005), Some(3), None, &record("10.0"));
    let nearest = CreationProof::LaterRid { rid: 1005, older: None, older_rid: 1003 };
    assert_eq!(unseen_of(&table).remove(0).1.proof, Some(nearest), "the nearest of this machine");
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
    let sign = |group: Option<&str>, proven, powerful| {
        Some((LifeSign::PutInto { group: group.map(Into::into) }, proven, powerful))
    };
    assert_eq!(joins("S-1-5-32-544", "Builtin"), sign(Some("Administrators"), false, true));
    assert_eq!(joins("S-1-5-32-545", "Builtin"), sign(None, false, false));
    assert_eq!(joins("S-1-5-21-1-2-3-513", "SRV1"), sign(None, true, false));
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
            process_name: None,
        }))
    };
    let change = |account: Principal| {
        Body::AccountTouched(Box::new(AccountTouched { account, ..touched(AccountAction::Changed, true) }))
    };
    let grant = |account: Principal| Body::GroupMemberAdded(Box::new(membership(account, "S-1-5-32-544")));
    let foreign = |rid: u32| Principal { domain: Some("CORP".into()), ..account(rid) };
    let alias = || Principal { sid: Sid::parse("S-1-5-32-1000"), ..account(1000) };
    for of in [logon, change] {
        assert!(seen(of(account(1000))));
        assert!(!seen(of(account(999))) && !seen(of(foreign(1000))) && !seen(of(alias())));
    }
    assert!(seen(grant(account(1000))) && seen(grant(foreign(1000))), "a group tells no domain of a member");
    assert!(!seen(grant(account(500))) && !seen(grant(alias())));
    assert!(!seen(Body::HostStarted));
}

//! What a permission changes in a case, and what it leaves alone.

use begat_model::case::{
    AllowedBy, Asked, AuthorisationStatus, Case, FloorReason, RiskReason, RiskTerm, Severity, Unmet, Weekday,
};
use begat_policy::{Policy, Tickets, Usage};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::situations::{STRONG, case, entry, policy};

const FITTING: &str = "actor = 'S-1-5-21-1-2-3-1146'\nsource = '10.20.4.0/24'\naccount = 'rmm-*'";

fn with_ticket(policy: Policy) -> Policy {
    let text = "ticket,host,account,from,to,owner\nCHG1,files01,,2026-03-02,2026-03-02,change board";
    policy.with_tickets(Tickets::parse("tickets.csv", text, &TimeZone::UTC).unwrap())
}

fn applied(policy: &Policy) -> Case {
    let mut case = case();
    policy.apply(&mut case);
    case
}

#[test]
fn an_entry_a_ticket_and_a_phase_of_windows_lower_the_score_each_by_its_own_term() {
    let phase = entry("imaging", "2026-12-31", FITTING).replace("deployment", "os_phase");
    let phase = Policy::parse("p", &phase).unwrap();
    for (policy, term, points, rule, owner) in [
        (policy(FITTING), "authorised_by_policy", -25, "agents", "it"),
        (phase, "approved_os_phase", -15, "imaging", "it"),
        (with_ticket(Policy::default()), "change_ticket", -15, "CHG1", "change board"),
        (with_ticket(policy(FITTING)), "authorised_by_policy", -25, "agents", "it"),
    ] {
        let case = applied(&policy);
        let told = case.authorisation;
        assert_eq!(told.status, AuthorisationStatus::Authorised, "{term}");
        assert_eq!((told.rule.as_deref(), told.owner.as_deref()), (Some(rule), Some(owner)));
        assert!(told.expires.is_some() && told.reason.is_some() && told.nearest.is_empty());
        let added = case.risk.terms.last().unwrap();
        assert_eq!((added.name, added.points), (term, points));
        assert_eq!((case.risk.score, case.severity), (6 + points, Severity::of_score(6 + points)));
    }
}

fn at_least(name: &'static str, least: Severity) -> RiskTerm {
    let why = RiskReason::Floor { least, why: FloorReason::CoveredUp, gives_way: false };
    RiskTerm { name, points: 0, why, at_least: Some(least) }
}

#[test]
fn the_ticket_that_an_entry_asks_for_is_told_and_others_that_allow_it_too() {
    let lines = format!("{FITTING}\nticket = true");
    assert_eq!(applied(&policy(&lines)).authorisation.status, AuthorisationStatus::Unauthorised);
    let case = applied(&with_ticket(policy(&lines)));
    assert_eq!(case.authorisation.ticket.as_deref(), Some("CHG1"));
    let also = vec!["CHG1".into()];
    let allowed = RiskReason::Allowed { by: AllowedBy::Entry, name: "agents".into(), also };
    assert_eq!(case.risk.terms.last().unwrap().why, allowed);
}

#[test]
fn the_narrowest_entry_counts_whatever_the_order_of_the_file() {
    let wide = entry("wide", "2026-12-31", FITTING);
    let narrow = entry("narrow", "2026-12-31", &format!("{FITTING}\nhost = 'files01'"));
    for text in [format!("{wide}{narrow}"), format!("{narrow}{wide}")] {
        let policy = Policy::parse("p", &text).unwrap();
        let judgement = policy.judge(&(&case()).into());
        assert_eq!(&**judgement.permission.unwrap().name(), "narrow");
        assert_eq!(judgement.also.len(), 1);
    }
}

#[test]
fn where_nothing_allows_it_the_nearest_entries_say_what_is_lacking() {
    let mut text = String::new();
    for (name, lines) in [
        (
            "far",
            "source = '10.99.0.0/16'\naccount = 'adm_*'\nhost = 'files01'\nactor = 'S-1-5-21-1-2-3-1146'",
        ),
        ("near", &format!("{STRONG}\naccount = 'svc_*'")),
        ("nowhere", "actor = 'S-1-5-21-1-2-3-9'\nsource = '10.99.0.0/16'\naccount = 'adm_*'"),
    ] {
        text.push_str(&entry(name, "2026-12-31", lines));
    }
    let told = applied(&Policy::parse("p", &text).unwrap()).authorisation;
    assert_eq!(told.status, AuthorisationStatus::Unauthorised);
    let other = |what, actual: &str, wanted: &str| Unmet::Other {
        what,
        actual: actual.into(),
        wanted: vec![wanted.into()],
    };
    let account = |wanted| other(Asked::Account, "rmm-svc", wanted);
    let told: Vec<(&str, &[Unmet])> = told.nearest.iter().map(|miss| (&*miss.rule, &*miss.lacks)).collect();
    let far = [other(Asked::Source, "10.20.4.31", "10.99.0.0/16"), account("adm_*")];
    assert_eq!(told, [("near", &[account("svc_*")][..]), ("far", &far)]);
}

#[test]
fn floors_of_tampering_hold_and_those_of_what_was_not_seen_give_way() {
    for (floor, level, after) in [
        ("floor_covered_up", Severity::Critical, Severity::Critical),
        ("floor_resurrected", Severity::Critical, Severity::Critical),
        ("floor_renamed_tool", Severity::High, Severity::High),
        ("floor_look_alike_name", Severity::High, Severity::High),
        ("floor_unknown", Severity::Medium, Severity::Informational),
        ("floor_hidden_name", Severity::High, Severity::Informational),
    ] {
        let mut case = case();
        case.risk.add(at_least(floor, level));
        let mut unallowed = case.clone();
        policy(FITTING).apply(&mut case);
        assert_eq!(case.severity, after, "{floor}");
        let shown = case.risk.terms.iter().find(|term| term.name == floor).expect("it is still shown");
        let has_given_way = matches!(shown.why, RiskReason::Floor { gives_way: true, .. });
        assert_eq!(has_given_way, after == Severity::Informational, "{floor}");
        policy("actor = 'S-1-5-21-1-2-3-9'\nsource = '10.20.4.0/24'\naccount = 'rmm-*'")
            .apply(&mut unallowed);
        assert_eq!(unallowed.severity, level.max(Severity::Medium), "{floor}");
    }
}

#[test]
fn a_policy_that_only_tunes_assesses_nothing_and_off_hours_are_a_term() {
    let text = "[site]\nworking_hours = { from = \"10:00\", to = \"18:00\" }\n";
    let case = applied(&Policy::parse("p", text).unwrap());
    assert_eq!(case.authorisation.status, AuthorisationStatus::NotAssessed);
    let term = case.risk.terms.last().unwrap();
    assert_eq!((term.name, term.points), ("off_hours", 2));
    assert_eq!(term.why, RiskReason::OffHours { weekday: Weekday::Monday, hour: 9, minute: 14 });
}

#[test]
fn usage_tells_what_was_used_what_never_and_what_had_expired() {
    let text = [
        entry("agents", "2026-12-31", FITTING),
        entry("expired", "2026-03-01", &format!("{FITTING}\nhost = '*'")),
        entry("never", "2026-12-31", &format!("{FITTING}\nhost = 'dc01'")),
    ];
    let policy = with_ticket(Policy::parse("p", &text.concat()).unwrap());
    let mut usage = Usage::default();
    for _ in 0..2 {
        let case = case();
        usage.note(&policy.judge(&(&case).into()), case.created_at);
    }
    assert_eq!(usage.entries()["agents"].times, 2);
    assert_eq!(usage.entries()["agents"].last, case().created_at);
    assert_eq!(usage.expired()["expired"].times, 2);
    assert_eq!(
        usage.unused(policy.entries()).iter().map(|name| &***name).collect::<Vec<_>>(),
        ["expired", "never"]
    );
    assert_eq!(policy.expired_at(case().created_at).count(), 1);
}

proptest! {
    #[test]
    fn a_policy_changes_authorisation_risk_and_severity_and_nothing_else(
        host in prop::sample::select(vec!["*", "files01", "dc01"]),
        account in prop::sample::select(vec!["*", "rmm-*", "svc_*"]),
        prefix in 9_u8..33, ticket in any::<bool>(),
        expires in prop::sample::select(vec!["2020-01-01", "2026-03-02", "2030-01-01"]),
        covered_up in any::<bool>(),
    ) {
        let network: ipnet::Ipv4Net = format!("10.20.4.31/{prefix}").parse().unwrap();
        let lines = format!(
            "actor = 'S-1-5-21-1-2-3-1146'\nsource = '{}'\nhost = '{host}'\naccount = '{account}'", network.trunc()
        );
        let policy = Policy::parse("p", &entry("any", expires, &lines)).unwrap();
        let policy = if ticket { with_ticket(policy) } else { policy };
        let mut before = case();
        if covered_up {
            before.risk.add(at_least("floor_covered_up", Severity::Critical));
            before.severity = Severity::Critical;
        }
        let mut after = before.clone();
        policy.apply(&mut after);
        prop_assert!(after.authorisation.status != AuthorisationStatus::NotAssessed);
        prop_assert!(!covered_up || after.severity == Severity::Critical);
        prop_assert_eq!(after.risk.score, after.risk.terms.iter().map(|term| term.points).sum::<i32>());
        for term in &before.risk.terms {
            prop_assert!(after.risk.terms.iter().any(|it| it.name == term.name && it.points == term.points));
        }
        after.authorisation = before.authorisation.clone();
        after.risk = before.risk.clone();
        after.severity = before.severity;
        prop_assert_eq!(after, before);
    }
}

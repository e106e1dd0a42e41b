//! What a case says of its host, of who acts, of the account's name, and of the rest of the input.

use std::sync::Arc;

use crate::story::{ADMIN, Story, account_sid, at, hunt_all, principal, tally};
use begat_engine::{Engine, HostDirectory, Hunt, Tuning};
use begat_model::case::{ActorKind, Case, HostClass, NameFact, RiskReason, RoleSource, Severity};
use begat_model::event::{AccountRenamed, Body, LoggedOn, LogonGroups, Principal};
use begat_model::inventory::{Inventory, InventoryHost};
use begat_model::{Analytic, Event, EventKind, HostName, LogonId, Sid};

const SESSION: u64 = 0x1f4c65f;

/// `net user NAME /add` in the administrator's session, at a time, with a process id of its own.
fn net_user(story: &mut Story, seconds: f64, rid: u32, name: &str) {
    let line = format!("net1 user {name} P /add");
    story.process(seconds - 0.1, 7000 + rid, 4, SESSION, "net1.exe", &line);
    let netbios = HostName::new(&story.host).unwrap().netbios();
    story.created_with(seconds, rid, name, SESSION, |created| created.account.domain = Some(netbios.into()));
    story.end(seconds + 0.1, 7000 + rid, "net1.exe", SESSION);
}

fn one(name: &str, rid: u32) -> Story {
    let mut story = Story::default();
    story.lively().logon(-500.0, SESSION, 10, Some("10.0.0.7"));
    net_user(&mut story, 0.0, rid, name);
    story
}

fn kinds(case: &Case) -> Vec<&'static str> {
    case.context.name_signs.iter().map(|sign| sign.kind).collect()
}

fn terms(case: &Case) -> Vec<&'static str> {
    case.risk.terms.iter().map(|term| term.name).collect()
}

fn hunt_with(events: &[Event], inventory: Inventory) -> Hunt {
    let directory = Arc::new(HostDirectory::from_names(events.iter().map(|event| &event.host)));
    let tuning = Tuning::from(Analytic { inventory, ..Analytic::default() });
    let mut engine = Engine::new(tuning, directory, &tally(events));
    events.iter().for_each(|event| engine.apply(event.clone()));
    engine.finish()
}

#[test]
fn the_inventory_says_what_a_host_is_for_and_else_its_events_do() {
    let mut story = one("bob", 1004);
    assert_eq!(story.case().host.role, None, "nothing speaks");
    assert!(!terms(&story.case()).contains(&"server"));
    story.process(-40.0, 90, 4, 0x3e7, "dns.exe", r"C:\Windows\System32\dns.exe");
    let case = story.case();
    let role = case.host.role.clone().unwrap();
    assert_eq!((role.class, role.source), (Some(HostClass::Server), RoleSource::Data));
    assert!(terms(&case).contains(&"server"));

    let listed = InventoryHost {
        name: HostName::new("SRV1").unwrap(),
        role: Some("kiosk".into()),
        class: Some(HostClass::Workstation),
        owner: Some("front desk".into()),
    };
    let (inventory, _) = Inventory::of(vec![(1, listed)]);
    let case = hunt_with(&story.events, inventory).cases.remove(0);
    let role = case.host.role.clone().unwrap();
    assert_eq!(
        (&*role.name, role.class, role.source),
        ("kiosk", Some(HostClass::Workstation), RoleSource::Inventory)
    );
    assert_eq!(case.host.owner.as_deref(), Some("front desk"));
    assert!(!terms(&case).contains(&"server"), "the site knows better");
}

#[test]
fn cached_logons_make_a_workstation() {
    let mut story = one("bob", 1004);
    story.logon(-800.0, 0x777, 11, None);
    assert_eq!(story.case().host.role.unwrap().class, Some(HostClass::Workstation));
}

#[test]
fn who_acts_is_told_by_kind_and_groups() {
    let mut story = one("bob", 1004);
    let groups = |groups: &[&str]| {
        let groups = groups.iter().map(|sid| Sid::parse(sid).unwrap()).collect();
        Body::LogonGroups(Box::new(LogonGroups { account: principal(ADMIN, "admin", SESSION), groups }))
    };
    story.push(-500.0, EventKind::LogonGroups, groups(&["S-1-1-0", "S-1-5-32-544"]));
    story.push(-500.0, EventKind::LogonGroups, groups(&["S-1-5-32-555"]));
    let actor = story.case().actor;
    assert_eq!(actor.kind, Some(ActorKind::BuiltinAdministrator));
    let told: Vec<&str> = actor.groups.iter().map(Sid::as_str).collect();
    assert_eq!(told, ["S-1-1-0", "S-1-5-32-544", "S-1-5-32-555"]);

    let mut system = Story::default();
    system.lively().created_with(0.0, 1004, "bob", 0x3e7, |created| {
        created.subject = principal("S-1-5-18", "SRV1$", 0x3e7);
    });
    assert_eq!(system.case().actor.kind, Some(ActorKind::System));
}

#[test]
fn a_host_that_makes_accounts_of_a_domain_is_its_controller() {
    let mut story = Story::default();
    story.lively().created_with(0.0, 1104, "carol", SESSION, |created| {
        created.account.domain = Some("CORP".into());
        created.subject = principal("S-1-5-21-10-20-30-1103", "keller", SESSION);
        created.subject.domain = Some("CORP".into());
    });
    let case = story.case();
    assert_eq!(case.host.role.as_ref().unwrap().class, Some(HostClass::DomainController));
    assert_eq!(
        case.actor.kind,
        Some(ActorKind::Domain),
        "its SIDs begin as the new account's do: the domain's"
    );
    assert!(!terms(&case).contains(&"tier0"), "every account of a domain is made there");
}

#[test]
fn an_origin_and_a_finding_tell_the_kind_too() {
    let mut story = Story::default();
    story.lively();
    let domain = Principal {
        name: Some("keller".into()),
        domain: Some("CORP".into()),
        sid: Sid::parse("S-1-5-21-7-8-9-1104"),
        logon_id: Some(LogonId(0x111)),
    };
    let runas = LoggedOn {
        account: principal(ADMIN, "admin", SESSION),
        subject: domain.clone(),
        logon_type: Some(2),
        source_ip: None,
        source_host: None,
        linked_logon_id: None,
        elevated: None,
        process_name: None,
    };
    story.push(-100.0, EventKind::LoggedOn, Body::LoggedOn(Box::new(runas)));
    net_user(&mut story, 0.0, 1004, "bob");
    story.touched(9.0, 501, begat_model::event::AccountAction::Enabled, SESSION);
    let hunt = story.hunted();
    assert_eq!(hunt.cases[0].origin.as_ref().unwrap().actor.kind, Some(ActorKind::Domain));
    let finding = hunt.findings.iter().find(|finding| finding.actor.is_some()).unwrap();
    assert_eq!(finding.actor.as_ref().unwrap().kind, Some(ActorKind::BuiltinAdministrator));
}

#[test]
fn a_name_made_to_be_taken_for_another_is_at_least_high() {
    for (name, kind) in [("WADGUtilityAccount", "near_reserved_name"), ("Administrator", "reserved_name")] {
        let case = one(name, 1004).case();
        assert_eq!(kinds(&case), [kind], "{name}");
        assert!(terms(&case).contains(&"look_alike_name"), "{name}");
        assert!(case.severity >= Severity::High, "{name}");
    }
    let case = one("guest1", 1004).case();
    assert_eq!(kinds(&case), [""; 0]);
    assert!(!terms(&case).contains(&"look_alike_name"));
}

#[test]
fn the_name_that_it_is_given_later_is_looked_at_too() {
    let mut story = one("bob", 1004);
    let account = Principal { sid: Some(account_sid(1004)), ..principal(ADMIN, "Administrat0r", 0) };
    let renamed =
        AccountRenamed { account, old_name: Some("bob".into()), subject: principal(ADMIN, "admin", SESSION) };
    story.push(60.0, EventKind::AccountRenamed, Body::AccountRenamed(Box::new(renamed)));
    let case = story.case();
    assert_eq!(kinds(&case), ["digits_for_letters"]);
    assert!(terms(&case).contains(&"look_alike_name"));
}

/// A site whose service accounts log on everywhere.
fn site(story: &mut Story) {
    for (index, name) in ["backup", "print", "scan", "web", "mail", "proxy", "update"].iter().enumerate() {
        for (of, kind) in ["svc", "adm", "app"].iter().enumerate() {
            let rid = u32::try_from(2000 + 10 * index + of).unwrap();
            let account = Principal {
                sid: Some(account_sid(rid)),
                ..principal(ADMIN, &format!("{kind}_{name}"), 0xa000 + u64::from(rid))
            };
            let logon = LoggedOn {
                account,
                subject: Principal::default(),
                logon_type: Some(3),
                source_ip: Some("10.0.0.7".into()),
                source_host: None,
                linked_logon_id: None,
                elevated: None,
                process_name: None,
            };
            story.push(-900.0 + f64::from(rid) / 100.0, EventKind::LoggedOn, Body::LoggedOn(Box::new(logon)));
        }
    }
}

#[test]
fn a_name_is_compared_with_the_sites_own() {
    for (name, expected) in [
        ("svc_backupp", vec!["like_site_name"]),
        ("svc_bakcup", vec!["like_site_name"]),
        ("new.helper", vec!["unlike_site_names"]),
        ("svc_fax", vec![]),
        ("svc_backup2", vec![]),
    ] {
        let mut story = one(name, 1004);
        site(&mut story);
        let case = story.case();
        assert_eq!(kinds(&case), expected, "{name}: {:?}", case.context.name_signs);
        assert!(!terms(&case).contains(&"look_alike_name"), "{name}: a sign, no verdict");
    }
    let few = one("svc_backupp", 1004);
    assert_eq!(kinds(&few.case()), [""; 0], "a few names are no habit");
}

#[test]
fn the_older_of_two_alike_is_not_the_copy() {
    let mut story = one("svc_orders", 1004);
    site(&mut story);
    net_user(&mut story, 900.0, 1005, "svc_order");
    let cases = story.cases();
    assert_eq!(kinds(&cases[0]), [""; 0]);
    assert_eq!(kinds(&cases[1]), ["like_site_name"]);
    let NameFact::LikeSiteNames { names, .. } = &cases[1].context.name_signs[0].why else {
        panic!("{:?}", cases[1].context.name_signs)
    };
    assert_eq!(*names, ["svc_orders".into()]);
}

#[test]
fn how_rare_a_creator_is_is_counted_over_hosts_of_one_role() {
    let mut story = Story::default();
    for (number, host) in ["srv1.corp.example", "srv2.corp.example", "srv3.corp.example"].iter().enumerate() {
        story.on(host).lively().logon(-500.0, SESSION, 10, Some("10.0.0.7"));
        story.process(-40.0, 90, 4, 0x3e7, "dns.exe", r"C:\Windows\System32\dns.exe");
        net_user(&mut story, 0.0, 1004, &format!("host{number}_a"));
    }
    story.process(500.0, 95, 4, SESSION, r"C:\Tools\Foo.exe", r"C:\Tools\Foo.exe host2_b");
    story.created(500.2, 1005, "host2_b", SESSION);
    story.on("ws1.corp.example").lively().logon(-500.0, SESSION, 10, Some("10.0.0.7"));
    net_user(&mut story, 700.0, 1004, "other");
    let told = |hunt: &Hunt| -> Vec<(String, Option<String>, u64, u64)> {
        let rarity = hunt.cases.iter().map(|case| case.context.rarity.clone().unwrap());
        rarity
            .map(|it| (it.creator.to_string(), it.role.map(|role| role.to_string()), it.creations, it.of))
            .collect()
    };
    let hunt = story.hunted();
    let server = |creator: &str, creations| (creator.to_owned(), Some("server".to_owned()), creations, 4);
    let mut expected = vec![server("net1.exe", 3); 3];
    expected.push(server("foo.exe", 1));
    expected.push(("net1.exe".to_owned(), None, 1, 1));
    assert_eq!(told(&hunt), expected);
    assert!(Hunt::merge(vec![hunt.clone()]) == hunt, "merging again changes nothing");
}

/// The same name on so many hosts, so many days apart.
fn one_name_on_hosts(hosts: usize, name: &str, days_apart: f64) -> Story {
    let mut story = Story::default();
    for number in 0..hosts {
        story.on(&format!("srv{number}.corp.example"));
        let start = number as f64 * days_apart * 86_400.0;
        story.logon(start - 500.0, SESSION, 10, Some("10.0.0.7"));
        story.process(start - 300.0, 60, 4, 0x3e7, "svchost.exe", "svchost.exe -k x");
        net_user(&mut story, start, 1004, name);
    }
    story
}

#[test]
fn one_name_on_several_hosts_counts_unless_it_is_a_wave() {
    let apart = one_name_on_hosts(2, "helper", 3.0).hunted();
    for case in &apart.cases {
        let term = case.risk.terms.iter().find(|term| term.name == "same_name_elsewhere").unwrap();
        assert_eq!(term.points, 6);
        assert_eq!(case.severity, case.risk.severity());
    }
    let again = Hunt::merge(vec![apart.clone(), Hunt::default()]);
    assert!(again == apart, "merging again adds nothing");
    for story in [one_name_on_hosts(4, "helper", 0.01), one_name_on_hosts(1, "helper", 0.0)] {
        let hunt = story.hunted();
        assert!(hunt.cases.iter().all(|case| !terms(case).contains(&"same_name_elsewhere")));
    }
}

#[test]
fn hosts_hunted_apart_and_merged_say_what_they_say_together() {
    let mut story = one_name_on_hosts(3, "helper", 3.0);
    story.on("srv9.corp.example");
    site(&mut story);
    net_user(&mut story, 5.0, 1004, "app_prit");
    let whole = story.hunted();
    let own = |host: &str| {
        let events: Vec<Event> =
            story.events.iter().filter(|event| event.host.as_str().starts_with(host)).cloned().collect();
        hunt_all(&events)
    };
    let first = Hunt::merge(vec![own("srv9"), own("srv1")]);
    let merged = Hunt::merge(vec![own("srv2"), first, own("srv0")]);
    assert!(merged == whole);
    let case =
        whole.cases.iter().find(|case| case.account.created_as.as_deref() == Some("app_prit")).unwrap();
    assert_eq!(kinds(case), ["like_site_name"]);
}

#[test]
fn a_source_that_was_never_seen_counts_where_the_host_was_heard_long_enough() {
    let told = |hours: u32, source: &str| {
        let mut story = Story::default();
        for hour in 1..=hours {
            story.logon(-3600.0 * f64::from(hour), 0x5000 + u64::from(hour), 3, Some("10.0.0.7"));
        }
        story.lively().logon(-5.0, SESSION, 3, Some(source));
        net_user(&mut story, 0.0, 1004, "bob");
        let case = story.case();
        case.risk.terms.iter().find(|term| term.name == "new_source").map(|term| term.why.clone())
    };
    let Some(RiskReason::NewSource { source, since }) = told(48, "192.0.2.66") else { panic!("it is new") };
    assert_eq!((&*source, since), ("192.0.2.66", at(-48.0 * 3600.0)));
    assert_eq!(told(48, "10.0.0.7"), None);
    assert_eq!(told(20, "192.0.2.66"), None, "heard for less than a day");
    assert_eq!(told(48, "127.0.0.1"), None);
}

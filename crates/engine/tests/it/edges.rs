//! Where what is believed begins and ends: restarts, cleared logs, records missing far back, secrets of parents.

use std::sync::Arc;

use crate::story::{ADMIN, Story, principal, tally};
use begat_engine::{Engine, HostDirectory, Tuning};
use begat_model::case::{BlindSpot, BlindSpotKind, Case, Severity, Verdict};
use begat_model::catalog::channel;
use begat_model::coverage::LogKey;
use begat_model::event::{AuditPolicyChanged, Body, LogCleared, ParentProcess, Principal};
use begat_model::{Event, EventKind, ProcessId};

const SESSION: u64 = 0x4341b1;

fn blind_spots(case: &Case) -> Vec<BlindSpotKind> {
    case.blind_spots.iter().map(BlindSpot::kind).collect()
}

/// The one case of a host whose Security log holds these records and no others.
fn case_of_log(events: &[Event]) -> Case {
    let mut tally = tally(events);
    for event in events.iter().filter(|event| event.record.kind.spec().channel == channel::SECURITY) {
        let key = LogKey { host: event.host.clone(), channel: channel::SECURITY.into() };
        let runs = tally.record_ids.entry(key).or_default();
        event.record.record_id.into_iter().for_each(|id| runs.add(id));
    }
    let directory = Arc::new(HostDirectory::from_names(events.iter().map(|event| &event.host)));
    let mut engine = Engine::new(Tuning::default(), directory, &tally);
    events.iter().for_each(|event| engine.apply(event.clone()));
    engine.finish().cases.remove(0)
}

#[test]
fn secrets_of_a_parent_that_only_its_child_tells_are_redacted() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-100.0, SESSION, 10, Some("10.0.0.7"))
        .process_with(-0.1, 701, 700, SESSION, "net1.exe", "net1 user bob Spring-2026! /add", |created| {
            created.parent = ParentProcess {
                pid: Some(ProcessId(700)),
                image: Some(r"C:\Windows\System32\net.exe".into()),
                command_line: Some("net user bob Winter-2026! /add".into()),
                ..ParentProcess::default()
            };
        })
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    let parent = &case.attribution.chain[0];
    assert_eq!(parent.command_line.as_deref(), Some("net user bob [redacted] /add"));
    let told = format!("{case:?}");
    assert!(!told.contains("Winter-2026!") && !told.contains("Spring-2026!"), "{told}");
}

#[test]
fn a_restart_ends_sessions_and_processes() {
    let told = |restart: bool| {
        let mut story = Story::default();
        story.lively().logon(-500.0, SESSION, 10, Some("10.0.0.7")).process(
            -400.0,
            700,
            4,
            SESSION,
            "net1.exe",
            "net1 user bob P /add",
        );
        if restart {
            story.push(-200.0, EventKind::HostStarted, Body::HostStarted);
        }
        story.created(0.0, 1001, "bob", SESSION);
        story.case()
    };
    let running = told(false);
    assert_eq!(running.attribution.verdict, Verdict::Attributed);
    assert_eq!(running.actor.source_ip.as_deref(), Some("10.0.0.7"));
    let restarted = told(true);
    assert_ne!(restarted.attribution.verdict, Verdict::Attributed, "it ended with the restart");
    assert_eq!(restarted.attribution.creator, None);
    assert_eq!(
        restarted.actor.source_ip, None,
        "the session of before the restart is another with the same id"
    );
    assert!(blind_spots(&restarted).contains(&BlindSpotKind::LogonMissing));
    assert!(!blind_spots(&running).contains(&BlindSpotKind::LogonMissing));
}

#[test]
fn only_a_log_that_was_cleared_before_hides_what_made_an_account() {
    let told = |seconds: f64| {
        let mut story = Story::default();
        let by = principal("S-1-5-21-10-20-30-1999", "other", 0x99);
        story
            .lively()
            .logon(-100.0, SESSION, 10, Some("10.0.0.7"))
            .process(-0.1, 701, 4, SESSION, "net1.exe", "net1 user bob P /add")
            .created(0.0, 1001, "bob", SESSION)
            .push(seconds, EventKind::LogCleared, LogCleared::of_security(by));
        story.case()
    };
    assert!(blind_spots(&told(-50.0)).contains(&BlindSpotKind::LogCleared));
    assert!(blind_spots(&told(0.0)).contains(&BlindSpotKind::LogCleared), "in the same instant");
    assert!(!blind_spots(&told(50.0)).contains(&BlindSpotKind::LogCleared));
}

#[test]
fn a_log_that_was_cleared_before_anything_of_a_creation_began_hid_nothing_of_it() {
    let day = 86_400.0;
    let told = |cleared: f64, logon_told: bool, boot: Option<f64>| {
        let mut story = Story::default();
        let by = principal("S-1-5-21-10-20-30-1999", "other", 0x99);
        story.push(-300.0 * day, EventKind::HostStarted, Body::HostStarted);
        story.push(cleared, EventKind::LogCleared, LogCleared::of_security(by));
        if let Some(boot) = boot {
            story.push(boot, EventKind::HostStarted, Body::HostStarted);
        }
        story.lively();
        if logon_told {
            story.logon(-3000.0, SESSION, 10, Some("10.0.0.7"));
        }
        story
            .process(-0.1, 701, 4, SESSION, "net1.exe", "net1 user bob P /add")
            .created(0.0, 1001, "bob", SESSION);
        story.events.sort_by_key(|event| event.at);
        let case = story.case();
        assert_ne!(case.severity, Severity::Critical, "cleared by another");
        blind_spots(&case).contains(&BlindSpotKind::LogCleared)
    };
    assert!(!told(-270.0 * day, true, None), "nine months before: all that is asked of it came later");
    assert!(!told(-3600.0, true, None), "before the session began");
    assert!(told(-1800.0, true, None), "within the session");
    assert!(told(-2.0 * day, false, None), "the logon that is missing may have stood there");
    assert!(!told(-2.0 * day, false, Some(-day)), "no session of before a restart lives on");
    assert!(!told(-270.0 * day, false, None), "a session that old is a service's");
}

#[test]
fn auditing_that_was_switched_on_again_hides_nothing_from_then_on() {
    let told = |off: f64, on: Option<f64>| {
        let mut story = Story::default();
        let change = |changes: &str| {
            Body::AuditPolicyChanged(Box::new(AuditPolicyChanged {
                subject: Principal::default(),
                subcategory_guid: Some("0cce9215-69ae-11d9-bed3-505054503030".into()),
                changes: Some(changes.into()),
            }))
        };
        story.push(off, EventKind::AuditPolicyChanged, change("%%8448"));
        if let Some(on) = on {
            story.push(on, EventKind::AuditPolicyChanged, change("%%8449"));
        }
        story
            .lively()
            .logon(-3000.0, SESSION, 10, Some("10.0.0.7"))
            .process(-0.1, 701, 4, SESSION, "net1.exe", "net1 user bob P /add")
            .created(0.0, 1001, "bob", SESSION);
        story.events.sort_by_key(|event| event.at);
        blind_spots(&story.case()).contains(&BlindSpotKind::AuditPolicyChanged)
    };
    assert!(told(-9e6, None), "it is off to this day");
    assert!(!told(-9e6, Some(-8e6)), "long on again");
    assert!(told(-9e6, Some(-100.0)), "it was off while the session was at work");
}

#[test]
fn a_log_of_others_that_is_cleared_hides_nothing_and_covers_nothing_up() {
    let told = |log: Option<&str>, by: Principal| {
        let mut story = Story::default();
        let cleared = LogCleared { subject: by, log: log.map(Into::into) };
        story
            .lively()
            .logon(-100.0, SESSION, 10, Some("10.0.0.7"))
            .push(-50.0, EventKind::OtherLogCleared, Body::LogCleared(Box::new(cleared)))
            .process(-0.1, 701, 4, SESSION, "net1.exe", "net1 user bob P /add")
            .created(0.0, 1001, "bob", SESSION);
        let case = story.case();
        (blind_spots(&case).contains(&BlindSpotKind::LogCleared), case.severity == Severity::Critical)
    };
    // 104 tells no session and no SID.
    let admin = || Principal { sid: None, logon_id: None, ..principal(ADMIN, "ADMIN", 0) };
    let other = || Principal { name: Some("other".into()), ..admin() };
    let powershell = Some("Microsoft-Windows-PowerShell/Operational");
    assert_eq!(told(powershell, admin()), (true, true), "by whoever made the account");
    assert_eq!(told(powershell, other()), (true, false));
    assert_eq!(told(Some("Application"), admin()), (false, false));
    assert_eq!(told(None, other()), (true, false), "which log it was is not told");
}

#[test]
fn without_its_logon_a_thousand_records_before_a_creation_are_asked_for() {
    // Records of a log that is whole but for one, so many before the creation; all others are there.
    let told = |before: u64| {
        let mut story = Story::default();
        for minute in 1..=3000_u32 {
            let seconds = -f64::from(3001 - minute);
            story.process(seconds, 4 * minute + 8, 4, 0x3e7, "svchost.exe", "svchost.exe -k x");
        }
        story.created(0.0, 1001, "bob", SESSION);
        let creation = story.events.last().unwrap().record.record_id.unwrap();
        story.events.retain(|event| event.record.record_id != Some(creation - before));
        blind_spots(&case_of_log(&story.events)).contains(&BlindSpotKind::EventsLost)
    };
    assert!(told(1) && told(1000), "missing within a thousand");
    assert!(!told(1001), "missing before that");
}

//! Which machine it is: two of one name, one of several, a clock that was set back.

use begat_model::case::{BlindSpotKind, Case, FindingKind, Reason, Scope, Verdict};
use begat_model::event::{Body, ClockChanged, Principal};
use begat_model::{EventKind, LogonId, Sid};

use crate::story::*;

const SESSION: u64 = 0x55_1686;

fn spots(case: &Case) -> Vec<BlindSpotKind> {
    case.blind_spots.iter().map(begat_model::case::BlindSpot::kind).collect()
}

/// Records of a machine that bears the same name, so far above in its own log; between them those of the story.
fn with_twin(story: &Story) -> Vec<begat_model::Event> {
    let mut twin = Story::default();
    for minute in -5..5 {
        let seconds = f64::from(minute) * 60.0 + 7.0;
        twin.process(seconds, 5_000 + (minute + 5) as u32, 4, 0x3e7, "svchost.exe", "svchost.exe -k netsvcs");
    }
    let mut events = numbered_in_time(&twin.events);
    events
        .iter_mut()
        .for_each(|event| event.record.record_id = event.record.record_id.map(|id| id + 700_000));
    [numbered_in_time(&story.events), events].concat()
}

/// As they are numbered, and not in the order of time.
fn hunt_as_numbered(events: &[begat_model::Event]) -> begat_engine::Hunt {
    let directory =
        std::sync::Arc::new(begat_engine::HostDirectory::from_names(events.iter().map(|it| &it.host)));
    let tuning = begat_engine::Tuning::default();
    let mut engine = begat_engine::Engine::new(tuning, directory, &tally(events));
    events.iter().for_each(|event| engine.apply(event.clone()));
    engine.finish()
}

#[test]
fn of_two_machines_under_one_name_no_verdict_rests_on_absence() {
    for (logon_type, source, alone) in
        [(2, None, Verdict::SessionOnly), (3, Some("10.0.0.9"), Verdict::Remote)]
    {
        let mut story = Story::default();
        story
            .lively()
            .process(-3.0, 700, 4, 0x777, "powershell.exe", "powershell.exe Get-Date")
            .logon(-20.0, SESSION, logon_type, source)
            .created(0.0, 1001, "bob", SESSION);
        assert_eq!(story.case().attribution.verdict, alone);
        let case = hunt_as_numbered(&with_twin(&story)).cases.remove(0);
        assert_eq!(case.attribution.verdict, Verdict::Unknown, "{alone:?}");
        assert_eq!(case.attribution.reason, Some(Reason::SeveralMachines));
        assert_eq!(case.attribution.confidence, None);
        assert!(spots(&case).contains(&BlindSpotKind::HostNameAmbiguous), "{:?}", case.blind_spots);
    }
}

#[test]
fn of_two_machines_under_one_name_who_said_it_is_named_still() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-60.0, SESSION, 2, None)
        .process(-0.05, 700, 4, SESSION, "net1.exe", "net1 user bob P@ss /add")
        .created(0.0, 1001, "bob", SESSION)
        .end(0.1, 700, "net1.exe", SESSION);
    let case = hunt_as_numbered(&with_twin(&story)).cases.remove(0);
    assert_eq!(case.attribution.verdict, Verdict::Attributed);
    assert!(spots(&case).contains(&BlindSpotKind::HostNameAmbiguous));
}

#[test]
fn local_accounts_of_two_machines_by_turns_or_without_record_ids_are_two_machines() {
    let touched = |story: &mut Story, seconds: f64, sid: &str| {
        let account = Principal { logon_id: None, ..principal(sid, "anna", 0) };
        let touched = begat_model::event::AccountTouched {
            action: begat_model::event::AccountAction::Changed,
            succeeded: true,
            account,
            subject: Principal::default(),
            new_uac_value: None,
        };
        story.push(seconds, EventKind::AccountChanged, Body::AccountTouched(Box::new(touched)));
    };
    let mut story = Story::default();
    story
        .lively()
        .process(-3.0, 700, 4, 0x777, "powershell.exe", "powershell.exe Get-Date")
        .logon(-20.0, SESSION, 2, None)
        .created(0.0, 1001, "bob", SESSION);
    let (ours, theirs) = ("S-1-5-21-10-20-30-1005", "S-1-5-21-77-88-99-1005");
    touched(&mut story, -80.0, theirs);
    touched(&mut story, -70.0, ours);
    assert_eq!(
        story.case().attribution.verdict,
        Verdict::SessionOnly,
        "it may have been made anew before that"
    );
    touched(&mut story, -90.0, ours);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Unknown, "by turns");
    story.events.pop();
    assert_eq!(story.case().attribution.verdict, Verdict::SessionOnly);
    story.events.iter_mut().for_each(|event| event.record.record_id = None);
    assert_eq!(story.case().attribution.verdict, Verdict::Unknown, "without ids they may stand in any order");
    assert!(spots(&case).contains(&BlindSpotKind::HostNameAmbiguous));
}

/// The clock was set back by three hours, and this record tells it.
fn set_back(story: &mut Story, seconds: f64) {
    let change = ClockChanged {
        subject: Principal::default(),
        previous: Some(at(seconds + 3.0 * 3600.0)),
        new: Some(at(seconds)),
    };
    story.push(seconds, EventKind::ClockChanged, Body::ClockChanged(Box::new(change)));
}

#[test]
fn a_session_and_a_process_from_before_the_clock_was_set_back_hold_what_is_made_after_it() {
    let mut story = Story::default();
    // Three hours ahead: all this bears a later time than the creation.
    for minute in 0..30 {
        let (seconds, pid) = (10_800.0 - 4_000.0 + f64::from(minute) * 60.0, 3_000 + minute as u32);
        story.process(seconds, pid, 4, 0x3e7, "svchost.exe", "svchost.exe -k netsvcs");
    }
    story.logon(10_800.0 - 1_500.0, SESSION, 2, None).process(
        10_800.0 - 1_400.0,
        900,
        4,
        SESSION,
        "powershell.exe",
        "powershell.exe",
    );
    set_back(&mut story, -1_000.0);
    for minute in 0..30 {
        let (seconds, pid) = (-900.0 + f64::from(minute) * 60.0, 4_000 + minute as u32);
        if seconds > 0.0 && minute == 16 {
            story.created(0.0, 1001, "bob", SESSION);
        }
        story.process(seconds, pid, 4, 0x3e7, "svchost.exe", "svchost.exe -k netsvcs");
    }
    let case = hunt_as_numbered(&story.events).cases.remove(0);
    assert_ne!(case.attribution.verdict, Verdict::SessionOnly, "the session is held since before");
    assert_eq!(case.actor.logon_type, Some(2));
    assert!(!spots(&case).contains(&BlindSpotKind::LogonMissing), "{:?}", case.blind_spots);
    assert!(!spots(&case).contains(&BlindSpotKind::HostNameAmbiguous), "{:?}", case.blind_spots);
    assert_eq!(case.attribution.creator.and_then(|creator| creator.pid).map(|pid| pid.0), Some(900));
}

#[test]
fn an_account_is_local_under_the_name_that_system_goes_by() {
    let by_name = |domain: &str, told: bool| {
        let mut story = Story::default();
        if told {
            let subject = Principal {
                name: Some("EC2AMAZ-7Q1X2Z$".into()),
                sid: Sid::parse(Sid::SYSTEM),
                logon_id: Some(LogonId::SYSTEM),
                domain: None,
            };
            story.process_with(-90.0, 77, 4, 0x3e7, "svchost.exe", "svchost.exe", |created| {
                created.subject = subject;
            });
        }
        story.created_with(0.0, 1001, "bob", SESSION, |created| {
            created.account.domain = Some(domain.into());
            created.account.sid = Sid::parse("S-1-5-21-77-88-99-1001");
        });
        let case = story.case();
        (case.account.scope, case.host.domain_controller)
    };
    assert_eq!(by_name("EC2AMAZ-7Q1X2Z", true), (Scope::Local, Some(false)), "a collector wrote an alias");
    assert_eq!(by_name("CORP", true), (Scope::Domain, Some(true)));
    assert_eq!(by_name("CORP", false), (Scope::Domain, Some(true)));
}

#[test]
fn no_creation_that_stands_under_another_name_is_said_to_be_missing() {
    let mut story = Story::default();
    story.created(0.0, 1001, "bob", SESSION).on("NEWNAME");
    let logon = begat_model::event::LoggedOn {
        account: Principal {
            domain: Some("NEWNAME".into()),
            ..principal("S-1-5-21-10-20-30-1001", "bob", 0x99)
        },
        subject: Principal::default(),
        logon_type: Some(2),
        source_ip: None,
        source_host: None,
        linked_logon_id: None,
        elevated: None,
        process_name: None,
    };
    story.push(500.0, EventKind::LoggedOn, Body::LoggedOn(Box::new(logon.clone())));
    let kinds = |hunt: begat_engine::Hunt| hunt.findings.iter().map(|it| it.kind).collect::<Vec<_>>();
    assert_eq!(kinds(story.hunted()), [], "it is in the input, under the name that the machine had then");
    let mut other = logon;
    other.account.sid = Sid::parse("S-1-5-21-10-20-30-1002");
    story.push(600.0, EventKind::LoggedOn, Body::LoggedOn(Box::new(other)));
    assert_eq!(kinds(story.hunted()), [FindingKind::AccountNeverSeenCreated]);
}

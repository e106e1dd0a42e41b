//! Creations that an endpoint sensor tells, alone or beside Windows' own record.

use crate::story::{ADMIN, Story, principal};
use begat_model::case::{Case, RecordedBy, Verdict};
use begat_model::event::{Body, Field, InitiatingProcess};
use begat_model::{EventKind, ProcessId};

const SESSION: u64 = 0x1f4c65f;

/// The creation of bob as Defender tells it, made by this process.
fn told_by_edr(story: &mut Story, seconds: f64, pid: u32, image: &str, started: Option<f64>) {
    let named = InitiatingProcess {
        pid: Some(ProcessId(pid)),
        guid: None,
        image: Some(image.into()),
        command_line: Field::Value("maker.exe -q".into()),
        started_at: started.map(crate::story::at),
    };
    let mut created = begat_model::event::AccountCreated {
        account: principal("S-1-5-21-10-20-30-1001", "bob", 0),
        subject: principal(ADMIN, "admin", SESSION),
        display_name: None,
        user_principal_name: None,
        initiating: None,
    };
    created.initiating = Some(Box::new(named));
    story.push(seconds, EventKind::EdrAccountCreated, Body::AccountCreated(Box::new(created)));
}

fn creator(case: &Case) -> Option<(u32, &str)> {
    let creator = case.attribution.creator.as_ref()?;
    Some((creator.pid?.0, creator.image.as_deref()?))
}

#[test]
fn the_process_that_a_sensor_names_made_the_account_whether_or_not_its_start_was_told() {
    for started in [None, Some(-20.0)] {
        let mut story = Story::default();
        story.lively().logon(-100.0, SESSION, 10, Some("10.0.0.7"));
        story.process(-50.0, 900, 4, SESSION, "powershell.exe", "powershell.exe");
        told_by_edr(&mut story, 0.0, 777, r"C:\Tools\maker.exe", started);
        let case = story.case();
        assert_eq!(case.attribution.verdict, Verdict::Attributed, "{:#?}", case.attribution);
        assert_eq!(creator(&case), Some((777, r"C:\Tools\maker.exe")));
        assert_eq!(case.recorded_by(), RecordedBy::Edr);
        let kinds: Vec<&str> = case.attribution.evidence.iter().map(|evidence| evidence.kind).collect();
        assert!(kinds.contains(&"named_by_edr"), "{kinds:?}");
    }
}

#[test]
fn lsass_is_where_every_account_is_made_and_no_client_of_its_own() {
    let mut story = Story::default();
    story.lively().logon(-100.0, SESSION, 10, Some("10.0.0.7"));
    told_by_edr(&mut story, 0.0, 748, r"C:\Windows\System32\lsass.exe", None);
    let case = story.case();
    assert_ne!(case.attribution.verdict, Verdict::Attributed);
    assert_eq!(case.attribution.creator, None);
}

#[test]
fn one_creation_that_two_records_tell_is_one_case_and_windows_own_record_names_it() {
    let alone = {
        let mut story = Story::default();
        story.lively().logon(-100.0, SESSION, 10, Some("10.0.0.7")).created(0.4, 1001, "bob", SESSION);
        story.case()
    };
    for edr_at in [-1.3, 0.1, 0.9, 2.3] {
        let mut story = Story::default();
        story.lively().logon(-100.0, SESSION, 10, Some("10.0.0.7")).created(0.4, 1001, "bob", SESSION);
        told_by_edr(&mut story, edr_at, 777, r"C:\Tools\maker.exe", Some(-20.0));
        story.events.sort_by_key(|event| event.at);
        let case = story.case();
        assert_eq!((case.case_id.as_str(), case.created_at), (alone.case_id.as_str(), alone.created_at));
        assert_eq!(case.recorded_by(), RecordedBy::Security, "{edr_at}");
        assert_eq!(creator(&case), Some((777, r"C:\Tools\maker.exe")), "{edr_at}");
    }
}

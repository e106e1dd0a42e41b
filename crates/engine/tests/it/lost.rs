//! Records that were heard and cannot be read: near them nothing rests on absence, and a lost creation is told.

use begat_engine::{Engine, HostDirectory, Hunt, Tuning};
use begat_model::case::{
    BlindSpot, BlindSpotKind, FindingFact, FindingKind, Missing, Reason, Severity, Verdict,
};
use begat_model::coverage::{HeardKey, Tally};
use begat_model::event::{Body, Unread};
use begat_model::{EventKind, HostName};
use std::sync::Arc;

use crate::story::{Story, hunt_all};

const SESSION: u64 = 0x55_1686;

/// An account that a network session makes, with no process of it.
fn by_network() -> Story {
    let mut story = Story::default();
    story
        .lively()
        .process(-3.0, 700, 4, 0x777, "powershell.exe", "powershell.exe Get-Date")
        .logon(-0.2, SESSION, 3, Some("10.0.0.9"))
        .created(0.0, 1001, "bob", SESSION);
    story
}

#[test]
fn near_a_process_record_that_cannot_be_read_no_verdict_rests_on_absence() {
    assert_eq!(by_network().case().attribution.verdict, Verdict::Remote);
    for kind in [EventKind::ProcessCreated, EventKind::SysmonProcessCreated] {
        for cause in [Unread::Damaged, Unread::FieldMissing] {
            let mut story = by_network();
            story.push(-0.1, kind, Body::Unread(cause));
            let case = story.case();
            assert_eq!(case.attribution.verdict, Verdict::Unknown, "{kind:?}");
            let missing = Missing::Unread { count: 1 };
            assert_eq!(case.attribution.reason, Some(Reason::RecordsMissing { missing }));
            let spots: Vec<BlindSpotKind> = case.blind_spots.iter().map(BlindSpot::kind).collect();
            assert!(spots.contains(&BlindSpotKind::EventsLost), "{spots:?}");
        }
    }
    let mut story = by_network();
    story.push(-0.1, EventKind::AccountDisabled, Body::Unread(Unread::Damaged));
    assert_eq!(story.case().attribution.verdict, Verdict::Remote, "it would tell of no process");
    let mut story = by_network();
    story.push(-9000.0, EventKind::ProcessCreated, Body::Unread(Unread::Damaged));
    assert_eq!(story.case().attribution.verdict, Verdict::Remote, "long before the session");
}

#[test]
fn a_session_that_no_process_holds_is_not_told_as_borrowed_where_one_may_be_unread() {
    let mut story = Story::default();
    story
        .lively()
        .process(-3.0, 700, 4, 0x777, "powershell.exe", "powershell.exe Get-Date")
        .logon(-20.0, SESSION, 2, None)
        .created(0.0, 1001, "bob", SESSION);
    assert_eq!(story.case().attribution.verdict, Verdict::SessionOnly);
    story.push(-0.1, EventKind::ProcessCreated, Body::Unread(Unread::Damaged));
    assert_eq!(story.case().attribution.verdict, Verdict::Unknown);
}

#[test]
fn a_creation_that_cannot_be_read_is_a_finding_and_none_is_said_to_be_missing() {
    let mut story = Story::default();
    story.lively().sam(0.0, "lsass.exe", r"Names\ghost", "CreateKey");
    let without: Vec<FindingKind> = story.hunted().findings.iter().map(|finding| finding.kind).collect();
    assert!(!without.is_empty() && !without.contains(&FindingKind::CreationUnread), "{without:?}");
    story.push(0.0, EventKind::AccountCreated, Body::Unread(Unread::Damaged));
    let hunt = story.hunted();
    let found: Vec<(FindingKind, Severity)> =
        hunt.findings.iter().map(|finding| (finding.kind, finding.severity)).collect();
    assert_eq!(found, [(FindingKind::CreationUnread, Severity::Medium)]);
    assert_eq!(hunt.findings[0].events.len(), 1);
}

/// A creation heard is a case, or told as one that cannot be read: whichever way its record is spoilt.
#[test]
fn creations_heard_are_cases_and_those_that_are_told_as_unread() {
    for spoilt in 0_u32..16 {
        let mut story = Story::default();
        story.lively();
        for account in 0_u32..4 {
            match spoilt >> account & 1 {
                0 => story.created(f64::from(account), 1001 + account, "bob", SESSION),
                _ => story.push(
                    f64::from(account),
                    EventKind::AccountCreated,
                    Body::Unread(if account % 2 == 0 { Unread::Damaged } else { Unread::FieldMissing }),
                ),
            };
        }
        let hunt = story.hunted();
        assert_eq!(hunt.cases.len() as u64 + unread(&hunt), 4, "{spoilt:04b}");
    }
}

fn unread(hunt: &Hunt) -> u64 {
    let counts = hunt.findings.iter().filter_map(|finding| match &finding.summary {
        FindingFact::CreationUnread { count, .. } => Some(*count),
        _ => None,
    });
    counts.sum()
}

#[test]
fn a_copy_that_can_be_read_makes_up_for_one_that_cannot() {
    let mut story = by_network();
    let creation = story.events.iter().find(|event| matches!(event.body, Body::AccountCreated(_)));
    let mut spoilt = creation.unwrap().clone();
    spoilt.body = Body::Unread(Unread::Damaged);
    spoilt.record.source = "a first in the order of paths".into();
    story.events.push(spoilt);
    let hunt = hunt_all(&story.events);
    assert_eq!((hunt.cases.len(), unread(&hunt)), (1, 0));
}

#[test]
fn creations_without_a_place_in_time_are_told_of_a_host_that_gives_no_event() {
    let host = HostName::new("FS03.corp.example").unwrap();
    let key = HeardKey::new(host.clone(), None, Some("Security"), 4720);
    let mut tally = Tally::default();
    tally.unplaced.insert((key, Unread::NoZone), 2);
    let directory = Arc::new(HostDirectory::from_names([&host]));
    let mut engine = Engine::new(Tuning::default(), directory, &tally);
    engine.expect(&host);
    let hunt = engine.finish();
    assert_eq!(unread(&hunt), 2);
    assert_eq!((hunt.findings[0].at, hunt.findings[0].host.name.as_str()), (None, "FS03.corp.example"));
}

//! Every story is true to itself: its truth can be found in its records, and nowhere contradicts them.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::collections::{BTreeMap, BTreeSet};

use begat_sim::record::WindowsRecord;
use begat_sim::story::{STORIES, Story, Truth};
use begat_sim::value::{Sid, TICKS_PER_MILLISECOND, Value};

const SEEDS: [u64; 4] = [1, 2, 3, 77];

fn told() -> impl Iterator<Item = Story> {
    SEEDS.into_iter().flat_map(|seed| STORIES.iter().map(move |kind| kind.tell(seed)))
}

fn number(record: &WindowsRecord, field: &str) -> Option<u64> {
    match record.field(field)? {
        Value::Hex64(n) | Value::Pointer(n) => Some(*n),
        Value::U32(n) => Some(u64::from(*n)),
        _ => None,
    }
}

fn is(record: &WindowsRecord, field: &str, sid: &Sid) -> bool {
    record.field(field) == Some(&Value::Sid(sid.clone()))
}

fn created<'a>(story: &'a Story, truth: &Truth) -> &'a WindowsRecord {
    let mut found = story.records.iter().filter(|r| r.event_id == 4720 && is(r, "TargetSid", &truth.sid));
    let record = found.next().expect("the account has a 4720");
    assert!(found.next().is_none(), "{}: one 4720 for each account", story.name);
    record
}

/// The session that a 4688 or Sysmon 1 gives its process.
fn effective_logon_id(record: &WindowsRecord) -> Option<u64> {
    let target = number(record, "TargetLogonId").filter(|id| *id != 0);
    target.or_else(|| number(record, "SubjectLogonId")).or_else(|| number(record, "LogonId"))
}

/// Starts of processes: pid, session, image.
fn starts<'a>(story: &'a Story) -> Vec<(&'a WindowsRecord, u64, u64, String)> {
    let is_start = |r: &&WindowsRecord| r.event_id == 4688 || (r.event_id == 1 && r.channel != "Security");
    let start = |r: &'a WindowsRecord| {
        let (pid, image) = if r.channel == "Security" {
            (number(r, "NewProcessId"), r.printed("NewProcessName"))
        } else {
            (number(r, "ProcessId"), r.printed("Image"))
        };
        (r, pid.unwrap(), effective_logon_id(r).unwrap(), image.unwrap())
    };
    story.records.iter().filter(is_start).map(start).collect()
}

#[test]
fn the_same_seed_tells_the_same_story() {
    for kind in STORIES {
        assert_eq!(kind.tell(9), kind.tell(9), "{}", kind.name);
        assert_ne!(kind.tell(9).records, kind.tell(10).records, "{}", kind.name);
    }
    let names: BTreeSet<&str> = STORIES.iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), STORIES.len(), "names are unique");
}

#[test]
fn every_creation_has_its_truth_and_every_truth_its_creation() {
    for story in told() {
        let creations = story.records.iter().filter(|r| r.event_id == 4720).count();
        assert_eq!(creations, story.truth.len(), "{}", story.name);
        for truth in &story.truth {
            let record = created(&story, truth);
            assert_eq!(record.printed("TargetUserName").as_deref(), Some(truth.created_as.as_str()));
            assert_eq!(number(record, "SubjectLogonId"), Some(truth.logon_id), "{}", story.name);
            assert_eq!(record.computer, truth.host);
        }
    }
}

#[test]
fn records_are_numbered_in_order_of_time() {
    for story in told() {
        let mut last: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for record in &story.records {
            let now = (record.record_id, record.time.0);
            if let Some(before) = last.insert(&record.channel, now) {
                assert_eq!(now.0, before.0 + 1, "{}: no gaps", story.name);
                assert!(now.1 >= before.1, "{}: time goes on", story.name);
            }
        }
    }
}

#[test]
fn creators_started_just_before_in_the_creating_session() {
    for story in told() {
        for truth in story.truth.iter().filter(|truth| truth.verdict == "attributed") {
            let creator = truth.creator.as_ref().unwrap();
            let at = created(&story, truth).time.0;
            let starts = starts(&story);
            let of_creator = |(r, pid, session, image): &&(&WindowsRecord, u64, u64, String)| {
                *pid == u64::from(creator.pid)
                    && *image == creator.image
                    && *session == truth.logon_id
                    && r.channel == "Security"
            };
            let (record, ..) = starts.iter().find(of_creator).unwrap_or_else(|| panic!("{}", story.name));
            let lag_millis = (at - record.time.0) / TICKS_PER_MILLISECOND;
            assert!((15..=448).contains(&lag_millis), "{}: {lag_millis} ms", story.name);
            assert!(!truth.chain.is_empty(), "{}", story.name);
        }
    }
}

#[test]
fn verdicts_without_a_creator_have_no_process_of_the_session() {
    for story in told() {
        let starts = starts(&story);
        for truth in &story.truth {
            let of_session = starts.iter().filter(|(_, _, session, _)| *session == truth.logon_id).count();
            match truth.verdict {
                "attributed" => assert!(of_session > 0, "{}", story.name),
                "ambiguous" => {
                    assert!(truth.candidates.len() > 1 && of_session > 1, "{}", story.name);
                    assert!(truth.candidates.contains(truth.creator.as_ref().unwrap()));
                }
                "remote" => {
                    assert!(!starts.is_empty(), "{}: processes are visible", story.name);
                    assert_eq!(of_session, 0, "{}", story.name);
                    assert!(truth.source_ip.is_some());
                }
                "unknown" | "system" => assert!(starts.is_empty(), "{}", story.name),
                other => panic!("{other}"),
            }
            assert_eq!(truth.sequence, truth.verdict == "attributed" || truth.verdict == "ambiguous");
        }
    }
}

#[test]
fn outcomes_and_grants_stand_in_the_records() {
    for story in told() {
        for truth in &story.truth {
            let later = |id: u16| story.records.iter().filter(move |r| r.event_id == id);
            let deleted = later(4726).find(|r| is(r, "TargetSid", &truth.sid));
            assert_eq!(deleted.is_some(), truth.outcome != "persists", "{}", story.name);
            let at = created(&story, truth).time.0;
            let within_a_second = deleted.is_some_and(|r| r.time.0 - at < 10_000_000);
            assert_eq!(within_a_second, truth.outcome == "attempt_failed", "{}", story.name);
            let administrators = Sid::parse("S-1-5-32-544");
            let granted =
                later(4732).any(|r| is(r, "MemberSid", &truth.sid) && is(r, "TargetSid", &administrators));
            assert_eq!(granted, truth.privileged, "{}", story.name);
            let renamed = later(4781).find(|r| is(r, "TargetSid", &truth.sid));
            let name = renamed.and_then(|r| r.printed("NewTargetUserName"));
            assert_eq!(name.unwrap_or_else(|| truth.created_as.clone()), truth.account);
        }
    }
}

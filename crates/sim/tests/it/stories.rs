//! Every story is true to itself: its truth can be found in its records, and nowhere contradicts them.

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
    let mut found = story
        .records
        .iter()
        .filter(|r| r.event_id == 4720 && is(r, "TargetSid", &truth.sid) && r.computer == truth.host);
    let record = found.next().expect("the account has a 4720");
    assert!(found.next().is_none(), "{}: one 4720 for each account", story.name);
    record
}

/// The session that a 4688 or Sysmon 1 gives its process.
fn effective_logon_id(record: &WindowsRecord) -> Option<u64> {
    let target = number(record, "TargetLogonId").filter(|id| *id != 0);
    target.or_else(|| number(record, "SubjectLogonId")).or_else(|| number(record, "LogonId"))
}

/// The start of a process.
struct Start<'a> {
    record: &'a WindowsRecord,
    pid: u64,
    session: u64,
    image: String,
}

fn starts<'a>(story: &'a Story, host: &str) -> Vec<Start<'a>> {
    let is_start = |r: &&WindowsRecord| r.event_id == 4688 || (r.event_id == 1 && r.channel != "Security");
    let start = |record: &'a WindowsRecord| {
        let fields = if record.channel == "Security" {
            ["NewProcessId", "NewProcessName"]
        } else {
            ["ProcessId", "Image"]
        };
        Start {
            record,
            pid: number(record, fields[0]).unwrap(),
            session: effective_logon_id(record).unwrap(),
            image: record.printed(fields[1]).unwrap(),
        }
    };
    let netbios = host.split('.').next().unwrap().to_uppercase();
    let is_here = |r: &&WindowsRecord| r.computer == host || r.computer == netbios;
    story.records.iter().filter(is_start).filter(is_here).map(start).collect()
}

#[test]
fn the_same_seed_tells_the_same_story() {
    for kind in STORIES.iter() {
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
        let mut last: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
        for record in &story.records {
            let now = (record.record_id, record.time.0);
            if let Some(before) = last.insert((&record.computer, &record.channel), now) {
                let is_next = now.0 == before.0 + 1;
                assert!(
                    is_next || (story.name == "agent-drop" && now.0 > before.0),
                    "{}: no gaps",
                    story.name
                );
                assert!(now.1 >= before.1, "{}: time goes on", story.name);
            }
        }
    }
}

#[test]
fn creators_started_before_in_the_creating_session() {
    for story in told() {
        for truth in story.truth.iter().filter(|truth| ["attributed", "likely"].contains(&truth.verdict)) {
            let creator = truth.creator.as_ref().unwrap();
            let at = created(&story, truth).time.0;
            let starts = starts(&story, &truth.host);
            let of_creator = |start: &&Start| {
                let holds_session = start.session == truth.logon_id || is_loopback(truth);
                start.pid == u64::from(creator.pid) && holds_session && start.image == creator.image
            };
            let start = starts.iter().find(of_creator).unwrap_or_else(|| panic!("{}", story.name));
            assert!(!truth.chain.is_empty(), "{}", story.name);
            // Sysmon alone writes late; Security's own times are those of the deed.
            if start.record.channel == "Security" {
                let lag_millis = (at - start.record.time.0) / TICKS_PER_MILLISECOND;
                let is_net1 = start.image.ends_with("net1.exe") && story.name != "prompting-net";
                let lag_millis_max = if is_net1 { 448 } else { 60 * 60_000 };
                assert!((15..=lag_millis_max).contains(&lag_millis), "{}: {lag_millis} ms", story.name);
                assert!(!truth.sequence || lag_millis < 120_000, "{}: within the window", story.name);
            }
        }
    }
}

/// The creating session came from the host itself, and the process runs in the one behind it.
fn is_loopback(truth: &Truth) -> bool {
    truth.origin.as_ref().is_some_and(|origin| origin.via == "loopback")
}

/// Stories in which SYSTEM made the account: its processes are no sign of anything.
fn is_well_known(logon_id: u64) -> bool {
    matches!(logon_id, 0x3e4 | 0x3e7)
}

#[test]
fn verdicts_without_a_creator_have_no_process_of_the_session() {
    for story in told() {
        for truth in &story.truth {
            let starts = starts(&story, &truth.host);
            let of_session = starts.iter().filter(|start| start.session == truth.logon_id).count();
            match truth.verdict {
                "attributed" | "likely" => assert!(of_session > 0 || is_loopback(truth), "{}", story.name),
                "ambiguous" => {
                    assert!(truth.candidates.len() > 1 && of_session > 1, "{}", story.name);
                    assert!(truth.candidates.contains(truth.creator.as_ref().unwrap()));
                }
                "remote" => {
                    assert!(!starts.is_empty(), "{}: processes are visible", story.name);
                    assert!(of_session == 0 || story.name == "boot-between", "{}", story.name);
                    assert!(truth.source_ip.is_some());
                }
                "session_only" => {
                    assert!(!starts.is_empty(), "{}: processes are visible", story.name);
                    let left = starts.iter().filter(|start| start.session == truth.logon_id);
                    assert!(left.count() <= 2, "{}: userinit and explorer, both ended", story.name);
                }
                "unknown" | "system" => {
                    assert!(truth.creator.is_none());
                    let hidden = ["agent-drop", "audit-switched-off"].contains(&story.name);
                    assert!(starts.is_empty() || is_well_known(truth.logon_id) || hidden, "{}", story.name);
                }
                other => panic!("{other}"),
            }
            assert!(
                !truth.sequence || ["attributed", "likely", "ambiguous"].contains(&truth.verdict),
                "{}",
                story.name
            );
        }
    }
}

#[test]
fn origins_and_findings_stand_in_the_records() {
    for story in told() {
        for origin in story.truth.iter().filter_map(|truth| truth.origin.as_ref()) {
            let is_logon = |r: &&WindowsRecord| {
                r.event_id == 4624 && r.printed("TargetUserName").as_ref() == origin.account.as_ref()
            };
            let of_source =
                |r: &WindowsRecord| origin.source_ip.is_none() || r.printed("IpAddress") == origin.source_ip;
            assert!(story.records.iter().filter(is_logon).any(of_source), "{}", story.name);
        }
        for finding in &story.findings {
            let rid = finding.sid.as_ref().map(|sid| format!("{:08X}", sid.rid()));
            let is_about = |r: &WindowsRecord| {
                let key = r.printed("TargetObject");
                let Some(sid) = finding.sid.as_ref() else {
                    return key.is_some_and(|key| key.starts_with(r"HKLM\SAM\SAM\Domains\Account\Users\"));
                };
                ["TargetSid", "MemberSid", "TargetUserSid"].iter().any(|field| is(r, field, sid))
                    || key.is_some_and(|key| key.contains(rid.as_ref().unwrap()))
            };
            assert!(
                story.records.iter().any(|r| r.computer == finding.host && is_about(r)),
                "{}",
                story.name
            );
        }
        let covered_up = story.records.iter().any(|r| matches!(r.event_id, 1102 | 4719));
        assert_eq!(covered_up, story.truth.iter().any(|truth| truth.covered_up), "{}", story.name);
    }
}

#[test]
fn every_scenario_with_events_is_played() {
    let played: BTreeSet<&str> = STORIES.iter().map(|kind| kind.scenario).collect();
    let families = [("M", 36), ("B", 19), ("A", 8), ("X", 7), ("N", 2)];
    for (family, last) in families {
        for scenario in (1..=last).map(|number| format!("{family}{number:02}")) {
            // A silent host has no events; local time is a matter of carriers, which ship every story so.
            let elsewhere = ["X06", "A06"].contains(&scenario.as_str());
            assert!(elsewhere || played.contains(scenario.as_str()), "{scenario} is not played");
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
            let refused = later(4724).any(|r| r.keywords == 0x8010_0000_0000_0000);
            let taken_back = refused && deleted.is_some_and(|r| r.time.0 - at < 10_000_000);
            assert_eq!(taken_back, truth.outcome == "attempt_failed", "{}", story.name);
            let changed_after = later(4738).any(|r| {
                is(r, "TargetSid", &truth.sid) && deleted.is_some_and(|deleted| r.time > deleted.time)
            });
            assert_eq!(changed_after, truth.outcome == "resurrected", "{}", story.name);
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

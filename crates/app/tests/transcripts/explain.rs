//! `begat explain`: one case, found by its id.

use crate::logs;
use crate::session::Session;

fn session() -> Session {
    let mut records = logs::net_user("PC1.corp.example");
    records.extend(logs::net_user_on("PC1.corp.example", "2026-03-05T09:00:00.0000000Z", "second", 1002));
    Session::new().log("good.evtx", "evtx", &records)
}

fn ids(session: &Session) -> Vec<String> {
    let lines = session.stdout(&["hunt", "-q", "good.evtx"]);
    let id = |line: &str| {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        case["case_id"].as_str().unwrap().to_owned()
    };
    lines.lines().map(id).collect()
}

#[test]
fn the_reasoning_of_one_case() {
    let session = session();
    let id = &ids(&session)[0];
    insta::assert_snapshot!(session.transcript(&["explain", id, "good.evtx"]));
    let whole = session.stdout(&["explain", id, "good.evtx"]);
    for length in [8, id.len() - 1] {
        assert_eq!(session.stdout(&["explain", &id[..length], "good.evtx"]), whole, "a prefix is enough");
    }
    assert_eq!(session.stdout(&["explain", &id.to_uppercase(), "good.evtx"]), whole);
}

#[test]
fn an_id_that_is_none_is_told_with_the_nearest() {
    let session = session();
    insta::assert_snapshot!(session.transcript(&["explain", "nothing-like-it", "good.evtx"]));
    let mut slip = ids(&session)[1].clone();
    slip.replace_range(3..4, "z");
    let told = session.transcript(&["explain", &slip, "good.evtx"]);
    let nearest = told.lines().skip_while(|line| !line.starts_with("  hint:")).nth(1).unwrap();
    assert!(nearest.contains(&ids(&session)[1]), "{told}");
}

#[test]
fn an_id_that_fits_several_cases_is_told_with_them() {
    insta::assert_snapshot!(session().transcript(&["explain", "", "good.evtx"]));
}

#[test]
fn no_case_at_all() {
    let session = Session::new().log("quiet.evtx", "evtx", &logs::quiet("PC3.corp.example"));
    insta::assert_snapshot!(session.transcript(&["explain", "abc", "quiet.evtx"]));
}

#[test]
fn a_finding_and_a_case_of_a_wave() {
    let session = Session::new().log("good.evtx", "evtx", &logs::loop_and_guest("PC1.corp.example"));
    let lines = session.stdout(&["hunt", "-q", "good.evtx"]);
    let finding: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    let id = finding["finding_id"].as_str().unwrap();
    insta::assert_snapshot!(session.transcript(&["explain", id, "good.evtx"]));
    let case: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    let told = session.stdout(&["explain", case["case_id"].as_str().unwrap(), "good.evtx"]);
    assert!(told.contains("one of 4 accounts of wave"), "{told}");
}

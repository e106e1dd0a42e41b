//! `begat diff` between two hunts.

use crate::logs;
use crate::session::Session;

/// Two hunts: one case is gone, one is new, one has changed, as a longer log told more.
fn two_hunts() -> Session {
    let session = Session::new()
        .log("before/PC1.evtx", "evtx", &logs::net_user("PC1.corp.example"))
        .log("before/PC2.evtx", "evtx", &logs::loop_and_guest("PC2.corp.example"))
        .log("after/PC3.evtx", "evtx", &logs::net_user("PC3.corp.example"))
        .log("after/PC2.evtx", "evtx", &logs::loop_and_guest("PC2.corp.example"));
    session.stdout(&["hunt", "-t", "jsonl", "-o", "before.jsonl", "before"]);
    session.stdout(&["hunt", "-t", "json", "-o", "after.json", "after"]);
    let changed = session
        .read("after.json")
        .replacen("\"severity\":\"medium\"", "\"severity\":\"high\"", 1)
        .replacen("\"outcome\":\"persists\"", "\"outcome\":\"deleted\"", 1);
    session.file("after.json", changed)
}

#[test]
fn for_people() {
    insta::assert_snapshot!(two_hunts().transcript(&["diff", "-t", "table", "before.jsonl", "after.json"]));
}

#[test]
fn for_programs() {
    insta::assert_snapshot!(two_hunts().transcript(&["diff", "before.jsonl", "after.json"]));
}

#[test]
fn a_hunt_is_the_same_as_itself_wherever_its_logs_lie() {
    let session = two_hunts();
    assert_eq!(session.stdout(&["diff", "--exit-code", "before.jsonl", "before.jsonl"]), "");
    std::fs::rename(session.path().join("before"), session.path().join("elsewhere")).unwrap();
    session.stdout(&["hunt", "-t", "json", "-o", "elsewhere.json", "elsewhere"]);
    assert_eq!(session.status(&["diff", "--exit-code", "before.jsonl", "elsewhere.json"]), 0);
}

#[test]
fn the_exit_status_tells_differences_only_where_it_is_asked_to() {
    let session = two_hunts();
    assert_eq!(session.status(&["diff", "before.jsonl", "after.json"]), 0);
    assert_eq!(session.status(&["diff", "--exit-code", "before.jsonl", "after.json"]), 1);
}

#[test]
fn what_cannot_be_compared_is_told() {
    let case = "{\"schema\":\"begat.case/1\",\"case_id\":\"1\"}\n";
    let session = Session::new()
        .file("case.jsonl", case)
        .file(
            "mixed.jsonl",
            format!("{case}{{\"schema\":\"begat.case/2\",\"case_id\":\"1\"}}\n\u{9b}2J\n{case}"),
        )
        .file("other.jsonl", "{\"event\":{\"kind\":\"alert\"}}\n")
        .file("empty.jsonl", "");
    insta::assert_snapshot!(session.transcript(&["diff", "case.jsonl", "mixed.jsonl"]));
    insta::assert_snapshot!(session.transcript(&["diff", "case.jsonl", "other.jsonl"]));
    insta::assert_snapshot!(session.transcript(&["diff", "-", "-"]));
    assert_eq!(session.status(&["diff", "missing.jsonl", "case.jsonl"]), 2);
    assert_eq!(session.status(&["diff", "--exit-code", "empty.jsonl", "case.jsonl"]), 1);
}

#[test]
fn pivots_only_in_formats_that_have_a_place_for_them() {
    let session = Session::new().log("PC1.evtx", "evtx", &logs::net_user("PC1.corp.example"));
    insta::assert_snapshot!(session.transcript(&["hunt", "-q", "--pivots", "-t", "table", "PC1.evtx"]));
    insta::assert_snapshot!(session.transcript(&["hunt", "--pivots", "-t", "ecs", "PC1.evtx"]));
}

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
fn a_section_alone() {
    let session = session();
    let id = &ids(&session)[0];
    insta::assert_snapshot!(session.transcript(&["explain", id, "good.evtx", "--only", "events"]));
    let sections = |args: &[&str]| {
        let told = session.stdout(&[&["explain", id, "good.evtx"], args].concat());
        ["Who made it", "The events it rests on", "What to do first"].map(|title| told.contains(title))
    };
    assert_eq!(sections(&["--only", "cause"]), [true, false, false]);
    assert_eq!(sections(&["--only", "response"]), [false, false, true]);
    assert_eq!(sections(&["--only", "response", "--only", "cause"]), [true, false, true]);
    let whole = session.stdout(&["explain", id, "good.evtx"]);
    assert!(whole.find("The events it rests on") < whole.find("What to do first"), "commands stand last");
}

#[test]
fn what_a_hunt_wrote_is_told_without_the_logs() {
    let session = session();
    for (format, name) in [("jsonl", "cases.jsonl"), ("json", "cases.json")] {
        session.stdout(&["hunt", "-t", format, "-o", name, "good.evtx"]);
    }
    std::fs::remove_file(session.path().join("good.evtx")).unwrap();
    let id = "6aae670b8ba18c30";
    insta::assert_snapshot!(session.transcript(&["explain", id, "cases.jsonl", "--policy", "site.toml"]));
    let told = session.stdout(&["explain", &id[..6], "cases.jsonl"]);
    let of_array = session.stdout(&["explain", id, "cases.json"]);
    assert_eq!(told.replace("cases.jsonl", "cases.json"), of_array);
    let response = session.stdout(&["explain", id, "cases.json", "--only", "response"]);
    assert!(response.contains("Disable-LocalUser") && !response.contains("Who made it"), "{response}");
    assert_eq!(session.status(&["explain", "ffff", "cases.json"]), 2);
}

#[test]
fn what_a_hunt_wrote_is_read_from_standard_input() {
    let session = session();
    let lines = session.stdout(&["hunt", "-q", "good.evtx"]);
    let mut child = session
        .command(&["explain", "6aae", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.starts_with("Case 6aae670b8ba18c30, as a hunt wrote it in -"), "{told}");
}

#[test]
fn logs_and_what_a_hunt_wrote_are_not_mixed() {
    let session = session();
    session.stdout(&["hunt", "-t", "jsonl", "-o", "cases.jsonl", "good.evtx"]);
    insta::assert_snapshot!(session.transcript(&["explain", "6aae", "cases.jsonl", "good.evtx"]));
}

/// Every text of a record may be an attacker's: somebody hands over a file of cases too.
#[test]
fn a_hostile_file_of_cases_moves_no_terminal() {
    let session = session();
    let text = session.stdout(&["hunt", "-q", "good.evtx"]);
    let mut case: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    poison(&mut case);
    case["schema"] = "begat.case/1".into();
    case["case_id"] = "6aae".into();
    let session = session.file("hostile.jsonl", case.to_string());
    let told = session.stdout(&["explain", "6aae", "hostile.jsonl"]);
    assert!(told.contains("evil") && !told.contains('\u{1b}') && !told.contains('\u{202e}'), "{told}");
}

fn poison(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => text.push_str("\u{1b}[2J\u{202e}evil"),
        serde_json::Value::Array(items) => items.iter_mut().for_each(poison),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(poison),
        _ => {}
    }
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

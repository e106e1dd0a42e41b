//! `begat dump`: the reader's own face.

use crate::logs;
use crate::session::Session;

fn session() -> Session {
    Session::new().log("good.evtx", "evtx", &logs::net_user("PC1.corp.example"))
}

fn events(lines: &str) -> Vec<(u64, serde_json::Value)> {
    let event = |line: &str| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let event_id = record["Event"]["System"]["EventID"].clone();
        let number = event_id.as_u64().or_else(|| event_id["#text"].as_u64()).unwrap();
        (number, record)
    };
    lines.lines().map(event).collect()
}

#[test]
fn all_records_or_those_asked_for() {
    let session = session();
    let ids = |args: &[&str]| -> Vec<u64> {
        events(&session.stdout(args)).into_iter().map(|(event_id, _)| event_id).collect()
    };
    assert_eq!(ids(&["dump", "good.evtx"]), [4624, 4688, 4688, 4688, 4720, 4722, 4724, 4732]);
    assert_eq!(ids(&["dump", "good.evtx", "--event-id", "4720", "--event-id", "4732"]), [4720, 4732]);
    assert_eq!(ids(&["dump", "good.evtx", "--event-id", "1"]), [0; 0]);
}

#[test]
fn secrets_are_redacted_unless_asked_for() {
    let session = session();
    let shown = session.stdout(&["dump", "good.evtx", "--event-id", "4688"]);
    assert!(!shown.contains("Tr0ub4dor") && shown.contains("net user helper"), "{shown}");
    let secret = session.stdout(&["dump", "good.evtx", "--event-id", "4688", "--show-secrets"]);
    assert!(secret.contains("net user helper Tr0ub4dor /add"), "{secret}");
    for ((_, redacted), (_, plain)) in events(&shown).iter().zip(events(&secret).iter()) {
        assert_eq!(redacted["Event"]["System"], plain["Event"]["System"]);
    }
}

#[test]
fn what_is_no_event_log_is_told_and_the_rest_dumped() {
    let session = session().file("notes.txt", "nothing to see");
    insta::assert_snapshot!(session.transcript(&[
        "dump",
        "--event-id",
        "1",
        "notes.txt",
        "missing",
        ".",
        "good.evtx"
    ]));
    let output = session.run(&["dump", "notes.txt", "good.evtx"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 8);
}

#[test]
fn output_file() {
    let session = session();
    assert_eq!(session.stdout(&["dump", "good.evtx", "-o", "records.jsonl"]), "");
    assert_eq!(session.read("records.jsonl"), session.stdout(&["dump", "good.evtx"]));
    assert_eq!(session.status(&["dump", "good.evtx", "-o", "records.jsonl"]), 2);
}

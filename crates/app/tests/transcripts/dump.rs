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

/// The same doors as a hunt has: a record is found wherever a hunt found it.
#[test]
fn a_folder_an_archive_and_standard_input_are_read_as_a_hunt_reads_them() {
    let records = logs::net_user("PC1.corp.example");
    let session = session()
        .log("logs/deep/a.json", "winlogbeat", &records)
        .log("logs/b.xml", "xml", &records)
        .log("logs/c.evtx", "evtx", &records);
    let gzip = |name: &str| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, &std::fs::read(session.path().join(name)).unwrap()).unwrap();
        gzip.finish().unwrap()
    };
    let (json, evtx) = (gzip("logs/deep/a.json"), gzip("good.evtx"));
    let session = session.file("a.json.gz", json).file("good.evtx.gz", evtx);
    let count = |args: &[&str]| {
        let printed = session.stdout(&[&["dump"], args].concat());
        printed.lines().filter(|line| line.starts_with('{') || line.starts_with("<Event")).count()
    };
    assert_eq!(count(&["logs"]), 24);
    assert_eq!(count(&["logs", "--event-id", "4720"]), 3);
    assert_eq!(count(&["logs", "--record-id", "1004"]), 3);
    assert_eq!(count(&["a.json.gz"]), 8);
    assert_eq!(session.stdout(&["dump", "good.evtx.gz"]), session.stdout(&["dump", "good.evtx"]));
    let mut child = session
        .command(&["dump", "-", "--event-id", "4720"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let bytes = std::fs::read(session.path().join("logs/b.xml")).unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().contains("<EventID>4720</EventID>"));
}

#[test]
fn text_is_printed_as_it_stands_without_its_secrets() {
    let session = session();
    let records = logs::net_user("PC1.corp.example");
    let session = session.log("a.json", "winlogbeat", &records).log("b.xml", "xml", &records);
    for name in ["a.json", "b.xml"] {
        let whole = session.read(name);
        let plain = session.stdout(&["dump", "--show-secrets", name]);
        assert!(plain.contains("Tr0ub4dor"), "{name}");
        assert!(plain.lines().all(|line| whole.contains(line)), "{name} stands as it was");
        let shown = session.stdout(&["dump", name]);
        assert!(!shown.contains("Tr0ub4dor") && shown.contains("helper"), "{name}: {shown}");
    }
}

#[test]
fn a_range_of_times_leaves_out_the_others() {
    let session = session();
    let count = |args: &[&str]| session.stdout(&[&["dump", "good.evtx"], args].concat()).lines().count();
    assert_eq!(count(&["--from", "2026-03-02", "--to", "2026-03-02"]), 8);
    assert_eq!(count(&["--from", "2026-03-03"]), 0);
    assert_eq!(count(&["--to", "2026-03-02T09:00:00Z"]), 1);
    assert_eq!(count(&["--from", "2026-03-02T10:01:00+01:00"]), 1);
    assert_eq!(session.status(&["dump", "good.evtx", "--from", "2026-03-03", "--to", "2026-03-02"]), 2);
    let local = Session::new().log("nxlog.json", "nxlog", &logs::net_user("PC1.corp.example"));
    let output = local.run(&["dump", "nxlog.json", "--from", "2027-01-01"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 8);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("8 records tell no time, or none with a zone"), "{told}");
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
        "good.evtx"
    ]));
    let output = session.run(&["dump", "notes.txt", "good.evtx"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 8);
    assert_eq!(output.status.code(), Some(0), "as for a hunt");
    assert_eq!(session.status(&["dump", "notes.txt"]), 2, "nothing at all was read");
}

#[test]
fn output_file() {
    let session = session();
    assert_eq!(session.stdout(&["dump", "good.evtx", "-o", "records.jsonl"]), "");
    assert_eq!(session.read("records.jsonl"), session.stdout(&["dump", "good.evtx"]));
    assert_eq!(session.status(&["dump", "good.evtx", "-o", "records.jsonl"]), 2);
}

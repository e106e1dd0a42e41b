//! `begat hunt` on sound inputs.

use std::io::Write;
use std::process::Stdio;

use crate::logs;
use crate::session::Session;

fn two_hosts() -> Session {
    Session::new().log("logs/PC1/Security.evtx", "evtx", &logs::net_user("PC1.corp.example")).log(
        "logs/PC2.json",
        "winlogbeat",
        &logs::without_processes("PC2.corp.example"),
    )
}

#[test]
fn table() {
    insta::assert_snapshot!(two_hosts().transcript(&["hunt", "-t", "table", "logs"]));
}

#[test]
fn machine_formats_are_told_what_people_are_told() {
    let session = two_hosts();
    let schema: serde_json::Value = serde_json::from_str(&session.stdout(&["schema"])).unwrap();
    let schema = begat_trial::JsonSchema::of(&schema).unwrap();
    let lines = session.stdout(&["hunt", "logs"]);
    assert_eq!(
        lines,
        session.stdout(&["hunt", "-t", "jsonl", "logs"]),
        "the default where there is no terminal"
    );
    let cases: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(cases.len(), 2);
    for case in &cases {
        assert_eq!(schema.complaints(case), Vec::<String>::new());
    }
    assert_eq!(cases[0]["attribution"]["verdict"], "attributed");
    assert_eq!(cases[0]["attribution"]["creator"]["pid"], 0x1b58);
    assert_eq!(cases[1]["attribution"]["verdict"], "unknown");
    let array: Vec<serde_json::Value> =
        serde_json::from_str(&session.stdout(&["hunt", "-t", "json", "logs"])).unwrap();
    assert_eq!(array, cases);
    assert_eq!(session.stdout(&["hunt", "-t", "csv", "logs"]).lines().count(), 3);
}

#[test]
fn secrets_are_in_no_output() {
    let session = two_hosts();
    for format in ["table", "jsonl", "json", "csv"] {
        let output = session.run(&["hunt", "-t", format, "-v", "logs"]);
        let all = [output.stdout, output.stderr].concat();
        assert!(!String::from_utf8(all).unwrap().contains("Tr0ub4dor"), "{format}");
    }
}

#[test]
fn the_same_bytes_whatever_the_order_and_the_number_of_threads() {
    let session = (0..12).fold(Session::new(), |session, number| {
        let records = logs::net_user(&format!("PC{number}.corp.example"));
        let (early, late) = records.split_at(4);
        let carrier = ["evtx", "xml", "evtx-dump"][number % 3];
        session.log(&format!("a/{number}"), carrier, late).log(&format!("b/{number}"), carrier, early)
    });
    let expected = session.stdout(&["hunt", "-t", "json", "--threads", "1", "a", "b"]);
    assert_eq!(serde_json::from_str::<Vec<serde_json::Value>>(&expected).unwrap().len(), 12);
    for args in [["1", "b", "a"], ["2", "a", "b"], ["7", "b", "a"], ["64", "a", "b"]] {
        let again = session.stdout(&["hunt", "-t", "json", "--threads", args[0], args[1], args[2]]);
        assert_eq!(again, expected, "{args:?}");
    }
}

#[test]
fn filters_leave_out_cases_and_never_what_explains_them() {
    let session = two_hosts();
    let count = |args: &[&str]| session.stdout(&[&["hunt", "-q"], args, &["logs"]].concat()).lines().count();
    for (args, expected) in [
        (&["--host", "pc1"] as &[&str], 1),
        (&["--host", "PC1.CORP.EXAMPLE", "--host", "PC2"], 2),
        (&["--host", "PC"], 0),
        (&["--account", "HELPER"], 1),
        (&["--account", "pc1\\helper"], 1),
        (&["--account", "S-1-5-21-1004336348-1177238915-682003330-1004"], 1),
        (&["--scope", "local"], 2),
        (&["--scope", "domain"], 0),
        (&["--from", "2026-03-02T10:00:00Z"], 1),
        (&["--to", "2026-03-02T10:00:00Z"], 1),
        (&["--from", "2026-03-02", "--to", "2026-03-02"], 2),
        (&["--from", "2026-03-03"], 0),
        (&["--from", "2026-03-02 10:30", "--timezone", "+01:00"], 1),
        (&["--min-severity", "critical"], 0),
    ] {
        assert_eq!(count(args), expected, "{args:?}");
    }
    let all = session.stdout(&["hunt", "logs"]);
    let one = session.stdout(&["hunt", "--account", "helper", "--from", "2026-03-02T09:00:30Z", "logs"]);
    assert_eq!(all.lines().next(), one.lines().next(), "the same case, with the events before the range");
}

#[test]
fn a_filter_that_leaves_nothing_is_told_apart_from_nothing_found() {
    insta::assert_snapshot!(two_hosts().transcript(&["hunt", "-t", "table", "--host", "PC9", "logs"]));
}

#[test]
fn fail_on() {
    let session = two_hosts();
    assert_eq!(session.status(&["hunt", "--fail-on", "critical", "logs"]), 0);
    assert_eq!(session.status(&["hunt", "--fail-on", "medium", "logs"]), 1);
    assert_eq!(session.status(&["hunt", "--fail-on", "medium", "--host", "nobody", "logs"]), 0);
    assert_eq!(session.status(&["hunt", "--fail-on", "medium", "logs", "missing"]), 2, "2 wins over 1");
}

#[test]
fn nothing_found_for_people() {
    let session = Session::new().log("quiet.evtx", "evtx", &logs::quiet("PC3.corp.example"));
    insta::assert_snapshot!(session.transcript(&["hunt", "-t", "table", "quiet.evtx"]));
}

#[test]
fn nothing_found_for_programs_leaves_standard_output_empty() {
    let session = Session::new().log("quiet.evtx", "evtx", &logs::quiet("PC3.corp.example"));
    insta::assert_snapshot!(session.transcript(&["hunt", "quiet.evtx"]));
    assert_eq!(session.stdout(&["hunt", "-t", "json", "quiet.evtx"]), "[]\n");
}

#[test]
fn quiet_says_nothing_where_nothing_is_wrong() {
    let output = two_hosts().run(&["hunt", "-q", "logs"]);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn standard_input() {
    let session = two_hosts();
    let bytes = std::fs::read(session.path().join("logs/PC1/Security.evtx")).unwrap();
    let mut child =
        session.command(&["hunt", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let case: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(case["events"][0]["source"], "-");
}

#[test]
fn the_worst_stand_first_unless_time_is_asked_for() {
    let session = Session::new()
        .log("a.json", "winlogbeat", &logs::without_processes("PC0.corp.example"))
        .log(
            "b.evtx",
            "evtx",
            &logs::net_user_on("PC1.corp.example", "2026-03-05T09:00:00.0000000Z", "late", 1001),
        )
        .log("c.evtx", "evtx", &logs::loop_and_guest("PC2.corp.example"));
    let titles = |args: &[&str]| -> Vec<String> {
        let table = session.stdout(&[&["hunt", "-q", "-t", "table", "."], args].concat());
        let is_title = |line: &&str| line.contains(" created on ") || line.contains(" enabled on ");
        table
            .lines()
            .filter(is_title)
            .map(|line| line.split(".corp").next().unwrap().trim().to_owned())
            .collect()
    };
    let first = "6 accounts created on 3 hosts: 1 high, 5 medium; also 1 finding on PC2";
    let (late, wave) = ("HIGH  late created on PC1", "MEDIUM  wave of 4 accounts created on PC2");
    let (svc, guest) = ("MEDIUM  svc created on PC0", "HIGH  guest account enabled on PC2");
    assert_eq!(titles(&[]), [first, late, wave, svc, guest]);
    assert_eq!(titles(&["--sort", "severity"]), titles(&[]));
    assert_eq!(titles(&["--sort", "time"]), [first, wave, svc, late, guest]);
    for format in ["jsonl", "json", "csv", "ecs", "ocsf", "timesketch"] {
        let written = |args: &[&str]| session.stdout(&[&["hunt", "-q", "-t", format, "."], args].concat());
        assert_eq!(written(&[]), written(&["--sort", "time"]), "{format}");
    }
    let severities = |args: &[&str]| -> Vec<String> {
        let lines = session.stdout(&[&["hunt", "-q", "."], args].concat());
        let severity = |line: &str| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            record["severity"].as_str().unwrap().to_owned()
        };
        lines.lines().map(severity).collect()
    };
    assert_eq!(severities(&["--sort", "severity"])[..2], ["high", "medium"]);
    assert_eq!(severities(&[])[0], "medium");
}

#[test]
fn findings_alone_are_counted_in_the_first_line_too() {
    let session = wave_and_finding();
    let args = ["hunt", "-q", "-t", "table", "--account", "guest", "PC1.evtx"];
    let table = session.stdout(&args);
    assert!(table.starts_with("1 finding on PC1.corp.example: 1 high\n\nWorth a look\n"), "{table}");
    let records = logs::loop_and_guest("PC1.corp.example");
    let guest = Session::new().log("guest.evtx", "evtx", &records[records.len() - 1..]);
    insta::assert_snapshot!(guest.transcript(&["hunt", "-t", "table", "guest.evtx"]));
}

#[test]
fn a_record_is_found_again() {
    let session = two_hosts();
    insta::assert_snapshot!(session.transcript(&["hunt", "-v", "-t", "table", "logs"]));
    let wave = wave_and_finding().stdout(&["hunt", "-v", "-t", "table", "PC1.evtx"]);
    assert!(wave.contains("records      temp1: Security · event 4720 · record 1004 · PC1.evtx"), "{wave}");
    assert!(wave.contains("record       Security · event 4722 · record 1022 · PC1.evtx"), "{wave}");
    let csv = session.stdout(&["hunt", "-t", "csv", "logs"]);
    let rows: Vec<&str> = csv.lines().collect();
    assert!(rows[0].ends_with(",record_source,record_channel,record_event_id,record_id"), "{}", rows[0]);
    assert!(rows[1].ends_with(",logs/PC1/Security.evtx,Security,4720,1004"), "{}", rows[1]);
}

#[test]
fn trees_alone() {
    let session = two_hosts();
    insta::assert_snapshot!(session.transcript(&["hunt", "--tree", "--width", "80", "logs"]));
    insta::assert_snapshot!(session.transcript(&["hunt", "--tree", "-t", "csv", "logs"]));
}

/// The pager's width, where standard output is none that has one.
#[test]
fn the_width_is_that_of_who_reads() {
    let session = two_hosts();
    let widest = |columns: Option<&str>, args: &[&str]| {
        let mut command = session.command(&[&["hunt", "-q", "-t", "table", "logs"], args].concat());
        if let Some(columns) = columns {
            command.env("COLUMNS", columns);
        }
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let table = String::from_utf8(output.stdout).unwrap();
        table.lines().map(|line| line.chars().count()).max().unwrap()
    };
    assert_eq!(widest(None, &[]), 100);
    assert_eq!(widest(Some("80"), &[]), 80);
    assert_eq!(widest(Some("160"), &[]), 100, "longer lines are hard on the eye");
    assert_eq!(widest(Some("many"), &[]), 100);
    assert_eq!(widest(Some("80"), &["--width", "160"]), 160);
    assert_eq!(session.status(&["hunt", "--width", "20", "logs"]), 2);
    session
        .command(&["hunt", "-t", "table", "-o", "table.txt", "logs"])
        .env("COLUMNS", "80")
        .output()
        .unwrap();
    let of_file = session.read("table.txt");
    assert_eq!(of_file.lines().map(|line| line.chars().count()).max(), Some(100), "a file has no reader yet");
}

#[test]
fn output_file() {
    let session = two_hosts();
    let expected = session.stdout(&["hunt", "logs"]);
    assert_eq!(session.stdout(&["hunt", "logs", "-o", "cases.jsonl"]), "");
    assert_eq!(session.read("cases.jsonl"), expected);
    insta::assert_snapshot!(session.transcript(&["hunt", "logs", "-o", "cases.jsonl"]));
    assert_eq!(session.stdout(&["hunt", "logs", "-t", "json", "-C", "-o", "cases.jsonl"]), "");
    assert!(session.read("cases.jsonl").starts_with('['));
    assert_eq!(session.names().len(), 2, "no temporary file is left");
}

#[test]
fn times_of_people_are_in_their_zone_and_those_of_programs_in_utc() {
    let session = two_hosts();
    let table = session.stdout(&["hunt", "-t", "table", "--timezone", "Asia/Tokyo", "logs"]);
    assert!(table.contains("2026-03-02 18:00:30.060 +09:00"), "{table}");
    assert_eq!(
        session.stdout(&["hunt", "--timezone", "Asia/Tokyo", "logs"]),
        session.stdout(&["hunt", "logs"])
    );
}

/// A sentence holds times of its own.
#[test]
fn times_in_sentences_are_in_the_zone_that_was_asked_for() {
    let session = Session::new().log("PC1.evtx", "evtx", &logs::cleared_before("PC1.corp.example"));
    for (args, expected) in [
        (&["hunt", "-v", "-t", "table"] as &[&str], "2026-03-02T09:00:00.0000000Z"),
        (&["hunt", "-v", "-t", "table", "--timezone", "Asia/Tokyo"], "2026-03-02T18:00:00.0000000+09:00"),
        (&["hunt", "-v", "-t", "table", "--timezone", "-08:00"], "2026-03-02T01:00:00.0000000-08:00"),
        (&["hunt", "-t", "jsonl", "--timezone", "Asia/Tokyo"], "2026-03-02T09:00:00.0000000Z"),
    ] {
        let told = session.stdout(&[args, &["PC1.evtx"]].concat());
        // Lines are folded where they are wide.
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(&format!("log was cleared at {expected}")), "{args:?}: {told}");
    }
}

#[test]
fn times_without_a_zone_are_told() {
    let session = Session::new().log("nxlog.json", "nxlog", &logs::net_user("PC1.corp.example"));
    insta::assert_snapshot!(session.transcript(&[
        "hunt",
        "-t",
        "csv",
        "--input-timezone",
        "-04:00",
        "nxlog.json"
    ]));
}

#[test]
fn no_colours_without_a_terminal() {
    assert!(!two_hosts().stdout(&["hunt", "-t", "table", "logs"]).contains('\u{1b}'));
}

#[test]
fn schemas_of_both_records() {
    let session = Session::new();
    let title = |args: &[&str]| {
        let schema: serde_json::Value = serde_json::from_str(&session.stdout(args)).unwrap();
        schema["title"].as_str().unwrap().to_owned()
    };
    assert_eq!(title(&["schema"]), "begat.case/1");
    assert_eq!(title(&["schema", "case"]), "begat.case/1");
    assert_eq!(title(&["schema", "finding"]), "begat.finding/1");
    assert_eq!(session.status(&["schema", "wave"]), 2);
}

fn wave_and_finding() -> Session {
    Session::new().log("PC1.evtx", "evtx", &logs::loop_and_guest("PC1.corp.example"))
}

#[test]
fn a_wave_and_a_finding_for_people() {
    insta::assert_snapshot!(wave_and_finding().transcript(&["hunt", "-t", "table", "PC1.evtx"]));
}

#[test]
fn a_wave_and_a_finding_for_programs() {
    let session = wave_and_finding();
    let read = |args: &[&str]| -> Vec<serde_json::Value> {
        let lines = session.stdout(&[&["hunt", "-q", "PC1.evtx"], args].concat());
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let all = read(&[]);
    let schemas: Vec<_> = all.iter().map(|record| record["schema"].as_str().unwrap()).collect();
    assert_eq!(schemas, [&["begat.case/1"; 4][..], &["begat.finding/1"]].concat());
    let schema: serde_json::Value = serde_json::from_str(&session.stdout(&["schema", "finding"])).unwrap();
    let complaints = begat_trial::JsonSchema::of(&schema).unwrap().complaints(&all[4]);
    assert_eq!(complaints, Vec::<String>::new(), "{}", all[4]);
    assert!(all[0]["wave"].is_string() && all[..4].iter().all(|case| case["wave"] == all[0]["wave"]));
    for (args, expected) in [
        (&["--account", "guest"] as &[&str], 1),
        (&["--account", "temp1"], 1),
        (&["--min-severity", "high"], 1),
        (&["--host", "PC2"], 0),
        (&["--scope", "domain"], 1),
    ] {
        assert_eq!(read(args).len(), expected, "{args:?}");
    }
    assert_eq!(session.status(&["hunt", "--account", "guest", "--fail-on", "high", "PC1.evtx"]), 1);
    assert_eq!(session.status(&["hunt", "--account", "temp1", "--fail-on", "high", "PC1.evtx"]), 0);
}

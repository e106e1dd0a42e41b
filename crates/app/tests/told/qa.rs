//! The command under attack: hostile logs, hostile folders, and every promise of a case, field by field.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

const MACHINE: &str = "S-1-5-21-1004336348-1177238915-682003330";
const SESSION: &str = "0x3F1C2A";

/// The log of one host as `evtx_dump` writes it; times are seconds after 09:00 of one morning.
struct Log {
    host: &'static str,
    records: Vec<Json>,
}

impl Log {
    fn of(host: &'static str) -> Log {
        Log { host, records: Vec::new() }
    }

    fn event(mut self, seconds: f64, event_id: u32, data: &Json) -> Log {
        let time = format!("2026-03-02T09:{:02}:{:06.3}Z", seconds as u32 / 60, seconds % 60.0);
        self.records.push(json!({"Event": {
            "System": {
                "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}},
                "EventID": event_id, "Keywords": "0x8020000000000000", "Channel": "Security",
                "EventRecordID": 1000 + self.records.len(), "Computer": self.host,
                "TimeCreated": {"#attributes": {"SystemTime": time}},
            },
            "EventData": data,
        }}));
        self
    }

    fn short_name(&self) -> String {
        self.host.split('.').next().unwrap().to_uppercase()
    }

    /// A subject's fields together with the event's own.
    fn by_administrator(&self, mut data: Json) -> Json {
        let subject = json!({"SubjectUserSid": format!("{MACHINE}-500"), "SubjectUserName": "Administrator",
            "SubjectDomainName": self.short_name(), "SubjectLogonId": SESSION});
        data.as_object_mut().unwrap().extend(subject.as_object().unwrap().clone());
        data
    }

    /// 4624 over the network.
    fn logon(self, seconds: f64) -> Log {
        let data = json!({"TargetUserSid": format!("{MACHINE}-500"), "TargetUserName": "Administrator",
            "TargetDomainName": self.short_name(), "TargetLogonId": SESSION, "LogonType": 3, "IpAddress": "::ffff:10.0.0.9"});
        self.event(seconds, 4624, &data)
    }

    /// 4688.
    fn start(self, seconds: f64, pid: u32, image: &str, command_line: &str) -> Log {
        let data = self.by_administrator(json!({"NewProcessId": format!("{pid:#X}"), "ProcessId": "0x2",
            "NewProcessName": format!(r"C:\Windows\System32\{image}"), "CommandLine": command_line}));
        self.event(seconds, 4688, &data)
    }

    /// 4720.
    fn create(self, seconds: f64, name: &str) -> Log {
        let data = self.by_administrator(json!({"TargetUserName": name, "SamAccountName": name,
            "TargetDomainName": self.short_name(), "TargetSid": format!("{MACHINE}-1001")}));
        self.event(seconds, 4720, &data)
    }

    fn lines(&self) -> String {
        self.records.iter().map(|record| format!("{record}\n")).collect()
    }
}

/// `net1 user NAME S3cretPlanted /add` over the network.
fn net_user(host: &'static str, name: &str) -> Log {
    let line = format!("net1 user \"{name}\" S3cretPlanted /add");
    Log::of(host).logon(0.0).start(20.0, 0x104, "net1.exe", &line).create(20.05, name)
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn begat(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_begat")).args(args).current_dir(folder).env_clear().output().unwrap()
}

fn cases(files: &[(&str, &str)]) -> Vec<Json> {
    let folder = folder(files);
    let output = begat(folder.path(), &["hunt", "-t", "jsonl", "."]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).unwrap())
        .filter(|told| told["schema"] == "begat.case/1")
        .collect()
}

#[test]
fn every_field_of_a_case_is_what_the_contract_says() {
    let told = cases(&[("a.json", &net_user("H1.corp.example", "bob").lines())]);
    let case = &told[0];
    let hex = |value: &Json| {
        let text = value.as_str().unwrap();
        assert!(text.starts_with("0x") && text == text.to_lowercase() && !text.starts_with("0x0"), "{text}");
    };
    assert_eq!(told.len(), 1);
    assert_eq!(case["schema"], "begat.case/1");
    assert_eq!(case["created_at"], "2026-03-02T09:00:20.050Z", "with the precision that the event had");
    assert_eq!(case["sequence"], true);
    assert_eq!(case["actor"]["source_ip"], "10.0.0.9", "without the wrapping of IPv6");
    assert_eq!(case["actor"]["source_host"], Json::Null, "unknown is null");
    assert!(case["actor"].get("origin").is_none(), "what does not apply is left out");
    hex(&case["actor"]["logon_id"]);
    let attribution = &case["attribution"];
    hex(&attribution["creator"]["logon_id"]);
    assert_eq!(attribution["creator"]["pid"], 0x104);
    assert_eq!(attribution["lag_ms"], 50);
    assert!(attribution.get("reason").is_none() || attribution["reason"].is_null());
    let points: i64 =
        case["risk"]["terms"].as_array().unwrap().iter().map(|term| term["points"].as_i64().unwrap()).sum();
    assert_eq!(case["risk"]["score"], points, "every term is shown");
    for event in case["events"].as_array().unwrap() {
        let keys: Vec<&String> = event.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["role", "channel", "event_id", "record_id", "at", "source"]);
    }
}

#[test]
fn what_logs_say_reaches_a_terminal_as_text_only() {
    let evil = "bob\u{1b}[31m\u{7}\u{202e}gnp.exe\u{2066}\u{85}\r\nFAKE: line";
    let folder = folder(&[("evil\u{1b}[2J\u{202e}.json", &net_user("H1.corp.example", evil).lines())]);
    for format in ["table", "jsonl", "json", "csv"] {
        let output = begat(folder.path(), &["hunt", "-v", "-t", format, "."]);
        let all = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let deceives = |character: char| {
            (character.is_control() && !matches!(character, '\n' | '\r'))
                || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert_eq!(all.chars().find(|character| deceives(*character)), None, "{format}");
        assert!(!all.contains("\nFAKE"), "{format}: no line of its own");
        assert!(!all.contains("S3cretPlanted"), "{format}");
    }
}

#[test]
fn a_spreadsheet_runs_nothing() {
    for first in ["=", "+", "-", "@", "\t", "\r"] {
        let folder = folder(&[("a.json", &net_user("h1.corp", &format!("{first}cmd|'/c calc'!A0")).lines())]);
        let output = begat(folder.path(), &["hunt", "-t", "csv", "."]);
        let row = String::from_utf8(output.stdout).unwrap();
        let cells = row.lines().nth(1).unwrap().split(',');
        for cell in cells.filter(|cell| cell.contains("calc") && !cell.contains("net1")) {
            assert!(cell.trim_start_matches('"').starts_with('\''), "{cell}");
        }
    }
}

#[test]
fn one_long_field_and_deep_nesting_cost_nothing_else() {
    let long = net_user("h1.corp", &"A".repeat(1 << 20)).lines();
    let nested = format!("{}{}", "{\"Event\":".repeat(100_000), net_user("h2.corp", "bob").lines());
    assert_eq!(
        cases(&[
            ("long.json", &long),
            ("nested.json", &format!("{}\n{nested}", net_user("h3.corp", "x").lines()))
        ])
        .len(),
        2 + 1
    );
}

#[test]
fn command_lines_that_repeat_themselves_cost_no_more_than_their_length() {
    let began = Instant::now();
    for word in ["net ", "New-LocalUser ", "user ", "a&", "\"a b\" ", "$password ", "setpassword "] {
        let line = word.repeat(60_000 / word.len());
        let log = (0..20).fold(Log::of("h1.corp").logon(0.0), |log, pid| {
            log.start(10.0 + f64::from(pid), 0x2000 + 4 * pid, "cmd.exe", &line)
        });
        assert_eq!(cases(&[("a.json", &log.create(40.0, "bob").lines())]).len(), 1);
    }
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "{:?}: hours, where the work is quadratic",
        began.elapsed()
    );
}

#[test]
fn no_name_hides_a_creation() {
    for name in ["-", "", " ", "\u{0}", "a\u{fffd}", "null"] {
        let told = cases(&[("a.json", &net_user("h1.corp", name).lines())]);
        assert_eq!(told.len(), 1, "{name:?}");
        assert_eq!(told[0]["account"]["sid"], format!("{MACHINE}-1001"));
    }
    let lone_surrogate = net_user("h1.corp", "bob").lines().replace("\"bob\"", "\"b\\ud800\"");
    assert_eq!(cases(&[("a.json", &lone_surrogate)]).len(), 1, "Windows' UTF-16 may hold anything");
}

#[test]
fn a_long_stretch_of_blanks_hides_nothing() {
    let log = net_user("h1.corp", "bob").lines();
    assert_eq!(cases(&[("a.json", &format!("{}{log}", " \n".repeat(100_000)))]).len(), 1);
}

#[test]
fn an_input_is_never_overwritten() {
    let log = net_user("h1.corp", "bob").lines();
    let folder = folder(&[("a.json", &log)]);
    for input in ["a.json", "."] {
        let output = begat(folder.path(), &["hunt", input, "-C", "-o", "./a.json"]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), log, "a log is evidence");
    }
    assert_eq!(begat(folder.path(), &["hunt", ".", "-o", "cases.jsonl"]).status.code(), Some(0));
    assert_eq!(
        begat(folder.path(), &["hunt", ".", "-C", "-o", "cases.jsonl"]).status.code(),
        Some(0),
        "its own output is none"
    );
}

#[test]
fn duplicated_split_and_shuffled_input_gives_the_same_cases() {
    let log = net_user("h1.corp", "bob").lines();
    let whole = cases(&[("a.json", &log)]);
    let lines: Vec<&str> = log.lines().collect();
    let backwards: String = lines.iter().rev().map(|line| format!("{line}\n")).collect();
    let told = |files: &[(&str, &str)]| -> Vec<String> {
        let without_sources = |case: &Json| {
            let mut case = case.clone();
            for event in case["events"].as_array_mut().unwrap() {
                event.as_object_mut().unwrap().remove("source");
            }
            case.to_string()
        };
        cases(files).iter().map(without_sources).collect()
    };
    let expected = told(&[("a.json", &log)]);
    assert_eq!(whole.len(), 1);
    assert_eq!(told(&[("a.json", &log), ("b.json", &log)]), expected, "a backup beside the log");
    assert_eq!(told(&[("a.json", &backwards)]), expected);
    assert_eq!(told(&[("z.json", lines[0]), ("m.json", lines[2]), ("a.json", lines[1])]), expected);
}

#[test]
fn what_cannot_be_placed_is_an_anomaly_and_no_default() {
    let unread: &[&str] = &["creation_unread"];
    for (field, value, kind, findings) in [
        ("TimeCreated", json!(null), "no_time", unread),
        (
            "TimeCreated",
            json!({"#attributes": {"SystemTime": "2026-02-30T09:00:20Z"}}),
            "unreadable_time",
            unread,
        ),
        ("Computer", json!("-"), "no_host", unread),
        ("EventID", json!(4720.5), "no_event_id", &[]),
    ] {
        let mut log = net_user("h1.corp", "bob");
        log.records.last_mut().unwrap()["Event"]["System"][field] = value;
        let folder = folder(&[("a.json", &log.lines())]);
        let output = begat(folder.path(), &["hunt", "-t", "jsonl", "."]);
        assert_eq!(output.status.code(), Some(0), "{field}");
        let told = String::from_utf8(output.stdout).unwrap();
        let told: Vec<Json> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let kinds: Vec<&str> = told.iter().filter_map(|told| told["kind"].as_str()).collect();
        assert_eq!((kinds.as_slice(), told.len()), (findings, findings.len()), "no case: {field}");
        assert!(String::from_utf8(output.stderr).unwrap().contains(kind), "{field}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_is_not_waited_for() {
    let folder = folder(&[("a.json", &net_user("h1.corp", "bob").lines())]);
    let pipe = folder.path().join("pipe");
    if !Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()) {
        begat_trial::skipped("a pipe in a folder; there is no mkfifo");
        return;
    }
    let output = begat(folder.path(), &["hunt", "-t", "jsonl", "."]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stderr).unwrap().contains("pipe"), "it is told as skipped");
}

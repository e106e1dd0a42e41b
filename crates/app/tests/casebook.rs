//! The casebook: every page of `casebook/` is told to the program in every carrier, and must come out as it says.
//!
//! A page is prose with tables. `Who` gives short names to sets of fields; `Events` holds one record a row; `Case`
//! says what must be in the one case that comes out, by path, `[]` standing for every element of a list; `Findings`
//! the same of what comes after it. A page without one of the two says that none comes out.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use begat_sim::encode::{CARRIERS, Carrier, Precision, Shipping};
use begat_sim::events::{Draft, EVENT_KINDS, Envelope, EventKind, Log};
use begat_sim::record::WindowsRecord;
use begat_sim::value::{Guid, Sid, Ticks, Value};
use serde_json::Value as Json;

/// What a carrier that cuts times cannot tell to the tick.
const TOLD_TO_THE_TICK: &[&str] = &["created_at", "attribution.lag_ms"];

struct Page {
    name: String,
    records: Vec<WindowsRecord>,
    expected: Vec<(String, String)>,
    expected_findings: Vec<(String, String)>,
}

/// The rows of the table under a heading, without its head.
fn table(text: &str, heading: &str) -> Vec<Vec<String>> {
    let after = text.split(&format!("\n## {heading}\n")).nth(1).unwrap_or_default();
    let section = after.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells = row.trim().trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    })
    .collect()
}

fn read_page(path: &Path) -> Page {
    let text = fs::read_to_string(path).unwrap();
    let who: BTreeMap<String, String> =
        table(&text, "Who").into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let records = table(&text, "Events").iter().map(|row| record(row, &who)).collect();
    let pairs = |heading| table(&text, heading).into_iter().map(|row| (row[0].clone(), row[1].clone()));
    let (expected, expected_findings) = (pairs("Case").collect(), pairs("Findings").collect());
    Page {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        records,
        expected,
        expected_findings,
    }
}

/// `| time | host | Security 4688 v2 #60383 | Field=value; Field=value |`
fn record(row: &[String], who: &BTreeMap<String, String>) -> WindowsRecord {
    let words: Vec<&str> = row[2].split_whitespace().collect();
    let mut draft = Draft::new(event_kind(&words));
    if words.contains(&"failure") {
        draft = draft.failed();
    }
    if let Some(pid) = words.iter().find_map(|word| word.strip_prefix("pid=")) {
        draft = draft.written_by(pid.parse().unwrap());
    }
    if let Some(user) = words.iter().find_map(|word| word.strip_prefix("user=")) {
        draft = draft.on_behalf_of(&Sid::parse(user));
    }
    let expanded: Vec<&str> =
        row[3].split("; ").map(|field| who.get(field).map_or(field, String::as_str)).collect();
    for field in expanded.iter().flat_map(|fields| fields.split("; ")) {
        let (name, text) =
            field.split_once('=').unwrap_or_else(|| panic!("`{field}` is no field and nobody"));
        let sample = draft.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone());
        let sample = sample.unwrap_or_else(|| panic!("{} has no field {name}", words.join(" ")));
        draft = draft.set(name, value(&sample, text));
    }
    let record_id = words.iter().find_map(|word| word.strip_prefix('#')).unwrap().parse().unwrap();
    let time = Ticks::parse(&row[0]);
    draft.written(Envelope {
        record_id,
        time,
        computer: row[1].clone(),
        execution: (4, 88),
        activity_id: None,
    })
}

fn event_kind(words: &[&str]) -> &'static EventKind {
    let log = match words[0] {
        "Sysmon" => Log::Sysmon,
        "System" => Log::Services,
        "PowerShell" => Log::PowerShell,
        "WMI" => Log::WmiActivity,
        "LAPS" => Log::Laps,
        // The event log service's own.
        "Security" if matches!(words[1], "1100" | "1101" | "1102" | "1104") => Log::SecurityService,
        _ => Log::Security,
    };
    let version = words.iter().find_map(|word| word.strip_prefix('v')).map(|digits| digits.parse().unwrap());
    let mut kinds = EVENT_KINDS.iter().rev().filter(|kind| {
        kind.log == log
            && kind.event_id.to_string() == words[1]
            && version.is_none_or(|version: u8| kind.version == version)
    });
    kinds.next().unwrap_or_else(|| panic!("no such event: {}", words.join(" ")))
}

/// The text as the kind's manifest types it.
fn value(sample: &Value, text: &str) -> Value {
    let number = || u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap();
    match sample {
        Value::Text(_) => Value::text(text),
        Value::Sid(_) => Value::Sid(Sid::parse(text)),
        Value::Hex64(_) => Value::Hex64(number()),
        Value::Hex32(_) => Value::Hex32(u32::try_from(number()).unwrap()),
        Value::Pointer(_) => Value::Pointer(number()),
        Value::U32(_) => Value::U32(text.parse().unwrap()),
        Value::Guid(_) => Value::Guid(Guid::parse(text.trim_matches(['{', '}']))),
        other => panic!("a page cannot write a {other:?} yet"),
    }
}

/// What the program says of these records, shipped so.
fn hunt(records: &[WindowsRecord], carrier: &Carrier, folder: &Path) -> Vec<Json> {
    let mut by_channel: BTreeMap<(&str, &str), Vec<WindowsRecord>> = BTreeMap::new();
    for record in records {
        by_channel.entry((&record.computer, &record.channel)).or_default().push(record.clone());
    }
    for (index, records) in by_channel.values().enumerate() {
        let bytes = carrier.encode(records, &Shipping::default()).unwrap();
        fs::write(folder.join(format!("{index}.{}", carrier.extension)), bytes).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_begat"))
        .args(["hunt", "--format", "jsonl", "--quiet"])
        .arg(folder)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {told}", carrier.name);
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What stands at a path: `a.b[].c` is every `c`, joined.
fn at_path(json: &Json, path: &str) -> String {
    match path.split_once('.') {
        _ if path.is_empty() => match json {
            Json::String(text) => text.clone(),
            Json::Null => "null".to_owned(),
            other => other.to_string(),
        },
        Some((first, rest)) => at_step(json, first, rest),
        None => at_step(json, path, ""),
    }
}

fn at_step(json: &Json, step: &str, rest: &str) -> String {
    if json.is_null() {
        return "null".to_owned();
    }
    match step.strip_suffix("[]") {
        Some(name) => {
            let elements = json[name].as_array().unwrap_or_else(|| panic!("{name} is no list in {json:#}"));
            elements.iter().map(|element| at_path(element, rest)).collect::<Vec<_>>().join(", ")
        }
        None => {
            let inner = json.get(step).unwrap_or_else(|| panic!("no {step} in {json:#}"));
            at_path(inner, rest)
        }
    }
}

fn check(page: &Page, carrier: &Carrier) {
    let folder = tempfile::tempdir().unwrap();
    let told = hunt(&page.records, carrier, folder.path());
    let (cases, findings): (Vec<Json>, Vec<Json>) =
        told.into_iter().partition(|told| told["schema"] == "begat.case/1");
    assert_eq!(
        (cases.len(), findings.is_empty()),
        (usize::from(!page.expected.is_empty()), page.expected_findings.is_empty()),
        "{} as {}: {findings:#?}",
        page.name,
        carrier.name
    );
    let findings = serde_json::json!({ "findings": findings });
    for (path, expected) in &page.expected_findings {
        assert_eq!(&at_path(&findings, path), expected, "{path} of {} as {}", page.name, carrier.name);
    }
    for (path, expected) in &page.expected {
        if carrier.precision != Precision::Ticks && TOLD_TO_THE_TICK.contains(&path.as_str()) {
            continue;
        }
        let told = at_path(&cases[0], path);
        // A carrier in whole seconds has one blind spot more, and must tell it.
        if path == "blind_spots[].kind" && carrier.precision == Precision::Seconds {
            assert!(told.contains("time_precision"), "{} as {}", page.name, carrier.name);
            continue;
        }
        assert_eq!(&told, expected, "{path} of {} as {}", page.name, carrier.name);
    }
}

fn pages() -> Vec<Page> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../casebook");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("README.md")
    });
    paths.sort();
    paths.iter().map(|path| read_page(path)).collect()
}

#[test]
fn every_page_holds_in_every_carrier() {
    let pages = pages();
    assert!(pages.len() >= 8, "the casebook was found");
    for page in &pages {
        assert!(
            page.records.len() > 1 && page.expected.len() + page.expected_findings.len() > 3,
            "{} has its tables",
            page.name
        );
        for carrier in CARRIERS {
            check(page, carrier);
        }
    }
}

#[test]
fn a_page_holds_in_any_order_and_twice_over() {
    let carrier = Carrier::named("winlogbeat").unwrap();
    for mut page in pages() {
        page.records.reverse();
        let again: Vec<WindowsRecord> = page.records.iter().step_by(2).cloned().collect();
        page.records.extend(again);
        check(&page, carrier);
    }
}

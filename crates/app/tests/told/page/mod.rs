//! Pages of the casebook as records: each page's tables, read into what a host would have written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use begat_sim::encode::{Carrier, Shipping};
use begat_sim::events::{Draft, EVENT_KINDS, Envelope, EventKind, Log};
use begat_sim::record::WindowsRecord;
use begat_sim::value::{Guid, Sid, Ticks, Value};
use serde_json::Value as Json;

/// A story of the casebook.
pub struct Page {
    pub name: String,
    pub title: String,
    pub records: Vec<WindowsRecord>,
    pub expected: Vec<(String, String)>,
    pub expected_findings: Vec<(String, String)>,
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
    let title = text.lines().next().unwrap_or_default().trim_start_matches("# ").to_owned();
    Page {
        title,
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
    // A record that says nothing but that it was written (4608) has no field.
    for field in expanded.iter().flat_map(|fields| fields.split("; ")).filter(|field| !field.is_empty()) {
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
        "System" if words[1] == "104" => Log::SystemService,
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
        Value::FileTime(_) => Value::FileTime(Ticks::parse(text)),
        other => panic!("a page cannot write a {other:?} yet"),
    }
}

/// The files in which a carrier ships these records: one a host and log.
pub fn shipped(records: &[WindowsRecord], carrier: &Carrier) -> Vec<(String, Vec<u8>)> {
    let mut by_channel: BTreeMap<(&str, &str), Vec<WindowsRecord>> = BTreeMap::new();
    for record in records {
        by_channel.entry((&record.computer, &record.channel)).or_default().push(record.clone());
    }
    let encode = |records| carrier.encode(records, &Shipping::default()).unwrap();
    let files = by_channel.values().enumerate();
    files.map(|(index, records)| (format!("{index}.{}", carrier.extension), encode(records))).collect()
}

/// What the program says of these records, shipped so.
pub fn hunt(records: &[WindowsRecord], carrier: &Carrier, folder: &Path) -> Vec<Json> {
    for (name, bytes) in shipped(records, carrier) {
        fs::write(folder.join(name), bytes).unwrap();
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

/// All of them, by file name.
pub fn pages() -> Vec<Page> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../casebook");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("README.md")
    });
    paths.sort();
    paths.iter().map(|path| read_page(path)).collect()
}

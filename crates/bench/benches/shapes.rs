//! How fast each shape of JSON is hunted through, both looks, where one record in twenty is wanted; beside the tree that
//! serde_json makes of the same lines. And a table.
//!
//! `cargo bench --bench shapes` in this folder; `BEGAT_BENCH_SHAPE_MIB` and `BEGAT_BENCH_ROUNDS` say how much, and how often.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use begat_ingest::{Limits, ReadOptions, Schemas, Survey, TimeSlice, Unit, gather_bytes, read, survey};
use begat_sim::encode::{CARRIERS, Carrier, Shipping};
use begat_sim::events::{Draft, EVENT_KINDS, Envelope};
use begat_sim::record::WindowsRecord;
use begat_sim::value::{Ticks, Value};

/// One record in so many is of the host that is read.
const WANTED_OF: u64 = 20;

/// Every kind of record that the simulator knows, its texts as long as in real logs.
fn records() -> Vec<WindowsRecord> {
    let mut records = Vec::new();
    for round in 0..WANTED_OF {
        for kind in EVENT_KINDS {
            let mut draft = Draft::new(kind);
            for (name, value) in &mut draft.fields {
                if let Value::Text(text) = value {
                    *text = match name.as_str() {
                        "CommandLine" | "ParentCommandLine" => {
                            "\"C:\\Windows\\system32\\cmd.exe\" /c dir ".repeat(3)
                        }
                        "UtcTime" => "2026-03-02 09:15:42.100".to_owned(),
                        _ => format!("C:\\Windows\\System32\\{name}.exe"),
                    };
                }
            }
            let index = records.len() as u64;
            records.push(draft.written(Envelope {
                record_id: index + 1,
                time: Ticks::parse("2026-03-02T09:15:42Z").plus_millis(index * 100),
                computer: if round == 0 { "WANTED" } else { "OTHER" }.to_owned(),
                execution: (4, 8),
                activity_id: None,
            }));
        }
    }
    records
}

fn corpus(carrier: &Carrier, bytes: usize) -> Vec<u8> {
    let once =
        carrier.encode(&records(), &Shipping::default()).expect("the simulator encodes its own records");
    once.repeat(bytes / once.len() + 1)
}

/// Rows in the columns of Sentinel's `SecurityEvent`.
fn table(bytes: usize) -> Vec<u8> {
    const HEAD: &str = "TimeGenerated [UTC],Computer,EventID,Channel,EventSourceName,Account,Activity,SubjectLogonId,\
        SubjectUserSid,NewProcessId,NewProcessName,ProcessId,CommandLine,ParentProcessName,TargetUserName,TargetSid,Type\n";
    let mut table = HEAD.to_owned();
    for row in 0.. {
        if table.len() >= bytes {
            break;
        }
        let computer = if row % WANTED_OF == 0 { "WANTED" } else { "OTHER" };
        let (minute, second) = (row / 60 % 60, row % 60);
        table.push_str(&format!(
            "\"3/2/2026, 09:{minute:02}:{second:02}.123 AM\",{computer},4688,Security,Microsoft-Windows-Security-Auditing,CORP\\admin,\
             4688 - A new process has been created.,0x3e7,S-1-5-18,0x{row:x},C:\\Windows\\System32\\conhost.exe,0x4,\
             \"C:\\Windows\\System32\\conhost.exe 0xffffffff -ForceV1\",C:\\Windows\\System32\\svchost.exe,-,-,SecurityEvent\n"
        ));
    }
    table.into_bytes()
}

/// Both looks, the second at one host.
fn hunted(units: &[Unit], schemas: &Schemas) -> u64 {
    let mut whole = Survey::default();
    for unit in units {
        whole.merge(survey(unit, schemas).expect("memory can be read"));
    }
    let options = ReadOptions {
        hosts: &|host| host.as_str() == "WANTED",
        kinds: &|_| true,
        times: TimeSlice::ALL,
        zones: &whole.finish(None).zones,
        schemas,
        details: false,
    };
    units.iter().map(|unit| read(unit, &options, &mut |_| ()).expect("memory can be read").events).sum()
}

fn trees(bytes: &[u8]) -> usize {
    let values = serde_json::Deserializer::from_slice(bytes).into_iter::<serde_json::Value>();
    values.map(|value| usize::from(value.expect("valid JSON").is_object())).sum()
}

/// The median of some rounds.
fn median(rounds: usize, mut work: impl FnMut()) -> Duration {
    let mut taken: Vec<Duration> = (0..rounds)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .collect();
    taken.sort();
    taken[rounds / 2]
}

fn setting(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

fn main() {
    let (bytes, rounds) =
        (setting("BEGAT_BENCH_SHAPE_MIB", 32) << 20, setting("BEGAT_BENCH_ROUNDS", 5).max(1));
    let schemas = Schemas::built_in();
    println!("| shape | both looks, MB/s | serde_json's tree, MB/s | ratio |\n| --- | --- | --- | --- |");
    let rate = |length: usize, taken: Duration| length as f64 / 1e6 / taken.as_secs_f64();
    let measured = |name: &str, text: &[u8], is_json: bool| {
        let gathered = gather_bytes("corpus", text.to_vec(), &Limits::default(), &schemas);
        let units: Vec<Unit> =
            gathered.sources.into_iter().map(Arc::new).flat_map(|source| source.units()).collect();
        let hunt = rate(
            text.len(),
            median(rounds, || {
                black_box(hunted(&units, &schemas));
            }),
        );
        let tree = is_json.then(|| {
            rate(
                text.len(),
                median(rounds, || {
                    black_box(trees(text));
                }),
            )
        });
        match tree {
            Some(tree) => println!("| {name} | {hunt:.0} | {tree:.0} | {:.1} |", hunt / tree),
            None => println!("| {name} | {hunt:.0} | | |"),
        }
    };
    for carrier in CARRIERS.iter().filter(|carrier| carrier.extension == "json") {
        measured(carrier.name, &corpus(carrier, bytes), true);
    }
    measured("CSV, SecurityEvent", &table(bytes), false);
}

//! How fast JSON is surveyed and read, against what parsers alone need for the same header fields.
//!
//! `cargo bench --bench json` in this folder

use std::borrow::Cow;
use std::hint::black_box;
use std::sync::Arc;

use begat_ingest::{
    Limits, ReadOptions, Schemas, Survey, TimeSlice, Unit, Zones, gather_bytes, read, survey,
};
use begat_sim::encode::{Carrier, Shipping};
use begat_sim::events::{Draft, EVENT_KINDS, Envelope};
use begat_sim::value::{Ticks, Value};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::Deserialize;

/// Size of each corpus.
const CORPUS_BYTES: usize = 16 << 20;

/// Every kind of record that the simulator knows, text filled to lengths as in real logs, over and over.
fn corpus(carrier: &str) -> Vec<u8> {
    let records: Vec<_> = EVENT_KINDS
        .iter()
        .enumerate()
        .map(|(index, kind)| {
            let mut draft = Draft::new(kind);
            for (name, value) in &mut draft.fields {
                if let Value::Text(text) = value {
                    *text = match name.as_str() {
                        "CommandLine" | "ParentCommandLine" => {
                            "\"C:\\Windows\\system32\\cmd.exe\" /c dir ".repeat(8)
                        }
                        "UtcTime" => "2026-03-02 09:15:42.100".to_owned(),
                        _ => format!("C:\\Windows\\System32\\{name}.exe"),
                    };
                }
            }
            draft.written(Envelope {
                record_id: index as u64,
                time: Ticks::parse("2026-03-02T09:15:42Z"),
                computer: "WS1.corp.example".to_owned(),
                execution: (4, 8),
                activity_id: None,
            })
        })
        .collect();
    let carrier = Carrier::named(carrier).expect("a carrier of the simulator");
    let once = carrier.encode(&records, &Shipping::default()).expect("the simulator encodes its own records");
    once.repeat(CORPUS_BYTES / once.len())
}

#[derive(Deserialize)]
struct NxlogHeader<'a> {
    #[serde(rename = "EventID")]
    event_id: u32,
    #[serde(rename = "RecordNumber")]
    record_id: u64,
    #[serde(borrow, rename = "Hostname")]
    host: Cow<'a, str>,
    #[serde(borrow, rename = "Channel")]
    channel: Cow<'a, str>,
    #[serde(borrow, rename = "SourceName")]
    provider: Cow<'a, str>,
    #[serde(borrow, rename = "EventTime")]
    time: Cow<'a, str>,
}

#[derive(Deserialize)]
struct WinlogbeatHeader<'a> {
    #[serde(borrow, rename = "@timestamp")]
    time: Cow<'a, str>,
    #[serde(borrow)]
    winlog: Winlog<'a>,
}

#[derive(Deserialize)]
struct Winlog<'a> {
    #[serde(borrow)]
    computer_name: Cow<'a, str>,
    #[serde(borrow)]
    channel: Cow<'a, str>,
    #[serde(borrow)]
    provider_name: Cow<'a, str>,
    #[serde(borrow)]
    event_id: Cow<'a, str>,
    record_id: u64,
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', rest)?;
        let line = &rest[..end];
        rest = &rest[end + 1..];
        Some(line)
    })
}

fn paths(carrier: &str) -> Vec<Vec<&'static str>> {
    match carrier {
        "nxlog" => ["EventID", "RecordNumber", "Hostname", "Channel", "SourceName", "EventTime"]
            .map(|key| vec![key])
            .to_vec(),
        _ => ["computer_name", "channel", "provider_name", "event_id", "record_id"]
            .map(|key| vec!["winlog", key])
            .into_iter()
            .chain([vec!["@timestamp"]])
            .collect(),
    }
}

fn with_sonic_lazily(bytes: &[u8], tree: &sonic_rs::PointerTree) -> usize {
    let found = |line| {
        let line = std::str::from_utf8(line).expect("the simulator writes UTF-8");
        sonic_rs::get_many(line, tree).expect("valid JSON").iter().flatten().count()
    };
    lines(bytes).map(found).sum()
}

fn with_simd_json(bytes: &[u8], copy: &mut Vec<u8>, buffers: &mut simd_json::Buffers) -> usize {
    let nodes = |line: &[u8]| {
        // It parses in place, so that a line has to be copied.
        copy.clear();
        copy.extend_from_slice(line);
        simd_json::to_tape_with_buffers(copy, buffers).expect("valid JSON").0.len()
    };
    lines(bytes).map(nodes).sum()
}

fn header_length(carrier: &str, line: &[u8], sonic: bool) -> usize {
    if carrier == "nxlog" {
        let header: NxlogHeader<'_> =
            if sonic { sonic_rs::from_slice(line).ok() } else { serde_json::from_slice(line).ok() }
                .expect("valid JSON");
        header.host.len()
            + header.channel.len()
            + header.provider.len()
            + header.time.len()
            + (header.record_id + u64::from(header.event_id)) as usize
    } else {
        let header: WinlogbeatHeader<'_> =
            if sonic { sonic_rs::from_slice(line).ok() } else { serde_json::from_slice(line).ok() }
                .expect("valid JSON");
        let winlog = header.winlog;
        header.time.len()
            + winlog.computer_name.len()
            + winlog.channel.len()
            + winlog.provider_name.len()
            + winlog.event_id.len()
            + winlog.record_id as usize
    }
}

fn units(bytes: &[u8]) -> Vec<Unit> {
    let gathered = gather_bytes("corpus", bytes.to_vec(), &Limits::default(), &Schemas::built_in());
    gathered.sources.into_iter().map(Arc::new).flat_map(|source| source.units()).collect()
}

fn surveyed(units: &[Unit], schemas: &Schemas) -> Survey {
    let mut whole = Survey::default();
    for unit in units {
        whole.merge(survey(unit, schemas).expect("memory can be read"));
    }
    whole
}

fn events_read(units: &[Unit], zones: &Zones, schemas: &Schemas) -> u64 {
    let options = ReadOptions {
        hosts: &|_| true,
        kinds: &|_| true,
        times: TimeSlice::ALL,
        zones,
        schemas,
        details: false,
    };
    units.iter().map(|unit| read(unit, &options, &mut |_| ()).expect("memory can be read").events).sum()
}

fn json(criterion: &mut Criterion) {
    let schemas = Schemas::built_in();
    for carrier in ["nxlog", "winlogbeat"] {
        let bytes = corpus(carrier);
        let units = units(&bytes);
        let mut group = criterion.benchmark_group(carrier);
        group.throughput(Throughput::Bytes(bytes.len() as u64)).sample_size(10);
        group.bench_function("begat: survey (frame, header, tally, zone)", |bench| {
            bench.iter(|| black_box(surveyed(&units, &schemas)));
        });
        group.bench_function("begat: read every wanted record", |bench| {
            let zones = surveyed(&units, &schemas).finish(None).zones;
            bench.iter(|| black_box(events_read(&units, &zones, &schemas)));
        });
        let mut tree = sonic_rs::PointerTree::new();
        for path in paths(carrier) {
            tree.add_path(&path);
        }
        group.bench_function("sonic-rs get_many: header fields", |bench| {
            bench.iter(|| black_box(with_sonic_lazily(&bytes, &tree)));
        });
        group.bench_function("sonic-rs: header struct", |bench| {
            bench.iter(|| lines(&bytes).map(|line| header_length(carrier, line, true)).sum::<usize>());
        });
        group.bench_function("serde_json: header struct", |bench| {
            bench.iter(|| lines(&bytes).map(|line| header_length(carrier, line, false)).sum::<usize>());
        });
        group.bench_function("simd-json: tape", |bench| {
            let (mut copy, mut buffers) = (Vec::new(), simd_json::Buffers::new(4096));
            bench.iter(|| black_box(with_simd_json(&bytes, &mut copy, &mut buffers)));
        });
        group.bench_function("serde_json: tree", |bench| {
            let tree = |line| serde_json::from_slice::<serde_json::Value>(line).expect("valid JSON");
            bench.iter(|| lines(&bytes).map(|line| usize::from(tree(line).is_object())).sum::<usize>());
        });
        group.finish();
    }
}

criterion_group!(benches, json);
criterion_main!(benches);

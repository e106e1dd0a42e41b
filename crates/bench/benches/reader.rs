//! How fast records are found and decoded, against the `evtx` crate and against a plain read, in one
//! process on the same bytes: `cargo bench --bench reader` in this folder.
//!
//! `BEGAT_BENCH_MIB` is the size of the log (256 by default; 1024 for the published figures),
//! `BEGAT_BENCH_ROUNDS` how often all readers take their turn (5), `BEGAT_BENCH_FILE` another log (written
//! there where there is none, and kept), `BEGAT_BENCH_ONLY` a part of the name of the only reader to run.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use begat_bench::dense;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use begat_evtx::{
    CHUNK_BYTES, ChunkReader, Damage, EvtxFile, Header, ReadAt, Record, Selection, Visitor, render,
};
use evtx::{EvtxParser, ParserSettings};

/// What a reader saw: the readers' counts must agree, and no reader's work can be optimised away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Seen {
    records: u64,
    wanted: u64,
    bytes_out: u64,
}

type Reader = fn(&Path) -> Seen;

const READERS: &[(&str, Reader)] = &[
    ("pread of 64 KiB, nothing else", plain_read),
    ("filter: decide about every record", filter),
    ("filter, and host, time and id of every record", filter_and_hear),
    ("full decode of wanted records to JSON", decode_wanted),
    ("full decode of every record to JSON", decode_everything),
    ("evtx 0.15.1, records_json", oracle),
];

fn plain_read(path: &Path) -> Seen {
    let file = File::open(path).unwrap();
    let mut buffer = vec![0; CHUNK_BYTES];
    let (mut at, mut seen) = (4096, Seen::default());
    loop {
        let length = file.read_at(&mut buffer, at).unwrap();
        if length == 0 {
            return seen;
        }
        at += length as u64;
        seen.bytes_out += u64::from(std::hint::black_box(&buffer)[length / 2]);
    }
}

#[derive(Default)]
struct Count(Seen);

impl Visitor for Count {
    fn heard(&mut self, _: &Header<'_>) {
        self.0.records += 1;
    }
    fn record(&mut self, _: &Record<'_>) {
        self.0.wanted += 1;
    }
    fn damage(&mut self, damage: Damage) {
        panic!("{damage}");
    }
}

#[derive(Default)]
struct Hear(Seen);

impl Visitor for Hear {
    fn heard(&mut self, header: &Header<'_>) {
        self.0.records += 1;
        let length = |text: Option<begat_evtx::Text<'_>>| {
            text.and_then(|text| text.raw_utf16()).map_or(0, <[u8]>::len)
        };
        self.0.bytes_out += (length(header.computer()) + length(header.channel())) as u64;
        self.0.bytes_out ^= header.time_created().map_or(0, |time| time.0) ^ header.record_id().unwrap_or(0);
    }
    fn record(&mut self, _: &Record<'_>) {
        self.0.wanted += 1;
    }
    fn damage(&mut self, damage: Damage) {
        panic!("{damage}");
    }
}

/// Writes every System value and every field as JSON.
#[derive(Default)]
struct ToJson {
    seen: Seen,
    line: Vec<u8>,
}

impl Visitor for ToJson {
    fn heard(&mut self, _: &Header<'_>) {
        self.seen.records += 1;
    }

    fn record(&mut self, record: &Record<'_>) {
        self.line.clear();
        render::json_flat(record, &mut self.line);
        self.seen.wanted += 1;
        self.seen.bytes_out += std::hint::black_box(&self.line).len() as u64;
    }

    fn damage(&mut self, damage: Damage) {
        panic!("{damage}");
    }
}

fn read<V: Visitor>(path: &Path, selection: &Selection, mut visitor: V) -> V {
    let file = EvtxFile::open(File::open(path).unwrap()).unwrap();
    ChunkReader::new(selection).read_file(&file, &mut visitor).unwrap();
    visitor
}

/// The wanted ids of a provider that there is not: everything is decided and nothing decoded.
fn undecided() -> Selection {
    Selection::new(dense::WANTED.iter().map(|(_, id)| ("Microsoft-Windows-Security-Auditinc", *id)))
}

fn filter(path: &Path) -> Seen {
    read(path, &undecided(), Count::default()).0
}

fn filter_and_hear(path: &Path) -> Seen {
    read(path, &undecided(), Hear::default()).0
}

fn decode_wanted(path: &Path) -> Seen {
    read(path, &Selection::new(dense::WANTED.iter().copied()), ToJson::default()).seen
}

fn decode_everything(path: &Path) -> Seen {
    read(path, &Selection::everything(), ToJson::default()).seen
}

fn oracle(path: &Path) -> Seen {
    let settings = ParserSettings::default().num_threads(1).indent(false);
    let mut parser = EvtxParser::from_path(path).unwrap().with_configuration(settings);
    let mut seen = Seen::default();
    for record in parser.records_json() {
        seen.bytes_out += std::hint::black_box(record.unwrap().data).len() as u64;
        seen.records += 1;
    }
    seen
}

fn number_from(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().map_or(default, |text| text.parse().unwrap())
}

/// The log to read, and whether it is ours to delete.
fn corpus() -> (PathBuf, bool) {
    let Some(path) = std::env::var_os("BEGAT_BENCH_FILE").map(PathBuf::from) else {
        let path = std::env::temp_dir().join(format!("begat-evtx-bench-{}.evtx", std::process::id()));
        write_corpus(&path);
        return (path, true);
    };
    if !path.exists() {
        write_corpus(&path);
    }
    (path, false)
}

fn write_corpus(path: &Path) {
    let size_bytes = number_from("BEGAT_BENCH_MIB", 256) << 20;
    // So many bytes are different ones; a larger log repeats them.
    let unique = dense::dense_chunks(size_bytes.min(64 << 20)).unwrap();
    let mut file = File::create(path).unwrap();
    file.write_all(&begat_sim::evtx::file_header(size_bytes / CHUNK_BYTES, 1)).unwrap();
    let mut left = size_bytes;
    while left > 0 {
        let part = &unique[..unique.len().min(left)];
        file.write_all(part).unwrap();
        left -= part.len();
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    let (path, ours) = corpus();
    let size_mb = std::fs::metadata(&path).unwrap().len() as f64 / 1e6;
    let rounds = number_from("BEGAT_BENCH_ROUNDS", 5);
    let only = std::env::var("BEGAT_BENCH_ONLY").unwrap_or_default();
    let readers: Vec<_> = READERS.iter().filter(|(name, _)| name.contains(&only)).collect();
    let mut times = vec![Vec::new(); readers.len()];
    let mut seen = vec![Seen::default(); readers.len()];
    for _ in 0..rounds {
        for (place, (_, reader)) in readers.iter().enumerate() {
            let start = Instant::now();
            seen[place] = reader(&path);
            times[place].push(start.elapsed().as_secs_f64());
        }
    }
    println!("{:.0} MB, median of {rounds} alternating rounds, one thread", size_mb);
    println!("{:<48}{:>9}{:>12}{:>10}{:>11}", "", "MB/s", "records", "wanted", "ns/record");
    for (place, (name, _)) in readers.iter().enumerate() {
        let seconds = median(&mut times[place]);
        let Seen { records, wanted, .. } = seen[place];
        let each = if records > 0 { format!("{:.1}", seconds * 1e9 / records as f64) } else { String::new() };
        println!("{name:<48}{:>9.0}{records:>12}{wanted:>10}{each:>11}", size_mb / seconds);
    }
    if readers.len() == READERS.len() {
        let of = |place: usize| median(&mut times[place].clone());
        println!("full decode against records_json: {:.1} times", of(5) / of(3));
        println!("filter against plain read: {:.2} of its speed", of(0) / of(1));
        println!("bytes a record: {:.0}", size_mb * 1e6 / seen[1].records as f64);
        println!("wanted: {:.1} %", 100.0 * seen[3].wanted as f64 / seen[3].records as f64);
        assert_eq!(seen[1].records, seen[5].records, "both readers see the same records");
    }
    if ours {
        std::fs::remove_file(&path).unwrap();
    }
}

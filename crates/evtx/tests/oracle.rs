//! Every record of every file, against the `evtx` crate: same records, same JSON, same values.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use begat_evtx::{
    ChunkReader, Damage, EvtxFile, Header, Record, Selection, SystemField, Value, Visitor, looks_like_evtx, render,
};
use evtx::{EvtxParser, ParserSettings};
use serde_json::Value as Json;

/// What the reader says of one record.
struct Read {
    number: u64,
    event_id: Option<u32>,
    provider: Option<String>,
    rendered: Result<Json, String>,
    system: Vec<(SystemField, String)>,
    fields: Vec<(Option<String>, Vec<String>)>,
}

#[derive(Default)]
struct Collected {
    heard: Vec<u64>,
    records: Vec<Read>,
    damage: Vec<Damage>,
}

impl Visitor for Collected {
    fn heard(&mut self, header: &Header<'_>) {
        self.heard.push(header.frame_number());
    }

    fn record(&mut self, record: &Record<'_>) {
        let header = record.header();
        let mut json = Vec::new();
        let rendered = render::json(record, &mut json)
            .map_err(|reason| reason.to_string())
            .and_then(|()| serde_json::from_slice(&json).map_err(|error| error.to_string()));
        let system = SystemField::all().filter_map(|field| Some((field, header.system(field)?.to_string())));
        let fields = record.fields().map(|field| {
            let values = match field.value {
                Value::Array(array) if array.iter().nth(1).is_some() => {
                    array.iter().map(|value| value.to_string()).collect()
                }
                value => vec![value.to_string()],
            };
            (field.name.map(|name| name.to_string()), values)
        });
        self.records.push(Read {
            number: header.frame_number(),
            event_id: header.event_id(),
            provider: header.provider().map(|provider| provider.to_string()),
            rendered,
            system: system.collect(),
            fields: fields.collect(),
        });
    }

    fn damage(&mut self, damage: Damage) {
        self.damage.push(damage);
    }
}

fn read(bytes: &[u8], selection: &Selection) -> Collected {
    let mut collected = Collected::default();
    let file = EvtxFile::open(bytes).unwrap();
    ChunkReader::new(selection).read_file(&file, &mut collected).unwrap();
    collected
}

/// The records that the crate reads, and what it says of those it does not.
fn oracle(bytes: &[u8]) -> (Vec<(u64, Json)>, Vec<String>) {
    let settings = ParserSettings::default().num_threads(1);
    let mut parser = EvtxParser::from_buffer(bytes.to_vec()).unwrap().with_configuration(settings);
    let (mut records, mut errors) = (Vec::new(), Vec::new());
    for record in parser.records_json_value() {
        match record {
            Ok(record) => records.push((record.event_record_id, record.data)),
            Err(error) => errors.push(error.to_string()),
        }
    }
    (records, errors)
}

fn evtx_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            evtx_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("evtx")) {
            found.push(path);
        }
    }
}

#[test]
fn explore() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let mut files = Vec::new();
    evtx_files(&folder, &mut files);
    let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
    let (mut total, mut ototal) = (0, 0);
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        if !looks_like_evtx(&bytes) {
            println!("NOT EVTX {path:?}");
            continue;
        }
        let ours = read(&bytes, &Selection::everything());
        let (theirs, errors) = oracle(&bytes);
        total += ours.records.len();
        ototal += theirs.len();
        let name = path.file_name().unwrap().to_string_lossy().to_string();
        for damage in &ours.damage {
            println!("{name}: {damage}");
        }
        for error in &errors {
            println!("{name}: THEIRS {error}");
        }
        if ours.records.len() != theirs.len() {
            println!("{name}: ours {} theirs {}", ours.records.len(), theirs.len());
        }
        for (mine, (number, json)) in ours.records.iter().zip(&theirs) {
            if mine.number != *number {
                println!("{name}: number {} vs {number}", mine.number);
                break;
            }
            match &mine.rendered {
                Ok(mine_json) if mine_json == json => {}
                other => {
                    let count = kinds.entry(name.clone()).or_default();
                    *count += 1;
                    if *count < 3 {
                        println!("{name} #{number}: \n  {}\n  {json}", match other { Ok(j) => j.to_string(), Err(e) => e.clone() });
                    }
                }
            }
        }
    }
    println!("{total} {ototal} {kinds:?}");
}

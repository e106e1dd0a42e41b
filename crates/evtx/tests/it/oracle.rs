//! Every record of every file, against the `evtx` crate: same records, same JSON, same values.

use crate::seeds;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use begat_evtx::{
    ChunkReader, Damage, DamageKind, EvtxFile, Header, Record, RecordFault, Selection, SystemField, Value,
    Visitor, looks_like_evtx, render,
};
use evtx::{EvtxParser, ParserSettings};
use serde_json::Value as Json;

/// How a NULL is noted here: no value prints so.
const NULL: &str = "\0NULL";

/// What the reader says of one record.
struct Read {
    number: u64,
    offset: u64,
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
        check_flat(record);
        let system = SystemField::all().filter_map(|field| Some((field, header.system(field)?.to_string())));
        let fields = record.fields().map(|field| {
            let values = match field.value {
                Value::Array(array) if array.iter().nth(1).is_some() => {
                    array.iter().map(|value| value.to_string()).collect()
                }
                Value::Null => vec![NULL.to_owned()],
                value => vec![value.to_string()],
            };
            (field.name.map(|name| name.to_string()), values)
        });
        self.records.push(Read {
            number: header.frame_number(),
            offset: header.offset(),
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

/// The flat JSON says the same as the values: a name that comes again is there with its last value.
fn check_flat(record: &Record<'_>) {
    let mut flat = Vec::new();
    render::json_flat(record, &mut flat);
    let flat: BTreeMap<String, Json> = serde_json::from_slice(&flat).unwrap();
    let mut expected = BTreeMap::new();
    let mut put = |name: String, value: Value<'_>| {
        let mut json = Vec::new();
        render::json_value(&value, &mut json);
        let json: Json = serde_json::from_slice(&json).unwrap();
        if !matches!(value, Value::Array(_) | Value::Null) {
            assert_eq!(printed(&json), value.to_string());
        }
        expected.insert(name, json);
    };
    for field in SystemField::all() {
        let (element, attribute) = field.path();
        let name = attribute.map_or(element.to_owned(), |attribute| format!("{element}_{attribute}"));
        if let Some(value) = record.header().system(field) {
            put(name, value);
        }
    }
    for field in record.fields() {
        put(field.name.map_or("Data".to_owned(), |name| name.to_string()), field.value);
    }
    assert_eq!(flat, expected);
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

/// The differences that there are, each explained. A difference that none of these allows fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rule {
    /// A record torn by a power cut: its head is there, the page with its tail is zeros or another
    /// record's. The crate does not look at the copy of the size, and gives a record of NULLs; we
    /// tell the damage.
    TornRecordIsNoRecord,
    /// The file ends inside its last chunk: the crate drops the chunk, we read what is there.
    TruncatedChunkIsRead,
    /// A `<Data>` without a name beside named ones has no place in the crate's JSON.
    UnnamedBesideNamed,
}

/// A field's name and what it prints.
type Printed = (String, String);

fn printed(json: &Json) -> String {
    match json {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn system_value(json: &Json, field: SystemField) -> String {
    let (element, attribute) = field.path();
    let element = &json["Event"]["System"][element];
    match attribute {
        Some(attribute) => printed(&element["#attributes"][attribute]),
        None if element.is_object() => printed(&element["#text"]),
        None => printed(element),
    }
}

/// The values of an element that the crate renders as an object, without the numbers that it adds
/// to names that come again.
fn members(object: &serde_json::Map<String, Json>, out: &mut Vec<Printed>) {
    for (key, value) in object.iter().filter(|(key, _)| !key.starts_with('#')) {
        let name = match key.rsplit_once('_') {
            Some((name, number)) if object.contains_key(name) && number.parse::<u32>().is_ok() => name,
            _ => key,
        };
        leaves(name, value, out);
    }
}

fn leaves(name: &str, value: &Json, out: &mut Vec<Printed>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| leaves(name, item, out)),
        Json::Object(object) if object.keys().any(|key| !key.starts_with('#')) => members(object, out),
        Json::Object(object) => leaves(name, object.get("#text").unwrap_or(&Json::Null), out),
        leaf => out.push((name.to_owned(), printed(leaf))),
    }
}

fn their_fields(json: &Json) -> Vec<Printed> {
    let mut out = Vec::new();
    let event = &json["Event"];
    if let Some(data) = event["EventData"].as_object() {
        match data.get("Data").and_then(|unnamed| unnamed.get("#text")) {
            Some(unnamed) => {
                let mut named = data.clone();
                named.remove("Data");
                members(&named, &mut out);
                leaves("", unnamed, &mut out);
            }
            None => members(data, &mut out),
        }
    }
    for (_, root) in event["UserData"].as_object().into_iter().flatten() {
        if let Some(object) = root.as_object() {
            members(object, &mut out);
        }
    }
    out.sort();
    out
}

fn our_fields(record: &Read) -> Vec<Printed> {
    let fields = record.fields.iter().flat_map(|(name, values)| {
        // JSON has no NULL here.
        let values = values.iter().map(|value| if value == NULL { String::new() } else { value.clone() });
        values.map(move |value| (name.clone().unwrap_or_default(), value))
    });
    let mut out: Vec<Printed> = fields.collect();
    out.sort();
    out
}

/// What was compared, and which rules were needed.
#[derive(Default)]
struct Comparison {
    records: usize,
    wanted: usize,
    rules: BTreeMap<Rule, usize>,
}

impl Comparison {
    fn record(&mut self, name: &str, ours: &Read, theirs: &Json) {
        let context = || format!("{name}, record {}", ours.number);
        assert_eq!(ours.rendered.as_ref(), Ok(theirs), "{}", context());
        for field in SystemField::all() {
            let value =
                ours.system.iter().find(|(known, _)| *known == field).map(|(_, value)| value.as_str());
            assert_eq!(value.unwrap_or_default(), system_value(theirs, field), "{} {field:?}", context());
        }
        let (mut mine, other) = (our_fields(ours), their_fields(theirs));
        if mine != other {
            let before = mine.len();
            if mine.iter().any(|(name, _)| !name.is_empty()) {
                mine.retain(|(name, _)| !name.is_empty());
            }
            assert_eq!(mine, other, "{}", context());
            assert!(mine.len() < before);
            *self.rules.entry(Rule::UnnamedBesideNamed).or_default() += 1;
        }
        self.records += 1;
    }

    fn file(&mut self, name: &str, bytes: &[u8]) {
        let mut all = read(bytes, &Selection::everything());
        let (mut theirs, _) = oracle(bytes);
        assert_eq!(all.heard, all.records.iter().map(|record| record.number).collect::<Vec<_>>(), "{name}");
        self.wanted(name, bytes, &all);
        // The crate starts with the oldest chunk of a log that wrapped; we keep the file's order.
        all.records.sort_by_key(|record| record.number);
        theirs.sort_by_key(|(number, _)| *number);
        self.allow_torn_records(&all, &mut theirs, bytes);
        if theirs.len() < all.records.len() {
            self.allow_truncated_chunk(&mut all);
        }
        assert_eq!(all.records.len(), theirs.len(), "{name}: {:?}", all.damage);
        for (ours, (number, theirs)) in all.records.iter().zip(&theirs) {
            assert_eq!(ours.number, *number, "{name}");
            self.record(name, ours, theirs);
        }
    }

    /// A selection gives exactly those of all records that it names, decoded the same.
    fn wanted(&mut self, name: &str, bytes: &[u8], all: &Collected) {
        let selected = read(bytes, &Selection::new(WANTED.iter().copied()));
        assert_eq!(selected.heard, all.heard, "{name}");
        assert_eq!(selected.damage, all.damage, "{name}");
        let expected: Vec<&Read> = all.records.iter().filter(|record| record.is_wanted()).collect();
        assert_eq!(selected.records.len(), expected.len(), "{name}");
        for (ours, expected) in selected.records.iter().zip(expected) {
            assert_eq!((ours.number, &ours.fields), (expected.number, &expected.fields), "{name}");
        }
        self.wanted += selected.records.len();
    }

    fn allow_torn_records(&mut self, ours: &Collected, theirs: &mut Vec<(u64, Json)>, bytes: &[u8]) {
        let torn = ours
            .damage
            .iter()
            .filter(|damage| matches!(damage.kind, DamageKind::RecordHeader(RecordFault::SizeCopy)));
        for damage in torn {
            let at = damage.offset as usize + 8;
            let number = u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
            let before = theirs.len();
            theirs.retain(|(theirs, _)| *theirs != number);
            if theirs.len() < before {
                *self.rules.entry(Rule::TornRecordIsNoRecord).or_default() += 1;
            }
        }
    }

    fn allow_truncated_chunk(&mut self, ours: &mut Collected) {
        let truncated =
            ours.damage.iter().find(|damage| matches!(damage.kind, DamageKind::TruncatedChunk { .. }));
        if let Some(truncated) = truncated {
            ours.records.retain(|record| record.offset < truncated.offset);
            *self.rules.entry(Rule::TruncatedChunkIsRead).or_default() += 1;
        }
    }
}

/// Some of everything that the samples hold: templates, UserData, classic sources.
const WANTED: &[(&str, u16)] = &[
    ("Microsoft-Windows-Security-Auditing", 4624),
    ("Microsoft-Windows-Security-Auditing", 4688),
    ("Microsoft-Windows-Security-Auditing", 4720),
    ("Microsoft-Windows-Security-Auditing", 4726),
    ("Microsoft-Windows-Eventlog", 1102),
    ("Microsoft-Windows-Sysmon", 1),
    ("Microsoft-Windows-Sysmon", 5),
    ("Microsoft-Windows-PowerShell", 4104),
    ("Service Control Manager", 7045),
];

impl Read {
    fn is_wanted(&self) -> bool {
        WANTED.iter().any(|(provider, id)| {
            self.event_id == Some(u32::from(*id))
                && self.provider.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(provider))
        })
    }
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
fn every_generated_file_reads_as_the_oracle_reads_it_damaged_or_not() {
    let mut comparison = Comparison::default();
    for (number, whole) in seeds::files().into_iter().enumerate() {
        comparison.file(&format!("generated file {number}"), &whole);
        for kind in begat_sim::evtx::ALL_DAMAGE {
            let mut file = whole.clone();
            begat_sim::evtx::damage(&mut file, *kind);
            if looks_like_evtx(&file) {
                comparison.file(&format!("generated file {number}, {kind:?}"), &file);
            }
        }
    }
    assert!(comparison.records > 1000 && comparison.wanted > 100);
    let needed: Vec<Rule> = comparison.rules.into_keys().collect();
    assert_eq!(needed, [Rule::TruncatedChunkIsRead], "the rules that these files need, and no other");
}

#[test]
fn what_was_written_is_read_in_its_order_and_null_is_not_empty() {
    let records = seeds::records();
    let file = begat_sim::evtx::evtx_file(&records, begat_sim::evtx::Form::Native).unwrap();
    let read = read(&file, &Selection::everything());
    assert_eq!((read.records.len(), read.damage.as_slice()), (records.len(), &[][..]));
    let (mut nulls, mut empty) = (0, 0);
    for (ours, written) in read.records.iter().zip(&records) {
        assert_eq!(ours.event_id, Some(u32::from(written.event_id)));
        assert_eq!(ours.provider.as_deref(), Some(&*written.provider.name));
        if written.fields().is_empty() {
            continue;
        }
        assert_eq!(ours.fields.len(), written.fields().len());
        for ((name, values), (written_name, value)) in ours.fields.iter().zip(written.fields()) {
            assert_eq!(name.as_ref(), Some(written_name));
            match value.printed() {
                Some(printed) => assert_eq!(values, std::slice::from_ref(&printed), "{name:?}"),
                None => assert_eq!(values, &[NULL], "{name:?}"),
            }
            nulls += u32::from(value.printed().is_none());
            empty += u32::from(value.printed().as_deref() == Some(""));
        }
    }
    assert!(nulls > 10 && empty > 10);
}

#[test]
fn every_sample_reads_as_the_oracle_reads_it() {
    let Some(folder) = begat_trial::samples() else { return };
    let mut files = Vec::new();
    evtx_files(&folder, &mut files);
    let mut comparison = Comparison::default();
    for path in &files {
        let bytes = std::fs::read(path).unwrap();
        assert!(looks_like_evtx(&bytes), "{}", path.display());
        comparison.file(&path.display().to_string(), &bytes);
    }
    println!("{} files, {} records, {} wanted: equal", files.len(), comparison.records, comparison.wanted);
    println!("rules: {:?}", comparison.rules);
    assert!(comparison.wanted > 0);
    let needed: Vec<Rule> = comparison.rules.into_keys().collect();
    assert_eq!(needed, [Rule::TornRecordIsNoRecord], "the rules that the samples need, and no other");
}

//! Parquet: what is in columns tells the events that the same rows tell as CSV or JSON, and what is damaged is told.

use std::io::Write;
use std::sync::Arc;

use crate::harness;
use crate::twice::{Looked, look, look_at};
use begat_ingest::Schemas;
use begat_model::event::Body;
use begat_model::{AnomalyKind, Event};
use begat_sim::encode::{CARRIERS, Shipping};
use begat_sim::events::{Draft, EVENT_KINDS, Envelope};
use begat_sim::value::Ticks;
use begat_trial::{Random, mutate, samples};
use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use serde_json::{Map, Value, json};

/// Rows that may have structure, in columns: objects as groups, all else as text, absence as null.
fn in_columns(rows: &[Value], properties: WriterProperties) -> Vec<u8> {
    let mut shape = Map::new();
    rows.iter().for_each(|row| widen(&mut shape, row.as_object().unwrap()));
    let schema = group("rows", &shape, Repetition::REQUIRED);
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties)).unwrap();
    for rows in rows.chunks(7) {
        let mut columns = writer.next_row_group().unwrap();
        let mut paths = Vec::new();
        leaves(&shape, &mut Vec::new(), &mut paths);
        for path in paths {
            let mut column = columns.next_column().unwrap().unwrap();
            let (mut values, mut levels) = (Vec::new(), Vec::new());
            for row in rows {
                let (value, level) = at(row, &path);
                levels.push(level);
                values.extend(value.map(|value| ByteArray::from(text(value).as_str())));
            }
            column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
            column.close().unwrap();
        }
        columns.close().unwrap();
    }
    writer.into_inner().unwrap()
}

fn widen(shape: &mut Map<String, Value>, row: &Map<String, Value>) {
    for (key, value) in row {
        let known = shape.entry(key.clone()).or_insert(Value::Null);
        if let Value::Object(below) = value {
            if !known.is_object() {
                *known = json!({});
            }
            widen(known.as_object_mut().unwrap(), below);
        }
    }
}

fn group(name: &str, shape: &Map<String, Value>, repetition: Repetition) -> Type {
    let field = |(name, below): (&String, &Value)| -> Option<TypePtr> {
        match below {
            // Parquet has no group without columns.
            Value::Object(below) if below.is_empty() => None,
            Value::Object(below) => Some(Arc::new(group(name, below, Repetition::OPTIONAL))),
            _ => Some(Arc::new(text_column(name))),
        }
    };
    let fields = shape.iter().filter_map(field).collect();
    Type::group_type_builder(name).with_repetition(repetition).with_fields(fields).build().unwrap()
}

fn text_column(name: &str) -> Type {
    let column =
        Type::primitive_type_builder(name, Physical::BYTE_ARRAY).with_repetition(Repetition::OPTIONAL);
    column.with_converted_type(ConvertedType::UTF8).build().unwrap()
}

fn leaves(shape: &Map<String, Value>, path: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    for (key, below) in shape {
        path.push(key.clone());
        match below {
            Value::Object(below) => leaves(below, path, paths),
            _ => paths.push(path.clone()),
        }
        path.pop();
    }
}

/// What a row has at a path, and how much of the path.
fn at<'r>(row: &'r Value, path: &[String]) -> (Option<&'r Value>, i16) {
    let mut value = row;
    for (level, key) in path.iter().enumerate() {
        match value.get(key) {
            None | Some(Value::Null) => return (None, level as i16),
            Some(below) => value = below,
        }
    }
    (Some(value), path.len() as i16)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) if values.len() == 1 => text(&values[0]),
        other => other.to_string(),
    }
}

fn packed_by(compression: Compression) -> WriterProperties {
    WriterProperties::builder().set_compression(compression).build()
}

fn rows_of(lines: &[u8]) -> Vec<Value> {
    let values = serde_json::Deserializer::from_slice(lines).into_iter::<Value>().map(Result::unwrap);
    values.flat_map(|value| if let Value::Array(rows) = value { rows } else { vec![value] }).collect()
}

/// Without what differs between carriers: where a record was read.
fn told(looked: Looked) -> Vec<Event> {
    let mut events = looked.events;
    events.iter_mut().for_each(|event| event.record.source = "".into());
    events
}

/// A process and the account that it made, as Winlogbeat ships them.
fn winlogbeat() -> Vec<Value> {
    let kinds = EVENT_KINDS.iter().filter(|kind| matches!(kind.event_id, 4688 | 4720 | 4722 | 4624));
    let records: Vec<_> = (0..2)
        .flat_map(|_| kinds.clone())
        .enumerate()
        .map(|(index, kind)| {
            Draft::new(kind).written(Envelope {
                record_id: 7 + index as u64,
                time: Ticks::parse("2026-03-02T09:15:42Z").plus_millis(index as u64 * 40),
                computer: "WS1".to_owned(),
                execution: (4, 8),
                activity_id: None,
            })
        })
        .collect();
    let carrier = CARRIERS.iter().find(|carrier| carrier.name == "winlogbeat").unwrap();
    rows_of(&carrier.encode(&records, &Shipping::default()).unwrap())
}

#[test]
fn groups_of_columns_tell_what_objects_tell_in_every_shape() {
    let records: Vec<_> = EVENT_KINDS
        .iter()
        .filter(|kind| matches!(kind.event_id, 1 | 4624 | 4688 | 4720 | 4732))
        .enumerate()
        .map(|(index, kind)| {
            Draft::new(kind).written(Envelope {
                record_id: 7 + index as u64,
                time: Ticks::parse("2026-03-02T09:15:42.5Z"),
                computer: "WS1".to_owned(),
                execution: (4, 8),
                activity_id: None,
            })
        })
        .collect();
    let mut shapes = 0;
    for carrier in CARRIERS.iter().filter(|carrier| carrier.extension == "json") {
        let lines = carrier.encode(&records, &Shipping::default()).unwrap();
        let rows = rows_of(&lines);
        // Lists of more than one value are no columns of text.
        if rows.iter().any(has_list) {
            continue;
        }
        let (as_lines, as_columns) =
            (look_at(&lines), look_at(&in_columns(&rows, packed_by(Compression::SNAPPY))));
        assert_eq!(
            as_columns.anomalies(),
            as_lines.anomalies(),
            "{}: {:?}",
            carrier.name,
            as_columns.sentences()
        );
        assert_eq!(told(as_columns), told(as_lines), "{}", carrier.name);
        shapes += 1;
    }
    assert!(shapes > 10, "{shapes}");
}

fn has_list(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.values().any(has_list),
        Value::Array(values) => values.len() != 1 || !(values[0].is_string() || values[0].is_number()),
        _ => false,
    }
}

#[test]
fn every_packing_and_both_forms_of_pages_are_read() {
    let rows = winlogbeat();
    let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
    let expected = look_at(lines.join("\n").as_bytes());
    let anomalies = expected.anomalies();
    let expected = told(expected);
    assert_eq!(expected.len(), rows.len());
    let packings = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::ZSTD(Default::default()),
    ];
    for compression in packings {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            for has_dictionary in [true, false] {
                let properties = WriterProperties::builder()
                    .set_compression(compression)
                    .set_writer_version(version)
                    .set_dictionary_enabled(has_dictionary)
                    .set_encoding(parquet::basic::Encoding::PLAIN)
                    .build();
                let looked = look_at(&in_columns(&rows, properties));
                assert_eq!(
                    looked.anomalies(),
                    anomalies,
                    "{compression} {version:?}: {:?}",
                    looked.sentences()
                );
                assert_eq!(told(looked), expected, "{compression} {version:?} {has_dictionary}");
            }
        }
    }
}

#[test]
fn times_are_told_in_utc_or_without_a_zone_as_the_column_says() {
    let ticks = 1_772_442_942_123_456_789_i64;
    for (unit, count, shown) in [
        (TimeUnit::MILLIS, ticks / 1_000_000, "2026-03-02T09:15:42.123Z"),
        (TimeUnit::MICROS, ticks / 1000, "2026-03-02T09:15:42.123456Z"),
        (TimeUnit::NANOS, ticks, "2026-03-02T09:15:42.1234567Z"),
    ] {
        for is_utc in [true, false] {
            let looked = look_at(&timed(unit, count, is_utc));
            if !is_utc {
                assert_eq!(looked.anomalies(), [(AnomalyKind::ZoneUnknown, 1)], "{:?}", looked.sentences());
                continue;
            }
            assert_eq!(looked.anomalies(), [], "{:?}", looked.sentences());
            let [event] = looked.events.as_slice() else { panic!("{:?}", looked.events) };
            assert_eq!(event.at.to_string(), shown);
            let Body::AccountCreated(account) = &event.body else { panic!("{event:?}") };
            assert_eq!(account.account.name.as_deref(), Some("ann"));
        }
    }
}

/// A record as NXLog has it, with a time of its own type.
fn timed(unit: TimeUnit, count: i64, is_utc: bool) -> Vec<u8> {
    let time = Type::primitive_type_builder("EventTime", Physical::INT64)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(Some(LogicalType::timestamp(is_utc, unit)))
        .build()
        .unwrap();
    let number = Type::primitive_type_builder("EventID", Physical::INT64)
        .with_repetition(Repetition::REQUIRED)
        .build()
        .unwrap();
    let texts = [
        ("Hostname", "WS1.corp.example"),
        ("Channel", "Security"),
        ("SourceName", "Microsoft-Windows-Security-Auditing"),
        ("SubjectLogonId", "0x3e7"),
        ("TargetUserName", "ann"),
        ("TargetSid", "S-1-5-21-1-2-3-1004"),
    ];
    let mut fields: Vec<TypePtr> = vec![Arc::new(time), Arc::new(number)];
    fields.extend(texts.map(|(name, _)| Arc::new(text_column(name)) as TypePtr));
    let schema = Arc::new(Type::group_type_builder("rows").with_fields(fields).build().unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Default::default()).unwrap();
    let mut columns = writer.next_row_group().unwrap();
    for number in [count, 4720] {
        let mut column = columns.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&[number], None, None).unwrap();
        column.close().unwrap();
    }
    for (_, text) in texts {
        let mut column = columns.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&[ByteArray::from(text)], Some(&[1]), None).unwrap();
        column.close().unwrap();
    }
    columns.close().unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn tables_of_real_shapes_tell_in_columns_what_they_tell_as_csv() {
    let Some(samples) = samples() else { return };
    let mut tables = 0;
    for entry in std::fs::read_dir(samples.join("carriers")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "csv") {
            continue;
        }
        let Some(rows) = rows_of_csv(&std::fs::read(&path).unwrap()) else { continue };
        let (as_csv, as_columns) =
            (look(std::slice::from_ref(&path)), look_at(&in_columns(&rows, packed_by(Compression::SNAPPY))));
        assert!(!as_csv.events.is_empty(), "{}", path.display());
        assert_eq!(
            as_columns.anomalies(),
            as_csv.anomalies(),
            "{}: {:?}",
            path.display(),
            as_columns.sentences()
        );
        assert_eq!(told(as_columns), told(as_csv), "{}", path.display());
        tables += 1;
    }
    assert!(tables > 0);
}

/// A table whose every row has a cell for every name.
fn rows_of_csv(bytes: &[u8]) -> Option<Vec<Value>> {
    let mut reader = csv::Reader::from_reader(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes));
    let names = reader.headers().ok()?.clone();
    let row = |row: csv::StringRecord| {
        let cells = names.iter().zip(&row).filter(|(_, cell)| !cell.is_empty());
        Value::Object(cells.map(|(name, cell)| (name.to_owned(), Value::String(cell.to_owned()))).collect())
    };
    let rows: Result<Vec<Value>, csv::Error> = reader.records().map(|record| record.map(row)).collect();
    rows.ok().filter(|_| names.len() > 1)
}

#[test]
fn parquet_in_archives_is_read() {
    let rows = winlogbeat();
    let table = in_columns(&rows, packed_by(Compression::SNAPPY));
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("lake/part-0.parquet", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(&table).unwrap();
    let zip = zip.finish().unwrap().into_inner();
    for packed in
        [zstd::encode_all(&table[..], 1).unwrap(), zip.clone(), zstd::encode_all(&zip[..], 1).unwrap()]
    {
        let looked = look_at(&packed);
        assert_eq!(looked.events.len(), rows.len(), "{:?}", looked.sentences());
    }
}

#[test]
fn a_table_that_is_none_of_a_log_is_named_with_its_columns() {
    let rows = [json!({"name": "a", "size": "7", "made": "x"})];
    let looked = look_at(&in_columns(&rows, packed_by(Compression::SNAPPY)));
    assert!(looked.events.is_empty());
    let reason = &looked.skipped[0].reason;
    assert!(reason.contains("none of the columns of a known log: ") && reason.contains("size"), "{reason}");
}

#[test]
fn what_is_damaged_is_told_and_never_panics() {
    let rows = winlogbeat();
    let schemas = Schemas::built_in();
    let mut random = Random::new(20_261_129);
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(Default::default())]
    {
        let good = in_columns(&rows, packed_by(compression));
        let whole = look_at(&good).events.len();
        for cut in [5, good.len() / 2, good.len() - 9] {
            let looked = look_at(&good[..cut]);
            assert!(
                looked.events.is_empty() && !looked.anomalies().is_empty(),
                "without its footer there is nothing"
            );
        }
        // Headers of pages, and what is between them.
        let mut broken = good.clone();
        broken[300..2000].fill(0xff);
        let looked = look_at(&broken);
        assert!(looked.events.len() < whole, "{compression}");
        let is_loss = |kind| matches!(kind, AnomalyKind::TruncatedEnd | AnomalyKind::ArchiveEntry);
        let told = looked.anomalies().iter().any(|(kind, _)| is_loss(*kind));
        assert!(told || !looked.skipped.is_empty(), "{compression}: {:?}", looked.sentences());
        for _ in 0..12 {
            let mut bytes = good.clone();
            mutate(&mut bytes, b"\0\x01\x15\x7f\x80\xff", &mut random);
            harness::parquet_tables(&bytes, &schemas);
        }
    }
}

#[test]
fn sizes_that_are_declared_reserve_nothing() {
    let good = in_columns(&winlogbeat(), packed_by(Compression::GZIP(Default::default())));
    // A number of five bytes in place of what may be a size of one or two, in headers of pages and in the footer.
    let places: Vec<usize> = (4..good.len() - 12).filter(|at| good[*at] == 0x15).collect();
    let mut told = 0;
    for at in places.iter().step_by(places.len() / 20 + 1) {
        let huge = [&good[..at + 1], &[0xfe, 0xff, 0xff, 0xff, 0x0f], &good[at + 6..]].concat();
        let looked = look_at(&huge);
        told += usize::from(!looked.anomalies().is_empty() || !looked.skipped.is_empty());
    }
    assert!(told > 5, "{told} of {}", places.len());
}

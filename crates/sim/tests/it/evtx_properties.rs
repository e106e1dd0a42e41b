//! Whatever text stands in an event, it is read back unchanged; whatever is damaged, is damaged.

use begat_sim::encode::{Carrier, Shipping};
use begat_sim::events::{Draft, Envelope, PROCESS_CREATED_4688_V2};
use begat_sim::evtx::{ALL_DAMAGE, CHUNK_BYTES, Damage, EvtxError, EvtxWriter, Form, damage, evtx_file};
use begat_sim::record::{Body, WindowsRecord};
use begat_sim::story::StoryKind;
use begat_sim::value::{Ticks, Value};
use evtx::{EvtxParser, ParserSettings};
use proptest::prelude::*;
use serde_json::Value as Json;

fn named(fields: Vec<(String, Value)>) -> WindowsRecord {
    let envelope = Envelope {
        record_id: 7,
        time: Ticks::parse("2026-03-02T09:14:07Z"),
        computer: "srv01".to_owned(),
        execution: (4, 8),
        activity_id: None,
    };
    let mut record = Draft::new(&PROCESS_CREATED_4688_V2).written(envelope);
    record.body = Body::Named(fields);
    record
}

fn read(file: Vec<u8>) -> Vec<Json> {
    let mut parser = EvtxParser::from_buffer(file).unwrap();
    parser.records_json_value().map(|record| record.unwrap().data).collect()
}

/// Text without control characters other than the three that XML allows; an event cannot hold NUL.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[^\\p{C}]{0,60}",
        1 => "[\t\r\n %a]{0,20}",
        1 => "[a-zäß😀]{1,4}".prop_map(|unit| unit.repeat(1500)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_text_is_read_back(texts in prop::collection::vec(text(), 1..12), rendered in any::<bool>()) {
        let fields: Vec<_> =
            texts.iter().enumerate().map(|(i, text)| (format!("Field{i}"), Value::text(text.as_str()))).collect();
        let form = if rendered { Form::Rendered } else { Form::Native };
        let records = vec![named(fields); 3];
        match evtx_file(&records, form) {
            Ok(file) => for event in read(file) {
                for (i, text) in texts.iter().enumerate() {
                    let value = &event["Event"]["EventData"][format!("Field{i}")];
                    prop_assert_eq!(value.as_str().unwrap_or_default(), text.as_str());
                }
            },
            Err(error) => prop_assert!(
                matches!(error, EvtxError::ValueTooLarge { .. } | EvtxError::RecordTooLarge), "{}", error
            ),
        }
    }
}

#[test]
fn a_record_too_large_is_refused_and_the_file_stays_good() {
    let large = |units: usize| named(vec![("CommandLine".to_owned(), Value::text("x".repeat(units)))]);
    let mut writer = EvtxWriter::new();
    writer.append(&large(30_000), Form::Native).unwrap();
    // EventData is itself a value, and its size has 16 bits.
    let refused = writer.append(&large(32_760), Form::Native).unwrap_err();
    assert!(matches!(refused, EvtxError::ValueTooLarge { .. }), "{refused}");
    let refused = writer.append(&large(32_700), Form::Rendered).unwrap_err();
    assert_eq!(refused, EvtxError::RecordTooLarge);
    writer.append(&large(3), Form::Native).unwrap();
    let lengths: Vec<usize> = read(writer.finish())
        .iter()
        .map(|event| event["Event"]["EventData"]["CommandLine"].as_str().unwrap().len())
        .collect();
    assert_eq!(lengths, [30_000, 3]);
}

/// What the oracle makes of a file: records read, errors met; `None` where it cannot open it.
fn outcome(file: Vec<u8>) -> Option<(usize, usize)> {
    let settings = ParserSettings::default().validate_checksums(true);
    let mut parser = EvtxParser::from_buffer(file).ok()?.with_configuration(settings);
    let records: Vec<bool> = parser.records_json_value().map(|record| record.is_ok()).collect();
    let good = records.iter().filter(|ok| **ok).count();
    Some((good, records.len() - good))
}

fn undamaged() -> Vec<u8> {
    let records = StoryKind::named("net-user-administrators").unwrap().tell(4).records;
    let mut writer = EvtxWriter::new().records_per_chunk_max(40);
    records.iter().for_each(|record| writer.append(record, Form::Native).unwrap());
    writer.finish()
}

#[test]
fn every_damage_changes_the_file_and_nothing_but_what_it_says() {
    let whole = undamaged();
    let (total, errors) = outcome(whole.clone()).unwrap();
    assert_eq!(errors, 0);
    for kind in ALL_DAMAGE {
        let mut file = whole.clone();
        damage(&mut file, *kind);
        assert!(file != whole, "{kind:?}");
        let result = outcome(file);
        match kind {
            Damage::BadFileMagic => assert_eq!(result, None),
            Damage::HeaderOnly => assert_eq!(result, Some((0, 0))),
            Damage::DirtyBit | Damage::WrongChunkCount | Damage::HeaderTime1601 | Damage::RenumberHeaders => {
                assert_eq!(result, Some((total, 0)), "{kind:?} loses nothing");
            }
            Damage::CorruptRecord(_) => assert_eq!(result, Some((total - 1, 1)), "{kind:?}"),
            _ => {
                let (good, _) = result.unwrap();
                assert!(good < total && good >= 40.min(total / 3), "{kind:?}: {good} of {total}");
            }
        }
    }
}

#[test]
fn truncation_cuts_the_last_chunk_only() {
    let mut file = undamaged();
    let whole_chunks = (file.len() - 4096) / CHUNK_BYTES - 1;
    damage(&mut file, Damage::TruncateLastChunk);
    let rest = file.len() - 4096 - whole_chunks * CHUNK_BYTES;
    assert!(rest > 512 && rest < CHUNK_BYTES);
    assert_eq!(outcome(file).unwrap().0, whole_chunks * 40);
}

#[test]
fn headers_dated_1601_leave_the_events_their_time() {
    let mut file = undamaged();
    damage(&mut file, Damage::HeaderTime1601);
    for event in read(file) {
        let time = event["Event"]["System"]["TimeCreated"]["#attributes"]["SystemTime"].to_string();
        assert!(time.starts_with("\"2026-03-02T"), "{time}");
    }
}

#[test]
fn evtx_carriers_hold_the_whole_story() {
    let records = StoryKind::named("wmi-failed").unwrap().tell(1).records;
    for name in ["evtx", "evtx-rendered"] {
        let file = Carrier::named(name).unwrap().encode(&records, &Shipping::default()).unwrap();
        assert_eq!(read(file).len(), records.len(), "{name}");
    }
}

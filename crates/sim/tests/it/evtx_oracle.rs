//! What `EvtxWriter` writes is read back equal, every field, by the `evtx` crate.

use begat_sim::encode::{Carrier, Shipping};
use begat_sim::events::{self, Draft, EVENT_KINDS, Envelope};
use begat_sim::evtx::{EvtxWriter, Form, Numbering};
use begat_sim::record::{Body, Element, Provider, WindowsRecord};
use begat_sim::value::{Guid, Sid, Ticks, Value};
use evtx::EvtxParser;
use serde_json::Value as Json;

fn envelope(record_id: u64) -> Envelope {
    Envelope {
        record_id,
        time: Ticks::parse("2026-03-02T09:14:07.1234567Z").plus_millis(record_id * 7),
        computer: "srv01.corp.example".to_owned(),
        execution: (740, 3872),
        activity_id: record_id.is_multiple_of(2).then(|| Guid::parse("e0f7bc1b-4488-0000-8d57-1f92808ad601")),
    }
}

/// One event of every kind, with no value left at its default.
fn one_of_each() -> Vec<WindowsRecord> {
    let numbered = EVENT_KINDS.iter().zip(4_000_000_000u64..);
    numbered.map(|(kind, id)| filled(Draft::new(kind), id).written(envelope(id))).collect()
}

fn filled(mut draft: Draft, id: u64) -> Draft {
    for (i, (name, value)) in draft.fields.iter_mut().enumerate() {
        let n = id as u32 ^ (i as u32) << 8;
        *value = match &*value {
            Value::Text(_) if i % 5 == 0 => Value::text(""),
            Value::Text(_) => Value::text(format!("{name} {id} \r\n\t%%1793 äß€😀 <&>")),
            Value::U16(_) => Value::U16(n as u16),
            Value::U32(_) => Value::U32(n),
            Value::U64(_) => Value::U64(u64::from(n) << 20),
            Value::Bool(_) => Value::Bool(i % 2 == 0),
            Value::Hex32(_) => Value::Hex32(n),
            Value::Hex64(_) => Value::Hex64(u64::from(n) << 17),
            Value::Pointer(_) => Value::Pointer(u64::from(n)),
            Value::Sid(_) => Value::Sid(Sid::parse("S-1-5-21-1969843730-2406867588-1543852148").with_rid(n)),
            Value::Guid(_) => Value::Guid(Guid([n as u8; 16])),
            other => other.clone(),
        };
    }
    draft
}

fn parsed(file: Vec<u8>) -> Vec<(u64, Json)> {
    let mut parser = EvtxParser::from_buffer(file).expect("the file header is right");
    let records = parser.records_json_value().map(|record| record.expect("every record is readable"));
    records.map(|record| (record.event_record_id, record.data)).collect()
}

fn evtx_dump(record: &WindowsRecord) -> Json {
    let carrier = Carrier::named("evtx-dump").unwrap();
    let bytes = carrier.encode(std::slice::from_ref(record), &Shipping::default()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn assert_read_back(records: &[WindowsRecord], file: Vec<u8>) {
    let read = parsed(file);
    assert_eq!(read.len(), records.len());
    for (record, (_, json)) in records.iter().zip(read) {
        assert_eq!(json, evtx_dump(record), "event {} v{}", record.event_id, record.version);
    }
}

#[test]
fn every_kind_of_event_is_read_back_equal() {
    let records = one_of_each();
    let mut writer = EvtxWriter::new();
    records.iter().for_each(|record| writer.append(record, Form::Native).unwrap());
    assert_read_back(&records, writer.finish());
}

#[test]
fn events_over_many_chunks_are_read_back_equal() {
    let mut records: Vec<WindowsRecord> = (0..20).flat_map(|_| one_of_each()).collect();
    (1u64..).zip(&mut records).for_each(|(id, record)| record.record_id = id);
    let mut writer = EvtxWriter::new();
    records.iter().for_each(|record| writer.append(record, Form::Native).unwrap());
    let file = writer.finish();
    assert!(file.len() > 4096 + 5 * 65536, "several chunks");
    assert_read_back(&records, file);
}

#[test]
fn header_ids_are_the_events_in_live_logs_and_their_own_in_exports() {
    let records = one_of_each();
    for (numbering, first) in [(Numbering::Live, 4_000_000_000), (Numbering::Exported, 1)] {
        let mut writer = EvtxWriter::new().numbering(numbering).records_per_chunk_max(7);
        records.iter().for_each(|record| writer.append(record, Form::Native).unwrap());
        let ids: Vec<u64> = parsed(writer.finish()).into_iter().map(|(id, _)| id).collect();
        let expected: Vec<u64> = (first..).take(records.len()).collect();
        assert_eq!(ids, expected);
    }
}

#[test]
fn checksums_of_header_and_chunks_are_right() {
    let mut writer = EvtxWriter::new().records_per_chunk_max(10);
    one_of_each().iter().for_each(|record| writer.append(record, Form::Native).unwrap());
    let settings = evtx::ParserSettings::default().validate_checksums(true);
    let mut parser = EvtxParser::from_buffer(writer.finish()).unwrap().with_configuration(settings);
    assert_eq!(parser.records_json_value().filter(Result::is_ok).count(), EVENT_KINDS.len());
}

#[test]
fn rendered_records_are_literal_text() {
    let records = one_of_each();
    let mut writer = EvtxWriter::new();
    records.iter().for_each(|record| writer.append(record, Form::Rendered).unwrap());
    for (record, (_, json)) in records.iter().zip(parsed(writer.finish())) {
        let system = &json["Event"]["System"];
        let id = &system["EventID"];
        // Beside an attribute the text of an element moves down.
        assert_eq!(*id.get("#text").unwrap_or(id), record.event_id.to_string());
        assert_eq!(system["TimeCreated"]["#attributes"]["SystemTime"], record.time.system_time());
        assert_eq!(system["Computer"], record.computer.as_str());
        for (name, value) in record.fields() {
            let data = match &record.body {
                Body::User { element, .. } => &json["Event"]["UserData"][element][name],
                _ => &json["Event"]["EventData"][name],
            };
            assert_eq!(data.as_str().unwrap_or_default(), value.printed().unwrap_or_default(), "{name}");
        }
    }
}

#[test]
fn classic_and_literal_user_data_are_readable() {
    let mut classic = Draft::new(&events::STARTUP_4608).written(envelope(1));
    classic.provider = Provider::classic("MSExchange CmdletLogs");
    classic.qualifiers = Some(16384);
    classic.body = Body::Unnamed(vec!["Set-Mailbox".to_owned(), "two".to_owned()]);
    let mut capi2 = Draft::new(&events::STARTUP_4608).written(envelope(2));
    let aux = Element::new("EventAuxInfo").attribute("ProcessName", "Setup.exe");
    capi2.body = Body::UserLiteral(Element::new("WinVerifyTrustStart").child(aux));
    let mut writer = EvtxWriter::new();
    writer.append(&classic, Form::Native).unwrap();
    writer.append(&capi2, Form::Native).unwrap();
    let read = parsed(writer.finish());
    let [(_, classic), (_, capi2)] = read.as_slice() else { panic!("two records") };
    assert_eq!(classic["Event"]["EventData"]["Data"]["#text"], serde_json::json!(["Set-Mailbox", "two"]));
    assert_eq!(classic["Event"]["System"]["EventID"]["#attributes"]["Qualifiers"], 16384);
    let aux = &capi2["Event"]["UserData"]["WinVerifyTrustStart"]["EventAuxInfo"];
    assert_eq!(aux["#attributes"]["ProcessName"], "Setup.exe");
}

#[test]
fn old_sysmon_is_read_back_equal() {
    let records: Vec<_> = one_of_each().into_iter().filter(|r| r.provider == Provider::SYSMON).collect();
    let mut writer = EvtxWriter::new();
    records.iter().for_each(|record| writer.append(record, Form::OldSysmon).unwrap());
    assert_read_back(&records, writer.finish());
}

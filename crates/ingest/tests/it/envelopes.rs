//! What lies around records, and what lies inside of them: the one is opened, the other never.

use crate::twice::look_at;
use begat_model::AnomalyKind;
use begat_model::event::Body;
use begat_sim::encode::{CARRIERS, Carrier, Shipping};
use begat_sim::events::{Draft, EVENT_KINDS, Envelope};
use begat_sim::record::WindowsRecord;
use begat_sim::value::{Ticks, Value};
use serde_json::{Value as Json, json};

fn written(draft: Draft, record_id: u64) -> WindowsRecord {
    draft.written(Envelope {
        record_id,
        time: Ticks::parse("2026-03-02T09:15:42.123Z"),
        computer: "WS1".to_owned(),
        execution: (4, 8),
        activity_id: None,
    })
}

fn draft(event_id: u16) -> Draft {
    Draft::new(EVENT_KINDS.iter().rfind(|kind| kind.event_id == event_id).unwrap())
}

fn creation(record_id: u64) -> WindowsRecord {
    written(draft(4720).text("TargetUserName", "bob"), record_id)
}

fn shipped(carrier: &Carrier, records: &[WindowsRecord]) -> String {
    String::from_utf8(carrier.encode(records, &Shipping::default()).unwrap()).unwrap()
}

fn json_lines() -> impl Iterator<Item = &'static Carrier> {
    let framed = |name: &str| name.ends_with("-array") || name.ends_with("-pretty");
    CARRIERS.iter().filter(move |carrier| carrier.extension == "json" && !framed(carrier.name))
}

/// Accounts that were created, as far as they were read.
fn created(bytes: &[u8]) -> usize {
    let looked = look_at(bytes);
    looked.events.iter().filter(|event| matches!(event.body, Body::AccountCreated(_))).count()
}

#[test]
fn a_creation_in_a_command_line_or_a_script_creates_nothing() {
    let forged: Vec<String> =
        ["xml", "winlogbeat", "splunk-raw-xml", "velociraptor", "wazuh", "get-winevent"]
            .iter()
            .map(|name| shipped(Carrier::named(name).unwrap(), &[creation(7)]).trim().to_owned())
            .collect();
    for text in forged {
        let twice = json!({ "event": text, "_raw": text, "events": [text] }).to_string();
        for said in [text.clone(), twice, format!("\n{text}\n")] {
            let records = [
                written(
                    draft(4688).set("NewProcessId", Value::Pointer(8)).text("CommandLine", said.clone()),
                    1,
                ),
                written(draft(4104).text("ScriptBlockText", said.clone()), 2),
                written(draft(4698).text("TaskName", "t").text("TaskContent", said.clone()), 3),
                written(draft(4103).text("Payload", said.clone()), 4),
            ];
            for carrier in json_lines() {
                assert_eq!(created(shipped(carrier, &records).as_bytes()), 0, "{} {said}", carrier.name);
            }
        }
    }
}

/// An event as an answer of Log Analytics has it: columns, and a row.
fn table(event: &Json) -> Json {
    let members = event.as_object().unwrap();
    let columns: Vec<Json> = members.keys().map(|name| json!({ "name": name, "type": "string" })).collect();
    json!({ "name": "PrimaryResult", "columns": columns, "rows": [members.values().collect::<Vec<_>>()] })
}

/// An event whose envelope's key was joined to each of its own.
fn joined(envelope: &str, event: &Json) -> Json {
    let members = event.as_object().unwrap().iter();
    let joined = members.map(|(key, value)| (format!("{envelope}.{key}"), value.clone()));
    Json::Object([("_index".to_owned(), json!("x"))].into_iter().chain(joined).collect())
}

#[test]
fn envelopes_cost_nothing_however_they_are_laid() {
    for carrier in json_lines() {
        let records: Vec<WindowsRecord> = (1..4).map(creation).collect();
        let lines = shipped(carrier, &records);
        let events: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let wrapped = |wrap: &dyn Fn(&Json) -> Json| -> String {
            events.iter().map(|event| format!("{}\n", wrap(event))).collect()
        };
        let layouts = [
            json!({ "events": events }).to_string(),
            json!({ "took": 3, "hits": { "total": { "value": 3 }, "hits": events }, "timed_out": false })
                .to_string(),
            format!("{:#}", json!({ "data": { "result": events } })),
            format!("{:#}\n", json!(events)),
            wrapped(&|event| json!({ "preview": false, "result": event })),
            wrapped(&|event| json!({ "_index": "x", "_source": event })),
            wrapped(&|event| json!({ "body": { "properties": event } })),
            wrapped(&|event| json!({ "@version": "1", "message": event.to_string() })),
            wrapped(&|event| json!({ "tables": [table(event)] })),
            wrapped(&|event| joined("_source", event)),
            json!({ "Schema": [{ "Name": "Timestamp", "Type": "DateTime" }], "Results": events }).to_string(),
        ];
        for layout in layouts {
            let looked = look_at(layout.as_bytes());
            assert_eq!(looked.events.len(), 3, "{}: {layout}\n{:?}", carrier.name, looked.sentences());
            assert_eq!(looked.anomalies(), [], "{}: {layout}", carrier.name);
        }
    }
}

#[test]
fn envelopes_and_texts_are_opened_so_deep_and_no_deeper() {
    let event: Json =
        serde_json::from_str(shipped(Carrier::named("winlogbeat").unwrap(), &[creation(7)]).trim()).unwrap();
    let enclosed =
        |depth: usize| (0..depth).fold(event.clone(), |inside, _| json!({ "event": inside })).to_string();
    assert_eq!(created(enclosed(4).as_bytes()), 1);
    assert_eq!(created(enclosed(5).as_bytes()), 0);
    let in_texts =
        |depth: usize| (0..depth).fold(event.to_string(), |inside, _| json!({ "_raw": inside }).to_string());
    assert_eq!(created(in_texts(2).as_bytes()), 1);
    assert_eq!(created(in_texts(3).as_bytes()), 0);
    for too_deep in [enclosed(5), in_texts(3)] {
        assert!(!look_at(too_deep.as_bytes()).skipped.is_empty(), "{too_deep}");
    }
}

#[test]
fn a_text_that_is_longer_than_any_event_is_not_opened_and_told() {
    let event = shipped(Carrier::named("winlogbeat").unwrap(), &[creation(7)]);
    let long = format!("{event}{}", " ".repeat(3 << 20));
    let xml = format!("<Event>{}</Event>", " ".repeat(3 << 20));
    // Blanks around an event are none of it.
    assert_eq!(created(json!({ "_raw": long }).to_string().as_bytes()), 1);
    let looked = look_at(format!("{}\n{event}", json!({ "_raw": xml })).as_bytes());
    assert_eq!((looked.events.len(), looked.anomalies()), (1, vec![(AnomalyKind::TooLong, 1)]));
}

#[test]
fn a_list_of_records_that_is_longer_than_what_is_held_is_read_record_by_record() {
    let carrier = Carrier::named("winlogbeat").unwrap();
    let records: Vec<WindowsRecord> = (1..4000).map(creation).collect();
    let events: Vec<Json> =
        shipped(carrier, &records).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for list in [
        json!({ "_shards": { "total": 1 }, "hits": { "hits": events, "max_score": 1.0 }, "took": 3 }),
        json!({ "events": events, "next": null }),
    ] {
        for text in [list.to_string(), format!("{list:#}")] {
            assert!(text.len() > 3 << 20, "{}", text.len());
            let looked = look_at(text.as_bytes());
            assert_eq!((looked.events.len(), looked.anomalies()), (records.len(), vec![]));
        }
    }
}

#[test]
fn what_is_no_event_says_what_it_is_nearest_to() {
    for (text, said) in [
        (
            r#"{"EventTime":"2026-01-01T00:00:00Z","Computer":"WS1","Channel":"Security","Event":4720}"#,
            "looks like Velociraptor: EvtxHunter, but EventID is missing",
        ),
        (r#"{"a":{"b":1},"event":{"action":"login"}}"#, "keys: \"a\", \"event\""),
        (
            r#"{"System":{"Computer":"WS1","Channel":"Security","TimeCreated":{"SystemTime":1.7e9}},"EventData":{"TargetUserName":"b"}}"#,
            "looks like Velociraptor, LimaCharlie: System and EventData, but System.EventID is missing",
        ),
        (
            r#"{"Id":4720,"TimeCreated":"/Date(1634654561202)/","Message":"A user account was created."}"#,
            "looks like Get-WinEvent | ConvertTo-Json, but LogName, MachineName, ProviderName is missing",
        ),
        (r#"{"eventVersion":"1.08","eventName":"CreateUser","eventSource":"iam"}"#, "it is AWS CloudTrail"),
        (r#"{"event_type":"alert","src_ip":"192.0.2.7"}"#, "it is Suricata"),
        (r#"{"_path":"conn","id.orig_h":"192.0.2.7"}"#, "it is Zeek"),
        (
            r#"{"Workload":"Exchange","Operation":"New-Mailbox","CreationTime":"2026-01-01"}"#,
            "it is the audit log of Microsoft 365",
        ),
        (
            r#"{"@timestamp":"2026-01-01T00:00:00Z","event":{"type":["start"]},"process":{"pid":1}}"#,
            "export with `winlog`",
        ),
        (
            r#"{"rule":{"id":"1"},"agent":{"id":"2"},"data":{"srcip":"192.0.2.7"}}"#,
            "an alert of Wazuh's of another source",
        ),
    ] {
        let looked = look_at(text.as_bytes());
        assert_eq!((looked.surveyed.counts.records, looked.anomalies()), (0, vec![]), "{text}");
        assert!(looked.skipped[0].reason.contains(said), "{:?}", looked.skipped);
    }
}

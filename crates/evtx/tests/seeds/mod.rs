//! Logs with one of everything that real logs hold, made by the simulator.
#![allow(clippy::unwrap_used)]

use begat_sim::events::{self, Draft, Envelope, EventKind};
use begat_sim::evtx::{Content, EvtxWriter, Form, Fragment, Node, Substitution, Template, value_type};
use begat_sim::record::{Body, Element, Provider, WindowsRecord};
use begat_sim::value::{Guid, Sid, Ticks, Value};

fn envelope(record_id: u64) -> Envelope {
    Envelope {
        record_id,
        time: Ticks::parse("2024-03-04T08:00:00.1234567Z").plus_millis(record_id * 13),
        computer: "WS-042.corp.example.com".to_owned(),
        execution: (4, 5120),
        activity_id: record_id.is_multiple_of(2).then(|| Guid::parse("0b2c3d4e-5f60-7182-93a4-b5c6d7e8f901")),
    }
}

/// A record of this kind; every fifth text is empty, every seventh value is NULL.
fn record(kind: &'static EventKind, record_id: u64) -> WindowsRecord {
    let mut draft = Draft::new(kind);
    for (place, (name, value)) in draft.fields.iter_mut().enumerate() {
        let turn = place as u64 + record_id;
        if turn.is_multiple_of(7) {
            *value = Value::Null;
        } else if let Value::Text(text) = value {
            *text = match turn % 5 {
                0 => String::new(),
                1 => format!("{name} \"{record_id}\"\r\n\tC:\\Ü 日本 😀"),
                _ => format!("{name} of {record_id}"),
            };
        }
    }
    draft.written(envelope(record_id))
}

fn with_body(record_id: u64, body: Body) -> WindowsRecord {
    WindowsRecord {
        provider: Provider::classic("Service Control Manager"),
        channel: "System".to_owned(),
        qualifiers: Some(16384),
        body,
        ..record(&events::LOGOFF_4634, record_id)
    }
}

/// Records of every kind and shape.
pub fn records() -> Vec<WindowsRecord> {
    let mut all: Vec<WindowsRecord> =
        events::EVENT_KINDS.iter().zip(1..).map(|(kind, record_id)| record(kind, record_id)).collect();
    let next = all.len() as u64 + 1;
    all.push(with_body(next, Body::Unnamed(vec!["one".into(), String::new(), "three".into()])));
    all.push(with_body(next + 1, Body::Unnamed(vec!["alone".into()])));
    all.push(with_body(next + 2, Body::Unnamed(Vec::new())));
    let inner =
        Element::new("Certificate").attribute("fileRef", "A.cer").child(Element::new("Subject").text("CN=x"));
    let literal =
        Element::new("CertGetCertificateChain").child(inner).child(Element::new("Result").text("0"));
    all.push(with_body(next + 3, Body::UserLiteral(literal)));
    all
}

/// A template with what the simulator's own records do not have: several pieces in one text, an
/// element in a field, arrays, a name that comes twice, one that is read from the record.
pub fn odd_fragment() -> Fragment {
    let text = |text: &str| Content::Text(text.to_owned());
    let hole = |index, value_type, optional| Content::Substitution { index, value_type, optional };
    let data = |name: &str| Node::new("Data").attribute("Name", text(name));
    let data_of = |name: &str, content| Content::Element(data(name).child(content));
    let event_data = Node::new("EventData")
        .child(Content::Element(
            data("Joined")
                .child(text("<"))
                .child(hole(0, value_type::TEXT, false))
                .child(text("/"))
                .child(hole(1, value_type::U16, true)),
        ))
        .child(data_of("Twice", hole(0, value_type::TEXT, false)))
        .child(data_of("Other", hole(1, value_type::U16, false)))
        .child(data_of("Twice", hole(4, value_type::BOOL, false)))
        .child(data_of("Texts", hole(2, value_type::TEXT_ARRAY, true)))
        .child(Content::Element(
            Node::new("Data").attribute("Name", hole(0, value_type::TEXT, false)).child(hole(
                5,
                value_type::BINARY,
                true,
            )),
        ))
        .child(Content::Element(data("Gone").depends_on(3).child(hole(0, value_type::TEXT, false))))
        .child(data_of("Null", hole(3, value_type::TEXT, true)))
        .child(Content::Element(data("Nothing")))
        .child(Content::Element(
            Node::new("Complex").child(Content::Element(Node::new("Leaf").child(hole(
                6,
                value_type::SID,
                false,
            )))),
        ));
    let provider = Node::new("Provider").attribute("Name", text("Odd"));
    let computer = Node::new("Computer").child(hole(0, value_type::TEXT, false)).child(text(".example"));
    let system = Node::new("System")
        .child(Content::Element(provider))
        .child(Content::Element(Node::new("EventID").child(text("77"))))
        .child(Content::Element(Node::new("Channel").child(text("Odd/Operational"))))
        .child(Content::Element(computer))
        .child(Content::Element(Node::new("EventRecordID").child(hole(7, value_type::U64, false))));
    let event = Node::new("Event").child(Content::Element(system)).child(Content::Element(event_data));
    let values: Vec<Substitution> = vec![
        Value::text("piece").into(),
        Value::U16(7).into(),
        Substitution::Texts(vec!["a".into(), String::new(), "c".into()]),
        Value::Null.into(),
        Value::Bool(true).into(),
        Value::Binary(vec![0, 0xab, 0xff]).into(),
        Value::Sid(Sid::parse("S-1-5-21-1-2-3-500")).into(),
        Value::U64(900).into(),
    ];
    Fragment::Instance { template: Template::new(event), values }
}

fn write(records: &[WindowsRecord], form: Form, per_chunk: u64) -> EvtxWriter {
    let mut writer = EvtxWriter::new().records_per_chunk_max(per_chunk);
    for record in records {
        writer.append(record, form).unwrap();
    }
    writer
}

fn odd_writer() -> EvtxWriter {
    let mut writer = EvtxWriter::new();
    for number in 1..=3 {
        writer.append_fragment(number, Ticks::parse("2024-03-04T08:00:00Z"), &odd_fragment()).unwrap();
    }
    writer
}

/// Files in every form, of several chunks each.
#[allow(dead_code)]
pub fn files() -> Vec<Vec<u8>> {
    let records = records();
    let forms = [Form::Native, Form::Rendered, Form::OldSysmon];
    let mut files: Vec<_> = forms.into_iter().map(|form| write(&records, form, 20).finish()).collect();
    files.push(odd_writer().finish());
    files
}

/// Chunks of a few records each, for mutations that hit something.
#[allow(dead_code)]
pub fn small_chunks() -> Vec<Vec<u8>> {
    let records = records();
    let mut chunks = odd_writer().finish_chunks();
    for form in [Form::Native, Form::Rendered, Form::OldSysmon] {
        for few in records.chunks(7) {
            chunks.extend(write(few, form, 7).finish_chunks());
        }
    }
    chunks.as_chunks::<{ begat_evtx::CHUNK_BYTES }>().0.iter().map(|chunk| chunk.to_vec()).collect()
}

/// A chunk of small records that all refer to one definition of very many fields.
#[allow(dead_code)]
pub fn costly_chunk() -> Vec<u8> {
    let mut data = Node::new("EventData");
    for _ in 0..2_000 {
        let hole = Content::Substitution { index: 0, value_type: value_type::U8, optional: false };
        data = data.child(Content::Element(Node::new("F").child(hole)));
    }
    let template = Template::new(Node::new("Event").child(Content::Element(data)));
    let mut writer = EvtxWriter::new().records_per_chunk_max(300);
    for number in 1..=300 {
        let values = vec![Value::U8(7).into()];
        let fragment = Fragment::Instance { template: template.clone(), values };
        writer.append_fragment(number, Ticks::parse("2024-03-04T08:00:00Z"), &fragment).unwrap();
    }
    let mut chunks = writer.finish_chunks();
    chunks.truncate(begat_evtx::CHUNK_BYTES);
    chunks
}

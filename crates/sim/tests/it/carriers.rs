//! What every carrier ships is well-formed and holds the whole story.

use begat_sim::encode::{CARRIERS, Carrier, Left, Precision, Shipping};
use begat_sim::record::WindowsRecord;
use begat_sim::story::StoryKind;
use begat_sim::value::Ticks;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value as Json;

fn story() -> Vec<WindowsRecord> {
    StoryKind::named("net-user-administrators").unwrap().tell(4).records
}

fn shipped(carrier: &Carrier) -> Vec<u8> {
    carrier.encode(&story(), &Shipping::default()).unwrap()
}

fn json_carriers() -> impl Iterator<Item = &'static Carrier> {
    CARRIERS.iter().filter(|carrier| carrier.extension == "json")
}

fn json_events(bytes: &[u8]) -> Vec<Json> {
    let values = serde_json::Deserializer::from_slice(bytes).into_iter::<Json>();
    let values = values.map(|value| value.expect("well-formed JSON"));
    values.flat_map(|value| if let Json::Array(events) = value { events } else { vec![value] }).collect()
}

#[test]
fn names_are_unique_and_the_same_story_gives_the_same_bytes() {
    for carrier in CARRIERS {
        assert_eq!(CARRIERS.iter().filter(|other| other.name == carrier.name).count(), 1, "{}", carrier.name);
        assert!(shipped(carrier) == shipped(carrier), "{}", carrier.name);
    }
}

#[test]
fn json_carriers_ship_every_event_once() {
    let records = story();
    for carrier in json_carriers() {
        let events = json_events(&shipped(carrier));
        assert_eq!(events.len(), records.len(), "{}", carrier.name);
        for (event, record) in events.iter().zip(&records) {
            let text = event.to_string();
            let has_id = text.contains(&record.record_id.to_string());
            assert!(has_id || carrier.leaves_out.contains(&Left::RecordId), "{}", carrier.name);
            assert!(text.contains(&record.computer), "{}", carrier.name);
        }
    }
}

#[test]
fn framings_are_what_they_say() {
    for carrier in json_carriers() {
        let text = String::from_utf8(shipped(carrier)).unwrap();
        let lines = text.lines().count();
        match (carrier.name.ends_with("-array"), carrier.name.ends_with("-pretty")) {
            (true, _) => assert!(text.starts_with('[') && lines == 1, "{}", carrier.name),
            (_, true) => assert!(lines > story().len() * 10, "{}", carrier.name),
            _ => assert_eq!(lines, story().len(), "{}", carrier.name),
        }
    }
    let xml = |name| String::from_utf8(shipped(Carrier::named(name).unwrap())).unwrap();
    assert_eq!(xml("xml-one-line").matches("</Event>").count(), story().len());
    // The only line breaks left are those inside values.
    assert!(xml("xml-many-lines").lines().count() > 20 * story().len());
    let utf16 = shipped(Carrier::named("xml-utf16").unwrap());
    assert_eq!(utf16[..2], [0xff, 0xfe]);
}

#[test]
fn xml_is_well_formed_and_keeps_every_value() {
    let records = story();
    for carrier in CARRIERS.iter().filter(|carrier| carrier.extension == "xml") {
        let bytes = shipped(carrier);
        let text = if carrier.name == "xml-utf16" {
            let units: Vec<u16> = bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
            String::from_utf16(&units[1..]).unwrap()
        } else {
            String::from_utf8(bytes).unwrap()
        };
        let read = data_of_events(&text);
        assert_eq!(read.len(), records.len(), "{}", carrier.name);
        for (data, record) in read.iter().zip(&records) {
            let expected: Vec<String> =
                record.fields().iter().map(|(_, value)| value.printed().unwrap_or_default()).collect();
            assert_eq!(*data, expected, "{} event {}", carrier.name, record.event_id);
        }
    }
}

/// The texts of the `Data` elements of each event.
fn data_of_events(text: &str) -> Vec<Vec<String>> {
    let mut reader = Reader::from_str(text);
    let mut events = Vec::new();
    let mut inside = false;
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Eof => return events,
            Event::Start(tag) if tag.name().as_ref() == "Event" => events.push(Vec::new()),
            Event::Start(tag) if tag.name().as_ref() == "Data" => {
                inside = true;
                events.last_mut().unwrap().push(String::new());
            }
            Event::Empty(tag) if tag.name().as_ref() == "Data" => {
                events.last_mut().unwrap().push(String::new());
            }
            Event::End(tag) if tag.name().as_ref() == "Data" => inside = false,
            Event::Text(text) if inside => {
                events.last_mut().unwrap().last_mut().unwrap().push_str(&text);
            }
            Event::GeneralRef(reference) if inside => {
                let character = match reference.resolve_char_ref().unwrap() {
                    Some(character) => character,
                    None => quick_xml::escape::resolve_predefined_entity(&reference)
                        .unwrap()
                        .chars()
                        .next()
                        .unwrap(),
                };
                events.last_mut().unwrap().last_mut().unwrap().push(character);
            }
            _ => {}
        }
    }
}

#[test]
fn times_have_the_precision_that_the_carrier_claims() {
    let mut record = story().remove(0);
    record.time = Ticks::parse("2026-03-02T09:14:07.7654321Z");
    // As a clock shows it, in UTC or not, and as seconds or milliseconds since 1970.
    let digits = |carrier: &Carrier| match carrier.precision {
        Precision::Ticks => ["09:14:07.7654321"; 3],
        Precision::Micros => ["09:14:07.765432", "1772442847.765432", "1772442847.765432"],
        Precision::Millis => ["09:14:07.765", "1772442847.765", "/Date(1772442847765"],
        Precision::Seconds => ["05:14:07", "18:14:07", "18:14:07"],
    };
    for carrier in json_carriers() {
        let bytes = carrier.encode(std::slice::from_ref(&record), &Shipping::default()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let expected = digits(carrier).into_iter().find(|digits| text.contains(digits));
        let expected =
            expected.unwrap_or_else(|| panic!("{}: not as precise as it claims: {text}", carrier.name));
        let at = text.find(expected).unwrap();
        let next = text.as_bytes()[at + expected.len()];
        assert!(!next.is_ascii_digit() && next != b'.', "{}: finer than it claims", carrier.name);
    }
}

#[test]
fn nxlog_moves_its_own_event_type_aside_for_sysmons() {
    let events = json_events(&shipped(Carrier::named("nxlog").unwrap()));
    let key = events.iter().find(|event| event["EventID"] == 12).unwrap();
    assert_eq!((&key["EventType"], &key["EventTypeOrignal"]), (&"CreateKey".into(), &"INFO".into()));
    let created = events.iter().find(|event| event["EventID"] == 4720).unwrap();
    assert_eq!(created["Keywords"], -9_214_364_837_600_034_816_i64);
    assert_eq!(created["EventType"], "AUDIT_SUCCESS");
}

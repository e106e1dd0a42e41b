//! A short, repeatable run of what the fuzz targets do: good records, damaged at random, must never panic.

use crate::harness::{
    clixml_objects, enclosed_records, event_texts, json_records, messages, prefixed_lines, table_rows,
    xml_records,
};
use begat_ingest::Schemas;
use begat_sim::encode::{CARRIERS, Shipping};
use begat_sim::events::{Draft, EVENT_KINDS, Envelope};
use begat_sim::value::Ticks;
use begat_trial::{Random, mutate};

/// Damaged records of each carrier: there are some sixty.
const ROUNDS: u64 = 60;

/// Bytes that mean something to JSON or XML.
const TELLING: &[u8] = b"{}[]\"\\,:<>/&;'=! \n\r\t\0\xff\xfe-0e.";

#[test]
fn damaged_records_never_panic() {
    let records: Vec<_> = EVENT_KINDS
        .iter()
        .enumerate()
        .filter(|(_, kind)| matches!(kind.event_id, 1 | 1102 | 4688 | 4720))
        .map(|(index, kind)| {
            Draft::new(kind).written(Envelope {
                record_id: index as u64,
                time: Ticks::parse("2026-03-02T09:15:42Z"),
                computer: "WS1".to_owned(),
                execution: (4, 8),
                activity_id: None,
            })
        })
        .collect();
    let schemas = Schemas::built_in();
    let mut random = Random::new(20_260_302);
    let mut events = 0;
    for carrier in CARRIERS.iter().filter(|carrier| carrier.extension != "evtx") {
        let good = carrier.encode(&records, &Shipping::default()).unwrap();
        let harness = if carrier.extension == "xml" { xml_records } else { json_records };
        for round in 0..ROUNDS {
            let mut bytes = good.clone();
            mutate(&mut bytes, TELLING, &mut random);
            let held = std::panic::catch_unwind(|| harness(&bytes, &schemas));
            let held = held.unwrap_or_else(|_| {
                panic!("{} round {round}: {:?}", carrier.name, String::from_utf8_lossy(&bytes))
            });
            events += held;
        }
    }
    assert!(events > 0, "some records outlive the damage");
}

#[test]
fn damaged_texts_for_people_never_panic() {
    const TABLE: &[u8] = b"Audit Success,3/13/2026 9:15:42 AM,Microsoft-Windows-Security-Auditing,4720,x,\"A user account was \
        created.\r\n\r\nSubject:\r\n\tLogon ID:\t\t0x3E7\r\n\r\nNew Account:\r\n\tAccount Name:\t\tann\r\n\tAccount Domain:\t\tWS7\r\n\"\r\n";
    const MESSAGE: &[u8] = b"A user account was created.\n\nSubject:\n\tLogon ID:\t\t0x3E7\n\nNew Account:\n\tAccount Name:\t\tann\n\
        \tAccount Domain:\t\tWS7\n";
    const MEMBERS: &[u8] = b"<S N=\"LogName\">Security</S><S N=\"MachineName\">A</S><DT N=\"TimeCreated\">2026-03-02T09:15:42Z</DT>\
        <Obj N=\"Properties\" RefId=\"1\"><LST><Obj RefId=\"2\"><Props><S N=\"Value\">a_x000D_</S></Props></Obj></LST></Obj>";
    const LINE: &[u8] = b"Oct 19 14:42:41 A b[7]: {\"winlog\":{\"event_id\":4720,\"channel\":\"Security\",\"computer_name\":\"A\"}}\n";
    const OBJECT: &[u8] = b"{\"winlog\":{\"event_id\":4720,\"channel\":\"Security\",\"computer_name\":\"A\"},\"@timestamp\":\"2026-03-02T09:15:42Z\"}";
    const EVENT: &[u8] = b"<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4720</EventID><Channel>Security</Channel>\
        <Computer>A</Computer><TimeCreated SystemTime='2026-01-01T00:00:00Z'/></System><EventData/></Event>";
    let schemas = Schemas::built_in();
    let mut random = Random::new(20_260_302);
    let mut events = 0;
    for (good, harness) in [
        (TABLE, table_rows as fn(&[u8], &Schemas) -> u64),
        (MESSAGE, messages),
        (MEMBERS, clixml_objects),
        (LINE, prefixed_lines),
        (OBJECT, enclosed_records),
        (EVENT, event_texts),
    ] {
        for round in 0..ROUNDS {
            let mut bytes = good.to_vec();
            mutate(&mut bytes, TELLING, &mut random);
            let held = std::panic::catch_unwind(|| harness(&bytes, &schemas));
            events += held.unwrap_or_else(|_| panic!("round {round}: {:?}", String::from_utf8_lossy(&bytes)));
        }
    }
    assert!(events > 0, "some outlive the damage");
}

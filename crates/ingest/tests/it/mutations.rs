//! A short, repeatable run of what the fuzz targets do: good records, damaged at random, must never panic.

use crate::harness::{json_records, xml_records};
use begat_ingest::Schemas;
use begat_sim::encode::{CARRIERS, Shipping};
use begat_sim::events::{Draft, EVENT_KINDS, Envelope};
use begat_sim::value::Ticks;
use begat_trial::{Random, mutate};

const ROUNDS: u64 = 150;

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

//! A short, repeatable run of what the fuzz targets do: good records, damaged at random, must never panic.
#![allow(clippy::unwrap_used, reason = "a test that fails there fails")]

mod harness;

use begat_ingest::Schemas;
use begat_sim::encode::{CARRIERS, Shipping};
use begat_sim::events::{Draft, EVENT_KINDS, Envelope};
use begat_sim::value::Ticks;
use harness::{json_records, xml_records};

const ROUNDS: u64 = 150;

/// SplitMix64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Bytes that mean something to JSON or XML.
const TELLING: &[u8] = b"{}[]\"\\,:<>/&;'=! \n\r\t\0\xff\xfe-0e.";

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(6) {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << random.below(8),
            2 => bytes[at] = TELLING[random.below(TELLING.len())],
            3 => bytes.insert(at, TELLING[random.below(TELLING.len())]),
            4 => drop(bytes.drain(at..(at + random.below(40)).min(bytes.len()))),
            _ => {
                let from = random.below(bytes.len());
                let piece = bytes[from..(from + random.below(200)).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
        }
        if bytes.is_empty() {
            return;
        }
    }
}

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
    let mut random = Random(20_260_302);
    let mut events = 0;
    for carrier in CARRIERS.iter().filter(|carrier| carrier.extension != "evtx") {
        let good = carrier.encode(&records, &Shipping::default()).unwrap();
        let harness = if carrier.extension == "xml" { xml_records } else { json_records };
        for round in 0..ROUNDS {
            let mut bytes = good.clone();
            mutate(&mut bytes, &mut random);
            let held = std::panic::catch_unwind(|| harness(&bytes, &schemas));
            let held = held.unwrap_or_else(|_| {
                panic!("{} round {round}: {:?}", carrier.name, String::from_utf8_lossy(&bytes))
            });
            events += held;
        }
    }
    assert!(events > 0, "some records outlive the damage");
}

//! The order of input means nothing: events shuffled, spread over files and repeated, and hosts mixed, give the same
//! bytes.

use std::fs;
use std::process::Command;

use begat_sim::encode::{Carrier, Shipping};
use begat_sim::record::WindowsRecord;
use begat_sim::rng::Rng;
use begat_sim::story::STORIES;
use begat_sim::world::{HostSpec, Telemetry};
use proptest::prelude::*;
use serde_json::Value as Json;

/// Hosts of a fleet; each plays a story of its own.
const HOSTS: &[&str] = &["app01.corp.example", "app02.corp.example", "web07.corp.example"];

/// What `begat hunt --format jsonl` prints of these files. Where each event was read is left out: that is what
/// differs by design.
fn hunted(files: &[Vec<WindowsRecord>], carrier: &str) -> String {
    let carrier = Carrier::named(carrier).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (place, records) in files.iter().enumerate() {
        let bytes = carrier.encode(records, &Shipping::default()).unwrap();
        fs::write(folder.path().join(format!("{place}.{}", carrier.extension)), bytes).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_begat"))
        .args(["hunt", "--format", "jsonl", "--quiet"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().map(|line| {
        let mut case: Json = serde_json::from_str(line).unwrap();
        leave_out_reading(&mut case);
        format!("{case}\n")
    });
    lines.collect()
}

/// Leaves out what tells of the reading and not of the host: where each event was read, and how many records were
/// read of a host without process telemetry, repetitions among them.
fn leave_out_reading(json: &mut Json) {
    match json {
        Json::Object(fields) => {
            fields.remove("source");
            if fields.get("kind").is_some_and(|kind| kind == "no_process_telemetry") {
                fields.remove("detail");
            }
            fields.values_mut().for_each(leave_out_reading);
        }
        Json::Array(items) => items.iter_mut().for_each(leave_out_reading),
        _ => {}
    }
}

/// A line without what the rest of the input says of its case: how rare its creator is, where else its name stands,
/// what it is like; and so how severe it is, and what a responder does first.
fn by_itself(line: &str) -> String {
    let mut told: Json = serde_json::from_str(line).unwrap();
    if told["schema"] == "begat.case/1" {
        let case = told.as_object_mut().unwrap();
        ["wave", "severity", "response"].iter().for_each(|name| drop(case.remove(*name)));
        case["context"]["rarity"] = Json::Null;
        let of_the_rest = |kind: &Json| kind == "like_site_name" || kind == "unlike_site_names";
        case["context"]["name_signs"].as_array_mut().unwrap().retain(|sign| !of_the_rest(&sign["kind"]));
        case["risk"]["score"] = Json::Null;
        case["risk"]["terms"].as_array_mut().unwrap().retain(|term| term["name"] != "same_name_elsewhere");
    }
    told.to_string()
}

/// The first line of one that the other does not have, short enough to read.
fn first_difference(told: &str, expected: &str) -> Option<String> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (told, expected) = (lines(told), lines(expected));
    if told.len() != expected.len() {
        return Some(format!("{} cases, not {}", told.len(), expected.len()));
    }
    told.iter().zip(&expected).find(|(told, expected)| told != expected).map(|(told, expected)| {
        let same = told.bytes().zip(expected.bytes()).take_while(|(one, other)| one == other).count();
        let around = |line: &str| line.bytes().skip(same.saturating_sub(80)).take(240).collect::<Vec<u8>>();
        let shown = |line: &str| String::from_utf8_lossy(&around(line)).into_owned();
        format!("told {}\nexpected {}", shown(told), shown(expected))
    })
}

/// Each host's records, of a story drawn for it.
fn fleet(rng: &mut Rng) -> Vec<Vec<WindowsRecord>> {
    let tell = |host: &&'static str| {
        let story = rng.pick(STORIES);
        let spec = HostSpec::server(host, *rng.pick(&[Telemetry::AUDITED, Telemetry::FULL]));
        let records = story.tell_on(spec, rng.bits() >> 8).records;
        // What other hosts a story needs have the same names in every telling.
        records.into_iter().filter(|record| record.computer == *host).collect()
    };
    HOSTS.iter().map(tell).collect()
}

fn shuffle<T>(rng: &mut Rng, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        items.swap(last, usize::try_from(rng.between(0, last as u64)).unwrap());
    }
}

/// Spread over so many files, at random.
fn spread(rng: &mut Rng, records: Vec<WindowsRecord>, files: u64) -> Vec<Vec<WindowsRecord>> {
    let mut spread = vec![Vec::new(); usize::try_from(files).unwrap()];
    for record in records {
        spread[usize::try_from(rng.between(0, files - 1)).unwrap()].push(record);
    }
    spread.retain(|file| !file.is_empty());
    spread
}

/// Where a case is told differently beside other hosts than alone.
fn difference_of_together(seed: u64) -> Option<String> {
    let mut rng = Rng::new(seed);
    let hosts = fleet(&mut rng);
    let by_themselves = |text: &str| text.lines().map(by_itself).collect::<Vec<String>>();
    let mut alone: Vec<String> =
        hosts.iter().flat_map(|host| by_themselves(&hunted(std::slice::from_ref(host), "evtx"))).collect();
    let mut mixed = hosts.concat();
    shuffle(&mut rng, &mut mixed);
    let together = hunted(&[mixed], "evtx");
    let mut together = by_themselves(&together);
    alone.sort_unstable();
    together.sort_unstable();
    first_difference(&together.join("\n"), &alone.join("\n"))
}

fn few_cases() -> ProptestConfig {
    // Failing seeds are short enough to stand in the message; nothing is written beside the sources.
    ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(few_cases())]

    #[test]
    fn shuffled_spread_and_repeated_events_give_the_same_bytes(
        seed in any::<u64>(), files in 1_u64..6, repeated_percent in 0_u64..=100,
        carrier in prop::sample::select(vec!["evtx", "evtx-dump", "winlogbeat", "xml", "nxlog"]),
    ) {
        let mut rng = Rng::new(seed);
        let in_order: Vec<WindowsRecord> = fleet(&mut rng).concat();
        let expected = hunted(std::slice::from_ref(&in_order), carrier);
        prop_assert!(!expected.is_empty());

        let mut shuffled = in_order;
        let again: Vec<WindowsRecord> =
            shuffled.iter().filter(|_| rng.between(1, 100) <= repeated_percent).cloned().collect();
        shuffled.extend(again);
        shuffle(&mut rng, &mut shuffled);
        let files = spread(&mut rng, shuffled, files);
        prop_assert_eq!(first_difference(&hunted(&files, carrier), &expected), None);
    }

    #[test]
    fn hosts_together_are_told_as_each_alone(seed in any::<u64>()) {
        prop_assert_eq!(difference_of_together(seed), None);
    }
}

#[test]
fn what_to_do_first_may_hang_on_the_rest_and_nothing_else_does() {
    // A name that stands on two hosts raises the severity of both, and with it what a responder does first.
    assert_eq!(difference_of_together(3_900_678_609_481_805_204), None);
}

//! A simulated fleet, hunted however its records were shuffled, split over files and repeated: the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use begat_sim::encode::{Carrier, Shipping};
use begat_sim::record::WindowsRecord;
use begat_sim::rng::Rng;
use begat_sim::story::{STORIES, StoryKind};
use serde_json::Value as Json;

/// Every story with a seed of its own: busy hosts whose stories overlap, each record with a number of its own.
fn fleet() -> Vec<WindowsRecord> {
    let tell = |(story, seed): (&StoryKind, u64)| {
        let mut records = story.tell(seed).records;
        records.iter_mut().for_each(|record| record.record_id += seed * 1_000_000);
        records
    };
    STORIES.iter().zip(1..).flat_map(tell).collect()
}

/// What the program says, but for the names of files, which a split changes.
fn hunt(folder: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_begat"))
        .args(["hunt", "--format", "jsonl", "--quiet"])
        .arg(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let without_sources = |line: &str| {
        let mut case: Json = serde_json::from_str(line).unwrap();
        forget_sources(&mut case);
        format!("{case}\n")
    };
    text.lines().map(without_sources).collect()
}

fn forget_sources(value: &mut Json) {
    match value {
        Json::Object(fields) => {
            fields.remove("source");
            fields.values_mut().for_each(forget_sources);
        }
        Json::Array(values) => values.iter_mut().for_each(forget_sources),
        _ => {}
    }
}

/// Hunts files of these records, each file in its carrier.
fn hunt_files(files: &[(&str, Vec<WindowsRecord>)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (number, (carrier, records)) in files.iter().enumerate() {
        let carrier = Carrier::named(carrier).unwrap();
        let bytes = carrier.encode(records, &Shipping::default()).unwrap();
        fs::write(folder.path().join(format!("{number}.{}", carrier.extension)), bytes).unwrap();
    }
    hunt(folder.path())
}

/// Line by line, so that a failure shows one case.
fn same(told: &str, expected: &str, what: &str) {
    for (told, expected) in told.lines().zip(expected.lines()) {
        assert_eq!(told, expected, "{what}");
    }
    assert_eq!(told.len(), expected.len(), "{what}");
}

#[test]
fn any_permutation_split_and_repetition_gives_the_same_bytes() {
    let records = fleet();
    // How records are read differs by carrier, what is made of their order does not: one of them takes all the turns.
    for (carrier, seeds) in [("evtx", 1..=3), ("winlogbeat", 3..=3), ("nxlog", 2..=2), ("xml", 1..=1)] {
        let whole = hunt_files(&[(carrier, records.clone())]);
        assert!(whole.lines().count() >= STORIES.len() / 2, "{carrier}");
        for seed in seeds {
            let mut rng = Rng::new(seed);
            let mut files: BTreeMap<u64, Vec<WindowsRecord>> = BTreeMap::new();
            for record in &records {
                for _ in 0..1 + rng.between(0, 9) / 9 {
                    files.entry(rng.between(0, seed)).or_default().push(record.clone());
                }
            }
            for file in files.values_mut() {
                for index in (1..file.len()).rev() {
                    file.swap(index, rng.between(0, index as u64) as usize);
                }
            }
            let files: Vec<_> = files.into_values().map(|records| (carrier, records)).collect();
            same(&hunt_files(&files), &whole, &format!("{carrier}, seed {seed}"));
        }
    }
}

#[test]
fn a_coarser_copy_of_every_record_changes_nothing() {
    let records = fleet();
    let alone = hunt_files(&[("evtx", records.clone())]);
    for copy in ["winlogbeat", "nxlog"] {
        same(&hunt_files(&[("evtx", records.clone()), (copy, records.clone())]), &alone, copy);
    }
}

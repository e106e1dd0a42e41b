//! Every story of the simulator in the formats of other systems, held against the schemas that these publish.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::published::{Ecs, Ocsf};
use begat_sim::encode::{Carrier, Shipping};
use begat_sim::story::STORIES;
use serde_json::Value as Json;

/// A folder with a log of every story.
fn stories() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for kind in STORIES {
        for (seed, carrier) in [(1, "evtx"), (2, "winlogbeat")] {
            let carrier = Carrier::named(carrier).unwrap();
            let bytes = carrier.encode(&kind.tell(seed).records, &Shipping::default()).unwrap();
            fs::write(folder.path().join(format!("{}-{seed}.{}", kind.name, carrier.extension)), bytes)
                .unwrap();
        }
    }
    folder
}

fn logs(folder: &Path) -> Vec<PathBuf> {
    let mut logs: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|log| log.unwrap().path()).collect();
    logs.sort();
    logs
}

/// Each log is hunted alone: stories share names of hosts.
fn hunt(log: &Path, args: &[&str]) -> Vec<Json> {
    let output = Command::new(env!("CARGO_BIN_EXE_begat"))
        .args(["hunt", "--quiet"])
        .args(args)
        .arg(log)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_story_is_told_in_ecs_as_elastic_publishes_it() {
    let Some(ecs) = Ecs::published() else { return };
    let folder = stories();
    let mut kinds = std::collections::BTreeSet::new();
    for log in logs(folder.path()) {
        for document in hunt(&log, &["-t", "ecs"]) {
            assert_eq!(ecs.faults(&document), Vec::<String>::new(), "{}: {document:#}", log.display());
            kinds.insert(
                document["event"]["dataset"].to_string() + &document["labels"]["verdict"].to_string(),
            );
        }
    }
    assert!(kinds.len() >= 7, "all six verdicts and findings: {kinds:?}");
}

#[test]
fn every_story_is_told_in_ocsf_as_it_is_published() {
    let Some(ocsf) = Ocsf::published() else { return };
    let folder = stories();
    for log in logs(folder.path()) {
        for event in hunt(&log, &["-t", "ocsf"]) {
            assert_eq!(ocsf.faults(&event), Vec::<String>::new(), "{}: {event:#}", log.display());
        }
    }
}

/// Every case has its creation on the timeline, and every record that the case rests on is told or told of.
#[test]
fn every_story_is_on_the_timeline_and_its_pivots_lead_somewhere() {
    let folder = stories();
    for log in logs(folder.path()) {
        let told = hunt(&log, &["-t", "jsonl"]);
        let cases: Vec<&Json> = told.iter().filter(|it| it["schema"] == "begat.case/1").collect();
        let timeline = hunt(&log, &["-t", "timesketch"]);
        let times: Vec<i64> = timeline.iter().map(|line| line["timestamp"].as_i64().unwrap()).collect();
        assert!(times.is_sorted(), "{}", log.display());
        for case in &cases {
            let lines: Vec<&Json> =
                timeline.iter().filter(|line| line["case_id"] == case["case_id"]).collect();
            let of = |what: &str| lines.iter().filter(|line| line["timestamp_desc"] == what).count();
            assert_eq!(of("Account created"), 1, "{}", log.display());
            assert_eq!(of("Account changed"), case["afterwards"].as_array().unwrap().len());
        }
        let findings = timeline.iter().filter(|line| line["timestamp_desc"] == "Finding").count();
        assert_eq!(findings, told.len() - cases.len(), "{}", log.display());
        let pivots = hunt(&log, &["--pivots", "-t", "jsonl"]);
        for case in cases.iter().filter(|case| case["account"]["sid"].is_string()) {
            let is_its = |pivot: &&Json| pivot["type"] == "sid" && pivot["value"] == case["account"]["sid"];
            let pivot = pivots.iter().find(is_its);
            assert!(pivot.is_some(), "{}: {}", log.display(), case["account"]);
        }
    }
}

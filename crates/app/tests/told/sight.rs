//! One source taken from one host: that cell falls, and those that ride on it; of no other host anything moves.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use begat_model::prerequisite::PREREQUISITES;
use begat_sim::encode::{Carrier, Shipping};
use begat_sim::record::WindowsRecord;
use begat_sim::story::StoryKind;
use serde_json::Value as Json;

/// Two hosts that log all there is, each with a story of its own.
fn site() -> Vec<WindowsRecord> {
    let tell = |(story, host): (&str, &str)| {
        let mut records = StoryKind::named(story).unwrap().tell(3).records;
        records.iter_mut().for_each(|record| record.computer = host.to_owned());
        records
    };
    [("net-user", "WS1"), ("new-localuser", "WS2")].into_iter().flat_map(tell).collect()
}

/// By host, what coverage says of it.
fn coverage(records: &[WindowsRecord], carrier: &str) -> BTreeMap<String, Json> {
    let folder = tempfile::tempdir().unwrap();
    let carrier = Carrier::named(carrier).unwrap();
    let path = folder.path().join(format!("site.{}", carrier.extension));
    fs::write(&path, carrier.encode(records, &Shipping::default()).unwrap()).unwrap();
    let output =
        Command::new(env!("CARGO_BIN_EXE_begat")).args(["coverage", "-q"]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let told = lines.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    told.map(|host| (host["host"]["name"].as_str().unwrap().to_owned(), host)).collect()
}

/// By prerequisite, its state and the hours in which it was seen.
fn cells(host: &Json) -> BTreeMap<String, (String, u64)> {
    let cells = host["prerequisites"].as_array().unwrap().iter();
    let cell = |cell: &Json| {
        let state = cell["state"].as_str().unwrap().to_owned();
        (cell["name"].as_str().unwrap().to_owned(), (state, cell["hours_seen"].as_u64().unwrap()))
    };
    cells.map(cell).collect()
}

fn shows(record: &WindowsRecord, logs: &[(&str, &[u32])]) -> bool {
    logs.iter().any(|(log, ids)| record.channel == *log && ids.contains(&u32::from(record.event_id)))
}

#[test]
fn a_source_taken_from_one_host_falls_alone_with_what_rides_on_it() {
    for carrier in ["evtx", "winlogbeat"] {
        let records = site();
        let whole = coverage(&records, carrier);
        assert_eq!(whole.len(), 2);
        let shown = |host: &Json| cells(host).values().filter(|(_, hours)| *hours > 0).count();
        let victim = whole.keys().max_by_key(|name| shown(&whole[*name])).unwrap();
        let before = cells(&whole[victim]);
        let mut taken = 0;
        for row in PREREQUISITES {
            let name = row.prerequisite.slug();
            if before[name].1 == 0 {
                continue;
            }
            let is_taken = |record: &&WindowsRecord| {
                record.computer.eq_ignore_ascii_case(victim) && shows(record, row.logs)
            };
            let left: Vec<WindowsRecord> =
                records.iter().filter(|record| !is_taken(record)).cloned().collect();
            let told = coverage(&left, carrier);
            let after = cells(&told[victim]);
            assert_eq!(after[name].1, 0, "{carrier}: {name} was taken");
            taken += 1;
            for other in PREREQUISITES {
                let shares = other.logs.iter().any(|(log, ids)| {
                    row.logs
                        .iter()
                        .any(|(taken, gone)| log == taken && ids.iter().any(|id| gone.contains(id)))
                });
                if !shares {
                    let other = other.prerequisite.slug();
                    assert_eq!(after[other], before[other], "{carrier}: {other} does not ride on {name}");
                }
            }
            for (host, others) in whole.iter().filter(|(host, _)| *host != victim) {
                assert_eq!(&told[host], others, "{carrier}: {name} was taken from another host");
            }
        }
        assert!(taken >= 6, "{carrier}: the host shows much: {before:?}");
    }
}

#[test]
fn what_was_switched_off_is_off_from_that_moment_in_every_carrier() {
    let records = StoryKind::named("audit-switched-off").unwrap().tell(3).records;
    for carrier in ["evtx", "winlogbeat", "xml"] {
        let told = coverage(&records, carrier);
        let host = told.values().next().unwrap();
        let cell = |name: &str| {
            let cells = host["prerequisites"].as_array().unwrap();
            cells.iter().find(|cell| cell["name"] == name).unwrap().clone()
        };
        for name in ["process_creation", "command_line", "parent"] {
            assert_eq!(cell(name)["state"], "off", "{carrier}: {name}");
            assert!(cell(name)["off_since"].is_string(), "{carrier}: {name}");
        }
        assert_eq!(cell("logon")["state"], "seen", "{carrier}");
        let losses = host["blind_spots"].as_array().unwrap();
        let off = losses.iter().find(|loss| loss["kind"] == "audit_switched_off").unwrap();
        assert_eq!((&off["creations"], off["since"].is_string()), (&1.into(), true), "{carrier}: {off}");
    }
}

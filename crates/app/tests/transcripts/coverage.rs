//! `begat coverage`: what hosts could have shown, and what not.

use serde_json::Value as Json;

use crate::logs;
use crate::session::Session;

/// One host that logs processes, one that does not.
fn site() -> Session {
    let blind: Vec<_> = logs::net_user("PC2.corp.example")
        .into_iter()
        .filter(|record| !matches!(record.event_id, 4688 | 4689))
        .collect();
    Session::new()
        .log("logs/PC1.evtx", "evtx", &logs::net_user("PC1.corp.example"))
        .log("logs/PC2.evtx", "evtx", &blind)
        .file("hosts.csv", "host,role,owner\nPC1,kiosk,\nPC7,file server,it\n")
}

#[test]
fn for_people() {
    insta::assert_snapshot!(site().transcript(&["coverage", "-t", "table", "logs"]));
    insta::assert_snapshot!(site().transcript(&[
        "coverage",
        "-t",
        "table",
        "--inventory",
        "hosts.csv",
        "logs"
    ]));
}

#[test]
fn for_programs() {
    let session = site();
    let lines = session.stdout(&["coverage", "-q", "--inventory", "hosts.csv", "logs"]);
    let hosts: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = hosts.iter().map(|host| host["host"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["PC1.corp.example", "PC2.corp.example", "PC7"]);
    let state = |host: usize, name: &str| {
        let cells = hosts[host]["prerequisites"].as_array().unwrap();
        cells.iter().find(|cell| cell["name"] == name).unwrap()["state"].as_str().unwrap()
    };
    assert_eq!((state(0, "process_creation"), state(1, "process_creation")), ("seen", "silent"));
    assert_eq!((state(1, "account_management"), state(1, "sam_keys")), ("seen", "unknown"));
    assert_eq!(hosts[1]["blind_spots"][0]["kind"], "no_process_creation");
    assert_eq!(hosts[1]["blind_spots"][0]["creations"], 1);
    assert!(hosts[1]["blind_spots"][0]["mend"].as_str().unwrap().contains("0CCE922B"));
    assert_eq!((&hosts[2]["from"], &hosts[2]["score"]), (&Json::Null, &Json::Null));
    assert_eq!(hosts[2]["blind_spots"][0]["kind"], "host_silent");
}

#[test]
fn a_spreadsheet_has_a_row_for_each_host_and_prerequisite_and_no_formula() {
    let session = Session::new().log("PC1.evtx", "evtx", &logs::net_user("=cmd|'/c calc'!A1"));
    let table = session.stdout(&["coverage", "-q", "-t", "csv", "PC1.evtx"]);
    assert_eq!(table.lines().count(), 13, "{table}");
    assert!(table.lines().skip(1).all(|row| !row.starts_with('=')), "{table}");
}

#[test]
fn a_layer_of_the_navigator_has_the_technique_and_a_gradient() {
    let layer: Json =
        serde_json::from_str(&site().stdout(&["coverage", "-q", "-t", "navigator", "logs"])).unwrap();
    assert_eq!(layer["techniques"][0]["techniqueID"], "T1136.001");
    assert_eq!(layer["versions"]["layer"], "4.5");
    let gradient = &layer["gradient"];
    assert!(gradient["colors"].as_array().unwrap().len() >= 2);
    assert!(gradient["maxValue"].as_u64() > gradient["minValue"].as_u64());
    let score = layer["techniques"][0]["score"].as_u64().unwrap();
    assert!((40..100).contains(&score), "{score}");
}

#[test]
fn the_exit_status_tells_a_blind_spot_that_was_named() {
    let session = site();
    let coverage = |kind| session.status(&["coverage", "-q", "--fail-on-blind-spot", kind, "logs"]);
    assert_eq!((coverage("no_process_creation"), coverage("log_cleared")), (1, 0));
    let session = Session::new().file("notes.txt", "nothing of Windows\n");
    assert_eq!(session.status(&["coverage", "notes.txt"]), 2, "silence is no answer");
}

#[test]
fn what_is_configured_is_held_against_what_is_seen() {
    let row = |machine, guid, value| {
        format!("{machine},System,,{{0CCE92{guid}-69AE-11D9-BED3-505054503030}},,,{value}\n")
    };
    let rows = [row("PC1", "2B", 0), row("PC2", "2B", 1), row("PC2", "2C", 0), row("PC2", "37", 0)].concat();
    let session = site().file("audit.csv", rows).file("words.csv", row("PC1", "2B", 9));
    let lines = session.stdout(&["coverage", "-q", "--audit-policy", "audit.csv", "logs"]);
    let hosts: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds = |host: &Json| {
        let losses = host["blind_spots"].as_array().unwrap().iter();
        losses.map(|loss| loss["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(kinds(&hosts[0]).contains(&"seen_not_configured".to_owned()), "{:?}", hosts[0]);
    assert!(kinds(&hosts[1]).contains(&"configured_not_seen".to_owned()), "{:?}", hosts[1]);
    let cell = |name: &str| {
        let cells = hosts[1]["prerequisites"].as_array().unwrap();
        let cell = cells.iter().find(|cell| cell["name"] == name).unwrap();
        (cell["state"].as_str().unwrap(), cell["configured"].as_bool())
    };
    assert_eq!(cell("process_end"), ("off", Some(false)));
    assert_eq!(cell("groups"), ("seen", Some(false)), "what is seen is seen");
    assert_eq!(cell("logon"), ("seen", None));
    insta::assert_snapshot!(session.transcript(&["coverage", "--audit-policy", "words.csv", "logs"]));
}

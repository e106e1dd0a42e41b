//! `begat coverage`: what hosts could have shown, and what not.

use serde_json::Value as Json;

use crate::logs;
use crate::session::Session;

/// One host that logs processes, one that does not.
fn site() -> Session {
    logs::half_blind_site().file("hosts.csv", "host,role,owner\nPC1,kiosk,\nPC7,file server,it\n")
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

/// Alerts are of what a rule hit: that one is there does not say that its like would be.
#[test]
fn what_rules_hit_is_no_sight_of_a_host() {
    let records = logs::net_user("PC1.corp.example");
    for (carrier, expected) in [("wazuh", "seen"), ("wazuh-alert", "unknown")] {
        let session = Session::new().log("feed.json", carrier, &records);
        let lines = session.stdout(&["coverage", "-q", "feed.json"]);
        let host: Json = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
        let cells = host["prerequisites"].as_array().unwrap();
        let state = |name: &str| cells.iter().find(|cell| cell["name"] == name).unwrap()["state"].clone();
        assert_eq!(state("process_creation"), expected, "{carrier}");
        assert_eq!(state("account_management"), expected, "{carrier}");
        assert_eq!(
            session.stdout(&["hunt", "-q", "feed.json"]).lines().count(),
            1,
            "and a case may start there"
        );
    }
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

/// A schema with no room for fields that it does not name.
fn close(value: &mut Json) {
    match value {
        Json::Object(fields) => {
            fields.values_mut().for_each(close);
            if fields.contains_key("properties") {
                fields.insert("additionalProperties".to_owned(), Json::Bool(false));
            }
        }
        Json::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

const SYSMON: &str = r#"<Sysmon schemaversion="4.90"><EventFiltering><ProcessCreate onmatch="exclude">
    <Image condition="image">net.exe</Image></ProcessCreate></EventFiltering></Sysmon>"#;

/// The same site, with Sysmon on a third host.
fn site_with_sysmon() -> Session {
    let records = begat_sim::story::StoryKind::named("net-user-administrators").unwrap().tell(3).records;
    site().log("logs/full.evtx", "evtx", &records).file("sysmon.xml", SYSMON).file("old.jsonl", OLD)
}

/// PC1 wrote groups and scripts then, and PC9 was there.
const OLD: &str = "{\"schema\":\"begat.coverage/1\",\"host\":{\"name\":\"PC2\",\"names\":[\"PC2\"]},\
    \"from\":\"2026-02-02T09:00:00Z\",\"prerequisites\":[{\"name\":\"process_creation\",\"state\":\"seen\"},\
    {\"name\":\"wmi\",\"state\":\"seen\"}],\"blind_spots\":[{\"kind\":\"log_cleared\"}]}\n\
    {\"schema\":\"begat.coverage/1\",\"host\":{\"name\":\"PC9\",\"names\":[\"PC9\"]},\
    \"from\":\"2026-02-02T09:00:00Z\",\"prerequisites\":[],\"blind_spots\":[]}\n";

#[test]
fn what_is_written_is_what_the_schema_says() {
    let session = site_with_sysmon();
    let mut schema: Json = serde_json::from_str(&session.stdout(&["schema", "coverage"])).unwrap();
    close(&mut schema);
    let schema = begat_trial::JsonSchema::of(&schema).unwrap();
    let options =
        ["--inventory", "hosts.csv", "--sysmon-config", "sysmon.xml", "--since", "old.jsonl", "logs"];
    let lines = session.stdout(&[&["coverage", "-q"], &options[..]].concat());
    let hosts: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(hosts.len(), 5, "three that are heard, one of the inventory, one that is gone");
    for host in &hosts {
        assert_eq!(schema.complaints(host), Vec::<String>::new());
    }
    let with = |field: &str| hosts.iter().filter(|host| host.get(field).is_some()).count();
    assert_eq!((with("left_out"), with("since")), (1, 5));
}

#[test]
fn what_went_dark_and_what_sysmon_swallows_is_told() {
    let session = site_with_sysmon();
    insta::assert_snapshot!(session.transcript(&[
        "coverage",
        "-q",
        "-t",
        "table",
        "--since",
        "old.jsonl",
        "--sysmon-config",
        "sysmon.xml",
        "logs"
    ]));
    let lines = session.stdout(&["coverage", "-q", "--since", "old.jsonl", "logs"]);
    let host = |name: &str| {
        let of_name = |host: &Json| host["host"]["name"].as_str().unwrap().starts_with(name);
        lines.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()).find(of_name).unwrap()
    };
    let since = host("PC2")["since"].clone();
    assert_eq!(since["went_dark"], serde_json::json!(["process_creation"]));
    assert_eq!(since["not_seen_again"], serde_json::json!(["wmi"]), "rare: its absence shows nothing");
    assert_eq!(host("PC9")["blind_spots"][0]["kind"], "host_gone");
}

#[test]
fn what_is_no_configuration_and_no_ledger_is_refused_with_its_line() {
    let session = site().file("x.xml", "<html/>").file("x.jsonl", "{\"schema\":\"begat.case/1\"}\n");
    for option in [["--sysmon-config", "x.xml"], ["--since", "x.jsonl"], ["--since", "nowhere.jsonl"]] {
        insta::assert_snapshot!(session.transcript(&["coverage", option[0], option[1], "logs"]));
    }
}

#[test]
fn a_page_escapes_what_logs_say_and_has_every_mend() {
    let session = Session::new().log("PC1.evtx", "evtx", &logs::without_processes("<img src=x>"));
    let page = session.stdout(&["coverage", "-q", "-t", "html", "PC1.evtx"]);
    assert!(!page.contains("<img src=x>") && page.contains("&lt;img src=x&gt;"), "{page}");
    assert!(page.contains("Content-Security-Policy") && page.contains("What could be seen"));
    let session = site().file("old.jsonl", OLD);
    let page = session.stdout(&["coverage", "-q", "-t", "html", "--since", "old.jsonl", "logs"]);
    assert!(page.contains("went dark: process_creation"), "{page}");
    for part in ["auditpol /set /subcategory:{0CCE922B", "Audit Process Creation", "ProcessCreate onmatch="] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn data_sources_of_dettect_are_grouped_by_role() {
    let yaml = site().stdout(&["coverage", "-q", "-t", "dettect", "--inventory", "hosts.csv", "logs"]);
    for part in [
        "file_type: data-source-administration\n",
        "  - applicable_to: \"kiosk\"\n    platform: [Windows]\n",
        "  - data_source_name: Process Creation\n",
    ] {
        assert!(yaml.contains(part), "{part}\n{yaml}");
    }
    assert_eq!(
        yaml.matches("platform:").count(),
        3,
        "kiosk, file server, and what the inventory does not name"
    );
}

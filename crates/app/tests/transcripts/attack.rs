//! `begat attack`: without any import, with releases that are made here, with what means harm, and with MITRE's own
//! where they are.

use std::fs;

use serde_json::Value;

use crate::session::Session;

fn id(word: &str, number: u32) -> String {
    format!("{word}--00000000-0000-4000-8000-{number:012x}")
}

fn object(word: &str, number: u32, attack_id: &str, members: &str) -> String {
    format!(
        "{{\"type\":\"{word}\",\"id\":\"{}\",\"external_references\":[{{\"source_name\":\"mitre-attack\",\
         \"external_id\":\"{attack_id}\",\"url\":\"https://attack.mitre.org/{attack_id}\"}}],{members}}}",
        id(word, number)
    )
}

fn analytic(version: &str, description: &str) -> String {
    let members = format!(
        "\"name\":\"Analytic 1\",\"x_mitre_version\":\"{version}\",\"modified\":\"2026-01-01T00:00:00.000Z\",\
         \"x_mitre_platforms\":[\"Windows\"],\"description\":\"{description}\",\
         \"x_mitre_log_source_references\":[{{\"name\":\"WinEventLog:Security\",\"channel\":\"EventCode=4720\"}}]"
    );
    object("x-mitre-analytic", 1, "AN0001", &members)
}

fn bundle(analytic: &str) -> String {
    let strategy = object(
        "x-mitre-detection-strategy",
        2,
        "DET0001",
        &format!("\"name\":\"Strategy 1\",\"x_mitre_analytic_refs\":[\"{}\"]", id("x-mitre-analytic", 1)),
    );
    let technique = object(
        "attack-pattern",
        3,
        "T0001",
        "\"name\":\"Technique 1\",\"kill_chain_phases\":[{\"kill_chain_name\":\"mitre-attack\",\
         \"phase_name\":\"persistence\"}]",
    );
    let tactic = object(
        "x-mitre-tactic",
        4,
        "TA0001",
        "\"name\":\"Persistence\",\"x_mitre_shortname\":\"persistence\"",
    );
    let detects = format!(
        "{{\"type\":\"relationship\",\"id\":\"{}\",\"relationship_type\":\"detects\",\"source_ref\":\"{}\",\
         \"target_ref\":\"{}\"}}",
        id("relationship", 5),
        id("x-mitre-detection-strategy", 2),
        id("attack-pattern", 3)
    );
    let objects = [analytic, &strategy, &technique, &tactic, &detects].join(",");
    format!("{{\"type\":\"bundle\",\"id\":\"{}\",\"objects\":[{objects}]}}", id("bundle", 6))
}

/// Two releases, of which the second changed an analytic and kept its version.
fn two_releases() -> Session {
    let session = Session::new()
        .file("enterprise-attack-1.0.json", bundle(&analytic("1.0", "Look.")))
        .file("enterprise-attack-1.1.json", bundle(&analytic("1.0", "Look closely.")));
    session.stdout(&[
        "attack",
        "import",
        "--store",
        "st",
        "enterprise-attack-1.0.json",
        "enterprise-attack-1.1.json",
    ]);
    session
}

/// When something was imported is the machine's.
fn masked(transcript: &str) -> String {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let mut out = String::new();
    for line in transcript.lines() {
        match line.rfind(" 20").filter(|at| line.len() == at + 11 && is_digit(line.as_bytes().get(at + 3))) {
            Some(at) => out.push_str(&format!("{} [DAY]\n", &line[..at])),
            None => out.push_str(&format!("{line}\n")),
        }
    }
    out
}

#[test]
fn the_analytic_is_there_without_any_import() {
    let session = Session::new();
    insta::assert_snapshot!(session.transcript(&["attack", "show", "AN1235", "--store", "none"]));
    for id in ["DET0447", "T1136.001", "M1026", "M1032", "DC0014", "DC0032", "TA0003"] {
        let shown: Value =
            serde_json::from_str(&session.stdout(&["attack", "show", id, "-t", "jsonl"])).unwrap();
        assert_eq!(shown["id"], id);
        assert_eq!((&shown["built_in"], &shown["release"]), (&Value::Bool(true), &Value::from("18.1")));
        assert_eq!(shown["source"].as_str().unwrap().len(), 64);
    }
    insta::assert_snapshot!(session.transcript(&["attack", "list"]));
    insta::assert_snapshot!(session.transcript(&["attack", "relations", "T1136.001", "-t", "csv"]));
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let session = two_releases();
    for args in [
        &["attack", "show", "T9999", "--store", "none"] as &[&str],
        &["attack", "show", "../../etc/passwd", "--store", "st"],
        &["attack", "show", "AN0001", "--store", "st", "--release", "9.9"],
        &["attack", "raw", "AN1235", "--store", "st"],
        &["attack", "drift", "--store", "none"],
        &["attack", "diff", "1.0", "9.9", "--store", "st"],
        &["attack", "import", "enterprise-attack-1.0.json"],
        &["attack", "import", "--store", "st", "missing.json"],
    ] {
        insta::assert_snapshot!(session.transcript(args));
    }
}

#[test]
fn releases_stand_side_by_side() {
    let session = two_releases();
    let transcript = |args: &[&str]| masked(&session.transcript(&[args, &["--store", "st"]].concat()));
    insta::assert_snapshot!(transcript(&["attack", "history", "AN0001"]));
    insta::assert_snapshot!(transcript(&["attack", "diff", "1.0", "1.1"]));
    insta::assert_snapshot!(transcript(&["attack", "diff", "1.0", "1.1", "-t", "jsonl"]));
    insta::assert_snapshot!(transcript(&["attack", "relations", "AN0001"]));
    insta::assert_snapshot!(transcript(&[
        "attack",
        "list",
        "analytics",
        "--tactic",
        "persistence",
        "-t",
        "csv"
    ]));
    insta::assert_snapshot!(transcript(&["attack", "raw", "AN0001", "--release", "1.0"]));
    let hashes = transcript(&["attack", "raw", "AN0001", "--hash"]);
    assert!(hashes.contains("\nsource ") && hashes.contains("\ncanonical "), "{hashes}");
}

#[test]
fn an_import_says_what_came_in_and_what_did_not() {
    let session = Session::new()
        .file(
            "ics-attack-1.0.json",
            bundle(&analytic("1.0", "\\u001b[31mred\\u202e").replace("AN0001", "../AN1")),
        )
        .file("broken.json", "{\"type\":\"bundle\",\"objects\":[{");
    insta::assert_snapshot!(session.transcript(&[
        "attack",
        "import",
        "--store",
        "st",
        "ics-attack-1.0.json",
        "broken.json"
    ]));
    let again = session.transcript(&["attack", "import", "--store", "st", "ics-attack-1.0.json"]);
    assert!(again.contains("was there already, the same"), "{again}");
}

#[test]
fn text_of_a_bundle_moves_no_terminal_and_runs_in_no_page() {
    let hostile = "\\u001b[31m<script>alert(1)</script>\\u202e\\\"'";
    let session = Session::new().file(
        "enterprise-attack-1.0.json",
        bundle(&analytic("1.0\\u0007", hostile).replace("Analytic 1", hostile)),
    );
    session.stdout(&["attack", "import", "--store", "st", "enterprise-attack-1.0.json"]);
    for args in [
        &["attack", "show", "AN0001"] as &[&str],
        &["attack", "show", "AN0001", "-t", "jsonl"],
        &["attack", "list"],
        &["attack", "list", "-t", "csv"],
        &["attack", "relations", "T0001", "--depth", "9"],
        &["attack", "history", "AN0001"],
    ] {
        let shown = session.stdout(&[args, &["--store", "st"]].concat());
        assert!(
            !shown.chars().any(|sign| sign != '\n' && begat_model::visible::deceives(sign)),
            "{args:?} {shown}"
        );
    }
    session.stdout(&["attack", "site", "pages", "--store", "st"]);
    let page = session.read("pages/AN0001.html");
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "{page}");
    let index = session.read("pages/index.html");
    assert_eq!(index.matches("<script").count(), 1, "its own");
}

#[test]
fn a_site_of_its_own_takes_and_nothing_overwritten_unasked() {
    let session = two_releases()
        .file("takes/AN0001.md", "## Ours\n\nLook at `4720`.\n")
        .file("used/letter.txt", "dear");
    let shown = session.stdout(&["attack", "show", "AN0001", "--takes", "takes", "--store", "st"]);
    assert!(
        shown.contains("The site's take (takes/AN0001.md)") && shown.contains("Look at `4720`."),
        "{shown}"
    );
    session.stdout(&["attack", "site", "pages", "--takes", "takes", "--store", "st"]);
    let mut names: Vec<_> = fs::read_dir(session.path().join("pages"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let expected = [
        "AN0001.html",
        "DET0001.html",
        "NOTICE.txt",
        "T0001.html",
        "compare-enterprise-attack-1.0-1.1.html",
        "index.html",
    ];
    assert_eq!(names, expected);
    for name in names.iter().filter(|name| name.ends_with(".html")) {
        let page = session.read(&format!("pages/{name}"));
        assert!(page.contains("default-src 'none'") && page.contains("The MITRE Corporation"), "{name}");
        for target in page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let is_there = session.path().join("pages").join(target).is_file();
            assert!(is_there || target.starts_with("https://attack.mitre.org/"), "{name}: {target}");
        }
    }
    let page = session.read("pages/AN0001.html");
    assert!(
        page.contains("<code>4720</code>") && page.contains("content changed, version and date did not"),
        "{page}"
    );
    assert_eq!(session.status(&["attack", "site", "used", "--store", "st"]), 2);
    assert_eq!(session.status(&["attack", "site", "used", "-C", "--store", "st"]), 0);
}

#[test]
fn a_damaged_store_says_what_to_do() {
    let session = two_releases();
    let file = session.path().join("st/enterprise-attack-1.1.attack");
    let mut bytes = fs::read(&file).unwrap();
    let at = bytes.len() - 30;
    bytes[at] ^= 1;
    fs::write(&file, bytes).unwrap();
    insta::assert_snapshot!(session.transcript(&["attack", "show", "AN0001", "--store", "st"]));
    let again =
        session.transcript(&["attack", "import", "--replace", "--store", "st", "enterprise-attack-1.1.json"]);
    assert!(again.contains("imported, in place of what was there"), "{again}");
    session.stdout(&["attack", "show", "AN0001", "--store", "st"]);
}

#[test]
fn real_objects_hash_as_known_and_drift_is_told() {
    let Some(samples) = begat_trial::samples() else { return };
    let file = samples.join("attack/AN1235-19.1.json");
    let Ok(bytes) = fs::read(&file) else { return };
    let session = Session::new()
        .file("changed-19.2.json", String::from_utf8(bytes.clone()).unwrap().replace("5s–2m", "5s–9m"));
    session.stdout(&["attack", "import", "--store", "st", file.to_str().unwrap()]);
    let hashes = session.stdout(&["attack", "raw", "AN1235", "--hash", "--store", "st"]);
    assert!(
        hashes.starts_with(
            "source 890e6b36bc6ba6615b6acc56f4f5d7b85ab761bbe9011fc0affebd9de8f46ac2\ncanonical "
        )
    );
    assert_eq!(session.run(&["attack", "raw", "AN1235", "--store", "st"]).stdout, bytes);
    assert_eq!(session.status(&["attack", "drift", "--store", "st"]), 0);
    session.stdout(&["attack", "import", "--store", "st", "changed-19.2.json"]);
    insta::assert_snapshot!(session.transcript(&["attack", "drift", "--store", "st"]));
}

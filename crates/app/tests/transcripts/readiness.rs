//! `begat readiness`: what can be proven, allowed and undone, and the folder of evidence.

use std::fs;

use serde_json::Value as Json;

use crate::logs;
use crate::session::Session;

/// One host that logs processes, one that does not, an inventory with a third, and a policy.
fn site() -> Session {
    logs::half_blind_site()
        .file("hosts.csv", "host,role,owner\nPC1,workstation,\nPC2,domain controller,\nPC7,file server,it\n")
}

fn json(session: &Session, args: &[&str]) -> Json {
    serde_json::from_str(&session.stdout(&[&["readiness", "-q", "-t", "json"], args].concat())).unwrap()
}

fn share(of: &Json) -> (u64, u64) {
    (of["count"].as_u64().unwrap(), of["total"].as_u64().unwrap())
}

#[test]
fn for_people() {
    insta::assert_snapshot!(site().transcript(&[
        "readiness",
        "-t",
        "text",
        "--inventory",
        "hosts.csv",
        "logs"
    ]));
    insta::assert_snapshot!(site().stdout(&["readiness", "-t", "markdown", "logs"]));
}

#[test]
fn every_number_is_what_a_hunt_says() {
    let session = site();
    let known = json(&session, &["logs"]);
    let cases = session.stdout(&["hunt", "-q", "-t", "jsonl", "logs"]);
    let cases: Vec<Json> = cases.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let cases: Vec<&Json> = cases.iter().filter(|case| case["schema"] == "begat.case/1").collect();
    let proven = |case: &&&Json| {
        ["attributed", "remote", "system"].contains(&case["attribution"]["verdict"].as_str().unwrap())
    };
    let (all, proven) = (cases.len() as u64, cases.iter().filter(proven).count() as u64);
    assert_eq!(share(&known["proven"]), (proven, all));
    assert_eq!(share(&known["allowed"]), (0, all));
    assert_eq!(share(&known["unexplained"]), (all - proven, all));
    assert_eq!(share(&known["disable"]), (0, all));
    assert_eq!(known["minutes_from_event_to_case"], Json::Null);
    assert!(proven > 0 && proven < all, "{known:#}");
    assert!(known["proven"]["command"].as_str().unwrap().starts_with("begat hunt -q -t jsonl logs | jq"));
}

/// A host that shows nothing is not ready, however little was found on it.
#[test]
fn silence_is_no_readiness() {
    let quiet: Vec<_> =
        logs::net_user("PC1.corp.example").into_iter().filter(|record| record.event_id == 4624).collect();
    let session = Session::new().log("PC1.evtx", "evtx", &quiet);
    let known = json(&session, &["PC1.evtx"]);
    assert_eq!(share(&known["proven"]), (0, 0));
    let answer = |question: &str| {
        let answers = known["answers"].as_array().unwrap();
        answers.iter().find(|it| it["question"] == question).unwrap()["answer"].clone()
    };
    assert_eq!((answer("prove"), answer("disable")), ("no".into(), "not_shown".into()));
    assert_eq!(known["answer"], "no");
    assert_eq!(session.status(&["readiness", "nothing-there"]), 2);
}

/// Take any one kind of record away: nobody is readier for it.
#[test]
fn no_record_that_is_missing_makes_a_site_readier() {
    const ANSWERS: &[&str] = &["no", "not_shown", "partly", "yes"];
    let records = logs::net_user("PC1.corp.example");
    let known = |without: Option<u16>| {
        let left: Vec<_> =
            records.iter().filter(|record| Some(record.event_id) != without).cloned().collect();
        let session =
            Session::new().log("PC1.evtx", "evtx", &left).file("hosts.csv", "host,role\nPC1,server\n");
        let known = json(&session, &["--inventory", "hosts.csv", "PC1.evtx"]);
        let answer = known["answers"][0]["answer"].as_str().unwrap().to_owned();
        let rank = ANSWERS.iter().position(|it| *it == answer).unwrap();
        (rank, share(&known["proven"]).0, share(&known["sight"]["weighted"]).0)
    };
    let whole = known(None);
    assert_eq!((whole.0, whole.1), (3, 1), "with all of it the answer is yes");
    let kinds: std::collections::BTreeSet<u16> = records.iter().map(|record| record.event_id).collect();
    for kind in kinds {
        let less = known(Some(kind));
        assert!(less.0 <= whole.0 && less.1 <= whole.1 && less.2 <= whole.2, "{kind}: {less:?}");
        // Records of the creation that are missing leave a hole beside it: then its maker is not proven either.
        assert!(less.0 < whole.0 || !matches!(kind, 4688 | 4624 | 4720), "{kind}: {less:?}");
    }
}

#[test]
fn a_blind_domain_controller_weighs_more_than_a_blind_workstation() {
    let session = site();
    let weighted = |roles: &str| {
        let session = site().file("hosts.csv", roles);
        let known = json(&session, &["--inventory", "hosts.csv", "logs"]);
        let (seen, all) = share(&known["sight"]["weighted"]);
        (seen * 100 / all, known["hosts"][0]["host"].as_str().unwrap().to_owned())
    };
    let (controller, first) = weighted("host,role\nPC1,workstation\nPC2,domain controller\n");
    assert_eq!(first, "PC2.corp.example", "what costs most stands first");
    let (kiosk, _) = weighted("host,role\nPC1,domain controller\nPC2,kiosk\n");
    assert!(controller < kiosk, "{controller} {kiosk}");
    let known = json(&session, &["--inventory", "hosts.csv", "logs"]);
    assert_eq!(known["hosts"].as_array().unwrap().len(), 3, "who was not heard stands there too");
    assert_eq!(known["prerequisites"][0]["hosts"]["total"], 3);
}

/// Who deletes his own account shows nothing of what the site can do.
#[test]
fn an_account_that_its_maker_deletes_is_not_one_that_the_site_disabled() {
    let known = |by_maker: bool| {
        let session = Session::new().log(
            "PC1.evtx",
            "evtx",
            &logs::net_user_and_deletion("PC1.corp.example", by_maker),
        );
        json(&session, &["PC1.evtx"])
    };
    let (own, other) = (known(true), known(false));
    for told in [&own, &other] {
        assert_eq!(share(&told["disable"]), (1, 1), "{told:#}");
        assert_eq!(told["disable"]["median_minutes"], 30.0);
    }
    assert_eq!((&own["disable"]["by_others"], &other["disable"]["by_others"]), (&0.into(), &1.into()));
    assert_eq!((&own["answers"][2]["answer"], &other["answers"][2]["answer"]), (&"no".into(), &"yes".into()));
}

#[test]
fn hostile_names_stay_text_in_every_format() {
    let session = Session::new().log("PC1.evtx", "evtx", &logs::net_user("<script>|`\u{1b}[2J"));
    let html = session.stdout(&["readiness", "-q", "-t", "html", "PC1.evtx"]);
    assert_eq!(html.matches("<script").count(), 1, "the page's own");
    let markdown = session.stdout(&["readiness", "-q", "-t", "markdown", "PC1.evtx"]);
    assert!(markdown.contains(r"\<script\>\|\`") && !markdown.contains('\u{1b}'), "{markdown}");
    assert!(!session.stdout(&["readiness", "-q", "-t", "text", "PC1.evtx"]).contains('\u{1b}'));
}

#[test]
fn evidence_is_written_once_and_says_what_changed() {
    let session = site();
    let write = |folder: &str| {
        let output = session.run(&[
            "readiness",
            "-t",
            "json",
            "--evidence",
            folder,
            "--inventory",
            "hosts.csv",
            "logs",
        ]);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (status, told) = write("kept");
    assert_eq!(status, Some(0), "{told}");
    let hash = told.split("manifest SHA-256 ").nth(1).unwrap().trim().to_owned();
    assert!(write("again").1.contains(&hash), "the same input gives the same folder");
    assert_eq!(write("kept").0, Some(2), "evidence is not mixed");
    let verify = |args: &[&str]| {
        let output = session.run(&[&["verify"], args].concat());
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(verify(&["kept", "--manifest", &hash]).0, 0);
    assert_eq!(verify(&["kept", "--manifest", &"0".repeat(64)]).0, 1);
    let kept = session.path().join("kept");
    let manifest: Json = serde_json::from_str(&session.read("kept/manifest.json")).unwrap();
    let inputs: Vec<&str> =
        manifest["inputs"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert_eq!(inputs, ["logs/PC1.evtx", "logs/PC2.evtx", "hosts.csv"]);
    fs::write(kept.join("extra.txt"), "x").unwrap();
    fs::remove_file(kept.join("coverage.jsonl")).unwrap();
    let cases = session.read("kept/cases.jsonl");
    fs::write(kept.join("cases.jsonl"), cases.replacen("attributed", "Attributed", 1)).unwrap();
    let (status, told) = verify(&["kept"]);
    assert_eq!(status, 1);
    for line in ["added: extra.txt", "missing: coverage.jsonl", "changed: cases.jsonl"] {
        assert!(told.contains(line), "{told}");
    }
    assert_eq!(verify(&["no-such-folder"]).0, 2);
    assert_eq!(verify(&["logs"]).0, 2, "a folder without a manifest");
    fs::write(kept.join("manifest.json"), "{}").unwrap();
    assert_eq!(verify(&["kept"]).0, 2);
}

/// A manifest that somebody made opens nothing outside of its folder.
#[test]
fn a_hostile_manifest_leads_nowhere() {
    for path in ["../secret.txt", "/etc/hostname", "a/../../secret.txt", "manifest.json", ""] {
        let hash = "0".repeat(64);
        let manifest = serde_json::json!({
            "schema": "begat.evidence/1", "tool": "begat", "secrets": "redacted", "command": "", "inputs": [],
            "files": [{"path": path, "bytes": 1, "sha256": hash}],
        });
        let session = Session::new().file("kept/manifest.json", manifest.to_string()).file("secret.txt", "x");
        assert_eq!(session.status(&["verify", "kept"]), 2, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_no_file_and_evidence_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let session = site();
    session.stdout(&["readiness", "-q", "--evidence", "kept", "logs"]);
    let kept = session.path().join("kept");
    for entry in fs::read_dir(&kept).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    fs::rename(kept.join("cases.jsonl"), session.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink(session.path().join("elsewhere"), kept.join("cases.jsonl")).unwrap();
    assert_eq!(session.status(&["verify", "kept"]), 1, "the same bytes, and yet not what was kept");
}

#[test]
fn the_records_of_the_evidence_have_no_secrets_unless_they_are_asked_for() {
    let session = site();
    session.stdout(&["readiness", "-q", "--evidence", "kept", "logs"]);
    session.stdout(&["readiness", "-q", "--evidence", "whole", "--with-secrets", "logs"]);
    let (kept, whole) = (session.read("kept/records.jsonl"), session.read("whole/records.jsonl"));
    assert_eq!(kept.lines().count(), whole.lines().count());
    let secret = logs::SECRET;
    assert!(!kept.contains(secret) && whole.contains(secret));
    let record: Json = serde_json::from_str(kept.lines().next().unwrap()).unwrap();
    assert!(record["record"].as_str().unwrap().contains("EventID"), "{record:#}");
}

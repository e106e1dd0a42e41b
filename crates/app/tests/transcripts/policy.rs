//! `begat hunt` and `explain` with a policy, an inventory and change tickets.

use std::path::Path;

use crate::logs;
use crate::session::Session;

const POLICY: &str = r#"
[[authorisation]]
name = "helpdesk"
kind = "helpdesk"
owner = "helpdesk team"
reason = "local accounts on test machines"
expires = 2026-12-31
[authorisation.match]
actor = "S-1-5-21-1-2-3-9999"
source = "10.20.0.0/16"
account = "test_*"

[[authorisation]]
name = "migration"
kind = "deployment"
owner = "platform team"
reason = "the migration of 2020"
expires = 2020-12-31
[authorisation.match]
actor = "S-1-5-21-1-2-3-9998"
source = "10.20.0.0/16"
host = "*"
"#;

const TICKETS: &str = "ticket,host,account,from,to,owner\n\
    =cmd|' /C calc'!A0,pc1,,2020-01-01,2030-01-01,\"it\u{1b}[2J\"\n";

fn two_hosts() -> Session {
    Session::new()
        .log("logs/PC1.evtx", "evtx", &logs::net_user("PC1.corp.example"))
        .log("logs/PC2.json", "winlogbeat", &logs::without_processes("PC2.corp.example"))
        .file("site.toml", POLICY)
        .file("tickets.csv", TICKETS)
        .file("hosts.csv", "host,role\npc1.corp.example,workstation\nPC2,toaster\nPC3,server\n")
}

const SITE: &[&str] = &["--policy", "site.toml", "--tickets", "tickets.csv", "--inventory", "hosts.csv"];

#[test]
fn what_is_allowed_is_marked_counted_apart_and_still_told() {
    insta::assert_snapshot!(two_hosts().transcript(&[&["hunt", "-t", "table"], SITE, &["logs"]].concat()));
}

#[test]
fn min_severity_and_fail_on_act_after_the_policy() {
    let session = two_hosts();
    let count = |args: &[&str]| session.stdout(&[&["hunt", "-q"], args, &["logs"]].concat()).lines().count();
    assert_eq!(count(&["--min-severity", "medium"]), 2);
    assert_eq!(count(&[&["--min-severity", "medium"], SITE].concat()), 1);
    let status =
        |args: &[&str]| session.status(&[&["hunt", "-q", "--host", "pc1"], args, &["logs"]].concat());
    assert_eq!(status(&["--fail-on", "medium"]), 1);
    assert_eq!(status(&[&["--fail-on", "medium"], SITE].concat()), 0);
}

#[test]
fn explain_says_whether_it_was_allowed() {
    let session = two_hosts();
    let section = |host: &str| {
        let line = session.stdout(&["hunt", "-q", "--host", host, "logs"]);
        let case: serde_json::Value = serde_json::from_str(&line).unwrap();
        let id = case["case_id"].as_str().unwrap().to_owned();
        let told = session.stdout(&[&["explain", &id], SITE, &["logs"]].concat());
        let begins = told.find("Was it allowed").unwrap();
        told[begins..told.find("How severe").unwrap()].to_owned()
    };
    insta::assert_snapshot!(format!("{}{}", section("pc1"), section("pc2")));
}

#[test]
fn every_format_carries_it_and_no_text_of_a_ticket_is_a_formula_or_moves_a_terminal() {
    let session = two_hosts();
    let schema: serde_json::Value = serde_json::from_str(&session.stdout(&["schema"])).unwrap();
    let schema = begat_trial::JsonSchema::of(&schema).unwrap();
    for format in ["table", "jsonl", "json", "csv"] {
        let output = session.run(&[&["hunt", "-v", "-t", format], SITE, &["logs"]].concat());
        let all = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!all.contains('\u{1b}'), "{format}");
        assert!(all.contains("=cmd|"), "{format}");
        assert!(
            format != "csv" || all.contains(",authorised,'=cmd|' /C calc'!A0,it\\u{1b}[2J,2030-01-01,"),
            "{all}"
        );
    }
    for line in session.stdout(&[&["hunt", "-q"], SITE, &["logs"]].concat()).lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(schema.complaints(&case), Vec::<String>::new());
        assert_ne!(case["authorisation"]["status"], "not_assessed");
    }
}

#[test]
fn nothing_runs_on_half_a_policy_and_all_that_is_wrong_is_told() {
    let session = two_hosts()
        .file(
            "bad.toml",
            "[analytic]\ntime_window = \"0s\"\n[[authorisation]]\nname = \"x\"\nexpire = 2026-12-31\n",
        )
        .file("bad.csv", "ticket,host,account,from,to,owner\nCHG1,*,*,2026-03-03,2026-03-02,it\n")
        .file("empty.csv", "");
    let args = ["hunt", "--policy", "bad.toml", "--tickets", "bad.csv", "--inventory", "empty.csv", "logs"];
    insta::assert_snapshot!(session.transcript(&args));
}

#[test]
fn files_of_the_site_that_cannot_be_read() {
    let session = two_hosts().file("utf16.csv", b"\xff\xfeh\0o\0");
    insta::assert_snapshot!(session.transcript(&["hunt", "--policy", "missing.toml", "logs"]));
    insta::assert_snapshot!(session.transcript(&["hunt", "--inventory", "utf16.csv", "logs"]));
    let over = ["hunt", "--policy", "site.toml", "-C", "-o", "site.toml", "logs"];
    assert_eq!(session.status(&over), 2, "the policy is no place for output");
    assert_eq!(session.read("site.toml"), POLICY);
}

#[test]
fn the_window_that_is_typed_wins_over_the_policys_and_that_is_told() {
    let session = two_hosts().file("window.toml", "[analytic]\ntime_window = \"30s\"\n");
    let stderr = |args: &[&str]| {
        let output = session.run(&[&["hunt", "--policy", "window.toml"], args, &["logs"]].concat());
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(!stderr(&[]).contains("warning"));
    let told = stderr(&["--window", "1m"]);
    assert!(told.contains("warning: `--window 1m` wins over the policy's `time_window`, 30"), "{told}");
}

/// The first thing that somebody tries, today and in some years.
#[test]
fn the_shipped_policy_is_in_order() {
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/site.toml");
    let policy = policy.to_str().unwrap();
    for args in
        [&["policy", "check", policy] as &[&str], &["policy", "check", policy, "--today", "2033-01-01"]]
    {
        let output = Session::new().run(args);
        let told = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{told}");
        assert!(told.contains("0 of 4 entries to fix"), "{told}");
    }
}

#[test]
fn the_shipped_examples_fit_the_demonstration() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_begat"))
        .args(["hunt", "demo", "-t", "jsonl", "--policy", "examples/site.toml"])
        .args(["--inventory", "examples/hosts.csv", "--tickets", "examples/tickets.csv"])
        .current_dir(root)
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(!stderr.contains("examples/"), "nothing is odd about them: {stderr}");
    let cases = String::from_utf8(output.stdout).unwrap();
    let told: Vec<String> = cases
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|case| format!("{} {}", case["host"]["netbios"], case["authorisation"]["rule"]))
        .collect();
    let expected =
        ["\"APP02\" null", "\"FILES01\" \"server-team-service-accounts\"", "\"KIOSK-LOBBY3\" \"CHG-20417\""];
    assert_eq!(told, expected);
}

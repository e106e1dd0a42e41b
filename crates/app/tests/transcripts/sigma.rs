//! `--sigma`: rules that hit, rules that are left out, and rules that are none.

use crate::logs;
use crate::session::Session;

/// Hits the line with its password, which is why nothing but the rule's name may be told.
const GOOD: &str = "title: Password on a command line\nlogsource:\n  product: windows\n  category: process_creation\n\
                    detection:\n  s:\n    CommandLine|contains: Tr0ub4dor\n  condition: s\n";
const OF_FILES: &str = "title: A file\nlogsource:\n  product: windows\n  category: file_event\ndetection:\n  s:\n    \
                        TargetFilename: x\n  condition: s\n";

fn session() -> Session {
    Session::new()
        .log("logs/Security.evtx", "evtx", &logs::net_user("PC1.corp.example"))
        .file("rules/good.yml", GOOD.as_bytes())
        .file("rules/deep/of_files.yml", OF_FILES.as_bytes())
        .file("rules/broken.yml", b"title: [\n")
}

#[test]
fn rules_that_hit_are_named_and_what_is_left_out_is_told_once() {
    insta::assert_snapshot!(session().transcript(&["hunt", "-t", "table", "-v", "--sigma", "rules", "logs"]));
}

#[test]
fn the_quiet_are_told_of_rules_that_do_not_work() {
    let output = session().run(&["hunt", "-q", "--sigma", "rules", "logs"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told, "warning: 1 rule left out: cannot be read as Sigma\n");
}

#[test]
fn every_format_names_the_rule_and_none_what_it_matched() {
    let session = session();
    let lines = session.stdout(&["hunt", "--sigma", "rules", "logs"]);
    let case: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(case["attribution"]["creator"]["rules"], serde_json::json!(["Password on a command line"]));
    let id = case["case_id"].as_str().unwrap();
    let without = session.stdout(&["hunt", "logs"]);
    assert!(without.contains(id), "rules do not change which case it is");
    for args in
        [&["hunt", "-t", "csv"][..], &["hunt", "-t", "table"], &["hunt", "-t", "json"], &["explain", id]]
    {
        let output = session.run(&[args, &["--sigma", "rules", "logs"]].concat());
        let all = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!all.contains("Tr0ub4dor"), "{args:?}: {all}");
        let words = all.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("Password on a command line"), "{args:?}: {all}");
    }
}

#[test]
fn rules_that_are_none_stop_the_hunt_with_a_hint() {
    for rules in ["rules/deep", "absent", "logs"] {
        let output = session().run(&["hunt", "--sigma", rules, "logs"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{rules}: {told}");
        assert!(told.starts_with("error: ") && told.contains("\n  hint:  "), "{rules}: {told}");
        assert!(output.stdout.is_empty(), "{rules}");
    }
}

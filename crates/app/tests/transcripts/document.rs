//! `begat document`: the detection's own document.

use crate::logs;
use crate::session::Session;

const POLICY: &str = r#"
[analytic]
time_window = "30s"

[[authorisation]]
name = "morgan-makes-bob"
kind = "deployment"
owner = "it"
reason = "morgan makes it"
expires = 2036-12-31

[authorisation.match]
actor = ["S-1-5-21-10-20-30-1105"]
source = ["192.0.2.0/24"]
account = ["bob"]
"#;

fn site() -> Session {
    Session::new()
        .log("logs/PC1.evtx", "evtx", &logs::net_user("PC1.corp.example"))
        .log("logs/PC2.evtx", "evtx", &logs::without_processes("PC2.corp.example"))
        .file("site.toml", POLICY)
}

const SECTIONS: &[&str] = &[
    "Goal",
    "Categorization",
    "Strategy Abstract",
    "Technical Context",
    "Blind Spots and Assumptions",
    "False Positives",
    "Validation",
    "Priority",
    "Response",
    "Additional Resources",
];

#[test]
fn it_has_the_ten_sections_in_order_and_says_what_is_known() {
    let session = site();
    let text = session.stdout(&["document", "-q", "logs"]);
    let headings: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(headings, SECTIONS);
    for said in
        ["M1026", "M1032", "T1136.001", "2 min", "account creations are visible, but not who made them"]
    {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert_eq!(text, session.stdout(&["document", "-q", "logs"]), "it changes only where facts did");
}

/// Every page of the casebook is run under the policy that was given, and comes out as it must.
#[test]
fn the_casebook_is_run_under_the_policy() {
    let pages = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../casebook")).unwrap();
    let pages = pages.filter(|page| page.as_ref().unwrap().file_name() != "README.md").count();
    let session = site();
    let text = session.stdout(&["document", "-q", "--policy", "site.toml", "logs"]);
    assert!(text.contains(&format!("{pages} of {pages} (100 %) came out as they must")), "{text}");
    let row = text.lines().find(|line| line.starts_with("| net-user-add |")).unwrap();
    assert!(row.contains("attributed, net1.exe") && row.contains("allowed by morgan-makes-bob"), "{row}");
    let row = text.lines().find(|line| line.starts_with("| psexec |")).unwrap();
    assert!(row.contains("not allowed"), "{row}");
    assert!(text.contains("TimeWindow | 30 s (from the policy)"), "{text}");
    assert!(text.contains("| morgan-makes-bob |"), "{text}");
    let unruled = session.stdout(&["document", "-q", "logs"]);
    let row = unruled.lines().find(|line| line.starts_with("| net-user-add |")).unwrap();
    assert!(!row.contains("allowed"), "{row}");
}

/// The tests that others wrote, what the last rehearsal came to, and what a window catches here.
#[test]
fn what_was_tried_and_measured_is_told() {
    let session = site();
    let text = session.stdout(&["document", "-q", "logs"]);
    let row = text.lines().find(|line| line.contains("`6657864e-0323-4206-9344-ac9cd7265a4f`")).unwrap();
    assert!(row.contains("net-user-add | attributed, net1.exe"), "{row}");
    assert!(text.contains("Not recorded") && text.contains("`--rehearsed`"), "{text}");
    assert!(text.contains("No window is recommended: too few creations to say"), "{text}");
    assert!(text.contains("| net | 1 | 1 of 1 (100 %) |"), "{text}");

    session.stdout(&["rehearse", "write", "lab", "--story", "net-user", "--at", "2026-11-02T08:00:00Z"]);
    session.stdout(&["hunt", "-q", "-t", "jsonl", "-o", "cases.jsonl", "lab/logs"]);
    let score = ["rehearse", "score", "lab/truth.jsonl", "cases.jsonl", "-t", "json", "-o", "score.json"];
    session.stdout(&score);
    let text = session.stdout(&["document", "-q", "--rehearsed", "score.json", "logs"]);
    assert!(
        text.contains("Of 1 creation, made from 2026-11-02 ")
            && text.contains("1 of 1 (100 %) came out right"),
        "{text}"
    );
    let session = session.file("other.json", "{\"schema\": \"begat.case/1\", \"of\": 1, \"counts\": {}}");
    assert_eq!(session.status(&["document", "-q", "--rehearsed", "other.json", "logs"]), 2);
    assert_eq!(session.status(&["document", "-q", "--rehearsed", "none.json", "logs"]), 2);
}

#[test]
fn the_ending_of_the_file_says_the_format() {
    let session = site();
    assert_eq!(session.status(&["document", "-q", "logs", "-o", "detection.md"]), 0);
    assert_eq!(session.status(&["document", "-q", "logs", "-o", "detection.html"]), 0);
    assert!(session.read("detection.html").starts_with("<!DOCTYPE html>"));
    assert!(session.read("detection.md").starts_with("# Detection of created local accounts"));
    assert_eq!(session.status(&["document", "-q", "logs", "-o", "detection.pdf"]), 2);
    assert_eq!(session.status(&["document", "-q", "logs", "-o", "detection.md"]), 2, "it is there already");
    assert_eq!(session.status(&["document", "-q", "nothing-there"]), 2);
}

#[test]
fn hostile_text_stays_text() {
    let policy = POLICY.replace("morgan makes it", "<script>x</script> | a `b` [c](http://d)");
    let session =
        Session::new().log("PC1.evtx", "evtx", &logs::net_user("<img src=x>|PC1")).file("site.toml", policy);
    let markdown = session.stdout(&["document", "-q", "--policy", "site.toml", "PC1.evtx"]);
    assert!(markdown.contains(r"\<script\>x\</script\> \| a \`b\` \[c\](http\://d)"), "{markdown}");
    let bare = markdown.replace(r"\<", "");
    assert!(!bare.contains("<img") && !bare.contains("<script"), "{markdown}");
    session.stdout(&["document", "-q", "--policy", "site.toml", "PC1.evtx", "-o", "x.html"]);
    let page = session.read("x.html");
    assert_eq!(page.matches("<script").count(), 1, "the page's own");
    assert!(!page.contains("<img"));
}

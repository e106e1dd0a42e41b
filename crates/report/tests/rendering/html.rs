//! The page: what it says, that it needs nothing, and that nothing a log holds can do more than stand in it.
//!
//! With `BEGAT_PAGES=FOLDER` the pages are written there, for a look and for the tests in a browser.

use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use begat_model::case::{Case, Finding, Severity};
use begat_model::{HostName, ProcessId};
use begat_report::{CaseView, EXPLAIN_FORMATS, Format, Found, Page};
use sha2::{Digest, Sha256};

use crate::formats::written_with_findings;
use crate::stories;

/// What a browser would act on, were it taken for more than text.
const PAYLOADS: &[&str] = &[
    "<script>document.title='run'</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "</style><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "javascript:alert(1)",
    "<!--",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "\u{202e}exe.txt\u{0}\u{1b}[31m",
    "&lt;b&gt;&#x3c;b&#x3e;",
];

fn page_of(cases: &[Case], findings: &[Finding]) -> String {
    written_with_findings("html", cases, findings, &Page::default())
}

/// Where the browser's tests look, where somebody asked for it.
fn kept(name: &str, page: &str) {
    if let Some(folder) = std::env::var_os("BEGAT_PAGES").map(PathBuf::from) {
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), page).unwrap();
    }
}

/// A case with a payload wherever a log, a policy or an inventory can put text.
fn spoilt(mut case: Case, payload: &str) -> Case {
    let text = || Some(payload.into());
    case.account.name = text();
    case.account.created_as = text();
    case.account.domain = text();
    case.actor.account.name = text();
    case.actor.account.domain = text();
    case.actor.source_ip = text();
    case.actor.source_host = text();
    if let Some(name) = HostName::new(payload) {
        case.host.name = name;
    }
    case.host.owner = text();
    case.authorisation.rule = text();
    case.authorisation.owner = text();
    case.authorisation.reason = text();
    let attribution = &mut case.attribution;
    for process in attribution.chain.iter_mut().chain(&mut attribution.creator) {
        process.image = text();
        process.command_line = Some(payload.to_owned());
        process.user = Some(payload.to_owned());
        process.rules = vec![payload.into()];
    }
    for event in &mut case.events {
        event.record.source = payload.into();
    }
    case.wave = None;
    case
}

/// A thousand cases of a fleet, each its own account on one of two hundred hosts.
fn thousand() -> Vec<Case> {
    let stories = stories::all();
    let one = |number: usize| {
        let mut case = stories[number % stories.len()].clone();
        case.case_id = format!("{number:016x}");
        case.account.name = Some(format!("svc{number}").as_str().into());
        case.host.id = format!("HOST{}", number % 200).as_str().into();
        case.wave = None;
        case
    };
    (0..1_000).map(one).collect()
}

#[test]
fn a_page_is_the_same_every_time_and_asks_for_nothing() {
    let (cases, findings) = (stories::all(), stories::findings());
    let page = page_of(&cases, &findings);
    kept("stories.html", &page);
    assert_eq!(page, page_of(&cases, &findings));
    assert!(page.starts_with("<!DOCTYPE html>"), "{}", &page[..80]);
    for asks in [" href=\"http", " src=", "url(", "@import", "<link"] {
        assert!(!page.contains(asks), "{asks}");
    }
    for case in &cases {
        assert!(page.contains(&format!("id=\"case-{}\"", case.case_id)), "{}", case.case_id);
    }
    for finding in &findings {
        assert!(page.contains(&format!("id=\"finding-{}\"", finding.finding_id)));
    }
}

#[test]
fn its_policy_lets_only_its_own_style_and_script_act() {
    let page = page_of(&[stories::plain()], &[]);
    for (element, directive) in [("style", "style-src"), ("script", "script-src")] {
        let text = page.split(&format!("<{element}>")).nth(1).unwrap();
        let text = text.split(&format!("</{element}>")).next().unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text));
        assert!(
            page.contains(&format!("{directive} &#39;sha256-{hash}&#39;"))
                || page.contains(&format!("{directive} 'sha256-{hash}'")),
            "{directive}"
        );
        assert_eq!(page.matches(&format!("<{element}")).count(), 1, "one {element}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn nothing_of_a_log_is_more_than_text() {
    let cases: Vec<Case> = PAYLOADS
        .iter()
        .enumerate()
        .map(|(index, payload)| {
            let mut case = spoilt(stories::plain(), payload);
            case.case_id = format!("{index:016x}");
            case
        })
        .chain([stories::hostile()])
        .collect();
    let page = page_of(&cases, &[stories::hostile_finding()]);
    kept("hostile.html", &page);
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("<style").count(), 1);
    for markup in ["<img", "<iframe", "<svg/", "<!--", "\u{202e}", "\u{0}", "\u{1b}"] {
        assert!(!page.contains(markup), "{markup:?}");
    }
}

#[test]
fn a_thousand_cases_stay_a_file_that_can_be_mailed() {
    const BYTES_MAX: usize = 15_000_000;
    let page = page_of(&thousand(), &[]);
    kept("thousand.html", &page);
    assert!(page.len() < BYTES_MAX, "{} bytes", page.len());
    assert_eq!(page.matches("<details class=\"case\"").count(), 1_000);
}

#[test]
fn what_needs_a_person_stands_first_and_worst_first() {
    let mut critical = stories::over_wmi();
    critical.severity = Severity::Critical;
    let mut low = stories::plain();
    low.severity = Severity::Low;
    let page = page_of(&[low.clone(), critical.clone()], &[]);
    let urgent = page.split("<ol class=\"urgent\">").nth(1).unwrap().split("</ol>").next().unwrap();
    assert!(urgent.contains(&critical.case_id) && !urgent.contains(&low.case_id), "{urgent}");
    let place = |case: &Case| page.find(&format!("id=\"case-{}\"", case.case_id)).unwrap();
    assert!(place(&critical) < place(&low));
}

#[test]
fn a_claimed_or_missing_parent_is_not_drawn_as_one_that_was_seen() {
    let mut case = stories::plain();
    let parent = case.attribution.chain.last_mut().unwrap();
    parent.started_at = None;
    parent.pid = Some(ProcessId(4));
    let page = page_of(&[case], &[]);
    assert!(page.contains("<li class=\"missing\">"), "{page}");
}

#[test]
fn one_case_is_a_page_of_its_own() {
    let case = stories::over_wmi();
    let html = EXPLAIN_FORMATS.iter().find(|format| format.name == "html").unwrap();
    let mut out = Vec::new();
    (html.write_case)(&CaseView::from(&case), &Found::new(&[], &[]), &Page::default(), &mut out).unwrap();
    let page = String::from_utf8(out).unwrap();
    kept("case.html", &page);
    assert!(page.contains("<h1") && page.contains(&case.case_id));
}

/// The first sentence is what most readers take away: it is read here as they read it.
#[test]
fn headlines() {
    let sentences: Vec<String> = stories::all()
        .iter()
        .map(|case| {
            let page = page_of(std::slice::from_ref(case), &[]);
            let summary = page.split("<details class=\"case\"").nth(1).unwrap();
            let summary = summary.split("<summary>").nth(1).unwrap().split("</summary>").next().unwrap();
            let mut text = String::new();
            let mut inside = false;
            for character in summary.chars() {
                match character {
                    '<' => inside = true,
                    '>' => inside = false,
                    other if !inside => text.push(other),
                    _ => {}
                }
            }
            text
        })
        .collect();
    insta::assert_snapshot!(sentences.join("\n"));
    assert!(Format::named("html").is_some());
}

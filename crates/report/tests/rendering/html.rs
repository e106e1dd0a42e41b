//! The page: what it says, that it needs nothing, and that nothing a log holds can do more than stand in it.
//!
//! With `BEGAT_PAGES=FOLDER` the pages are written there, for a look and for the tests in a browser.

use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use begat_model::case::{Case, Finding, Severity};
use begat_model::{HostName, ProcessId};
use begat_report::{CaseView, EXPLAIN_FORMATS, Format, Found, Order, Original, Originals, Page, Read};
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

/// A thousand cases of a fleet, each its own account on one of two hundred hosts, and each as well recorded as real ones.
fn thousand() -> Vec<Case> {
    const RECORDS: u64 = 14;
    let stories = stories::all();
    let one = |number: usize| {
        let mut case = stories[number % stories.len()].clone();
        case.case_id = format!("{number:016x}");
        case.account.name = Some(format!("svc{number}").as_str().into());
        case.host.id = format!("HOST{}", number % 200).as_str().into();
        case.wave = None;
        for record_id in case.events.len() as u64..RECORDS {
            let mut event = case.events[0].clone();
            event.record.record_id = Some(number as u64 * RECORDS + record_id);
            case.events.push(event);
        }
        case
    };
    (0..1_000).map(one).collect()
}

/// What the records of these cases say, as real ones do: much of it again and again.
fn originals_of(cases: &[Case]) -> Originals {
    const FIELDS: &[&str] = &[
        "SubjectUserSid",
        "SubjectUserName",
        "SubjectLogonId",
        "TargetSid",
        "NewProcessName",
        "CommandLine",
    ];
    let mut originals = Originals::default();
    for case in cases {
        for (index, event) in case.events.iter().enumerate() {
            let value =
                |at: usize| format!("value of record {} of {}", if at < 4 { 0 } else { index }, case.case_id);
            let fields = FIELDS.iter().enumerate().map(|(at, name)| (*name, value(at))).collect();
            originals.add(&event.record, Original::Fields(fields));
        }
    }
    originals
}

#[test]
fn a_page_is_the_same_every_time_and_asks_for_nothing() {
    let (cases, findings) = (stories::all(), stories::findings());
    let page = page_of(&cases, &findings);
    kept("stories.html", &page);
    assert_eq!(page, page_of(&cases, &findings));
    assert!(page.starts_with("<!DOCTYPE html>"), "{}", &page[..80]);
    for asks in [" src=", "url(", "@import", "<link"] {
        assert!(!page.contains(asks), "{asks}");
    }
    // What leads out of the page is a reader's click, and only to MITRE.
    for target in page.split(" href=\"").skip(1).filter(|target| !target.starts_with('#')) {
        assert!(target.starts_with("https://attack.mitre.org/"), "{}", &target[..40]);
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
    let cases = thousand();
    let originals = originals_of(&cases);
    let read = Read { originals: Some(&originals), ..Read::default() };
    let mut out = Vec::new();
    let html = Format::named("html").unwrap();
    (html.write)(&Found::new(&cases, &[]).within(read), &Page::default(), &mut out).unwrap();
    let page = String::from_utf8(out).unwrap();
    kept("thousand.html", &page);
    assert!(page.len() < BYTES_MAX, "{} bytes", page.len());
    assert_eq!(page.matches("<details class=\"case\"").count(), 1_000);
    // The worst are told with all; the others say how to have it.
    assert_eq!(page.matches("<figure class=\"timeline\"").count(), 100);
    assert_eq!(page.matches(", with the commands filled in: ").count(), 900);
    assert!(page.contains("only the 100 worst are drawn"));
}

#[test]
fn what_needs_a_person_stands_first_and_worst_first() {
    let mut critical = stories::over_wmi();
    critical.severity = Severity::Critical;
    let mut low = stories::plain();
    low.severity = Severity::Low;
    low.created_at = critical.created_at - begat_model::Duration::from_seconds(60);
    let page = ordered(&[low.clone(), critical.clone()], Order::Severity);
    let urgent = page.split("<ol class=\"urgent\">").nth(1).unwrap().split("</ol>").next().unwrap();
    assert!(urgent.contains(&critical.case_id) && !urgent.contains(&low.case_id), "{urgent}");
    let place = |case: &Case| page.find(&format!("id=\"case-{}\"", case.case_id)).unwrap();
    assert!(place(&critical) < place(&low));
    // Asked for in order of time, the list is; what needs a person still stands first.
    let page = ordered(&[low.clone(), critical.clone()], Order::Time);
    let place = |case: &Case| page.find(&format!("id=\"case-{}\"", case.case_id)).unwrap();
    assert!(place(&low) < place(&critical) && page.contains("the earliest first"));
    assert!(page.split("<ol class=\"urgent\">").nth(1).unwrap().contains(&critical.case_id));
}

fn ordered(cases: &[Case], order: Order) -> String {
    let mut cases = cases.to_vec();
    order.put(&mut cases, &mut []);
    let mut out = Vec::new();
    let html = Format::named("html").unwrap();
    (html.write)(&Found::new(&cases, &[]).in_order(order), &Page::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A page of one case, whose records were read again.
fn with_originals(case: &Case, original: &Original) -> String {
    let mut originals = Originals::default();
    case.events.iter().for_each(|event| originals.add(&event.record, original.clone()));
    let read = Read { originals: Some(&originals), ..Read::default() };
    let (cases, mut out) = ([case.clone()], Vec::new());
    let html = Format::named("html").unwrap();
    (html.write)(&Found::new(&cases, &[]).within(read), &Page::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn records_stand_there_whole_or_by_their_fields() {
    let case = stories::plain();
    let whole = with_originals(&case, &Original::Whole("{\n  \"a\": \"<b>\"\n}".to_owned()));
    assert_eq!(whole.matches("The whole record").count(), case.events.len());
    assert!(whole.contains("{\n  &quot;a&quot;: &quot;&lt;b&gt;&quot;\n}"), "{whole}");
    let hostile = PAYLOADS.join("\n").replace(['\u{202e}', '\u{0}', '\u{1b}'], "");
    kept("records.html", &with_originals(&case, &Original::Whole(format!("<Event>{hostile}</Event>"))));
    let long = with_originals(&case, &Original::Whole("é".repeat(20_000)));
    assert!(long.contains("… and 4,000 characters more: `begat dump --record-id` prints all"));
    let fields = vec![("TargetUserName", "svc\u{202e}<i>".to_owned()), ("SubjectLogonId", "0x1".to_owned())];
    let fields = with_originals(&case, &Original::Fields(fields));
    assert!(
        fields.contains("<code>TargetUserName=svc\\u{202e}&lt;i&gt; · SubjectLogonId=0x1</code>"),
        "{fields}"
    );
}

#[test]
fn from_a_case_there_is_a_way_to_those_that_share_something_with_it() {
    let mut one = stories::over_wmi();
    one.wave = None;
    let mut other = one.clone();
    other.case_id = "00000000000000aa".to_owned();
    other.account.name = Some("another".into());
    let mut apart = stories::plain();
    apart.wave = None;
    let page = page_of(&[one.clone(), other, apart.clone()], &[]);
    let of = |case: &Case| {
        let case = page.split(&format!("id=\"case-{}\"", case.case_id)).nth(1).unwrap();
        case.split("<details class=\"case\"").next().unwrap()
    };
    let source = one.actor.source_ip.as_deref().unwrap().trim_start_matches("::ffff:");
    for way in [
        format!("data-by=\"host\" data-is=\"{}\">all 2 of this host", one.host.name),
        format!("data-by=\"from\" data-is=\"{source}\">all 2 from {source}"),
    ] {
        assert!(of(&one).contains(&way), "{way}");
    }
    assert!(!of(&one).contains("data-by=\"account\""), "nobody shares its name");
    assert!(!of(&apart).contains("See also"));
}

#[test]
fn who_how_from_where_allowed_and_what_first_are_answered_in_every_case() {
    let page = page_of(&stories::all(), &[]);
    let cases: Vec<&str> = page.split("<details class=\"case\"").skip(1).collect();
    assert_eq!(cases.len(), stories::all().len());
    for case in cases {
        for question in ["Who", "How", "From where", "Allowed", "First"] {
            let answer = case.split(&format!("<dt>{question}</dt><dd>")).nth(1);
            let answer = answer.and_then(|rest| rest.split("</dd>").next());
            assert!(answer.is_some_and(|answer| answer.ends_with('.')), "{question}: {answer:?} in {case}");
        }
    }
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

//! Every verdict in every output: what each says of who made the account, and how sure it is.
//!
//! A verdict that is new fails here until somebody has said what each format makes of it; so does a format that is new.

use begat_model::case::{Case, Lack, Proof, Rarity, Reason, Verdict};
use begat_model::{Duration, ProcessId};
use begat_report::diff::{Comparison, DiffFormat, Record};
use begat_report::{CaseView, FORMATS, Format, Found, Page};
use serde_json::{Value, json};

use crate::formats::written;
use crate::schema::complaints_of_case;
use crate::stories;

/// What must be told of a case of one verdict.
struct Told {
    verdict: Verdict,
    /// As programs read it.
    confidence: Option<f64>,
    /// A process is named as `creator`.
    names_creator: bool,
    /// In the table, after "made by".
    made_by: &'static str,
    /// In the table, of a wave of such cases.
    wave_made_by: &'static str,
    /// In the messages of alerts and in the timeline's line of the creation.
    message: &'static str,
    /// OCSF's words for the confidence.
    ocsf: (u32, &'static str),
    /// The timeline's line of the creator's start.
    started: Option<&'static str>,
    /// `begat explain`, after the verdict.
    explained: &'static str,
    /// What pivots call the creator.
    pivot: Option<&'static str>,
    /// A step that only such cases have.
    step: &'static str,
}

const ALL: &[Told] = &[
    Told {
        verdict: Verdict::Attributed,
        confidence: Some(0.9996),
        names_creator: true,
        made_by: "net1.exe (3888) · attributed, > 99.9 %, started 30 ms before the account",
        wave_made_by: "net1.exe, 3 processes, all below net.exe (3556)",
        message: "created on FS03.offsec.lan by net1.exe (3888) (attributed, > 99.9 %), in a session of",
        ocsf: (3, "High"),
        started: Some("(it created the account): net1.exe (3888)"),
        explained: "The process that made the call is net1.exe (3888)",
        pivot: Some("creator"),
        step: "creator_alive",
    },
    Told {
        verdict: Verdict::Likely,
        confidence: Some(0.93),
        names_creator: true,
        made_by: "probably net1.exe (3888) · likely, 93 %, started 30 ms before the account",
        wave_made_by: "probably net1.exe, 3 processes, all below net.exe (3556) (likely, at least 93 %)",
        message: "created on FS03.offsec.lan, probably by net1.exe (3888) (likely, 93 %), in a session of",
        // However probable, nothing shows it.
        ocsf: (2, "Medium"),
        started: Some("(it probably created the account, though nothing shows that it did): net1.exe (3888)"),
        explained: "The process that stands out, and that probably made it, is net1.exe (3888)",
        pivot: Some("likely_creator"),
        step: "act_shown",
    },
    Told {
        verdict: Verdict::Ambiguous,
        confidence: Some(0.55),
        names_creator: true,
        made_by: "one of several processes (ambiguous), 55 %",
        wave_made_by: "one of several processes (ambiguous)",
        message: "by one of several processes (ambiguous), most likely net1.exe (3888), in a session of",
        ocsf: (2, "Medium"),
        started: Some("(a candidate, the likeliest): net1.exe (3888)"),
        explained: "The likeliest of the processes that could have made it is net1.exe (3888)",
        pivot: Some("candidate"),
        step: "candidates_alive",
    },
    Told {
        verdict: Verdict::Remote,
        confidence: Some(0.92),
        names_creator: false,
        made_by: "a client on the network, not a process of this host (remote), 92 %",
        wave_made_by: "a client on the network, not a process of this host (remote)",
        message: "by a client on the network, not a process of this host (remote), in a session of",
        ocsf: (3, "High"),
        started: None,
        explained: "came over the network",
        pivot: None,
        step: "clients_off",
    },
    Told {
        verdict: Verdict::System,
        confidence: Some(0.97),
        names_creator: false,
        made_by: "Windows itself (system), 97 %",
        wave_made_by: "Windows itself (system)",
        message: "by Windows itself (system), in a session of",
        ocsf: (3, "High"),
        started: None,
        explained: "Windows made it while it was being set up.",
        pivot: None,
        step: "windows_made_it",
    },
    Told {
        verdict: Verdict::SessionOnly,
        confidence: Some(0.91),
        names_creator: false,
        made_by: "an unknown process, in a session that is known (session_only), 91 %",
        wave_made_by: "an unknown process, in a session that is known (session_only)",
        message: "by an unknown process, in a session that is known (session_only), in a session of",
        ocsf: (3, "High"),
        started: None,
        explained: "another process used its token (impersonation)",
        pivot: None,
        step: "token_stolen",
    },
    Told {
        verdict: Verdict::Unknown,
        confidence: None,
        names_creator: false,
        made_by: "not known from this input (unknown)",
        wave_made_by: "not known from this input (unknown)",
        message: "by an unknown process (unknown), in a session of",
        // OCSF's word for what nothing is claimed of.
        ocsf: (0, "Unknown"),
        started: None,
        explained: "The input has no process creation of this host",
        pivot: None,
        step: "own_logs",
    },
];

/// A case as the engine would tell it with that verdict.
fn case_of(told: &Told) -> Case {
    let mut case = match told.verdict {
        Verdict::Attributed => stories::plain(),
        _ => stories::two_candidates(),
    };
    case.case_id = "7e12d1c700000001".to_owned();
    case.severity = begat_model::case::Severity::High;
    case.attribution.verdict = told.verdict;
    case.attribution.confidence = told.confidence.map(|confidence| confidence + 0.000_01);
    case.attribution.reason = reason(told.verdict);
    if !told.names_creator {
        case.attribution.creator = None;
        case.attribution.chain.clear();
        case.attribution.lag = None;
        case.attribution.alternatives.clear();
    }
    if let Some(creator) = &mut case.attribution.creator {
        creator.hashes = vec![format!("SHA256={}", "AB".repeat(32)).into()];
    }
    if told.verdict == Verdict::Remote {
        case.actor.source_ip = Some("10.23.42.38".into());
    }
    case
}

fn reason(verdict: Verdict) -> Option<Reason> {
    let session = Some(stories::SESSION);
    match verdict {
        Verdict::Attributed => None,
        Verdict::Likely => Some(Reason::ActNotShown { by: vec![Proof::CommandLine, Proof::ScriptLog] }),
        Verdict::Ambiguous => Some(Reason::SeveralCould { count: 2 }),
        Verdict::Remote => Some(Reason::NetworkSession { session, source: None }),
        Verdict::System => Some(Reason::WindowsSetup),
        Verdict::SessionOnly => Some(Reason::BorrowedToken { session }),
        Verdict::Unknown => Some(Reason::NoProcesses { source: None }),
    }
}

/// Words without the line ends of the page.
fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// On a page where nothing that is looked for is wrapped apart from its margin.
fn page() -> Page {
    Page { width: Page::WIDTH_MAX, ..Page::default() }
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_verdict_stands_in_the_table_once() {
    let verdicts: Vec<Verdict> = ALL.iter().map(|told| told.verdict).collect();
    assert_eq!(verdicts, Verdict::ALL, "say of each verdict what every output makes of it");
}

#[test]
fn every_format_tells_every_verdict() {
    for told in ALL {
        let case = case_of(told);
        let cases = std::slice::from_ref(&case);
        for format in FORMATS {
            let text = written(format.name, cases, &page());
            let what = format!("{} in {}: {text}", told.verdict, format.name);
            match format.name {
                "table" => {
                    assert!(joined(&text).contains(&format!("made by {}", told.made_by)), "{what}");
                }
                "jsonl" => plain_json(told, &objects(&text)[0]),
                "json" => plain_json(told, &serde_json::from_str::<Value>(&text).unwrap()[0]),
                "csv" => csv(told, &text),
                "ecs" => {
                    let document = &objects(&text)[0];
                    assert_eq!(document["labels"]["verdict"], told.verdict.slug(), "{what}");
                    assert!(document["message"].as_str().unwrap().contains(told.message), "{what}");
                    assert_eq!(document["process"].is_object(), told.names_creator, "{what}");
                    plain_json(told, &document["begat"]);
                }
                "ocsf" => ocsf(told, &objects(&text)[0]),
                "timesketch" => timesketch(told, &objects(&text)),
                "html" => {
                    assert!(text.contains(&format!("data-verdict=\"{}\"", told.verdict)), "{what}");
                    let creators = text.matches("class=\"creator").count();
                    assert_eq!(creators, usize::from(told.names_creator), "{what}");
                }
                other => panic!("say what a verdict looks like in {other}"),
            }
        }
    }
}

fn plain_json(told: &Told, case: &Value) {
    let attribution = &case["attribution"];
    assert_eq!(attribution["verdict"], told.verdict.slug());
    assert_eq!(attribution["confidence"], json!(told.confidence), "{}", told.verdict);
    assert_eq!(attribution["creator"].is_object(), told.names_creator, "{}", told.verdict);
    assert_eq!(attribution["reason"].is_string(), told.verdict != Verdict::Attributed, "{}", told.verdict);
    assert_eq!(complaints_of_case(case), Vec::<String>::new(), "{}", told.verdict);
}

fn csv(told: &Told, text: &str) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| row[headers.iter().position(|header| header == name).unwrap()].to_owned();
    assert_eq!(cell("verdict"), told.verdict.slug());
    assert_eq!(cell("confidence"), told.confidence.map_or(String::new(), |it| it.to_string()));
    assert_eq!(!cell("creator_image").is_empty(), told.names_creator, "{}", told.verdict);
    assert_eq!(cell("reason").is_empty(), told.verdict == Verdict::Attributed);
}

fn ocsf(told: &Told, event: &Value) {
    let what = format!("{}: {event:#}", told.verdict);
    assert!(event["message"].as_str().unwrap().contains(told.message), "{what}");
    assert_eq!(
        (&event["confidence_id"], &event["confidence"]),
        (&json!(told.ocsf.0), &json!(told.ocsf.1)),
        "{what}"
    );
    // Cut: what is not quite certain must not read as certain.
    assert_eq!(event["confidence_score"], json!(told.confidence.map(|it| (it * 100.0) as u32)), "{what}");
    let label = json!(format!("verdict:{}", told.verdict));
    assert!(event["metadata"]["labels"].as_array().unwrap().contains(&label), "{what}");
    assert_eq!(event["actor"]["process"].is_object(), told.names_creator, "{what}");
    plain_json(told, &event["unmapped"]);
}

fn timesketch(told: &Told, lines: &[Value]) {
    assert!(lines.iter().all(|line| line["verdict"] == told.verdict.slug()));
    let messages: Vec<&str> = lines.iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert!(messages.iter().any(|message| message.contains(told.message)), "{}: {messages:#?}", told.verdict);
    let of_net1 = messages
        .iter()
        .find(|message| message.starts_with("Process started") && message.contains("net1.exe"));
    assert_eq!(of_net1.is_some(), told.started.is_some(), "{}: {messages:#?}", told.verdict);
    assert!(of_net1.is_none_or(|message| message.contains(told.started.unwrap())), "{of_net1:?}");
}

/// What only could have made it is nowhere told as what did.
#[test]
fn no_word_of_an_unproven_case_is_the_word_of_certainty() {
    for told in ALL.iter().filter(|told| matches!(told.verdict, Verdict::Likely | Verdict::Ambiguous)) {
        let mut case = case_of(told);
        case.context.rarity =
            Some(Rarity { creator: "net1.exe".into(), role: Some("server".into()), creations: 1, of: 14 });
        let cases = std::slice::from_ref(&case);
        let mut texts: Vec<String> =
            FORMATS.iter().map(|format| joined(&written(format.name, cases, &page()))).collect();
        let mut explained = Vec::new();
        let found = Found::new(cases, &[]);
        (begat_report::EXPLAIN_FORMATS[0].write_case)(
            &CaseView::from(&case),
            &found,
            &page(),
            &mut explained,
        )
        .unwrap();
        texts.push(joined(&String::from_utf8(explained).unwrap()));
        assert!(texts[0].contains("probably made by net1") || texts[0].contains("perhaps made by net1"));
        texts.iter().for_each(|text| assert_is_doubtful(text));
    }
}

fn assert_is_doubtful(text: &str) {
    let bare = ["robably made by", "erhaps made by", "robably by", "erhaps by"];
    let bare = bare.iter().fold(text.to_owned(), |text, doubt| text.replace(doubt, "…"));
    for certain in [
        "made by net1",
        "created by net1",
        " by net1.exe",
        "The process that made the call",
        "it created the account",
        "the programs that made it",
    ] {
        assert!(!bare.contains(certain), "{certain} in {text}");
    }
}

#[test]
fn every_verdict_is_explained_and_has_its_steps_and_pivots() {
    for told in ALL {
        let case = case_of(told);
        let (view, cases) = (CaseView::from(&case), std::slice::from_ref(&case));
        let mut text = Vec::new();
        (begat_report::EXPLAIN_FORMATS[0].write_case)(&view, &Found::new(cases, &[]), &page(), &mut text)
            .unwrap();
        let text = joined(&String::from_utf8(text).unwrap());
        let sure = told.confidence.map_or(").", |_| "), confidence ");
        let verdict = format!("Verdict: {} ({}{sure}", told.verdict, told.verdict.doc());
        assert!(text.contains(&verdict) && text.contains(told.explained), "{}: {text}", told.verdict);
        let steps = serde_json::to_value(&view).unwrap()["response"].clone();
        let has = |wanted: &str| steps.as_array().unwrap().iter().any(|step| step["name"] == wanted);
        assert!(has(told.step), "{}: {steps:#}", told.verdict);
        for other in ALL.iter().filter(|other| other.verdict != told.verdict) {
            assert!(!has(other.step), "{} has {}", told.verdict, other.step);
        }
        let mut pivots = Vec::new();
        (Format::named("jsonl").unwrap().write_pivots.unwrap())(
            &Found::new(cases, &[]),
            &page(),
            &mut pivots,
        )
        .unwrap();
        let all = objects(&String::from_utf8(pivots).unwrap());
        let of_creator: Vec<&Value> =
            all.iter().filter(|pivot| pivot["type"] == "hash").map(|pivot| &pivot["roles"]).collect();
        let role = told.pivot.map(|role| json!([role]));
        assert_eq!(of_creator, role.iter().collect::<Vec<_>>(), "{}", told.verdict);
    }
}

/// What a responder does to the processes of a session waits until somebody knows that one of them did it.
#[test]
fn a_likely_creator_is_confirmed_before_it_is_contained() {
    let steps = serde_json::to_value(CaseView::from(&case_of(&ALL[1]))).unwrap()["response"].clone();
    let steps = steps.as_array().unwrap();
    let of = |phase: &str| steps.iter().filter(|step| step["phase"] == phase).cloned().collect::<Vec<_>>();
    let says = |step: &Value, words: &str| step["step"].as_str().unwrap().starts_with(words);
    assert_eq!(of("confirm").iter().filter(|step| says(step, "Confirm first: ")).count(), 2);
    let ends_the_session = |step: &&Value| {
        ["Win32_LogonSession", "logoff"].iter().any(|it| step["command"].as_str().unwrap().contains(it))
    };
    let ended: Vec<Value> = of("contain").iter().filter(ends_the_session).cloned().collect();
    assert_eq!(ended.len(), 1);
    assert!(says(&ended[0], "Only once it is confirmed which process made the account"), "{:#}", ended[0]);
}

#[test]
fn a_wave_is_made_by_whom_its_verdicts_say() {
    for told in ALL {
        let cases: Vec<Case> = (0..3_u32)
            .map(|number| {
                let mut case = case_of(told);
                case.case_id = format!("7e12d1c7{number:08}");
                case.created_at = case.created_at + Duration::from_seconds(i64::from(number));
                case.wave = Some("77ab00c1d2e3f405".to_owned());
                if let Some(creator) = &mut case.attribution.creator {
                    creator.pid = Some(ProcessId(6000 + 8 * number));
                }
                case
            })
            .collect();
        let text = joined(&written("table", &cases, &page()));
        assert!(
            text.contains(&format!("made by {} 3 {}", told.wave_made_by, told.verdict)),
            "{}: {text}",
            told.verdict
        );
    }
    // Where some are proven, those that are likely are named as such beside them.
    let mut mixed: Vec<Case> = ALL[..2].iter().map(case_of).collect();
    mixed.iter_mut().for_each(|case| case.wave = Some("77ab00c1d2e3f405".to_owned()));
    mixed[1].case_id = "7e12d1c700000002".to_owned();
    let text = joined(&written("table", &mixed, &page()));
    let told = "made by net1.exe (3888) probably net1.exe (3888) (likely, 93 %) 1 attributed, 1 likely";
    assert!(text.contains(told), "{text}");
}

#[test]
fn a_verdict_that_became_another_is_a_difference() {
    let record =
        |told: &Told| Record::of(serde_json::to_value(CaseView::from(&case_of(told))).unwrap()).unwrap();
    for (earlier, later) in ALL.iter().zip(ALL.iter().skip(1).chain(&ALL[..1])) {
        let mut comparison = Comparison::bounded(1 << 20);
        comparison.earlier(&record(earlier));
        comparison.later(record(later));
        let (differences, _) = comparison.finish();
        let mut out = Vec::new();
        (DiffFormat::named("table").unwrap().write)(&differences, &page(), &mut out).unwrap();
        let text = joined(&String::from_utf8(out).unwrap());
        let change = format!("attribution.verdict: {} → {}", earlier.verdict, later.verdict);
        assert!(text.contains(&change), "{change} in {text}");
    }
}

/// Where nothing is claimed and where no candidate leads, what could have made it is listed all the same.
#[test]
fn candidates_are_told_where_none_is_named() {
    for (verdict, confidence) in [(Verdict::Unknown, None), (Verdict::Ambiguous, Some(0.12))] {
        let mut case = stories::two_candidates();
        case.attribution.verdict = verdict;
        case.attribution.confidence = confidence;
        case.attribution.creator = None;
        case.attribution.chain.clear();
        case.attribution.alternatives[0].against =
            begat_model::case::Against::Lacks { lacks: vec![Lack::Command] };
        let text = joined(&written("table", std::slice::from_ref(&case), &page()));
        assert!(text.contains("perhaps by tool.exe (5120), 44 %"), "{verdict}: {text}");
    }
}

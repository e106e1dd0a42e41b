//! Formats of other systems: snapshots, and every story held against the schema that the system publishes.

use begat_model::case::{
    Authorisation, AuthorisationStatus, Case, Client, Context, Finding, FindingFact, FindingKind, HostClass,
    HostRole, NameFact, NameSign, NearMiss, Outcome, Process, Rarity, Reason, RoleGrounds, RoleSource, Scope,
    Severity, Unmet, Verdict,
};
use begat_report::{FORMATS, Format, Found, Page};
use serde_json::{Value, json};

use crate::formats::{written, written_with_findings};
use crate::published::{Ecs, Ocsf};
use crate::stories;

/// Every verdict, severity, scope, outcome and status of authorisation, beside the stories; hashes, and what hashes are not.
fn cases() -> Vec<Case> {
    let mut cases = stories::all();
    let varied = |change: &dyn Fn(&mut Case)| {
        let mut case = stories::two_candidates();
        change(&mut case);
        case
    };
    cases.extend(Verdict::ALL.iter().map(|it| varied(&|case| case.attribution.verdict = *it)));
    cases.extend(Severity::ALL.iter().map(|it| varied(&|case| case.severity = *it)));
    cases.extend(Scope::ALL.iter().map(|it| varied(&|case| case.account.scope = *it)));
    cases.extend(Outcome::ALL.iter().map(|it| varied(&|case| case.outcome = *it)));
    cases.extend(AuthorisationStatus::ALL.iter().map(|it| varied(&|case| case.authorisation.status = *it)));
    for source in ["LOCAL", "-", "", "::1", "fe80::1%5", "10.0.0.1:445", "\u{1b}[2J10.0.0.1", "127.0.0.1"] {
        let mut case = Case { origin: None, ..stories::plain() };
        case.actor.source_ip = Some(source.into());
        cases.push(case);
    }
    cases.push(allowed());
    cases.push(nameless());
    cases
}

/// All that a policy and a log with hashes add.
fn allowed() -> Case {
    let mut case = stories::over_wmi();
    case.authorisation = Authorisation {
        status: AuthorisationStatus::Authorised,
        rule: Some("helpdesk-onboarding".into()),
        owner: Some("IT service desk".into()),
        reason: Some("new colleagues".into()),
        expires: Some("2026-12-31".into()),
        ticket: Some("CHG0031337".into()),
        beside_likely: Vec::new(),
        nearest: Vec::new(),
    };
    case.host.role = Some(HostRole {
        name: "kiosk".into(),
        class: Some(HostClass::Workstation),
        source: RoleSource::Inventory,
        why: RoleGrounds::Inventory,
    });
    case.host.owner = Some("Facilities".into());
    if let Some(creator) = &mut case.attribution.creator {
        creator.hashes = vec![
            "MD5=0cc175b9c0f1b6a831c399e269772661".into(),
            format!("SHA256={}", "AB".repeat(32)).into(),
            format!("IMPHASH={}", "0".repeat(32)).into(),
            "SHA256=\u{202e}no hash".into(),
        ];
    }
    case
}

/// Nothing is known that can be unknown.
fn nameless() -> Case {
    let mut case = stories::blind();
    case.account.name = None;
    case.account.created_as = None;
    case.account.sid = None;
    case.account.domain = None;
    case.actor = Default::default();
    case.attribution.verdict = Verdict::Ambiguous;
    case.attribution.creator = Some(Default::default());
    case.attribution.chain = vec![Default::default(), Default::default()];
    case.events.clear();
    case
}

fn findings() -> Vec<Finding> {
    let mut findings = stories::findings();
    findings.extend(FindingKind::ALL.iter().map(|kind| Finding { kind: *kind, ..stories::guest_enabled() }));
    let nobody =
        Finding { account: None, actor: None, process: None, events: vec![], ..stories::sam_tampered() };
    findings.push(nobody);
    findings
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn all(format: &str) -> Vec<Value> {
    objects(&written_with_findings(format, &cases(), &findings(), &Page::default()))
}

fn pretty(format: &str, case: &Case) -> String {
    let mut object = objects(&written(format, std::slice::from_ref(case), &Page::default())).remove(0);
    // The whole case stands there too, as its own snapshot shows it.
    for whole in ["begat", "unmapped"] {
        if let Some(whole) = object.get_mut(whole) {
            *whole = json!({"case_id": whole["case_id"]});
        }
    }
    serde_json::to_string_pretty(&object).unwrap()
}

/// Sets what stands at a path, and says what the check says then.
fn broken(valid: &Value, path: &str, value: &Value) -> Value {
    let mut document = valid.clone();
    let (parent, name) = path.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("{path}"));
    match value {
        Value::Null => {
            parent.as_object_mut().unwrap().remove(name).unwrap();
        }
        value => parent[name] = value.clone(),
    }
    document
}

#[test]
fn ecs() {
    insta::assert_snapshot!(pretty("ecs", &allowed()));
}

#[test]
fn every_alert_is_one_of_ecs() {
    let Some(ecs) = Ecs::published() else { return };
    for document in all("ecs") {
        assert_eq!(ecs.faults(&document), Vec::<String>::new(), "{document:#}");
    }
}

#[test]
fn what_ecs_does_not_allow_is_noticed() {
    let Some(ecs) = Ecs::published() else { return };
    let valid = objects(&written("ecs", &[allowed()], &Page::default())).remove(0);
    assert_eq!(ecs.faults(&valid), Vec::<String>::new());
    for (path, value) in [
        ("/@timestamp", json!(null)),
        ("/@timestamp", json!("yesterday")),
        ("/source/ip", json!("LOCAL")),
        ("/related/ip", json!(["10.0.0.1", "-"])),
        ("/process/pid", json!("3888")),
        ("/process/colour", json!("red")),
        ("/process/parent/start", json!("14:42")),
        ("/event/kind", json!("nonsense")),
        ("/event/category", json!("iam")),
        ("/event/type", json!(["user", "start"])),
        ("/event/severity", json!("high")),
        ("/labels/verdict", json!(1)),
        ("/verdict", json!("attributed")),
    ] {
        let faults = ecs.faults(&broken(&valid, path, &value));
        assert_eq!(faults.len(), 1, "{path} = {value}: {faults:?}");
    }
}

#[test]
fn ocsf() {
    insta::assert_snapshot!(pretty("ocsf", &allowed()));
}

#[test]
fn every_event_is_a_detection_finding_of_ocsf() {
    let Some(ocsf) = Ocsf::published() else { return };
    for event in all("ocsf") {
        assert_eq!(ocsf.faults(&event), Vec::<String>::new(), "{event:#}");
    }
}

#[test]
fn what_ocsf_does_not_allow_is_noticed() {
    let Some(ocsf) = Ocsf::published() else { return };
    let valid = objects(&written("ocsf", &[allowed()], &Page::default())).remove(0);
    assert_eq!(ocsf.faults(&valid), Vec::<String>::new());
    for (path, value) in [
        ("/time", json!(null)),
        ("/time", json!("2021-10-19T14:42:41Z")),
        ("/class_uid", json!(2003)),
        ("/severity_id", json!(7)),
        ("/colour", json!("red")),
        ("/finding_info/uid", json!(null)),
        ("/metadata/version", json!(null)),
        ("/confidence_score", json!(0.5)),
        ("/evidences/0/process/pid", json!("3888")),
        ("/evidences/0/src_endpoint/ip", json!("LOCAL")),
        ("/evidences/0/process/file/hashes/0/algorithm_id", json!(77)),
        ("/observables/0/type_id", json!(1000)),
        ("/device/type_id", json!(null)),
    ] {
        let faults = ocsf.faults(&broken(&valid, path, &value));
        assert!(!faults.is_empty(), "{path} = {value}");
    }
}

#[test]
fn what_is_no_address_is_in_no_address_field_and_still_told() {
    let mut case = stories::plain();
    case.actor.source_ip = Some("LOCAL".into());
    let told = objects(&written("ecs", &[case], &Page::default())).remove(0);
    assert_eq!(told["source"]["ip"], Value::Null);
    assert_eq!(told["source"]["address"], "LOCAL");
    assert_eq!(told["begat"]["actor"]["source_ip"], "LOCAL");
}

#[test]
fn the_whole_case_is_kept_beside_what_other_systems_know() {
    let (cases, page) = (cases(), Page::default());
    let lines = objects(&written("jsonl", &cases, &page));
    let wholes: Vec<Value> =
        objects(&written("ecs", &cases, &page)).iter().map(|it| it["begat"].clone()).collect();
    assert_eq!(wholes, lines);
    let unmapped: Vec<Value> =
        objects(&written("ocsf", &cases, &page)).iter().map(|it| it["unmapped"].clone()).collect();
    assert_eq!(unmapped, lines);
}

#[test]
fn a_risk_percent_rises_with_the_severity_and_is_never_certain() {
    let percents: Vec<f64> = Severity::ALL
        .iter()
        .map(|severity| {
            let mut case = stories::plain();
            (case.severity, case.risk.score) = (*severity, -100);
            let told = objects(&written("ecs", &[case], &Page::default())).remove(0);
            told["event"]["risk_score_norm"].as_f64().unwrap()
        })
        .collect();
    assert!(percents.is_sorted_by(|one, other| one < other), "{percents:?}");
    let mut case = stories::plain();
    case.risk.score = 1000;
    let told = objects(&written("ecs", &[case], &Page::default())).remove(0);
    assert!(told["event"]["risk_score_norm"].as_f64().unwrap() <= 100.0);
}

#[test]
fn timesketch() {
    insta::assert_snapshot!(written_with_findings(
        "timesketch",
        &[stories::two_candidates(), stories::by_time_alone()],
        &[stories::guest_enabled()],
        &Page::default()
    ));
}

/// What Timesketch's importer refuses a line without, and the order in which an analyst reads.
#[test]
fn a_timeline_has_what_timesketch_asks_for_and_is_in_order() {
    let lines = all("timesketch");
    let mut last = i64::MIN;
    for line in &lines {
        for mandatory in ["message", "datetime", "timestamp_desc", "host", "severity"] {
            assert!(line[mandatory].as_str().is_some_and(|text| !text.is_empty()), "{mandatory}: {line:#}");
        }
        let datetime = line["datetime"].as_str().unwrap();
        assert!(datetime.len() == 32 && datetime.ends_with("+00:00"), "{datetime}");
        let read: jiff::Timestamp = datetime.parse().unwrap();
        let timestamp = line["timestamp"].as_i64().unwrap();
        assert_eq!(read.as_microsecond(), timestamp);
        assert!(last <= timestamp, "{line:#}");
        last = timestamp;
        assert!(line["case_id"].is_string() != line["finding_id"].is_string());
        assert_eq!(line["tag"][0], "begat");
    }
    let creations = lines.iter().filter(|line| line["timestamp_desc"] == "Account created").count();
    assert_eq!(creations, cases().len());
}

#[test]
fn a_timeline_tells_every_record_and_every_process_of_a_case_once() {
    let case = stories::plain();
    let lines = objects(&written("timesketch", std::slice::from_ref(&case), &Page::default()));
    let count = |what: &str| lines.iter().filter(|line| line["timestamp_desc"] == what).count();
    let started = case.attribution.chain.iter().filter(|process| process.started_at.is_some()).count();
    assert_eq!(count("Process started"), started + 1);
    assert_eq!(count("Account changed"), case.afterwards.len());
    assert_eq!(count("Logon"), 1);
    let mut odd = case.clone();
    odd.events.push(stories::event(
        begat_model::case::Role::Blinding,
        begat_model::EventKind::LogCleared,
        99,
        "2021-10-19T14:50:00Z",
    ));
    let more = objects(&written("timesketch", &[odd], &Page::default()));
    assert_eq!(more.len(), lines.len() + 1);
    assert_eq!(more.last().unwrap()["event_id"], 1102);
    let told_to_the_second = "[time known to the second]";
    assert!(more.last().unwrap()["message"].as_str().unwrap().ends_with(told_to_the_second));
    let creation = more.iter().find(|line| line["timestamp_desc"] == "Account created").unwrap();
    assert!(!creation["message"].as_str().unwrap().ends_with(told_to_the_second));
}

fn pivots(format: &str, cases: &[Case], findings: &[Finding]) -> String {
    let mut out = Vec::new();
    let write = Format::named(format).unwrap().write_pivots.unwrap();
    write(&Found::new(cases, findings), &Page::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn pivots_for_people() {
    insta::assert_snapshot!(pivots("table", &[stories::by_time_alone(), allowed()], &stories::findings()));
}

#[test]
fn pivots_as_csv() {
    let cases = [stories::by_time_alone(), allowed(), stories::hostile()];
    insta::assert_snapshot!(pivots("csv", &cases, &[stories::hostile_finding()]));
}

#[test]
fn a_pivot_is_told_once_with_everything_that_it_stands_in() {
    let mut cases = stories::loop_on_one_host();
    cases.push(stories::over_wmi());
    let all = objects(&pivots("jsonl", &cases, &stories::findings()));
    let mut keys: Vec<_> =
        all.iter().map(|it| format!("{} {} {}", it["type"], it["value"], it["session_host"])).collect();
    let count = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), count);
    let sid = all.iter().find(|it| it["value"] == stories::NEW_SID && it["type"] == "sid").unwrap();
    assert_eq!(sid["cases_total"], 51);
    assert_eq!(sid["cases"].as_array().unwrap().len(), 20);
    assert_eq!(sid["roles"][0], "created");
    // 0x551686 is a session of each of two hosts.
    let sessions = all.iter().filter(|it| it["value"] == "0x551686");
    assert_eq!(sessions.count(), 2);
}

#[test]
fn what_every_machine_has_is_no_pivot() {
    let mut case = stories::plain();
    case.actor.source_ip = Some("::1".into());
    case.actor.source_host = Some("fs03".into());
    case.actor.account.sid = begat_model::Sid::parse("S-1-5-18");
    case.actor.account.name = Some("FS03$".into());
    case.actor.account.logon_id = Some(begat_model::LogonId(0x3e7));
    case.afterwards.iter_mut().for_each(|afterward| afterward.by = None);
    let all = objects(&pivots("jsonl", &[case], &[]));
    let told: Vec<_> =
        all.iter().map(|it| (it["type"].as_str().unwrap(), it["value"].as_str().unwrap())).collect();
    assert_eq!(told, [("sid", stories::NEW_SID), ("account_name", "toto3")]);
}

#[test]
fn no_pivot_deceives_an_eye_or_starts_a_formula() {
    for format in FORMATS.iter().filter(|format| format.write_pivots.is_some()) {
        let text = pivots(format.name, &cases(), &findings());
        let raw = text.chars().find(|character| {
            (character.is_control() && !matches!(character, '\n' | '\r'))
                || matches!(character, '\u{202e}' | '\u{200b}')
        });
        assert_eq!(raw, None, "{}", format.name);
    }
    let text = pivots("csv", &cases(), &findings());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for cell in reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
}

/// A case and a finding in which every text that can come from a log or from a site's files would start a formula, at its
/// beginning and after a semicolon.
fn riddled() -> (Case, Finding) {
    let formula = "=cmd|' /C calc'!A0;=1";
    let text = || Some(formula.into());
    let mut case = stories::by_time_alone();
    case.account.name = text();
    case.account.created_as = text();
    case.account.domain = text();
    case.actor.account.name = text();
    case.actor.account.domain = text();
    case.actor.source_ip = text();
    case.actor.source_host = text();
    case.host.name = begat_model::HostName::new(formula).unwrap();
    case.host.netbios = formula.to_owned();
    case.host.owner = text();
    case.wave = Some(formula.to_owned());
    case.host.role = Some(HostRole {
        name: formula.into(),
        class: None,
        source: RoleSource::Inventory,
        why: RoleGrounds::Inventory,
    });
    case.authorisation = Authorisation {
        status: AuthorisationStatus::Authorised,
        rule: text(),
        owner: text(),
        reason: text(),
        expires: text(),
        ticket: text(),
        beside_likely: vec!["source"],
        nearest: vec![NearMiss {
            rule: formula.into(),
            lacks: vec![Unmet::NoAddress { source: formula.into() }],
        }],
    };
    case.context = Context {
        name_signs: vec![NameSign {
            kind: "look_alike",
            why: NameFact::LooksLike { looks: formula.into(), foreign: 'x' },
        }],
        rarity: Some(Rarity { creator: formula.into(), role: text(), creations: 1, of: 1 }),
    };
    let process = Process {
        image: text(),
        command_line: Some(formula.to_owned()),
        user: Some(formula.to_owned()),
        original_file_name: text(),
        hashes: vec![formula.into()],
        rules: vec![formula.into()],
        ..stories::process(1, "x", None, "2021-10-19T14:42:00Z")
    };
    case.attribution.creator = Some(process.clone());
    case.attribution.reason = Some(Reason::NoProcesses { source: text() });
    case.attribution.chain = vec![process.clone()];
    case.window_rule.process = Some(process.clone());
    if let Some(origin) = &mut case.origin {
        origin.actor = case.actor.clone();
        origin.client = Some(Client { host: case.host.name.clone(), process: process.clone() });
    }
    let finding = Finding {
        host: case.host.clone(),
        summary: FindingFact::SamWritten { image: formula.into(), key: None },
        account: Some(case.actor.account.clone()),
        actor: Some(case.actor.clone()),
        process: Some(process),
        ..stories::guest_enabled()
    };
    (case, finding)
}

/// Also where a semicolon separates: there a new cell begins in the midst of ours. A number is no formula.
#[test]
fn no_cell_of_any_column_starts_a_formula_whatever_the_separator() {
    let (case, finding) = riddled();
    let (cases, findings) = ([case], [finding]);
    let tables =
        [written_with_findings("csv", &cases, &findings, &Page::default()), pivots("csv", &cases, &findings)];
    for separator in [b',', b';'] {
        let mut formulas = Vec::new();
        for table in &tables {
            let mut reader = csv::ReaderBuilder::new();
            let mut reader = reader.delimiter(separator).flexible(true).from_reader(table.as_bytes());
            for cell in
                reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
            {
                let bare = cell.trim_start_matches([' ', '"']);
                let starts =
                    bare.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
                formulas.extend(starts.then_some(cell));
            }
        }
        assert_eq!(formulas, Vec::<String>::new(), "separated by {}", char::from(separator));
    }
}

#[test]
fn hostile_texts_of_every_field_are_valid_elsewhere_too() {
    let (case, finding) = riddled();
    let (cases, findings) = ([case], [finding]);
    let all = |format| objects(&written_with_findings(format, &cases, &findings, &Page::default()));
    if let Some(ecs) = Ecs::published() {
        all("ecs").iter().for_each(|it| assert_eq!(ecs.faults(it), Vec::<String>::new(), "{it:#}"));
    }
    if let Some(ocsf) = Ocsf::published() {
        all("ocsf").iter().for_each(|it| assert_eq!(ocsf.faults(it), Vec::<String>::new(), "{it:#}"));
    }
}

/// A record of a creation that tells no time.
fn timeless() -> Finding {
    let cause = begat_model::event::Unread::NoZone;
    Finding {
        kind: FindingKind::CreationUnread,
        at: None,
        summary: FindingFact::CreationUnread { count: 2, cause },
        events: Vec::new(),
        ..stories::guest_enabled()
    }
}

#[test]
fn a_finding_without_a_time_is_placed_where_a_format_demands_one_and_is_marked() {
    let finding = timeless();
    let only = std::slice::from_ref(&finding);
    let case = stories::plain();
    let beside = std::slice::from_ref(&case);
    let last = |format: &str, cases: &[Case]| {
        let mut lines = objects(&written_with_findings(format, cases, only, &Page::default()));
        lines.pop().unwrap()
    };
    let milliseconds = case.created_at.unix_ticks().div_euclid(10_000);
    let told = last("ocsf", beside);
    assert_eq!(told["time"], milliseconds, "the latest that the rest of the answer tells");
    assert!(told["metadata"]["original_time"].is_null() && told["unmapped"]["at"].is_null());
    assert!(told["metadata"]["labels"].as_array().unwrap().contains(&json!("time:unknown")));
    assert_eq!(last("ocsf", &[])["time"], 0, "nothing in the answer tells a time");
    let told = last("ecs", beside);
    assert_eq!(told["@timestamp"], json!(case.created_at.to_string()));
    assert_eq!(told["labels"]["time"], "unknown");
    if let Some(schema) = Ocsf::published() {
        assert_eq!(schema.faults(&last("ocsf", &[])), [""; 0]);
    }
    if let Some(schema) = Ecs::published() {
        assert_eq!(schema.faults(&last("ecs", &[])), [""; 0]);
    }
}

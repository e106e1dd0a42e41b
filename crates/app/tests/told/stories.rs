//! Stories of the simulator, hunted in every carrier: the truth is known, and every carrier must tell the same.

use std::fs;
use std::path::Path;
use std::process::Command;

use begat_sim::encode::{CARRIERS, Carrier, Precision, Shipping};
use begat_sim::story::{STORIES, Story, StoryKind, TrueFinding, TrueProcess, Truth};
use serde_json::{Value as Json, json};

/// The cases that the program makes of a story, shipped so.
fn hunt(story: &Story, carrier: &Carrier) -> Vec<Json> {
    of_schema(hunt_all(story, carrier), "begat.case/1")
}

fn of_schema(told: Vec<Json>, schema: &str) -> Vec<Json> {
    told.into_iter().filter(|object| object["schema"] == schema).collect()
}

/// Cases and findings.
fn hunt_all(story: &Story, carrier: &Carrier) -> Vec<Json> {
    let folder = tempfile::tempdir().unwrap();
    let bytes = carrier.encode(&story.records, &Shipping::default()).unwrap();
    let path = folder.path().join(format!("story.{}", carrier.extension));
    fs::write(&path, bytes).unwrap();
    hunt_path(&path)
}

fn hunt_path(path: &Path) -> Vec<Json> {
    let output = Command::new(env!("CARGO_BIN_EXE_begat"))
        .args(["hunt", "--format", "jsonl", "--quiet"])
        .arg(path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn case_of<'a>(cases: &'a [Json], truth: &Truth) -> &'a Json {
    let sid = truth.sid.to_string();
    let of_account = cases.iter().filter(|case| case["account"]["sid"] == sid.as_str());
    let mut of_host = of_account.filter(|case| case["host"]["name"] == truth.host.as_str());
    of_host.next().unwrap_or_else(|| panic!("no case for {} on {}", truth.account, truth.host))
}

fn is(process: &Json, truth: &TrueProcess) -> bool {
    process["pid"] == truth.pid && process["image"].as_str().is_none_or(|image| image == truth.image)
}

/// Seeds of which every story is told, and carriers of the many in which one is; `BEGAT_STORIES=all` tells them in
/// all. Each carrier has its turn at some story.
const SEEDS: u64 = 2;
const CARRIERS_A_STORY: usize = 3;

/// Whether everything is told that there is to tell.
pub(crate) fn is_all() -> bool {
    std::env::var("BEGAT_STORIES").is_ok_and(|which| which == "all")
}

/// Compares a case with the truth; says what is wrong.
fn faults(case: &Json, truth: &Truth) -> Vec<String> {
    let verdict = truth.verdict;
    let mut faults = Vec::new();
    let mut expect = |what: &str, told: &Json, expected: Json| {
        if *told != expected {
            faults.push(format!("{what}: told {told}, true {expected}"));
        }
    };
    let attribution = &case["attribution"];
    expect("verdict", &attribution["verdict"], json!(verdict));
    expect("name", &case["account"]["name"], json!(truth.account));
    expect("created_as", &case["account"]["created_as"], json!(truth.created_as));
    expect("scope", &case["account"]["scope"], json!(truth.scope));
    expect("outcome", &case["outcome"], json!(truth.outcome));
    // Where several could and none leads, nobody is named, and the sequence needs somebody.
    let names_nobody = verdict == "ambiguous" && attribution["creator"].is_null();
    expect("sequence", &case["sequence"], json!(truth.sequence && !names_nobody));
    expect("privileged", &case["account"]["privileged"], json!(truth.privileged));
    expect("source_ip", &case["actor"]["source_ip"], json!(truth.source_ip));
    expect("logon_id", &case["actor"]["logon_id"], json!(format!("{:#x}", truth.logon_id)));
    expect("wave", &json!(case["wave"].is_string()), json!(truth.wave));
    let risk_terms = case["risk"]["terms"].as_array().unwrap();
    let covered_up = risk_terms.iter().any(|term| term["name"] == "covered_up");
    expect("covered_up", &json!(covered_up), json!(truth.covered_up));
    let origin = &case["origin"];
    let origin = match origin.is_object() {
        true => json!([origin["via"], origin["source_ip"], origin["name"]]),
        false => Json::Null,
    };
    let true_origin = truth.origin.as_ref().map(|o| json!([o.via, o.source_ip, o.account]));
    expect("origin", &origin, json!(true_origin));
    let creator = &attribution["creator"];
    let creator_is_right = match (verdict, &truth.creator) {
        ("ambiguous", _) => names_nobody || truth.candidates.iter().any(|candidate| is(creator, candidate)),
        ("attributed" | "likely", Some(truth)) => is(creator, truth),
        _ => creator.is_null(),
    };
    if !creator_is_right {
        faults.push(format!("creator: told {creator}, true {:?}", truth.creator));
    }
    if matches!(verdict, "attributed" | "likely") {
        let chain = attribution["chain"].as_array().unwrap();
        let same = chain.len() >= truth.chain.len()
            && chain.iter().zip(&truth.chain).all(|(told, truth)| is(told, truth));
        if !same {
            faults.push(format!("chain: told {chain:#?}, true {:#?}", truth.chain));
        }
    }
    faults
}

/// What must not depend on who shipped the log: all of a case but places, and times, which carriers cut.
fn essence(case: &Json) -> Json {
    let process =
        |process: &Json| json!([process["pid"], process["image"], process["command_line"], process["user"]]);
    let list =
        |list: &Json, of: &dyn Fn(&Json) -> Json| list.as_array().unwrap().iter().map(of).collect::<Vec<_>>();
    let attribution = &case["attribution"];
    json!({
        "case_id": case["case_id"], "sequence": case["sequence"], "severity": case["severity"], "risk": case["risk"],
        "host": case["host"], "account": case["account"], "outcome": case["outcome"],
        "actor": [case["actor"]["name"], case["actor"]["sid"], case["actor"]["logon_id"], case["actor"]["logon_type"],
            case["actor"]["source_ip"], case["actor"]["elevated"]],
        "verdict": attribution["verdict"], "creator": process(&attribution["creator"]),
        "chain": list(&attribution["chain"], &process),
        "window": [process(&case["window_rule"]["process"]), case["window_rule"]["agrees"].clone()],
        "afterwards": list(&case["afterwards"], &|entry| json!([entry["what"], entry["by"], entry["group_sid"]])),
        "events": list(&case["events"], &|event| json!([event["role"], event["event_id"], event["record_id"]])),
    })
}

/// Everything that is wrong with what the program says of a story.
fn faults_of_story(kind: &StoryKind, seed: u64) -> Vec<String> {
    let story = kind.tell(seed);
    let told = hunt_all(&story, Carrier::named("evtx").unwrap());
    let findings = of_schema(told.clone(), "begat.finding/1");
    let cases = of_schema(told, "begat.case/1");
    let mut wrong = Vec::new();
    if cases.len() != story.truth.len() {
        return vec![format!(
            "{} seed {seed}: {} cases for {} creations",
            kind.name,
            cases.len(),
            story.truth.len()
        )];
    }
    for truth in &story.truth {
        wrong.extend(faults(case_of(&cases, truth), truth));
    }
    wrong.extend(finding_faults(&findings, &story.findings));
    wrong.iter().map(|fault| format!("{} seed {seed}: {fault}", kind.name)).collect()
}

/// Compares what was found beside the cases with what there was to find.
fn finding_faults(told: &[Json], truth: &[TrueFinding]) -> Option<String> {
    let mut told: Vec<Json> = told
        .iter()
        .map(|finding| json!([finding["kind"], finding["host"]["name"], finding["account"]["sid"]]))
        .collect();
    let sid = |finding: &TrueFinding| finding.sid.as_ref().map(ToString::to_string);
    let mut expected: Vec<Json> =
        truth.iter().map(|finding| json!([finding.kind, finding.host, sid(finding)])).collect();
    told.sort_by_key(Json::to_string);
    expected.sort_by_key(Json::to_string);
    (told != expected).then(|| format!("findings: told {told:?}, true {expected:?}"))
}

#[test]
fn every_story_is_told_truly_over_many_seeds() {
    let seeds = if is_all() { 12 } else { SEEDS };
    let told = STORIES.iter().flat_map(|kind| (1..=seeds).flat_map(|seed| faults_of_story(kind, seed)));
    let wrong: Vec<String> = told.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_carrier_tells_the_same_case() {
    let carrier = Carrier::named("evtx").unwrap();
    for (place, kind) in STORIES.iter().enumerate() {
        let story = kind.tell(7);
        let expected: Vec<Json> = hunt(&story, carrier).iter().map(essence).collect();
        let told_in = if is_all() { CARRIERS.len() } else { CARRIERS_A_STORY };
        for carrier in CARRIERS.iter().cycle().skip(place * told_in).take(told_in) {
            let told: Vec<Json> = hunt(&story, carrier).iter().map(essence).collect();
            if carrier.precision == Precision::Seconds || !carrier.leaves_out.is_empty() {
                never_wrong_with_less(kind.name, &told, &expected);
            } else {
                assert_eq!(told, expected, "{} as {}", kind.name, carrier.name);
            }
        }
    }
}

/// A carrier in whole seconds, or that leaves something out, may cost certainty, never truth: the same process, or none.
fn never_wrong_with_less(story: &str, told: &[Json], expected: &[Json]) {
    assert_eq!(told.len(), expected.len(), "{story}");
    for told in told {
        let same = expected.iter().find(|case| case["case_id"] == told["case_id"]);
        let expected = same.unwrap_or_else(|| panic!("{story}: another case than in EVTX"));
        if told["verdict"] == "attributed" {
            assert_eq!(told["creator"], expected["creator"], "{story}");
        }
        assert_eq!(told["outcome"], expected["outcome"], "{story}");
        assert_eq!(told["actor"], expected["actor"], "{story}");
    }
}

//! `begat rehearse`: a plan, logs with their truth, and what a pipeline made of them.

use serde_json::Value as Json;

use crate::logs;
use crate::session::Session;

#[test]
fn the_plan_says_what_to_run_and_how_to_clean_up() {
    let session = Session::new();
    let plan = session.stdout(&["rehearse", "plan"]);
    for part in [
        "net-user  an administrator runs net user /add in an elevated shell (M01)",
        "    net user begat-rehearsal Begat-Rehearsal-1! /add\n  clean up:\n    net user begat-rehearsal /delete\n",
        "Invoke-AtomicTest T1136.001 -TestGuids 6657864e-0323-4206-9344-ac9cd7265a4f",
    ] {
        assert!(plan.contains(part), "{part}\n{plan}");
    }
    let plan: Json = serde_json::from_str(&session.stdout(&["rehearse", "plan", "-t", "json"])).unwrap();
    assert!(plan["rehearsals"].as_array().unwrap().len() > 10);
}

#[test]
fn what_is_written_is_hunted_and_scored_right() {
    for carrier in ["evtx", "winlogbeat"] {
        let session = Session::new();
        session.stdout(&["rehearse", "write", "lab", "--carrier", carrier]);
        session.stdout(&["hunt", "-q", "-t", "jsonl", "-o", "cases.jsonl", "lab/logs"]);
        let score: Json = serde_json::from_str(&session.stdout(&[
            "rehearse",
            "score",
            "lab/truth.jsonl",
            "cases.jsonl",
            "-t",
            "json",
        ]))
        .unwrap();
        let described = begat_report::SCHEMAS.iter().find(|schema| schema.name == "rehearsal-score").unwrap();
        let schema = begat_trial::JsonSchema::of(&serde_json::from_str(described.json).unwrap()).unwrap();
        assert_eq!(schema.complaints(&score), Vec::<String>::new());
        let (of, right) = (score["of"].as_u64().unwrap(), score["counts"]["right"].as_u64().unwrap());
        assert_eq!(score["counts"]["confidently_wrong"], 0, "{carrier}: {score}");
        assert!(of > 50 && right * 10 >= of * 9, "{carrier}: {right} of {of}: {score}");
    }
}

/// All times move together: what is written for today is hunted as what was written for then.
#[test]
fn a_rehearsal_happens_when_it_is_asked_to() {
    let session = Session::new();
    let stories = ["--story", "new-localuser", "--story", "scheduled-task"];
    let verdicts = |folder: &str| -> Vec<(String, String)> {
        let told = session.stdout(&["hunt", "-q", "-t", "jsonl", &format!("{folder}/logs")]);
        let cases = told.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
        let cases = cases.filter(|it| it["schema"] == "begat.case/1");
        cases
            .map(|it| (it["attribution"]["verdict"].to_string(), it["attribution"]["lag_ms"].to_string()))
            .collect()
    };
    session.stdout(&[&["rehearse", "write", "then"], &stories[..]].concat());
    session.stdout(&[&["rehearse", "write", "now", "--at", "2026-11-02T08:00:00Z"], &stories[..]].concat());
    assert_eq!(verdicts("now"), verdicts("then"));
    let first = session.read("now/truth.jsonl");
    assert!(
        first.contains("\"created_at\":\"2026-11-02T08:00:00.0") || first.contains("T07:59:59.99"),
        "{first}"
    );
    for refused in ["yesterday", "9999-12-31T00:00:00Z"] {
        assert_eq!(session.status(&["rehearse", "write", "never", "--at", refused]), 2, "{refused}");
    }
}

fn host_name(line: &str) -> String {
    serde_json::from_str::<Json>(line).unwrap()["host"].as_str().unwrap().to_owned()
}

#[test]
fn a_rehearsal_bears_the_names_of_the_site() {
    let session = Session::new().log("site/PC7.evtx", "evtx", &logs::net_user("PC7.firm.test"));
    session.stdout(&["rehearse", "write", "lab", "--story", "net-user", "--like", "site"]);
    let truth: Json = serde_json::from_str(&session.read("lab/truth.jsonl")).unwrap();
    assert_eq!((&truth["schema"], &truth["host"]), (&"begat.rehearsal/1".into(), &"PC7.firm.test".into()));
    let records = session.stdout(&["dump", "--event-id", "4720", "lab/logs"]);
    assert!(records.contains("PC7.firm.test") && records.contains("begat-rehearsal"), "{records}");
    assert_eq!(
        session.status(&["rehearse", "write", "lab", "--story", "net-user"]),
        2,
        "it is there already"
    );
    assert_eq!(session.status(&["rehearse", "write", "lab", "--story", "net-user", "-C"]), 0);
    assert_eq!(session.status(&["rehearse", "write", "other", "--like", "nowhere"]), 2);
    let two_names = begat_sim::story::StoryKind::named("net-user-administrators").unwrap().tell(1).records;
    let session = session.log("two/names.evtx", "evtx", &two_names);
    session.stdout(&[
        "rehearse", "write", "two-lab", "--story", "net-user", "--story", "runas", "--like", "two",
    ]);
    let hosts: Vec<String> = session.read("two-lab/truth.jsonl").lines().map(host_name).collect();
    assert_eq!(
        hosts,
        ["srv01.corp.example", "rehearsal-001.corp.example"],
        "one machine of two names is one"
    );
}

#[test]
fn another_tools_alerts_are_scored_by_a_map() {
    let session = Session::new();
    session.stdout(&["rehearse", "write", "lab", "--story", "net-user", "--story", "remote-samr"]);
    let truth = session.read("lab/truth.jsonl");
    let truth: Vec<Json> = truth.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let alert = |truth: &Json, image: &Json, pid: &Json| serde_json::json!({"asset": {"name": truth["host"]}, "user": truth["account"], "exe": image, "pid": pid});
    let parent = &truth[0]["chain"][0];
    let alerts = format!(
        "{}\n{}\n",
        alert(&truth[0], &parent["image"], &parent["pid"]),
        alert(&truth[1], &"C:\\Windows\\System32\\cmd.exe".into(), &77.into())
    );
    let map = "host = \"asset.name\"\naccount = \"user\"\nprocess = \"exe\"\npid = \"pid\"\n";
    let session = session.file("alerts.jsonl", alerts).file("map.toml", map).file("bad.toml", "hots = 1\n");
    insta::assert_snapshot!(session.transcript(&[
        "rehearse",
        "score",
        "lab/truth.jsonl",
        "alerts.jsonl",
        "--map",
        "map.toml",
        "--fail-on-wrong"
    ]));
    insta::assert_snapshot!(session.transcript(&[
        "rehearse",
        "score",
        "lab/truth.jsonl",
        "alerts.jsonl",
        "--map",
        "bad.toml"
    ]));
    insta::assert_snapshot!(session.transcript(&["rehearse", "score", "lab/truth.jsonl", "alerts.jsonl"]));
}

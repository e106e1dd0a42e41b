//! `begat policy`: checked, tried out and proposed, over the simulator's stories.

use begat_sim::story::{STORIES, StoryKind};
use begat_sim::world::{HostSpec, Telemetry};

use crate::session::Session;

const IMAGING: &str = r#"[[authorisation]]
name = "imaging"
kind = "deployment"
owner = "desktop team"
reason = "the task sequence makes the local administrator"
expires = 2027-03-31
[authorisation.match]
creator = 'C:\Windows\System32\net1.exe'
parent = 'C:\Windows\CCM\smsswd.exe'
session = "system"
account = "localadm"
host = ["wks*", "srv01"]
"#;

/// A job of the database makes accounts; so does whoever can talk to the database.
const DATABASE_JOB: &str = r#"[[authorisation]]
name = "database-job"
kind = "administration"
owner = "dba"
reason = "a nightly job"
expires = 2027-03-31
[authorisation.match]
creator = 'C:\Windows\System32\net1.exe'
parent = 'C:\Program Files\Microsoft SQL Server\*\sqlservr.exe'
session = "service"
actor = "S-1-5-21-1-2-3-1234"
"#;

/// What an administrator types is what an attacker types.
const SHELLS: &str = r#"[[authorisation]]
name = "shells"
kind = "administration"
owner = "operations"
reason = "we type net user"
expires = 2027-03-31
[authorisation.match]
creator = 'C:\Windows\System32\net1.exe'
parent = 'C:\Windows\explorer.exe'
session = "remote_desktop"
"#;

/// The console for accounts stands out in its session, and nothing shows the act by it.
const CONSOLE: &str = r#"[[authorisation]]
name = "console"
kind = "helpdesk"
owner = "help desk"
reason = "the front desk gets its account at the jump hosts"
expires = 2027-03-31
[authorisation.match]
creator = 'C:\Windows\System32\mmc.exe'
actor = "S-1-5-21-1004336348-1177238915-682003330-1146"
source = "10.20.4.31/32"
"#;

fn with_logs_of(story: &str) -> Session {
    let records = StoryKind::named(story).unwrap().tell(1).records;
    Session::new().log("logs/story.evtx", "evtx", &records)
}

/// The first entry of what was proposed, with its blanks filled in.
fn filled_in(proposed: &str) -> String {
    let answers = [
        ("kind = \"\"", "kind = \"provisioning\""),
        ("owner = \"\"", "owner = \"somebody\""),
        ("reason = \"\"", "reason = \"agreed\""),
        ("expires = \"\"", "expires = 2027-03-31"),
    ];
    answers.iter().fold(proposed.to_owned(), |text, (blank, answer)| text.replace(blank, answer))
}

#[test]
fn a_policy_in_order() {
    let session = with_logs_of("imaging-wave").file("site.toml", IMAGING);
    insta::assert_snapshot!(session.transcript(&[
        "policy",
        "check",
        "site.toml",
        "logs",
        "--today",
        "2026-06-01"
    ]));
}

#[test]
fn an_entry_that_runs_out_and_one_that_ran_out() {
    let session = Session::new().file("site.toml", IMAGING);
    insta::assert_snapshot!(session.transcript(&["policy", "check", "site.toml", "--today", "2027-03-15"]));
    for (today, status) in [("2027-02-28", 0), ("2027-03-02", 1), ("2027-03-31", 1), ("2027-04-01", 1)] {
        assert_eq!(session.status(&["policy", "check", "site.toml", "--today", today]), status, "{today}");
    }
    let told = session.transcript(&["policy", "check", "site.toml", "--today", "2027-04-01"]);
    assert!(told.contains("expired: it was valid until 2027-03-31"), "{told}");
}

#[test]
fn a_policy_that_cannot_be_used() {
    let session =
        Session::new().file("site.toml", SHELLS).file("blank.toml", IMAGING.replace("desktop team", ""));
    insta::assert_snapshot!(session.transcript(&["policy", "check", "site.toml"]));
    insta::assert_snapshot!(session.transcript(&["policy", "check", "blank.toml", "-t", "jsonl"]));
}

#[test]
fn an_entry_that_nobody_used_for_long_is_told_from_earlier_cases() {
    let case = |id: &str, at: &str, rule: &str| {
        format!(
            r#"{{"schema":"begat.case/1","case_id":"{id}","created_at":"{at}","authorisation":{{"rule":{rule}}}}}"#
        )
    };
    let winter = case("a", "2026-01-02T09:00:00Z", "\"imaging\"");
    let summer = case("b", "2026-06-02T09:00:00Z", "null");
    let session = Session::new()
        .file(
            "site.toml",
            format!("{IMAGING}\n{}", IMAGING.replace("imaging", "kiosks").replace("localadm", "kiosk")),
        )
        .file("winter.jsonl", &winter)
        .file("summer.jsonl", format!("{summer}\n{winter}\n"))
        .file("wrong.jsonl", "no case\n");
    let line =
        ["policy", "check", "site.toml", "--today", "2026-06-03", "--cases", "winter.jsonl", "summer.jsonl"];
    insta::assert_snapshot!(session.transcript(&line));
    let wrong = session.transcript(&["policy", "check", "site.toml", "--cases", "wrong.jsonl"]);
    assert!(
        wrong.contains("exit status: 2")
            && wrong.contains("error: this is no case\n  where: wrong.jsonl:1\n"),
        "{wrong}"
    );
}

#[test]
fn an_entry_that_would_allow_an_attack_is_refused_unless_forced() {
    let session = with_logs_of("xp-cmdshell").file("job.toml", DATABASE_JOB).file("shells.toml", SHELLS);
    insta::assert_snapshot!(session.transcript(&["policy", "try", "job.toml", "logs"]));
    let forced = session.transcript(&["policy", "try", "job.toml", "logs", "--force"]);
    assert!(
        forced.contains("exit status: 0") && forced.contains("warning: `database-job` would allow"),
        "{forced}"
    );
    assert_eq!(session.status(&["policy", "check", "job.toml"]), 1);
    assert_eq!(
        session.status(&["policy", "try", "shells.toml", "logs"]),
        2,
        "it proves too little to be read"
    );
}

#[test]
fn a_narrow_entry_is_accepted_with_what_it_allows() {
    let session = with_logs_of("imaging-wave").file("site.toml", IMAGING).file("none.toml", "");
    insta::assert_snapshot!(session.transcript(&[
        "policy",
        "try",
        "imaging",
        "logs",
        "--policy",
        "site.toml"
    ]));
    for (line, told) in [
        (
            vec!["policy", "try", "imagin", "logs", "--policy", "site.toml"],
            "the policy has no entry `imagin`",
        ),
        (vec!["policy", "try", "imaging", "logs"], "there is no file `imaging`"),
        (vec!["policy", "try", "none.toml", "logs"], "holds 0 entries, not one"),
    ] {
        let transcript = session.transcript(&line);
        assert!(transcript.contains("exit status: 2") && transcript.contains(told), "{transcript}");
    }
}

#[test]
fn what_is_proposed_is_refused_until_filled_in_and_allows_its_creations_and_no_attack() {
    for (story, creations) in [("imaging-wave", 4), ("bulk-loop", 20)] {
        let session = with_logs_of(story);
        let proposed = session.stdout(&["policy", "suggest", "logs"]);
        let session = session.file("blank.toml", &proposed).file("filled.toml", filled_in(&proposed));
        assert_eq!(session.status(&["policy", "check", "blank.toml"]), 2, "{proposed}");
        assert_eq!(
            session.status(&["policy", "check", "filled.toml", "--today", "2026-06-01"]),
            0,
            "{proposed}"
        );
        let tried = session.stdout(&["policy", "try", "filled.toml", "logs", "-t", "jsonl"]);
        assert_eq!(tried.lines().count(), creations, "{tried}");
        assert!(tried.lines().all(|line| line.contains(r#""relation":"allowed""#)), "{tried}");
        let again = session.stdout(&["policy", "suggest", "logs", "--policy", "filled.toml"]);
        assert!(again.contains(&format!("{creations} creations that the policy allows already")), "{again}");
    }
}

#[test]
fn what_rests_on_a_likely_creator_is_told_and_counted_apart_by_every_command() {
    let session = with_logs_of("lusrmgr").file("site.toml", CONSOLE);
    let hunt = |format| session.stdout(&["hunt", "logs", "--policy", "site.toml", "-t", format]);
    for (line, told) in [
        (vec!["hunt", "logs", "--policy", "site.toml", "-t", "table"], "made by      probably mmc.exe"),
        (vec!["hunt", "logs", "--policy", "site.toml", "-t", "table"], "the permission rests on `source` as"),
        (vec!["hunt", "logs", "--policy", "site.toml"], "allows 1 case (1 on a likely creator)"),
        (vec!["hunt", "logs", "--policy", "site.toml"], "cases: 1 (1 likely;"),
        (vec!["policy", "try", "site.toml", "logs"], "1 of them on a creator that is only likely."),
        (vec!["policy", "try", "site.toml", "logs"], "without source it would not be allowed"),
        (
            vec!["policy", "check", "site.toml", "logs", "--today", "2026-06-01"],
            "used 1 ×, 1 × on a likely creator",
        ),
    ] {
        let transcript = session.transcript(&line);
        assert!(transcript.contains(told), "{told} in {transcript}");
    }
    assert!(hunt("jsonl").contains(r#""beside_likely":["source"]"#), "{}", hunt("jsonl"));
    // The same from what an earlier hunt wrote.
    let written = hunt("jsonl");
    let session = session.file("cases.jsonl", &written);
    let line =
        ["policy", "check", "site.toml", "--today", "2026-06-01", "--cases", "cases.jsonl", "-t", "jsonl"];
    assert!(session.stdout(&line).contains(r#""used_on_likely":1"#), "{}", session.stdout(&line));
}

#[test]
fn an_agent_on_several_hosts_is_proposed_once() {
    let story = StoryKind::named("sccm").unwrap();
    let hosts = ["a01.corp.example", "a02.corp.example", "a03.corp.example"];
    let session = hosts.iter().zip(1..).fold(Session::new(), |session, (fqdn, seed)| {
        let records =
            story.tell_on(HostSpec { fqdn, ..HostSpec::server(fqdn, Telemetry::AUDITED) }, seed).records;
        session.log(&format!("logs/{fqdn}.evtx"), "evtx", &records)
    });
    insta::assert_snapshot!(session.transcript(&["policy", "suggest", "logs"]));
}

/// Without command lines net1 in the session of all services is likely at most.
#[test]
fn an_agent_whose_creations_are_only_likely_is_proposed_with_how_many_they_are() {
    let story = StoryKind::named("sccm").unwrap();
    let telemetry = Telemetry { command_line: false, ..Telemetry::AUDITED };
    let hosts = ["a01.corp.example", "a02.corp.example", "a03.corp.example"];
    let session = hosts.iter().zip(1..).fold(Session::new(), |session, (fqdn, seed)| {
        let records = story.tell_on(HostSpec { fqdn, ..HostSpec::server(fqdn, telemetry) }, seed).records;
        session.log(&format!("logs/{fqdn}.evtx"), "evtx", &records)
    });
    let proposed = session.stdout(&["policy", "suggest", "logs"]);
    assert!(proposed.contains("3 of the 3 are only likely"), "{proposed}");
    let session = session.file("filled.toml", filled_in(&proposed));
    let tried = session.stdout(&["policy", "try", "filled.toml", "logs", "-t", "jsonl"]);
    assert_eq!(tried.matches(r#""beside_likely":["host"]"#).count(), 3, "{tried}");
}

#[test]
fn nothing_is_proposed_for_attacks() {
    // One of each kind on every host: a hand that repeats, as an intruder's does.
    for story in STORIES.iter().filter(|story| story.scenario.starts_with('M')) {
        let hosts = ["a01.corp.example", "a02.corp.example", "a03.corp.example"];
        let session = hosts.iter().zip(1..).fold(Session::new(), |session, (fqdn, seed)| {
            session.log(
                &format!("logs/{seed}.evtx"),
                "evtx",
                &story.tell_on(HostSpec::server(fqdn, Telemetry::FULL), seed).records,
            )
        });
        let proposed = session.stdout(&["policy", "suggest", "logs"]);
        assert!(!proposed.contains("[[authorisation]]"), "{}: {proposed}", story.name);
    }
}

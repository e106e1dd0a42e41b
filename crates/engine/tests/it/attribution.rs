//! Stories with a known truth: what the engine must say of each, and what it must not.

use crate::story::{ADMIN, Story, at, by_itself, hunt, is_impossible, line, principal};
use begat_model::case::{
    Against, BlindSpot, BlindSpotKind, Case, EvidenceFact, Explanation, Outcome, Reason, Scope, Severity,
    Verdict, What,
};
use begat_model::event::{
    AccountAction, Body, ClockChanged, Field, LogCleared, LoggedOn, Principal, TokenElevation,
};
use begat_model::{EventKind, LogonId, Precision, ProcessId, Timestamp};
use proptest::prelude::*;

const SESSION: u64 = 0x1f4c65f;

/// `cmd` > `net` > `net1` in one interactive session, as [O] shows it.
fn net_user(story: &mut Story, rid: u32, name: &str) {
    let net = format!("net  user {name} S3cret! /add");
    story
        .logon(-100.0, SESSION, 2, None)
        .process(-50.0, 900, 4, SESSION, "cmd.exe", "cmd.exe")
        .process(0.0, 1000, 900, SESSION, "net.exe", &net)
        .process(
            0.016,
            1001,
            1000,
            SESSION,
            "net1.exe",
            &format!(r"C:\Windows\system32\net1  user {name} S3cret! /add"),
        )
        .created(0.047, rid, name, SESSION)
        .touched(0.047, rid, AccountAction::Enabled, SESSION)
        .end(0.060, 1001, "net1.exe", SESSION)
        .end(0.062, 1000, "net.exe", SESSION);
}

fn blind_spots(case: &begat_model::case::Case) -> Vec<BlindSpotKind> {
    case.blind_spots.iter().map(BlindSpot::kind).collect()
}

#[test]
fn net_user_add_is_net1s_doing_and_the_rest_is_its_chain() {
    let mut story = Story::default();
    net_user(&mut story, 1001, "bob");
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed);
    assert_eq!(line(&case), ["net1.exe", "net.exe", "cmd.exe", "?"]);
    assert_eq!(case.attribution.creator.as_ref().unwrap().pid, Some(ProcessId(1001)));
    assert_eq!(case.attribution.lag.unwrap().milliseconds(), 31);
    assert!(case.attribution.confidence.unwrap() > 0.99);
    assert!(case.sequence && case.window_rule.agrees);
    assert_eq!((case.account.scope, case.outcome), (Scope::Local, Outcome::Persists));
    assert_eq!(case.actor.logon_type, Some(2));
    assert_eq!(case.severity, Severity::Medium, "M01");
    assert!(!blind_spots(&case).contains(&BlindSpotKind::ParentMissing), "pid 4 is the kernel");
    let kinds: Vec<&str> = case.attribution.evidence.iter().map(|evidence| evidence.kind).collect();
    assert_eq!(
        kinds,
        [
            "holds_session",
            "command_creates_account",
            "create_capable",
            "started_in_window",
            "started_right_before",
            "interlocks",
            "exits_right_after",
        ]
    );
}

#[test]
fn no_secret_leaves_the_engine() {
    let mut story = Story::default();
    net_user(&mut story, 1001, "bob");
    assert!(!format!("{:?}", story.case()).contains("S3cret"));
}

#[test]
fn administrators_make_it_high_and_privileged() {
    let mut story = Story::default();
    net_user(&mut story, 1001, "bob");
    story.grouped(0.070, 1001, "S-1-5-32-545").grouped(5.0, 1001, "S-1-5-32-544");
    let case = story.case();
    assert_eq!(case.severity, Severity::High, "M02");
    assert!(case.account.privileged);
    assert_eq!(case.account.groups.len(), 2);
    let granted = case.afterwards.iter().any(|afterward| {
        matches!(&afterward.what, What::AddedToGroup { group_sid, privileged: true, .. } if group_sid.rid() == Some(544))
    });
    assert!(granted);
}

#[test]
fn a_host_without_process_telemetry_cannot_know() {
    let mut story = Story::default();
    story.logon(-10.0, SESSION, 10, Some("10.0.0.7")).created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Unknown);
    assert_eq!(case.attribution.creator, None);
    assert_eq!(case.attribution.reason, Some(Reason::NoProcesses { source: Some("10.0.0.7".into()) }));
    assert!(blind_spots(&case).contains(&BlindSpotKind::NoProcessTelemetry));
    assert_eq!(case.actor.source_ip.as_deref(), Some("10.0.0.7"), "the session is known all the same");
    assert!(!case.sequence);
    assert_eq!(case.severity, Severity::Medium);
}

#[test]
fn a_network_session_without_a_process_is_a_remote_call() {
    let mut story = Story::default();
    story
        .lively()
        .process(-3.0, 700, 4, 0x777, "powershell.exe", "powershell.exe Get-Date")
        .logon(-0.2, SESSION, 3, Some("10.0.0.9"))
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Remote);
    assert_eq!(case.attribution.creator, None);
    assert_eq!(case.actor.source_ip.as_deref(), Some("10.0.0.9"));
    assert!(!case.sequence);
    assert!(
        case.window_rule.process.is_some() && !case.window_rule.agrees,
        "the plain rule names powershell"
    );
    let powershell = case.attribution.alternatives.iter().find(|alternative| {
        matches!(&alternative.explanation, Explanation::Process(process) if process.pid == Some(ProcessId(700)))
    });
    let other_session = EvidenceFact::OtherSessionSameUser { own: LogonId(0x777), ours: LogonId(SESSION) };
    assert_eq!(
        powershell.unwrap().against,
        Against::Signs { signs: vec![other_session] },
        "and the case says why it was not"
    );
}

#[test]
fn a_network_session_on_a_blind_host_is_not_called_remote() {
    let mut story = Story::default();
    story.logon(-0.2, SESSION, 3, Some("10.0.0.9")).created(0.0, 1001, "bob", SESSION);
    assert_eq!(story.case().attribution.verdict, Verdict::Unknown);
}

#[test]
fn a_known_session_that_no_process_holds_was_borrowed() {
    let mut story = Story::default();
    story.lively().logon(-60.0, SESSION, 2, None).created(0.0, 1001, "bob", SESSION);
    assert_eq!(story.case().attribution.verdict, Verdict::SessionOnly);
}

#[test]
fn a_network_session_in_which_a_process_ran_is_that_processs() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-0.3, SESSION, 3, Some("172.18.39.5"))
        .process_with(-0.2, 7768, 3952, 0x3e4, "net.exe", "net user /add backdoor paw0rd1", |process| {
            process.target = principal(ADMIN, "admin", SESSION);
            process.parent.image = Some(r"C:\Windows\System32\wbem\WmiPrvSE.exe".into());
        })
        .process(-0.1, 3692, 7768, SESSION, "net1.exe", "net1 user /add backdoor paw0rd1")
        .created(0.0, 1000, "backdoor", SESSION)
        .touched(0.01, 1000, AccountAction::Deleted, SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed);
    assert_eq!(line(&case), ["net1.exe", "net.exe", "WmiPrvSE.exe"]);
    assert_eq!(case.outcome, Outcome::AttemptFailed);
    assert_eq!(case.actor.source_ip.as_deref(), Some("172.18.39.5"));
    assert_eq!(case.risk.score, 3, "{:?}", case.risk);
    assert!(blind_spots(&case).contains(&BlindSpotKind::ParentMissing));
}

#[test]
fn two_that_cannot_be_told_apart_are_ambiguous_and_ranked() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-3000.0, SESSION, 2, None)
        .process(-2000.0, 500, 4, SESSION, "powershell.exe", "powershell.exe")
        .process(-1000.0, 501, 4, SESSION, "mmc.exe", "mmc.exe devmgmt.msc")
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Ambiguous);
    assert_eq!(case.attribution.creator, None, "none leads");
    assert_eq!(case.attribution.alternatives.len(), 2, "the other process, and what is not seen");
    assert!(case.attribution.reason.is_some());
}

#[test]
fn two_net1_in_one_session_are_told_apart_by_name() {
    let mut story = Story::default();
    story
        .logon(-100.0, SESSION, 2, None)
        .process(0.0, 11, 4, SESSION, "net1.exe", "net1 user alice P /add")
        .process(0.0, 12, 4, SESSION, "net1.exe", "net1 user bob P /add")
        .created(0.03, 1001, "bob", SESSION)
        .created(0.03, 1002, "alice", SESSION);
    let cases = story.cases();
    let creators: Vec<(String, Option<ProcessId>)> = cases
        .iter()
        .map(|case| {
            assert_eq!(case.attribution.verdict, Verdict::Attributed);
            (case.account.name.as_deref().unwrap().to_owned(), case.attribution.creator.as_ref().unwrap().pid)
        })
        .collect();
    assert_eq!(creators, [("alice".into(), Some(ProcessId(11))), ("bob".into(), Some(ProcessId(12)))]);
}

#[test]
fn a_process_of_the_same_second_that_came_after_is_ruled_out() {
    let mut story = Story::default();
    story.lively().logon(-100.0, SESSION, 2, None).created(0.100, 1001, "bob", SESSION).process(
        0.900,
        1001,
        4,
        SESSION,
        "net1.exe",
        "net1 user bob P /add",
    );
    let case = story.case();
    assert_ne!(case.attribution.verdict, Verdict::Attributed);
    assert_eq!(case.attribution.creator, None);
    assert!(
        case.attribution
            .alternatives
            .iter()
            .any(|alternative| is_impossible(&alternative.against, "started_after"))
    );
    assert!(!case.sequence);
}

#[test]
fn in_whole_seconds_record_ids_decide_what_came_first() {
    let story_with = |process_first: bool| {
        let mut story = Story { precision: Precision::SECONDS, ..Story::default() };
        story.logon(-100.0, SESSION, 2, None);
        if process_first {
            story.process(0.1, 1001, 4, SESSION, "net1.exe", "net1 user bob P /add");
        }
        story.created(0.5, 1001, "bob", SESSION);
        if !process_first {
            story.process(0.9, 1001, 4, SESSION, "net1.exe", "net1 user bob P /add");
        }
        story.case()
    };
    let first = story_with(true);
    assert_eq!(first.attribution.verdict, Verdict::Attributed);
    assert!(blind_spots(&first).contains(&BlindSpotKind::TimePrecision));
    assert_ne!(story_with(false).attribution.verdict, Verdict::Attributed);
}

#[test]
fn the_session_decides_not_the_nearest_process() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process(-90.0, 40, 4, SESSION, "powershell.exe", "powershell.exe")
        .process(-0.1, 41, 4, 0x888, "net.exe", "net view")
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.creator.as_ref().unwrap().pid, Some(ProcessId(40)));
    assert!(!case.window_rule.agrees);
}

#[test]
fn net_view_in_the_same_session_is_not_the_creator() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process(-0.1, 41, 4, SESSION, "net.exe", "net view")
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_ne!(case.attribution.verdict, Verdict::Attributed, "{:#?}", case.attribution);
}

#[test]
fn a_lone_shell_in_the_session_is_not_named_for_want_of_better() {
    let alone = |image: &str| {
        let mut story = Story::default();
        story
            .lively()
            .logon(-100.0, SESSION, 2, None)
            .process(-1.0, 41, 4, SESSION, image, image)
            .created(0.0, 1001, "bob", SESSION);
        story.case().attribution.verdict
    };
    for image in ["cmd.exe", r"C:\Windows\explorer.exe", "conhost.exe"] {
        assert_ne!(alone(image), Verdict::Attributed, "{image} cannot create accounts");
    }
    assert_eq!(alone(r"C:\Users\Public\explorer.exe"), Verdict::Likely, "one of that name elsewhere can");
}

#[test]
fn system_proves_almost_nothing_without_a_name() {
    let mut story = Story::default();
    story.lively().process(-1.0, 30, 4, 0x3e7, "powershell.exe", "powershell.exe -File x.ps1").created_with(
        0.0,
        1001,
        "bob",
        0x3e7,
        |created| created.subject = principal("S-1-5-18", "SRV1$", 0x3e7),
    );
    assert_ne!(story.case().attribution.verdict, Verdict::Attributed);
    let mut named = Story::default();
    named
        .lively()
        .process(-0.1, 31, 4, 0x3e7, "net1.exe", "net1 user bob P /add")
        .created(0.0, 1001, "bob", 0x3e7);
    assert_eq!(named.case().attribution.verdict, Verdict::Attributed);
}

#[test]
fn windows_setup_is_told_by_its_signs() {
    let mut story = Story::default();
    let mut setup = |rid: u32, machine: &str| {
        story.created_with(0.0, rid, "IEUser", 0x3e7, |created| {
            created.subject = principal("S-1-5-18", machine, 0x3e7);
        });
        let record = &mut story.events.last_mut().unwrap().record;
        record.record_id = Some(112);
        let case = story.case();
        story.events.clear();
        case
    };
    let case = setup(1000, "WIN-QALA5Q3KJ43$");
    assert_eq!(case.attribution.verdict, Verdict::System, "B01, the real IEUser");
    assert_eq!(case.severity, Severity::Informational);
    assert_eq!(
        setup(1000, "SRV1$").attribution.verdict,
        Verdict::Unknown,
        "no rename: a SYSTEM shell may do it"
    );
    assert_eq!(setup(1005, "SRV1$").attribution.verdict, Verdict::Unknown);
}

#[test]
fn empty_command_lines_leave_the_session_and_the_tool() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process(-50.0, 900, 4, SESSION, "powershell.exe", "")
        .process(-0.1, 1000, 900, SESSION, "net.exe", "")
        .process(-0.08, 1001, 1000, SESSION, "net1.exe", "")
        .created(0.0, 1001, "bob", SESSION);
    let mut case = story.case();
    case.blind_spots.retain(|spot| spot.kind() == BlindSpotKind::CommandLineMissing);
    assert_eq!(case.blind_spots.len(), 1, "X02");
    assert_eq!(case.attribution.verdict, Verdict::Likely, "nothing says what net1 did");
    assert_eq!(line(&case)[..3], ["net1.exe", "net.exe", "powershell.exe"]);
    let mut told = Story::default();
    net_user(&mut told, 1001, "bob");
    assert!(case.attribution.confidence.unwrap() < told.case().attribution.confidence.unwrap());
}

#[test]
fn an_old_4688_by_a_service_tells_no_session_and_the_exit_does() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-1.0, SESSION, 3, Some("10.0.0.9"))
        .process_with(-0.2, 70, 69, 0x3e7, "wscript.exe", "wscript.exe x.vbs", |process| {
            process.subject = principal("S-1-5-18", "SRV1$", 0x3e7);
            process.elevation = Some(TokenElevation::Full);
        })
        .created(0.0, 1001, "bob", SESSION)
        .end(0.5, 70, "wscript.exe", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed, "A08: {:#?}", case.attribution);
    assert_eq!(case.attribution.creator.unwrap().logon_id, Some(LogonId(SESSION)));
}

#[test]
fn a_renamed_net_is_known_by_sysmon_and_at_least_high() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process(-0.1, 55, 4, SESSION, r"C:\Users\Public\x.exe", "x user bob P /add")
        .sysmon(-0.1, 8.0, 55, 4, SESSION, r"C:\Users\Public\x.exe", "x user bob P /add", "net1.exe")
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed);
    assert_eq!(case.attribution.creator.as_ref().unwrap().original_file_name.as_deref(), Some("net1.exe"));
    assert!(case.severity >= Severity::High && case.sequence);
}

#[test]
fn a_reused_pid_is_not_the_creator() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process(-60.0, 80, 4, SESSION, "net1.exe", "net1 user bob P /add")
        .end(-59.0, 80, "net1.exe", SESSION)
        .process(-1.0, 80, 4, SESSION, "powershell.exe", "powershell.exe x.ps1")
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert!(case.attribution.creator.unwrap().image.unwrap().ends_with("powershell.exe"));
    assert!(
        case.attribution
            .alternatives
            .iter()
            .any(|alternative| is_impossible(&alternative.against, "ended_before"))
    );
}

#[test]
fn who_took_over_a_pid_tells_the_end_that_nobody_told() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process(-60.0, 80, 4, SESSION, "net1.exe", "net1 user bob P /add")
        .process(-50.0, 80, 4, SESSION, "notepad.exe", "notepad.exe")
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_ne!(line(&case).first().map(String::as_str), Some("net1.exe"));
    let net1 = case.attribution.alternatives.iter().find(|other| {
        matches!(&other.explanation, Explanation::Process(process) if process.image.as_deref().unwrap().ends_with("net1.exe"))
    });
    assert!(is_impossible(&net1.unwrap().against, "ended_before"), "it is answered for");
}

#[test]
fn a_restart_that_nobody_told_is_seen_when_a_logon_id_comes_again() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-1800.0, SESSION, 2, None)
        .process(-1790.0, 80, 4, SESSION, "powershell.exe", "powershell.exe")
        .logon(-5.0, SESSION, 3, Some("10.0.0.9"))
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Remote);
    assert_eq!(case.actor.source_ip.as_deref(), Some("10.0.0.9"));
}

#[test]
fn what_ended_before_does_not_hold_the_session_and_the_reason_says_so() {
    let failed_then_created = |later: f64| {
        let mut story = Story::default();
        story
            .lively()
            .logon(-20.0, SESSION, 3, Some("10.0.0.9"))
            .process(-10.0, 80, 4, SESSION, "net1.exe", "net1 user bob P /add")
            .end(-9.9, 80, "net1.exe", SESSION)
            .created(-9.9 + later, 1001, "bob", SESSION);
        story.case().attribution
    };
    assert_eq!(failed_then_created(5.0).verdict, Verdict::Remote, "the account existed, the call came later");
    let at_once = failed_then_created(1.0);
    assert_eq!(at_once.verdict, Verdict::Unknown, "too near to be sure which log was late");
    let not_alive = Reason::NotAlive { session: Some(LogonId(SESSION)) };
    assert_eq!(at_once.reason, Some(not_alive), "its logon is in the input");
}

#[test]
fn a_likely_image_at_the_right_time_is_never_enough() {
    let mut story = Story::default();
    story
        .lively()
        .process(-1.0, 80, 4, SESSION, "powershell.exe", "powershell.exe Get-Date")
        .created(0.0, 1001, "bob", 0);
    let case = story.case();
    assert_ne!(case.attribution.verdict, Verdict::Attributed, "the creation does not say in which session");
}

#[test]
fn the_filtered_half_of_a_split_token_cannot_have_made_the_call() {
    let mut story = Story::default();
    let filtered = LoggedOn {
        process_name: None,
        account: principal(ADMIN, "admin", 0x50),
        subject: Principal::default(),
        logon_type: Some(2),
        source_ip: None,
        source_host: None,
        linked_logon_id: Some(LogonId(SESSION)),
        elevated: Some(false),
    };
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .push(-100.0, EventKind::LoggedOn, Body::LoggedOn(Box::new(filtered)))
        .process(-80.0, 89, 4, SESSION, "explorer.exe", "explorer.exe")
        .process(-1.0, 90, 4, 0x50, "powershell.exe", "powershell.exe New-LocalUser bob")
        .end(0.1, 90, "powershell.exe", 0x50)
        .created(0.0, 1001, "bob", SESSION);
    assert_ne!(story.case().attribution.verdict, Verdict::Attributed);
}

#[test]
fn where_the_clock_was_set_back_a_session_alone_names_nobody() {
    let set_back = |line: &str| {
        let mut story = Story::default();
        let change = ClockChanged {
            subject: principal("S-1-5-18", "SRV1$", 0x3e7),
            previous: Some(at(1800.0)),
            new: Some(at(-1.0)),
        };
        story
            .lively()
            .logon(-100.0, SESSION, 2, None)
            .process(-5.0, 80, 4, SESSION, "powershell.exe", line)
            .push(-1.0, EventKind::ClockChanged, Body::ClockChanged(Box::new(change)))
            .created(0.0, 1001, "bob", SESSION);
        story.case()
    };
    let case = set_back("powershell.exe Get-Date");
    assert_eq!(case.attribution.creator, None, "the true one bears a time half an hour later");
    assert!(blind_spots(&case).contains(&BlindSpotKind::ClockChanged));
    let said = set_back("powershell.exe New-LocalUser bob").attribution.verdict;
    assert_ne!(said, Verdict::Attributed, "half an hour went by on the machine's own line");
}

#[test]
fn what_goes_to_the_domain_makes_no_local_account() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-100.0, SESSION, 3, Some("10.0.0.9"))
        .process(-0.1, 80, 4, SESSION, "net1.exe", "net1 user bob P /add /domain")
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_ne!(case.attribution.verdict, Verdict::Attributed);
    let mut on_controller = Story::default();
    net_user(&mut on_controller, 1001, "bob");
    for event in &mut on_controller.events {
        match &mut event.body {
            Body::AccountCreated(created) => created.account.domain = Some("CORP".into()),
            Body::ProcessCreated(created) => {
                created.command_line = Field::Value("net1 user bob P /add /domain".into());
            }
            _ => {}
        }
    }
    assert_eq!(on_controller.case().attribution.verdict, Verdict::Attributed, "a domain controller makes it");
}

#[test]
fn a_net_whose_end_was_not_told_has_ended_all_the_same() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-4000.0, SESSION, 2, None)
        .process(-3600.0, 80, 4, SESSION, "net1.exe", "net1 user bob P /add")
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.creator, None, "that one failed an hour ago");
    assert!(case.attribution.alternatives.iter().any(|other| is_impossible(&other.against, "long_gone")));
}

#[test]
fn one_that_cannot_have_done_it_is_no_second_candidate() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process(-60.0, 80, 4, SESSION, "cmd.exe", "cmd.exe")
        .process(-0.1, 81, 80, SESSION, "net1.exe", "net1 user alice P /add")
        .created(0.0, 1001, "bob", SESSION);
    assert_eq!(story.case().attribution.verdict, Verdict::Unknown, "neither cmd nor another account's net1");
}

#[test]
fn one_creation_told_by_two_carriers_is_one_case() {
    for (drops_ids, precision) in
        [(true, Precision::SECONDS), (true, Precision::TICKS), (false, Precision::MILLISECONDS)]
    {
        let mut story = Story::default();
        net_user(&mut story, 1001, "bob");
        let mut again = Story { precision, ..Story::default() };
        net_user(&mut again, 1001, "bob");
        for mut event in again.events {
            event.record.source = "another".into();
            event.record.record_id = event.record.record_id.filter(|_| !drops_ids);
            story.events.push(event);
        }
        assert_eq!(story.case().created_at.precision(), Precision::TICKS, "the more precise one is kept");
    }
    let mut rounded = Story::default();
    rounded.created(0.047_999_9, 1001, "bob", SESSION);
    let mut event = rounded.events[0].clone();
    event.at = Timestamp::parse_rfc3339("2024-05-01T10:00:00.048Z").unwrap();
    event.record.at = event.at;
    rounded.events.push(event);
    rounded.case();
}

#[test]
fn domain_accounts_are_out_of_the_sequence() {
    let mut story = Story::default();
    net_user(&mut story, 1001, "bob");
    for event in &mut story.events {
        if let Body::AccountCreated(created) = &mut event.body {
            created.account.domain = Some("CORP".into());
        }
    }
    let case = story.case();
    assert_eq!(case.account.scope, Scope::Domain);
    assert_eq!(case.host.domain_controller, Some(true));
    assert!(!case.sequence);
}

#[test]
fn the_window_rules_the_sequence_and_not_the_attribution() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-1000.0, SESSION, 2, None)
        .process(-600.0, 90, 4, SESSION, "net1.exe", "net1 user bob * /add")
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed, "M28: it waited ten minutes for the password");
    assert!(!case.sequence, "no suspicious executable started within two minutes");
    assert_eq!(case.window_rule.process, None);
}

#[test]
fn processes_of_before_a_restart_are_dead() {
    let mut story = Story::default();
    story
        .lively()
        .process(-50.0, 90, 4, SESSION, "net1.exe", "net1 user bob P /add")
        .push(-20.0, EventKind::HostStarted, Body::HostStarted)
        .logon(-10.0, SESSION, 2, None)
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.creator, None, "X07");
}

#[test]
fn the_other_half_of_a_split_token_is_linked() {
    let mut story = Story::default();
    let filtered = LoggedOn {
        process_name: None,
        account: principal(ADMIN, "admin", 0x50),
        subject: Principal::default(),
        logon_type: Some(2),
        source_ip: None,
        source_host: None,
        linked_logon_id: Some(LogonId(SESSION)),
        elevated: Some(false),
    };
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .push(-100.0, EventKind::LoggedOn, Body::LoggedOn(Box::new(filtered)))
        .process(-1.0, 90, 4, 0x50, r"C:\Tools\notes.exe", "notes.exe")
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    let linked = case.attribution.alternatives.iter().any(|alternative| {
        matches!(&alternative.explanation, Explanation::Process(process) if process.pid == Some(ProcessId(90)))
    });
    assert!(linked, "it is weighed");
    assert_eq!(case.attribution.verdict, Verdict::Unknown, "and is neither enough nor nothing");
}

#[test]
fn clearing_the_log_afterwards_is_critical_and_told() {
    let mut story = Story::default();
    net_user(&mut story, 1001, "bob");
    story.push(60.0, EventKind::LogCleared, LogCleared::of_security(principal(ADMIN, "admin", SESSION)));
    let case = story.case();
    assert_eq!(case.severity, Severity::Critical);
    assert!(case.afterwards.iter().any(|afterward| matches!(afterward.what, What::LogCleared { .. })));
}

#[test]
fn the_same_creation_keeps_its_id_whatever_the_carrier_cut_from_its_time() {
    let mut precise = Story::default();
    precise.created(0.5, 1001, "bob", SESSION);
    let mut whole = Story { precision: Precision::SECONDS, host: "SRV1".into(), ..Story::default() };
    whole.created(0.5, 1001, "bob", SESSION);
    assert_eq!(precise.case().case_id, whole.case().case_id);
    let mut later = Story::default();
    later.created(2.0, 1001, "bob", SESSION);
    assert_ne!(precise.case().case_id, later.case().case_id);
}

#[test]
fn absent_command_lines_are_not_read_as_empty_ones() {
    let mut story = Story::default();
    story.lively().logon(-100.0, SESSION, 2, None);
    story
        .process_with(-0.1, 1001, 4, SESSION, "net1.exe", "", |process| process.command_line = Field::Absent);
    story.created(0.0, 1001, "bob", SESSION);
    assert_eq!(story.case().attribution.creator.unwrap().command_line, None);
}

/// A busy little fleet: two hosts, several stories, noise.
fn fleet() -> Story {
    let mut story = Story::default();
    story.lively();
    net_user(&mut story, 1001, "bob");
    story.grouped(9.0, 1001, "S-1-5-32-544").touched(30.0, 1001, AccountAction::Deleted, SESSION);
    story.sysmon(
        0.010,
        3.0,
        1001,
        1000,
        SESSION,
        "net1.exe",
        r"C:\Windows\system32\net1  user bob S3cret! /add",
        "net1.exe",
    );
    story.host = "srv2.corp.example".into();
    net_user(&mut story, 1001, "carol");
    story.host = "SRV2".into();
    story.created(400.0, 1007, "dave", 0x999);
    story
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_order_and_any_repetition_give_the_same_cases(seed in any::<u64>(), repeated in 0usize..20) {
        let events = fleet().events;
        let expected = hunt(&events);
        let mut shuffled = events.clone();
        shuffled.extend(events.iter().cycle().skip(seed as usize % events.len()).take(repeated).cloned());
        let mut state = seed | 1;
        for index in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(index, (state >> 33) as usize % (index + 1));
        }
        prop_assert_eq!(hunt(&shuffled), expected);
    }
}

#[test]
fn hosts_interleaved_are_hosts_alone() {
    let events = fleet().events;
    let all = hunt(&events);
    assert_eq!(all.len(), 3);
    for case in &all {
        let own: Vec<_> =
            events.iter().filter(|event| event.host.netbios() == case.host.netbios).cloned().collect();
        let alone: Vec<Case> = hunt(&own).into_iter().map(by_itself).collect();
        assert!(alone.contains(&by_itself(case.clone())));
    }
}

#[test]
fn times_in_stories_are_what_they_say() {
    assert_eq!(at(0.5).to_string(), "2024-05-01T10:00:00.5000000Z");
}

#[test]
fn the_session_behind_a_runas_is_the_origin() {
    let mut story = Story::default();
    story.lively().logon(-500.0, 0x111, 10, Some("192.0.2.7"));
    let mut runas = LoggedOn {
        process_name: None,
        account: principal(ADMIN, "admin", SESSION),
        subject: principal(ADMIN, "operator", 0x111),
        logon_type: Some(2),
        source_ip: None,
        source_host: None,
        linked_logon_id: None,
        elevated: None,
    };
    story.push(-100.0, EventKind::LoggedOn, Body::LoggedOn(Box::new(runas.clone())));
    story
        .process(-1.0, 90, 4, SESSION, "net1.exe", "net1 user bob P /add")
        .created(0.0, 1001, "bob", SESSION);
    let origin = story.case().origin.unwrap();
    assert_eq!(origin.via, "runas");
    assert_eq!(origin.actor.account.name.as_deref(), Some("operator"));
    assert_eq!(
        origin.actor.source_ip.as_deref(),
        Some("192.0.2.7"),
        "the address of the desktop it was typed on"
    );
    runas.subject = principal("S-1-5-18", "SRV1$", 0x3e7);
    let mut service = Story::default();
    service.push(-100.0, EventKind::LoggedOn, Body::LoggedOn(Box::new(runas)));
    assert_eq!(service.created(0.0, 1001, "bob", SESSION).case().origin, None);
}

//! What a site tunes decides how much a creation matters, and never who made the account.

use crate::story::{ADMIN, Story, account_sid, hunt_tuned, line};
use begat_model::analytic::{
    AncestorClass, ParentEntry, ParentMatch, PathClass, SessionKind, SuspiciousEntry, UserContext,
    UserContextEntry,
};
use begat_model::case::{
    Attribution, Case, Concealment, OddAncestor, RiskReason, Severity, SiteEntry, SiteMatch, Suspicion, What,
};
use begat_model::event::{AccountAction, Body, LoggedOn, Principal, ProcessCreated};
use begat_model::{Analytic, Duration, EventKind, Pattern, Sid, Text};

const SESSION: u64 = 0x1f4c65f;
const AGENT: &str = r"C:\Tools\AdmTool.exe";

/// The ancestors, eldest first, and then `net1`, all of one session and of one line.
fn below(ancestors: &[(&str, &str)]) -> Story {
    let mut story = Story::default();
    story.logon(-100.0, SESSION, 2, None);
    let mut parent = 4;
    for (place, (image, line)) in (1_u32..).zip(ancestors) {
        story.process(-90.0 + f64::from(place), 900 + place, parent, SESSION, image, line);
        parent = 900 + place;
    }
    story
        .process(0.0, 1001, parent, SESSION, "net1.exe", "net1 user bob S3cret! /add")
        .created(0.03, 1001, "bob", SESSION)
        .end(0.06, 1001, "net1.exe", SESSION);
    story
}

/// A program of the site's own makes the account.
fn by_agent() -> Story {
    let mut story = Story::default();
    story
        .logon(-100.0, SESSION, 2, None)
        .process(0.0, 1001, 4, SESSION, AGENT, "AdmTool.exe --create bob")
        .created(0.03, 1001, "bob", SESSION)
        .end(0.06, 1001, AGENT, SESSION);
    story
}

fn tuned(story: &Story, analytic: &Analytic) -> Case {
    let mut cases = hunt_tuned(&story.events, analytic.clone()).cases;
    assert_eq!(cases.len(), 1);
    cases.remove(0)
}

fn points(case: &Case, name: &str) -> Option<i32> {
    case.risk.terms.iter().find(|term| term.name == name).map(|term| term.points)
}

fn why<'a>(case: &'a Case, name: &str) -> &'a RiskReason {
    &case.risk.terms.iter().find(|term| term.name == name).unwrap().why
}

fn nearest(case: &Case) -> Option<&Text> {
    case.window_rule.process.as_ref().and_then(|process| process.image.as_ref())
}

#[test]
fn a_sites_own_executable_makes_the_sequence() {
    let story = by_agent();
    let plain = story.case();
    assert_eq!(line(&plain)[0], "AdmTool.exe");
    assert!(!plain.sequence && nearest(&plain).is_none() && points(&plain, "shell_or_tool").is_none());
    for entry in [
        SuspiciousEntry { image: Some(Pattern::new("admtool.exe")), ..SuspiciousEntry::default() },
        SuspiciousEntry { image: Some(Pattern::new(r"c:\tools\*")), ..SuspiciousEntry::default() },
        SuspiciousEntry { path_class: Some(PathClass::Other), ..SuspiciousEntry::default() },
    ] {
        let entry = SuspiciousEntry { reason: "it may make accounts".into(), ..entry };
        let site = Analytic { suspicious: vec![entry], ..Analytic::default() };
        let case = tuned(&story, &site);
        assert!(case.sequence && case.window_rule.agrees);
        assert_eq!(nearest(&case).map(|image| &**image), Some(AGENT));
        assert_eq!(points(&case, "shell_or_tool"), Some(4));
        let suspicion = Some(Suspicion::Entry { reason: "it may make accounts".into() });
        let told = RiskReason::Tool { program: Some("admtool".into()), suspicion };
        assert_eq!(*why(&case, "shell_or_tool"), told);
    }
}

#[test]
fn without_the_defaults_net_is_not_suspicious_and_what_a_rule_hits_is() {
    let mut story = below(&[("cmd.exe", "cmd.exe")]);
    let site = Analytic { suspicious_defaults: false, ..Analytic::default() };
    assert!(story.case().sequence);
    let case = tuned(&story, &site);
    assert!(!case.sequence && nearest(&case).is_none() && points(&case, "shell_or_tool").is_none());
    assert_eq!(line(&case), line(&story.case()), "who made it stays");
    for event in &mut story.events {
        match &mut event.body {
            Body::ProcessCreated(process) if process.pid == Some(begat_model::ProcessId(1001)) => {
                process.rules = vec!["Net user".into()];
            }
            _ => {}
        }
    }
    let case = tuned(&story, &site);
    assert!(case.sequence && case.window_rule.agrees);
    assert_eq!(case.attribution.creator.as_ref().unwrap().rules, ["Net user".into()]);
    let suspicion = Some(Suspicion::Rules { names: vec!["Net user".into()] });
    let told = RiskReason::Tool { program: Some("net1".into()), suspicion };
    assert_eq!(*why(&case, "shell_or_tool"), told);
}

#[test]
fn the_rate_of_suspicious_processes_is_that_of_the_site() {
    let mut story = Story::default();
    story.lively().process(-4.0, 801, 4, 0x3e7, "powershell.exe", "").created(0.0, 1001, "bob", 0x3e7);
    story.end(2.0, 801, "powershell.exe", 0x3e7);
    let everything =
        SuspiciousEntry { image: Some(Pattern::new("svchost.exe")), ..SuspiciousEntry::default() };
    let site = Analytic { suspicious: vec![everything], ..Analytic::default() };
    let rate = |case: &Case| case.attribution.coincidence.unwrap();
    assert!(rate(&tuned(&story, &site)) > 5.0 * rate(&story.case()));
}

#[test]
fn entries_for_ancestors_add_their_points_as_one_term() {
    let story = below(&[(r"C:\RMM\agent.exe", "agent.exe"), ("cmd.exe", "cmd.exe")]);
    let entry = |which, points| ParentEntry { which, points, reason: "so says the site".into() };
    let site = Analytic {
        parents: vec![
            entry(ParentMatch::Image(Pattern::new("agent.exe")), -6),
            entry(ParentMatch::Class(AncestorClass::Shell), 2),
            entry(ParentMatch::Class(AncestorClass::Office), 9),
            entry(ParentMatch::Image(Pattern::new("net1.exe")), 9),
        ],
        ..Analytic::default()
    };
    let (plain, case) = (story.case(), tuned(&story, &site));
    assert_eq!(points(&case, "parent_process_name"), Some(-4));
    let fits = |points, name: &str| SiteEntry {
        points,
        fits: SiteMatch::Ancestor(Some(name.into())),
        reason: "so says the site".into(),
    };
    let entries = vec![fits(-6, "agent.exe"), fits(2, "cmd.exe")];
    assert_eq!(*why(&case, "parent_process_name"), RiskReason::SiteEntries { entries });
    assert_eq!(case.risk.score, plain.risk.score - 4);
    assert_eq!((plain.severity, case.severity), (Severity::Medium, Severity::Low));
}

#[test]
fn entries_for_sessions_and_accounts_add_their_points() {
    let story = below(&[("cmd.exe", "cmd.exe")]);
    let entry = |points| UserContextEntry { points, reason: "so".into(), ..UserContextEntry::default() };
    let site = Analytic {
        user_contexts: vec![
            UserContextEntry { context: Some(UserContext::Administrator), ..entry(1) },
            UserContextEntry { session: Some(SessionKind::Interactive), ..entry(2) },
            UserContextEntry { sid: Some(Pattern::new("S-1-5-21-*-500")), ..entry(4) },
            UserContextEntry { context: Some(UserContext::System), ..entry(8) },
        ],
        ..Analytic::default()
    };
    assert_eq!(points(&tuned(&story, &site), "user_context"), Some(7));
    assert_eq!(points(&story.case(), "user_context"), None);
}

#[test]
fn a_group_of_the_site_is_as_powerful_as_administrators() {
    const HELPERS: &str = "S-1-5-21-10-20-30-1500";
    let site = Analytic { privileged_groups: vec![Sid::parse(HELPERS).unwrap()], ..Analytic::default() };
    for (seconds, term, weight) in [(600.0, "powerful_group", 10), (601.0, "later_powerful_group", 5)] {
        let mut story = below(&[("cmd.exe", "cmd.exe")]);
        story.grouped(0.03 + seconds, 1001, HELPERS);
        let (plain, case) = (story.case(), tuned(&story, &site));
        assert_eq!((points(&plain, term), plain.account.privileged), (None, false));
        assert_eq!((points(&case, term), case.account.privileged), (Some(weight), true));
        let is_told = |what: &What| matches!(what, What::AddedToGroup { privileged: true, group_sid, .. } if group_sid.as_str() == HELPERS);
        assert!(case.afterwards.iter().any(|afterward| is_told(&afterward.what)));
    }
}

#[test]
fn a_grant_counts_whenever_it_came_and_less_when_it_came_late() {
    let score = |seconds: f64, group: &str| {
        let mut story = below(&[("cmd.exe", "cmd.exe")]);
        story.grouped(seconds, 1001, group);
        let case = story.case();
        let terms =
            ["powerful_group", "remote_access_group", "later_powerful_group", "later_remote_access_group"];
        terms.map(|name| points(&case, name))
    };
    const MONTH: f64 = 30.0 * 86_400.0;
    assert_eq!(score(5.0, "S-1-5-32-544"), [Some(10), None, None, None]);
    assert_eq!(score(5.0, "S-1-5-32-555"), [None, Some(5), None, None]);
    assert_eq!(score(MONTH, "S-1-5-32-544"), [None, None, Some(5), None]);
    assert_eq!(score(MONTH, "S-1-5-32-555"), [None, None, None, Some(2)]);
    assert_eq!(score(MONTH, "S-1-5-32-545"), [None; 4]);
}

#[test]
fn an_account_that_its_maker_soon_deletes_matters_more() {
    let term = |seconds: f64, session: u64| {
        let mut story = below(&[("cmd.exe", "cmd.exe")]);
        story.touched(1.0, 1001, AccountAction::Enabled, SESSION);
        points(&story.touched(seconds, 1001, AccountAction::Deleted, session).case(), "deleted_by_maker")
    };
    assert!(term(300.0, SESSION).is_some());
    assert!(term(300.0, 0x999).is_some(), "whoever covers tracks logs on anew in between");
    assert_eq!(term(3_601.0, SESSION), None, "over an hour later");
    assert_eq!(term(86_400.0, SESSION), None, "a day later");
}

#[test]
fn a_name_that_ends_in_a_dollar_hides_from_net_user() {
    let hidden = |name: &str| {
        let mut story = Story::default();
        story.logon(-100.0, SESSION, 2, None).created(0.0, 1001, name, SESSION);
        points(&story.case(), "hidden_name").is_some()
    };
    assert!(hidden("bob$") && !hidden("bob") && !hidden("b$ob"));
}

#[test]
fn a_new_account_that_comes_in_from_elsewhere_within_a_day_matters_more() {
    let term = |seconds: f64, logon_type: u32, ip: &str| {
        let mut story = below(&[("cmd.exe", "cmd.exe")]);
        let logon = LoggedOn {
            account: Principal { sid: Some(account_sid(1001)), ..Principal::default() },
            subject: Principal::default(),
            logon_type: Some(logon_type),
            source_ip: Some(ip.into()),
            source_host: None,
            linked_logon_id: None,
            elevated: None,
            process_name: None,
        };
        story.push(seconds, EventKind::LoggedOn, Body::LoggedOn(Box::new(logon)));
        points(&story.case(), "remote_logon")
    };
    assert_eq!(term(60.0, 10, "10.0.0.9"), Some(8));
    assert_eq!(term(86_400.0, 3, "10.0.0.9"), Some(8));
    assert_eq!(term(86_401.0, 3, "10.0.0.9"), None);
    assert_eq!(term(60.0, 3, "127.0.0.1"), None);
    assert_eq!(term(60.0, 2, "10.0.0.9"), None);
}

#[test]
fn shells_below_a_web_server_are_odd_also_where_the_server_is_known_only_from_its_child() {
    let seen =
        below(&[(r"C:\Windows\System32\inetsrv\w3wp.exe", "w3wp.exe -ap x"), ("cmd.exe", "cmd.exe /c x")]);
    let mut told = Story::default();
    told.logon(-100.0, SESSION, 2, None)
        .process_with(0.0, 1001, 777, SESSION, "net1.exe", "net1 user bob P /add", |created| {
            created.parent.image = Some(r"C:\Windows\System32\inetsrv\w3wp.exe".into());
        })
        .created(0.03, 1001, "bob", SESSION);
    for story in [seen, told] {
        let case = story.case();
        assert_eq!(points(&case, "odd_ancestor"), Some(16));
        let RiskReason::OddAncestor { ancestor, what, .. } = why(&case, "odd_ancestor") else {
            panic!("{:?}", case.risk)
        };
        assert_eq!((ancestor.as_deref(), what), (Some("w3wp.exe"), &OddAncestor::ServerProgram));
        assert_eq!(points(&case, "server"), Some(4), "a web server's worker makes the host a server");
        assert_eq!((case.risk.score, case.severity), (20, Severity::Critical), "M33");
    }
}

#[test]
fn encoded_commands_of_the_creator_and_of_its_own_session_are_told() {
    let encoded = "powershell -w hidden -enc bgBlAHQAIAB1AHMAZQByACAAYgBvAGIAIABQACAALwBhAGQAZAA=";
    let case = below(&[("powershell.exe", encoded), ("net.exe", "net user bob S3cret! /add")]).case();
    assert_eq!(points(&case, "concealed_command"), Some(10));
    let told = RiskReason::Concealed { program: Some("powershell".into()), how: Concealment::HiddenWindow };
    assert_eq!(*why(&case, "concealed_command"), told);
    let mut story = below(&[("net.exe", "net user bob S3cret! /add")]);
    for event in &mut story.events {
        if let Body::ProcessCreated(process) = &mut event.body
            && process.pid == Some(begat_model::ProcessId(901))
        {
            process.parent.pid = Some(begat_model::ProcessId(777));
        }
    }
    story.process(-95.0, 777, 4, 0x3e7, "powershell.exe", encoded);
    assert_eq!(points(&story.case(), "concealed_command"), None, "that is another session's");
}

#[test]
fn a_service_that_was_installed_over_the_network_is_a_lateral_channel() {
    let by_service = |logon_type| {
        let mut story = Story::default();
        story
            .logon(-20.0, 0x777, logon_type, Some("10.0.0.9"))
            .service(-10.0, 0x777, "svc", "cmd.exe /c net user bob P /add")
            .process(-500.0, 600, 4, 0x3e7, "services.exe", "services.exe")
            .process(-1.0, 900, 600, 0x3e7, "cmd.exe", "cmd.exe /c net user bob P /add")
            .process(-0.5, 1000, 900, 0x3e7, "net.exe", "net user bob P /add")
            .process(0.0, 1001, 1000, 0x3e7, "net1.exe", "net1 user bob P /add")
            .created(0.03, 1001, "bob", 0x3e7);
        let case = story.case();
        assert_eq!(case.origin.as_ref().unwrap().via, "service");
        points(&case, "lateral_channel")
    };
    assert_eq!((by_service(3), by_service(2)), (Some(6), None));
}

#[test]
fn hashes_of_a_file_are_told_one_by_one() {
    let mut story = Story::default();
    story
        .logon(-100.0, SESSION, 2, None)
        .process(0.0, 1001, 4, SESSION, "net1.exe", "net1 user bob P /add")
        .sysmon(0.0, 0.01, 1001, 4, SESSION, "net1.exe", "net1 user bob P /add", "net1.exe")
        .created(0.03, 1001, "bob", SESSION);
    for event in &mut story.events {
        if let (EventKind::SysmonProcessCreated, Body::ProcessCreated(process)) =
            (event.record.kind, &mut event.body)
        {
            process.hashes = Some("sha256=ab12,IMPHASH=0C".into());
        }
    }
    let hashes = story.case().attribution.creator.unwrap().hashes;
    assert_eq!(hashes, ["SHA256=AB12".into(), "IMPHASH=0C".into()]);
}

/// All that a site can tune, against what is usual.
fn wild() -> Analytic {
    let all = || Some(Pattern::new("*"));
    Analytic {
        suspicious_defaults: false,
        suspicious: vec![SuspiciousEntry { image: all(), ..SuspiciousEntry::default() }],
        parents: AncestorClass::ALL
            .iter()
            .map(|class| ParentEntry { which: ParentMatch::Class(*class), points: 20, reason: "x".into() })
            .collect(),
        user_contexts: UserContext::ALL
            .iter()
            .map(|context| UserContextEntry {
                context: Some(*context),
                points: -20,
                reason: "x".into(),
                ..UserContextEntry::default()
            })
            .collect(),
        privileged_groups: vec![Sid::parse("S-1-5-32-545").unwrap(), Sid::parse(ADMIN).unwrap()],
        ..Analytic::default()
    }
}

#[test]
fn tuning_never_changes_who_made_the_account() {
    let mut ambiguous = Story::default();
    ambiguous
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process(-5.0, 800, 4, SESSION, "powershell.exe", "")
        .process(-4.0, 801, 4, SESSION, AGENT, "")
        .created(0.0, 1001, "bob", SESSION);
    let mut remote = Story::default();
    remote
        .lively()
        .process(-3.0, 700, 4, 0x777, "powershell.exe", "powershell.exe Get-Date")
        .logon(-0.2, SESSION, 3, Some("10.0.0.9"))
        .created(0.0, 1001, "bob", SESSION);
    let mut blind = Story::default();
    blind.logon(-10.0, SESSION, 10, None).created(0.0, 1001, "bob", SESSION);
    let shell = below(&[
        ("explorer.exe", "explorer.exe"),
        ("cmd.exe", "cmd.exe"),
        ("net.exe", "net user bob P /add"),
    ]);
    let mut ruled = shell.events.clone();
    for event in &mut ruled {
        if let Body::ProcessCreated(process) = &mut event.body {
            let ProcessCreated { rules, .. } = &mut **process;
            *rules = vec!["Everything".into()];
        }
    }
    let ruled = Story { events: ruled, ..Story::default() };
    let window = |seconds| Analytic { window: Duration::from_seconds(seconds), ..Analytic::default() };
    let without = Analytic { suspicious_defaults: false, ..Analytic::default() };
    for story in [&by_agent(), &ambiguous, &remote, &blind, &shell, &ruled] {
        let plain = story.case();
        for site in [wild(), without.clone(), window(0), window(1), window(30 * 86_400)] {
            let case = tuned(story, &site);
            let of = |case: &Case| Attribution {
                // They answer for whom the plain window rule would name, and for how often such processes start.
                alternatives: Vec::new(),
                coincidence: None,
                ..case.attribution.clone()
            };
            assert_eq!(of(&case), of(&plain));
            assert_eq!(
                (&case.case_id, &case.actor, &case.origin),
                (&plain.case_id, &plain.actor, &plain.origin)
            );
            assert_eq!(case.blind_spots, plain.blind_spots);
        }
        assert_ne!(tuned(story, &wild()).risk, plain.risk, "it is wild enough to be seen");
    }
}

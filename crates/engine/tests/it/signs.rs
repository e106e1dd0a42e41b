//! What else than processes points to who was behind a creation, and what is worth a look without one.

use crate::story;
use crate::story::{ADMIN, Story, account_sid, at, is_impossible, line, principal};
use begat_model::case::{
    BlindSpot, BlindSpotKind, FindingFact, FindingKind, Outcome, Proof, Reason, Role, SamKey, Severity,
    Verdict,
};
use begat_model::event::{
    AccountAction, AccountTouched, Body, GroupMembership, Installed, LogCleared, LoggedOn, ManagedAccount,
    PipelineExecuted, Principal, QueryCaller, SamPipeOpened, SessionReconnected, TokenElevation,
};
use begat_model::{Duration, EventKind, LogonId, ProcessId, Sid};

const SESSION: u64 = 0x1f4c65f;
const OTHER: u64 = 0x2a00;

fn evidence(case: &begat_model::case::Case) -> Vec<&'static str> {
    case.attribution.evidence.iter().map(|evidence| evidence.kind).collect()
}

fn blind_spots(case: &begat_model::case::Case) -> Vec<BlindSpotKind> {
    case.blind_spots.iter().map(BlindSpot::kind).collect()
}

/// Two PowerShells of one session, both open for hours.
fn two_powershells(story: &mut Story) -> &mut Story {
    story
        .lively()
        .logon(-4000.0, SESSION, 10, Some("10.0.0.7"))
        .process(-3900.0, 700, 4, SESSION, "powershell.exe", "powershell.exe")
        .process(-3000.0, 701, 4, SESSION, "powershell.exe", "powershell.exe")
}

#[test]
fn the_script_log_tells_one_powershell_from_another() {
    let mut without = Story::default();
    two_powershells(&mut without).created(0.0, 1001, "bob", SESSION);
    let case = without.case();
    assert_eq!(case.attribution.verdict, Verdict::Ambiguous);
    assert!(blind_spots(&case).contains(&BlindSpotKind::PowershellLoggingOff));
    let mut with = Story::default();
    two_powershells(&mut with)
        .script(-0.2, 700, "New-LocalUser -Name bob -NoPassword")
        .created(0.0, 1001, "bob", SESSION);
    let case = with.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed, "M03");
    assert_eq!(case.attribution.creator.as_ref().unwrap().pid, Some(ProcessId(700)));
    assert!(evidence(&case).contains(&"script_creates_account"));
    assert!(case.events.iter().any(|event| event.record.kind == EventKind::ScriptBlock));
    assert!(!blind_spots(&case).contains(&BlindSpotKind::PowershellLoggingOff));
}

/// A function lives in the process that defined it, and as long as that.
#[test]
fn a_function_is_called_in_a_later_script_of_the_same_process() {
    const DEFINES: &str = "function Add-Svc($Name = 'eve') { New-LocalUser $Name }";
    let creator = |scripts: &[(f64, u32, &str)]| {
        let mut story = Story::default();
        two_powershells(&mut story);
        for (at, pid, text) in scripts {
            story.script(*at, *pid, text);
        }
        story.created(0.0, 1001, "bob", SESSION);
        let case = story.case();
        let is_sure = case.attribution.verdict == Verdict::Attributed;
        case.attribution.creator.filter(|_| is_sure).and_then(|process| process.pid)
    };
    for (scripts, expected) in [
        (vec![(-600.0, 700, DEFINES), (-0.2, 700, "Add-Svc bob")], Some(ProcessId(700))),
        (vec![(-600.0, 700, DEFINES), (-0.2, 700, "Get-Date; add-svc -Name 'bob'")], Some(ProcessId(700))),
        (
            vec![(-900.0, 700, DEFINES), (-600.0, 700, "function Go { Add-Svc bob }"), (-0.2, 700, "Go")],
            Some(ProcessId(700)),
        ),
        (vec![(-600.0, 700, "$make = { New-LocalUser bob }"), (-0.2, 700, "& $make")], Some(ProcessId(700))),
        (vec![(-600.0, 700, "sal mk New-LocalUser"), (-0.2, 700, "mk bob")], Some(ProcessId(700))),
        (vec![(-600.0, 700, "$make = { New-LocalUser bob }"), (-0.2, 700, "$make")], None),
        (vec![(-600.0, 700, DEFINES), (-0.2, 700, "Add-Svc")], None),
        (vec![(-600.0, 701, DEFINES), (-0.2, 700, "Add-Svc bob")], None),
        (vec![(-600.0, 700, "Add-Svc bob"), (-0.2, 700, DEFINES)], None),
        (vec![(-600.0, 700, DEFINES), (-0.2, 700, "Get-Help Add-Svc; Write-Host 'Add-Svc bob'")], None),
        (
            vec![
                (-900.0, 700, DEFINES),
                (-600.0, 700, "function Add-Svc($Name) { Get-LocalUser $Name }"),
                (-0.2, 700, "Add-Svc bob"),
            ],
            None,
        ),
    ] {
        assert_eq!(creator(&scripts), expected, "{scripts:?}");
    }
}

#[test]
fn definitions_that_were_not_kept_are_told() {
    let told = |scripts: u32| {
        let mut story = Story::default();
        two_powershells(&mut story);
        for number in 0..scripts {
            let text = format!("function Add-Svc{number} {{ New-LocalUser bob }}");
            story.script(-900.0 + f64::from(number), 700, &text);
        }
        story.created(0.0, 1001, "bob", SESSION);
        story.case().blind_spots.contains(&BlindSpot::SignsDropped)
    };
    assert!(!told(32) && told(33));
}

#[test]
fn the_module_log_tells_one_powershell_from_another() {
    let mut story = Story::default();
    let pipeline = PipelineExecuted {
        pid: Some(ProcessId(700)),
        user: Sid::parse(ADMIN),
        payload: "CommandInvocation(New-LocalUser): \"New-LocalUser\"\n\
            ParameterBinding(New-LocalUser): name=\"Name\"; value=\"bob\""
            .into(),
    };
    two_powershells(&mut story)
        .push(-0.2, EventKind::PipelineExecuted, Body::PipelineExecuted(Box::new(pipeline)))
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed, "4103 says it as 4104 does");
    assert_eq!(case.attribution.creator.as_ref().unwrap().pid, Some(ProcessId(700)));
}

/// What its line says PowerShell's log may say was refused, or its exit code that it failed.
#[test]
fn a_powershell_whose_call_was_refused_or_failed_did_not_surely_make_the_account() {
    const CALL: &str = "CommandInvocation(New-LocalUser): \"New-LocalUser\"\n\
        ParameterBinding(New-LocalUser): name=\"Name\"; value=\"bob\"\n";
    let refused = format!("{CALL}TerminatingError(New-LocalUser): \"User bob already exists.\"");
    let told = |payloads: &[&str], exit_code: Option<u32>| {
        let mut story = Story::default();
        story
            .lively()
            .logon(-4000.0, SESSION, 10, Some("10.0.0.7"))
            .process(-2.0, 700, 4, SESSION, "powershell.exe", "powershell.exe -Command \"New-LocalUser bob\"")
            .created(0.0, 1001, "bob", SESSION);
        for payload in payloads {
            let (pid, user) = (Some(ProcessId(700)), Sid::parse(ADMIN));
            let pipeline = PipelineExecuted { pid, user, payload: (*payload).into() };
            story.push(0.07, EventKind::PipelineExecuted, Body::PipelineExecuted(Box::new(pipeline)));
        }
        if exit_code.is_some() {
            story.end(0.2, 700, "powershell.exe", SESSION);
            if let Some(Body::ProcessEnded(ended)) = story.events.last_mut().map(|event| &mut event.body) {
                ended.exit_code = exit_code;
            }
        }
        story.case().attribution.verdict
    };
    assert_eq!(told(&[], None), Verdict::Attributed);
    assert_eq!(told(&[], Some(0)), Verdict::Attributed);
    assert_eq!(told(&[], Some(1)), Verdict::Likely, "the last command failed, and it may have been another");
    assert_eq!(told(&[&refused], None), Verdict::Unknown);
    assert_eq!(told(&[&refused, CALL], None), Verdict::Attributed, "it tried again");
}

#[test]
fn a_script_of_another_name_or_another_user_proves_nothing() {
    for (text, pid) in [("New-LocalUser -Name eve -NoPassword", 700), ("Get-LocalUser bob", 700)] {
        let mut story = Story::default();
        two_powershells(&mut story).script(-0.2, pid, text).created(0.0, 1001, "bob", SESSION);
        assert_ne!(story.case().attribution.verdict, Verdict::Attributed, "{text}");
    }
}

#[test]
fn the_script_log_names_the_process_where_no_process_is_audited() {
    let mut story = Story::default();
    story
        .logon(-100.0, SESSION, 10, Some("10.0.0.7"))
        .script(-0.2, 700, "New-LocalUser -Name bob -NoPassword")
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed);
    let creator = case.attribution.creator.as_ref().unwrap();
    assert_eq!((creator.pid, creator.started_at, &creator.image), (Some(ProcessId(700)), None, &None));
    assert_eq!(case.attribution.lag, None, "its start is not known");
    assert!(!case.sequence);
    assert!(blind_spots(&case).contains(&BlindSpotKind::NoProcessTelemetry));
}

#[test]
fn an_account_lookup_names_its_client() {
    let mut story = Story::default();
    let caller =
        QueryCaller::Process { pid: ProcessId(800), image: Some(r"C:\Windows\System32\mmc.exe".into()) };
    story
        .lively()
        .logon(-4000.0, SESSION, 10, Some("10.0.0.7"))
        .process(-3900.0, 700, 4, SESSION, "powershell.exe", "powershell.exe")
        .process(-3900.0, 800, 4, SESSION, "mmc.exe", "mmc.exe lusrmgr.msc")
        .created(0.0, 1001, "bob", SESSION)
        .looked_up(0.01, 1001, SESSION, caller)
        .touched(0.02, 1001, AccountAction::Enabled, SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed, "M34");
    assert_eq!(line(&case)[0], "mmc.exe");
    assert!(evidence(&case).contains(&"looked_up_account"));
}

/// What would have shown the act, where only this one process of the session could have done it, on a host that tells
/// of ends or does not.
fn would_show(image: &str, line: &str, ends_told: bool) -> Vec<Proof> {
    let mut story = Story::default();
    story.lively().logon(-40.0, SESSION, 10, Some("10.0.0.7")).process(-30.0, 700, 4, SESSION, image, line);
    if ends_told {
        story.process(5.0, 900, 4, 0x3e7, "svchost.exe", "svchost.exe -k x").end(
            9.0,
            900,
            "svchost.exe",
            0x3e7,
        );
    }
    let attribution = story.created(0.0, 1001, "bob", SESSION).case().attribution;
    assert_eq!(attribution.verdict, Verdict::Likely, "{image}");
    let Some(Reason::ActNotShown { by }) = attribution.reason else { panic!("{:?}", attribution.reason) };
    by
}

#[test]
fn a_lookup_would_show_a_program_that_is_likely_in_a_log_that_tells_all_else() {
    assert_eq!(would_show("mmc.exe", "mmc.exe lusrmgr.msc", true), [Proof::Lookup]);
    assert_eq!(would_show("mmc.exe", "mmc.exe lusrmgr.msc", false), [Proof::ProcessEnds], "asked for first");
    assert_eq!(would_show("powershell.exe", "powershell.exe", true), [Proof::ScriptLog]);
}

#[test]
fn a_lookup_without_a_process_is_a_client_on_the_network() {
    let mut story = Story::default();
    let opened =
        SamPipeOpened { subject: principal(ADMIN, "admin", SESSION), source_ip: Some("10.0.0.9".into()) };
    story
        .lively()
        .logon(-1.0, SESSION, 3, Some("10.0.0.9"))
        .push(-0.5, EventKind::ShareFileOpened, Body::SamPipeOpened(Box::new(opened)))
        .queried(-0.3, SESSION, QueryCaller::Remote)
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Remote, "M14");
    assert_eq!(evidence(&case), ["network_session_without_process", "sam_pipe_opened", "queried_remotely"]);
}

#[test]
fn a_session_from_this_machine_itself_is_not_remote() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-400.0, OTHER, 2, None)
        .process(-0.4, 700, 4, OTHER, "cscript.exe", r#"cscript.exe add.vbs bob"#)
        .logon(-0.2, SESSION, 3, Some("127.0.0.1"))
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Likely, "its line only names the account");
    assert_eq!(line(&case)[0], "cscript.exe");
    let origin = case.origin.as_ref().unwrap();
    assert_eq!((origin.via, origin.actor.account.logon_id), ("loopback", Some(LogonId(OTHER))));
    let mut nobody = Story::default();
    nobody.lively().logon(-0.2, SESSION, 3, Some("::1")).created(0.0, 1001, "bob", SESSION);
    assert_ne!(nobody.case().attribution.verdict, Verdict::Remote);
}

#[test]
fn a_service_leads_to_who_installed_it() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-2.0, SESSION, 3, Some("10.0.0.9"))
        .process(-9000.0, 500, 4, 0x3e7, "services.exe", "services.exe")
        .service(-1.0, SESSION, "PSEXESVC", r"%SystemRoot%\PSEXESVC.exe")
        .process(-0.9, 900, 500, 0x3e7, r"C:\Windows\PSEXESVC.exe", r"C:\Windows\PSEXESVC.exe")
        .process(-0.5, 901, 900, 0x3e7, "cmd.exe", "cmd.exe")
        .process(-0.1, 902, 901, 0x3e7, "net1.exe", "net1 user bob P /add")
        .created_with(0.0, 1001, "bob", 0x3e7, |created| {
            created.subject = Principal { sid: Sid::parse(Sid::SYSTEM), ..principal(ADMIN, "SRV1$", 0x3e7) };
        });
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed, "M09");
    let origin = case.origin.as_ref().unwrap();
    assert_eq!((origin.via, origin.actor.source_ip.as_deref()), ("service", Some("10.0.0.9")));
    assert!(case.events.iter().any(|event| event.record.kind == EventKind::ServiceInstalled));
    assert!(blind_spots(&case).contains(&BlindSpotKind::SessionShared));
}

#[test]
fn a_consumers_script_is_run_by_scrcons() {
    let mut story = Story::default();
    let install = Installed {
        name: Some("upd".into()),
        command: Some(r#"Set o=GetObject("WinNT://."): Set u=o.Create("user","bob"): u.SetInfo"#.into()),
        subject: principal(ADMIN, "admin", 0),
    };
    story
        .lively()
        .push(-500.0, EventKind::SysmonWmiConsumer, Body::WmiConsumerInstalled(Box::new(install)))
        .process(-5.0, 900, 4, 0x3e7, "scrcons.exe", "scrcons.exe -Embedding")
        .created(0.0, 1001, "bob", 0x3e7);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Likely, "M12: no record says that the script ran");
    assert_eq!(case.origin.as_ref().unwrap().via, "wmi_subscription");
    let roles =
        |kind| case.events.iter().filter(move |event| event.record.kind == kind).map(|event| event.role);
    assert_eq!(
        roles(EventKind::SysmonWmiConsumer).collect::<Vec<_>>(),
        [Role::Install],
        "told once, as what it is"
    );
}

#[test]
fn a_parent_of_another_session_than_the_asker_is_only_asserted() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process(-90.0, 500, 4, 0x3e7, "spoolsv.exe", "spoolsv.exe")
        .process(-1.0, 900, 500, SESSION, "cmd.exe", "cmd.exe")
        .process(-0.1, 901, 900, SESSION, "net1.exe", "net1 user bob P /add")
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed, "M31");
    assert!(blind_spots(&case).contains(&BlindSpotKind::ParentAsserted));
}

#[test]
fn who_takes_a_desktop_up_again_sits_elsewhere() {
    let mut story = Story::default();
    let reconnected = SessionReconnected {
        account: principal(ADMIN, "admin", SESSION),
        source_ip: Some("10.0.0.66".into()),
        source_host: Some("LAPTOP".into()),
    };
    story
        .lively()
        .logon(-4000.0, SESSION, 10, Some("10.0.0.7"))
        .push(-60.0, EventKind::SessionReconnected, Body::SessionReconnected(Box::new(reconnected)))
        .process(-0.1, 901, 4, SESSION, "net1.exe", "net1 user bob P /add")
        .created(0.0, 1001, "bob", SESSION);
    assert_eq!(story.case().actor.source_ip.as_deref(), Some("10.0.0.66"));
}

#[test]
fn before_windows_10_two_logons_of_one_moment_are_one_split_token() {
    let mut story = Story::default();
    let half = |logon_id: u64| LoggedOn {
        account: principal(ADMIN, "admin", logon_id),
        subject: Principal::default(),
        logon_type: Some(2),
        source_ip: None,
        source_host: None,
        linked_logon_id: None,
        elevated: None,
        process_name: None,
    };
    story
        .lively()
        .push(
            -100.0,
            EventKind::SpecialPrivileges,
            Body::SpecialPrivileges(principal(ADMIN, "admin", SESSION)),
        )
        .push(-100.0, EventKind::LoggedOn, Body::LoggedOn(Box::new(half(SESSION))))
        .push(-100.0, EventKind::LoggedOn, Body::LoggedOn(Box::new(half(OTHER))))
        .process(-1.0, 900, 4, OTHER, "notes.exe", "notes.exe")
        .created(0.0, 1001, "bob", SESSION);
    let weighed = format!("{:?}", story.case().attribution.alternatives);
    assert!(weighed.contains("notes.exe"), "the filtered half's process is weighed: {weighed}");
}

#[test]
fn a_child_tells_the_session_of_an_old_parent() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process_with(-50.0, 900, 4, 0x3e7, r"C:\Tools\maker.exe", "maker.exe", |created| {
            created.elevation = Some(TokenElevation::Full);
        })
        .process(-20.0, 901, 900, SESSION, "whoami.exe", "whoami")
        .end(-19.0, 901, "whoami.exe", SESSION)
        .created(0.0, 1001, "bob", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Likely, "A08");
    assert_eq!(line(&case)[0], "maker.exe");
}

#[test]
fn a_file_of_windows_own_alone_in_the_session_is_not_accused() {
    let alone = |image: &str| {
        let mut story = Story::default();
        story
            .lively()
            .logon(-100.0, SESSION, 2, None)
            .process(-50.0, 900, 4, SESSION, image, "")
            .created(0.0, 1001, "bob", SESSION);
        story.case().attribution.verdict
    };
    assert_eq!(alone("notepad.exe"), Verdict::Unknown);
    assert_eq!(
        alone(r"C:\Temp\CreateHiddenAccount.exe"),
        Verdict::Likely,
        "M16, without the ends of processes"
    );
}

#[test]
fn an_account_in_users_speaks_for_net_and_the_consoles_and_for_no_other_program() {
    let told = |image: &str, line: &str| {
        let mut story = Story::default();
        story
            .lively()
            .logon(-40.0, SESSION, 10, Some("10.0.0.7"))
            .process(-0.1, 700, 4, SESSION, image, line)
            .created(0.0, 1001, "bob", SESSION)
            .grouped(0.01, 1001, "S-1-5-32-545");
        for event in &mut story.events {
            if let Body::GroupMemberAdded(added) = &mut event.body {
                added.subject = principal(ADMIN, "admin", SESSION);
            }
        }
        evidence(&story.case())
    };
    for (image, line, speaks) in [
        ("net1.exe", "net1 user bob P /add", true),
        ("mmc.exe", "mmc.exe lusrmgr.msc", true),
        (r"C:\Tools\adduser.exe", "adduser.exe bob", false),
    ] {
        let told = told(image, line);
        assert_eq!(told.contains(&"put_into_users"), speaks, "{image}: {told:?}");
    }
}

#[test]
fn a_net_that_says_it_failed_did_not_make_the_account() {
    let told = |code: u32| {
        let mut story = Story::default();
        story
            .lively()
            .logon(-100.0, SESSION, 3, Some("10.0.0.9"))
            .process(-0.1, 901, 4, SESSION, "net1.exe", "net1 user bob P /add")
            .created(0.0, 1001, "bob", SESSION)
            .end(0.05, 901, "net1.exe", SESSION);
        if let Some(Body::ProcessEnded(ended)) = story.events.last_mut().map(|event| &mut event.body) {
            ended.exit_code = Some(code);
        }
        story.case().attribution
    };
    let (succeeded, failed) = (told(0), told(2));
    assert_eq!(succeeded.verdict, Verdict::Attributed);
    assert_eq!((failed.verdict, failed.creator), (Verdict::Unknown, None), "somebody else made it");
}

#[test]
fn the_end_of_a_process_whose_start_was_lost_still_makes_it_a_candidate() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process(-50.0, 900, 4, SESSION, "powershell.exe", "powershell.exe")
        .created(0.0, 1001, "bob", SESSION)
        .end(0.02, 901, "net1.exe", SESSION);
    let case = story.case();
    assert_ne!(case.attribution.verdict, Verdict::Attributed, "a net1 was there, and its start is lost");
    assert!(format!("{:?}", case.attribution).contains("net1.exe"));
}

#[test]
fn covering_up_beforehand_counts_as_well() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .push(-60.0, EventKind::LogCleared, LogCleared::of_security(principal(ADMIN, "admin", SESSION)))
        .process(-0.1, 901, 4, SESSION, "net1.exe", "net1 user bob P /add")
        .created(0.0, 1001, "bob", SESSION);
    assert_eq!(story.case().severity, Severity::Critical, "M25");
}

#[test]
fn a_deleted_account_that_the_registry_brings_back_is_resurrected() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process(-0.1, 901, 4, SESSION, r"C:\Temp\maker.exe", "maker.exe")
        .created(0.0, 1001, "bob", SESSION)
        .touched(0.1, 1001, AccountAction::Enabled, SESSION)
        .touched(0.5, 1001, AccountAction::Deleted, SESSION)
        .sam(0.9, "regedit.exe", r"000003E9\F", "SetValue");
    let hunt = story.hunted();
    assert_eq!(hunt.cases[0].outcome, Outcome::Resurrected, "M17");
    assert_eq!(hunt.cases[0].severity, Severity::Critical);
    assert_eq!(
        hunt.findings.iter().map(|finding| finding.kind).collect::<Vec<_>>(),
        [FindingKind::SamTampered]
    );
    let FindingFact::SamWritten { key, .. } = &hunt.findings[0].summary else {
        panic!("{:?}", hunt.findings[0].summary)
    };
    assert_eq!(*key, Some(SamKey::Rid(1001)));
}

fn kinds(story: &Story) -> Vec<(FindingKind, Severity)> {
    story.hunted().findings.iter().map(|finding| (finding.kind, finding.severity)).collect()
}

#[test]
fn guests_and_everybody_are_not_made_powerful_in_silence() {
    let mut guest = Story::default();
    guest.touched(0.0, 501, AccountAction::Enabled, SESSION);
    assert_eq!(kinds(&guest), [(FindingKind::GuestEnabled, Severity::High)], "M19");
    let mut grant = Story::default();
    let membership = GroupMembership {
        member: Principal { sid: Sid::parse("S-1-5-20"), ..Principal::default() },
        group: Principal { sid: Sid::parse("S-1-5-32-544"), ..Principal::default() },
        subject: principal(ADMIN, "admin", SESSION),
    };
    grant.push(0.0, EventKind::LocalMemberAdded, Body::GroupMemberAdded(Box::new(membership)));
    assert_eq!(kinds(&grant), [(FindingKind::BuiltinPrivileged, Severity::High)], "M20");
}

/// 4624 of a local account.
fn logs_on(story: &mut Story, seconds: f64, rid: u32) {
    let logon = LoggedOn {
        account: Principal { sid: Some(account_sid(rid)), ..principal(ADMIN, "ghost", 0x900) },
        subject: Principal::default(),
        logon_type: Some(3),
        source_ip: Some("10.0.0.9".into()),
        source_host: None,
        linked_logon_id: None,
        elevated: None,
        process_name: None,
    };
    story.push(seconds, EventKind::LoggedOn, Body::LoggedOn(Box::new(logon)));
}

#[test]
fn an_account_that_nobody_saw_created_is_told_and_weighed_by_what_proves_it() {
    let mut older = Story::default();
    logs_on(&mut older, 0.0, 1005);
    assert_eq!(kinds(&older), [(FindingKind::AccountNeverSeenCreated, Severity::Informational)]);
    let mut younger = Story::default();
    younger.created(-10.0, 1004, "bob", SESSION);
    logs_on(&mut younger, 0.0, 1005);
    assert_eq!(
        kinds(&younger),
        [(FindingKind::CreationNotLogged, Severity::High)],
        "RIDs are given out in order"
    );
    let mut before = Story::default();
    logs_on(&mut before, -20.0, 1005);
    before.created(-10.0, 1004, "bob", SESSION);
    assert_eq!(kinds(&before), [(FindingKind::AccountNeverSeenCreated, Severity::Informational)]);
    let mut born = Story::default();
    born.created(-10.0, 1004, "bob", SESSION).touched(-9.0, 1004, AccountAction::Enabled, SESSION);
    logs_on(&mut born, 0.0, 1004);
    assert_eq!(kinds(&born), [], "its creation was seen");
    let mut builtin = Story::default();
    logs_on(&mut builtin, 0.0, 500);
    assert_eq!(kinds(&builtin), [], "every machine is born with it");
}

#[test]
fn accounts_of_one_host_that_nobody_saw_created_are_one_finding() {
    let mut story = Story::default();
    for rid in 1005..1025 {
        logs_on(&mut story, f64::from(rid), rid);
    }
    let membership = GroupMembership {
        member: Principal { sid: Some(account_sid(1020)), ..Principal::default() },
        group: Principal { sid: Sid::parse("S-1-5-32-544"), ..Principal::default() },
        subject: principal(ADMIN, "admin", SESSION),
    };
    story.push(2000.0, EventKind::LocalMemberAdded, Body::GroupMemberAdded(Box::new(membership)));
    let findings = story.hunted().findings;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    let FindingFact::NeverSeenCreated { accounts } = &findings[0].summary else { panic!("{findings:#?}") };
    assert_eq!(accounts.len(), 20);
    assert_eq!((&accounts[0].sid, accounts[0].privileged), (&account_sid(1020), true), "the powerful first");
    assert_eq!(findings[0].severity, Severity::Medium);
    assert_eq!(findings[0].at, Some(at(1005.0)));
    assert!(accounts[1..].windows(2).all(|pair| pair[0].at <= pair[1].at));
}

#[test]
fn the_primary_group_and_the_sams_own_key_betray_a_creation_that_was_not_logged() {
    let mut group = Story::default();
    let membership = GroupMembership {
        member: Principal { sid: Some(account_sid(1009)), ..Principal::default() },
        group: Principal { sid: Some(account_sid(513)), ..principal(ADMIN, "None", 0) },
        subject: principal(ADMIN, "admin", SESSION),
    };
    group.push(0.0, EventKind::GlobalMemberAdded, Body::GroupMemberAdded(Box::new(membership)));
    assert_eq!(kinds(&group), [(FindingKind::CreationNotLogged, Severity::High)], "X04");
    let mut key = Story::default();
    key.sam(0.0, "lsass.exe", r"Names\ghost", "CreateKey");
    assert_eq!(kinds(&key), [(FindingKind::CreationNotLogged, Severity::High)]);
    let mut both = group;
    both.sam(0.01, "lsass.exe", r"Names\ghost", "CreateKey");
    let findings = both.hunted().findings;
    let told: Vec<_> = findings.iter().map(|finding| (finding.kind, finding.events.len())).collect();
    assert_eq!(told, [(FindingKind::CreationNotLogged, 2)], "one act, one finding");
    let account = findings[0].account.as_ref().unwrap();
    assert_eq!((account.name.as_deref(), account.sid.clone()), (Some("ghost"), Some(account_sid(1009))));
    key.created(0.01, 1001, "ghost", SESSION);
    assert_eq!(kinds(&key), [], "its creation was logged");
}

#[test]
fn an_account_whose_key_was_written_is_told_by_its_whole_sid() {
    let mut story = Story::default();
    story.created(0.0, 1001, "bob", SESSION).sam(60.0, r"C:\Tools\rid.exe", r"000001F5\F", "SetValue");
    let finding = story.hunted().findings.remove(0);
    assert_eq!(finding.kind, FindingKind::SamTampered);
    let sid = finding.account.and_then(|account| account.sid);
    assert_eq!(sid, Some(account_sid(501)), "the key names the RID, other accounts the machine");
}

#[test]
fn one_hand_that_makes_many_is_one_wave() {
    let mut story = Story::default();
    story.lively().logon(-100.0, SESSION, 2, None).process(-50.0, 900, 4, SESSION, "cmd.exe", "cmd.exe");
    for index in 0..4u32 {
        let (seconds, name) = (f64::from(index), format!("pupil{index}"));
        let line = format!("net1 user {name} P /add");
        story
            .process(seconds, 1000 + index, 900, SESSION, "net1.exe", &line)
            .created(seconds + 0.1, 1001 + index, &name, SESSION)
            .end(seconds + 0.2, 1000 + index, "net1.exe", SESSION);
    }
    story
        .process(9000.0, 2000, 900, SESSION, "net1.exe", "net1 user late P /add")
        .created(9000.1, 1100, "late", SESSION);
    let waves: Vec<Option<String>> = story.cases().into_iter().map(|case| case.wave).collect();
    assert!(waves[0].is_some() && waves[..4].iter().all(|wave| *wave == waves[0]), "A07: {waves:?}");
    assert_eq!(waves[4], None, "hours later it is another story");
}

/// Somebody makes the same account and deletes it again, so many times, so many hours apart, each time in a session of
/// its own.
fn again_and_again(story: &mut Story, times: u32, hours: f64, sid: &str, name: &str) {
    for time in 0..times {
        let (start, session) = (f64::from(time) * hours * 3600.0, 0x9000 + u64::from(time));
        let by = principal(sid, "somebody", session);
        story.created_with(start, 1001 + time, name, session, |created| created.subject = by.clone());
        let deleted = AccountTouched {
            action: AccountAction::Deleted,
            succeeded: true,
            account: Principal { sid: Some(account_sid(1001 + time)), ..principal(sid, name, 0) },
            subject: by,
            new_uac_value: None,
        };
        story.push(start + 90.0, EventKind::AccountDeleted, Body::AccountTouched(Box::new(deleted)));
    }
}

#[test]
fn one_account_made_and_deleted_again_and_again_by_one_hand_is_one_wave() {
    let waves = |times: u32, hours: f64, sid: &str| {
        let mut story = Story::default();
        again_and_again(&mut story, times, hours, sid, "atomic");
        let waves: Vec<Option<String>> = story.cases().into_iter().map(|case| case.wave).collect();
        let first = waves[0].clone();
        (waves.iter().all(|wave| *wave == first), first.is_some())
    };
    let one_wave = (true, true);
    assert_eq!(waves(5, 24.0, ADMIN), one_wave, "every morning");
    assert_eq!(waves(3, 0.5, ADMIN), one_wave, "within two hours, each time in another session");
    assert_eq!(waves(2, 24.0, ADMIN), (true, false), "twice is none");
    assert_eq!(waves(4, 24.0 * 30.0, ADMIN), (true, false), "once a month is none");
    assert_eq!(waves(5, 24.0, "S-1-5-18"), (true, false), "SYSTEM is nobody's hand");
    let mut two_hands = Story::default();
    again_and_again(&mut two_hands, 2, 24.0, ADMIN, "atomic");
    again_and_again(two_hands.on("srv2.corp.example"), 2, 24.0, ADMIN, "atomic");
    assert!(two_hands.cases().iter().all(|case| case.wave.is_none()), "on one host each");
}

#[test]
fn one_name_on_many_hosts_is_one_wave_and_two_are_none() {
    let fleet = |hosts: usize| {
        let mut story = Story::default();
        for index in 0..hosts {
            story.on(&format!("ws{index}.corp.example"));
            story.created_with(index as f64, 1001, "setupadmin", SESSION, |created| {
                created.account.domain = Some(format!("WS{index}").as_str().into());
            });
        }
        story.cases().into_iter().filter(|case| case.wave.is_some()).count()
    };
    assert_eq!((fleet(2), fleet(3)), (0, 3), "B02");
}

#[test]
fn a_remote_creation_is_joined_to_the_command_on_its_own_host() {
    let mut story = Story::default();
    story
        .lively()
        .logon(-1.0, SESSION, 3, Some("10.0.0.9"))
        .created(0.0, 1001, "bob", SESSION)
        .on("jump1.corp.example")
        .logon(-300.0, OTHER, 10, Some("10.9.9.9"))
        .process(-2.0, 4000, 4, OTHER, "powershell.exe", "powershell.exe Get-Process -ComputerName other")
        .process(
            -1.5,
            4001,
            4,
            OTHER,
            "powershell.exe",
            "powershell.exe $u=([ADSI]'WinNT://SRV1').Create('user','bob'); $u.SetPassword('Pa55'); $u.SetInfo()",
        );
    let case = &story.cases()[0];
    let origin = case.origin.as_ref().unwrap();
    assert_eq!((origin.via, origin.actor.source_ip.as_deref()), ("remote_command", Some("10.9.9.9")));
    let client = origin.client.as_ref().unwrap();
    assert_eq!((client.host.as_str(), client.process.pid), ("jump1.corp.example", Some(ProcessId(4001))));
    assert!(!format!("{client:?}").contains("Pa55"), "secrets stay in the engine");
    let mut elsewhere = Story::default();
    elsewhere
        .lively()
        .logon(-1.0, SESSION, 3, Some("10.0.0.9"))
        .created(0.0, 1001, "bob", SESSION)
        .on("jump1.corp.example")
        .process(
            -1.5,
            4001,
            4,
            OTHER,
            "powershell.exe",
            "powershell.exe $u=([ADSI]'WinNT://SRV2').Create('user','bob'); $u.SetInfo()",
        );
    assert_eq!(elsewhere.cases()[0].origin, None, "it reached for another machine");
}

#[test]
fn laps_and_rids_below_a_thousand_are_windows_own() {
    let by_system = |rid: u32, laps: Option<f64>| {
        let mut story = Story::default();
        story.lively();
        if let Some(seconds) = laps {
            let managed = ManagedAccount { name: None, rid: Some(1005) };
            story.push(seconds, EventKind::LapsPasswordSet, Body::ManagedByLaps(Box::new(managed)));
        }
        story.created_with(0.0, rid, "any", 0x3e7, |created| {
            created.subject = Principal { sid: Sid::parse(Sid::SYSTEM), ..principal(ADMIN, "SRV1$", 0x3e7) };
        });
        story.case().attribution.verdict
    };
    assert_eq!(by_system(1005, None), Verdict::Unknown);
    assert_eq!(by_system(1005, Some(-4.0)), Verdict::System, "B03");
    assert_eq!(by_system(1005, Some(-40.0)), Verdict::Unknown, "LAPS had long finished");
    assert_eq!(by_system(1006, Some(-4.0)), Verdict::Unknown, "LAPS manages another account");
    assert_eq!(by_system(504, None), Verdict::System, "B15");
}

/// Weighs one process of the creating session: `change` tells its story around a creation at 0 s.
fn weighed(change: impl FnOnce(&mut Story)) -> begat_model::case::Case {
    let mut story = Story::default();
    story.lively().logon(-3500.0, SESSION, 2, None);
    change(&mut story);
    story.created(0.0, 1001, "bob", SESSION).case()
}

#[test]
fn a_lookup_or_a_script_under_the_same_pid_may_be_another_process() {
    let verdict = |change: &dyn Fn(&mut Story)| {
        weighed(|story| {
            story.process(-10.0, 700, 4, SESSION, "powershell.exe", "powershell.exe").process(
                -9.0,
                701,
                4,
                SESSION,
                "powershell.exe",
                "powershell.exe",
            );
            change(story);
        })
        .attribution
        .verdict
    };
    let lookup = |image: Option<&str>| QueryCaller::Process {
        pid: ProcessId(700),
        image: image.map(|image| format!(r"C:\Windows\System32\{image}").as_str().into()),
    };
    for image in [Some("PowerShell.exe"), None] {
        let told = verdict(&|story| {
            story.queried(-0.5, SESSION, lookup(image));
        });
        assert_eq!(told, Verdict::Likely, "of an account that is not there yet it shows nothing: {image:?}");
    }
    for (seconds, expected) in [(-12.5, Verdict::Ambiguous), (-11.5, Verdict::Attributed)] {
        let told = verdict(&|story| {
            story.script(seconds, 700, "New-LocalUser bob");
        });
        assert_eq!(told, expected, "a script at {seconds} s, of a process started at -10 s");
    }
    let of_another = verdict(&|story| {
        story.script(-0.2, 700, "New-LocalUser bob");
        if let Some(Body::ScriptBlock(script)) = story.events.last_mut().map(|event| &mut event.body) {
            script.user = Some(account_sid(1007));
        }
    });
    assert_ne!(of_another, Verdict::Attributed, "another account's script");
}

#[test]
fn the_window_and_the_second_after_count_to_their_last_tick() {
    for (seconds, counts) in [(-120.0, true), (-120.001, false)] {
        let case = weighed(|story| {
            story.process(seconds, 700, 4, SESSION, "powershell.exe", "powershell.exe New-LocalUser bob");
        });
        assert_eq!(evidence(&case).contains(&"started_in_window"), counts, "started at {seconds} s");
        assert_eq!((case.sequence, case.window_rule.agrees), (counts, counts));
    }
    for (seconds, counts) in [(1.0, true), (1.001, false)] {
        let mut story = Story::default();
        story
            .lively()
            .logon(-5000.0, SESSION, 2, None)
            .process(-5.0, 700, 4, SESSION, "powershell.exe", "powershell.exe New-LocalUser bob")
            .created(0.0, 1001, "bob", SESSION)
            .end(seconds, 700, "powershell.exe", SESSION);
        let case = story.case();
        assert_eq!(evidence(&case).contains(&"exits_right_after"), counts, "ended at {seconds} s");
    }
}

#[test]
fn a_net_that_nobody_saw_end_lives_ten_minutes_unless_it_asks_for_a_password() {
    let verdict = |seconds: f64, line: &str| {
        weighed(|story| {
            story.process(seconds, 700, 4, SESSION, "net1.exe", line);
        })
        .attribution
        .verdict
    };
    assert_eq!(verdict(-600.0, "net1 user bob P /add"), Verdict::Attributed);
    assert_ne!(verdict(-601.0, "net1 user bob P /add"), Verdict::Attributed);
    assert_eq!(verdict(-3000.0, "net1 user bob * /add"), Verdict::Attributed);
}

#[test]
fn sysmons_clock_may_run_two_seconds_behind_the_security_logs() {
    let case = |seconds: f64| {
        weighed(|story| {
            story.sysmon(seconds, 0.1, 700, 4, SESSION, "net1.exe", "net1 user bob P /add", "net1.exe");
        })
    };
    let (near, far) = (case(1.9), case(2.1));
    assert_eq!(near.attribution.verdict, Verdict::Attributed);
    assert!(evidence(&near).contains(&"started_after"));
    assert_ne!(far.attribution.verdict, Verdict::Attributed);
    assert!(far.attribution.alternatives.iter().any(|other| is_impossible(&other.against, "started_after")));
}

#[test]
fn only_scrcons_runs_the_scripts_of_subscriptions() {
    let told = |image: &str| {
        let mut story = Story::default();
        let install = Installed {
            name: Some("upd".into()),
            command: Some(r#"Set o=GetObject("WinNT://."): Set u=o.Create("user","bob"): u.SetInfo"#.into()),
            subject: principal(ADMIN, "admin", 0),
        };
        story
            .lively()
            .push(-500.0, EventKind::SysmonWmiConsumer, Body::WmiConsumerInstalled(Box::new(install)))
            .process(-5.0, 900, 4, 0x3e7, image, image)
            .created(0.0, 1001, "bob", 0x3e7);
        let case = story.case();
        (case.attribution.verdict, evidence(&case).contains(&"subscription_creates_account"))
    };
    assert_eq!(told("scrcons.exe"), (Verdict::Likely, true));
    assert!(!told("wscript.exe").1);
}

#[test]
fn the_signs_of_setup_hold_to_their_bounds() {
    let signs_by = |subject: Principal, rid: u32, record_id: u64, started: f64| {
        let mut story = Story::default();
        story.push(started, EventKind::HostStarted, Body::HostStarted).created_with(
            0.0,
            rid,
            "x",
            0x3e7,
            |created| {
                created.subject = subject;
            },
        );
        story.events[0].record.record_id = Some(record_id - 1);
        story.events.last_mut().unwrap().record.record_id = Some(record_id);
        let case = story.case();
        (case.attribution.verdict == Verdict::System).then(|| evidence(&case))
    };
    let signs = |rid: u32, machine: &str, record_id: u64, started: f64| {
        signs_by(principal(Sid::SYSTEM, machine, 0x3e7), rid, record_id, started)
    };
    let (all, old_name) = (["setup_old_machine_name", "setup_first_account"], "WIN-QALA5Q3KJ43$");
    let with = |more: &[&'static str]| Some([&all, more].concat());
    assert_eq!(signs(1000, old_name, 999, -600.0), with(&["setup_just_started", "setup_young_log"]));
    assert_eq!(signs(1000, old_name, 1000, -600.0), with(&["setup_just_started"]));
    assert_eq!(signs(1000, old_name, 999, -601.0), with(&["setup_young_log"]));
    assert_eq!(signs(1000, "srv1$", 999, -600.0), None, "the machine's own name, in whatever case");
    assert_eq!(signs(999, "SRV1$", 999, -900.0), Some(vec!["setup_builtin_rid", "setup_young_log"]));
    assert_eq!(signs(1001, old_name, 5000, -900.0), None, "a name alone is not enough");
    let in_another_session = principal(Sid::SYSTEM, old_name, 0x777);
    assert_eq!(signs_by(in_another_session, 1000, 999, -600.0), None, "setup runs in SYSTEM's own session");
    assert_eq!(signs_by(principal(ADMIN, old_name, 0x3e7), 1000, 999, -600.0), None, "not SYSTEM");
}

#[test]
fn an_account_lookup_names_its_client_where_no_process_is_audited() {
    let mut story = Story::default();
    let caller =
        QueryCaller::Process { pid: ProcessId(800), image: Some(r"C:\Windows\System32\mmc.exe".into()) };
    story
        .logon(-4000.0, SESSION, 10, Some("10.0.0.7"))
        .created(0.0, 1001, "bob", SESSION)
        .looked_up(0.01, 1001, SESSION, caller)
        .touched(0.02, 1001, AccountAction::Enabled, SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed);
    assert_eq!(line(&case)[0], "mmc.exe");
    assert!(!evidence(&case).contains(&"start_not_seen"), "no start is seen on this host");
}

#[test]
fn a_powershell_that_ends_right_after_its_script_ran_it() {
    let mut story = Story::default();
    two_powershells(&mut story)
        .script(-0.2, 700, "New-LocalUser bob")
        .created(0.0, 1001, "bob", SESSION)
        .end(0.1, 700, "powershell.exe", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed);
    assert_eq!(case.attribution.creator.as_ref().unwrap().pid, Some(ProcessId(700)));
}

#[test]
fn across_a_clock_that_was_set_back_the_ids_of_records_still_tell_what_came_first() {
    let mut story = Story::default();
    let change = begat_model::event::ClockChanged {
        subject: principal(Sid::SYSTEM, "SRV1$", 0x3e7),
        previous: Some(story::at(31.0)),
        new: Some(story::at(-1.0)),
    };
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process(30.0, 80, 4, SESSION, "net1.exe", "net1 user bob P /add")
        .push(-1.0, EventKind::ClockChanged, Body::ClockChanged(Box::new(change)))
        .created(0.0, 1001, "bob", SESSION);
    // What the host shows an hour later bears the last id.
    story.events.iter_mut().max_by_key(|event| event.at).unwrap().record.record_id = Some(10_000);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed, "{:#?}", case.attribution);
    assert_eq!(case.attribution.lag, Some(Duration::from_seconds(2)), "a second on either side of the step");
    story.end(0.02, 80, "net1.exe", SESSION);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed, "{:#?}", case.attribution);
    assert_eq!(line(&case)[0], "net1.exe");
}

/// Of the PowerShell log no record tells that the clock was set: its times fall, or lie where the Security log wrote then.
#[test]
fn a_script_from_before_the_clock_was_set_back_came_before_what_it_made() {
    let mut story = Story::default();
    let change = begat_model::event::ClockChanged {
        subject: principal(Sid::SYSTEM, "SRV1$", 0x3e7),
        previous: Some(story::at(46.0)),
        new: Some(story::at(-1.0)),
    };
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process(-90.0, 80, 4, SESSION, "powershell.exe", "powershell.exe")
        .process(44.0, 81, 4, SESSION, "whoami.exe", "whoami")
        .script(45.0, 80, "New-LocalUser bob -NoPassword")
        .push(-1.0, EventKind::ClockChanged, Body::ClockChanged(Box::new(change)))
        .created(0.0, 1001, "bob", SESSION);
    story.events.iter_mut().max_by_key(|event| event.at).unwrap().record.record_id = Some(10_000);
    let case = story.case();
    assert_eq!(case.attribution.verdict, Verdict::Attributed, "{:#?}", case.attribution);
    let told = case.events.iter().find(|event| event.role == Role::Script).map(|event| event.record.at);
    assert_eq!(told, Some(story::at(45.0)), "as the log tells it");
    assert_eq!(case.created_at, story::at(0.0));
}

/// What a creation is held for is counted by what ran since, not by a clock that leaps over it.
#[test]
fn a_failure_that_is_told_after_the_clock_was_set_forward_is_waited_for() {
    let mut story = Story::default();
    let change = begat_model::event::ClockChanged {
        subject: principal(Sid::SYSTEM, "SRV1$", 0x3e7),
        previous: Some(story::at(0.05)),
        new: Some(story::at(900.05)),
    };
    story
        .lively()
        .logon(-100.0, SESSION, 2, None)
        .process(-50.0, 79, 4, SESSION, "helper.exe", "helper.exe")
        .process(-0.1, 80, 4, SESSION, "net1.exe", "net1 user bob P /add")
        .created(0.0, 1001, "bob", SESSION)
        .push(900.05, EventKind::ClockChanged, Body::ClockChanged(Box::new(change)))
        .end(900.1, 80, "net1.exe", SESSION);
    if let Body::ProcessEnded(end) = &mut story.events.last_mut().unwrap().body {
        end.exit_code = Some(2);
    }
    let case = story.case();
    assert_ne!(case.attribution.verdict, Verdict::Attributed, "{:#?}", case.attribution);
}

/// The clock is set forward by so many seconds between a net1 and the account that it makes.
#[test]
fn across_a_clock_that_was_set_forward_a_net1_of_a_moment_ago_is_not_long_gone() {
    let verdict = |told: bool| {
        let mut story = Story::default();
        story.lively().logon(-1000.0, SESSION, 2, None).process(
            -700.0,
            80,
            4,
            SESSION,
            "net1.exe",
            "net1 user bob P /add",
        );
        if told {
            let change = begat_model::event::ClockChanged {
                subject: principal(Sid::SYSTEM, "SRV1$", 0x3e7),
                previous: Some(story::at(-699.9)),
                new: Some(story::at(-0.1)),
            };
            story.push(-0.1, EventKind::ClockChanged, Body::ClockChanged(Box::new(change)));
        }
        story.created(0.0, 1001, "bob", SESSION).case().attribution.verdict
    };
    assert_eq!(verdict(true), Verdict::Attributed);
    assert_ne!(verdict(false), Verdict::Attributed, "no net takes so long");
}

#[test]
fn a_session_may_be_told_two_seconds_after_its_first_process() {
    let verdict = |seconds: f64| {
        let mut story = Story::default();
        story
            .lively()
            .process(seconds, 80, 4, SESSION, "powershell.exe", "powershell.exe New-LocalUser bob")
            .logon(-10.0, SESSION, 2, None)
            .created(0.0, 1001, "bob", SESSION);
        story.case().attribution.verdict
    };
    assert_eq!(verdict(-12.0), Verdict::Attributed);
    assert_ne!(verdict(-12.001), Verdict::Attributed, "that ran in an earlier session of this id");
}

#[test]
fn without_record_ids_an_end_counts_where_the_clock_of_windows_can_tell_it() {
    let verdict = |millis: f64| {
        let mut story = Story::default();
        story
            .lively()
            .logon(-100.0, SESSION, 2, None)
            .process(-1.0, 80, 4, SESSION, "net1.exe", "net1 user bob P /add")
            .created(0.0, 1001, "bob", SESSION)
            .end(-millis / 1000.0, 80, "net1.exe", SESSION);
        for event in &mut story.events {
            event.record.record_id = None;
        }
        story.case().attribution.verdict
    };
    assert_eq!(verdict(15.625), Verdict::Attributed, "one tick of that clock");
    assert_ne!(verdict(15.7), Verdict::Attributed);
}

#[test]
fn sysmon_tells_no_sid_and_the_account_is_known_by_its_name() {
    let verdict = |user: &str, domain: &str| {
        let mut story = Story::default();
        story.lively().logon(-400.0, OTHER, 2, None);
        story.sysmon(-0.4, 0.1, 700, 4, OTHER, "cscript.exe", "cscript.exe add.vbs bob", "cscript.exe");
        if let Some(Body::ProcessCreated(created)) = story.events.last_mut().map(|event| &mut event.body) {
            (created.target.name, created.target.domain) = (Some(user.into()), Some(domain.into()));
        }
        story.logon(-0.2, SESSION, 3, Some("127.0.0.1")).created(0.0, 1001, "bob", SESSION);
        story.case().attribution.verdict
    };
    assert_eq!(verdict("Admin", "srv1"), Verdict::Likely, "names have no case");
    assert_ne!(verdict("eve", "SRV1"), Verdict::Likely);
    assert_ne!(verdict("admin", "CORP"), Verdict::Likely, "another account of that name");
}

#[test]
fn laps_explains_nothing_that_another_than_system_made() {
    let case = weighed(|story| {
        let managed = begat_model::event::ManagedAccount { name: Some("bob".into()), rid: Some(1001) };
        story.push(-1.0, EventKind::LapsPasswordSet, Body::ManagedByLaps(Box::new(managed)));
    });
    assert_eq!(case.attribution.verdict, Verdict::SessionOnly, "an administrator's session made it");
}

#[test]
fn before_windows_10_a_process_of_a_service_may_hold_the_session_that_was_just_opened() {
    let verdict = |seconds: f64, ended: Option<f64>| {
        let mut story = Story::default();
        story.lively().logon(-10.0, SESSION, 3, Some("10.0.0.9")).process_with(
            seconds,
            70,
            69,
            0x3e7,
            "taskhostw.exe",
            "taskhostw.exe",
            |process| {
                process.subject = principal(Sid::SYSTEM, "SRV1$", 0x3e7);
                process.elevation = Some(TokenElevation::Full);
            },
        );
        if let Some(ended) = ended {
            story.end(ended, 70, "taskhostw.exe", 0);
        }
        story.created(0.0, 1001, "bob", SESSION).case().attribution.verdict
    };
    assert_ne!(verdict(-9.0, None), Verdict::Remote, "it may run in that session");
    assert_ne!(verdict(-11.0, None), Verdict::Remote, "two logs may differ by two seconds");
    assert_eq!(verdict(-12.5, None), Verdict::Remote, "it ran before the session was opened");
    assert_eq!(verdict(-9.0, Some(-5.0)), Verdict::Remote, "it had ended");
}

#[test]
fn who_only_hands_the_command_on_is_the_chain_and_no_alternative() {
    for (shell, net, net1) in
        [("cmd /c net user bob P /add", "net user bob P /add", "net1 user bob P /add"), ("", "", "")]
    {
        let case = weighed(|story| {
            story
                .process(-0.3, 80, 4, SESSION, "cmd.exe", shell)
                .process(-0.2, 81, 80, SESSION, "net.exe", net)
                .process(-0.1, 82, 81, SESSION, "net1.exe", net1);
        });
        let expected = if shell.is_empty() { Verdict::Likely } else { Verdict::Attributed };
        assert_eq!(case.attribution.verdict, expected);
        assert_eq!(line(&case)[..3], ["net1.exe", "net.exe", "cmd.exe"]);
        let others = format!("{:?}", case.attribution.alternatives);
        assert!(!others.contains(r"\\net.exe"), "{others}");
        assert!(shell.is_empty() || !others.contains("cmd.exe"), "{others}");
    }
}

#[test]
fn a_net_without_its_net1_is_the_line_and_not_the_process() {
    let case = weighed(|story| {
        story.process(-0.2, 81, 4, SESSION, "net.exe", "net user bob P /add");
    });
    assert_eq!(case.attribution.verdict, Verdict::Ambiguous);
    assert_eq!(line(&case)[0], "net.exe");
    let itself = weighed(|story| {
        story.process(-0.2, 81, 4, SESSION, "net1.exe", "net1 user bob P /add");
    });
    assert_eq!(itself.attribution.verdict, Verdict::Attributed);
}

#[test]
fn what_a_process_starts_beside_takes_nothing_from_it() {
    let case = weighed(|story| {
        story.process(-3.0, 80, 4, SESSION, "powershell.exe", "powershell.exe").process(
            -2.0,
            81,
            80,
            SESSION,
            "notepad.exe",
            "notepad.exe",
        );
    });
    assert_eq!(case.attribution.verdict, Verdict::Likely);
    assert!(!evidence(&case).contains(&"tool_runs_below"));
}

#[test]
fn the_nearest_suspicious_process_is_answered_for_once() {
    let case = weighed(|story| {
        story
            .process(-60.0, 80, 4, SESSION, "net1.exe", "net1 user bob P /add")
            .end(-59.0, 80, "net1.exe", SESSION);
    });
    let answers =
        case.attribution.alternatives.iter().filter(|other| is_impossible(&other.against, "ended_before"));
    assert_eq!(answers.count(), 1);
}

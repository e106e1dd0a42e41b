//! What is read of events beyond what happened: whether anybody asked for them, which of them are one, and whose they
//! are.

use crate::story::{ADMIN, Story, at, principal};
use begat_model::case::{BlindSpot, BlindSpotKind, Case, Certainty, RiskReason, Role, Verdict};
use begat_model::event::{Body, Installed, ScriptBlock, ScriptPiece};
use begat_model::{EventKind, ProcessId};

const SESSION: u64 = 0x4341b1;

fn blind_spots(case: &Case) -> Vec<BlindSpotKind> {
    case.blind_spots.iter().map(BlindSpot::kind).collect()
}

/// A host that boots, and audits no processes.
fn booted(story: &mut Story, minutes_before: f64) -> &mut Story {
    let begun = -60.0 * minutes_before;
    let system32 = |file: &str| format!(r"C:\Windows\System32\{file}");
    let files =
        ["smss.exe", "autochk.exe", "csrss.exe", "wininit.exe", "winlogon.exe", "services.exe", "lsass.exe"];
    for (index, file) in files.into_iter().enumerate() {
        let (pid, image) = (400 + index as u32, system32(file));
        story.process(begun + index as f64, pid, 4, 0x3e7, &image, "");
    }
    story
}

#[test]
fn windows_own_boot_is_neither_sight_nor_a_sign_of_missing_command_lines() {
    for (logon_type, source) in [(2, None), (3, Some("10.0.0.7"))] {
        let mut story = Story::default();
        booted(&mut story, 10.0)
            .logon(-300.0, SESSION, logon_type, source)
            .created(0.0, 1001, "bob", SESSION);
        let case = story.case();
        assert_eq!(case.attribution.verdict, Verdict::Unknown, "type {logon_type}");
        let told = blind_spots(&case);
        assert!(told.contains(&BlindSpotKind::NoProcessTelemetry), "{told:?}");
        assert!(!told.contains(&BlindSpotKind::CommandLineMissing), "{told:?}");
        // One process that was asked for is sight, and its empty command line says something.
        story.process(-200.0, 900, 405, 0x3e7, "svchost.exe", "");
        let told = blind_spots(&story.case());
        assert!(!told.contains(&BlindSpotKind::NoProcessTelemetry), "{told:?}");
        assert!(told.contains(&BlindSpotKind::CommandLineMissing), "{told:?}");
    }
}

#[test]
fn a_boot_long_after_the_last_audited_process_gives_no_sight_back() {
    let mut story = Story::default();
    story.lively();
    story.events.retain(|event| event.at < at(-1.0));
    booted(&mut story, -100.0).created(6600.0, 1001, "bob", SESSION).logon(15_000.0, 0x777, 2, None);
    let told = blind_spots(&story.case());
    assert!(told.contains(&BlindSpotKind::ProcessTelemetryGap), "{told:?}");
}

/// Two idle PowerShells of one session, and a script of one of them, told in pieces.
fn in_pieces(pieces: &[(u32, &str)], total: u32) -> Story {
    let mut story = Story::default();
    story
        .lively()
        .logon(-4000.0, SESSION, 10, Some("10.0.0.7"))
        .process(-3900.0, 700, 4, SESSION, "powershell.exe", "powershell.exe")
        .process(-3000.0, 701, 4, SESSION, "powershell.exe", "powershell.exe");
    for (number, text) in pieces {
        let script = ScriptBlock {
            pid: Some(ProcessId(700)),
            user: principal(ADMIN, "admin", 0).sid,
            text: (*text).into(),
            level: Some(5),
            piece: Some(ScriptPiece { block: "0f".into(), number: *number, total }),
        };
        story.push(-0.2, EventKind::ScriptBlock, Body::ScriptBlock(Box::new(script)));
    }
    story.created(0.0, 1001, "bob", SESSION);
    story
}

#[test]
fn a_script_in_pieces_is_one_script() {
    let cuts: &[&[(u32, &str)]] = &[
        &[(1, "# a\nNew-Local"), (2, "User -Name bob -NoPassword")],
        &[(2, "User -Name bob -NoPassword"), (1, "# a\nNew-Local")],
        &[(1, "$who = 'bob'\n"), (2, "New-LocalUser -Name $who -NoPassword")],
    ];
    for cut in cuts {
        let case = in_pieces(cut, 2).case();
        assert_eq!(case.attribution.verdict, Verdict::Attributed, "{cut:?}");
        assert_eq!(case.attribution.creator.as_ref().unwrap().pid, Some(ProcessId(700)));
        assert!(case.events.iter().any(|event| event.record.kind == EventKind::ScriptBlock));
    }
    let alone = in_pieces(&[(1, "# a\nNew-Local")], 2).case();
    assert_ne!(alone.attribution.verdict, Verdict::Attributed, "half a word says nothing");
    let lacking = in_pieces(&[(1, "# a\n"), (3, "New-LocalUser -Name bob -NoPassword")], 3).case();
    assert_eq!(
        lacking.attribution.creator.as_ref().unwrap().pid,
        Some(ProcessId(700)),
        "what is there counts"
    );
}

#[test]
fn a_script_that_sleeps_lives_with_its_process() {
    let told = |ends: bool| {
        let mut story = Story::default();
        story.lively().process(-1800.0, 700, 4, 0x3e7, "powershell.exe", "powershell.exe -File u.ps1").push(
            -1799.0,
            EventKind::ScriptBlock,
            {
                let text = "Start-Sleep -Seconds 1790\nNew-LocalUser -Name sleeper -NoPassword";
                let (pid, text) = (Some(ProcessId(700)), text.into());
                Body::ScriptBlock(Box::new(ScriptBlock {
                    pid,
                    user: None,
                    text,
                    level: Some(5),
                    piece: None,
                }))
            },
        );
        if ends {
            story.end(-60.0, 700, "powershell.exe", 0x3e7);
        }
        story.created(0.0, 1001, "sleeper", 0x3e7);
        let case = story.case();
        (case.attribution.verdict, case.attribution.creator.and_then(|creator| creator.pid))
    };
    assert_eq!(told(false), (Verdict::Attributed, Some(ProcessId(700))));
    assert_ne!(told(true).0, Verdict::Attributed, "it was gone by then");
}

#[test]
fn what_a_changed_task_starts_is_whose_who_changed_it() {
    let (old, other) = (0x1111, 0x2222);
    let told = |changes: bool| {
        let mut story = Story::default();
        story.lively().logon(-3000.0, old, 10, Some("10.1.1.1")).logon(-300.0, other, 3, Some("10.66.6.6"));
        let mut task = |seconds: f64, kind: EventKind, logon_id: u64| {
            let (name, command) = (Some(r"\Nightly".into()), Some(r"cmd.exe /c C:\ops\job.bat".into()));
            let subject = principal(ADMIN, "admin", logon_id);
            let install = Installed { name, command, subject };
            story.push(seconds, kind, Body::TaskCreated(Box::new(install)));
        };
        task(-2900.0, EventKind::TaskCreated, old);
        if changes {
            task(-200.0, EventKind::TaskChanged, other);
        }
        story
            .process(-100.0, 500, 4, 0x3e7, "svchost.exe", "svchost.exe -k netsvcs -p -s Schedule")
            .process_with(-1.0, 700, 500, 0x3e7, "cmd.exe", r"cmd.exe /c C:\ops\job.bat", |created| {
                created.parent.image = Some(r"C:\Windows\System32\svchost.exe".into());
            })
            .process(-0.2, 701, 700, 0x3e7, "net1.exe", "net1 user bob P /add")
            .created(0.0, 1001, "bob", 0x3e7);
        let case = story.case();
        let origin = case.origin.as_ref().unwrap();
        let installs = case.events.iter().filter(|event| event.role == Role::Install).count();
        (origin.via, origin.actor.source_ip.as_deref().map(str::to_owned), installs)
    };
    assert_eq!(told(false), ("scheduled_task", Some("10.1.1.1".to_owned()), 1));
    assert_eq!(
        told(true),
        ("scheduled_task", Some("10.66.6.6".to_owned()), 2),
        "both records stand in the case"
    );
}

/// `bob`, made on srv1 by a network session, or there by WMI; and what others gave as commands at that time.
struct Reached {
    by_wmi: bool,
    workstation: Option<&'static str>,
    clients: Vec<(&'static str, &'static str)>,
}

const BY_ADSI: &str = "powershell.exe $u=([ADSI]'WinNT://SRV1').Create('user','bob'); $u.SetInfo()";
const BY_WMIC: &str = r#"wmic.exe /node:SRV1 process call create "net user bob P /add""#;

fn reached(how: &Reached) -> Case {
    let mut story = Story::default();
    story.lively().logon(-2.0, SESSION, 3, Some("10.6.6.6"));
    if let Some(Body::LoggedOn(logon)) = story.events.last_mut().map(|event| &mut event.body) {
        logon.source_host = how.workstation.map(Into::into);
    }
    if how.by_wmi {
        story
            .process(-1000.0, 300, 4, 0x3e4, "WmiPrvSE.exe", "wmiprvse.exe")
            .process(-0.4, 700, 300, SESSION, "net.exe", "net user bob P /add")
            .process(-0.2, 701, 700, SESSION, "net1.exe", "net1 user bob P /add");
    }
    story.created(0.0, 1001, "bob", SESSION);
    for (index, (host, line)) in how.clients.iter().enumerate() {
        let (pid, session) = (4000 + index as u32, 0x700 + index as u64);
        let image = line.split(' ').next().unwrap();
        story
            .on(host)
            .logon(-900.0, session, 10, Some("10.9.9.9"))
            .process(-3.0, pid, 4, session, image, line);
    }
    let mut cases = story.cases();
    assert_eq!(cases.len(), 1);
    cases.remove(0)
}

#[test]
fn a_command_on_another_host_is_joined_only_where_it_went_the_way_that_the_creation_came() {
    let joined = |by_wmi: bool, workstation, clients: &[(&'static str, &'static str)]| {
        let case = reached(&Reached { by_wmi, workstation, clients: clients.to_vec() });
        let commands = case.events.iter().filter(|event| event.role == Role::RemoteCommand).count();
        let origin = case.origin.as_ref();
        (origin.map(|origin| (origin.via, origin.certainty)), commands)
    };
    let certain = (Some(("remote_command", Certainty::Proven)), 1);
    assert_eq!(joined(false, None, &[("jump1", BY_ADSI)]), certain);
    assert_eq!(joined(false, Some("JUMP1"), &[("jump1.corp.example", BY_ADSI)]), certain);
    assert_eq!(joined(true, None, &[("jump1", BY_WMIC)]), certain);
    let nobody = (None, 0);
    assert_eq!(joined(false, None, &[("jump1", BY_WMIC)]), nobody, "WMI starts a process there");
    assert_eq!(joined(true, None, &[("jump1", BY_ADSI)]), nobody, "ADSI starts none");
    assert_eq!(
        joined(false, Some("KALI"), &[("jump1", BY_ADSI)]),
        nobody,
        "it came from another workstation"
    );
    let several = joined(false, None, &[("jump1", BY_ADSI), ("jump2", BY_ADSI)]);
    assert_eq!(several, (Some(("remote_command", Certainty::Possible)), 2), "either may have been it");
    let one = joined(false, Some("JUMP2"), &[("jump1", BY_ADSI), ("jump2", BY_ADSI)]);
    assert_eq!(one, certain, "the workstation tells which");
    let nameless = "powershell.exe $u=([ADSI]'WinNT://SRV1').Create('user',$name); $u.SetInfo()";
    let same_account = joined(false, None, &[("jump1", nameless)]);
    assert_eq!(same_account, (Some(("remote_command", Certainty::Possible)), 1), "only whose it is fits");
}

#[test]
fn a_command_is_not_joined_from_a_host_of_other_addresses() {
    let joined = |address: &'static str| {
        let mut story = Story::default();
        story
            .lively()
            .logon(-2.0, SESSION, 3, Some("10.6.6.6"))
            .created(0.0, 1001, "bob", SESSION)
            .on("jump1")
            .logon(-900.0, 0x700, 10, Some("10.9.9.9"))
            .logon(-800.0, 0x701, 3, Some(address));
        if let Some(Body::LoggedOn(logon)) = story.events.last_mut().map(|event| &mut event.body) {
            logon.account = principal("S-1-5-21-9-9-9-1107", "JUMP1$", 0x701);
        }
        story.process(-3.0, 4000, 4, 0x700, "powershell.exe", BY_ADSI);
        story.cases()[0].origin.is_some()
    };
    assert!(joined("10.6.6.6"));
    assert!(!joined("10.7.7.7"));
}

/// Somebody comes over the network, a service begins at once, and `net` runs below it half a second before 10:00:00.
fn service_begins(seconds: f64) -> Story {
    let mut story = Story::default();
    story
        .lively()
        .process(-3000.0, 600, 4, 0x3e7, "services.exe", "services.exe")
        .logon(seconds - 0.01, SESSION, 3, Some("172.18.39.105"))
        .process(seconds, 700, 600, 0x3e7, "svchost.exe", "svchost.exe -k netsvcs -p -s IKEEXT")
        .process(-0.5, 701, 700, 0x3e7, "net.exe", "net user bob P /add")
        .process(-0.2, 702, 701, 0x3e7, "net1.exe", "net1 user bob P /add");
    story
}

#[test]
fn who_started_a_service_over_the_network_is_likely_behind_it_while_it_may_act_for_him_and_gives_no_points() {
    let told = |seconds: f64| {
        let case = service_begins(seconds).created(0.0, 1001, "bob", 0x3e7).case();
        let is_lateral = case.risk.terms.iter().any(|term| matches!(term.why, RiskReason::Lateral { .. }));
        (case.origin.map(|origin| (origin.via, origin.certainty)), is_lateral)
    };
    let likely = Some(("service_start", Certainty::Likely));
    assert_eq!(told(-59.0), (likely, false), "points are for what is proven");
    assert_eq!(told(-61.0), (None, false), "by then it acts on its own account");
}

#[test]
fn who_came_over_the_network_right_before_a_service_began_may_have_started_it() {
    let told = |change: &dyn Fn(&mut Story)| {
        let mut story = service_begins(-0.69);
        change(&mut story);
        let case = story.created(0.0, 1001, "bob", 0x3e7).case();
        case.origin.map(|origin| (origin.via, origin.certainty, origin.actor.source_ip.unwrap().to_string()))
    };
    let expected = ("service_start", Certainty::Likely, "172.18.39.105".to_owned());
    assert_eq!(told(&|_| {}), Some(expected.clone()));
    let other = |story: &mut Story, seconds| {
        story.logon(seconds, 0x888, 3, Some("10.2.2.2"));
    };
    assert_eq!(told(&|story| other(story, -0.9)), None, "two came");
    assert_eq!(told(&|story| other(story, -5.0)), Some(expected.clone()), "long before");
    let again = |story: &mut Story| {
        story.logon(-0.695, 0x889, 3, Some("172.18.39.105"));
    };
    assert_eq!(told(&again), Some(expected.clone()), "the same client logs on several times at once");
    let without_address = |story: &mut Story| {
        story.logon(-0.9, 0x888, 3, None);
    };
    assert_eq!(told(&without_address), None, "whoever it was, it came over the network as well");
    assert_eq!(told(&|story| other(story, -0.6)), Some(expected), "it had begun by then");
    let machine = |story: &mut Story| {
        for event in &mut story.events {
            if let Body::LoggedOn(logon) = &mut event.body {
                logon.account.name = Some("DC1$".into());
            }
        }
    };
    assert_eq!(told(&machine), None, "machines start few services of others");
}

#[test]
fn an_unlocking_from_elsewhere_tells_where_the_creator_sits() {
    let told = |unlocks: bool| {
        let mut story = Story::default();
        story.lively().logon(-2000.0, SESSION, 10, Some("10.1.1.1"));
        if unlocks {
            story.logon(-60.0, 0x49716, 7, Some("10.66.6.6"));
        }
        story
            .process(-0.2, 700, 4, SESSION, "net1.exe", "net1 user bob P /add")
            .created(0.0, 1001, "bob", SESSION);
        story.case().actor.source_ip.unwrap().to_string()
    };
    assert_eq!((told(false).as_str(), told(true).as_str()), ("10.1.1.1", "10.66.6.6"));
}

#[test]
fn what_comes_from_the_machines_own_address_is_no_client_on_the_network() {
    let told = |learned: bool| {
        let mut story = Story::default();
        story.lively().logon(-900.0, 0x500, 10, Some("10.4.4.9")).process(
            -800.0,
            700,
            4,
            0x500,
            "powershell.exe",
            "powershell.exe",
        );
        if learned {
            story.logon(-60.0, 0x600, 3, Some("10.1.1.77"));
            if let Some(Body::LoggedOn(logon)) = story.events.last_mut().map(|event| &mut event.body) {
                logon.account = principal("S-1-5-21-9-9-9-1107", "SRV1$", 0x600);
            }
        }
        story.logon(-1.0, SESSION, 3, Some("10.1.1.77")).created(0.0, 1001, "bob", SESSION);
        story.case().attribution.verdict
    };
    assert_eq!(told(false), Verdict::Remote);
    assert_ne!(told(true), Verdict::Remote);
}

#[test]
fn no_logon_is_told_after_the_creation_that_it_led_to() {
    let mut story = Story::default();
    story.lively();
    for seconds in [-500.0, 1.9] {
        story.logon(seconds, 0x3e7, 5, None);
    }
    story.created(0.0, 1001, "bob", 0x3e7);
    assert_eq!(story.case().actor.logon_at, None, "services start all day");
    let mut started = Story::default();
    started.push(-3000.0, EventKind::HostStarted, Body::HostStarted).lively();
    for seconds in [-2990.0, -500.0, 1.9] {
        started.logon(seconds, 0x3e7, 5, None);
    }
    started.created(0.0, 1001, "bob", 0x3e7);
    assert_eq!(started.case().actor.logon_at, None, "nobody logged on to what Windows opened at its start");
}

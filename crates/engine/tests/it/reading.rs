//! What is read of events beyond what happened: whether anybody asked for them, which of them are one, and whose they
//! are.

use crate::story::{ADMIN, Story, at, principal};
use begat_model::case::{BlindSpot, BlindSpotKind, Case, Role, Verdict};
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
                let text = "Start-Sleep -Seconds 1800\nNew-LocalUser -Name sleeper -NoPassword";
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

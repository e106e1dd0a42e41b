//! Process starts and rules for the tests.
#![allow(dead_code, reason = "each test uses a part of it")]

use begat_model::event::{Field, ParentProcess, Principal, ProcessCreated, ProcessDetails};
use begat_model::{
    Body, Event, EventKind, HostName, LogonId, Precision, ProcessId, RecordRef, Sid, Text, Timestamp,
};
use begat_rules::{LoadReport, Marker, RuleFile, RuleSet};

/// What Sysmon tells of `net1 user`.
pub fn sysmon() -> ProcessCreated {
    let text = |text: &str| Some(Text::from(text));
    ProcessCreated {
        pid: Some(ProcessId(3888)),
        guid: None,
        started_at: Timestamp::from_unix_ticks(0, Precision::SECONDS),
        image: text(r"C:\Windows\System32\net1.exe"),
        command_line: Field::Value(r"C:\Windows\system32\net1  USER toto3 hunter2 /add".into()),
        original_file_name: text("net1.exe"),
        subject: Principal::default(),
        target: Principal {
            name: text("SYSTEM"),
            domain: text("NT AUTHORITY"),
            sid: None,
            logon_id: Some(LogonId(0x3e7)),
        },
        parent: ParentProcess {
            pid: Some(ProcessId(3556)),
            guid: None,
            image: text(r"C:\Windows\System32\net.exe"),
            command_line: text("net user toto3 hunter2 /add"),
        },
        elevation: None,
        hashes: text("SHA1=AA,MD5=BB,SHA256=CC,IMPHASH=DD"),
        rules: Vec::new(),
        details: Some(Box::new(ProcessDetails {
            description: text("Net Command"),
            company: text("-"),
            integrity_level: text("High"),
            parent_user: text(r"NT AUTHORITY\SYSTEM"),
            ..ProcessDetails::default()
        })),
    }
}

/// The same as Security tells it: no version resource, no hashes, no parent's command line.
pub fn security() -> ProcessCreated {
    let known = sysmon();
    ProcessCreated {
        original_file_name: None,
        subject: Principal {
            name: Some("FS03$".into()),
            domain: Some("OFFSEC".into()),
            sid: Some(Sid::parse(Sid::SYSTEM).expect("a SID")),
            logon_id: Some(LogonId(0x3e7)),
        },
        target: Principal::default(),
        parent: ParentProcess { command_line: None, ..known.parent },
        hashes: None,
        details: Some(Box::new(ProcessDetails {
            integrity_level: Some("S-1-16-16384".into()),
            ..ProcessDetails::default()
        })),
        ..sysmon()
    }
}

pub fn event(kind: EventKind, created: ProcessCreated) -> Event {
    let at = created.started_at;
    Event {
        at,
        host: HostName::new("FS03.offsec.lan").expect("a name"),
        record: RecordRef { at, kind, record_id: Some(1), source: "x.evtx".into() },
        body: Body::ProcessCreated(Box::new(created)),
    }
}

/// A rule of process starts with these detections and this condition.
pub fn rule(title: &str, detection: &str) -> String {
    let indented: String = detection.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "title: {title}\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n{indented}"
    )
}

pub fn parse(texts: &[&str]) -> (RuleSet, LoadReport) {
    let named =
        |(index, text): (usize, &&str)| RuleFile { name: format!("{index}.yml"), text: (*text).to_owned() };
    RuleSet::parse(texts.iter().enumerate().map(named).collect())
}

/// The rules that hit, on the way of a hunt.
pub fn marked(set: &RuleSet, kind: EventKind, created: ProcessCreated) -> ProcessCreated {
    let mut event = event(kind, created);
    Marker::new(set).mark(&mut event);
    match event.body {
        Body::ProcessCreated(created) => *created,
        _ => unreachable!("a start stays a start"),
    }
}

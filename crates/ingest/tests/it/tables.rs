//! Tables and texts that are made for people: Event Viewer, PowerShell, Splunk, Snare; and what relays do to lines.

use crate::twice::{Looked, look_at, look_with};
use begat_ingest::Limits;
use begat_model::event::{Body, Field};
use begat_model::{AnomalyKind, EventKind};

const PROCESS: &str = "A new process has been created.\r\n\r\nCreator Subject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n\
    \tAccount Name:\t\tWS7$\r\n\tAccount Domain:\t\tCORP\r\n\tLogon ID:\t\t0x3E7\r\n\r\nProcess Information:\r\n\
    \tNew Process ID:\t\t0xde4\r\n\tNew Process Name:\tC:\\Windows\\System32\\net1.exe\r\n\tToken Elevation Type:\t%%1937\r\n\
    \tCreator Process ID:\t0xb5c\r\n\tProcess Command Line:\tnet1 user \"ann\", x /add\r\n";
const CREATION: &str = "A user account was created.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n\tAccount Name:\t\tWS7$\r\n\
    \tAccount Domain:\t\tCORP\r\n\tLogon ID:\t\t0x3E7\r\n\r\nNew Account:\r\n\tSecurity ID:\t\tS-1-5-21-1-2-3-1004\r\n\
    \tAccount Name:\t\tann\r\n\tAccount Domain:\t\tWS7\r\n\r\nAttributes:\r\n\tSAM Account Name:\tann\r\n";

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// What Event Viewer saves, in columns parted so, with dates written so.
fn event_viewer(delimiter: &str, dates: [&str; 2]) -> String {
    let head = ["Keywords", "Date and Time", "Source", "Event ID", "Task Category"].join(delimiter);
    let row = |date: &str, id: &str, message: &str| {
        let source = "Microsoft-Windows-Security-Auditing";
        ["Audit Success", &quoted(date), source, id, "Some Category", &quoted(message)].join(delimiter)
    };
    [head, row(dates[0], "4688", PROCESS), row(dates[1], "4720", CREATION), String::new()].join("\r\n")
}

fn check_both(looked: &Looked, at: &str) {
    let [started, created] = looked.events.as_slice() else {
        panic!("{:?} {:?}", looked.events, looked.sentences())
    };
    let Body::ProcessCreated(process) = &started.body else { panic!("{started:?}") };
    assert_eq!(process.pid.map(|pid| pid.0), Some(0xde4));
    assert!(
        matches!(&process.command_line, Field::Value(line) if &**line == "net1 user \"ann\", x /add"),
        "{process:?}"
    );
    let Body::AccountCreated(account) = &created.body else { panic!("{created:?}") };
    assert_eq!(account.account.name.as_deref(), Some("ann"));
    assert_eq!(account.account.sid.as_ref().map(ToString::to_string).as_deref(), Some("S-1-5-21-1-2-3-1004"));
    assert_eq!(account.subject.logon_id.map(|id| id.to_string()).as_deref(), Some("0x3e7"));
    assert!(created.at.to_string().starts_with(at), "{}", created.at);
}

#[test]
fn event_viewers_tables_are_read_whatever_the_region() {
    for (delimiter, dates) in [
        (",", ["3/13/2026 9:15:42 AM", "3/13/2026 9:15:42 AM"]),
        (";", ["13.03.2026 09:15:42", "13.03.2026 09:15:42"]),
        ("\t", ["13/03/2026 09:15:42", "13/03/2026 09:15:42"]),
        ("|", ["2026/03/13 09:15:42", "2026-03-13 09:15:42"]),
    ] {
        let text = event_viewer(delimiter, dates);
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [&b"\xff\xfe"[..], &utf16].concat();
        for bytes in [text.clone().into_bytes(), format!("\u{feff}{text}").into_bytes(), utf16, marked] {
            let looked = look_at(&bytes);
            check_both(&looked, "2026-03-13T09:15:42");
            assert_eq!(looked.events[0].host.as_str(), "WS7", "whose accounts are in it");
            let anomalies = [(AnomalyKind::ZoneUnknown, 2), (AnomalyKind::HostWorkedOut, 1)];
            assert_eq!(looked.anomalies(), anomalies, "{:?}", looked.sentences());
            assert!(looked.surveyed.zones.notes()[0].contains("give --input-timezone"));
        }
    }
}

#[test]
fn the_zone_that_is_given_is_the_tables() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, event_viewer(",", ["3/13/2026 9:15:42 AM"; 2])).unwrap();
    let looked = look_with(&[path], b"", &Limits::default(), Some("-04:00"));
    check_both(&looked, "2026-03-13T13:15:42");
    assert_eq!(looked.anomalies(), [(AnomalyKind::HostWorkedOut, 1)]);
}

#[test]
fn day_and_month_are_told_apart_over_the_whole_table_or_the_doubt_is_told() {
    let looked = look_at(event_viewer(",", ["02/03/2026 09:15:42", "02/03/2026 09:15:42"]).as_bytes());
    check_both(&looked, "2026-03-02T09:15:42");
    assert_eq!(looked.surveyed.anomalies.count(AnomalyKind::DateOrderUnknown), 1);
    let looked = look_at(event_viewer(",", ["03/02/2026 09:15:42", "03/13/2026 09:15:42"]).as_bytes());
    check_both(&looked, "2026-03-13T09:15:42");
    assert_eq!(looked.events[0].at.to_string(), "2026-03-02T09:15:42Z", "a later row shows the order");
    assert_eq!(looked.surveyed.anomalies.count(AnomalyKind::DateOrderUnknown), 0);
}

#[test]
fn exports_that_were_put_together_and_columns_in_another_order_are_read() {
    let row = |columns: &[&str], id: &str, message: &str| {
        let cell = |column: &&str| match *column {
            "Message" => quoted(message),
            "Id" => quoted(id),
            "MachineName" => quoted("WS7.corp.example"),
            "TimeCreated" => quoted("3/13/2026 9:15:42 AM"),
            "RecordId" => quoted(if id == "4688" { "7" } else { "8" }),
            "ProviderName" => quoted("Microsoft-Windows-Security-Auditing"),
            _ => quoted("Security"),
        };
        columns.iter().map(cell).collect::<Vec<String>>().join(",")
    };
    let head =
        |columns: &[&str]| columns.iter().map(|column| quoted(column)).collect::<Vec<String>>().join(",");
    let one = ["Message", "Id", "RecordId", "ProviderName", "LogName", "MachineName", "TimeCreated"];
    let other = ["TimeCreated", "LogName", "MachineName", "Id", "RecordId", "ProviderName", "Message"];
    let text = [
        "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord".to_owned(),
        head(&one),
        row(&one, "4688", PROCESS),
        head(&one),
        head(&other),
        row(&other, "4720", CREATION),
        String::new(),
    ];
    let looked = look_at(text.join("\n").as_bytes());
    check_both(&looked, "2026-03-13T09:15:42");
    assert_eq!(looked.events[1].host.as_str(), "WS7.corp.example");
    assert_eq!(looked.events[1].record.record_id, Some(8));
    assert_eq!(looked.anomalies(), [(AnomalyKind::ZoneUnknown, 2)], "{:?}", looked.sentences());
}

fn classic(id: &str, record: &str, message: &str) -> String {
    let message = message.replace("\r\n", "\n");
    format!(
        "03/02/2026 02:15:42 PM\nLogName=Security\nSourceName=Microsoft Windows security auditing.\nEventCode={id}\nEventType=0\n\
         ComputerName=WS7.corp.example\nRecordNumber={record}\nKeywords=Audit Success\nMessage={message}\n"
    )
}

fn snare(id: &str, record: &str, message: &str) -> String {
    let message = message.replace("\r\n", "  ");
    format!(
        "<13>Mar  2 14:15:42 WS7.corp.example MSWinEventLog\t1\tSecurity\t3\tMon Mar 02 14:15:42 2026\t{id}\t\
         Microsoft-Windows-Security-Auditing\tann\tN/A\tSuccess Audit\tWS7.corp.example\tSome Category\t\t{message}\t{record}\n"
    )
}

#[test]
fn splunks_texts_and_snares_lines_are_read() {
    for text in [
        classic("4688", "7", PROCESS) + &classic("4720", "8", CREATION),
        snare("4688", "7", PROCESS) + &snare("4720", "8", CREATION),
        (snare("4688", "7", PROCESS) + &snare("4720", "8", CREATION)).replace('\t', "#011"),
        // Which tool wrote a line each line tells.
        snare("4688", "7", PROCESS) + &classic("4720", "8", CREATION),
    ] {
        let looked = look_at(text.as_bytes());
        check_both(&looked, "2026-03-02T14:15:42");
        assert_eq!(looked.events[1].record.record_id, Some(8));
        assert_eq!(looked.anomalies(), [(AnomalyKind::ZoneUnknown, 2)], "{:?}", looked.sentences());
    }
}

#[test]
fn a_message_in_another_language_is_lost_and_told() {
    let german =
        "Ein Benutzerkonto wurde erstellt.\r\n\r\nAntragsteller:\r\n\tSicherheits-ID:\t\tS-1-5-18\r\n";
    let looked = look_at(classic("4720", "8", german).as_bytes());
    assert_eq!(looked.surveyed.counts.wanted, 1, "that an account was made is known");
    let [lost] = looked.events.as_slice() else { panic!("{:?}", looked.events) };
    assert_eq!((lost.record.kind, matches!(lost.body, Body::Unread(_))), (EventKind::AccountCreated, true));
    assert!(looked.sentences().iter().any(|said| said.contains("no label of this event in English")));
}

#[test]
fn what_relays_put_before_records_is_no_anomaly() {
    let json = r#"{"@timestamp":"2026-01-01T00:00:00Z","winlog":{"computer_name":"WS1","channel":"Security","provider_name":"Microsoft-Windows-Security-Auditing","event_id":4720,"record_id":7,"event_data":{"TargetUserName":"a"}}}"#;
    let xml = "<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4720</EventID><EventRecordID>8</EventRecordID>\
        <Channel>Security</Channel><Computer>WS1</Computer><TimeCreated SystemTime='2026-01-01T00:00:01Z'/></System>\
        <EventData><Data Name='TargetUserName'>b</Data></EventData></Event>";
    let text = format!(
        "<14>1 2026-01-01T00:00:00.5Z WS1 winlogbeat - - - {json}\r\n2026-01-01T00:00:01Z WS1 {xml}\r\n\
         2026-01-01T00:00:00Z stdout F {json} Jan  1 00:00:00 WS1 x[7]: {xml}{json}\r\n"
    );
    let looked = look_at(text.as_bytes());
    assert_eq!((looked.surveyed.counts.records, looked.anomalies()), (5, vec![]), "{:?}", looked.sentences());
}

#[test]
fn a_table_of_a_known_log_with_a_quote_that_is_not_closed_loses_one_row() {
    let text = event_viewer(",", ["3/13/2026 9:15:42 AM"; 2]);
    let broken = "Audit Success,3/13/2026 9:15:42 AM,Microsoft-Windows-Security-Auditing,4688,x,\"A new\r\n";
    let head = text.find("\r\n").unwrap() + 2;
    let looked = look_at([&text[..head], broken, &text[head..]].concat().as_bytes());
    let read = looked.events.iter().filter(|event| !matches!(event.body, Body::Unread(_))).count();
    assert_eq!(read, 2, "{:?} {:?}", looked.events, looked.sentences());
    assert_eq!(looked.surveyed.anomalies.count(AnomalyKind::Unparsable), 1, "{:?}", looked.sentences());
}

#[test]
fn a_column_of_whole_events_is_read_whatever_the_others_are() {
    let event = |id: u32, data: &str| {
        format!(
            "<Event><System><Provider Name=\"Microsoft-Windows-Security-Auditing\"/><EventID>{id}</EventID><EventRecordID>{id}</EventRecordID>\
             <Channel>Security</Channel><Computer>WS1</Computer><TimeCreated SystemTime=\"2026-01-01T00:00:01Z\"/></System>\
             <EventData>{data}</EventData></Event>"
        )
    };
    let created = event(4720, "<Data Name=\"TargetUserName\">b, \"c\"</Data>");
    let forged = event(4720, "<Data Name=\"TargetUserName\">forged</Data>");
    let text = format!(
        "when,what,said\n1,{},{}\n2,{},x\n",
        quoted(&created),
        quoted("nothing"),
        quoted(&event(4688, "<Data Name=\"NewProcessId\">0x7</Data>")),
    );
    let looked = look_at(text.as_bytes());
    assert_eq!((looked.events.len(), looked.anomalies()), (2, vec![]), "{:?}", looked.sentences());
    // In a column that also says other things it is something that someone wrote.
    let text =
        format!("when,what,said\n1,{},x\n2,{},{}\n", quoted(&created), quoted(&created), quoted(&forged));
    let looked = look_at(text.as_bytes());
    assert!(
        looked.events.iter().all(|event| !format!("{event:?}").contains("forged")),
        "{:?}",
        looked.events
    );
}

#[test]
fn event_viewers_table_in_another_language_says_what_is_in_it_and_that_it_cannot_be_read() {
    let german = "Ein Benutzerkonto wurde erstellt.\r\n\r\nAntragsteller:\r\n\tSicherheits-ID:\t\tS-1-5-18\r\n\tKontoname:\t\tWS7$\r\n";
    let text = format!(
        "Schlüsselwörter;Datum und Uhrzeit;Quelle;Ereignis-ID;Aufgabenkategorie\r\nÜberwachung erfolgreich;13.03.2026 09:15:42;\
         Microsoft-Windows-Security-Auditing;4720;Benutzerkontenverwaltung;{}\r\n",
        quoted(german)
    );
    let looked = look_at(text.as_bytes());
    let [lost] = looked.events.as_slice() else { panic!("{:?} {:?}", looked.events, looked.skipped) };
    assert_eq!((lost.record.kind, lost.host.as_str()), (EventKind::AccountCreated, "WS7"));
    assert!(matches!(lost.body, Body::Unread(_)));
}

#[test]
fn sysmons_messages_tell_the_zone_of_the_tables_clock() {
    let sysmon = "Process Create:\r\nRuleName: -\r\nUtcTime: 2026-03-13 13:15:41.100\r\nProcessId: 4242\r\nImage: C:\\x.exe\r\n";
    let row = |id: &str, source: &str, message: &str| {
        format!("3/13/2026 9:15:41 AM,{id},{source},WS7,{}\n", quoted(message))
    };
    let text = [
        "TimeCreated,Id,ProviderName,MachineName,Message\n".to_owned(),
        row("1", "Microsoft-Windows-Sysmon", sysmon),
        row("4720", "Microsoft-Windows-Security-Auditing", CREATION),
    ]
    .concat();
    let looked = look_at(text.as_bytes());
    let created = looked.events.iter().find(|event| event.record.kind == EventKind::AccountCreated).unwrap();
    assert_eq!(created.at.to_string(), "2026-03-13T13:15:41Z");
    assert_eq!(looked.anomalies(), [], "{:?}", looked.sentences());
}

#[test]
fn an_export_of_times_ids_and_messages_is_enough() {
    let row = |id: &str, message: &str| format!("\"3/13/2026 9:15:42 AM\",\"{id}\",{}\r\n", quoted(message));
    let head = "\"TimeCreated\",\"Id\",\"Message\"\r\n";
    let looked = look_at(format!("{head}{}{}", row("4688", PROCESS), row("4720", CREATION)).as_bytes());
    check_both(&looked, "2026-03-13T09:15:42");
    let tickets = format!("{head}{}{}", row("4720", "the printer is broken"), row("7", "mended"));
    let looked = look_at(tickets.as_bytes());
    assert!(looked.events.is_empty() && looked.skipped.len() == 1, "{:?}", looked.skipped);
}

#[test]
fn what_is_none_of_it_hides_no_event_behind_it() {
    for rubbish in ["# exported by hand\n", "Mar  2 14:15:40 gateway sshd[7]: Accepted\n\nmore of it\n"] {
        for text in [
            [rubbish, &classic("4688", "7", PROCESS), &classic("4720", "8", CREATION)].concat(),
            [rubbish, &snare("4688", "7", PROCESS), rubbish, &snare("4720", "8", CREATION)].concat(),
        ] {
            check_both(&look_at(text.as_bytes()), "2026-03-02T14:15:42");
        }
    }
}

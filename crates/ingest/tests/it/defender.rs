//! Defender's tables, as JSON lines and as CSV: the same rows are the same events.

use crate::twice::look_at;
use begat_model::event::{Body, Field};
use begat_model::{Event, EventKind, LogonId, ProcessId};

const COLUMNS: &[&str] = &[
    "Timestamp",
    "DeviceName",
    "ActionType",
    "FolderPath",
    "ProcessId",
    "ProcessCommandLine",
    "ProcessCreationTime",
    "LogonId",
    "AccountName",
    "AccountDomain",
    "AccountSid",
    "InitiatingProcessId",
    "InitiatingProcessFileName",
    "InitiatingProcessCommandLine",
    "InitiatingProcessCreationTime",
    "InitiatingProcessAccountName",
    "InitiatingProcessLogonId",
    "ReportId",
];
const ROWS: &[[&str; 18]] = &[
    [
        "2021-10-19T14:42:41.218Z",
        "fs03.offsec.lan",
        "ProcessCreated",
        r"C:\Windows\System32\net1.exe",
        "3888",
        r#"net1 user "to to3" pw, /add"#,
        "2021-10-19T14:42:41.2183951Z",
        "32818783",
        "admmig",
        "offsec",
        "",
        "3556",
        "net.exe",
        "net  user",
        "",
        "admmig",
        "32818783",
        "60384",
    ],
    [
        "2021-10-19T14:42:41.234Z",
        "fs03.offsec.lan",
        "UserAccountCreated",
        "",
        "",
        "",
        "",
        "",
        "toto3",
        "FS03",
        "S-1-5-21-1-2-3-1004",
        "3888",
        "net1.exe",
        "net1 user toto3 /add",
        "2021-10-19T14:42:41.2183951Z",
        "admmig",
        "32818783",
        "60387",
    ],
    [
        "2021-10-19T14:42:42.000Z",
        "fs03.offsec.lan",
        "LdapSearch",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "3888",
        "net1.exe",
        "",
        "",
        "admmig",
        "32818783",
        "60388",
    ],
];

fn as_json() -> Vec<u8> {
    let row = |row: &[&str; 18]| {
        let cells = COLUMNS.iter().zip(row).map(|(column, cell)| format!("{column:?}: {cell:?}"));
        format!("{{{}}}\n", cells.collect::<Vec<_>>().join(", "))
    };
    ROWS.iter().map(row).collect::<String>().into_bytes()
}

fn as_csv(delimiter: &str) -> Vec<u8> {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |cells: &[&str]| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(delimiter);
    let rows = ROWS.iter().map(|row| line(row));
    let lines: Vec<String> = std::iter::once(line(COLUMNS)).chain(rows).collect();
    format!("\u{feff}{}\r\n", lines.join("\r\n")).into_bytes()
}

fn created(events: &[Event]) -> &begat_model::event::AccountCreated {
    events
        .iter()
        .find_map(|event| match &event.body {
            Body::AccountCreated(created) => Some(&**created),
            _ => None,
        })
        .unwrap()
}

#[test]
fn a_creation_is_told_with_the_process_that_defender_saw_and_a_process_with_its_start() {
    let looked = look_at(&as_json());
    assert_eq!(looked.anomalies(), []);
    assert_eq!((looked.surveyed.counts.records, looked.surveyed.counts.wanted), (3, 2));
    assert_eq!(looked.surveyed.creations.len(), 1, "the survey knows whose host it is");
    let made = created(&looked.events);
    assert_eq!(made.account.name.as_deref(), Some("toto3"));
    assert_eq!(made.subject.logon_id, Some(LogonId(32_818_783)), "ids are decimal");
    let named = made.initiating.as_ref().unwrap();
    assert_eq!((named.pid, named.image.as_deref()), (Some(ProcessId(3888)), Some("net1.exe")));
    assert_eq!(named.command_line, Field::Value("net1 user toto3 /add".into()));
    assert_eq!(named.started_at.unwrap().to_string(), "2021-10-19T14:42:41.2183951Z");
    let process = looked.events.iter().find_map(|event| match &event.body {
        Body::ProcessCreated(process) => Some(process),
        _ => None,
    });
    let process = process.unwrap();
    assert_eq!(process.started_at.to_string(), "2021-10-19T14:42:41.2183951Z");
    assert_eq!(
        (process.parent.pid, process.parent.image.as_deref()),
        (Some(ProcessId(3556)), Some("net.exe"))
    );
    let kinds: Vec<EventKind> = looked.events.iter().map(|event| event.record.kind).collect();
    assert_eq!(kinds, [EventKind::EdrProcessCreated, EventKind::EdrAccountCreated]);
}

#[test]
fn a_table_tells_what_the_same_rows_tell_as_json() {
    let expected = look_at(&as_json()).events;
    for delimiter in [",", ";", "\t"] {
        let looked = look_at(&as_csv(delimiter));
        assert_eq!(looked.anomalies(), [], "{delimiter:?}");
        assert_eq!(looked.events, expected, "{delimiter:?}");
    }
    let utf16: Vec<u8> =
        String::from_utf8(as_csv(",")).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(look_at(&utf16).events, expected, "as PowerShell writes it");
}

#[test]
fn a_row_that_is_cut_and_a_quote_that_nobody_closes_cost_no_more_than_what_they_take_in() {
    let whole = as_csv(",");
    let mut cut = whole.clone();
    cut.extend_from_slice(b"\"2021\",\"fs03\"\r\n");
    let looked = look_at(&cut);
    assert_eq!((looked.events.len(), looked.anomalies().len()), (2, 1), "{:?}", looked.sentences());
    let mut open = whole;
    open.extend_from_slice(b"\"");
    open.resize(open.len() + (17 << 20), b'x');
    let looked = look_at(&open);
    assert_eq!(looked.events.len(), 2);
    assert!(!looked.anomalies().is_empty());
}

#[test]
fn logons_and_new_members_are_told_in_tables_of_their_own() {
    let rows = [
        r#"{"Timestamp":"2021-10-19T14:42:00Z","DeviceName":"fs03","ActionType":"LogonSuccess","LogonType":"RemoteInteractive","AccountName":"admmig","AccountDomain":"offsec","AccountSid":"S-1-5-21-1-2-3-500","LogonId":"32818783","RemoteIP":"192.0.2.7","RemoteDeviceName":"ws7"}"#,
        r#"{"Timestamp":"2021-10-19T14:42:00Z","DeviceName":"fs03","ActionType":"LogonFailed","LogonType":"Network","AccountName":"admmig","RemoteIP":"192.0.2.7"}"#,
        r#"{"Timestamp":"2021-10-19T14:42:43Z","DeviceName":"fs03","ActionType":"UserAccountAddedToLocalGroup","AccountName":"toto3","AccountSid":"S-1-5-21-1-2-3-1004","InitiatingProcessAccountName":"admmig","InitiatingProcessLogonId":"32818783","AdditionalFields":"{\"GroupName\":\"Administratorer\",\"GroupDomainName\":\"Builtin\",\"GroupSid\":\"S-1-5-32-544\"}"}"#,
    ];
    let text = rows.join("\n");
    let dynamic = text.replace("\\\"", "\"").replace("\"{\"Group", "{\"Group").replace("544\"}\"", "544\"}");
    for text in [text, dynamic] {
        let looked = look_at(text.as_bytes());
        assert_eq!((looked.anomalies(), looked.events.len()), (vec![], 2), "{text}");
        let Body::LoggedOn(logon) = &looked.events[0].body else { panic!("{:?}", looked.events) };
        assert_eq!((logon.logon_type, logon.source_ip.as_deref()), (Some(10), Some("192.0.2.7")));
        assert_eq!(logon.account.logon_id, Some(LogonId(32_818_783)));
        let Body::GroupMemberAdded(added) = &looked.events[1].body else { panic!("{:?}", looked.events) };
        assert_eq!(added.group.sid.as_ref().unwrap().as_str(), "S-1-5-32-544");
        assert_eq!(added.member.sid.as_ref().unwrap().as_str(), "S-1-5-21-1-2-3-1004");
        assert_eq!(added.subject.logon_id, Some(LogonId(32_818_783)));
    }
}

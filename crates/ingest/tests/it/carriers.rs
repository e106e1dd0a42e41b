//! One story told by every carrier gives the same events, but for what a carrier cannot carry.

use crate::twice::{Looked, look_at};
use begat_model::event::{Body, Principal};
use begat_model::time::Precision;
use begat_model::{Event, EventKind, Timestamp};
use begat_sim::encode::{CARRIERS, Carrier, Left, Shipping, UserData};
use begat_sim::events::{Draft, EVENT_KINDS, Envelope};
use begat_sim::record::WindowsRecord;
use begat_sim::value::{Guid, Sid, Ticks, Value};

/// Text that every encoding has its own way of escaping.
const HOSTILE: &str = "a <b> & \"c\" 'd' \\e\\n\r\n\t%%1793 ä€𐍈 }\n{\"x\":1} </Event> ]]>";

/// One record of every kind that the simulator knows, every field filled.
fn one_of_each() -> Vec<WindowsRecord> {
    let first = Ticks::parse("2026-03-02T09:15:42.1234567Z");
    let written = EVENT_KINDS.iter().enumerate().map(|(index, kind)| {
        let mut draft = Draft::new(kind);
        for (name, value) in &mut draft.fields {
            *value = filled(name, value);
        }
        draft.failure = index % 3 == 1;
        draft.written(Envelope {
            record_id: 1000 + index as u64,
            time: first.plus_millis(index as u64 * 1001),
            computer: if index % 2 == 0 { "WS1.corp.example".to_owned() } else { "WS1".to_owned() },
            execution: (4, 8),
            activity_id: None,
        })
    });
    written.collect()
}

fn filled(name: &str, empty: &Value) -> Value {
    match (name, empty) {
        ("UtcTime", _) => Value::text("2026-03-02 09:15:42.100"),
        ("PreviousTime" | "NewTime", Value::FileTime(_)) => {
            Value::FileTime(Ticks::parse("2026-03-02T09:15:42.123456Z"))
        }
        ("TokenElevationType", Value::Text(_)) => Value::text("%%1937"),
        ("ElevatedToken", Value::Text(_)) => Value::text("%%1842"),
        ("IpAddress", Value::Text(_)) => Value::text("::ffff:192.0.2.7"),
        ("NewUacValue", Value::Text(_)) => Value::text("0x15"),
        // Of shares and of the registry only what belongs to the SAM is read.
        ("RelativeTargetName", Value::Text(_)) => Value::text("samr"),
        ("TargetObject", Value::Text(_)) => {
            Value::text(format!(r"HKLM\SAM\SAM\Domains\Account\Users\Names\{HOSTILE}"))
        }
        ("MessageNumber" | "MessageTotal", Value::Text(_)) => Value::text("1"),
        ("GroupMembership", Value::Text(_)) => Value::text("\n\t\t%{S-1-5-32-544}\r\n\t\t%{S-1-1-0}"),
        ("AccountRid", Value::Text(_)) => Value::text("0x3EC"),
        ("Operation", Value::Text(_)) => Value::text("Created"),
        ("User", Value::Text(_)) => Value::text("CORP\\anna"),
        (_, Value::Text(_)) => Value::text(format!("{name} {HOSTILE}")),
        (_, Value::Sid(_)) => Value::Sid(Sid::parse("S-1-5-21-1-2-3-1004")),
        (_, Value::U16(_)) => Value::U16(3),
        (_, Value::U32(_)) => Value::U32(3),
        (_, Value::U64(_)) => Value::U64(3),
        (_, Value::Hex32(_)) => Value::Hex32(0x15),
        (_, Value::Hex64(_)) => Value::Hex64(0x55_1686),
        (_, Value::Pointer(_)) => Value::Pointer(0xf30),
        (_, Value::Guid(_)) => Value::Guid(Guid::parse("83d0c8c3-5caa-5f5f-f302-000000000400")),
        (_, other) => other.clone(),
    }
}

fn read_by(carrier: &Carrier, records: &[WindowsRecord]) -> Looked {
    look_at(&carrier.encode(records, &Shipping::default()).unwrap())
}

/// What EVTX would say, were its clock as coarse as the carrier's.
fn expected_of(carrier: &Carrier, records: &[WindowsRecord]) -> Vec<Event> {
    let coarse: Vec<WindowsRecord> = records
        .iter()
        .map(|record| WindowsRecord { time: carrier.precision.of(record.time), ..record.clone() })
        .collect();
    let looked = read_by(Carrier::named("evtx").unwrap(), &coarse);
    let mut events = comparable(looked.events);
    if carrier.user_data == UserData::MessageOnly {
        for event in &mut events {
            match &mut event.body {
                Body::LogCleared(cleared) => {
                    cleared.subject = Principal::default();
                    if event.record.kind == EventKind::OtherLogCleared {
                        cleared.log = None;
                    }
                }
                Body::WmiConsumerInstalled(consumer) if event.record.kind == EventKind::WmiConsumerBound => {
                    (consumer.name, consumer.command) = (None, None);
                }
                _ => {}
            }
        }
    }
    for left in carrier.leaves_out {
        events.iter_mut().for_each(|event| leave_out(*left, event));
    }
    events.sort();
    events
}

fn leave_out(left: Left, event: &mut Event) {
    match (left, &mut event.body) {
        (Left::RecordId, _) => event.record.record_id = None,
        (Left::Level, Body::ScriptBlock(script)) => script.level = None,
        (Left::Writer, Body::ScriptBlock(script)) => (script.pid, script.user) = (None, None),
        (Left::Writer, Body::PipelineExecuted(pipeline)) => (pipeline.pid, pipeline.user) = (None, None),
        (Left::Writer, Body::ServiceInstalled(service)) if service.subject.logon_id.is_none() => {
            service.subject.sid = None;
        }
        (Left::ClearedLog, Body::LogCleared(cleared)) if event.record.kind == EventKind::OtherLogCleared => {
            cleared.log = None;
        }
        _ => {}
    }
}

/// Events without the decimal places of their times and without the file that they were in.
fn comparable(events: Vec<Event>) -> Vec<Event> {
    let even = |at: Timestamp| Timestamp::from_unix_ticks(at.unix_ticks(), Precision::TICKS);
    let mut events: Vec<Event> = events
        .into_iter()
        .map(|mut event| {
            event.at = even(event.at);
            event.record.at = even(event.record.at);
            event.record.source = "".into();
            match &mut event.body {
                Body::ProcessCreated(process) => process.started_at = even(process.started_at),
                Body::SamKeyWritten(written) => written.written_at = even(written.written_at),
                Body::ProcessEnded(process) => process.ended_at = even(process.ended_at),
                Body::ClockChanged(clock) => {
                    clock.previous = clock.previous.map(even);
                    clock.new = clock.new.map(even);
                }
                _ => {}
            }
            event
        })
        .collect();
    events.sort();
    events
}

#[test]
fn every_carrier_tells_the_same_events() {
    let records = one_of_each();
    let expected = expected_of(Carrier::named("evtx").unwrap(), &records);
    let kinds = expected.iter().map(|event| event.record.kind).collect::<std::collections::BTreeSet<_>>();
    assert!(kinds.len() >= 25, "the simulator writes {} kinds: {kinds:?}", kinds.len());
    let mut wrong = Vec::new();
    for carrier in CARRIERS {
        let looked = read_by(carrier, &records);
        assert_eq!(looked.anomalies(), [], "{}: {:?}", carrier.name, looked.sentences());
        assert_eq!(looked.surveyed.counts.records, records.len() as u64, "{}", carrier.name);
        assert_eq!(looked.surveyed.tally.records(), records.len() as u64, "{}", carrier.name);
        assert_eq!(looked.surveyed.counts.wanted, expected.len() as u64, "{}", carrier.name);
        let (got, expected) = (comparable(looked.events), expected_of(carrier, &records));
        let differs = got.iter().zip(&expected).filter(|(got, expected)| got != expected);
        wrong.extend(differs.map(|(got, expected)| format!("{}\n{got:?}\n{expected:?}", carrier.name)));
        assert_eq!(got.len(), expected.len(), "{}", carrier.name);
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_tally_is_the_same_whoever_ships() {
    let records = one_of_each();
    let tally = |carrier: &Carrier| {
        let heard = read_by(carrier, &records).surveyed.tally.heard;
        heard
            .into_iter()
            .map(|(key, heard)| (key, heard.count, heard.last.map(Timestamp::unix_seconds)))
            .collect::<Vec<_>>()
    };
    let expected = tally(Carrier::named("evtx").unwrap());
    assert!(expected.iter().all(|(_, _, last)| last.is_some()));
    for carrier in CARRIERS {
        assert_eq!(tally(carrier), expected, "{}", carrier.name);
    }
}

#[test]
fn carriers_mixed_in_one_file_are_told_apart_record_by_record() {
    let records = one_of_each();
    let mixed: Vec<u8> = CARRIERS
        .iter()
        .filter(|carrier| !carrier.name.starts_with("evtx") || carrier.name.starts_with("evtx-dump"))
        .filter(|carrier| carrier.name != "xml-utf16")
        .flat_map(|carrier| carrier.encode(&records, &Shipping::default()).unwrap())
        .collect();
    let looked = look_at(&mixed);
    assert_eq!(looked.anomalies(), [], "{:?}", looked.sentences());
    let texts = CARRIERS
        .iter()
        .filter(|carrier| carrier.name.starts_with("evtx-dump") || !carrier.name.starts_with("evtx"));
    let count = (texts.count() - 1) * records.len();
    assert_eq!(looked.surveyed.counts.records, count as u64);
}

#[test]
fn empty_and_absent_fields_stay_two_things() {
    use begat_model::event::Field;
    let of_version =
        |version| EVENT_KINDS.iter().find(|kind| kind.event_id == 4688 && kind.version == version).unwrap();
    for carrier in CARRIERS {
        for (version, expected) in [(0, Field::Absent), (2, Field::Empty)] {
            let mut draft = Draft::new(of_version(version)).set("NewProcessId", Value::Pointer(8));
            if version == 2 {
                draft = draft.text("CommandLine", "");
            }
            let envelope = Envelope {
                record_id: 1,
                time: Ticks::parse("2026-03-02T09:15:42Z"),
                computer: "WS1".to_owned(),
                execution: (4, 8),
                activity_id: None,
            };
            let looked = read_by(carrier, &[draft.written(envelope)]);
            let Body::ProcessCreated(process) = &looked.events[0].body else { panic!("{:?}", looked.events) };
            assert_eq!(process.command_line, expected, "{} v{version}", carrier.name);
            assert_eq!(
                process.subject,
                Principal::default(),
                "{}: `-`, S-1-0-0 and 0x0 say nothing",
                carrier.name
            );
        }
    }
}

/// 4688s of these images, each with its parent's, as some host of Windows 10 writes them.
fn starts(computer: &str, images: &[(&str, &str)]) -> Vec<WindowsRecord> {
    let kind = EVENT_KINDS.iter().rfind(|kind| kind.event_id == 4688).unwrap();
    let first = Ticks::parse("2026-03-02T09:15:42Z");
    let started = |(index, (image, parent)): (usize, &(&str, &str))| {
        let draft = Draft::new(kind).set("NewProcessId", Value::Pointer(8 + index as u64));
        draft.text("NewProcessName", *image).text("ParentProcessName", *parent).written(Envelope {
            record_id: 1 + index as u64,
            time: first.plus_millis(index as u64 * 1001),
            computer: computer.to_owned(),
            execution: (4, 8),
            activity_id: None,
        })
    };
    images.iter().enumerate().map(started).collect()
}

#[test]
fn windows_own_boot_is_told_from_what_is_audited_by_every_carrier() {
    const SMSS: &str = r"C:\Windows\System32\smss.exe";
    const WININIT: &str = r"C:\Windows\System32\wininit.exe";
    let boot = [
        ("Registry", ""),
        (SMSS, ""),
        (r"C:\Windows\System32\autochk.exe", SMSS),
        (r"C:\Windows\System32\csrss.exe", SMSS),
        (WININIT, SMSS),
        (r"C:\Windows\System32\services.exe", WININIT),
        (r"C:\Windows\System32\lsass.exe", WININIT),
    ];
    let audited =
        [boot[0], (r"C:\Windows\System32\svchost.exe", r"C:\Windows\System32\services.exe"), boot[1]];
    let impostor = [boot[0], (r"C:\Windows\System32\lsass.exe", r"C:\Windows\System32\cmd.exe")];
    for carrier in CARRIERS {
        let told = |records: &[WindowsRecord]| {
            let tally = read_by(carrier, records).surveyed.tally;
            let counted: u64 = tally.heard.values().map(|heard| heard.count).sum();
            assert_eq!(counted, records.len() as u64, "{}", carrier.name);
            tally.beyond_boot.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(told(&starts("WS1", &boot)), [""; 0], "{}", carrier.name);
        assert_eq!(told(&starts("WS1", &audited)), ["WS1"], "{}", carrier.name);
        assert_eq!(told(&starts("WS1", &impostor)), ["WS1"], "{}", carrier.name);
        let both = [starts("WS1", &boot), starts("WS2", &audited)].concat();
        assert_eq!(told(&both), ["WS2"], "{}", carrier.name);
        let turned: Vec<WindowsRecord> = both.into_iter().rev().collect();
        assert_eq!(told(&turned), ["WS2"], "{}: whichever comes first", carrier.name);
    }
}

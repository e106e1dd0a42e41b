//! Whatever is wrong with the input is told with its place, and the rest is read.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::twice::{Looked, look, look_at, look_with};
use begat_ingest::{Limits, Passwords, SourceKind};
use begat_model::AnomalyKind::{self, *};
use begat_model::event::Body;
use begat_sim::encode::{Carrier, Shipping};
use begat_sim::events::{Draft, EVENT_KINDS, Envelope};
use begat_sim::record::WindowsRecord;
use begat_sim::value::{Sid, Ticks, Value};
use flate2::Compression;

fn creation(record_id: u64) -> WindowsRecord {
    let kind = EVENT_KINDS.iter().find(|kind| kind.event_id == 4720).unwrap();
    let draft = Draft::new(kind)
        .text("TargetUserName", format!("account{record_id}"))
        .set("TargetSid", Value::Sid(Sid::parse("S-1-5-21-1-2-3-1004")));
    draft.written(Envelope {
        record_id,
        time: Ticks::parse("2026-03-02T09:15:42.5Z").plus_seconds(record_id),
        computer: "WS1".to_owned(),
        execution: (4, 8),
        activity_id: None,
    })
}

fn creations(carrier: &str, count: u64) -> Vec<u8> {
    let records: Vec<WindowsRecord> = (1..=count).map(creation).collect();
    Carrier::named(carrier).unwrap().encode(&records, &Shipping::default()).unwrap()
}

fn told(looked: &Looked) -> Vec<(AnomalyKind, u64)> {
    looked.anomalies()
}

fn check(bytes: &[u8], records: u64, expected: &[(AnomalyKind, u64)]) -> Looked {
    let looked = look_at(bytes);
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(300)]);
    assert_eq!(told(&looked), expected, "{shown}\n{:?}", looked.sentences());
    assert_eq!(looked.surveyed.counts.records, records, "{shown}");
    looked
}

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

#[test]
fn a_truncated_last_record_is_told_and_the_rest_read() {
    for carrier in [
        "xml",
        "xml-many-lines",
        "xml-one-line",
        "winlogbeat",
        "winlogbeat-array",
        "nxlog-pretty",
        "evtx-dump",
    ] {
        let bytes = creations(carrier, 3);
        let looked = check(&bytes[..bytes.len() - 40], 2, &[(TruncatedEnd, 1)]);
        let read = looked.events.iter().filter(|event| !matches!(event.body, Body::Unread(_)));
        assert_eq!(read.count(), 2, "{carrier}: what is left of the third may still be heard");
        assert!(looked.surveyed.anomalies.kept().all(|anomaly| anomaly.offset.is_some()), "{carrier}");
    }
    let bytes = creations("xml-utf16", 3);
    check(&bytes[..bytes.len() - 41], 2, &[(TruncatedEnd, 1), (BadEncoding, 1)]);
}

#[test]
fn a_broken_record_in_the_middle_costs_no_other() {
    for carrier in ["xml", "winlogbeat", "evtx-dump", "nxlog"] {
        let line = creations(carrier, 1);
        for broken in [
            &line[..line.len() / 2],
            &line[..line.len() - 2],
            &line[..9],
            b"<Event><System></Event>",
            b"{\"a\":",
        ] {
            let bytes = joined(&[&line, broken, b"\n", &line]);
            let looked = look_at(&bytes);
            assert_eq!(looked.surveyed.counts.records, 2, "{carrier}: {}", String::from_utf8_lossy(broken));
            assert_eq!(told(&looked).len(), 1, "{:?}", looked.sentences());
            let anomaly = looked.surveyed.anomalies.kept().next().unwrap();
            assert_eq!(anomaly.offset, Some(line.len() as u64), "{carrier}: {anomaly}");
        }
    }
}

#[test]
fn what_is_no_event_among_events_is_counted() {
    let line = creations("winlogbeat", 1);
    check(
        &joined(&[b"{\"index\":{\"_index\":\"logs\"}}\n", &line, b"{\"took\":3}\n{}\n"]),
        1,
        &[(NotAnEvent, 3)],
    );
    check(&joined(&[b"# exported\n", &line, b"done\n"]), 1, &[(Unparsable, 2)]);
    let xml = creations("xml", 1);
    check(&joined(&[b"<?xml version='1.0'?><!-- c --><Events>", &xml, b"</Events>"]), 1, &[]);
    check(&joined(&[b"<report><x/>", &xml, b"</report>"]), 1, &[(NotAnEvent, 1)]);
}

#[test]
fn a_header_that_lacks_something_is_an_anomaly_and_never_a_default() {
    let whole = r#"{"winlog":{"computer_name":"WS1","channel":"Security","provider_name":"Microsoft-Windows-Security-Auditing","event_id":4720,"record_id":7,"event_data":{"TargetUserName":"a"}},"@timestamp":"2026-01-01T00:00:00Z"}"#;
    assert_eq!(check(whole.as_bytes(), 1, &[]).events.len(), 1);
    for (from, to, kind) in [
        ("\"WS1\"", "\"-\"", NoHost),
        ("computer_name", "other", NoHost),
        ("4720", "\"x\"", NoEventId),
        ("@timestamp", "ingested", NoTime),
        ("2026-01-01T", "yesterday ", UnreadableTime),
        ("00:00Z", "00:00", ZoneUnknown),
        ("TargetUserName", "targetUserName", MissingField),
        ("\"a\"", "\"-\"", MissingField),
        ("\"a\"", "[1,2]", UnreadableField),
        ("\"Security\",\"provider_name\":\"Microsoft-Windows-Security-Auditing\"", "null", NoWriter),
    ] {
        let looked = check(whole.replacen(from, to, 1).as_bytes(), 1, &[(kind, 1)]);
        let is_unread = |event: &begat_model::Event| matches!(event.body, begat_model::Body::Unread(_));
        assert!(looked.events.iter().all(is_unread), "{from} → {to}");
    }
    let nameless = whole.replace("\"a\"", "\"-\",\"TargetSid\":\"S-1-5-21-1-2-3-1001\"");
    assert_eq!(check(nameless.as_bytes(), 1, &[(MissingField, 1)]).events.len(), 1, "an account called `-`");
    let unreadable = whole.replace("\"a\"", "\"a\",\"TargetSid\":\"S-1-x\",\"SubjectLogonId\":\"0xzz\"");
    let looked = check(unreadable.as_bytes(), 1, &[(UnreadableField, 2)]);
    assert_eq!(looked.events.len(), 1, "the event still says who was created");
    assert!(looked.sentences()[0].contains("SubjectLogonId of event 4720"), "{:?}", looked.sentences());
}

#[test]
fn a_collector_that_failed_says_so_and_what_it_kept_is_read() {
    let xml = String::from_utf8(creations("xml", 1)).unwrap();
    for (original, events) in [(xml.trim(), 1), ("<Event><System>", 0), ("", 0)] {
        let original = original.replace('"', "\\\"");
        let error = format!("{{\"Type\":\"T\",\"Message\":\"bad XML\",\"OriginalContent\":\"{original}\"}}");
        let failed = format!("{{\"System\":{{}},\"OpenWEC\":{{\"Error\":{error}}}}}");
        let looked = look_at(failed.as_bytes());
        assert_eq!(told(&looked), [(CarrierError, 1)], "{failed}: {:?}", looked.sentences());
        assert!(looked.sentences()[0].contains("bad XML"), "{:?}", looked.sentences());
        assert_eq!(looked.events.len(), events, "{failed}");
    }
    let json = String::from_utf8(creations("openwec-json", 1)).unwrap();
    let told_only = json.replace("\"OpenWEC\":{", "\"OpenWEC\":{\"Error\":{\"Message\":\"half of it\"},");
    assert_eq!(check(told_only.as_bytes(), 1, &[(CarrierError, 1)]).events.len(), 1);
}

#[test]
fn times_without_a_zone_wait_for_one() {
    let json = String::from_utf8(creations("nxlog", 2)).unwrap().replace("@timestamp", "timestamp");
    let looked = check(json.as_bytes(), 2, &[(ZoneUnknown, 2)]);
    assert!(looked.events.is_empty());
    assert_eq!(looked.surveyed.creations.values().flatten().count(), 2, "they are known of all the same");
    assert!(looked.surveyed.zones.notes()[0].contains("--input-timezone"));
    let looked =
        look_with(&[PathBuf::from("-")], json.as_bytes(), &Limits::default(), Some("America/New_York"));
    assert_eq!(told(&looked), []);
    // The simulator's zone is UTC−4; in March before the change of clocks New York is at UTC−5.
    assert_eq!(looked.events[0].at.to_string(), "2026-03-02T10:15:43Z");
}

#[test]
fn text_in_a_wrong_encoding_is_repaired_and_told() {
    for carrier in ["winlogbeat", "xml"] {
        let mut bytes = creations(carrier, 1);
        let at = bytes.windows(8).position(|window| window == b"account1").unwrap();
        bytes[at] = 0xe4;
        let looked = check(&bytes, 1, &[(BadEncoding, 1)]);
        assert_eq!(looked.events.len(), 1, "{carrier}");
    }
}

#[test]
fn a_record_beyond_the_bound_is_told_and_the_next_read() {
    let line = creations("winlogbeat", 1);
    let long = format!("{{\"winlog\":{{\"x\":\"{}\"}}}}\n", "y".repeat(17 << 20));
    check(&joined(&[&line, long.as_bytes(), &line]), 2, &[(TooLong, 1)]);
}

#[test]
fn a_large_file_is_read_in_pieces_and_every_record_once() {
    let lines = creations("nxlog", 100);
    let count = (40 << 20) / lines.len();
    let looked = check(&lines.repeat(count), 100 * count as u64, &[]);
    assert_eq!(looked.sources[0].units().len(), 3);
    assert_eq!(looked.events.len(), 100 * count);
}

#[test]
fn what_holds_no_events_is_skipped_with_its_reason() {
    for (bytes, reason) in [
        (&b""[..], "it is empty"),
        (b" \r\n\t", "it holds nothing but blanks"),
        (b"\xef\xbb\xbf", "it holds nothing but blanks"),
        (b"title: rule\nlogsource:\n", "it is neither an event log nor JSON nor XML"),
        (b"MZ\x90\0", "it is a program"),
        (b"a,b,c\n1,2,3\n", "it is a table with none of the columns of a known log: a, b, c"),
        (b"[{\"a\":1},{\"b\":2}]", "it holds no Windows event (2 not_an_event): keys: \"a\""),
        (
            b"<html><body>x</body></html>",
            "it holds no Windows event (1 not_an_event): it begins with \"<html>\"",
        ),
        (b"[settings]\nkey=1\n", "it holds no Windows event (1 unparsable)"),
    ] {
        let looked = check(bytes, 0, &[]);
        assert_eq!(looked.skipped.len(), 1, "{reason}");
        assert_eq!(looked.skipped[0].reason, reason);
    }
}

#[test]
fn an_event_log_that_is_cut_or_is_none_is_told() {
    let log = creations("evtx", 200);
    assert_eq!(check(&log, 200, &[]).events.len(), 200);
    let cut = look_at(&log[..log.len() - 30_000]);
    assert_eq!(cut.surveyed.anomalies.count(TruncatedEnd), 1, "{:?}", cut.sentences());
    assert!(cut.surveyed.counts.records > 20);
    let header = look_at(b"ElfFile\0 and then nothing of the sort");
    assert_eq!(header.surveyed.anomalies.count(TruncatedEnd), 1, "{:?}", header.sentences());
    let mut overwritten = log.clone();
    overwritten[4096..4104].fill(b'x');
    assert_eq!(look_at(&overwritten).surveyed.anomalies.count(DamagedChunk), 1);
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A zip of stored or deflated entries, written by hand so that names can be anything.
fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in entries {
        let start = zip.len() as u32;
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        let packed = encoder.finish().unwrap();
        let mut fields = Vec::new();
        fields.extend([20_u16, 1 << 11, 8, 0, 0].map(u16::to_le_bytes).concat());
        fields.extend(
            [crc32fast::hash(bytes), packed.len() as u32, bytes.len() as u32].map(u32::to_le_bytes).concat(),
        );
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend(0_u16.to_le_bytes());
        zip.extend(b"PK\x03\x04");
        zip.extend(&fields);
        zip.extend(name.as_bytes());
        zip.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, count) = (zip.len() as u32, entries.len() as u16);
    let length = directory.len() as u32;
    zip.extend(directory);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend([count, count].map(u16::to_le_bytes).concat());
    zip.extend([length, start].map(u32::to_le_bytes).concat());
    zip.extend([0, 0]);
    zip
}

#[test]
fn archives_are_opened_without_asking_and_one_inside_another() {
    let json = creations("nxlog", 2);
    let log = creations("evtx", 3);
    let zstd = zstd::encode_all(&json[..], 1).unwrap();
    for (archive, records) in [
        (gzipped(&json), 2),
        (joined(&[&gzipped(&json), &gzipped(&json)]), 4),
        (zstd.clone(), 2),
        (gzipped(&log), 3),
        (zipped(&[("a/log.evtx", &log), ("b.json", &json)]), 5),
        (zipped(&[("x.gz", &gzipped(&log)), ("y.zst", &zstd)]), 5),
        (zipped(&[("in.zip", &zipped(&[("deep.json", &json)]))]), 2),
        (gzipped(&zipped(&[("deep.evtx", &log)])), 3),
    ] {
        let looked = check(&archive, records, &[]);
        assert_eq!(looked.events.len() as u64, records);
    }
    let thrice = zipped(&[("1.zip", &zipped(&[("2.gz", &gzipped(&json))])), ("b.json", &json)]);
    let looked = check(&thrice, 2, &[(ArchiveEntry, 1)]);
    assert!(looked.sentences()[0].contains("!1.zip!2.gz"), "{:?}", looked.sentences());
}

#[test]
fn entries_are_named_after_their_archive_and_harmless_to_print() {
    let json = creations("nxlog", 1);
    let hostile = "../../etc/\u{1b}[31m\u{202e}fdp.json";
    let looked = check(&zipped(&[(hostile, &json), ("dir/b.json", &json)]), 2, &[]);
    let names: Vec<&str> =
        looked.sources.iter().map(|source| source.name.split_once('!').unwrap().1).collect();
    assert_eq!(names, ["../../etc/\\u{1b}[31m\\u{202e}fdp.json", "dir/b.json"]);
}

#[test]
fn a_bomb_is_cut_and_told() {
    let zeros = vec![b' '; 8 << 20];
    let json = creations("nxlog", 1);
    let limits = Limits {
        unpacked_bytes_max: 1 << 20,
        entries_max: 3,
        spool_bytes_max: None,
        passwords: Passwords::NONE,
    };
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, bytes: &[u8], records: u64, anomalies: u64| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let looked = look_with(&[path], b"", &limits, None);
        assert_eq!(looked.surveyed.counts.records, records, "{name}");
        assert_eq!(told(&looked), [(ArchiveEntry, anomalies)], "{name}: {:?}", looked.sentences());
    };
    check("declared", &zipped(&[("big.json", &joined(&[&json, &zeros])), ("b.json", &json)]), 1, 1);
    check("streamed", &gzipped(&joined(&[&json, &zeros])), 1, 1);
    let inner = zipped(&[("big.json", &joined(&[&json, &zeros]))]);
    check("nested", &zipped(&[("in.zip", &inner)]), 0, 1);
    let many: Vec<(&str, &[u8])> = ["a", "b", "c", "d", "e"].map(|name| (name, &json[..])).to_vec();
    check("many", &zipped(&many), 3, 1);
    check("alike", &zipped(&[("a", &json), ("a", &json)]), 1, 1);
}

#[test]
fn a_damaged_archive_gives_what_was_before_the_damage() {
    let json = creations("nxlog", 2000);
    let gz = gzipped(&json);
    let looked = look_at(&gz[..gz.len() - 500]);
    assert!(looked.surveyed.counts.records > 1000, "{:?}", looked.surveyed.counts);
    assert_eq!(looked.surveyed.anomalies.count(TruncatedEnd), 1, "{:?}", looked.sentences());
    let mut zip = zipped(&[("a.json", &json), ("b.json", &json)]);
    let crc = crc32fast::hash(&json).to_le_bytes();
    let directory = zip.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    let at = directory + zip[directory..].windows(4).position(|window| window == crc).unwrap();
    zip[at] ^= 1;
    let looked = look_at(&zip);
    assert_eq!(looked.surveyed.counts.records, 4000);
    assert!(looked.sentences()[0].contains("checksum"), "{:?}", looked.sentences());
    let looked = look_at(b"PK\x03\x04 and no directory");
    assert_eq!(told(&looked), [(ArchiveEntry, 1)]);
    let looked = look_at(b"\x1f\x8b no gzip");
    assert_eq!(told(&looked), [(ArchiveEntry, 1)]);
}

#[test]
fn files_are_told_by_content_and_come_in_byte_order() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    for (name, carrier) in
        [("b.txt", "evtx"), ("a.evtx", "xml"), ("sub/c.xml", "nxlog"), ("Z.json", "xml-utf16")]
    {
        std::fs::write(folder.path().join(name), creations(carrier, 1)).unwrap();
    }
    let looked = look(&[folder.path().to_owned(), folder.path().join("a.evtx"), folder.path().to_owned()]);
    let kinds: Vec<(&str, SourceKind)> =
        looked.sources.iter().map(|source| (source.name.rsplit('/').next().unwrap(), source.kind)).collect();
    use SourceKind::{Evtx, Json, Xml};
    assert_eq!(kinds, [("Z.json", Xml), ("a.evtx", Xml), ("a.evtx", Xml), ("b.txt", Evtx), ("c.xml", Json)]);
}

#[test]
fn standard_input_can_be_read_twice() {
    for carrier in ["evtx", "nxlog", "xml-utf16"] {
        let bytes = creations(carrier, 2);
        let looked = look_with(&[PathBuf::from("-")], &bytes, &Limits::default(), None);
        assert_eq!(looked.events.len(), 2, "{carrier}");
        assert_eq!(&*looked.events[0].record.source, "-");
    }
    let looked = look_with(&[PathBuf::from("-")], &gzipped(&creations("evtx", 2)), &Limits::default(), None);
    assert_eq!(looked.events.len(), 2);
}

#[test]
fn what_cannot_be_opened_is_a_problem_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good.json");
    std::fs::write(&good, creations("nxlog", 1)).unwrap();
    let looked = look(&[folder.path().join("missing"), good]);
    assert_eq!(looked.problems.len(), 1);
    let told = looked.problems[0].to_string();
    assert!(told.contains("missing: could not open: ") && told.contains("is the path right?"), "{told}");
    assert_eq!(looked.events.len(), 1);
}

#[cfg(unix)]
#[test]
fn a_folder_inside_itself_is_told_and_walked_once() {
    let folder = tempfile::tempdir().unwrap();
    let sub = folder.path().join("sub");
    std::fs::create_dir(&sub).unwrap();
    std::fs::write(sub.join("a.json"), creations("nxlog", 1)).unwrap();
    std::os::unix::fs::symlink(folder.path(), sub.join("back")).unwrap();
    std::os::unix::fs::symlink(Path::new("/nowhere/at/all"), sub.join("broken")).unwrap();
    let looked = look(&[folder.path().to_owned()]);
    assert_eq!(looked.events.len(), 1);
    assert_eq!(looked.skipped.len(), 1);
    assert!(looked.skipped[0].reason.starts_with("it leads back to "), "{:?}", looked.skipped);
    assert_eq!(looked.problems.len(), 1, "{:?}", looked.problems);
}

/// A hundred thousand starts without an end: each was once looked for to the end of the file. Records of the other
/// form among them and behind them are read all the same.
#[test]
fn events_that_never_end_hide_no_object_behind_them() {
    let endless = "<Event a='x\n".repeat(100_000);
    let object = creations("winlogbeat", 1);
    let (first, second) = (creations("winlogbeat", 2), creations("evtx-dump", 3));
    let bytes =
        joined(&[&object, endless.as_bytes(), &first, endless.as_bytes(), &second, endless.as_bytes()]);
    let looked = look_at(&bytes);
    assert_eq!(looked.surveyed.counts.records, 6);
    let opened = "<Event><System>\n".repeat(50_000);
    let looked = look_at(&joined(&[opened.as_bytes(), &creations("xml", 3)]));
    assert_eq!(looked.surveyed.counts.records, 3, "a cut event ends where the next one begins");
    assert_eq!(looked.surveyed.anomalies.count(Unparsable), 50_000);
}

#[test]
fn a_record_is_read_whatever_stands_before_it_and_in_whatever_list_it_stands() {
    let lines = String::from_utf8(creations("evtx-dump", 3)).unwrap();
    let records: Vec<&str> = lines.lines().collect();
    let prefixed = records.iter().map(|line| format!("<13>Mar  2 09:04:39 pc1 agent: {line}\n"));
    for text in [
        prefixed.collect::<String>(),
        format!("{{\"records\":[{}]}}", records.join(",")),
        format!("{{ \"Events\" : [\n  {}\n]\n}}\n", records.join(",\n  ")),
    ] {
        assert_eq!(look_at(text.as_bytes()).events.len(), 3, "{text}");
    }
}

#[test]
fn a_number_that_is_none_is_not_told() {
    let lines = String::from_utf8(creations("evtx-dump", 1)).unwrap();
    let without = lines.replace("\"EventRecordID\":1", "\"EventRecordID\":0");
    assert_ne!(without, lines);
    let looked = look_at(without.as_bytes());
    assert!(looked.events.iter().all(|event| event.record.record_id.is_none()), "{:?}", looked.events);
    assert_eq!(looked.events.len(), 1);
}

//! Archives that responders are handed: read whatever packs them, and told where they are not.

use std::io::{Cursor, Write};

use crate::twice::{Looked, look_at, look_with};
use begat_ingest::{Limits, Passwords};
use begat_model::AnomalyKind;
use sevenz_rust2::encoder_options::AesEncoderOptions;
use sevenz_rust2::{ArchiveEntry, ArchiveWriter, EncoderMethod, Password};

const EVENT: &[u8] = br#"{"@timestamp":"2026-01-01T00:00:00Z","winlog":{"computer_name":"WS1","channel":"Security","provider_name":"Microsoft-Windows-Security-Auditing","event_id":4720,"record_id":7,"event_data":{"TargetUserName":"a"}}}
"#;

fn tarred(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        archive.append_data(&mut header, name, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

fn bzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xzipped(bytes: &[u8]) -> Vec<u8> {
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn seven_zipped(entries: &[(&str, &[u8])], password: Option<&str>, hides_names: bool) -> Vec<u8> {
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    if let Some(password) = password {
        let aes = AesEncoderOptions::new(Password::new(password));
        writer.set_content_methods(vec![aes.into(), EncoderMethod::LZMA2.into()]);
        writer.set_encrypt_header(hides_names);
    }
    for (name, bytes) in entries {
        writer.push_archive_entry(ArchiveEntry::new_file(name), Some(*bytes)).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn zipped_with(password: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::DEFLATE)
        .with_aes_encryption(zip::AesMode::Aes256, password);
    writer.start_file("C%3A/Windows/Security.json", options).unwrap();
    writer.write_all(EVENT).unwrap();
    writer.finish().unwrap().into_inner()
}

fn events(looked: &Looked) -> usize {
    looked.events.len()
}

fn look_with_password(bytes: &[u8], password: &str) -> Looked {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    std::fs::write(&path, bytes).unwrap();
    let limits = Limits { passwords: Passwords::new([password.to_owned()]), ..Limits::default() };
    look_with(&[path], b"", &limits, None)
}

#[test]
fn a_tar_is_read_however_it_is_packed() {
    let entries =
        [("a/one.json", EVENT), ("notes.txt", b"nothing\n"), ("b/two.json.gz", &gzipped(EVENT)[..])];
    let tar = tarred(&entries);
    let zstd = zstd::encode_all(&tar[..], 1).unwrap();
    for packed in [tar.clone(), gzipped(&tar), bzipped(&tar), xzipped(&tar), zstd] {
        let looked = look_at(&packed);
        assert_eq!(events(&looked), 2, "{:?}", looked.sentences());
        assert_eq!(looked.skipped.len(), 1, "{:?}", looked.skipped);
        let names: Vec<&str> = looked.sources.iter().map(|source| &*source.name).collect();
        assert_eq!(names, ["input!a/one.json", "input!b/two.json.gz"]);
    }
    for packed in [bzipped(EVENT), xzipped(EVENT), [xzipped(EVENT), xzipped(EVENT)].concat()] {
        assert!(events(&look_at(&packed)) > 0);
    }
}

#[test]
fn a_tar_that_is_cut_says_so_and_keeps_what_came_before() {
    let long = EVENT.repeat(20);
    let tar = tarred(&[("a.json", &long), ("b.json", &long)]);
    let looked = look_at(&tar[..512 + long.len().next_multiple_of(512) + 512 + long.len() / 2]);
    assert!((20..40).contains(&looked.surveyed.counts.records), "{:?}", looked.surveyed.counts);
    assert!(
        looked.anomalies().iter().any(|(kind, _)| *kind == AnomalyKind::ArchiveEntry),
        "{:?}",
        looked.sentences()
    );
}

#[test]
fn a_7z_is_read() {
    let looked =
        look_at(&seven_zipped(&[("a.json", EVENT), ("b.txt", b"nothing\n"), ("c.json", EVENT)], None, false));
    assert_eq!((events(&looked), looked.skipped.len()), (2, 1), "{:?}", looked.sentences());
}

#[test]
fn what_is_encrypted_is_opened_by_the_password_that_is_given() {
    let archives = [
        zipped_with("geheim"),
        seven_zipped(&[("a.json", EVENT)], Some("geheim"), false),
        seven_zipped(&[("a.json", EVENT)], Some("geheim"), true),
    ];
    for archive in &archives {
        let looked = look_with_password(archive, "geheim");
        assert_eq!((events(&looked), looked.anomalies()), (1, vec![]), "{:?}", looked.sentences());
        let looked = look_with_password(archive, "wrong");
        assert_eq!((events(&looked), looked.anomalies()), (0, vec![(AnomalyKind::ArchiveEntry, 1)]));
        assert!(looked.sentences()[0].contains("does not open it"), "{:?}", looked.sentences());
        let looked = look_at(archive);
        assert!(looked.sentences()[0].contains("--archive-password-file"), "{:?}", looked.sentences());
    }
}

#[test]
fn the_customary_password_is_tried_and_told() {
    for archive in [zipped_with("infected"), seven_zipped(&[("a.json", EVENT)], Some("infected"), true)] {
        let looked = look_at(&archive);
        assert_eq!(events(&looked), 1, "{:?}", looked.sentences());
        assert_eq!(looked.anomalies(), [(AnomalyKind::CustomaryPassword, 1)]);
    }
}

#[test]
fn archives_have_bounds() {
    let limits = Limits { unpacked_bytes_max: 1 << 20, entries_max: 2, ..Limits::default() };
    let big = [EVENT, &vec![b' '; 2 << 20][..]].concat();
    let check = |bytes: &[u8], records: u64| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("archive");
        std::fs::write(&path, bytes).unwrap();
        let looked = look_with(&[path], b"", &limits, None);
        assert_eq!(looked.surveyed.counts.records, records, "{:?}", looked.sentences());
        assert_eq!(looked.anomalies(), [(AnomalyKind::ArchiveEntry, 1)], "{:?}", looked.sentences());
    };
    check(&tarred(&[("a", EVENT), ("b", EVENT), ("c", EVENT)]), 2);
    check(&seven_zipped(&[("a", EVENT), ("b", EVENT), ("c", EVENT)], None, false), 2);
    check(&seven_zipped(&[("big", &big), ("b", EVENT)], None, false), 1);
    check(&xzipped(&big), 1);
    let thrice = tarred(&[("1.tar", &tarred(&[("2.gz", &gzipped(EVENT))])), ("b", EVENT)]);
    check(&thrice, 1);
    // What hides in several layers is cut all the same.
    check(&gzipped(&zstd::encode_all(&big[..], 1).unwrap()), 1);
}

/// The same archive, whose LZMA2 asks for a dictionary of this size; its checksums are made right again.
fn with_dictionary(archive: &[u8], size: u8) -> Vec<u8> {
    let mut bytes = archive.to_vec();
    let number = |bytes: &[u8], at: usize| u64::from_le_bytes(*bytes[at..].first_chunk().unwrap());
    let (start, length) = (32 + number(&bytes, 12) as usize, number(&bytes, 20) as usize);
    // One coder with properties, LZMA2, and one byte of them.
    let coder = [0x21, 0x21, 1];
    let at = start + bytes[start..].windows(3).position(|window| window == coder).unwrap() + coder.len();
    bytes[at] = size;
    let header = crc32fast::hash(&bytes[start..start + length]).to_le_bytes();
    bytes[28..32].copy_from_slice(&header);
    let first = crc32fast::hash(&bytes[12..32]).to_le_bytes();
    bytes[8..12].copy_from_slice(&first);
    bytes
}

#[test]
fn a_dictionary_of_gigabytes_is_refused_and_told() {
    let archive = seven_zipped(&[("a", EVENT)], None, false);
    // 64 MiB, which the strongest setting takes, and 4 GiB.
    assert_eq!(events(&look_at(&with_dictionary(&archive, 28))), 1);
    let looked = look_at(&with_dictionary(&archive, 40));
    assert_eq!((events(&looked), looked.anomalies()), (0, vec![(AnomalyKind::ArchiveEntry, 1)]));
    assert!(looked.sentences()[0].contains("KiB of memory"), "{:?}", looked.sentences());
}

#[test]
fn a_spreadsheet_is_named_as_what_it_is() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["[Content_Types].xml", "xl/worksheets/sheet1.xml"] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(b"<worksheet/>").unwrap();
    }
    let looked = look_at(&writer.finish().unwrap().into_inner());
    let [skipped] = looked.skipped.as_slice() else { panic!("{:?}", looked.skipped) };
    assert!(skipped.reason.contains("document of Office"), "{}", skipped.reason);
}

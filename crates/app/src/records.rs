//! What a hunt wrote, read back: JSON Lines or one JSON array, plain or inside gzip, record by record.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use begat_report::diff::Record;
use flate2::bufread::MultiGzDecoder;
use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use serde_json::{Deserializer, Value};

use crate::error::Error;
use crate::summary;

/// Longest line that is read; a case is some tens of thousands of bytes.
const LINE_BYTES_MAX: usize = 64 << 20;
/// Lines told one by one that are no record; the rest is counted.
const TOLD_MAX: usize = 5;
const GZIP: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How reading went.
#[derive(Debug, Default)]
pub struct Reading {
    /// Cases and findings.
    pub records: u64,
    /// Lines or elements that are neither.
    pub others: u64,
    /// The first of these, with where and why.
    pub told: Vec<String>,
}

impl Reading {
    fn add(&mut self, place: impl fmt::Display, read: Result<Record, String>, each: &mut dyn FnMut(Record)) {
        match read {
            Ok(record) => {
                self.records += 1;
                each(record);
            }
            Err(reason) => {
                self.others += 1;
                if self.told.len() < TOLD_MAX {
                    self.told.push(format!("{place}: {reason}"));
                }
            }
        }
    }
}

/// Reads a file, or standard input where it is `-`, and tells what in it is no record.
///
/// An empty file is a hunt that found nothing; one of something else is a mistake.
pub fn read_told(path: &Path, each: &mut dyn FnMut(Record)) -> Result<Reading, Error> {
    let input = match path == Path::new("-") {
        true => "standard input".to_owned(),
        false => format!("`{}`", path.display()),
    };
    let reading = read(path, each).map_err(|source| Error::Records { input: input.clone(), source })?;
    reading.told.iter().for_each(|told| summary::warn(&format!("{input}: {told}")));
    let more = reading.others - reading.told.len() as u64;
    if more > 0 {
        summary::warn(&format!("{input}: {more} more are neither a case nor a finding"));
    }
    if reading.records == 0 && reading.others > 0 {
        return Err(Error::NoRecords { input });
    }
    Ok(reading)
}

/// Whether a path holds what a hunt wrote, as its first record says. Of standard input only what is at hand is looked
/// at, and nothing is taken from it.
pub fn holds_records(path: &Path) -> bool {
    if path == Path::new("-") {
        let mut stdin = io::stdin().lock();
        return stdin.fill_buf().is_ok_and(|bytes| PREFIXES.iter().any(|prefix| bytes.starts_with(prefix)));
    }
    path.is_file() && first_is_record(path).unwrap_or(false)
}

/// How begat's own output begins.
const PREFIXES: &[&[u8]] = &[
    b"{\"schema\":\"begat.case/1\"",
    b"{\"schema\":\"begat.finding/1\"",
    b"[\n{\"schema\":\"begat.case/1\"",
    b"[\n{\"schema\":\"begat.finding/1\"",
];

fn first_is_record(path: &Path) -> io::Result<bool> {
    let mut raw = BufReader::new(File::open(path)?);
    let plain: Box<dyn BufRead> = match starts_with(&mut raw, &GZIP)? {
        true => Box::new(BufReader::new(MultiGzDecoder::new(raw))),
        false => Box::new(raw),
    };
    let mut plain = plain.take(LINE_BYTES_MAX as u64);
    if begins_array(&mut plain)? {
        plain.consume(1);
        begins_array(&mut plain)?;
    }
    if plain.fill_buf()?.first() != Some(&b'{') {
        return Ok(false);
    }
    let first = Deserializer::from_reader(plain).into_iter::<Value>().next();
    Ok(first.is_some_and(|read| read.is_ok_and(|value| Record::of(value).is_ok())))
}

/// Reads a file, or standard input where it is `-`.
pub fn read(path: &Path, each: &mut dyn FnMut(Record)) -> io::Result<Reading> {
    let raw: Box<dyn Read> =
        if path == Path::new("-") { Box::new(io::stdin().lock()) } else { Box::new(File::open(path)?) };
    let mut raw = BufReader::with_capacity(1 << 16, raw);
    if starts_with(&mut raw, &GZIP)? {
        read_plain(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(raw)), each)
    } else {
        read_plain(raw, each)
    }
}

/// What is buffered first begins so. A pipe may hand over less than asked for; then it begins otherwise.
fn starts_with(input: &mut impl BufRead, prefix: &[u8]) -> io::Result<bool> {
    Ok(input.fill_buf()?.starts_with(prefix))
}

fn read_plain(mut input: impl BufRead, each: &mut dyn FnMut(Record)) -> io::Result<Reading> {
    let mut reading = Reading::default();
    let read = if begins_array(&mut input)? { read_array } else { read_lines };
    read(input, &mut reading, each)?;
    Ok(reading)
}

/// Passes over what may stand before a record; whether an array begins there.
fn begins_array(input: &mut impl BufRead) -> io::Result<bool> {
    if starts_with(input, BYTE_ORDER_MARK)? {
        input.consume(BYTE_ORDER_MARK.len());
    }
    loop {
        match input.fill_buf()?.first().copied() {
            Some(blank) if blank.is_ascii_whitespace() => input.consume(1),
            first => return Ok(first == Some(b'[')),
        }
    }
}

fn read_lines(
    mut input: impl BufRead,
    reading: &mut Reading,
    each: &mut dyn FnMut(Record),
) -> io::Result<()> {
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = input.by_ref().take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        let place = format!("line {number}");
        if read == LINE_BYTES_MAX && !line.ends_with(b"\n") {
            skip_line(&mut input)?;
            reading.add(place, Err(format!("longer than {LINE_BYTES_MAX} bytes")), each);
        } else if !line.trim_ascii().is_empty() {
            reading.add(place, record(serde_json::from_slice(&line)), each);
        }
    }
    Ok(())
}

fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let (length, is_end) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(end) => (end + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(length);
        if is_end {
            return Ok(());
        }
    }
}

fn record(read: serde_json::Result<Value>) -> Result<Record, String> {
    let value = read.map_err(|error| format!("no JSON ({error})"))?;
    Record::of(value).map_err(|reason| reason.to_string())
}

/// Element by element: an array of any length takes the memory of one.
fn read_array(input: impl BufRead, reading: &mut Reading, each: &mut dyn FnMut(Record)) -> io::Result<()> {
    let mut json = Deserializer::from_reader(input);
    let read = Elements { reading, each }.deserialize(&mut json).and_then(|()| json.end());
    match read {
        Err(error) if error.is_io() => Err(error.into()),
        // What stands before the damage counts.
        Err(error) => {
            reading.add("the array", Err(format!("no JSON from here on ({error})")), each);
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

struct Elements<'a> {
    reading: &'a mut Reading,
    each: &'a mut dyn FnMut(Record),
}

impl<'de> DeserializeSeed<'de> for Elements<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of cases and findings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut number = 0_u64;
        while let Some(value) = elements.next_element::<Value>()? {
            number += 1;
            self.reading.add(format!("element {number}"), record(Ok(value)), self.each);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    const CASE: &str = r#"{"schema":"begat.case/1","case_id":"1"}"#;
    const FINDING: &str = r#"{"schema":"begat.finding/1","finding_id":"2"}"#;

    fn read_bytes(bytes: &[u8]) -> (Reading, u64) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let mut seen = 0;
        let reading = read(file.path(), &mut |_| seen += 1).unwrap();
        (reading, seen)
    }

    #[test]
    fn what_a_hunt_wrote_is_told_from_logs_by_its_first_record() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let holds = |text: &str| {
            std::fs::write(file.path(), text).unwrap();
            holds_records(file.path())
        };
        for written in [
            format!("{CASE}\n{FINDING}\n"),
            format!("\u{feff}\n[\n{FINDING},\n{CASE}\n]\n"),
            "{\n  \"case_id\": \"1\",\n  \"schema\": \"begat.case/1\"\n}\n".to_owned(),
        ] {
            assert!(holds(&written), "{written}");
        }
        for other in ["", "[]", "ElfFile\0", "<Event/>", "[[", "{\"Event\":{\"schema\":\"begat.case/1\"}}"] {
            assert!(!holds(other), "{other}");
        }
        assert!(!holds_records(Path::new(".")) && !holds_records(Path::new("no/such/file")));
    }

    #[test]
    fn lines_arrays_and_gzip_hold_the_same_records() {
        let lines = format!("{CASE}\n\n{FINDING}\r\n");
        let array = format!("\u{feff} [\n{CASE},\n{FINDING}\n]\n");
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(lines.as_bytes()).unwrap();
        for bytes in [lines.as_bytes(), array.as_bytes(), &gzip.finish().unwrap()] {
            let (reading, seen) = read_bytes(bytes);
            assert_eq!((reading.records, reading.others, seen), (2, 0, 2), "{reading:?}");
        }
        assert_eq!(read_bytes(b"").0.records, 0);
        assert_eq!(read_bytes(b"[]\n").0.records, 0);
    }

    #[test]
    fn what_is_no_record_is_counted_and_told_with_its_place() {
        let (reading, _) = read_bytes(format!("{CASE}\nnonsense\n{{\"x\":1}}\n{}", &CASE[..20]).as_bytes());
        assert_eq!((reading.records, reading.others), (1, 3));
        assert!(reading.told[0].starts_with("line 2: no JSON"), "{:?}", reading.told);
        assert!(reading.told[1].starts_with("line 3: no `schema`"), "{:?}", reading.told);
        let (reading, _) = read_bytes(format!("[{CASE},7,{FINDING},").as_bytes());
        assert_eq!((reading.records, reading.others), (2, 2));
        assert!(reading.told[0].starts_with("element 2: no JSON object"), "{:?}", reading.told);
        assert!(reading.told[1].starts_with("the array: no JSON from here on"), "{:?}", reading.told);
        let (reading, _) = read_bytes("x\n".repeat(100).as_bytes());
        assert_eq!((reading.others, reading.told.len()), (100, TOLD_MAX));
    }
}

//! `begat dump`: the records of EVTX files as JSON Lines, for a curious reader.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use begat_engine::commands::redact;
use begat_evtx::{ChunkReader, Damage, EvtxFile, Record, Selection, Visitor, render};
use begat_model::visible::{harmless_json, visible};
use serde_json::Value;

use crate::cli::DumpArgs;
use crate::error::Error;
use crate::exit::Status;
use crate::sink::Sink;

/// Damages of one file that are told one by one; the rest is counted.
const DAMAGES_TOLD_MAX: usize = 20;

/// Prints the records of each file, in the order in which they stand there.
pub fn run(args: &DumpArgs) -> Result<Status, Error> {
    let mut status = Status::Done;
    let wanted = Wanted { event_ids: &args.event_id, show_secrets: args.show_secrets };
    let sink = Sink::new(&args.output)?;
    sink.spare(args.files.iter().map(PathBuf::as_path))?;
    sink.write(|out| {
        for path in &args.files {
            let mut printer = Printer {
                wanted: &wanted,
                out,
                line: Vec::new(),
                written: Ok(()),
                damages: Damages::default(),
            };
            let read = dump_file(path, &mut printer);
            let Printer { written, damages, .. } = printer;
            damages.tell(path);
            written?;
            if let Err(error) = read {
                tell(&format!("error: cannot read `{}`: {error}", path.display()));
                status = Status::Trouble;
            }
        }
        Ok(())
    })?;
    Ok(status)
}

fn dump_file(path: &Path, printer: &mut Printer<'_, '_>) -> io::Result<()> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    let file = EvtxFile::open(file)?;
    file.damage().into_iter().for_each(|damage| printer.damage(damage));
    let mut reader = ChunkReader::new(&Selection::everything());
    for chunk in 0..file.chunk_count() {
        reader.read_chunk(&file, chunk, printer)?;
        if printer.written.is_err() {
            break;
        }
    }
    Ok(())
}

struct Wanted<'a> {
    /// Empty: all.
    event_ids: &'a [u32],
    show_secrets: bool,
}

struct Printer<'a, 'out> {
    wanted: &'a Wanted<'a>,
    out: &'a mut (dyn Write + 'out),
    line: Vec<u8>,
    written: io::Result<()>,
    damages: Damages,
}

/// What could not be read of one file: the first few, and how many.
#[derive(Default)]
struct Damages {
    first: Vec<String>,
    count: u64,
}

impl Damages {
    fn add(&mut self, damage: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < DAMAGES_TOLD_MAX {
            self.first.push(damage());
        }
    }

    fn tell(&self, path: &Path) {
        for damage in &self.first {
            tell(&format!("warning: `{}`: {damage}", path.display()));
        }
        let more = self.count - self.first.len() as u64;
        if more > 0 {
            tell(&format!("warning: `{}`: {more} more damages", path.display()));
        }
    }
}

impl Visitor for Printer<'_, '_> {
    fn record(&mut self, record: &Record<'_>) {
        let header = record.header();
        let ids = self.wanted.event_ids;
        let is_wanted = ids.is_empty() || header.event_id().is_some_and(|event_id| ids.contains(&event_id));
        if !is_wanted || self.written.is_err() {
            return;
        }
        self.line.clear();
        if let Err(malformed) = render::json(record, &mut self.line) {
            let offset = header.offset();
            self.damages.add(|| format!("at byte {offset}: a record that cannot be rendered ({malformed})"));
            return;
        }
        let line = if self.wanted.show_secrets {
            Cow::Borrowed(&self.line[..])
        } else {
            without_secrets(&self.line)
        };
        let line = match std::str::from_utf8(&line) {
            Ok(json) => harmless_json(json),
            Err(_) => {
                return self.damages.add(|| format!("at byte {}: a record that is no text", header.offset()));
            }
        };
        self.written = self.out.write_all(line.as_bytes()).and_then(|()| self.out.write_all(b"\n"));
    }

    fn damage(&mut self, damage: Damage) {
        self.damages.add(|| damage.to_string());
    }
}

/// The same line with the secrets of its data redacted.
///
/// Not only of fields called CommandLine: services, tasks and WMI consumers carry command lines under many names.
fn without_secrets(line: &[u8]) -> Cow<'_, [u8]> {
    let Ok(mut record) = serde_json::from_slice::<Value>(line) else { return Cow::Borrowed(line) };
    let mut changed = false;
    for section in ["EventData", "UserData"] {
        if let Some(data) = record.get_mut("Event").and_then(|event| event.get_mut(section)) {
            changed |= redact_texts(data);
        }
    }
    if changed { Cow::Owned(record.to_string().into_bytes()) } else { Cow::Borrowed(line) }
}

/// The nesting is bounded by the reader that made the JSON.
fn redact_texts(value: &mut Value) -> bool {
    match value {
        Value::String(text) => match redact(text) {
            Cow::Borrowed(_) => false,
            Cow::Owned(redacted) => {
                let changed = *text != redacted;
                *text = redacted;
                changed
            }
        },
        Value::Array(items) => items.iter_mut().fold(false, |changed, item| redact_texts(item) | changed),
        Value::Object(fields) => {
            fields.values_mut().fold(false, |changed, field| redact_texts(field) | changed)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn tell(message: &str) {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(io::stderr().lock(), "{}", visible(message));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(line: &str) -> String {
        String::from_utf8(without_secrets(line.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn secrets_of_the_data_are_taken_out_and_all_else_stays_byte_for_byte() {
        let harmless = r#"{"Event":{"System":{"EventID":4688},"EventData":{"Z":"net  user bob","A":1.50}}}"#;
        assert_eq!(redacted(harmless), harmless);
        let secret = r#"{"Event":{"System":{"EventID":4688},"EventData":{"Z":"x","CommandLine":"net user bob Hunter2! /add"}}}"#;
        let shown = redacted(secret);
        assert!(!shown.contains("Hunter2!") && shown.contains("net user bob"), "{shown}");
        assert!(shown.find("\"Z\"") < shown.find("CommandLine"), "fields keep their order: {shown}");
    }

    #[test]
    fn arrays_and_user_data_are_looked_into() {
        let secret = r#"{"Event":{"UserData":{"Operation":{"Data":["a","net user bob Hunter2! /add"]}}}}"#;
        assert!(!redacted(secret).contains("Hunter2!"));
    }
}

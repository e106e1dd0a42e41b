//! `begat dump`: records as their sources have them, for a curious reader, through the same doors as a hunt.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

use begat_evtx::render;
use begat_ingest::{AnomalyLog, Heading, Source, Verbatim, gather};
use jiff::tz::TimeZone;

use crate::cli::DumpArgs;
use crate::error::Error;
use crate::exit::Status;
use crate::message::Message;
use crate::options::{TimeRange, limits, schemas};
use crate::redaction::{self, Secrets};
use crate::sink::Sink;
use crate::summary;

/// Prints the records of each source, in the order in which they stand there.
pub fn run(args: &DumpArgs) -> Result<Status, Error> {
    let times = TimeRange::new(args.from.as_deref(), args.to.as_deref(), &TimeZone::UTC)?;
    let sink = Sink::new(&args.output)?;
    sink.spare(args.paths.iter().map(PathBuf::as_path))?;
    let limits = limits(args.max_input, args.archive_password_file.as_deref())?;
    let schemas = schemas(&args.schema)?;
    let gathered = gather(&args.paths, &mut io::stdin().lock(), &limits, &schemas);
    let mut problems: BTreeSet<Message> = gathered.problems.iter().map(Message::from).collect();
    if gathered.sources.is_empty() && gathered.skipped.is_empty() && !problems.is_empty() {
        return Err(Error::NoInput { problems: problems.into_iter().collect() });
    }
    let files: Vec<PathBuf> = gathered.sources.iter().map(file_of).collect();
    sink.spare(files.iter().map(PathBuf::as_path))?;
    let mut anomalies = gathered.anomalies;
    let mut seen = Seen::default();
    let written = sink.write(|out| {
        let mut printer =
            Printer { args, times: &times, out, line: Vec::new(), written: Ok(()), seen: &mut seen };
        for source in &gathered.sources {
            let mut take = |heading: &Heading, record: Verbatim<'_>| printer.take(heading, record);
            if let Err(problem) = source.each_record(&schemas, &mut anomalies, &mut take) {
                problems.insert(Message::from(&problem));
            }
            if printer.written.is_err() {
                break;
            }
        }
        printer.written
    });
    tell(&problems, &anomalies, &gathered.skipped, &seen);
    written?;
    // Silence is no answer where nothing was read.
    Ok(if problems.is_empty() && seen.records > 0 { Status::Done } else { Status::Trouble })
}

fn file_of(source: &Source) -> PathBuf {
    // An entry of an archive is told as `archive!entry`.
    PathBuf::from(source.name.split('!').next().unwrap_or(&source.name))
}

fn tell(
    problems: &BTreeSet<Message>,
    anomalies: &AnomalyLog,
    skipped: &[begat_ingest::Skipped],
    seen: &Seen,
) {
    problems.iter().for_each(Message::tell);
    summary::tell_input(anomalies, skipped);
    if seen.not_rendered > 0 {
        summary::warn(&format!("{} records of event logs cannot be rendered", seen.not_rendered));
    }
    if seen.wanted == 0 && seen.records > 0 {
        let all = summary::counted(seen.records, "record", "records");
        summary::warn(&format!("no record fits what was asked for; {all} stood there"));
    }
    if seen.untimed > 0 {
        summary::warn(&format!(
            "{} records tell no time, or none with a zone: `--from` and `--to` leave them in",
            seen.untimed
        ));
    }
}

/// What was met.
#[derive(Debug, Default)]
struct Seen {
    records: u64,
    /// Those that were asked for.
    wanted: u64,
    /// In spite of a range of times.
    untimed: u64,
    not_rendered: u64,
}

struct Printer<'a, 'out> {
    args: &'a DumpArgs,
    times: &'a TimeRange,
    out: &'a mut (dyn Write + 'out),
    line: Vec<u8>,
    written: io::Result<()>,
    seen: &'a mut Seen,
}

impl Printer<'_, '_> {
    /// Prints a record that is asked for; whether somebody still reads.
    fn take(&mut self, heading: &Heading, record: Verbatim<'_>) -> bool {
        self.seen.records += 1;
        if self.is_wanted(heading) {
            self.seen.wanted += 1;
            self.seen.untimed += u64::from(heading.at.is_none() && self.times.is_bounded());
            self.written = match record {
                Verbatim::Stored(record) => self.stored(record),
                Verbatim::Text(text) => self.text(text),
            };
        }
        self.written.is_ok()
    }

    fn is_wanted(&self, heading: &Heading) -> bool {
        let (event_ids, record_ids) = (&self.args.event_id, &self.args.record_id);
        (event_ids.is_empty() || heading.event_id.is_some_and(|id| event_ids.contains(&id)))
            && (record_ids.is_empty() || heading.record_id.is_some_and(|id| record_ids.contains(&id)))
            && self.times.holds(heading.at)
    }

    fn stored(&mut self, record: &begat_evtx::Record<'_>) -> io::Result<()> {
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        let rendered = render::json(record, &mut line).is_ok();
        let written = match std::str::from_utf8(&line).ok().filter(|_| rendered) {
            Some(json) => self.text(json),
            None => {
                self.seen.not_rendered += 1;
                Ok(())
            }
        };
        self.line = line;
        written
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        let secrets = if self.args.show_secrets { Secrets::Shown } else { Secrets::Hidden(&[]) };
        let shown = redaction::readable(text, secrets);
        self.out.write_all(shown.as_bytes()).and_then(|()| self.out.write_all(b"\n"))
    }
}

//! `begat policy check`: what is wrong with a policy, and which of its entries are expired, too wide or unused.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use begat_model::{Precision, Timestamp};
use begat_policy::{Complaints, History, Moment, Policy, audit, read_cases};

use super::answers::audit::{write, write_complaint, write_lines};
use crate::cli::{PolicyCheckArgs, PolicyFormat};
use crate::error::Error;
use crate::exit::Status;
use crate::message::Message;
use crate::options::{Display, Input};
use crate::pipeline;
use crate::progress::Progress;
use crate::sink::Sink;
use crate::site::read_policy;
use crate::summary;

/// Checks, and tells.
pub fn run(args: &PolicyCheckArgs) -> Result<Status, Error> {
    let display = Display::new(&args.display, &args.output)?;
    let sink = Sink::new(&args.output)?;
    sink.spare(args.cases.iter().chain([&args.policy]).map(PathBuf::as_path))?;
    let file = args.policy.display().to_string();
    let policy = match read_policy("FILE", &args.policy)? {
        Ok(policy) => policy,
        Err(complaints) => return refuse(&complaints, args.format, sink),
    };
    let today = today(args, &policy)?;
    let mut use_of_entries = UseOfEntries::default();
    use_of_entries.look(args, &sink, display.progress)?;
    let audit = audit(&policy, use_of_entries.history.as_ref(), today);
    sink.write(|out| match args.format {
        PolicyFormat::Table => write(&audit, &file, &display.page, out),
        PolicyFormat::Jsonl => write_lines(&audit, &file, out),
    })?;
    let of_policy = if audit.has_remarks() { Status::FailOnMet } else { Status::Done };
    Ok(if use_of_entries.is_incomplete { Status::Trouble } else { of_policy })
}

/// A policy that cannot be used has no entries to speak of.
fn refuse(complaints: &Complaints, format: PolicyFormat, sink: Sink) -> Result<Status, Error> {
    sink.write(|out| match format {
        PolicyFormat::Table => writeln!(out, "{complaints}"),
        PolicyFormat::Jsonl => {
            complaints.all().iter().try_for_each(|complaint| write_complaint("error", complaint, out))
        }
    })?;
    Ok(Status::Trouble)
}

/// The day that was asked for, from its beginning in the site's zone; else now.
fn today(args: &PolicyCheckArgs, policy: &Policy) -> Result<Timestamp, Error> {
    let Some(text) = &args.today else { return Ok(now()) };
    Moment::parse(text, policy.zone()).map(|moment| moment.first).ok_or_else(|| Error::OptionValue {
        option: "--today",
        value: text.clone(),
        what: "date or time",
        examples: Moment::EXAMPLES,
    })
}

fn now() -> Timestamp {
    let ticks = i64::try_from(jiff::Timestamp::now().as_nanosecond() / 100).unwrap_or(i64::MAX);
    Timestamp::from_unix_ticks(ticks, Precision::SECONDS)
}

/// How the entries were used.
#[derive(Default)]
struct UseOfEntries {
    /// `None` where nothing was given that tells.
    history: Option<History>,
    /// Some of what was given could not be read.
    is_incomplete: bool,
}

impl UseOfEntries {
    fn look(&mut self, args: &PolicyCheckArgs, sink: &Sink, progress: bool) -> Result<(), Error> {
        if !args.paths.is_empty() {
            let input = Input::new(&args.input())?;
            let progress = Progress::new(progress);
            let outcome = pipeline::hunt(&input, &progress)?;
            progress.finish();
            summary::tell_problems(&outcome.totals);
            sink.spare(outcome.totals.sources.iter().map(PathBuf::as_path))?;
            self.is_incomplete |= !outcome.totals.problems.is_empty();
            let history = self.history.get_or_insert_default();
            outcome.cases.iter().for_each(|case| history.add(case));
        }
        args.cases.iter().try_for_each(|path| self.add_cases(path))?;
        match self.history.as_ref().map_or(0, History::left_out) {
            0 => {}
            count => summary::warn(&format!("{count} cases beyond the first million were not counted")),
        }
        Ok(())
    }

    /// Lines that are no cases are told: a wrong file would make every entry look unused.
    fn add_cases(&mut self, path: &Path) -> Result<(), Error> {
        let failed = |source| Error::Cases { path: path.to_owned(), source };
        let mut reader = BufReader::new(File::open(path).map_err(failed)?);
        let read = read_cases(&mut reader, self.history.get_or_insert_default()).map_err(failed)?;
        self.is_incomplete |= read.unreadable > 0;
        let file = path.display().to_string();
        for (line, why) in &read.examples {
            Message::new("this is no case").at(format!("{file}:{line}")).because(why.to_string()).tell();
        }
        let more = read.unreadable.saturating_sub(read.examples.len() as u64);
        if more > 0 {
            Message::new(format!("{more} more lines are no cases")).at(file).tell();
        }
        Ok(())
    }
}

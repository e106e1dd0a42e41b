//! `begat policy try`: what an entry would have allowed, before it is trusted.

use std::path::{Path, PathBuf};

use begat_policy::{Entry, Policy, try_entry};

use super::answers::WHAT_ATTACKERS_LACK;
use super::answers::trial::{write, write_lines};
use crate::cli::{PolicyFormat, PolicyTryArgs};
use crate::error::Error;
use crate::exit::Status;
use crate::message::Message;
use crate::options::{Display, Input};
use crate::pipeline;
use crate::progress::Progress;
use crate::sink::Sink;
use crate::summary;

/// Names offered where none fits.
const NAMES_OFFERED_MAX: usize = 20;

/// Hunts, and holds the entry against what was found and against every attack.
pub fn run(args: &PolicyTryArgs) -> Result<Status, Error> {
    let display = Display::new(&args.display, &args.output)?;
    let sink = Sink::new(&args.output)?;
    let mut input = args.input.clone();
    if input.site.policy.is_none() && !Path::new(&args.entry).exists() {
        return Err(Error::EntryIsNoFile { name: args.entry.clone() });
    }
    // Without a policy beside it ENTRY is a file, and that is the policy.
    let file = input.site.policy.get_or_insert_with(|| PathBuf::from(&args.entry)).clone();
    sink.spare([file.as_path()])?;
    let mut input = Input::new(&input)?;
    // What is tried is judged by itself, as if the rest of the policy were not there.
    let policy = input.site.policy.take().unwrap_or_default();
    let entry = find(args, &policy)?;
    let progress = Progress::new(display.progress);
    let outcome = pipeline::hunt(&input, &progress)?;
    progress.finish();
    summary::tell_problems(&outcome.totals);
    sink.spare(outcome.totals.sources.iter().map(PathBuf::as_path))?;
    let trial = try_entry(&policy, entry, &outcome.cases);
    sink.write(|out| match args.format {
        PolicyFormat::Table => write(&trial, &display.page, out),
        PolicyFormat::Jsonl => write_lines(&trial, out),
    })?;
    let found = if trial.is_refused() { told_refusal(entry, args.force) } else { Status::Done };
    Ok(found.or_trouble(!outcome.totals.problems.is_empty()))
}

/// The entry of that name, or the only one of the file.
fn find<'p>(args: &PolicyTryArgs, policy: &'p Policy) -> Result<&'p Entry, Error> {
    let known =
        || policy.entries().iter().map(|entry| entry.name().to_string()).take(NAMES_OFFERED_MAX).collect();
    match (&args.input.site.policy, policy.entries()) {
        (Some(_), _) => policy
            .entry(&args.entry)
            .ok_or_else(|| Error::EntryUnknown { name: args.entry.clone(), known: known() }),
        (None, [only]) => Ok(only),
        (None, entries) => {
            Err(Error::NotOneEntry { path: PathBuf::from(&args.entry), count: entries.len(), known: known() })
        }
    }
}

fn told_refusal(entry: &Entry, is_forced: bool) -> Status {
    let name = entry.name();
    if is_forced {
        let what = format!("`{name}` would allow attacks; it is accepted all the same, because of `--force`");
        Message::new(what).warn();
        return Status::Done;
    }
    Message::new(format!("`{name}` is refused"))
        .because("it would allow attacks")
        .hint(WHAT_ATTACKERS_LACK)
        .tell();
    Status::FailOnMet
}

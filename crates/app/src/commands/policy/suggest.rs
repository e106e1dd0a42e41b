//! `begat policy suggest`: entries to think about, from what repeats and looks like no attack.

use std::collections::BTreeSet;
use std::path::PathBuf;

use begat_policy::{Policy, suggest};

use super::answers::suggestions;
use crate::cli::PolicySuggestArgs;
use crate::error::Error;
use crate::exit::Status;
use crate::options::{Display, Input};
use crate::pipeline;
use crate::progress::Progress;
use crate::sink::Sink;
use crate::summary;

/// Hunts, and proposes.
pub fn run(args: &PolicySuggestArgs) -> Result<Status, Error> {
    let display = Display::new(&args.display, &args.output)?;
    let sink = Sink::new(&args.output)?;
    let input = Input::new(&args.input)?;
    sink.spare(input.site.files.iter().map(PathBuf::as_path))?;
    let entries = input.site.policy.iter().flat_map(Policy::entries);
    let taken: BTreeSet<String> = entries.map(|entry| entry.name().to_string()).collect();
    let progress = Progress::new(display.progress);
    let outcome = pipeline::hunt(&input, &progress)?;
    progress.finish();
    summary::tell_problems(&outcome.totals);
    sink.spare(outcome.totals.sources.iter().map(PathBuf::as_path))?;
    let suggestions = suggest(&outcome.cases, &taken);
    sink.write(|out| suggestions::write(&suggestions, out))?;
    Ok(Status::Done.or_trouble(!outcome.totals.problems.is_empty()))
}

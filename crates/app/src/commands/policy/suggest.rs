//! `begat policy suggest`: entries to think about, from what repeats and looks like no attack.

use std::collections::BTreeSet;
use std::path::PathBuf;

use begat_report::policy::suggest::{suggest, write_suggestions};

use super::read_policy;
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
    sink.spare(args.policy.as_deref())?;
    let policy = args.policy.as_deref().map(read_policy).transpose()?;
    let mut input = Input::new(&args.input)?;
    let mut taken = BTreeSet::new();
    if let Some(policy) = &policy {
        input = input.tuned_by(policy);
        taken.extend(policy.entries().iter().map(|entry| entry.name().to_string()));
    }
    let progress = Progress::new(display.progress);
    let mut outcome = pipeline::hunt(&input, &progress)?;
    progress.finish();
    summary::tell_problems(&outcome.totals);
    sink.spare(outcome.totals.sources.iter().map(PathBuf::as_path))?;
    if let Some(policy) = &policy {
        for case in &mut outcome.cases {
            policy.apply(case);
        }
    }
    let suggestions = suggest(&outcome.cases, &taken);
    sink.write(|out| write_suggestions(&suggestions, out))?;
    Ok(super::status(&outcome.totals, Status::Done))
}

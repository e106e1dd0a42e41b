//! `begat hunt`: a case for each account created, or what was heard where there is none.

use std::path::PathBuf;
use std::time::Instant;

use begat_model::case::Case;
use begat_report::{CaseView, write_coverage};

use crate::cli::HuntArgs;
use crate::error::Error;
use crate::exit::Status;
use crate::options::{Hunt, Verbosity};
use crate::pipeline::{self, Outcome, Totals};
use crate::progress::Progress;
use crate::sink::Sink;
use crate::summary::{self, Written};

/// Hunts, writes, and tells how it went.
pub fn run(args: &HuntArgs) -> Result<Status, Error> {
    let options = Hunt::new(args)?;
    let sink = Sink::new(&args.output)?;
    options.warnings.iter().for_each(|warning| summary::warn(warning));
    let began = Instant::now();
    let progress = Progress::new(options.display.progress);
    let outcome = pipeline::hunt(&options.input, &progress)?;
    progress.finish();
    let took = began.elapsed();
    let Outcome { cases, coverage, totals } = outcome;
    sink.spare(totals.sources.iter().map(PathBuf::as_path))?;
    let found_none = cases.is_empty();
    let (cases, left_out): (Vec<Case>, Vec<Case>) =
        cases.into_iter().partition(|case| options.filters.keep(case));
    let written = sink.write(|out| {
        if found_none && options.format.for_people {
            return write_coverage(&coverage, &options.display.page, out);
        }
        (options.format.write)(&mut cases.iter().map(CaseView::from), &options.display.page, out)
    });
    if found_none && !options.format.for_people && options.display.verbosity > Verbosity::Quiet {
        let page = options.display.page_of_messages();
        let _ = write_coverage(&coverage, &page, &mut std::io::stderr().lock());
    }
    let told = Written { cases: &cases, left_out: left_out.len() };
    summary::tell(&totals, &told, took, options.display.verbosity);
    match written {
        // The reader has seen enough; what the hunt came to stands all the same.
        Err(error) if error.is_closed_pipe() => {}
        other => other?,
    }
    Ok(status(&totals, &cases, &options))
}

fn status(totals: &Totals, cases: &[Case], options: &Hunt) -> Status {
    let fail_on_met = options.fail_on.is_some_and(|level| cases.iter().any(|case| case.severity >= level));
    let of_cases = if fail_on_met { Status::FailOnMet } else { Status::Done };
    let of_inputs = if totals.problems.is_empty() { Status::Done } else { Status::Trouble };
    of_cases.max(of_inputs)
}

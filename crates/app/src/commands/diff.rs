//! `begat diff`: what is new, gone and changed between the output of two hunts.

use std::io::{self, Write};
use std::path::Path;

use begat_model::visible::visible;
use begat_report::diff::{Comparison, Counts, DiffFormat};

use crate::cli::DiffArgs;
use crate::error::Error;
use crate::exit::Status;
use crate::options::{Display, Verbosity, usual_format};
use crate::records;
use crate::sink::Sink;
use crate::summary;

/// Compares, writes, and tells how many there are of each.
pub fn run(args: &DiffArgs) -> Result<Status, Error> {
    let display = Display::new(&args.display, &args.output)?;
    let sink = Sink::new(&args.output)?;
    if args.earlier == Path::new("-") && args.later == Path::new("-") {
        return Err(Error::StandardInputTwice);
    }
    sink.spare([&*args.earlier, &*args.later])?;
    summary::tell_format(args.format.is_some(), &args.output, display.verbosity);
    let format = args
        .format
        .or_else(|| DiffFormat::named(usual_format(&args.output)))
        .expect("both are in the table of formats");
    let mut comparison = Comparison::default();
    records::read_told(&args.earlier, &mut |record| comparison.earlier(&record))?;
    records::read_told(&args.later, &mut |record| comparison.later(record))?;
    let (differences, counts) = comparison.finish();
    sink.write(|out| (format.write)(&differences, &display.page, out))?;
    if display.verbosity > Verbosity::Quiet {
        tell(&in_short(&counts));
    }
    if counts.not_compared > 0 {
        tell(&format!("warning: no room to compare {} cases and findings", counts.not_compared));
    }
    Ok(if args.exit_code && !counts.is_same() { Status::FailOnMet } else { Status::Done })
}

fn in_short(counts: &Counts) -> String {
    let Counts { same, new, changed, gone, repeated, .. } = counts;
    let repeated = if *repeated > 0 { format!(", {repeated} repeated") } else { String::new() };
    format!("compared: {new} new, {changed} changed, {gone} gone, {same} the same{repeated}")
}

fn tell(message: &str) {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(io::stderr().lock(), "{}", visible(message));
}

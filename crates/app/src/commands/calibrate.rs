//! `begat calibrate`: what a window from process start to account creation catches here, and whom it blames.

use std::path::PathBuf;

use begat_report::CalibrationFormat;

use crate::cli::CalibrateArgs;
use crate::error::Error;
use crate::exit::Status;
use crate::options::{Display, Input, shown_on_terminal};
use crate::pipeline;
use crate::progress::Progress;
use crate::sink::Sink;
use crate::summary;

/// Hunts what was typed, and tells how long creators had run.
pub fn run(args: &CalibrateArgs) -> Result<Status, Error> {
    let display = Display::new(&args.display, &args.output)?;
    let sink = Sink::new(&args.output)?;
    let input = Input::new(&args.input)?;
    let usual = if shown_on_terminal(&args.output) { "table" } else { "json" };
    let format =
        args.format.or_else(|| CalibrationFormat::named(usual)).expect("both are in the table of formats");
    let progress = Progress::new(display.progress);
    let outcome = pipeline::hunt(&input, &progress)?;
    progress.finish();
    sink.spare(outcome.totals.sources.iter().chain(&input.site.files).map(PathBuf::as_path))?;
    let calibration = begat_engine::calibrate(&outcome.cases, &outcome.rates, input.tuning.window);
    sink.write(|out| (format.write)(&calibration, &display.page, out))?;
    summary::tell_problems(&outcome.totals);
    Ok(Status::Done.or_trouble(!outcome.totals.were_read()))
}

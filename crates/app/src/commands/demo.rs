//! `begat demo`: what comes out, seen before any log is at hand.

use std::io::{self, Write};

use begat_report::EXPLAIN_FORMATS;

use crate::cli::DemoArgs;
use crate::commands::{explain, hunt};
use crate::demo::FILES;
use crate::error::Error;
use crate::exit::Status;
use crate::options::{Display, Hunt, Input, Verbosity};

const NEXT: &str =
    "next: `begat demo ID` says why, by the id in the row `case`; `begat hunt PATH` hunts your own logs";

/// Hunts the demonstration, or explains one of its cases.
pub fn run(args: &DemoArgs) -> Result<Status, Error> {
    let mut display = Display::new(&args.display, &args.output)?;
    display.page.sections.clone_from(&args.only);
    let input = Input::built_in(FILES);
    if let Some(id) = &args.id {
        return explain::from_logs(id, &EXPLAIN_FORMATS[0], &input, &display, &args.output);
    }
    let is_quiet = display.verbosity == Verbosity::Quiet;
    let status = hunt::hunt(&Hunt::of_all(input, args.format, display), &args.output)?;
    if !is_quiet {
        // Where standard error is closed there is nobody to tell.
        let _ = writeln!(io::stderr().lock(), "{NEXT}");
    }
    Ok(status)
}

//! `begat document`: the detection's own document, from what is known of a site.

mod rehearsed;
mod stories;

use std::path::PathBuf;

use begat_attack::query::{Library, Wanted};
use begat_policy::Policy;
use begat_report::{DOCUMENT_FORMATS, Document, DocumentFormat, Mitigation};

use crate::cli::{DocumentArgs, OutputArgs};
use crate::commands::readiness::look;
use crate::error::Error;
use crate::exit::Status;
use crate::options::{Display, Input};
use crate::sink::Sink;
use crate::summary;

/// What ATT&CK names against T1136.001.
const MITIGATIONS: &[&str] = &["M1026", "M1032"];

/// Hunts, runs the casebook, and writes.
pub fn run(args: &DocumentArgs) -> Result<Status, Error> {
    let display = Display::new(&args.display, &args.output)?;
    let format = format(&args.output)?;
    let sink = Sink::new(&args.output)?;
    let input = Input::new(&args.input)?;
    let rehearsed = args.rehearsed.as_deref().map(rehearsed::read).transpose()?;
    input.site.warnings.iter().for_each(|warning| summary::warn(warning));
    let looked = look(&args.input, &input, display.progress)?;
    let totals = &looked.outcome.totals;
    let read = totals.sources.iter().chain(&input.site.files).chain(&args.rehearsed);
    sink.spare(read.map(PathBuf::as_path))?;
    let stories = stories::run(&input)?;
    let policy = args.input.site.policy.as_ref().map(|path| path.display().to_string());
    let sigma: Vec<String> =
        args.input.sigma.iter().chain(&input.site.sigma_rules).map(|it| it.display().to_string()).collect();
    let document = Document {
        readiness: &looked.readiness,
        hosts: &looked.hosts,
        cases: &looked.outcome.cases,
        analytic: &input.tuning.analytic,
        window_source: window_source(args, &input),
        policy: policy.as_deref(),
        sigma: &sigma,
        stories: &stories,
        calibration: &begat_engine::calibrate(
            &looked.outcome.cases,
            &looked.outcome.rates,
            input.tuning.window,
        ),
        rehearsed: rehearsed.as_ref(),
        mitigations: &mitigations()?,
        tool: concat!("begat ", env!("CARGO_PKG_VERSION")),
    };
    sink.write(|out| (format.write)(&document, &display.page, out))?;
    summary::tell_problems(totals);
    Ok(Status::Done.or_trouble(!totals.were_read()))
}

/// By how the file ends; standard output gets the first.
fn format(output: &OutputArgs) -> Result<&'static DocumentFormat, Error> {
    let Some(path) = &output.output else { return Ok(&DOCUMENT_FORMATS[0]) };
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let is_its = |format: &&DocumentFormat| format.ending == ending;
    DOCUMENT_FORMATS.iter().find(is_its).ok_or_else(|| Error::OptionValue {
        option: "--output",
        value: path.display().to_string(),
        what: "file that ends in .md or .html",
        examples: "detection.md, detection.html",
    })
}

fn window_source(args: &DocumentArgs, input: &Input) -> &'static str {
    let of_policy = input.site.policy.as_ref().and_then(Policy::window);
    match (&args.input.window, of_policy) {
        (Some(_), _) => "typed on the command line",
        (None, Some(_)) => "from the policy",
        (None, None) => "begat's default, the upper end of ATT&CK's example range",
    }
}

/// From the facts that are built in: an import changes nothing here, so that the document is the same on every machine.
fn mitigations() -> Result<Vec<Mitigation>, Error> {
    let library = Library::open(None)?;
    let mut mitigations = Vec::new();
    for id in MITIGATIONS {
        let (shelf, row) = library.find(id, Wanted { domain: None, release: None })?;
        let object = shelf.object(&row)?;
        let release = object.taken_from.as_ref().map_or_else(String::new, |taken| taken.release.to_string());
        mitigations.push(Mitigation {
            id: (*id).to_owned(),
            name: object.name.clone().unwrap_or_else(|| (*id).to_owned()),
            release,
        });
    }
    Ok(mitigations)
}

//! `begat explain`: the reasoning of one case, or what is known of one finding, found again by its id: on the same logs,
//! or in what a hunt wrote of them.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use begat_model::case::{Case, Finding};
use begat_model::visible::visible;
use begat_report::diff::Record;
use begat_report::{CaseView, EXPLAIN_FORMATS, ExplainFormat, FindingView, Found, Read, write_record};

use crate::cli::{ExplainArgs, OutputArgs};
use crate::error::Error;
use crate::exit::Status;
use crate::options::{Display, Input};
use crate::originals;
use crate::pipeline;
use crate::progress::Progress;
use crate::records;
use crate::sink::Sink;
use crate::summary;

/// Ids offered where none fits, or several do.
const IDS_OFFERED_MAX: usize = 5;

/// Hunts again, or reads what a hunt wrote, and explains.
pub fn run(args: &ExplainArgs) -> Result<Status, Error> {
    let mut display = Display::new(&args.display, &args.output)?;
    display.page.sections.clone_from(&args.only);
    let paths = &args.input.paths;
    let written = paths.iter().filter(|path| records::holds_records(path)).count();
    match written {
        0 => from_logs(&args.id, args.format, &Input::new(&args.input)?, &display, &args.output),
        all if all == paths.len() => from_records(args, &display),
        _ => Err(Error::RecordsAmongLogs),
    }
}

/// Hunts, and explains.
pub fn from_logs(
    id: &str,
    format: &ExplainFormat,
    input: &Input,
    display: &Display,
    output: &OutputArgs,
) -> Result<Status, Error> {
    let sink = Sink::new(output)?;
    input.site.warnings.iter().for_each(|warning| summary::warn(warning));
    let progress = Progress::new(display.progress);
    let outcome = pipeline::hunt(input, &progress)?;
    progress.finish();
    summary::tell_problems(&outcome.totals);
    sink.spare(outcome.totals.sources.iter().chain(&input.site.files).map(PathBuf::as_path))?;
    let wanted = find(&outcome.cases, &outcome.findings, id)?;
    let again = || {
        let (cases, findings) = wanted.alone();
        originals::read(&outcome.sources, cases, findings, &input.schemas, input.threads)
    };
    let originals = format.shows_records.then(again);
    let read =
        Read { originals: originals.as_ref(), ..outcome.totals.read(&outcome.coverage, input.tuning.window) };
    let found = Found::new(&outcome.cases, &outcome.findings).within(read);
    let page = &display.page;
    match wanted {
        Wanted::Case(case) => {
            sink.write(|out| (format.write_case)(&CaseView::from(case), &found, page, out))?;
        }
        Wanted::Finding(finding) => {
            sink.write(|out| (format.write_finding)(&FindingView::from(finding), page, out))?;
        }
    }
    Ok(if outcome.totals.problems.is_empty() { Status::Done } else { Status::Trouble })
}

/// Tells what a hunt wrote of it; what needs the logs is said to.
fn from_records(args: &ExplainArgs, display: &Display) -> Result<Status, Error> {
    let (id, paths) = (&args.id, &args.input.paths);
    let sink = Sink::new(&args.output)?;
    sink.spare(paths.iter().map(PathBuf::as_path))?;
    for option in options_of_hunts(args) {
        summary::warn(&format!("`{option}` is left aside: it needs the logs, and this is what a hunt wrote"));
    }
    let mut ids: Vec<(String, String)> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut fitting: Vec<(Record, &Path)> = Vec::new();
    let prefix = id.to_ascii_lowercase();
    for path in paths {
        let mut take = |record: Record| {
            if seen.insert(record.id().to_owned()) {
                ids.push((record.id().to_owned(), record.said()));
                if record.id().starts_with(&prefix) {
                    fitting.push((record, path));
                }
            }
        };
        records::read_told(path, &mut take)?;
    }
    let chosen = &ids[choose(&ids, |(id, _)| id, |(id, said)| format!("{id}  {said}"), id)?].0;
    let (record, path) =
        fitting.iter().find(|(record, _)| record.id() == chosen).expect("what is chosen begins so");
    let source = path.display().to_string();
    sink.write(|out| write_record(record, &source, &display.page, out))?;
    Ok(Status::Done)
}

/// What was typed that only a hunt can follow.
fn options_of_hunts(args: &ExplainArgs) -> impl Iterator<Item = &'static str> {
    let is_page = !std::ptr::eq(args.format, &EXPLAIN_FORMATS[0]);
    let args = &args.input;
    let typed = [
        ("--format", is_page),
        ("--window", args.window.is_some()),
        ("--policy", args.site.policy.is_some()),
        ("--inventory", args.site.inventory.is_some()),
        ("--tickets", args.site.tickets.is_some()),
        ("--sigma", !args.sigma.is_empty()),
        ("--schema", !args.reading.schema.is_empty()),
        ("--input-timezone", args.reading.input_timezone.is_some()),
    ];
    typed.into_iter().filter_map(|(option, is_typed)| is_typed.then_some(option))
}

/// What an id can be that of.
#[derive(Debug, Clone, Copy)]
enum Wanted<'a> {
    Case(&'a Case),
    Finding(&'a Finding),
}

impl<'a> Wanted<'a> {
    /// Itself as all that was found.
    fn alone(self) -> (&'a [Case], &'a [Finding]) {
        match self {
            Wanted::Case(case) => (std::slice::from_ref(case), &[]),
            Wanted::Finding(finding) => (&[], std::slice::from_ref(finding)),
        }
    }

    fn id(&self) -> &'a str {
        match self {
            Wanted::Case(case) => &case.case_id,
            Wanted::Finding(finding) => &finding.finding_id,
        }
    }

    /// Its id, with what it is.
    fn offered(&self) -> String {
        match self {
            Wanted::Case(case) => {
                let account = case.account.name.as_deref().or(case.account.created_as.as_deref());
                format!("{}  {} on {}", self.id(), account.unwrap_or("unknown account"), case.host.name)
            }
            Wanted::Finding(finding) => {
                format!("{}  {} on {}", self.id(), finding.kind.slug().replace('_', " "), finding.host.name)
            }
        }
    }
}

/// The case or finding whose id it is, or the only one whose id begins so.
fn find<'a>(cases: &'a [Case], findings: &'a [Finding], id: &str) -> Result<Wanted<'a>, Error> {
    let all: Vec<Wanted<'a>> =
        cases.iter().map(Wanted::Case).chain(findings.iter().map(Wanted::Finding)).collect();
    Ok(all[choose(&all, |wanted| wanted.id(), Wanted::offered, id)?])
}

/// Which of all is meant: that whose id it is, or the only one whose id begins so.
fn choose<T>(
    all: &[T],
    id_of: impl Fn(&T) -> &str,
    offered: impl Fn(&T) -> String,
    id: &str,
) -> Result<usize, Error> {
    let wanted = id.to_ascii_lowercase();
    let offered = |it: &T| visible(&offered(it)).into_owned();
    let fitting: Vec<usize> =
        all.iter().enumerate().filter(|(_, it)| id_of(it).starts_with(&wanted)).map(|(at, _)| at).collect();
    if let Some(exact) = fitting.iter().find(|at| id_of(&all[**at]) == wanted) {
        return Ok(*exact);
    }
    match fitting.as_slice() {
        [only] => Ok(*only),
        [] => {
            let mut nearest: Vec<&T> = all.iter().collect();
            nearest.sort_by_key(|it| (Reverse(alike(id_of(it), &wanted)), id_of(it)));
            let nearest = nearest.into_iter().take(IDS_OFFERED_MAX).map(offered).collect();
            Err(Error::IdUnknown { id: id.to_owned(), nearest })
        }
        several => Err(Error::IdAmbiguous {
            prefix: id.to_owned(),
            count: several.len(),
            fitting: several.iter().take(IDS_OFFERED_MAX).map(|at| offered(&all[*at])).collect(),
        }),
    }
}

/// Characters that agree, place by place: what a slip of the hand leaves standing.
fn alike(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).filter(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::guest_enabled;

    #[test]
    fn a_finding_is_found_by_its_id_or_its_beginning() {
        let mut other = guest_enabled();
        other.finding_id = "f1e2000000000000".to_owned();
        let findings = [guest_enabled(), other];
        for id in ["f1e2d3c4b5a69788", "f1e2d", "F1E2D3"] {
            assert_eq!(find(&[], &findings, id).unwrap().id(), "f1e2d3c4b5a69788", "{id}");
        }
        let Err(Error::IdAmbiguous { count, fitting, .. }) = find(&[], &findings, "f1e2") else { panic!() };
        assert_eq!((count, fitting[0].as_str()), (2, "f1e2d3c4b5a69788  guest enabled on FS03.corp.example"));
        let Err(Error::IdUnknown { nearest, .. }) = find(&[], &findings, "f1e2d3c4b5a69789") else {
            panic!()
        };
        assert!(nearest[0].starts_with("f1e2d3c4b5a69788  "), "{nearest:?}");
    }
}

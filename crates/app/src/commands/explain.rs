//! `begat explain`: the reasoning of one case, or what is known of one finding, found again by its id on the same inputs.

use std::cmp::Reverse;
use std::path::PathBuf;

use begat_model::case::{Case, Finding};
use begat_model::visible::visible;
use begat_report::{CaseView, FindingView, Found, Read};

use crate::cli::ExplainArgs;
use crate::error::Error;
use crate::exit::Status;
use crate::options::{Display, Input};
use crate::pipeline;
use crate::progress::Progress;
use crate::sink::Sink;
use crate::summary;

/// Ids offered where none fits, or several do.
const IDS_OFFERED_MAX: usize = 5;

/// Hunts again, and explains.
pub fn run(args: &ExplainArgs) -> Result<Status, Error> {
    let input = Input::new(&args.input)?;
    let display = Display::new(&args.display, &args.output)?;
    let sink = Sink::new(&args.output)?;
    input.site.warnings.iter().for_each(|warning| summary::warn(warning));
    let progress = Progress::new(display.progress);
    let outcome = pipeline::hunt(&input, &progress)?;
    progress.finish();
    summary::tell_problems(&outcome.totals);
    sink.spare(outcome.totals.sources.iter().chain(&input.site.files).map(PathBuf::as_path))?;
    let read = Read {
        coverage: &outcome.coverage,
        records: outcome.totals.records,
        problems: outcome.totals.problems.len() as u64,
        window: Some(input.tuning.window),
    };
    let found = Found::new(&outcome.cases, &outcome.findings).within(read);
    let page = &display.page;
    match find(&outcome.cases, &outcome.findings, &args.id)? {
        Wanted::Case(case) => {
            sink.write(|out| (args.format.write_case)(&CaseView::from(case), &found, page, out))?;
        }
        Wanted::Finding(finding) => {
            sink.write(|out| (args.format.write_finding)(&FindingView::from(finding), page, out))?;
        }
    }
    Ok(if outcome.totals.problems.is_empty() { Status::Done } else { Status::Trouble })
}

/// What an id can be that of.
#[derive(Debug, Clone, Copy)]
enum Wanted<'a> {
    Case(&'a Case),
    Finding(&'a Finding),
}

impl<'a> Wanted<'a> {
    fn id(self) -> &'a str {
        match self {
            Wanted::Case(case) => &case.case_id,
            Wanted::Finding(finding) => &finding.finding_id,
        }
    }

    /// Its id, with what it is.
    fn offered(self) -> String {
        let told = match self {
            Wanted::Case(case) => {
                let account = case.account.name.as_deref().or(case.account.created_as.as_deref());
                format!("{}  {} on {}", self.id(), account.unwrap_or("unknown account"), case.host.name)
            }
            Wanted::Finding(finding) => {
                format!("{}  {} on {}", self.id(), finding.kind.slug().replace('_', " "), finding.host.name)
            }
        };
        visible(&told).into_owned()
    }
}

/// The case or finding whose id it is, or the only one whose id begins so.
fn find<'a>(cases: &'a [Case], findings: &'a [Finding], id: &str) -> Result<Wanted<'a>, Error> {
    let wanted = id.to_ascii_lowercase();
    let all = || cases.iter().map(Wanted::Case).chain(findings.iter().map(Wanted::Finding));
    let fitting: Vec<Wanted<'_>> = all().filter(|it| it.id().starts_with(&wanted)).collect();
    if let Some(exact) = fitting.iter().find(|it| it.id() == wanted) {
        return Ok(*exact);
    }
    match fitting.as_slice() {
        [only] => Ok(*only),
        [] => {
            let mut nearest: Vec<Wanted<'_>> = all().collect();
            nearest.sort_by_key(|it| (Reverse(alike(it.id(), &wanted)), it.id()));
            let nearest = nearest.into_iter().take(IDS_OFFERED_MAX).map(Wanted::offered).collect();
            Err(Error::IdUnknown { id: id.to_owned(), nearest })
        }
        several => Err(Error::IdAmbiguous {
            prefix: id.to_owned(),
            count: several.len(),
            fitting: several.iter().take(IDS_OFFERED_MAX).map(|it| it.offered()).collect(),
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

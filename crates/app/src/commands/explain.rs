//! `begat explain`: the reasoning of one case, found again by its id on the same inputs.

use std::path::PathBuf;

use begat_model::case::Case;
use begat_report::visible::visible;
use begat_report::{CaseView, write_explanation};

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
    let progress = Progress::new(display.progress);
    let outcome = pipeline::hunt(&input, &progress)?;
    progress.finish();
    summary::tell_problems(&outcome.totals);
    sink.spare(outcome.totals.sources.iter().map(PathBuf::as_path))?;
    let case = find(&outcome.cases, &args.case_id)?;
    sink.write(|out| write_explanation(&CaseView::from(case), &display.page, out))?;
    Ok(if outcome.totals.problems.is_empty() { Status::Done } else { Status::Trouble })
}

/// The case whose id it is, or the only one whose id begins so.
fn find<'a>(cases: &'a [Case], case_id: &str) -> Result<&'a Case, Error> {
    let wanted = case_id.to_ascii_lowercase();
    let fitting: Vec<&Case> = cases.iter().filter(|case| case.case_id.starts_with(&wanted)).collect();
    if let Some(exact) = fitting.iter().find(|case| case.case_id == wanted) {
        return Ok(exact);
    }
    match fitting.as_slice() {
        [case] => Ok(case),
        [] => {
            let mut nearest: Vec<&Case> = cases.iter().collect();
            nearest
                .sort_by_key(|case| (std::cmp::Reverse(alike(&case.case_id, &wanted)), case.case_id.clone()));
            let nearest = nearest.into_iter().take(IDS_OFFERED_MAX).map(offered).collect();
            Err(Error::CaseUnknown { case_id: case_id.to_owned(), nearest })
        }
        several => Err(Error::CaseAmbiguous {
            prefix: case_id.to_owned(),
            count: several.len(),
            fitting: several.iter().take(IDS_OFFERED_MAX).map(|case| offered(case)).collect(),
        }),
    }
}

/// Characters that agree, place by place: what a slip of the hand leaves standing.
fn alike(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).filter(|(a, b)| a == b).count()
}

fn offered(case: &Case) -> String {
    let account =
        case.account.name.as_deref().or(case.account.created_as.as_deref()).unwrap_or("unknown account");
    visible(&format!("{}  {account} on {}", case.case_id, case.host.name)).into_owned()
}

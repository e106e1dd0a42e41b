//! The report as one HTML file: opens from disk, mails, prints; needs no network, and no script to be read.
//!
//! `document` is the frame with its policy, `first_screen` what an executive reads, `cases` and `case` what a responder
//! works from, `tree`, `timeline` and `pictures` what is drawn, `records` what it rests on, `around` and
//! `ties` what it stands among, `hosts` what was heard from whom, `attack` what all this is in ATT&CK, `pieces` the small parts that all of
//! them share. A page of a thousand cases is mailed: every element counts.

mod around;
mod attack;
mod case;
mod cases;
pub(crate) mod document;
mod findings;
mod first_screen;
mod hosts;
mod pictures;
mod pieces;
mod records;
pub(crate) mod sight;
mod ties;
mod timeline;
mod tree;

use std::io::{self, Write};

use crate::html::around::Around;
use crate::view::{CaseView, FindingView, Found};
use crate::words::page::Page;

/// Writes all that was found, in its order, and what it was found in.
pub(crate) fn write(found: &Found<'_>, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let cases: Vec<CaseView<'_>> = found.cases().collect();
    let hosts = hosts::blindest_first(found.read().coverage);
    let around = Around::of(found, &cases);
    let body = maud::html! {
        (first_screen::render(found, &cases, &hosts, page))
        (cases::render(&around, &cases, page))
        (findings::render(found, page))
        (hosts::render(&hosts, &around.ties, page))
        (attack::render(&cases))
    };
    document::write("Who made these accounts", document::Subject::Cases, &body, page, out)
}

/// Writes one case as a page of its own.
pub(crate) fn write_case(
    case: &CaseView<'_>,
    found: &Found<'_>,
    page: &Page,
    out: &mut dyn Write,
) -> io::Result<()> {
    let body =
        maud::html! { main { (case::alone(case, &Around::alone(found), page)) (attack::render([case])) } };
    let account = case.account.name.or(case.account.created_as).unwrap_or("an account");
    document::write(&format!("{account} on {}", case.host.name), document::Subject::Cases, &body, page, out)
}

/// Writes one finding as a page of its own.
pub(crate) fn write_finding(finding: &FindingView<'_>, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let body = maud::html! { main { (findings::alone(finding, page)) } };
    document::write(finding.kind.doc(), document::Subject::Cases, &body, page, out)
}

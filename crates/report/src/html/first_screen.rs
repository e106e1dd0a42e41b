//! The first screen: what was hunted and found, what needs a person now, what could not be seen. An executive reads to
//! its end, and it fits one printed page.

use begat_model::coverage::HostCoverage;
use maud::{Markup, html};

use crate::html::pictures;
use crate::html::pieces::{is_proven, level, time};
use crate::view::{AuthorisationStatus, CaseView, FindingView, Found, Order, Severity};
use crate::words::headline::headline;
use crate::words::page::Page;
use crate::words::wording::{counted, grouped, name, sentence};

/// What is told of what needs a person now; the rest is counted.
const URGENT_MAX: usize = 5;

pub(super) fn render(
    found: &Found<'_>,
    cases: &[CaseView<'_>],
    hosts: &[&HostCoverage],
    page: &Page,
) -> Markup {
    html! {
        section #first aria-labelledby="first-h" {
            h1 #first-h { (answer(found, cases)) }
            p.lead { (hunted(found, cases, page)) }
            (urgent(found, cases, page))
            (unseen(found, cases))
            (pictures::render(cases, hosts, page))
            (margin())
        }
    }
}

/// What was found, in a sentence.
fn answer(found: &Found<'_>, cases: &[CaseView<'_>]) -> String {
    if cases.is_empty() {
        let blind = found.read().coverage.iter().any(|host| !host.missing.is_empty());
        let nothing = "No account creation was found";
        return match (found.read().coverage.is_empty(), blind) {
            (true, _) => format!("{nothing}, and none could be: no Windows host was read"),
            (false, true) => format!("{nothing}; there may still have been some, for not all was logged"),
            (false, false) => format!("{nothing}, and the logs have all that is needed to find one"),
        };
    }
    let hosts: std::collections::BTreeSet<&str> = cases.iter().map(|case| case.host.id).collect();
    let worst = cases.iter().map(|case| case.severity).max().unwrap_or(Severity::Informational);
    let urgent = cases.iter().filter(|case| needs_a_person(case)).count() as u64;
    let others = found.findings().filter(|finding| finding.severity >= Severity::Medium).count() as u64;
    let need = match (urgent, counted(others, "other finding", "other findings")) {
        (0, _) if others == 0 => "none of them needs a person today".to_owned(),
        (1, _) if others == 0 => "one of them needs a person".to_owned(),
        (many, _) if others == 0 => format!("{} of them need a person", grouped(many)),
        (0, others) => format!("{others} beside them need a person"),
        (many, others) => format!("{} of them and {others} need a person", grouped(many)),
    };
    let now = if worst == Severity::Critical { " now" } else { "" };
    format!(
        "{} created on {}; {need}{now}",
        counted(cases.len() as u64, "account was", "accounts were"),
        counted(hosts.len() as u64, "host", "hosts")
    )
}

/// Hosts, span and records of the hunt.
fn hunted(found: &Found<'_>, cases: &[CaseView<'_>], page: &Page) -> Markup {
    let read = found.read();
    let first = read.coverage.iter().filter_map(|host| host.first).min();
    let last = read.coverage.iter().filter_map(|host| host.last).max();
    let proven = cases.iter().filter(|case| is_proven(case)).count();
    html! {
        @if !read.coverage.is_empty() {
            "Read: " (counted(read.records, "record", "records")) " of "
            (counted(read.coverage.len() as u64, "host", "hosts"))
            @if let (Some(first), Some(last)) = (first, last) { ", from " (time(first, page)) " to " (time(last, page)) }
            ". "
        }
        @if !cases.is_empty() {
            "Who made the account is proven for " (grouped(proven as u64)) " of " (grouped(cases.len() as u64)) ". "
        }
        @if read.problems > 0 {
            strong { (counted(read.problems, "input", "inputs")) " could not be read: what was in it is in no figure here." }
        }
    }
}

/// It matters, and nothing allows it.
fn needs_a_person(case: &CaseView<'_>) -> bool {
    case.severity >= Severity::Medium && case.authorisation.status != AuthorisationStatus::Authorised
}

fn urgent(found: &Found<'_>, cases: &[CaseView<'_>], page: &Page) -> Markup {
    enum Urgent<'all, 'a> {
        Case(&'all CaseView<'a>),
        Finding(Box<FindingView<'a>>),
    }
    let findings = found.findings().filter(|finding| finding.severity >= Severity::Medium);
    let mut all: Vec<_> = cases.iter().filter(|case| needs_a_person(case)).map(Urgent::Case).collect();
    all.extend(findings.map(|finding| Urgent::Finding(Box::new(finding))));
    // Whatever the order of the list below.
    all.sort_by_key(|it| match it {
        Urgent::Case(case) => Order::worst_first(case.severity, case.risk.score),
        Urgent::Finding(finding) => Order::worst_first(finding.severity, 0),
    });
    let more = all.len().saturating_sub(URGENT_MAX);
    html! {
        @if !all.is_empty() {
            h2 { "What needs a person now" }
            ol.urgent {
                @for it in all.iter().take(URGENT_MAX) {
                    @match it {
                        Urgent::Case(case) => {
                            @let said = headline(case, page);
                            li { (level(case.severity)) " " a href={"#case-" (case.case_id)} { b { (said.account) } (said.rest) } }
                        }
                        Urgent::Finding(finding) => {
                            li {
                                (level(finding.severity)) " "
                                a href={"#finding-" (finding.finding_id)} {
                                    b { (name(finding.host.name)) } ": " (sentence(&page.said(finding.summary)))
                                    @if let Some(at) = finding.at { " At " (page.time_to_the_second(at)) "." }
                                }
                            }
                        }
                    }
                }
            }
            @if more > 0 { p { a href="#cases" { (grouped(more as u64)) " more" } " in the lists below." } }
        }
    }
}

/// What could not be seen, in a sentence.
fn unseen(found: &Found<'_>, cases: &[CaseView<'_>]) -> Markup {
    let read = found.read();
    let blind = read.coverage.iter().filter(|host| !host.missing.is_empty()).count() as u64;
    let dim = cases.iter().filter(|case| !is_proven(case)).count() as u64;
    html! {
        h2 { "What could not be seen" }
        p {
            @match blind {
                0 if read.coverage.is_empty() => "What each host logged was not read for this page. ",
                0 => "Every host logged something of all that is needed. ",
                blind => {
                    (counted(blind, "host", "hosts")) " of " (grouped(read.coverage.len() as u64))
                    " did not log all that is needed to see an account created and by what (" a href="#hosts" { "which" } "). "
                }
            }
            @if dim > 0 {
                (counted(dim, "creation", "creations")) " could not be tied to what made it for certain; each says why."
            }
        }
    }
}

/// The words that a reader who is no technician meets here.
fn margin() -> Markup {
    const WORDS: &[(&str, &str)] = &[
        (
            "local account",
            "A user that one computer knows and no directory manages: whoever made it can come back.",
        ),
        (
            "proven",
            "A record shows the very act: the command that named the account, or a lookup of it by that program.",
        ),
        ("likely", "One program stands out, and no record shows the act by it."),
        (
            "allowed",
            "The site's own policy or a change ticket covers it; that does not make it true or false.",
        ),
        ("not seen", "The log was off, cut or lost there: nothing found is then no answer."),
    ];
    html! {
        details.words {
            summary { "What the words mean" }
            dl { @for (word, means) in WORDS { dt { (word) } dd { (means) } } }
        }
    }
}

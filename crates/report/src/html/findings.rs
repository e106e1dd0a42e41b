//! What is worth a look without being a recorded creation.

use maud::{Markup, html};

use crate::html::pieces::{level, process, time};
use crate::html::records;
use crate::view::{FindingView, Found, Originals};
use crate::words::page::Page;
use crate::words::wording;

pub(super) fn render(found: &Found<'_>, page: &Page) -> Markup {
    let findings: Vec<FindingView<'_>> = found.findings().collect();
    html! {
        @if !findings.is_empty() {
            section #findings aria-labelledby="findings-h" {
                h2 #findings-h { "Other findings" }
                @for finding in &findings {
                    details.case id={"finding-" (finding.finding_id)} {
                        summary { (level(finding.severity)) " " (title(finding, page)) }
                        div.body { (body(finding, found.read().originals, page)) }
                    }
                }
            }
        }
    }
}

/// A finding on a page of its own.
pub(super) fn alone(finding: &FindingView<'_>, page: &Page) -> Markup {
    html! {
        section.case #cases aria-labelledby="case-h" {
            h1 #case-h { (title(finding, page)) }
            p { (level(finding.severity)) }
            (body(finding, None, page))
        }
    }
}

fn title(finding: &FindingView<'_>, page: &Page) -> Markup {
    html! {
        b { (wording::finding_kind(finding.kind)) } " on " (wording::name(finding.host.name)) ": "
        (wording::sentence(&page.said(finding.summary)))
    }
}

fn body(finding: &FindingView<'_>, originals: Option<&Originals>, page: &Page) -> Markup {
    html! {
        p {
            @match finding.at { Some(at) => { "At " (time(at, page)) ". " }, None => "At a time that cannot be read. " }
            (finding.kind.doc()) "; it is no recorded creation."
        }
        @if let Some(account) = &finding.account { p { "Account: " (wording::principal(account)) } }
        @if let Some(actor) = &finding.actor { p { "By: " (wording::actor_account(actor)) } }
        @if let Some(it) = &finding.process { p { "Process: " (process(it, page)) } }
        (records::render(&finding.events, originals, page))
    }
}

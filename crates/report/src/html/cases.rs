//! The list of cases, in the order that was asked for, waves folded, with what the script filters by.

use std::collections::BTreeMap;

use begat_model::visible::visible;
use maud::{Markup, html};

use crate::formats::wave::{Wave, waves};
use crate::html::around::Around;
use crate::html::case;
use crate::html::pieces::{level, time};
use crate::view::{AuthorisationStatus, CaseView, Order, Severity, Verdict};
use crate::words::page::Page;
use crate::words::wording::{counted, grouped, name, tally};

/// Accounts named in the line of a wave.
const NAMES_MAX: usize = 8;

/// `cases` are all that was found, in its order.
pub(super) fn render(around: &Around<'_>, cases: &[CaseView<'_>], page: &Page) -> Markup {
    let found = around.found;
    let waves = waves(found);
    let mut of_wave: BTreeMap<&str, Vec<&CaseView<'_>>> = BTreeMap::new();
    for case in cases {
        if let Some(wave) = case.wave {
            of_wave.entry(wave).or_default().push(case);
        }
    }
    html! {
        main {
            section #cases aria-labelledby="cases-h" {
                h2 #cases-h {
                    "Cases"
                    @if cases.len() > 1 { small { @match found.order() { Order::Severity => ", the worst first", Order::Time => ", the earliest first" } } }
                }
                @if cases.is_empty() { p { "There is none." } } @else { (filters(cases)) }
                @if let Some(deep) = around.deep_of_many() {
                    p { small {
                        "So that this page can be mailed, only the " (grouped(deep as u64)) " worst are drawn and have their commands here; the "
                        "others say how to have them."
                    } }
                }
                @for case in cases {
                    @match case.wave.and_then(|id| Some((waves.get(id)?, of_wave.remove(id)?))) {
                        // Where its first case stands, a wave stands whole.
                        Some((wave, members)) if members.len() > 1 => (self::wave(wave, &members, around, page)),
                        _ if case.wave.is_some_and(|id| waves.get(id).is_some_and(|wave| wave.cases > 1)) => {},
                        _ => (case::folded(case, around, page)),
                    }
                }
            }
        }
    }
}

/// What the script filters by; it shows this, and without it every case stands there.
fn filters(cases: &[CaseView<'_>]) -> Markup {
    let hosts: BTreeMap<&str, usize> = cases.iter().fold(BTreeMap::new(), |mut counts, case| {
        *counts.entry(case.host.name).or_default() += 1;
        counts
    });
    html! {
        form.filters #filters hidden role="search" {
            label { "Text " input type="search" name="q" autocomplete="off" placeholder="any word of a case"; }
            label { "At least " select name="severity" { option value="" { "any" } @for level in Severity::ALL { option value=(level) { (level) } } } }
            label { "Verdict " select name="verdict" { option value="" { "any" } @for verdict in Verdict::ALL { option value=(verdict) { (verdict.slug().replace('_', " ")) } } } }
            label { "Host " input name="host" list="host-names" autocomplete="off"; }
            datalist #host-names { @for (host, count) in &hosts { option value=(name(host)) { (count) } } }
            label { "Account " input name="account" autocomplete="off"; }
            label { "From " input name="from" autocomplete="off" placeholder="address or name"; }
            label { "Allowed " select name="allowed" { option value="" { "any" } @for status in AuthorisationStatus::ALL { option value=(status) { (status.slug().replace('_', " ")) } } } }
            button type="reset" { "Show all" }
            output #shown-count aria-live="polite" {}
        }
    }
}

fn wave(wave: &Wave<'_>, members: &[&CaseView<'_>], around: &Around<'_>, page: &Page) -> Markup {
    let names = wave.names.values().rev().flat_map(|names| names.keys());
    let shown: Vec<String> = names.clone().take(NAMES_MAX).map(|it| name(it).into_owned()).collect();
    let more = names.count().saturating_sub(shown.len());
    let verdicts = tally(wave.verdicts.iter().map(|(verdict, count)| (verdict, *count)));
    html! {
        details.wave id={"wave-" (visible(wave.id))} {
            summary {
                (level(wave.worst.0)) " "
                b { (counted(wave.cases, "account", "accounts")) } " made as one wave on "
                (counted(wave.hosts.len() as u64, "host", "hosts")) ", from " (time(wave.first, page)) " to " (time(wave.last, page)) ": "
                (shown.join(", ")) @if more > 0 { " and " (grouped(more as u64)) " more" } ". "
                small { (verdicts) }
            }
            @for member in members { (case::folded(member, around, page)) }
        }
    }
}

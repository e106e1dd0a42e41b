//! Three pictures: when accounts were created, which are proven or allowed, and what each host logged.

use std::collections::BTreeMap;

use begat_model::coverage::HostCoverage;
use maud::{Markup, html};

use crate::html::hosts;
use crate::html::pieces::is_proven;
use crate::view::{AuthorisationStatus, CaseView, Severity, Timestamp};
use crate::words::page::Page;
use crate::words::wording::{counted, grouped, tally};

/// Columns of the picture over time.
const COLUMNS: usize = 40;
/// Creations from which on their times make a picture.
const COLUMNS_WORTH: usize = 4;
const WIDTH: usize = 720;
const HEIGHT: usize = 96;

pub(super) fn render(cases: &[CaseView<'_>], hosts: &[&HostCoverage], page: &Page) -> Markup {
    html! {
        div.pictures {
            @if cases.len() >= COLUMNS_WORTH { (over_time(cases, page)) }
            @if !cases.is_empty() { (shares(cases)) }
            (hosts::matrix(hosts))
        }
    }
}

/// Creations over time, each column by severity.
fn over_time(cases: &[CaseView<'_>], page: &Page) -> Markup {
    let ticks = |at: Timestamp| at.unix_ticks();
    let first = cases.iter().map(|case| case.created_at).min_by_key(|at| ticks(*at));
    let last = cases.iter().map(|case| case.created_at).max_by_key(|at| ticks(*at));
    let (Some(first), Some(last)) = (first, last) else { return html! {} };
    let span = i128::from(ticks(last)) - i128::from(ticks(first)) + 1;
    let mut columns: Vec<BTreeMap<Severity, usize>> = vec![BTreeMap::new(); COLUMNS];
    for case in cases {
        let since = i128::from(ticks(case.created_at)) - i128::from(ticks(first));
        let column = (since * COLUMNS as i128 / span) as usize;
        *columns[column.min(COLUMNS - 1)].entry(case.severity).or_default() += 1;
    }
    let most = columns.iter().map(|column| column.values().sum::<usize>()).max().unwrap_or(1).max(1);
    let mut severities: BTreeMap<Severity, u64> = BTreeMap::new();
    cases.iter().for_each(|case| *severities.entry(case.severity).or_default() += 1);
    let told = tally(severities.iter().rev().map(|(level, count)| (level, *count)));
    html! {
        figure {
            figcaption { "Creations over time: " (told) ". At most " (counted(most as u64, "creation", "creations")) " in one column." }
            svg viewBox={"0 0 " (WIDTH) " " (HEIGHT)} role="img" aria-label={"Creations from " (page.time(first)) " to " (page.time(last)) ": " (told)} {
                line x1="0" y1=(HEIGHT) x2=(WIDTH) y2=(HEIGHT) class="axis" {}
                @for (index, column) in columns.iter().enumerate() { (stack(index, column, most)) }
            }
            div.ends { span { (page.time(first)) } span { (page.time(last)) } }
        }
    }
}

/// One column, the worst at its foot.
fn stack(index: usize, column: &BTreeMap<Severity, usize>, most: usize) -> Markup {
    let width = WIDTH / COLUMNS;
    let mut foot = HEIGHT;
    html! {
        @for (severity, count) in column.iter().rev() {
            @let height = (count * (HEIGHT - 4) / most).max(3);
            @let top = { foot = foot.saturating_sub(height); foot };
            rect x=(index * width + 1) y=(top) width=(width - 2) height=(height) class={"of-" (severity)} { title { (count) " " (severity) } }
        }
    }
}

/// Proven, allowed, unexplained: one bar.
fn shares(cases: &[CaseView<'_>]) -> Markup {
    let allowed = |case: &&CaseView<'_>| case.authorisation.status == AuthorisationStatus::Authorised;
    let total = cases.len();
    let allowed_count = cases.iter().filter(allowed).count();
    let proven = cases.iter().filter(|case| !allowed(case) && is_proven(case)).count();
    let assessed = cases.iter().any(|case| case.authorisation.status != AuthorisationStatus::NotAssessed);
    let told = |said: &str| if assessed { format!("not allowed, and {said}") } else { said.to_owned() };
    let rows = [
        ("allowed by the site".to_owned(), "share-allowed", allowed_count),
        (told("its maker proven"), "share-proven", proven),
        (told("its maker not proven"), "share-open", total - allowed_count - proven),
    ];
    let mut left = 0;
    html! {
        figure {
            figcaption { "Of " (counted(total as u64, "creation", "creations")) @if !assessed { " (no policy was asked what is allowed)" } ":" }
            svg viewBox={"0 0 " (WIDTH) " 22"} role="img" aria-label={(tally(rows.iter().map(|(name, _, count)| (name, *count as u64))))} {
                @for (_, class, count) in &rows {
                    @let width = count * WIDTH / total;
                    @let from = { let from = left; left += width; from };
                    @if *count > 0 { rect x=(from) y="0" width=(width) height="22" class=(class) {} }
                }
            }
            ul.legend { @for (name, class, count) in &rows { @if *count > 0 { li { span class={"key " (class)} {} (grouped(*count as u64)) " " (name) } } } }
        }
    }
}

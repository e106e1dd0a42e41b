//! Small parts that every piece of the page is made of.

use begat_model::visible::{visible, visible_bounded};
use maud::{Markup, html};

use crate::view::{CaseView, ProcessView, Severity, Timestamp, Verdict};
use crate::words::page::Page;
use crate::words::wording;

/// Longest command line shown whole; Windows allows 32,767 characters, and a thousand cases must stay a file to mail.
const COMMAND_LINE_CHARS_MAX: usize = 2_000;

/// A time: for people as the page says it, for the script as it is.
pub(super) fn time(at: Timestamp, page: &Page) -> Markup {
    let said = page.time(at);
    // In UTC the text itself is what the script reads: a page has tens of thousands of these.
    if said.ends_with("UTC") {
        html! { time { (said) } }
    } else {
        html! { time datetime=(at) { (said) } }
    }
}

/// How much it matters: a shape and a word, then a colour.
pub(super) fn level(severity: Severity) -> Markup {
    html! { span.level data-level=(severity) { (severity) } }
}

/// What can be said of who did it.
pub(super) fn verdict(verdict: Verdict, confidence: Option<f64>) -> Markup {
    let sure = wording::sure(confidence).map(|sure| format!(", {sure}"));
    html! { span.verdict data-verdict=(verdict) title=(verdict.doc()) { (verdict.slug().replace('_', " ")) @if let Some(sure) = sure { (sure) } } }
}

/// Something shows who or what made it.
pub(super) fn is_proven(case: &CaseView<'_>) -> bool {
    matches!(case.attribution.verdict, Verdict::Attributed | Verdict::Remote | Verdict::System)
}

/// Text of a log, with what deceives made visible.
pub(super) fn shown(text: &str) -> Markup {
    html! { (visible(text)) }
}

/// A command line that wraps anywhere.
pub(super) fn command_line(text: &str) -> Markup {
    html! { code { (visible_bounded(text, COMMAND_LINE_CHARS_MAX)) } }
}

/// A process in a line: image, number, path.
pub(super) fn process(process: &ProcessView<'_>, page: &Page) -> Markup {
    html! {
        b { (wording::image(process)) }
        small {
            @if let Some(pid) = process.pid { " pid " (pid) }
            @if let Some(started) = process.started_at { " started " (time(started, page)) }
            @if let Some(user) = process.user { " as " (wording::name(user)) }
        }
        @if let Some(line) = process.command_line.or(process.image) { (command_line(line)) }
    }
}

/// A part of a case that opens on a click, with how much is in it.
pub(super) fn fold(title: &str, count: usize, body: &Markup) -> Markup {
    html! {
        details {
            summary { (title) @if count > 0 { small { " (" (wording::grouped(count as u64)) ")" } } }
            (body)
        }
    }
}

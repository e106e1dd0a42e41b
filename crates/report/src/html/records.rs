//! The records that a case rests on: where each is found again, and what it says.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use begat_model::visible::visible_bounded;
use maud::{Markup, html};

use crate::html::pieces::time;
use crate::view::{EventView, Original, Originals};
use crate::words::page::Page;
use crate::words::wording::{self, grouped};

/// Longest record told whole; `begat dump` prints what is longer.
const WHOLE_CHARS_MAX: usize = 16_000;
/// Longest field.
const FIELD_CHARS_MAX: usize = 160;

/// Records by the file that holds them; what they say is told where it was asked for.
pub(super) fn render(events: &[EventView<'_>], originals: Option<&Originals>, page: &Page) -> Markup {
    let mut by_file: BTreeMap<&str, Vec<&EventView<'_>>> = BTreeMap::new();
    for event in events {
        by_file.entry(event.source).or_default().push(event);
    }
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    html! {
        @for (file, events) in &by_file {
            p.path { (wording::name(file)) }
            ul.records { @for event in events { li {
                (event.role.slug().replace('_', " ")) ": " (wording::record(&event.record)) ", " (time(event.record.at, page))
                @if let Some(original) = originals.and_then(|all| all.of(event)) { (self::original(original, &mut told)) }
            } } }
        }
        @if !told.is_empty() { p { small { "Of each record the fields that were read; what one above says the same is not said again." } } }
    }
}

/// What a record says: whole where the case is among the worst, else the fields that begat reads. What a record above
/// told already, under the same name, is not told again.
fn original<'a>(original: &'a Original, told: &mut BTreeSet<(&'a str, &'a str)>) -> Markup {
    match original {
        Original::Whole(text) => {
            html! { details { summary { "The whole record" } pre { code { (whole(text)) } } } }
        }
        Original::Fields(fields) => {
            let new = fields.iter().filter(|(name, value)| told.insert((name, value)));
            let new = new.map(|(name, value)| format!("{name}={}", visible_bounded(value, FIELD_CHARS_MAX)));
            let new: Vec<String> = new.collect();
            html! { @if !new.is_empty() { code { (new.join(" · ")) } } }
        }
    }
}

fn whole(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(WHOLE_CHARS_MAX) {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let left = grouped(text[end..].chars().count() as u64);
            Cow::Owned(format!(
                "{}\n… and {left} characters more: `begat dump --record-id` prints all",
                &text[..end]
            ))
        }
    }
}

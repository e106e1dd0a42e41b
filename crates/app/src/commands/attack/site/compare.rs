//! What changed: from one release to the next, and of one object.

use begat_attack::history::{Change, ChangeClass, FieldChange, ReleaseDiff};
use begat_attack::store::Shelf;
use maud::{Markup, html};

use super::super::dossier::licence_of;
use super::super::records::{change_lines, optional};
use super::frame::{frame, shown};

/// The page of two releases.
pub fn page(title: &str, after: &Shelf, diff: &ReleaseDiff<'_>) -> String {
    let [added, removed, changed] = diff.relationships;
    let body = html! {
        h1 { (title) }
        p class="quiet" {
            (diff.unchanged) " objects unchanged; relationships: " (added) " added, " (removed) " removed, " (changed)
            " changed. Classes are those of ATT&CK's own changelog, and silent changes, which only a hash shows."
        }
        @for class in ChangeClass::all() {
            @let of_class: Vec<&Change<'_>> = diff.changes.iter().filter(|change| change.class == class).collect();
            h2 { (class.word()) " (" (of_class.len()) ")" }
            p class="quiet" { (class.doc()) }
            @for change in of_class { (object(change)) }
        }
    };
    let newest = diff.changes.iter().filter_map(|change| optional(change.row().modified)).max();
    frame(title, &body, &licence_of(after, newest), None)
}

fn object(change: &Change<'_>) -> Markup {
    let row = change.row();
    let versions = match (change.before, change.after) {
        (Some(before), Some(after)) if before.version != after.version => {
            format!(" ({} → {})", before.version, after.version)
        }
        _ => String::new(),
    };
    let title = format!("{} {}{versions}", row.id(), row.name);
    html! {
        @if change.fields.is_empty() { p { (shown(&title)) } }
        @else { details { summary { (shown(&title)) } (changes(&change.fields)) } }
    }
}

/// Field by field, what went and what came.
pub fn changes(fields: &[FieldChange]) -> Markup {
    html! {
        ul { @for line in fields.iter().flat_map(change_lines) { li {
            @match (line.split_once(": - "), line.split_once(": + ")) {
                (Some((field, text)), _) if !field.contains(' ') => { code { (shown(field)) } " " del { (shown(text)) } }
                (_, Some((field, text))) if !field.contains(' ') => { code { (shown(field)) } " " ins { (shown(text)) } }
                _ => { (shown(&line)) }
            }
        } } }
    }
}

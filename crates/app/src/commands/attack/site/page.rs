//! The page of one object.

use begat_attack::id::Kind;
use begat_attack::query::{Related, shelf_name};
use maud::{Markup, html};

use super::super::dossier::{Dossier, end_name};
use super::super::history::{flag, is_newest, name, standing};
use super::super::show::{attribution, reference_text};
use super::super::take::{Block, Take, Whose};
use super::compare::changes;
use super::frame::{frame, link, shown};
use super::names::Names;
use super::words::words;

/// The page.
pub fn page(dossier: &Dossier<'_>, names: &Names<'_>) -> String {
    let body = html! {
        h1 { (shown(&dossier.title())) }
        (facts(dossier))
        (take(dossier))
        h2 { "Definition: MITRE's words" }
        @match dossier.object.description.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => { blockquote { p class="words" { (words(text, &dossier.object.references)) } p class="quiet" { (shown(&attribution(dossier))) } } }
            None if dossier.object.taken_from.is_some() => {
                p class="quiet" { "Not among the facts that begat brings along: import a release to read it." }
            }
            None => { p class="quiet" { "This object has none." } }
        }
        (detection(dossier))
        (relations(dossier, names))
        (history(dossier))
        (raw(dossier))
        h2 { "References" }
        @if dossier.object.references.is_empty() { p class="quiet" { "None." } }
        ol { @for (at, reference) in dossier.object.references.iter().enumerate() { li id={"reference-" (at + 1)} {
            @let text = reference_text(reference);
            @match reference.url.as_deref() {
                Some(url) => { (shown(text.trim_end_matches(url).trim_end_matches(" · "))) " " (link(url)) }
                None => { (shown(&text)) }
            }
        } } }
    };
    frame(&dossier.title(), &body, &dossier.licence, None)
}

fn facts(dossier: &Dossier<'_>) -> Markup {
    let object = &dossier.object;
    let none = |text: String, word: &str| if text.is_empty() { word.to_owned() } else { text };
    let facts = [
        ("Kind", object.kind.one().to_owned()),
        ("Domain", dossier.domains()),
        ("Release", dossier.source()),
        ("Version", object.version.clone().unwrap_or_else(|| "none".to_owned())),
        ("Status", dossier.status().to_owned()),
        ("Platforms", none(object.platforms.join(", "), "none named")),
        ("Created", object.created.clone().unwrap_or_else(|| "not told".to_owned())),
        ("Modified", object.modified.clone().unwrap_or_else(|| "not told".to_owned())),
        ("STIX id", object.stix_id.to_string()),
    ];
    html! {
        dl {
            @for (label, text) in &facts { dt { (label) } dd { (shown(text)) } }
            @if let Some(url) = dossier.url() { dt { "At MITRE" } dd { (link(url)) } }
        }
    }
}

fn take(dossier: &Dossier<'_>) -> Markup {
    let Some(Take { whose, blocks }) = &dossier.take else {
        return html! { h2 { "Our take" } p class="quiet" { "There is none on " (shown(dossier.id())) "." } };
    };
    let title = match whose {
        Whose::Ours => "Our take: begat's words, not MITRE's",
        Whose::Site(_) => "The site's take: not MITRE's words",
    };
    html! {
        h2 { (title) }
        div class="ours" {
            @for block in blocks {
                @match block {
                    Block::Heading(text) => { h3 { (shown(text)) } }
                    Block::Paragraph(text) => { p { (code(text)) } }
                    Block::Item(None, text) => { ul { li { (code(text)) } } }
                    Block::Item(Some(number), text) => { ol start=(number) { li { (code(text)) } } }
                }
            }
        }
    }
}

/// What stands between backticks as code.
fn code(text: &str) -> Markup {
    html! {
        @for (at, piece) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (shown(piece)) } } @else { (shown(piece)) }
        }
    }
}

fn detection(dossier: &Dossier<'_>) -> Markup {
    let object = &dossier.object;
    html! {
        @if matches!(object.kind, Kind::Analytic | Kind::DataComponent) {
            h2 { "Log sources" }
            @if object.log_sources.is_empty() { p class="quiet" { "None in this data." } }
            ul { @for source in &object.log_sources { li {
                code { (shown(&source.name)) } " " (shown(source.channel.as_deref().unwrap_or("any")))
            } } }
        }
        @if object.kind == Kind::Analytic {
            h2 { "Mutable elements: what a site is asked to set" }
            @if object.mutable_elements.is_empty() { p class="quiet" { "None in this data." } }
            dl { @for element in &object.mutable_elements {
                dt { (shown(&element.field)) } dd { (shown(element.description.as_deref().unwrap_or(""))) }
            } }
        }
    }
}

fn relations(dossier: &Dossier<'_>, names: &Names<'_>) -> Markup {
    let families = dossier.families();
    html! {
        h2 { "Relations" @if let Some(shelf) = dossier.related_in { ", in " (shelf_name(shelf)) } }
        @if families.is_empty() { p class="quiet" { "No relationships in this data." } }
        @for (kind, found) in &families {
            @if found.is_empty() {
                p class="quiet" { (kind.many()) ": none in this data" }
            } @else {
                h3 { (kind.many()) " (" (found.len()) ")" }
                ul { @for related in found { li { (relation(related, names)) } } }
            }
        }
    }
}

fn relation(related: &Related<'_>, names: &Names<'_>) -> Markup {
    let far = related.far();
    let (id, title) = end_name(&far);
    let arrow =
        if related.is_forward { format!("{} →", related.label) } else { format!("← {}", related.label) };
    html! {
        span class="quiet" { (shown(&arrow)) } " "
        @match names.get(far.stix_id()) {
            Some(page) => { a href=(page) { (shown(&id)) } }
            None => { (shown(&id)) }
        }
        " " (shown(&title))
    }
}

fn history(dossier: &Dossier<'_>) -> Markup {
    let all = &dossier.history;
    html! {
        h2 { "History" }
        @if all.is_empty() { p class="quiet" { "No release that has it was imported." } }
        @else {
            div class="wide" tabindex="0" role="region" aria-label="History" { table {
                thead { tr { th { "Release" } th { "Imported" } th { "Version" } th { "Modified" } th { "Status" } th { "Hash: source, canonical" } } }
                tbody { @for appearance in all { tr {
                    td { (name(appearance)) }
                    td { (shown(appearance.shelf.imported_at())) }
                    @match &appearance.appeared {
                        None => { td colspan="4" { "not in this release" } }
                        Some(appeared) => {
                            td { (shown(appeared.object.version.as_deref().unwrap_or(""))) }
                            td { (shown(appeared.object.modified.as_deref().unwrap_or(""))) }
                            td { (standing(appearance, is_newest(appearance, all))) }
                            td { code { (appeared.hashes.source) } br; code { (appeared.hashes.canonical) } }
                        }
                    }
                } } }
            } }
            @for appearance in all {
                @if let Some(appeared) = appearance.appeared.as_ref().filter(|appeared| !appeared.changes.is_empty()) {
                    h3 { (name(appearance)) " changed" }
                    @if let Some(flag) = flag(appearance) { p class="flag" { (flag) } }
                    (changes(&appeared.changes))
                }
            }
        }
    }
}

fn raw(dossier: &Dossier<'_>) -> Markup {
    html! {
        h2 { "Raw source" }
        @match (&dossier.hashes, &dossier.object.taken_from) {
            (Some(hashes), _) => {
                details {
                    summary { (dossier.raw.len()) " bytes, as in the bundle; " code { "begat attack raw " (shown(dossier.id())) } " prints them" }
                    pre { code { (shown(&dossier.raw)) } }
                }
                dl { dt { "source" } dd { code { (hashes.source) } } dt { "canonical" } dd { code { (hashes.canonical) } } }
            }
            (None, Some(taken)) => {
                p { "Not built in. Of " (taken.release) ": " }
                dl { dt { "source" } dd { code { (taken.source) } } }
            }
            (None, None) => { p { "None." } }
        }
    }
}

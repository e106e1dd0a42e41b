//! `begat attack show`: all that is known of one object, ours beside MITRE's.

use begat_attack::id::{AttackId, Kind};
use begat_attack::object::Reference;
use begat_attack::query::shelf_name;
use serde_json::{Value, json};

use super::dossier::{Dossier, dossier};
use super::holdings::{library, wanted};
use super::lines::Lines;
use super::records::{log_source, mutable_element, reference, relation, write_lines};
use super::take::{Block, Whose};
use super::{history, relations};
use crate::cli::{AttackAnswer, AttackShowArgs, OutputArgs};
use crate::error::Error;
use crate::exit::Status;
use crate::sink::Sink;

/// Shows it.
pub fn run(args: &AttackShowArgs) -> Result<Status, Error> {
    let sink = Sink::new(&args.told.output)?;
    let library = library(&args.told.store)?;
    let dossier = dossier(&library, &args.id, wanted(&args.release), args.takes.as_deref())?;
    sink.write(|out| match args.told.format {
        AttackAnswer::Table => out.write_all(page(&dossier, &args.told.output).as_bytes()),
        AttackAnswer::Jsonl => write_lines([record(&dossier)], out),
    })?;
    Ok(Status::Done)
}

fn page(dossier: &Dossier<'_>, output: &OutputArgs) -> String {
    let mut lines = Lines::new(output);
    write_facts(&mut lines, dossier);
    write_take(&mut lines, dossier);
    write_definition(&mut lines, dossier);
    write_detection(&mut lines, dossier);
    match dossier.related_in {
        Some(shelf) => lines.section(&format!("Relations, in {}", shelf_name(shelf))),
        None => lines.section("Relations"),
    }
    relations::write_families(&mut lines, dossier.object.kind, &dossier.related);
    lines.section("History");
    history::write_history(&mut lines, &dossier.history);
    write_raw(&mut lines, dossier);
    lines.section("References");
    if dossier.object.references.is_empty() {
        lines.line("  none");
    }
    for (at, reference) in dossier.object.references.iter().enumerate() {
        lines.item(&format!("[{}]", at + 1), &reference_text(reference));
    }
    lines.section("Licence");
    dossier.licence.iter().for_each(|line| lines.paragraphs(line));
    lines.finish()
}

fn write_facts(lines: &mut Lines, dossier: &Dossier<'_>) {
    let object = &dossier.object;
    lines.line(&dossier.title());
    lines.field("kind", object.kind.one());
    lines.field("domain", &dossier.domains());
    lines.field("release", &dossier.source());
    lines.field("version", object.version.as_deref().unwrap_or("none"));
    lines.field("status", dossier.status());
    let platforms = object.platforms.join(", ");
    lines.field("platforms", if platforms.is_empty() { "none named" } else { &platforms });
    if !object.tactics.is_empty() {
        lines.field("tactics", &object.tactics.join(", "));
    }
    if !object.aliases.is_empty() {
        lines.field("aliases", &object.aliases.join(", "));
    }
    lines.field("created", object.created.as_deref().unwrap_or("not told"));
    lines.field("modified", object.modified.as_deref().unwrap_or("not told"));
    lines.field("STIX id", object.stix_id.as_str());
    if let Some(url) = dossier.url() {
        lines.field("at MITRE", url);
    }
}

fn write_take(lines: &mut Lines, dossier: &Dossier<'_>) {
    let Some(take) = &dossier.take else {
        lines.section("Our take");
        return lines.line(&format!("  there is none on {}", dossier.id()));
    };
    match &take.whose {
        Whose::Ours => lines.section("Our take: begat's words, not MITRE's"),
        Whose::Site(path) => lines.section(&format!("The site's take ({})", path.display())),
    }
    for block in &take.blocks {
        match block {
            Block::Heading(text) => lines.heading(&text.to_uppercase()),
            Block::Paragraph(text) => lines.paragraphs(text),
            Block::Item(None, text) => lines.item("-", text),
            Block::Item(Some(number), text) => lines.item(&format!("{number}."), text),
        }
    }
}

fn write_definition(lines: &mut Lines, dossier: &Dossier<'_>) {
    lines.section("Definition: MITRE's words");
    match dossier.object.description.as_deref() {
        Some(text) if !text.is_empty() => {
            lines.paragraphs(text);
            lines.blank();
            lines.paragraphs(&attribution(dossier));
        }
        _ if dossier.object.taken_from.is_some() => {
            lines.line("  not among the facts that begat brings along: import a release to read it");
        }
        _ => lines.line("  this object has none"),
    }
}

/// Whose words they are, and from where.
pub fn attribution(dossier: &Dossier<'_>) -> String {
    let url = dossier.url().map(|url| format!(", {url}")).unwrap_or_default();
    format!("— MITRE ATT&CK, {}, release {}{url}", dossier.id(), dossier.release())
}

fn write_detection(lines: &mut Lines, dossier: &Dossier<'_>) {
    let object = &dossier.object;
    if matches!(object.kind, Kind::Analytic | Kind::DataComponent) {
        lines.section("Log sources");
        if object.log_sources.is_empty() {
            lines.line("  none in this data");
        }
        for source in &object.log_sources {
            lines.field(&source.name, source.channel.as_deref().unwrap_or("any"));
        }
    }
    if object.kind == Kind::Analytic {
        lines.section("Mutable elements: what a site is asked to set");
        if object.mutable_elements.is_empty() {
            lines.line("  none in this data");
        }
        for element in &object.mutable_elements {
            lines.item("·", &format!("{}: {}", element.field, element.description.as_deref().unwrap_or("")));
        }
    }
}

fn write_raw(lines: &mut Lines, dossier: &Dossier<'_>) {
    lines.section("Raw source");
    match (&dossier.hashes, &dossier.object.taken_from) {
        (Some(hashes), _) => {
            lines.field(
                "bytes",
                &format!("{}, as in the bundle: `begat attack raw {}`", dossier.raw.len(), dossier.id()),
            );
            lines.field("source", &hashes.source.to_string());
            lines.field("canonical", &hashes.canonical.to_string());
        }
        (None, Some(taken)) => {
            lines.field("bytes", "not built in: import a release to have them");
            lines.field("source", &format!("{} (of {})", taken.source, taken.release));
        }
        (None, None) => lines.field("bytes", "none"),
    }
}

/// One reference in a line.
pub fn reference_text(reference: &Reference) -> String {
    let parts = [
        Some(reference.source_name.as_str()),
        reference.external_id.as_deref(),
        reference.description.as_deref(),
        reference.url.as_deref(),
    ];
    parts.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn record(dossier: &Dossier<'_>) -> Value {
    let object = &dossier.object;
    let taken = object.taken_from.as_ref();
    let block = |block: &Block| match block {
        Block::Heading(text) => json!({ "heading": text }),
        Block::Paragraph(text) => json!({ "text": text }),
        Block::Item(number, text) => json!({ "item": text, "number": number }),
    };
    json!({
        "id": object.attack_id.as_ref().map(AttackId::as_str),
        "stix_id": object.stix_id.as_str(),
        "kind": object.kind.one(),
        "name": object.name,
        "domain": dossier.shelf.domain().slug(),
        "domains": object.domains,
        "release": dossier.release(),
        "built_in": taken.is_some(),
        "version": object.version,
        "status": dossier.status(),
        "platforms": object.platforms,
        "tactics": object.tactics,
        "aliases": object.aliases,
        "created": object.created,
        "modified": object.modified,
        "url": dossier.url(),
        "take": dossier.take.as_ref().map(|take| json!({
            "ours": take.whose == Whose::Ours,
            "blocks": take.blocks.iter().map(block).collect::<Vec<_>>(),
        })),
        "definition": object.description,
        "attribution": attribution(dossier),
        "log_sources": object.log_sources.iter().map(log_source).collect::<Vec<_>>(),
        "mutable_elements": object.mutable_elements.iter().map(mutable_element).collect::<Vec<_>>(),
        "relations_of": dossier.related_in.map(shelf_name),
        "relations": dossier.related.iter().map(relation).collect::<Vec<_>>(),
        "history": dossier.history.iter().map(history::record).collect::<Vec<_>>(),
        "source": dossier.hashes.map(|hashes| hashes.source.to_string())
            .or_else(|| taken.map(|taken| taken.source.to_string())),
        "canonical": dossier.hashes.map(|hashes| hashes.canonical.to_string()),
        "references": object.references.iter().map(reference).collect::<Vec<_>>(),
        "licence": dossier.licence,
    })
}

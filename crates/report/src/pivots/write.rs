//! Pivots as a table for people, as JSON Lines, and as CSV that is safe to open in a spreadsheet.

use std::collections::BTreeSet;
use std::io::{self, Write};

use ::csv::{Terminator, WriterBuilder};

use super::gather::pivots;
use super::pivot::{Kind, Part, Pivot};
use crate::view::Found;
use crate::wire::cell::inert;
use crate::wire::document::Document;
use crate::wire::object::write_object;
use crate::words::page::{Lines, Look, Page};
use crate::words::wording::{counted, name};

/// Ids and hosts told of one pivot; the rest is told by their number.
const TOLD_MAX: usize = 20;

/// Name and version of the shape.
const SCHEMA: &str = "begat.pivot/1";

pub(crate) fn write_jsonl(found: &Found<'_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for pivot in pivots(found) {
        write_object(&object(&pivot), out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn object(pivot: &Pivot<'_>) -> Document {
    let parts: Vec<&str> = pivot.parts.iter().map(|part| part.slug()).collect();
    let mut object = Document::default();
    object.set("schema", SCHEMA);
    object.set("type", pivot.kind.slug());
    object.set("value", &*pivot.value);
    object.set("session_host", pivot.session_host);
    object.set("of", pivot.of);
    object.set("severity", pivot.severity.slug());
    object.set("roles", parts);
    object.set("why", why(pivot));
    object.set("first", pivot.first.to_string());
    object.set("last", pivot.last.to_string());
    for (field, all) in [("hosts", &pivot.hosts), ("cases", &pivot.cases), ("findings", &pivot.findings)] {
        object.set(field, all.iter().take(TOLD_MAX).copied().collect::<Vec<_>>());
        object.set(&format!("{field}_total"), all.len());
    }
    object
}

fn why(pivot: &Pivot<'_>) -> String {
    pivot.parts.iter().map(|part| Part::said(*part)).collect::<Vec<_>>().join("; ")
}

/// Column, and what stands in it. Everything may come from a log.
type Column = (&'static str, fn(&Pivot<'_>) -> String);

const COLUMNS: &[Column] = &[
    ("type", |pivot| pivot.kind.slug().to_owned()),
    ("value", |pivot| pivot.value.clone()),
    ("session_host", |pivot| pivot.session_host.unwrap_or_default().to_owned()),
    ("of", |pivot| pivot.of.unwrap_or_default().to_owned()),
    ("severity", |pivot| pivot.severity.to_string()),
    ("why", why),
    ("first", |pivot| pivot.first.to_string()),
    ("last", |pivot| pivot.last.to_string()),
    ("hosts", |pivot| bounded(&pivot.hosts, " ")),
    ("cases", |pivot| bounded(&pivot.cases, " ")),
    ("findings", |pivot| bounded(&pivot.findings, " ")),
];

pub(crate) fn write_csv(found: &Found<'_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    rows.write_record(COLUMNS.iter().map(|(column, _)| column))?;
    for pivot in pivots(found) {
        rows.write_record(COLUMNS.iter().map(|(_, cell)| inert(&cell(&pivot))))?;
    }
    rows.flush()
}

/// The first of them, and how many more there are.
fn bounded(all: &BTreeSet<&str>, separator: &str) -> String {
    let mut told: Vec<String> = all.iter().take(TOLD_MAX).map(|it| (*it).to_owned()).collect();
    if all.len() > TOLD_MAX {
        told.push(format!("(and {} more)", all.len() - TOLD_MAX));
    }
    told.join(separator)
}

pub(crate) fn write_table(found: &Found<'_>, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines::new(page);
    let pivots = pivots(found);
    if pivots.is_empty() {
        lines.wrapped("", "", "Nothing to search elsewhere.", Look::Strong);
    }
    let mut section: Option<Kind> = None;
    for pivot in &pivots {
        if section != Some(pivot.kind) {
            if section.is_some() {
                lines.blank();
            }
            lines.wrapped("", "", pivot.kind.said(), Look::Strong);
            section = Some(pivot.kind);
        }
        entry(pivot, page, &mut lines);
    }
    lines.write_to(out)
}

fn entry(pivot: &Pivot<'_>, page: &Page, lines: &mut Lines<'_>) {
    let of = pivot.of.map_or(String::new(), |of| format!("  ({})", name(of)));
    lines.wrapped("  ", "  ", &format!("{}{of}", name(&pivot.value)), Look::Level(pivot.severity));
    let span = match pivot.first == pivot.last {
        true => page.time(pivot.first),
        false => format!("{} to {}", page.time(pivot.first), page.time(pivot.last)),
    };
    let place = match (pivot.session_host, pivot.hosts.len()) {
        (Some(host), _) => format!("on {}", name(host)),
        (None, 1) => format!("on {}", pivot.hosts.iter().map(|host| name(host)).collect::<String>()),
        (None, many) => format!("on {}", counted(many as u64, "host", "hosts")),
    };
    let ids: Vec<&str> = pivot.cases.iter().chain(&pivot.findings).take(TOLD_MAX).copied().collect();
    let more = (pivot.cases.len() + pivot.findings.len()).saturating_sub(ids.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let told = format!("{} · {} · {place} · {span} · {}{more}", pivot.severity, why(pivot), ids.join(" "));
    lines.wrapped("    ", "    ", &told, Look::Plain);
}

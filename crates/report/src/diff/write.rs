//! Differences as a table for people and as JSON Lines.

use std::io::{self, Write};

use begat_model::visible::visible_bounded;
use serde_json::Value;

use super::compare::{Change, plain};
use super::difference::{Difference, Fate};
use super::record::Record;
use crate::view::Severity;
use crate::wire::document::Document;
use crate::wire::object::write_object;
use crate::words::page::{Lines, Look, Page};
use crate::words::wording::{grouped, name_or_unknown};

/// Name and version of the shape.
const SCHEMA: &str = "begat.diff/1";
/// Longest value that is shown to people.
const VALUE_CHARS_MAX: usize = 160;

/// One format of differences.
#[derive(Debug, Clone)]
pub struct DiffFormat {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in a line.
    pub doc: &'static str,
    /// Writes them.
    pub write: fn(&[Difference], &Page, &mut dyn Write) -> io::Result<()>,
}

/// All of them.
pub static DIFF_FORMATS: &[DiffFormat] = &[
    DiffFormat { name: "table", doc: "for people", write: write_table },
    DiffFormat { name: "jsonl", doc: "one JSON object a line, for programs", write: write_jsonl },
];

impl DiffFormat {
    /// The format of that name.
    pub fn named(name: &str) -> Option<&'static DiffFormat> {
        DIFF_FORMATS.iter().find(|format| format.name == name)
    }
}

impl Fate {
    fn slug(self) -> &'static str {
        match self {
            Fate::New => "new",
            Fate::Changed => "changed",
            Fate::Gone => "gone",
        }
    }
}

fn write_jsonl(differences: &[Difference], _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for difference in differences {
        write_object(&object(difference), out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn object(difference: &Difference) -> Document {
    let record = &difference.record;
    let mut object = Document::default();
    object.set("schema", SCHEMA);
    object.set("change", difference.fate.slug());
    object.set("record", record.sort());
    object.set("id", record.id());
    object.set("severity", record.severity().map(Severity::slug));
    object.set(if record.sort() == "case" { "verdict" } else { "kind" }, record.verdict_or_kind());
    object.set("host", record.host());
    object.set("account", record.account());
    object.set("at", record.at());
    if difference.fate == Fate::Changed {
        let change =
            |change: &Change| serde_json::json!({"path": change.path, "from": change.from, "to": change.to});
        object.set("changes", difference.changes.first.iter().map(change).collect::<Vec<Value>>());
        object.set("changes_total", difference.changes.count);
    }
    object
}

fn write_table(differences: &[Difference], page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines::new(page);
    let mut section = None;
    for difference in differences {
        if section != Some(difference.fate) {
            if section.is_some() {
                lines.blank();
            }
            let count = differences.iter().filter(|it| it.fate == difference.fate).count();
            let title = format!("{} ({})", difference.fate.slug(), grouped(count as u64));
            lines.wrapped("", "", &title, Look::Strong);
            section = Some(difference.fate);
        }
        entry(difference, &mut lines);
    }
    if differences.is_empty() {
        lines.wrapped("", "", "No differences.", Look::Strong);
    }
    lines.write_to(out)
}

fn entry(difference: &Difference, lines: &mut Lines<'_>) {
    let look = difference.record.severity().map_or(Look::Plain, Look::Level);
    lines.wrapped("  ", "  ", &headline(&difference.record), look);
    for Change { path, from, to } in &difference.changes.first {
        let line = format!("{}: {} → {}", shown(path), value(from), value(to));
        lines.wrapped("    ", "    ", &line, Look::Plain);
    }
    let more = difference.changes.count - difference.changes.first.len() as u64;
    if more > 0 {
        lines.wrapped("    ", "    ", &format!("and {} more", grouped(more)), Look::Faint);
    }
}

/// `high · case 20deb4132f4cc225 · svc_print on files01.corp.example · attributed · 2026-03-02T09:14:07.44Z`.
fn headline(record: &Record) -> String {
    let account = name_or_unknown(record.account());
    let host = name_or_unknown(record.host());
    let parts = [
        record.severity().map_or("no severity", Severity::slug).to_owned(),
        format!("{} {}", record.sort(), shown(record.id())),
        format!("{account} on {host}"),
        name_or_unknown(record.verdict_or_kind()).into_owned(),
        shown(record.at()),
    ];
    parts.join(" · ")
}

fn value(value: &Value) -> String {
    if value.is_null() { "nothing".to_owned() } else { shown(&plain(value)) }
}

fn shown(text: &str) -> String {
    visible_bounded(text, VALUE_CHARS_MAX).into_owned()
}

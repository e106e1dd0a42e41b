//! `begat attack diff`: what a release changed, in the classes of ATT&CK's own changelog.

use begat_attack::history::{Change, ChangeClass, FieldChange, ReleaseDiff, release_diff};
use begat_attack::id::{Domain, release_name};
use begat_attack::query::{Library, NotFound, shelf_name};
use begat_attack::store::{Row, Shelf};
use serde_json::{Value, json};

use super::holdings::library;
use super::lines::Lines;
use super::records::{change_lines, field_change, optional, write_csv, write_lines};
use crate::cli::{AttackDiffArgs, AttackFormat};
use crate::error::Error;
use crate::exit::Status;
use crate::sink::Sink;

const COLUMNS: &[&str] = &[
    "domain",
    "class",
    "kind",
    "id",
    "name",
    "version_before",
    "version_after",
    "modified_before",
    "modified_after",
    "changed",
    "stix_id",
];

/// Two releases of one domain, and what changed.
struct Compared<'a> {
    before: &'a Shelf,
    after: &'a Shelf,
    diff: ReleaseDiff<'a>,
}

/// Compares.
pub fn run(args: &AttackDiffArgs) -> Result<Status, Error> {
    let sink = Sink::new(&args.told.output)?;
    let library = library(&args.told.store)?;
    let mut all = Vec::new();
    for (before, after) in pairs(&library, args)? {
        all.push(Compared { before, after, diff: release_diff(before, after)? });
    }
    sink.write(|out| match args.told.format {
        AttackFormat::Table => {
            let mut lines = Lines::new(&args.told.output);
            all.iter().for_each(|compared| compared.write(&mut lines));
            out.write_all(lines.finish().as_bytes())
        }
        AttackFormat::Jsonl => write_lines(all.iter().flat_map(Compared::records), out),
        AttackFormat::Csv => write_csv(COLUMNS, all.iter().flat_map(Compared::rows), out),
    })?;
    Ok(Status::Done)
}

/// The releases of each domain that has both.
fn pairs<'a>(library: &'a Library, args: &AttackDiffArgs) -> Result<Vec<(&'a Shelf, &'a Shelf)>, Error> {
    let (earlier, later) = (args.earlier.0, args.later.0);
    let domains =
        Domain::ALL.iter().copied().filter(|domain| args.domain.is_none_or(|wanted| wanted == *domain));
    let of = |domain, release| {
        library.shelves().iter().find(|shelf| shelf.domain() == domain && shelf.release() == release)
    };
    let pairs: Vec<_> = domains.filter_map(|domain| of(domain, earlier).zip(of(domain, later))).collect();
    if pairs.is_empty() {
        let is_there = |release| library.shelves().iter().any(|shelf| shelf.release() == release);
        let missing = if is_there(earlier) { later } else { earlier };
        return Err(NotFound::NoRelease { wanted: release_name(missing), have: library.names() }.into());
    }
    Ok(pairs)
}

impl Compared<'_> {
    fn write(&self, lines: &mut Lines) {
        let Compared { before, after, diff } = self;
        lines.section(&format!("{} → {}", shelf_name(before), release_name(after.release())));
        if diff.is_partial {
            lines.line("one of the two is made of single objects: what is absent there says nothing, and is not told");
        }
        let mut absent = Vec::new();
        for class in ChangeClass::all() {
            let of_class: Vec<&Change<'_>> =
                diff.changes.iter().filter(|change| change.class == class).collect();
            if of_class.is_empty() {
                absent.push(class.word());
                continue;
            }
            lines.heading(&format!("{} ({}): {}", class.word(), of_class.len(), class.doc()));
            of_class.into_iter().for_each(|change| write_change(lines, change));
        }
        lines.blank();
        lines.line(&format!("none: {}", absent.join(", ")));
        let [added, removed, changed] = diff.relationships;
        lines.line(&format!(
            "{} objects unchanged; relationships: {added} added, {removed} removed, {changed} changed",
            diff.unchanged
        ));
    }

    fn records(&self) -> Vec<Value> {
        let record = |change: &Change<'_>| {
            let row = change.row();
            let version = |row: Option<Row<'_>>| row.and_then(|row| optional(row.version).map(str::to_owned));
            let modified =
                |row: Option<Row<'_>>| row.and_then(|row| optional(row.modified).map(str::to_owned));
            json!({
                "domain": self.after.domain().slug(),
                "from": release_name(self.before.release()),
                "to": release_name(self.after.release()),
                "class": class_word(change.class),
                "kind": row.kind().one(),
                "id": optional(row.attack_id),
                "stix_id": row.stix_id,
                "name": optional(row.name),
                "version": { "before": version(change.before), "after": version(change.after) },
                "modified": { "before": modified(change.before), "after": modified(change.after) },
                "fields": change.fields.iter().map(field_change).collect::<Vec<_>>(),
            })
        };
        self.diff.changes.iter().map(record).collect()
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let row = |change: &Change<'_>| {
            let row = change.row();
            let version = |row: Option<Row<'_>>| row.map(|row| row.version.to_owned()).unwrap_or_default();
            let modified = |row: Option<Row<'_>>| row.map(|row| row.modified.to_owned()).unwrap_or_default();
            vec![
                self.after.domain().slug().to_owned(),
                class_word(change.class),
                row.kind().one().to_owned(),
                row.id().to_owned(),
                row.name.to_owned(),
                version(change.before),
                version(change.after),
                modified(change.before),
                modified(change.after),
                change.fields.iter().map(FieldChange::field).collect::<Vec<_>>().join(", "),
                row.stix_id.to_owned(),
            ]
        };
        self.diff.changes.iter().map(row).collect()
    }
}

/// `major_version_changes`
fn class_word(class: ChangeClass) -> String {
    class.word().replace(' ', "_")
}

/// One object and its fields.
fn write_change(lines: &mut Lines, change: &Change<'_>) {
    let row = change.row();
    let versions = match (change.before, change.after) {
        (Some(before), Some(after)) if before.version != after.version => {
            format!(" ({} → {})", before.version, after.version)
        }
        _ => String::new(),
    };
    lines.item("·", &format!("{} {}{versions}", row.id(), row.name));
    change.fields.iter().flat_map(change_lines).for_each(|line| lines.item("    ", &line));
}

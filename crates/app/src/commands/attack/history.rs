//! `begat attack history`: how an object stood in each release.

use begat_attack::facts::PINNED;
use begat_attack::hash::short;
use begat_attack::history::{Appearance, FieldChange, history};
use begat_attack::id::release_name;
use begat_attack::query::Wanted;
use begat_attack::store::Edition;
use serde_json::{Value, json};

use super::dossier::status;
use super::holdings::library;
use super::lines::Lines;
use super::records::{change_lines, field_change, write_csv, write_lines};
use crate::cli::{AttackFormat, AttackHistoryArgs};
use crate::error::Error;
use crate::exit::Status;
use crate::sink::Sink;

const COLUMNS: &[&str] = &[
    "domain",
    "release",
    "imported",
    "present",
    "version",
    "modified",
    "status",
    "source",
    "canonical",
    "changed",
    "unversioned",
    "silent",
];

/// Tells what is known of an object over time.
pub fn run(args: &AttackHistoryArgs) -> Result<Status, Error> {
    let sink = Sink::new(&args.told.output)?;
    let library = library(&args.told.store)?;
    // An id that nobody knows is told as such, also where nothing was imported.
    let (shelf, row) = library.find(&args.id, Wanted::default())?;
    let appearances = history(&library, &args.id)?;
    let facts = if shelf.edition() == Edition::BuiltIn { Some(shelf.object(&row)?) } else { None };
    sink.write(|out| match args.told.format {
        AttackFormat::Table => {
            let mut lines = Lines::new(&args.told.output);
            lines.line(&format!("{} · {}", row.id(), row.name));
            if let Some(taken) = facts.and_then(|facts| facts.taken_from) {
                lines.line(&format!(
                    "known from built-in facts alone, taken from {}: import releases",
                    taken.release
                ));
            }
            write_history(&mut lines, &appearances);
            if row.attack_id == PINNED {
                lines.line("`begat attack drift` compares it with the one that begat carries out");
            }
            out.write_all(lines.finish().as_bytes())
        }
        AttackFormat::Jsonl => write_lines(appearances.iter().map(record), out),
        AttackFormat::Csv => write_csv(COLUMNS, appearances.iter().map(cells), out),
    })?;
    Ok(Status::Done)
}

/// One row a release, and what changed.
pub fn write_history(lines: &mut Lines, appearances: &[Appearance<'_>]) {
    if appearances.is_empty() {
        return lines.line("  no release that has it was imported");
    }
    let titles = ["release", "version", "modified", "status", "source", "canonical", "imported"];
    let mut rows = vec![titles.map(str::to_owned).to_vec()];
    rows.extend(appearances.iter().map(|appearance| row(appearance, is_newest(appearance, appearances))));
    lines.table(&rows);
    for appearance in appearances {
        let Some(appeared) = &appearance.appeared else { continue };
        if appeared.changes.is_empty() {
            continue;
        }
        lines.heading(&format!("{} changed:", name(appearance)));
        if let Some(flag) = flag(appearance) {
            lines.item("!", flag);
        }
        appeared.changes.iter().flat_map(change_lines).for_each(|line| lines.item("·", &line));
    }
}

/// `enterprise-attack 18.1`
pub fn name(appearance: &Appearance<'_>) -> String {
    begat_attack::query::shelf_name(appearance.shelf)
}

/// What a hash shows and a version does not.
pub fn flag(appearance: &Appearance<'_>) -> Option<&'static str> {
    let appeared = appearance.appeared.as_ref()?;
    match (appeared.is_unversioned, appeared.is_silent) {
        (_, true) => Some("content changed, version and date did not"),
        (true, _) => Some("content changed, version did not"),
        _ => None,
    }
}

/// No later release of its domain has it.
pub fn is_newest(appearance: &Appearance<'_>, all: &[Appearance<'_>]) -> bool {
    let of_domain = all.iter().filter(|other| other.shelf.domain() == appearance.shelf.domain());
    let newest = of_domain.filter(|other| other.appeared.is_some()).max_by_key(|other| other.shelf.release());
    newest.is_some_and(|newest| newest.shelf.release() == appearance.shelf.release())
}

/// Current, or older, and whether it is still kept up.
pub fn standing(appearance: &Appearance<'_>, is_newest: bool) -> String {
    let Some(appeared) = &appearance.appeared else { return "not in this release".to_owned() };
    let age = if is_newest { "current" } else { "older" };
    match status(appeared.object.revoked, appeared.object.deprecated) {
        "current" => age.to_owned(),
        retired => format!("{age}, {retired}"),
    }
}

fn row(appearance: &Appearance<'_>, is_newest: bool) -> Vec<String> {
    let date = |text: &str| text.get(..10).unwrap_or(text).to_owned();
    let object = appearance.appeared.as_ref().map(|appeared| &appeared.object);
    let hashes = appearance.appeared.as_ref().map(|appeared| appeared.hashes);
    vec![
        name(appearance),
        object.and_then(|object| object.version.clone()).unwrap_or_default(),
        object.and_then(|object| object.modified.as_deref().map(date)).unwrap_or_default(),
        standing(appearance, is_newest),
        hashes.map(|hashes| short(&hashes.source)).unwrap_or_default(),
        hashes.map(|hashes| short(&hashes.canonical)).unwrap_or_default(),
        date(appearance.shelf.imported_at()),
    ]
}

/// For programs.
pub fn record(appearance: &Appearance<'_>) -> Value {
    let shelf = appearance.shelf;
    let mut record = json!({
        "domain": shelf.domain().slug(),
        "release": release_name(shelf.release()),
        "imported": shelf.imported_at(),
        "present": appearance.appeared.is_some(),
    });
    if let (Some(appeared), Some(fields)) = (&appearance.appeared, record.as_object_mut()) {
        let more = json!({
            "version": appeared.object.version,
            "modified": appeared.object.modified,
            "status": status(appeared.object.revoked, appeared.object.deprecated),
            "source": appeared.hashes.source.to_string(),
            "canonical": appeared.hashes.canonical.to_string(),
            "changes": appeared.changes.iter().map(field_change).collect::<Vec<_>>(),
            "content_changed_version_did_not": appeared.is_unversioned,
            "content_changed_version_and_date_did_not": appeared.is_silent,
        });
        fields.extend(more.as_object().cloned().unwrap_or_default());
    }
    record
}

fn cells(appearance: &Appearance<'_>) -> Vec<String> {
    let shelf = appearance.shelf;
    let mut cells = vec![
        shelf.domain().slug().to_owned(),
        release_name(shelf.release()),
        shelf.imported_at().to_owned(),
        appearance.appeared.is_some().to_string(),
    ];
    cells.extend(match &appearance.appeared {
        None => vec![String::new(); COLUMNS.len() - 4],
        Some(appeared) => vec![
            appeared.object.version.clone().unwrap_or_default(),
            appeared.object.modified.clone().unwrap_or_default(),
            status(appeared.object.revoked, appeared.object.deprecated).to_owned(),
            appeared.hashes.source.to_string(),
            appeared.hashes.canonical.to_string(),
            appeared.changes.iter().map(FieldChange::field).collect::<Vec<_>>().join(", "),
            appeared.is_unversioned.to_string(),
            appeared.is_silent.to_string(),
        ],
    });
    cells
}

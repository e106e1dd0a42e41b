//! `begat attack list`: which objects there are.

use std::num::NonZeroUsize;

use begat_attack::id::{AttackId, release_name};
use begat_attack::query::{Filter, Listed, list, shelf_name};
use serde_json::{Value, json};

use super::dossier::{licence, status};
use super::holdings::{library, wanted};
use super::lines::Lines;
use super::records::{log_source, write_csv, write_lines};
use crate::cli::{AttackFormat, AttackListArgs};
use crate::error::Error;
use crate::exit::Status;
use crate::sink::Sink;

/// Rows of a page of the table.
const PER_PAGE: usize = 50;
const COLUMNS: &[&str] = &[
    "id",
    "kind",
    "name",
    "domain",
    "release",
    "version",
    "modified",
    "status",
    "platforms",
    "tactics",
    "log_sources",
    "stix_id",
];

/// Lists what fits.
pub fn run(args: &AttackListArgs) -> Result<Status, Error> {
    let sink = Sink::new(&args.told.output)?;
    let library = library(&args.told.store)?;
    let filter = Filter {
        kinds: args.what.kinds.to_vec(),
        platform: args.platform.clone(),
        tactic: args.tactic.clone(),
        log_source: args.log_source.clone(),
        text: args.text.clone(),
        with_retired: args.revoked,
        wanted: wanted(&args.release),
    };
    let found = list(&library, &filter)?;
    let is_table = args.told.format == AttackFormat::Table;
    let per_page = args.per_page.map_or(if is_table { PER_PAGE } else { usize::MAX }, NonZeroUsize::get);
    let begin = (args.page.get() - 1).saturating_mul(per_page).min(found.len());
    let shown = &found[begin..begin.saturating_add(per_page).min(found.len())];
    sink.write(|out| match args.told.format {
        AttackFormat::Table => out.write_all(table(args, &found, shown, begin).as_bytes()),
        AttackFormat::Jsonl => write_lines(shown.iter().map(record), out),
        AttackFormat::Csv => write_csv(COLUMNS, shown.iter().map(row), out),
    })?;
    Ok(Status::Done)
}

fn id(listed: &Listed<'_>) -> String {
    let object = &listed.object;
    object.attack_id.as_ref().map_or_else(|| object.stix_id.to_string(), ToString::to_string)
}

fn release(listed: &Listed<'_>) -> String {
    let taken = listed.object.taken_from.as_ref().map(|taken| taken.release.to_string());
    taken.unwrap_or_else(|| release_name(listed.shelf.release()))
}

fn table(args: &AttackListArgs, found: &[Listed<'_>], shown: &[Listed<'_>], begin: usize) -> String {
    let mut lines = Lines::new(&args.told.output);
    let rows: Vec<Vec<String>> = shown
        .iter()
        .map(|listed| {
            let object = &listed.object;
            let retired = if object.is_current() { "" } else { status(object.revoked, object.deprecated) };
            let what = [&object.platforms.join(", "), &listed.tactics.join(", "), retired];
            let what: Vec<&str> = what.into_iter().filter(|text| !text.is_empty()).collect();
            vec![id(listed), object.name.clone().unwrap_or_default(), what.join(" · ")]
        })
        .collect();
    lines.table(&rows);
    if shown.is_empty() {
        lines.line(&format!("none of {} fits", args.what.name));
    } else {
        lines.blank();
        lines.line(&format!("{}–{} of {} {}", begin + 1, begin + shown.len(), found.len(), args.what.name));
        if begin + shown.len() < found.len() {
            lines.line(&format!("`--page {}` shows the next", args.page.get() + 1));
        }
        let mut releases: Vec<String> = shown.iter().map(|listed| shelf_name(listed.shelf)).collect();
        releases.dedup();
        lines.line(&format!("from {}", releases.join(", ")));
        licence(shown[0].shelf, &shown[0].object).first().into_iter().for_each(|line| lines.line(line));
    }
    lines.finish()
}

fn record(listed: &Listed<'_>) -> Value {
    let object = &listed.object;
    json!({
        "id": object.attack_id.as_ref().map(AttackId::as_str),
        "stix_id": object.stix_id.as_str(),
        "kind": object.kind.one(),
        "name": object.name,
        "domain": listed.shelf.domain().slug(),
        "release": release(listed),
        "version": object.version,
        "modified": object.modified,
        "status": status(object.revoked, object.deprecated),
        "platforms": object.platforms,
        "tactics": listed.tactics,
        "log_sources": object.log_sources.iter().map(log_source).collect::<Vec<_>>(),
    })
}

fn row(listed: &Listed<'_>) -> Vec<String> {
    let object = &listed.object;
    let sources = object.log_sources.iter().map(|source| match &source.channel {
        Some(channel) => format!("{} {channel}", source.name),
        None => source.name.clone(),
    });
    vec![
        id(listed),
        object.kind.one().to_owned(),
        object.name.clone().unwrap_or_default(),
        listed.shelf.domain().slug().to_owned(),
        release(listed),
        object.version.clone().unwrap_or_default(),
        object.modified.clone().unwrap_or_default(),
        status(object.revoked, object.deprecated).to_owned(),
        object.platforms.join(", "),
        listed.tactics.join(", "),
        sources.collect::<Vec<_>>().join(", "),
        object.stix_id.to_string(),
    ]
}

//! `begat attack drift`: whether the analytic that begat carries out is still the one that ATT&CK publishes.

use begat_attack::facts::PINNED;
use begat_attack::history::{Drift, drift};
use begat_attack::query::shelf_name;
use serde_json::{Value, json};

use super::holdings::library;
use super::lines::Lines;
use super::records::{change_lines, field_change, write_lines};
use crate::cli::{AttackAnswer, AttackDriftArgs};
use crate::error::Error;
use crate::exit::Status;
use crate::sink::Sink;

/// Compares; 1 where they differ.
pub fn run(args: &AttackDriftArgs) -> Result<Status, Error> {
    let sink = Sink::new(&args.told.output)?;
    let library = library(&args.told.store)?;
    let found = drift(&library)?;
    sink.write(|out| match args.told.format {
        AttackAnswer::Table => {
            let mut lines = Lines::new(&args.told.output);
            write(&mut lines, &found);
            out.write_all(lines.finish().as_bytes())
        }
        AttackAnswer::Jsonl => write_lines([record(&found)], out),
    })?;
    Ok(if found.is_any() { Status::FailOnMet } else { Status::Done })
}

fn write(lines: &mut Lines, found: &Drift<'_>) {
    lines.line(&format!("{PINNED}: ours, of {}, against {}", found.pinned.release, shelf_name(found.shelf)));
    lines.field("ours", &format!("source {}", found.pinned.source));
    match found.hashes {
        None => lines.field("theirs", "none: that release has it no more"),
        Some(hashes) => lines.field("theirs", &format!("source {}", hashes.source)),
    }
    if !found.is_any() {
        return lines.line("the same");
    }
    found.fields.iter().flat_map(change_lines).for_each(|line| lines.item("·", &line));
    if found.hashes.is_some() && found.fields.is_empty() {
        lines.line(
            "every fact is the same, and the bytes are not: one of the fields that only say how an object is written \
             differs (STIX 2.0 writes no `spec_version`, say), or the order of the fields",
        );
    }
}

fn record(found: &Drift<'_>) -> Value {
    json!({
        "id": PINNED,
        "differs": found.is_any(),
        "ours": { "release": found.pinned.release.to_string(), "source": found.pinned.source.to_string() },
        "theirs": {
            "release": shelf_name(found.shelf),
            "source": found.hashes.map(|hashes| hashes.source.to_string()),
        },
        "fields": found.fields.iter().map(field_change).collect::<Vec<_>>(),
    })
}

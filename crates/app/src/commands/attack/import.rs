//! `begat attack import`: what came in, and what was refused and why.

use std::io::{self, Write};

use begat_attack::bundle::{Refusal, Refused};
use begat_attack::facts::NOTICE;
use begat_attack::id::release_name;
use begat_attack::store::{Edition, Import, ImportOutcome, Imported, Taken, import};
use serde_json::{Value, json};

use super::holdings::folder;
use super::lines::Lines;
use super::records::write_lines;
use crate::cli::{AttackAnswer, AttackImportArgs, OutputArgs};
use crate::error::{AttackError, Error};
use crate::exit::Status;
use crate::message::Message;
use crate::sink::Sink;

/// Refusals told one by one; the rest is counted.
const TOLD_MAX: usize = 20;

/// Imports, and tells.
pub fn run(args: &AttackImportArgs) -> Result<Status, Error> {
    let folder = folder(&args.store).ok_or(AttackError::NoFolder)?;
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let order = Import { paths: &args.files, release: args.release, replaces: args.replace, now: &now };
    let imported = import(&folder, &order)?;
    if !imported.taken.is_empty() {
        let path = folder.join("NOTICE.txt");
        std::fs::write(&path, NOTICE)
            .map_err(|source| Error::Output { output: format!("`{}`", path.display()), source })?;
    }
    let output = OutputArgs { output: None, clobber: false };
    Sink::new(&output)?.write(|out| match args.format {
        AttackAnswer::Table => out.write_all(table(&imported, &output).as_bytes()),
        AttackAnswer::Jsonl => write_lines(imported.taken.iter().map(record), out),
    })?;
    tell(&imported);
    let is_kept = imported.taken.iter().any(|taken| taken.outcome == ImportOutcome::Kept);
    let is_nothing = imported.taken.is_empty();
    if is_nothing && imported.refused.is_empty() {
        return Err(AttackError::NothingToImport.into());
    }
    Ok(Status::Done.or_trouble(is_kept || !imported.refused.is_empty()))
}

fn table(imported: &Imported, output: &OutputArgs) -> String {
    let mut lines = Lines::new(output);
    for taken in &imported.taken {
        lines.line(&format!("{}: {}", taken.name(), outcome(taken.outcome)));
        let shown = taken.sources.iter().take(TOLD_MAX);
        shown.for_each(|source| lines.field("from", &source.name));
        if taken.sources.len() > TOLD_MAX {
            lines.field("", &format!("and {} files more", taken.sources.len() - TOLD_MAX));
        }
        if let Some(digest) = taken.digest() {
            lines.field("SHA-256", &digest.to_string());
        }
        lines.field("origin", &origin(taken));
        let total: usize = taken.objects.iter().map(|(_, count)| count).sum();
        let counts: Vec<String> = taken
            .objects
            .iter()
            .map(|(kind, count)| format!("{count} {}", if *count == 1 { kind.one() } else { kind.many() }))
            .collect();
        lines.field("objects", &format!("{total}: {}", counts.join(", ")));
        if taken.repeated > 0 {
            lines.field("repeated", &format!("{} stood there twice, the same", taken.repeated));
        }
    }
    lines.finish()
}

fn outcome(outcome: ImportOutcome) -> &'static str {
    match outcome {
        ImportOutcome::New => "imported",
        ImportOutcome::Replaced => "imported, in place of what was there",
        ImportOutcome::Extended => "added to the objects that were there",
        ImportOutcome::Unchanged => "was there already, the same",
        ImportOutcome::Kept => "NOT imported: another release of that number is there",
    }
}

fn origin(taken: &Taken) -> String {
    match (taken.official, taken.edition) {
        (Some(known), _) => {
            format!("official and unaltered: {} {}, STIX {}", known.domain.title(), known.release, known.stix)
        }
        (None, Edition::Objects) => "objects by themselves: what is absent says nothing".to_owned(),
        (None, _) if taken.digest().is_none() => {
            "put together from several files, no known release".to_owned()
        }
        (None, _) => "not a known release: its hash is none of MITRE's that begat knows in full".to_owned(),
    }
}

fn record(taken: &Taken) -> Value {
    let objects: serde_json::Map<String, Value> =
        taken.objects.iter().map(|(kind, count)| (kind.many().to_owned(), json!(count))).collect();
    let sources: Vec<Value> = taken
        .sources
        .iter()
        .map(|source| json!({ "name": source.name, "sha256": source.digest.to_string() }))
        .collect();
    json!({
        "domain": taken.domain.slug(),
        "release": release_name(taken.release),
        "outcome": format!("{:?}", taken.outcome).to_lowercase(),
        "official": taken.official.is_some(),
        "origin": origin(taken),
        "objects": objects,
        "repeated": taken.repeated,
        "sources": sources,
    })
}

fn message(refused: &Refused) -> Message {
    let source = &refused.source;
    if let (true, Refusal::Read(why)) = (refused.is_whole_file, &refused.why) {
        let message = Message::new(format!("cannot read `{source}`")).because(why);
        return message.hint("is the path right, and the file whole?");
    }
    let what = match refused.is_whole_file {
        true => format!("nothing of `{source}` is taken"),
        false => format!("an object of `{source}` is left out"),
    };
    Message::new(what).at(refused.place.to_string()).because(refused.why.to_string())
}

/// What was refused goes to standard error.
fn tell(imported: &Imported) {
    // Where standard error is closed there is nobody to tell.
    let mut err = io::stderr().lock();
    for refused in imported.refused.iter().take(TOLD_MAX) {
        let _ = message(refused).write(&mut err);
    }
    if imported.refused.len() > TOLD_MAX {
        let _ = writeln!(err, "refused: {} more", imported.refused.len() - TOLD_MAX);
    }
    if imported.skipped > 0 {
        let _ = writeln!(err, "skipped: {} files that are no JSON", imported.skipped);
    }
    if imported.taken.iter().any(|taken| taken.outcome == ImportOutcome::Kept) {
        let _ = writeln!(err, "\nhint: `--replace` takes the place of what is there");
    }
}

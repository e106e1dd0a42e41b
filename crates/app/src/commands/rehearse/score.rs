//! What a pipeline said of a rehearsal, held against what really happened.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use begat_model::visible::visible_bounded;
use begat_policy::{Complaint, Complaints};
use begat_sim::rehearse::{AlertMap, Answers, Judged, Outcome, Rehearsed, Score, score};
use serde_json::json;

use crate::cli::{RehearseFormat, RehearseScoreArgs};
use crate::error::Error;
use crate::exit::Status;
use crate::options::Display;
use crate::sink::Sink;
use crate::site::read_text;

/// Most bytes of what is read: a rehearsal has a hundred creations.
const BYTES_MAX: u64 = 1 << 30;
/// Characters of a name that are shown.
const NAME_CHARS_MAX: usize = 40;

/// Scores them.
pub(super) fn run(args: &RehearseScoreArgs) -> Result<Status, Error> {
    let display = Display::new(&args.display, &args.output)?;
    let sink = Sink::new(&args.output)?;
    let truth = read_text("TRUTH", &args.truth, BYTES_MAX)?;
    let truth = Rehearsed::read(&truth)
        .map_err(|wrong| complaints(&args.truth, wrong, "give the truth.jsonl of `begat rehearse write`"))?;
    let map = args.map.as_deref().map(read_map).transpose()?;
    let text = read_text("CASES", &args.cases, BYTES_MAX)?;
    let answers = Answers::read(&text, map.as_ref())
        .map_err(|wrong| complaints(&args.cases, wrong, "give what `begat hunt -t jsonl` wrote, or a map"))?;
    sink.spare([args.truth.as_path(), args.cases.as_path()].into_iter().chain(args.map.as_deref()))?;
    let score = score(truth, &answers);
    sink.write(|out| match args.format {
        RehearseFormat::Table => table(&score, display.page.width, out),
        RehearseFormat::Json => json_of(&score, out),
    })?;
    let is_wrong = score.count(Outcome::ConfidentlyWrong) > 0;
    Ok(if args.fail_on_wrong && is_wrong { Status::FailOnMet } else { Status::Done })
}

fn complaints(path: &Path, wrong: Vec<(usize, String)>, instead: &str) -> Error {
    let complaint = |(line, what)| Complaint {
        file: path.display().to_string().into(),
        line,
        column: None,
        what,
        instead: instead.to_owned(),
    };
    let complaints = Complaints::check(wrong.into_iter().map(complaint).collect());
    Error::Site { complaints: complaints.expect_err("something is wrong") }
}

/// A table of a key each, with a dotted path in quotes.
fn read_map(path: &Path) -> Result<AlertMap, Error> {
    const INSTEAD: &str = "write lines like `account = \"user.target.name\"`";
    let text = read_text("--map", path, BYTES_MAX)?;
    let table: BTreeMap<String, String> = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        complaints(path, vec![(line, error.message().to_owned())], INSTEAD)
    })?;
    AlertMap::of(table)
        .map_err(|wrong| complaints(path, wrong.into_iter().map(|what| (1, what)).collect(), INSTEAD))
}

fn table(score: &Score, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let of = score.creations.len();
    writeln!(out, "Of {of} creations that were rehearsed:")?;
    for outcome in Outcome::ALL {
        let count = score.count(outcome);
        writeln!(out, "  {count:>5}  {:<18} {}", outcome.slug().replace('_', " "), outcome.doc())?;
    }
    if score.others > 0 {
        writeln!(out, "  {:>5}  of what was said is of no creation that was rehearsed", score.others)?;
    }
    for outcome in Outcome::ALL.into_iter().rev().filter(|outcome| *outcome != Outcome::Right) {
        let judged: Vec<&Judged> = score.creations.iter().filter(|it| it.outcome == outcome).collect();
        if judged.is_empty() {
            continue;
        }
        writeln!(out, "\n{}", outcome.slug().replace('_', " "))?;
        for it in judged {
            for line in textwrap::wrap(
                &said(it),
                textwrap::Options::new(width).initial_indent("  ").subsequent_indent("    "),
            ) {
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}

/// `net-user (M01): WS1 bob  told likely mmc.exe (4242), was net1.exe (3888)`.
fn said(judged: &Judged) -> String {
    let named = |image: Option<&str>, pid: Option<u32>| {
        let file = image.map(|image| image.rsplit('\\').next().unwrap_or(image)).unwrap_or("no process");
        let pid = pid.map_or(String::new(), |pid| format!(" ({pid})"));
        format!("{}{pid}", visible_bounded(file, NAME_CHARS_MAX))
    };
    let truth = &judged.truth;
    let told = judged.told.as_ref().map_or("nothing told".to_owned(), |told| {
        let verdict = told.verdict.as_deref().map_or(String::new(), |verdict| format!("{verdict}, "));
        format!("told {verdict}{}", named(told.process.as_deref(), told.pid))
    });
    let creator = truth.creator.as_ref();
    format!(
        "{} ({}): {} on {}: {told}; it was {}, {}",
        truth.story,
        truth.scenario,
        visible_bounded(&truth.account, NAME_CHARS_MAX),
        visible_bounded(&truth.host, NAME_CHARS_MAX),
        truth.verdict,
        named(creator.map(|it| it.image.as_str()), creator.map(|it| it.pid))
    )
}

fn json_of(score: &Score, out: &mut dyn Write) -> io::Result<()> {
    let counts: BTreeMap<&str, u64> =
        Outcome::ALL.iter().map(|outcome| (outcome.slug(), score.count(*outcome))).collect();
    let creations: Vec<_> = score
        .creations
        .iter()
        .map(|judged| {
            json!({
                "story": judged.truth.story, "scenario": judged.truth.scenario, "host": judged.truth.host,
                "account": judged.truth.account, "sid": judged.truth.sid, "outcome": judged.outcome.slug(),
                "told": judged.told.as_ref().map(|told| {
                    json!({"verdict": told.verdict, "process": told.process, "pid": told.pid})
                }),
                "true": {"verdict": judged.truth.verdict, "creator": judged.truth.creator},
            })
        })
        .collect();
    // All are in UTC and written alike, so that the order of the texts is that of the times.
    let times = || score.creations.iter().map(|judged| judged.truth.created_at.as_str());
    let object = json!({
        "schema": "begat.rehearsal-score/1", "from": times().min(), "until": times().max(),
        "of": score.creations.len(), "counts": counts,
        "others": score.others, "creations": creations,
    });
    begat_report::write_object(&object, out)?;
    writeln!(out)
}

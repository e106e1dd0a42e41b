//! `begat readiness`: what can be proven of account creations, what is allowed, what can be undone, and what all that
//! rests on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use begat_model::ledger::HostLedger;
use begat_model::{Text, Timestamp};
use begat_policy::{History, allowances};
use begat_report::{Readiness, ReadinessFormat, ReadinessSite, Typed};

use crate::cli::{InputArgs, ReadinessArgs};
use crate::error::Error;
use crate::evidence::{self, Evidence};
use crate::exit::Status;
use crate::options::{Display, Input, shown_on_terminal};
use crate::pipeline::{self, Outcome};
use crate::progress::Progress;
use crate::sink::Sink;
use crate::site::hold_against;
use crate::summary;

/// Hunts, counts, tells, and writes evidence where it was asked for.
pub fn run(args: &ReadinessArgs) -> Result<Status, Error> {
    let display = Display::new(&args.display, &args.output)?;
    let sink = Sink::new(&args.output)?;
    let input = Input::new(&args.input)?;
    // A folder that cannot be used is told before the hunt.
    let folder = args.evidence.as_deref().map(evidence::prepare).transpose()?;
    input.site.warnings.iter().for_each(|warning| summary::warn(warning));
    let usual = if shown_on_terminal(&args.output) { "text" } else { "json" };
    let format = args.format.or_else(|| ReadinessFormat::named(usual)).expect("both are in the table");
    let Looked { outcome, hosts, readiness } = look(&args.input, &input, display.progress)?;
    sink.spare(outcome.totals.sources.iter().chain(&input.site.files).map(PathBuf::as_path))?;
    if let Some(folder) = folder {
        let evidence = Evidence {
            input: &input,
            outcome: &outcome,
            hosts: &hosts,
            readiness: &readiness,
            with_secrets: args.with_secrets,
            typed: &typed(&args.input).hunt,
        };
        let manifest = evidence.write(&folder)?;
        summary::note(&format!("evidence: {}, manifest SHA-256 {manifest}", folder.display()));
    }
    sink.write(|out| (format.write)(&readiness, &display.page, out))?;
    summary::tell_problems(&outcome.totals);
    Ok(Status::Done.or_trouble(!outcome.totals.were_read()))
}

/// What a look at logs came to.
pub struct Looked {
    /// Cases and what else was found.
    pub outcome: Outcome,
    /// What every host showed, those of the inventory that were not heard among them.
    pub hosts: Vec<HostLedger>,
    /// What that comes to.
    pub readiness: Readiness,
}

/// Hunts, keeps the ledgers, and counts.
pub fn look(args: &InputArgs, input: &Input, progress: bool) -> Result<Looked, Error> {
    let progress = Progress::new(progress);
    let (outcome, mut hosts) = pipeline::hunt_and_ledgers(input, &progress)?;
    progress.finish();
    hold_against(&mut hosts, &input.site.inventory, &[]);
    let readiness = known(input, &outcome, &hosts, &typed(args));
    Ok(Looked { outcome, hosts, readiness })
}

fn known(input: &Input, outcome: &Outcome, hosts: &[HostLedger], typed: &Typed) -> Readiness {
    let until = hosts.iter().filter_map(|host| host.until).max();
    let allowed = input.site.policy.as_ref().map(|policy| {
        let mut history = History::default();
        outcome.cases.iter().for_each(|case| history.add(case));
        // Where nothing tells a time nothing is over.
        let today = until.unwrap_or(Timestamp::from_unix_ticks(0, begat_model::Precision::SECONDS));
        allowances(policy, Some(&history), today)
    });
    let tickets: BTreeMap<Text, Timestamp> = input
        .site
        .policy
        .iter()
        .flat_map(|policy| policy.tickets().all())
        .map(|ticket| (ticket.id.clone(), ticket.last()))
        .collect();
    Readiness::of(ReadinessSite {
        cases: &outcome.cases,
        findings: &outcome.findings,
        hosts,
        inventory: &input.site.inventory,
        allowances: allowed.as_deref(),
        tickets: &tickets,
        problems: outcome.totals.problems.len() as u64,
        typed,
    })
}

/// The options and paths that read the same, for a shell.
fn typed(args: &InputArgs) -> Typed {
    let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
    let site = [("--policy", path(&args.site.policy)), ("--tickets", path(&args.site.tickets))];
    let inventory = [("--inventory", path(&args.site.inventory))];
    let window = [("--window", args.window.clone())];
    let sigma = args.sigma.iter().map(|path| ("--sigma", Some(path.to_string_lossy().into_owned())));
    let zone = [("--input-timezone", args.reading.input_timezone.clone())];
    let paths: Vec<String> = args.paths.iter().map(|path| quoted_path(path)).collect();
    let line = |options: &[(&str, Option<String>)]| {
        let told = options.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let mut words: Vec<String> = told.map(|(name, value)| format!("{name} {}", quoted(value))).collect();
        words.extend(paths.iter().cloned());
        words.join(" ")
    };
    let of_both: Vec<_> = inventory.into_iter().chain(zone).collect();
    let of_hunt: Vec<_> =
        site.into_iter().chain(window).chain(sigma).chain(of_both.iter().cloned()).collect();
    Typed { hunt: line(&of_hunt), coverage: line(&of_both) }
}

fn quoted_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    // What begins like an option is none.
    if text.starts_with('-') && text != "-" { quoted(&format!("./{text}")) } else { quoted(&text) }
}

/// As a POSIX shell takes it for one word.
fn quoted(text: &str) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "-_./:@%+=,".contains(sign);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_one_word_each() {
        for (text, word) in [
            ("logs/", "logs/"),
            ("my logs", "'my logs'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
            ("$(x)", "'$(x)'"),
        ] {
            assert_eq!(quoted(text), word);
        }
        assert_eq!(quoted_path(Path::new("-x")), "./-x");
    }
}

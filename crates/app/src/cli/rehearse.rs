//! What can be typed behind `begat rehearse`.

use std::path::PathBuf;

use begat_sim::encode::{CARRIERS, Carrier};
use begat_sim::story::{STORIES, StoryKind};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};

use super::shared::{DisplayArgs, OutputArgs, ReadingArgs};

pub(super) const AFTER_HELP: &str = "\
Examples:
  begat rehearse plan                          what to run on a test machine
  begat rehearse write lab/ --carrier winlogbeat --like logs/
  begat hunt -t jsonl lab/logs -o cases.jsonl  what begat makes of it
  begat rehearse score lab/truth.jsonl cases.jsonl
  begat rehearse score lab/truth.jsonl alerts.jsonl --map alerts.toml";

const PLAN_AFTER_HELP: &str = "\
Every command makes an account `begat-rehearsal`: run them on a machine that is there for tests, and the clean-up after \
each. The stories that nothing of Windows plays alone are not in the plan; `begat rehearse write` writes them all.";

const WRITE_AFTER_HELP: &str = "\
Examples:
  begat rehearse write lab/
  begat rehearse write lab/ --carrier winlogbeat --like logs/
  begat rehearse write lab/ --story net-user --story remote-samr --seed 7
  begat rehearse write lab/ --at 2026-11-30T08:00:00Z

Writes DIR/logs, one file for each story, and DIR/truth.jsonl (begat.rehearsal/1): what really happened. With `--like` \
hosts and people bear the names of that site. Each 4720 says `begat-rehearsal` where it tells workstations, so that \
nobody takes it for an account of the site. With `--at` the first account is made then, and all else as \
long before or after it as ever: into a live pipeline rehearsals go with times of today.";

const SCORE_AFTER_HELP: &str = "\
Examples:
  begat rehearse score lab/truth.jsonl cases.jsonl
  begat rehearse score lab/truth.jsonl alerts.jsonl --map alerts.toml

A map names, as TOML, where another tool's alerts (JSON Lines) have what is asked for, by dotted paths: `host`, \
`account`, `sid`, and `process` and `pid` of whom it blames. Of several alerts on one account the worst counts.

Exit status: 0 the run finished, whatever came out; 1 `--fail-on-wrong` and somebody was blamed who did not do it; 2 a \
file could not be read.";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum RehearseCommand {
    /// List what to run on a test machine, and how to clean up after it
    #[command(after_help = PLAN_AFTER_HELP)]
    Plan(RehearsePlanArgs),
    /// Write the stories as logs of a site's own shape, with what really happened
    #[command(after_help = WRITE_AFTER_HELP)]
    Write(RehearseWriteArgs),
    /// Hold what a pipeline said of a rehearsal against what really happened
    #[command(after_help = SCORE_AFTER_HELP)]
    Score(RehearseScoreArgs),
}

/// For whom it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RehearseFormat {
    /// for people
    Table,
    /// one JSON object, for programs
    Json,
}

/// Options of `begat rehearse plan`.
#[derive(Debug, Args)]
pub struct RehearsePlanArgs {
    /// Format
    #[arg(short = 't', long, value_name = "FORMAT", value_enum, default_value = "table")]
    pub format: RehearseFormat,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,

    /// How people are told.
    #[command(flatten)]
    pub display: DisplayArgs,
}

/// Options of `begat rehearse write`.
#[derive(Debug, Args)]
pub struct RehearseWriteArgs {
    /// The folder; it is made where there is none
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,

    /// The carrier that ships the logs
    #[arg(long, value_name = "NAME", value_parser = carriers(), default_value = "evtx")]
    pub carrier: &'static Carrier,

    /// Logs of the site whose host and account names the stories bear (repeatable)
    #[arg(long, value_name = "PATH")]
    pub like: Vec<PathBuf>,

    /// Only this story (repeatable) [default: all]
    #[arg(long, value_name = "NAME", value_parser = stories())]
    pub story: Vec<&'static StoryKind>,

    /// When the first account is made: a time, in UTC where it has no zone [default: the stories' own, in March 2026]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,

    /// The same number writes the same logs
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Overwrite what an earlier run wrote there
    #[arg(short = 'C', long)]
    pub clobber: bool,

    /// How the logs of the site are read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// Options of `begat rehearse score`.
#[derive(Debug, Args)]
pub struct RehearseScoreArgs {
    /// What really happened: the truth.jsonl of `begat rehearse write`
    #[arg(value_name = "TRUTH")]
    pub truth: PathBuf,

    /// What was said of it: what `begat hunt -t jsonl` wrote, or with `--map` another tool's alerts
    #[arg(value_name = "CASES")]
    pub cases: PathBuf,

    /// Where another tool's alerts have host, account, sid, process and pid, as TOML
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,

    /// Exit with 1 if somebody was blamed who did not do it
    #[arg(long)]
    pub fail_on_wrong: bool,

    /// Format
    #[arg(short = 't', long, value_name = "FORMAT", value_enum, default_value = "table")]
    pub format: RehearseFormat,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,

    /// How people are told.
    #[command(flatten)]
    pub display: DisplayArgs,
}

fn carriers() -> impl TypedValueParser<Value = &'static Carrier> {
    let values = CARRIERS.iter().map(|carrier| PossibleValue::new(carrier.name));
    PossibleValuesParser::new(values)
        .map(|name| Carrier::named(&name).expect("only names of carriers are possible"))
}

fn stories() -> impl TypedValueParser<Value = &'static StoryKind> {
    let values = STORIES.iter().map(|story| PossibleValue::new(story.name).help(story.summary));
    PossibleValuesParser::new(values)
        .map(|name| StoryKind::named(&name).expect("only names of stories are possible"))
}

//! Options of `begat coverage`.

use std::path::PathBuf;

use begat_model::ledger::SightLoss;
use begat_report::{SIGHT_FORMATS, SightFormat};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::shared::{DisplayArgs, InputArgs, OutputArgs, ReadingArgs, SiteArgs};

pub(super) const AFTER_HELP: &str = "\
Examples:
  begat coverage logs/                         hosts, and what they logged
  begat coverage --inventory hosts.csv logs/   and hosts that were not heard
  begat coverage --audit-policy audit.csv logs/
  begat coverage --sysmon-config s.xml logs/   and what Sysmon swallows
  begat coverage --since march.jsonl logs/     what went dark, what came
  begat coverage -v logs/                      every mend in all its forms
  begat coverage -t jsonl logs/ | jq .score    what programs read
  begat coverage --fail-on-blind-spot no_process_creation logs/

Exit status: 0 the run finished; 1 a host has a blind spot that `--fail-on-blind-spot` names; 2 an input could not be \
read, or holds no record at all.";

/// Options of `begat coverage`.
#[derive(Debug, Args)]
pub struct CoverageArgs {
    /// A file, a folder (with all in it) or `-` for standard input
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,

    /// Format [default: table on a terminal, jsonl otherwise]
    #[arg(short = 't', long, value_name = "FORMAT", value_parser = formats())]
    pub format: Option<&'static SightFormat>,

    /// Hosts that should report, as CSV or JSON (host, role, owner): those that were not heard are told too
    #[arg(long, value_name = "FILE")]
    pub inventory: Option<PathBuf>,

    /// What is configured to be audited: `auditpol /backup`, a policy's audit.csv or registry.pol (repeatable)
    #[arg(long, value_name = "FILE")]
    pub audit_policy: Vec<PathBuf>,

    /// What Sysmon was told to tell: says which process starts it swallows
    #[arg(long, value_name = "FILE")]
    pub sysmon_config: Option<PathBuf>,

    /// What `coverage -t jsonl` wrote earlier: says what went dark since, and what came
    #[arg(long, value_name = "OLD.jsonl")]
    pub since: Option<PathBuf>,

    /// Exit with 1 where some host has this blind spot (repeatable)
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    pub fail_on_blind_spot: Vec<SightLoss>,

    /// How it is read.
    #[command(flatten)]
    pub reading: ReadingArgs,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,

    /// How people are told.
    #[command(flatten)]
    pub display: DisplayArgs,
}

impl CoverageArgs {
    /// What is read, as a hunt reads it.
    pub fn input(&self) -> InputArgs {
        InputArgs {
            paths: self.paths.clone(),
            window: None,
            site: SiteArgs { inventory: self.inventory.clone(), ..SiteArgs::default() },
            sigma: Vec::new(),
            reading: self.reading.clone(),
        }
    }
}

fn formats() -> impl TypedValueParser<Value = &'static SightFormat> {
    let values = SIGHT_FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.doc));
    PossibleValuesParser::new(values)
        .map(|name| SightFormat::named(&name).expect("only names of formats are possible"))
}

fn kinds() -> impl TypedValueParser<Value = SightLoss> {
    let values = SightLoss::ALL.iter().map(|loss| PossibleValue::new(loss.slug()).help(loss.doc()));
    PossibleValuesParser::new(values)
        .map(|name| SightLoss::named(&name).expect("only names of losses are possible"))
}

//! Options of `begat coverage`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use begat_model::ledger::SightLoss;
use begat_report::{SIGHT_FORMATS, SightFormat};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::shared::{DisplayArgs, InputArgs, OutputArgs, SiteArgs, positive, size};

pub(super) const AFTER_HELP: &str = "\
Examples:
  begat coverage logs/                         hosts, and what they logged
  begat coverage --inventory hosts.csv logs/   and hosts that were not heard
  begat coverage --audit-policy audit.csv logs/
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

    /// Exit with 1 where some host has this blind spot (repeatable)
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    pub fail_on_blind_spot: Vec<SightLoss>,

    /// Time zone of inputs whose times have none [default: worked out from the data]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub input_timezone: Option<String>,

    /// Longest standard input, or pipe, that is read: bytes, or with KiB, MiB, GiB, TiB
    /// [default: half of what is free for temporary files, at most 64GiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_input: Option<u64>,

    /// Worker threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = positive)]
    pub threads: Option<NonZeroUsize>,

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
            input_timezone: self.input_timezone.clone(),
            max_input: self.max_input,
            threads: self.threads,
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

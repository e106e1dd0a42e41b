//! Options of `begat readiness` and `begat verify`.

use std::path::PathBuf;

use begat_report::{READINESS_FORMATS, ReadinessFormat};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::shared::{DisplayArgs, InputArgs, OutputArgs};

pub(super) const AFTER_HELP: &str = "\
Examples:
  begat readiness logs/
  begat readiness --policy site.toml --inventory hosts.csv logs/
  begat readiness -t html -o readiness.html logs/
  begat readiness -t json logs/ | jq .proven
  begat readiness --evidence case-17/ --policy site.toml logs/

Every number comes with how many it is of and with the command that counts it again. `--evidence` writes cases, coverage, policy and the records that they rest on, and prints the SHA-256 of their manifest: keep it elsewhere, for a manifest that nobody keeps proves nothing.

Exit status: 0 the run finished, whatever the answer; 2 an input could not be read, or holds no record at all.";

pub(super) const VERIFY_AFTER_HELP: &str = "\
Examples:
  begat verify case-17/
  begat verify case-17/ --manifest 5f1d…       the hash that was kept

Exit status: 0 nothing changed; 1 something did, with which; 2 it is no folder of evidence, or its manifest cannot be used.";

/// Options of `begat readiness`.
#[derive(Debug, Args)]
pub struct ReadinessArgs {
    /// What is read.
    #[command(flatten)]
    pub input: InputArgs,

    /// Format [default: text on a terminal, json otherwise]
    #[arg(short = 't', long, value_name = "FORMAT", value_parser = formats())]
    pub format: Option<&'static ReadinessFormat>,

    /// Write what all this rests on into this folder, which must be empty or not there yet
    #[arg(long, value_name = "DIR", help_heading = "Evidence")]
    pub evidence: Option<PathBuf>,

    /// Leave passwords and other secrets in the records of the evidence as they are
    #[arg(long, requires = "evidence", help_heading = "Evidence")]
    pub with_secrets: bool,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,

    /// How people are told.
    #[command(flatten)]
    pub display: DisplayArgs,
}

/// Options of `begat verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The folder that `begat readiness --evidence` wrote
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,

    /// The SHA-256 of the manifest that was printed then and kept elsewhere
    #[arg(long, value_name = "SHA256", value_parser = hash)]
    pub manifest: Option<String>,
}

fn formats() -> impl TypedValueParser<Value = &'static ReadinessFormat> {
    let values = READINESS_FORMATS
        .iter()
        .map(|format| PossibleValue::new(format.name).aliases(format.aliases).help(format.doc));
    PossibleValuesParser::new(values)
        .map(|name| ReadinessFormat::named(&name).expect("only names of formats are possible"))
}

fn hash(text: &str) -> Result<String, String> {
    let text = text.trim().to_ascii_lowercase();
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then_some(text).ok_or_else(|| "it is no SHA-256: 64 hexadecimal digits".to_owned())
}

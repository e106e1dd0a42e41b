//! Options of `begat export`.

use std::path::PathBuf;

use begat_report::{EXPORT_LANGUAGES, ExportLanguage};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::shared::OutputArgs;

pub(super) const AFTER_HELP: &str = "\
Examples:
  begat export sigma > an1235.yml
  begat export kql --policy site.toml > an1235.yaml
  begat export spl --window 30s

A comment above the rule says what it keeps and loses. An authorisation goes out where the language can say all of its keys and its end; else the comment refuses it by name. The same policy gives the same bytes.";

/// Options of `begat export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The language
    #[arg(value_name = "LANGUAGE", value_parser = languages())]
    pub language: &'static ExportLanguage,

    /// What the site allows and how it tunes the analytic, as TOML
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,

    /// Longest time from process start to account creation [default: the policy's, else 2m]
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub window: Option<String>,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,
}

fn languages() -> impl TypedValueParser<Value = &'static ExportLanguage> {
    let values = EXPORT_LANGUAGES.iter().map(|it| PossibleValue::new(it.name).help(it.doc));
    PossibleValuesParser::new(values)
        .map(|name| ExportLanguage::named(&name).expect("only names of the table are possible"))
}

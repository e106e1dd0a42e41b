//! Options of `begat document`.

use std::path::PathBuf;

use clap::Args;

use super::shared::{DisplayArgs, InputArgs, OutputArgs};

pub(super) const AFTER_HELP: &str = "\
Examples:
  begat document logs/ -o detection.md
  begat document --policy site.toml --inventory hosts.csv logs/ -o doc.html
  begat document --rehearsed score.json logs/ -o detection.md

The ten sections that detection engineers use, from policy, coverage, what was created and the casebook, every story of which is run under that policy. Written again (`-C`), it changes only where facts did. A file ends in .md or .html; standard output gets Markdown.";

/// Options of `begat document`.
#[derive(Debug, Args)]
pub struct DocumentArgs {
    /// What is read.
    #[command(flatten)]
    pub input: InputArgs,

    /// What the last rehearsal came to: what `begat rehearse score -t json` wrote
    #[arg(long, value_name = "FILE")]
    pub rehearsed: Option<PathBuf>,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,

    /// How people are told.
    #[command(flatten)]
    pub display: DisplayArgs,
}

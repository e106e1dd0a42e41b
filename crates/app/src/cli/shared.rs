//! Options that several commands have: what is read, what the site says, where output goes and how it is shown.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

/// What is read, and how.
#[derive(Debug, Clone, Args)]
pub struct InputArgs {
    /// A file, a folder (with all in it) or `-` for standard input
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,

    /// Longest time from process start to account creation, AN1235's TimeWindow [default: the policy's, else 2m]
    #[arg(long, value_name = "DURATION")]
    pub window: Option<String>,

    /// What the site says.
    #[command(flatten)]
    pub site: SiteArgs,

    /// Sigma rules, a file or a folder: a process start that one of them matches counts as suspicious (repeatable)
    #[arg(long, value_name = "PATH")]
    pub sigma: Vec<PathBuf>,

    /// Time zone of inputs whose times have none [default: worked out from the data]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub input_timezone: Option<String>,

    /// Worker threads [default: one for each core]
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
}

/// What the site says of itself.
#[derive(Debug, Clone, Default, Args)]
pub struct SiteArgs {
    /// What the site allows and how it tunes the analytic, as TOML
    #[arg(long, value_name = "FILE", help_heading = "Site")]
    pub policy: Option<PathBuf>,

    /// Hosts that should report, with their roles and owners, as CSV or JSON (host, role, owner)
    #[arg(long, value_name = "FILE", help_heading = "Site")]
    pub inventory: Option<PathBuf>,

    /// Change tickets, as CSV or JSON (ticket, host, account, from, to, owner)
    #[arg(long, value_name = "FILE", help_heading = "Site")]
    pub tickets: Option<PathBuf>,
}

/// Where output goes.
#[derive(Debug, Args)]
pub struct OutputArgs {
    /// Write to this file instead of standard output
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Overwrite the output file
    #[arg(short = 'C', long, requires = "output")]
    pub clobber: bool,
}

/// How people are told; none of it changes what programs read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Display")]
pub struct DisplayArgs {
    /// Time zone in which times are shown to people: UTC, local, an offset or a name; JSON and CSV stay UTC
    #[arg(long, value_name = "ZONE", default_value = "UTC", allow_hyphen_values = true)]
    pub timezone: String,

    /// No summary; errors and anomalies still get a line each
    #[arg(short = 'q', long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// List every skipped file and more examples of each anomaly
    #[arg(short = 'v', long)]
    pub verbose: bool,

    /// No colours (NO_COLOR does the same)
    #[arg(long)]
    pub no_color: bool,

    /// No progress bar
    #[arg(long)]
    pub no_progress: bool,
}

//! Options that several commands have: what is read, what the site says, where output goes and how it is shown.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use begat_report::Page;
use clap::Args;

/// What is read, and how.
#[derive(Debug, Clone, Args)]
pub struct InputArgs {
    /// A file, a folder (with all in it) or `-` for standard input
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,

    /// Longest time from process start to account creation, AN1235's TimeWindow [default: the policy's, else 2m]
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub window: Option<String>,

    /// What the site says.
    #[command(flatten)]
    pub site: SiteArgs,

    /// Sigma rules, a file or a folder: a process start that one of them matches counts as suspicious (repeatable)
    #[arg(long, value_name = "PATH")]
    pub sigma: Vec<PathBuf>,

    /// How it is read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// How inputs are read, whatever is looked for in them.
#[derive(Debug, Clone, Default, Args)]
pub struct ReadingArgs {
    /// Time zone of inputs whose times have none [default: worked out from the data]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub input_timezone: Option<String>,

    /// Longest standard input, or pipe, that is read: bytes, or with KiB, MiB, GiB, TiB
    /// [default: half of what is free for temporary files, at most 64GiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_input: Option<u64>,

    /// File whose first line is the password of encrypted archives; the environment's BEGAT_ARCHIVE_PASSWORD is tried, too
    #[arg(long, value_name = "FILE")]
    pub archive_password_file: Option<PathBuf>,

    /// Shape of JSON or of a table that begat does not know, as TOML (repeatable); `begat carriers` lists those it does
    #[arg(long, value_name = "FILE")]
    pub schema: Vec<PathBuf>,

    /// Worker threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = positive)]
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

    /// Columns of what people read [default: those of the terminal, at most 100]
    #[arg(long, value_name = "N", value_parser = width)]
    pub width: Option<usize>,

    /// No summary; errors and anomalies are still told
    #[arg(short = 'q', long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Tell where each record is found again, every skipped file and more examples of each anomaly
    #[arg(short = 'v', long)]
    pub verbose: bool,

    /// No colours (NO_COLOR does the same)
    #[arg(long)]
    pub no_color: bool,

    /// No progress bar
    #[arg(long)]
    pub no_progress: bool,
}

/// Units of a size, by what follows the number.
const UNITS: &[(&str, u32)] = &[("", 0), ("k", 10), ("m", 20), ("g", 30), ("t", 40)];

/// `500MiB`, `64g`, `1048576`.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let lower = text.trim().to_ascii_lowercase();
    let digits = lower.trim_end_matches(|sign: char| !sign.is_ascii_digit());
    let unit = lower[digits.len()..].trim();
    let unit = unit.strip_suffix("ib").or_else(|| unit.strip_suffix('b')).unwrap_or(unit);
    let shift = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, shift)| *shift);
    let bytes = digits.parse::<u64>().ok().zip(shift);
    let bytes = bytes.and_then(|(number, shift)| number.checked_mul(1 << shift));
    bytes
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "it is no size; examples: 500MiB, 64GiB, 1048576".to_owned())
}

/// Columns on which a case can be laid out.
fn width(text: &str) -> Result<usize, String> {
    let columns = text.parse().ok().filter(|columns| WIDTHS.contains(columns));
    columns.ok_or_else(|| format!("it is no number from {} to {}", WIDTHS.start(), WIDTHS.end()))
}

/// Narrower nothing can be laid out; wider no screen is.
const WIDTHS: std::ops::RangeInclusive<usize> = Page::WIDTH_MIN..=1000;

/// A number of at least one.
pub(super) fn positive(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "it is no whole number of at least 1".to_owned())
}

/// An event's or a record's number.
pub(super) fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "it is no number that Windows gives out".to_owned())
}

/// A name to filter by: an empty one would leave out everything.
pub(super) fn filled(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("it is empty, and would leave out everything".to_owned()),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_bytes_or_have_a_unit() {
        for (text, bytes) in [("1", 1), ("2k", 2048), ("3MiB", 3 << 20), ("4 GB", 4 << 30), ("5TiB", 5 << 40)]
        {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for bad in ["", "0", "-1", "x", "5 parsecs", "99999999TiB"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}

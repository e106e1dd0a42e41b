//! What can be typed behind `begat policy`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::shared::{DisplayArgs, InputArgs, OutputArgs, ReadingArgs, SiteArgs, positive};

pub(super) const AFTER_HELP: &str = "\
Examples:
  begat policy check site.toml                 is the file in order?
  begat policy check site.toml --cases w*.jsonl  which entries are still used?
  begat policy suggest logs/ > proposed.toml   entries to think about
  begat policy try proposed.toml logs/         what would it have allowed?
  begat hunt --policy site.toml logs/          put it to use";

const CHECK_AFTER_HELP: &str = "\
Examples:
  begat policy check site.toml
  begat policy check site.toml logs/ --cases archive/2026-*.jsonl
  begat policy check site.toml --today 2026-12-31   what has expired by then

Use is counted in the PATHs, which are hunted with this policy, and in the cases that earlier hunts wrote as JSON \
Lines; without either nothing is said of use. An entry is called unused where no creation needed it, stale where the \
last one is more than 90 days before the last creation of all, too wide where it allows more than half of them or \
would allow an attack that begat knows.

Exit status: 0 nothing to fix; 1 an entry should be fixed; 2 the policy cannot be used, or an input cannot be read.";

const TRY_AFTER_HELP: &str = "\
Examples:
  begat policy try imaging logs/ --policy site.toml
  begat policy try proposed.toml logs/

ENTRY is the name of an entry of the policy, or a file that holds one. It is tried on the creations in the PATHs and \
on begat's attack stories, as if the attacker were inside the network, had stolen an administrator's password, and \
chose host, account name and time to fit. An entry that would allow one of them is refused.

Exit status: 0 it may be trusted; 1 it would allow an attack, and `--force` was not given; 2 something could not be \
read.";

const SUGGEST_AFTER_HELP: &str = "\
Examples:
  begat policy suggest logs/
  begat policy suggest logs/ --policy site.toml leave out what is allowed

An entry is proposed for what one creator made three times or more without any sign of an attack, and only if it \
would allow no attack that begat knows. Nothing is put in force: `owner`, `reason` and `expires` are left empty, and a \
policy with an empty one is refused. Whether something is allowed is not in any log: ask, then fill them in.";

/// What to do with a policy.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Show what is wrong with a policy, and which of its entries are expired, too wide or no longer used
    #[command(after_help = CHECK_AFTER_HELP)]
    Check(PolicyCheckArgs),
    /// Show what an entry would have allowed, before it is trusted
    #[command(after_help = TRY_AFTER_HELP)]
    Try(PolicyTryArgs),
    /// Propose entries for creations that repeat and look like no attack
    #[command(after_help = SUGGEST_AFTER_HELP)]
    Suggest(PolicySuggestArgs),
}

/// As what the outcome is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PolicyFormat {
    /// for people
    Table,
    /// one JSON object a line, for programs
    Jsonl,
}

/// Options of `begat policy check`.
#[derive(Debug, Args)]
pub struct PolicyCheckArgs {
    /// The policy
    #[arg(value_name = "FILE")]
    pub policy: PathBuf,

    /// Logs in which the use of its entries is counted: files, folders or `-`
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Cases of earlier hunts, as JSON Lines, in which use is counted too (repeatable)
    #[arg(long, value_name = "CASES", num_args = 1..)]
    pub cases: Vec<PathBuf>,

    /// Hosts with their roles, as for a hunt
    #[arg(long, value_name = "FILE")]
    pub inventory: Option<PathBuf>,

    /// Change tickets, as for a hunt
    #[arg(long, value_name = "FILE")]
    pub tickets: Option<PathBuf>,

    /// Use this date as today, to see what will have expired [default: today]
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,

    /// Time zone of inputs whose times have none [default: worked out from the data]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub input_timezone: Option<String>,

    /// Worker threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = positive)]
    pub threads: Option<NonZeroUsize>,

    /// Format
    #[arg(short = 't', long, value_name = "FORMAT", value_enum, default_value = "table")]
    pub format: PolicyFormat,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,

    /// How people are told.
    #[command(flatten)]
    pub display: DisplayArgs,
}

impl PolicyCheckArgs {
    /// What is hunted. The window is the policy's.
    pub fn input(&self) -> InputArgs {
        InputArgs {
            paths: self.paths.clone(),
            window: None,
            site: SiteArgs {
                policy: Some(self.policy.clone()),
                inventory: self.inventory.clone(),
                tickets: self.tickets.clone(),
            },
            sigma: Vec::new(),
            reading: ReadingArgs {
                input_timezone: self.input_timezone.clone(),
                max_input: None,
                archive_password_file: None,
                schema: Vec::new(),
                threads: self.threads,
            },
        }
    }
}

/// Options of `begat policy try`.
#[derive(Debug, Args)]
pub struct PolicyTryArgs {
    /// Name of an entry of the policy, or a file that holds one entry
    #[arg(value_name = "ENTRY")]
    pub entry: String,

    /// What is read.
    #[command(flatten)]
    pub input: InputArgs,

    /// Accept an entry that would allow an attack
    #[arg(long)]
    pub force: bool,

    /// Format
    #[arg(short = 't', long, value_name = "FORMAT", value_enum, default_value = "table")]
    pub format: PolicyFormat,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,

    /// How people are told.
    #[command(flatten)]
    pub display: DisplayArgs,
}

/// Options of `begat policy suggest`.
#[derive(Debug, Args)]
pub struct PolicySuggestArgs {
    /// What is read.
    #[command(flatten)]
    pub input: InputArgs,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,

    /// How people are told.
    #[command(flatten)]
    pub display: DisplayArgs,
}

//! What can be typed: options as they stand on the command line, not yet checked against each other.

mod attack;
mod coverage;
mod policy;
mod shared;

use std::path::PathBuf;

use begat_model::case::{Scope, Severity};
use begat_report::diff::{DIFF_FORMATS, DiffFormat};
use begat_report::{EXPLAIN_FORMATS, ExplainFormat, FORMATS, Format, Order, SCHEMAS, Schema, Section};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

pub use attack::{
    AttackAnswer, AttackCommand, AttackDiffArgs, AttackDriftArgs, AttackFormat, AttackHistoryArgs,
    AttackImportArgs, AttackListArgs, AttackRawArgs, AttackRelationsArgs, AttackShowArgs, AttackSiteArgs,
    ReleaseArgs, StoreArgs,
};
pub use coverage::CoverageArgs;
pub use policy::{PolicyCheckArgs, PolicyCommand, PolicyFormat, PolicySuggestArgs, PolicyTryArgs};
pub use shared::{DisplayArgs, InputArgs, OutputArgs, SiteArgs};

// Examples fit 80 columns, and a paragraph is one line: clap wraps it to the terminal, and what was wrapped before would
// be wrapped twice.
const AFTER_HELP: &str = "\
Examples:
  begat demo                                   an answer, on logs built in
  begat hunt C:\\IR\\logs                        which process made each account
  begat hunt -t jsonl -o cases.jsonl logs/     the same for a program
  begat explain 6a1f0c9e logs/                 why begat says so
  begat diff last-week.jsonl cases.jsonl       what is new, gone or changed
  begat coverage logs/                         what could be seen, and what not
  begat dump Security.evtx --event-id 4720     the records themselves

Exit status: 0 the run finished; 1 `--fail-on` was met; 2 something could not be read or run.";

const HUNT_AFTER_HELP: &str = "\
Examples:
  begat hunt Security.evtx Sysmon.evtx         two logs of one host, correlated
  begat hunt --scope local --min-severity high logs/
  begat hunt --from 2026-03-02 --to 2026-03-03 --timezone Europe/Berlin logs/
  begat hunt --policy site.toml --inventory hosts.csv logs/
  begat hunt --fail-on high logs/ > cases.jsonl || echo 'look at this'
  begat hunt -t table logs/ | less             the table, in a pager
  begat hunt --tree logs/                      who started whom, case by case
  begat hunt --pivots -t csv logs/             what to search elsewhere
  begat hunt -t timesketch -o timeline.jsonl logs/
  begat hunt --sigma sigma/rules/windows/process_creation logs/
  zcat events.ndjson.gz | begat hunt -

The kind of a file is decided by its content: EVTX, event XML, JSON and tables of many products (`begat carriers`), each \
also inside .gz, .zst and .zip. Filters leave out cases and findings, never the events that explain them. Findings, \
after the cases, are other events worth a look that are not recorded creations.";

const DEMO_AFTER_HELP: &str = "\
Examples:
  begat demo                                   the table
  begat demo 20deb413                          why begat says so of one case
  begat demo -t jsonl | jq .attribution        what programs read

Three hosts of one morning, made by begat's simulator: an administrator's account is used to make accounts on a file \
server, on an application server by WMI, and on a kiosk whose processes are not logged.";

const EXPLAIN_AFTER_HELP: &str = "\
Examples:
  begat explain 6a1f0c9e logs/
  begat explain 6a1f0c9e logs/ --only response   what to do first, alone
  begat explain 6a1f0c9e cases.jsonl           what a hunt wrote, without logs

Give the same paths, `--window`, `--policy`, `--sigma` and `--input-timezone` as for the hunt that printed the id; or \
what that hunt wrote as JSON Lines or JSON: then what needs the logs is said to.";

const DIFF_AFTER_HELP: &str = "\
Examples:
  begat diff last-week.jsonl this-week.jsonl
  begat hunt -t jsonl logs/ | begat diff --exit-code baseline.jsonl.gz -

Reads what `begat hunt -t jsonl` or `-t json` wrote. The order of a list makes no difference, nor does the file that \
an event was read from, nor do the steps of a response, which follow from the rest.

Exit status: 0 the run finished; 1 `--exit-code` and something differs; 2 a file could not be read, or holds no case \
and no finding.";

const DUMP_AFTER_HELP: &str = "\
Examples:
  begat dump Security.evtx | jq .
  begat dump --event-id 4720 --event-id 4688 Security.evtx
  begat dump --record-id 522191 logs.zip       one record, found again
  begat dump --from 2026-03-02 --to 2026-03-02 logs/
  zcat events.ndjson.gz | begat dump -

Reads what a hunt reads. Event logs are printed in the shape of evtx_dump; a record of JSON comes on one line, one of \
XML as it stands. Secrets in command lines are redacted unless `--show-secrets` is given.

Exit status: 0 the records were read; 2 an input could not be opened or read, or holds no record at all.";

const COMPLETIONS_AFTER_HELP: &str = "\
Examples:
  begat completions bash -o /etc/bash_completion.d/begat
  begat completions zsh -o ~/.zfunc/_begat
  begat completions powershell >> $PROFILE";

const MAN_AFTER_HELP: &str = "\
Example:
  begat man ~/.local/share/man/man1";

/// Finds which process created each Windows account, or says why that cannot be known.
#[derive(Debug, Parser)]
#[command(name = "begat", version, after_help = AFTER_HELP, max_term_width = 100)]
pub struct Cli {
    /// What to do; told what there is where nothing was typed.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print a case for each account created, naming the process that created it, then what else is worth a look
    #[command(after_help = HUNT_AFTER_HELP)]
    Hunt(HuntArgs),
    /// Hunt logs that are built in, to see what comes out
    #[command(after_help = DEMO_AFTER_HELP)]
    Demo(DemoArgs),
    /// Print the reasoning of one case, or what is known of one finding, in plain sentences
    #[command(after_help = EXPLAIN_AFTER_HELP)]
    Explain(ExplainArgs),
    /// Show new, gone and changed cases and findings between the output of two hunts
    #[command(after_help = DIFF_AFTER_HELP)]
    Diff(DiffArgs),
    /// Show, host by host, what was logged of what AN1235 needs, what was not, and how to mend it
    #[command(after_help = coverage::AFTER_HELP)]
    Coverage(CoverageArgs),
    /// Check, try out or propose entries of a policy: what a site allows
    #[command(subcommand, after_help = policy::AFTER_HELP)]
    Policy(PolicyCommand),
    /// Look things up in MITRE ATT&CK, over its releases: AN1235 is there without any import
    #[command(subcommand, after_help = attack::AFTER_HELP)]
    Attack(AttackCommand),
    /// Print the records themselves: of event logs as JSON Lines, of JSON and XML as they stand
    #[command(after_help = DUMP_AFTER_HELP)]
    Dump(DumpArgs),
    /// List the shapes of JSON and tables that are read, and what each cannot carry
    Carriers(CarriersArgs),
    /// Print the JSON Schema of a case or of a finding
    Schema(SchemaArgs),
    /// Print what completes commands and options in a shell
    #[command(after_help = COMPLETIONS_AFTER_HELP)]
    Completions(CompletionsArgs),
    /// Write manual pages, one a command, into a folder
    #[command(after_help = MAN_AFTER_HELP)]
    Man(ManArgs),
}

/// Options of `begat hunt`.
#[derive(Debug, Args)]
pub struct HuntArgs {
    /// What is read.
    #[command(flatten)]
    pub input: InputArgs,

    /// Format [default: table on a terminal, jsonl otherwise]
    #[arg(short = 't', long, value_name = "FORMAT", value_parser = formats())]
    pub format: Option<&'static Format>,

    /// Instead of cases, list what to search elsewhere: addresses, hosts, SIDs, logon ids, names, hashes, images
    #[arg(long)]
    pub pivots: bool,

    /// Instead of cases, draw the tree of processes of each
    #[arg(long, conflicts_with = "pivots")]
    pub tree: bool,

    /// What stands first [default: severity in the table, time in all other formats]
    #[arg(long, value_name = "ORDER", value_parser = orders())]
    pub sort: Option<Order>,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,

    /// Only creations and findings at or after this time (a date, or a date and a time)
    #[arg(long, value_name = "TIME", help_heading = "Filters")]
    pub from: Option<String>,

    /// Only creations and findings up to this time; a date includes that day
    #[arg(long, value_name = "TIME", help_heading = "Filters")]
    pub to: Option<String>,

    /// Leave out cases and findings below this severity
    #[arg(long, value_name = "LEVEL", value_parser = severities(), help_heading = "Filters")]
    pub min_severity: Option<Severity>,

    /// Only cases and findings of this host, by full or short name (repeatable)
    #[arg(long, value_name = "NAME", value_parser = shared::filled, help_heading = "Filters")]
    pub host: Vec<String>,

    /// Only cases and findings of this account, by name, DOMAIN\name or SID (repeatable)
    #[arg(long, value_name = "NAME", value_parser = shared::filled, help_heading = "Filters")]
    pub account: Vec<String>,

    /// Only cases of local accounts, or only of those of a domain; findings have no scope and stay (repeatable)
    /// [default: all]
    #[arg(long, value_name = "SCOPE", value_parser = scopes(), help_heading = "Filters")]
    pub scope: Vec<Scope>,

    /// Exit with 1 if a case or a finding is at or above this severity
    #[arg(long, value_name = "LEVEL", value_parser = severities())]
    pub fail_on: Option<Severity>,

    /// How people are told.
    #[command(flatten)]
    pub display: DisplayArgs,
}

/// Options of `begat demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Explain this case of the demonstration instead
    #[arg(value_name = "ID")]
    pub id: Option<String>,

    /// Of the explanation, only this section (repeatable) [default: all]
    #[arg(long, value_name = "SECTION", value_parser = sections(), requires = "id")]
    pub only: Vec<Section>,

    /// Format
    #[arg(short = 't', long, value_name = "FORMAT", value_parser = formats(), default_value = FORMATS[0].name)]
    pub format: &'static Format,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,

    /// How people are told.
    #[command(flatten)]
    pub display: DisplayArgs,
}

/// Options of `begat explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The id of the case or finding, or as much of its beginning as is unique
    #[arg(value_name = "ID")]
    pub id: String,

    /// What is read.
    #[command(flatten)]
    pub input: InputArgs,

    /// Format
    #[arg(short = 't', long, value_name = "FORMAT", value_parser = explain_formats(), default_value = EXPLAIN_FORMATS[0].name)]
    pub format: &'static ExplainFormat,

    /// Only this section (repeatable) [default: all, in this order]
    #[arg(long, value_name = "SECTION", value_parser = sections())]
    pub only: Vec<Section>,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,

    /// How people are told.
    #[command(flatten)]
    pub display: DisplayArgs,
}

/// Options of `begat diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// What the earlier hunt wrote, or `-` for standard input
    #[arg(value_name = "EARLIER")]
    pub earlier: PathBuf,

    /// What the later hunt wrote, or `-` for standard input
    #[arg(value_name = "LATER")]
    pub later: PathBuf,

    /// Format [default: table on a terminal, jsonl otherwise]
    #[arg(short = 't', long, value_name = "FORMAT", value_parser = diff_formats())]
    pub format: Option<&'static DiffFormat>,

    /// Exit with 1 if something differs
    #[arg(long)]
    pub exit_code: bool,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,

    /// How people are told.
    #[command(flatten)]
    pub display: DisplayArgs,
}

/// Options of `begat carriers`.
#[derive(Debug, Args)]
pub struct CarriersArgs {
    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Options of `begat schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Whose schema
    #[arg(value_name = "RECORD", value_parser = schemas(), default_value = SCHEMAS[0].name)]
    pub schema: &'static Schema,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Options of `begat completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Which shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Options of `begat man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder; it is made where there is none
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// Options of `begat dump`.
#[derive(Debug, Args)]
pub struct DumpArgs {
    /// A file, a folder (with all in it) or `-` for standard input, as for a hunt
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,

    /// Only records with this event id (repeatable)
    #[arg(long, value_name = "N", value_parser = shared::number::<u32>)]
    pub event_id: Vec<u32>,

    /// Only the record with this record id (repeatable)
    #[arg(long, value_name = "N", value_parser = shared::number::<u64>)]
    pub record_id: Vec<u64>,

    /// Only records at or after this time (a date, or a date and a time; UTC unless it has a zone)
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,

    /// Only records up to this time; a date includes that day
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,

    /// Longest standard input, or pipe, that is read: bytes, or with KiB, MiB, GiB, TiB
    /// [default: half of what is free for temporary files, at most 64GiB]
    #[arg(long, value_name = "SIZE", value_parser = shared::size)]
    pub max_input: Option<u64>,

    /// File whose first line is the password of encrypted archives; the environment's BEGAT_ARCHIVE_PASSWORD is tried, too
    #[arg(long, value_name = "FILE")]
    pub archive_password_file: Option<PathBuf>,

    /// Shape of JSON or of a table that begat does not know, as TOML (repeatable)
    #[arg(long, value_name = "FILE")]
    pub schema: Vec<PathBuf>,

    /// Print passwords and other secrets in command lines as they are
    #[arg(long)]
    pub show_secrets: bool,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,
}

fn formats() -> impl TypedValueParser<Value = &'static Format> {
    let names = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.doc));
    PossibleValuesParser::new(names)
        .map(|name| Format::named(&name).expect("only names of the table are accepted"))
}

fn explain_formats() -> impl TypedValueParser<Value = &'static ExplainFormat> {
    let names = EXPLAIN_FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.doc));
    PossibleValuesParser::new(names)
        .map(|name| ExplainFormat::named(&name).expect("only names of the table are accepted"))
}

fn diff_formats() -> impl TypedValueParser<Value = &'static DiffFormat> {
    let names = DIFF_FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.doc));
    PossibleValuesParser::new(names)
        .map(|name| DiffFormat::named(&name).expect("only names of the table are accepted"))
}

fn schemas() -> impl TypedValueParser<Value = &'static Schema> {
    let names = SCHEMAS.iter().map(|schema| PossibleValue::new(schema.name).help(schema.doc));
    PossibleValuesParser::new(names).map(|name| {
        SCHEMAS.iter().find(|schema| schema.name == name).expect("only names of the table are accepted")
    })
}

fn severities() -> impl TypedValueParser<Value = Severity> {
    let names = Severity::ALL.iter().map(|level| PossibleValue::new(level.slug()).help(level.doc()));
    PossibleValuesParser::new(names).map(|name| {
        by_slug(Severity::ALL, &name, Severity::slug).expect("only names of the list are accepted")
    })
}

fn orders() -> impl TypedValueParser<Value = Order> {
    let names = Order::ALL.iter().map(|order| PossibleValue::new(order.slug()).help(order.doc()));
    PossibleValuesParser::new(names)
        .map(|name| by_slug(Order::ALL, &name, Order::slug).expect("only names of the list are accepted"))
}

fn sections() -> impl TypedValueParser<Value = Section> {
    let names = Section::ALL.iter().map(|section| PossibleValue::new(section.slug()).help(section.doc()));
    PossibleValuesParser::new(names)
        .map(|name| by_slug(Section::ALL, &name, Section::slug).expect("only names of the list are accepted"))
}

fn scopes() -> impl TypedValueParser<Value = Scope> {
    let names = Scope::ALL.iter().map(|scope| PossibleValue::new(scope.slug()).help(scope.doc()));
    PossibleValuesParser::new(names)
        .map(|name| by_slug(Scope::ALL, &name, Scope::slug).expect("only names of the list are accepted"))
}

fn by_slug<T: Copy>(all: &[T], name: &str, slug: fn(T) -> &'static str) -> Option<T> {
    all.iter().copied().find(|word| slug(*word) == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn words_of_the_model_are_the_options_values() {
        let hunt = |args: &[&str]| {
            let line = ["begat", "hunt", "x"].iter().chain(args);
            match Cli::try_parse_from(line).unwrap().command {
                Some(Command::Hunt(args)) => args,
                other => panic!("{other:?}"),
            }
        };
        for level in Severity::ALL {
            assert_eq!(hunt(&["--min-severity", level.slug()]).min_severity, Some(*level));
        }
        for scope in Scope::ALL {
            assert_eq!(hunt(&["--scope", scope.slug()]).scope, [*scope]);
        }
        for format in FORMATS {
            assert_eq!(hunt(&["-t", format.name]).format.unwrap().name, format.name);
        }
    }

    /// Every command with those below it, by what is typed for it.
    fn commands() -> Vec<(String, clap::Command)> {
        let mut commands = vec![("begat".to_owned(), Cli::command())];
        let mut next = 0;
        while let Some((path, command)) = commands.get(next).cloned() {
            let below = command.get_subcommands().map(|it| (format!("{path} {}", it.get_name()), it.clone()));
            commands.extend(below);
            next += 1;
        }
        commands
    }

    #[test]
    fn help_is_wrapped_once_at_any_width() {
        for (path, command) in commands() {
            let Some(after) = command.get_after_help().map(ToString::to_string) else { continue };
            let lines: Vec<&str> = after.lines().collect();
            for line in &lines {
                let is_example = line.starts_with(' ');
                assert!(!is_example || line.chars().count() <= 80, "{path}: {line}");
            }
            let is_text = |line: &str| !line.is_empty() && !line.starts_with(' ') && !line.ends_with(':');
            let broken = lines.windows(2).find(|pair| is_text(pair[0]) && is_text(pair[1]));
            assert_eq!(broken, None, "{path}: a paragraph is one line, which clap wraps");
            for columns in [80, 100] {
                let help =
                    command.clone().max_term_width(100).term_width(columns).render_long_help().to_string();
                let long = help.lines().find(|line| line.chars().count() > columns);
                assert_eq!(long, None, "{path} at {columns}");
            }
        }
    }

    #[test]
    fn every_option_is_described() {
        let whole = Cli::command();
        let outer: Vec<_> = whole.get_subcommands().collect();
        let inner = outer.iter().flat_map(|command| command.get_subcommands());
        for command in outer.iter().copied().chain(inner) {
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
        }
    }
}

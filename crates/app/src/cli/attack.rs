//! What can be typed behind `begat attack`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use begat_attack::id::{Domain, Release, SHELFMARKS, Shelfmark, UNTOLD};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};

use super::shared::{OutputArgs, filled};

pub(super) const AFTER_HELP: &str = "\
Examples:
  begat attack show AN1235             what begat carries out; needs no import
  begat attack import enterprise-attack-18.1.json.gz ics-attack-18.1.json
  begat attack list analytics --platform Windows --log-source EventCode=4720
  begat attack diff 18.0 18.1          what a release changed
  begat attack drift                   is our AN1235 still ATT&CK's?
  begat attack site library/           pages to read without a server

Bundles come from github.com/mitre-attack/attack-stix-data (STIX 2.1) or github.com/mitre/cti (STIX 2.0). ATT&CK is MITRE's; its licence stands wherever its words do.";

const IMPORT_AFTER_HELP: &str = "\
Examples:
  begat attack import enterprise-attack-18.1.json.gz
  begat attack import bundles/ --release 18.1
  begat attack import AN1235.json --release 19.1

A bundle tells its release by its collection or its hash; else `--release` does, else the file's name. What cannot be taken is told with file, object and byte; a file that breaks off is left out whole.

Exit status: 0 all came in; 2 something was refused, or another release of that number is there (`--replace`).";

/// What to do with ATT&CK's objects.
#[derive(Debug, Subcommand)]
pub enum AttackCommand {
    /// Take in STIX 2.0 and 2.1: bundles and single objects, folders, .gz and .zip
    #[command(after_help = IMPORT_AFTER_HELP)]
    Import(AttackImportArgs),
    /// List objects: detections, techniques, data components, …
    List(AttackListArgs),
    /// Show an object: facts, our take, MITRE's words, relations, history, hashes, references
    Show(AttackShowArgs),
    /// Show what an object is related to
    Relations(AttackRelationsArgs),
    /// Show how an object stood in each release that was imported
    History(AttackHistoryArgs),
    /// Compare two releases, in the classes of ATT&CK's own changelog
    Diff(AttackDiffArgs),
    /// Print an object's bytes as its bundle has them, or their hashes
    Raw(AttackRawArgs),
    /// Compare our AN1235 with the newest release that was imported; exit with 1 where they differ
    Drift(AttackDriftArgs),
    /// Write the library as static pages
    Site(AttackSiteArgs),
}

/// Where what was imported lies.
#[derive(Debug, Args)]
pub struct StoreArgs {
    /// Folder of what was imported [default: begat/attack in the user's data folder]
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
}

/// Which release is meant.
#[derive(Debug, Args)]
pub struct ReleaseArgs {
    /// This release, as `18.1`, or `untold` [default: the newest that has it]
    #[arg(long, value_name = "RELEASE", value_parser = release_or_untold)]
    pub release: Option<WantedRelease>,

    /// This domain [default: all, Enterprise first]
    #[arg(long, value_name = "DOMAIN", value_parser = domains())]
    pub domain: Option<Domain>,
}

/// A release by its number, or one whose number nothing told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedRelease(pub Option<Release>);

/// As what rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AttackFormat {
    /// for people
    Table,
    /// one JSON object a line, for programs
    Jsonl,
    /// one row each, safe to open in a spreadsheet
    Csv,
}

/// As what an answer is written that is not made of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AttackAnswer {
    /// for people
    Table,
    /// one JSON object, for programs
    Jsonl,
}

/// Where rows come from, as what they are written, and where to.
#[derive(Debug, Args)]
pub struct RowsArgs {
    /// Where from.
    #[command(flatten)]
    pub store: StoreArgs,

    /// Format
    #[arg(short = 't', long, value_name = "FORMAT", value_enum, default_value = "table")]
    pub format: AttackFormat,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// The same of an answer that is not made of rows.
#[derive(Debug, Args)]
pub struct AnswerArgs {
    /// Where from.
    #[command(flatten)]
    pub store: StoreArgs,

    /// Format
    #[arg(short = 't', long, value_name = "FORMAT", value_enum, default_value = "table")]
    pub format: AttackAnswer,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Options of `begat attack import`.
#[derive(Debug, Args)]
pub struct AttackImportArgs {
    /// Bundles, objects, folders or archives of them
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// The release that they are of, as `18.1` [default: what they tell]
    #[arg(long, value_name = "RELEASE", value_parser = release)]
    pub release: Option<Release>,

    /// Take the place of another release of that number
    #[arg(long)]
    pub replace: bool,

    /// Where to.
    #[command(flatten)]
    pub store: StoreArgs,

    /// Format
    #[arg(short = 't', long, value_name = "FORMAT", value_enum, default_value = "table")]
    pub format: AttackAnswer,
}

/// Options of `begat attack list`.
#[derive(Debug, Args)]
pub struct AttackListArgs {
    /// What to list
    #[arg(value_name = "WHAT", value_parser = shelfmarks(), default_value = SHELFMARKS[0].name)]
    pub what: &'static Shelfmark,

    /// Only on this platform
    #[arg(long, value_name = "NAME", value_parser = filled, help_heading = "Filters")]
    pub platform: Option<String>,

    /// Only for this tactic, by name, short name or id
    #[arg(long, value_name = "NAME", value_parser = filled, help_heading = "Filters")]
    pub tactic: Option<String>,

    /// Only with a log source or channel that has this in it
    #[arg(long, value_name = "TEXT", value_parser = filled, help_heading = "Filters")]
    pub log_source: Option<String>,

    /// Only with this in id, name or description
    #[arg(long, value_name = "TEXT", value_parser = filled, help_heading = "Filters")]
    pub text: Option<String>,

    /// Revoked and deprecated ones too
    #[arg(long, help_heading = "Filters")]
    pub revoked: bool,

    /// Which page of the table
    #[arg(long, value_name = "N", default_value = "1")]
    pub page: NonZeroUsize,

    /// Rows of a page [default: 50 in the table, all elsewhere]
    #[arg(long, value_name = "N")]
    pub per_page: Option<NonZeroUsize>,

    /// Which release.
    #[command(flatten)]
    pub release: ReleaseArgs,

    /// Where from, as what and where to.
    #[command(flatten)]
    pub told: RowsArgs,
}

/// Options of `begat attack show`.
#[derive(Debug, Args)]
pub struct AttackShowArgs {
    /// Its id, of ATT&CK or of STIX
    #[arg(value_name = "ID")]
    pub id: String,

    /// Folder of takes of one's own, `ID.md` each, which go before ours
    #[arg(long, value_name = "DIR")]
    pub takes: Option<PathBuf>,

    /// Which release.
    #[command(flatten)]
    pub release: ReleaseArgs,

    /// Where from, as what and where to.
    #[command(flatten)]
    pub told: AnswerArgs,
}

/// Options of `begat attack relations`.
#[derive(Debug, Args)]
pub struct AttackRelationsArgs {
    /// Its id, of ATT&CK or of STIX
    #[arg(value_name = "ID")]
    pub id: String,

    /// So many steps from everything that is reached, at most 16 [default: 1; from analytics and strategies to their
    /// technique and what hangs on that]
    #[arg(long, value_name = "N")]
    pub depth: Option<NonZeroUsize>,

    /// Revoked and deprecated ones too
    #[arg(long)]
    pub revoked: bool,

    /// Which release.
    #[command(flatten)]
    pub release: ReleaseArgs,

    /// Where from, as what and where to.
    #[command(flatten)]
    pub told: RowsArgs,
}

/// Options of `begat attack history`.
#[derive(Debug, Args)]
pub struct AttackHistoryArgs {
    /// Its id, of ATT&CK or of STIX
    #[arg(value_name = "ID")]
    pub id: String,

    /// Where from, as what and where to.
    #[command(flatten)]
    pub told: RowsArgs,
}

/// Options of `begat attack diff`.
#[derive(Debug, Args)]
pub struct AttackDiffArgs {
    /// The earlier release, as `18.0`
    #[arg(value_name = "EARLIER", value_parser = release_or_untold)]
    pub earlier: WantedRelease,

    /// The later release, as `18.1`
    #[arg(value_name = "LATER", value_parser = release_or_untold)]
    pub later: WantedRelease,

    /// Only this domain [default: all that both releases have]
    #[arg(long, value_name = "DOMAIN", value_parser = domains())]
    pub domain: Option<Domain>,

    /// Where from, as what and where to.
    #[command(flatten)]
    pub told: RowsArgs,
}

/// Options of `begat attack raw`.
#[derive(Debug, Args)]
pub struct AttackRawArgs {
    /// Its id, of ATT&CK or of STIX
    #[arg(value_name = "ID")]
    pub id: String,

    /// Instead of the bytes, `source` (SHA-256 of the compact JSON in the bundle's key order) and `canonical` (of
    /// RFC 8785's form)
    #[arg(long)]
    pub hash: bool,

    /// Which release.
    #[command(flatten)]
    pub release: ReleaseArgs,

    /// Where from.
    #[command(flatten)]
    pub store: StoreArgs,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Options of `begat attack drift`.
#[derive(Debug, Args)]
pub struct AttackDriftArgs {
    /// Where from, as what and where to.
    #[command(flatten)]
    pub told: AnswerArgs,
}

/// Options of `begat attack site`.
#[derive(Debug, Args)]
pub struct AttackSiteArgs {
    /// The folder of the pages; it must be empty, or not there yet
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,

    /// Folder of takes of one's own, `ID.md` each, which go before ours
    #[arg(long, value_name = "DIR")]
    pub takes: Option<PathBuf>,

    /// Write into a folder that has files; pages of the same name are overwritten
    #[arg(short = 'C', long)]
    pub clobber: bool,

    /// Where from.
    #[command(flatten)]
    pub store: StoreArgs,
}

fn release(text: &str) -> Result<Release, String> {
    Release::parse(text).ok_or_else(|| "it is no release; examples: 18.1, v19.0".to_owned())
}

fn release_or_untold(text: &str) -> Result<WantedRelease, String> {
    if text == UNTOLD {
        Ok(WantedRelease(None))
    } else {
        release(text).map(|release| WantedRelease(Some(release)))
    }
}

fn domains() -> impl TypedValueParser<Value = Domain> {
    let names = Domain::ALL.iter().map(|domain| PossibleValue::new(domain.slug()).help(domain.title()));
    PossibleValuesParser::new(names)
        .map(|name| Domain::named(&name).expect("only names of the list are accepted"))
}

fn shelfmarks() -> impl TypedValueParser<Value = &'static Shelfmark> {
    let names = SHELFMARKS.iter().map(|mark| PossibleValue::new(mark.name).help(mark.doc));
    PossibleValuesParser::new(names).map(|name| {
        SHELFMARKS.iter().find(|mark| mark.name == name).expect("only names of the table are accepted")
    })
}

//! What stops a run, and what its reader could do about it.

mod attack;
mod evidence;

use std::io::{self, Write};
use std::path::PathBuf;

use begat_attack::history::DriftError;
use begat_attack::query::{ListError, NotFound};
use begat_attack::store::StoreError;
use begat_policy::Complaints;

use crate::message::Message;

pub use attack::AttackError;
pub use evidence::EvidenceError;

/// Why a run could not go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An option's value cannot be read.
    #[error("`{value}` is no {what}")]
    OptionValue {
        /// The option.
        option: &'static str,
        /// What was typed.
        value: String,
        /// What was asked for.
        what: &'static str,
        /// Examples that would have been right.
        examples: &'static str,
    },
    /// A file of the site cannot be read.
    #[error("cannot read `{}`", path.display())]
    SiteFile {
        /// The option.
        option: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file of the site is larger than any that makes sense.
    #[error("`{}` is larger than {bytes_max} bytes", path.display())]
    SiteFileTooLarge {
        /// The option.
        option: &'static str,
        /// The file.
        path: PathBuf,
        /// Most bytes.
        bytes_max: u64,
    },
    /// A file of the site is in another encoding.
    #[error("`{}` is not in UTF-8", path.display())]
    SiteFileNotText {
        /// The option.
        option: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// Something is wrong with what the site says: nothing runs on half of it.
    #[error("nothing is read while a file of the site has an error")]
    Site {
        /// All that is wrong.
        complaints: Complaints,
    },
    /// `--from` lies after `--to`.
    #[error("`--from {from}` lies after `--to {to}`: nothing can be in that range")]
    ReversedRange {
        /// As typed.
        from: String,
        /// As typed.
        to: String,
    },
    /// `--pivots` in a format that has no place for them.
    #[error("`--format {format}` cannot hold `--pivots`")]
    NoPivots {
        /// As typed.
        format: &'static str,
        /// Those that can.
        formats: Vec<&'static str>,
    },
    /// `--tree` in a format that is not for people.
    #[error("`--format {format}` draws no trees")]
    NoTree {
        /// As typed.
        format: &'static str,
    },
    /// The output file is there already.
    #[error("`{}` exists already", path.display())]
    OutputExists {
        /// The output file.
        path: PathBuf,
    },
    /// The output file is one of the inputs.
    #[error("`{}` is an input: writing there would destroy it", path.display())]
    OutputIsInput {
        /// The file.
        path: PathBuf,
    },
    /// The output cannot be written.
    #[error("cannot write to {output}")]
    Output {
        /// Where to.
        output: String,
        /// Why not.
        source: io::Error,
    },
    /// A shape of the site's own cannot be used.
    #[error("cannot use the shape in `{}`", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: begat_ingest::SchemaError,
    },
    /// The file with the archives' password cannot be read.
    #[error("cannot read the password in `{}`", path.display())]
    PasswordFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// There is nothing at all to read.
    #[error("none of the inputs could be opened")]
    NoInput {
        /// Why not, one by one.
        problems: Vec<Message>,
    },
    /// What another hunt wrote cannot be read.
    #[error("cannot read {input}")]
    Records {
        /// The file, or standard input.
        input: String,
        /// Why not.
        source: io::Error,
    },
    /// A file was read, and nothing in it is a case or a finding.
    #[error("{input} holds no case and no finding")]
    NoRecords {
        /// The file, or standard input.
        input: String,
    },
    /// Both sides are standard input.
    #[error("`-` can be one of the two, not both")]
    StandardInputTwice,
    /// A path of rules cannot be read.
    #[error("cannot read the rules in `{}`", path.display())]
    Rules {
        /// The path.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file of earlier cases cannot be read.
    #[error("cannot read the cases in `{}`", path.display())]
    Cases {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// There is no rule among the rules that can be used.
    #[error(
        "none of the {files} files of rules holds a Sigma rule of Windows process starts that can be used"
    )]
    NoRules {
        /// Files looked at.
        files: usize,
        /// What is wrong with them, one by one.
        complaints: Vec<String>,
    },
    /// What was named as an entry is no file, and no policy was given.
    #[error("there is no file `{name}`, and no policy that could have an entry of that name")]
    EntryIsNoFile {
        /// What was typed.
        name: String,
    },
    /// The policy has no such entry.
    #[error("the policy has no entry `{name}`")]
    EntryUnknown {
        /// What was asked for.
        name: String,
        /// Those that it has.
        known: Vec<String>,
    },
    /// A file stands for its one entry, and has none or several.
    #[error("`{}` holds {count} entries, not one", path.display())]
    NotOneEntry {
        /// The file.
        path: PathBuf,
        /// How many.
        count: usize,
        /// Their names.
        known: Vec<String>,
    },
    /// What a hunt wrote stands among logs.
    #[error("some of the paths hold logs, and others what a hunt wrote")]
    RecordsAmongLogs,
    /// Nothing has that id.
    #[error("no case and no finding of these inputs has an id that begins with `{id}`")]
    IdUnknown {
        /// What was asked for.
        id: String,
        /// The ids most like it, with what they are.
        nearest: Vec<String>,
    },
    /// Several have that prefix.
    #[error("`{prefix}` matches {count} ids")]
    IdAmbiguous {
        /// What was asked for.
        prefix: String,
        /// How many fit.
        count: usize,
        /// The first of them.
        fitting: Vec<String>,
    },
    /// Something of `begat attack`.
    #[error(transparent)]
    Attack(#[from] AttackError),
    /// Something of a folder of evidence.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Error {
        Error::Attack(error.into())
    }
}

impl From<NotFound> for Error {
    fn from(error: NotFound) -> Error {
        Error::Attack(error.into())
    }
}

impl From<ListError> for Error {
    fn from(error: ListError) -> Error {
        Error::Attack(error.into())
    }
}

impl From<DriftError> for Error {
    fn from(error: DriftError) -> Error {
        Error::Attack(error.into())
    }
}

impl Error {
    /// Where, unless what is wrong says so already.
    fn place(&self) -> Option<&'static str> {
        match self {
            Error::Shape { .. } => Some("--schema"),
            Error::OptionValue { option, .. }
            | Error::SiteFile { option, .. }
            | Error::SiteFileTooLarge { option, .. }
            | Error::SiteFileNotText { option, .. } => Some(option),
            Error::OutputExists { .. } | Error::OutputIsInput { .. } => Some("--output"),
            _ => None,
        }
    }

    /// What the reader could do about it.
    fn hints(&self) -> Vec<String> {
        match self {
            Error::OptionValue { examples, .. } => vec![format!("examples: {examples}")],
            Error::SiteFile { source, .. }
            | Error::Records { source, .. }
            | Error::Cases { source, .. }
            | Error::PasswordFile { source, .. }
                if source.kind() == io::ErrorKind::NotFound =>
            {
                vec![RIGHT_PATH.to_owned()]
            }
            Error::Shape { .. } => {
                vec!["those that come with begat are examples: `crates/ingest/schemas`".to_owned()]
            }
            Error::SiteFileTooLarge { .. } => vec!["is it the right file?".to_owned()],
            Error::SiteFileNotText { .. } => {
                vec!["save it as UTF-8: spreadsheets call that `CSV UTF-8`".to_owned()]
            }
            Error::ReversedRange { .. } => vec!["exchange the two".to_owned()],
            Error::NoPivots { formats, .. } => vec![format!("formats that can: {}", formats.join(", "))],
            Error::NoTree { .. } => vec!["leave `--format` out".to_owned()],
            Error::OutputExists { .. } => vec!["`--clobber` (`-C`) overwrites it".to_owned()],
            Error::OutputIsInput { .. } => vec!["write to another file".to_owned()],
            Error::Output { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                vec!["the folder of the output must exist".to_owned()]
            }
            Error::NoRecords { .. } => {
                vec!["give what `begat hunt -t jsonl` or `-t json` wrote, plain or inside .gz".to_owned()]
            }
            Error::RecordsAmongLogs => {
                vec![
                    "give either: from logs the case is worked out anew, from cases it is told as written"
                        .to_owned(),
                ]
            }
            Error::StandardInputTwice => vec!["write one of them to a file first".to_owned()],
            Error::Rules { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                vec!["give a `.yml` file of Sigma rules, or a folder of them".to_owned()]
            }
            Error::NoRules { files: 0, .. } => {
                vec!["of a folder only `.yml` and `.yaml` files are read".to_owned()]
            }
            Error::NoRules { complaints, .. } => {
                let told = complaints.iter().take(COMPLAINTS_MAX).cloned().collect::<Vec<_>>().join("\n");
                vec![format!("the first that were left out:\n{told}"), RULES_WANTED.to_owned()]
            }
            // Of inputs, each problem comes with a hint of its own.
            Error::NoInput { .. }
            | Error::SiteFile { .. }
            | Error::Site { .. }
            | Error::Rules { .. }
            | Error::Output { .. }
            | Error::Records { .. }
            | Error::Cases { .. }
            | Error::PasswordFile { .. } => vec![],
            Error::EntryIsNoFile { .. } | Error::EntryUnknown { .. } | Error::NotOneEntry { .. } => {
                vec![self.hint_of_entry()]
            }
            Error::IdUnknown { nearest, .. } if nearest.is_empty() => {
                vec!["these inputs hold no case and no finding: `begat hunt` shows what they have".to_owned()]
            }
            Error::IdUnknown { nearest, .. } => {
                vec![format!("the nearest ids are:\n{}", nearest.join("\n")), SAME_INPUTS.to_owned()]
            }
            Error::IdAmbiguous { fitting, .. } => {
                vec![format!("give more of it:\n{}", fitting.join("\n"))]
            }
            Error::Attack(error) => error.hints(),
            Error::Evidence(error) => vec![error.hint()],
        }
    }

    fn hint_of_entry(&self) -> String {
        match self {
            Error::EntryUnknown { known, .. } if known.is_empty() => "it has no entries at all".to_owned(),
            Error::EntryUnknown { known, .. } => format!("its entries are:\n{}", known.join("\n")),
            Error::NotOneEntry { known, .. } if known.is_empty() => {
                "an entry begins with `[[authorisation]]`".to_owned()
            }
            Error::NotOneEntry { path, known, .. } => {
                let path = path.display();
                format!("name one of them and give the file as `--policy {path}`:\n{}", known.join("\n"))
            }
            _ => "give the policy that holds the entry as `--policy FILE`".to_owned(),
        }
    }

    /// The reader of our output went away: nothing is wrong, and there is nobody to tell.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Error::Output { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
    }

    /// In the shape of all messages.
    fn message(&self) -> Message {
        let mut message = Message::new(self.to_string());
        if let Some(place) = self.place() {
            message = message.at(format!("`{place}`"));
        }
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            message = message.because(error.to_string());
            cause = error.source();
        }
        self.hints().into_iter().fold(message, Message::hint)
    }

    /// Writes all that is wrong, what stopped the run last.
    pub fn tell(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Error::NoInput { problems } => problems.iter().try_for_each(|problem| problem.write(out))?,
            Error::Site { complaints } => {
                complaints.all().iter().try_for_each(|complaint| Message::from(complaint).write(out))?;
            }
            _ => {}
        }
        self.message().write(out)
    }
}

const RIGHT_PATH: &str = "is the path right?";
/// Rules that are told one by one where none can be used.
const COMPLAINTS_MAX: usize = 5;
const RULES_WANTED: &str =
    "rules that can be used have `product: windows` and `category: process_creation` in their `logsource`";
const SAME_INPUTS: &str =
    "an id is that of the same inputs only: give `explain` the paths that `hunt` was given";

#[cfg(test)]
mod tests {
    use super::*;

    fn message(error: &Error) -> String {
        let mut out = Vec::new();
        error.tell(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_where_why_and_hint() {
        let error = Error::Output {
            output: "`no/such/file`".to_owned(),
            source: io::Error::new(io::ErrorKind::NotFound, "no such file"),
        };
        assert_eq!(
            message(&error),
            "error: cannot write to `no/such/file`\n  why:   no such file\n  hint:  the folder of the output must exist\n"
        );
    }

    #[test]
    fn hostile_text_is_told_visibly() {
        let error = Error::IdUnknown { id: "\u{1b}[2J".to_owned(), nearest: vec!["a\u{7}".to_owned()] };
        let text = message(&error);
        assert!(text.contains("\\u{1b}[2J") && text.contains("\n         a\\u{7}\n"), "{text}");
        assert!(!text.chars().any(|character| character.is_control() && character != '\n'), "{text}");
    }
}

//! What is wrong with a command line, as clap found it, in the shape of every other message.

use clap::Error;
use clap::error::{ContextKind, ErrorKind};

use crate::message::Message;

/// What clap complains of; `None` where it prints help or the version.
pub fn message(error: &Error) -> Option<Message> {
    let said = |kind| error.get(kind).map(ToString::to_string).filter(|text| !text.is_empty());
    let argument = said(ContextKind::InvalidArg).unwrap_or_default();
    let value = said(ContextKind::InvalidValue);
    let message = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return None,
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let what = match &value {
                Some(value) => format!("`{value}` cannot be used"),
                None => "there is no value".to_owned(),
            };
            Message::new(what).at(format!("`{argument}`"))
        }
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            Message::new(format!("there is no option `{argument}`"))
        }
        ErrorKind::UnknownArgument => Message::new(format!("`{argument}` is one argument too many")),
        ErrorKind::InvalidSubcommand => {
            Message::new(format!("there is no command `{}`", said(ContextKind::InvalidSubcommand)?))
        }
        ErrorKind::ArgumentConflict => {
            let other = said(ContextKind::PriorArg).filter(|other| *other != argument);
            Message::new(match other {
                Some(other) => format!("`{argument}` and `{other}` exclude each other"),
                None => format!("`{argument}` is given twice"),
            })
        }
        ErrorKind::MissingRequiredArgument => Message::new(format!("`{argument}` is missing")),
        ErrorKind::MissingSubcommand => Message::new("it is not said what to do"),
        ErrorKind::TooManyValues => {
            let value = value.unwrap_or_default();
            Message::new(format!("`{value}` is one value too many")).at(format!("`{argument}`"))
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            Message::new("that is not the right number of values").at(format!("`{argument}`"))
        }
        ErrorKind::InvalidUtf8 => Message::new("something on the command line is not in UTF-8"),
        // What a later clap may add still has its first line.
        _ => Message::new(first_line(error)),
    };
    let cause = std::error::Error::source(error).map(ToString::to_string);
    let message = cause.into_iter().fold(message, Message::because);
    Some(hints(error).into_iter().fold(in_command(error, message), Message::hint))
}

/// Where nothing narrower is known, the command is the place.
fn in_command(error: &Error, message: Message) -> Message {
    match error.get(ContextKind::InvalidArg) {
        Some(_) if matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation) => message,
        _ => match usage(error).and_then(|usage| command(&usage)) {
            Some(command) => message.at(format!("`{command}`")),
            None => message,
        },
    }
}

fn hints(error: &Error) -> Vec<String> {
    let said = |kind| error.get(kind).map(|it| format!("`{}`", it.to_string().replace(", ", "`, `")));
    let suggested =
        [ContextKind::SuggestedArg, ContextKind::SuggestedValue, ContextKind::SuggestedSubcommand];
    let mut hints: Vec<String> =
        suggested.into_iter().filter_map(said).map(|it| format!("did you mean {it}?")).collect();
    let values = [ContextKind::ValidValue, ContextKind::ValidSubcommand]
        .into_iter()
        .filter_map(|kind| error.get(kind));
    let values = values.map(ToString::to_string).filter(|values| !values.is_empty());
    hints.extend(values.map(|values| format!("it is one of: {values}")));
    let shows_usage = matches!(error.kind(), ErrorKind::MissingRequiredArgument);
    let misses = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
    if shows_usage && misses.contains("<PATH>") {
        let command = usage(error).and_then(|usage| command(&usage)).unwrap_or_default();
        let row = PATHS_WANTED.iter().find(|(of, _)| *of == command).or(PATHS_WANTED.last());
        hints.extend(row.into_iter().flat_map(|(_, wanted)| wanted.iter()).map(ToString::to_string));
    }
    match usage(error) {
        Some(usage) if shows_usage => hints.push(format!("usage: {usage}")),
        Some(usage) if hints.is_empty() => {
            hints.extend(command(&usage).map(|command| format!("`{command} --help` tells what there is")));
        }
        _ => {}
    }
    hints
}

/// What to do next where no path was typed, by command; the last row is for all others.
const PATHS_WANTED: &[(&str, &[&str])] = &[
    (
        "begat hunt",
        &[
            "name files, folders or archives with logs, or `-` for standard input: `begat hunt logs/`",
            "on Windows, as an administrator, this machine's own: `begat hunt C:\\Windows\\System32\\winevt\\Logs`",
            "no logs at hand? `begat demo` hunts some that are built in",
        ],
    ),
    (
        "begat explain",
        &[
            "the id stands in the row `case` of what `begat hunt` prints, and its beginning is enough",
            "after it name what was hunted, or what that hunt wrote: `begat explain 6a1f0c9e logs/`",
            "no logs at hand? `begat demo 20deb413` explains a case that is built in",
        ],
    ),
    ("", &["name files, folders or archives with logs, or `-` for standard input"]),
];

/// `begat hunt [OPTIONS] <PATH>...`, on one line.
fn usage(error: &Error) -> Option<String> {
    let usage = error.get(ContextKind::Usage)?.to_string();
    let usage = usage.trim().strip_prefix("Usage:")?;
    Some(usage.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `begat hunt`: the words of a usage before its options and values.
fn command(usage: &str) -> Option<String> {
    let words =
        usage.split(' ').take_while(|word| word.starts_with(|first: char| first.is_ascii_lowercase()));
    let words = words.collect::<Vec<_>>().join(" ");
    (!words.is_empty()).then_some(words)
}

fn first_line(error: &Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

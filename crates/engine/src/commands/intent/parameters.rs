//! The words of a cmdlet: its name, its parameters by name or place, and what they literally say.

use crate::commands::intent::said::SPLAT;
use crate::commands::intent::unknown::is_unknown;
use crate::commands::line::Token;

/// Parameters of those cmdlets that take no value; the word after them is positional.
const SWITCH_PARAMETERS: &[&str] = &[
    "nopassword",
    "disabled",
    "passwordneverexpires",
    "usermaynotchangepassword",
    "accountneverexpires",
    "confirm",
    "whatif",
    "verbose",
    "debug",
    "passthru",
    "wait",
    "nonewwindow",
    "asjob",
    "hidecomputername",
    "indisconnectedsession",
    "usessl",
    "nonewscope",
    "force",
];

/// A value that says what it is; what a variable holds is not told.
pub(super) fn literal(value: &str) -> Option<String> {
    (!value.is_empty() && !is_unknown(value)).then(|| value.to_owned())
}

/// The cmdlet of a command and what follows it: a command begins with its name.
pub(super) fn cmdlet(words: &[Token]) -> Option<(String, &[Token])> {
    let before = words.iter().take_while(|word| matches!(word.lower().as_str(), "return" | "." | "")).count();
    let name = words.get(before)?.lower();
    let name = name.rsplit('\\').next().unwrap_or(&name).to_owned();
    Some((name, &words[before + 1..]))
}

/// `-WhatIf` tells what would be done, and does it not; `-WhatIf:$false` does it.
pub(super) fn is_rehearsal(after: &[Token]) -> bool {
    // `-?` shows the help.
    after.iter().any(|token| token.text == "-?" && !token.quoted)
        || after.iter().enumerate().any(|(index, token)| {
            let Some(name) = parameter_name(token) else { return false };
            let (name, attached) = name.split_once(':').unwrap_or((&name, "$true"));
            let value = match attached {
                "" => after.get(index + 1).map(Token::lower).unwrap_or_default(),
                _ => attached.to_owned(),
            };
            matches!(name, "whatif" | "wi") && !value.ends_with("false")
        })
}

/// The value of a parameter by name, by an unambiguous beginning of its name, or as first positional.
pub(super) fn parameter(after: &[Token], name: &str, letters_min: usize) -> Option<String> {
    named_parameter(after, name, letters_min).or_else(|| positional(after, 0))
}

/// The name of a parameter, lower case, with what is attached to it.
pub(super) fn parameter_name(token: &Token) -> Option<String> {
    let name = token
        .text
        .strip_prefix(['-', '\u{2013}', '\u{2014}', '\u{2015}'])
        .filter(|_| !token.quoted)?
        .to_lowercase();
    name.starts_with(|first: char| first.is_alphabetic()).then_some(name)
}

/// The value of a parameter by name, where it says what it is.
pub(super) fn named_parameter(after: &[Token], wanted: &str, letters_min: usize) -> Option<String> {
    // A variable does not say which account it is.
    literal(&named_value(after, wanted, letters_min)?)
}

/// The value of a parameter by name, as written.
pub(super) fn named_value(after: &[Token], wanted: &str, letters_min: usize) -> Option<String> {
    for (index, token) in after.iter().enumerate() {
        let Some(full) = parameter_name(token) else { continue };
        let (name, attached) =
            full.split_once(':').map_or((full.as_str(), ""), |(name, value)| (name, value));
        if name.len() < letters_min || !wanted.starts_with(name) {
            continue;
        }
        return match attached {
            "" => after.get(index + 1).map(|value| bare(value).to_owned()),
            _ => bare(token).split_once(':').map(|(_, value)| value.to_owned()),
        };
    }
    None
}

/// Without the brackets and quotes around it, unless that is all there is: `-ComputerName .`
pub(super) fn bare(token: &Token) -> &str {
    let word = token.word();
    if word.is_empty() { &token.text } else { word }
}

/// What stands at a place among the words that no parameter takes, where it says what it is.
pub(super) fn positional(after: &[Token], wanted: usize) -> Option<String> {
    literal(positional_value(after, wanted)?.word())
}

/// What stands at a place among the words that no parameter takes.
pub(super) fn positional_value(after: &[Token], wanted: usize) -> Option<&Token> {
    let mut seen = 0;
    let mut index = 0;
    while let Some(token) = after.get(index) {
        match parameter_name(token) {
            // `-Name: VALUE` is two words, `-Name:VALUE` one.
            Some(name) if SWITCH_PARAMETERS.contains(&name.as_str()) => index += 1,
            Some(name) if name.contains(':') && !name.ends_with(':') => index += 1,
            Some(_) => index += 2,
            // What a splatted variable holds has places of its own.
            None if token.text.starts_with(SPLAT) => index += 1,
            None if seen == wanted => return Some(token),
            None => {
                seen += 1;
                index += 1;
            }
        }
    }
    None
}

//! The words of a cmdlet: its name, its parameters by name or place, and what they literally say.

use crate::commands::intent::script::is_unknown;
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
    after.iter().enumerate().any(|(index, token)| {
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

fn parameter_name(token: &Token) -> Option<String> {
    let name = token
        .text
        .strip_prefix(['-', '\u{2013}', '\u{2014}', '\u{2015}'])
        .filter(|_| !token.quoted)?
        .to_lowercase();
    name.starts_with(|first: char| first.is_alphabetic()).then_some(name)
}

pub(super) fn named_parameter(after: &[Token], wanted: &str, letters_min: usize) -> Option<String> {
    for (index, token) in after.iter().enumerate() {
        let Some(full) = parameter_name(token) else { continue };
        let (name, attached) =
            full.split_once(':').map_or((full.as_str(), ""), |(name, value)| (name, value));
        if name.len() < letters_min || !wanted.starts_with(name) {
            continue;
        }
        let value = match attached {
            "" => after.get(index + 1)?.word().to_owned(),
            _ => token.word().split_once(':')?.1.to_owned(),
        };
        // A variable does not say which account it is.
        return literal(&value);
    }
    None
}

pub(super) fn positional(after: &[Token], wanted: usize) -> Option<String> {
    let mut seen = 0;
    let mut index = 0;
    while let Some(token) = after.get(index) {
        match parameter_name(token) {
            Some(name) if SWITCH_PARAMETERS.contains(&name.as_str()) || name.contains(':') => index += 1,
            Some(_) => index += 2,
            None if seen == wanted => {
                return literal(token.word());
            }
            None => {
                seen += 1;
                index += 1;
            }
        }
    }
    None
}

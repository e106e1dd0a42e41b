//! Words of a script as they are read, and how what is no text is written among them.

use crate::commands::line::Token;

/// A list without anything in it.
pub(super) const EMPTY: &str = "$(0)";
/// How what a script holds is written where it is no text.
pub(super) const HANDLE: &str = "$(#";

/// A bare word, which may stand right behind an attribute: `[CmdletBinding()]param`.
pub(super) fn is_word(word: &Token, wanted: &str) -> bool {
    let text = word.text.rsplit(']').next().unwrap_or(&word.text);
    !word.quoted && text.eq_ignore_ascii_case(wanted)
}

pub(super) fn bare(text: &str) -> Token {
    Token { span: 0..0, text: text.to_owned(), quoted: false }
}

pub(super) fn quoted(text: &str) -> Token {
    Token { span: 0..0, text: text.to_owned(), quoted: true }
}

/// The text begins as the name of something on a machine or in a directory does; it may end in a variable.
pub(super) fn names_machine(text: &str) -> bool {
    let start = text.get(..9).unwrap_or(text).to_ascii_lowercase();
    ["winnt://", "winmgmts:", r"\\", "ldap://"].iter().any(|scheme| start.starts_with(scheme))
}

pub(super) fn last_member(path: &str) -> &str {
    path.rsplit(['.', ':']).next().unwrap_or(path)
}

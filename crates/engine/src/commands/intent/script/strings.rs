//! Double-quoted strings, with the variables and scripts in them.

use crate::commands::intent::lexemes;
use crate::commands::intent::said::{Said, VALUE_BYTES_MAX};
use crate::commands::intent::script::reader::Reader;

/// How long a script within a string may be to be read.
const INNER_LETTERS_MAX: usize = 16 * 1024;

impl Reader {
    /// A double-quoted string with the variables in it that are known, and its backticks read.
    pub(super) fn expanded(&mut self, raw: &str) -> String {
        let mut text = String::new();
        let mut rest = raw;
        while let Some(character) = rest.chars().next() {
            if text.len() > VALUE_BYTES_MAX {
                break;
            }
            rest = &rest[character.len_utf8()..];
            match character {
                '`' => {
                    let Some(escaped) = rest.chars().next() else { break };
                    text.push(if matches!(escaped, 'n' | 'r' | 't') { ' ' } else { escaped });
                    rest = &rest[escaped.len_utf8()..];
                }
                '$' => {
                    let (name, after) = variable_in_text(rest);
                    let value = name.as_ref().and_then(|name| self.look_up(name));
                    let is_bracketed = rest.starts_with(['{', '(']);
                    match (value, name) {
                        (Some(value), _) => {
                            text.push_str(&value);
                            rest = after;
                        }
                        (None, Some(name)) if is_bracketed && !name.contains(':') => {
                            text.push_str(&format!("${{{name}}}"));
                            rest = after;
                        }
                        _ => {
                            text.push('$');
                            rest = self.inner(rest, &mut text);
                        }
                    }
                }
                _ => text.push(character),
            }
        }
        text
    }

    /// `(…)` after a `$` in a string: a script of its own, whose output nobody here knows.
    pub(super) fn inner<'r>(&mut self, rest: &'r str, text: &mut String) -> &'r str {
        if self.inner_left == 0 || !rest.starts_with('(') {
            return rest;
        }
        self.inner_left -= 1;
        let Some(end) = closing_bracket(rest) else { return rest };
        let script = &rest[1..end];
        let lower = script.trim().to_lowercase();
        if matches!(lower.as_str(), "hostname" | "$env:computername" | "[environment]::machinename") {
            text.push_str("env:computername");
            return &rest[end + 1..];
        }
        if let Some(literal) = lexemes::only_literal(script) {
            text.pop();
            text.push_str(&literal);
            return &rest[end + 1..];
        }
        if script.contains(char::is_whitespace) {
            self.push(Said::Inner(script.to_owned()));
        }
        text.push_str("()");
        &rest[end + 1..]
    }
}

/// Where the bracket closes that the text begins with.
pub(super) fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote: Option<char> = None;
    for (at, character) in text.char_indices().take(INNER_LETTERS_MAX) {
        match (character, quote) {
            (_, Some(open)) if character == open => quote = None,
            ('"' | '\'', None) => quote = Some(character),
            ('(', None) => depth += 1,
            (')', None) => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return (at > 0).then_some(at);
        }
    }
    None
}

/// The name of the variable that stands after a `$` in a string, and what follows it.
pub(super) fn variable_in_text(rest: &str) -> (Option<String>, &str) {
    for (open, close) in [("{", '}'), ("($", ')')] {
        if let Some((name, after)) = rest.strip_prefix(open).and_then(|inner| lexemes::up_to(inner, close)) {
            let is_name = name.chars().all(lexemes::is_name_part);
            return (is_name.then(|| lexemes::variable_name(name)), after);
        }
    }
    let end = rest.find(|part: char| !(part.is_alphanumeric() || part == '_')).unwrap_or(rest.len());
    ((end > 0).then(|| lexemes::variable_name(&rest[..end])), &rest[end..])
}

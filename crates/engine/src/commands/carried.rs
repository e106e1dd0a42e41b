//! Secrets that go through a variable: `$p = 'SECRET'; net user bob $p /add`, `set "P=SECRET"&& net user bob %P% /add`.
//!
//! Where a variable stands in the place of a secret, what was put into it is one.

use std::collections::BTreeSet;
use std::ops::Range;

/// Variables that are followed: one may be put into the next.
const VARIABLES_MAX: usize = 16;
/// Places where one of them is set that are looked at.
const PLACES_MAX: usize = 16;
/// Ends of PowerShell's texts over several lines, by how they begin.
const HERE_STRINGS: &[(&str, &str)] = &[("@'", "'@"), ("@\\\"", "\\\"@"), ("@\"", "\"@")];

/// Where the secrets stand, `used` being what stands in the places of secrets, variables among it.
pub(crate) fn secrets(line: &str, used: &[Range<usize>]) -> Vec<Range<usize>> {
    let lower = line.to_ascii_lowercase();
    let mut secrets: Vec<Range<usize>> =
        used.iter().filter_map(|span| in_brackets(&lower, span.clone())).collect();
    let mut waiting: Vec<&str> = used.iter().flat_map(|span| variables(&lower[span.clone()])).collect();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if known.len() == VARIABLES_MAX || !known.insert(name) {
            continue;
        }
        for value in assigned(&lower, name) {
            waiting.extend(variables(&lower[value.clone()]));
            secrets.extend(literals_of(&lower, value));
        }
        secrets.extend(set(&lower, name));
        secrets.extend(argument_of(&lower, name));
    }
    secrets
}

/// `('SECRET')`, `$('SECRET')`: a text in brackets is no expression that says anything else.
fn in_brackets(lower: &str, span: Range<usize>) -> Option<Range<usize>> {
    let text = &lower[span.clone()];
    let inside = text.trim_start_matches('$').strip_prefix('(')?;
    inside.starts_with(['"', '\'', '\\']).then(|| span.end - inside.len()..span.end)
}

/// The names of variables in a text: `$name`, `${name}`, `$env:name`, `%name%`, `%name:~0,3%`, `!name!`.
fn variables(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for after in text.split('$').skip(1) {
        let after = after.trim_start_matches('{');
        let after = after.strip_prefix("env:").unwrap_or(after);
        names.push(name_at_start(after));
    }
    for sign in ['%', '!'] {
        let parts: Vec<&str> = text.split(sign).collect();
        names
            .extend(parts.iter().skip(1).take(parts.len().saturating_sub(2)).map(|part| name_at_start(part)));
    }
    names.retain(|name| !name.is_empty() && *name != "_");
    names
}

fn name_at_start(text: &str) -> &str {
    let end = text.find(|sign: char| !is_name_part(sign)).unwrap_or(text.len());
    &text[..end]
}

fn is_name_part(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

/// What PowerShell puts into a variable: from behind the sign to the end of the statement.
fn assigned(lower: &str, name: &str) -> Vec<Range<usize>> {
    let places = lower.match_indices(name).filter_map(|(at, _)| {
        let before = lower[..at].trim_end_matches('{');
        let before = before.strip_suffix("env:").unwrap_or(before);
        let after = lower[at + name.len()..].trim_start_matches('}').trim_start();
        let after = after.strip_prefix('+').unwrap_or(after);
        let value = after.strip_prefix('=').filter(|value| !value.starts_with('='))?;
        before.ends_with('$').then(|| lower.len() - value.len())
    });
    places.take(PLACES_MAX).map(|start| start..start + statement(&lower[start..])).collect()
}

/// The length of a statement: up to its end outside quotes.
fn statement(text: &str) -> usize {
    let blanks = text.len() - text.trim_start().len();
    let begins = &text[blanks..];
    for (opening, closing) in HERE_STRINGS {
        if let Some(inside) = begins.strip_prefix(opening) {
            let length = inside.find(closing).map_or(inside.len(), |at| at + closing.len());
            return blanks + opening.len() + length;
        }
    }
    let mut open: Option<char> = None;
    for (at, sign) in text.char_indices() {
        match (sign, open) {
            (_, Some(quote)) if sign == quote => open = None,
            ('"' | '\'', None) => open = Some(sign),
            (';' | '\n' | '|' | '}', None) => return at,
            _ => {}
        }
    }
    text.len()
}

/// The texts and the bare number or word of a value.
fn literals_of(lower: &str, value: Range<usize>) -> Vec<Range<usize>> {
    let text = &lower[value.clone()];
    let start = value.start + text.len() - text.trim_start().len();
    let bare = text.trim();
    if HERE_STRINGS.iter().any(|(opening, _)| bare.starts_with(opening)) {
        return std::iter::once(start..value.end).collect();
    }
    if !bare.contains(['"', '\'']) {
        let is_number = !bare.is_empty() && bare.chars().all(|sign| sign.is_ascii_digit());
        return is_number.then(|| start..start + bare.len()).into_iter().collect();
    }
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, sign) in text.char_indices() {
        match (sign, open) {
            (_, Some((from, quote))) if sign == quote => {
                found.push(value.start + from..value.start + at + 1);
                open = None;
            }
            ('"' | '\'', None) => open = Some((at, sign)),
            _ => {}
        }
    }
    // The quote of the whole command may end it.
    found
}

/// `set NAME=SECRET`, `set "NAME=SECRET"`.
fn set(lower: &str, name: &str) -> Vec<Range<usize>> {
    let places = lower.match_indices(name).filter_map(|(at, _)| {
        let value = lower[at + name.len()..].strip_prefix('=')?;
        let before = lower[..at].trim_end_matches(['"', '\\', '^']);
        let is_quoted = before.len() < at;
        let command = before.trim_end().strip_suffix("set").filter(|_| before.ends_with(' '))?;
        if command.ends_with(is_name_part) {
            return None;
        }
        let end = match is_quoted {
            true => value.find('"'),
            false => value.find(['&', '|', '"', '\n']),
        };
        let start = lower.len() - value.len();
        Some(start..start + value[..end.unwrap_or(value.len())].trim_end().len())
    });
    places.take(PLACES_MAX).collect()
}

/// `{ param($u, $p) net user $u $p /add } -ArgumentList bob, 'SECRET'`: the argument that becomes the variable.
fn argument_of(lower: &str, name: &str) -> Option<Range<usize>> {
    let list = lower.find("param(").map(|at| at + "param(".len())?;
    let list = &lower[list..list + lower[list..].find(')')?];
    let is_it = |one: &str| one.rsplit('$').next().map(name_at_start) == Some(name);
    let place = list.split(',').position(is_it)?;
    let given = ["-argumentlist", "-args", "-arg"].iter().find_map(|switch| {
        let at = lower.find(switch)? + switch.len();
        lower[at..].starts_with([' ', ':']).then_some(at + 1)
    })?;
    let arguments = &lower[given..given + statement(&lower[given..])];
    let arguments = arguments.split_once(" -").map_or(arguments, |(before, _)| before);
    let mut start = given;
    for (index, one) in arguments.split(',').enumerate() {
        if index == place {
            let own = one.trim_matches(|sign: char| sign.is_whitespace() || matches!(sign, '@' | '(' | ')'));
            let at = start + one.find(own).unwrap_or_default();
            return (!own.is_empty() && !own.starts_with('$')).then(|| at..at + own.len());
        }
        start += one.len() + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_into_a_variable_is_found_however_it_was() {
        for (line, used, found) in [
            ("$p='S3cret';net user bob $p /add", "$p", vec!["'S3cret'"]),
            ("$p = \"S3\"+'cret'; net user bob $p /add", "$p", vec!["\"S3\"", "'cret'"]),
            ("$q='S3cret'; $p=$q; net user bob $p /add", "$p", vec!["'S3cret'"]),
            ("$env:P='S3cret'; net user bob $env:P /add", "$env:P", vec!["'S3cret'"]),
            ("$p = @'\nS3cret\n'@\nnet user bob $p /add", "$p", vec!["@'\nS3cret\n'@"]),
            ("$p=12345; net user bob $p /add", "$p", vec!["12345"]),
            ("set P=S3cret& net user bob %P% /add", "%P%", vec!["S3cret"]),
            ("set \"P=S3 cret\"&& net user bob %P% /add", "%P%", vec!["S3 cret"]),
            ("set a=S3& set b=cret& net user bob %a%%b% /add", "%a%%b%", vec!["cret", "S3"]),
            ("set q=S3cret&&net user bob !q! /add", "!q!", vec!["S3cret"]),
            ("net user bob $('S3cret') /add", "$('S3cret')", vec!["'S3cret')"]),
            ("{ param($u,$p) net user $u $p /add } -ArgumentList bob,'S3cret'", "$p", vec!["'S3cret'"]),
            ("$p = Read-Host; net user bob $p /add", "$p", vec![]),
            ("$p -eq 'x'; if ($p=='x') {}; net user bob $p /add", "$p", vec![]),
            ("offset P=3; net user bob %P% /add", "%P%", vec![]),
        ] {
            let at = line.rfind(used).unwrap();
            let spans = secrets(line, std::slice::from_ref(&(at..at + used.len())));
            let told: Vec<&str> = spans.iter().map(|span| &line[span.clone()]).collect();
            assert_eq!(told, found, "{line}");
        }
    }
}

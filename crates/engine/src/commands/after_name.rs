//! What follows an account's own name as a bare argument: `mkacct.exe bob SECRET`.
//!
//! Only who knows the account can see it, so it is asked of a case and not of a line.

use std::borrow::Cow;

use crate::commands::line::{NESTING_MAX, commands, tokens};
use crate::commands::redact::REDACTED;
use crate::commands::values::Spoken;
use crate::windows::same_name::same_name;

/// A line, already without the secrets that it shows by itself, without what follows one of these names.
pub fn hide_after<'line>(line: &'line str, names: &[&str]) -> Cow<'line, str> {
    let mut spans = Vec::new();
    find(line, 0, 0, Spoken::default(), names, &mut spans);
    spans.sort_unstable_by_key(|span: &std::ops::Range<usize>| (span.start, std::cmp::Reverse(span.end)));
    if spans.is_empty() {
        return Cow::Borrowed(line);
    }
    let (mut clean, mut position) = (String::with_capacity(line.len()), 0);
    for span in spans.into_iter().filter(|span| !line[span.clone()].contains(REDACTED)) {
        if span.start >= position {
            clean.push_str(&line[position..span.start]);
            clean.push_str(REDACTED);
            position = span.end;
        }
    }
    clean.push_str(&line[position..]);
    Cow::Owned(clean)
}

fn find(
    line: &str,
    offset: usize,
    depth: usize,
    outer: Spoken,
    names: &[&str],
    spans: &mut Vec<std::ops::Range<usize>>,
) {
    let spoken = Spoken::of(line, &tokens(line)).within(outer);
    for (start, command) in commands(line) {
        let arguments = tokens(command);
        let is_name = |text: &str| names.iter().any(|name| same_name(name, text));
        let own = arguments.iter().skip(1).position(|token| is_name(&token.text));
        let after = own.map_or(&[][..], |own| arguments.get(own + 2..).unwrap_or_default());
        let bare = after.iter().take_while(|token| !token.is_separator()).filter(|token| {
            let is_switch = token.text.starts_with(['/', '-', '>', '(', '{', '}']) && !token.quoted;
            let is_variable = spoken.is_variable(&command[token.span.clone()]);
            !is_switch && !is_variable && !matches!(token.text.as_str(), "*" | "`" | ")" | "}")
        });
        spans.extend(bare.map(|token| offset + start + token.span.start..offset + start + token.span.end));
        if depth < NESTING_MAX {
            for (at, inner) in arguments.iter().filter_map(|token| token.quoted_command(command)) {
                find(inner, offset + start + at, depth + 1, spoken, names, spans);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_arguments_after_the_name_are_gone_and_switches_are_not() {
        for (line, expected) in [
            ("mkacct.exe bob S3cret", "mkacct.exe bob [redacted]"),
            ("mkacct.exe BOB \"S3 cret\" /admin", "mkacct.exe BOB [redacted] /admin"),
            ("cmd /c \"mk bob S3cret & whoami\"", "cmd /c \"mk bob [redacted] & whoami\""),
            ("net user bob [redacted] /add", "net user bob [redacted] /add"),
            ("net localgroup Administrators bob /add", "net localgroup Administrators bob /add"),
            ("bob.exe run", "bob.exe run"),
            ("mk bob && other thing", "mk bob && other thing"),
            ("mk alice S3cret", "mk alice S3cret"),
            ("mk.exe bob $ummer26", "mk.exe bob [redacted]"),
            ("powershell mk bob $pw", "powershell mk bob $pw"),
            ("cmd /c mk bob %pw%", "cmd /c mk bob %pw%"),
        ] {
            assert_eq!(hide_after(line, &["bob"]), expected);
        }
    }
}

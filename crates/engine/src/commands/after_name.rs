//! What the account's own name gives away: `mkacct.exe bob SECRET`, `bob:SECRET`, `.\bob SECRET`, `u=bob p=SECRET`.
//!
//! Only who knows the account can see it, so it is asked of a case and not of a line.

use std::borrow::Cow;
use std::ops::Range;

use crate::commands::line::{NESTING_MAX, Token, commands, logical_lines, tokens};
use crate::commands::literals::literals;
use crate::commands::redact::REDACTED;
use crate::commands::values::{Spoken, next_value};
use crate::windows::same_name::same_name;

/// What parts a name from its secret in one word.
const GLUES: &[char] = &[':', '/', ';', ',', '%', '|'];
/// What may stand right before a name in a word.
const BEFORE_NAMES: &[char] = &['=', ':', '"', '\'', '\\', '(', '[', '{', ',', ' '];
/// What follows a name and a comma in the path of an object, and no secret.
const OBJECT_CLASSES: &[&str] = &["user", "group", "computer"];
/// Names too short to say anything by themselves, that hold the secret of the account in the same command.
const SHORT_NAMES: &[&str] = &["p", "pw", "w", "key"];

/// A line, already without the secrets that it shows by itself, without what follows one of these names.
pub fn hide_after<'line>(line: &'line str, names: &[&str]) -> Cow<'line, str> {
    let mut spans = Vec::new();
    // Nearly no line says the name, and each is asked of in every case that shows it.
    if !may_say(line, names) {
        return Cow::Borrowed(line);
    }
    find(line, 0, 0, Spoken::default(), names, &mut spans);
    spans.sort_unstable_by_key(|span: &Range<usize>| (span.start, std::cmp::Reverse(span.end)));
    spans.retain(|span| !span.is_empty() && !line[span.clone()].contains(REDACTED));
    if spans.is_empty() {
        return Cow::Borrowed(line);
    }
    let (mut clean, mut position) = (String::with_capacity(line.len()), 0);
    for span in spans {
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
    spans: &mut Vec<Range<usize>>,
) {
    let spoken = Spoken::of(line, &tokens(line)).within(outer);
    spans.extend(after_quoted_names(line, names).map(|span| offset + span.start..offset + span.end));
    // `;` and `|` part a name from its secret where no shell reads them.
    for (start, whole) in logical_lines(line).into_iter().filter(|_| !spoken.is_read_by_a_shell()) {
        let own = glued(whole, &tokens(whole), names);
        spans.extend(own.into_iter().map(|span| offset + start + span.start..offset + start + span.end));
    }
    for (start, command) in commands(line) {
        let arguments = tokens(command);
        let mut own = bare_after(command, &arguments, spoken, names);
        own.extend(glued(command, &arguments, names));
        own.extend(short_switches(command, &arguments, spoken, names));
        spans.extend(own.into_iter().map(|span| offset + start + span.start..offset + start + span.end));
        if depth < NESTING_MAX {
            for (at, inner) in arguments.iter().filter_map(|token| token.quoted_command(command)) {
                find(inner, offset + start + at, depth + 1, spoken, names, spans);
            }
        }
    }
}

/// Whatever quotes and carets stand between its letters.
fn may_say(line: &str, names: &[&str]) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(['^', '`', '"', '\'', '\\'], "");
    let line = plain(line);
    names.iter().any(|name| line.contains(&plain(name)))
}

/// Bare arguments after the name. Where the secret was found already, what comes after it is none.
fn bare_after(command: &str, arguments: &[Token], spoken: Spoken, names: &[&str]) -> Vec<Range<usize>> {
    let own = arguments.iter().skip(1).position(|token| is_name(&token.text, names));
    let after = own.map_or(&[][..], |own| arguments.get(own + 2..).unwrap_or_default());
    let bare = after
        .iter()
        .take_while(|token| !token.is_separator() && !command[token.span.clone()].contains(REDACTED))
        .filter(|token| {
            let is_switch = token.text.starts_with(['/', '-', '>', '(', '{', '}']) && !token.quoted;
            let is_variable = spoken.is_variable(&command[token.span.clone()]);
            !is_switch && !is_variable && !matches!(token.text.as_str(), "*" | "`" | ")" | "}")
        });
    bare.map(|token| token.span.clone()).collect()
}

/// The name itself, in brackets or not, under its domain or without.
fn is_name(text: &str, names: &[&str]) -> bool {
    let bare = text.trim_matches(['[', ']', '(', ')', '{', '}', '<', '>', '"', '\'', ',']);
    let (domain, account) = bare.split_once('\\').unwrap_or(("", bare));
    let is_domain = !domain.contains([':', '/', '=']) && !account.contains('\\');
    is_domain && names.iter().any(|name| same_name(name, account))
}

/// `bob:SECRET`, `--creds=bob:SECRET`, `bob/SECRET`.
fn glued(command: &str, arguments: &[Token], names: &[&str]) -> Vec<Range<usize>> {
    let words = arguments.iter().skip(1).filter(|token| !command[token.span.clone()].contains(REDACTED));
    words
        .filter_map(|token| {
            let raw = &command[token.span.clone()];
            let own = names.iter().find_map(|name| after_glue(raw, name))?;
            Some(token.span.start + own.start..token.span.start + own.end)
        })
        .collect()
}

fn after_glue(raw: &str, name: &str) -> Option<Range<usize>> {
    let (lower, name) = (raw.to_ascii_lowercase(), name.to_ascii_lowercase());
    lower.match_indices(&name).find_map(|(at, _)| {
        let (before, after) = (&raw[..at], &raw[at + name.len()..]);
        let glue = after.chars().next().filter(|glue| GLUES.contains(glue))?;
        let secret = after[glue.len_utf8()..].trim_end_matches(['"', '\'', ')', ']', '}']);
        let begins = before.is_empty() || before.ends_with(BEFORE_NAMES);
        let is_secret = match glue {
            // `WinNT://srv/bob,user`, `bob;group=admins`
            ',' | ';' | '|' => {
                !secret.contains('=') && !OBJECT_CLASSES.contains(&&*secret.to_ascii_lowercase())
            }
            // A path goes on.
            '/' => before.trim_start_matches(['"', '\'']).is_empty() && !secret.contains(['/', '\\']),
            // `icacls x /grant bob:(OI)F`, `bob:F`
            ':' => !is_access(secret) && !secret.starts_with(['\\', '/']),
            _ => true,
        };
        let start = at + name.len() + glue.len_utf8();
        (begins && is_secret && !secret.is_empty()).then(|| start..start + secret.len())
    })
}

/// What `icacls` and its like call rights.
fn is_access(text: &str) -> bool {
    text.starts_with('(') || (text.len() <= 2 && text.chars().all(|sign| sign.is_ascii_uppercase()))
}

/// `-a bob -p SECRET`, `u=bob p=SECRET`, `{"u":"bob","p":"SECRET"}`: of a command that names the account.
fn short_switches(command: &str, arguments: &[Token], spoken: Spoken, names: &[&str]) -> Vec<Range<usize>> {
    let lower = command.to_ascii_lowercase();
    if !names.iter().any(|name| lower.contains(&name.to_ascii_lowercase())) {
        return Vec::new();
    }
    let mut secrets = Vec::new();
    for (index, token) in arguments.iter().enumerate().skip(1) {
        let raw = &lower[token.span.clone()];
        let given = raw.trim_start_matches(['-', '/']);
        let is_dashed = given.len() < raw.len();
        let (name, value) =
            given.split_once(['=', ':']).map_or((given, None), |(name, value)| (name, Some(value)));
        if !SHORT_NAMES.contains(&name) {
            continue;
        }
        match value {
            Some(value) if !value.is_empty() && !spoken.is_expression(value) => {
                secrets.push(token.span.end - value.len()..token.span.end);
            }
            None if is_dashed => secrets.extend(next_value(command, arguments, index, spoken)),
            _ => {}
        }
    }
    secrets.extend(SHORT_NAMES.iter().filter_map(|name| member(&lower, name)));
    secrets
}

/// The value of a member of a JSON object, also within quotes of its own.
fn member(lower: &str, name: &str) -> Option<Range<usize>> {
    let at = ["\"", "'"].iter().find_map(|quote| {
        let found =
            lower.find(&format!("{quote}{name}{quote}")).or_else(|| lower.find(&format!("\"{name}\\\"")))?;
        Some(found + lower[found..].find(name)? + name.len())
    })?;
    let rest = lower[at..].trim_start_matches(['\\', '"', '\'', ' ']).strip_prefix(':')?;
    let value = rest.trim_start_matches([' ', '\\']).trim_start_matches(['"', '\'']);
    let start = lower.len() - value.len();
    let end = value.find(['"', '\'', ',', '}', '\\']).unwrap_or(value.len());
    Some(start..start + end)
}

/// `'bob','SECRET'`: two texts of one list.
fn after_quoted_names<'l>(line: &'l str, names: &'l [&str]) -> impl Iterator<Item = Range<usize>> + 'l {
    ['"', '\''].into_iter().flat_map(move |quote| {
        let texts = literals(line, quote);
        let inside = move |span: &Range<usize>| line[span.start + 1..span.end - 1].trim_end_matches('\\');
        let pairs: Vec<Range<usize>> = texts
            .windows(2)
            .filter(|pair| {
                let between = line.get(pair[0].end..pair[1].start).unwrap_or("?").trim();
                let is_member = line[pair[1].end..].trim_start().starts_with(':');
                let is_other = inside(&pair[1]).starts_with(['/', '-']) || is_member;
                between == "," && is_name(inside(&pair[0]), names) && !is_other
            })
            .map(|pair| pair[1].clone())
            .collect();
        pairs
    })
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
            (r"nssm set svc ObjectName .\bob S3cret", r"nssm set svc ObjectName .\bob [redacted]"),
            ("mk [bob] [S3cret]", "mk [bob] [redacted]"),
            (r"psexec \\srv -u bob -p [redacted] cmd", r"psexec \\srv -u bob -p [redacted] cmd"),
            ("schtasks /u bob /p [redacted] /tn x /tr y", "schtasks /u bob /p [redacted] /tn x /tr y"),
        ] {
            assert_eq!(hide_after(line, &["bob"]), expected);
        }
    }

    #[test]
    fn what_is_glued_to_the_name_or_named_by_one_letter_is_gone() {
        for (line, expected) in [
            ("mk bob:S3cret", "mk bob:[redacted]"),
            ("mk --creds=bob:S3cret x", "mk --creds=bob:[redacted] x"),
            (r#"mk -c "CORP\bob:S3cret""#, r#"mk -c "CORP\bob:[redacted]""#),
            ("mk bob/S3cret", "mk bob/[redacted]"),
            ("mk -add bob,S3cret", "mk -add bob,[redacted]"),
            ("mk bob;S3cret /x", "mk bob;[redacted] /x"),
            ("mk -add=bob|S3cret", "mk -add=bob|[redacted]"),
            ("powershell mk bob;whoami", "powershell mk bob;whoami"),
            ("mk u=bob p=S3cret", "mk u=bob p=[redacted]"),
            (r"mk -a .\bob -p S3cret", r"mk -a .\bob -p [redacted]"),
            ("mk -user:bob -key:S3cret", "mk -user:bob -key:[redacted]"),
            (r#"mk {"u":"bob","p":"S3cret"}"#, r#"mk {"u":"bob","p":"[redacted]"}"#),
            ("x.change($null,'bob','S3cret')", "x.change($null,'bob',[redacted])"),
            ("icacls x /grant bob:(OI)F", "icacls x /grant bob:(OI)F"),
            ("icacls x /grant bob:RX", "icacls x /grant bob:RX"),
            ("[adsi]'WinNT://./bob,user'", "[adsi]'WinNT://./bob,user'"),
            (r"copy C:\Users\bob\x.txt D:\", r"copy C:\Users\bob\x.txt D:\"),
            ("mk https://srv/bob/x", "mk https://srv/bob/x"),
            ("mk name=bob;group=admins", "mk name=bob;group=admins"),
        ] {
            assert_eq!(hide_after(line, &["bob"]), expected);
        }
    }
}

//! Secrets that scripts write as quoted literals: `SetPassword("…")`, `@{Password='…'}`, a variable used later.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::commands::line::logical_lines;
use crate::commands::secret_names::is_secret_name;

/// Methods and types whose quoted arguments are secrets, lower case.
const SECRET_CALLS: &[&str] = &[
    "setpassword",
    "changepassword",
    "networkcredential",
    "pscredential",
    "stringtobstr",
    "stringtoglobalallocunicode",
    "stringtocotaskmemunicode",
];
/// Methods that hand a text on, whose only word may be a secret.
const CARRYING_CALLS: &[&str] = &["getbytes"];
/// Calls with a whole command that are looked into.
const CALLS_MAX: usize = 64;
/// Methods and types of which one argument is: lower case, and how many stand before it.
const SECRET_ARGUMENTS: &[(&str, usize)] = &[
    ("userprincipal", 2),
    ("directoryentry", 2),
    ("validatecredentials", 1),
    ("logonuser", 2),
    ("createprocesswithlogonw", 2),
    ("mapnetworkdrive", 4),
    ("sp_addlogin", 1),
    ("sp_password", 1),
];
/// What may stand between a type and the arguments of what is made of it, lower case.
const BEFORE_ARGUMENTS: &[&str] = &["new", "-argumentlist", "-args"];
/// What takes a secret from a variable, lower case.
const SECRET_TAKERS: &[&str] = &["password", "convertto-securestring", "-string", "-accountpassword"];
/// Literals of one list that are looked at.
const LIST_MAX: usize = 64;
/// Longest name looked at before a literal.
const NAME_BYTES_MAX: usize = 64;

/// Where secrets stand, quotes included.
pub(crate) fn secrets(line: &str) -> Vec<Range<usize>> {
    let lower = line.to_ascii_lowercase();
    let variables = secret_variables(&lower);
    let mut secrets = call_arguments(&lower);
    // The whole text, for literals over several lines, and each line, where an odd quote in a comment leads astray.
    let lines = logical_lines(line);
    let several = lines.iter().filter(|_| lines.len() > 1);
    for (start, stretch) in std::iter::once(&(0, line)).chain(several) {
        for quote in ['"', '\''] {
            let found = literals(stretch, quote).into_iter();
            let literals: Vec<Range<usize>> =
                found.map(|span| span.start + start..span.end + start).collect();
            let assigned =
                literals.iter().filter(|literal| is_assigned_secret(&lower, literal.start, &variables));
            secrets.extend(assigned.cloned());
            secrets.extend(net_arguments(&lower, &literals));
            secrets.extend(after_names(&lower, &literals));
        }
    }
    secrets
}

/// The texts of several words that something is called with: `.Run('net user bob SECRET /add')`.
pub(crate) fn called_with(line: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for quote in ['"', '\''] {
        let called = literals(line, quote)
            .into_iter()
            .filter(|literal| line[..literal.start].trim_end_matches('\\').ends_with('('));
        let texts = called.map(|literal| (literal.start + 1, &line[literal.start + 1..literal.end - 1]));
        found.extend(texts.filter(|(_, text)| text.contains(char::is_whitespace)).take(CALLS_MAX));
    }
    found
}

/// Stretches between two of these quotes; `\"` counts as one, as it opens a string inside a quoted command.
pub(crate) fn literals(line: &str, quote: char) -> Vec<Range<usize>> {
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = line.as_bytes();
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    for (at, _) in line.match_indices(quote) {
        // The apostrophe of a word.
        if quote == '\'' && is_letter(at.checked_sub(1).map(|at| &bytes[at])) && is_letter(bytes.get(at + 1))
        {
            continue;
        }
        open = match open {
            Some(start) => {
                found.push(start..at + 1);
                None
            }
            None => Some(at),
        };
    }
    found
}

/// `password = 'SECRET'`, `"password": "SECRET"`, and `$p = 'SECRET'` where `$p` becomes a password later.
fn is_assigned_secret(lower: &str, literal_at: usize, variables: &BTreeSet<&str>) -> bool {
    // `N'…'` is a text of many letters to SQL Server.
    let before =
        lower[..literal_at].strip_suffix("=n").map_or(&lower[..literal_at], |_| &lower[..literal_at - 1]);
    let before = before.strip_suffix(" n").unwrap_or(before).trim_end_matches([' ', '\\', '(', '@']);
    let Some(before) = before.strip_suffix(['=', ':']) else {
        return is_told_by_sql(before);
    };
    let name = name_before(before.trim_end_matches([' ', '"', '\'', '\\', ']']));
    variables.contains(name) || is_secret_name(name)
}

/// `IDENTIFIED BY 'SECRET'`, `PASSWORD 'SECRET'`: what SQL says right before a secret.
fn is_told_by_sql(before: &str) -> bool {
    let mut words = before.split_whitespace().rev();
    match words.next() {
        Some("by") => words.next() == Some("identified"),
        last => last.is_some_and(|word| word.ends_with("password")),
    }
}

/// The variables that something takes a secret from.
fn secret_variables(lower: &str) -> BTreeSet<&str> {
    let uses = lower.match_indices('$').filter_map(|(at, _)| {
        let taker = lower[..at].trim_end_matches([' ', '"', '\\', ':', '(']);
        let is_taken = SECRET_TAKERS.iter().any(|name| taker.ends_with(name));
        let is_piped = || {
            let after = lower[at + 1..].trim_start_matches(is_name_part).trim_start();
            after
                .strip_prefix('|')
                .is_some_and(|next| next.trim_start().starts_with("convertto-securestring"))
        };
        (is_taken || is_piped()).then(|| {
            let name = &lower[at + 1..];
            &name[..name.find(|character: char| !is_name_part(character)).unwrap_or(name.len())]
        })
    });
    uses.filter(|name| !name.is_empty()).collect()
}

fn is_name_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn name_before(text: &str) -> &str {
    let length =
        text.bytes().rev().take(NAME_BYTES_MAX).take_while(|byte| is_name_part(*byte as char)).count();
    &text[text.len() - length..]
}

/// The arguments of `.SetPassword("…")`, `.Invoke('SetPassword','…')`, `[PSCredential]::new(…)` and of VBScript's
/// `u.SetPassword "…"`, up to the closing bracket outside quotes.
fn call_arguments(lower: &str) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    for call in SECRET_CALLS {
        let mut done = 0;
        for arguments in arguments_of(lower, call).filter(|text| text.starts_with(['"', '\'', '\\'])) {
            let start = lower.len() - arguments.len();
            if start >= done {
                done = start + end_of_arguments(arguments);
                secrets.push(start..done);
            }
        }
    }
    for (call, before) in SECRET_ARGUMENTS {
        let mut done = 0;
        for arguments in arguments_of(lower, call) {
            let start = lower.len() - arguments.len();
            if start < done {
                continue;
            }
            let all = &arguments[..end_of_arguments(arguments)];
            done = start + all.len();
            let found =
                split_arguments(all).nth(*before).filter(|one| all[one.clone()].contains(['"', '\'']));
            secrets.extend(found.map(|one| start + one.start..start + one.end));
        }
    }
    for call in CARRYING_CALLS {
        for arguments in
            arguments_of(lower, call).filter(|text| text.starts_with(['"', '\''])).take(CALLS_MAX)
        {
            let text = &arguments[..end_of_arguments(arguments)];
            let start = lower.len() - arguments.len();
            secrets.extend((!text.contains(char::is_whitespace)).then(|| start..start + text.len()));
        }
    }
    // In brackets it is a call like the others; else its own reader finds it.
    let mut done = 0;
    for (at, name) in lower.match_indices("convertto-securestring(") {
        let start = at + name.len();
        if start >= done {
            done = start + end_of_arguments(&lower[start..]);
            secrets.push(start..done);
        }
    }
    secrets
}

/// The text from each place on where the arguments of a call begin. The name itself may stand in quotes:
/// `Invoke('SetPassword','…')`.
fn arguments_of<'l>(lower: &'l str, call: &'l str) -> impl Iterator<Item = &'l str> {
    lower.match_indices(call).filter_map(move |(at, _)| {
        let rest = lower[at + call.len()..].trim_start_matches(['"', '\'', '\\', ']']);
        let is_call = rest.starts_with(['(', ',', ' ', ':']);
        let rest = rest.trim_start_matches([',', ' ', ':']);
        let rest = BEFORE_ARGUMENTS.iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
        is_call.then(|| rest.trim_start_matches(['(', ' ', '@']))
    })
}

/// Each argument of a list, without the blanks before it.
fn split_arguments(all: &str) -> impl Iterator<Item = Range<usize>> {
    let (mut open, mut start, mut ends) = (None, 0, Vec::new());
    for (at, character) in all.char_indices() {
        match (character, open) {
            (_, Some(quote)) if character == quote => open = None,
            ('"' | '\'', None) => open = Some(character),
            (',', None) => ends.push(std::mem::replace(&mut start, at + 1)..at),
            _ => {}
        }
    }
    ends.push(start..all.len());
    ends.into_iter().map(|one| one.end - all[one.clone()].trim_start().len()..one.end)
}

/// `'Password','SECRET'`: what follows the literal that names it.
fn after_names(lower: &str, literals: &[Range<usize>]) -> Vec<Range<usize>> {
    let pairs = literals.windows(2).filter(|pair| {
        let between = lower.get(pair[0].end..pair[1].start).unwrap_or("?").trim();
        let name = lower[pair[0].start + 1..pair[0].end - 1].trim_end_matches('\\');
        between == "," && is_secret_name(name)
    });
    pairs.map(|pair| pair[1].clone()).collect()
}

fn end_of_arguments(arguments: &str) -> usize {
    let mut open: Option<char> = None;
    for (at, character) in arguments.char_indices() {
        match (character, open) {
            (_, Some(quote)) if character == quote => open = None,
            ('"' | '\'', None) => open = Some(character),
            (')' | ';', None) => return at,
            _ => {}
        }
    }
    arguments.len()
}

/// `-ArgumentList 'user','NAME','SECRET','/add'`: what `net` gets, each in quotes.
fn net_arguments(lower: &str, literals: &[Range<usize>]) -> Vec<Range<usize>> {
    let text = |literal: &Range<usize>| lower[literal.start + 1..literal.end - 1].trim_end_matches('\\');
    let mut secrets = Vec::new();
    for (verb, _) in
        literals.iter().enumerate().filter(|(_, literal)| matches!(text(literal), "user" | "users"))
    {
        // One list: nothing but signs of a list stands between its literals.
        let listed = literals[verb..].windows(2).take(LIST_MAX).take_while(|pair| {
            let between = lower.get(pair[0].end..pair[1].start).unwrap_or("?");
            between.chars().all(|sign| sign.is_whitespace() || matches!(sign, ',' | '`' | '\\' | '+'))
        });
        let after: Vec<&Range<usize>> = listed.map(|pair| &pair[1]).collect();
        if after.iter().any(|literal| text(literal).starts_with("/ad")) {
            let plain = after.into_iter().filter(|literal| !text(literal).starts_with('/'));
            secrets.extend(plain.skip(1).cloned());
        }
    }
    secrets
}

//! Which argument is the value of a switch, and what in a line is no secret by itself: variables, expressions, switches.

use std::ops::Range;

use crate::commands::line::Token;

/// Words of a command among which its program is looked for: `cmd /c start psexec …`.
pub(crate) const PROGRAM_WORDS_MAX: usize = 8;
/// What shows that a text is PowerShell's, lower case.
const OF_POWERSHELL: &[&str] = &["$_", "foreach", "param(", "function "];
/// Commands of cmd itself, which begin a text of its.
const OF_CMD: &[&str] = &["for", "set", "if", "call", "echo", "start", "@echo"];
/// Answers that scripts give to programs, and no secrets.
const ANSWERS: &[&str] = &["y", "n", "yes", "no", "j", "o", "s", ".", "on", "off"];

/// Whose variables a text may hold: to a program that is started with it, `$x` and `%x` are letters like any others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Spoken {
    powershell: bool,
    cmd: bool,
    /// `for %i in …`
    loops: bool,
    /// `!name!` is a variable too.
    delayed: bool,
}

impl Spoken {
    /// As far as the text shows.
    pub(crate) fn of(line: &str, arguments: &[Token]) -> Spoken {
        let lower = line.to_ascii_lowercase();
        let programs: Vec<String> = arguments.iter().take(PROGRAM_WORDS_MAX).map(Token::stem).collect();
        let is_any = |names: &[&str]| programs.iter().any(|stem| names.contains(&stem.as_str()));
        let first = arguments.first().map(|first| line[first.span.clone()].to_ascii_lowercase());
        let first = first.unwrap_or_default();
        let powershell = is_any(&["powershell", "pwsh"])
            || first.starts_with(['$', '@', '&', '[', '{', '\''])
            || is_cmdlet(&first)
            || OF_POWERSHELL.iter().any(|sign| lower.contains(sign))
            || assigns(&lower);
        let loops = lower.contains("for %") || lower.contains("for /");
        let cmd = is_any(&["cmd", "%comspec%", "comspec%"]) || loops || OF_CMD.contains(&first.as_str());
        let delayed = cmd && (lower.contains("/v") || lower.contains("enabledelayedexpansion"));
        Spoken { powershell, cmd, loops, delayed }
    }

    /// A shell reads the text, and ends a command where a program would read on.
    pub(crate) fn is_read_by_a_shell(self) -> bool {
        self.powershell || self.cmd
    }

    /// What stands within a text of this one.
    pub(crate) fn within(self, outer: Spoken) -> Spoken {
        Spoken {
            powershell: self.powershell || outer.powershell,
            cmd: self.cmd || outer.cmd,
            loops: self.loops || outer.loops,
            delayed: self.delayed || outer.delayed,
        }
    }

    /// The argument is a variable and nothing else.
    pub(crate) fn is_variable(self, raw: &str) -> bool {
        let bare = raw.trim_end_matches([')', '}', ';', ',']).trim_matches('"');
        if let Some(name) = bare.strip_prefix('$') {
            let is_name = |part: char| part.is_alphanumeric() || "_:.?[]'".contains(part);
            let is_whole = !name.is_empty() && name.chars().all(is_name);
            return self.powershell && (name.starts_with(['(', '{']) || is_whole);
        }
        if let Some(name) = bare.strip_prefix('%') {
            let is_part = |part: char| part.is_alphanumeric() || "_~:,-=".contains(part);
            let is_named =
                name.len() > 1 && name.strip_suffix('%').is_some_and(|name| name.chars().all(is_part));
            let counter = name.trim_start_matches(['%', '~']);
            let is_counter = counter.len() == 1 && counter.chars().all(char::is_alphanumeric);
            return (self.cmd && is_named) || (self.loops && is_counter);
        }
        let named = bare.strip_prefix('!').and_then(|name| name.strip_suffix('!'));
        self.delayed && named.is_some_and(|name| !name.is_empty() && name.chars().all(char::is_alphanumeric))
    }

    /// A variable, or a command in brackets: it is looked into by itself.
    pub(crate) fn is_expression(self, raw: &str) -> bool {
        (self.powershell && raw.starts_with(['(', '{'])) || self.is_variable(raw)
    }
}

/// `Verb-Noun`, which no program is called.
fn is_cmdlet(word: &str) -> bool {
    let is_word = |part: &str| part.len() > 1 && part.chars().all(|letter| letter.is_ascii_alphabetic());
    word.split_once('-').is_some_and(|(verb, noun)| is_word(verb) && is_word(noun))
}

/// `$name = …`
fn assigns(lower: &str) -> bool {
    lower.split('$').skip(1).any(|after| {
        let name =
            after.find(|part: char| !(part.is_alphanumeric() || "_:".contains(part))).unwrap_or(after.len());
        name > 0 && after[name..].trim_start().starts_with('=')
    })
}

/// An answer that says nothing by itself.
pub(crate) fn is_answer(text: &str) -> bool {
    ANSWERS.contains(&text.to_lowercase().as_str())
}

/// Closes what was opened before, and is no argument: the end of `{ net user bob x /add }`.
pub(crate) fn is_closing(line: &str, token: &Token) -> bool {
    let closes = |sign: char| matches!(sign, ')' | '}' | ';');
    let is_only = !token.text.is_empty() && token.text.chars().all(closes);
    is_only && line[..token.span.start].contains(['(', '{'])
}

/// The argument after a switch, unless it is another switch or an expression. A sign `=` between the two is none.
pub(crate) fn next_value(
    line: &str,
    arguments: &[Token],
    index: usize,
    spoken: Spoken,
) -> Option<Range<usize>> {
    let own = arguments.get(index).map(|own| own.text.starts_with('-'))?;
    let next = arguments.get(index + 1..)?.iter().find(|token| line[token.span.clone()] != *"=")?;
    let raw = &line[next.span.clone()];
    let is_switch = is_switch(raw, !own) && !next.quoted;
    let is_none = next.is_separator() && !next.quoted || is_switch || is_closing(line, next);
    (!is_none && !spoken.is_expression(raw)).then(|| next.span.clone())
}

/// `-name`, `--name=x`; where switches are written so, `/name`. What has other letters in its name is a value that only
/// begins so.
fn is_switch(raw: &str, with_slash: bool) -> bool {
    if let Some(given) = raw.strip_prefix(['-', '\u{2013}']) {
        let name = given.trim_start_matches('-').split([':', '=']).next().unwrap_or_default();
        let is_part = |part: char| part.is_alphanumeric() || matches!(part, '-' | '_' | '.' | '?');
        return !name.is_empty() && name.chars().all(is_part);
    }
    let name = raw.strip_prefix('/').map(|given| given.split([':', '=']).next().unwrap_or_default());
    with_slash
        && name.is_some_and(|name| !name.is_empty() && name.chars().all(|part| part.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::line::tokens;

    #[test]
    fn variables_are_such_only_where_somebody_reads_them() {
        for (line, raw, is_variable) in [
            ("powershell -c x", "$pw", true),
            ("New-LocalUser bob", "$_", true),
            ("$a = 1; x", "$env:PW", true),
            ("powershell x", "$(Get-It)", true),
            ("powershell x", "$ummer-2026!", false),
            ("net1 user bob", "$ummer", false),
            ("psexec.exe x", "$ummer", false),
            ("cmd /c x", "%pw%", true),
            ("net user bob", "%pw%", false),
            ("cmd /c for %p in (a) do x", "%p", true),
            ("for /f %%p in (a) do x", "%%p", true),
            ("cmd /c x", "%p", false),
            ("cmd /v:on /c x", "!pw!", true),
            ("cmd /c x", "!pw!", false),
            ("powershell x", "S3cret", false),
        ] {
            assert_eq!(Spoken::of(line, &tokens(line)).is_variable(raw), is_variable, "{line}: {raw}");
        }
    }

    #[test]
    fn a_value_follows_unless_another_switch_does() {
        for (line, value) in [
            ("-p S3cret", Some("S3cret")),
            ("-p = S3cret", Some("S3cret")),
            ("-p -d", None),
            ("-p --dry-run", None),
            ("-p \"-S3cret\"", Some("\"-S3cret\"")),
            ("-p -S3cret!", Some("-S3cret!")),
            ("-p /S3cret", Some("/S3cret")),
            ("/rp /tr", None),
            ("/rp /S3cret", Some("/S3cret")),
            ("-p | more", None),
            ("-p", None),
        ] {
            let arguments = tokens(line);
            let found = next_value(line, &arguments, 0, Spoken::default());
            assert_eq!(found.map(|span| &line[span]), value, "{line}");
        }
    }
}

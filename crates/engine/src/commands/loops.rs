//! Lists that a loop hands to account management: `for %p in (SECRET) do net user …`, `'SECRET' | % { … }`.

use std::ops::Range;

use crate::commands::secret_names::SECRET_ENDINGS;

/// What in the body of a loop shows that it deals with accounts, lower case.
const OF_ACCOUNTS: &[&str] =
    &["net ", "net1", "user", "adsi", "winnt:", "runas", "psexec", "schtasks", " -p ", "/p:", "appendchar"];

/// Loops of one line that are looked into; whatever follows so many is hidden unread.
const LOOPS_MAX: usize = 64;

/// Where lists stand that may hold secrets.
pub(crate) fn secrets(line: &str) -> Vec<Range<usize>> {
    let lower = line.to_ascii_lowercase();
    let mut secrets = in_brackets(&lower);
    secrets.extend(piped(&lower));
    secrets
}

fn deals_with_accounts(body: &str) -> bool {
    OF_ACCOUNTS.iter().chain(SECRET_ENDINGS).any(|word| body.contains(word))
}

/// `for %p in (a b) do …`, `foreach ($p in 'a','b') { … }`. A loop over numbers or files hands over no secret.
fn in_brackets(lower: &str) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    let mut done = 0;
    for (number, (at, _)) in lower.match_indices("for").enumerate() {
        if number == LOOPS_MAX {
            secrets.push(at..lower.len());
            break;
        }
        if at < done {
            continue;
        }
        let head = &lower[at..];
        let Some(keyword) = head.find(" in ").or_else(|| head.find(" in(")) else { break };
        let list = at + keyword + " in".len();
        let start = list + lower[list..].len() - lower[list..].trim_start().len();
        // PowerShell's list ends with the bracket that began before the variable.
        let from = if lower[start..].starts_with('(') { start + 1 } else { start };
        let Some(length) = lower[from..].find(')') else { continue };
        let (span, body) = (from..from + length, &lower[from + length..]);
        let words = &lower[span.clone()];
        let is_numbers =
            words.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, ',' | ' ' | '.' | '-'));
        let is_expression = words.trim_start().starts_with(['$', '(', '\'']) && words.contains(" user");
        done = span.end;
        if !is_numbers && !words.trim().is_empty() && !is_expression && deals_with_accounts(body) {
            secrets.push(span);
        }
    }
    secrets
}

/// `'a','b' | % { … }`, `@("a") | ForEach-Object { … }`: the quoted words before the pipe.
fn piped(lower: &str) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    let (mut behind, mut loops) = (0, 0);
    for (at, _) in lower.match_indices('|') {
        let body = lower[at + 1..].trim_start();
        let is_loop = body.starts_with(['%']) || body.starts_with("foreach");
        loops += usize::from(is_loop);
        if loops > LOOPS_MAX {
            secrets.push(at..lower.len());
            break;
        }
        let begins = lower[behind..at].rfind([';', '\n', '{', '|']).map_or(behind, |sign| behind + sign + 1);
        behind = at + 1;
        if is_loop && deals_with_accounts(body) {
            secrets.extend(quoted(&lower[begins..at]).map(|span| span.start + begins..span.end + begins));
        }
    }
    secrets
}

fn quoted(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(['"', '\''])?;
        let quote = text.as_bytes()[start] as char;
        let end = start + 1 + text[start + 1..].find(quote)? + 1;
        rest = end;
        Some(start..end)
    })
}

//! Secrets within the name of an account on a machine: `DOMAIN/user:SECRET@host`, `https://user:SECRET@host`,
//! `user/SECRET@database`.

use std::ops::Range;

use crate::commands::line::Token;
use crate::commands::values::PROGRAM_WORDS_MAX;

/// Programs of databases that take `user/SECRET@database`.
const WITH_SLASH: &[&str] = &["sqlplus", "sqlldr", "rman", "expdp", "impdp", "exp", "imp"];

/// Where the secrets stand in one command.
pub(crate) fn secrets(line: &str, arguments: &[Token]) -> Vec<Range<usize>> {
    let programs: Vec<String> = arguments.iter().take(PROGRAM_WORDS_MAX).map(Token::stem).collect();
    let with_slash = programs.iter().any(|stem| WITH_SLASH.contains(&stem.as_str()));
    let of_impacket = programs.iter().any(|stem| stem.ends_with(".py") || stem.starts_with("impacket-"));
    let mut secrets = Vec::new();
    for token in arguments {
        let raw = &line[token.span.clone()];
        let own = at_host(raw)
            .or_else(|| key_at_host(raw))
            .or_else(|| of_impacket.then(|| of_domain(raw)).flatten())
            .or_else(|| with_slash.then(|| of_database(raw)).flatten());
        secrets.extend(own.map(|own| token.span.start + own.start..token.span.start + own.end));
    }
    secrets
}

/// `DOMAIN/user:SECRET@host`, `https://user:SECRET@host`, in quotes or without.
fn at_host(raw: &str) -> Option<Range<usize>> {
    let before_host = raw.rfind('@')?;
    let account = &raw[..before_host];
    let after_scheme = account.find("://").map_or(0, |at| at + "://".len());
    let colon = after_scheme + account[after_scheme..].find(':')?;
    let secret = &account[colon + 1..];
    let is_path = secret.starts_with(['\\', '/']);
    // `redis://:SECRET@host` names nobody.
    let is_plain =
        (colon > after_scheme || after_scheme > 0) && !is_path && !account.contains(char::is_whitespace);
    (is_plain && !secret.is_empty()).then_some(colon + 1..before_host)
}

/// Shortest key that stands in the place of a name.
const KEY_BYTES_MIN: usize = 20;

/// `https://KEY@host`: too long for a name, of letters and digits.
fn key_at_host(raw: &str) -> Option<Range<usize>> {
    let start = raw.find("://")? + "://".len();
    let length = raw[start..].find('@')?;
    let key = &raw[start..start + length];
    let is_key = length >= KEY_BYTES_MIN
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && key.bytes().any(|byte| byte.is_ascii_digit());
    is_key.then(|| start..start + length)
}

/// `DOMAIN/user:SECRET`, where the machine is told otherwise.
fn of_domain(raw: &str) -> Option<Range<usize>> {
    let (domain, rest) = raw.split_once('/')?;
    let (user, secret) = rest.split_once(':')?;
    let is_name = |text: &str| !text.is_empty() && !text.contains(['/', '\\', ':']);
    (is_name(domain) && is_name(user) && !secret.is_empty()).then(|| raw.len() - secret.len()..raw.len())
}

/// `user/SECRET@database`, `user/SECRET`.
fn of_database(raw: &str) -> Option<Range<usize>> {
    let (user, rest) = raw.split_once('/')?;
    let secret = rest.rsplit_once('@').map_or(rest, |(secret, _)| secret);
    let start = user.len() + 1;
    (!user.is_empty() && !user.contains(['.', '\\', ':']) && !secret.is_empty())
        .then(|| start..start + secret.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::line::tokens;

    #[test]
    fn secrets_of_addresses_are_found_and_paths_are_none() {
        for (line, found) in [
            ("curl https://bob:S3cret@srv/x", Some("S3cret")),
            ("wmiexec.py CORP/bob:S3c@ret@10.0.0.1", Some("S3c@ret")),
            ("GetUserSPNs.py CORP/bob:S3cret -dc-ip 10.0.0.1", Some("S3cret")),
            ("python x.py https://srv/a:b", None),
            ("sqlplus sys/S3cret@db as sysdba", Some("S3cret")),
            ("exp.exe sys/S3cret", Some("S3cret")),
            (r"copy C:\a@b.txt D:\", None),
            ("git clone https://a3S3creta3S3creta3S3cret@srv/x", Some("a3S3creta3S3creta3S3cret")),
            ("git clone https://bob.of.sales.and.more@srv/x", None),
            ("redis-cli -u redis://:S3cret@srv:6379", Some("S3cret")),
            ("tool a/b:c", None),
        ] {
            let spans = secrets(line, &tokens(line));
            assert_eq!(spans.first().map(|span| &line[span.clone()]), found, "{line}");
        }
    }
}

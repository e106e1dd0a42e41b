//! `-p SECRET` beside a switch that names an account: what so short a switch means, its neighbour tells.

use std::ops::Range;

use crate::commands::line::Token;
use crate::commands::secret_names::{is_secret_name, is_user_name};
use crate::commands::values::{Spoken, is_answer, next_value};

/// Short switches that hold the password of the account beside them, as written: in lower case any, `H` for a hash.
const SHORT: &[&str] = &["p", "P", "pw", "PW", "Pw", "H"];
/// Programs whose `-p` takes nothing: the password is asked for, or follows without a blank.
const ASKS: &[&str] = &["mysql", "mysqldump", "mysqladmin", "mariadb"];
/// Words that say it in full.
const NAMES: &[&str] = &["pass", "passwd", "password", "passphrase", "passwort", "pw", "pwd"];
/// Words that begin with the letter and are switches themselves.
const WORDS: &[&str] = &[
    "page",
    "parallel",
    "param",
    "parameters",
    "params",
    "parent",
    "passthru",
    "path",
    "pid",
    "pipe",
    "plain",
    "platform",
    "plugin",
    "policy",
    "port",
    "ports",
    "prefix",
    "preserve",
    "print",
    "priority",
    "private",
    "process",
    "profile",
    "program",
    "progress",
    "project",
    "prompt",
    "protocol",
    "provider",
    "proxy",
    "public",
    "pull",
    "purge",
    "push",
];

/// Words that begin with the letter of an account's switch, and name none.
const NO_USERS: &[&str] =
    &["unattended", "uninstall", "unzip", "update", "upgrade", "upload", "uri", "url", "usage", "utf8"];

/// Where the secrets stand in one command.
pub(crate) fn secrets(line: &str, arguments: &[Token], spoken: Spoken) -> Vec<Range<usize>> {
    if !arguments.iter().any(names_account) {
        return Vec::new();
    }
    let asks = arguments.iter().any(|token| ASKS.contains(&token.stem().as_str()));
    let mut secrets = within_users(line, arguments);
    for (index, token) in arguments.iter().enumerate() {
        let Some(given) = switch(&line[token.span.clone()]) else { continue };
        let (name, attached) = match given.find([':', '=']) {
            Some(at) => (&given[..at], Some(&given[at + 1..])),
            None => (given, None),
        };
        match attached {
            Some(value) if SHORT.contains(&name) && !value.is_empty() => {
                // `net use … /p:no`
                let own = token.span.end - value.len()..token.span.end;
                secrets.extend((!is_answer(value) && !spoken.is_expression(value)).then_some(own));
            }
            _ if SHORT.contains(&name) && !asks => {
                secrets.extend(next_value(line, arguments, index, spoken));
            }
            _ => {
                // With a slash no program glues the two together.
                let has_dash = !line[token.span.clone()].starts_with('/');
                let value = given.strip_prefix('p').filter(|value| has_dash && is_attached(given, value));
                secrets.extend(value.map(|value| token.span.end - value.len()..token.span.end));
            }
        }
    }
    secrets
}

/// `-u`, `/user:bob`, `--username=bob`, `-uroot`.
fn names_account(token: &Token) -> bool {
    let Some(given) = switch(&token.text).filter(|_| !token.quoted) else { return false };
    let name = given.split([':', '=']).next().unwrap_or_default().to_lowercase();
    is_user_name(&name) || (given.starts_with('u') && given.len() > 1 && !NO_USERS.contains(&name.as_str()))
}

/// What follows the dashes or the slash.
fn switch(raw: &str) -> Option<&str> {
    let given = raw.trim_start_matches(['-', '\u{2013}']);
    let given = if given.len() < raw.len() { given } else { raw.strip_prefix('/')? };
    (!given.is_empty()).then_some(given)
}

/// `-U bob%SECRET`, as Samba's programs take it.
fn within_users(line: &str, arguments: &[Token]) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    for (index, token) in arguments.iter().enumerate().filter(|(_, token)| names_account(token)) {
        let attached = token.text.contains([':', '=', '%']);
        let own = if attached { Some(token) } else { arguments.get(index + 1) };
        let Some(own) = own else { continue };
        let raw = line[own.span.clone()].trim_end_matches(['"', '\'']);
        // `%name%` is a variable.
        if let Some((user, secret)) = raw.split_once('%').filter(|(user, secret)| {
            !user.trim_matches(['"', '\'']).is_empty() && !user.ends_with([':', '=']) && !secret.contains('%')
        }) {
            let start = own.span.start + user.len() + 1;
            secrets.push(start..start + secret.len());
        }
    }
    secrets
}

/// `-pSECRET`, and no word that begins with the letter; a switch that says password by its name is another's to find.
fn is_attached(given: &str, value: &str) -> bool {
    let (word, has_value) = given.split_once([':', '=']).map_or((given, false), |(word, _)| (word, true));
    let word = word.to_lowercase();
    let is_password = NAMES.contains(&word.as_str()) || (has_value && is_secret_name(&word));
    !value.is_empty() && !is_password && !WORDS.contains(&word.as_str())
}

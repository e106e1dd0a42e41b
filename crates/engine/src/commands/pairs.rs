//! Secrets that stand right beside their name in any text: `Pwd=SECRET;`, `?token=SECRET&`, `"password":SECRET`,
//! `<Password><Value>SECRET</Value>`.

use std::ops::Range;

use crate::commands::secret_names::is_secret_name;

/// Longest name that is looked at.
const NAME_BYTES_MAX: usize = 64;
/// Longest beginning of an element, with its attributes.
const ELEMENT_BYTES_MAX: usize = 256;

/// Where the secrets stand.
pub(crate) fn secrets(line: &str) -> Vec<Range<usize>> {
    let lower = line.to_ascii_lowercase();
    let mut secrets = named(&lower);
    secrets.extend(elements(&lower));
    secrets
}

/// What follows a name and a sign without a blank, up to where the next begins.
fn named(lower: &str) -> Vec<Range<usize>> {
    let mut secrets: Vec<Range<usize>> = Vec::new();
    for (at, _) in lower.match_indices(['=', ':']) {
        // It is hidden already.
        if secrets.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let before = lower[..at].trim_end_matches(['"', '\'', '\\']);
        let is_quoted = before.len() < at;
        let after = &lower[at + 1..];
        // A type's member, an address, a comparison, or something that is looked into by itself.
        let is_value =
            !after.starts_with([':', '$', '%', '(', '{', '@', '<', '=']) && !after.starts_with("//");
        if !is_value || !is_secret_name(name_before(before)) {
            continue;
        }
        let ends = |sign: char| {
            sign.is_whitespace()
                || matches!(sign, ';' | '&' | '"' | '\'' | '<')
                || (is_quoted && matches!(sign, ',' | '}' | ']'))
        };
        // `\"password\":\"SECRET\"`, within another quote.
        let opened = after.trim_start_matches('\\').strip_prefix(['"', '\'']);
        let value = opened.unwrap_or(after);
        let start = lower.len() - value.len();
        secrets.push(start..start + value.find(ends).unwrap_or(value.len()));
    }
    secrets
}

fn name_before(text: &str) -> &str {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = text.bytes().rev().take(NAME_BYTES_MAX).take_while(is_part).count();
    text[text.len() - length..].trim_start_matches('-')
}

/// An answer file of setup: the text of an element that a secret is called after, or of the `<Value>` in it.
fn elements(lower: &str) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    for (at, _) in lower.match_indices('<') {
        let rest = &lower[at + 1..];
        let Some(end) = rest.bytes().take(ELEMENT_BYTES_MAX).position(|sign| sign == b'>') else { continue };
        let (name, rest) = (&rest[..end], &rest[end + 1..]);
        // `cmd` writes `<` and `>` with a caret before it.
        let name = name.split_whitespace().next().unwrap_or_default().trim_end_matches('^');
        if name.starts_with('/') || !is_secret_name(name.rsplit(':').next().unwrap_or(name)) {
            continue;
        }
        let rest = rest.trim_start();
        let within = ["<value>", "^<value^>"].iter().find_map(|element| rest.strip_prefix(element));
        let text = within.unwrap_or(rest);
        let start = lower.len() - text.len();
        secrets.push(start..start + text.find(['<', '^']).unwrap_or(text.len()));
    }
    secrets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_a_secret_name_is_found() {
        for (line, found) in [
            ("Server=x;UID=sa;PWD=S3cret;Encrypt=yes", vec!["S3cret"]),
            ("https://srv/x?access_token=S3cret&b=c", vec!["S3cret"]),
            (r#"{\"password\":S3cret,\"b\":1}"#, vec!["S3cret"]),
            (r#"{\"password\":\"S3cret\"}"#, vec!["S3cret\\"]),
            ("x user_password=S3cret y", vec!["S3cret"]),
            ("<Password><Value>S3cret</Value><PlainText>true</PlainText></Password>", vec!["S3cret"]),
            ("<AdministratorPassword> <Value>S3cret</Value>", vec!["S3cret"]),
            ("<cpassword>S3cret</cpassword>", vec!["S3cret"]),
            ("echo ^<Password^>^<Value^>S3cret^</Value^>^</Password^>", vec!["S3cret"]),
            ("PublicKeyToken=b77a5c561934e089", vec![]),
            ("[Password]::new", vec![]),
            ("-Password:$x password=%x% Token={0}", vec![]),
            ("path=C:\\x", vec![]),
            ("<Name>bob</Name>", vec![]),
        ] {
            let spans = secrets(line);
            assert_eq!(spans.into_iter().map(|span| &line[span]).collect::<Vec<_>>(), found, "{line}");
        }
    }
}

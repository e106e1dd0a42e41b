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
    secrets.retain(|span| !span.is_empty());
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
        if let Some(value) = after.strip_prefix(' ').filter(|_| is_header(name_before(before))) {
            // A header ends with its quote or its line.
            let length = value.find(['"', '\'', '\n', '\r']).unwrap_or(value.len());
            secrets.push(at + 2..at + 2 + length);
            continue;
        }
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

/// `Authorization: Basic …`, `X-Api-Key: …`: of requests over HTTP, which are handed on as one text.
fn is_header(name: &str) -> bool {
    is_secret_name(name) && (name.contains('-') || matches!(name, "authorization" | "cookie"))
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
        let (element, rest) = (&rest[..end], &rest[end + 1..]);
        secrets.extend(attribute(element).map(|own| own.start + at + 1..own.end + at + 1));
        let name = named_by(element).unwrap_or(element);
        // `cmd` writes `<` and `>` with a caret before it.
        let name = name.split_whitespace().next().unwrap_or_default().trim_end_matches('^');
        if name.starts_with('/')
            || element.ends_with('/')
            || !is_secret_name(name.rsplit(':').next().unwrap_or(name))
        {
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

/// `<add key="Password" value="SECRET"/>`: the value that stands under a secret's name.
fn attribute(element: &str) -> Option<Range<usize>> {
    named_by(element)?;
    let start = element.find("value=").map(|at| at + "value=".len() + 1)?;
    let length = element.get(start..)?.find(['"', '\''])?;
    Some(start..start + length)
}

/// `<setting name="apiToken">`: the name that an element bears as an attribute, where it is a secret's.
fn named_by(element: &str) -> Option<&str> {
    let names = [" name=", " key="].into_iter().filter_map(|attribute| {
        let value =
            element[element.find(attribute)? + attribute.len()..].trim_start_matches(['"', '\'', '\\']);
        Some(&value[..value.find(['"', '\'', '\\', ' ']).unwrap_or(value.len())])
    });
    names.into_iter().find(|name| is_secret_name(name))
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
            (r#"<add key="Password" value="S3cret"/>"#, vec!["S3cret"]),
            (r#"<setting name="apiToken">S3cret</setting>"#, vec!["S3cret"]),
            (r#"<add key="Path" value="x"/><setting name="x">y</setting>"#, vec![]),
            ("-H 'X-Api-Key: S3cret x' y", vec!["S3cret x"]),
            ("Elevated Token: Yes", vec![]),
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

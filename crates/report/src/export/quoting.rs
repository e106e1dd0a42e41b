//! How text of a site stays text in other languages: as a pattern in which every sign but letters, digits and `_` is a
//! number, or has a backslash before it.

use std::fmt::Write as _;

/// A pattern of a site as a regular expression of PCRE and RE2: `*` and `?` as they mean, nothing else as itself.
pub(super) fn numbered(pattern: &str) -> String {
    let mut written = String::new();
    for sign in pattern.chars() {
        match sign {
            '*' => written.push_str(".*"),
            '?' => written.push('.'),
            _ if sign.is_ascii_alphanumeric() || sign == '_' => written.push(sign),
            _ => {
                let _ = write!(written, "\\x{{{:x}}}", u32::from(sign));
            }
        }
    }
    written
}

/// The same for Lucene, in lower case; `None` where a sign cannot stand in a line.
pub(super) fn lucene(pattern: &str) -> Option<String> {
    let mut written = String::new();
    for sign in pattern.to_lowercase().chars() {
        match sign {
            '*' => written.push_str(".*"),
            '?' => written.push('.'),
            _ if begat_model::visible::deceives(sign) => return None,
            _ if sign.is_alphanumeric() || sign == '_' => written.push(sign),
            _ => written.extend(['\\', sign]),
        }
    }
    Some(written)
}

/// Between double quotes, where a backslash takes the next sign as it is.
pub(super) fn backslashed(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Between single quotes of YAML; only text without signs that deceive is given.
pub(super) fn yaml(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Several, parted.
pub(super) fn list(
    texts: impl IntoIterator<Item = impl AsRef<str>>,
    quote: impl Fn(&str) -> String,
) -> String {
    texts.into_iter().map(|text| quote(text.as_ref())).collect::<Vec<_>>().join(", ")
}

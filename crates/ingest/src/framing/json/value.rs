//! JSON values to scalars.

use std::borrow::Cow;

use super::walk::{ScanError, skip_value};
use crate::scalar::Scalar;

/// The value that `raw` spells. A list of one value is that value (Winlogbeat's keywords).
pub(super) fn scalar(raw: &str) -> Scalar<'_> {
    match raw.as_bytes().first() {
        Some(b'"') => text(raw),
        Some(b'{') => Scalar::NotOne("object"),
        Some(b'[') => only_element(raw).map_or(Scalar::NotOne("list"), scalar),
        _ => literal(raw),
    }
}

fn text(raw: &str) -> Scalar<'_> {
    let inner = raw.get(1..raw.len() - 1).unwrap_or_default();
    if !inner.contains('\\') {
        return Scalar::Text(Cow::Borrowed(inner));
    }
    match serde_json::from_str::<String>(raw) {
        Ok(text) => Scalar::Text(Cow::Owned(text)),
        Err(_) => Scalar::NotOne("text with a broken escape"),
    }
}

fn literal(raw: &str) -> Scalar<'_> {
    match raw {
        "null" => return Scalar::Null,
        "true" => return Scalar::Bool(true),
        "false" => return Scalar::Bool(false),
        _ => {}
    }
    if let Ok(number) = raw.parse::<u64>() {
        return Scalar::Unsigned(number);
    }
    if let Ok(number) = raw.parse::<i64>() {
        return Scalar::Signed(number);
    }
    match serde_json::from_str::<f64>(raw) {
        Ok(number) => Scalar::Float(number),
        Err(_) => Scalar::NotOne("word that is no JSON"),
    }
}

/// The element of a list of one, where it is no list or object itself.
fn only_element(raw: &str) -> Option<&str> {
    let inner = raw.get(1..raw.len() - 1)?.trim();
    let end = skip_value(inner.as_bytes(), 0).or_else(|error| match error {
        // A number is ended by what follows it; here nothing does.
        ScanError::Incomplete if !inner.starts_with(['"', '[', '{']) => Ok(inner.len()),
        error => Err(error),
    });
    let nested = inner.starts_with(['[', '{']);
    (!inner.is_empty() && !nested && end == Ok(inner.len())).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_typed_as_far_as_json_types_them() {
        for (raw, expected) in [
            ("null", Scalar::Null),
            ("true", Scalar::Bool(true)),
            ("7", Scalar::Unsigned(7)),
            ("-9218868437227405312", Scalar::Signed(-9_218_868_437_227_405_312)),
            ("1.5e3", Scalar::Float(1500.0)),
            (r#""a\u00e4\n""#, Scalar::Text("aä\n".into())),
            (r#""""#, Scalar::Text("".into())),
            (r#"["a"]"#, Scalar::Text("a".into())),
            ("[ 7 ]", Scalar::Unsigned(7)),
            (r#"["a","b"]"#, Scalar::NotOne("list")),
            ("[[1]]", Scalar::NotOne("list")),
            ("{}", Scalar::NotOne("object")),
            (r#""\ud800""#, Scalar::NotOne("text with a broken escape")),
            ("nul", Scalar::NotOne("word that is no JSON")),
        ] {
            assert_eq!(scalar(raw), expected, "{raw}");
        }
    }
}

//! One value as a carrier gives it: typed as far as the carrier types it.

use std::borrow::Cow;

use begat_evtx::{FileTime, Value};
use begat_model::Timestamp;
use begat_model::ids::parse_unsigned;
use begat_model::time::Precision;

/// A field's value as the carrier gave it, typed as far as the carrier types it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar<'a> {
    /// There, with nothing in it: EVTX's null, JSON's `null`.
    Null,
    Text(Cow<'a, str>),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Bool(bool),
    Time(Timestamp),
    /// A list, an object or bytes, where one value was meant; says which.
    NotOne(&'static str),
}

impl Scalar<'_> {
    /// The same, borrowed.
    pub(crate) fn borrowed(&self) -> Scalar<'_> {
        match self {
            Scalar::Text(text) => Scalar::Text(Cow::Borrowed(text)),
            Scalar::Null => Scalar::Null,
            Scalar::Unsigned(number) => Scalar::Unsigned(*number),
            Scalar::Signed(number) => Scalar::Signed(*number),
            Scalar::Float(number) => Scalar::Float(*number),
            Scalar::Bool(truth) => Scalar::Bool(*truth),
            Scalar::Time(at) => Scalar::Time(*at),
            Scalar::NotOne(what) => Scalar::NotOne(what),
        }
    }

    /// As text; `None` where there is nothing, or not one value.
    pub(crate) fn text(&self) -> Option<Cow<'_, str>> {
        self.borrowed().into_text()
    }
}

impl<'a> Scalar<'a> {
    /// The same, of no text but its own.
    pub(crate) fn into_owned(self) -> Scalar<'static> {
        match self {
            Scalar::Text(text) => Scalar::Text(Cow::Owned(text.into_owned())),
            Scalar::Null => Scalar::Null,
            Scalar::Unsigned(number) => Scalar::Unsigned(number),
            Scalar::Signed(number) => Scalar::Signed(number),
            Scalar::Float(number) => Scalar::Float(number),
            Scalar::Bool(truth) => Scalar::Bool(truth),
            Scalar::Time(at) => Scalar::Time(at),
            Scalar::NotOne(what) => Scalar::NotOne(what),
        }
    }

    /// As text, taken out of it.
    pub(crate) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Scalar::Null | Scalar::NotOne(_) => None,
            Scalar::Text(text) => Some(text),
            Scalar::Unsigned(number) => Some(number.to_string().into()),
            Scalar::Signed(number) => Some(number.to_string().into()),
            Scalar::Float(number) => Some(number.to_string().into()),
            Scalar::Bool(truth) => Some(truth.to_string().into()),
            Scalar::Time(at) => Some(at.to_string().into()),
        }
    }
}

impl Scalar<'_> {
    /// As an unsigned number: native, hexadecimal or decimal.
    pub(crate) fn unsigned(&self) -> Option<u64> {
        match self {
            Scalar::Unsigned(number) => Some(*number),
            Scalar::Signed(number) => u64::try_from(*number).ok(),
            Scalar::Text(text) => parse_unsigned(text),
            // Some exporters write all numbers as floating point; whole ones lose nothing below 2^53.
            Scalar::Float(number) if number.fract() == 0.0 && (0.0..9.0e15).contains(number) => {
                Some(*number as u64)
            }
            _ => None,
        }
    }

    /// For a message: the value, cut short.
    pub(crate) fn shown(&self) -> String {
        match self {
            Scalar::Null => "nothing".to_owned(),
            Scalar::NotOne(what) => format!("a {what}"),
            other => other.text().map(|text| shortened(&text)).unwrap_or_default(),
        }
    }
}

/// A value for a message: at most 60 characters, control characters escaped, in quotes.
pub(crate) fn shortened(text: &str) -> String {
    let cut: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    let more = if text.chars().nth(60).is_some() { "…" } else { "" };
    format!("\"{cut}{more}\"")
}

impl<'a> From<Value<'a>> for Scalar<'a> {
    fn from(value: Value<'a>) -> Scalar<'a> {
        match value {
            Value::Null => Scalar::Null,
            Value::Text(text) => Scalar::Text(text.to_cow()),
            Value::Signed(number) => Scalar::Signed(number),
            Value::Unsigned(number) | Value::Hex64(number) => Scalar::Unsigned(number),
            Value::Hex32(number) => Scalar::Unsigned(u64::from(number)),
            Value::Real32(number) => Scalar::Float(f64::from(number)),
            Value::Real64(number) => Scalar::Float(number),
            Value::Bool(truth) => Scalar::Bool(truth),
            Value::FileTime(time) => timestamp(time).map_or(Scalar::Null, Scalar::Time),
            Value::SystemTime(time) => {
                let ticks = time.to_file_time().and_then(FileTime::unix_ticks);
                // SYSTEMTIME counts milliseconds.
                ticks.map_or(Scalar::NotOne("time that is none"), |ticks| {
                    Scalar::Time(Timestamp::from_unix_ticks(ticks, Precision::MILLISECONDS))
                })
            }
            Value::Guid(guid) => Scalar::Text(Cow::Owned(guid.to_string())),
            Value::Sid(sid) => Scalar::Text(Cow::Owned(sid.to_string())),
            Value::Binary(_) => Scalar::NotOne("run of bytes"),
            Value::Array(_) => Scalar::NotOne("list"),
            Value::Unreadable { .. } => Scalar::NotOne("value of an unknown type"),
        }
    }
}

/// Zero is what exporters write for "unset".
pub(crate) fn timestamp(time: FileTime) -> Option<Timestamp> {
    Timestamp::from_filetime(time.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_however_a_carrier_types_them() {
        for scalar in [
            Scalar::Unsigned(31),
            Scalar::Signed(31),
            Scalar::Float(31.0),
            Scalar::Text("0x1F".into()),
            Scalar::Text("31".into()),
        ] {
            assert_eq!(scalar.unsigned(), Some(31), "{scalar:?}");
        }
        for scalar in [
            Scalar::Null,
            Scalar::Signed(-1),
            Scalar::Float(0.5),
            Scalar::Text("x".into()),
            Scalar::NotOne("list"),
        ] {
            assert_eq!(scalar.unsigned(), None, "{scalar:?}");
        }
    }
}

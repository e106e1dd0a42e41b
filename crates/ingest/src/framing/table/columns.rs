//! The columns of a table: their names, how dates in them are read, and cells as JSON.

use std::borrow::Cow;
use std::io::Read;

use csv::{ReaderBuilder, Terminator};
use serde_json::Value;

use crate::framing::dates::{self, Decided, WrittenDate};

/// Rows of a text that say whether it is a table of events, and how many bytes of them are looked at.
pub(super) const ROWS_ASKED_MAX: usize = 20;
pub(super) const BYTES_ASKED_MAX: usize = 64 << 10;

pub(super) fn csv_reader<R: Read>(delimiter: u8, text: R) -> csv::Reader<R> {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter).terminator(Terminator::Any(b'\n'));
    builder.from_reader(text)
}

/// A column, as its name says.
pub(super) struct Column {
    pub(super) name: String,
    /// The name as JSON, with its colon.
    pub(super) key: String,
    /// Its name says so.
    pub(super) is_utc: bool,
    pub(super) is_time: bool,
    /// In which order its dates have day and month.
    pub(super) order: Decided,
}

impl Column {
    pub(super) fn new(cell: &[u8]) -> Column {
        let cell = String::from_utf8_lossy(cell);
        let (name, is_utc) = name_in(&cell);
        let name = name.to_owned();
        let key = format!("{}:", Value::String(name.clone()));
        let lower = name.to_ascii_lowercase();
        let is_time = lower.contains("time") || lower.contains("date");
        Column { name, key, is_utc, is_time, order: Decided::Order(dates::Order::DayFirst) }
    }
}

/// The name that a cell of a head has. Sentinel's portal adds the zone to the names of columns of times: whether it does.
pub(super) fn name_in(cell: &str) -> (&str, bool) {
    let name = cell.trim_start_matches('\u{feff}').trim();
    let bare = name.strip_suffix(" [UTC]");
    (bare.unwrap_or(name), bare.is_some())
}

impl Column {
    /// A date in people's form as programs write it.
    pub(super) fn time<'c>(&self, cell: &str) -> Option<Cow<'c, str>> {
        let date = Some(cell).filter(|_| self.is_time).and_then(WrittenDate::parse)?;
        let (Decided::Order(order) | Decided::Usual(order)) = self.order else { return None };
        let iso = date.iso(order)?;
        Some(Cow::Owned(if self.is_utc { format!("{iso}Z") } else { iso }))
    }
}

pub(super) fn push_text(json: &mut String, text: &str) {
    json.push('"');
    let mut kept = 0;
    for (at, byte) in
        text.bytes().enumerate().filter(|(_, byte)| *byte < b' ' || matches!(byte, b'"' | b'\\'))
    {
        json.push_str(&text[kept..at]);
        kept = at + 1;
        match byte {
            b'"' => json.push_str("\\\""),
            b'\\' => json.push_str("\\\\"),
            b'\n' => json.push_str("\\n"),
            b'\r' => json.push_str("\\r"),
            b'\t' => json.push_str("\\t"),
            other => json.push_str(&format!("\\u{other:04x}")),
        }
    }
    json.push_str(&text[kept..]);
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_json_whatever_is_in_it() {
        let mut json = String::new();
        push_text(&mut json, "a\"b\\c\n\u{1}é");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), "a\"b\\c\n\u{1}é");
    }
}

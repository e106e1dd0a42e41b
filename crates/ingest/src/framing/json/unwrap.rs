//! Envelopes around records: what exporters, pipelines and searches put around an event that is whole in itself.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::walk::{Scan, ScanError, byte, each_element, each_member, skip_blank, skip_value};

/// Keys under which a record, or a list of records, lies. Whose they are does not matter.
const ENVELOPES: &[&str] = &[
    "_source",
    "fields",
    "hits",
    "result",
    "results",
    "Results",
    "tables",
    "Tables",
    "event",
    "events",
    "EVENT",
    "data",
    "properties",
    "body",
    "record",
    "records",
    "value",
    "values",
    "items",
    "logs",
    "columns",
    "snapshot",
    "docs",
    "doc",
    "rows",
    "alert",
    "resourceLogs",
    "scopeLogs",
    "logRecords",
    "kvlistValue",
];
/// Most envelopes around one record.
pub(super) const DEPTH_MAX: usize = 4;
/// What stands before the list of records of one object.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// What answers of databases call the list of their columns, and that of their rows: Log Analytics' and Kusto's `tables`,
/// Elasticsearch's SQL and ES|QL, Splunk's `json_rows`.
const COLUMNS: &[&str] = &["columns", "Columns", "fields"];
const ROWS: &[&str] = &["rows", "Rows", "values"];
/// Where a column that is more than its name has it.
const COLUMN_NAMES: &[&str] = &["name", "Name", "ColumnName"];

/// What lies in the envelopes of an object.
pub(super) struct Enclosed<'t> {
    pub(super) object: Cow<'t, str>,
    /// One of a list of records.
    pub(super) is_listed: bool,
}

/// Every object in an envelope of this one, in their order.
pub(super) fn enclosed(object: &str) -> Vec<Enclosed<'_>> {
    let bytes = object.as_bytes();
    if let Some(rows) = rows_of_table(object) {
        return rows.into_iter().map(|row| Enclosed { object: Cow::Owned(row), is_listed: true }).collect();
    }
    let (mut inside, mut joined, mut has_source) = (Vec::new(), BTreeMap::new(), false);
    let _ = each_member(bytes, 0, |key, value| {
        let end = skip_value(bytes, value)?;
        has_source |= key == b"_source";
        if is_envelope(key) {
            inside.push((key, value, end));
        } else if let Some((envelope, rest)) = joined_to_envelope(key) {
            let object: &mut Vec<(&[u8], &[u8])> = joined.entry(envelope).or_default();
            object.push((rest, &bytes[value..end]));
        }
        Ok(end)
    });
    let mut enclosed: Vec<Enclosed<'_>> = joined
        .into_values()
        .map(|members| Enclosed { object: Cow::Owned(object_of(members)), is_listed: false })
        .collect();
    // A hit has the same record again in `fields`, as far as it was asked for.
    for (_, value, end) in inside.into_iter().filter(|(key, ..)| !(has_source && *key == b"fields")) {
        match bytes[value] {
            b'{' => {
                enclosed.push(Enclosed { object: Cow::Borrowed(&object[value..end]), is_listed: false });
            }
            b'[' => {
                let _ = each_element(bytes, value, |at| {
                    let end = skip_value(bytes, at)?;
                    if bytes[at] == b'{' {
                        enclosed.push(Enclosed { object: Cow::Borrowed(&object[at..end]), is_listed: true });
                    }
                    Ok(end)
                });
            }
            _ => {}
        }
    }
    enclosed
}

fn is_envelope(key: &[u8]) -> bool {
    is_one_of(ENVELOPES, key)
}

fn is_one_of(names: &[&str], key: &[u8]) -> bool {
    names.iter().any(|name| name.as_bytes() == key)
}

/// A key that was put together of an envelope's and one inside it: `_source.winlog.event_id`.
fn joined_to_envelope(key: &[u8]) -> Option<(&[u8], &[u8])> {
    let dot = memchr::memchr(b'.', key)?;
    is_one_of(ENVELOPES, &key[..dot]).then_some((&key[..dot], &key[dot + 1..]))
}

/// Keys as they stand between their quotes, and values, as an object.
fn object_of<'m>(members: impl IntoIterator<Item = (&'m [u8], &'m [u8])>) -> String {
    let mut object = String::new();
    for (key, value) in members {
        object.push_str(if object.is_empty() { "{\"" } else { ",\"" });
        object.push_str(&String::from_utf8_lossy(key));
        object.push_str("\":");
        object.push_str(&String::from_utf8_lossy(value));
    }
    object.push_str(if object.is_empty() { "{}" } else { "}" });
    object
}

/// The rows of an object that is a table, each as an object; `None` where it is none.
fn rows_of_table(object: &str) -> Option<Vec<String>> {
    let bytes = object.as_bytes();
    let (mut columns, mut rows) = (None, None);
    let _ = each_member(bytes, 0, |key, value| {
        let end = skip_value(bytes, value)?;
        if bytes[value] == b'[' && is_one_of(COLUMNS, key) {
            columns = column_names(&object[value..end]);
        } else if bytes[value] == b'[' && is_one_of(ROWS, key) {
            rows = Some(&bytes[value..end]);
        }
        Ok(end)
    });
    let (columns, rows) = (columns?, rows?);
    let mut objects = Vec::new();
    let end = each_element(rows, 0, |at| {
        let mut cells = Vec::new();
        let end = each_element(rows, at, |cell| {
            let end = skip_value(rows, cell)?;
            cells.push(&rows[cell..end]);
            Ok(end)
        })?;
        objects.push(object_of(columns.iter().map(|name| name.as_bytes()).zip(cells)));
        Ok(end)
    });
    end.is_ok().then_some(objects)
}

/// The names of columns as JSON has them between quotes: each is a text, or has its name in itself.
fn column_names(list: &str) -> Option<Vec<String>> {
    let columns: Vec<Value> = serde_json::from_str(list).ok()?;
    let name = |column: &Value| {
        let name =
            column.as_str().or_else(|| COLUMN_NAMES.iter().find_map(|key| column.get(key)?.as_str()))?;
        let quoted = Value::from(name).to_string();
        Some(quoted[1..quoted.len() - 1].to_owned())
    };
    columns.iter().map(name).collect::<Option<Vec<String>>>().filter(|names| !names.is_empty())
}

/// The length of what stands before the first record of an object that is too long to be held whole, and is a list of
/// records: `{"took": 3, "hits": {"total": …, "hits": [`. The members before the list are no records.
pub(crate) fn list_start(bytes: &[u8]) -> Option<usize> {
    let mut first = None;
    let _ = into_list(&bytes[..bytes.len().min(HEAD_BYTES_MAX)], 0, DEPTH_MAX, &mut first);
    first
}

fn into_list(bytes: &[u8], start: usize, depth: usize, first: &mut Option<usize>) -> Scan<usize> {
    if depth == 0 {
        return Err(ScanError::Invalid);
    }
    each_member(bytes, start, |key, value| match byte(bytes, value)? {
        b'{' if is_envelope(key) => into_list(bytes, value, depth - 1, first),
        b'[' if is_envelope(key) && !is_one_of(COLUMNS, key) => {
            let record = skip_blank(bytes, value + 1);
            if byte(bytes, record)? == b'{' {
                *first = Some(record);
                return Err(ScanError::Incomplete);
            }
            skip_value(bytes, value)
        }
        _ => skip_value(bytes, value),
    })
}

/// Whether lists of this name are no records, but say what the records behind them are like.
pub(crate) fn is_head(name: &[u8]) -> bool {
    is_one_of(COLUMNS, name) || is_one_of(&["schema", "Schema", "Stats", "tables", "Tables"], name)
}

/// The length of the member at the start of `bytes`: what follows a list of records in the object that it is of. Of
/// another list of records it is what stands before the first of them.
pub(crate) fn member(bytes: &[u8]) -> Scan<usize> {
    let name = skip_value(bytes, 0)?;
    let colon = skip_blank(bytes, name);
    if byte(bytes, colon)? != b':' {
        return Err(ScanError::Invalid);
    }
    let value = skip_blank(bytes, colon + 1);
    if byte(bytes, value)? == b'[' && is_envelope(&bytes[1..name - 1]) {
        let record = skip_blank(bytes, value + 1);
        if byte(bytes, record)? == b'{' {
            return Ok(record);
        }
    }
    skip_value(bytes, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_envelopes_is_found_and_nothing_else() {
        let objects = |text: &'static str| {
            let told = enclosed(text).into_iter();
            told.map(|inside| (inside.object.into_owned(), inside.is_listed)).collect::<Vec<_>>()
        };
        let one = |object: &str, is_listed: bool| (object.to_owned(), is_listed);
        let hit = r#"{"_index":"x","_source":{"a":1},"fields":{"a":[1]}}"#;
        assert_eq!(objects(hit), [one(r#"{"a":1}"#, false)]);
        assert_eq!(objects(r#"{"fields":{"a":[1]}}"#), [one(r#"{"a":[1]}"#, false)]);
        let listed = [one(r#"{"a":1}"#, true), one(r#"{"b":2}"#, true)];
        assert_eq!(objects(r#"{"events":[{"a":1},2,{"b":2}]}"#), listed);
        assert_eq!(objects(r#"{"request":{"a":1},"event":"{}","events":[[{}]]}"#), []);
        let joined = r#"{"_index":"x","_source.a":1,"_source.b.c":[2],"result.d":3}"#;
        assert_eq!(objects(joined), [one(r#"{"a":1,"b.c":[2]}"#, false), one(r#"{"d":3}"#, false)]);
    }

    #[test]
    fn a_table_in_an_answer_is_its_rows() {
        let expected = [r#"{"a":1,"b \"c\"":"x"}"#, r#"{"a":null,"b \"c\"":"],["}"#];
        for table in [
            r#"{"name":"PrimaryResult","columns":[{"name":"a","type":"long"},{"name":"b \"c\"","type":"string"}],"rows":[[1,"x"],[null,"],["]]}"#,
            r#"{"TableName":"Table_0","Columns":[{"ColumnName":"a"},{"ColumnName":"b \"c\""}],"Rows":[[1,"x"],[null,"],["]]}"#,
            r#"{"took":3,"columns":[{"name":"a"},{"name":"b \"c\""}],"values":[[1,"x"],[null,"],["]]}"#,
            r#"{"fields":["a","b \"c\""],"rows":[[1,"x"],[null,"],["]]}"#,
        ] {
            let rows: Vec<String> =
                enclosed(table).into_iter().map(|inside| inside.object.into_owned()).collect();
            assert_eq!(rows, expected, "{table}");
        }
        for none in [r#"{"columns":{"a":1}}"#, r#"{"columns":[{"x":1}],"rows":[[1]]}"#, r#"{"rows":[[1]]}"#] {
            assert!(enclosed(none).iter().all(|inside| !inside.object.contains("[[")), "{none}");
        }
    }

    #[test]
    fn a_list_of_records_is_found_behind_what_stands_before_it() {
        let start = |text: &str| list_start(text.as_bytes()).map(|at| text[at..].to_owned());
        let hits = r#"{"took":3,"_shards":{"total":[{}]},"hits":{"total":{"value":6},"hits":[ {"_id":"1"#;
        assert_eq!(start(hits).as_deref(), Some(r#"{"_id":"1"#));
        assert_eq!(start(r#"{"records":[{"a":1}]}"#).as_deref(), Some(r#"{"a":1}]}"#));
        for none in
            [r#"{"a":[{"b":1}]}"#, r#"{"events":[]}"#, r#"{"event":{"code":1},"x":"#, r#"{"hits":{"hits":["#]
        {
            assert_eq!(start(none), None, "{none}");
        }
        assert_eq!(member(br#""aggregations" : {"a":[1]}, "x""#), Ok(26));
        assert_eq!(member(br#""Results":[ {"a":1}]"#), Ok(12), "another list of records is opened");
    }
}

//! Envelopes around records: what exporters, pipelines and searches put around an event that is whole in itself.

use super::walk::{Scan, ScanError, byte, each_element, each_member, skip_blank, skip_value};

/// Keys under which a record, or a list of records, lies. Whose they are does not matter.
const ENVELOPES: &[&str] = &[
    "_source",
    "fields",
    "hits",
    "result",
    "results",
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

/// What lies in the envelopes of an object.
pub(super) struct Enclosed<'t> {
    pub(super) object: &'t str,
    /// One of a list of records.
    pub(super) is_listed: bool,
}

/// Every object in an envelope of this one, in their order.
pub(super) fn enclosed(object: &str) -> Vec<Enclosed<'_>> {
    let bytes = object.as_bytes();
    let (mut inside, mut has_source) = (Vec::new(), false);
    let _ = each_member(bytes, 0, |key, value| {
        let end = skip_value(bytes, value)?;
        has_source |= key == b"_source";
        if is_envelope(key) {
            inside.push((key, value, end));
        }
        Ok(end)
    });
    let mut enclosed = Vec::new();
    // A hit has the same record again in `fields`, as far as it was asked for.
    for (_, value, end) in inside.into_iter().filter(|(key, ..)| !(has_source && *key == b"fields")) {
        match bytes[value] {
            b'{' => enclosed.push(Enclosed { object: &object[value..end], is_listed: false }),
            b'[' => {
                let _ = each_element(bytes, value, |at| {
                    let end = skip_value(bytes, at)?;
                    if bytes[at] == b'{' {
                        enclosed.push(Enclosed { object: &object[at..end], is_listed: true });
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
    ENVELOPES.iter().any(|envelope| envelope.as_bytes() == key)
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
        b'[' if is_envelope(key) => {
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

/// The length of the member at the start of `bytes`: what follows a list of records in the object that it is of.
pub(crate) fn member(bytes: &[u8]) -> Scan<usize> {
    let colon = skip_blank(bytes, skip_value(bytes, 0)?);
    if byte(bytes, colon)? != b':' {
        return Err(ScanError::Invalid);
    }
    skip_value(bytes, skip_blank(bytes, colon + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_envelopes_is_found_and_nothing_else() {
        let objects = |text: &'static str| {
            enclosed(text).iter().map(|inside| (inside.object, inside.is_listed)).collect::<Vec<_>>()
        };
        assert_eq!(
            objects(r#"{"_index":"x","_source":{"a":1},"fields":{"a":[1]}}"#),
            [(r#"{"a":1}"#, false)]
        );
        assert_eq!(objects(r#"{"fields":{"a":[1]}}"#), [(r#"{"a":[1]}"#, false)]);
        assert_eq!(
            objects(r#"{"events":[{"a":1},2,{"b":2}]}"#),
            [(r#"{"a":1}"#, true), (r#"{"b":2}"#, true)]
        );
        assert_eq!(objects(r#"{"request":{"a":1},"event":"{}","events":[[{}]]}"#), []);
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
    }
}

//! JSON objects to records: one walk finds an object's end and the header's fields; the rest is read on demand.
//!
//! No tree is built. The walk checks structure, not every literal: a record that is not wanted costs one pass
//! over its bytes, and a wanted one a second over the object that holds its fields.

use std::borrow::Cow;

use begat_model::anomaly::AnomalyKind;
use memchr::memchr;

use crate::framing::{remnants, xml};
use crate::raw::{
    Header, HeaderTime, Outcome, RawRecord, Visitor, ZonelessTime, level_of, parse_unmarked_utc,
};
use crate::scalar::Scalar;
use crate::shapes::{ActionSlot, DataSlot, Found, PathNode, Schema, Schemas};

/// Deepest nesting of a record; deeper ones are no event of any carrier.
const DEPTH_MAX: usize = 128;

/// Why no object could be walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScanError {
    /// The bytes end inside the object.
    Incomplete,
    /// This is no JSON object.
    Invalid,
}

type Scan<T> = Result<T, ScanError>;

/// The JSON side of a text source: knows the shapes, and which was met last.
pub(crate) struct JsonReader<'s> {
    schemas: &'s Schemas,
    /// The shape of the last record: its neighbours mostly have the same.
    last: usize,
    found: Found,
}

impl<'s> JsonReader<'s> {
    pub(crate) fn new(schemas: &'s Schemas) -> JsonReader<'s> {
        JsonReader { schemas, last: 0, found: Found::default() }
    }

    /// The length of the object at the start of `bytes`. Notes on the way where the last shape's fields are.
    pub(crate) fn frame(&mut self, bytes: &[u8]) -> Scan<usize> {
        let schema = &self.schemas.shapes[self.last];
        locate(bytes, schema, &mut self.found)
    }

    /// One whole object, which `frame` has just measured.
    pub(crate) fn object(&mut self, object: &[u8], offset: u64, visitor: &mut dyn Visitor) {
        let text = match std::str::from_utf8(object) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => {
                visitor.anomaly(AnomalyKind::BadEncoding, Some(offset), &|| "not UTF-8".to_owned());
                let repaired = String::from_utf8_lossy(object);
                // Replacing changes lengths, so what was noted is noted anew.
                let schema = &self.schemas.shapes[self.last];
                if locate(repaired.as_bytes(), schema, &mut self.found).is_err() {
                    return visitor.anomaly(AnomalyKind::Unparsable, Some(offset), &String::new);
                }
                repaired
            }
        };
        match self.recognise(&text) {
            Some(schema) => {
                let view = ObjectView { text: &text, schema, found: &self.found };
                view.visit(offset, visitor);
            }
            None => {
                // It says who wrote it: an event of a shape that nobody knows, or of a known one that was damaged.
                let left = remnants::header(text.as_bytes()).filter(|header| header.provider.is_some());
                left.iter().for_each(|header| visitor.spoilt(header, Some(offset)));
                visitor.anomaly(AnomalyKind::NotAnEvent, Some(offset), &String::new);
            }
        }
    }

    /// An object of which only a part can be trusted: what its header says is told as lost.
    pub(crate) fn spoilt(&mut self, object: &[u8], offset: u64, visitor: &mut dyn Visitor) {
        let (Ok(text), Ok(_)) = (std::str::from_utf8(object), self.frame(object)) else { return };
        if let Some(schema) = self.recognise(text) {
            let view = ObjectView { text, schema, found: &self.found };
            visitor.spoilt(&view.header(None), Some(offset));
        }
    }

    /// The shape of an object; `found` then holds its fields.
    fn recognise(&mut self, text: &str) -> Option<&'s Schema> {
        let shapes = &self.schemas.shapes;
        if shapes[self.last].recognises(&self.found) {
            return Some(&shapes[self.last]);
        }
        let last = self.last;
        let index = (0..shapes.len()).filter(|index| *index != last).find(|index| {
            locate(text.as_bytes(), &shapes[*index], &mut self.found).is_ok()
                && shapes[*index].recognises(&self.found)
        })?;
        self.last = index;
        Some(&shapes[index])
    }
}

/// Where a shape's paths stand in the object at the start of `bytes`, and the object's length.
fn locate(bytes: &[u8], schema: &Schema, found: &mut Found) -> Scan<usize> {
    found.clear(schema.tree.slots());
    walk(bytes, 0, &schema.tree.root, found)
}

fn walk(bytes: &[u8], start: usize, node: &PathNode, found: &mut Found) -> Scan<usize> {
    each_member(bytes, start, |key, value| {
        let child = node.child(key);
        let end = match child {
            // As deep as the shape's paths, which come from a file of ours or the user's.
            Some(child) if child.has_children() && bytes.get(value) == Some(&b'{') => {
                walk(bytes, value, child, found)?
            }
            _ => skip_value(bytes, value)?,
        };
        if let Some(slot) = child.and_then(|child| child.slot) {
            found.note(slot, value, end);
        }
        Ok(end)
    })
}

/// One object of a recognised shape.
struct ObjectView<'r> {
    text: &'r str,
    schema: &'r Schema,
    found: &'r Found,
}

impl<'r> ObjectView<'r> {
    fn visit(&self, offset: u64, visitor: &mut dyn Visitor) {
        let error = self.first_text(&self.schema.header.error);
        if let Some(slot) = self.schema.event_xml {
            return self.visit_xml(slot, error.as_deref(), offset, visitor);
        }
        if error.is_some()
            && let Some(slot) = self.schema.event_xml_on_error
            && self.found.get(slot).is_some()
        {
            return self.visit_xml(slot, error.as_deref(), offset, visitor);
        }
        let header = self.header(error);
        let Some(spec) = visitor.heard(&header, Some(offset)) else { return };
        let mut record = RawRecord::new(spec);
        for place in &self.schema.data {
            self.fill(*place, &mut record);
        }
        self.fill_moved(&header, &mut record);
        self.fill_from_message(&mut record);
        visitor.record(&header, &record, Some(offset));
    }

    fn visit_xml(&self, slot: usize, error: Option<&str>, offset: u64, visitor: &mut dyn Visitor) {
        match self.scalar(slot) {
            Some(Scalar::Text(event)) => xml::visit(&event, error, offset, visitor),
            _ => visitor.anomaly(AnomalyKind::NotAnEvent, Some(offset), &|| "no XML in it".to_owned()),
        }
    }

    fn header(&self, carrier_error: Option<Cow<'r, str>>) -> Header<'r> {
        let slots = &self.schema.header;
        let header = Header {
            host: self.first_text(&slots.host),
            channel: self.first_text(&slots.channel),
            provider: self.first_text(&slots.provider),
            event_id: self.first(&slots.event_id, |id| id.unsigned().and_then(|id| u32::try_from(id).ok())),
            // Windows counts from 1: a collector that has no number writes 0.
            record_id: self.first(&slots.record_id, |id| id.unsigned().filter(|id| *id > 0)),
            time: self.time(),
            outcome: self.first(&slots.outcome, |outcome| Outcome::of_scalar(&outcome)),
            level: self.first(&slots.level, |level| level_of(&level)),
            process_id: self
                .first(&slots.process_id, |id| id.unsigned().and_then(|id| u32::try_from(id).ok())),
            user_sid: self.first_text(&slots.user_sid),
            carrier_error,
        };
        match &self.schema.actions {
            Some(actions) => self.named(header, actions),
            None => header,
        }
    }

    /// An event that has a name instead of a number.
    fn named(&self, header: Header<'r>, actions: &'r ActionSlot) -> Header<'r> {
        let action = self.first_text(&[actions.slot]).and_then(|word| actions.of(&word));
        Header {
            provider: Some(Cow::Borrowed(&actions.provider)),
            channel: action.map(|action| Cow::Borrowed(action.channel.as_str())),
            event_id: Some(action.map_or(ActionSlot::NOT_READ, |action| action.event_id)),
            ..header
        }
    }

    fn time(&self) -> HeaderTime<'r> {
        let slots = &self.schema.header;
        let Some(text) = self.first_text(&slots.time) else { return HeaderTime::Missing };
        if slots.time_is_utc {
            return HeaderTime::parse_utc(text);
        }
        match HeaderTime::parse(text) {
            HeaderTime::Zoneless(zoneless) => HeaderTime::Zoneless(ZonelessTime {
                arrival: self.first(&slots.arrival, |at| parse_unmarked_utc(&at.text()?)),
                told_utc: self.first(&slots.told_utc, |at| parse_unmarked_utc(&at.text()?)),
                ..zoneless
            }),
            other => other,
        }
    }

    /// The first slot whose value can be read as what is asked for.
    fn first<T>(&self, slots: &[usize], read: impl Fn(Scalar<'r>) -> Option<T>) -> Option<T> {
        slots.iter().find_map(|slot| read(self.scalar(*slot)?))
    }

    fn first_text(&self, slots: &[usize]) -> Option<Cow<'r, str>> {
        self.first(slots, |scalar| match scalar {
            Scalar::Text(text) => Some(text),
            other => other.text().map(|text| Cow::Owned(text.into_owned())),
        })
    }

    fn scalar(&self, slot: usize) -> Option<Scalar<'r>> {
        let (start, end) = self.found.get(slot)?;
        Some(scalar(&self.text[start..end]))
    }

    /// What the carrier put elsewhere; what still stands in the event's data counts before it.
    fn fill_moved(&self, header: &Header<'_>, record: &mut RawRecord<'r>) {
        let provider = header.provider.as_deref().unwrap_or_default();
        let of_provider =
            self.schema.moved.iter().filter(|moved| moved.provider.eq_ignore_ascii_case(provider));
        for moved in of_provider {
            let (Some(field), Some(value)) = (record.slot(moved.field.as_bytes()), self.scalar(moved.slot))
            else {
                continue;
            };
            // A table has all its columns in every row: an empty one says nothing, and another may.
            if self.schema.actions.is_some() && is_blank(&value) {
                continue;
            }
            let domain = moved.domain.and_then(|slot| self.scalar(slot)).and_then(Scalar::into_text);
            match (domain, value) {
                (Some(domain), Scalar::Text(name)) => {
                    record.fill(field, Scalar::Text(format!("{domain}\\{name}").into()));
                }
                (_, value) => record.fill(field, value),
            }
        }
    }

    /// A field that the event cannot do without, from the text that Windows renders of it: `ProcessId: 3692`, a line
    /// each. NXLog's own field of that name swallows Sysmon's, and the text keeps it.
    fn fill_from_message(&self, record: &mut RawRecord<'r>) {
        for field in record.spec.required {
            if record.field(*field).is_some() {
                continue;
            }
            let Some(message) = self.first_text(&self.schema.message) else { return };
            let said = message.lines().find_map(|line| line.strip_prefix(field.as_str())?.strip_prefix(": "));
            if let Some(said) = said {
                record.fill(*field, Scalar::Text(said.trim().to_owned().into()));
            }
        }
    }

    /// Where the envelope and the event's data share one object, `Channel` is the log that the record was written to;
    /// 104's own field of that name, the log that was cleared, is lost.
    fn is_envelope(&self, key: &[u8]) -> bool {
        let slot = self.schema.tree.root.child(key).and_then(|child| child.slot);
        slot.is_some_and(|slot| self.schema.header.channel.contains(&slot))
    }

    fn fill(&self, place: DataSlot, record: &mut RawRecord<'r>) {
        match place {
            DataSlot::Record => fill_from(self.text, |key| self.is_envelope(key), record),
            DataSlot::Object(slot) => {
                if let Some((start, end)) = self.found.get(slot) {
                    fill_from(&self.text[start..end], |_| false, record);
                }
            }
            DataSlot::EachInside(slot) => {
                if let Some((start, end)) = self.found.get(slot) {
                    fill_from_each_inside(&self.text[start..end], record);
                }
            }
            DataSlot::Xml(slot) => {
                if let Some(Scalar::Text(text)) = self.scalar(slot) {
                    xml::fill_from_user_data(&text, record);
                }
            }
        }
    }
}

fn is_blank(value: &Scalar<'_>) -> bool {
    matches!(value, Scalar::Null) || matches!(value, Scalar::Text(text) if text.trim().is_empty())
}

/// Takes an object's members for the event's fields, but for those that are none. What is no object holds none.
fn fill_from<'r>(object: &'r str, is_none: impl Fn(&[u8]) -> bool, record: &mut RawRecord<'r>) {
    let bytes = object.as_bytes();
    // The object was walked when it was framed: an error here only ends it early.
    let _ = each_member(bytes, 0, |key, value| {
        let end = skip_value(bytes, value)?;
        if let Some(slot) = record.slot(key).filter(|_| !is_none(key)) {
            record.fill(slot, scalar(&object[value..end]));
        }
        Ok(end)
    });
}

fn fill_from_each_inside<'r>(object: &'r str, record: &mut RawRecord<'r>) {
    let bytes = object.as_bytes();
    let _ = each_member(bytes, 0, |_, value| {
        let end = skip_value(bytes, value)?;
        fill_from(&object[value..end], |_| false, record);
        Ok(end)
    });
}

/// The value that `raw` spells. A list of one value is that value (Winlogbeat's keywords).
fn scalar(raw: &str) -> Scalar<'_> {
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

/// Calls `member` with each key and the place of its value; it answers the place after the value.
/// Answers the place after the object.
#[inline]
fn each_member<'b>(
    bytes: &'b [u8],
    start: usize,
    mut member: impl FnMut(&'b [u8], usize) -> Scan<usize>,
) -> Scan<usize> {
    if bytes.get(start) != Some(&b'{') {
        return Err(ScanError::Invalid);
    }
    let mut at = skip_blank(bytes, start + 1);
    if byte(bytes, at)? == b'}' {
        return Ok(at + 1);
    }
    loop {
        if byte(bytes, at)? != b'"' {
            return Err(ScanError::Invalid);
        }
        let key_end = skip_string(bytes, at + 1)?;
        let key = &bytes[at + 1..key_end - 1];
        at = skip_blank(bytes, key_end);
        if byte(bytes, at)? != b':' {
            return Err(ScanError::Invalid);
        }
        at = member(key, skip_blank(bytes, at + 1))?;
        at = skip_blank(bytes, at);
        match byte(bytes, at)? {
            b',' => at = skip_blank(bytes, at + 1),
            b'}' => return Ok(at + 1),
            _ => return Err(ScanError::Invalid),
        }
    }
}

fn byte(bytes: &[u8], at: usize) -> Scan<u8> {
    bytes.get(at).copied().ok_or(ScanError::Incomplete)
}

fn skip_blank(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// The place after a string whose opening quote stands before `start`.
fn skip_string(bytes: &[u8], start: usize) -> Scan<usize> {
    let mut at = start;
    loop {
        let rest = bytes.get(at..).ok_or(ScanError::Incomplete)?;
        at += quote(rest).ok_or(ScanError::Incomplete)?;
        // Escapes of other characters need no stop: only those right before a quote decide what it is.
        let backslashes = bytes[start..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        at += 1;
        if backslashes % 2 == 0 {
            return Ok(at);
        }
    }
}

/// Most strings of events are short, for which a call of `memchr` costs more than it finds.
#[inline]
fn quote(bytes: &[u8]) -> Option<usize> {
    const WORDS: usize = 4;
    let (words, _) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().take(WORDS).enumerate() {
        let found = has_byte(u64::from_le_bytes(*word), b'"');
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let looked_at = words.len().min(WORDS) * 8;
    memchr(b'"', &bytes[looked_at..]).map(|at| looked_at + at)
}

/// The high bit of each byte of `word` that is `byte`; the lowest such bit is exact, those above need not be.
#[inline]
fn has_byte(word: u64, byte: u8) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH_BITS: u64 = u64::from_le_bytes([0x80; 8]);
    let difference = word ^ (ONES * u64::from(byte));
    difference.wrapping_sub(ONES) & !difference & HIGH_BITS
}

/// The place after the value at `at`.
fn skip_value(bytes: &[u8], at: usize) -> Scan<usize> {
    match byte(bytes, at)? {
        b'"' => skip_string(bytes, at + 1),
        b'{' | b'[' => skip_nested(bytes, at),
        b',' | b'}' | b']' | b':' => Err(ScanError::Invalid),
        _ => skip_literal(bytes, at),
    }
}

fn skip_literal(bytes: &[u8], at: usize) -> Scan<usize> {
    let rest = &bytes[at..];
    let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
    let length = rest.iter().position(ends).ok_or(ScanError::Incomplete)?;
    if rest[..length].iter().any(|byte| matches!(byte, b'"' | b'{' | b'[' | b'<' | 0)) {
        return Err(ScanError::Invalid);
    }
    Ok(at + length)
}

/// The place after the list or object at `at`. A closing bracket of the other sort is an error.
fn skip_nested(bytes: &[u8], mut at: usize) -> Scan<usize> {
    // One bit for each open bracket: set for an object.
    let mut open: u128 = 0;
    let mut depth = 0;
    loop {
        match byte(bytes, at)? {
            b'"' => {
                at = skip_blank(bytes, skip_string(bytes, at + 1)?);
                // Else a text that was cut has swallowed the beginning of the next record, and would its fields, too.
                if !matches!(byte(bytes, at)?, b':' | b',' | b'}' | b']') {
                    return Err(ScanError::Invalid);
                }
                continue;
            }
            opening @ (b'{' | b'[') => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(ScanError::Invalid);
                }
                open = open << 1 | u128::from(opening == b'{');
            }
            closing @ (b'}' | b']') => {
                if (open & 1 == 1) != (closing == b'}') {
                    return Err(ScanError::Invalid);
                }
                open >>= 1;
                depth -= 1;
                if depth == 0 {
                    return Ok(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_sim::encode::{CARRIERS, Shipping};
    use begat_sim::events::{Draft, EVENT_KINDS, Envelope};
    use begat_sim::value::Ticks;

    #[test]
    fn each_record_is_of_one_shape_alone() {
        let schemas = Schemas::built_in();
        let mut met = std::collections::BTreeSet::new();
        for carrier in CARRIERS.iter().filter(|carrier| carrier.extension == "json") {
            for kind in EVENT_KINDS {
                let (time, computer) = (Ticks::parse("2026-03-02T09:15:42Z"), "WS1".to_owned());
                let envelope =
                    Envelope { record_id: 1, time, computer, execution: (4, 8), activity_id: None };
                let bytes =
                    carrier.encode(&[Draft::new(kind).written(envelope)], &Shipping::default()).unwrap();
                let object = bytes.trim_ascii().trim_ascii_start();
                let object = object.strip_prefix(b"[").unwrap_or(object);
                let is_of = |schema: &&Schema| {
                    let mut found = Found::default();
                    locate(object, schema, &mut found).unwrap();
                    schema.recognises(&found)
                };
                let names: Vec<&str> = schemas.shapes.iter().filter(is_of).map(Schema::name).collect();
                assert_eq!(names.len(), 1, "{} {}: {names:?}", carrier.name, kind.event_id);
                met.insert(names[0].to_owned());
            }
        }
        // Defender's tables tell other things than Windows' records, and ship none of them.
        let numbered = schemas.shapes.iter().filter(|schema| schema.actions.is_none()).count();
        assert_eq!(met.len(), numbered, "every shape has a carrier that ships it: {met:?}");
    }

    #[test]
    fn an_object_ends_where_its_brace_closes() {
        let end = |text: &str| each_member(text.as_bytes(), 0, |_, value| skip_value(text.as_bytes(), value));
        for text in [
            "{}",
            "{ \t}",
            r#"{"a":1}"#,
            r#"{"a" : [1,{"b":"}]"}], "c":null}"#,
            r#"{"a":"\\","b":"\"}\\\""}"#,
            r#"{"a":"0123456789abcdef0123456789abcdef0123456789\"\\"}"#,
        ] {
            assert_eq!(end(text), Ok(text.len()), "{text}");
            assert_eq!(end(&format!("{text},{text}")), Ok(text.len()), "{text}");
            for cut in 0..text.len() {
                let cut = end(&text[..cut]);
                assert!(cut == Err(ScanError::Incomplete) || cut == Err(ScanError::Invalid), "{text}");
            }
        }
        for text in
            ["{1:2}", r#"{"a"}"#, r#"{"a":}"#, r#"{"a":[1}]}"#, r#"{"a":1 "b":2}"#, r#"{"a":<x>}"#, "[1]"]
        {
            assert_eq!(end(text), Err(ScanError::Invalid), "{text}");
        }
        let cut = "{\"a\":{\"b\":\"c\n{\"d\":{\"e\":\"f\"}}\n{\"d\":{\"e\":\"f\"}}\n";
        assert_eq!(end(cut), Err(ScanError::Invalid), "what was cut swallows no other");
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(DEPTH_MAX + 1), "]".repeat(DEPTH_MAX + 1));
        assert_eq!(end(&deep), Err(ScanError::Invalid));
    }

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

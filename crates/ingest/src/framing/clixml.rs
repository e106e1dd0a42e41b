//! PowerShell's `Export-Clixml` of event records: each object becomes the JSON that `ConvertTo-Json` would have written of
//! it, so that where such a record has its fields is told once.

use std::borrow::Cow;

use memchr::memmem;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

/// Deepest nesting that is looked into; `Export-Clixml` writes two levels unless it is told otherwise.
const DEPTH_MAX: usize = 64;
/// Most members of one object.
const MEMBERS_MAX: usize = 256;

/// Whether an object begins here, at a `<`.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    bytes.starts_with(b"<Obj RefId=")
}

/// The length of the object at the start of `bytes`; `None` where it does not end in them.
pub(crate) fn length(bytes: &[u8]) -> Option<usize> {
    let mut open = 0_usize;
    for at in memmem::find_iter(bytes, b"Obj") {
        let before = &bytes[..at];
        let after = &bytes[at + 3..];
        if before.ends_with(b"</") && after.starts_with(b">") {
            open = open.checked_sub(1)?;
            if open == 0 {
                return Some(at + 4);
            }
        } else if before.ends_with(b"<") && after.first().is_some_and(|byte| matches!(byte, b' ' | b'>')) {
            // One without content does not end apart.
            let tag = &after[..memchr::memchr(b'>', after)?];
            open += usize::from(!tag.ends_with(b"/"));
            if open == 0 {
                return Some(at + 3 + tag.len() + 1);
            }
        }
    }
    None
}

/// The object as `ConvertTo-Json` writes it: its own members, and lists of values. `None` where it cannot be read.
pub(crate) fn to_json(xml: &str) -> Option<String> {
    let mut reader = Reader::from_str(xml);
    let mut object = Map::new();
    let mut open: Vec<Open> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                if open.len() >= DEPTH_MAX {
                    return None;
                }
                open.push(Open::new(&start)?);
            }
            Event::Empty(start) => {
                let empty = Open::new(&start)?;
                close(empty, &mut open, &mut object);
            }
            Event::End(_) => {
                let closed = open.pop()?;
                close(closed, &mut open, &mut object);
                if open.is_empty() {
                    return Some(Value::Object(object).to_string());
                }
            }
            Event::Text(text) => open.last_mut()?.text.push_str(&text),
            Event::CData(text) => open.last_mut()?.text.push_str(&text),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok().flatten();
                let text = open.last_mut().map(|open| &mut open.text)?;
                match character {
                    Some(character) => text.push(character),
                    None => text.push_str(quick_xml::escape::resolve_predefined_entity(&reference)?),
                }
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// An element that has not ended.
struct Open {
    /// `S`, `I32`, `Obj` …
    tag: String,
    /// The member that it is.
    name: Option<String>,
    text: String,
    /// What its own `ToString` says.
    said: Option<String>,
    /// Of a list the values, of an object of a list its value.
    values: Vec<Value>,
}

impl Open {
    fn new(start: &BytesStart<'_>) -> Option<Open> {
        let name = start.try_get_attribute("N").ok()?;
        let name = name
            .map(|name| quick_xml::escape::unescape(&name.value).map(Cow::into_owned))
            .transpose()
            .ok()?;
        let tag = start.local_name().into_inner().to_owned();
        Some(Open { tag, name, text: String::new(), said: None, values: Vec::new() })
    }

    /// A value that is no object; `None` where it holds only others.
    fn scalar(&self) -> Option<Value> {
        match self.tag.as_str() {
            "Nil" => Some(Value::Null),
            "B" => Some(Value::Bool(self.text.trim() == "true")),
            "S" | "C" | "DT" | "TS" | "G" | "URI" | "Version" | "XD" | "SBK" => {
                Some(Value::String(unescaped(&self.text)))
            }
            "By" | "SB" | "U16" | "I16" | "U32" | "I32" | "U64" | "I64" => {
                let digits = self.text.trim();
                let unsigned = digits.parse::<u64>().map(Value::from);
                unsigned.or_else(|_| digits.parse::<i64>().map(Value::from)).ok()
            }
            _ => None,
        }
    }
}

/// Where an element that ended belongs.
fn close(closed: Open, open: &mut [Open], object: &mut Map<String, Value>) {
    // What was too deep to be written is told by the name of its type alone.
    let is_type_name = |text: &str| text.starts_with("System.Diagnostics.Eventing.Reader.");
    let scalar = closed.scalar().filter(|scalar| !scalar.as_str().is_some_and(is_type_name));
    let said = closed.said.clone().filter(|said| !is_type_name(said));
    if closed.tag == "ToString" {
        if let Some(parent) = open.last_mut() {
            parent.said = Some(unescaped(&closed.text));
        }
        return;
    }
    let is_list = !closed.values.is_empty();
    // The record is the outermost; its members stand in it or in a list of members: <Obj><Props>…, <Obj><MS>….
    let is_member = open.len() == 2 && matches!(open[1].tag.as_str(), "Props" | "MS");
    if is_member {
        let value = scalar.or(is_list.then_some(Value::Array(closed.values))).or(said.map(Value::String));
        if let (Some(name), Some(value)) = (closed.name, value)
            && object.len() < MEMBERS_MAX
        {
            object.entry(name).or_insert(value);
        }
        return;
    }
    let Some(parent) = open.last_mut() else { return };
    match scalar {
        // A property of an event is an object whose `Value` is what counts.
        Some(value) if closed.name.as_deref() == Some("Value") => parent.values.push(value),
        Some(value) if matches!(parent.tag.as_str(), "LST" | "IE" | "STK" | "QUE") => {
            parent.values.push(listed(value));
        }
        Some(_) => {}
        None if parent.tag == "LST" && closed.tag == "Obj" => {
            let value = closed.values.into_iter().next().or(said.map(Value::String));
            parent.values.extend(value.map(listed));
        }
        None => parent.values.extend(closed.values),
    }
}

fn listed(value: Value) -> Value {
    Value::Object(Map::from_iter([("Value".to_owned(), value)]))
}

/// `_x000D_` is a carriage return.
fn unescaped(text: &str) -> String {
    const ESCAPE_BYTES: usize = "_x000D_".len();
    let mut plain = String::with_capacity(text.len());
    let mut kept = 0;
    for (at, _) in text.match_indices("_x") {
        let Some(escape) =
            text.get(at..at + ESCAPE_BYTES).filter(|escape| at >= kept && escape.ends_with('_'))
        else {
            continue;
        };
        let unit = u32::from_str_radix(&escape[2..6], 16).ok().filter(|_| !escape[2..6].starts_with('+'));
        // Half of a pair is put where it cannot be told from damage.
        let Some(character) = unit.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
        else {
            continue;
        };
        plain.push_str(&text[kept..at]);
        plain.push(character);
        kept = at + ESCAPE_BYTES;
    }
    plain.push_str(&text[kept..]);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Diagnostics.Eventing.Reader.EventLogRecord</T></TN>\
        <ToString>System.Diagnostics.Eventing.Reader.EventLogRecord</ToString><Props><I32 N=\"Id\">4720</I32>\
        <By N=\"Version\">0</By><I64 N=\"Keywords\">-9214364837600034816</I64><S N=\"LogName\">Security</S><Nil N=\"Qualifiers\"/>\
        <DT N=\"TimeCreated\">2021-10-19T14:42:41.2340000+00:00</DT>\
        <Obj N=\"UserId\" RefId=\"1\"><ToString>S-1-5-18</ToString><Props><I32 N=\"BinaryLength\">12</I32></Props></Obj>\
        <Obj N=\"Properties\" RefId=\"2\"><TN RefId=\"1\"><T>System.Collections.Generic.List`1</T></TN><LST>\
        <Obj RefId=\"3\"><Props><S N=\"Value\">toto3</S></Props></Obj>\
        <Obj RefId=\"4\"><Props><U64 N=\"Value\">32</U64></Props></Obj></LST></Obj></Props>\
        <MS><S N=\"Message\">A user account was created._x000D__x000A_a &amp; _x&#98;</S></MS></Obj>";

    #[test]
    fn a_record_becomes_what_convert_to_json_writes() {
        let json: Value = serde_json::from_str(&to_json(RECORD).unwrap()).unwrap();
        assert_eq!(json["Id"], 4720);
        assert_eq!(json["Keywords"], -9_214_364_837_600_034_816_i64);
        assert_eq!(json["LogName"], "Security");
        assert_eq!(json["Qualifiers"], Value::Null);
        assert_eq!(json["TimeCreated"], "2021-10-19T14:42:41.2340000+00:00");
        assert_eq!(json["UserId"], "S-1-5-18");
        assert_eq!(json["Properties"], serde_json::json!([{"Value": "toto3"}, {"Value": 32}]));
        assert_eq!(json["Message"], "A user account was created.\r\na & _xb");
    }

    #[test]
    fn values_that_were_too_deep_to_be_written_are_none() {
        let name = "System.Diagnostics.Eventing.Reader.EventProperty";
        let list = |inside: &str| {
            format!(
                "<Obj RefId=\"0\"><Props><Obj N=\"Properties\" RefId=\"1\"><LST>{inside}</LST></Obj></Props></Obj>"
            )
        };
        for inside in
            [format!("<S>{name}</S>"), format!("<Obj RefId=\"2\"><ToString>{name}</ToString></Obj>")]
        {
            assert_eq!(to_json(&list(&inside)).as_deref(), Some("{}"), "{inside}");
        }
    }

    #[test]
    fn an_object_ends_with_its_own_tag() {
        assert!(begins(RECORD.as_bytes()));
        assert_eq!(length(format!("{RECORD}\n{RECORD}").as_bytes()), Some(RECORD.len()));
        for cut in 0..RECORD.len() {
            assert_eq!(length(&RECORD.as_bytes()[..cut]), None, "{cut}");
            assert_eq!(to_json(&RECORD[..cut]), None, "{cut}");
        }
        assert_eq!(length(b"<Obj RefId=\"0\"/>x"), Some(16));
    }
}

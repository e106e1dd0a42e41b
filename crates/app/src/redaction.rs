//! Records without their secrets, whatever carries them: event logs as JSON, other JSON, event XML.
//!
//! A command line stands in many places of one record: in a field, in an array of its words, in the text that Windows
//! renders of the event, in XML or JSON inside of a text. All texts are gone over; too much taken is a nuisance, too
//! little a leak.

use std::borrow::Cow;

use begat_engine::commands::redact;
use begat_ingest::map_xml_texts;
use serde_json::Value;

/// Deepest nesting of a text in a text.
const NESTING_MAX: usize = 4;

/// JSON on one line, without secrets unless they are asked for. What cannot be parsed is taken for text.
pub fn json_line(json: &str, show_secrets: bool) -> Cow<'_, str> {
    if show_secrets {
        return compact(json);
    }
    match serde_json::from_str::<Value>(json) {
        Ok(mut value) => match redact_value(&mut value, 0) {
            true => Cow::Owned(value.to_string()),
            false => compact(json),
        },
        Err(_) => match plain(json) {
            Some(redacted) => Cow::Owned(compact(&redacted).into_owned()),
            None => compact(json),
        },
    }
}

/// Event XML, without secrets unless they are asked for.
pub fn xml(xml: &str, show_secrets: bool) -> Cow<'_, str> {
    if show_secrets { Cow::Borrowed(xml) } else { map_xml_texts(xml, &|text| text_redacted(text, 0)) }
}

/// Without the blanks and line ends between values: one record a line.
fn compact(json: &str) -> Cow<'_, str> {
    if !json.contains(['\n', '\r', '\t']) {
        return Cow::Borrowed(json);
    }
    let (mut line, mut in_text, mut is_escaped) = (String::with_capacity(json.len()), false, false);
    for character in json.chars() {
        if in_text {
            in_text = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
        } else if matches!(character, '\n' | '\r' | '\t' | ' ') {
            continue;
        } else {
            in_text = character == '"';
        }
        line.push(character);
    }
    Cow::Owned(line)
}

/// The nesting is bounded by the parser.
fn redact_value(value: &mut Value, nested: usize) -> bool {
    match value {
        Value::String(text) => match text_redacted(text, nested) {
            Some(redacted) => {
                *text = redacted;
                true
            }
            None => false,
        },
        Value::Array(items) => {
            let changed = items.iter_mut().fold(false, |changed, item| redact_value(item, nested) | changed);
            redact_words(items) | changed
        }
        Value::Object(fields) => {
            fields.values_mut().fold(false, |changed, field| redact_value(field, nested) | changed)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The words of a command line (`process.args`), which only together say what is secret: then they become one text.
fn redact_words(items: &mut Vec<Value>) -> bool {
    let words: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    let Some(words) = words.filter(|words| words.len() > 1) else { return false };
    let redacted = match redact(&words.join(" ")) {
        Cow::Owned(redacted) => redacted,
        Cow::Borrowed(_) => return false,
    };
    *items = vec![Value::String(redacted)];
    true
}

/// A text without its secrets; `None` where it has none.
fn text_redacted(text: &str, nested: usize) -> Option<String> {
    let begins = text.trim_start();
    let inside = match begins.as_bytes().first() {
        Some(b'<') if nested < NESTING_MAX => {
            match map_xml_texts(text, &|text| text_redacted(text, nested + 1)) {
                Cow::Owned(redacted) => Some(redacted),
                Cow::Borrowed(_) => None,
            }
        }
        Some(b'{' | b'[') if nested < NESTING_MAX => serde_json::from_str::<Value>(text)
            .ok()
            .and_then(|mut value| redact_value(&mut value, nested + 1).then(|| value.to_string())),
        _ => None,
    };
    match &inside {
        Some(redacted) => plain(redacted).or(inside),
        None => plain(text),
    }
}

/// Text as a whole, and each of its cells: what Windows renders of an event is a table of labels and values.
fn plain(text: &str) -> Option<String> {
    let cells = text.contains(['\t', '\n', '\r']).then(|| {
        let cells = text.split_inclusive(['\t', '\n', '\r']);
        cells.map(|cell| {
            let (value, end) = match cell.char_indices().next_back() {
                Some((at, '\t' | '\n' | '\r')) => cell.split_at(at),
                _ => (cell, ""),
            };
            format!("{}{end}", redact(value))
        })
    });
    let cells: Option<String> = cells.map(Iterator::collect).filter(|cells: &String| cells != text);
    match redact(cells.as_deref().unwrap_or(text)) {
        Cow::Owned(redacted) => Some(redacted),
        Cow::Borrowed(_) => cells,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "net user bob Hunter2! /add";

    fn redacted(json: &str) -> String {
        json_line(json, false).into_owned()
    }

    #[test]
    fn secrets_are_taken_out_and_all_else_stays_byte_for_byte() {
        let harmless = r#"{"Event":{"System":{"EventID":4688},"EventData":{"Z":"net  user bob","A":1.50}}}"#;
        assert_eq!(redacted(harmless), harmless);
        let secret = format!(
            r#"{{"Event":{{"System":{{"EventID":4688}},"EventData":{{"Z":"x","CommandLine":"{LINE}"}}}}}}"#
        );
        let shown = redacted(&secret);
        assert!(!shown.contains("Hunter2!") && shown.contains("net user bob"), "{shown}");
        assert!(shown.find("\"Z\"") < shown.find("CommandLine"), "fields keep their order: {shown}");
        assert_eq!(json_line(&secret, true), secret);
    }

    #[test]
    fn whatever_carries_a_command_line_is_looked_into() {
        let message = format!("A new process.\n\nSubject:\n\tProcess Command Line:\t{LINE}\n\nToken: x");
        let task = format!("<Task><Exec><Arguments a=\"{LINE}\">/c {LINE}</Arguments></Exec></Task>");
        let words: Vec<&str> = LINE.split(' ').collect();
        for value in [
            serde_json::json!({"Event": {"UserData": {"Operation": {"Data": ["a", LINE]}}}}),
            serde_json::json!({"message": message}),
            serde_json::json!({"process": {"args": words}}),
            serde_json::json!({"event": {"original": serde_json::json!({"CommandLine": LINE}).to_string()}}),
            serde_json::json!({"xml": xml_of(&task)}),
            serde_json::json!([LINE]),
        ] {
            for json in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                let shown = redacted(&json);
                assert!(!shown.contains("Hunter2!") && shown.contains("bob"), "{shown}");
                assert!(!shown.contains('\n') && serde_json::from_str::<Value>(&shown).is_ok(), "{shown}");
            }
        }
        let event = xml_of(&task);
        assert!(!xml(&event, false).contains("Hunter2!") && xml(&event, true).contains("Hunter2!"));
    }

    /// A task's XML as 4698 carries it: escaped, in the XML of an event.
    fn xml_of(task: &str) -> String {
        let escaped = task.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        format!("<Event><EventData><Data Name='TaskContent'>{escaped}</Data></EventData></Event>")
    }

    #[test]
    fn what_cannot_be_parsed_is_taken_for_text() {
        assert_eq!(redacted("{\"a\":01}"), "{\"a\":01}");
        let shown = redacted(&format!("{{\"n\":01,\n\"c\":\"{LINE}\"}}"));
        assert!(!shown.contains("Hunter2!"), "{shown}");
    }
}

//! Records without their secrets, whatever carries them: event logs as JSON, other JSON, event XML.
//!
//! A command line stands in many places of one record: in a field, in an array of its words, in the text that Windows
//! renders of the event, in XML or JSON inside of a text. All texts are gone over; too much taken is a nuisance, too
//! little a leak.

use std::borrow::Cow;

use begat_engine::commands::{hide_after, redact};
use begat_ingest::map_xml_texts;
use begat_model::visible::{deceives, harmless_json};
use serde_json::Value;

/// Deepest nesting of a text in a text.
const NESTING_MAX: usize = 4;

/// What is done with secrets.
#[derive(Debug, Clone, Copy)]
pub enum Secrets<'names> {
    /// They were asked for.
    Shown,
    /// They are taken out, and with them what follows one of these accounts' names as a bare argument.
    Hidden(&'names [&'names str]),
}

/// A record as its source has it, JSON or XML, to be read by people: with all that would deceive an eye or a terminal
/// escaped.
pub fn readable(text: &str, secrets: Secrets<'_>) -> String {
    match text.starts_with('<') {
        true => harmless_xml(&xml(text, secrets)).into_owned(),
        false => harmless_json(&json_line(text, secrets)).into_owned(),
    }
}

/// Where in a record a text stands, and whose accounts it is of.
#[derive(Debug, Clone, Copy)]
struct At<'names> {
    names: &'names [&'names str],
    /// Texts that it stands in.
    nested: usize,
}

impl At<'_> {
    fn deeper(self) -> Self {
        At { nested: self.nested + 1, ..self }
    }
}

/// XML with every character that could fool an eye or a terminal as a reference: the same texts.
fn harmless_xml(xml: &str) -> Cow<'_, str> {
    let is_harmful = |character: char| deceives(character) && !matches!(character, '\n' | '\r' | '\t');
    if !xml.chars().any(is_harmful) {
        return Cow::Borrowed(xml);
    }
    let shown = |character: char| match is_harmful(character) {
        true => format!("&#x{:x};", u32::from(character)),
        false => character.to_string(),
    };
    Cow::Owned(xml.chars().map(shown).collect())
}

/// JSON on one line, without secrets unless they are asked for. What cannot be parsed is taken for text.
fn json_line<'json>(json: &'json str, secrets: Secrets<'_>) -> Cow<'json, str> {
    let Secrets::Hidden(names) = secrets else { return compact(json) };
    let at = At { names, nested: 0 };
    match serde_json::from_str::<Value>(json) {
        Ok(mut value) => match redact_value(&mut value, at) {
            true => Cow::Owned(value.to_string()),
            false => compact(json),
        },
        Err(_) => match plain(json, at) {
            Some(redacted) => Cow::Owned(compact(&redacted).into_owned()),
            None => compact(json),
        },
    }
}

/// Event XML, without secrets unless they are asked for.
fn xml<'xml>(xml: &'xml str, secrets: Secrets<'_>) -> Cow<'xml, str> {
    match secrets {
        Secrets::Shown => Cow::Borrowed(xml),
        Secrets::Hidden(names) => map_xml_texts(xml, &|text| text_redacted(text, At { names, nested: 0 })),
    }
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
fn redact_value(value: &mut Value, at: At<'_>) -> bool {
    match value {
        Value::String(text) => match text_redacted(text, at) {
            Some(redacted) => {
                *text = redacted;
                true
            }
            None => false,
        },
        Value::Array(items) => {
            let changed = items.iter_mut().fold(false, |changed, item| redact_value(item, at) | changed);
            redact_words(items, at) | changed
        }
        Value::Object(fields) => {
            fields.values_mut().fold(false, |changed, field| redact_value(field, at) | changed)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The words of a command line (`process.args`), which only together say what is secret: then they become one text.
fn redact_words(items: &mut Vec<Value>, at: At<'_>) -> bool {
    let words: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    let Some(words) = words.filter(|words| words.len() > 1) else { return false };
    let line = words.join(" ");
    let redacted = line_redacted(&line, at);
    if redacted == line {
        return false;
    }
    let redacted = redacted.into_owned();
    *items = vec![Value::String(redacted)];
    true
}

/// A text without its secrets; `None` where it has none.
fn text_redacted(text: &str, at: At<'_>) -> Option<String> {
    let begins = text.trim_start();
    let inside = match begins.as_bytes().first() {
        Some(b'<') if at.nested < NESTING_MAX => {
            match map_xml_texts(text, &|text| text_redacted(text, at.deeper())) {
                Cow::Owned(redacted) => Some(redacted),
                Cow::Borrowed(_) => None,
            }
        }
        Some(b'{' | b'[') if at.nested < NESTING_MAX => serde_json::from_str::<Value>(text)
            .ok()
            .and_then(|mut value| redact_value(&mut value, at.deeper()).then(|| value.to_string())),
        _ => None,
    };
    match &inside {
        Some(redacted) => plain(redacted, at).or(inside),
        None => plain(text, at),
    }
}

/// A command line without its secrets, those that only the account's name gives away among them.
fn line_redacted<'line>(line: &'line str, at: At<'_>) -> Cow<'line, str> {
    match redact(line) {
        Cow::Borrowed(line) => hide_after(line, at.names),
        Cow::Owned(line) => Cow::Owned(hide_after(&line, at.names).into_owned()),
    }
}

/// Text as a whole, and each of its cells: what Windows renders of an event is a table of labels and values. A name in
/// one cell says nothing of the next.
fn plain(text: &str, at: At<'_>) -> Option<String> {
    let cell = |cell: &str| {
        let (value, end) = match cell.char_indices().next_back() {
            Some((last, '\t' | '\n' | '\r')) => cell.split_at(last),
            _ => (cell, ""),
        };
        format!("{}{end}", line_redacted(value, at))
    };
    let cells: String = text.split_inclusive(['\t', '\n', '\r']).map(cell).collect();
    let redacted = redact(&cells);
    (redacted != text).then(|| redacted.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "net user bob Hunter2! /add";

    fn redacted(json: &str) -> String {
        json_line(json, Secrets::Hidden(&[])).into_owned()
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
        assert_eq!(json_line(&secret, Secrets::Shown), secret);
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
        assert!(
            !xml(&event, Secrets::Hidden(&[])).contains("Hunter2!")
                && xml(&event, Secrets::Shown).contains("Hunter2!")
        );
    }

    #[test]
    fn what_follows_an_accounts_name_is_hidden_in_its_own_cell_alone() {
        let of_bob = |json: &str| json_line(json, Secrets::Hidden(&["bob"])).into_owned();
        let line = r#"{"CommandLine":"mkacct.exe bob Hunter2! /admin"}"#;
        assert_eq!(of_bob(line), r#"{"CommandLine":"mkacct.exe bob [redacted] /admin"}"#);
        assert_eq!(redacted(line), line, "only who knows the account can see it");
        let table = r#"{"message":"New Account:\n\tAccount Name:\t\tbob\n\tAccount Domain:\t\tPC1\n"}"#;
        assert_eq!(of_bob(table), table);
        let args = r#"{"args":["mkacct.exe","bob","Hunter2!"]}"#;
        assert_eq!(of_bob(args), r#"{"args":["mkacct.exe bob [redacted]"]}"#);
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

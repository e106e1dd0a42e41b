//! What is left of a record that cannot be framed: its header, as far as its text still says it.
//!
//! A line that was cut or overwritten is no record any more, but it often still says what it was. That a process began
//! or an account was made must not vanish because its closing brace did.

use std::borrow::Cow;

use begat_model::catalog::provider;
use begat_model::ids::parse_unsigned;

use crate::raw::{Header, HeaderTime};

/// Headers stand at the beginning of a record.
const LOOKED_AT_BYTES_MAX: usize = 64 << 10;
/// An object in the place of a value (`{"#text": 4720}`) is no longer than this.
const NESTED_BYTES_MAX: usize = 256;

/// What the carriers call the parts of a header.
const HOSTS: &[&str] = &["Computer", "Hostname", "computer_name", "ComputerName"];
const EVENT_IDS: &[&str] = &["EventID", "event_id", "EventCode", "code"];
const RECORD_IDS: &[&str] = &["EventRecordID", "record_id", "RecordNumber"];
const CHANNELS: &[&str] = &["Channel", "channel", "log_name"];
/// In UTC by their carriers' forms; the others say their zone or wait for one.
const UTC_TIMES: &[&str] = &["SystemTime"];
const TIMES: &[&str] = &["@timestamp", "EventTime", "TimeCreated"];
/// A writer's name stands nowhere but where it is the writer.
const WRITERS: &[&str] = &[provider::SECURITY, provider::SYSMON, provider::POWERSHELL, provider::EVENTLOG];

/// The header of what stands in these bytes; `None` where they do not say what happened. Where no time is left it may have
/// been at any.
pub(crate) fn header(bytes: &[u8]) -> Option<Header<'static>> {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LOOKED_AT_BYTES_MAX)]);
    let first = |names: &[&str]| names.iter().find_map(|name| value(&text, name)).map(str::to_owned);
    let event_id = first(EVENT_IDS).and_then(|id| parse_unsigned(&id)).and_then(|id| u32::try_from(id).ok());
    let utc = first(UTC_TIMES).map(|time| HeaderTime::parse_utc(Cow::Owned(time)));
    let time = || first(TIMES).map(|time| HeaderTime::parse(Cow::Owned(time)));
    let written_by = WRITERS.iter().find(|writer| text.contains(**writer));
    let header = Header {
        host: first(HOSTS).map(Cow::Owned),
        channel: first(CHANNELS).map(Cow::Owned),
        provider: written_by.map(|writer| Cow::Borrowed(*writer)),
        event_id,
        record_id: first(RECORD_IDS).and_then(|id| parse_unsigned(&id)),
        time: utc.or_else(time).unwrap_or(HeaderTime::Missing),
        ..Header::SILENT
    };
    let is_told = header.event_id.is_some() && (header.host.is_some() || header.kind().is_some());
    is_told.then_some(header)
}

/// The value of a member, an element or an attribute of this name.
fn value<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    member(text, name)
        .or_else(|| element(text, name))
        .or_else(|| attribute(text, name))
        .filter(|value| !value.is_empty())
}

/// `"name": "value"`, `"name": 4720`, `"name": {"#text": 4720}`.
fn member<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let rest = text.split(&format!("\"{name}\"")).nth(1)?.trim_start().strip_prefix(':')?.trim_start();
    if let Some(object) = rest.strip_prefix('{') {
        let object = &object[..object.floor_char_boundary(NESTED_BYTES_MAX)];
        return member(object, "#text");
    }
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').map(|(value, _)| value),
        None => rest.find(|byte: char| !byte.is_ascii_alphanumeric()).map(|end| &rest[..end]),
    }
}

/// `<name>value</name>`, with attributes or without.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let rest = text.split(&format!("<{name}")).nth(1)?;
    let (attributes, inside) = rest.split_once('>')?;
    let is_name = attributes.is_empty() || attributes.starts_with([' ', '\t', '\r', '\n']);
    inside.split_once('<').filter(|_| is_name).map(|(value, _)| value.trim())
}

/// `name="value"` or with single quotes.
fn attribute<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let rest = text.split(&format!(" {name}=")).nth(1)?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest[1..].split_once(quote).map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::Timestamp;
    use begat_model::catalog::EventKind;

    const RECORDS: &[&str] = &[
        r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing"}},"EventID":4720,"TimeCreated":{"#attributes":{"SystemTime":"2026-03-02T09:04:54.849807Z"}},"EventRecordID":596973,"Channel":"Security","Computer":"lab01.corp.example","Secur"##,
        r##"{"Event": {"System": {"EventID": {"#attributes": {"Qualifiers": ""}, "#text": "4720"}, "TimeCreated": {"SystemTime": "2026-03-02T09:04:54.849807Z"}, "EventRecordID": "596973", "Channel": "Security", "Computer": "lab01.corp.example""##,
        r##"{"@timestamp":"2026-03-02T09:04:54.849807Z","winlog":{"provider_name":"Microsoft-Windows-Security-Auditing","event_id":"4720","record_id":596973,"channel":"Security","computer_name":"lab01.corp.example","event_data":{"Targ"##,
        "<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID Qualifiers=''>4720</EventID><TimeCreated SystemTime='2026-03-02T09:04:54.849807Z'/><EventRecordID>596973</EventRecordID><Channel>Security</Channel><Computer>lab01.corp.example</Computer></Sys",
    ];

    #[test]
    fn what_is_left_of_a_record_says_what_it_was() {
        for record in RECORDS {
            let header = header(record.as_bytes()).unwrap_or_else(|| panic!("{record}"));
            assert_eq!(header.host.as_deref(), Some("lab01.corp.example"), "{record}");
            assert_eq!(
                (header.record_id, header.kind()),
                (Some(596_973), Some(EventKind::AccountCreated)),
                "{record}"
            );
            let at = Timestamp::parse_rfc3339("2026-03-02T09:04:54.849807Z").unwrap();
            assert_eq!(header.time, HeaderTime::Known(at), "{record}");
        }
    }

    #[test]
    fn what_lost_its_time_still_says_what_it_was() {
        for record in RECORDS {
            let without = record.replace("2026-03-02T09:04:54.849807Z", "").replace("SystemTime", "S");
            let header = header(without.as_bytes()).unwrap_or_else(|| panic!("{without}"));
            assert_eq!((header.kind(), header.time), (Some(EventKind::AccountCreated), HeaderTime::Missing));
        }
    }

    #[test]
    fn what_does_not_say_which_host_or_what_happened_is_nothing() {
        for rubbish in [
            "",
            "\u{0}\u{1}",
            "# a comment",
            r##"{"EventID":4720,"##,
            r##"{"Computer":"lab01""##,
            "<Event><System><EventID>4720<",
        ] {
            assert!(header(rubbish.as_bytes()).is_none(), "{rubbish}");
        }
    }
}

//! The records that cases rest on, read once more from their sources: what a page shows beside telling where they are
//! found again. Of the worst cases they are told whole, of the others by the fields that begat reads.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;

use begat_evtx::render;
use begat_ingest::{AnomalyLog, Heading, Schemas, Source, Verbatim};
use begat_model::case::{Case, Finding};
use begat_model::catalog::FieldName;
use begat_model::ids::RecordRef;
use begat_report::{Original, Originals};
use serde_json::Value;

use crate::pipeline::on_workers;
use crate::redaction::{self, Secrets};

/// Cases whose records are told whole: a page of a thousand cases is mailed.
const WHOLE_CASES_MAX: usize = 20;

/// Which records are wanted of a source, by event id and record id.
type Wanted<'a> = BTreeMap<(u32, Option<u64>), BTreeMap<&'a RecordRef, Want<'a>>>;

/// How a record is wanted.
#[derive(Debug, Default)]
struct Want<'a> {
    is_whole: bool,
    /// Accounts of the cases that rest on it: what follows such a name in a command line may be secret.
    names: BTreeSet<&'a str>,
}

/// Reads them, each where the case says that it stands. What cannot be read again, or not told apart from another, is
/// left out.
pub fn read(
    sources: &[Arc<Source>],
    cases: &[Case],
    findings: &[Finding],
    schemas: &Schemas,
    threads: NonZeroUsize,
) -> Originals {
    let by_source = wanted(cases, findings);
    let told: Vec<(&Source, &Wanted<'_>)> =
        sources.iter().filter_map(|source| Some((&**source, by_source.get(&*source.name)?))).collect();
    let workers = on_workers(threads, &told, Vec::new, |found, (source, wanted)| {
        found.extend(of_source(source, wanted, schemas));
    });
    let mut originals = Originals::default();
    workers.into_iter().flatten().for_each(|(record, original)| originals.add(record, original));
    originals
}

fn wanted<'a>(cases: &'a [Case], findings: &'a [Finding]) -> BTreeMap<&'a str, Wanted<'a>> {
    let mut worst: Vec<&Case> = cases.iter().collect();
    worst.sort_by_key(|case| (Reverse(case.severity), Reverse(case.risk.score)));
    let whole: BTreeSet<&str> = worst.iter().take(WHOLE_CASES_MAX).map(|case| &*case.case_id).collect();
    let mut by_source: BTreeMap<&str, Wanted<'_>> = BTreeMap::new();
    let mut want = |record: &'a RecordRef, is_whole: bool, names: [Option<&'a str>; 2]| {
        let key = (record.kind.spec().event_id, record.record_id);
        let of_key = by_source.entry(&*record.source).or_default().entry(key).or_default();
        let want = of_key.entry(record).or_default();
        want.is_whole |= is_whole;
        want.names.extend(names.into_iter().flatten());
    };
    for case in cases {
        let names = [case.account.name.as_deref(), case.account.created_as.as_deref()];
        let is_whole = whole.contains(&*case.case_id);
        case.events.iter().for_each(|event| want(&event.record, is_whole, names));
    }
    for finding in findings {
        let name = finding.account.as_ref().and_then(|account| account.name.as_deref());
        finding.events.iter().for_each(|event| want(&event.record, false, [name, None]));
    }
    by_source
}

/// What one source says of the records that are wanted of it.
fn of_source<'a>(source: &Source, wanted: &Wanted<'a>, schemas: &Schemas) -> Vec<(&'a RecordRef, Original)> {
    // Two records that fit one place are neither: a wrong one shown would be worse than none.
    let mut found: BTreeMap<&RecordRef, Option<Original>> = BTreeMap::new();
    let mut line = Vec::new();
    let mut take = |heading: &Heading, record: Verbatim<'_>| {
        let fitting = heading.event_id.and_then(|id| wanted.get(&(id, heading.record_id)));
        for (reference, want) in fitting.into_iter().flatten() {
            let is_other = heading.at.is_some_and(|at| at.unix_ticks() != reference.at.unix_ticks());
            let text = if is_other { None } else { text_of(record, want, &mut line) };
            let Some(text) = text else { continue };
            let original = original(&text, reference, want.is_whole);
            found
                .entry(reference)
                .and_modify(|there| *there = there.take().filter(|there| *there == original))
                .or_insert(Some(original));
        }
        true
    };
    // What is wrong with the source was told when it was hunted.
    let _ = source.each_record(schemas, &mut AnomalyLog::default(), &mut take);
    found.into_iter().filter_map(|(record, original)| Some((record, original?))).collect()
}

/// A record as text, without secrets and what would deceive an eye.
fn text_of(record: Verbatim<'_>, want: &Want<'_>, line: &mut Vec<u8>) -> Option<String> {
    // A hidden name is one with a dollar: its command may leave that to the program.
    let without_dollar = want.names.iter().filter_map(|name| name.strip_suffix('$'));
    let names = want.names.iter().copied().chain(without_dollar).filter(|name| !name.is_empty());
    let names: Vec<&str> = names.collect();
    let secrets = Secrets::Hidden(&names);
    match record {
        Verbatim::Text(text) => Some(redaction::readable(text, secrets)),
        Verbatim::Stored(record) => {
            line.clear();
            render::json(record, line).ok()?;
            Some(redaction::readable(std::str::from_utf8(line).ok()?, secrets))
        }
    }
}

fn original(text: &str, record: &RecordRef, is_whole: bool) -> Original {
    if is_whole {
        return Original::Whole(if text.starts_with('<') { text.to_owned() } else { indented(text) });
    }
    let values = match serde_json::from_str::<Value>(text) {
        Ok(json) => fields_of_json(&json),
        Err(_) => fields_of_xml(text),
    };
    let spec = record.kind.spec();
    let read = FieldName::ALL.iter().filter(|field| spec.reads(**field)).map(|field| field.as_str());
    let told = read.filter_map(|name| Some((name, values.get(name)?.clone())));
    Original::Fields(told.filter(|(_, value)| !NOTHING.contains(&value.as_str())).collect())
}

/// How Windows writes that there is no value.
const NOTHING: &[&str] = &["", "-", "0x0", "S-1-0-0", "%%1793"];

/// The same JSON over lines, as people read it; no value is touched.
fn indented(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    for sign in json.chars() {
        if in_text {
            in_text = is_escaped || sign != '"';
            is_escaped = !is_escaped && sign == '\\';
            out.push(sign);
            continue;
        }
        match sign {
            '{' | '[' => {
                depth += 1;
                out.push(sign);
                line(&mut out, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(sign);
            }
            ',' => {
                out.push(sign);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            ' ' => {}
            _ => {
                in_text = sign == '"';
                out.push(sign);
            }
        }
    }
    out
}

/// Where carriers put the data of an event, apart from what is said of the record itself.
const DATA: &[&str] = &["EventData", "UserData", "event_data", "user_data"];

/// The fields of an event's data, whatever shape of JSON carries them; of a flat record all of its fields.
fn fields_of_json(json: &Value) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let mut data = Vec::new();
    find_data(json, &mut data);
    if data.is_empty() {
        data.push(json);
    }
    data.into_iter().for_each(|data| add_fields(data, &mut fields));
    fields
}

fn find_data<'v>(value: &'v Value, data: &mut Vec<&'v Value>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if DATA.contains(&name.as_str()) { data.push(member) } else { find_data(member, data) }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| find_data(item, data)),
        _ => {}
    }
}

fn add_fields(value: &Value, fields: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            // `{"#attributes": {"Name": …}, "#text": …}`
            let attributes = members.get("#attributes").unwrap_or(value);
            let name = ["Name", "@Name"].iter().find_map(|key| attributes.get(key)?.as_str());
            let text = ["#text", "text", "Text", "Value"].iter().find_map(|key| scalar(members.get(*key)?));
            if let (Some(name), Some(text)) = (name, text) {
                fields.entry(name.to_owned()).or_insert(text);
                return;
            }
            for (name, member) in members {
                match scalar(member) {
                    Some(text) => {
                        fields.entry(name.clone()).or_insert(text);
                    }
                    None => add_fields(member, fields),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| add_fields(item, fields)),
        _ => {}
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `<Data Name="TargetUserName">svc</Data>`, as Windows writes every event's data.
fn fields_of_xml(xml: &str) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for piece in xml.split("<Data Name=").skip(1) {
        let Some(quote) = piece.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { continue };
        let Some((name, rest)) = piece[1..].split_once(quote) else { continue };
        let Some((_, rest)) = rest.split_once('>') else { continue };
        let text = rest.split('<').next().unwrap_or_default();
        fields.entry(name.to_owned()).or_insert_with(|| unescaped(text));
    }
    fields
}

fn unescaped(text: &str) -> String {
    const NAMED: &[(&str, &str)] =
        &[("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    NAMED.iter().fold(text.to_owned(), |text, (entity, sign)| text.replace(entity, sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_laid_out_and_no_text_in_it_is_touched() {
        let json = r#"{"a":[1,{"b":"x, {\"y\": [z]}"}],"c":{}}"#;
        let laid_out = indented(json);
        assert_eq!(
            serde_json::from_str::<Value>(&laid_out).unwrap(),
            serde_json::from_str::<Value>(json).unwrap()
        );
        assert!(laid_out.contains("\n      \"b\": \"x, {\\\"y\\\": [z]}\"\n"), "{laid_out}");
    }

    #[test]
    fn the_fields_of_a_record_are_found_in_every_carrier() {
        for json in [
            r#"{"Event":{"System":{"Provider":{"Name":"P"}},"EventData":{"TargetUserName":"a","Name":"n"}}}"#,
            r#"{"winlog":{"provider":{"Name":"P"},"event_data":{"TargetUserName":"a","Name":"n"}}}"#,
            r##"{"Event":{"EventData":{"Data":[{"#attributes":{"Name":"TargetUserName"},"#text":"a"},{"@Name":"Name","#text":"n"}]}}}"##,
            r#"{"TargetUserName":"a","Name":"n"}"#,
        ] {
            let fields = fields_of_json(&serde_json::from_str(json).unwrap());
            assert_eq!((&*fields["TargetUserName"], &*fields["Name"]), ("a", "n"), "{json}");
        }
        let xml = "<Event><System><Provider Name='P'/></System><EventData><Data Name='A'>x &amp;lt; y</Data>\
                   <Data Name=\"B\"></Data><Data>z</Data></EventData></Event>";
        let fields = fields_of_xml(xml);
        assert_eq!((&*fields["A"], &*fields["B"], fields.len()), ("x &lt; y", "", 2));
    }
}

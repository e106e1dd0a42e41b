//! Answers as programs read them: JSON objects, one a line, and cells of CSV.

use std::io::{self, Write};

use begat_attack::history::FieldChange;
use begat_attack::id::StixId;
use begat_attack::object::{LogSource, MutableElement, Reference};
use begat_attack::query::{End, Related};
use begat_model::visible::harmless_json;
use begat_report::inert;
use serde_json::{Value, json};

/// One object a line, harmless on a terminal.
pub fn write_lines(values: impl IntoIterator<Item = Value>, out: &mut dyn Write) -> io::Result<()> {
    values.into_iter().try_for_each(|value| writeln!(out, "{}", harmless_json(&value.to_string())))
}

/// Rows under their header, safe to open in a spreadsheet.
pub fn write_csv(
    header: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| inert(cell)))?;
    }
    writer.flush()
}

/// A relation.
pub fn relation(related: &Related<'_>) -> Value {
    json!({
        "step": related.step,
        "relation": related.label,
        "from": end(&related.from),
        "to": end(&related.to),
        "relationship": related.relationship.map(|row| row.stix_id),
    })
}

fn end(end: &End<'_>) -> Value {
    match end {
        End::Object(row) => json!({
            "id": optional(row.attack_id),
            "stix_id": row.stix_id,
            "kind": row.kind().one(),
            "name": optional(row.name),
        }),
        End::Missing(id) => json!({ "id": null, "stix_id": id, "kind": end.kind().one(), "name": null }),
    }
}

/// Null for what is empty.
pub fn optional(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// A log source.
pub fn log_source(source: &LogSource) -> Value {
    json!({
        "name": source.name,
        "channel": source.channel,
        "data_component": source.component.as_ref().map(StixId::as_str),
    })
}

/// A mutable element.
pub fn mutable_element(element: &MutableElement) -> Value {
    json!({ "field": element.field, "description": element.description })
}

/// A reference.
pub fn reference(reference: &Reference) -> Value {
    json!({
        "source_name": reference.source_name,
        "external_id": reference.external_id,
        "url": reference.url,
        "description": reference.description,
    })
}

/// What became of a field.
pub fn field_change(change: &FieldChange) -> Value {
    let parsed =
        |text: &String| serde_json::from_str::<Value>(text).unwrap_or_else(|_| Value::String(text.clone()));
    let all = |texts: &[String]| texts.iter().map(parsed).collect::<Vec<_>>();
    match change {
        FieldChange::Added { field, after } => {
            json!({ "field": field, "change": "added", "after": parsed(after) })
        }
        FieldChange::Removed { field, before } => {
            json!({ "field": field, "change": "removed", "before": parsed(before) })
        }
        FieldChange::Changed { field, before, after } => {
            json!({ "field": field, "change": "changed", "before": parsed(before), "after": parsed(after) })
        }
        FieldChange::Items { field, removed, added } => {
            json!({ "field": field, "change": "items", "removed": all(removed), "added": all(added) })
        }
        FieldChange::Reordered { field } => json!({ "field": field, "change": "reordered" }),
    }
}

/// What became of a field, in a few lines for people.
pub fn change_lines(change: &FieldChange) -> Vec<String> {
    match change {
        FieldChange::Added { field, after } => vec![format!("{field}: came, {}", short(&plain(after)))],
        FieldChange::Removed { field, before } => vec![format!("{field}: went, {}", short(&plain(before)))],
        FieldChange::Changed { field, before, after } => {
            let (before, after) = where_they_differ(&plain(before), &plain(after));
            vec![format!("{field}: - {before}"), format!("{field}: + {after}")]
        }
        FieldChange::Items { field, removed, added } => {
            let removed = removed.iter().map(|item| format!("{field}: - {}", short(&plain(item))));
            removed.chain(added.iter().map(|item| format!("{field}: + {}", short(&plain(item))))).collect()
        }
        FieldChange::Reordered { field } => vec![format!("{field}: the same in another order")],
    }
}

/// As much of a value as a person compares at a glance; the rest is in the machine formats.
const SHOWN: usize = 300;

/// A text without its quotes; anything else as its JSON.
fn plain(json: &str) -> String {
    let text = serde_json::from_str::<Value>(json).ok().and_then(|value| value.as_str().map(str::to_owned));
    text.unwrap_or_else(|| json.to_owned())
}

fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… (+{} characters)", &text[..end], text[end..].chars().count()),
        None => text.to_owned(),
    }
}

/// Two long texts from shortly before they differ to shortly after.
fn where_they_differ(before: &str, after: &str) -> (String, String) {
    const AROUND: usize = 40;
    if before.chars().count().max(after.chars().count()) <= SHOWN {
        return (before.to_owned(), after.to_owned());
    }
    let pairs = || before.chars().zip(after.chars());
    let same_first = pairs().take_while(|(one, other)| one == other).count();
    let room = before.chars().count().min(after.chars().count()) - same_first;
    let backward = before.chars().rev().zip(after.chars().rev()).take(room);
    let same_last = backward.take_while(|(one, other)| one == other).count();
    let part = |text: &str| {
        let count = text.chars().count();
        let (begin, end) = (same_first.saturating_sub(AROUND), (count - same_last + AROUND).min(count));
        let (dots, more) = (if begin > 0 { "…" } else { "" }, if end < count { "…" } else { "" });
        let middle: String = text.chars().skip(begin).take(end - begin).collect();
        format!("{dots}{}{more}", short(&middle))
    };
    (part(before), part(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shown_where_they_differ() {
        let (head, tail) = ("h".repeat(500), "t".repeat(500));
        let changed = FieldChange::Changed {
            field: "description".to_owned(),
            before: format!("\"{head}old{tail}\""),
            after: format!("\"{head}newer{tail}\""),
        };
        let (h, t) = ("h".repeat(40), "t".repeat(40));
        assert_eq!(
            change_lines(&changed),
            [format!("description: - …{h}old{t}…"), format!("description: + …{h}newer{t}…"),]
        );
        let repeated = where_they_differ(&"a".repeat(400), &"a".repeat(401));
        assert_eq!(repeated.0.chars().count() + 1, repeated.1.chars().count(), "{repeated:?}");
    }
}

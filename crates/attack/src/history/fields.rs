//! Two versions of one object, field by field.

use std::collections::BTreeMap;

use crate::json::{Json, canonical, compact};

/// What became of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldChange {
    /// It came.
    Added {
        /// The field.
        field: String,
        /// What it says, as compact JSON.
        after: String,
    },
    /// It went.
    Removed {
        /// The field.
        field: String,
        /// What it said.
        before: String,
    },
    /// It says something else.
    Changed {
        /// The field.
        field: String,
        /// What it said.
        before: String,
        /// What it says.
        after: String,
    },
    /// Of a list: what came and what went.
    Items {
        /// The field.
        field: String,
        /// What went.
        removed: Vec<String>,
        /// What came.
        added: Vec<String>,
    },
    /// A list has the same in another order.
    Reordered {
        /// The field.
        field: String,
    },
}

impl FieldChange {
    /// Which field.
    pub fn field(&self) -> &str {
        match self {
            FieldChange::Added { field, .. }
            | FieldChange::Removed { field, .. }
            | FieldChange::Changed { field, .. }
            | FieldChange::Items { field, .. }
            | FieldChange::Reordered { field } => field,
        }
    }
}

/// What differs, in the order of the later version, what is gone last.
pub(super) fn field_changes(before: &Json<'_>, after: &Json<'_>) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    for (key, value) in after.pairs() {
        match before.get(key) {
            None => {
                changes.push(FieldChange::Added { field: key.clone().into_owned(), after: compact(value) });
            }
            Some(earlier) => changes.extend(field_change(key, earlier, value)),
        }
    }
    for (key, value) in before.pairs() {
        if after.get(key).is_none() {
            changes.push(FieldChange::Removed { field: key.clone().into_owned(), before: compact(value) });
        }
    }
    changes
}

fn field_change(field: &str, before: &Json<'_>, after: &Json<'_>) -> Option<FieldChange> {
    if canonical(before) == canonical(after) {
        return None;
    }
    let field = field.to_owned();
    Some(match (before, after) {
        (Json::List(before), Json::List(after)) => {
            let (removed, added) = (missing(before, after), missing(after, before));
            match removed.is_empty() && added.is_empty() {
                true => FieldChange::Reordered { field },
                false => FieldChange::Items { field, removed, added },
            }
        }
        _ => FieldChange::Changed { field, before: compact(before), after: compact(after) },
    })
}

/// Items that the other list has not, or not as often.
fn missing(items: &[Json<'_>], other: &[Json<'_>]) -> Vec<String> {
    let mut there: BTreeMap<String, usize> = BTreeMap::new();
    other.iter().for_each(|item| *there.entry(canonical(item)).or_default() += 1);
    let mut found = Vec::new();
    for item in items {
        match there.get_mut(&canonical(item)) {
            Some(count) if *count > 0 => *count -= 1,
            _ => found.push(compact(item)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn fields_come_go_and_change() {
        let before = parse(br#"{"a":1,"b":["x","y","y"],"c":"old","d":[1,2],"e":true,"n":1.0}"#).unwrap();
        let after = parse(br#"{"n":1,"c":"new","b":["y","z"],"a":1,"d":[2,1],"f":null}"#).unwrap();
        let text = |text: &str| text.to_owned();
        assert_eq!(
            field_changes(&before, &after),
            [
                FieldChange::Changed { field: text("c"), before: text("\"old\""), after: text("\"new\"") },
                FieldChange::Items {
                    field: text("b"),
                    removed: vec![text("\"x\""), text("\"y\"")],
                    added: vec![text("\"z\"")]
                },
                FieldChange::Reordered { field: text("d") },
                FieldChange::Added { field: text("f"), after: text("null") },
                FieldChange::Removed { field: text("e"), before: text("true") },
            ]
        );
        assert!(field_changes(&after, &after).is_empty());
    }
}

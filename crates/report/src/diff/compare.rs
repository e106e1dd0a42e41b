//! Field by field, from what to what. Elements of a list are matched by what they are, not by where they stand.

use std::collections::BTreeMap;

use serde_json::Value;

use super::record::Record;

/// Changes told of one record; what is more is counted.
const CHANGES_MAX: usize = 50;

/// What an element of a list is known by; a list that is not named here is one by place where it is in `ORDERED`, else
/// every element is known by all of it.
const KNOWN_BY: &[(&str, &[&str])] = &[
    ("events", &["/channel", "/event_id", "/record_id", "/at", "/role"]),
    ("afterwards", &["/at", "/what", "/group_sid"]),
    ("evidence", &["/kind"]),
    ("terms", &["/name"]),
    ("blind_spots", &["/kind"]),
    ("alternatives", &["/explanation", "/process/pid", "/process/image", "/process/started_at"]),
    ("name_signs", &["/kind"]),
    ("nearest", &["/rule"]),
];

/// Lists whose order says something: parent first.
const ORDERED: &[&str] = &["chain"];

/// By the list whose element it is a field of: where a file was read from, since two hunts may have been given the same
/// log in two places; and the steps of a response, which follow from the rest and would bury it.
const IGNORED: &[(&str, &str)] = &[("events", "source"), ("", "response")];

/// What a reader asks for first; all else comes after, in the order of the record.
const FIRST: &[&str] = &[
    "severity",
    "attribution.verdict",
    "attribution.creator",
    "authorisation",
    "outcome",
    "account",
    "afterwards",
    "actor",
    "origin",
    "risk.score",
    "sequence",
    "attribution.confidence",
    "attribution.reason",
];

/// A field that two hunts tell differently.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// `attribution.creator.pid`, `risk.terms[remote].points`.
    pub path: String,
    /// Null: it was unknown, or not there.
    pub from: Value,
    /// Null: it is unknown, or not there.
    pub to: Value,
}

/// The changes of one record.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// The first of them.
    pub(super) first: Vec<Change>,
    pub(super) count: u64,
}

impl Changes {
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// Everything that the later record tells differently, what matters first.
pub(super) fn changes(earlier: &Record, later: &Record) -> Changes {
    let mut found = Vec::new();
    compare("", "", earlier.value(), later.value(), &mut found);
    let rank = |change: &Change| FIRST.iter().position(|first| is_below(&change.path, first));
    found.sort_by_key(|change| rank(change).unwrap_or(FIRST.len()));
    let count = found.len() as u64;
    found.truncate(CHANGES_MAX);
    Changes { first: found, count }
}

fn is_below(path: &str, first: &str) -> bool {
    path.strip_prefix(first).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// `list` is the name of the list whose element is compared. The nesting is bounded by the reader of JSON.
fn compare(path: &str, list: &str, from: &Value, to: &Value, found: &mut Vec<Change>) {
    match (from, to) {
        (Value::Object(from), Value::Object(to)) => {
            let names = from.keys().chain(to.keys().filter(|name| !from.contains_key(*name)));
            for name in names.filter(|name| !IGNORED.contains(&(list, name.as_str()))) {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let side = |object: &serde_json::Map<String, Value>| {
                    object.get(name).cloned().unwrap_or(Value::Null)
                };
                compare(&path, "", &side(from), &side(to), found);
            }
        }
        (Value::Array(from), Value::Array(to)) => compare_lists(path, from, to, found),
        _ if from == to || (is_nothing(from) && is_nothing(to)) => {}
        _ => found.push(Change { path: path.to_owned(), from: from.clone(), to: to.clone() }),
    }
}

/// A field that does not apply is left out, one that is unknown is null: neither says anything.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

fn compare_lists(path: &str, from: &[Value], to: &[Value], found: &mut Vec<Change>) {
    let list = path.rsplit('.').next().unwrap_or(path);
    let later = named(list, to);
    let mut rest: BTreeMap<&str, &Value> = later.iter().map(|(name, value)| (&**name, *value)).collect();
    for (name, from) in named(list, from) {
        let to = rest.remove(&*name).unwrap_or(&Value::Null);
        compare(&format!("{path}[{name}]"), list, from, to, found);
    }
    for (name, to) in later.iter().filter(|(name, _)| rest.contains_key(&**name)) {
        compare(&format!("{path}[{name}]"), list, &Value::Null, to, found);
    }
}

/// Each element with a name of its own.
fn named<'v>(list: &str, elements: &'v [Value]) -> Vec<(String, &'v Value)> {
    let mut times: BTreeMap<String, u64> = BTreeMap::new();
    let mut name = |(index, element): (usize, &'v Value)| {
        let name = match ORDERED.contains(&list) {
            true => index.to_string(),
            false => known_by(list, element),
        };
        let time = times.entry(name.clone()).or_default();
        *time += 1;
        (if *time > 1 { format!("{name} #{time}") } else { name }, element)
    };
    elements.iter().enumerate().map(&mut name).collect()
}

fn known_by(list: &str, element: &Value) -> String {
    let row = KNOWN_BY.iter().find(|(name, _)| *name == list);
    let Some((_, pointers)) = row else { return plain(element) };
    let parts = pointers.iter().filter_map(|pointer| element.pointer(pointer));
    parts.filter(|part| !part.is_null()).map(plain).collect::<Vec<_>>().join(" ")
}

/// Text as it is, all else as JSON.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn changed(from: &Value, to: &Value) -> Vec<String> {
        let mut found = Vec::new();
        compare("", "", from, to, &mut found);
        found.iter().map(|change| format!("{}: {} -> {}", change.path, change.from, change.to)).collect()
    }

    #[test]
    fn fields_are_told_by_their_path() {
        for (from, to, expected) in [
            (json!({"a": 1}), json!({"a": 1}), vec![]),
            (json!({"a": {"b": 1}}), json!({"a": {"b": 2}}), vec!["a.b: 1 -> 2"]),
            (json!({"a": null}), json!({}), vec![]),
            (json!({}), json!({"a": []}), vec![]),
            (json!({}), json!({"a": false}), vec!["a: null -> false"]),
            (json!({"a": "x"}), json!({}), vec![r#"a: "x" -> null"#]),
            (json!({"groups": ["x", "y"]}), json!({"groups": ["y", "x"]}), vec![]),
            (json!({"groups": ["x", "x"]}), json!({"groups": ["x"]}), vec![r#"groups[x #2]: "x" -> null"#]),
            (json!({"groups": ["x"]}), json!({"groups": ["z", "x"]}), vec![r#"groups[z]: null -> "z""#]),
            (
                json!({"terms": [{"name": "a", "points": 1}, {"name": "b", "points": 2}]}),
                json!({"terms": [{"name": "b", "points": 2}, {"name": "a", "points": 3}]}),
                vec!["terms[a].points: 1 -> 3"],
            ),
            (
                json!({"chain": [{"pid": 1}, {"pid": 2}]}),
                json!({"chain": [{"pid": 2}, {"pid": 1}]}),
                vec!["chain[0].pid: 1 -> 2", "chain[1].pid: 2 -> 1"],
            ),
            (
                json!({"events": [{"event_id": 4720, "source": "a.evtx"}]}),
                json!({"events": [{"event_id": 4720, "source": "b.evtx"}]}),
                vec![],
            ),
            (json!({"response": [{"step": "a"}]}), json!({"response": [{"step": "b"}]}), vec![]),
        ] {
            assert_eq!(changed(&from, &to), expected, "{from} {to}");
        }
    }

    #[test]
    fn what_matters_is_told_first_and_the_rest_is_counted() {
        let many = |number: u64| {
            (0..200).map(|n| (format!("f{n}"), json!(number + n))).collect::<serde_json::Map<_, _>>()
        };
        let record = |severity: &str, number| {
            let mut fields = many(number);
            fields.extend([
                ("schema".to_owned(), json!("begat.case/1")),
                ("case_id".to_owned(), json!("1")),
                ("severity".to_owned(), json!(severity)),
            ]);
            Record::of(Value::Object(fields)).unwrap()
        };
        let changes = changes(&record("low", 1), &record("high", 2));
        assert_eq!(changes.first[0].path, "severity");
        assert_eq!((changes.first.len(), changes.count), (CHANGES_MAX, 201));
    }
}

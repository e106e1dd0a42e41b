//! What is written for other systems, held against the schemas that they publish.
//!
//! `cargo xtask check schemas` fetches them to `target/schemas` (or `BEGAT_SCHEMAS`). Where they are absent the tests
//! say so and pass, unless `BEGAT_REQUIRE_SCHEMAS` is set.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use begat_model::Timestamp;
use begat_trial::JsonSchema;
use serde_json::{Map, Value};

/// Every field of ECS, with its type.
pub struct Ecs(Map<String, Value>);

/// OCSF's class Detection Finding.
pub struct Ocsf(JsonSchema);

impl Ecs {
    pub fn published() -> Option<Ecs> {
        let Value::Object(fields) = read("ecs-9.4.0.json")? else { panic!("fields by their names") };
        assert!(fields.len() > 1000, "{} fields", fields.len());
        Some(Ecs(fields))
    }

    /// Everything of a document that ECS does not allow.
    pub fn faults(&self, document: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        for required in ["/@timestamp", "/ecs/version"] {
            if document.pointer(required).is_none() {
                faults.push(format!("{required} is missing"));
            }
        }
        self.walk("", document, &mut faults);
        self.expected_types(document, &mut faults);
        faults
    }

    fn walk(&self, path: &str, value: &Value, faults: &mut Vec<String>) {
        if let Some(field) = self.0.get(path) {
            faults.extend(complaint(field, value).map(|complaint| format!("{path}: {complaint}")));
            return;
        }
        let Value::Object(inner) = value else {
            return faults.push(format!("{path}: no field of ECS"));
        };
        for (name, value) in inner {
            match path {
                // What ECS does not know stands below one name of our own.
                "" if name == "begat" => assert!(!self.0.keys().any(|field| field.starts_with("begat"))),
                "" => self.walk(name, value, faults),
                _ => self.walk(&format!("{path}.{name}"), value, faults),
            }
        }
    }

    /// The types that ECS foresees in the document's categories.
    fn expected_types(&self, document: &Value, faults: &mut Vec<String>) {
        let words = |pointer: &str| -> Vec<String> {
            let list = document.pointer(pointer).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect()
        };
        let categories = self.0["event.category"]["allowed_values"].as_array().unwrap();
        for category in words("/event/category") {
            let Some(known) = categories.iter().find(|known| known["name"] == category.as_str()) else {
                continue;
            };
            let expected = known["expected_event_types"].as_array().unwrap();
            for kind in words("/event/type") {
                if !expected.iter().any(|word| word == kind.as_str()) {
                    faults.push(format!("event.type: `{kind}` is not expected of `{category}`"));
                }
            }
        }
    }
}

/// What is wrong with the value of a field.
fn complaint(field: &Value, value: &Value) -> Option<String> {
    let is_list = field["normalize"].as_array().unwrap().iter().any(|word| word == "array");
    match value {
        Value::Array(items) if is_list => items.iter().find_map(|item| single(field, item)),
        _ if is_list => Some(format!("{value} is no array")),
        _ => single(field, value),
    }
}

fn single(field: &Value, value: &Value) -> Option<String> {
    let kind = field["type"].as_str().unwrap();
    let fits = match kind {
        "keyword" | "constant_keyword" | "wildcard" | "match_only_text" => value.is_string(),
        "long" | "integer" => value.is_i64(),
        "float" | "double" | "scaled_float" => value.is_number(),
        "boolean" => value.is_boolean(),
        "date" => value.as_str().and_then(Timestamp::parse_rfc3339).is_some(),
        "ip" => value.as_str().is_some_and(|text| text.parse::<IpAddr>().is_ok()),
        "object" if field["object_type"] == "keyword" => {
            value.as_object().is_some_and(|labels| labels.values().all(Value::is_string))
        }
        other => panic!("nothing that begat writes is of type {other}"),
    };
    let allowed = field["allowed_values"].as_array();
    let is_allowed = allowed.is_none_or(|words| words.iter().any(|word| word["name"] == *value));
    match (fits, is_allowed) {
        (false, _) => Some(format!("{value} is no {kind}")),
        (_, false) => Some(format!("{value} is none of the allowed values")),
        (true, true) => None,
    }
}

impl Ocsf {
    pub fn published() -> Option<Ocsf> {
        Some(Ocsf(JsonSchema::of(&read("ocsf-1.8.0-detection_finding.json")?).unwrap()))
    }

    /// Everything of an event that OCSF does not allow.
    pub fn faults(&self, event: &Value) -> Vec<String> {
        self.0.complaints(event)
    }
}

fn read(file: &str) -> Option<Value> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/schemas");
    let path = std::env::var_os("BEGAT_SCHEMAS").map_or(beside, PathBuf::from).join(file);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(error) => {
            let fetched_by = "`cargo xtask check schemas` fetches it";
            assert!(
                std::env::var_os("BEGAT_REQUIRE_SCHEMAS").is_none(),
                "{}: {error}; {fetched_by}",
                path.display()
            );
            begat_trial::skipped(&format!("what needs the schema {} ({fetched_by})", path.display()));
            None
        }
    }
}

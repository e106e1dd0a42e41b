//! The JSON Schema and the view say the same, field for field and word for word.

use begat_model::case::{
    Afterward, BlindSpotKind, FindingKind, Outcome, Role, Scope, Severity, Verdict, What,
};
use begat_model::{EventKind, Sid};
use begat_report::{CaseView, EXPLANATIONS, FindingView, Phase, SCHEMAS};
use begat_trial::JsonSchema;
use serde_json::{Value, json};

use crate::stories;

fn schema_of(name: &str) -> Value {
    let schema = SCHEMAS.iter().find(|schema| schema.name == name).unwrap();
    serde_json::from_str(schema.json).unwrap()
}

fn schema() -> Value {
    schema_of("case")
}

/// The schema with no room for fields that it does not name: readers must allow more, we must not write more.
fn strict(schema: &Value) -> Value {
    let mut strict = schema.clone();
    close(&mut strict);
    strict
}

fn close(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(close);
            if fields.get("type") == Some(&json!("object")) && fields.contains_key("properties") {
                fields.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn complaints(schema: &Value, case: &Value) -> Vec<String> {
    JsonSchema::of(schema).unwrap().complaints(case)
}

/// What the schema says of a case, with no room for fields that it does not name.
pub fn complaints_of_case(case: &Value) -> Vec<String> {
    complaints(&strict(&schema()), case)
}

#[test]
fn the_schemas_are_ones_and_say_which() {
    for described in SCHEMAS {
        let schema = schema_of(described.name);
        JsonSchema::of(&schema).map(|_| ()).unwrap();
        assert_eq!(schema["title"], schema["properties"]["schema"]["const"]);
        assert!(described.doc.contains(schema["title"].as_str().unwrap()), "{}", described.doc);
    }
}

#[test]
fn every_finding_is_valid_and_writes_nothing_that_the_schema_does_not_name() {
    let schema = strict(&schema_of("finding"));
    for finding in stories::findings() {
        let value = serde_json::to_value(FindingView::from(&finding)).unwrap();
        assert_eq!(complaints(&schema, &value), Vec::<String>::new(), "{}", finding.finding_id);
    }
}

#[test]
fn every_case_is_valid_and_writes_nothing_that_the_schema_does_not_name() {
    for case in stories::all() {
        let value = serde_json::to_value(CaseView::from(&case)).unwrap();
        assert_eq!(complaints(&strict(&schema()), &value), Vec::<String>::new(), "{}", case.case_id);
    }
}

/// Takes out each field in turn, however deep: the schema must miss it, or it must be one that may be absent.
fn misses_every_field(schema: &Value, value: &Value, may_be_absent: &[&str]) {
    let schema = strict(schema);
    assert_eq!(complaints(&schema, value), Vec::<String>::new());
    let mut paths = Vec::new();
    fields(value, "", &mut paths);
    assert!(paths.len() > 40, "{} fields", paths.len());
    for (parent, name) in paths {
        let mut without = value.clone();
        let object = without.pointer_mut(&parent).and_then(Value::as_object_mut).unwrap();
        let taken = object.remove(&name).unwrap();
        let missed = !complaints(&schema, &without).is_empty();
        assert_eq!(missed, !may_be_absent.contains(&name.as_str()), "{parent}/{name}");
        without
            .pointer_mut(&parent)
            .and_then(Value::as_object_mut)
            .unwrap()
            .insert(format!("{name}s_"), taken);
        assert!(!complaints(&schema, &without).is_empty(), "{parent}/{name} under another name");
    }
}

#[test]
fn a_field_that_goes_missing_is_missed() {
    let mut case = stories::by_time_alone();
    case.wave = Some("77ab00c1d2e3f405".to_owned());
    let case = serde_json::to_value(CaseView::from(&case)).unwrap();
    misses_every_field(&schema(), &case, &["origin", "wave"]);
    let finding = serde_json::to_value(FindingView::from(&stories::guest_enabled())).unwrap();
    misses_every_field(&schema_of("finding"), &finding, &[]);
}

fn fields(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            for (name, inner) in object {
                found.push((path.to_owned(), name.clone()));
                fields(inner, &format!("{path}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                fields(inner, &format!("{path}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn closed_lists_of_the_model_are_the_schemas() {
    let enum_at = |schema: &str, pointer: &str| -> Vec<String> {
        serde_json::from_value(
            schema_of(schema).pointer(pointer).unwrap_or_else(|| panic!("{pointer}")).clone(),
        )
        .unwrap()
    };
    let blind_spot_kinds: Vec<_> = BlindSpotKind::ALL.iter().map(|it| it.slug()).collect();
    let lists: [(&str, Vec<&str>); 8] = [
        ("/properties/response/items/properties/phase/enum", Phase::ALL.iter().map(|it| it.slug()).collect()),
        ("/properties/severity/enum", Severity::ALL.iter().map(|it| it.slug()).collect()),
        ("/properties/outcome/enum", Outcome::ALL.iter().map(|it| it.slug()).collect()),
        ("/properties/account/properties/scope/enum", Scope::ALL.iter().map(|it| it.slug()).collect()),
        (
            "/properties/attribution/properties/verdict/enum",
            Verdict::ALL.iter().map(|it| it.slug()).collect(),
        ),
        (
            "/properties/attribution/properties/alternatives/items/properties/explanation/enum",
            EXPLANATIONS.to_vec(),
        ),
        ("/properties/blind_spots/items/properties/kind/enum", blind_spot_kinds),
        ("/properties/events/items/properties/role/enum", Role::ALL.iter().map(|it| it.slug()).collect()),
    ];
    for (pointer, words) in lists {
        assert_eq!(enum_at("case", pointer), words, "{pointer}");
    }
    let of_findings: [(&str, Vec<&str>); 3] = [
        ("/properties/kind/enum", FindingKind::ALL.iter().map(|it| it.slug()).collect()),
        ("/properties/severity/enum", Severity::ALL.iter().map(|it| it.slug()).collect()),
        ("/properties/events/items/properties/role/enum", Role::ALL.iter().map(|it| it.slug()).collect()),
    ];
    for (pointer, words) in of_findings {
        assert_eq!(enum_at("finding", pointer), words, "{pointer}");
    }
}

#[test]
fn everything_that_can_happen_to_an_account_is_in_the_schema() {
    let group_sid = Sid::parse("S-1-5-32-544").unwrap();
    let happenings = [
        What::Enabled,
        What::PasswordSet { succeeded: false },
        What::AddedToGroup { group_sid: group_sid.clone(), group_name: None, privileged: true },
        What::RemovedFromGroup { group_sid, group_name: Some("Users".into()) },
        What::Renamed { to: "other".into() },
        What::Disabled,
        What::Deleted,
        What::LoggedOn { logon_type: None, source_ip: None },
        What::LogCleared { log: None },
        What::LogCleared { log: Some("Security".into()) },
        What::AuditPolicyChanged,
        What::Restored,
    ];
    let mut case = stories::plain();
    case.afterwards = happenings
        .into_iter()
        .map(|what| Afterward {
            at: case.created_at,
            what,
            by: None,
            record: stories::record(EventKind::AccountChanged, 1, "2021-10-19T14:42:41Z"),
        })
        .collect();
    let value = serde_json::to_value(CaseView::from(&case)).unwrap();
    assert_eq!(complaints(&strict(&schema()), &value), Vec::<String>::new());
}

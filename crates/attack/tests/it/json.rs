//! Our JSON against serde_json's: both take the same texts, and mean the same by them.

use begat_attack::json::{Json, canonical, compact, parse};
use proptest::prelude::*;
use serde_json::Value;

fn to_value(json: &Json<'_>) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(text) => serde_json::from_str(text).unwrap(),
        Json::Text(text) => Value::String(text.clone().into_owned()),
        Json::List(items) => Value::Array(items.iter().map(to_value).collect()),
        Json::Object(pairs) => Value::Object(
            pairs.iter().map(|(key, value)| (key.clone().into_owned(), to_value(value))).collect(),
        ),
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has none", |number| number.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_writes_is_read_the_same_and_written_the_same(value in value(), is_pretty: bool) {
        let plain = serde_json::to_string(&value).unwrap();
        let text = if is_pretty { serde_json::to_string_pretty(&value).unwrap() } else { plain.clone() };
        let json = parse(text.as_bytes()).unwrap();
        // Not the value itself: serde_json reads some numbers a digit off what it wrote.
        prop_assert_eq!(&to_value(&json), &serde_json::from_str::<Value>(&text).unwrap());
        prop_assert_eq!(&compact(&json), &plain);
        let canonical_text = canonical(&json);
        let again = parse(canonical_text.as_bytes()).unwrap();
        prop_assert_eq!(canonical(&again), canonical_text, "canonical is its own canonical form");
    }

    #[test]
    fn both_take_the_same_texts(text in "[\\[\\]{},:\"\\\\ \n0-9eE+.tfnruals-]{0,24}") {
        let ours = parse(text.as_bytes());
        let theirs = serde_json::from_str::<Value>(&text);
        // A key that stands twice, and only that, we alone refuse.
        let is_twice = ours.is_err_and(|at| at.fault == begat_attack::json::Fault::KeyTwice);
        prop_assert_eq!(parse(text.as_bytes()).is_ok() || is_twice, theirs.is_ok(), "{}", text);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = parse(&bytes);
    }
}

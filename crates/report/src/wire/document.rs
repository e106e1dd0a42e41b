//! A JSON object filled by dotted paths, as the schemas of other systems name their fields.

use serde::Serialize;
use serde_json::{Map, Value};

/// A JSON object; what is unknown or empty is left out of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Document(Map<String, Value>);

impl Document {
    /// Sets `user.target.name`, making `user` and `target` where they are not yet; nothing is set to nothing.
    pub(crate) fn set(&mut self, path: &str, value: impl Into<Value>) {
        let value = value.into();
        if is_nothing(&value) {
            return;
        }
        let (parents, name) = path.rsplit_once('.').map_or(("", path), |(parents, name)| (parents, name));
        let mut object = &mut self.0;
        for parent in parents.split('.').filter(|parent| !parent.is_empty()) {
            let inner = object.entry(parent).or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(inner) = inner else {
                debug_assert!(false, "{path}: `{parent}` is no object");
                return;
            };
            object = inner;
        }
        object.insert(name.to_owned(), value);
    }

    /// Adds all fields of another; its own give way.
    pub(crate) fn append(&mut self, other: Document) {
        self.0.extend(other.0);
    }

    /// The same object, where it holds one of these fields; an object of a schema may be nothing without.
    pub(crate) fn with_any_of(self, names: &[&str]) -> Option<Document> {
        names.iter().any(|name| self.0.contains_key(*name)).then_some(self)
    }
}

impl From<Document> for Value {
    fn from(document: Document) -> Value {
        Value::Object(document.0)
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_make_objects_and_nothing_is_left_out() {
        let mut document = Document::default();
        document.set("user.name", "adm");
        document.set("user.target.name", Some("helper"));
        document.set("user.target.id", None::<&str>);
        document.set("user.roles", Vec::<String>::new());
        document.set("host.os", Document::default());
        document.set("empty", "");
        let expected = json!({"user": {"name": "adm", "target": {"name": "helper"}}, "empty": ""});
        assert_eq!(Value::from(document.clone()), expected);
        assert!(document.clone().with_any_of(&["host", "user"]).is_some());
        assert!(document.with_any_of(&["host"]).is_none());
    }
}

//! Whether a document is what a JSON Schema (2020-12) says.

use boon::{Compiler, SchemaIndex, Schemas, ValidationError};
use serde_json::Value;

/// A schema, ready to be asked.
pub struct JsonSchema {
    schemas: Schemas,
    this: SchemaIndex,
}

impl JsonSchema {
    /// Answers why it is no schema.
    pub fn of(schema: &Value) -> Result<JsonSchema, String> {
        const PLACE: &str = "schema.json";
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource(PLACE, schema.clone()).map_err(|error| error.to_string())?;
        let this = compiler.compile(PLACE, &mut schemas).map_err(|error| format!("{error:#}"))?;
        Ok(JsonSchema { schemas, this })
    }

    /// All that is wrong with a document, each with its place.
    pub fn complaints(&self, document: &Value) -> Vec<String> {
        let mut complaints = Vec::new();
        if let Err(error) = self.schemas.validate(document, self.this) {
            innermost(&error, &mut complaints);
        }
        complaints
    }
}

/// What encloses a fault only says that there is one.
fn innermost(error: &ValidationError<'_, '_>, complaints: &mut Vec<String>) {
    if error.causes.is_empty() {
        complaints.push(format!("{}: {}", error.instance_location, error.kind));
    }
    error.causes.iter().for_each(|cause| innermost(cause, complaints));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_fault_is_told_with_its_place() {
        let schema =
            json!({ "type": "object", "required": ["name"], "properties": { "age": { "type": "number" } } });
        let schema = JsonSchema::of(&schema).unwrap();
        assert_eq!(schema.complaints(&json!({ "name": "bob", "age": 7 })), Vec::<String>::new());
        let complaints = schema.complaints(&json!({ "age": "seven" }));
        assert_eq!(complaints.len(), 2);
        assert!(complaints.iter().any(|complaint| complaint.starts_with("/age: ")), "{complaints:?}");
    }

    #[test]
    fn what_is_no_schema_is_refused() {
        assert!(JsonSchema::of(&json!({ "type": "sting" })).is_err());
    }
}

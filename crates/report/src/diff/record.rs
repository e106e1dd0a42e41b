//! A case or a finding as a file tells it.

use std::fmt;

use serde_json::{Map, Value};

use crate::view::{CASE_SCHEMA, FINDING_SCHEMA, Severity};

/// Fields that a difference is told with.
const HEADLINE: &[&str] =
    &["schema", "case_id", "finding_id", "kind", "severity", "host", "account", "created_at", "at"];

/// A case or a finding, as some hunt wrote it.
#[derive(Debug, Clone)]
pub struct Record {
    is_case: bool,
    id: String,
    value: Value,
}

/// Why something is no record that can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRecord {
    /// A number, a text, a list.
    NoObject,
    /// No `schema`: begat wrote it in another format, or somebody else did.
    NoSchema,
    /// Another schema, or another version of it.
    OtherSchema(String),
    /// Its id is missing, or no text.
    NoId,
}

impl fmt::Display for NoRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoRecord::NoObject => f.write_str("no JSON object"),
            NoRecord::NoSchema => {
                write!(f, "no `schema`: only what `hunt -t jsonl` or `-t json` writes can be compared")
            }
            NoRecord::OtherSchema(schema) => {
                write!(f, "schema `{schema}` is neither {CASE_SCHEMA} nor {FINDING_SCHEMA}")
            }
            NoRecord::NoId => f.write_str("no id"),
        }
    }
}

impl Record {
    /// What was read, where it is a case or a finding.
    pub fn of(value: Value) -> Result<Record, NoRecord> {
        let object = value.as_object().ok_or(NoRecord::NoObject)?;
        let schema = object.get("schema").and_then(Value::as_str).ok_or(NoRecord::NoSchema)?;
        let (is_case, field) = match schema {
            CASE_SCHEMA => (true, "case_id"),
            FINDING_SCHEMA => (false, "finding_id"),
            other => return Err(NoRecord::OtherSchema(other.to_owned())),
        };
        let id = object.get(field).and_then(Value::as_str).ok_or(NoRecord::NoId)?.to_owned();
        Ok(Record { is_case, id, value })
    }

    /// One that was held as text.
    pub(super) fn held(text: &str) -> Record {
        let value = serde_json::from_str(text).ok();
        let record = value.and_then(|value| Record::of(value).ok());
        record.expect("what a record was written as is a record")
    }

    pub(super) fn text(&self) -> String {
        self.value.to_string()
    }

    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    /// Without what is not told of a difference.
    pub(super) fn headline(mut self) -> Record {
        // The verdict is all that is told of an attribution.
        let verdict = self.value.pointer("/attribution/verdict").cloned();
        if let Value::Object(fields) = &mut self.value {
            fields.retain(|name, _| HEADLINE.contains(&name.as_str()));
            if let Some(verdict) = verdict {
                let attribution = Map::from_iter([("verdict".to_owned(), verdict)]);
                fields.insert("attribution".to_owned(), Value::Object(attribution));
            }
        }
        self
    }

    /// The id of the case or finding.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `svc_print on files01`, `guest enabled on files01`: what it is, in a line.
    pub fn said(&self) -> String {
        let host = self.host().unwrap_or("an unknown host");
        match self.is_case {
            true => format!("{} on {host}", self.account().unwrap_or("unknown account")),
            false => format!("{} on {host}", self.verdict_or_kind().unwrap_or("finding").replace('_', " ")),
        }
    }

    /// `case`, `finding`.
    pub(crate) fn sort(&self) -> &'static str {
        if self.is_case { "case" } else { "finding" }
    }

    pub(crate) fn word(&self, pointer: &str) -> Option<&str> {
        self.value.pointer(pointer).and_then(Value::as_str)
    }

    pub(super) fn severity(&self) -> Option<Severity> {
        self.word("/severity").and_then(Severity::named)
    }

    pub(super) fn at(&self) -> &str {
        self.word(if self.is_case { "/created_at" } else { "/at" }).unwrap_or_default()
    }

    pub(super) fn host(&self) -> Option<&str> {
        self.word("/host/name")
    }

    pub(super) fn account(&self) -> Option<&str> {
        ["/account/name", "/account/created_as", "/account/sid"].iter().find_map(|it| self.word(it))
    }

    /// Verdict of a case, kind of a finding.
    pub(super) fn verdict_or_kind(&self) -> Option<&str> {
        self.word(if self.is_case { "/attribution/verdict" } else { "/kind" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_cases_and_findings_of_this_version_are_records() {
        for (value, reason) in [
            (json!([1]), NoRecord::NoObject),
            (json!({"case_id": "1"}), NoRecord::NoSchema),
            (json!({"schema": 7, "case_id": "1"}), NoRecord::NoSchema),
            (json!({"schema": "begat.case/2", "case_id": "1"}), NoRecord::OtherSchema("begat.case/2".into())),
            (json!({"schema": "begat.case/1"}), NoRecord::NoId),
            (json!({"schema": "begat.finding/1", "case_id": "1"}), NoRecord::NoId),
        ] {
            assert_eq!(Record::of(value.clone()).unwrap_err(), reason, "{value}");
        }
        assert_eq!(Record::of(json!({"schema": "begat.case/1", "case_id": "1"})).unwrap().sort(), "case");
    }
}

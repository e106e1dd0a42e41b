//! The shapes of JSON that carriers ship: how each is recognised and where it puts its fields, as data.
//!
//! A shape is a file in `schemas/`; a user's own is read by the same code. Shapes exclude each other by their
//! markers, so that what a record is never depends on the records before it.

use std::sync::{LazyLock, OnceLock};

pub(crate) mod manifest;
mod paths;
mod schema;

pub(crate) use paths::{Found, PathNode, PathTree};
pub(crate) use schema::{ActionSlot, Beginning, DataSlot};
pub use schema::{Lack, Schema, SchemaError};

use schema::Marks;

macro_rules! built_in {
    ($($name:literal)*) => {
        /// The shapes that come with begat.
        const BUILT_IN: &[&str] = &[$(include_str!(concat!("../../schemas/", $name, ".toml"))),*];
    };
}

built_in! {
    "azure_diagnostics"
    "defender"
    "event_xml_text"
    "evtx_dump"
    "evtxecmd"
    "fluent_bit"
    "fluent_bit_classic"
    "fluent_bit_xml"
    "gelf_nxlog"
    "get_winevent"
    "graylog"
    "json_text"
    "loki"
    "nxlog"
    "openwec_json"
    "openwec_nxlog"
    "openwec_raw_json"
    "osquery"
    "otel"
    "otrf"
    "sentinel_event"
    "sentinel_security_event"
    "sentinel_windows_event"
    "splunk_fields"
    "splunk_hec"
    "splunk_hec_text"
    "splunk_raw"
    "system_and_data"
    "vector"
    "velociraptor_flat"
    "wazuh"
    "wazuh_alert"
    "wazuh_full_log"
    "winlogbeat"
    "winlogbeat_old"
}

/// Most shapes in use at once.
const SHAPES_MAX: usize = 128;

/// Those that come with begat, parsed when the first JSON or table is met: logs of Windows never ask.
static PARSED: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    let parsed = BUILT_IN.iter().map(|toml| Schema::parse(toml));
    parsed.map(|schema| schema.expect("every built-in schema is parsed by a test")).collect()
});

/// All shapes in use.
#[derive(Debug, Default)]
pub struct Schemas {
    /// A user's own: they go before those that come with begat, which they need not exclude.
    own: Vec<Schema>,
    recognised: OnceLock<Recognised>,
}

/// What all shapes are recognised by, found in one walk.
#[derive(Debug)]
struct Recognised {
    markers: PathTree,
    marks: Vec<Marks>,
}

impl Schemas {
    /// The shapes that come with begat.
    pub fn built_in() -> Schemas {
        Schemas::default()
    }

    /// The same and a user's own, which are looked for first.
    pub fn with(mut self, own: Vec<Schema>) -> Result<Schemas, SchemaError> {
        self.own.splice(0..0, own);
        if self.own.len() + BUILT_IN.len() > SHAPES_MAX {
            return Err(SchemaError::TooMany(format!("schemas (at most {SHAPES_MAX})")));
        }
        Ok(Schemas { own: self.own, recognised: OnceLock::new() })
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Schema> {
        self.own.iter().chain(PARSED.iter())
    }

    /// The shape at a place among all.
    pub(crate) fn at(&self, index: usize) -> &Schema {
        self.own.get(index).unwrap_or_else(|| &PARSED[index - self.own.len()])
    }

    /// What all shapes are recognised by.
    pub(crate) fn markers(&self) -> &PathTree {
        &self.recognised().markers
    }

    fn recognised(&self) -> &Recognised {
        self.recognised.get_or_init(|| {
            let mut markers = PathTree::new();
            let marks = self.iter().map(|shape| shape.marked.in_tree(&mut markers)).collect();
            Recognised { markers, marks }
        })
    }

    /// The shape of a record in which these slots of `markers` were found.
    pub(crate) fn recognise(&self, found: &Found, record: &[u8]) -> Option<usize> {
        let of = |is_fallback: bool| {
            let mut indexed = self.iter().zip(&self.recognised().marks).enumerate();
            indexed
                .find(|(_, (shape, marks))| shape.is_fallback() == is_fallback && marks.are_in(found, record))
        };
        of(false).or_else(|| of(true)).map(|(index, _)| index)
    }

    /// The shape of which most was found, and what is missing; `None` where less than half was of any.
    pub(crate) fn nearest(&self, found: &Found) -> Option<(&Schema, Vec<String>)> {
        let lacks =
            self.iter().zip(&self.recognised().marks).map(|(shape, marks)| (shape, marks.missing(found)));
        let near = lacks.filter(|(shape, lacks)| {
            let all = shape.marked.present.len();
            !shape.is_fallback() && !lacks.is_empty() && lacks.len() * 2 <= all && all - lacks.len() > 1
        });
        let (shape, lacks) = near.min_by_key(|(_, lacks)| lacks.len())?;
        Some((shape, lacks.into_iter().map(|group| shape.marked.present[group][0].clone()).collect()))
    }

    /// What this shape recognises no other goes before.
    pub(crate) fn goes_first(&self, index: usize) -> bool {
        !self.at(index).is_fallback() && (self.own.is_empty() || index == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::EventKind;
    use std::collections::BTreeSet;

    #[test]
    fn every_built_in_schema_is_read_and_has_a_name_of_its_own() {
        let mut names = BTreeSet::new();
        for toml in BUILT_IN {
            let schema = Schema::parse(toml).unwrap_or_else(|error| panic!("{error}\n{toml}"));
            assert!(names.insert(schema.name().to_owned()), "{} stands twice", schema.name());
            assert!(!schema.title().is_empty());
            let says_where =
                !schema.event_text.is_empty() || !schema.data.is_empty() || !schema.moved.is_empty();
            assert!(says_where, "{} says nowhere where the event's fields are", schema.name());
            if let Some(actions) = &schema.actions {
                for action in &actions.read {
                    let told = (Some(actions.provider.as_str()), Some(action.channel.as_str()));
                    assert!(EventKind::of(told.0, told.1, action.event_id).is_some(), "{}", action.word);
                }
            } else if schema.event_text.is_empty() {
                let header = &schema.header;
                for slots in [&header.host, &header.channel, &header.event_id, &header.time] {
                    assert!(!slots.is_empty(), "{} leaves out a header field", schema.name());
                }
            }
            for moved in &schema.moved {
                let known =
                    begat_model::catalog::FieldName::ALL.iter().any(|field| field.as_str() == moved.field);
                assert!(known, "{} moves {}, which nobody reads", schema.name(), moved.field);
            }
        }
        assert_eq!(Schemas::built_in().iter().count(), BUILT_IN.len());
    }

    #[test]
    fn a_schema_that_would_take_anything_or_has_unknown_keys_is_refused() {
        let parse = |toml: &str| Schema::parse(toml).map(|_| ()).unwrap_err().to_string();
        assert!(parse("name='x'\ntitle='x'\npresent=[]").contains("every object"));
        assert!(parse("name='x'\ntitle='x'\npresent=[[]]").contains("every object"));
        assert!(parse("name='x'\ntitle='x'\npresent=['a']\nhots=['b']").contains("hots"));
        assert!(parse("title='x'").contains("not a schema"));
    }

    #[test]
    fn a_users_own_schema_stands_before_the_built_in_ones() {
        let own =
            Schema::parse("name='own'\ntitle='Own'\npresent=['a.b']\n[header]\nhost=['a.c','a.b']").unwrap();
        assert_eq!(own.header.host.len(), 2);
        let schemas = Schemas::built_in().with(vec![own]).unwrap();
        assert_eq!(schemas.at(0).name(), "own");
        assert!(schemas.goes_first(0) && !schemas.goes_first(1));
    }
}

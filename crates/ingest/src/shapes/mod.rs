//! The shapes of JSON that carriers ship: how each is recognised and where it puts its fields, as data.
//!
//! A shape is a file in `schemas/`; a user's own is read by the same code. Shapes exclude each other by their
//! markers, so that what a record is never depends on the records before it.

use std::fmt;

use serde::Deserialize;

/// The shapes that come with begat.
const BUILT_IN: &[&str] = &[
    include_str!("../../schemas/defender.toml"),
    include_str!("../../schemas/evtx_dump.toml"),
    include_str!("../../schemas/nxlog.toml"),
    include_str!("../../schemas/openwec_json.toml"),
    include_str!("../../schemas/openwec_nxlog.toml"),
    include_str!("../../schemas/openwec_raw_json.toml"),
    include_str!("../../schemas/winlogbeat.toml"),
    include_str!("../../schemas/winlogbeat_old.toml"),
];
/// Most shapes in use at once.
const SHAPES_MAX: usize = 64;
/// Most paths in one shape.
const PATHS_MAX: usize = 256;

/// Why a schema file cannot be used.
#[derive(Debug)]
pub enum SchemaError {
    /// It is no TOML, or has a key that a schema does not have, or lacks one.
    Toml(Box<toml::de::Error>),
    /// It recognises everything: `present` names no marker.
    NoMarker(String),
    /// More paths or shapes than the bound.
    TooMany(String),
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SchemaError::Toml(error) => write!(f, "not a schema: {error}"),
            SchemaError::NoMarker(name) => {
                write!(
                    f,
                    "schema {name}: `present` names no path, so it would take every object for an event"
                )
            }
            SchemaError::TooMany(what) => write!(f, "too many {what}"),
        }
    }
}

impl std::error::Error for SchemaError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SchemaError::Toml(error) => Some(error),
            SchemaError::NoMarker(_) | SchemaError::TooMany(_) => None,
        }
    }
}

/// A schema file as written. Paths are keys joined by dots; the first that holds a value counts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaFile {
    name: String,
    title: String,
    /// Paths that must be there for a record to be of this shape.
    present: Vec<String>,
    /// Paths that must not be there.
    #[serde(default)]
    absent: Vec<String>,
    /// Path of a text that holds the whole event as XML.
    event_xml: Option<String>,
    /// The same, where the collector failed to read it (`header.error` is there).
    event_xml_on_error: Option<String>,
    #[serde(default)]
    header: HeaderPaths,
    /// Events have names instead of providers, channels and ids.
    actions: Option<Actions>,
    #[serde(default)]
    data: DataPaths,
}

/// What a carrier that names its events calls those that are read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Actions {
    /// Where the name stands.
    path: String,
    /// Who writes all of them.
    provider: String,
    read: Vec<Action>,
}

/// The row of the catalog that an event of this name is read by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Action {
    word: String,
    pub(crate) channel: String,
    pub(crate) event_id: u32,
}

/// Where an event's name stands, and what is read of which.
#[derive(Debug)]
pub(crate) struct ActionSlot {
    pub(crate) slot: usize,
    pub(crate) provider: String,
    read: Vec<Action>,
}

impl ActionSlot {
    /// The id of what is not read: it has a name and no number.
    pub(crate) const NOT_READ: u32 = 0;

    pub(crate) fn of(&self, word: &str) -> Option<&Action> {
        self.read.iter().find(|action| action.word == word)
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct HeaderPaths {
    host: Vec<String>,
    channel: Vec<String>,
    provider: Vec<String>,
    event_id: Vec<String>,
    record_id: Vec<String>,
    time: Vec<String>,
    /// Those times are System/TimeCreated as Windows writes it: UTC, with a zone or without.
    time_is_utc: bool,
    /// Arrival at the collector in UTC, for times without a zone.
    arrival: Vec<String>,
    /// A time in UTC in the event's own data, for times without a zone.
    told_utc: Vec<String>,
    outcome: Vec<String>,
    /// How important the writer finds it.
    level: Vec<String>,
    /// The process that wrote the event.
    process_id: Vec<String>,
    /// The SID it wrote the event as.
    user_sid: Vec<String>,
    /// There where the collector failed to read the event.
    error: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct DataPaths {
    /// Objects whose keys are the event's fields: `""` is the record itself, `a.*` every object inside `a`.
    fields: Vec<String>,
    /// Texts that hold the event's data as XML.
    xml: Vec<String>,
    /// Texts as Windows renders events: Sysmon's name its fields as its data do.
    message: Vec<String>,
    /// Fields that the carrier takes out of the event's data and puts elsewhere.
    moved: Vec<MovedPath>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MovedPath {
    /// Whose events: other providers' fields are not moved there.
    provider: String,
    field: String,
    path: String,
    /// Where the domain stands, of a user that is `DOMAIN\name` in the event.
    domain: Option<String>,
}

/// A shape, ready to be looked for: every path is a slot of one tree, found in one walk over a record.
#[derive(Debug)]
pub struct Schema {
    name: String,
    title: String,
    pub(crate) tree: PathTree,
    present: Vec<usize>,
    absent: Vec<usize>,
    pub(crate) event_xml: Option<usize>,
    pub(crate) event_xml_on_error: Option<usize>,
    pub(crate) header: HeaderSlots,
    pub(crate) actions: Option<ActionSlot>,
    pub(crate) data: Vec<DataSlot>,
    pub(crate) message: Vec<usize>,
    pub(crate) moved: Vec<MovedSlot>,
}

/// Where a field of one provider's events was put.
#[derive(Debug)]
pub(crate) struct MovedSlot {
    pub(crate) provider: String,
    pub(crate) field: String,
    pub(crate) slot: usize,
    pub(crate) domain: Option<usize>,
}

/// Slots of the header's fields, in the order in which they are tried.
#[derive(Debug, Default)]
pub(crate) struct HeaderSlots {
    pub(crate) host: Vec<usize>,
    pub(crate) channel: Vec<usize>,
    pub(crate) provider: Vec<usize>,
    pub(crate) event_id: Vec<usize>,
    pub(crate) record_id: Vec<usize>,
    pub(crate) time: Vec<usize>,
    pub(crate) time_is_utc: bool,
    pub(crate) arrival: Vec<usize>,
    pub(crate) told_utc: Vec<usize>,
    pub(crate) outcome: Vec<usize>,
    pub(crate) level: Vec<usize>,
    pub(crate) process_id: Vec<usize>,
    pub(crate) user_sid: Vec<usize>,
    pub(crate) error: Vec<usize>,
}

/// Where the event's own fields are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DataSlot {
    /// The record's own keys.
    Record,
    /// The keys of the object in this slot.
    Object(usize),
    /// The keys of each object in the object in this slot.
    EachInside(usize),
    /// XML in the text in this slot.
    Xml(usize),
}

impl Schema {
    /// Reads a schema file's text.
    pub fn parse(toml: &str) -> Result<Schema, SchemaError> {
        let file: SchemaFile = toml::from_str(toml).map_err(|error| SchemaError::Toml(Box::new(error)))?;
        if file.present.is_empty() {
            return Err(SchemaError::NoMarker(file.name));
        }
        let mut tree = PathTree::new();
        let mut slots = |paths: &[String]| paths.iter().map(|path| tree.slot(path)).collect::<Vec<usize>>();
        let paths = &file.header;
        let header = HeaderSlots {
            host: slots(&paths.host),
            channel: slots(&paths.channel),
            provider: slots(&paths.provider),
            event_id: slots(&paths.event_id),
            record_id: slots(&paths.record_id),
            time: slots(&paths.time),
            time_is_utc: paths.time_is_utc,
            arrival: slots(&paths.arrival),
            told_utc: slots(&paths.told_utc),
            outcome: slots(&paths.outcome),
            level: slots(&paths.level),
            process_id: slots(&paths.process_id),
            user_sid: slots(&paths.user_sid),
            error: slots(&paths.error),
        };
        let (present, absent) = (slots(&file.present), slots(&file.absent));
        let event_xml = file.event_xml.map(|path| tree.slot(&path));
        let event_xml_on_error = file.event_xml_on_error.map(|path| tree.slot(&path));
        let actions = file.actions.map(|actions| ActionSlot {
            slot: tree.slot(&actions.path),
            provider: actions.provider,
            read: actions.read,
        });
        let fields = file.data.fields.iter().map(|path| match path.strip_suffix(".*") {
            Some(outer) => DataSlot::EachInside(tree.slot(outer)),
            None if path.is_empty() => DataSlot::Record,
            None => DataSlot::Object(tree.slot(path)),
        });
        let mut data: Vec<DataSlot> = fields.collect();
        data.extend(file.data.xml.iter().map(|path| DataSlot::Xml(tree.slot(path))));
        let message = file.data.message.iter().map(|path| tree.slot(path)).collect();
        let moved = file.data.moved.into_iter().map(|moved| MovedSlot {
            slot: tree.slot(&moved.path),
            domain: moved.domain.as_deref().map(|path| tree.slot(path)),
            provider: moved.provider,
            field: moved.field,
        });
        let moved: Vec<MovedSlot> = moved.collect();
        if tree.slots > PATHS_MAX {
            return Err(SchemaError::TooMany(format!("paths in schema {} (at most {PATHS_MAX})", file.name)));
        }
        let (name, title) = (file.name, file.title);
        Ok(Schema {
            name,
            title,
            tree,
            present,
            absent,
            event_xml,
            event_xml_on_error,
            header,
            actions,
            data,
            message,
            moved,
        })
    }

    /// Its short name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is, for people.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether a record in which these slots were found is of this shape.
    pub(crate) fn recognises(&self, found: &Found) -> bool {
        self.present.iter().all(|slot| found.get(*slot).is_some())
            && self.absent.iter().all(|slot| found.get(*slot).is_none())
    }
}

/// All shapes in use.
#[derive(Debug)]
pub struct Schemas {
    pub(crate) shapes: Vec<Schema>,
}

impl Schemas {
    /// The shapes that come with begat.
    pub fn built_in() -> Schemas {
        let parsed = BUILT_IN.iter().map(|toml| Schema::parse(toml));
        Schemas {
            shapes: parsed.map(|schema| schema.expect("every built-in schema is parsed by a test")).collect(),
        }
    }

    /// The same and a user's own, which are looked for first.
    pub fn with(mut self, own: Vec<Schema>) -> Result<Schemas, SchemaError> {
        self.shapes.splice(0..0, own);
        if self.shapes.len() > SHAPES_MAX {
            return Err(SchemaError::TooMany(format!("schemas (at most {SHAPES_MAX})")));
        }
        Ok(self)
    }
}

/// Paths that begin alike share their beginning; each end is a slot.
#[derive(Debug)]
pub(crate) struct PathTree {
    pub(crate) root: PathNode,
    slots: usize,
}

/// One key of a path.
#[derive(Debug, Default)]
pub(crate) struct PathNode {
    /// Where the value of this key is noted.
    pub(crate) slot: Option<usize>,
    /// Lengths of the children's keys as bits, the last for 63 and more: most keys are told apart by it.
    lengths: u64,
    children: Vec<(Box<[u8]>, PathNode)>,
}

impl PathTree {
    fn new() -> PathTree {
        PathTree { root: PathNode::default(), slots: 0 }
    }

    /// The slot of a path; the same path always gets the same one.
    fn slot(&mut self, path: &str) -> usize {
        let mut node = &mut self.root;
        for key in path.split('.') {
            let key = key.as_bytes();
            let index = node.children.iter().position(|(name, _)| **name == *key).unwrap_or_else(|| {
                node.lengths |= length_bit(key.len());
                node.children.push((key.into(), PathNode::default()));
                node.children.len() - 1
            });
            node = &mut node.children[index].1;
        }
        *node.slot.get_or_insert_with(|| {
            self.slots += 1;
            self.slots - 1
        })
    }

    /// Number of slots.
    pub(crate) fn slots(&self) -> usize {
        self.slots
    }
}

impl PathNode {
    /// What is looked for under a key.
    pub(crate) fn child(&self, key: &[u8]) -> Option<&PathNode> {
        if self.lengths & length_bit(key.len()) == 0 {
            return None;
        }
        self.children.iter().find(|(name, _)| **name == *key).map(|(_, node)| node)
    }

    /// Whether something is looked for inside its value.
    pub(crate) fn has_children(&self) -> bool {
        !self.children.is_empty()
    }
}

fn length_bit(length: usize) -> u64 {
    1 << length.min(63)
}

/// Where the values of a shape's paths stand in one record: byte ranges, by slot.
#[derive(Debug, Default)]
pub(crate) struct Found {
    ranges: Vec<Option<(usize, usize)>>,
}

impl Found {
    /// Forgets the last record.
    pub(crate) fn clear(&mut self, slots: usize) {
        self.ranges.clear();
        self.ranges.resize(slots, None);
    }

    /// Of a key that stands twice the first counts.
    pub(crate) fn note(&mut self, slot: usize, start: usize, end: usize) {
        self.ranges[slot].get_or_insert((start, end));
    }

    /// The range of a slot's value.
    pub(crate) fn get(&self, slot: usize) -> Option<(usize, usize)> {
        self.ranges[slot]
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
            let schema = Schema::parse(toml).unwrap();
            assert!(names.insert(schema.name().to_owned()), "{} stands twice", schema.name());
            assert!(!schema.title().is_empty());
            let says_where =
                schema.event_xml.is_some() || !schema.data.is_empty() || !schema.moved.is_empty();
            assert!(says_where, "{} says nowhere where the event's fields are", schema.name());
            if let Some(actions) = &schema.actions {
                for action in &actions.read {
                    let told = (Some(actions.provider.as_str()), Some(action.channel.as_str()));
                    assert!(EventKind::of(told.0, told.1, action.event_id).is_some(), "{}", action.word);
                }
            } else if schema.event_xml.is_none() {
                let header = &schema.header;
                for slots in [&header.host, &header.channel, &header.provider, &header.event_id, &header.time]
                {
                    assert!(!slots.is_empty(), "{} leaves out a header field", schema.name());
                }
            }
        }
        assert_eq!(Schemas::built_in().shapes.len(), BUILT_IN.len());
    }

    #[test]
    fn a_schema_that_would_take_anything_or_has_unknown_keys_is_refused() {
        let parse = |toml: &str| Schema::parse(toml).map(|_| ()).unwrap_err().to_string();
        assert!(parse("name='x'\ntitle='x'\npresent=[]").contains("every object"));
        assert!(parse("name='x'\ntitle='x'\npresent=['a']\nhots=['b']").contains("hots"));
        assert!(parse("title='x'").contains("not a schema"));
    }

    #[test]
    fn a_users_own_schema_stands_before_the_built_in_ones() {
        let own =
            Schema::parse("name='own'\ntitle='Own'\npresent=['a.b']\n[header]\nhost=['a.c','a.b']").unwrap();
        assert_eq!(own.header.host.len(), 2);
        let schemas = Schemas::built_in().with(vec![own]).unwrap();
        assert_eq!(schemas.shapes[0].name(), "own");
    }
}

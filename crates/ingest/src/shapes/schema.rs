//! One shape: a file of `schemas/` as written, and made ready to be looked for.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::paths::{Found, PathTree};

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

/// What a carrier cannot carry of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// Times in whole seconds: what happened within one has no order.
    Fractions,
    /// The zone of its times.
    Zones,
    /// Numbers of records: nothing tells that one is missing.
    RecordIds,
    /// Logon ids: which session acted.
    LogonIds,
    /// SIDs of accounts.
    Sids,
    /// Command lines of processes.
    CommandLines,
    /// What started a process.
    Parents,
    /// All but what a rule hit.
    Unhit,
    /// Events of other kinds than its own.
    OtherEvents,
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Lack::Fractions => "fractions of a second",
            Lack::Zones => "time zones",
            Lack::RecordIds => "record ids",
            Lack::LogonIds => "logon ids",
            Lack::Sids => "SIDs",
            Lack::CommandLines => "command lines",
            Lack::Parents => "parent processes",
            Lack::Unhit => "events that no rule hit",
            Lack::OtherEvents => "all but a part of Windows' events",
        })
    }
}

/// A schema file as written. Paths are keys joined by dots; the first that holds a value counts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaFile {
    name: String,
    title: String,
    /// Paths that must be there for a record to be of this shape; of a list one of them.
    present: Vec<OneOf>,
    /// Paths that must not be there.
    #[serde(default)]
    absent: Vec<String>,
    /// Only looked for where no other shape is recognised.
    #[serde(default)]
    fallback: bool,
    /// How carriers spell the same paths as one key.
    #[serde(default)]
    respelled: Vec<Respelling>,
    /// What it cannot carry.
    #[serde(default)]
    cannot: Vec<Lack>,
    /// Paths of texts that hold the whole event: as XML, as JSON, or as Splunk writes it.
    #[serde(default)]
    event_text: Vec<String>,
    /// Path of its XML, where the collector failed to read it (`header.error` is there).
    event_xml_on_error: Option<String>,
    #[serde(default)]
    header: HeaderPaths,
    /// Events have names instead of providers, channels and ids.
    actions: Option<Actions>,
    #[serde(default)]
    data: DataPaths,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOf {
    Path(String),
    Paths(Vec<String>),
}

impl OneOf {
    fn into_paths(self) -> Vec<String> {
        match self {
            OneOf::Path(path) => vec![path],
            OneOf::Paths(paths) => paths,
        }
    }
}

/// `winlog.event_id` as `_winlogbeat_winlog_event_id`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Respelling {
    prefix: String,
    separator: String,
}

impl Respelling {
    fn of(&self, path: &str) -> String {
        format!("{}{}", self.prefix, path.replace('.', &self.separator))
    }
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
    pub(super) word: String,
    pub(crate) channel: String,
    pub(crate) event_id: u32,
}

/// Where an event's name stands, and what is read of which.
#[derive(Debug)]
pub(crate) struct ActionSlot {
    pub(crate) slot: usize,
    pub(crate) provider: String,
    pub(super) read: Vec<Action>,
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
    /// The log of records that tell none.
    channel_untold: Option<String>,
    provider: Vec<String>,
    event_id: Vec<String>,
    record_id: Vec<String>,
    time: Vec<String>,
    /// Those times are System/TimeCreated as Windows writes it: UTC, with a zone or without.
    time_is_utc: bool,
    /// They say that they are UTC, which is false at times: `told_utc` tells.
    time_may_lie: bool,
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
    /// What holds the event's fields, in any of the forms that JSON has for them; `""` is the record itself.
    fields: Vec<String>,
    /// How the record's own keys begin that are fields, where others are not.
    prefixes: Vec<String>,
    /// Texts that hold the event's data as XML or as JSON.
    text: Vec<String>,
    /// Lists that hold the event's values without their names, in the order of the event's manifest.
    positions: Vec<String>,
    /// Texts as Windows renders events: Sysmon's name its fields as its data do.
    message: Vec<String>,
    /// Names of fields begin with a small letter.
    small_letter: bool,
    /// Fields that the carrier takes out of the event's data and puts elsewhere, by provider: other providers' fields
    /// are not moved there. A field is `Name`, or `4688.Name` where only that event's is meant.
    moved: BTreeMap<String, BTreeMap<String, MovedPath>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum MovedPath {
    Paths(OneOf),
    /// Of a user that is `DOMAIN\name` in the event, where the name and where the domain stand.
    User {
        name: String,
        domain: String,
    },
}

/// A shape, ready to be looked for: every path is a slot of one tree, found in one walk over a record.
#[derive(Debug)]
pub struct Schema {
    name: String,
    title: String,
    cannot: Vec<Lack>,
    is_fallback: bool,
    pub(super) marked: Marked,
    pub(crate) tree: PathTree,
    marks: Marks,
    pub(crate) event_text: Vec<usize>,
    pub(crate) event_xml_on_error: Option<usize>,
    pub(crate) header: HeaderSlots,
    pub(crate) actions: Option<ActionSlot>,
    pub(crate) data: Vec<DataSlot>,
    pub(crate) small_letter: bool,
    pub(crate) message: Vec<usize>,
    pub(crate) moved: Vec<MovedSlot>,
}

/// The paths that a shape is recognised by.
#[derive(Debug, Clone, Default)]
pub(super) struct Marked {
    pub(super) present: Vec<Vec<String>>,
    absent: Vec<String>,
    event_text: Vec<String>,
    respelled: Vec<Respelling>,
}

/// The same in the slots of a tree.
#[derive(Debug)]
pub(super) struct Marks {
    present: Vec<Vec<usize>>,
    absent: Vec<usize>,
    event_text: Vec<usize>,
}

impl Marked {
    pub(super) fn in_tree(&self, tree: &mut PathTree) -> Marks {
        let mut slots = |paths: &Vec<String>| slots(tree, &self.respelled, paths);
        Marks {
            present: self.present.iter().map(&mut slots).collect(),
            absent: slots(&self.absent),
            event_text: slots(&self.event_text),
        }
    }
}

impl Marks {
    /// Which of the marks that must be there were not found.
    pub(super) fn missing(&self, found: &Found) -> Vec<usize> {
        let is_missing = |paths: &Vec<usize>| paths.iter().all(|slot| found.get(*slot).is_none());
        (0..self.present.len()).filter(|group| is_missing(&self.present[*group])).collect()
    }

    /// Whether a record in which these slots were found is of this shape.
    pub(super) fn are_in(&self, found: &Found, record: &[u8]) -> bool {
        let is_found = |slot: &usize| found.get(*slot).is_some();
        let is_text = |slot: &usize| found.get(*slot).is_some_and(|(start, _)| record[start] == b'"');
        self.present.iter().all(|paths| paths.iter().any(is_found))
            && !self.absent.iter().any(is_found)
            && (self.event_text.is_empty() || self.event_text.iter().any(is_text))
    }
}

fn slots(tree: &mut PathTree, respelled: &[Respelling], paths: &[String]) -> Vec<usize> {
    let slot = |path: &String| {
        let slot = tree.slot(path);
        respelled.iter().for_each(|respelling| tree.spell(path, &respelling.of(path)));
        slot
    };
    paths.iter().map(slot).collect()
}

/// Where a field of one provider's events was put.
#[derive(Debug)]
pub(crate) struct MovedSlot {
    pub(crate) provider: String,
    /// `None`: of all its events.
    pub(crate) event_id: Option<u32>,
    pub(crate) field: String,
    /// Tried in order.
    pub(crate) slots: Vec<usize>,
    pub(crate) domain: Option<usize>,
}

/// Slots of the header's fields, in the order in which they are tried.
#[derive(Debug, Default)]
pub(crate) struct HeaderSlots {
    pub(crate) host: Vec<usize>,
    pub(crate) channel: Vec<usize>,
    pub(crate) channel_untold: Option<String>,
    pub(crate) provider: Vec<usize>,
    pub(crate) event_id: Vec<usize>,
    pub(crate) record_id: Vec<usize>,
    pub(crate) time: Vec<usize>,
    pub(crate) time_is_utc: bool,
    pub(crate) time_may_lie: bool,
    pub(crate) arrival: Vec<usize>,
    pub(crate) told_utc: Vec<usize>,
    pub(crate) outcome: Vec<usize>,
    pub(crate) level: Vec<usize>,
    pub(crate) process_id: Vec<usize>,
    pub(crate) user_sid: Vec<usize>,
    pub(crate) error: Vec<usize>,
}

/// Where the event's own fields are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DataSlot {
    /// The record's own keys.
    Record,
    /// What the value in this slot holds; where there is none, the record's keys that begin so.
    Value { slot: usize, beginnings: Vec<Beginning>, has_channel: bool },
    /// The record's own keys that begin so.
    Prefixed(Vec<Beginning>),
    /// XML or JSON in the text in this slot.
    Text(usize),
    /// Values without names in the list in this slot.
    Positions(usize),
}

/// How the record's own keys begin that were put together of a path and a field's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Beginning {
    pub(crate) text: String,
    pub(crate) separator: String,
}

impl Schema {
    /// Reads a schema file's text.
    pub fn parse(toml: &str) -> Result<Schema, SchemaError> {
        let file: SchemaFile = toml::from_str(toml).map_err(|error| SchemaError::Toml(Box::new(error)))?;
        let marked = Marked {
            present: file.present.into_iter().map(OneOf::into_paths).collect(),
            absent: file.absent,
            event_text: file.event_text,
            respelled: file.respelled,
        };
        if marked.present.is_empty() || marked.present.iter().any(Vec::is_empty) {
            return Err(SchemaError::NoMarker(file.name));
        }
        let mut tree = PathTree::new();
        let marks = marked.in_tree(&mut tree);
        let mut slots = |paths: &[String]| slots(&mut tree, &marked.respelled, paths);
        let header = header_slots(&file.header, &mut slots);
        let event_text = slots(&marked.event_text);
        let event_xml_on_error = file.event_xml_on_error.map(|path| slots(&[path])[0]);
        let actions = file.actions.map(|actions| ActionSlot {
            slot: slots(&[actions.path])[0],
            provider: actions.provider,
            read: actions.read,
        });
        let paths = file.data;
        let data = data_slots(&paths, &marked.respelled, &file.header.channel, &mut slots);
        let message = slots(&paths.message);
        let moved = moved_slots(paths.moved, &mut slots);
        if tree.slots() > PATHS_MAX {
            return Err(SchemaError::TooMany(format!("paths in schema {} (at most {PATHS_MAX})", file.name)));
        }
        Ok(Schema {
            name: file.name,
            title: file.title,
            cannot: file.cannot,
            is_fallback: file.fallback,
            marked,
            tree,
            marks,
            event_text,
            event_xml_on_error,
            header,
            actions,
            data,
            small_letter: paths.small_letter,
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

    /// Whether it is only looked for where no other shape is recognised.
    pub(crate) fn is_fallback(&self) -> bool {
        self.is_fallback
    }

    /// What of an event it cannot carry.
    pub fn cannot(&self) -> &[Lack] {
        &self.cannot
    }

    /// Whether a record in which these slots were found is of this shape.
    pub(crate) fn recognises(&self, found: &Found, record: &[u8]) -> bool {
        self.marks.are_in(found, record)
    }
}

type Slots<'s> = &'s mut dyn FnMut(&[String]) -> Vec<usize>;

fn header_slots(paths: &HeaderPaths, slots: Slots<'_>) -> HeaderSlots {
    HeaderSlots {
        host: slots(&paths.host),
        channel: slots(&paths.channel),
        channel_untold: paths.channel_untold.clone(),
        provider: slots(&paths.provider),
        event_id: slots(&paths.event_id),
        record_id: slots(&paths.record_id),
        time: slots(&paths.time),
        time_is_utc: paths.time_is_utc,
        time_may_lie: paths.time_may_lie,
        arrival: slots(&paths.arrival),
        told_utc: slots(&paths.told_utc),
        outcome: slots(&paths.outcome),
        level: slots(&paths.level),
        process_id: slots(&paths.process_id),
        user_sid: slots(&paths.user_sid),
        error: slots(&paths.error),
    }
}

fn data_slots(
    paths: &DataPaths,
    respelled: &[Respelling],
    channels: &[String],
    slots: Slots<'_>,
) -> Vec<DataSlot> {
    let mut slot = |path: &String| slots(std::slice::from_ref(path))[0];
    let mut data = Vec::new();
    for path in &paths.fields {
        data.push(match path.as_str() {
            "" => DataSlot::Record,
            _ => DataSlot::Value {
                slot: slot(path),
                beginnings: beginnings(path, respelled),
                has_channel: channels.iter().any(|channel| channel.starts_with(&format!("{path}."))),
            },
        });
    }
    if !paths.prefixes.is_empty() {
        let beginning = |text: &String| Beginning { text: text.clone(), separator: text.clone() };
        data.push(DataSlot::Prefixed(paths.prefixes.iter().map(beginning).collect()));
    }
    data.extend(paths.text.iter().map(|path| DataSlot::Text(slot(path))));
    data.extend(paths.positions.iter().map(|path| DataSlot::Positions(slot(path))));
    data
}

fn beginnings(path: &str, respelled: &[Respelling]) -> Vec<Beginning> {
    let dotted = Beginning { text: format!("{path}."), separator: ".".to_owned() };
    let others = respelled.iter().map(|respelling| Beginning {
        text: format!("{}{}", respelling.of(path), respelling.separator),
        separator: respelling.separator.clone(),
    });
    std::iter::once(dotted).chain(others).collect()
}

fn moved_slots(moved: BTreeMap<String, BTreeMap<String, MovedPath>>, slots: Slots<'_>) -> Vec<MovedSlot> {
    let mut all = Vec::new();
    for (provider, fields) in moved {
        for (field, path) in fields {
            let (event_id, field) = match field.split_once('.') {
                Some((event_id, field)) => (event_id.parse().ok(), field.to_owned()),
                None => (None, field),
            };
            let (slots, domain) = match path {
                MovedPath::Paths(paths) => (slots(&paths.into_paths()), None),
                MovedPath::User { name, domain } => (slots(&[name]), Some(slots(&[domain])[0])),
            };
            all.push(MovedSlot { provider: provider.clone(), event_id, field, slots, domain });
        }
    }
    all
}

//! Records as their sources have them, without secrets: what a page shows beside telling where they are found again.

use std::collections::BTreeMap;

use begat_model::ids::RecordRef;
use begat_model::time::Timestamp;

use crate::view::events::EventView;

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Original {
    /// All of it: JSON or XML, without secrets and without what would deceive an eye.
    Whole(String),
    /// The fields that begat reads, by name, in the order of the catalog.
    Fields(Vec<(&'static str, String)>),
}

/// What was read again of the records that cases rest on.
#[derive(Debug, Clone, Default)]
pub struct Originals {
    told: BTreeMap<Key, Original>,
}

/// Source, event id, record id, time.
type Key = (String, u32, Option<u64>, Timestamp);

impl Originals {
    /// One more; of the same record the first stays.
    pub fn add(&mut self, record: &RecordRef, original: Original) {
        let key = (record.source.to_string(), record.kind.spec().event_id, record.record_id, record.at);
        self.told.entry(key).or_insert(original);
    }

    /// What a case's event says, where it was read.
    pub(crate) fn of(&self, event: &EventView<'_>) -> Option<&Original> {
        let record = &event.record;
        self.told.get(&(event.source.to_owned(), record.event_id, record.record_id, record.at))
    }
}

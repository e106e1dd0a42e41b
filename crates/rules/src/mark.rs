//! The rules that a process start hits.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use begat_model::event::ProcessCreated;
use begat_model::{Body, Event, EventKind, Text};
use rsigma_eval::EventValue;
use rsigma_parser::LogSource;

use crate::field::{FieldRow, Start};
use crate::load::RuleSet;

/// Names kept on one process start; those of the highest level, where more rules hit.
pub const RULES_PER_PROCESS_MAX: usize = 16;
/// Different starts remembered: most of what a host starts it starts over and over.
const STARTS_REMEMBERED_MAX: usize = 8192;
/// A longer start is not remembered: it is hardly ever repeated.
const START_BYTES_MAX: usize = 4096;

/// How often rules hit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// Process starts that were looked at.
    pub starts: u64,
    /// Those that some rule hit.
    pub marked: u64,
    /// Those that more rules hit than are named.
    pub cut: u64,
    /// Hits of each rule that hit.
    pub by_rule: BTreeMap<Text, u64>,
}

impl Hits {
    /// Puts two counts together.
    pub fn merge(&mut self, other: Hits) {
        self.starts += other.starts;
        self.marked += other.marked;
        self.cut += other.cut;
        for (name, count) in other.by_rule {
            *self.by_rule.entry(name).or_default() += count;
        }
    }
}

/// Marks process starts, and remembers those that it has seen: what rules ask of a start decides, so starts that are
/// alike in that hit the same rules.
pub struct Marker<'r> {
    rules: &'r RuleSet,
    sources: [LogSource; 2],
    known: HashMap<Box<[u8]>, Arc<[Text]>>,
    key: Vec<u8>,
    /// What was hit.
    pub hits: Hits,
}

impl<'r> Marker<'r> {
    /// A marker that has seen nothing yet.
    pub fn new(rules: &'r RuleSet) -> Marker<'r> {
        let source = |service: &str| LogSource {
            product: Some("windows".to_owned()),
            category: Some("process_creation".to_owned()),
            service: Some(service.to_owned()),
            ..LogSource::default()
        };
        let sources = ["security", "sysmon"].map(source);
        Marker { rules, sources, known: HashMap::new(), key: Vec::new(), hits: Hits::default() }
    }

    /// Puts the names of the rules that hit on a process start, and takes its details away: nothing else needs them.
    pub fn mark(&mut self, event: &mut Event) {
        let Body::ProcessCreated(created) = &event.body else { return };
        let names = self.names(event, created);
        self.count(&names);
        if let Body::ProcessCreated(created) = &mut event.body {
            created.rules = names.iter().take(RULES_PER_PROCESS_MAX).cloned().collect();
            created.rules.sort_unstable();
            created.details = None;
        }
    }

    fn count(&mut self, names: &[Text]) {
        self.hits.starts += 1;
        self.hits.marked += u64::from(!names.is_empty());
        self.hits.cut += u64::from(names.len() > RULES_PER_PROCESS_MAX);
        for name in names {
            match self.hits.by_rule.get_mut(name) {
                Some(count) => *count += 1,
                None => {
                    self.hits.by_rule.insert(name.clone(), 1);
                }
            }
        }
    }

    /// The names of all rules that hit, those of the highest level first.
    fn names(&mut self, event: &Event, created: &ProcessCreated) -> Arc<[Text]> {
        let start = Start { event, created };
        let is_sysmon = event.record.kind == EventKind::SysmonProcessCreated;
        let fields = &self.rules.fields;
        let view = View { fields, values: fields.iter().map(|row| row.read(&start)).collect() };
        view.write_key(is_sysmon, &mut self.key);
        if let Some(known) = self.known.get(self.key.as_slice()) {
            return known.clone();
        }
        let names = self.ask(&view, &self.sources[usize::from(is_sysmon)]);
        if self.key.len() <= START_BYTES_MAX {
            if self.known.len() >= STARTS_REMEMBERED_MAX {
                self.known.clear();
            }
            self.known.insert(self.key.as_slice().into(), names.clone());
        }
        names
    }

    fn ask(&self, view: &View<'_, '_>, source: &LogSource) -> Arc<[Text]> {
        let results = self.rules.engine.evaluate_pruned(view, source);
        let rows =
            results.iter().filter_map(|hit| self.rules.rows.get_key_value(hit.header.rule_title.as_str()));
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by_key(|(name, row)| (Reverse(row.level), *name));
        rows.dedup_by_key(|(name, _)| *name);
        rows.into_iter().map(|(name, _)| name.clone()).collect()
    }
}

/// A start, as the evaluator asks for it: the values of the fields that some rule asks for.
struct View<'s, 'e> {
    fields: &'s [&'static FieldRow],
    values: Vec<Option<Cow<'e, str>>>,
}

impl View<'_, '_> {
    /// All that a rule can see, with the length before each value, so that no two starts share a key.
    fn write_key(&self, is_sysmon: bool, key: &mut Vec<u8>) {
        key.clear();
        key.push(u8::from(is_sysmon));
        for value in &self.values {
            match value {
                Some(value) => {
                    key.extend_from_slice(&(value.len() as u64).to_le_bytes());
                    key.extend_from_slice(value.as_bytes());
                }
                None => key.extend_from_slice(&u64::MAX.to_le_bytes()),
            }
        }
    }

    fn known(&self) -> impl Iterator<Item = &str> {
        self.values.iter().filter_map(|value| value.as_deref())
    }
}

impl rsigma_eval::Event for View<'_, '_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        let index = self.fields.iter().position(|row| row.name == path)?;
        self.values[index].as_deref().map(|value| EventValue::Str(Cow::Borrowed(value)))
    }

    fn any_string_value(&self, is_wanted: &dyn Fn(&str) -> bool) -> bool {
        self.known().any(is_wanted)
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        self.known().map(Cow::Borrowed).collect()
    }

    /// Asked for only where a rule wants the event in its hit, and none may.
    fn to_json(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
}

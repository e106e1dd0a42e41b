//! JSON objects to records: one walk finds an object's end and the header's fields; the rest is read on demand.
//!
//! No tree is built. The walk checks structure, not every literal: a record that is not wanted costs one pass
//! over its bytes, and a wanted one a second over the object that holds its fields. An object of no known shape is an
//! envelope, perhaps: what it holds is looked at in its place. What is a record is never opened.

mod fill;
mod unwrap;
mod value;
mod view;
mod walk;

use std::borrow::Cow;

use begat_model::anomaly::AnomalyKind;

use crate::framing::{remnants, rendered, xml};
use crate::raw::Visitor;
use crate::scalar::shortened;
use crate::shapes::{Found, PathNode, PathTree, Schema, Schemas};

pub(crate) use unwrap::{is_head, list_start, member};
use view::{EventText, ObjectView};
pub(crate) use walk::ScanError;
use walk::{Scan, each_member, skip_value};

/// Most texts around a record that hold a text that holds it.
const TEXTS_MAX: usize = 2;
/// Longest text that holds an event: Windows' own records have at most 64 KiB, as text perhaps 20 times that.
const EVENT_TEXT_BYTES_MAX: usize = 2 << 20;

/// Keys that are named of an object that is no event.
const SHOWN_KEYS_MAX: usize = 8;

/// The JSON side of a text source: knows the shapes, and which was met last.
pub(crate) struct JsonReader<'s> {
    schemas: &'s Schemas,
    /// The shape of the last record: its neighbours mostly have the same.
    last: usize,
    found: Found,
}

/// How deep in others an object stands.
#[derive(Debug, Clone, Copy, Default)]
struct Nesting {
    envelopes: usize,
    texts: usize,
}

impl<'s> JsonReader<'s> {
    pub(crate) fn new(schemas: &'s Schemas) -> JsonReader<'s> {
        JsonReader { schemas, last: 0, found: Found::default() }
    }

    /// The length of the object at the start of `bytes`. Notes on the way where the last shape's fields are.
    pub(crate) fn frame(&mut self, bytes: &[u8]) -> Scan<usize> {
        let schema = self.schemas.at(self.last);
        locate(bytes, &schema.tree, &mut self.found)
    }

    /// One whole object, which `frame` has just measured.
    pub(crate) fn object(&mut self, object: &[u8], offset: u64, visitor: &mut dyn Visitor) {
        let text = match std::str::from_utf8(object) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => {
                visitor.anomaly(AnomalyKind::BadEncoding, Some(offset), &|| "not UTF-8".to_owned());
                let repaired = String::from_utf8_lossy(object);
                // Replacing changes lengths, so what was noted is noted anew.
                if self.frame(repaired.as_bytes()).is_err() {
                    return visitor.anomaly(AnomalyKind::Unparsable, Some(offset), &String::new);
                }
                repaired
            }
        };
        if !self.told(&text, Nesting::default(), offset, visitor) {
            self.no_event(&text, offset, visitor);
        }
    }

    /// Whether an object that was just framed is an event, or holds any, and tells it.
    fn told(&mut self, text: &str, nesting: Nesting, offset: u64, visitor: &mut dyn Visitor) -> bool {
        let Some(schema) = self.recognise(text) else {
            return self.unwrapped(text, nesting, offset, visitor);
        };
        let view = ObjectView { text, schema, found: &self.found };
        match view.event_text() {
            Some(event) => self.read_text(event, nesting, offset, visitor),
            None => {
                view.visit(offset, visitor);
                true
            }
        }
    }

    /// The objects in the envelopes of one of no known shape.
    fn unwrapped(&mut self, text: &str, nesting: Nesting, offset: u64, visitor: &mut dyn Visitor) -> bool {
        if nesting.envelopes == unwrap::DEPTH_MAX {
            return false;
        }
        let inner = Nesting { envelopes: nesting.envelopes + 1, ..nesting };
        let mut is_told = false;
        for inside in unwrap::enclosed(text) {
            let object = &*inside.object;
            let framed = self.frame(object.as_bytes()).is_ok();
            let is_event = framed && self.told(object, inner, offset, visitor);
            if inside.is_listed && !is_event {
                self.no_event(object, offset, visitor);
            }
            is_told |= is_event || inside.is_listed;
        }
        is_told
    }

    /// A text that a shape has in an event's place.
    fn read_text(
        &mut self,
        event: EventText<'_>,
        nesting: Nesting,
        offset: u64,
        visitor: &mut dyn Visitor,
    ) -> bool {
        let text = event.text.trim_start_matches('\u{feff}').trim();
        if text.len() > EVENT_TEXT_BYTES_MAX {
            visitor
                .anomaly(AnomalyKind::TooLong, Some(offset), &|| format!("{} bytes in a text", text.len()));
            return true;
        }
        if xml::is_event(text.as_bytes()) {
            xml::visit(text, event.carried.carrier_error.as_deref(), offset, visitor);
            return true;
        }
        if rendered::is_classic(text) {
            rendered::visit_classic(text, Some(event.carried.time), offset, visitor);
            return true;
        }
        let is_whole = text.starts_with('{') && self.frame(text.as_bytes()) == Ok(text.len());
        let inner = Nesting { texts: nesting.texts + 1, ..nesting };
        is_whole && inner.texts <= TEXTS_MAX && self.told(text, inner, offset, visitor)
    }

    /// It may say who wrote it: an event of a shape that nobody knows, or of a known one that was damaged.
    fn no_event(&self, text: &str, offset: u64, visitor: &mut dyn Visitor) {
        let left = remnants::header(text.as_bytes()).filter(|header| header.provider.is_some());
        left.iter().for_each(|header| visitor.spoilt(header, Some(offset)));
        visitor.anomaly(AnomalyKind::NotAnEvent, Some(offset), &|| self.resembles(text));
    }

    /// Which shape an object is nearest to and what it lacks of it, and its keys.
    fn resembles(&self, text: &str) -> String {
        let mut found = Found::default();
        let nearest = locate(text.as_bytes(), self.schemas.markers(), &mut found).ok();
        let nearest = nearest.and_then(|_| self.schemas.nearest(&found));
        let mut keys = Vec::new();
        let _ = each_member(text.as_bytes(), 0, |key, value| {
            if keys.len() < SHOWN_KEYS_MAX {
                keys.push(shortened(&String::from_utf8_lossy(key)));
            }
            skip_value(text.as_bytes(), value)
        });
        let keys = format!("keys: {}", keys.join(", "));
        match nearest {
            Some((schema, lacks)) => {
                format!("looks like {}, but {} is missing ({keys})", schema.title(), lacks.join(", "))
            }
            None => keys,
        }
    }

    /// An object of which only a part can be trusted: what its header says is told as lost.
    pub(crate) fn spoilt(&mut self, object: &[u8], offset: u64, visitor: &mut dyn Visitor) {
        let (Ok(text), Ok(_)) = (std::str::from_utf8(object), self.frame(object)) else { return };
        if let Some(schema) = self.recognise(text) {
            let view = ObjectView { text, schema, found: &self.found };
            visitor.spoilt(&view.header(None), Some(offset));
        }
    }

    /// The shape of an object; `found` then holds its fields.
    fn recognise(&mut self, text: &str) -> Option<&'s Schema> {
        let schemas = self.schemas;
        let bytes = text.as_bytes();
        let last = schemas.at(self.last);
        if schemas.goes_first(self.last) && last.recognises(&self.found, bytes) {
            return Some(last);
        }
        // One walk finds the markers of all shapes, however many there are.
        locate(bytes, schemas.markers(), &mut self.found).ok()?;
        self.last = schemas.recognise(&self.found, bytes)?;
        let schema = schemas.at(self.last);
        locate(bytes, &schema.tree, &mut self.found).ok()?;
        Some(schema)
    }
}

/// Where a tree's paths stand in the object at the start of `bytes`, and the object's length.
fn locate(bytes: &[u8], tree: &PathTree, found: &mut Found) -> Scan<usize> {
    found.clear(tree.slots());
    walk(bytes, 0, tree, tree.root(), found)
}

fn walk(bytes: &[u8], start: usize, tree: &PathTree, node: &PathNode, found: &mut Found) -> Scan<usize> {
    each_member(bytes, start, |key, value| {
        let child = tree.child(node, key);
        let end = match child {
            // As deep as the shape's paths, which come from a file of ours or the user's.
            Some(child) if child.has_children() && bytes.get(value) == Some(&b'{') => {
                walk(bytes, value, tree, child, found)?
            }
            _ => skip_value(bytes, value)?,
        };
        if let Some(slot) = child.and_then(|child| child.slot) {
            found.note(slot, value, end);
        }
        Ok(end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_sim::encode::{CARRIERS, Shipping};
    use begat_sim::events::{Draft, EVENT_KINDS, Envelope};
    use begat_sim::value::Ticks;

    /// The names of all shapes that an object is of, or of those that what it encloses is of.
    fn shapes_of(object: &str, schemas: &Schemas) -> Vec<String> {
        let is_of = |schema: &&Schema| {
            let mut found = Found::default();
            locate(object.as_bytes(), &schema.tree, &mut found).unwrap();
            schema.recognises(&found, object.as_bytes())
        };
        let of = |is_fallback: bool| {
            let shapes = schemas.iter().filter(|schema| schema.is_fallback() == is_fallback).filter(is_of);
            shapes.map(|schema| schema.name().to_owned()).collect::<Vec<_>>()
        };
        let named = if of(false).is_empty() { of(true) } else { of(false) };
        if !named.is_empty() {
            return named;
        }
        unwrap::enclosed(object).iter().flat_map(|inside| shapes_of(&inside.object, schemas)).collect()
    }

    #[test]
    fn each_record_is_of_one_shape_alone() {
        let schemas = Schemas::built_in();
        let mut met = std::collections::BTreeSet::new();
        for carrier in CARRIERS.iter().filter(|carrier| carrier.extension == "json") {
            for kind in EVENT_KINDS {
                let (time, computer) = (Ticks::parse("2026-03-02T09:15:42Z"), "WS1".to_owned());
                let envelope =
                    Envelope { record_id: 1, time, computer, execution: (4, 8), activity_id: None };
                let bytes =
                    carrier.encode(&[Draft::new(kind).written(envelope)], &Shipping::default()).unwrap();
                let object = bytes.trim_ascii().trim_ascii_start();
                let object = std::str::from_utf8(object.strip_prefix(b"[").unwrap_or(object)).unwrap();
                let names = shapes_of(object, &schemas);
                assert_eq!(names.len(), 1, "{} {}: {names:?}", carrier.name, kind.event_id);
                met.insert(names[0].clone());
            }
        }
        // Defender's tables tell other things than Windows' records, and ship none of them.
        let numbered = schemas.iter().filter(|schema| schema.actions.is_none());
        let unmet: Vec<&str> = numbered.map(Schema::name).filter(|name| !met.contains(*name)).collect();
        assert_eq!(unmet, UNSHIPPED, "every shape has a carrier that ships it");
    }

    /// Shapes that no carrier of the simulator ships.
    const UNSHIPPED: &[&str] = &[];
}

//! Records as JSON, in the shape of `evtx_dump`: for people who want to see everything.

use std::collections::HashMap;
use std::io::Write;

use crate::binxml::entity::entity_character;
use crate::binxml::tokens::RawValue;
use crate::binxml::tree::{Attribute, Element, ElementId, Node, Tree};
use crate::plan::layout::SystemField;
use crate::plan::record::{RawName, Record};
use crate::raw::damage::Malformed;
use crate::raw::escape::{push_character, push_decimal, push_printed, push_text, push_utf16};
use crate::raw::text::Text;
use crate::raw::value::{Value, kind};

use crate::raw::escape::json_text;

/// What one record may give: arrays in arrays of elements multiply.
const OUTPUT_MAX_BYTES: usize = 16 << 20;
const DEPTH_MAX: usize = 128;

/// Append the whole record as one JSON object: `{"Event":{"#attributes":…,"System":…,"EventData":…}}`.
///
/// `Data` with a name is a member of that name (a number is added where a name comes again, and an
/// array where it comes in a row); without a name, all are in `Data.#text`. Numbers and Booleans are
/// bare, all else is text as Windows prints it. Nothing is appended where the record cannot be
/// rendered.
pub fn json(record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Malformed> {
    let start = out.len();
    let place = record.header().place;
    let rendered = Tree::build(place.chunk, place.frame.content()).and_then(|(tree, root)| {
        let mut renderer = Renderer { tree: &tree, out, start };
        renderer.root(root)
    });
    if rendered.is_err() {
        out.truncate(start);
    }
    rendered
}

/// Append a record as one flat JSON object: its System values by the names of their elements and
/// attributes, `EventRecordID` and `Provider_Name` say, then its fields by theirs. NULL is `null`, a
/// field without a name is `Data`, and a name that comes again is there again.
///
/// Made from the decoded fields, so it is several times as fast as [`json`]; what is neither System
/// value nor field is not in it.
pub fn json_flat(record: &Record<'_>, out: &mut Vec<u8>) {
    let header = record.header();
    out.push(b'{');
    for (field, key) in SystemField::all().zip(SYSTEM_KEYS) {
        if let Some(stored) = header.stored(field) {
            out.extend_from_slice(key.as_bytes());
            json_raw(stored.kind, stored.bytes, out);
            out.push(b',');
        }
    }
    for (name, kind, bytes) in record.raw_fields() {
        match name {
            RawName::Known(name) => out.extend_from_slice(record.names.json_key(name)),
            _ => {
                json_text(&record.name(name).unwrap_or(Text::utf8("Data")), out);
                out.push(b':');
            }
        }
        json_raw(kind, bytes, out);
        out.push(b',');
    }
    // The last comma, where anything was written.
    if out.last() == Some(&b',') {
        out.pop();
    }
    out.push(b'}');
}

/// The keys of the System values in a flat record, in the order of [`SystemField`].
const SYSTEM_KEYS: [&str; SystemField::COUNT] = [
    r#""Provider_Name":"#,
    r#""Provider_Guid":"#,
    r#""Provider_EventSourceName":"#,
    r#""EventID":"#,
    r#""EventID_Qualifiers":"#,
    r#""Version":"#,
    r#""Level":"#,
    r#""Task":"#,
    r#""Opcode":"#,
    r#""Keywords":"#,
    r#""TimeCreated_SystemTime":"#,
    r#""EventRecordID":"#,
    r#""Correlation_ActivityID":"#,
    r#""Correlation_RelatedActivityID":"#,
    r#""Execution_ProcessID":"#,
    r#""Execution_ThreadID":"#,
    r#""Execution_ProcessorID":"#,
    r#""Execution_SessionID":"#,
    r#""Execution_KernelTime":"#,
    r#""Execution_UserTime":"#,
    r#""Execution_ProcessorTime":"#,
    r#""Channel":"#,
    r#""Computer":"#,
    r#""Security_UserID":"#,
];

/// A value as it is stored; text, which most are, without a detour.
#[inline]
fn json_raw(kind: u8, bytes: &[u8], out: &mut Vec<u8>) {
    if kind == kind::TEXT {
        out.push(b'"');
        push_utf16(bytes, out);
        out.push(b'"');
    } else {
        json_value(&Value::decode(kind, bytes), out);
    }
}

/// Append a value as JSON: bare where it is a number or a Boolean, else text as Windows prints it.
/// NULL is `null`, an array is an array.
pub fn json_value(value: &Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Unsigned(number) => push_decimal(*number, out),
        Value::Signed(_) | Value::Bool(_) => _ = write!(out, "{value}"),
        Value::Array(array) => {
            out.push(b'[');
            for (place, item) in array.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                json_value(&item, out);
            }
            out.push(b']');
        }
        _ => {
            out.push(b'"');
            push_printed(value, out);
            out.push(b'"');
        }
    }
}

struct Renderer<'r, 'c> {
    tree: &'r Tree<'c>,
    out: &'r mut Vec<u8>,
    start: usize,
}

/// How many members of a name an object has already.
type Seen = HashMap<Vec<u8>, u32>;

impl<'r> Renderer<'r, '_> {
    fn root(&mut self, root: Option<ElementId>) -> Result<(), Malformed> {
        let Some(root) = root else {
            // A record whose stream ends before it starts.
            self.out.extend_from_slice(b"{\"Event\":null}");
            return Ok(());
        };
        let root = self.tree.element(root);
        self.out.push(b'{');
        self.key(root.name, 0);
        self.element(root, false, 0)?;
        self.out.push(b'}');
        Ok(())
    }

    fn name_is(&self, name: RawValue, wanted: &str) -> bool {
        Text::utf16_until_nul(name.bytes(self.tree.chunk)) == wanted
    }

    fn decode(&self, value: RawValue) -> Value<'r> {
        Value::decode(value.kind, value.bytes(self.tree.chunk))
    }

    fn key(&mut self, name: RawValue, number: u32) {
        self.out.push(b'"');
        push_text(&Text::utf16_until_nul(name.bytes(self.tree.chunk)), self.out);
        self.key_end(number);
    }

    fn key_end(&mut self, number: u32) {
        if number > 0 {
            _ = write!(self.out, "_{number}");
        }
        self.out.extend_from_slice(b"\":");
    }

    fn comma(&mut self, wrote: &mut bool) {
        if std::mem::replace(wrote, true) {
            self.out.push(b',');
        }
    }

    fn has_text(&self, nodes: &[Node]) -> bool {
        nodes.iter().any(|node| match *node {
            Node::Value(value) => !self.decode(value).is_empty(),
            Node::Character(_) | Node::Entity(_) => true,
            Node::Element(_) => false,
        })
    }

    /// An element's value: bare, text, an object, or null where there is nothing in it.
    fn element(&mut self, element: &'r Element, holds_data: bool, depth: usize) -> Result<(), Malformed> {
        let has_elements = has_elements(element);
        let has_attributes = element.attributes.iter().any(|attribute| self.has_text(&attribute.value));
        if has_elements || has_attributes {
            return self.object(element, holds_data, depth);
        }
        if self.has_text(&element.children) {
            self.content(&element.children);
        } else {
            self.out.extend_from_slice(b"null");
        }
        Ok(())
    }

    /// Text and values: bare where it is one number or Boolean.
    fn content(&mut self, nodes: &[Node]) {
        let mut values =
            nodes.iter().filter(|node| !matches!(node, Node::Element(_)) && self.has_text(&[**node]));
        if let (Some(Node::Value(value)), None) = (values.next(), values.next())
            && is_bare(value.kind)
        {
            let value = self.decode(*value);
            if !matches!(value, Value::Unreadable { .. }) {
                return json_value(&value, self.out);
            }
        }
        self.out.push(b'"');
        self.text_of(nodes);
        self.out.push(b'"');
    }

    fn text_of(&mut self, nodes: &[Node]) {
        for node in nodes {
            match *node {
                Node::Value(value) => push_printed(&self.decode(value), self.out),
                Node::Character(unit) => match char::from_u32(u32::from(unit)) {
                    Some(character) => push_character(character, self.out),
                    None => _ = write!(self.out, "&#{unit};"),
                },
                Node::Entity(name) => {
                    let name = Text::utf16_until_nul(name.bytes(self.tree.chunk));
                    match entity_character(&name.to_cow()) {
                        Some(character) => push_character(character, self.out),
                        None => {
                            self.out.push(b'&');
                            push_text(&name, self.out);
                            self.out.push(b';');
                        }
                    }
                }
                Node::Element(_) => {}
            }
        }
    }

    fn attributes(&mut self, element: &Element) -> bool {
        let mut wrote = false;
        for attribute in &element.attributes {
            if !self.has_text(&attribute.value) {
                continue;
            }
            if !wrote {
                self.out.extend_from_slice(b"\"#attributes\":{");
            }
            self.comma(&mut wrote);
            self.key(attribute.name, 0);
            self.content(&attribute.value);
        }
        if wrote {
            self.out.push(b'}');
        }
        wrote
    }

    fn object(&mut self, element: &'r Element, holds_data: bool, depth: usize) -> Result<(), Malformed> {
        self.out.push(b'{');
        let wrote = self.attributes(element);
        self.body(element, holds_data, wrote, depth)
    }

    /// The text and the elements of an object that is open already, and its end.
    fn body(
        &mut self,
        element: &'r Element,
        holds_data: bool,
        mut wrote: bool,
        depth: usize,
    ) -> Result<(), Malformed> {
        if depth > DEPTH_MAX {
            return Err(Malformed::TooDeep);
        }
        if self.has_text(&element.children) {
            self.comma(&mut wrote);
            self.out.extend_from_slice(b"\"#text\":");
            self.content(&element.children);
        }
        let children: Vec<&'r Element> = element
            .children
            .iter()
            .filter_map(|node| match node {
                Node::Element(id) => Some(self.tree.element(*id)),
                _ => None,
            })
            .collect();
        self.members(&children, holds_data, wrote, depth)?;
        self.out.push(b'}');
        Ok(())
    }

    fn members(
        &mut self,
        children: &[&'r Element],
        holds_data: bool,
        mut wrote: bool,
        depth: usize,
    ) -> Result<(), Malformed> {
        let is_data = |renderer: &Self, child: &Element| holds_data && renderer.name_is(child.name, "Data");
        let data: Vec<&Element> = children.iter().filter(|child| is_data(self, child)).copied().collect();
        let named = data.iter().any(|child| self.data_name(child).is_some());
        let (mut seen, mut seen_data) = (Seen::new(), Seen::new());
        let mut rest = children;
        let mut positional = Some(data).filter(|_| !named);
        while let [child, after @ ..] = rest {
            let from_child = rest;
            rest = after;
            if self.out.len() - self.start > OUTPUT_MAX_BYTES {
                return Err(Malformed::TooLong);
            }
            if !is_data(self, child) {
                self.comma(&mut wrote);
                let number = next_number(&mut seen, child.name.bytes(self.tree.chunk));
                self.key(child.name, number);
                let holds_data =
                    self.name_is(child.name, "EventData") || self.name_is(child.name, "UserData");
                self.element(child, holds_data, depth + 1)?;
            } else if named {
                let Some(name) = self.data_name(child) else { continue };
                let run = after.iter().take_while(|next| {
                    is_data(self, next)
                        && self.data_name(next).is_some_and(|next| self.same_name(&name.value, &next.value))
                });
                let run = run.count();
                self.comma(&mut wrote);
                self.named_data(name, &from_child[..=run], &mut seen_data, depth)?;
                rest = &after[run..];
            } else if let Some(all) = positional.take() {
                self.comma(&mut wrote);
                self.out.extend_from_slice(b"\"Data\":{\"#text\":");
                self.data_values(&all, depth)?;
                self.out.push(b'}');
            }
        }
        Ok(())
    }

    /// The `Name` attribute, where it says something.
    fn data_name(&self, element: &'r Element) -> Option<&'r Attribute> {
        let name = element.attributes.iter().find(|attribute| self.name_is(attribute.name, "Name"))?;
        self.has_text(&name.value).then_some(name)
    }

    fn same_name(&self, left: &[Node], right: &[Node]) -> bool {
        left.len() == right.len()
            && left.iter().zip(right).all(|pair| match pair {
                (Node::Value(left), Node::Value(right)) => {
                    left.kind == right.kind && left.bytes(self.tree.chunk) == right.bytes(self.tree.chunk)
                }
                (left, right) => left == right,
            })
    }

    fn named_data(
        &mut self,
        name: &Attribute,
        elements: &[&'r Element],
        seen: &mut Seen,
        depth: usize,
    ) -> Result<(), Malformed> {
        self.out.push(b'"');
        let before = self.out.len();
        self.text_of(&name.value);
        let number = next_number(seen, &self.out[before..]);
        self.key_end(number);
        self.data_values(elements, depth)
    }

    /// The value of one `Data`, or those of several as an array.
    fn data_values(&mut self, elements: &[&'r Element], depth: usize) -> Result<(), Malformed> {
        if let [element] = elements {
            return self.data(element, depth);
        }
        self.out.push(b'[');
        for (place, element) in elements.iter().enumerate() {
            if place > 0 {
                self.out.push(b',');
            }
            self.data(element, depth)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn data(&mut self, element: &'r Element, depth: usize) -> Result<(), Malformed> {
        if has_elements(element) {
            self.out.push(b'{');
            return self.body(element, false, false, depth);
        }
        if self.has_text(&element.children) {
            self.content(&element.children);
        } else {
            self.out.extend_from_slice(b"\"\"");
        }
        Ok(())
    }
}

fn has_elements(element: &Element) -> bool {
    element.children.iter().any(|node| matches!(node, Node::Element(_)))
}

fn is_bare(kind: u8) -> bool {
    matches!(kind, kind::INT8..=kind::UINT64 | kind::BOOL)
}

/// 0 for the first member of a name, then 1, 2, …
fn next_number(seen: &mut Seen, name: &[u8]) -> u32 {
    let count = seen.entry(name.to_vec()).or_insert(0);
    *count += 1;
    *count - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_system_values_are_their_paths() {
        for (field, key) in SystemField::all().zip(SYSTEM_KEYS) {
            let (element, attribute) = field.path();
            let path =
                attribute.map_or_else(|| element.to_owned(), |attribute| format!("{element}_{attribute}"));
            assert_eq!(key, format!("\"{path}\":"));
        }
    }
}

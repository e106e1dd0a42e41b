//! From an event to the BinXML that the event log service stores for it.
//!
//! The tables are those of real Security, Sysmon and EventLog records: which substitution holds which field
//! of System, which elements depend on which substitution, and where the body stands.
use std::collections::HashMap;
use std::rc::Rc;

use super::binxml::{Content, Fragment, Node, Substitution, Template, declared_type, value_type};
use crate::record::{Body, WindowsRecord};
use crate::rendered::{self, EVENT_NAMESPACE};
use crate::value::Value;

/// Which shape records take in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Templates, as a host writes its own events.
    #[default]
    Native,
    /// Literal XML with text values, as a collector stores rendered events.
    Rendered,
    /// Templates with Sysmon's old habits: NUL inside text sizes, nulls that have bytes.
    OldSysmon,
}

/// The three shapes of `System` that real templates have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SystemShape {
    /// Provider and channel are substitutions, the body is the 18th: Security and Sysmon.
    Substituted,
    /// Provider and channel are literal, the body is the 20th, inside `UserData`: EventLog's 1102, CAPI2.
    LiteralUserData,
    /// A classic source: no Version, Opcode, Correlation or Execution; the body is the 20th.
    Classic,
}

/// Templates already made; equal shapes share one.
#[derive(Default)]
pub struct Layouts {
    templates: HashMap<String, Rc<Template>>,
}

impl Layouts {
    /// The BinXML of an event.
    pub fn fragment(&mut self, record: &WindowsRecord, form: Form) -> Fragment {
        if form == Form::Rendered {
            let root = Node::from(&rendered::event_element(record));
            return Fragment::Literal { root, header: true };
        }
        let shape = match &record.body {
            Body::Named(_) => SystemShape::Substituted,
            Body::Unnamed(_) => SystemShape::Classic,
            Body::User { .. } | Body::UserLiteral(_) => SystemShape::LiteralUserData,
        };
        let key = format!("{shape:?}|{}|{}|{}", record.computer, record.provider.name, record.channel);
        let template = self.template(key, || event_node(record, shape));
        let body = self.body_fragment(&record.body, form);
        Fragment::Instance { template, values: event_values(record, shape, body, form) }
    }

    fn template(&mut self, key: String, make: impl FnOnce() -> Node) -> Rc<Template> {
        Rc::clone(self.templates.entry(key).or_insert_with(|| Template::new(make())))
    }

    fn body_fragment(&mut self, body: &Body, form: Form) -> Fragment {
        match body {
            Body::Named(fields) => {
                let template = self.template(signature("EventData", fields), || event_data_node(fields));
                Fragment::Instance { template, values: field_values(fields, form) }
            }
            Body::User { element, namespaces, fields } => {
                let key = signature(&format!("{element} {namespaces:?}"), fields);
                let template = self.template(key, || user_data_node(element, namespaces, fields));
                Fragment::Instance { template, values: field_values(fields, form) }
            }
            Body::Unnamed(texts) => {
                let template = self.template("classic".to_owned(), classic_data_node);
                let values =
                    vec![Substitution::Texts(texts.clone()), Value::U32(0).into(), Value::Null.into()];
                Fragment::Instance { template, values }
            }
            Body::UserLiteral(element) => Fragment::Literal { root: element.into(), header: false },
        }
    }
}

fn signature(root: &str, fields: &[(String, Value)]) -> String {
    fields.iter().fold(root.to_owned(), |key, (name, value)| format!("{key}|{name}:{}", declared_type(value)))
}

fn field_values(fields: &[(String, Value)], form: Form) -> Vec<Substitution> {
    let substitution = |value: &Value| match (value, form) {
        (Value::Text(text), Form::OldSysmon) => Substitution::TextWithNul(text.clone()),
        _ => value.clone().into(),
    };
    fields.iter().map(|(_, value)| substitution(value)).collect()
}

fn hole(index: u16, value_type: u8) -> Content {
    Content::Substitution { index, value_type, optional: false }
}

fn optional_hole(index: u16, value_type: u8) -> Content {
    Content::Substitution { index, value_type, optional: true }
}

fn text(text: &str) -> Content {
    Content::Text(text.to_owned())
}

/// An element holding nothing but a substitution, on which it depends.
fn leaf(name: &str, index: u16, value_type: u8) -> Content {
    Content::Element(Node::new(name).depends_on(index).child(optional_hole(index, value_type)))
}

fn event_node(record: &WindowsRecord, shape: SystemShape) -> Node {
    let system = Content::Element(system_node(record, shape));
    let event = Node::new("Event").attribute("xmlns", text(EVENT_NAMESPACE)).child(system);
    let body_index = body_index(shape);
    let body = optional_hole(body_index, value_type::BINXML);
    if shape == SystemShape::LiteralUserData {
        return event.child(Content::Element(Node::new("UserData").depends_on(body_index).child(body)));
    }
    event.depends_on(body_index).child(body)
}

fn body_index(shape: SystemShape) -> u16 {
    if shape == SystemShape::Substituted { 17 } else { 19 }
}

fn system_node(record: &WindowsRecord, shape: SystemShape) -> Node {
    let event_id = Node::new("EventID")
        .depends_on(3)
        .attribute("Qualifiers", optional_hole(4, value_type::U16))
        .child(optional_hole(3, value_type::U16));
    let time = Node::new("TimeCreated").attribute("SystemTime", optional_hole(6, value_type::FILETIME));
    let user = Node::new("Security").attribute("UserID", optional_hole(12, value_type::SID));
    let channel = match shape {
        SystemShape::Substituted => leaf("Channel", 16, value_type::TEXT),
        _ => Content::Element(Node::new("Channel").child(text(&record.channel))),
    };
    let mut children = vec![Content::Element(provider_node(record, shape)), Content::Element(event_id)];
    let classic = shape == SystemShape::Classic;
    children.extend((!classic).then(|| leaf("Version", 11, value_type::U8)));
    children.push(leaf("Level", 0, value_type::U8));
    children.push(leaf("Task", 2, value_type::U16));
    children.extend((!classic).then(|| leaf("Opcode", 1, value_type::U8)));
    children.push(leaf("Keywords", 5, value_type::HEX64));
    children.push(Content::Element(time));
    children.push(leaf("EventRecordID", 10, value_type::U64));
    if !classic {
        children.extend(correlation_and_execution(shape).map(Content::Element));
    }
    children.push(channel);
    children.push(Content::Element(Node::new("Computer").child(text(&record.computer))));
    children.push(Content::Element(user));
    Node { children, ..Node::new("System") }
}

fn provider_node(record: &WindowsRecord, shape: SystemShape) -> Node {
    let node = Node::new("Provider");
    if shape == SystemShape::Substituted {
        let named = node.attribute("Name", optional_hole(14, value_type::TEXT));
        return named.attribute("Guid", optional_hole(15, value_type::GUID));
    }
    let named = node.attribute("Name", text(&record.provider.name));
    match record.provider.guid {
        Some(guid) => named.attribute("Guid", Content::Text(format!("{{{guid}}}"))),
        None => named,
    }
}

fn correlation_and_execution(shape: SystemShape) -> [Node; 2] {
    // Where provider and channel are substitutions the related activity comes before them, else at the end.
    let related = if shape == SystemShape::Substituted { 13 } else { 18 };
    let correlation = Node::new("Correlation")
        .attribute("ActivityID", optional_hole(7, value_type::GUID))
        .attribute("RelatedActivityID", optional_hole(related, value_type::GUID));
    let execution = Node::new("Execution")
        .attribute("ProcessID", optional_hole(8, value_type::U32))
        .attribute("ThreadID", optional_hole(9, value_type::U32));
    [correlation, execution]
}

fn event_data_node(fields: &[(String, Value)]) -> Node {
    let mut node = Node::new("EventData");
    for (i, (name, value)) in fields.iter().enumerate() {
        let index = u16::try_from(i).expect("an event has few fields");
        let data = Node::new("Data").attribute("Name", text(name)).child(hole(index, declared_type(value)));
        node.children.push(Content::Element(data));
    }
    node
}

fn user_data_node(element: &str, namespaces: &[(String, String)], fields: &[(String, Value)]) -> Node {
    let mut node = Node::new(element);
    for (name, namespace) in namespaces {
        node = node.attribute(name, text(namespace));
    }
    for (i, (name, value)) in fields.iter().enumerate() {
        let index = u16::try_from(i).expect("an event has few fields");
        node = node.child(Content::Element(Node::new(name).child(hole(index, declared_type(value)))));
    }
    node
}

fn classic_data_node() -> Node {
    let data = Node::new("Data").depends_on(0).child(optional_hole(0, value_type::TEXT_ARRAY));
    let binary = Node::new("Binary").depends_on(2).child(optional_hole(2, value_type::BINARY));
    Node::new("EventData").child(Content::Element(data)).child(Content::Element(binary))
}

fn event_values(record: &WindowsRecord, shape: SystemShape, body: Fragment, form: Form) -> Vec<Substitution> {
    let or_null = |value: Option<Value>| Substitution::Value(value.unwrap_or(Value::Null));
    let classic = shape == SystemShape::Classic;
    let qualifiers = match (record.qualifiers, form) {
        (None, Form::OldSysmon) => Substitution::NullWithBytes(record.event_id.to_le_bytes().to_vec()),
        (qualifiers, _) => or_null(qualifiers.map(Value::U16)),
    };
    let execution = if classic { (0, 0) } else { record.execution };
    let mut values = vec![
        Value::U8(record.level).into(),
        Value::U8(record.opcode).into(),
        Value::U16(record.task).into(),
        Value::U16(record.event_id).into(),
        qualifiers,
        Value::Hex64(record.keywords).into(),
        Value::FileTime(record.time).into(),
        or_null(record.activity_id.map(Value::Guid)),
        Value::U32(execution.0).into(),
        Value::U32(execution.1).into(),
        Value::U64(record.record_id).into(),
        Value::U8(record.version).into(),
        or_null(record.user.clone().map(Value::Sid)),
    ];
    if shape == SystemShape::Substituted {
        values.push(Value::Null.into());
        values.push(Value::text(record.provider.name.as_ref()).into());
        values.push(or_null(record.provider.guid.map(Value::Guid)));
        values.push(Value::text(record.channel.as_str()).into());
    }
    values.resize(usize::from(body_index(shape)), Value::Null.into());
    values.push(Substitution::Fragment(Box::new(body)));
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{
        ACCOUNT_CREATED_4720, ACCOUNT_DELETED_4726, Draft, Envelope, EventKind, LOG_CLEARED_1102,
    };
    use crate::evtx::chunk::ChunkBuilder;
    use crate::evtx::sizes::RECORDS_AT;
    use crate::value::Ticks;

    /// The sizes of the two definitions that a chunk's first record brings with it.
    fn definition_sizes(kind: &'static EventKind, computer: &str) -> (u32, u32) {
        let envelope = Envelope {
            record_id: 1,
            time: Ticks::parse("2020-07-11T16:00:00Z"),
            computer: computer.to_owned(),
            execution: (528, 3156),
            activity_id: None,
        };
        let fragment = Layouts::default().fragment(&Draft::new(kind).written(envelope), Form::Native);
        let mut builder = ChunkBuilder::new();
        builder.write_record(1, Ticks(0), &fragment).unwrap();
        let chunk = builder.finish(1);
        let word = |at: usize| u32::from_le_bytes(chunk[at..at + 4].try_into().unwrap());
        // Offsets of the definitions, from the heads of the template table.
        let heads = (0..32).map(|i| word(384 + 4 * i) as usize).filter(|head| *head != 0);
        let mut offsets: Vec<usize> = heads.flat_map(|head| [head, word(head) as usize]).collect();
        offsets.retain(|offset| *offset > RECORDS_AT);
        offsets.sort_unstable();
        (word(offsets[0] + 20), word(offsets[1] + 20))
    }

    #[test]
    fn definitions_are_byte_for_byte_as_large_as_windows_own() {
        // Sizes from the first records of real chunks, whose computers have names of these lengths.
        assert_eq!(definition_sizes(&ACCOUNT_CREATED_4720, "file1.corp.example"), (1180, 1540));
        assert_eq!(definition_sizes(&LOG_CLEARED_1102, "srv1.corp.example"), (1361, 556));
        // Where 4726 opens a chunk it brings the names that it finds in one that 4720 opened.
        let (system, body) = definition_sizes(&ACCOUNT_DELETED_4726, "file1.corp.example");
        assert_eq!((system, body > 482), (1180, true));
    }
}

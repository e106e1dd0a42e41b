//! BinXML as the event log service writes it: templates, their instances, and literal elements.
//!
//! Names are written in full at their first use in a chunk and referred to afterwards; so are template
//! definitions. Everything here therefore writes straight into the chunk's buffer, where offsets are known.
use std::rc::Rc;

use super::buffer::Buffer;
use super::error::EvtxError;
use crate::value::{Guid, Value};

/// BinXML tokens (MS-EVEN6 2.2.12); `MORE` is or'ed in where attributes follow.
mod token {
    pub(super) const END_OF_STREAM: u8 = 0x00;
    pub(super) const OPEN_ELEMENT: u8 = 0x01;
    pub(super) const CLOSE_START: u8 = 0x02;
    pub(super) const CLOSE_EMPTY: u8 = 0x03;
    pub(super) const END_ELEMENT: u8 = 0x04;
    pub(super) const VALUE: u8 = 0x05;
    pub(super) const ATTRIBUTE: u8 = 0x06;
    pub(super) const TEMPLATE_INSTANCE: u8 = 0x0c;
    pub(super) const SUBSTITUTION: u8 = 0x0d;
    pub(super) const OPTIONAL_SUBSTITUTION: u8 = 0x0e;
    pub(super) const MORE: u8 = 0x40;
    pub(super) const FRAGMENT_HEADER: [u8; 4] = [0x0f, 0x01, 0x01, 0x00];
}

/// Value types of substitutions (MS-EVEN6 2.2.13).
pub mod value_type {
    /// Not given.
    pub const NULL: u8 = 0x00;
    /// UTF-16 text.
    pub const TEXT: u8 = 0x01;
    /// Unsigned byte.
    pub const U8: u8 = 0x04;
    /// Unsigned 16 bits.
    pub const U16: u8 = 0x06;
    /// Unsigned 32 bits.
    pub const U32: u8 = 0x08;
    /// Unsigned 64 bits.
    pub const U64: u8 = 0x0a;
    /// 32 bits, 0 or 1.
    pub const BOOL: u8 = 0x0d;
    /// Raw bytes.
    pub const BINARY: u8 = 0x0e;
    /// GUID.
    pub const GUID: u8 = 0x0f;
    /// A pointer: declared so, but stored as `HEX64` on a 64-bit host.
    pub const POINTER: u8 = 0x10;
    /// FILETIME.
    pub const FILETIME: u8 = 0x11;
    /// SID.
    pub const SID: u8 = 0x13;
    /// 32 bits printed in hexadecimal.
    pub const HEX32: u8 = 0x14;
    /// 64 bits printed in hexadecimal.
    pub const HEX64: u8 = 0x15;
    /// A BinXML fragment.
    pub const BINXML: u8 = 0x21;
    /// NUL-terminated texts one after another.
    pub const TEXT_ARRAY: u8 = 0x81;
}

/// What stands inside an element or an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Literal text; empty text only forces an end tag.
    Text(String),
    /// A hole that each instance of the template fills.
    Substitution {
        /// Which value of the instance.
        index: u16,
        /// The type the template declares; the instance's own descriptor decides.
        value_type: u8,
        /// Whether the element or attribute goes away where the value is null.
        optional: bool,
    },
    /// An element.
    Element(Node),
}

/// An element of a template definition or of a literal fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// The substitution on which its existence depends; written in definitions only.
    pub dependency: Option<u16>,
    /// Attributes in order.
    pub attributes: Vec<(String, Content)>,
    /// Children in order; none at all gives an empty-element tag.
    pub children: Vec<Content>,
}

impl Node {
    /// An element without anything in it.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), dependency: None, attributes: Vec::new(), children: Vec::new() }
    }

    /// The same, going away where this substitution is null.
    #[must_use]
    pub fn depends_on(mut self, substitution: u16) -> Self {
        self.dependency = Some(substitution);
        self
    }

    /// The same with an attribute more.
    #[must_use]
    pub fn attribute(mut self, name: &str, content: Content) -> Self {
        self.attributes.push((name.to_owned(), content));
        self
    }

    /// The same with a child more.
    #[must_use]
    pub fn child(mut self, content: Content) -> Self {
        self.children.push(content);
        self
    }
}

impl From<&crate::record::Element> for Node {
    fn from(element: &crate::record::Element) -> Self {
        let mut node = Self::new(&element.name);
        node.attributes = element
            .attributes
            .iter()
            .map(|(name, value)| (name.clone(), Content::Text(value.clone())))
            .collect();
        node.children = element.children.iter().map(|child| Content::Element(child.into())).collect();
        node.children.extend(element.text.clone().map(Content::Text));
        node
    }
}

/// A template definition: written in full once in each chunk that uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Made from the content, so equal templates have equal GUIDs, as Windows' have.
    pub guid: Guid,
    /// The element.
    pub root: Node,
}

impl Template {
    /// The template of this content.
    pub fn new(root: Node) -> Rc<Self> {
        let content = format!("{root:?}");
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&fnv1a_64(0, content.as_bytes()).to_le_bytes());
        bytes[8..].copy_from_slice(&fnv1a_64(1, content.as_bytes()).to_le_bytes());
        Rc::new(Self { guid: Guid(bytes), root })
    }
}

/// FNV-1a, with a salt that gives a second, independent half.
fn fnv1a_64(salt: u64, bytes: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// One value of a template instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Substitution {
    /// A typed value.
    Value(Value),
    /// Null, yet with bytes that a reader has to step over: old Sysmon writes Qualifiers so.
    NullWithBytes(Vec<u8>),
    /// Text with a terminating NUL inside its size: old Sysmon writes all its texts so.
    TextWithNul(String),
    /// Several texts in one value: the nameless `<Data>` of classic sources.
    Texts(Vec<String>),
    /// A fragment within: EventData and UserData.
    Fragment(Box<Fragment>),
}

impl From<Value> for Substitution {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

/// A whole stream of BinXML: what a record holds, and what a nested value holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fragment {
    /// A template and the values for its holes.
    Instance {
        /// The template.
        template: Rc<Template>,
        /// Its values.
        values: Vec<Substitution>,
    },
    /// A literal element without a template.
    Literal {
        /// The element.
        root: Node,
        /// Whether a fragment header comes first: in records it does, CAPI2's nested values have none.
        header: bool,
    },
}

/// The type that a template declares for such a value.
pub(crate) fn declared_type(value: &Value) -> u8 {
    match value {
        Value::Null | Value::Text(_) => value_type::TEXT,
        Value::U8(_) => value_type::U8,
        Value::U16(_) => value_type::U16,
        Value::U32(_) => value_type::U32,
        Value::U64(_) => value_type::U64,
        Value::Bool(_) => value_type::BOOL,
        Value::Hex32(_) => value_type::HEX32,
        Value::Hex64(_) => value_type::HEX64,
        Value::Pointer(_) => value_type::POINTER,
        Value::Sid(_) => value_type::SID,
        Value::Guid(_) => value_type::GUID,
        Value::FileTime(_) => value_type::FILETIME,
        Value::Binary(_) => value_type::BINARY,
    }
}

impl Fragment {
    /// Writes the stream at the buffer's end, its end mark included.
    pub(super) fn write(&self, buffer: &mut Buffer) -> Result<(), EvtxError> {
        match self {
            Self::Instance { template, values } => {
                buffer.bytes.extend_from_slice(&token::FRAGMENT_HEADER);
                write_instance(buffer, template, values)?;
            }
            Self::Literal { root, header } => {
                if *header {
                    buffer.bytes.extend_from_slice(&token::FRAGMENT_HEADER);
                }
                write_node(buffer, root, false)?;
            }
        }
        buffer.bytes.push(token::END_OF_STREAM);
        Ok(())
    }
}

fn write_instance(
    buffer: &mut Buffer,
    template: &Rc<Template>,
    values: &[Substitution],
) -> Result<(), EvtxError> {
    buffer.bytes.extend_from_slice(&[token::TEMPLATE_INSTANCE, 1]);
    // The template's id is the first group of its GUID.
    buffer.bytes.extend_from_slice(&template.guid.0[..4]);
    match buffer.template_offset(&template.guid) {
        Some(offset) => buffer.push_u32(offset),
        None => write_definition(buffer, template)?,
    }
    buffer.push_u32(u32::try_from(values.len()).expect("an event has few values"));
    let descriptors_at = buffer.bytes.len();
    buffer.bytes.resize(descriptors_at + 4 * values.len(), 0);
    for (i, value) in values.iter().enumerate() {
        let value_at = buffer.bytes.len();
        let value_type = write_substitution(buffer, value)?;
        let size_bytes = buffer.bytes.len() - value_at;
        let size = u16::try_from(size_bytes).map_err(|_| EvtxError::ValueTooLarge { size_bytes })?;
        let descriptor = descriptors_at + 4 * i;
        buffer.bytes[descriptor..descriptor + 2].copy_from_slice(&size.to_le_bytes());
        buffer.bytes[descriptor + 2] = value_type;
    }
    Ok(())
}

fn write_definition(buffer: &mut Buffer, template: &Rc<Template>) -> Result<(), EvtxError> {
    let definition_at = buffer.position() + 4;
    buffer.push_u32(definition_at);
    let next_in_bucket = buffer.add_template(&template.guid, definition_at);
    buffer.push_u32(next_in_bucket);
    buffer.bytes.extend_from_slice(&template.guid.0);
    let size_at = buffer.reserve_u32();
    buffer.bytes.extend_from_slice(&token::FRAGMENT_HEADER);
    write_node(buffer, &template.root, true)?;
    buffer.bytes.push(token::END_OF_STREAM);
    buffer.patch_size(size_at);
    Ok(())
}

fn write_node(buffer: &mut Buffer, node: &Node, in_definition: bool) -> Result<(), EvtxError> {
    let more = if node.attributes.is_empty() { 0 } else { token::MORE };
    buffer.bytes.push(token::OPEN_ELEMENT | more);
    if in_definition {
        let dependency = node.dependency.unwrap_or(u16::MAX);
        buffer.bytes.extend_from_slice(&dependency.to_le_bytes());
    }
    let size_at = buffer.reserve_u32();
    buffer.write_name(&node.name)?;
    if let Some(last) = node.attributes.len().checked_sub(1) {
        let attributes_size_at = buffer.reserve_u32();
        for (i, (name, content)) in node.attributes.iter().enumerate() {
            buffer.bytes.push(token::ATTRIBUTE | if i < last { token::MORE } else { 0 });
            buffer.write_name(name)?;
            write_content(buffer, content, in_definition)?;
        }
        buffer.patch_size(attributes_size_at);
    }
    if node.children.is_empty() {
        buffer.bytes.push(token::CLOSE_EMPTY);
    } else {
        buffer.bytes.push(token::CLOSE_START);
        for content in &node.children {
            write_content(buffer, content, in_definition)?;
        }
        buffer.bytes.push(token::END_ELEMENT);
    }
    buffer.patch_size(size_at);
    Ok(())
}

fn write_content(buffer: &mut Buffer, content: &Content, in_definition: bool) -> Result<(), EvtxError> {
    match content {
        Content::Text(text) if text.is_empty() => {}
        Content::Text(text) => {
            buffer.bytes.extend_from_slice(&[token::VALUE, value_type::TEXT]);
            buffer.push_counted_utf16(text)?;
        }
        Content::Substitution { index, value_type, optional } => {
            buffer.bytes.push(if *optional { token::OPTIONAL_SUBSTITUTION } else { token::SUBSTITUTION });
            buffer.bytes.extend_from_slice(&index.to_le_bytes());
            buffer.bytes.push(*value_type);
        }
        Content::Element(node) => write_node(buffer, node, in_definition)?,
    }
    Ok(())
}

/// Writes the bytes of a value and returns the type for its descriptor.
fn write_substitution(buffer: &mut Buffer, value: &Substitution) -> Result<u8, EvtxError> {
    match value {
        Substitution::Value(value) => Ok(write_value(buffer, value)),
        Substitution::NullWithBytes(bytes) => {
            buffer.bytes.extend_from_slice(bytes);
            Ok(value_type::NULL)
        }
        Substitution::TextWithNul(text) => {
            buffer.push_utf16(text);
            buffer.bytes.extend_from_slice(&[0, 0]);
            Ok(value_type::TEXT)
        }
        Substitution::Texts(texts) => {
            for text in texts {
                buffer.push_utf16(text);
                buffer.bytes.extend_from_slice(&[0, 0]);
            }
            Ok(value_type::TEXT_ARRAY)
        }
        Substitution::Fragment(fragment) => {
            fragment.write(buffer)?;
            Ok(value_type::BINXML)
        }
    }
}

fn write_value(buffer: &mut Buffer, value: &Value) -> u8 {
    let bytes = &mut buffer.bytes;
    match value {
        Value::Null => return value_type::NULL,
        Value::Text(text) => buffer.push_utf16(text),
        Value::U8(n) => bytes.push(*n),
        Value::U16(n) => bytes.extend_from_slice(&n.to_le_bytes()),
        Value::U32(n) | Value::Hex32(n) => bytes.extend_from_slice(&n.to_le_bytes()),
        Value::U64(n) | Value::Hex64(n) => bytes.extend_from_slice(&n.to_le_bytes()),
        Value::Pointer(n) => {
            // Declared as a pointer, stored as the hexadecimal number of the host's word size.
            bytes.extend_from_slice(&n.to_le_bytes());
            return value_type::HEX64;
        }
        Value::Bool(flag) => bytes.extend_from_slice(&u32::from(*flag).to_le_bytes()),
        Value::Sid(sid) => bytes.extend_from_slice(&sid.to_bytes()),
        Value::Guid(guid) => bytes.extend_from_slice(&guid.0),
        Value::FileTime(ticks) => bytes.extend_from_slice(&ticks.0.to_le_bytes()),
        Value::Binary(raw) => bytes.extend_from_slice(raw),
    }
    declared_type(value)
}

//! A record as a tree of elements, every template filled in: the slow and complete way.

use crate::binxml::names::name_units;
use crate::binxml::tokens::{
    DEFINITION_HEADER_BYTES, ELEMENT_DEPTH_MAX, Instance, NameReference, RawValue, STREAM_DEPTH_MAX,
    StreamKind, Token, Tokens, first_token,
};
use crate::raw::bytes::u32_at;
use crate::raw::damage::Malformed;
use crate::raw::value::{Value, kind};

/// Nodes of one record. Real ones have some hundred.
const NODES_MAX: u32 = 1 << 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ElementId(u32);

#[derive(Debug, Clone)]
pub(crate) struct Element {
    /// The name's characters.
    pub(crate) name: RawValue,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) children: Vec<Node>,
}

#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) name: RawValue,
    pub(crate) value: Vec<Node>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Node {
    Element(ElementId),
    Value(RawValue),
    Character(u16),
    Entity(RawValue),
}

#[derive(Debug)]
pub(crate) struct Tree<'c> {
    pub(crate) chunk: &'c [u8],
    elements: Vec<Element>,
    nodes_left: u32,
}

impl<'c> Tree<'c> {
    /// Build the tree of the record whose BinXML stands at `content`, and find its root.
    pub(crate) fn build(
        chunk: &'c [u8],
        content: std::ops::Range<usize>,
    ) -> Result<(Tree<'c>, Option<ElementId>), Malformed> {
        let mut tree = Tree { chunk, elements: Vec::new(), nodes_left: NODES_MAX };
        let roots = tree.stream(content, StreamKind::Content, &[], 0)?;
        let root = roots.iter().find_map(|node| match node {
            Node::Element(id) => Some(*id),
            _ => None,
        });
        Ok((tree, root))
    }

    pub(crate) fn element(&self, id: ElementId) -> &Element {
        &self.elements[id.0 as usize]
    }

    fn spend(&mut self, nodes: usize) -> Result<(), Malformed> {
        let nodes = u32::try_from(nodes).map_err(|_| Malformed::TooLong)?;
        self.nodes_left = self.nodes_left.checked_sub(nodes).ok_or(Malformed::TooLong)?;
        Ok(())
    }

    /// The nodes at the top of a stream.
    fn stream(
        &mut self,
        range: std::ops::Range<usize>,
        kind: StreamKind,
        slots: &[RawValue],
        depth: usize,
    ) -> Result<Vec<Node>, Malformed> {
        if depth > STREAM_DEPTH_MAX {
            return Err(Malformed::TooDeep);
        }
        let mut tokens = Tokens::new(self.chunk, range.start, range.end, kind);
        let mut stream = Stream { kind, slots, depth, open: Vec::new(), starting: None, top: Vec::new() };
        while let Some(token) = tokens.next()? {
            self.spend(1)?;
            self.token(token, &mut stream)?;
        }
        if stream.open.is_empty() && stream.starting.is_none() {
            Ok(stream.top)
        } else {
            Err(Malformed::Truncated)
        }
    }

    fn token(&mut self, token: Token, stream: &mut Stream<'_>) -> Result<(), Malformed> {
        match token {
            Token::Open { name, dependency } => {
                if stream.starting.is_some() {
                    return Err(Malformed::MisplacedToken);
                }
                let element =
                    Element { name: self.name(name)?, attributes: Vec::new(), children: Vec::new() };
                stream.starting = Some(Open { element, dependency });
            }
            Token::Attribute(name) => {
                let name = self.name(name)?;
                let open = stream.starting.as_mut().ok_or(Malformed::MisplacedToken)?;
                open.element.attributes.push(Attribute { name, value: Vec::new() });
            }
            Token::CloseStart => {
                let mut open = stream.starting.take().ok_or(Malformed::MisplacedToken)?;
                open.element.attributes.retain(|attribute| !attribute.value.is_empty());
                if stream.open.len() >= ELEMENT_DEPTH_MAX {
                    return Err(Malformed::TooDeep);
                }
                stream.open.push(open);
            }
            Token::CloseEmpty => {
                let mut open = stream.starting.take().ok_or(Malformed::MisplacedToken)?;
                open.element.attributes.retain(|attribute| !attribute.value.is_empty());
                self.close(open, stream)?;
            }
            Token::CloseElement => {
                let open = stream.open.pop().ok_or(Malformed::MisplacedToken)?;
                self.close(open, stream)?;
            }
            Token::Value(value) if value.kind == kind::BINXML => self.fragment(value, stream)?,
            Token::Value(value) | Token::CharacterData(value) => stream.push(Node::Value(value)),
            Token::Character(unit) => stream.push(Node::Character(unit)),
            Token::Entity(name) => {
                let name = self.name(name)?;
                stream.push(Node::Entity(name));
            }
            Token::Substitution { slot, optional } => self.substitution(slot, optional, stream)?,
            Token::Template(instance) if stream.kind == StreamKind::Content => {
                let nodes = self.instance(instance, stream.depth)?;
                stream.push_all(nodes)?;
            }
            Token::Template(_) => return Err(Malformed::MisplacedToken),
            Token::InstructionTarget(_) | Token::InstructionData => {}
        }
        Ok(())
    }

    fn name(&self, name: NameReference) -> Result<RawValue, Malformed> {
        let length = name_units(self.chunk, name.offset)?.len() as u32;
        Ok(RawValue { kind: kind::TEXT, start: name.offset + 8, length })
    }

    fn close(&mut self, open: Open, stream: &mut Stream<'_>) -> Result<(), Malformed> {
        let is_root = stream.open.is_empty();
        let from_template = stream.kind == StreamKind::Definition && !is_root;
        if from_template
            && let Some(slot) = open.dependency
            && stream.slots.get(usize::from(slot)).is_some_and(|value| value.kind == kind::NULL)
        {
            return Ok(());
        }
        if from_template {
            self.repeat(open.element, stream)
        } else {
            let id = self.add(open.element)?;
            stream.push(Node::Element(id));
            Ok(())
        }
    }

    fn add(&mut self, element: Element) -> Result<ElementId, Malformed> {
        self.spend(1 + element.attributes.len() + element.children.len())?;
        self.elements.push(element);
        Ok(ElementId(self.elements.len() as u32 - 1))
    }

    /// An element with an array in it stands once for each item of the array (MS-EVEN6 3.1.4.7.5).
    fn repeat(&mut self, element: Element, stream: &mut Stream<'_>) -> Result<(), Malformed> {
        let Some((place, array)) = self.first_array(&element) else {
            let id = self.add(element)?;
            stream.push(Node::Element(id));
            return Ok(());
        };
        let Value::Array(items) = Value::decode(array.kind, array.bytes(self.chunk)) else { return Ok(()) };
        for item in items.item_ranges() {
            let value = RawValue {
                kind: items.item_kind(),
                start: array.start + item.start as u32,
                length: item.len() as u32,
            };
            // An empty text leaves an element without content, not one with an empty text.
            let text = matches!(value.kind, kind::TEXT | kind::ANSI);
            let node = (!text || value.length > 0).then_some(Node::Value(value));
            let mut copy = element.clone();
            let nodes = match place {
                Place::Child(at) => copy.children.splice(at..=at, node),
                Place::Attribute(attribute, at) => copy.attributes[attribute].value.splice(at..=at, node),
            };
            drop(nodes);
            copy.attributes.retain(|attribute| !attribute.value.is_empty());
            self.spend(copy.children.len() + copy.attributes.len())?;
            self.repeat(copy, stream)?;
        }
        Ok(())
    }

    /// The first value with more than one item, children before attributes.
    fn first_array(&self, element: &Element) -> Option<(Place, RawValue)> {
        let array = |node: &Node| match *node {
            Node::Value(value) if value.kind & kind::ARRAY != 0 => {
                match Value::decode(value.kind, value.bytes(self.chunk)) {
                    Value::Array(items) if items.item_ranges().nth(1).is_some() => Some(value),
                    _ => None,
                }
            }
            _ => None,
        };
        let children = element.children.iter().enumerate();
        let mut in_children = children.filter_map(|(at, node)| Some((Place::Child(at), array(node)?)));
        let attributes = element.attributes.iter().enumerate().flat_map(|(attribute, nodes)| {
            nodes.value.iter().enumerate().map(move |(at, node)| (attribute, at, node))
        });
        let mut in_attributes = attributes
            .filter_map(|(attribute, at, node)| Some((Place::Attribute(attribute, at), array(node)?)));
        in_children.next().or_else(|| in_attributes.next())
    }

    fn substitution(&mut self, slot: u16, optional: bool, stream: &mut Stream<'_>) -> Result<(), Malformed> {
        if stream.kind == StreamKind::Content {
            return Err(Malformed::MisplacedToken);
        }
        let Some(mut value) = stream.slots.get(usize::from(slot)).copied() else { return Ok(()) };
        if value.kind == kind::BINXML {
            if value.length > 0 {
                return self.fragment(value, stream);
            }
            value = RawValue::NULL;
        }
        if !(optional && Value::decode(value.kind, value.bytes(self.chunk)).is_empty()) {
            stream.push(Node::Value(value));
        }
        Ok(())
    }

    fn fragment(&mut self, value: RawValue, stream: &mut Stream<'_>) -> Result<(), Malformed> {
        let start = first_token(self.chunk, value.start as usize);
        let nodes = self.stream(start..value.end(), StreamKind::Content, &[], stream.depth + 1)?;
        stream.push_all(nodes)
    }

    fn instance(&mut self, instance: Instance, depth: usize) -> Result<Vec<Node>, Malformed> {
        let mut slots = Vec::new();
        instance.slots.append_to(self.chunk, &mut slots)?;
        let definition = instance.definition as usize;
        let size =
            u32_at(self.chunk, definition.saturating_add(20)).ok_or(Malformed::DefinitionOutOfRange)?;
        let start = definition + DEFINITION_HEADER_BYTES;
        let end = start.saturating_add(size as usize);
        if end > self.chunk.len() {
            return Err(Malformed::DefinitionOutOfRange);
        }
        self.stream(start..end, StreamKind::Definition, &slots, depth + 1)
    }
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Child(usize),
    Attribute(usize, usize),
}

struct Open {
    element: Element,
    dependency: Option<u16>,
}

/// One stream being read.
struct Stream<'s> {
    kind: StreamKind,
    slots: &'s [RawValue],
    depth: usize,
    open: Vec<Open>,
    starting: Option<Open>,
    top: Vec<Node>,
}

impl Stream<'_> {
    fn push(&mut self, node: Node) {
        match (&mut self.starting, self.open.last_mut()) {
            (Some(open), _) => {
                if let Some(attribute) = open.element.attributes.last_mut() {
                    attribute.value.push(node);
                }
            }
            (None, Some(open)) => open.element.children.push(node),
            (None, None) => self.top.push(node),
        }
    }

    /// What was nested stands here; in an attribute there is no place for elements.
    fn push_all(&mut self, nodes: Vec<Node>) -> Result<(), Malformed> {
        if self.starting.is_some() {
            return Err(Malformed::MisplacedToken);
        }
        nodes.into_iter().for_each(|node| self.push(node));
        Ok(())
    }
}

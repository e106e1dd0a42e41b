//! Where the values of an event stand in a BinXML stream, learned by one walk over its tokens.
//!
//! The same walk reads a template definition, whose values are then found in the substitutions of
//! every record, and a literal record, whose values stand in the stream itself.

use crate::binxml::names::{NameId, Names};
use crate::binxml::tokens::{
    ELEMENT_DEPTH_MAX, Instance, NameReference, RawValue, StreamKind, Token, Tokens,
};
use crate::raw::damage::Malformed;
use crate::raw::value::kind;

/// A value of the System part, which every event has, whoever wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum SystemField {
    /// `Provider/@Name`.
    ProviderName,
    /// `Provider/@Guid`.
    ProviderGuid,
    /// `Provider/@EventSourceName`: the name of a classic source.
    EventSourceName,
    /// `EventID`.
    EventId,
    /// `EventID/@Qualifiers`, of classic sources.
    Qualifiers,
    /// `Version` of the event's schema.
    Version,
    /// `Level`.
    Level,
    /// `Task`.
    Task,
    /// `Opcode`.
    Opcode,
    /// `Keywords`.
    Keywords,
    /// `TimeCreated/@SystemTime`.
    TimeCreated,
    /// `EventRecordID`.
    EventRecordId,
    /// `Correlation/@ActivityID`.
    ActivityId,
    /// `Correlation/@RelatedActivityID`.
    RelatedActivityId,
    /// `Execution/@ProcessID`: of the writer, not of what the event tells of.
    ProcessId,
    /// `Execution/@ThreadID`.
    ThreadId,
    /// `Execution/@ProcessorID`.
    ProcessorId,
    /// `Execution/@SessionID`.
    SessionId,
    /// `Execution/@KernelTime`.
    KernelTime,
    /// `Execution/@UserTime`.
    UserTime,
    /// `Execution/@ProcessorTime`.
    ProcessorTime,
    /// `Channel`.
    Channel,
    /// `Computer`.
    Computer,
    /// `Security/@UserID`.
    UserId,
}

/// Element, attribute (`None` is the element's own content) and what it is.
const SYSTEM_TABLE: [(NameId, Option<NameId>, SystemField); SystemField::COUNT] = {
    use NameId as N;
    use SystemField as F;
    [
        (N::PROVIDER, Some(N::NAME), F::ProviderName),
        (N::PROVIDER, Some(N::GUID), F::ProviderGuid),
        (N::PROVIDER, Some(N::EVENT_SOURCE_NAME), F::EventSourceName),
        (N::EVENT_ID, None, F::EventId),
        (N::EVENT_ID, Some(N::QUALIFIERS), F::Qualifiers),
        (N::VERSION, None, F::Version),
        (N::LEVEL, None, F::Level),
        (N::TASK, None, F::Task),
        (N::OPCODE, None, F::Opcode),
        (N::KEYWORDS, None, F::Keywords),
        (N::TIME_CREATED, Some(N::SYSTEM_TIME), F::TimeCreated),
        (N::EVENT_RECORD_ID, None, F::EventRecordId),
        (N::CORRELATION, Some(N::ACTIVITY_ID), F::ActivityId),
        (N::CORRELATION, Some(N::RELATED_ACTIVITY_ID), F::RelatedActivityId),
        (N::EXECUTION, Some(N::PROCESS_ID), F::ProcessId),
        (N::EXECUTION, Some(N::THREAD_ID), F::ThreadId),
        (N::EXECUTION, Some(N::PROCESSOR_ID), F::ProcessorId),
        (N::EXECUTION, Some(N::SESSION_ID), F::SessionId),
        (N::EXECUTION, Some(N::KERNEL_TIME), F::KernelTime),
        (N::EXECUTION, Some(N::USER_TIME), F::UserTime),
        (N::EXECUTION, Some(N::PROCESSOR_TIME), F::ProcessorTime),
        (N::CHANNEL, None, F::Channel),
        (N::COMPUTER, None, F::Computer),
        (N::SECURITY, Some(N::USER_ID), F::UserId),
    ]
};

impl SystemField {
    /// How many there are.
    pub const COUNT: usize = SystemField::UserId as usize + 1;

    /// All of them, in the order in which Windows writes them.
    pub fn all() -> impl Iterator<Item = SystemField> {
        SYSTEM_TABLE.iter().map(|(_, _, field)| *field)
    }

    /// Its element's name, and its attribute's where it is one.
    pub fn path(self) -> (&'static str, Option<&'static str>) {
        let (element, attribute, _) = SYSTEM_TABLE[self as usize];
        (element.known(), attribute.map(NameId::known))
    }

    fn find(element: NameId, attribute: Option<NameId>) -> Option<SystemField> {
        let row = SYSTEM_TABLE.iter().find(|row| row.0 == element && row.1 == attribute)?;
        Some(row.2)
    }
}

/// Where the text of an element or attribute comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Source {
    /// It is not there.
    #[default]
    Absent,
    /// It is there and holds nothing.
    Empty,
    Slot(u16),
    Literal(RawValue),
    /// Several pieces, which read as one text: these of the layout's parts.
    Joined {
        first: u32,
        count: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Slot(u16),
    Literal(RawValue),
    Character(u16),
    Entity(NameId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldName {
    /// `<Data>` without a name.
    Unnamed,
    Known(NameId),
    Read(Source),
}

/// What stands between the ends of EventData or UserData, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    Field {
        name: FieldName,
        source: Source,
    },
    /// The value of this slot may be BinXML, which goes on here.
    Splice {
        slot: u16,
        context: Context,
    },
    /// A literal value of BinXML.
    Nested {
        stream: RawValue,
        context: Context,
    },
    Instance {
        instance: Instance,
        context: Context,
    },
    /// Where this slot is NULL so many items are left out (MS-EVEN6's dependency id).
    Guard {
        slot: u16,
        items: u32,
    },
    /// UserData's own element.
    UserData(NameId),
    /// An element that turned out to hold elements instead of a value.
    Nothing,
}

/// Where in an event a stream goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    Top,
    Event,
    EventData,
    UserData,
    UserDataRoot,
    /// Inside a field: elements in it are fields of their own.
    Field,
    System,
    SystemElement,
    Ignored,
}

/// Where a System value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SystemSource {
    pub(crate) source: Source,
    /// Its element is left out where this slot is NULL: mostly the value's own.
    pub(crate) dependency: Option<u16>,
}

/// What one walk found.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    system: [SystemSource; SystemField::COUNT],
    pub(crate) system_slots: usize,
    pub(crate) has_joined_system: bool,
    pub(crate) parts: Vec<Part>,
    pub(crate) items: Vec<Item>,
    /// It holds BinXML whose names the walk does not see.
    pub(crate) has_nested: bool,
}

impl Layout {
    #[inline]
    pub(crate) fn system(&self, field: SystemField) -> SystemSource {
        self.system[field as usize]
    }

    fn clear(&mut self) {
        self.system = Default::default();
        self.system_slots = 0;
        self.has_joined_system = false;
        self.parts.clear();
        self.items.clear();
        self.has_nested = false;
    }

    /// How many of the first slots hold all that a header asks for.
    pub(crate) fn count_system_slots(&mut self) {
        let slot_of = |system: &SystemSource| {
            let own = if let Source::Slot(slot) = system.source { Some(slot) } else { None };
            own.max(system.dependency)
        };
        let last = self.system.iter().filter_map(slot_of).max();
        self.system_slots = last.map_or(0, |last| usize::from(last) + 1);
    }

    pub(crate) fn size_bytes(&self) -> usize {
        size_of::<Layout>() + size_of_val(self.parts.as_slice()) + size_of_val(self.items.as_slice())
    }
}

#[derive(Debug, Clone, Copy)]
struct Open {
    context: Context,
    element: NameId,
    /// The field that its text belongs to.
    item: Option<u32>,
    system: Option<SystemField>,
    dependency: Option<u16>,
    guard: Option<u32>,
}

#[derive(Debug, Clone, Copy)]
enum Target {
    Nowhere,
    System(SystemField),
    Name(u32),
    Value(u32),
}

/// The state of a walk, kept from record to record for its allocations.
#[derive(Debug)]
pub(crate) struct Learner {
    pub(crate) layout: Layout,
    kind: StreamKind,
    context: Context,
    /// Offsets are kept relative to this one.
    base: u32,
    open: Vec<Open>,
    /// The element whose start is not closed yet: attributes may come.
    starting: Option<Open>,
    attribute: Target,
    system_is_done: bool,
}

impl Learner {
    pub(crate) fn new() -> Self {
        Learner {
            layout: Layout::default(),
            kind: StreamKind::Content,
            context: Context::Top,
            base: 0,
            open: Vec::new(),
            starting: None,
            attribute: Target::Nowhere,
            system_is_done: false,
        }
    }

    pub(crate) fn start(&mut self, kind: StreamKind, context: Context, base: u32) {
        self.layout.clear();
        self.open.clear();
        self.starting = None;
        self.attribute = Target::Nowhere;
        self.system_is_done = false;
        self.kind = kind;
        self.context = context;
        self.base = base;
    }

    /// Walk to the end of the System part, where there is one: enough to decide about the record.
    pub(crate) fn learn_system(
        &mut self,
        tokens: &mut Tokens<'_>,
        chunk: &[u8],
        names: &mut Names,
    ) -> Result<(), Malformed> {
        while !self.system_is_done
            && let Some(token) = tokens.next()?
        {
            self.token(token, chunk, names)?;
        }
        Ok(())
    }

    /// Walk to the end.
    pub(crate) fn learn_rest(
        &mut self,
        tokens: &mut Tokens<'_>,
        chunk: &[u8],
        names: &mut Names,
    ) -> Result<(), Malformed> {
        while let Some(token) = tokens.next()? {
            self.token(token, chunk, names)?;
        }
        if self.open.is_empty() && self.starting.is_none() { Ok(()) } else { Err(Malformed::Truncated) }
    }

    fn token(&mut self, token: Token, chunk: &[u8], names: &mut Names) -> Result<(), Malformed> {
        match token {
            Token::Open { name, dependency } => self.open(names.at(chunk, name.offset)?, dependency),
            Token::CloseStart => {
                let open = self.started(chunk, names)?;
                if self.open.len() >= ELEMENT_DEPTH_MAX {
                    return Err(Malformed::TooDeep);
                }
                self.open.push(open);
                Ok(())
            }
            Token::CloseEmpty => {
                let open = self.started(chunk, names)?;
                self.close(open);
                Ok(())
            }
            Token::CloseElement => {
                let open = self.open.pop().ok_or(Malformed::MisplacedToken)?;
                self.close(open);
                Ok(())
            }
            Token::Attribute(name) => self.attribute(names.at(chunk, name.offset)?),
            Token::Value(value) if value.kind == kind::BINXML => {
                self.nested(|context| Item::Nested { stream: value, context })
            }
            Token::Value(value) | Token::CharacterData(value) => {
                let value = RawValue { start: value.start - self.base, ..value };
                self.part(Part::Literal(value));
                Ok(())
            }
            Token::Character(unit) => {
                self.part(Part::Character(unit));
                Ok(())
            }
            Token::Entity(name) => {
                self.part(Part::Entity(names.at(chunk, name.offset)?));
                Ok(())
            }
            Token::Substitution { slot, .. } => self.substitution(slot),
            Token::Template(instance) if self.kind == StreamKind::Content => {
                self.nested(|context| Item::Instance { instance, context })
            }
            Token::Template(_) => Err(Malformed::MisplacedToken),
            Token::InstructionTarget(_) | Token::InstructionData => Ok(()),
        }
    }

    fn parent(&self) -> Context {
        self.open.last().map_or(self.context, |open| open.context)
    }

    fn open(&mut self, element: NameId, dependency: Option<u16>) -> Result<(), Malformed> {
        if self.starting.is_some() {
            return Err(Malformed::MisplacedToken);
        }
        let parent = self.parent();
        let context = child_context(parent, element);
        let mut open = Open { context, element, item: None, system: None, dependency, guard: None };
        if context == Context::SystemElement {
            open.system = SystemField::find(element, None);
        } else if let Some(slot) = dependency
            && !self.open.is_empty()
        {
            open.guard = Some(self.push(Item::Guard { slot, items: 0 }));
        }
        if parent == Context::Field {
            self.leave_field_to_its_elements();
        }
        match (parent, context) {
            (Context::UserData, Context::UserDataRoot) => {
                self.push(Item::UserData(element));
            }
            (_, Context::Field) => {
                let name = match (parent, element) {
                    (Context::EventData, NameId::DATA) => FieldName::Unnamed,
                    _ => FieldName::Known(element),
                };
                open.item = Some(self.push(Item::Field { name, source: Source::Empty }));
            }
            _ => {}
        }
        if let Some(field) = open.system {
            self.note_system(field, dependency);
        }
        self.starting = Some(open);
        Ok(())
    }

    fn push(&mut self, item: Item) -> u32 {
        self.layout.items.push(item);
        self.layout.items.len() as u32 - 1
    }

    /// An element in an element: the outer one's value is the inner ones.
    fn leave_field_to_its_elements(&mut self) {
        let Some(outer) = self.open.last_mut().and_then(|open| open.item.take()) else { return };
        if let Some(item @ Item::Field { source: Source::Empty, .. }) =
            self.layout.items.get_mut(outer as usize)
        {
            *item = Item::Nothing;
        }
    }

    fn note_system(&mut self, field: SystemField, dependency: Option<u16>) {
        let system = &mut self.layout.system[field as usize];
        if system.source == Source::Absent {
            *system = SystemSource { source: Source::Empty, dependency };
        }
    }

    fn attribute(&mut self, name: NameId) -> Result<(), Malformed> {
        let open = self.starting.ok_or(Malformed::MisplacedToken)?;
        self.attribute = Target::Nowhere;
        if open.context == Context::SystemElement {
            if let Some(field) = SystemField::find(open.element, Some(name)) {
                self.note_system(field, open.dependency);
                self.attribute = Target::System(field);
            }
        } else if let Some(item) = open.item
            && name == NameId::NAME
            && let Some(Item::Field { name: field_name @ FieldName::Unnamed, .. }) =
                self.layout.items.get_mut(item as usize)
        {
            *field_name = FieldName::Read(Source::Empty);
            self.attribute = Target::Name(item);
        }
        Ok(())
    }

    /// The start of the element is complete; a name that the definition itself spells is known now.
    fn started(&mut self, chunk: &[u8], names: &mut Names) -> Result<Open, Malformed> {
        let open = self.starting.take().ok_or(Malformed::MisplacedToken)?;
        self.attribute = Target::Nowhere;
        if self.kind == StreamKind::Definition
            && let Some(item) = open.item
            && let Some(Item::Field { name: name @ FieldName::Read(_), .. }) =
                self.layout.items.get_mut(item as usize)
            && let FieldName::Read(Source::Literal(literal)) = *name
            && literal.kind == kind::TEXT
        {
            let literal = RawValue { start: literal.start + self.base, ..literal };
            let units = literal.bytes(chunk);
            *name = FieldName::Known(names.of_units(&units[..crate::raw::text::utf16_length_bytes(units)]));
        }
        Ok(open)
    }

    fn close(&mut self, open: Open) {
        if let Some(guard) = open.guard {
            let last = self.layout.items.len() as u32 - 1;
            if let Some(Item::Guard { items, .. }) = self.layout.items.get_mut(guard as usize) {
                *items = last - guard;
            }
        }
        self.system_is_done |= open.context == Context::System;
    }

    fn substitution(&mut self, slot: u16) -> Result<(), Malformed> {
        if self.kind == StreamKind::Content {
            return Err(Malformed::MisplacedToken);
        }
        if self.starting.is_none() {
            let context = self.parent();
            match context {
                // Whether a field holds a value or elements shows only in the record.
                Context::System | Context::SystemElement | Context::Ignored | Context::Field => {}
                _ => {
                    self.push(Item::Splice { slot, context });
                }
            }
        }
        self.part(Part::Slot(slot));
        Ok(())
    }

    fn nested(&mut self, item: impl FnOnce(Context) -> Item) -> Result<(), Malformed> {
        if self.starting.is_some() {
            return Err(Malformed::MisplacedToken);
        }
        self.layout.has_nested = true;
        let context = self.parent();
        if !matches!(context, Context::System | Context::SystemElement | Context::Ignored) {
            if context == Context::Field {
                self.leave_field_to_its_elements();
            }
            self.push(item(context));
        }
        Ok(())
    }

    fn part(&mut self, part: Part) {
        let target = match (&self.starting, self.open.last()) {
            (Some(_), _) => self.attribute,
            (None, Some(Open { system: Some(field), .. })) => Target::System(*field),
            (None, Some(Open { item: Some(item), .. })) => Target::Value(*item),
            _ => Target::Nowhere,
        };
        let Layout { system, parts, items, has_joined_system, .. } = &mut self.layout;
        let source = match target {
            Target::Nowhere => return,
            Target::System(field) => &mut system[field as usize].source,
            Target::Name(item) | Target::Value(item) => match (items.get_mut(item as usize), target) {
                (Some(Item::Field { source, .. }), Target::Value(_)) => source,
                (Some(Item::Field { name: FieldName::Read(source), .. }), Target::Name(_)) => source,
                _ => return,
            },
        };
        extend(source, part, parts);
        *has_joined_system |= matches!((target, source), (Target::System(_), Source::Joined { .. }));
    }
}

/// One more piece for a source.
fn extend(source: &mut Source, part: Part, parts: &mut Vec<Part>) {
    let before = match *source {
        Source::Absent | Source::Empty => {
            *source = match part {
                Part::Slot(slot) => Source::Slot(slot),
                Part::Literal(value) => Source::Literal(value),
                Part::Character(_) | Part::Entity(_) => {
                    parts.push(part);
                    Source::Joined { first: parts.len() as u32 - 1, count: 1 }
                }
            };
            return;
        }
        Source::Slot(slot) => Part::Slot(slot),
        Source::Literal(value) => Part::Literal(value),
        Source::Joined { first, count } => {
            // Text after an element inside the element comes too late to be joined.
            if (first + count) as usize == parts.len() {
                parts.push(part);
                *source = Source::Joined { first, count: count + 1 };
            }
            return;
        }
    };
    *source = Source::Joined { first: parts.len() as u32, count: 2 };
    parts.extend([before, part]);
}

fn child_context(parent: Context, element: NameId) -> Context {
    match (parent, element) {
        (Context::Top, NameId::EVENT) => Context::Event,
        (Context::Top | Context::Event, NameId::SYSTEM) => Context::System,
        (Context::Top | Context::Event, NameId::EVENT_DATA) => Context::EventData,
        (Context::Top | Context::Event, NameId::USER_DATA) => Context::UserData,
        // RenderingInfo of forwarded events, and what else a provider may add.
        (Context::Top | Context::Event | Context::Ignored | Context::SystemElement, _) => Context::Ignored,
        (Context::System, _) => Context::SystemElement,
        (Context::UserData, _) => Context::UserDataRoot,
        (Context::EventData | Context::UserDataRoot | Context::Field, _) => Context::Field,
    }
}

/// The names that a token refers to.
pub(crate) fn name_of(token: &Token) -> Option<NameReference> {
    match *token {
        Token::Open { name, .. }
        | Token::Attribute(name)
        | Token::Entity(name)
        | Token::InstructionTarget(name) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_table_is_in_the_order_of_its_enum() {
        for (place, (element, attribute, field)) in SYSTEM_TABLE.iter().enumerate() {
            assert_eq!(*field as usize, place);
            assert_eq!(SystemField::find(*element, *attribute), Some(*field), "each path once");
        }
        assert_eq!(SystemField::ProviderGuid.path(), ("Provider", Some("Guid")));
        assert_eq!(SystemField::all().count(), SystemField::COUNT);
    }

    #[test]
    fn pieces_of_one_text_stay_together() {
        let mut parts = Vec::new();
        let mut source = Source::Empty;
        extend(&mut source, Part::Slot(3), &mut parts);
        assert_eq!(source, Source::Slot(3));
        extend(&mut source, Part::Character(65), &mut parts);
        assert_eq!(source, Source::Joined { first: 0, count: 2 });
        parts.push(Part::Slot(9));
        extend(&mut source, Part::Slot(4), &mut parts);
        assert_eq!(source, Source::Joined { first: 0, count: 2 }, "another text came in between");
    }
}

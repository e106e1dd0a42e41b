//! From a record's frame to its visitor: decide by the header, decode what is wanted.

use crate::binxml::entity::entity_character;
use crate::binxml::names::{NameId, Names};
use std::sync::Arc;

use crate::binxml::tokens::{
    DEFINITION_HEADER_BYTES, Instance, RawValue, STREAM_DEPTH_MAX, Slots, StreamKind, Tokens, first_token,
};
use crate::plan::layout::{Context, FieldName, Item, Layout, Learner, Part, Source, SystemField};
use crate::plan::record::{Frame, Header, Place, RawField, RawName, Record};
use crate::plan::select::Selection;
use crate::plan::template::{PlanId, Plans};
use crate::plan::visitor::Visitor;
use crate::raw::damage::Malformed;
use crate::raw::value::{Value, kind};

/// What the wanted records of one chunk may take: items of layouts, and blocks of text put together
/// from pieces. A chunk of real records takes a few thousand; a crafted one may refer to its longest
/// definition a thousand times.
const ITEMS_PER_CHUNK_MAX: u32 = 1 << 18;
const JOINED_BLOCK_BYTES: usize = 64;
const JOINED_MAX_BYTES: usize = 1 << 17;

/// All that is kept from record to record.
pub(crate) struct Decoder {
    plans: Plans,
    names: Names,
    literal: Learner,
    gathered: Gathered,
    system_joined: Vec<(SystemField, String)>,
}

/// The fields of one record, and what gathering them needs.
struct Gathered {
    fields: Vec<RawField>,
    joined: String,
    user_data: Option<NameId>,
    values: Vec<RawValue>,
    learners: Vec<Learner>,
    items_left: u32,
    /// By number of a name: one more than the place of its first field, 0 where there is none.
    numbers: Vec<u16>,
}

impl Decoder {
    /// A decoder that numbers these names.
    pub(crate) fn new(numbered: &Arc<[Box<str>]>) -> Self {
        Decoder {
            plans: Plans::new(),
            names: Names::new(numbered.clone()),
            literal: Learner::new(),
            gathered: Gathered {
                fields: Vec::new(),
                joined: String::new(),
                user_data: None,
                values: Vec::new(),
                learners: Vec::new(),
                items_left: 0,
                numbers: vec![0; numbered.len()],
            },
            system_joined: Vec::new(),
        }
    }

    pub(crate) fn next_chunk(&mut self) {
        self.plans.next_chunk(&mut self.names);
        self.gathered.items_left = ITEMS_PER_CHUNK_MAX;
    }

    /// Read one record: tell the visitor of it, and hand it over where it is wanted.
    #[inline]
    pub(crate) fn read(
        &mut self,
        chunk: &[u8],
        frame: Frame,
        selection: &Selection,
        visitor: &mut impl Visitor,
    ) -> Result<(), Malformed> {
        let content = frame.content();
        let first = first_token(chunk, content.start);
        if Instance::starts_at(chunk, first) && first < content.end {
            let instance = Instance::parse(chunk, first + 1, content.end)?;
            let plan = self.plans.find(chunk, instance.definition, Context::Top, &mut self.names)?;
            self.read_instance(chunk, frame, instance, plan, selection, visitor)
        } else {
            self.read_literal(chunk, frame, first, selection, visitor)
        }
    }

    #[inline]
    fn read_instance(
        &mut self,
        chunk: &[u8],
        frame: Frame,
        instance: Instance,
        plan: PlanId,
        selection: &Selection,
        visitor: &mut impl Visitor,
    ) -> Result<(), Malformed> {
        self.system_joined.clear();
        let plan_of_record = self.plans.get(plan);
        let base = instance.definition + DEFINITION_HEADER_BYTES as u32;
        if visitor.hears() {
            self.gathered.values.clear();
            let count = plan_of_record.layout.system_slots;
            instance.slots.append_first(chunk, count, &mut self.gathered.values);
        }
        let values = if visitor.hears() { self.gathered.values.as_slice() } else { &[] };
        let place = Place { chunk, frame, base, slots: instance.slots, values };
        if plan_of_record.layout.has_joined_system {
            join_system(&mut self.system_joined, &place, &plan_of_record.layout, &self.names)?;
        }
        let header = Header { place, layout: &plan_of_record.layout, joined: &self.system_joined };
        if visitor.hears() {
            visitor.heard(&header);
        }
        let event_id = header.event_id();
        let may_want = selection.may_want(event_id) && visitor.wants();
        if !may_want || !selection.wants(event_id, header.provider()) {
            return Ok(());
        }
        let Decoder { plans, names, gathered, .. } = self;
        gathered.start();
        instance.slots.append_to(chunk, &mut gathered.values)?;
        let slots_count = gathered.values.len();
        Gathering { chunk, plans, names, gathered }.items(LayoutOf::Plan(plan), base, 0, 0)?;
        self.gathered.number(chunk, &self.names);
        let plan_of_record = self.plans.get(plan);
        let values = self.gathered.values.get(..slots_count).unwrap_or_default();
        let place = Place { chunk, frame, base, slots: instance.slots, values };
        let header = Header { place, layout: &plan_of_record.layout, joined: &self.system_joined };
        visitor.record(&self.gathered.record(header, &self.names));
        Ok(())
    }

    /// Forwarded and rendered records: no template, the elements stand in the record itself.
    fn read_literal(
        &mut self,
        chunk: &[u8],
        frame: Frame,
        first: usize,
        selection: &Selection,
        visitor: &mut impl Visitor,
    ) -> Result<(), Malformed> {
        let mut tokens = Tokens::new(chunk, first, frame.content().end, StreamKind::Content);
        self.literal.start(StreamKind::Content, Context::Top, 0);
        self.literal.learn_system(&mut tokens, chunk, &mut self.names)?;
        self.system_joined.clear();
        let place = Place { chunk, frame, base: 0, slots: Slots::NONE, values: &[] };
        let layout = &self.literal.layout;
        if layout.has_joined_system {
            join_system(&mut self.system_joined, &place, layout, &self.names)?;
        }
        let header = Header { place, layout, joined: &self.system_joined };
        if visitor.hears() {
            visitor.heard(&header);
        }
        let event_id = header.event_id();
        let may_want = selection.may_want(event_id) && visitor.wants();
        if !may_want || !selection.wants(event_id, header.provider()) {
            return Ok(());
        }
        self.literal.learn_rest(&mut tokens, chunk, &mut self.names)?;
        let Decoder { plans, names, gathered, literal, .. } = self;
        gathered.start();
        Gathering { chunk, plans, names, gathered }.items(LayoutOf::Literal(&literal.layout), 0, 0, 0)?;
        self.gathered.number(chunk, &self.names);
        let header = Header { place, layout: &self.literal.layout, joined: &self.system_joined };
        visitor.record(&self.gathered.record(header, &self.names));
        Ok(())
    }
}

/// Put together the System values that consist of several pieces: none in any log seen.
#[cold]
fn join_system(
    out: &mut Vec<(SystemField, String)>,
    place: &Place<'_>,
    layout: &Layout,
    names: &Names,
) -> Result<(), Malformed> {
    for field in SystemField::all() {
        let Source::Joined { first, count } = layout.system(field).source else { continue };
        let mut text = String::new();
        for part in parts_of(layout, first, count) {
            let slot = |slot| place.slots.get(place.chunk, slot);
            push_part(&mut text, *part, place.chunk, place.base, slot, names)?;
        }
        out.push((field, text));
    }
    Ok(())
}

fn parts_of(layout: &Layout, first: u32, count: u32) -> &[Part] {
    layout.parts.get(first as usize..(first + count) as usize).unwrap_or_default()
}

fn push_part(
    text: &mut String,
    part: Part,
    chunk: &[u8],
    base: u32,
    slot: impl Fn(u16) -> Option<RawValue>,
    names: &Names,
) -> Result<(), Malformed> {
    use std::fmt::Write;
    let value = match part {
        Part::Slot(number) => slot(number),
        Part::Literal(value) => Some(RawValue { start: value.start + base, ..value }),
        Part::Character(unit) => {
            text.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
            None
        }
        Part::Entity(name) => {
            push_entity(text, names.get(name));
            None
        }
    };
    if let Some(value) = value.filter(|value| value.kind != kind::BINXML) {
        match Value::decode(value.kind, value.bytes(chunk)) {
            Value::Text(piece) => piece.push_to(text),
            // Writing to a String cannot fail.
            other => _ = write!(text, "{other}"),
        }
    }
    if text.len() > JOINED_MAX_BYTES { Err(Malformed::TooLong) } else { Ok(()) }
}

fn push_entity(text: &mut String, name: &str) {
    match entity_character(name) {
        Some(character) => text.push(character),
        None => {
            text.push('&');
            text.push_str(name);
            text.push(';');
        }
    }
}

impl Gathered {
    fn start(&mut self) {
        self.fields.clear();
        self.joined.clear();
        self.values.clear();
        self.user_data = None;
    }

    fn spend(&mut self, items: usize) -> Result<(), Malformed> {
        let items = u32::try_from(items).unwrap_or(u32::MAX);
        self.items_left = self.items_left.checked_sub(items).ok_or(Malformed::TooCostly)?;
        Ok(())
    }

    /// Note which field has which number. Of a name told twice the first counts.
    #[inline]
    fn number(&mut self, chunk: &[u8], names: &Names) {
        if names.numbered() == 0 {
            return;
        }
        self.numbers.fill(0);
        for (place, field) in (1..=u16::MAX).zip(&self.fields) {
            let number = match field.name {
                RawName::Known(name) => names.number(name),
                RawName::Unnamed => None,
                RawName::Read(name) => number_of_read(name, chunk, &self.joined, names),
            };
            if let Some(known) = number.and_then(|number| self.numbers.get_mut(number))
                && *known == 0
            {
                *known = place;
            }
        }
    }

    fn record<'a>(&'a self, header: Header<'a>, names: &'a Names) -> Record<'a> {
        Record {
            header,
            fields: &self.fields,
            joined: &self.joined,
            names,
            user_data: self.user_data,
            numbers: &self.numbers,
        }
    }
}

/// The number of a name that the record itself spells out: in rendered records alone.
#[cold]
fn number_of_read(name: RawValue, chunk: &[u8], joined: &str, names: &Names) -> Option<usize> {
    let bytes = name.bytes(if name.kind == kind::JOINED { joined.as_bytes() } else { chunk });
    names.number_of(&Value::decode(name.kind, bytes).as_text()?)
}

#[derive(Clone, Copy)]
enum LayoutOf<'l> {
    Plan(PlanId),
    Literal(&'l Layout),
}

/// One record's fields being gathered, through all that is nested in it.
struct Gathering<'g> {
    chunk: &'g [u8],
    plans: &'g mut Plans,
    names: &'g mut Names,
    gathered: &'g mut Gathered,
}

impl Gathering<'_> {
    /// The fields of an instance; gives where it ends.
    fn instance(&mut self, instance: Instance, plan: PlanId, depth: usize) -> Result<usize, Malformed> {
        let first_value = self.gathered.values.len();
        instance.slots.append_to(self.chunk, &mut self.gathered.values)?;
        let end = instance.slots.end_of(&self.gathered.values[first_value..]);
        let base = instance.definition + DEFINITION_HEADER_BYTES as u32;
        self.items(LayoutOf::Plan(plan), base, first_value, depth)?;
        self.gathered.values.truncate(first_value);
        Ok(end)
    }

    fn items(
        &mut self,
        layout: LayoutOf<'_>,
        base: u32,
        first_value: usize,
        depth: usize,
    ) -> Result<(), Malformed> {
        let mut at = 0;
        loop {
            at += self.plain_fields(layout, at, first_value)?;
            let Some(item) = self.layout(layout).items.get(at).copied() else { return Ok(()) };
            at += 1;
            self.gathered.spend(1)?;
            match item {
                Item::Field { name, source } => self.field(layout, name, source, base, first_value, depth)?,
                Item::Splice { slot, context } => {
                    if let Some(value) = self.slot(first_value, slot) {
                        self.splice(value, context, depth)?;
                    }
                }
                Item::Nested { stream, context } => self.splice(stream, context, depth)?,
                Item::Instance { instance, context } => {
                    let plan = self.plans.find(self.chunk, instance.definition, context, self.names)?;
                    self.deeper(depth)?;
                    self.instance(instance, plan, depth + 1)?;
                }
                Item::Guard { slot, items } => {
                    if self.slot(first_value, slot).is_some_and(|value| value.kind == kind::NULL) {
                        at += items as usize;
                    }
                }
                Item::UserData(name) => self.gathered.user_data = Some(name),
                Item::Nothing => {}
            }
        }
    }

    /// The next fields as long as they are what nearly all are, a known name and the value of a slot;
    /// gives how many.
    #[inline]
    fn plain_fields(
        &mut self,
        layout: LayoutOf<'_>,
        at: usize,
        first_value: usize,
    ) -> Result<usize, Malformed> {
        let items = match layout {
            LayoutOf::Plan(plan) => &self.plans.get(plan).layout.items,
            LayoutOf::Literal(layout) => &layout.items,
        };
        let Gathered { fields, values, items_left, .. } = &mut *self.gathered;
        let values = values.get(first_value..).unwrap_or_default();
        let before = fields.len();
        for item in items.get(at..).unwrap_or_default() {
            let Item::Field { name: FieldName::Known(name), source: Source::Slot(slot) } = *item else {
                break;
            };
            let Some(value) = values.get(usize::from(slot)).filter(|value| value.kind != kind::BINXML) else {
                break;
            };
            fields.push(RawField { name: RawName::Known(name), value: *value });
        }
        let count = fields.len() - before;
        *items_left = items_left.checked_sub(count as u32).ok_or(Malformed::TooCostly)?;
        Ok(count)
    }

    #[inline]
    fn layout<'l>(&'l self, layout: LayoutOf<'l>) -> &'l Layout {
        match layout {
            LayoutOf::Plan(plan) => &self.plans.get(plan).layout,
            LayoutOf::Literal(layout) => layout,
        }
    }

    #[inline]
    fn slot(&self, first_value: usize, slot: u16) -> Option<RawValue> {
        self.gathered.values.get(first_value + usize::from(slot)).copied()
    }

    #[inline]
    fn field(
        &mut self,
        layout: LayoutOf<'_>,
        name: FieldName,
        source: Source,
        base: u32,
        first_value: usize,
        depth: usize,
    ) -> Result<(), Malformed> {
        let value = self.value(layout, source, base, first_value)?;
        if value.kind == kind::BINXML && value.length > 0 {
            return self.splice(value, Context::Field, depth);
        }
        let name = match name {
            FieldName::Known(known) => RawName::Known(known),
            FieldName::Unnamed => RawName::Unnamed,
            FieldName::Read(source) => RawName::Read(self.value(layout, source, base, first_value)?),
        };
        self.gathered.fields.push(RawField { name, value });
        Ok(())
    }

    #[inline]
    fn value(
        &mut self,
        layout: LayoutOf<'_>,
        source: Source,
        base: u32,
        first_value: usize,
    ) -> Result<RawValue, Malformed> {
        Ok(match source {
            // A slot that the record does not fill is as good as NULL.
            Source::Slot(slot) => match self.slot(first_value, slot) {
                Some(value) if value.kind == kind::BINXML && value.length == 0 => RawValue::NULL,
                Some(value) => value,
                None => RawValue::NULL,
            },
            Source::Literal(value) => RawValue { start: value.start + base, ..value },
            Source::Absent | Source::Empty => RawValue { kind: kind::TEXT, start: 0, length: 0 },
            Source::Joined { first, count } => self.join(layout, first, count, base, first_value)?,
        })
    }

    #[cold]
    fn join(
        &mut self,
        layout: LayoutOf<'_>,
        first: u32,
        count: u32,
        base: u32,
        first_value: usize,
    ) -> Result<RawValue, Malformed> {
        let mut text = std::mem::take(&mut self.gathered.joined);
        let start = text.len();
        let slot = |slot| self.slot(first_value, slot);
        let mut parts = parts_of(self.layout(layout), first, count).iter();
        let joined =
            parts.try_for_each(|part| push_part(&mut text, *part, self.chunk, base, slot, self.names));
        let length = text.len() - start;
        self.gathered.joined = text;
        joined?;
        self.gathered.spend(length / JOINED_BLOCK_BYTES)?;
        Ok(RawValue { kind: kind::JOINED, start: start as u32, length: length as u32 })
    }

    fn deeper(&self, depth: usize) -> Result<(), Malformed> {
        if depth >= STREAM_DEPTH_MAX { Err(Malformed::TooDeep) } else { Ok(()) }
    }

    /// A value that may be BinXML: what it holds stands where it is used.
    fn splice(&mut self, value: RawValue, context: Context, depth: usize) -> Result<(), Malformed> {
        if value.kind != kind::BINXML || value.length == 0 {
            return Ok(());
        }
        self.deeper(depth)?;
        let mut at = first_token(self.chunk, value.start as usize);
        let end = value.end();
        if Instance::starts_at(self.chunk, at) && at < end {
            let instance = Instance::parse(self.chunk, at + 1, end)?;
            let plan = self.plans.find(self.chunk, instance.definition, context, self.names)?;
            at = self.instance(instance, plan, depth + 1)?;
            if at >= end || self.chunk.get(at) == Some(&0) {
                return Ok(());
            }
        }
        self.literal(at, end, context, depth + 1)
    }

    /// Elements that stand in the value itself (CAPI2 writes so).
    fn literal(&mut self, start: usize, end: usize, context: Context, depth: usize) -> Result<(), Malformed> {
        let mut learner = self.gathered.learners.pop().unwrap_or_else(Learner::new);
        learner.start(StreamKind::Content, context, 0);
        let mut tokens = Tokens::new(self.chunk, start, end, StreamKind::Content);
        let result = learner.learn_rest(&mut tokens, self.chunk, self.names).and_then(|()| {
            self.items(LayoutOf::Literal(&learner.layout), 0, self.gathered.values.len(), depth)
        });
        self.gathered.learners.push(learner);
        result
    }
}

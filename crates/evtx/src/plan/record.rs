//! A record as its reader sees it: the System values and the fields, borrowed from the chunk.

use crate::binxml::names::{NameId, Names};
use crate::binxml::tokens::{RawValue, Slots};
use crate::plan::layout::{Layout, Source, SystemField, SystemSource};
use crate::raw::text::Text;
use crate::raw::time::FileTime;
use crate::raw::value::{Guid, Sid, Stored, Value, kind};

/// What every record says of itself: found without decoding anything else, read when asked.
///
/// `None` is a value that is not there, or is NULL, or is no such thing; [`Header::system`] tells
/// them apart.
#[derive(Clone, Copy)]
pub struct Header<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) layout: &'a Layout,
    /// System values that were put together from pieces.
    pub(crate) joined: &'a [(SystemField, String)],
}

/// Where the values of a record are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) chunk: &'a [u8],
    pub(crate) frame: Frame,
    /// The layout's offsets start here.
    pub(crate) base: u32,
    pub(crate) slots: Slots,
    /// The values of the slots, once they are known.
    pub(crate) values: &'a [RawValue],
}

impl Place<'_> {
    #[inline]
    fn slot(&self, slot: u16) -> Option<RawValue> {
        match self.values.get(usize::from(slot)) {
            Some(value) => Some(*value),
            None => self.slots.get(self.chunk, slot),
        }
    }
}

/// The frame of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) file_offset: u64,
    pub(crate) start: u32,
    pub(crate) size: u32,
    pub(crate) number: u64,
    pub(crate) written: u64,
}

impl Frame {
    /// The BinXML lies between the frame's head and the copy of its size.
    pub(crate) fn content(&self) -> std::ops::Range<usize> {
        let start = self.start as usize;
        start + crate::raw::sizes::RECORD_HEADER_BYTES..start + self.size as usize - 4
    }
}

impl<'a> Header<'a> {
    /// A System value; `None` where the record has no such element or attribute.
    #[inline]
    pub fn system(&self, field: SystemField) -> Option<Value<'a>> {
        self.stored(field).map(Stored::value)
    }

    /// A System value as it stands, not read yet.
    #[inline]
    pub fn stored(&self, field: SystemField) -> Option<Stored<'a>> {
        let SystemSource { source, dependency } = self.layout.system(field);
        let value = match source {
            Source::Slot(slot) => {
                let value = self.place.slot(slot)?;
                // Nearly always the element depends on its own value and on nothing else.
                if dependency == Some(slot) {
                    return (value.kind != kind::NULL).then(|| value.stored(self.place.chunk));
                }
                value
            }
            Source::Literal(literal) => RawValue { start: literal.start + self.place.base, ..literal },
            Source::Empty => RawValue { kind: kind::TEXT, start: 0, length: 0 },
            Source::Absent => return None,
            Source::Joined { .. } => {
                let (_, text) = self.joined.iter().find(|(joined, _)| *joined == field)?;
                return Some(Stored { kind: kind::JOINED, bytes: text.as_bytes() });
            }
        };
        if dependency.is_some_and(|slot| self.is_null(slot)) {
            return None;
        }
        Some(value.stored(self.place.chunk))
    }

    fn is_null(&self, slot: u16) -> bool {
        self.place.slot(slot).is_some_and(|value| value.kind == kind::NULL)
    }

    #[inline]
    fn number(&self, field: SystemField) -> Option<u64> {
        let stored = self.stored(field)?;
        stored.unsigned().or_else(|| stored.value().as_u64())
    }

    fn text(&self, field: SystemField) -> Option<Text<'a>> {
        self.system(field)?.as_text()
    }

    /// `System/EventID`.
    #[inline(always)]
    pub fn event_id(&self) -> Option<u32> {
        // Nearly always it is a 16-bit number, whose element depends on nothing else.
        let SystemSource { source, dependency } = self.layout.system(SystemField::EventId);
        if let Source::Slot(slot) = source
            && dependency.is_none_or(|dependency| dependency == slot)
            && let Some(value) = self.place.slot(slot)
            && value.kind == kind::UINT16
        {
            return crate::raw::bytes::u16_at(value.bytes(self.place.chunk), 0).map(u32::from);
        }
        u32::try_from(self.number(SystemField::EventId)?).ok()
    }

    /// `System/Provider/@Name`.
    #[inline]
    pub fn provider(&self) -> Option<Text<'a>> {
        self.text(SystemField::ProviderName)
    }

    /// `System/Channel`.
    pub fn channel(&self) -> Option<Text<'a>> {
        self.text(SystemField::Channel)
    }

    /// `System/Computer`.
    pub fn computer(&self) -> Option<Text<'a>> {
        self.text(SystemField::Computer)
    }

    /// `System/EventRecordID`: the id that the event log service gave, which an export keeps.
    pub fn record_id(&self) -> Option<u64> {
        self.number(SystemField::EventRecordId)
    }

    /// `System/TimeCreated/@SystemTime`.
    pub fn time_created(&self) -> Option<FileTime> {
        let stored = self.stored(SystemField::TimeCreated)?;
        stored.file_time().or_else(|| stored.value().as_file_time())
    }

    /// `System/Version`: of the event's schema.
    pub fn version(&self) -> Option<u64> {
        self.number(SystemField::Version)
    }

    /// `System/Level`.
    pub fn level(&self) -> Option<u64> {
        self.number(SystemField::Level)
    }

    /// `System/Task`.
    pub fn task(&self) -> Option<u64> {
        self.number(SystemField::Task)
    }

    /// `System/Opcode`.
    pub fn opcode(&self) -> Option<u64> {
        self.number(SystemField::Opcode)
    }

    /// `System/Keywords`: audit success and failure are told by them.
    pub fn keywords(&self) -> Option<u64> {
        self.number(SystemField::Keywords)
    }

    /// `System/Execution/@ProcessID`: the process that wrote the event.
    pub fn process_id(&self) -> Option<u64> {
        self.number(SystemField::ProcessId)
    }

    /// `System/Execution/@ThreadID`.
    pub fn thread_id(&self) -> Option<u64> {
        self.number(SystemField::ThreadId)
    }

    /// `System/Correlation/@ActivityID`, where it is stored as a GUID.
    pub fn activity_id(&self) -> Option<Guid> {
        match self.system(SystemField::ActivityId)? {
            Value::Guid(guid) => Some(guid),
            _ => None,
        }
    }

    /// `System/Security/@UserID`, where it is stored as a SID.
    pub fn user_sid(&self) -> Option<Sid<'a>> {
        match self.system(SystemField::UserId)? {
            Value::Sid(sid) => Some(sid),
            _ => None,
        }
    }

    /// The number in the record's frame. Exports renumber it: use [`Header::record_id`].
    pub fn frame_number(&self) -> u64 {
        self.place.frame.number
    }

    /// Where in the file the record starts.
    pub fn offset(&self) -> u64 {
        self.place.frame.file_offset
    }
}

/// A wanted record, decoded.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    pub(crate) header: Header<'a>,
    pub(crate) fields: &'a [RawField],
    pub(crate) joined: &'a str,
    pub(crate) names: &'a Names,
    pub(crate) user_data: Option<NameId>,
    /// By number: one more than the place of the first field of that name, 0 where there is none.
    pub(crate) numbers: &'a [u16],
}

/// One field of EventData or UserData.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field<'a> {
    /// `Data/@Name`, or the element's own name; `None` for a `<Data>` without a name, which classic
    /// sources write: only its place says what it is.
    pub name: Option<Text<'a>>,
    /// The value.
    pub value: Value<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RawField {
    pub(crate) name: RawName,
    pub(crate) value: RawValue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RawName {
    Unnamed,
    Known(NameId),
    Read(RawValue),
}

impl<'a> Record<'a> {
    /// What the record says of itself.
    #[inline]
    pub fn header(&self) -> Header<'a> {
        self.header
    }

    /// The fields of EventData, or of UserData's inner element, in order. An element that holds
    /// elements is left to them.
    #[inline]
    pub fn fields(&self) -> impl ExactSizeIterator<Item = Field<'a>> + use<'a> {
        let record = *self;
        self.fields.iter().map(move |field| record.resolve(field))
    }

    /// The first field of this name; `None` where there is none, which is not NULL.
    pub fn field(&self, name: &str) -> Option<Value<'a>> {
        self.fields
            .iter()
            .find(|field| match field.name {
                RawName::Known(known) => self.names.get(known) == name,
                RawName::Read(_) => self.name(field.name).is_some_and(|read| read == name),
                RawName::Unnamed => false,
            })
            .map(|field| self.value(field.value))
    }

    /// The first field of the name that has this number (see [`Selection::numbering`](crate::Selection::numbering)),
    /// not read yet; `None` where there is none, which is not NULL.
    #[inline]
    pub fn numbered(&self, number: usize) -> Option<Stored<'a>> {
        let place = self.numbers.get(number)?.checked_sub(1)?;
        let value = self.fields.get(usize::from(place))?.value;
        Some(Stored { kind: value.kind, bytes: self.bytes(value) })
    }

    /// The name of UserData's inner element, `LogFileCleared` say, where there is UserData.
    pub fn user_data(&self) -> Option<&'a str> {
        self.user_data.map(|name| self.names.get(name))
    }

    #[inline]
    fn resolve(&self, field: &RawField) -> Field<'a> {
        Field { name: self.name(field.name), value: self.value(field.value) }
    }

    /// The fields as they are stored, for who writes them out in one go.
    pub(crate) fn raw_fields(&self) -> impl Iterator<Item = (RawName, u8, &'a [u8])> + use<'a> {
        let record = *self;
        self.fields.iter().map(move |field| (field.name, field.value.kind, record.bytes(field.value)))
    }

    #[inline]
    fn bytes(&self, value: RawValue) -> &'a [u8] {
        value.bytes(if value.kind == kind::JOINED { self.joined.as_bytes() } else { self.header.place.chunk })
    }

    #[inline]
    pub(crate) fn name(&self, name: RawName) -> Option<Text<'a>> {
        match name {
            RawName::Unnamed => None,
            RawName::Known(known) => Some(Text::utf8(self.names.get(known))),
            RawName::Read(value) => self.value(value).as_text().filter(|text| !text.is_empty()),
        }
    }

    #[inline]
    fn value(&self, value: RawValue) -> Value<'a> {
        Value::decode(value.kind, self.bytes(value))
    }
}

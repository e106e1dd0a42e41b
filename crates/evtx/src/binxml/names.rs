//! The names of elements, attributes and fields, each kept once.

use std::collections::HashMap;
use std::sync::Arc;

use crate::raw::bytes::u16_at;
use crate::raw::damage::Malformed;
use crate::raw::escape::json_text;
use crate::raw::text::{Text, push_utf16};

/// A name in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct NameId(u32);

/// Characters of a name. The longest field names in Windows' manifests have some 60.
const NAME_UNITS_MAX: u16 = 1024;
/// Beyond this many names or bytes the table, and all that refers to it, starts anew with the next
/// chunk. A Windows installation has a few thousand names.
const NAMES_MAX: usize = 1 << 15;
const NAMES_MAX_BYTES: usize = 4 << 20;
/// Offsets remembered within a chunk.
const RECENT: usize = 256;

macro_rules! known_names {
    ($($constant:ident = $text:literal),* $(,)?) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Known { $($constant),* }
        /// The names that the reader itself looks for.
        impl NameId {
            $(pub(crate) const $constant: NameId = NameId(Known::$constant as u32);)*
        }
        const KNOWN: &[&str] = &[$($text),*];
    };
}

known_names! {
    EVENT = "Event",
    SYSTEM = "System",
    EVENT_DATA = "EventData",
    USER_DATA = "UserData",
    DATA = "Data",
    NAME = "Name",
    PROVIDER = "Provider",
    GUID = "Guid",
    EVENT_SOURCE_NAME = "EventSourceName",
    EVENT_ID = "EventID",
    QUALIFIERS = "Qualifiers",
    VERSION = "Version",
    LEVEL = "Level",
    TASK = "Task",
    OPCODE = "Opcode",
    KEYWORDS = "Keywords",
    TIME_CREATED = "TimeCreated",
    SYSTEM_TIME = "SystemTime",
    EVENT_RECORD_ID = "EventRecordID",
    CORRELATION = "Correlation",
    ACTIVITY_ID = "ActivityID",
    RELATED_ACTIVITY_ID = "RelatedActivityID",
    EXECUTION = "Execution",
    PROCESS_ID = "ProcessID",
    THREAD_ID = "ThreadID",
    PROCESSOR_ID = "ProcessorID",
    SESSION_ID = "SessionID",
    KERNEL_TIME = "KernelTime",
    USER_TIME = "UserTime",
    PROCESSOR_TIME = "ProcessorTime",
    CHANNEL = "Channel",
    COMPUTER = "Computer",
    SECURITY = "Security",
    USER_ID = "UserID",
}

impl NameId {
    /// The text of one of the constants.
    pub(crate) fn known(self) -> &'static str {
        KNOWN.get(self.0 as usize).copied().unwrap_or_default()
    }
}

#[derive(Debug)]
pub(crate) struct Names {
    list: Vec<Name>,
    index: HashMap<Box<str>, NameId>,
    bytes: usize,
    /// Which name stands at which offset of this chunk; an entry of an earlier chunk has an old
    /// generation.
    recent: Box<[Recent; RECENT]>,
    generation: u32,
    spare: String,
    /// Names that whoever reads asked to have numbered, and the number of each name of the list: `UNNUMBERED`
    /// or its place among them. A name is looked for once, when it is learned.
    wanted: Arc<[Box<str>]>,
    numbers: Vec<u16>,
}

const UNNUMBERED: u16 = u16::MAX;

#[derive(Debug)]
struct Name {
    text: Box<str>,
    /// The text as a key of a JSON object, with its colon.
    json_key: Box<[u8]>,
}

#[derive(Debug, Clone, Copy)]
struct Recent {
    generation: u32,
    offset: u32,
    name: NameId,
}

impl Names {
    pub(crate) fn new(wanted: Arc<[Box<str>]>) -> Self {
        let empty = Recent { generation: 0, offset: 0, name: NameId::EVENT };
        let mut names = Names {
            list: Vec::new(),
            index: HashMap::new(),
            bytes: 0,
            recent: Box::new([empty; RECENT]),
            generation: 1,
            spare: String::new(),
            wanted,
            numbers: Vec::new(),
        };
        for name in KNOWN {
            names.add(name);
        }
        names
    }

    /// A new chunk: its offsets are other names.
    pub(crate) fn next_chunk(&mut self) {
        self.generation = self.generation.wrapping_add(1);
        if self.generation == 0 {
            // The counter went round: entries of old chunks would look new.
            self.recent.iter_mut().for_each(|recent| recent.generation = 0);
            self.generation = 1;
        }
    }

    /// All is forgotten but which names are numbered.
    pub(crate) fn forget(&mut self) {
        *self = Names::new(self.wanted.clone());
    }

    pub(crate) fn is_full(&self) -> bool {
        self.list.len() > NAMES_MAX || self.bytes > NAMES_MAX_BYTES
    }

    pub(crate) fn get(&self, name: NameId) -> &str {
        self.list.get(name.0 as usize).map_or("", |name| &name.text)
    }

    /// The number of a name, where one was asked for.
    #[inline]
    pub(crate) fn number(&self, name: NameId) -> Option<usize> {
        let number = self.numbers.get(name.0 as usize).copied().unwrap_or(UNNUMBERED);
        (number != UNNUMBERED).then_some(usize::from(number))
    }

    /// The number of a name that a record spells out itself.
    pub(crate) fn number_of(&self, name: &Text<'_>) -> Option<usize> {
        self.wanted.iter().position(|wanted| *name == **wanted)
    }

    /// How many names are numbered.
    pub(crate) fn numbered(&self) -> usize {
        self.wanted.len()
    }

    pub(crate) fn json_key(&self, name: NameId) -> &[u8] {
        self.list.get(name.0 as usize).map_or(b"\"\":", |name| &name.json_key)
    }

    fn add(&mut self, name: &str) -> NameId {
        if let Some(known) = self.index.get(name) {
            return *known;
        }
        let id = NameId(self.list.len() as u32);
        let mut json_key = Vec::new();
        json_text(&Text::utf8(name), &mut json_key);
        json_key.push(b':');
        self.bytes += 2 * name.len() + json_key.len();
        let number = self.wanted.iter().position(|wanted| **wanted == *name);
        self.numbers.push(number.and_then(|number| u16::try_from(number).ok()).unwrap_or(UNNUMBERED));
        self.list.push(Name { text: name.into(), json_key: json_key.into() });
        self.index.insert(name.into(), id);
        id
    }

    /// The name whose entry stands at `offset` of the chunk: link, hash, length, characters, NUL.
    #[inline]
    pub(crate) fn at(&mut self, chunk: &[u8], offset: u32) -> Result<NameId, Malformed> {
        let slot = (offset.wrapping_mul(0x9e37_79b1) >> 24) as usize % RECENT;
        let recent = self.recent[slot];
        if recent.generation == self.generation && recent.offset == offset {
            return Ok(recent.name);
        }
        let name = self.of_units(name_units(chunk, offset)?);
        self.recent[slot] = Recent { generation: self.generation, offset, name };
        Ok(name)
    }

    /// The name that a literal text of a definition gives.
    pub(crate) fn of_units(&mut self, units: &[u8]) -> NameId {
        let mut spare = std::mem::take(&mut self.spare);
        spare.clear();
        push_utf16(units, &mut spare);
        let name = self.add(&spare);
        self.spare = spare;
        name
    }
}

/// The UTF-16 characters of the name whose entry stands at `offset` of the chunk.
pub(crate) fn name_units(chunk: &[u8], offset: u32) -> Result<&[u8], Malformed> {
    let at = offset as usize;
    let units = u16_at(chunk, at.saturating_add(6)).ok_or(Malformed::NameOutOfRange)?;
    if units > NAME_UNITS_MAX {
        return Err(Malformed::NameTooLong);
    }
    let bytes = chunk.get(at + 8..at + 8 + usize::from(units) * 2).ok_or(Malformed::NameOutOfRange)?;
    Ok(Text::utf16_until_nul(bytes).raw_utf16().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str) -> Vec<u8> {
        let mut bytes = vec![0; 6];
        bytes.extend((name.len() as u16).to_le_bytes());
        bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    }

    #[test]
    fn known_names_have_their_constants() {
        let mut names = Names::new(Arc::from([]));
        assert_eq!(names.get(NameId::EVENT), "Event");
        assert_eq!(names.get(NameId::USER_ID), "UserID");
        assert_eq!(names.list.len(), KNOWN.len(), "no name twice");
        assert_eq!(names.at(&entry("System"), 0), Ok(NameId::SYSTEM));
    }

    #[test]
    fn names_are_numbered_as_they_were_asked_for_whenever_they_are_learned() {
        let wanted = ["Later", "Computer", "Never"].map(Box::from);
        let mut names = Names::new(Arc::from(wanted));
        let later = names.at(&entry("Later"), 0).unwrap();
        names.next_chunk();
        let other = names.at(&entry("Other"), 0).unwrap();
        let numbers =
            |names: &Names| [later, other, NameId::COMPUTER, NameId::EVENT].map(|id| names.number(id));
        assert_eq!(numbers(&names), [Some(0), None, Some(1), None]);
        assert_eq!(names.number_of(&Text::utf8("Never")), Some(2));
        assert_eq!(names.number_of(&Text::utf8("never")), None);
        names.forget();
        assert_eq!((names.number(NameId::COMPUTER), names.numbered()), (Some(1), 3));
    }

    #[test]
    fn one_offset_is_another_name_in_the_next_chunk() {
        let mut names = Names::new(Arc::from([]));
        let first = names.at(&entry("First"), 0).unwrap();
        assert_eq!(names.at(&entry("Other"), 0), Ok(first), "within a chunk an offset is looked up once");
        names.next_chunk();
        let second = names.at(&entry("Other"), 0).unwrap();
        assert_eq!((names.get(first), names.get(second)), ("First", "Other"));
    }

    #[test]
    fn a_name_that_cannot_be_is_refused() {
        let mut names = Names::new(Arc::from([]));
        let mut long = entry("x");
        long[6..8].copy_from_slice(&2000u16.to_le_bytes());
        assert_eq!(names.at(&long, 0), Err(Malformed::NameTooLong));
        assert_eq!(names.at(&entry("cut")[..12], 0), Err(Malformed::NameOutOfRange));
        assert_eq!(names.at(&entry("x"), u32::MAX), Err(Malformed::NameOutOfRange));
    }
}

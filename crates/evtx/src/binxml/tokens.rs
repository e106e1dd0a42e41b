//! BinXML as a stream of tokens, and the template instances in it (MS-EVEN6 2.2.12).

use crate::raw::bytes::{array_at, u16_at, u32_at};
use crate::raw::damage::Malformed;
use crate::raw::value::{Stored, kind};

/// Tokens of one stream. Real definitions hold a few hundred.
const TOKENS_MAX: u32 = 1 << 16;
/// Streams in streams, and open elements in one stream. Real records nest three and six deep.
pub(crate) const STREAM_DEPTH_MAX: usize = 16;
pub(crate) const ELEMENT_DEPTH_MAX: usize = 64;

/// `0f 01 01 00`: how a stream starts, nearly always.
pub(crate) const FRAGMENT_HEADER: [u8; 4] = [0x0f, 1, 1, 0];
const TOKEN_FRAGMENT_HEADER: u8 = 0x0f;
const TOKEN_TEMPLATE: u8 = 0x0c;
const TOKEN_END: u8 = 0;

/// A value where it stands: its type, and its bytes as offset and length in the chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RawValue {
    pub(crate) kind: u8,
    pub(crate) start: u32,
    pub(crate) length: u32,
}

impl RawValue {
    pub(crate) const NULL: RawValue = RawValue { kind: kind::NULL, start: 0, length: 0 };

    pub(crate) fn end(self) -> usize {
        self.start as usize + self.length as usize
    }

    #[inline]
    pub(crate) fn bytes(self, chunk: &[u8]) -> &[u8] {
        chunk.get(self.start as usize..self.end()).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn stored(self, chunk: &[u8]) -> Stored<'_> {
        Stored { kind: self.kind, bytes: self.bytes(chunk) }
    }
}

/// A reference to a name: the four bytes that hold the offset, and the offset they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameReference {
    pub(crate) stored_at: u32,
    pub(crate) offset: u32,
    /// The name stands right here, at its first use in the chunk.
    pub(crate) inline: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Open {
        name: NameReference,
        dependency: Option<u16>,
    },
    CloseStart,
    CloseEmpty,
    CloseElement,
    Attribute(NameReference),
    Value(RawValue),
    CharacterData(RawValue),
    Character(u16),
    Entity(NameReference),
    InstructionTarget(NameReference),
    InstructionData,
    Substitution {
        slot: u16,
        optional: bool,
    },
    /// A template instance: it starts after this token, and the walk goes on where it ends.
    Template(Instance),
}

/// What kind of stream it is: only definitions have dependency ids and substitutions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StreamKind {
    Definition,
    Content,
}

/// A walk over the tokens of one stream. All offsets are of the chunk.
#[derive(Debug, Clone)]
pub(crate) struct Tokens<'c> {
    chunk: &'c [u8],
    at: usize,
    end: usize,
    kind: StreamKind,
    left: u32,
}

impl<'c> Tokens<'c> {
    pub(crate) fn new(chunk: &'c [u8], start: usize, end: usize, kind: StreamKind) -> Self {
        Tokens { chunk, at: start, end: end.min(chunk.len()), kind, left: TOKENS_MAX }
    }

    /// How many tokens this walk has read.
    pub(crate) fn read(&self) -> u32 {
        TOKENS_MAX - self.left
    }

    /// The next token; `None` at the end of the stream.
    pub(crate) fn next(&mut self) -> Result<Option<Token>, Malformed> {
        loop {
            if self.at >= self.end {
                return Ok(None);
            }
            self.left = self.left.checked_sub(1).ok_or(Malformed::TooLong)?;
            let byte = self.take::<1>()?[0];
            return Ok(Some(match byte {
                TOKEN_END => {
                    self.at = self.end;
                    return Ok(None);
                }
                0x01 | 0x41 => self.open(byte & 0x40 != 0)?,
                0x02 => Token::CloseStart,
                0x03 => Token::CloseEmpty,
                0x04 => Token::CloseElement,
                0x05 | 0x45 => Token::Value(self.literal()?),
                0x06 | 0x46 => Token::Attribute(self.name()?),
                0x07 | 0x47 => Token::CharacterData(self.counted_text()?),
                0x08 | 0x48 => Token::Character(u16::from_le_bytes(self.take()?)),
                0x09 | 0x49 => Token::Entity(self.name()?),
                0x0a => Token::InstructionTarget(self.name()?),
                0x0b => {
                    self.counted_text()?;
                    Token::InstructionData
                }
                TOKEN_TEMPLATE => self.template()?,
                0x0d | 0x0e => {
                    let [low, high, _kind] = self.take()?;
                    Token::Substitution { slot: u16::from_le_bytes([low, high]), optional: byte == 0x0e }
                }
                TOKEN_FRAGMENT_HEADER => {
                    self.take::<3>()?;
                    continue;
                }
                other => return Err(Malformed::UnknownToken(other)),
            }));
        }
    }

    #[inline]
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let bytes = array_at(self.chunk, self.at).ok_or(Malformed::Truncated)?;
        self.skip(N)?;
        Ok(bytes)
    }

    #[inline]
    fn skip(&mut self, length: usize) -> Result<(), Malformed> {
        self.at += length;
        if self.at > self.end { Err(Malformed::Truncated) } else { Ok(()) }
    }

    fn open(&mut self, has_attributes: bool) -> Result<Token, Malformed> {
        const NO_DEPENDENCY: u16 = 0xffff;
        let dependency = match self.kind {
            StreamKind::Definition => Some(u16::from_le_bytes(self.take()?)),
            StreamKind::Content => None,
        };
        let _element_size = self.take::<4>()?;
        let name = self.name()?;
        if has_attributes {
            let _attributes_size = self.take::<4>()?;
        }
        Ok(Token::Open { name, dependency: dependency.filter(|&slot| slot != NO_DEPENDENCY) })
    }

    fn name(&mut self) -> Result<NameReference, Malformed> {
        let stored_at = self.at as u32;
        let offset = u32::from_le_bytes(self.take()?);
        let inline = offset as usize == self.at;
        if inline {
            let units = u16_at(self.chunk, self.at + 6).ok_or(Malformed::Truncated)?;
            // Link, hash and length, the characters, a NUL.
            self.skip(8 + usize::from(units) * 2 + 2)?;
        }
        Ok(NameReference { stored_at, offset, inline })
    }

    fn counted_text(&mut self) -> Result<RawValue, Malformed> {
        let units = u16::from_le_bytes(self.take()?);
        self.value_of_size(kind::TEXT, usize::from(units) * 2)
    }

    fn value_of_size(&mut self, kind: u8, length: usize) -> Result<RawValue, Malformed> {
        let start = self.at as u32;
        self.skip(length)?;
        Ok(RawValue { kind, start, length: length as u32 })
    }

    /// A literal value: its type says its size.
    fn literal(&mut self) -> Result<RawValue, Malformed> {
        let [kind] = self.take()?;
        let length = match kind {
            kind::TEXT => return self.counted_text(),
            kind::BINXML => usize::from(u16::from_le_bytes(self.take()?)),
            kind::NULL => 0,
            kind::INT8 | kind::UINT8 => 1,
            kind::INT16 | kind::UINT16 => 2,
            kind::INT32 | kind::UINT32 | kind::REAL32 | kind::BOOL | kind::HEX32 => 4,
            kind::INT64 | kind::UINT64 | kind::REAL64 | kind::FILE_TIME | kind::HEX64 => 8,
            kind::GUID | kind::SYSTEM_TIME => 16,
            kind::SID => {
                let count = *self.chunk.get(self.at + 1).ok_or(Malformed::Truncated)?;
                8 + 4 * usize::from(count)
            }
            other => return Err(Malformed::UnknownValueType(other)),
        };
        self.value_of_size(kind, length)
    }

    fn template(&mut self) -> Result<Token, Malformed> {
        let instance = Instance::parse(self.chunk, self.at, self.end)?;
        self.at = instance.check_values(self.chunk)?;
        Ok(Token::Template(instance))
    }
}

/// Where the first token of a stream stands, past its fragment header.
#[inline]
pub(crate) fn first_token(chunk: &[u8], start: usize) -> usize {
    if array_at(chunk, start) == Some(FRAGMENT_HEADER) { start + 4 } else { start }
}

/// The instance of a template: which definition, and where the values for its substitutions are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instance {
    pub(crate) definition: u32,
    pub(crate) slots: Slots,
}

/// The values of an instance: descriptors of four bytes each, then the values, one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slots {
    descriptors: u32,
    count: u32,
    end: u32,
}

/// Next offset, GUID and size stand before the body of a definition.
pub(crate) const DEFINITION_HEADER_BYTES: usize = 24;

impl Instance {
    /// Whether a template instance stands at `at`.
    #[inline]
    pub(crate) fn starts_at(chunk: &[u8], at: usize) -> bool {
        chunk.get(at) == Some(&TOKEN_TEMPLATE)
    }

    /// Read the instance whose token ends at `at`.
    #[inline]
    pub(crate) fn parse(chunk: &[u8], at: usize, end: usize) -> Result<Instance, Malformed> {
        let end = end.min(chunk.len());
        // A byte nobody needs, the template's id, the definition's offset.
        let head: [u8; 9] = array_at(chunk, at).ok_or(Malformed::Truncated)?;
        let definition = u32::from_le_bytes([head[5], head[6], head[7], head[8]]);
        let mut at = at + head.len();
        if definition as usize == at {
            let size = u32_at(chunk, at + 20).ok_or(Malformed::Truncated)?;
            at = at.saturating_add(DEFINITION_HEADER_BYTES).saturating_add(size as usize);
        }
        let count = u32_at(chunk, at).ok_or(Malformed::Truncated)?;
        let descriptors = at + 4;
        if count as usize > end.saturating_sub(descriptors) / 4 {
            return Err(Malformed::ValuesOutOfRange);
        }
        Ok(Instance { definition, slots: Slots { descriptors: descriptors as u32, count, end: end as u32 } })
    }

    /// Where the instance ends: its values all lie before the end of its stream.
    pub(crate) fn check_values(&self, chunk: &[u8]) -> Result<usize, Malformed> {
        let Slots { descriptors, count, end } = self.slots;
        let table = chunk.get(descriptors as usize..).unwrap_or_default().as_chunks::<4>().0;
        let table = table.get(..count as usize).ok_or(Malformed::ValuesOutOfRange)?;
        let size: usize = table.iter().map(|entry| size_of_value(entry) as usize).sum();
        let values_end = descriptors as usize + table.len() * 4 + size;
        if values_end > end as usize { Err(Malformed::ValuesOutOfRange) } else { Ok(values_end) }
    }
}

impl Slots {
    pub(crate) const NONE: Slots = Slots { descriptors: 0, count: 0, end: 0 };

    #[inline]
    fn table<'c>(&self, chunk: &'c [u8]) -> &'c [[u8; 4]] {
        let from = self.descriptors as usize;
        chunk.get(from..from + self.count as usize * 4).unwrap_or_default().as_chunks::<4>().0
    }

    /// One value. The values before it are stepped over, so this is for a few of the first ones;
    /// `None` where the instance has no such slot, or its value runs over the end.
    #[inline]
    pub(crate) fn get(&self, chunk: &[u8], slot: u16) -> Option<RawValue> {
        // Level, opcode and task before the event id: what nearly every record starts with, added up.
        const USUAL_START: [u8; 16] =
            [1, 0, kind::UINT8, 0, 1, 0, kind::UINT8, 0, 2, 0, kind::UINT16, 0, 2, 0, kind::UINT16, 0];
        let values = self.descriptors + self.count * 4;
        if slot == 3 && self.count > 3 && array_at(chunk, self.descriptors as usize) == Some(USUAL_START) {
            return self.value(&[2, 0, kind::UINT16, 0], values + 4);
        }
        let table = self.table(chunk);
        let entry = table.get(usize::from(slot))?;
        let before: u32 = table[..usize::from(slot)].iter().map(size_of_value).sum();
        self.value(entry, values + before)
    }

    #[inline]
    fn value(&self, entry: &[u8; 4], start: u32) -> Option<RawValue> {
        let length = size_of_value(entry);
        (start + length <= self.end).then_some(RawValue { kind: entry[2], start, length })
    }

    /// The first values, as far as they fit, appended to `out`: for who asks for several of a header.
    #[inline]
    pub(crate) fn append_first(&self, chunk: &[u8], count: usize, out: &mut Vec<RawValue>) {
        let table = self.table(chunk);
        let mut start = self.descriptors + self.count * 4;
        let values = table.iter().take(count).map(|entry| {
            let value = RawValue { kind: entry[2], start, length: size_of_value(entry) };
            start += value.length;
            value
        });
        out.extend(values);
        while out.last().is_some_and(|last| last.end() > self.end as usize) {
            out.pop();
        }
    }

    /// All values, in order, appended to `out`.
    #[inline]
    pub(crate) fn append_to(&self, chunk: &[u8], out: &mut Vec<RawValue>) -> Result<(), Malformed> {
        let table = self.table(chunk);
        let mut start = self.descriptors + self.count * 4;
        out.reserve(table.len());
        for entry in table {
            let value = self.value(entry, start).ok_or(Malformed::ValuesOutOfRange)?;
            start += value.length;
            out.push(value);
        }
        Ok(())
    }

    /// Where the values end, once they are known to fit.
    pub(crate) fn end_of(&self, values: &[RawValue]) -> usize {
        values.last().map_or((self.descriptors + self.count * 4) as usize, |last| last.end())
    }
}

/// The size in a descriptor: its first two bytes. Read as one word, so that several can be added up
/// at once.
#[inline(always)]
fn size_of_value(descriptor: &[u8; 4]) -> u32 {
    u32::from_le_bytes(*descriptor) & 0xffff
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(bytes: &[u8], kind: StreamKind) -> Result<Vec<Token>, Malformed> {
        let mut walk = Tokens::new(bytes, 0, bytes.len(), kind);
        let mut all = Vec::new();
        while let Some(token) = walk.next()? {
            all.push(token);
        }
        Ok(all)
    }

    /// An element `A` with its name inline, text `x`, and a substitution.
    fn definition() -> Vec<u8> {
        let mut bytes = FRAGMENT_HEADER.to_vec();
        bytes.extend([0x01, 0xff, 0xff, 0, 0, 0, 0, 15, 0, 0, 0]);
        bytes.extend([0, 0, 0, 0, 0, 0, 1, 0, b'A', 0, 0, 0]);
        bytes.extend([0x02, 0x05, 0x01, 1, 0, b'x', 0, 0x0e, 7, 0, 1, 0x04, 0x00, 0xee]);
        bytes
    }

    #[test]
    fn tokens_come_in_order_and_end_at_the_end_token() {
        let name = NameReference { stored_at: 11, offset: 15, inline: true };
        let text = RawValue { kind: kind::TEXT, start: 32, length: 2 };
        assert_eq!(
            tokens(&definition(), StreamKind::Definition),
            Ok(vec![
                Token::Open { name, dependency: None },
                Token::CloseStart,
                Token::Value(text),
                Token::Substitution { slot: 7, optional: true },
                Token::CloseElement,
            ])
        );
    }

    #[test]
    fn a_stream_cut_anywhere_is_told_or_ends_between_tokens() {
        let whole = definition();
        for length in 0..whole.len() - 1 {
            match tokens(&whole[..length], StreamKind::Definition) {
                Ok(read) => assert!(read.len() <= 5),
                Err(reason) => assert_eq!(reason, Malformed::Truncated, "{length}"),
            }
        }
    }

    #[test]
    fn what_no_format_knows_is_named() {
        assert_eq!(tokens(&[0x1f], StreamKind::Content), Err(Malformed::UnknownToken(0x1f)));
        assert_eq!(tokens(&[0x05, 0x22], StreamKind::Content), Err(Malformed::UnknownValueType(0x22)));
    }

    #[test]
    fn no_count_and_no_size_is_believed() {
        let instance = |definition: u32, count: u32, rest: &[u8]| {
            let mut bytes = vec![0; 9];
            bytes[5..9].copy_from_slice(&definition.to_le_bytes());
            bytes.extend(count.to_le_bytes());
            bytes.extend(rest);
            let instance = Instance::parse(&bytes, 0, bytes.len())?;
            instance.check_values(&bytes)
        };
        assert_eq!(instance(512, 1, &[2, 0, 1, 0, b'x', 0]), Ok(19));
        assert_eq!(instance(512, 1, &[3, 0, 1, 0, b'x', 0]), Err(Malformed::ValuesOutOfRange));
        assert_eq!(instance(512, u32::MAX, &[2, 0, 1, 0]), Err(Malformed::ValuesOutOfRange));
        assert_eq!(instance(9, u32::MAX, &[0xff; 64]), Err(Malformed::Truncated));
    }
}

//! The typed values of BinXML (MS-EVEN6 2.2.12), printed as Windows prints them.

use std::fmt;
use std::ops::Range;

use crate::raw::bytes::{array_at, u16_at, u32_at, u64_at};
use crate::raw::text::{Text, utf16_length_bytes};
use crate::raw::time::{FileTime, SystemTime};

/// The type bytes of values. An array is its item's type with the high bit set.
pub(crate) mod kind {
    pub(crate) const NULL: u8 = 0x00;
    pub(crate) const TEXT: u8 = 0x01;
    pub(crate) const ANSI: u8 = 0x02;
    pub(crate) const INT8: u8 = 0x03;
    pub(crate) const UINT8: u8 = 0x04;
    pub(crate) const INT16: u8 = 0x05;
    pub(crate) const UINT16: u8 = 0x06;
    pub(crate) const INT32: u8 = 0x07;
    pub(crate) const UINT32: u8 = 0x08;
    pub(crate) const INT64: u8 = 0x09;
    pub(crate) const UINT64: u8 = 0x0a;
    pub(crate) const REAL32: u8 = 0x0b;
    pub(crate) const REAL64: u8 = 0x0c;
    pub(crate) const BOOL: u8 = 0x0d;
    pub(crate) const BINARY: u8 = 0x0e;
    pub(crate) const GUID: u8 = 0x0f;
    pub(crate) const SIZE: u8 = 0x10;
    pub(crate) const FILE_TIME: u8 = 0x11;
    pub(crate) const SYSTEM_TIME: u8 = 0x12;
    pub(crate) const SID: u8 = 0x13;
    pub(crate) const HEX32: u8 = 0x14;
    pub(crate) const HEX64: u8 = 0x15;
    pub(crate) const BINXML: u8 = 0x21;
    pub(crate) const ARRAY: u8 = 0x80;
    /// Not of the format: UTF-8 that this reader put together from several pieces.
    pub(crate) const JOINED: u8 = 0x7f;
}

/// A value of a field, borrowed from the log.
///
/// NULL is not empty: Windows writes `Null` where the provider gave nothing, and an empty text where
/// it gave an empty text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// The provider gave no value.
    Null,
    /// Text in any encoding.
    Text(Text<'a>),
    /// A signed number of 8 to 64 bits; also a Boolean that is neither 0 nor 1, as Windows writes.
    Signed(i64),
    /// An unsigned number of 8 to 64 bits.
    Unsigned(u64),
    /// A 32-bit floating point number.
    Real32(f32),
    /// A 64-bit floating point number.
    Real64(f64),
    /// A Boolean.
    Bool(bool),
    /// Bytes, printed as hexadecimal digits.
    Binary(&'a [u8]),
    /// A GUID.
    Guid(Guid),
    /// A FILETIME.
    FileTime(FileTime),
    /// A SYSTEMTIME.
    SystemTime(SystemTime),
    /// A security identifier.
    Sid(Sid<'a>),
    /// A 32-bit number that Windows prints in hexadecimal.
    Hex32(u32),
    /// A 64-bit number that Windows prints in hexadecimal: logon ids, process ids of Security.
    Hex64(u64),
    /// Several values of one type.
    Array(Array<'a>),
    /// A value that cannot be read: its type is unknown or its bytes do not fit it.
    Unreadable {
        /// The type byte as stored.
        kind: u8,
        /// The bytes as stored.
        bytes: &'a [u8],
    },
}

/// A value as it stands in the log, not read yet: its type and its bytes. What is equal reads the same, so this is
/// what to remember things by that are worked out of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stored<'a> {
    pub(crate) kind: u8,
    pub(crate) bytes: &'a [u8],
}

impl<'a> Stored<'a> {
    /// The value.
    #[inline]
    pub fn value(self) -> Value<'a> {
        Value::decode(self.kind, self.bytes)
    }

    /// The type byte, and the bytes.
    #[inline]
    pub fn parts(self) -> (u8, &'a [u8]) {
        (self.kind, self.bytes)
    }

    /// The bytes of a text in UTF-16LE. It ends before its first NUL, which is not looked for.
    #[inline]
    pub fn utf16(self) -> Option<&'a [u8]> {
        (self.kind == kind::TEXT).then_some(self.bytes)
    }

    /// The number, where its type has no sign.
    #[inline]
    pub fn unsigned(self) -> Option<u64> {
        match self.kind {
            kind::HEX64 | kind::UINT64 => u64_at(self.bytes, 0),
            kind::UINT32 | kind::HEX32 => u32_at(self.bytes, 0).map(u64::from),
            kind::UINT16 => u16_at(self.bytes, 0).map(u64::from),
            kind::UINT8 => self.bytes.first().copied().map(u64::from),
            _ => None,
        }
    }

    /// The instant, where it is stored as a FILETIME.
    #[inline]
    pub(crate) fn file_time(self) -> Option<FileTime> {
        if self.kind == kind::FILE_TIME { u64_at(self.bytes, 0).map(FileTime) } else { None }
    }

    /// The text, where it is short and all ASCII, in a buffer of the caller's.
    pub fn short_ascii(self, buffer: &mut [u8; 32]) -> Option<&str> {
        let units = self.utf16()?.as_chunks::<2>().0;
        let text = buffer.get_mut(..units.len())?;
        let mut is_plain = true;
        for (byte, [low, high]) in text.iter_mut().zip(units) {
            is_plain &= *high == 0 && (1..0x80).contains(low);
            *byte = *low;
        }
        if is_plain { std::str::from_utf8(text).ok() } else { None }
    }

    /// The GUID, where it is stored as one.
    #[inline]
    pub fn guid(self) -> Option<Guid> {
        if self.kind == kind::GUID { array_at(self.bytes, 0).map(Guid) } else { None }
    }
}

impl<'a> Value<'a> {
    /// Read `bytes` as the type that the log says they are.
    #[inline]
    pub(crate) fn decode(kind: u8, bytes: &'a [u8]) -> Value<'a> {
        match kind {
            kind::TEXT => Value::Text(Text::utf16_until_nul(bytes)),
            kind::NULL => Value::Null,
            kind::JOINED => Value::Text(Text::utf8(std::str::from_utf8(bytes).unwrap_or_default())),
            kind::ANSI => Value::Text(Text::ansi(bytes)),
            kind::BINARY => Value::Binary(bytes),
            _ if kind & kind::ARRAY != 0 => Array::decode(kind & !kind::ARRAY, bytes)
                .map_or(Value::Unreadable { kind, bytes }, Value::Array),
            _ => Value::decode_sized(kind, bytes).unwrap_or(Value::Unreadable { kind, bytes }),
        }
    }

    #[inline]
    fn decode_sized(kind: u8, bytes: &'a [u8]) -> Option<Value<'a>> {
        Some(match kind {
            kind::INT8 => Value::Signed(i64::from(*bytes.first()? as i8)),
            kind::UINT8 => Value::Unsigned(u64::from(*bytes.first()?)),
            kind::INT16 => Value::Signed(i64::from(u16_at(bytes, 0)? as i16)),
            kind::UINT16 => Value::Unsigned(u64::from(u16_at(bytes, 0)?)),
            kind::INT32 => Value::Signed(i64::from(u32_at(bytes, 0)? as i32)),
            kind::UINT32 => Value::Unsigned(u64::from(u32_at(bytes, 0)?)),
            kind::INT64 => Value::Signed(u64_at(bytes, 0)? as i64),
            kind::UINT64 => Value::Unsigned(u64_at(bytes, 0)?),
            kind::REAL32 => Value::Real32(f32::from_bits(u32_at(bytes, 0)?)),
            kind::REAL64 => Value::Real64(f64::from_bits(u64_at(bytes, 0)?)),
            kind::BOOL => match u32_at(bytes, 0)? {
                0 => Value::Bool(false),
                1 => Value::Bool(true),
                other => Value::Signed(i64::from(other as i32)),
            },
            kind::GUID => Value::Guid(Guid(array_at(bytes, 0)?)),
            kind::FILE_TIME => Value::FileTime(FileTime(u64_at(bytes, 0)?)),
            kind::SYSTEM_TIME => Value::SystemTime(SystemTime::from_bytes(bytes.first_chunk()?)),
            kind::SID => Value::Sid(Sid::decode(bytes)?),
            kind::SIZE if bytes.len() == 4 => Value::Hex32(u32_at(bytes, 0)?),
            kind::SIZE if bytes.len() == 8 => Value::Hex64(u64_at(bytes, 0)?),
            kind::HEX32 => Value::Hex32(u32_at(bytes, 0)?),
            kind::HEX64 => Value::Hex64(u64_at(bytes, 0)?),
            _ => return None,
        })
    }

    /// Whether there is no value at all.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Whether nothing would be printed: NULL, an empty text, no bytes, no items.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Text(text) => text.is_empty(),
            Value::Binary(bytes) => bytes.is_empty(),
            Value::Array(array) => array.bytes.is_empty(),
            _ => false,
        }
    }

    /// The text, where the log stores text.
    pub fn as_text(&self) -> Option<Text<'a>> {
        match *self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, whatever its width: also one written as text, decimal or `0x`, as forwarded
    /// records write all their values.
    pub fn as_u64(&self) -> Option<u64> {
        match *self {
            Value::Unsigned(number) | Value::Hex64(number) => Some(number),
            Value::Hex32(number) => Some(u64::from(number)),
            Value::Signed(number) => u64::try_from(number).ok(),
            Value::Text(text) => parse_number(text),
            _ => None,
        }
    }

    /// The instant: also one written as text with a zone.
    pub fn as_file_time(&self) -> Option<FileTime> {
        match *self {
            Value::FileTime(time) => Some(time),
            Value::SystemTime(time) => time.to_file_time(),
            Value::Text(text) => FileTime::parse(&text.to_cow()),
            _ => None,
        }
    }
}

fn parse_number(text: Text<'_>) -> Option<u64> {
    let mut digits = text.chars().peekable();
    let first = digits.next()?;
    let hexadecimal = first == '0' && digits.next_if(|&c| c == 'x' || c == 'X').is_some();
    let radix = if hexadecimal { 16 } else { 10 };
    let start = if hexadecimal { digits.next()?.to_digit(radix)? } else { first.to_digit(radix)? };
    digits.try_fold(u64::from(start), |number, digit| {
        number.checked_mul(u64::from(radix))?.checked_add(u64::from(digit.to_digit(radix)?))
    })
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => Ok(()),
            Value::Text(text) => text.fmt(f),
            Value::Signed(number) => number.fmt(f),
            Value::Unsigned(number) => number.fmt(f),
            Value::Real32(number) => fmt::Debug::fmt(number, f),
            Value::Real64(number) => fmt::Debug::fmt(number, f),
            Value::Bool(truth) => truth.fmt(f),
            Value::Binary(bytes) | Value::Unreadable { bytes, .. } => write_hexadecimal(f, bytes),
            Value::Guid(guid) => guid.fmt(f),
            Value::FileTime(time) => time.fmt(f),
            Value::SystemTime(time) => time.fmt(f),
            Value::Sid(sid) => sid.fmt(f),
            Value::Hex32(number) => write!(f, "{number:#x}"),
            Value::Hex64(number) => write!(f, "{number:#x}"),
            Value::Array(array) => array.fmt(f),
        }
    }
}

fn write_hexadecimal(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
}

/// A GUID as stored: three little-endian numbers, then eight bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// The text form in ASCII, lower case in braces.
    pub(crate) fn to_ascii(self) -> [u8; 38] {
        const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = *b"{00000000-0000-0000-0000-000000000000}";
        let mut at = 1;
        for (place, source) in ORDER.into_iter().enumerate() {
            at += usize::from(matches!(place, 4 | 6 | 8 | 10));
            let byte = self.0[source];
            text[at] = DIGITS[usize::from(byte >> 4)];
            text[at + 1] = DIGITS[usize::from(byte & 15)];
            at += 2;
        }
        text
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.to_ascii()).map_err(|_| fmt::Error)?)
    }
}

/// A security identifier, borrowed as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sid<'a>(&'a [u8]);

impl<'a> Sid<'a> {
    fn decode(bytes: &'a [u8]) -> Option<Sid<'a>> {
        let count = usize::from(*bytes.get(1)?);
        Some(Sid(bytes.get(..8 + 4 * count)?))
    }

    /// The revision, 1 in every Windows so far.
    pub(crate) fn revision(&self) -> u8 {
        self.0.first().copied().unwrap_or_default()
    }

    /// The identifier authority: 5 for NT.
    pub fn authority(&self) -> u64 {
        self.0[2..8].iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
    }

    /// The sub-authorities; the last one is the RID.
    pub fn sub_authorities(&self) -> impl Iterator<Item = u32> + use<'a> {
        self.0[8..].as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes))
    }
}

impl fmt::Display for Sid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S-{}-{}", self.revision(), self.authority())?;
        self.sub_authorities().try_for_each(|part| write!(f, "-{part}"))
    }
}

/// Several values of one type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Array<'a> {
    kind: u8,
    bytes: &'a [u8],
}

impl<'a> Array<'a> {
    fn decode(kind: u8, bytes: &'a [u8]) -> Option<Array<'a>> {
        let array = Array { kind, bytes };
        let whole = match array.item_size_bytes() {
            Some(size) => bytes.len().is_multiple_of(size),
            None => match kind {
                kind::TEXT | kind::ANSI => true,
                kind::SID => array.item_ranges().last().map_or(0, |item| item.end) == bytes.len(),
                _ => false,
            },
        };
        whole.then_some(array)
    }

    fn item_size_bytes(&self) -> Option<usize> {
        Some(match self.kind {
            kind::INT8 | kind::UINT8 => 1,
            kind::INT16 | kind::UINT16 => 2,
            kind::INT32 | kind::UINT32 | kind::REAL32 | kind::BOOL | kind::HEX32 => 4,
            kind::INT64 | kind::UINT64 | kind::REAL64 | kind::FILE_TIME | kind::HEX64 => 8,
            kind::GUID | kind::SYSTEM_TIME => 16,
            _ => return None,
        })
    }

    /// Where the items are in the bytes.
    pub(crate) fn item_ranges(&self) -> impl Iterator<Item = Range<usize>> + use<'a> {
        let Array { kind, bytes } = *self;
        let size = self.item_size_bytes();
        let mut at = 0;
        std::iter::from_fn(move || {
            let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
            let (length, step) = match (kind, size) {
                (_, Some(size)) => (size, size),
                // Texts end with a NUL; the last one may lack it.
                (kind::TEXT, _) => {
                    let length = utf16_length_bytes(rest);
                    (length, length + 2)
                }
                (kind::ANSI, _) => {
                    let length = rest.iter().position(|&byte| byte == 0).unwrap_or(rest.len());
                    (length, length + 1)
                }
                _ => {
                    let length = Sid::decode(rest)?.0.len();
                    (length, length)
                }
            };
            let item = at..at + length;
            at += step;
            Some(item)
        })
    }

    /// The type byte of its items.
    pub(crate) fn item_kind(&self) -> u8 {
        self.kind
    }

    /// The values, in order.
    pub fn iter(&self) -> impl Iterator<Item = Value<'a>> + use<'a> {
        let Array { kind, bytes } = *self;
        self.item_ranges().map(move |item| Value::decode(kind, bytes.get(item).unwrap_or_default()))
    }
}

impl fmt::Display for Array<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, value) in self.iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            value.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SID_BYTES: [u8; 12] = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];

    /// Type, bytes, what Windows prints.
    const PRINTED: &[(u8, &[u8], &str)] = &[
        (kind::NULL, b"", ""),
        (kind::TEXT, b"a\0b\0\0\0c\0", "ab"),
        (kind::ANSI, b"a\0b\0", "ab"),
        (kind::JOINED, "ü".as_bytes(), "ü"),
        (kind::INT8, &[0xff], "-1"),
        (kind::UINT8, &[0xff], "255"),
        (kind::INT16, &[0xfe, 0xff], "-2"),
        (kind::UINT16, &[0x10, 0x12], "4624"),
        (kind::INT32, &[0xfd, 0xff, 0xff, 0xff], "-3"),
        (kind::UINT32, &[1, 0, 0, 0x80], "2147483649"),
        (kind::INT64, &[0xff; 8], "-1"),
        (kind::UINT64, &[0xff; 8], "18446744073709551615"),
        (kind::REAL32, &[0, 0, 0x80, 0x3f], "1.0"),
        (kind::REAL64, &[0, 0, 0, 0, 0, 0, 0xe0, 0x3f], "0.5"),
        (kind::BOOL, &[0, 0, 0, 0], "false"),
        (kind::BOOL, &[1, 0, 0, 0], "true"),
        (kind::BOOL, &[0xf0, 0xff, 0xff, 0xff], "-16"),
        (kind::BINARY, &[0, 0xab], "00AB"),
        (
            kind::GUID,
            &[0x25, 0x96, 0x84, 0x54, 0x78, 0x54, 0x94, 0x49, 0xa5, 0xba, 0x3e, 0x3b, 3, 0x28, 0xc3, 0x0d],
            "{54849625-5478-4994-a5ba-3e3b0328c30d}",
        ),
        (kind::SIZE, &[0x10, 0, 0, 0], "0x10"),
        (kind::SIZE, &[0x10, 0, 0, 0, 1, 0, 0, 0], "0x100000010"),
        (kind::FILE_TIME, &[0; 8], "1601-01-01T00:00:00.0000000Z"),
        (kind::SYSTEM_TIME, &[0; 16], "1601-01-01T00:00:00.0000000Z"),
        (kind::SID, &SID_BYTES, "S-1-5-18"),
        (kind::HEX32, &[0, 0, 0, 0], "0x0"),
        (kind::HEX64, &[0x86, 0x16, 0x55, 0, 0, 0, 0, 0], "0x551686"),
        (kind::ARRAY | kind::TEXT, b"a\0\0\0\0\0c\0", "a,,c"),
        (kind::ARRAY | kind::ANSI, b"a\0\0c\0", "a,,c"),
        (kind::ARRAY | kind::UINT16, &[1, 0, 2, 0], "1,2"),
        (kind::ARRAY | kind::SID, &SID_BYTES, "S-1-5-18"),
    ];

    #[test]
    fn every_type_prints_as_windows_prints_it() {
        for (kind, bytes, printed) in PRINTED {
            let value = Value::decode(*kind, bytes);
            assert!(!matches!(value, Value::Unreadable { .. }), "{kind:#x}");
            assert_eq!(value.to_string(), *printed, "{kind:#x}");
        }
    }

    #[test]
    fn what_is_read_without_decoding_is_what_decoding_gives() {
        for (kind, bytes, _) in PRINTED {
            for bytes in [bytes, &bytes[..bytes.len().saturating_sub(1)]] {
                let stored = Stored { kind: *kind, bytes };
                if let Some(number) = stored.unsigned() {
                    assert_eq!(stored.value().as_u64(), Some(number), "{kind:#x}");
                } else {
                    let is_unsigned =
                        matches!(stored.value(), Value::Unsigned(_) | Value::Hex32(_) | Value::Hex64(_));
                    assert!(!is_unsigned || *kind == kind::SIZE, "{kind:#x}");
                }
                let guid = match stored.value() {
                    Value::Guid(guid) => Some(guid),
                    _ => None,
                };
                assert_eq!(stored.guid(), guid);
                let time = match stored.value() {
                    Value::FileTime(time) => Some(time),
                    _ => None,
                };
                assert_eq!(stored.file_time(), time);
                assert_eq!(stored.utf16().is_some(), *kind == kind::TEXT);
            }
        }
    }

    #[test]
    fn short_texts_of_ascii_need_no_memory_of_their_own() {
        for (text, expected) in [
            ("", Some("")),
            ("2026-03-02 09:15:42.100", Some("2026-03-02 09:15:42.100")),
            ("exactly thirty-two characters ..", Some("exactly thirty-two characters ..")),
            ("no more than thirty-two characters", None),
            ("Ünï", None),
            ("日本", None),
            ("ends\0here", None),
        ] {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let stored = Stored { kind: kind::TEXT, bytes: &bytes };
            assert_eq!(stored.short_ascii(&mut [b'x'; 32]), expected, "{text}");
        }
        assert_eq!(Stored { kind: kind::ANSI, bytes: b"a\0" }.short_ascii(&mut [0; 32]), None);
    }

    #[test]
    fn bytes_that_do_not_fit_their_type_are_unreadable_and_nothing_else() {
        for (kind, bytes, _) in PRINTED {
            if matches!(*kind & !kind::ARRAY, kind::NULL..=kind::ANSI | kind::BINARY | kind::JOINED) {
                continue;
            }
            let cut = &bytes[..bytes.len() - 1];
            let value = Value::decode(*kind, cut);
            assert_eq!(value, Value::Unreadable { kind: *kind, bytes: cut });
            assert_eq!((value.as_u64(), value.as_text(), value.as_file_time()), (None, None, None));
        }
        for kind in [0x16, 0x20, kind::BINXML, 0x23, 0xa1, 0x8e, 0xff] {
            assert!(matches!(Value::decode(kind, &[0; 16]), Value::Unreadable { .. }), "{kind:#x}");
        }
    }

    #[test]
    fn a_number_is_a_number_in_every_dress() {
        for (text, number) in [
            ("4624", Some(4624)),
            ("0x551686", Some(0x55_1686)),
            ("0X0", Some(0)),
            ("0", Some(0)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("", None),
            ("0x", None),
            ("-1", None),
            ("46 24", None),
        ] {
            assert_eq!(Value::Text(text.into()).as_u64(), number, "{text}");
        }
        assert_eq!(Value::Signed(-1).as_u64(), None);
        assert_eq!(Value::Hex32(7).as_u64(), Some(7));
    }

    #[test]
    fn null_is_not_empty_text() {
        let (null, empty) = (Value::decode(kind::NULL, b""), Value::decode(kind::TEXT, b""));
        assert!(null.is_null() && !empty.is_null());
        assert!(null.is_empty() && empty.is_empty());
        assert_ne!(null, empty);
    }
}

//! The typed values that Windows puts into events, and how Windows prints them.
use std::fmt;

use jiff::Timestamp;

/// 100-nanosecond ticks between 1601-01-01 and 1970-01-01, the epochs of FILETIME and of everyone else.
const TICKS_1601_TO_1970: i128 = 116_444_736_000_000_000;
/// Ticks in one second.
pub const TICKS_PER_SECOND: u64 = 10_000_000;
/// Ticks in one millisecond.
pub const TICKS_PER_MILLISECOND: u64 = 10_000;

/// A moment as Windows keeps it: 100 ns ticks since 1601-01-01 UTC (FILETIME).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticks(pub u64);

impl Ticks {
    /// Reads an RFC 3339 time; for literals of stories and tests.
    ///
    /// # Panics
    /// Panics where the text is no time: a story with a wrong literal is a bug of the story.
    pub fn parse(rfc3339: &str) -> Self {
        let moment: Timestamp = rfc3339.parse().expect("a story's literal is RFC 3339");
        let ticks = moment.as_nanosecond() / 100 + TICKS_1601_TO_1970;
        Self(u64::try_from(ticks).expect("a story happens after 1601"))
    }

    /// The moment this many milliseconds later.
    #[must_use]
    pub fn plus_millis(self, millis: u64) -> Self {
        Self(self.0 + millis * TICKS_PER_MILLISECOND)
    }

    /// The moment this many seconds later.
    #[must_use]
    pub fn plus_seconds(self, seconds: u64) -> Self {
        Self(self.0 + seconds * TICKS_PER_SECOND)
    }

    /// The moment this many milliseconds earlier.
    #[must_use]
    pub(crate) fn minus_millis(self, millis: u64) -> Self {
        Self(self.0 - millis * TICKS_PER_MILLISECOND)
    }

    /// The moment this many seconds earlier.
    #[must_use]
    pub(crate) fn minus_seconds(self, seconds: u64) -> Self {
        Self(self.0 - seconds * TICKS_PER_SECOND)
    }

    /// Whole seconds only: what is left of the time on a carrier that prints no fraction.
    #[must_use]
    pub(crate) fn truncated_to_seconds(self) -> Self {
        Self(self.0 - self.0 % TICKS_PER_SECOND)
    }

    /// Whole milliseconds only, as Sysmon's UtcTime and Elasticsearch keep.
    #[must_use]
    pub(crate) fn truncated_to_millis(self) -> Self {
        Self(self.0 - self.0 % TICKS_PER_MILLISECOND)
    }

    /// Prints the moment with this `strftime` pattern, shifted by `offset_seconds` from UTC.
    pub fn strftime(self, pattern: &str, offset_seconds: i32) -> String {
        let shifted = i128::from(self.0) * 100 + i128::from(offset_seconds) * 1_000_000_000;
        let nanos = shifted - TICKS_1601_TO_1970 * 100;
        let moment = Timestamp::from_nanosecond(nanos).expect("a story's time is within jiff's range");
        moment.strftime(pattern).to_string()
    }

    /// `2026-03-02T09:14:07.1234567Z`: seven digits, as Windows 10 prints SystemTime.
    pub fn system_time(self) -> String {
        format!("{}.{:07}Z", self.strftime("%Y-%m-%dT%H:%M:%S", 0), self.0 % TICKS_PER_SECOND)
    }

    /// `2026-03-02 09:14:07.123`: UTC with milliseconds, as Sysmon prints UtcTime.
    pub(crate) fn sysmon_utc_time(self) -> String {
        let millis = self.0 % TICKS_PER_SECOND / TICKS_PER_MILLISECOND;
        format!("{}.{millis:03}", self.strftime("%Y-%m-%d %H:%M:%S", 0))
    }
}

/// A security identifier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid {
    authority: u64,
    sub_authorities: Vec<u32>,
}

impl Sid {
    /// Reads `S-1-…`; for literals of stories and tests.
    ///
    /// # Panics
    /// Panics where the text is no SID.
    pub fn parse(text: &str) -> Self {
        let mut parts = text.strip_prefix("S-1-").expect("a SID literal begins with S-1-").split('-');
        let authority = parts.next().and_then(|p| p.parse().ok()).expect("a SID literal has an authority");
        let sub_authorities: Vec<u32> = parts.map(|p| p.parse().expect("a sub-authority is a u32")).collect();
        assert!(sub_authorities.len() <= 15, "Windows allows 15 sub-authorities");
        Self { authority, sub_authorities }
    }

    /// The SID of the account with this relative id under this machine or domain SID.
    #[must_use]
    pub fn with_rid(&self, rid: u32) -> Self {
        let mut sid = self.clone();
        sid.sub_authorities.push(rid);
        sid
    }

    /// The relative id: its last part.
    ///
    /// # Panics
    /// Panics where there is none: no account has such a SID.
    pub fn rid(&self) -> u32 {
        *self.sub_authorities.last().expect("the SID of an account has a relative id")
    }

    /// The binary form.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let count = u8::try_from(self.sub_authorities.len()).expect("at most 15 sub-authorities");
        let mut bytes = vec![1, count];
        // The authority is the one big-endian number of the format, 48 bits wide.
        bytes.extend_from_slice(&self.authority.to_be_bytes()[2..]);
        for sub_authority in &self.sub_authorities {
            bytes.extend_from_slice(&sub_authority.to_le_bytes());
        }
        bytes
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S-1-{}", self.authority)?;
        self.sub_authorities.iter().try_for_each(|s| write!(f, "-{s}"))
    }
}

/// A GUID in its stored byte order (the first three groups little-endian).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// All zeros, which Windows writes for "none".
    pub const ZERO: Self = Self([0; 16]);

    /// Reads `5770385f-c22a-43e0-bf4c-06f5698ffbd9`; usable in constants.
    ///
    /// # Panics
    /// Panics where the text is no GUID.
    pub const fn parse(text: &str) -> Self {
        /// Where byte n of the stored form stands in the 32 hexadecimal digits.
        const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
        let text = text.as_bytes();
        let mut digits = [0u8; 32];
        let (mut at, mut count) = (0, 0);
        while at < text.len() {
            let digit = match text[at] {
                c @ b'0'..=b'9' => c - b'0',
                c @ b'a'..=b'f' => c - b'a' + 10,
                c @ b'A'..=b'F' => c - b'A' + 10,
                b'-' => 16,
                _ => panic!("a GUID holds hexadecimal digits and hyphens"),
            };
            if digit < 16 {
                digits[count] = digit;
                count += 1;
            }
            at += 1;
        }
        assert!(count == 32, "a GUID has 32 digits");
        let mut bytes = [0u8; 16];
        let mut i = 0;
        while i < 16 {
            bytes[i] = digits[ORDER[i] * 2] << 4 | digits[ORDER[i] * 2 + 1];
            i += 1;
        }
        Self(bytes)
    }
}

/// Lower case and without braces; carriers add what they add.
impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let b = &self.0;
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:02x}{:02x}-",
            u32::from_le_bytes([b[0], b[1], b[2], b[3]]),
            u16::from_le_bytes([b[4], b[5]]),
            u16::from_le_bytes([b[6], b[7]]),
            b[8],
            b[9]
        )?;
        b[10..].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One value of an event's data, typed as its provider's manifest types it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Not given at all: neither text nor a number.
    Null,
    /// Text; empty text is not [`Value::Null`].
    Text(String),
    /// An unsigned byte.
    U8(u8),
    /// An unsigned 16-bit number.
    U16(u16),
    /// An unsigned 32-bit number.
    U32(u32),
    /// An unsigned 64-bit number.
    U64(u64),
    /// True or false.
    Bool(bool),
    /// A 32-bit number printed as `0x…`.
    Hex32(u32),
    /// A 64-bit number printed as `0x…`: logon ids, keywords.
    Hex64(u64),
    /// A pointer or handle of a 64-bit host, printed as `0x…`: Security's process ids.
    Pointer(u64),
    /// A security identifier.
    Sid(Sid),
    /// A GUID.
    Guid(Guid),
    /// A moment.
    FileTime(Ticks),
    /// Raw bytes, printed as hexadecimal digits.
    Binary(Vec<u8>),
}

impl Value {
    /// Text from anything that is one.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// What Windows prints for this value in the event's XML; `None` for null.
    pub fn printed(&self) -> Option<String> {
        Some(match self {
            Self::Null => return None,
            Self::Text(text) => text.clone(),
            Self::U8(n) => n.to_string(),
            Self::U16(n) => n.to_string(),
            Self::U32(n) => n.to_string(),
            Self::U64(n) => n.to_string(),
            Self::Bool(flag) => flag.to_string(),
            Self::Hex32(n) => format!("{n:#x}"),
            Self::Hex64(n) | Self::Pointer(n) => format!("{n:#x}"),
            Self::Sid(sid) => sid.to_string(),
            Self::Guid(guid) => format!("{{{guid}}}"),
            Self::FileTime(ticks) => ticks.system_time(),
            Self::Binary(bytes) => bytes.iter().map(|b| format!("{b:02X}")).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_as_windows_prints_them() {
        let time = Ticks::parse("2020-09-14T12:06:02.3210004Z");
        assert_eq!(time.system_time(), "2020-09-14T12:06:02.3210004Z");
        assert_eq!(time.sysmon_utc_time(), "2020-09-14 12:06:02.321");
        assert_eq!(time.strftime("%Y-%m-%d %H:%M:%S", -4 * 3600), "2020-09-14 08:06:02");
        assert_eq!(Ticks::parse("1970-01-01T00:00:00Z").0, 116_444_736_000_000_000);
    }

    #[test]
    fn sids_and_guids_keep_their_bytes() {
        let sid = Sid::parse("S-1-5-21-4230534742-2542757381-3142984815-1166");
        let hex: String = sid.to_bytes().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "01050000000000051500000056d628fc05668f976f2456bb8e040000");
        assert_eq!(sid.to_string(), "S-1-5-21-4230534742-2542757381-3142984815-1166");
        let guid = Guid::parse("54849625-5478-4994-A5BA-3E3B0328C30D");
        assert_eq!(guid.0[..4], [0x25, 0x96, 0x84, 0x54]);
        assert_eq!(guid.to_string(), "54849625-5478-4994-a5ba-3e3b0328c30d");
    }

    #[test]
    fn values_print_as_windows_prints_them() {
        let rows = [
            (Value::Null, None),
            (Value::text(""), Some("")),
            (Value::Hex64(0x55_1686), Some("0x551686")),
            (Value::Pointer(0x24d4), Some("0x24d4")),
            (Value::Hex32(0), Some("0x0")),
            (Value::Bool(true), Some("true")),
            (Value::Guid(Guid::ZERO), Some("{00000000-0000-0000-0000-000000000000}")),
            (Value::Binary(vec![1, 0xab]), Some("01AB")),
        ];
        for (value, printed) in rows {
            assert_eq!(value.printed().as_deref(), printed, "{value:?}");
        }
    }
}

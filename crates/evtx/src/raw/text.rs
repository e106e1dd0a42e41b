//! Text as the log stores it: borrowed, compared raw, decoded only where somebody asks.

use std::borrow::Cow;
use std::fmt;

/// A piece of text, still in the encoding of the log.
///
/// Two texts are equal when they read the same. Text of a log is hostile: it may hold line breaks,
/// control characters and half surrogate pairs (which read as U+FFFD).
#[derive(Clone, Copy)]
pub struct Text<'a>(Repr<'a>);

#[derive(Clone, Copy)]
enum Repr<'a> {
    Utf16(&'a [u8]),
    Utf8(&'a str),
    /// Windows-1252, NULs left out.
    Ansi(&'a [u8]),
}

impl<'a> Text<'a> {
    /// UTF-16LE up to its first NUL, as Windows reads it; an odd last byte is no character.
    #[inline]
    pub(crate) fn utf16_until_nul(bytes: &'a [u8]) -> Self {
        Text(Repr::Utf16(&bytes[..utf16_length_bytes(bytes)]))
    }

    #[inline]
    pub(crate) fn utf8(text: &'a str) -> Self {
        Text(Repr::Utf8(text))
    }

    #[inline]
    pub(crate) fn ansi(bytes: &'a [u8]) -> Self {
        Text(Repr::Ansi(bytes))
    }

    /// The UTF-16LE bytes as they stand in the file, where they do.
    pub fn raw_utf16(&self) -> Option<&'a [u8]> {
        match self.0 {
            Repr::Utf16(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn as_utf8(&self) -> Option<&'a str> {
        match self.0 {
            Repr::Utf8(text) => Some(text),
            _ => None,
        }
    }

    /// Whether there is no character at all.
    pub fn is_empty(&self) -> bool {
        match self.0 {
            Repr::Utf16(bytes) => bytes.is_empty(),
            Repr::Utf8(text) => text.is_empty(),
            Repr::Ansi(bytes) => bytes.iter().all(|&byte| byte == 0),
        }
    }

    /// The text in UTF-8; borrowed where it already is.
    pub fn to_cow(&self) -> Cow<'a, str> {
        match self.0 {
            Repr::Utf8(text) => Cow::Borrowed(text),
            Repr::Utf16(bytes) => {
                let mut out = String::with_capacity(bytes.len() / 2);
                push_utf16(bytes, &mut out);
                Cow::Owned(out)
            }
            Repr::Ansi(_) => Cow::Owned(self.chars().collect()),
        }
    }

    /// Append the text in UTF-8 to `out`.
    pub(crate) fn push_to(&self, out: &mut String) {
        match self.0 {
            Repr::Utf8(text) => out.push_str(text),
            Repr::Utf16(bytes) => push_utf16(bytes, out),
            Repr::Ansi(_) => out.extend(self.chars()),
        }
    }

    /// The characters, decoded one at a time.
    pub fn chars(&self) -> impl Iterator<Item = char> + use<'a> {
        let (utf16, utf8, ansi): (&[u8], &str, &[u8]) = match self.0 {
            Repr::Utf16(bytes) => (bytes, "", &[]),
            Repr::Utf8(text) => (&[], text, &[]),
            Repr::Ansi(bytes) => (&[], "", bytes),
        };
        decode_utf16(utf16)
            .chain(utf8.chars())
            .chain(ansi.iter().filter(|&&byte| byte != 0).map(|&byte| ansi_character(byte)))
    }

    /// Equality that takes `A` and `a` for one character, as Windows takes provider and host names.
    pub fn eq_ignore_ascii_case(&self, other: &str) -> bool {
        self.matches(other, |a, b| a.eq_ignore_ascii_case(&b))
    }

    /// Whether these characters, which are ASCII, stand in it, `A` and `a` taken for one.
    pub fn contains_ignore_ascii_case(&self, part: &str) -> bool {
        debug_assert!(part.is_ascii());
        let bytes = match self.0 {
            Repr::Utf16(bytes) => bytes,
            Repr::Utf8(text) => return contains(text.as_bytes(), part, 1, |unit| unit[0]),
            Repr::Ansi(_) => return Text::utf8(&self.to_cow()).contains_ignore_ascii_case(part),
        };
        contains(bytes, part, 2, |unit| if unit[1] == 0 { unit[0] } else { u8::MAX })
    }

    #[inline]
    fn matches(&self, other: &str, same: impl Fn(char, char) -> bool) -> bool {
        match self.0 {
            Repr::Utf16(bytes) if other.is_ascii() => {
                bytes.len() == other.len() * 2
                    && bytes
                        .as_chunks::<2>()
                        .0
                        .iter()
                        .zip(other.bytes())
                        .all(|(unit, byte)| unit[1] == 0 && same(char::from(unit[0]), char::from(byte)))
            }
            _ => {
                let mut others = other.chars();
                self.chars().all(|a| others.next().is_some_and(|b| same(a, b))) && others.next().is_none()
            }
        }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.0, other.0) {
            (Repr::Utf16(a), Repr::Utf16(b)) => a == b,
            (Repr::Utf8(a), _) => other.matches(a, |a, b| a == b),
            (_, Repr::Utf8(b)) => self.matches(b, |a, b| a == b),
            _ => self.chars().eq(other.chars()),
        }
    }
}

impl Eq for Text<'_> {}

impl PartialEq<str> for Text<'_> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        match self.0 {
            Repr::Utf8(text) => text == other,
            _ => self.matches(other, |a, b| a == b),
        }
    }
}

impl PartialEq<&str> for Text<'_> {
    #[inline]
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Repr::Utf8(text) => f.write_str(text),
            _ => self.chars().try_for_each(|character| fmt::Write::write_char(f, character)),
        }
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.to_cow(), f)
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Text::utf8(text)
    }
}

/// Look for `part` among units of so many bytes, at the places where its first character stands.
fn contains(bytes: &[u8], part: &str, unit_bytes: usize, ascii: impl Fn(&[u8]) -> u8) -> bool {
    let Some(first) = part.bytes().next() else { return true };
    let places = memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), bytes);
    let mut places = places.filter(|place| place % unit_bytes == 0);
    places.any(|place| {
        let units = bytes.get(place..place + part.len() * unit_bytes).unwrap_or_default();
        units.len() == part.len() * unit_bytes
            && units
                .chunks_exact(unit_bytes)
                .zip(part.bytes())
                .all(|(unit, wanted)| ascii(unit).eq_ignore_ascii_case(&wanted))
    })
}

fn decode_utf16(bytes: &[u8]) -> impl Iterator<Item = char> + use<'_> {
    let units = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// How many bytes stand before the first NUL unit. Nearly always there is none, so all units are
/// compared at once before one is looked for.
#[inline]
pub(crate) fn utf16_length_bytes(bytes: &[u8]) -> usize {
    let units = bytes.as_chunks::<2>().0;
    let any_nul = units.iter().fold(false, |any, unit| any | (u16::from_le_bytes(*unit) == 0));
    let before_nul = || units.iter().position(|unit| *unit == [0, 0]);
    (if any_nul { before_nul() } else { None }).unwrap_or(units.len()) * 2
}

/// Append UTF-16LE to UTF-8: sixteen ASCII units at a time, the rest one by one.
pub(crate) fn push_utf16(bytes: &[u8], out: &mut String) {
    let mut rest = bytes;
    while let Some((block, after)) = rest.split_first_chunk::<32>() {
        let Some(ascii) = narrow_ascii(block) else { break };
        match std::str::from_utf8(&ascii) {
            Ok(text) => out.push_str(text),
            Err(_) => break,
        }
        rest = after;
    }
    out.extend(decode_utf16(rest));
}

/// Sixteen UTF-16 units as sixteen bytes, where all are ASCII.
#[inline(always)]
pub(crate) fn narrow_ascii(block: &[u8; 32]) -> Option<[u8; 16]> {
    let mut seen = 0u16;
    let mut narrow = [0u8; 16];
    for (byte, unit) in narrow.iter_mut().zip(block.as_chunks::<2>().0) {
        let unit = u16::from_le_bytes(*unit);
        seen |= unit;
        *byte = unit as u8;
    }
    (seen < 0x80).then_some(narrow)
}

/// Windows-1252, the code page of ANSI values; its five holes map to the C1 controls, as browsers
/// and Windows itself map them.
fn ansi_character(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}',
        '\u{2C6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}', '\u{8F}', '\u{90}',
        '\u{2018}', '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2DC}',
        '\u{2122}', '\u{161}', '\u{203A}', '\u{153}', '\u{9D}', '\u{17E}', '\u{178}',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn the_first_nul_ends_the_text_wherever_it_stands() {
        for length in 0..40 {
            let mut units: Vec<u8> = utf16(&"x".repeat(length));
            assert_eq!(utf16_length_bytes(&units), length * 2);
            units.extend([0, 0]);
            units.extend(utf16("\u{1}y\u{100}"));
            assert_eq!(utf16_length_bytes(&units), length * 2, "{length}");
            units.push(b'z');
            assert_eq!(utf16_length_bytes(&units), length * 2);
        }
        // Units whose low or high byte alone is zero.
        assert_eq!(utf16_length_bytes(&[1, 0, 0, 0, 1, 0, 0, 1, 0, 1]), 2);
        assert_eq!(utf16_length_bytes(&[0, 1, 1, 0, 0, 0x80, 0, 1, 0]), 8);
    }

    #[test]
    fn text_reads_the_same_in_every_encoding() {
        for text in ["", "plain", "Ünï", "日本 😀 and a tail that is longer than a block", "tab\tline\r\n"]
        {
            let bytes = utf16(text);
            let wide = Text::utf16_until_nul(&bytes);
            assert_eq!(wide, text);
            assert_eq!(wide, Text::utf8(text));
            assert_eq!(Text::utf8(text), wide);
            assert_eq!(wide.to_cow(), text);
            assert_eq!(wide.to_string(), text);
            assert_ne!(wide, "other");
            assert_eq!(wide.is_empty(), text.is_empty());
            let mut out = String::from(">");
            wide.push_to(&mut out);
            assert_eq!(out[1..], *text);
        }
        assert_eq!(Text::ansi(b"caf\xe9\0 \x80"), "café €");
        assert_eq!(Text::ansi(b"x"), Text::utf16_until_nul(&utf16("x")));
    }

    #[test]
    fn case_counts_unless_asked() {
        let bytes = utf16("Microsoft-Windows-Sysmon");
        let text = Text::utf16_until_nul(&bytes);
        assert!(text.eq_ignore_ascii_case("MICROSOFT-windows-sysmon"));
        assert!(!text.eq_ignore_ascii_case("MICROSOFT-windows-sysmo"));
        assert_ne!(text, "microsoft-windows-sysmon");
    }

    #[test]
    fn a_part_is_found_wherever_it_stands_in_every_encoding() {
        for (text, part, expected) in [
            (r"HKLM\SAM\sam\Domains\Account", r"\sam\sam\domains\", true),
            (r"\SAM\SAM\DOMAINS\", r"\sam\sam\domains\", true),
            (r"HKLM\SAM\SAM\Domains", r"\sam\sam\domains\", false),
            ("sasamr", "samr", true),
            ("sama", "samr", false),
            ("ſamr", "samr", false),
            ("日samR", "samr", true),
            ("日samré", "samre", false),
            ("", "samr", false),
            ("any", "", true),
        ] {
            let bytes = utf16(text);
            assert_eq!(Text::utf16_until_nul(&bytes).contains_ignore_ascii_case(part), expected, "{text}");
            assert_eq!(Text::utf8(text).contains_ignore_ascii_case(part), expected, "{text}");
        }
        assert!(Text::ansi(b"\xe9sa\0mr").contains_ignore_ascii_case("SAMR"));
        assert!(!Text::utf16_until_nul(b"\0a\0s\0s").contains_ignore_ascii_case("as"));
    }

    #[test]
    fn half_a_surrogate_pair_reads_as_replacement() {
        let text = Text::utf16_until_nul(&[0x3d, 0xd8, b'a', 0]);
        assert_eq!(text.to_cow(), "\u{fffd}a");
        assert_ne!(text, "a");
    }
}

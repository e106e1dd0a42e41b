//! Text, numbers and values for the inside of a JSON string, as Windows prints them.

use std::io::Write;

use crate::raw::text::{Text, narrow_ascii};
use crate::raw::value::Value;

/// Append a text as a JSON string.
pub(crate) fn json_text(text: &Text<'_>, out: &mut Vec<u8>) {
    out.push(b'"');
    push_text(text, out);
    out.push(b'"');
}

/// Numbers up to 20 digits, two at a time, without the machinery of `fmt`.
pub(crate) fn push_decimal(mut number: u64, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    while number >= 10 {
        let pair = (number % 100) as u8;
        number /= 100;
        at -= 2;
        digits[at] = b'0' + pair / 10;
        digits[at + 1] = b'0' + pair % 10;
    }
    // One digit is left, unless the pairs took all of them.
    if number > 0 || at == digits.len() {
        at -= 1;
        digits[at] = b'0' + number as u8;
    }
    out.extend_from_slice(&digits[at..]);
}

fn push_hexadecimal(mut number: u64, out: &mut Vec<u8>) {
    let mut digits = [0; 18];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b"0123456789abcdef"[(number & 15) as usize];
        number >>= 4;
        if number == 0 {
            break;
        }
    }
    digits[at - 2..at].copy_from_slice(b"0x");
    out.extend_from_slice(&digits[at - 2..]);
}

/// What Windows prints, escaped for the inside of a JSON string.
pub(crate) fn push_printed(value: &Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Text(text) => push_text(text, out),
        Value::Hex32(number) => push_hexadecimal(u64::from(*number), out),
        Value::Hex64(number) => push_hexadecimal(*number, out),
        Value::FileTime(time) => out.extend_from_slice(&time.to_ascii()),
        Value::Guid(guid) => out.extend_from_slice(&guid.to_ascii()),
        Value::Unsigned(number) => push_decimal(*number, out),
        Value::Sid(sid) => {
            out.extend_from_slice(b"S-");
            push_decimal(u64::from(sid.revision()), out);
            out.push(b'-');
            push_decimal(sid.authority(), out);
            for part in sid.sub_authorities() {
                out.push(b'-');
                push_decimal(u64::from(part), out);
            }
        }
        Value::Array(array) => {
            for (place, item) in array.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                push_printed(&item, out);
            }
        }
        // Writing to a Vec cannot fail, and none of the others prints a character to escape.
        other => _ = write!(out, "{other}"),
    }
}

/// Text, escaped for the inside of a JSON string.
pub(crate) fn push_text(text: &Text<'_>, out: &mut Vec<u8>) {
    if let Some(units) = text.raw_utf16() {
        return push_utf16(units, out);
    }
    match text.as_utf8() {
        Some(text) if !any_needs_escape(text.as_bytes()) => out.extend_from_slice(text.as_bytes()),
        _ => text.chars().for_each(|character| push_character(character, out)),
    }
}

/// UTF-16 up to its first NUL. Most text of a log is ASCII: sixteen characters at a time, and for the
/// last ones a block filled up with spaces.
#[inline]
pub(crate) fn push_utf16(units: &[u8], out: &mut Vec<u8>) {
    const SPACES: [u8; 32] = *b" \0 \0 \0 \0 \0 \0 \0 \0 \0 \0 \0 \0 \0 \0 \0 \0";
    // An odd last byte is no character.
    let mut rest = &units[..units.len() & !1];
    while let Some((block, after)) = rest.split_first_chunk::<32>() {
        match narrow_ascii(block) {
            Some(ascii) if !any_needs_escape(&ascii) => out.extend_from_slice(&ascii),
            Some(ascii) if !ascii.contains(&0) => push_escaped(&ascii, out),
            _ => return push_utf16_by_character(rest, out),
        }
        rest = after;
    }
    if rest.is_empty() {
        return;
    }
    let mut block = SPACES;
    block[..rest.len()].copy_from_slice(rest);
    match narrow_ascii(&block) {
        Some(ascii) if !any_needs_escape(&ascii) => {
            // A copy of known length and a cut are cheaper than a copy of any length.
            out.extend_from_slice(&ascii);
            out.truncate(out.len() - (ascii.len() - rest.len() / 2));
        }
        Some(ascii) if !ascii.contains(&0) => push_escaped(&ascii[..rest.len() / 2], out),
        _ => push_utf16_by_character(rest, out),
    }
}

/// ASCII with something to escape: the backslashes of Windows' paths, mostly.
#[inline]
fn push_escaped(ascii: &[u8], out: &mut Vec<u8>) {
    let mut rest = ascii;
    while let Some(at) = rest.iter().position(|&byte| needs_escape(byte)) {
        out.extend_from_slice(&rest[..at]);
        push_ascii(rest[at], out);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

/// UTF-16 up to its first NUL, with something in it to escape or to encode.
fn push_utf16_by_character(units: &[u8], out: &mut Vec<u8>) {
    Text::utf16_until_nul(units).chars().for_each(|character| push_character(character, out));
}

/// No early way out, so that all bytes are compared at once.
#[inline(always)]
fn any_needs_escape(bytes: &[u8]) -> bool {
    bytes.iter().fold(false, |any, &byte| any | needs_escape(byte))
}

#[inline(always)]
fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

#[inline]
fn push_ascii(byte: u8, out: &mut Vec<u8>) {
    if !needs_escape(byte) {
        return out.push(byte);
    }
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            _ = write!(out, "\\u{byte:04x}");
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

pub(crate) fn push_character(character: char, out: &mut Vec<u8>) {
    match u8::try_from(character) {
        Ok(byte) if byte < 0x80 => push_ascii(byte, out),
        _ => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_wherever_it_stands() {
        for length in 0..40 {
            for odd in ['"', '\\', '\n', '\u{1}', 'ü', '日', '😀', 'x'] {
                for place in 0..=length {
                    let text: String = (0..=length).map(|at| if at == place { odd } else { 'a' }).collect();
                    let mut units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                    units.extend([0, 0, b'z', 0, b'!']);
                    let (mut wide, mut narrow) = (Vec::new(), Vec::new());
                    wide.push(b'"');
                    push_utf16(&units, &mut wide);
                    wide.push(b'"');
                    json_text(&Text::utf8(&text), &mut narrow);
                    assert_eq!(serde_json::from_slice::<String>(&wide).unwrap(), text);
                    assert_eq!(wide, narrow);
                }
            }
        }
    }

    #[test]
    fn numbers_print_without_fmt_as_with_it() {
        for number in
            [0, 1, 9, 10, 99, 100, 101, 255, 1000, 4624, u64::from(u32::MAX), u64::MAX / 10, u64::MAX]
        {
            let mut out = Vec::new();
            push_decimal(number, &mut out);
            out.push(b' ');
            push_hexadecimal(number, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), format!("{number} {number:#x}"));
        }
    }
}

//! Structure of JSON without a tree: where values end, which members an object has.

use memchr::memchr;

/// Deepest nesting of a record; deeper ones are no event of any carrier.
const DEPTH_MAX: usize = 128;

/// Why no object could be walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScanError {
    /// The bytes end inside the object.
    Incomplete,
    /// This is no JSON object.
    Invalid,
}

pub(super) type Scan<T> = Result<T, ScanError>;

/// Calls `member` with each key and the place of its value; it answers the place after the value.
/// Answers the place after the object.
#[inline]
pub(super) fn each_member<'b>(
    bytes: &'b [u8],
    start: usize,
    mut member: impl FnMut(&'b [u8], usize) -> Scan<usize>,
) -> Scan<usize> {
    if bytes.get(start) != Some(&b'{') {
        return Err(ScanError::Invalid);
    }
    let mut at = skip_blank(bytes, start + 1);
    if byte(bytes, at)? == b'}' {
        return Ok(at + 1);
    }
    loop {
        if byte(bytes, at)? != b'"' {
            return Err(ScanError::Invalid);
        }
        let key_end = skip_string(bytes, at + 1)?;
        let key = &bytes[at + 1..key_end - 1];
        at = skip_blank(bytes, key_end);
        if byte(bytes, at)? != b':' {
            return Err(ScanError::Invalid);
        }
        at = member(key, skip_blank(bytes, at + 1))?;
        at = skip_blank(bytes, at);
        match byte(bytes, at)? {
            b',' => at = skip_blank(bytes, at + 1),
            b'}' => return Ok(at + 1),
            _ => return Err(ScanError::Invalid),
        }
    }
}

/// Calls `element` with the place of each value of a list; it answers the place after the value.
/// Answers the place after the list.
pub(super) fn each_element(
    bytes: &[u8],
    start: usize,
    mut element: impl FnMut(usize) -> Scan<usize>,
) -> Scan<usize> {
    if bytes.get(start) != Some(&b'[') {
        return Err(ScanError::Invalid);
    }
    let mut at = skip_blank(bytes, start + 1);
    if byte(bytes, at)? == b']' {
        return Ok(at + 1);
    }
    loop {
        at = skip_blank(bytes, element(at)?);
        match byte(bytes, at)? {
            b',' => at = skip_blank(bytes, at + 1),
            b']' => return Ok(at + 1),
            _ => return Err(ScanError::Invalid),
        }
    }
}

pub(super) fn byte(bytes: &[u8], at: usize) -> Scan<u8> {
    bytes.get(at).copied().ok_or(ScanError::Incomplete)
}

pub(super) fn skip_blank(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// The place after a string whose opening quote stands before `start`.
#[inline]
pub(super) fn skip_string(bytes: &[u8], start: usize) -> Scan<usize> {
    // Most strings of events are short, for which a call of `memchr` costs more than it finds.
    if let Some(short) = bytes.get(start..).and_then(|rest| rest.first_chunk::<SHORT_BYTES>()) {
        let mut at = start;
        for word in short.as_chunks::<8>().0 {
            let quotes = has_byte(u64::from_le_bytes(*word), b'"');
            if quotes != 0 {
                at += quotes.trailing_zeros() as usize / 8;
                if bytes[at - 1] != b'\\' {
                    return Ok(at + 1);
                }
                break;
            }
            at += 8;
        }
    }
    skip_any_string(bytes, start)
}

const SHORT_BYTES: usize = 32;

/// The same for strings that are long, or have an escape before a quote.
#[inline(never)]
fn skip_any_string(bytes: &[u8], start: usize) -> Scan<usize> {
    let mut at = start;
    loop {
        let rest = bytes.get(at..).ok_or(ScanError::Incomplete)?;
        at += memchr(b'"', rest).ok_or(ScanError::Incomplete)?;
        // Escapes of other characters need no stop: only those right before a quote decide what it is.
        let backslashes = bytes[start..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        at += 1;
        if backslashes % 2 == 0 {
            return Ok(at);
        }
    }
}

/// The high bit of each byte of `word` that is `byte`; the lowest such bit is exact, those above need not be.
#[inline]
fn has_byte(word: u64, byte: u8) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH_BITS: u64 = u64::from_le_bytes([0x80; 8]);
    let difference = word ^ (ONES * u64::from(byte));
    difference.wrapping_sub(ONES) & !difference & HIGH_BITS
}

/// The place after the value at `at`.
pub(super) fn skip_value(bytes: &[u8], at: usize) -> Scan<usize> {
    match byte(bytes, at)? {
        b'"' => skip_string(bytes, at + 1),
        b'{' | b'[' => skip_nested(bytes, at),
        b',' | b'}' | b']' | b':' => Err(ScanError::Invalid),
        _ => skip_literal(bytes, at),
    }
}

fn skip_literal(bytes: &[u8], at: usize) -> Scan<usize> {
    let rest = &bytes[at..];
    let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
    let length = rest.iter().position(ends).ok_or(ScanError::Incomplete)?;
    if rest[..length].iter().any(|byte| matches!(byte, b'"' | b'{' | b'[' | b'<' | 0)) {
        return Err(ScanError::Invalid);
    }
    Ok(at + length)
}

/// The place after the list or object at `at`. A closing bracket of the other sort is an error.
fn skip_nested(bytes: &[u8], mut at: usize) -> Scan<usize> {
    // One bit for each open bracket: set for an object.
    let mut open: u128 = 0;
    let mut depth = 0;
    loop {
        match byte(bytes, at)? {
            b'"' => {
                at = skip_blank(bytes, skip_string(bytes, at + 1)?);
                // Else a text that was cut has swallowed the beginning of the next record, and would its fields, too.
                match byte(bytes, at)? {
                    b':' | b',' => {}
                    b'}' | b']' => continue,
                    _ => return Err(ScanError::Invalid),
                }
            }
            opening @ (b'{' | b'[') => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(ScanError::Invalid);
                }
                open = open << 1 | u128::from(opening == b'{');
            }
            closing @ (b'}' | b']') => {
                if (open & 1 == 1) != (closing == b'}') {
                    return Err(ScanError::Invalid);
                }
                open >>= 1;
                depth -= 1;
                if depth == 0 {
                    return Ok(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_ends_where_its_brace_closes() {
        let end = |text: &str| each_member(text.as_bytes(), 0, |_, value| skip_value(text.as_bytes(), value));
        for text in [
            "{}",
            "{ \t}",
            r#"{"a":1}"#,
            r#"{"a" : [1,{"b":"}]"}], "c":null}"#,
            r#"{"a":"\\","b":"\"}\\\""}"#,
            r#"{"a":"0123456789abcdef0123456789abcdef0123456789\"\\"}"#,
        ] {
            assert_eq!(end(text), Ok(text.len()), "{text}");
            assert_eq!(end(&format!("{text},{text}")), Ok(text.len()), "{text}");
            for cut in 0..text.len() {
                let cut = end(&text[..cut]);
                assert!(cut == Err(ScanError::Incomplete) || cut == Err(ScanError::Invalid), "{text}");
            }
        }
        for text in
            ["{1:2}", r#"{"a"}"#, r#"{"a":}"#, r#"{"a":[1}]}"#, r#"{"a":1 "b":2}"#, r#"{"a":<x>}"#, "[1]"]
        {
            assert_eq!(end(text), Err(ScanError::Invalid), "{text}");
        }
        let cut = "{\"a\":{\"b\":\"c\n{\"d\":{\"e\":\"f\"}}\n{\"d\":{\"e\":\"f\"}}\n";
        assert_eq!(end(cut), Err(ScanError::Invalid), "what was cut swallows no other");
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(DEPTH_MAX + 1), "]".repeat(DEPTH_MAX + 1));
        assert_eq!(end(&deep), Err(ScanError::Invalid));
    }

    #[test]
    fn a_list_gives_each_of_its_values() {
        for (text, count) in [("[]", 0), ("[1]", 1), (r#"[ {"a":[1,2]} , "]", [3] ]"#, 3)] {
            let mut values = 0;
            let end = each_element(text.as_bytes(), 0, |at| {
                values += 1;
                skip_value(text.as_bytes(), at)
            });
            assert_eq!((end, values), (Ok(text.len()), count), "{text}");
        }
        for text in ["[1 2]", "[1,]", "{}", "[1}"] {
            let end = each_element(text.as_bytes(), 0, |at| skip_value(text.as_bytes(), at));
            assert_eq!(end, Err(ScanError::Invalid), "{text}");
        }
    }
}

//! What relays put before a record in its line: `<14>1 2021-10-19T14:42:41Z FS03 winlogbeat - - - {…`, `2026-03-02 ws1 <Event …`,
//! `2026-03-02T09:00:00Z stdout F {…`. It costs nothing and is no damage; the rest of a record that was cut is.

use memchr::{memchr, memchr_iter};

use crate::framing::{rendered, xml};

/// Longest prefix: RFC 5424's structured data may be long.
const PREFIX_BYTES_MAX: usize = 2048;
/// Where in its line Snare's mark stands.
const MARK_BYTES_MAX: usize = 512;

/// What a line that begins with no record has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A record, behind so many bytes.
    Record(usize),
    /// A record of Snare's, of so many bytes.
    Snare(usize),
    /// It goes on after the bytes at hand.
    Incomplete,
    /// None of these.
    Other,
}

/// Looks at the line at the start of `bytes`.
pub(crate) fn look(bytes: &[u8], is_all: bool) -> Line {
    let end = memchr(b'\n', &bytes[..bytes.len().min(PREFIX_BYTES_MAX)]);
    let line = &bytes[..end.unwrap_or(bytes.len().min(PREFIX_BYTES_MAX))];
    if rendered::snare_mark(&line[..line.len().min(MARK_BYTES_MAX)]).is_some() {
        return match memchr(b'\n', bytes) {
            Some(end) => Line::Snare(end + 1),
            None if is_all => Line::Snare(bytes.len()),
            None => Line::Incomplete,
        };
    }
    let object = memchr_iter(b'{', line).find(|at| {
        let blanks = line[at + 1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        line.get(at + 1 + blanks) == Some(&b'"')
    });
    match object.into_iter().chain(xml::event_start(line, 0)).min() {
        Some(at) if is_prefix(&line[..at]) => Line::Record(at),
        Some(_) => Line::Other,
        None if end.is_none() && !is_all && line.len() < PREFIX_BYTES_MAX => Line::Incomplete,
        None => Line::Other,
    }
}

/// Whether it may be a relay's: text, and no part of a record.
fn is_prefix(text: &[u8]) -> bool {
    const PARTS: [&[u8]; 4] = [b"\":", b"</", b"/>", b"\"}"];
    let is_text =
        std::str::from_utf8(text).is_ok() && !text.iter().any(|byte| *byte < b' ' && *byte != b'\t');
    let is_part = PARTS.iter().any(|part| memchr::memmem::find(text, part).is_some());
    let begins_markup = text.first() == Some(&b'<') && !has_priority(text);
    is_text && !is_part && !begins_markup
}

/// Syslog's `<13>`.
fn has_priority(text: &[u8]) -> bool {
    let digits = text[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    (1..=3).contains(&digits) && text.get(digits + 1) == Some(&b'>')
}

/// Whether some line of a text has a record behind what a relay put before it.
pub(crate) fn is_in(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').any(|line| matches!(look(line, true), Line::Record(_) | Line::Snare(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_relays_put_before_a_record_is_passed_over() {
        for prefix in [
            "<14>1 2021-10-19T14:42:41.202764Z FS03 winlogbeat - - - ",
            "<14>1 2021-10-19T14:42:41Z FS03 w 7 - [origin ip=\"10.0.0.1\" x=\"a]\"] ",
            "Oct 19 14:42:41 FS03 winlogbeat[12]: ",
            "2021-10-19T14:42:41.202764Z FS03.offsec.lan ",
            "2021-10-19T14:42:41Z stdout F ",
            "1234 <13>Oct  9 14:42:41 é ",
        ] {
            for record in ["{\"a\":1}", "{ \"a\":1}", "<Event><System>", "<e:Event x='y'>"] {
                let line = format!("{prefix}{record}\n");
                assert_eq!(look(line.as_bytes(), false), Line::Record(prefix.len()), "{line}");
            }
        }
    }

    #[test]
    fn what_is_left_of_a_record_is_no_prefix() {
        for line in [
            "r\":\"x\"}} {\"a\":1}\n",
            "</Event><Event>\n",
            "<report><Event>\n",
            "<x/>{\"a\":1}\n",
            "\u{1}{\"a\":1}\n",
            "done\n",
            "",
        ] {
            assert_eq!(look(line.as_bytes(), true), Line::Other, "{line}");
        }
        assert_eq!(look(b"Oct 19", false), Line::Incomplete);
        assert_eq!(look(b"<13>Oct 19 a MSWinEventLog\t1\tSecurity\n{", false), Line::Snare(38));
        assert!(is_in(b"# a\nOct 19 ws1 {\"a\":1}\n") && !is_in(b"# a\nOct 19 ws1\n"));
    }
}

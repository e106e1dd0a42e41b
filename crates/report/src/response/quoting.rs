//! Values of logs as PowerShell literals: whatever an attacker wrote, the shell takes it for text and nothing else.
//!
//! A literal is plain printable ASCII. PowerShell takes typographic quotes (U+2018 to U+201B) for quotes, and Windows
//! PowerShell reads a script without a byte order mark in the code page of the machine, where the UTF-8 bytes of an
//! innocent letter can be such a quote (`ё` ends in 0x91). So what is not ASCII is written as an escape, which also
//! shows what an eye would not see: `Admin\u200bistrator`.

/// Longest value that is put into a command, in characters: the longest path of the classic file interface. What is
/// longer is left out, since a cut value would be another value.
const VALUE_CHARS_MAX: usize = 260;

/// The value in single quotes, in which PowerShell expands nothing; `None` where it is empty or too long.
///
/// A leading `-` is no parameter in quotes, and wildcards are none for `-eq` and `-LiteralPath`: templates use no
/// other way to compare a name or to name a file.
pub(super) fn literal(value: &str) -> Option<String> {
    if value.is_empty() || value.chars().count() > VALUE_CHARS_MAX {
        return None;
    }
    if value.bytes().all(is_plain) {
        return Some(format!("'{}'", value.replace('\'', "''")));
    }
    let mut escaped = String::with_capacity(value.len() * 2);
    for character in value.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            '\'' => escaped.push_str("''"),
            _ if u8::try_from(character).is_ok_and(is_plain) => escaped.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    escaped.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    Some(format!("([regex]::Unescape('{escaped}'))"))
}

/// Printable ASCII.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// A second reading of commands, written from PowerShell's rules and not from the code above.
#[cfg(test)]
pub(super) mod reading {
    /// A command split at its single-quoted strings: what stands outside of them, and what each holds.
    #[derive(Debug, Default, PartialEq, Eq)]
    pub(crate) struct Reading {
        pub(crate) outside: String,
        pub(crate) strings: Vec<String>,
    }

    /// PowerShell ends and doubles a single-quoted string with any of these, in any mixture.
    fn is_single_quote(character: char) -> bool {
        matches!(character, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}')
    }

    /// Reads a command; an error where a string is not closed.
    pub(crate) fn read(command: &str) -> Result<Reading, String> {
        let mut reading = Reading::default();
        let mut rest = command.chars().peekable();
        while let Some(character) = rest.next() {
            if !is_single_quote(character) {
                reading.outside.push(character);
                continue;
            }
            let mut string = String::new();
            loop {
                match rest.next() {
                    None => return Err(format!("not closed: {command}")),
                    Some(quote) if is_single_quote(quote) => {
                        // Of a doubled quote the second stands for both.
                        match rest.next_if(|next| is_single_quote(*next)) {
                            Some(doubled) => string.push(doubled),
                            None => break,
                        }
                    }
                    Some(inner) => string.push(inner),
                }
            }
            reading.outside.push_str("''");
            reading.strings.push(string);
        }
        Ok(reading)
    }

    /// What .NET's `Regex.Unescape` makes of a text whose only escapes are `\\` and `\uXXXX`.
    pub(crate) fn unescape(text: &str) -> String {
        let mut units: Vec<u16> = Vec::new();
        let mut rest = text.encode_utf16();
        while let Some(unit) = rest.next() {
            if unit != u16::from(b'\\') {
                units.push(unit);
                continue;
            }
            match rest.next() {
                Some(mark) if mark == u16::from(b'u') => {
                    let digits: Vec<u16> = rest.by_ref().take(4).collect();
                    units.push(u16::from_str_radix(&String::from_utf16_lossy(&digits), 16).unwrap());
                }
                Some(mark) if mark == u16::from(b'\\') => units.push(mark),
                other => panic!("{other:?} is no escape: {text}"),
            }
        }
        String::from_utf16(&units).unwrap()
    }

    /// The value of one literal.
    pub(crate) fn value(literal: &str) -> String {
        let reading = read(literal).unwrap();
        assert_eq!(reading.strings.len(), 1, "{literal}");
        match reading.outside.as_str() {
            "''" => reading.strings[0].clone(),
            "([regex]::Unescape(''))" => unescape(&reading.strings[0]),
            other => panic!("{other} is no literal"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::reading::{read, value};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn literals_of_hostile_values() {
        for (hostile, quoted) in [
            ("toto3", "'toto3'"),
            ("O'Brien", "'O''Brien'"),
            ("'; calc; '", "'''; calc; '''"),
            ("$(calc)`n\"&|%PATH%^", "'$(calc)`n\"&|%PATH%^'"),
            ("-Recurse", "'-Recurse'"),
            ("[a]*?", "'[a]*?'"),
            ("C:\\x\\", "'C:\\x\\'"),
            ("a\u{2019}; calc #", "([regex]::Unescape('a\\u2019; calc #'))"),
            ("a\u{201c}b\u{2013}", "([regex]::Unescape('a\\u201cb\\u2013'))"),
            ("a\r\ncalc", "([regex]::Unescape('a\\u000d\\u000acalc'))"),
            ("\u{202e}nimda\u{1b}", "([regex]::Unescape('\\u202enimda\\u001b'))"),
            ("ё'\\u0027", "([regex]::Unescape('\\u0451''\\\\u0027'))"),
            ("J\u{fc}rgen😀", "([regex]::Unescape('J\\u00fcrgen\\ud83d\\ude00'))"),
        ] {
            assert_eq!(literal(hostile).as_deref(), Some(quoted));
            assert_eq!(value(quoted), hostile);
        }
    }

    #[test]
    fn what_cannot_be_one_literal_is_none() {
        assert_eq!(literal(""), None);
        assert_eq!(literal(&"é".repeat(261)), None, "a cut value would be another value");
        assert!(literal(&"é".repeat(260)).is_some());
    }

    /// The reader must see what the writer is to prevent, or it proves nothing.
    #[test]
    fn the_reader_knows_every_quote() {
        for quote in ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'] {
            let reading = read(&format!("x 'a{quote} calc")).unwrap();
            assert_eq!((reading.outside.as_str(), reading.strings[0].as_str()), ("x '' calc", "a"));
            assert!(read(&format!("x {quote}a")).is_err());
        }
    }

    proptest! {
        #[test]
        fn every_value_comes_back(hostile in "(?s).{1,80}") {
            let quoted = literal(&hostile).unwrap();
            prop_assert!(quoted.bytes().all(is_plain), "{}", quoted);
            prop_assert_eq!(value(&quoted), hostile);
        }

        #[test]
        fn every_value_of_quotes_and_marks_comes_back(
            hostile in "['\u{2018}\u{2019}\u{201a}\u{201b}\"\u{201c}`$;\\\\u0-9a-f\n\r\u{2028}(){}-]{1,40}"
        ) {
            prop_assert_eq!(value(&literal(&hostile).unwrap()), hostile);
        }
    }
}

//! Text as TOML writes it: what a log says must not end a string early, nor deceive the eye of who reads the file.

use begat_model::visible::{deceives, visible};

/// A string of TOML. Paths are written without doubled backslashes, as people write them.
pub fn toml_string(text: &str) -> String {
    let is_plain = !text.chars().any(deceives);
    if is_plain && text.contains(['\\', '"']) && !text.contains('\'') {
        return format!("'{text}'");
    }
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for character in text.chars() {
        match character {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            _ if deceives(character) => written.push_str(&escaped(character)),
            _ => written.push(character),
        }
    }
    written.push('"');
    written
}

/// A list of strings; of one it is that one.
pub fn toml_strings(texts: &[String]) -> String {
    match texts {
        [only] => toml_string(only),
        _ => format!("[{}]", texts.iter().map(|text| toml_string(text)).collect::<Vec<_>>().join(", ")),
    }
}

/// A comment of one line.
pub fn toml_comment(text: &str) -> String {
    format!("# {}", visible(text))
}

fn escaped(character: char) -> String {
    let code = u32::from(character);
    if code <= 0xffff { format!("\\u{code:04X}") } else { format!("\\U{code:08X}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_written_as_people_write_them() {
        for (text, written) in [
            ("localadm", r#""localadm""#),
            (r"C:\Windows\CCM\smsswd.exe", r"'C:\Windows\CCM\smsswd.exe'"),
            (r#"say "hi""#, r#"'say "hi"'"#),
            ("it's", r#""it's""#),
            (r"C:\it's", r#""C:\\it's""#),
            ("a\u{202e}b\u{e0041}\n", r#""a\u202Eb\U000E0041\u000A""#),
        ] {
            assert_eq!(toml_string(text), written);
        }
    }

    #[test]
    fn whatever_a_log_says_is_read_back_the_same_and_stays_on_its_line() {
        for text in [
            "",
            "'''",
            "\"\"\"",
            "a\"\nowner = \"me",
            "\\",
            "\\u0041",
            "\u{7f}\u{0}\u{1b}[2J",
            "x'\\\r\n\"#",
            "ネット",
        ] {
            let document = format!("{}\nkey = {}\n", toml_comment(text), toml_string(text));
            assert_eq!(document.lines().count(), 2, "{document}");
            let table: toml::Table = document.parse().unwrap();
            assert_eq!(table["key"].as_str(), Some(text), "{document}");
            assert_eq!(table.len(), 1);
        }
    }
}

//! Text of logs made harmless and visible: what a terminal or an eye could be fooled with becomes an escape.

use std::borrow::Cow;

/// Ranges of characters that move, hide or reorder what stands around them.
const DECEIVING: &[(char, char, &str)] = &[
    ('\u{00}', '\u{1f}', "control characters: ANSI sequences begin with one"),
    ('\u{7f}', '\u{9f}', "delete, and control characters of ISO 8859"),
    ('\u{a0}', '\u{a0}', "a space that is none"),
    ('\u{ad}', '\u{ad}', "a hyphen that is not shown"),
    ('\u{34f}', '\u{34f}', "a joiner that is not shown"),
    ('\u{61c}', '\u{61c}', "Arabic letter mark: reorders"),
    ('\u{115f}', '\u{1160}', "Hangul fillers: not shown"),
    ('\u{1680}', '\u{1680}', "a space that is none"),
    ('\u{17b4}', '\u{17b5}', "Khmer vowels that are not shown"),
    ('\u{180b}', '\u{180f}', "Mongolian selectors: not shown"),
    ('\u{2000}', '\u{200f}', "spaces of all widths, none among them, and marks that reorder"),
    ('\u{2028}', '\u{202f}', "line ends, embeddings and overrides of direction"),
    ('\u{205f}', '\u{206f}', "spaces, joiners, isolates of direction"),
    ('\u{2800}', '\u{2800}', "Braille blank"),
    ('\u{3000}', '\u{3000}', "a wide space"),
    ('\u{3164}', '\u{3164}', "Hangul filler: not shown"),
    ('\u{fe00}', '\u{fe0f}', "selectors of variants: not shown"),
    ('\u{feff}', '\u{feff}', "byte order mark: not shown"),
    ('\u{ffa0}', '\u{ffa0}', "Hangul filler: not shown"),
    ('\u{fff9}', '\u{fffb}', "annotations: not shown"),
    ('\u{1d173}', '\u{1d17a}', "musical marks that are not shown"),
    ('\u{e0000}', '\u{e0fff}', "tags: not shown"),
];

/// The character could fool an eye or a terminal.
pub fn deceives(character: char) -> bool {
    // Nearly all text of a log is this.
    if (' '..='~').contains(&character) {
        return false;
    }
    DECEIVING.iter().any(|(first, last, _)| (*first..=*last).contains(&character))
}

/// The text with every deceiving character as an escape: `\u{1b}`, `\u{202e}`, `\n`.
///
/// Backslashes stay as they are: every Windows path is full of them, and nobody parses this text back.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(deceives) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            _ if deceives(character) => shown.extend(character.escape_unicode()),
            _ => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

/// Visible, and not longer than `chars_max` characters: the rest is told by its length.
pub fn visible_bounded(text: &str, chars_max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(chars_max) {
        None => visible(text),
        Some((end, _)) => {
            let rest = text[end..].chars().count();
            Cow::Owned(format!("{}… (+{rest} characters)", visible(&text[..end])))
        }
    }
}

/// JSON with every deceiving character inside its strings as `\uXXXX`: the same values, harmless on a terminal.
///
/// JSON escapes what is below a blank, and leaves U+009B as it is, which terminals take for the beginning of a
/// command. Outside of strings compact JSON is plain ASCII, so that the text can be gone over as a whole.
pub fn harmless_json(json: &str) -> Cow<'_, str> {
    if !json.chars().any(deceives) {
        return Cow::Borrowed(json);
    }
    let mut harmless = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if deceives(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                harmless.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            harmless.push(character);
        }
    }
    Cow::Owned(harmless)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_deceives_is_shown_and_the_rest_is_left_alone() {
        for (hostile, shown) in [
            ("\u{1b}[31mred\u{1b}[0m", "\\u{1b}[31mred\\u{1b}[0m"),
            ("user\u{202e}nimda", "user\\u{202e}nimda"),
            ("Admin\u{200b}istrator", "Admin\\u{200b}istrator"),
            ("two\r\nlines\tand a tab", "two\\r\\nlines\\tand a tab"),
            ("a\u{9b}2Jb", "a\\u{9b}2Jb"),
            ("line\u{2028}end", "line\\u{2028}end"),
            ("C:\\Users\\Jürgen\\ネット.exe", "C:\\Users\\Jürgen\\ネット.exe"),
        ] {
            assert_eq!(visible(hostile), shown);
        }
    }

    #[test]
    fn json_keeps_its_values() {
        for text in ["plain", "a\u{9b}31mb\u{7f}", "\u{202e}nimda\u{1b}[0m", "tag \u{e0041} ネット \\ \"x\""]
        {
            let json = serde_json::to_string(text).unwrap();
            let harmless = harmless_json(&json);
            assert!(!harmless.chars().any(deceives), "{harmless}");
            assert_eq!(serde_json::from_str::<String>(&harmless).unwrap(), text);
        }
    }

    #[test]
    fn ranges_rise_and_do_not_touch() {
        for pair in DECEIVING.windows(2) {
            assert!(pair[0].0 <= pair[0].1 && pair[0].1 < pair[1].0, "{:?}", pair[1]);
        }
    }

    #[test]
    fn length_is_bounded_at_a_character_and_told() {
        assert_eq!(visible_bounded("ééé", 3), "ééé");
        assert_eq!(visible_bounded("éééa", 3), "ééé… (+1 characters)");
    }
}

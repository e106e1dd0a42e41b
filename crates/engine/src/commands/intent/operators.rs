//! What operators and methods of PowerShell's make of literals: `-f`, `-join`, `-replace`, `[char]110`, `.Replace(…)`.

use crate::commands::intent::objects::kind_of;
use crate::commands::intent::said::{ARGUMENTS_MAX, LIST_SEPARATOR, VALUE_BYTES_MAX};
use crate::commands::intent::unknown::is_unknown;
use crate::commands::line::Token;

/// What the number of a letter stands after.
const CHAR: &str = "[char]";

/// `[char]110+[char]0x65`: the letters of these numbers.
pub(super) fn letters_of(word: &str) -> Option<String> {
    let parts = word.strip_prefix('+').unwrap_or(word);
    let parts = parts.strip_suffix('+').unwrap_or(parts);
    parts.get(..CHAR.len()).filter(|start| start.eq_ignore_ascii_case(CHAR))?;
    let letter = |part: &str| {
        let number = part.get(CHAR.len()..).filter(|_| part[..CHAR.len()].eq_ignore_ascii_case(CHAR))?;
        let code = match number.strip_prefix("0x").or_else(|| number.strip_prefix("0X")) {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => number.parse().ok(),
        };
        char::from_u32(code?)
    };
    parts.split('+').map(letter).collect()
}

/// No longer than a value may be.
fn replaced(text: &str, old: &str, new: &str) -> Option<String> {
    let bytes_max = text.len().saturating_mul(new.len().max(1));
    (bytes_max <= VALUE_BYTES_MAX).then(|| text.replace(old, new))
}

/// What a method makes of a literal: `'nXt'.Replace('X','e')`, `[string]::Concat('n','et')`.
pub(super) fn put_together(method: &str, receiver: &str, arguments: &[String]) -> Option<String> {
    let is_told = |text: &String| !is_unknown(text);
    if !arguments.iter().all(is_told) || arguments.iter().map(String::len).sum::<usize>() > VALUE_BYTES_MAX {
        return None;
    }
    if kind_of(receiver) == "string" && receiver.starts_with('[') {
        return match (method, arguments) {
            ("concat", all) => Some(all.concat()),
            ("join", [between, all @ ..]) => Some(all.join(between)),
            _ => None,
        };
    }
    if receiver.is_empty() || receiver.starts_with('[') || is_unknown(receiver) {
        return None;
    }
    match (method, arguments) {
        ("replace", [old, new]) if !old.is_empty() => replaced(receiver, old, new),
        ("tolower" | "tolowerinvariant", []) => Some(receiver.to_lowercase()),
        ("toupper" | "toupperinvariant", []) => Some(receiver.to_uppercase()),
        ("trim", []) => Some(receiver.trim().to_owned()),
        ("tostring", []) => Some(receiver.to_owned()),
        _ => None,
    }
}

/// `'{0} /add' -f 'x'` and `'n','et' -join ''`: what they put together, where both sides are literals.
pub(super) fn apply_operators(words: &mut Vec<Token>) {
    let [text, operator, given] = words.as_slice() else { return };
    let (true, true) = (text.quoted, given.quoted) else { return };
    let together = match operator.text.to_ascii_lowercase().as_str() {
        "-f" => given.text.split(LIST_SEPARATOR).enumerate().take(ARGUMENTS_MAX).fold(
            text.text.clone(),
            |text, (index, value)| {
                if text.len() > VALUE_BYTES_MAX { text } else { text.replace(&format!("{{{index}}}"), value) }
            },
        ),
        "-join" if given.text.len() <= 8 => text.text.replace(LIST_SEPARATOR, &given.text),
        "-replace" | "-creplace" | "-ireplace" => match given.text.split_once(LIST_SEPARATOR) {
            // As far as the pattern says it to the letter.
            Some((old, new)) if !old.is_empty() && old.chars().all(char::is_alphanumeric) => {
                let Some(together) = replaced(&text.text, old, new) else { return };
                together
            }
            _ => return,
        },
        _ => return,
    };
    *words = vec![Token { span: 0..0, text: together, quoted: true }];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_told_by_their_numbers() {
        for (word, letters) in [
            ("[char]110", Some("n")),
            ("[CHAR]0x6E+[char]101+", Some("ne")),
            ("+[char]110", Some("n")),
            ("[char]x", None),
            ("[char]", None),
            ("[string]110", None),
            ("net", None),
        ] {
            assert_eq!(letters_of(word).as_deref(), letters, "{word}");
        }
    }

    #[test]
    fn methods_of_literals_are_told_and_of_what_is_unknown_nothing() {
        let given = |written: &[&str]| written.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        for (method, receiver, arguments, told) in [
            ("replace", "nXt", vec!["X", "e"], Some("net")),
            ("tolower", "NET", vec![], Some("net")),
            ("toupper", "net", vec![], Some("NET")),
            ("trim", " net ", vec![], Some("net")),
            ("concat", "[string]", vec!["n", "et"], Some("net")),
            ("join", "[String]", vec!["-", "a", "b"], Some("a-b")),
            ("replace", "nXt", vec!["X", "$e"], None),
            ("replace", "$x", vec!["X", "e"], None),
            ("replace", "nXt", vec!["", "e"], None),
            ("remove", "net", vec!["1"], None),
        ] {
            assert_eq!(
                put_together(method, receiver, &given(&arguments)).as_deref(),
                told,
                "{method} {receiver}"
            );
        }
        let long = "x".repeat(VALUE_BYTES_MAX / 2);
        assert_eq!(put_together("replace", &long, &given(&["x", "abc"])), None, "it would grow too long");
    }
}

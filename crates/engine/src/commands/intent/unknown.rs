//! Text of which the script or line does not tell what it will be: variables, expressions, loop counters.

/// A variable or an expression of PowerShell stands in it: `$name`, `$(…)`.
pub(super) fn has_variable(text: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        text[at + 1..]
            .starts_with(|next: char| next.is_alphanumeric() || matches!(next, '_' | '(' | '{' | '?'))
    })
}

/// Text that depends on something that the text does not tell: `$name`, `$(…)`, `%name%`, `!name!`, `{0}`.
pub(super) fn is_unknown(text: &str) -> bool {
    let of_cmd = |sign: char| {
        text.split_once(sign).is_some_and(|(before, after)| {
            let is_counter = || {
                let only = after.len() == 1 && after.starts_with(char::is_alphanumeric);
                // `%i` of a loop may stand at the end of a word, `%1` of a file of commands is one.
                sign == '%' && only && (before.is_empty() || after.starts_with(char::is_alphabetic))
            };
            after.contains(sign) || is_counter()
        })
    };
    let is_block = text == "{}" || (text.starts_with('{') && text[1..].starts_with(char::is_numeric));
    has_variable(text) || of_cmd('%') || of_cmd('!') || is_block
}

//! Whether a command line names an account, with whatever verb.

use crate::commands::line::tokens;

/// The name stands in the line as an argument of its own, with a trailing `$` or without.
pub fn names_account(line: &str, account: &str) -> bool {
    let wanted = account.trim_end_matches('$').to_lowercase();
    !wanted.is_empty()
        && may_hold(line, &wanted)
        && tokens(line).iter().any(|token| token.lower().trim_end_matches('$') == wanted)
}

/// Whether an argument of the line could be this text in lower case: what `tokens` leaves out of arguments is
/// passed over on both sides. Asked of every line for every creation, and hardly ever true.
fn may_hold(line: &str, wanted: &str) -> bool {
    fn kept(text: &[u8]) -> impl Iterator<Item = u8> {
        let is_kept = |byte: &&u8| !matches!(byte, b'^' | b'"' | b'\'' | b'\\');
        text.iter().filter(is_kept).map(u8::to_ascii_lowercase)
    }
    let (line, wanted) = (line.as_bytes(), wanted.as_bytes());
    let Some(first) = kept(wanted).next() else { return true };
    let begins = |at: usize| {
        let mut theirs = kept(&line[at..]);
        kept(wanted).all(|byte| theirs.next() == Some(byte))
    };
    // Other letters may become ASCII in lower case: the Kelvin sign is a k.
    !line.is_ascii() || (0..line.len()).any(|at| line[at].to_ascii_lowercase() == first && begins(at))
}

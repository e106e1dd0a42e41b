//! Whether a command line names an account, with whatever verb.

use crate::commands::line::tokens;

/// What an account's name may lack in a line and still be meant: `bob` and `bob$` are two accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dollar {
    /// Nothing: whoever reads this line takes names as they are.
    Told,
    /// The dollar at its end, which an unknown program may add of itself.
    MayLack,
}

/// The name stands in the line as an argument of its own.
pub fn names_account(line: &str, account: &str, dollar: Dollar) -> bool {
    let wanted = account.to_lowercase();
    let stem = wanted.trim_end_matches('$');
    let is_it = |given: &str| given == wanted || (dollar == Dollar::MayLack && given == stem);
    !stem.is_empty() && may_hold(line, stem) && tokens(line).iter().any(|token| is_it(&token.lower()))
}

/// Whether an argument of the line could begin with this text in lower case: what `tokens` leaves out of arguments is
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_an_argument_of_its_own() {
        let names = |line: &str, account: &str| names_account(line, account, Dollar::Told);
        for line in [
            "tool b^ob",
            r#"tool "Bo"b"#,
            "tool 'bob' -x",
            r#"tool \"bob\""#,
            "tool \u{212a}im bob",
            "tool (bob)",
        ] {
            assert!(names(line, "bob"), "{line}");
        }
        assert!(!names("tool bobby notbob", "bob"));
        assert!(!names("tool", ""));
        assert!(!names("tool $", "$"));
        assert!(names("tool \u{212a}im", "kim"), "a letter that is ASCII in lower case only");
        assert!(names("tool o'neil", "o'neil"));
    }

    #[test]
    fn a_dollar_makes_another_name() {
        for (line, account, told, may_lack) in [
            ("tool -u Bob$ -x", "bob$", true, true),
            ("tool bob", "bob$", false, true),
            ("Get-LocalUser bob", "bob$", false, true),
            ("tool bob$", "bob", false, false),
            ("tool bob", "bob", true, true),
            ("tool bob$$", "bob$", false, false),
        ] {
            assert_eq!(names_account(line, account, Dollar::Told), told, "{line} {account}");
            assert_eq!(names_account(line, account, Dollar::MayLack), may_lack, "{line} {account}");
        }
    }
}

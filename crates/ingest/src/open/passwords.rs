//! Passwords of archives: those that are given, and the one that such archives mostly have.

use std::fmt;

/// With this one archives of malware are shipped, so that no scanner opens them on the way.
const CUSTOMARY: &str = "infected";

/// Passwords of archives, which no message shows.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Passwords(Vec<String>);

impl Passwords {
    /// Those that were given.
    pub fn new(given: impl IntoIterator<Item = String>) -> Passwords {
        Passwords(given.into_iter().filter(|password| !password.is_empty()).collect())
    }

    /// None at all.
    pub const NONE: Passwords = Passwords(Vec::new());

    /// All that are tried, in order, and whether it is the customary one.
    pub(crate) fn tried(&self) -> impl Iterator<Item = (&str, bool)> {
        self.0.iter().map(|given| (given.as_str(), false)).chain([(CUSTOMARY, true)])
    }

    /// What is said of an archive that none of them opens.
    pub(crate) fn refused(&self) -> &'static str {
        match self.0.is_empty() {
            true => {
                "it is encrypted: give its password in BEGAT_ARCHIVE_PASSWORD or with --archive-password-file"
            }
            false => "it is encrypted, and the password that was given does not open it",
        }
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passwords", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let passwords = Passwords::new(["geheim".to_owned(), String::new()]);
        assert_eq!(format!("{passwords:?}"), "1 passwords");
        assert_eq!(passwords.tried().collect::<Vec<_>>(), [("geheim", false), ("infected", true)]);
    }
}

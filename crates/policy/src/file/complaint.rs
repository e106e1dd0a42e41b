//! What is wrong with a file that a site wrote: where it stands, what it is, and what to write instead.

use std::fmt;

use begat_model::event::Text;

use begat_model::visible::visible;

/// One thing that is wrong, or odd, in a file of the site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// The file, as given.
    pub file: Text,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1; `None` where the file is a table whose cells have no place of their own.
    pub column: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// What to write, or to do, instead.
    pub instead: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", visible(&self.file), self.line)?;
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        write!(f, ": {}; {}", visible(&self.what), visible(&self.instead))
    }
}

/// Everything that is wrong with a file, in the order of its lines: never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaints(Vec<Complaint>);

impl Complaints {
    /// `Ok` where there is nothing to complain of.
    pub fn check(mut complaints: Vec<Complaint>) -> Result<(), Complaints> {
        complaints.sort();
        complaints.dedup();
        if complaints.is_empty() { Ok(()) } else { Err(Complaints(complaints)) }
    }

    /// All of them.
    pub fn all(&self) -> &[Complaint] {
        &self.0
    }

    /// These and those.
    pub fn and(mut self, others: Complaints) -> Complaints {
        self.0.extend(others.0);
        self
    }
}

impl fmt::Display for Complaints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, complaint) in self.0.iter().enumerate() {
            write!(f, "{}{complaint}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Complaints {}

/// The known word that `word` is most likely a slip of; `None` where none is near.
pub(crate) fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let word = word.to_lowercase();
    let slips_max = 1 + word.chars().count() / 4;
    let distances = known.into_iter().map(|known| (strsim::osa_distance(&word, known), known));
    distances.min_by_key(|(slips, _)| *slips).filter(|(slips, _)| *slips <= slips_max).map(|(_, known)| known)
}

/// `write `x``, where a known word is near, else all of them.
pub(crate) fn known_words(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("write `{near}`"),
        None => format!("known are {}", listed(known)),
    }
}

/// `` `a`, `b` ``.
pub(crate) fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_mended_and_nonsense_is_not() {
        let known = ["owner", "reason", "expires", "match"];
        for (word, near) in [
            ("expire", Some("expires")),
            ("Owner", Some("owner")),
            ("raeson", Some("reason")),
            ("colour", None),
        ] {
            assert_eq!(nearest(word, known), near, "{word}");
        }
    }

    #[test]
    fn complaints_are_told_in_order_once_and_visibly() {
        let complaint = |line, what: &str| Complaint {
            file: "s\u{1b}.toml".into(),
            line,
            column: Some(2),
            what: what.to_owned(),
            instead: "leave it".to_owned(),
        };
        assert!(Complaints::check(vec![]).is_ok());
        let told = Complaints::check(vec![complaint(9, "b"), complaint(3, "a\n"), complaint(9, "b")]);
        assert_eq!(
            told.unwrap_err().to_string(),
            "s\\u{1b}.toml:3:2: a\\n; leave it\ns\\u{1b}.toml:9:2: b; leave it"
        );
    }
}

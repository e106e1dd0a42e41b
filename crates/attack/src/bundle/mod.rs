//! What comes in: files, folders and archives of STIX, streamed, object by object, with the exact bytes of each. What
//! cannot be taken as it is is refused with its place.

mod document;
mod known;
mod open;

use std::fmt;

use crate::json::Fault;
use crate::object::Misfit;

pub(crate) use document::{Document, Raw, read_document};
pub use known::KnownRelease;
pub(crate) use known::known_release;
pub(crate) use open::{Offered, Walk};

/// Longest object; the longest of ATT&CK, a release's list of contents, has two million bytes.
pub(crate) const OBJECT_BYTES_MAX: usize = 16 << 20;
/// Longest file, unpacked; an enterprise release has 53 million bytes.
pub(crate) const SOURCE_BYTES_MAX: u64 = 512 << 20;
/// Objects of one import.
pub(crate) const OBJECTS_MAX: usize = 1_000_000;
/// Files of one import, entries of archives among them.
pub(crate) const SOURCES_MAX: usize = 200_000;

/// Where in a file, unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which of the bundle's `objects`, from 0.
    pub object: Option<u64>,
    /// At which byte, from 0.
    pub byte: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(object) = self.object {
            write!(formatter, "objects[{object}], ")?;
        }
        write!(formatter, "byte {}", self.byte)
    }
}

/// What was not taken, where it stands, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The file, with the entry inside an archive.
    pub source: String,
    /// Where in it.
    pub place: Place,
    /// Why.
    pub why: Refusal,
    /// The whole file, or one object of it.
    pub is_whole_file: bool,
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = if self.is_whole_file { "nothing of it is taken: " } else { "" };
        write!(formatter, "{}: {}: {whole}{}", self.source, self.place, self.why)
    }
}

/// Why something is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It cannot be read, or not to its end.
    #[error("it cannot be read ({0})")]
    Read(String),
    /// It is no JSON, or more than is allowed.
    #[error("{0}")]
    Fault(#[from] Fault),
    /// It is JSON and no STIX.
    #[error("it is neither a bundle nor an object of STIX")]
    NoStix,
    /// The object does not fit.
    #[error("{0}")]
    Misfit(#[from] Misfit),
    /// Its id stands elsewhere, with other content.
    #[error("its id stands already at {first}, with other content")]
    Twice {
        /// Where.
        first: String,
    },
    /// It would close a ring.
    #[error("`{label}` would close a ring")]
    Ring {
        /// The relationship's type.
        label: String,
    },
    /// The release says another number than was given.
    #[error("it says that it is release {said}, and `--release` says {given}")]
    OtherRelease {
        /// In the bundle.
        said: String,
        /// As typed.
        given: String,
    },
    /// Nothing tells the domain.
    #[error("nothing in it tells whether it is of Enterprise, Mobile or ICS")]
    NoDomain,
    /// A release of nothing would look as if everything had been deleted.
    #[error("it holds no object that can be taken")]
    Empty,
    /// An archive inside an archive.
    #[error("it is an archive inside an archive")]
    Nested,
    /// More than one import takes.
    #[error("the import already has as much as one may hold ({SOURCES_MAX} files, {OBJECTS_MAX} objects)")]
    TooMany,
}

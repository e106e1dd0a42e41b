//! JSON whose numbers, key order and bytes survive: a tree for objects that are in memory, a scanner for files that are
//! not.
//!
//! serde_json keeps the text of a number only by a feature that, once one crate asks for it, changes how every crate of
//! the build reads numbers; and a hash over an object is worth nothing where a number was rounded on the way.

mod parse;
mod scan;
mod write;

use std::borrow::Cow;

pub use parse::parse;
pub(crate) use scan::{Scanner, Stop};
pub use write::{canonical, compact};

/// Brackets inside one another that an object may have; those of ATT&CK have four.
pub(crate) const DEPTH_MAX: usize = 64;

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// As it is written.
    Number(&'a str),
    /// Unescaped.
    Text(Cow<'a, str>),
    /// In order.
    List(Vec<Json<'a>>),
    /// In the order of the file; no key stands twice.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// The value of a key; none where this is no object.
    pub fn get(&self, key: &str) -> Option<&Json<'a>> {
        self.pairs().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Keys and values; none where this is no object.
    pub fn pairs(&self) -> &[(Cow<'a, str>, Json<'a>)] {
        match self {
            Json::Object(pairs) => pairs,
            _ => &[],
        }
    }

    /// What it is, for complaints.
    pub fn word(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "true or false",
            Json::Number(_) => "a number",
            Json::Text(_) => "text",
            Json::List(_) => "a list",
            Json::Object(_) => "an object",
        }
    }
}

/// What is wrong with bytes that should be JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// They end before the value does.
    #[error("it ends in the midst of a value")]
    Ends,
    /// Not what may stand there.
    #[error("what stands there is no JSON")]
    Unexpected,
    /// Bytes that are no UTF-8.
    #[error("what stands there is no UTF-8")]
    NotText,
    /// An escape that names no character: half of a pair, or no escape at all.
    #[error("an escape there names no character")]
    Escape,
    /// A key stands twice in one object.
    #[error("a key stands twice in one object")]
    KeyTwice,
    /// A number that no program can hold.
    #[error("a number there is beyond what a 64-bit floating-point number holds")]
    NumberTooLarge,
    /// Brackets in brackets.
    #[error("more than {DEPTH_MAX} brackets inside one another")]
    TooDeep,
    /// More bytes than one value may have.
    #[error("a value longer than {0} bytes")]
    TooLong(usize),
    /// Something follows the value.
    #[error("something follows the end of the value")]
    Trailing,
}

/// A fault, and the byte at which it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultAt {
    /// What.
    pub fault: Fault,
    /// Where, from the beginning of what was read.
    pub at: usize,
}

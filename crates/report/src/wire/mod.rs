//! What the formats for programs share: objects filled by dotted paths, one object a line, cells, words as texts.

pub(crate) mod cell;
pub(crate) mod document;
pub(crate) mod encode;
pub(crate) mod object;

//! BinXML: its tokens, its names, and a record as a tree of its elements.

pub(crate) mod entity;
pub(crate) mod names;
pub(crate) mod tokens;
pub(crate) mod tree;

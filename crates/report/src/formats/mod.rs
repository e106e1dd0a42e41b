//! The formats of begat's own: for people, and the plain ones for programs; `format` is the table of all.

pub(crate) mod coverage;
mod csv;
pub(crate) mod explain;
pub(crate) mod explained;
pub(crate) mod format;
mod json;
mod jsonl;
pub(crate) mod retold;
pub(crate) mod table;
pub(crate) mod wave;

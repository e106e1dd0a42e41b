//! The file and its chunks: headers, checksums, and the way on after damage.

pub(crate) mod file;
pub(crate) mod reader;

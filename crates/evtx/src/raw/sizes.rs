//! Sizes of the format that more than one room counts with.

/// The size of a chunk.
pub const CHUNK_BYTES: usize = 1 << 16;
/// Magic, size, id and time of a record, before its BinXML.
pub(crate) const RECORD_HEADER_BYTES: usize = 24;

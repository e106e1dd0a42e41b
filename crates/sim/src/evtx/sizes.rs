//! How much of a chunk is what, in bytes.

/// The size of a chunk.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Where records begin in a chunk.
pub const RECORDS_AT: usize = 512;
/// Where the 64 heads of the string table stand.
pub const STRING_TABLE_AT: usize = 128;
pub const STRING_BUCKETS: usize = 64;
/// The 32 heads of the template table follow those of the string table.
pub const TEMPLATE_BUCKETS: usize = 32;
/// Magic, size, id and time of a record.
pub const RECORD_HEADER_BYTES: usize = 24;
/// The copy of the size that ends a record.
pub const RECORD_TRAILER_BYTES: usize = 4;
/// The largest fragment that an otherwise empty chunk takes.
pub const FRAGMENT_BYTES_MAX: usize = CHUNK_BYTES - RECORDS_AT - RECORD_HEADER_BYTES - RECORD_TRAILER_BYTES;

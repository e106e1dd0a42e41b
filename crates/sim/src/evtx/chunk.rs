//! One 64 KiB chunk under construction: records, the string table, the template table, the checksums.
use std::collections::HashMap;

use super::EvtxError;
use super::binxml::Fragment;
use crate::value::{Guid, Ticks};

/// The size of a chunk.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Where records begin in a chunk.
pub const RECORDS_AT: usize = 512;
/// Where the 64 heads of the string table stand.
const STRING_TABLE_AT: usize = 128;
const STRING_BUCKETS: usize = 64;
/// The 32 heads of the template table follow those of the string table.
const TEMPLATE_BUCKETS: usize = 32;
/// Magic, size, id and time of a record.
const RECORD_HEADER_BYTES: usize = 24;
/// The copy of the size that ends a record.
const RECORD_TRAILER_BYTES: usize = 4;

/// The hash of the event log's string and template tables.
fn hash_65599(units: impl Iterator<Item = u16>) -> u32 {
    units.fold(0u32, |hash, unit| hash.wrapping_mul(65_599).wrapping_add(u32::from(unit)))
}

/// A chunk being filled; positions in `bytes` are offsets in the chunk.
pub struct ChunkBuilder {
    /// From the chunk's first byte to its free space.
    pub(super) bytes: Vec<u8>,
    names: HashMap<String, u32>,
    name_heads: [u32; STRING_BUCKETS],
    templates: HashMap<Guid, u32>,
    template_heads: [u32; TEMPLATE_BUCKETS],
    record_ids: Option<(u64, u64)>,
    last_record_at: usize,
    record_count: u64,
}

impl ChunkBuilder {
    /// An empty chunk.
    pub fn new() -> Self {
        let mut bytes = Vec::with_capacity(CHUNK_BYTES);
        bytes.resize(RECORDS_AT, 0);
        Self {
            bytes,
            names: HashMap::new(),
            name_heads: [0; STRING_BUCKETS],
            templates: HashMap::new(),
            template_heads: [0; TEMPLATE_BUCKETS],
            record_ids: None,
            last_record_at: RECORDS_AT,
            record_count: 0,
        }
    }

    /// How many records it holds.
    pub fn record_count(&self) -> u64 {
        self.record_count
    }

    /// Writes a record; `false` leaves the chunk as it was, because the record does not fit.
    pub fn write_record(&mut self, id: u64, written: Ticks, fragment: &Fragment) -> Result<bool, EvtxError> {
        let record_at = self.bytes.len();
        let heads = (self.name_heads, self.template_heads);
        self.bytes.extend_from_slice(&[0x2a, 0x2a, 0, 0]);
        let size_at = self.reserve_u32();
        self.bytes.extend_from_slice(&id.to_le_bytes());
        self.bytes.extend_from_slice(&written.0.to_le_bytes());
        let written_fragment = fragment.write(self);
        let size = (self.bytes.len() - record_at + RECORD_TRAILER_BYTES).next_multiple_of(8);
        if written_fragment.is_err() || record_at + size > CHUNK_BYTES {
            self.roll_back(record_at, heads);
            return written_fragment.map(|()| false);
        }
        self.bytes.resize(record_at + size - RECORD_TRAILER_BYTES, 0);
        let size = u32::try_from(size).expect("a record is smaller than a chunk");
        self.push_u32(size);
        self.bytes[size_at..size_at + 4].copy_from_slice(&size.to_le_bytes());
        self.last_record_at = record_at;
        self.record_count += 1;
        let first = self.record_ids.map_or(id, |(first, _)| first);
        self.record_ids = Some((first, id));
        Ok(true)
    }

    fn roll_back(&mut self, record_at: usize, heads: ([u32; STRING_BUCKETS], [u32; TEMPLATE_BUCKETS])) {
        self.bytes.truncate(record_at);
        (self.name_heads, self.template_heads) = heads;
        let survives = |offset: &u32| (*offset as usize) < record_at;
        self.names.retain(|_, offset| survives(offset));
        self.templates.retain(|_, offset| survives(offset));
    }

    /// The finished 64 KiB. `first_number` is the number of its first record within the file.
    pub fn finish(mut self, first_number: u64) -> Vec<u8> {
        let free_space = self.bytes.len();
        self.bytes.resize(CHUNK_BYTES, 0);
        let (first_id, last_id) = self.record_ids.unwrap_or((u64::MAX, u64::MAX));
        let last_number = first_number + self.record_count.saturating_sub(1);
        self.bytes[..8].copy_from_slice(b"ElfChnk\0");
        let numbers = [(8, first_number), (16, last_number), (24, first_id), (32, last_id)];
        for (at, number) in numbers {
            self.bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
        self.put_u32(40, STRING_TABLE_AT);
        self.put_u32(44, self.last_record_at);
        self.put_u32(48, free_space);
        self.put_u32(120, 1);
        let heads = self.name_heads.into_iter().chain(self.template_heads);
        for (i, head) in heads.enumerate() {
            let at = STRING_TABLE_AT + 4 * i;
            self.bytes[at..at + 4].copy_from_slice(&head.to_le_bytes());
        }
        seal(&mut self.bytes);
        self.bytes
    }

    fn put_u32(&mut self, at: usize, number: usize) {
        let number = u32::try_from(number).expect("an offset within a chunk");
        self.bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }

    /// Where the next byte will stand.
    pub(super) fn position(&self) -> u32 {
        u32::try_from(self.bytes.len())
            .expect("a record is written before its size is judged, but stays small")
    }

    pub(super) fn push_u32(&mut self, number: u32) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    /// Leaves room for a number that [`Self::patch_size`] fills in.
    pub(super) fn reserve_u32(&mut self) -> usize {
        let at = self.bytes.len();
        self.push_u32(0);
        at
    }

    /// Fills in how many bytes followed the reserved number.
    pub(super) fn patch_size(&mut self, at: usize) {
        self.put_u32(at, self.bytes.len() - at - 4);
    }

    pub(super) fn push_utf16(&mut self, text: &str) {
        self.bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    }

    /// Text with its length in front, in UTF-16 units.
    pub(super) fn push_counted_utf16(&mut self, text: &str) -> Result<(), EvtxError> {
        let units = text.encode_utf16().count();
        let count = u16::try_from(units).map_err(|_| EvtxError::TextTooLong { units })?;
        self.bytes.extend_from_slice(&count.to_le_bytes());
        self.push_utf16(text);
        Ok(())
    }

    /// A reference to a name; the name itself follows at its first use in the chunk.
    pub(super) fn write_name(&mut self, name: &str) -> Result<(), EvtxError> {
        if let Some(offset) = self.names.get(name) {
            let offset = *offset;
            self.push_u32(offset);
            return Ok(());
        }
        let offset = self.position() + 4;
        self.push_u32(offset);
        let hash = hash_65599(name.encode_utf16()) & 0xffff;
        let bucket = hash as usize % STRING_BUCKETS;
        // A new name goes in front of its bucket's list.
        self.push_u32(self.name_heads[bucket]);
        self.name_heads[bucket] = offset;
        self.bytes.extend_from_slice(&hash.to_le_bytes()[..2]);
        self.push_counted_utf16(name)?;
        self.bytes.extend_from_slice(&[0, 0]);
        self.names.insert(name.to_owned(), offset);
        Ok(())
    }

    /// Where this chunk already defines a template.
    pub(super) fn template_offset(&self, guid: &Guid) -> Option<u32> {
        self.templates.get(guid).copied()
    }

    /// Enters a definition into the template table; returns the one it now precedes in its list.
    pub(super) fn add_template(&mut self, guid: &Guid, offset: u32) -> u32 {
        let units = guid.0.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let bucket = hash_65599(units) as usize % TEMPLATE_BUCKETS;
        self.templates.insert(*guid, offset);
        std::mem::replace(&mut self.template_heads[bucket], offset)
    }
}

/// Writes both checksums of a chunk whose contents are final.
pub fn seal(chunk: &mut [u8]) {
    let free_space = u32::from_le_bytes([chunk[48], chunk[49], chunk[50], chunk[51]]) as usize;
    let records_crc = crc32fast::hash(&chunk[RECORDS_AT..free_space]);
    chunk[52..56].copy_from_slice(&records_crc.to_le_bytes());
    let mut header = crc32fast::Hasher::new();
    header.update(&chunk[..120]);
    header.update(&chunk[STRING_TABLE_AT..RECORDS_AT]);
    chunk[124..128].copy_from_slice(&header.finalize().to_le_bytes());
}

/// The largest fragment that an otherwise empty chunk takes.
pub const FRAGMENT_BYTES_MAX: usize = CHUNK_BYTES - RECORDS_AT - RECORD_HEADER_BYTES - RECORD_TRAILER_BYTES;

/// Where each record of a finished chunk begins, and how long it is.
pub fn record_ranges(chunk: &[u8]) -> Vec<std::ops::Range<usize>> {
    let word =
        |at: usize| u32::from_le_bytes([chunk[at], chunk[at + 1], chunk[at + 2], chunk[at + 3]]) as usize;
    let free_space = word(48);
    let mut ranges = Vec::new();
    let mut at = RECORDS_AT;
    while at < free_space {
        ranges.push(at..at + word(at + 4));
        at += word(at + 4);
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_templates_fall_into_the_buckets_of_real_chunks() {
        // Hashes of names and the bucket of a template as Security logs of a 2016 server have them.
        for (name, hash) in [("Event", 0x0cba), ("System", 0x546f), ("EventID", 0x61f5), ("Computer", 0x6e3b)]
        {
            assert_eq!(hash_65599(name.encode_utf16()) & 0xffff, hash, "{name}");
        }
        let mut chunk = ChunkBuilder::new();
        for (guid, bucket) in [
            ("b710811d-4b32-5516-27e7-9ae53a93d6bd", 6),
            ("406cf14d-d709-53b5-885e-2306a74e91ba", 16),
            ("061ff856-d487-5e32-8975-68c8c174486a", 26),
        ] {
            chunk.add_template(&Guid::parse(guid), 600);
            assert_eq!(chunk.template_heads[bucket], 600, "{guid}");
        }
    }

    #[test]
    fn a_record_that_does_not_fit_leaves_no_trace() {
        let root = super::super::Node::new("Longer").child(super::super::Content::Text("x".repeat(32_700)));
        let large = Fragment::Literal { root, header: true };
        let mut chunk = ChunkBuilder::new();
        assert_eq!(chunk.write_record(1, Ticks(1), &large), Ok(false));
        assert!(chunk.finish(1) == ChunkBuilder::new().finish(1));
    }
}

//! One 64 KiB chunk under construction: records, the string table, the template table, the checksums.
use super::binxml::Fragment;
use super::buffer::Buffer;
use super::error::EvtxError;
use super::sizes::{CHUNK_BYTES, RECORD_TRAILER_BYTES, RECORDS_AT, STRING_TABLE_AT};
use crate::value::Ticks;

/// A chunk being filled.
pub struct ChunkBuilder {
    buffer: Buffer,
    record_ids: Option<(u64, u64)>,
    last_record_at: usize,
    record_count: u64,
}

impl ChunkBuilder {
    /// An empty chunk.
    pub fn new() -> Self {
        Self { buffer: Buffer::new(), record_ids: None, last_record_at: RECORDS_AT, record_count: 0 }
    }

    /// How many records it holds.
    pub fn record_count(&self) -> u64 {
        self.record_count
    }

    /// Writes a record; `false` leaves the chunk as it was, because the record does not fit.
    pub fn write_record(&mut self, id: u64, written: Ticks, fragment: &Fragment) -> Result<bool, EvtxError> {
        let buffer = &mut self.buffer;
        let record_at = buffer.bytes.len();
        let heads = buffer.heads();
        buffer.bytes.extend_from_slice(&[0x2a, 0x2a, 0, 0]);
        let size_at = buffer.reserve_u32();
        buffer.bytes.extend_from_slice(&id.to_le_bytes());
        buffer.bytes.extend_from_slice(&written.0.to_le_bytes());
        let written_fragment = fragment.write(buffer);
        let size = (buffer.bytes.len() - record_at + RECORD_TRAILER_BYTES).next_multiple_of(8);
        if written_fragment.is_err() || record_at + size > CHUNK_BYTES {
            buffer.roll_back(record_at, heads);
            return written_fragment.map(|()| false);
        }
        buffer.bytes.resize(record_at + size - RECORD_TRAILER_BYTES, 0);
        let size = u32::try_from(size).expect("a record is smaller than a chunk");
        buffer.push_u32(size);
        buffer.bytes[size_at..size_at + 4].copy_from_slice(&size.to_le_bytes());
        self.last_record_at = record_at;
        self.record_count += 1;
        let first = self.record_ids.map_or(id, |(first, _)| first);
        self.record_ids = Some((first, id));
        Ok(true)
    }

    /// The finished 64 KiB. `first_number` is the number of its first record within the file.
    pub fn finish(mut self, first_number: u64) -> Vec<u8> {
        let buffer = &mut self.buffer;
        let free_space = buffer.bytes.len();
        buffer.bytes.resize(CHUNK_BYTES, 0);
        let (first_id, last_id) = self.record_ids.unwrap_or((u64::MAX, u64::MAX));
        let last_number = first_number + self.record_count.saturating_sub(1);
        buffer.bytes[..8].copy_from_slice(b"ElfChnk\0");
        let numbers = [(8, first_number), (16, last_number), (24, first_id), (32, last_id)];
        for (at, number) in numbers {
            buffer.bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
        buffer.put_u32(40, STRING_TABLE_AT);
        buffer.put_u32(44, self.last_record_at);
        buffer.put_u32(48, free_space);
        buffer.put_u32(120, 1);
        let (name_heads, template_heads) = buffer.heads();
        for (i, head) in name_heads.into_iter().chain(template_heads).enumerate() {
            let at = STRING_TABLE_AT + 4 * i;
            buffer.bytes[at..at + 4].copy_from_slice(&head.to_le_bytes());
        }
        seal(&mut buffer.bytes);
        self.buffer.bytes
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

/// Where each record of a finished chunk begins, and how long it is.
pub(crate) fn record_ranges(chunk: &[u8]) -> Vec<std::ops::Range<usize>> {
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
    fn a_record_that_does_not_fit_leaves_no_trace() {
        let root = super::super::Node::new("Longer").child(super::super::Content::Text("x".repeat(32_700)));
        let large = Fragment::Literal { root, header: true };
        let mut chunk = ChunkBuilder::new();
        assert_eq!(chunk.write_record(1, Ticks(1), &large), Ok(false));
        assert!(chunk.finish(1) == ChunkBuilder::new().finish(1));
    }
}

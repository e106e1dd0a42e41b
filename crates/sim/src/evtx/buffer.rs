//! The bytes of a chunk while it grows, with the names and templates that later bytes refer back to.
use std::collections::HashMap;

use super::error::EvtxError;
use super::sizes::{CHUNK_BYTES, RECORDS_AT, STRING_BUCKETS, TEMPLATE_BUCKETS};
use crate::value::Guid;

/// The first entries of both tables.
pub(super) type Heads = ([u32; STRING_BUCKETS], [u32; TEMPLATE_BUCKETS]);

/// The hash of the event log's string and template tables.
fn hash_65599(units: impl Iterator<Item = u16>) -> u32 {
    units.fold(0u32, |hash, unit| hash.wrapping_mul(65_599).wrapping_add(u32::from(unit)))
}

/// A chunk's bytes from its first to its free space; positions are offsets in the chunk.
pub(super) struct Buffer {
    pub(super) bytes: Vec<u8>,
    names: HashMap<String, u32>,
    name_heads: [u32; STRING_BUCKETS],
    templates: HashMap<Guid, u32>,
    template_heads: [u32; TEMPLATE_BUCKETS],
}

impl Buffer {
    /// Room for the chunk's header, and nothing else.
    pub(super) fn new() -> Self {
        let mut bytes = Vec::with_capacity(CHUNK_BYTES);
        bytes.resize(RECORDS_AT, 0);
        Self {
            bytes,
            names: HashMap::new(),
            name_heads: [0; STRING_BUCKETS],
            templates: HashMap::new(),
            template_heads: [0; TEMPLATE_BUCKETS],
        }
    }

    /// The first entries of both tables, as they are now.
    pub(super) fn heads(&self) -> Heads {
        (self.name_heads, self.template_heads)
    }

    /// Takes back all that was written from here on.
    pub(super) fn roll_back(&mut self, record_at: usize, heads: Heads) {
        self.bytes.truncate(record_at);
        (self.name_heads, self.template_heads) = heads;
        let survives = |offset: &u32| (*offset as usize) < record_at;
        self.names.retain(|_, offset| survives(offset));
        self.templates.retain(|_, offset| survives(offset));
    }

    pub(super) fn put_u32(&mut self, at: usize, number: usize) {
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
        let mut buffer = Buffer::new();
        for (guid, bucket) in [
            ("b710811d-4b32-5516-27e7-9ae53a93d6bd", 6),
            ("406cf14d-d709-53b5-885e-2306a74e91ba", 16),
            ("061ff856-d487-5e32-8975-68c8c174486a", 26),
        ] {
            buffer.add_template(&Guid::parse(guid), 600);
            assert_eq!(buffer.template_heads[bucket], 600, "{guid}");
        }
    }
}

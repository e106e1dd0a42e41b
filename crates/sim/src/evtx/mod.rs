//! A writer of EVTX files, laid out as Windows' event log service lays them out.
mod binxml;
mod buffer;
mod chunk;
mod damage;
mod dense;
mod error;
mod layout;
mod sizes;

pub use binxml::{Content, Fragment, Node, Substitution, Template, value_type};
pub use damage::{ALL_DAMAGE, Damage, damage};
pub use dense::{DENSE_WANTED, DenseCorpus, DenseSummary, dense_corpus};
pub use error::EvtxError;
pub use layout::Form;
pub use sizes::CHUNK_BYTES;

use crate::record::WindowsRecord;
use crate::value::Ticks;
use chunk::ChunkBuilder;
use layout::Layouts;

/// The size of the file header, of which 128 bytes are used.
pub const FILE_HEADER_BYTES: usize = 4096;

/// Whether record headers carry the ids that the events carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Numbering {
    /// A live log: the header's id is the event's.
    #[default]
    Live,
    /// An exported log: headers count from 1, whatever the events say.
    Exported,
}

/// Writes EVTX into memory.
pub struct EvtxWriter {
    numbering: Numbering,
    records_per_chunk_max: u64,
    layouts: Layouts,
    chunk: ChunkBuilder,
    finished: Vec<u8>,
    record_count: u64,
}

impl Default for EvtxWriter {
    fn default() -> Self {
        Self::new()
    }
}

impl EvtxWriter {
    /// An empty file.
    pub fn new() -> Self {
        Self {
            numbering: Numbering::default(),
            records_per_chunk_max: u64::MAX,
            layouts: Layouts::default(),
            chunk: ChunkBuilder::new(),
            finished: Vec::new(),
            record_count: 0,
        }
    }

    /// The same with record headers numbered so.
    #[must_use]
    pub fn numbering(mut self, numbering: Numbering) -> Self {
        self.numbering = numbering;
        self
    }

    /// The same with chunks closed after so many records, full or not.
    #[must_use]
    pub fn records_per_chunk_max(mut self, count: u64) -> Self {
        self.records_per_chunk_max = count.max(1);
        self
    }

    /// Appends an event.
    pub fn append(&mut self, record: &WindowsRecord, form: Form) -> Result<(), EvtxError> {
        let fragment = self.layouts.fragment(record, form);
        let header_id = match self.numbering {
            Numbering::Live => record.record_id,
            Numbering::Exported => self.record_count + 1,
        };
        self.append_fragment(header_id, record.time, &fragment)
    }

    /// Appends whatever BinXML.
    pub fn append_fragment(
        &mut self,
        header_id: u64,
        time: Ticks,
        fragment: &Fragment,
    ) -> Result<(), EvtxError> {
        if self.chunk.record_count() >= self.records_per_chunk_max {
            self.close_chunk();
        }
        if !self.chunk.write_record(header_id, time, fragment)? {
            self.close_chunk();
            if !self.chunk.write_record(header_id, time, fragment)? {
                return Err(EvtxError::RecordTooLarge);
            }
        }
        self.record_count += 1;
        Ok(())
    }

    /// Ends the current chunk; the next record begins another.
    pub(crate) fn close_chunk(&mut self) {
        let chunk = std::mem::replace(&mut self.chunk, ChunkBuilder::new());
        if chunk.record_count() > 0 {
            let first_number = self.record_count - chunk.record_count() + 1;
            self.finished.extend_from_slice(&chunk.finish(first_number));
        }
    }

    /// The chunks without a file header.
    pub fn finish_chunks(mut self) -> Vec<u8> {
        self.close_chunk();
        self.finished
    }

    /// The whole file.
    pub fn finish(mut self) -> Vec<u8> {
        self.close_chunk();
        let chunk_count = self.finished.len() / CHUNK_BYTES;
        let mut file = file_header(chunk_count, self.record_count + 1).to_vec();
        file.append(&mut self.finished);
        file
    }
}

/// An EVTX file of these events.
pub fn evtx_file(records: &[WindowsRecord], form: Form) -> Result<Vec<u8>, EvtxError> {
    let mut writer = EvtxWriter::new();
    records.iter().try_for_each(|record| writer.append(record, form))?;
    Ok(writer.finish())
}

/// The file header: how many chunks follow, and the number that the next record would get.
pub fn file_header(chunk_count: usize, next_record_number: u64) -> [u8; FILE_HEADER_BYTES] {
    let mut header = [0; FILE_HEADER_BYTES];
    header[..8].copy_from_slice(b"ElfFile\0");
    let last_chunk = chunk_count.saturating_sub(1) as u64;
    header[16..24].copy_from_slice(&last_chunk.to_le_bytes());
    header[24..32].copy_from_slice(&next_record_number.to_le_bytes());
    header[32..36].copy_from_slice(&128u32.to_le_bytes());
    // Version 3.1, minor first.
    header[36..40].copy_from_slice(&[1, 0, 3, 0]);
    header[40..42].copy_from_slice(&4096u16.to_le_bytes());
    // The field has 16 bits; a larger file carries a wrong count, as Windows' own do.
    header[42..44].copy_from_slice(&(chunk_count as u16).to_le_bytes());
    seal_file_header(&mut header);
    header
}

/// Writes the checksum of a file header whose first 120 bytes are final.
fn seal_file_header(header: &mut [u8]) {
    let crc = crc32fast::hash(&header[..120]);
    header[124..128].copy_from_slice(&crc.to_le_bytes());
}

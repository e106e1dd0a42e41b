//! One chunk: its checksums, its records one after another, and the way on after damage.

use std::io;

use crate::container::file::{EvtxFile, FLAG_NO_CHECKSUM, ReadAt};
use crate::plan::decode::Decoder;
use crate::plan::record::Frame;
use crate::plan::select::Selection;
use crate::plan::visitor::Visitor;
use crate::raw::bytes::{u32_at, u64_at};
use crate::raw::damage::{Damage, DamageKind, RecordFault};
use crate::raw::sizes::{CHUNK_BYTES, RECORD_HEADER_BYTES};

const CHUNK_HEADER_BYTES: usize = 512;
const MAGIC: &[u8; 8] = b"ElfChnk\0";

const RECORD_MAGIC: [u8; 4] = [0x2a, 0x2a, 0, 0];
/// Head, one byte of BinXML, and the copy of the size.
const RECORD_MIN_BYTES: usize = RECORD_HEADER_BYTES + 4 + 1;

/// Reads chunks, one after another. It keeps its buffer and what it learned about templates, so
/// there should be one for each thread, used for all chunks of all files.
pub struct ChunkReader {
    selection: Selection,
    buffer: Vec<u8>,
    decoder: Decoder,
    checks_sums: bool,
}

impl ChunkReader {
    /// A reader of the records that `selection` wants.
    pub fn new(selection: &Selection) -> Self {
        let decoder = Decoder::new(selection.numbered());
        ChunkReader { selection: selection.clone(), buffer: Vec::new(), decoder, checks_sums: true }
    }

    /// Leaves checksums unread: for a second look at what a first one has verified.
    pub fn without_checksums(mut self) -> Self {
        self.checks_sums = false;
        self
    }

    /// From here on read the records of another selection. What was learned of templates stays.
    pub fn select(&mut self, selection: &Selection) {
        if self.selection.numbered() != selection.numbered() {
            self.decoder = Decoder::new(selection.numbered());
        }
        self.selection = selection.clone();
    }

    /// Read one chunk of a file. An error is one of reading the bytes; whatever is wrong with them
    /// is told to the visitor.
    pub fn read_chunk<R: ReadAt>(
        &mut self,
        file: &EvtxFile<R>,
        chunk_index: u64,
        visitor: &mut impl Visitor,
    ) -> io::Result<()> {
        self.buffer.resize(CHUNK_BYTES, 0);
        let length = file.read_chunk_into(chunk_index, &mut self.buffer)?;
        let chunk = self.buffer.get(..length).unwrap_or_default();
        let found = Chunk::check(chunk, file.chunk_offset(chunk_index), self.checks_sums, visitor);
        if let Some(chunk) = found {
            self.decoder.next_chunk();
            chunk.read_records(&self.selection, &mut self.decoder, visitor);
        }
        Ok(())
    }

    /// Read a whole file, chunk after chunk, and tell of its header too.
    pub fn read_file<R: ReadAt>(&mut self, file: &EvtxFile<R>, visitor: &mut impl Visitor) -> io::Result<()> {
        if let Some(damage) = file.damage() {
            visitor.damage(damage);
        }
        (0..file.chunk_count()).try_for_each(|chunk_index| self.read_chunk(file, chunk_index, visitor))
    }

    /// Read a chunk from memory. `file_offset` is where its first byte stands in the file; bytes
    /// past the size of a chunk are not looked at.
    pub fn read_bytes(&mut self, chunk: &[u8], file_offset: u64, visitor: &mut impl Visitor) {
        let chunk = &chunk[..chunk.len().min(CHUNK_BYTES)];
        if let Some(chunk) = Chunk::check(chunk, file_offset, self.checks_sums, visitor) {
            self.decoder.next_chunk();
            chunk.read_records(&self.selection, &mut self.decoder, visitor);
        }
    }
}

struct Chunk<'c> {
    bytes: &'c [u8],
    file_offset: u64,
    records_end: usize,
}

impl<'c> Chunk<'c> {
    /// Tell what is wrong with the chunk as a whole; `None` where there is none.
    ///
    /// The checksum comes first: it streams the chunk into the cache, and the hops that follow find it there.
    fn check(
        bytes: &'c [u8],
        file_offset: u64,
        checks_sums: bool,
        visitor: &mut impl Visitor,
    ) -> Option<Self> {
        let mut tell =
            |kind, records_lost| visitor.damage(Damage { offset: file_offset, records_lost, kind });
        if !bytes.starts_with(MAGIC) || bytes.len() < CHUNK_HEADER_BYTES {
            // Windows grows a log by zeros.
            if bytes.iter().any(|&byte| byte != 0) {
                tell(DamageKind::NotAChunk, plausible_records(bytes));
            }
            return None;
        }
        let stored_end = u32_at(bytes, 48).unwrap_or_default();
        let believable = (CHUNK_HEADER_BYTES..=CHUNK_BYTES).contains(&(stored_end as usize));
        let records_end = if believable { bytes.len().min(stored_end as usize) } else { bytes.len() };
        let chunk = Chunk { bytes, file_offset, records_end };
        if !believable {
            tell(DamageKind::FreeSpaceOffset { stored: stored_end }, 0);
        }
        let truncated = bytes.len() < CHUNK_BYTES;
        if truncated {
            let lost = if records_end < stored_end as usize { chunk.records_after_last_whole() } else { 0 };
            tell(DamageKind::TruncatedChunk { present_bytes: bytes.len() as u32 }, lost);
        }
        if checks_sums && u32_at(bytes, 120).unwrap_or_default() & FLAG_NO_CHECKSUM == 0 {
            if u32_at(bytes, 124) != Some(header_checksum(bytes)) {
                tell(DamageKind::ChunkHeaderChecksum, 0);
            }
            let whole = believable && records_end == stored_end as usize;
            if whole && u32_at(bytes, 52) != Some(crc32fast::hash(&bytes[CHUNK_HEADER_BYTES..records_end])) {
                tell(DamageKind::RecordsChecksum, 0);
            }
        }
        Some(chunk)
    }

    /// By the ids: how many records the header promises after the last one that is here as a whole.
    fn records_after_last_whole(&self) -> u64 {
        let mut at = CHUNK_HEADER_BYTES;
        let mut last = None;
        while let Ok(frame) = self.frame(at) {
            last = Some(frame.number);
            at += frame.size as usize;
        }
        let (first_id, last_id) = self.ids();
        let next = last.map_or(first_id, |last: u64| last.wrapping_add(1));
        bounded_loss(next, last_id.wrapping_add(1), CHUNK_BYTES - at.min(CHUNK_BYTES)).unwrap_or(1)
    }

    /// The ids of the first and the last record, as the chunk's header has them.
    fn ids(&self) -> (u64, u64) {
        (u64_at(self.bytes, 24).unwrap_or_default(), u64_at(self.bytes, 32).unwrap_or_default())
    }

    fn read_records(&self, selection: &Selection, decoder: &mut Decoder, visitor: &mut impl Visitor) {
        let mut at = CHUNK_HEADER_BYTES;
        let mut next_number = None;
        while at < self.records_end {
            match self.frame(at) {
                Ok(frame) => {
                    if let Err(reason) = decoder.read(self.bytes, frame, selection, visitor) {
                        visitor.damage(Damage {
                            offset: frame.file_offset,
                            records_lost: 1,
                            kind: DamageKind::RecordContent(reason),
                        });
                    }
                    next_number = Some(frame.number.wrapping_add(1));
                    at += frame.size as usize;
                }
                Err(fault) => match self.resync(at, next_number, fault, visitor) {
                    Some(next) => at = next,
                    None => return,
                },
            }
        }
    }

    /// The frame of the record at `at`.
    #[inline]
    fn frame(&self, at: usize) -> Result<Frame, RecordFault> {
        let left = self.bytes.get(at..self.records_end).unwrap_or_default();
        let Some(head) = left.first_chunk::<RECORD_HEADER_BYTES>() else {
            return Err(RecordFault::Truncated);
        };
        if head[..4] != RECORD_MAGIC {
            return Err(RecordFault::NoMagic);
        }
        let size = u32_at(head, 4).unwrap_or_default() as usize;
        if size < RECORD_MIN_BYTES || size > left.len() {
            return Err(RecordFault::Size);
        }
        if u32_at(left, size - 4) != Some(size as u32) && !self.goes_on_at(at + size) {
            return Err(RecordFault::SizeCopy);
        }
        Ok(Frame {
            file_offset: self.file_offset + at as u64,
            start: at as u32,
            size: size as u32,
            number: u64_at(head, 8).unwrap_or_default(),
            written: u64_at(head, 16).unwrap_or_default(),
        })
    }

    fn goes_on_at(&self, at: usize) -> bool {
        at == self.records_end || self.bytes.get(at..).is_some_and(|rest| rest.starts_with(&RECORD_MAGIC))
    }

    /// Find the next record that is one beyond doubt, and tell what was lost before it.
    #[cold]
    fn resync(
        &self,
        at: usize,
        next_number: Option<u64>,
        fault: RecordFault,
        visitor: &mut impl Visitor,
    ) -> Option<usize> {
        let next = self.next_plausible(at);
        let area = &self.bytes[at..next.unwrap_or(self.records_end)];
        // Zeros up to the free space are free space that nobody counted as such; and that a truncated
        // chunk ends in the middle of a record has been told.
        let truncated = self.bytes.len() < CHUNK_BYTES;
        if next.is_none() && (truncated || area.iter().all(|&byte| byte == 0)) {
            return None;
        }
        let (first_id, last_id) = self.ids();
        let until = match next {
            Some(next) => u64_at(self.bytes, next + 8).unwrap_or_default(),
            None => last_id.wrapping_add(1),
        };
        let lost = bounded_loss(next_number.unwrap_or(first_id), until, area.len())
            .filter(|&lost| lost > 0)
            .unwrap_or_else(|| plausible_records(area).max(1));
        visitor.damage(Damage {
            offset: self.file_offset + at as u64,
            records_lost: lost,
            kind: DamageKind::RecordHeader(fault),
        });
        next
    }

    /// The next record after `at` whose size has its copy and whose id is one of this chunk.
    fn next_plausible(&self, at: usize) -> Option<usize> {
        let (first_id, last_id) = self.ids();
        memchr::memmem::find_iter(self.bytes.get(at + 1..self.records_end)?, &RECORD_MAGIC)
            .map(|found| at + 1 + found)
            .find(|&candidate| {
                self.frame(candidate).is_ok_and(|frame| {
                    let copy = u32_at(self.bytes, candidate + frame.size as usize - 4);
                    copy == Some(frame.size) && (first_id..=last_id).contains(&frame.number)
                })
            })
    }
}

/// Records between two ids, unless more than the bytes between them can hold.
fn bounded_loss(from: u64, until: u64, bytes: usize) -> Option<u64> {
    let lost = until.checked_sub(from)?;
    (lost <= (bytes / RECORD_MIN_BYTES) as u64 + 1).then_some(lost)
}

/// How many things in these bytes look like the head of a record.
fn plausible_records(bytes: &[u8]) -> u64 {
    let sizes = memchr::memmem::find_iter(bytes, &RECORD_MAGIC).filter_map(|at| u32_at(bytes, at + 4));
    sizes.filter(|size| (RECORD_MIN_BYTES..CHUNK_BYTES).contains(&(*size as usize))).count() as u64
}

fn header_checksum(bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(bytes.get(..120).unwrap_or_default());
    hasher.update(bytes.get(128..CHUNK_HEADER_BYTES).unwrap_or_default());
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::record::Record;

    #[derive(Default)]
    struct Told(Vec<Damage>);

    impl Visitor for Told {
        fn record(&mut self, _: &Record<'_>) {}
        fn damage(&mut self, damage: Damage) {
            self.0.push(damage);
        }
    }

    fn told(bytes: &[u8]) -> Vec<(u64, DamageKind, u64)> {
        let mut told = Told::default();
        ChunkReader::new(&Selection::everything()).read_bytes(bytes, 4096, &mut told);
        told.0.into_iter().map(|damage| (damage.offset, damage.kind, damage.records_lost)).collect()
    }

    /// A chunk whose records hold nothing but an end token, with these ids; checksums are right.
    fn chunk_of(ids: std::ops::RangeInclusive<u64>) -> Vec<u8> {
        let mut bytes = vec![0; CHUNK_BYTES];
        let mut at = CHUNK_HEADER_BYTES;
        for id in ids.clone() {
            bytes[at..at + 4].copy_from_slice(&RECORD_MAGIC);
            bytes[at + 4..at + 8].copy_from_slice(&32u32.to_le_bytes());
            bytes[at + 8..at + 16].copy_from_slice(&id.to_le_bytes());
            bytes[at + 28..at + 32].copy_from_slice(&32u32.to_le_bytes());
            at += 32;
        }
        bytes[..8].copy_from_slice(MAGIC);
        bytes[24..32].copy_from_slice(&ids.start().to_le_bytes());
        bytes[32..40].copy_from_slice(&ids.end().to_le_bytes());
        bytes[48..52].copy_from_slice(&(at as u32).to_le_bytes());
        seal(&mut bytes, at);
        bytes
    }

    fn seal(bytes: &mut [u8], end: usize) {
        let records = crc32fast::hash(&bytes[CHUNK_HEADER_BYTES..end]);
        bytes[52..56].copy_from_slice(&records.to_le_bytes());
        let header = header_checksum(bytes);
        bytes[124..128].copy_from_slice(&header.to_le_bytes());
    }

    #[test]
    fn a_whole_chunk_and_a_chunk_of_zeros_tell_nothing() {
        assert_eq!(told(&chunk_of(1..=9)), []);
        assert_eq!(told(&[0; CHUNK_BYTES]), []);
        assert_eq!(told(&[]), []);
    }

    #[test]
    fn checksums_that_were_verified_are_not_read_again() {
        let mut bytes = chunk_of(1..=9);
        let sound = bytes.clone();
        bytes[CHUNK_BYTES - 1] = 1;
        bytes[60] = 1;
        bytes[CHUNK_HEADER_BYTES + 16] = 1;
        let sums = [(4096, DamageKind::ChunkHeaderChecksum, 0), (4096, DamageKind::RecordsChecksum, 0)];
        assert_eq!(told(&bytes), sums);
        let mut trusting = ChunkReader::new(&Selection::everything()).without_checksums();
        for chunk in [&bytes, &sound] {
            let mut told = Told::default();
            trusting.read_bytes(chunk, 4096, &mut told);
            assert_eq!(told.0, []);
        }
        bytes[0] = 0;
        let mut told = Told::default();
        trusting.read_bytes(&bytes, 4096, &mut told);
        assert_eq!(told.0[0].kind, DamageKind::NotAChunk, "all else is told");
    }

    #[test]
    fn a_lost_record_is_counted_by_the_ids_around_it() {
        let mut bytes = chunk_of(100..=109);
        // The heads of 103 and 104.
        for record in [3, 4] {
            let at = CHUNK_HEADER_BYTES + record * 32;
            bytes[at..at + 32].fill(0xee);
        }
        seal(&mut bytes, CHUNK_HEADER_BYTES + 320);
        let kind = DamageKind::RecordHeader(RecordFault::NoMagic);
        assert_eq!(told(&bytes), [(4096 + 512 + 96, kind, 2)]);
        // The last ones, up to the id that the header promises.
        bytes[CHUNK_HEADER_BYTES + 8 * 32..CHUNK_HEADER_BYTES + 320].fill(0xee);
        seal(&mut bytes, CHUNK_HEADER_BYTES + 320);
        assert_eq!(told(&bytes), [(4096 + 512 + 96, kind, 2), (4096 + 512 + 256, kind, 2)]);
    }

    #[test]
    fn a_record_of_another_pass_of_the_log_is_no_way_back() {
        let mut bytes = chunk_of(100..=103);
        let second = CHUNK_HEADER_BYTES + 32;
        bytes[second + 4..second + 8].fill(0xff);
        // The third is one that an older or newer pass left there.
        bytes[second + 32 + 8..second + 32 + 16].copy_from_slice(&7u64.to_le_bytes());
        seal(&mut bytes, CHUNK_HEADER_BYTES + 128);
        let kind = DamageKind::RecordHeader(RecordFault::Size);
        assert_eq!(told(&bytes), [(4096 + second as u64, kind, 2)]);
    }

    #[test]
    fn a_truncated_chunk_tells_what_the_header_promised() {
        let bytes = chunk_of(1..=10);
        let cut = CHUNK_HEADER_BYTES + 6 * 32 + 5;
        let kind = DamageKind::TruncatedChunk { present_bytes: cut as u32 };
        assert_eq!(told(&bytes[..cut]), [(4096, kind, 4)]);
        // Cut in the free space: nothing is lost but zeros.
        let kind = DamageKind::TruncatedChunk { present_bytes: 4096 };
        assert_eq!(told(&bytes[..4096]), [(4096, kind, 0)]);
    }

    #[test]
    fn what_is_no_chunk_counts_what_looks_like_records() {
        let mut bytes = chunk_of(1..=10);
        bytes[0] = b'X';
        assert_eq!(told(&bytes), [(4096, DamageKind::NotAChunk, 10)]);
        let mut wild = chunk_of(1..=10);
        wild[48..52].copy_from_slice(&7u32.to_le_bytes());
        let kinds: Vec<_> = told(&wild).into_iter().map(|(_, kind, _)| kind).collect();
        assert_eq!(kinds, [DamageKind::FreeSpaceOffset { stored: 7 }, DamageKind::ChunkHeaderChecksum]);
    }

    #[test]
    fn wrong_checksums_are_told_unless_the_chunk_has_none() {
        let mut bytes = chunk_of(1..=3);
        bytes[52] ^= 1;
        assert_eq!(told(&bytes).len(), 2, "the records' checksum is part of the header's");
        bytes[120] = FLAG_NO_CHECKSUM as u8;
        assert_eq!(told(&bytes), []);
    }

    #[test]
    fn a_reader_can_be_sent_to_a_thread() {
        fn sendable<T: Send>() {}
        sendable::<ChunkReader>();
    }
}

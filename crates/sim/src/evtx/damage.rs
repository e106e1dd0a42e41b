//! Damage done on purpose to a finished file: what crashes, full disks, copies and attackers do.
use super::chunk::{record_ranges, seal};
use super::sizes::CHUNK_BYTES;
use super::{FILE_HEADER_BYTES, seal_file_header};

/// One kind of damage; chunks and records count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// The last chunk ends in the middle: a copy that was cut off.
    TruncateLastChunk,
    /// A chunk's magic is overwritten; its records are intact.
    BadChunkMagic(usize),
    /// A chunk's records do not match the checksum in its header; the records are intact.
    BadRecordsCrc(usize),
    /// A chunk's header no longer matches its checksum.
    BadHeaderCrc(usize),
    /// The BinXML of a chunk's middle record is overwritten; checksums are right.
    CorruptRecord(usize),
    /// The size of a chunk's middle record is absurd; checksums are right.
    AbsurdRecordSize(usize),
    /// A chunk is all zeros, as preallocated ones are.
    ZeroChunk(usize),
    /// The file header says that the file was not closed.
    DirtyBit,
    /// The file header counts fewer chunks than there are.
    WrongChunkCount,
    /// Every record header is dated 1601, as exports do; the events keep their time.
    HeaderTime1601,
    /// Record headers count from 1, as exports do; the events keep their ids.
    RenumberHeaders,
    /// The file header's magic is gone.
    BadFileMagic,
    /// Nothing is left but the file header.
    HeaderOnly,
}

/// Every kind, done to the first chunk where it is done to one: for tests that loop over all.
pub const ALL_DAMAGE: &[Damage] = &[
    Damage::TruncateLastChunk,
    Damage::BadChunkMagic(0),
    Damage::BadRecordsCrc(0),
    Damage::BadHeaderCrc(0),
    Damage::CorruptRecord(0),
    Damage::AbsurdRecordSize(0),
    Damage::ZeroChunk(0),
    Damage::DirtyBit,
    Damage::WrongChunkCount,
    Damage::HeaderTime1601,
    Damage::RenumberHeaders,
    Damage::BadFileMagic,
    Damage::HeaderOnly,
];

/// Does this damage to a file.
///
/// # Panics
/// Panics where the file has no such chunk, or the chunk no record: a test that asks for it is wrong.
pub fn damage(file: &mut Vec<u8>, kind: Damage) {
    match kind {
        Damage::TruncateLastChunk => truncate_last_chunk(file),
        Damage::BadChunkMagic(n) => chunk(file, n)[..8].copy_from_slice(b"ElfChnX\0"),
        Damage::BadRecordsCrc(n) => chunk(file, n)[52] ^= 0xff,
        Damage::BadHeaderCrc(n) => chunk(file, n)[124] ^= 0xff,
        Damage::CorruptRecord(n) => corrupt_record(chunk(file, n)),
        Damage::AbsurdRecordSize(n) => absurd_record_size(chunk(file, n)),
        Damage::ZeroChunk(n) => chunk(file, n).fill(0),
        Damage::DirtyBit => {
            // The flags lie outside the checksum.
            file[120] |= 1;
        }
        Damage::WrongChunkCount => {
            file[42..44].copy_from_slice(&1u16.to_le_bytes());
            file[16..24].fill(0);
            seal_file_header(&mut file[..FILE_HEADER_BYTES]);
        }
        Damage::HeaderTime1601 => each_record(file, |record, _| record[16..24].fill(0)),
        Damage::RenumberHeaders => {
            each_record(file, |record, number| record[8..16].copy_from_slice(&number.to_le_bytes()));
            renumber_chunks(file);
        }
        Damage::BadFileMagic => file[..8].copy_from_slice(b"ElfFilX\0"),
        Damage::HeaderOnly => file.truncate(FILE_HEADER_BYTES),
    }
}

fn chunk(file: &mut [u8], n: usize) -> &mut [u8] {
    let at = FILE_HEADER_BYTES + n * CHUNK_BYTES;
    &mut file[at..at + CHUNK_BYTES]
}

fn truncate_last_chunk(file: &mut Vec<u8>) {
    let last = (file.len() - FILE_HEADER_BYTES) / CHUNK_BYTES - 1;
    let ranges = record_ranges(chunk(file, last));
    let middle = ranges[ranges.len() / 2].clone();
    // In the middle of a record, so that this record is lost and the ones before it are whole.
    file.truncate(FILE_HEADER_BYTES + last * CHUNK_BYTES + (middle.start + middle.end) / 2);
}

fn middle_record(chunk: &[u8]) -> std::ops::Range<usize> {
    let ranges = record_ranges(chunk);
    ranges[ranges.len() / 2].clone()
}

fn corrupt_record(chunk: &mut [u8]) {
    let record = middle_record(chunk);
    chunk[record.start + 24..record.end - 4].fill(0xee);
    seal(chunk);
}

fn absurd_record_size(chunk: &mut [u8]) {
    let record = middle_record(chunk);
    chunk[record.start + 4..record.start + 8].copy_from_slice(&0x7fff_fff0u32.to_le_bytes());
    seal(chunk);
}

/// Edits every record, numbered from 1 through the file, and seals the chunks again.
fn each_record(file: &mut [u8], mut edit: impl FnMut(&mut [u8], u64)) {
    let mut number = 0;
    for chunk in file[FILE_HEADER_BYTES..].chunks_exact_mut(CHUNK_BYTES) {
        for range in record_ranges(chunk) {
            number += 1;
            edit(&mut chunk[range], number);
        }
        seal(chunk);
    }
}

fn renumber_chunks(file: &mut [u8]) {
    for chunk in file[FILE_HEADER_BYTES..].chunks_exact_mut(CHUNK_BYTES) {
        let ids = [8usize, 16].map(|at| chunk[at..at + 8].to_vec());
        for (at, number) in [24usize, 32].into_iter().zip(ids) {
            chunk[at..at + 8].copy_from_slice(&number);
        }
        seal(chunk);
    }
}

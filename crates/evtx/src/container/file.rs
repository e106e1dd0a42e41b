//! An EVTX file: its header checked, its chunks counted by its size.

use std::fs::File;
use std::io;
use std::sync::Arc;

use crate::raw::bytes::u32_at;
use crate::raw::damage::{Damage, DamageKind};
use crate::raw::sizes::CHUNK_BYTES;

const MAGIC: &[u8; 8] = b"ElfFile\0";
/// The chunks start here, whatever the header says of itself.
pub(crate) const FILE_HEADER_BYTES: u64 = 4096;
/// The part of the header that its checksum covers, and where the checksum stands.
const CHECKED_BYTES: usize = 120;
const CHECKSUM_AT: usize = 124;
/// The flags, and the one that says that there are no checksums.
const FLAGS_AT: usize = 120;
pub(crate) const FLAG_NO_CHECKSUM: u32 = 4;

/// Whether a file that starts with these bytes (eight are enough) is an EVTX file.
pub fn looks_like_evtx(first_bytes: &[u8]) -> bool {
    first_bytes.starts_with(MAGIC)
}

/// Bytes that can be read at any offset, by several threads at once.
pub trait ReadAt {
    /// Read into `buffer` from `offset`; fewer bytes than asked for are no error, none is the end.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
    /// How many bytes there are.
    fn size(&self) -> io::Result<u64>;
}

impl ReadAt for File {
    #[cfg(unix)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(self, buffer, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}

impl ReadAt for [u8] {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.get(from..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }
}

macro_rules! read_at_by_deref {
    ($([$($generics:tt)*] $type:ty),* $(,)?) => {$(
        impl<$($generics)*> ReadAt for $type {
            fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
                (**self).read_at(buffer, offset)
            }

            fn size(&self) -> io::Result<u64> {
                (**self).size()
            }
        }
    )*};
}

read_at_by_deref!([] Vec<u8>, [R: ReadAt + ?Sized] &R, [R: ReadAt + ?Sized] Arc<R>, [R: ReadAt + ?Sized] Box<R>);

/// An EVTX file, opened.
#[derive(Debug)]
pub struct EvtxFile<R> {
    source: R,
    size: u64,
    damage: Option<Damage>,
}

impl<R: ReadAt> EvtxFile<R> {
    /// Check the header. An error is one of reading, or of the kind `InvalidData` where this is no
    /// EVTX file; a header that is damaged but there is told by [`EvtxFile::damage`].
    pub fn open(source: R) -> io::Result<Self> {
        let size = source.size()?;
        let mut header = [0; 128];
        let length = read_full(&source, &mut header, 0)?;
        if !looks_like_evtx(&header[..length]) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not an EVTX file"));
        }
        let told = |kind| Some(Damage { offset: 0, records_lost: 0, kind });
        let damage = if size < FILE_HEADER_BYTES {
            told(DamageKind::FileTooShort)
        } else if u32_at(&header, FLAGS_AT).is_some_and(|flags| flags & FLAG_NO_CHECKSUM == 0)
            && u32_at(&header, CHECKSUM_AT) != Some(crc32fast::hash(&header[..CHECKED_BYTES]))
        {
            told(DamageKind::FileHeaderChecksum)
        } else {
            None
        };
        Ok(EvtxFile { source, size, damage })
    }

    /// How many chunks there are, a truncated last one counted. The header's own count is often
    /// wrong, because Windows writes it when it closes the log: the size of the file decides.
    pub fn chunk_count(&self) -> u64 {
        self.size.saturating_sub(FILE_HEADER_BYTES).div_ceil(CHUNK_BYTES as u64)
    }

    /// The size when it was opened.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What is wrong with the header of the file.
    pub fn damage(&self) -> Option<Damage> {
        self.damage
    }

    /// Where in the file a chunk starts.
    pub(crate) fn chunk_offset(&self, chunk_index: u64) -> u64 {
        FILE_HEADER_BYTES.saturating_add(chunk_index.saturating_mul(CHUNK_BYTES as u64))
    }

    pub(crate) fn read_chunk_into(&self, chunk_index: u64, buffer: &mut [u8]) -> io::Result<usize> {
        read_full(&self.source, buffer, self.chunk_offset(chunk_index))
    }
}

fn read_full(source: &impl ReadAt, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read_at(&mut buffer[filled..], offset.saturating_add(filled as u64)) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Vec<u8> {
        let mut bytes = vec![0; FILE_HEADER_BYTES as usize];
        bytes[..8].copy_from_slice(MAGIC);
        let checksum = crc32fast::hash(&bytes[..CHECKED_BYTES]);
        bytes[CHECKSUM_AT..CHECKSUM_AT + 4].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    #[test]
    fn the_size_decides_how_many_chunks_there_are() {
        for (extra, chunks) in [(0, 0), (1, 1), (CHUNK_BYTES, 1), (CHUNK_BYTES + 1, 2), (3 * CHUNK_BYTES, 3)]
        {
            let mut bytes = header();
            bytes.resize(bytes.len() + extra, 0);
            let file = EvtxFile::open(bytes.as_slice()).unwrap();
            assert_eq!((file.chunk_count(), file.damage()), (chunks, None), "{extra}");
        }
    }

    #[test]
    fn a_damaged_header_is_told_and_another_file_is_refused() {
        let mut bytes = header();
        bytes[100] = 1;
        let kind = |bytes: &[u8]| EvtxFile::open(bytes).map(|file| file.damage().map(|damage| damage.kind));
        assert_eq!(kind(&bytes).unwrap(), Some(DamageKind::FileHeaderChecksum));
        assert_eq!(kind(&bytes[..100]).unwrap(), Some(DamageKind::FileTooShort));
        for other in [&b""[..], b"ElfFil", b"ElfChnk\0", b"PK\x03\x04 and more"] {
            assert_eq!(kind(other).unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
    }

    #[test]
    fn a_header_without_a_checksum_has_no_wrong_one() {
        let mut bytes = header();
        bytes[CHECKSUM_AT] ^= 1;
        bytes[FLAGS_AT] = FLAG_NO_CHECKSUM as u8;
        assert_eq!(EvtxFile::open(bytes.as_slice()).unwrap().damage(), None);
    }

    #[test]
    fn every_carrier_of_bytes_reads_the_same() {
        let bytes: Vec<u8> = (0..=255).collect();
        let shared: Arc<[u8]> = bytes.clone().into();
        let carriers: [&dyn ReadAt; 3] = [&bytes, &shared, &bytes.as_slice()];
        for carrier in carriers {
            let mut buffer = [0; 10];
            assert_eq!(carrier.size().unwrap(), 256);
            assert_eq!(carrier.read_at(&mut buffer, 250).unwrap(), 6);
            assert_eq!(buffer[..6], bytes[250..]);
            assert_eq!(carrier.read_at(&mut buffer, u64::MAX).unwrap(), 0);
        }
    }
}

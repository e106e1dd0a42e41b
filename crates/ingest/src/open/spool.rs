//! Copies of streams that have to be read twice: in a file without a name, so that no crash leaves raw logs behind, and no
//! longer than a bound, so that no endless stream fills the disk.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use begat_evtx::ReadAt;

/// Longest copy, whatever is free.
const SPOOL_BYTES_MAX: u64 = 64 << 30;
/// Bytes copied at a time.
const BUFFER_BYTES: usize = 1 << 20;

/// How long a copy may become where nobody says: the smaller of 64 GiB and half of what is free.
pub(crate) fn default_bytes_max() -> u64 {
    free_bytes().map_or(SPOOL_BYTES_MAX, |free| SPOOL_BYTES_MAX.min(free / 2))
}

#[cfg(unix)]
fn free_bytes() -> Option<u64> {
    let found = rustix::fs::statvfs(std::env::temp_dir()).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes() -> Option<u64> {
    None
}

/// A copy of a stream. All that read it keep their own place in it.
#[derive(Debug, Clone)]
pub(crate) struct Spool {
    file: Arc<File>,
    start: u64,
    length: u64,
}

/// A copy of a stream, being read.
#[derive(Debug)]
pub(crate) struct SpoolReader {
    spool: Spool,
    at: u64,
}

impl Spool {
    /// Copies a stream. The inner error is the stream's, or that it is longer than the bound: what came before it is in
    /// the copy.
    pub(crate) fn of(stream: &mut dyn Read, bytes_max: u64) -> io::Result<(Spool, Option<io::Error>)> {
        let mut file = tempfile::tempfile()?;
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut left = bytes_max;
        let ended_by = loop {
            match stream.read(&mut buffer) {
                Ok(0) => break None,
                Ok(length) if length as u64 > left => {
                    file.write_all(&buffer[..left as usize])?;
                    break Some(too_long(bytes_max));
                }
                Ok(length) => {
                    file.write_all(&buffer[..length])?;
                    left -= length as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(error),
            }
        };
        let length = file.metadata()?.len();
        Ok((Spool::part(Arc::new(file), 0, length), ended_by))
    }

    /// A part of a file that holds several.
    pub(crate) fn part(file: Arc<File>, start: u64, length: u64) -> Spool {
        Spool { file, start, length }
    }

    /// From its beginning.
    pub(crate) fn open(&self) -> SpoolReader {
        SpoolReader { spool: self.clone(), at: 0 }
    }

    /// How long it is.
    pub(crate) fn bytes(&self) -> u64 {
        self.length
    }
}

fn too_long(bytes_max: u64) -> io::Error {
    io::Error::other(format!(
        "it is longer than {bytes_max} bytes, and what follows is left out; --max-input gives another bound"
    ))
}

impl Read for SpoolReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.read_at(buffer, self.at)?;
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for SpoolReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.spool.length.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl ReadAt for SpoolReader {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = usize::try_from(self.spool.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        ReadAt::read_at(&*self.spool.file, &mut buffer[..length], self.spool.start + offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.spool.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_stream_ends_at_the_bound_and_says_so() {
        let (spool, ended_by) = Spool::of(&mut io::repeat(b'x'), 3_000_000).unwrap();
        assert_eq!(spool.bytes(), 3_000_000);
        assert!(ended_by.unwrap().to_string().contains("longer than 3000000 bytes"));
        let (spool, ended_by) = Spool::of(&mut &b"all of it"[..], 9).unwrap();
        assert!(ended_by.is_none(), "what just fits is whole");
        let (mut one, mut other, mut text) = (spool.open(), spool.open(), String::new());
        one.seek(SeekFrom::End(-2)).unwrap();
        one.read_to_string(&mut text).unwrap();
        other.read_to_string(&mut text).unwrap();
        assert_eq!(text, "itall of it", "each has a place of its own");
    }
}

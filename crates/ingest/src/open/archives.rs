//! Archives whose entries cannot be read where they lie: tar, 7z, and what is encrypted. Their entries are unpacked once, one
//! behind the other into a file without a name.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use sevenz_rust2::{ArchiveEntry, ArchiveReader, EntryDecision, Error, Password};

use crate::open::passwords::Passwords;
use crate::open::source::{DICTIONARY_KIB_MAX, Opened};
use crate::open::spool::Spool;

/// Bytes copied at a time.
const BUFFER_BYTES: usize = 256 << 10;

/// A file without a name into which entries are unpacked, one behind the other: many entries, one open file.
pub(crate) struct Shelf {
    file: Arc<File>,
    end: u64,
    bytes_max: u64,
}

impl Shelf {
    pub(crate) fn new(bytes_max: u64) -> io::Result<Shelf> {
        Ok(Shelf { file: Arc::new(tempfile::tempfile()?), end: 0, bytes_max })
    }

    /// Unpacks a stream, no more than `most` bytes of it. The inner error is the stream's, or that there is no more room:
    /// what came before it is on the shelf.
    pub(crate) fn put(&mut self, stream: &mut dyn Read, most: u64) -> io::Result<(Spool, Option<io::Error>)> {
        let start = self.end;
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut file = &*self.file;
        // Who reads what is on it may have moved the place.
        file.seek(SeekFrom::Start(start))?;
        let ended_by = loop {
            match stream.read(&mut buffer) {
                Ok(0) => break None,
                Ok(length) if self.end - start + length as u64 > most => break Some(too_long(most)),
                Ok(length) if self.end + length as u64 > self.bytes_max => {
                    break Some(too_long(self.bytes_max));
                }
                Ok(length) => {
                    file.write_all(&buffer[..length])?;
                    self.end += length as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(error),
            }
        };
        Ok((Spool::part(self.file.clone(), start, self.end - start), ended_by))
    }
}

fn too_long(most: u64) -> io::Error {
    io::Error::other(format!("it unpacks to more than {most} bytes, and what follows is left out"))
}

/// Whether a tar archive begins so: the header's checksum is that of its bytes.
pub(crate) fn is_tar(first: &[u8]) -> bool {
    const CHECKSUM: std::ops::Range<usize> = 148..156;
    let Some(header) = first.get(..512) else { return false };
    let digits = std::str::from_utf8(&header[CHECKSUM]).unwrap_or_default();
    let told = u64::from_str_radix(digits.trim_matches(['\0', ' ']), 8);
    let byte =
        |(at, byte): (usize, &u8)| if CHECKSUM.contains(&at) { u64::from(b' ') } else { u64::from(*byte) };
    header[0] != 0 && told.is_ok_and(|told| told == header.iter().enumerate().map(byte).sum::<u64>())
}

/// What is told of an entry: its name, its size as the archive says it, and its bytes. False where no more are wanted.
pub(crate) type TakeEntry<'t> = dyn FnMut(&str, u64, &mut dyn Read) -> io::Result<bool> + 't;

/// Gives every file of a tar archive.
pub(crate) fn each_of_tar(stream: impl Read, take: &mut TakeEntry<'_>) -> io::Result<()> {
    let mut archive = tar::Archive::new(stream);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let kind = entry.header().entry_type();
        if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) {
            continue;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let size = entry.size();
        if !take(&name, size, &mut entry)? {
            break;
        }
    }
    Ok(())
}

/// What became of a 7z archive.
pub(crate) enum Opening {
    Read,
    /// By the password that such archives mostly have.
    ReadByCustom,
    /// By none of those that were tried.
    Refused,
}

/// Gives every file of a 7z archive. One that is encrypted is tried with each password.
pub(crate) fn each_of_7z(
    open: &dyn Fn() -> io::Result<Opened>,
    passwords: &Passwords,
    take: &mut TakeEntry<'_>,
) -> io::Result<Opening> {
    if try_7z(open, Password::empty(), take)? {
        return Ok(Opening::Read);
    }
    for (password, is_customary) in passwords.tried() {
        if try_7z(open, Password::new(password), take)? {
            return Ok(if is_customary { Opening::ReadByCustom } else { Opening::Read });
        }
    }
    Ok(Opening::Refused)
}

/// Whether the password opens it. A wrong one is seen by the first block, whose bytes then make no sense.
fn try_7z(
    open: &dyn Fn() -> io::Result<Opened>,
    password: Password,
    take: &mut TakeEntry<'_>,
) -> io::Result<bool> {
    let memory_kib = DICTIONARY_KIB_MAX as usize;
    let mut archive = match ArchiveReader::new_with_memory_limit(open()?, password, memory_kib) {
        Ok(archive) => archive,
        Err(Error::PasswordRequired | Error::MaybeBadPassword(_)) => return Ok(false),
        Err(error) => return Err(as_io(error)),
    };
    let is_encrypted =
        (0..archive.archive().files.len()).any(|index| archive.archive().is_file_encrypted(index));
    let mut any = false;
    let mut ended_by = None;
    let walked = archive.for_each_entries_with_decision(|entry: &ArchiveEntry, stream| {
        if entry.is_directory() || !entry.has_stream() {
            return Ok(EntryDecision::Continue);
        }
        // The first bytes decide whether the password was right, before anything is told of the entry.
        let mut first = vec![0; 1];
        let length = stream.read(&mut first).map_err(Error::from)?;
        any |= length > 0;
        match take(entry.name(), entry.size(), &mut first[..length].chain(stream)) {
            Ok(true) => Ok(EntryDecision::Continue),
            Ok(false) => Ok(EntryDecision::Stop),
            Err(error) => {
                ended_by = Some(error);
                Ok(EntryDecision::Stop)
            }
        }
    });
    match (walked, ended_by) {
        (_, Some(error)) => Err(error),
        (Ok(()), None) => Ok(true),
        (Err(Error::PasswordRequired), _) => Ok(false),
        (Err(_), None) if is_encrypted && !any => Ok(false),
        (Err(Error::MaybeBadPassword(_) | Error::ChecksumVerificationFailed), None) if is_encrypted => {
            Ok(false)
        }
        (Err(error), None) => Err(as_io(error)),
    }
}

fn as_io(error: Error) -> io::Error {
    match error {
        Error::Io(error, _) => error,
        Error::MaxMemLimited { max_kb, actaul_kb } => io::Error::other(format!(
            "unpacking it takes {actaul_kb} KiB of memory; at most {max_kb} are given to an archive"
        )),
        other => io::Error::other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_lie_side_by_side_and_no_longer_than_their_bound() {
        let mut shelf = Shelf::new(20).unwrap();
        let (one, ended_by) = shelf.put(&mut &b"first"[..], 10).unwrap();
        assert!(ended_by.is_none());
        let (other, _) = shelf.put(&mut &b"second"[..], 10).unwrap();
        let read = |spool: &Spool| io::read_to_string(spool.open()).unwrap();
        assert_eq!((read(&one), read(&other)), ("first".to_owned(), "second".to_owned()));
        let (_, ended_by) = shelf.put(&mut io::repeat(b'x'), 10).unwrap();
        assert!(ended_by.unwrap().to_string().contains("more than 10 bytes"));
        let (_, ended_by) = shelf.put(&mut &[b'x'; 12][..], 100).unwrap();
        assert!(ended_by.unwrap().to_string().contains("more than 20 bytes"));
    }
}

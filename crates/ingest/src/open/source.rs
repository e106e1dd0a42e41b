//! What is read: a file, an entry of an archive, standard input. Opens and unpacks; parses nothing.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use begat_evtx::ReadAt;
use begat_model::Text;
use begat_model::anomaly::AnomalyKind;
use bzip2::read::MultiBzDecoder;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use lzma_rust2::XzReader;

use crate::open::passwords::Passwords;
use crate::open::spool::{Spool, SpoolReader};

/// Most that a dictionary of 7z or xz may take, in KiB. What `7z -mx=9` makes needs 64 MiB, `xz -9` as much.
pub(crate) const DICTIONARY_KIB_MAX: u32 = 256 << 10;
/// How many times as long as it is packed something may be: logs come to a hundred, bombs to a million.
const RATIO_MAX: u64 = 2_000;
/// So much is unpacked of anything.
const RATIO_FREE_BYTES: u64 = 1 << 30;

/// Bounds on what archives may unpack to.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of one entry, unpacked.
    pub unpacked_bytes_max: u64,
    /// Entries of one archive.
    pub entries_max: usize,
    /// Bytes of a stream that is copied to be read twice; `None`: as there is room for.
    pub spool_bytes_max: Option<u64>,
    /// Passwords of archives that are encrypted.
    pub passwords: Passwords,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            unpacked_bytes_max: 64 << 30,
            entries_max: 100_000,
            spool_bytes_max: None,
            passwords: Passwords::NONE,
        }
    }
}

/// An input that could not be opened or read: the hunt goes on without it, and ends with status 2.
#[derive(Debug)]
pub struct InputProblem {
    /// The path as given, made harmless to print.
    pub path: Text,
    /// What was tried.
    pub what: &'static str,
    /// What the system says.
    pub error: io::Error,
    /// What might help.
    pub hint: Option<&'static str>,
}

impl fmt::Display for InputProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: could not {}: {}", self.path, self.what, self.error)?;
        match self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for InputProblem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl InputProblem {
    pub(crate) fn new(path: &Text, what: &'static str, error: io::Error) -> InputProblem {
        let hint = match error.kind() {
            io::ErrorKind::NotFound => Some("is the path right?"),
            io::ErrorKind::PermissionDenied => Some("event logs of a live system need administrator rights"),
            _ => None,
        };
        InputProblem { path: path.clone(), what, error, hint }
    }
}

/// A source in which there is nothing to hunt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The path as given, and the entry inside an archive.
    pub name: Text,
    /// Why.
    pub reason: String,
}

/// What a source's first bytes say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// A Windows event log.
    Evtx,
    /// Text that begins with JSON; event XML may be in it too.
    Json,
    /// Text that begins with XML; JSON may be in it too.
    Xml,
    /// Text of events as tools render them for people; JSON and XML may be in it too.
    Rendered,
    /// Text of rows below the names of their columns.
    Table,
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SourceKind::Evtx => "EVTX",
            SourceKind::Json => "JSON",
            SourceKind::Xml => "event XML",
            SourceKind::Rendered => "rendered events",
            SourceKind::Table => "a table",
        })
    }
}

/// Something that holds records, and can be opened as often as needed.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path as given, and `!` with the entry inside an archive; harmless to print.
    pub name: Text,
    /// What its first bytes say it is.
    pub kind: SourceKind,
    /// Bytes, unpacked where the archive tells, else as packed.
    pub bytes: u64,
    pub(crate) packing: Packing,
    /// Whether its text can be read from the middle: UTF-16 would have to be told apart by halves.
    pub(crate) is_splittable: bool,
}

/// How to come to the bytes of a source.
#[derive(Debug, Clone)]
pub(crate) struct Packing {
    pub(crate) base: Base,
    /// From the outside in.
    pub(crate) layers: Vec<Layer>,
    pub(crate) unpacked_bytes_max: u64,
}

/// A file that can be opened again.
#[derive(Debug, Clone)]
pub(crate) enum Base {
    File(PathBuf),
    /// Standard input; gone with the last source that needs it, as the next.
    Spooled(Spool),
    /// What was unpacked: an archive that was inside another, or an entry of one; inside so many.
    Nested(Spool, usize),
    /// Bytes that the caller has.
    Memory(Arc<[u8]>),
}

/// A base, open.
pub(crate) enum Opened {
    File(File),
    Spooled(SpoolReader),
    Memory(io::Cursor<Arc<[u8]>>),
}

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Opened::File(file) => file.read(buffer),
            Opened::Spooled(spool) => spool.read(buffer),
            Opened::Memory(bytes) => bytes.read(buffer),
        }
    }
}

impl Seek for Opened {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Opened::File(file) => file.seek(to),
            Opened::Spooled(spool) => spool.seek(to),
            Opened::Memory(bytes) => bytes.seek(to),
        }
    }
}

impl ReadAt for Opened {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match self {
            Opened::File(file) => ReadAt::read_at(file, buffer, offset),
            Opened::Spooled(spool) => ReadAt::read_at(spool, buffer, offset),
            Opened::Memory(bytes) => bytes.get_ref().read_at(buffer, offset),
        }
    }

    fn size(&self) -> io::Result<u64> {
        match self {
            Opened::File(file) => ReadAt::size(file),
            Opened::Spooled(spool) => ReadAt::size(spool),
            Opened::Memory(bytes) => bytes.get_ref().size(),
        }
    }
}

/// One way of packing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Layer {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    ZipEntry(ZipEntry),
    /// A table of columns, unpacked to a text of its rows. No other layer lies around it.
    #[cfg(feature = "parquet")]
    Parquet,
}

/// Where an entry's packed bytes are in its archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ZipEntry {
    pub(crate) start: u64,
    pub(crate) packed_bytes: u64,
    pub(crate) method: ZipMethod,
    pub(crate) crc32: u32,
}

/// How an entry is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ZipMethod {
    Stored,
    Deflate,
    Zstd,
}

impl Base {
    pub(crate) fn open(&self) -> io::Result<Opened> {
        Ok(match self {
            Base::File(path) => Opened::File(File::open(path)?),
            Base::Spooled(spool) | Base::Nested(spool, _) => Opened::Spooled(spool.open()),
            Base::Memory(bytes) => Opened::Memory(io::Cursor::new(bytes.clone())),
        })
    }
}

impl Packing {
    /// Nothing to unpack.
    pub(crate) fn plain(base: Base, unpacked_bytes_max: u64) -> Packing {
        Packing { base, layers: Vec::new(), unpacked_bytes_max }
    }

    /// The same with one more layer inside.
    pub(crate) fn inside(&self, layer: Layer) -> Packing {
        let layers = self.layers.iter().cloned().chain([layer]).collect();
        Packing { base: self.base.clone(), layers, unpacked_bytes_max: self.unpacked_bytes_max }
    }

    /// The same, unpacking to no more than what so many packed bytes may honestly hold.
    pub(crate) fn within_ratio(mut self, packed_bytes: u64) -> Packing {
        let honest = packed_bytes.saturating_mul(RATIO_MAX).max(RATIO_FREE_BYTES);
        self.unpacked_bytes_max = self.unpacked_bytes_max.min(honest);
        self
    }

    /// Archives around it.
    pub(crate) fn depth(&self) -> usize {
        let around = if let Base::Nested(_, depth) = &self.base { *depth } else { 0 };
        around + self.layers.len()
    }

    pub(crate) fn is_plain(&self) -> bool {
        self.layers.is_empty()
    }

    /// The unpacked bytes, from the beginning.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let mut file = self.base.open()?;
        #[cfg(feature = "parquet")]
        if let [Layer::Parquet] = self.layers[..] {
            let rows = crate::open::parquet::Rows::of(file)?;
            return Ok(Box::new(Bounded { inner: rows, left: self.unpacked_bytes_max }));
        }
        // Only the outermost archive is reached by seeking; one inside another was spooled to a base of its own.
        if let Some(Layer::ZipEntry(entry)) = self.layers.first() {
            file.seek(SeekFrom::Start(entry.start))?;
        }
        let mut stream: Box<dyn Read + Send> = Box::new(file);
        for layer in &self.layers {
            stream = layer.unpack(stream)?;
        }
        if !self.is_plain() {
            stream = Box::new(Bounded { inner: stream, left: self.unpacked_bytes_max });
        }
        Ok(stream)
    }

    /// The unpacked bytes in a file of their own, and the error that ended them early.
    pub(crate) fn spool(&self) -> io::Result<(Spool, Option<io::Error>)> {
        // What is unpacked has its own bound, and damage to tell.
        Spool::of(&mut self.open()?, u64::MAX)
    }
}

impl Layer {
    fn unpack(&self, packed: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Layer::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Layer::Zstd => Box::new(zstd::stream::read::Decoder::new(packed)?),
            Layer::Xz => Box::new(XzReader::new_mem_limit(packed, true, DICTIONARY_KIB_MAX)),
            Layer::Bzip2 => Box::new(MultiBzDecoder::new(packed)),
            #[cfg(feature = "parquet")]
            Layer::Parquet => return Err(io::Error::other("a table of columns is read by seeking")),
            Layer::ZipEntry(entry) => {
                let packed = packed.take(entry.packed_bytes);
                let unpacked: Box<dyn Read + Send> = match entry.method {
                    ZipMethod::Stored => Box::new(packed),
                    ZipMethod::Deflate => Box::new(DeflateDecoder::new(packed)),
                    ZipMethod::Zstd => Box::new(zstd::stream::read::Decoder::new(packed)?),
                };
                Box::new(Checked { inner: unpacked, hasher: crc32fast::Hasher::new(), crc32: entry.crc32 })
            }
        })
    }
}

/// Compares an entry's checksum at its end.
struct Checked<R> {
    inner: R,
    hasher: crc32fast::Hasher,
    crc32: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..length]);
        if length == 0 && !buffer.is_empty() && self.hasher.clone().finalize() != self.crc32 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the checksum of the archive's entry is wrong",
            ));
        }
        Ok(length)
    }
}

/// More was unpacked than the bound allows.
#[derive(Debug)]
struct UnpackedTooMuch;

impl fmt::Display for UnpackedTooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it unpacks to more than the bound")
    }
}

impl std::error::Error for UnpackedTooMuch {}

/// Ends a stream that unpacks to more than a bound with an error.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !buffer.is_empty() {
            let more = self.inner.read(&mut buffer[..1])?;
            return if more == 0 { Ok(0) } else { Err(io::Error::other(UnpackedTooMuch)) };
        }
        let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let length = self.inner.read(&mut buffer[..length])?;
        self.left -= length as u64;
        Ok(length)
    }
}

/// What an error while unpacking says of the archive; `None` where the system itself failed.
pub(crate) fn damage_of(error: &io::Error) -> Option<AnomalyKind> {
    if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<UnpackedTooMuch>) {
        return Some(AnomalyKind::ArchiveEntry);
    }
    error.raw_os_error().is_none().then_some(AnomalyKind::TruncatedEnd)
}

/// A path or an entry's name, harmless to print: control characters and those that turn the direction of
/// writing are spelled out.
pub(crate) fn harmless(name: &str) -> String {
    let is_invisible = |character: char| {
        let ranges = ['\u{200b}'..='\u{200f}', '\u{2028}'..='\u{202e}', '\u{2060}'..='\u{206f}'];
        character == '\u{feff}' || ranges.iter().any(|range| range.contains(&character))
    };
    let is_harmful = |character: char| character.is_control() || is_invisible(character);
    let spell = |character: char| match is_harmful(character) {
        true => character.escape_unicode().to_string(),
        false => character.to_string(),
    };
    name.chars().map(spell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_unpacks_to_thousands_of_times_its_size_is_cut() {
        let bound = |most: u64, packed: u64| {
            Packing::plain(Base::Memory(Arc::new([])), most).within_ratio(packed).unpacked_bytes_max
        };
        assert_eq!(bound(u64::MAX, 7), RATIO_FREE_BYTES, "so much is unpacked of anything");
        assert_eq!(bound(u64::MAX, 10 << 20), (10 << 20) * RATIO_MAX);
        assert_eq!(bound(1 << 20, 10 << 20), 1 << 20, "who asks for less gets less");
    }
}

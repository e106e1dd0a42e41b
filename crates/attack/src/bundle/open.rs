//! Files, folders, gzip and zip, opened by their content: each file of JSON in them is offered as a stream.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use flate2::read::DeflateDecoder;
use walkdir::WalkDir;
use zip::{CompressionMethod, ZipArchive};

use super::{Refusal, SOURCES_MAX};

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZIP: &[u8] = b"PK\x03\x04";
const EMPTY_ZIP: &[u8] = b"PK\x05\x06";

/// A stream, or why there is none.
pub(crate) enum Offered<'a> {
    /// JSON, for all that its first byte tells.
    Json(&'a mut dyn Read),
    /// What was named, or found in an archive, and cannot be taken.
    Refused(Refusal),
    /// Found in a folder, and no STIX.
    Skipped,
}

/// Goes through what was named, in an order that depends on names alone.
pub(crate) struct Walk<'v> {
    visit: &'v mut dyn FnMut(&str, Offered<'_>),
    offered: usize,
}

impl<'v> Walk<'v> {
    /// `visit` gets every file of JSON with its name.
    pub(crate) fn new(visit: &'v mut dyn FnMut(&str, Offered<'_>)) -> Walk<'v> {
        Walk { visit, offered: 0 }
    }

    /// A file, or a folder with all in it but what is hidden.
    pub(crate) fn path(&mut self, path: &Path) {
        if !path.is_dir() {
            return self.file(path, true);
        }
        let walk = WalkDir::new(path).sort_by_file_name().into_iter();
        let is_wanted = |entry: &walkdir::DirEntry| entry.depth() == 0 || !is_hidden(entry);
        for entry in walk.filter_entry(is_wanted) {
            match entry {
                Ok(entry) if entry.file_type().is_file() => self.file(entry.path(), false),
                Ok(_) => {}
                Err(error) => {
                    let place = error.path().map_or_else(|| path.to_owned(), PathBuf::from);
                    (self.visit)(
                        &place.display().to_string(),
                        Offered::Refused(Refusal::Read(error.to_string())),
                    );
                }
            }
        }
    }

    fn file(&mut self, path: &Path, is_named: bool) {
        let name = path.display().to_string();
        let opened = File::open(path).and_then(|file| {
            let mut input = BufReader::with_capacity(1 << 16, file);
            let first = input.fill_buf()?.get(..4).unwrap_or_default().to_vec();
            Ok((input, first))
        });
        match opened {
            Err(error) => (self.visit)(&name, Offered::Refused(Refusal::Read(error.to_string()))),
            Ok((input, first)) if first == ZIP || first == EMPTY_ZIP => self.archive(&name, input),
            Ok((mut input, _)) => self.stream(&name, &mut input, is_named),
        }
    }

    fn archive(&mut self, name: &str, mut input: BufReader<File>) {
        let archive = input.rewind().map_err(|error| error.to_string());
        let archive = archive.and_then(|()| ZipArchive::new(input).map_err(|error| error.to_string()));
        let mut archive = match archive {
            Ok(archive) => archive,
            Err(error) => return (self.visit)(name, Offered::Refused(Refusal::Read(error))),
        };
        for at in 0..archive.len() {
            if self.offered == SOURCES_MAX {
                return (self.visit)(name, Offered::Refused(Refusal::TooMany));
            }
            let refused = |why: &str| Offered::Refused(Refusal::Read(why.to_owned()));
            let entry = match archive.by_index_raw(at) {
                Ok(entry) => entry,
                Err(error) => {
                    (self.visit)(&format!("{name}: entry {at}"), refused(&error.to_string()));
                    continue;
                }
            };
            let name = format!("{name}: {}", String::from_utf8_lossy(entry.name_raw()));
            if !entry.is_file() {
                continue;
            }
            if entry.encrypted() {
                (self.visit)(&name, refused("it is encrypted"));
                continue;
            }
            let (checksum, method) = (entry.crc32(), entry.compression());
            let unpacked: Box<dyn Read> = match method {
                CompressionMethod::STORE => Box::new(entry),
                CompressionMethod::DEFLATE => Box::new(DeflateDecoder::new(BufReader::new(entry))),
                other => {
                    (self.visit)(&name, refused(&format!("it is packed by {other}, not by deflate")));
                    continue;
                }
            };
            let checked = Checked { unpacked, hasher: crc32fast::Hasher::new(), checksum };
            self.stream(&name, &mut BufReader::with_capacity(1 << 16, checked), false);
        }
    }

    /// What is neither gzip nor the beginning of JSON is refused where it was named, and skipped where it was found.
    fn stream(&mut self, name: &str, input: &mut dyn BufRead, is_named: bool) {
        self.offered += 1;
        if self.offered > SOURCES_MAX {
            return (self.visit)(name, Offered::Refused(Refusal::TooMany));
        }
        let offered = match first_bytes(input) {
            Err(error) => Offered::Refused(Refusal::Read(error.to_string())),
            Ok(first) if first.starts_with(GZIP) => {
                let mut unpacked = BufReader::with_capacity(1 << 16, MultiGzDecoder::new(input));
                let is_nested = |first: &[u8]| first.starts_with(GZIP) || first.starts_with(ZIP);
                return match first_bytes(&mut unpacked) {
                    Err(error) => (self.visit)(name, Offered::Refused(Refusal::Read(error.to_string()))),
                    Ok(first) if is_nested(&first) => (self.visit)(name, Offered::Refused(Refusal::Nested)),
                    Ok(first) if !is_named && !begins_json(&first) => (self.visit)(name, Offered::Skipped),
                    Ok(_) => (self.visit)(name, Offered::Json(&mut unpacked)),
                };
            }
            Ok(first) if first.starts_with(ZIP) => Offered::Refused(Refusal::Nested),
            Ok(first) if !is_named && !begins_json(&first) => Offered::Skipped,
            Ok(_) => return (self.visit)(name, Offered::Json(&mut { input })),
        };
        (self.visit)(name, offered);
    }
}

/// An entry of an archive, whose checksum is held at its end.
struct Checked<R> {
    unpacked: R,
    hasher: crc32fast::Hasher,
    checksum: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.unpacked.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() && self.hasher.clone().finalize() != self.checksum {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the checksum of the archive's entry is wrong",
            ));
        }
        Ok(count)
    }
}

fn is_hidden(entry: &walkdir::DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with('.')
}

/// What is buffered first: of a file some thousand bytes, and never none where there are any.
fn first_bytes(input: &mut (impl BufRead + ?Sized)) -> io::Result<Vec<u8>> {
    let buffered = input.fill_buf()?;
    Ok(buffered[..buffered.len().min(64)].to_vec())
}

fn begins_json(first: &[u8]) -> bool {
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first).trim_ascii_start();
    text.first() == Some(&b'{')
}

//! Finds the sources under the paths given: walks folders, looks into archives, and tells files by content.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use begat_model::Text;
use begat_model::anomaly::AnomalyKind;
use memchr::memmem;
use walkdir::WalkDir;
use zip::CompressionMethod;

use crate::anomaly_log::AnomalyLog;
use crate::open::archives::{self, Opening, Shelf};
use crate::open::content::{Content, Packed, SNIFF_BYTES, content};
use crate::open::source::{
    Base, InputProblem, Layer, Limits, Opened, Packing, Skipped, Source, ZipEntry, ZipMethod, damage_of,
    harmless,
};
use crate::open::spool::{Spool, default_bytes_max};
use crate::open::window::encoding_of;
use crate::shapes::Schemas;

/// An archive inside an archive is opened, one inside that is not.
const PACKINGS_MAX: usize = 2;
/// Longest name of an entry shown; a longer one is cut.
const NAME_CHARS_MAX: usize = 300;

/// What the paths hold.
#[derive(Debug, Default)]
pub struct Gathered {
    /// In byte order of their names.
    pub sources: Vec<Source>,
    /// What could not be opened or read.
    pub problems: Vec<InputProblem>,
    /// What holds no Windows events.
    pub skipped: Vec<Skipped>,
    /// Entries of archives that were not read.
    pub anomalies: AnomalyLog,
}

impl Gathered {
    /// These and those.
    pub fn merge(&mut self, other: Gathered) {
        self.sources.extend(other.sources);
        self.problems.extend(other.problems);
        self.skipped.extend(other.skipped);
        self.anomalies.merge(other.anomalies);
        self.put_in_order();
    }

    fn put_in_order(&mut self) {
        self.sources.sort_by(|one, two| one.name.cmp(&two.name));
        self.skipped.sort_unstable();
        self.problems.sort_by(|one, two| one.path.cmp(&two.path));
    }
}

/// Finds every source under `paths`. `-` is `stdin`, copied to a temporary file so that it can be read twice.
pub fn gather(paths: &[PathBuf], stdin: &mut dyn Read, limits: &Limits, schemas: &Schemas) -> Gathered {
    let mut gatherer =
        Gatherer { limits, schemas, shelf: None, customary: BTreeSet::new(), gathered: Gathered::default() };
    let mut paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    paths.sort_unstable();
    paths.dedup();
    for path in paths {
        match path.to_str() {
            Some("-") => gatherer.spooled(&Text::from("-"), stdin),
            _ => gatherer.path(path),
        }
    }
    gatherer.finish()
}

/// The same for bytes that the caller has, as if they were a file of this name.
pub fn gather_bytes(name: &str, bytes: Vec<u8>, limits: &Limits, schemas: &Schemas) -> Gathered {
    let mut gatherer =
        Gatherer { limits, schemas, shelf: None, customary: BTreeSet::new(), gathered: Gathered::default() };
    let length = bytes.len() as u64;
    let packing = Packing::plain(Base::Memory(bytes.into()), limits.unpacked_bytes_max);
    gatherer.look_into(harmless(name).into(), packing, length);
    gatherer.finish()
}

struct Gatherer<'l> {
    limits: &'l Limits,
    schemas: &'l Schemas,
    /// Where entries are unpacked that cannot be read where they lie.
    shelf: Option<Shelf>,
    /// Archives that were opened by the customary password, each told once.
    customary: BTreeSet<Text>,
    gathered: Gathered,
}

impl Gatherer<'_> {
    fn finish(self) -> Gathered {
        let mut gathered = self.gathered;
        gathered.put_in_order();
        gathered
    }

    fn path(&mut self, path: &Path) {
        let name = name_of(path);
        match std::fs::metadata(path) {
            Err(error) => self.problem(&name, "open", error),
            Ok(found) if found.is_dir() => self.folder(path),
            Ok(found) if found.is_file() => self.file(path, name),
            // A pipe given by name, as in `begat hunt <(…)`.
            Ok(_) => match File::open(path) {
                Ok(mut pipe) => self.spooled(&name, &mut pipe),
                Err(error) => self.problem(&name, "open", error),
            },
        }
    }

    fn folder(&mut self, folder: &Path) {
        for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.file_type().is_file() => self.file(entry.path(), name_of(entry.path())),
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) => {
                    self.skip(name_of(entry.path()), "it is no file but a device, pipe or socket".into());
                }
                Err(error) => self.walk_problem(folder, error),
            }
        }
    }

    fn walk_problem(&mut self, folder: &Path, error: walkdir::Error) {
        let name = name_of(error.path().unwrap_or(folder));
        if let Some(ancestor) = error.loop_ancestor() {
            let back = name_of(ancestor);
            return self.skip(name, format!("it leads back to {back}, which is being read"));
        }
        let error = error.into_io_error().unwrap_or_else(|| io::Error::other("the folder cannot be walked"));
        self.problem(&name, "open", error);
    }

    fn file(&mut self, path: &Path, name: Text) {
        let packing = Packing::plain(Base::File(path.to_owned()), self.limits.unpacked_bytes_max);
        let bytes = std::fs::metadata(path).map(|found| found.len()).unwrap_or(0);
        self.look_into(name, packing, bytes);
    }

    fn spooled(&mut self, name: &Text, stream: &mut dyn Read) {
        let bytes_max = self.limits.spool_bytes_max.unwrap_or_else(default_bytes_max);
        match Spool::of(stream, bytes_max) {
            Ok((spool, ended_by)) => {
                let bytes = spool.bytes();
                let packing = Packing::plain(Base::Spooled(spool), self.limits.unpacked_bytes_max);
                self.look_into(name.clone(), packing, bytes);
                if let Some(error) = ended_by {
                    self.problem(name, "read all of it", error);
                }
            }
            Err(error) => self.problem(name, "copy it to a temporary file", error),
        }
    }

    /// A file, or something inside an archive: decides what it is by its first bytes.
    fn look_into(&mut self, name: Text, packing: Packing, bytes: u64) {
        let first = match packing.open().and_then(first_bytes) {
            Ok(first) => first,
            Err(error) if !packing.is_plain() && damage_of(&error).is_some() => {
                let reason = error.to_string();
                return self.not_read(&name, &reason);
            }
            Err(error) => return self.problem(&name, "read", error),
        };
        // A tar inside what packs one stream is one archive with it.
        let is_one =
            matches!(packing.layers.last(), Some(Layer::Gzip | Layer::Zstd | Layer::Xz | Layer::Bzip2));
        match content(&first, self.schemas) {
            Content::Records(kind) => {
                let is_splittable = encoding_of(&first).0.is_none();
                self.gathered.sources.push(Source { name, kind, bytes, packing, is_splittable });
            }
            // A table of columns is no archive, wherever it lies.
            #[cfg(feature = "parquet")]
            Content::Packed(Packed::Parquet) => self.parquet(name, &packing, bytes),
            Content::Packed(packed)
                if packing.depth() >= PACKINGS_MAX && !(packed == Packed::Tar && is_one) =>
            {
                self.not_read(&name, "an archive in an archive in an archive");
            }
            Content::Packed(Packed::Zip) => self.zip(&name, &packing),
            Content::Packed(Packed::SevenZ) => self.seven_z(&name, &packing),
            Content::Packed(Packed::Tar) => {
                let depth = packing.depth() + usize::from(!is_one);
                self.tar(&name, &packing, depth);
            }
            Content::Packed(Packed::Gzip) => self.packed(name, &packing, Layer::Gzip, bytes),
            Content::Packed(Packed::Zstd) => self.packed(name, &packing, Layer::Zstd, bytes),
            Content::Packed(Packed::Xz) => self.packed(name, &packing, Layer::Xz, bytes),
            Content::Packed(Packed::Bzip2) => self.packed(name, &packing, Layer::Bzip2, bytes),
            Content::Other(reason) => self.skip(name, reason),
        }
    }

    fn packed(&mut self, name: Text, packing: &Packing, layer: Layer, bytes: u64) {
        self.look_into(name, packing.inside(layer).within_ratio(bytes), bytes);
    }

    #[cfg(feature = "parquet")]
    fn parquet(&mut self, name: Text, packing: &Packing, bytes: u64) {
        match self.seekable(&name, packing) {
            Ok(base) => {
                let plain = Packing::plain(base, packing.unpacked_bytes_max);
                self.packed(name, &plain, Layer::Parquet, bytes);
            }
            Err(error) => self.problem(&name, "unpack it to a temporary file", error),
        }
    }

    fn tar(&mut self, name: &Text, packing: &Packing, depth: usize) {
        let stream = match packing.open() {
            Ok(stream) => stream,
            Err(error) => return self.problem(name, "open", error),
        };
        let mut count = 0;
        let walked = archives::each_of_tar(stream, &mut |entry, size, stream| {
            count += 1;
            self.unpacked_entry(name, entry, size, depth, count, stream)
        });
        if let Err(error) = walked {
            self.archive_ended(name, error);
        }
    }

    fn seven_z(&mut self, name: &Text, packing: &Packing) {
        let depth = packing.depth() + 1;
        let base = match self.seekable(name, packing) {
            Ok(base) => base,
            Err(error) => return self.problem(name, "unpack it to a temporary file", error),
        };
        let mut count = 0;
        let passwords = self.limits.passwords.clone();
        let opening = archives::each_of_7z(&|| base.open(), &passwords, &mut |entry, size, stream| {
            count += 1;
            self.unpacked_entry(name, entry, size, depth, count, stream)
        });
        match opening {
            Ok(Opening::Read) => {}
            Ok(Opening::ReadByCustom) => self.tell_customary(name),
            Ok(Opening::Refused) => self.not_read(name, passwords.refused()),
            Err(error) => self.archive_ended(name, error),
        }
    }

    fn tell_customary(&mut self, name: &Text) {
        let told = || "the password is \"infected\"".to_owned();
        self.gathered.anomalies.add(AnomalyKind::CustomaryPassword, name, None, None, &told);
    }

    /// What ends an archive early, and is no failure of the system.
    fn archive_ended(&mut self, name: &Text, error: io::Error) {
        match damage_of(&error) {
            Some(_) => self.not_read(name, &format!("{error}; what follows is lost")),
            None => self.problem(name, "read", error),
        }
    }

    /// An entry of an archive that is unpacked in one go: what holds records, or is an archive itself, is kept.
    fn unpacked_entry(
        &mut self,
        archive: &Text,
        entry: &str,
        size: u64,
        depth: usize,
        count: usize,
        stream: &mut dyn Read,
    ) -> io::Result<bool> {
        if count > self.limits.entries_max {
            let most = self.limits.entries_max;
            self.not_read(archive, &format!("it has more than {most} entries; only the first are read"));
            return Ok(false);
        }
        let name = entry_name(archive, entry);
        let mut first = Vec::new();
        (&mut *stream).take(SNIFF_BYTES as u64).read_to_end(&mut first)?;
        if let Content::Other(reason) = content(&first, self.schemas) {
            self.skip(name, reason);
            return Ok(true);
        }
        let most = self.limits.unpacked_bytes_max;
        if size > most {
            self.not_read(&name, &format!("it unpacks to {size} bytes; at most {most} are read"));
            return Ok(true);
        }
        let (spool, ended_by) = self.shelf()?.put(&mut first.chain(&mut *stream), most)?;
        let bytes = spool.bytes();
        if let Some(error) = &ended_by {
            self.not_read(&name, &format!("{error}; what follows is lost"));
        } else if bytes < size {
            self.not_read(&name, &format!("it ends after {bytes} of its {size} bytes; what follows is lost"));
        }
        self.look_into(name, Packing::plain(Base::Nested(spool, depth), most), bytes);
        ended_by.map_or(Ok(true), Err)
    }

    fn shelf(&mut self) -> io::Result<&mut Shelf> {
        if self.shelf.is_none() {
            self.shelf = Some(Shelf::new(self.limits.spool_bytes_max.unwrap_or_else(default_bytes_max))?);
        }
        self.shelf.as_mut().ok_or_else(|| io::Error::other("there is one by now"))
    }

    fn zip(&mut self, name: &Text, packing: &Packing) {
        let base = match self.seekable(name, packing) {
            Ok(base) => base,
            Err(error) => return self.problem(name, "unpack it to a temporary file", error),
        };
        let file = match base.open() {
            Ok(file) => file,
            Err(error) => return self.problem(name, "open", error),
        };
        let mut archive = match zip::ZipArchive::new(io::BufReader::new(file)) {
            Ok(archive) => archive,
            Err(error) => return self.not_read(name, &format!("its directory cannot be read: {error}")),
        };
        if archive.index_for_name("[Content_Types].xml").is_some() {
            let reason = "it is a document of Office: export its table as CSV, or ask for the log itself";
            return self.skip(name.clone(), reason.to_owned());
        }
        let listed = listed_entries(&base).unwrap_or(0);
        if listed > archive.len() as u64 {
            // Names that stand twice hide entries from each other.
            let hidden = listed - archive.len() as u64;
            self.not_read(name, &format!("{hidden} of its {listed} entries have the name of another"));
        }
        if archive.len() > self.limits.entries_max {
            let (all, most) = (archive.len(), self.limits.entries_max);
            self.not_read(name, &format!("it has {all} entries; only the first {most} are read"));
        }
        for index in 0..archive.len().min(self.limits.entries_max) {
            self.zip_entry(name, &base, &mut archive, index);
        }
    }

    /// The base that an archive can be sought in: itself, or a copy of what is packed.
    fn seekable(&mut self, name: &Text, packing: &Packing) -> io::Result<Base> {
        if packing.is_plain() {
            return Ok(packing.base.clone());
        }
        let (spool, ended_by) = packing.spool()?;
        if let Some(error) = ended_by {
            self.not_read(name, &error.to_string());
        }
        Ok(Base::Nested(spool, packing.depth()))
    }

    fn zip_entry(
        &mut self,
        archive_name: &Text,
        base: &Base,
        archive: &mut zip::ZipArchive<io::BufReader<Opened>>,
        index: usize,
    ) {
        let entry = match archive.by_index_raw(index) {
            Ok(entry) => entry,
            Err(error) => return self.not_read(archive_name, &format!("entry {index}: {error}")),
        };
        let name = entry_name(archive_name, &String::from_utf8_lossy(entry.name_raw()));
        if entry.encrypted() && !entry.is_dir() {
            drop(entry);
            return self.encrypted_entry(archive_name, name, base, archive, index);
        }
        let method = match entry.compression() {
            _ if entry.is_dir() => return,
            CompressionMethod::STORE => ZipMethod::Stored,
            CompressionMethod::DEFLATE => ZipMethod::Deflate,
            CompressionMethod::ZSTD => ZipMethod::Zstd,
            other => {
                return self.not_read(&name, &format!("it is packed by {other}, which is not supported"));
            }
        };
        let Some(start) = entry.data_start() else {
            return self.not_read(&name, "its place in the archive is unknown");
        };
        let (packed_bytes, crc32, bytes) = (entry.compressed_size(), entry.crc32(), entry.size());
        let most = self.limits.unpacked_bytes_max;
        if bytes > most {
            return self.not_read(&name, &format!("it unpacks to {bytes} bytes; at most {most} are read"));
        }
        let layer = Layer::ZipEntry(ZipEntry { start, packed_bytes, method, crc32 });
        self.look_into(name, Packing::plain(base.clone(), most).inside(layer), bytes);
    }

    /// Tried with each password: a checksum at its end says which was right.
    fn encrypted_entry(
        &mut self,
        archive_name: &Text,
        name: Text,
        base: &Base,
        archive: &mut zip::ZipArchive<io::BufReader<Opened>>,
        index: usize,
    ) {
        let most = self.limits.unpacked_bytes_max;
        let passwords = self.limits.passwords.clone();
        for (password, is_customary) in passwords.tried() {
            let mut entry = match archive.by_index_decrypt(index, password.as_bytes()) {
                Ok(entry) => entry,
                Err(zip::result::ZipError::InvalidPassword) => continue,
                Err(error) => return self.not_read(&name, &error.to_string()),
            };
            let unpacked = self.shelf().and_then(|shelf| shelf.put(&mut entry, most));
            match unpacked {
                Ok((spool, None)) => {
                    if is_customary && self.customary.insert(archive_name.clone()) {
                        self.tell_customary(archive_name);
                    }
                    let (bytes, depth) = (spool.bytes(), depth_of(base) + 1);
                    return self.look_into(name, Packing::plain(Base::Nested(spool, depth), most), bytes);
                }
                // The older cipher takes one wrong password in 256 for right; what comes of it is nothing.
                Ok((_, Some(error))) if error.kind() == io::ErrorKind::InvalidData => {}
                Ok((_, Some(error))) => return self.not_read(&name, &error.to_string()),
                Err(error) => return self.problem(&name, "unpack it to a temporary file", error),
            }
        }
        self.not_read(&name, passwords.refused());
    }

    fn problem(&mut self, name: &Text, what: &'static str, error: io::Error) {
        self.gathered.problems.push(InputProblem::new(name, what, error));
    }

    fn skip(&mut self, name: Text, reason: String) {
        self.gathered.skipped.push(Skipped { name, reason });
    }

    fn not_read(&mut self, name: &Text, reason: &str) {
        self.gathered.anomalies.add(AnomalyKind::ArchiveEntry, name, None, None, &|| reason.to_owned());
    }
}

/// The number of entries that an archive says it has; `None` where it does not, or has more than 65,534.
fn listed_entries(base: &Base) -> Option<u64> {
    const RECORD_BYTES: usize = 22;
    const COMMENT_BYTES_MAX: u64 = 65_535;
    let mut file = base.open().ok()?;
    let length = file.seek(SeekFrom::End(0)).ok()?;
    file.seek(SeekFrom::Start(length.saturating_sub(RECORD_BYTES as u64 + COMMENT_BYTES_MAX))).ok()?;
    let mut end = Vec::new();
    file.take(RECORD_BYTES as u64 + COMMENT_BYTES_MAX).read_to_end(&mut end).ok()?;
    let record = &end[memmem::rfind(&end, b"PK\x05\x06")?..];
    let count = u16::from_le_bytes(*record.get(10..12)?.first_chunk()?);
    (count != u16::MAX).then(|| u64::from(count))
}

fn depth_of(base: &Base) -> usize {
    if let Base::Nested(_, depth) = base { *depth } else { 0 }
}

fn entry_name(archive: &Text, entry: &str) -> Text {
    let shown: String = harmless(entry).chars().take(NAME_CHARS_MAX).collect();
    Text::from(format!("{archive}!{shown}"))
}

fn name_of(path: &Path) -> Text {
    harmless(&path.to_string_lossy()).into()
}

/// The first bytes. An error after some of them does not matter yet: it comes again when all is read.
fn first_bytes(stream: Box<dyn Read + Send>) -> io::Result<Vec<u8>> {
    let mut first = Vec::new();
    match stream.take(SNIFF_BYTES as u64).read_to_end(&mut first) {
        Err(error) if first.is_empty() => Err(error),
        _ => Ok(first),
    }
}

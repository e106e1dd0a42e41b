//! One release of one domain: the bytes of its objects, and an index of them.
//!
//! ```text
//! "begat attack 1\n"   the bytes of every object, a line end after each   index   where it begins, its length, CRC-32
//! ```

use std::cmp::Ordering;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::entry::Entry;
use super::error::StoreError;
use super::index::{Reading, Row, Writing};
use crate::hash::Digest;
use crate::id::{AttackId, Domain, Release, StixId};
use crate::json::{Json, parse};
use crate::object::Object;

pub(crate) const HEAD: &[u8] = b"begat attack 1\n";
const HEAD_OF_ANY_VERSION: &[u8] = b"begat attack ";
const TAIL_BYTES: usize = 20;
/// No index is longer: a release has 25,000 objects, and their rows 3 MB.
const INDEX_BYTES_MAX: u64 = 1 << 30;

/// What a release was put together from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// Bundles.
    Bundle,
    /// Objects one by one: what is absent says nothing.
    Objects,
    /// Facts that begat brings along.
    BuiltIn,
}

const EDITIONS: &[Edition] = &[Edition::Bundle, Edition::Objects, Edition::BuiltIn];

/// A file that a release was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceNote {
    /// Its name.
    pub name: String,
    /// Its SHA-256, unpacked.
    pub digest: Digest,
}

/// What a release says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) domain: Domain,
    pub(crate) release: Option<Release>,
    pub(crate) edition: Edition,
    pub(crate) imported_at: String,
    pub(crate) sources: Vec<SourceNote>,
}

/// One release of one domain.
#[derive(Debug)]
pub struct Shelf {
    path: PathBuf,
    label: Label,
    objects: Objects,
    index: Vec<u8>,
    /// Where the first row begins in the index.
    begin: usize,
    /// Where each begins, counted from the first, in the order of ids.
    rows: Vec<u32>,
    /// Which of these rows have an id in ATT&CK, in the order of those.
    named: Vec<u32>,
}

#[derive(Debug)]
enum Objects {
    File(File),
    Memory(Vec<u8>),
}

impl Shelf {
    /// Opens a file of the store.
    pub(crate) fn open(path: &Path) -> Result<Shelf, StoreError> {
        let failed = StoreError::io(path);
        let broken = |what| StoreError::Broken { path: path.to_owned(), what };
        let mut file = File::open(path).map_err(&failed)?;
        let length = file.metadata().map_err(&failed)?.len();
        if length < (HEAD.len() + TAIL_BYTES) as u64 {
            return Err(broken("it is too short"));
        }
        let mut head = [0; HEAD.len()];
        file.read_exact(&mut head).map_err(&failed)?;
        if head != HEAD {
            let is_other = head.starts_with(HEAD_OF_ANY_VERSION);
            return Err(match is_other {
                true => StoreError::OtherVersion { path: path.to_owned() },
                false => broken("it begins otherwise than a release"),
            });
        }
        let mut tail = [0; TAIL_BYTES];
        file.seek(SeekFrom::End(-(TAIL_BYTES as i64))).map_err(&failed)?;
        file.read_exact(&mut tail).map_err(&failed)?;
        let mut reading = Reading(&tail);
        let (begin, count) = reading.number().zip(reading.number()).expect("the tail has both");
        let ends = begin.checked_add(count).and_then(|end| end.checked_add(TAIL_BYTES as u64));
        if begin < HEAD.len() as u64 || ends != Some(length) || count > INDEX_BYTES_MAX {
            return Err(broken("its index is not where it should be"));
        }
        let mut index = vec![0; usize::try_from(count).map_err(|_| broken("its index is too long"))?];
        file.seek(SeekFrom::Start(begin)).map_err(&failed)?;
        file.read_exact(&mut index).map_err(&failed)?;
        if tail[16..] != crc32fast::hash(&index).to_le_bytes() {
            return Err(broken("the checksum of its index is wrong"));
        }
        Shelf::read(path, Objects::File(file), index).ok_or_else(|| broken("its index cannot be read"))
    }

    /// Of facts that begat brings along.
    pub(crate) fn in_memory(label: &Label, bytes: Vec<u8>, entries: &[Entry]) -> Shelf {
        let index = index_of(label, entries);
        Shelf::read(Path::new("built in"), Objects::Memory(bytes), index).expect("what was written is read")
    }

    fn read(path: &Path, objects: Objects, index: Vec<u8>) -> Option<Shelf> {
        let mut reading = Reading(&index);
        let label = read_label(&mut reading)?;
        let rows = read_table(&mut reading)?;
        let named = read_table(&mut reading)?;
        let begin = index.len() - reading.0.len();
        Some(Shelf { path: path.to_owned(), label, objects, begin, index, rows, named })
    }

    /// Of which knowledge base.
    pub fn domain(&self) -> Domain {
        self.label.domain
    }

    /// Its number, where something told it.
    pub fn release(&self) -> Option<Release> {
        self.label.release
    }

    /// What it was put together from.
    pub fn edition(&self) -> Edition {
        self.label.edition
    }

    /// When it was imported, as whoever imported it says.
    pub fn imported_at(&self) -> &str {
        &self.label.imported_at
    }

    /// The files that it was read from.
    pub fn sources(&self) -> &[SourceNote] {
        &self.label.sources
    }

    pub(crate) fn label(&self) -> &Label {
        &self.label
    }

    /// Its own file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// `None` where the index leads nowhere, which its checksum tells before.
    fn row(&self, at: u32) -> Option<Row<'_>> {
        Reading(self.index.get(self.begin + at as usize..)?).row()
    }

    fn stix_id_at(&self, at: u32) -> &str {
        self.row(at).map_or("", |row| row.stix_id)
    }

    /// All rows, in the order of their ids: those of one kind stand together.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().filter_map(|at| self.row(*at))
    }

    /// Those of one type in STIX.
    pub(crate) fn rows_of_type(&self, word: &str) -> impl Iterator<Item = Row<'_>> {
        let prefix = format!("{word}--");
        let begin = self.rows.partition_point(|at| self.stix_id_at(*at) < prefix.as_str());
        let rows = self.rows[begin..].iter().map_while(|at| self.row(*at));
        rows.take_while(move |row| row.stix_id.starts_with(&prefix))
    }

    /// The object with this id in STIX.
    pub fn find(&self, stix_id: &str) -> Option<Row<'_>> {
        let found = self.rows.binary_search_by(|at| self.stix_id_at(*at).cmp(stix_id));
        found.ok().and_then(|at| self.row(self.rows[at]))
    }

    /// The object that is called so, by either id: of several the one that is in use, and not an older mitigation that
    /// bears the id of its technique.
    pub fn named(&self, id: &str) -> Option<Row<'_>> {
        if StixId::parse(id).is_some() {
            return self.find(id);
        }
        AttackId::parse(id)?;
        let id = id.to_ascii_uppercase();
        let own = |at: &u32| self.row(*self.rows.get(*at as usize)?);
        let begin = self
            .named
            .partition_point(|at| own(at).is_some_and(|row| row.attack_id.to_ascii_uppercase() < id));
        let fitting = self.named[begin..].iter().map_while(own);
        let fitting = fitting.take_while(|row| row.attack_id.eq_ignore_ascii_case(&id));
        fitting.min_by(|one, other| {
            let rank = |row: &Row<'_>| (!row.is_current(), row.kind());
            rank(one).cmp(&rank(other)).then(Ordering::Less)
        })
    }

    /// The exact bytes of an object, as its file has them.
    pub fn bytes(&self, row: &Row<'_>) -> Result<Vec<u8>, StoreError> {
        let broken = |what| StoreError::Broken { path: self.path.clone(), what };
        let mut bytes = vec![0; row.length as usize];
        match &self.objects {
            Objects::File(file) => {
                let mut file = file;
                let read = file.seek(SeekFrom::Start(row.at)).and_then(|_| file.read_exact(&mut bytes));
                read.map_err(|error| match error.kind() {
                    io::ErrorKind::UnexpectedEof => broken("the bytes of an object are missing"),
                    _ => StoreError::Io { path: self.path.clone(), source: error },
                })?;
            }
            Objects::Memory(all) => {
                let begin = usize::try_from(row.at).map_err(|_| broken("an object lies nowhere"))?;
                let part = all.get(begin..begin + bytes.len());
                bytes.copy_from_slice(part.ok_or_else(|| broken("an object lies nowhere"))?);
            }
        }
        match crc32fast::hash(&bytes) == row.checksum {
            true => Ok(bytes),
            false => Err(broken("the checksum of an object is wrong")),
        }
    }

    /// An object's facts.
    pub fn object(&self, row: &Row<'_>) -> Result<Object, StoreError> {
        self.with_json(row, |json| Object::read(json).ok())?.ok_or_else(|| self.unreadable())
    }

    /// What an object says, as a tree.
    pub fn with_json<T>(&self, row: &Row<'_>, take: impl FnOnce(&Json<'_>) -> T) -> Result<T, StoreError> {
        let bytes = self.bytes(row)?;
        let json = parse(&bytes).map_err(|_| self.unreadable())?;
        Ok(take(&json))
    }

    fn unreadable(&self) -> StoreError {
        StoreError::Broken { path: self.path.clone(), what: "an object cannot be read any more" }
    }
}

/// Writes a release: `bytes` hands over the bytes of each entry, which are put one after another.
pub(crate) fn write_shelf(
    out: &mut (impl Write + ?Sized),
    label: &Label,
    entries: &mut [Entry],
    bytes: &mut dyn FnMut(&Entry) -> io::Result<Vec<u8>>,
) -> io::Result<()> {
    out.write_all(HEAD)?;
    let mut at = HEAD.len() as u64;
    for entry in &mut *entries {
        let bytes = bytes(entry)?;
        out.write_all(&bytes)?;
        out.write_all(b"\n")?;
        entry.at = at;
        at += bytes.len() as u64 + 1;
    }
    let index = index_of(label, entries);
    let mut tail = Writing::default();
    tail.number(at);
    tail.number(index.len() as u64);
    tail.0.extend_from_slice(&crc32fast::hash(&index).to_le_bytes());
    out.write_all(&index)?;
    out.write_all(&tail.0)
}

fn index_of(label: &Label, entries: &[Entry]) -> Vec<u8> {
    let mut writing = Writing::default();
    writing.text(label.domain.slug());
    writing.text(&label.release.map(|release| release.to_string()).unwrap_or_default());
    writing.number(label.edition as u64);
    writing.text(&label.imported_at);
    writing.number(label.sources.len() as u64);
    for source in &label.sources {
        writing.text(&source.name);
        writing.text(&source.digest.to_string());
    }
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by(|one, other| one.stix_id.cmp(&other.stix_id));
    let mut rows = Writing::default();
    let begins: Vec<u32> = sorted
        .iter()
        .map(|entry| {
            let begin = u32::try_from(rows.0.len()).expect("an import is bounded, and so is its index");
            rows.row(entry);
            begin
        })
        .collect();
    let mut named: Vec<usize> = (0..sorted.len()).filter(|at| !sorted[*at].attack_id.is_empty()).collect();
    named.sort_by_key(|at| sorted[*at].attack_id.to_ascii_uppercase());
    write_table(&mut writing, begins);
    write_table(&mut writing, named.into_iter().map(|at| at as u32));
    writing.0.extend_from_slice(&rows.0);
    writing.0
}

fn write_table(writing: &mut Writing, numbers: impl IntoIterator<Item = u32>) {
    let numbers: Vec<u32> = numbers.into_iter().collect();
    writing.number(numbers.len() as u64);
    numbers.into_iter().for_each(|number| writing.0.extend_from_slice(&number.to_le_bytes()));
}

fn read_table(reading: &mut Reading<'_>) -> Option<Vec<u32>> {
    let bytes = usize::try_from(reading.number()?).ok()?.checked_mul(4)?;
    let (table, rest) = reading.0.split_at_checked(bytes)?;
    reading.0 = rest;
    Some(table.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect())
}

fn read_label(reading: &mut Reading<'_>) -> Option<Label> {
    let domain = Domain::named(reading.text()?)?;
    let release = match reading.text()? {
        "" => None,
        text => Some(Release::parse(text)?),
    };
    let edition = *EDITIONS.get(usize::try_from(reading.number()?).ok()?)?;
    let imported_at = reading.text()?.to_owned();
    let mut sources = Vec::new();
    for _ in 0..reading.number()? {
        let name = reading.text()?.to_owned();
        sources.push(SourceNote { name, digest: Digest::parse(reading.text()?)? });
    }
    Some(Label { domain, release, edition, imported_at, sources })
}

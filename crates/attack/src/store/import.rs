//! From files to the store: what came in, what was refused, and releases that appear whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use super::entry::Entry;
use super::shelf::{Edition, Label, Shelf, SourceNote, write_shelf};
use super::{StoreError, cycles, file_of};
use crate::bundle::{
    Document, KnownRelease, OBJECTS_MAX, Offered, Place, Raw, Refusal, Refused, SOURCE_BYTES_MAX, Walk,
    known_release, read_document,
};
use crate::hash::{Digest, source};
use crate::id::{Domain, Kind, Release, release_name};
use crate::json::parse;
use crate::object::Object;

/// What is to be imported, and how.
#[derive(Debug)]
pub struct Import<'a> {
    /// Files, folders, archives.
    pub paths: &'a [PathBuf],
    /// The release, where it was given.
    pub release: Option<Release>,
    /// Take the place of what is there.
    pub replaces: bool,
    /// When.
    pub now: &'a str,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Imported {
    /// Releases, in order.
    pub taken: Vec<Taken>,
    /// What was refused.
    pub refused: Vec<Refused>,
    /// Files of folders that are no STIX.
    pub skipped: u64,
}

/// A release that came in.
#[derive(Debug)]
pub struct Taken {
    /// Of which knowledge base.
    pub domain: Domain,
    /// Its number.
    pub release: Option<Release>,
    /// What it was put together from.
    pub edition: Edition,
    /// The files.
    pub sources: Vec<SourceNote>,
    /// The published bundle that it is, unaltered.
    pub official: Option<&'static KnownRelease>,
    /// Objects by kind.
    pub objects: Vec<(Kind, usize)>,
    /// Objects that stood there twice with the same content.
    pub repeated: usize,
    /// What became of it.
    pub outcome: ImportOutcome,
}

/// What became of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportOutcome {
    /// It is new.
    New,
    /// It took the place of another.
    Replaced,
    /// Objects were added to those that were there.
    Extended,
    /// It was there already, the same.
    Unchanged,
    /// Another is there under this number, and was left.
    Kept,
}

/// Imports what was named. What is wrong with an input is among what was refused; an error is of the store.
pub fn import(folder: &Path, order: &Import<'_>) -> Result<Imported, StoreError> {
    fs::create_dir_all(folder).map_err(StoreError::io(folder))?;
    let mut intake = Intake::new(folder, order.release)?;
    let mut visit = |name: &str, offered: Offered<'_>| intake.offer(name, offered);
    let mut walk = Walk::new(&mut visit);
    order.paths.iter().for_each(|path| walk.path(path));
    intake.finish(order)
}

/// Where an entry was read.
struct Origin {
    source: usize,
    place: Place,
}

/// An object on its way, with where it was read.
struct Arrival {
    entry: Entry,
    origin: Origin,
}

/// A file that was read to its end.
struct Source {
    note: SourceNote,
    is_bundle: bool,
    domain: Domain,
    release: Option<Release>,
}

/// What is read, before it is known where it goes.
struct Intake<'a> {
    folder: &'a Path,
    given: Option<Release>,
    spool: Spool,
    arrivals: Vec<Arrival>,
    sources: Vec<Source>,
    imported: Imported,
    error: Option<StoreError>,
}

impl<'a> Intake<'a> {
    fn new(folder: &'a Path, given: Option<Release>) -> Result<Intake<'a>, StoreError> {
        let spool = Spool::new(folder).map_err(StoreError::io(folder))?;
        let (arrivals, sources, imported) = (Vec::new(), Vec::new(), Imported::default());
        Ok(Intake { folder, given, spool, arrivals, sources, imported, error: None })
    }

    fn offer(&mut self, name: &str, offered: Offered<'_>) {
        let whole = |place, why| Refused { source: name.to_owned(), place, why, is_whole_file: true };
        match offered {
            _ if self.error.is_some() => {}
            Offered::Skipped => self.imported.skipped += 1,
            Offered::Refused(why) => {
                self.imported.refused.push(whole(Place { object: None, byte: 0 }, why));
            }
            Offered::Json(input) => {
                let (arrived, refused) = (self.arrivals.len(), self.imported.refused.len());
                if let Err((place, why)) = self.read(name, input) {
                    // Half a release would look as if the rest had been deleted.
                    self.arrivals.truncate(arrived);
                    self.imported.refused.truncate(refused);
                    self.imported.refused.push(whole(place, why));
                }
            }
        }
    }

    fn read(&mut self, name: &str, input: &mut dyn Read) -> Result<(), (Place, Refusal)> {
        let mut hints = Hints::default();
        let source = self.sources.len();
        let (spool, arrivals, refused) = (&mut self.spool, &mut self.arrivals, &mut self.imported.refused);
        let error = &mut self.error;
        let mut each = |raw: Raw<'_>| {
            if arrivals.len() == OBJECTS_MAX || refused.len() == OBJECTS_MAX {
                return Err(Refusal::TooMany);
            }
            match arrive(&raw, spool, &mut hints) {
                Ok(entry) => arrivals.push(Arrival { entry, origin: Origin { source, place: raw.place } }),
                Err(Stopped::Refused(place, why)) => {
                    refused.push(Refused { source: name.to_owned(), place, why, is_whole_file: false });
                }
                Err(Stopped::Spool(why)) => {
                    let told = why.to_string();
                    *error = Some(StoreError::Io { path: self.folder.to_owned(), source: why });
                    return Err(Refusal::Read(told));
                }
            }
            Ok(())
        };
        let document = read_document(input, SOURCE_BYTES_MAX, &mut each)?;
        let source = hints
            .source(name, &document, self.given)
            .map_err(|why| (Place { object: None, byte: 0 }, why))?;
        self.sources.push(source);
        Ok(())
    }

    fn finish(mut self, order: &Import<'_>) -> Result<Imported, StoreError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let mut groups: BTreeMap<(Domain, Option<Release>), Vec<Arrival>> = BTreeMap::new();
        for source in &self.sources {
            groups.entry((source.domain, source.release)).or_default();
        }
        for arrival in std::mem::take(&mut self.arrivals) {
            let source = &self.sources[arrival.origin.source];
            groups.entry((source.domain, source.release)).or_default().push(arrival);
        }
        for ((domain, release), arrivals) in groups {
            let group = self.sort_out(arrivals);
            if group.entries.is_empty() {
                self.refuse_whole(domain, release);
                continue;
            }
            let taken = self.put(domain, release, group, order)?;
            self.imported.taken.push(taken);
        }
        Ok(self.imported)
    }

    /// What stands twice is counted where it is the same, and refused where it is not; so are rings.
    fn sort_out(&mut self, arrivals: Vec<Arrival>) -> Group {
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut kept: Vec<Arrival> = Vec::new();
        let mut repeated = 0;
        for arrival in arrivals {
            match places.get(&arrival.entry.stix_id) {
                None => {
                    places.insert(arrival.entry.stix_id.clone(), kept.len());
                    kept.push(arrival);
                }
                Some(first) if kept[*first].entry.source == arrival.entry.source => repeated += 1,
                Some(first) => {
                    let first = &kept[*first].origin;
                    let first = format!("{}: {}", self.sources[first.source].note.name, first.place);
                    self.refuse(&arrival, Refusal::Twice { first });
                }
            }
        }
        let entries: Vec<Entry> = kept.iter().map(|arrival| arrival.entry.clone()).collect();
        let closing = cycles::closing(&entries);
        for at in &closing {
            let label = entries[*at].link(super::Link::Label).unwrap_or_default().to_owned();
            self.refuse(&kept[*at], Refusal::Ring { label });
        }
        let is_kept = |at: &usize| closing.binary_search(at).is_err();
        let entries = entries.into_iter().enumerate().filter(|(at, _)| is_kept(at)).map(|(_, entry)| entry);
        Group { entries: entries.collect(), repeated }
    }

    fn refuse_whole(&mut self, domain: Domain, release: Option<Release>) {
        let of_group = self.sources.iter().filter(|it| (it.domain, it.release) == (domain, release));
        let refused = of_group.map(|it| Refused {
            source: it.note.name.clone(),
            place: Place { object: None, byte: 0 },
            why: Refusal::Empty,
            is_whole_file: true,
        });
        self.imported.refused.extend(refused);
    }

    fn refuse(&mut self, arrival: &Arrival, why: Refusal) {
        let source = self.sources[arrival.origin.source].note.name.clone();
        self.imported.refused.push(Refused {
            source,
            place: arrival.origin.place,
            why,
            is_whole_file: false,
        });
    }

    fn put(
        &mut self,
        domain: Domain,
        release: Option<Release>,
        mut group: Group,
        order: &Import<'_>,
    ) -> Result<Taken, StoreError> {
        let of_group = |source: &&Source| source.domain == domain && source.release == release;
        let sources: Vec<&Source> = self.sources.iter().filter(of_group).collect();
        let edition =
            if sources.iter().any(|source| source.is_bundle) { Edition::Bundle } else { Edition::Objects };
        let sources: Vec<SourceNote> = sources.iter().map(|source| source.note.clone()).collect();
        let official = match &sources[..] {
            [only] => known_release(&only.digest),
            _ => None,
        };
        let path = file_of(self.folder, domain, release);
        let there = if path.exists() { Some(Shelf::open(&path)) } else { None };
        let outcome = match there {
            None => ImportOutcome::New,
            // A damaged one is what is replaced with the least regret.
            Some(Err(_)) if order.replaces => ImportOutcome::Replaced,
            Some(Err(error)) => return Err(error),
            Some(Ok(there)) => group.meet(&there, edition, order.replaces),
        };
        let mut label =
            Label { domain, release, edition, imported_at: order.now.to_owned(), sources: sources.clone() };
        if outcome == ImportOutcome::Extended {
            let there = Shelf::open(&path)?;
            label.sources.splice(0..0, there.label().sources.iter().cloned());
            label.sources.dedup();
            self.write(&path, &label, &mut group.entries, Some(&there))?;
        } else if matches!(outcome, ImportOutcome::New | ImportOutcome::Replaced) {
            self.write(&path, &label, &mut group.entries, None)?;
        }
        let objects = counts(&group.entries);
        Ok(Taken { domain, release, edition, sources, official, objects, repeated: group.repeated, outcome })
    }

    fn write(
        &mut self,
        path: &Path,
        label: &Label,
        entries: &mut Vec<Entry>,
        with: Option<&Shelf>,
    ) -> Result<(), StoreError> {
        let failed = StoreError::io(path);
        if let Some(there) = with {
            for row in there.rows() {
                let object = there.object(&row)?;
                let bytes = there.bytes(&row)?;
                let at = self.spool.put(&bytes).map_err(&failed)?;
                entries.extend(Entry::new(&object, row.source, at, &bytes));
            }
        }
        let spool = &mut self.spool;
        spool.flush().map_err(&failed)?;
        let mut part =
            tempfile::Builder::new().prefix(".begat-").tempfile_in(self.folder).map_err(&failed)?;
        let mut out = BufWriter::with_capacity(1 << 18, part.as_file_mut());
        let written = write_shelf(&mut out, label, entries, &mut |entry| spool.get(entry.at, entry.length));
        written.and_then(|()| out.flush()).map_err(&failed)?;
        drop(out);
        part.as_file().sync_all().map_err(&failed)?;
        part.persist(path).map(drop).map_err(|error| failed(error.error))
    }
}

/// The objects of one release.
struct Group {
    entries: Vec<Entry>,
    repeated: usize,
}

impl Group {
    /// What to do where a release of that number is there already.
    fn meet(&mut self, there: &Shelf, edition: Edition, replaces: bool) -> ImportOutcome {
        let is_there = |entry: &Entry| there.find(&entry.stix_id).is_some();
        let is_same =
            |entry: &Entry| there.find(&entry.stix_id).is_some_and(|row| row.source == entry.source);
        let is_whole = there.edition() == edition && there.rows().count() == self.entries.len();
        let is_unchanged = self.entries.iter().all(is_same) && (is_whole || edition == Edition::Objects);
        // What comes again with other content would silently change what is there.
        let is_at_odds = self.entries.iter().any(|entry| is_there(entry) && !is_same(entry));
        match (there.edition(), edition) {
            _ if is_unchanged => ImportOutcome::Unchanged,
            (Edition::Objects, Edition::Bundle) => ImportOutcome::Replaced,
            _ if replaces => ImportOutcome::Replaced,
            (Edition::Objects, Edition::Objects) if !is_at_odds => {
                self.entries.retain(|entry| !is_there(entry));
                ImportOutcome::Extended
            }
            _ => ImportOutcome::Kept,
        }
    }
}

fn counts(entries: &[Entry]) -> Vec<(Kind, usize)> {
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    for entry in entries {
        let word = entry.stix_id.split_once("--").map_or("", |(word, _)| word);
        *counts.entry(Kind::of_type(word)).or_default() += 1;
    }
    counts.into_iter().collect()
}

enum Stopped {
    Refused(Place, Refusal),
    Spool(io::Error),
}

/// One object: read, checked, its bytes put aside.
fn arrive(raw: &Raw<'_>, spool: &mut Spool, hints: &mut Hints) -> Result<Entry, Stopped> {
    let refused = |offset: usize, why| {
        let place = Place { object: raw.place.object, byte: raw.place.byte + offset as u64 };
        Stopped::Refused(place, why)
    };
    let json = parse(raw.bytes).map_err(|at| refused(at.at, Refusal::Fault(at.fault)))?;
    let object = Object::read(&json).map_err(|why| refused(0, Refusal::Misfit(why)))?;
    hints.add(&object);
    let at = spool.put(raw.bytes).map_err(Stopped::Spool)?;
    Entry::new(&object, source(&json), at, raw.bytes).map_err(|why| refused(0, Refusal::Misfit(why)))
}

/// What the objects of a file tell of where it belongs.
#[derive(Default)]
struct Hints {
    /// By the collection that a published bundle begins with.
    collection: Option<(Domain, Option<Release>)>,
    /// How many objects name a domain.
    domains: BTreeMap<Domain, usize>,
}

impl Hints {
    fn add(&mut self, object: &Object) {
        if object.kind == Kind::Collection {
            let name = object.name.as_deref();
            let domain = Domain::ALL.iter().copied().find(|domain| Some(domain.title()) == name);
            let release = object.version.as_deref().and_then(Release::parse);
            self.collection = domain.map(|domain| (domain, release)).or(self.collection);
        }
        for domain in object.domains.iter().filter_map(|slug| Domain::named(slug)) {
            *self.domains.entry(domain).or_default() += 1;
        }
    }

    fn source(&self, name: &str, document: &Document, given: Option<Release>) -> Result<Source, Refusal> {
        let Document { is_bundle, digest } = *document;
        let known = known_release(&digest);
        let said = known.map(|known| (known.domain, Some(known.release))).or(self.collection);
        let said_release = said.and_then(|(_, release)| release);
        if let Some((said, given)) = said_release.zip(given)
            && said != given
        {
            return Err(Refusal::OtherRelease { said: said.to_string(), given: given.to_string() });
        }
        let domain = said.map(|(domain, _)| domain).or_else(|| self.domain(name)).ok_or(Refusal::NoDomain)?;
        let file_name = name.rsplit(['/', '\\', ' ']).next().unwrap_or(name);
        let release = said_release.or(given).or_else(|| Release::of_file_name(file_name));
        let note = SourceNote { name: bounded(name), digest };
        Ok(Source { note, is_bundle, domain, release })
    }

    /// What its path names, unless its objects say otherwise; else what most of them say.
    fn domain(&self, name: &str) -> Option<Domain> {
        let in_path =
            Domain::ALL.iter().filter_map(|domain| name.rfind(domain.slug()).map(|at| (at, *domain)));
        let in_path = in_path.max().map(|(_, domain)| domain);
        let fits = |domain: &Domain| self.domains.is_empty() || self.domains.contains_key(domain);
        let most = self.domains.iter().max_by_key(|(domain, count)| (**count, std::cmp::Reverse(**domain)));
        in_path.filter(fits).or(most.map(|(domain, _)| *domain))
    }
}

/// A name that fits into the index; the end of a path says more than its beginning.
fn bounded(name: &str) -> String {
    const BYTES_MAX: usize = 4096;
    let mut begin = name.len().saturating_sub(BYTES_MAX);
    while !name.is_char_boundary(begin) {
        begin += 1;
    }
    name[begin..].to_owned()
}

/// Bytes of objects, until it is known to which release they go.
struct Spool {
    file: BufWriter<fs::File>,
    _path: TempPath,
    end: u64,
}

impl Spool {
    fn new(folder: &Path) -> io::Result<Spool> {
        let file: NamedTempFile = tempfile::Builder::new().prefix(".begat-").tempfile_in(folder)?;
        let (file, path) = file.into_parts();
        Ok(Spool { file: BufWriter::with_capacity(1 << 18, file), _path: path, end: 0 })
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<u64> {
        let at = self.end;
        self.file.write_all(bytes)?;
        self.end += bytes.len() as u64;
        Ok(at)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }

    fn get(&mut self, at: u64, length: u32) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length as usize];
        let file = self.file.get_mut();
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut bytes)?;
        file.seek(SeekFrom::End(0))?;
        Ok(bytes)
    }
}

/// What a release that was left is called, for who asks.
impl Taken {
    /// `enterprise-attack 18.1`
    pub fn name(&self) -> String {
        format!("{} {}", self.domain.slug(), release_name(self.release))
    }

    /// The SHA-256 of its only file.
    pub fn digest(&self) -> Option<&Digest> {
        match &self.sources[..] {
            [only] => Some(&only.digest),
            _ => None,
        }
    }
}

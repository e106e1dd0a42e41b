//! Fills a folder: cases, ledgers, readiness, what the site says, and the records that cases rest on, the manifest last,
//! so that half a folder has none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use begat_model::RecordRef;
use begat_model::ledger::HostLedger;
use begat_report::{
    Format, Found, Page, READINESS_FORMATS, Readiness, SightFormat, Site as SightSite, write_object,
};
use serde_json::json;

use super::manifest::{Listed, Manifest, NAME, SCHEMA, hash_file};
use crate::error::EvidenceError;
use crate::options::Input;
use crate::originals;
use crate::pipeline::Outcome;

/// What is kept.
pub struct Evidence<'a> {
    /// What was read, and what the site says.
    pub input: &'a Input,
    /// What came out.
    pub outcome: &'a Outcome,
    /// What hosts showed.
    pub hosts: &'a [HostLedger],
    /// What that comes to.
    pub readiness: &'a Readiness,
    /// Secrets stay in the records.
    pub with_secrets: bool,
    /// What reads the same.
    pub typed: &'a str,
}

/// Sees to it that the folder is there and empty.
pub fn prepare(folder: &Path) -> Result<PathBuf, EvidenceError> {
    let failed = |source| EvidenceError::Write { path: folder.to_owned(), source };
    if folder.symlink_metadata().is_err() {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(failed)?;
    }
    match fs::read_dir(folder).map_err(failed)?.next() {
        None => Ok(folder.to_owned()),
        Some(_) => Err(EvidenceError::FolderUsed { path: folder.to_owned() }),
    }
}

impl Evidence<'_> {
    /// Writes all of it; the SHA-256 of the manifest.
    pub fn write(&self, folder: &Path) -> Result<String, EvidenceError> {
        let mut shelf = Shelf { folder, files: Vec::new() };
        let page = Page::default();
        let found = Found::new(&self.outcome.cases, &self.outcome.findings);
        let cases = Format::named("jsonl").expect("it is in the table of formats");
        shelf.add("cases.jsonl", |out| (cases.write)(&found, &page, out))?;
        let known =
            (!self.input.site.inventory.is_empty()).then(|| self.input.site.inventory.hosts().count());
        let site = SightSite { hosts: self.hosts, inventory: known, since: None, sysmon: None };
        let ledgers = SightFormat::named("jsonl").expect("it is in the table of formats");
        shelf.add("coverage.jsonl", |out| (ledgers.write)(&site, &page, out))?;
        for format in READINESS_FORMATS.iter().filter(|format| format.name != "text") {
            let ending = if format.name == "markdown" { "md" } else { format.name };
            shelf.add(&format!("readiness.{ending}"), |out| (format.write)(self.readiness, &page, out))?;
        }
        shelf.add("records.jsonl", |out| self.records(out))?;
        for (number, path) in self.input.site.files.iter().enumerate() {
            let bytes =
                fs::read(path).map_err(|source| EvidenceError::Read { path: path.clone(), source })?;
            shelf.add(&site_name(number, path), |out| out.write_all(&bytes))?;
        }
        let manifest = Manifest {
            schema: SCHEMA.to_owned(),
            tool: concat!("begat ", env!("CARGO_PKG_VERSION")).to_owned(),
            secrets: if self.with_secrets { "shown" } else { "redacted" }.to_owned(),
            command: format!("begat readiness {}", self.typed),
            inputs: self.inputs()?,
            files: shelf.files.clone(),
        };
        shelf.add(NAME, |out| {
            serde_json::to_writer_pretty(&mut *out, &manifest)?;
            out.write_all(b"\n")
        })?;
        let manifest = shelf.files.pop().and_then(|listed| listed.sha256);
        Ok(manifest.expect("a file that was written was hashed"))
    }

    /// One line a record: where it stands, of which cases it is, and its text.
    fn records(&self, out: &mut dyn Write) -> io::Result<()> {
        let Outcome { cases, findings, sources, .. } = self.outcome;
        let texts = originals::texts(sources, cases, findings, self.with_secrets, self.input);
        let mut by_record: BTreeMap<&RecordRef, Vec<&str>> = BTreeMap::new();
        for case in cases {
            let records: BTreeSet<&RecordRef> = case.events.iter().map(|event| &event.record).collect();
            records.into_iter().for_each(|it| by_record.entry(it).or_default().push(&case.case_id));
        }
        for (record, text) in texts {
            let spec = record.kind.spec();
            let line = json!({
                "source": &*record.source, "channel": spec.channel, "event_id": spec.event_id,
                "record_id": record.record_id, "at": record.at.to_string(),
                "cases": by_record.get(record).cloned().unwrap_or_default(), "record": text,
            });
            write_object(&line, out)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Every file that was read: of what came through a pipe there is nothing left to be hashed.
    fn inputs(&self) -> Result<Vec<Listed>, EvidenceError> {
        let mut inputs = Vec::new();
        for path in self.outcome.totals.sources.iter().chain(&self.input.site.files) {
            let (bytes, sha256) = match path.is_file() {
                true => {
                    let hashed = hash_file(path);
                    let (bytes, hash) =
                        hashed.map_err(|source| EvidenceError::Read { path: path.clone(), source })?;
                    (Some(bytes), Some(hash))
                }
                // An entry of an archive: the archive stands in the list too.
                false if path.to_string_lossy().contains('!') => continue,
                false => (None, None),
            };
            inputs.push(Listed { path: path.to_string_lossy().into_owned(), bytes, sha256 });
        }
        inputs.dedup();
        Ok(inputs)
    }
}

/// A file of the site below a name of its own: two may be called the same.
fn site_name(number: usize, path: &Path) -> String {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.');
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name: String = name.chars().map(|sign| if plain(sign) { sign } else { '_' }).collect();
    format!("site/{}-{name}", number + 1)
}

/// The folder as it fills.
struct Shelf<'a> {
    folder: &'a Path,
    files: Vec<Listed>,
}

impl Shelf<'_> {
    fn add(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), EvidenceError> {
        let path = self.folder.join(name);
        let failed = |source| EvidenceError::Write { path: path.clone(), source };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut out = BufWriter::with_capacity(1 << 16, create(&path).map_err(failed)?);
        write(&mut out).and_then(|()| out.flush()).map_err(failed)?;
        drop(out);
        // Hashed as it lies there: what did not reach the disk is not vouched for.
        let (bytes, hash) = hash_file(&path).map_err(failed)?;
        self.files.push(Listed { path: name.to_owned(), bytes: Some(bytes), sha256: Some(hash) });
        Ok(())
    }
}

/// A file that was not there, for its owner alone.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

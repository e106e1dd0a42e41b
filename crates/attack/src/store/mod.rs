//! Releases side by side: a folder with a file for each release of a domain, which holds the original bytes of every
//! object and, behind them, an index.
//!
//! A file appears whole or not at all, and is never changed afterwards: an index beside bytes that nobody changes needs
//! no database.

mod cycles;
mod entry;
mod error;
mod import;
mod index;
mod shelf;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use entry::{Entry, Link};
pub use error::StoreError;
pub use import::{Import, ImportOutcome, Imported, Taken, import};
pub use index::Row;
pub(crate) use shelf::Label;
pub use shelf::{Edition, Shelf, SourceNote};

use crate::id::{Domain, Release, release_name};

/// How the file of a release ends.
const ENDING: &str = "attack";

/// All that was imported; none where there is no such folder yet.
pub fn open(folder: &Path) -> Result<Vec<Shelf>, StoreError> {
    let failed = StoreError::io(folder);
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(&failed)?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(&failed)?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) {
            paths.push(path);
        }
    }
    paths.sort();
    let mut shelves = paths.into_iter().map(|path| Shelf::open(&path)).collect::<Result<Vec<_>, _>>()?;
    shelves.sort_by_key(|shelf| (shelf.domain(), shelf.release()));
    Ok(shelves)
}

/// The file of a release.
fn file_of(folder: &Path, domain: Domain, release: Option<Release>) -> PathBuf {
    folder.join(format!("{}-{}.{ENDING}", domain.slug(), release_name(release)))
}

//! A folder held against its manifest. Nothing outside of the folder is opened, whatever the manifest or links in the
//! folder say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use walkdir::WalkDir;

use super::manifest::{Manifest, NAME, hash_file};
use crate::error::EvidenceError;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The manifest names it, and it is not there.
    Missing,
    /// It is not what it was.
    Changed,
    /// It is there, and the manifest does not name it.
    Added,
}

/// What came out.
#[derive(Debug)]
pub struct Checked {
    /// SHA-256 of the manifest itself.
    pub manifest: String,
    /// Files that it names.
    pub files: usize,
    /// What changed, by path.
    pub changes: BTreeMap<String, Change>,
}

/// Looks at every file of the folder.
pub fn verify(folder: &Path) -> Result<Checked, EvidenceError> {
    let unusable = |why: String| EvidenceError::NoEvidence { path: folder.to_owned(), why };
    if !folder.is_dir() {
        return Err(unusable("there is no such folder".to_owned()));
    }
    let (manifest, own) = Manifest::read(folder).map_err(unusable)?;
    let mut changes = BTreeMap::new();
    let mut found = BTreeSet::new();
    for entry in WalkDir::new(folder).follow_links(false).min_depth(1).sort_by_file_name() {
        let entry = entry.map_err(|error| unusable(error.to_string()))?;
        if entry.file_type().is_dir() {
            continue;
        }
        let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let path =
            path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        if path == NAME {
            continue;
        }
        let Some(listed) = manifest.files.iter().find(|listed| listed.path == path) else {
            changes.insert(path, Change::Added);
            continue;
        };
        // A link, a pipe or a device has taken a file's place.
        let is_same = entry.file_type().is_file() && {
            let (bytes, hash) = hash_file(entry.path())
                .map_err(|source| EvidenceError::Read { path: entry.path().to_owned(), source })?;
            listed.bytes == Some(bytes)
                && listed.sha256.as_ref().is_some_and(|listed| listed.eq_ignore_ascii_case(&hash))
        };
        if !is_same {
            changes.insert(path.clone(), Change::Changed);
        }
        found.insert(path);
    }
    for listed in manifest.files.iter().filter(|listed| !found.contains(&listed.path)) {
        changes.insert(listed.path.clone(), Change::Missing);
    }
    Ok(Checked { manifest: own, files: manifest.files.len(), changes })
}

//! Bundles of a few objects, made for the tests, and a store that holds them.

use std::fs;
use std::path::{Path, PathBuf};

use begat_attack::query::Library;
use begat_attack::store::{Import, Imported, import};
use tempfile::TempDir;

/// Ids by a number: their UUIDs differ in it alone.
pub fn id(word: &str, number: u32) -> String {
    format!("{word}--00000000-0000-4000-8000-{number:012x}")
}

/// An object with these further members, as JSON.
pub fn object(word: &str, number: u32, members: &str) -> String {
    format!(
        "{{\"type\":\"{word}\",\"id\":\"{}\"{}{members}}}",
        id(word, number),
        if members.is_empty() { "" } else { "," }
    )
}

/// A relationship between two ids.
pub fn relationship(number: u32, from: &str, label: &str, to: &str) -> String {
    let members =
        format!("\"relationship_type\":\"{label}\",\"source_ref\":\"{from}\",\"target_ref\":\"{to}\"");
    object("relationship", number, &members)
}

/// A member that gives an id of ATT&CK.
pub fn attack_id(id: &str) -> String {
    format!("\"external_references\":[{{\"source_name\":\"mitre-attack\",\"external_id\":\"{id}\"}}]")
}

/// A bundle of these objects.
pub fn bundle(objects: &[String]) -> String {
    format!("{{\"type\":\"bundle\",\"id\":\"{}\",\"objects\":[{}]}}", id("bundle", 1), objects.join(","))
}

/// A folder with files and a store.
pub struct Place {
    pub folder: TempDir,
}

impl Place {
    pub fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub fn import(&self, paths: &[&Path]) -> Imported {
        self.import_as(paths, false)
    }

    pub fn import_as(&self, paths: &[&Path], replaces: bool) -> Imported {
        let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
        let order = Import { paths: &paths, release: None, replaces, now: "2026-01-01T00:00:00Z" };
        import(&self.store(), &order).unwrap()
    }

    pub fn library(&self) -> Library {
        Library::open(Some(&self.store())).unwrap()
    }

    /// Imports one file and tells what was refused, without the folder's name.
    pub fn refused(&self, name: &str, bytes: impl AsRef<[u8]>) -> Vec<String> {
        let path = self.file(name, bytes);
        let folder = format!("{}/", self.folder.path().display());
        self.import(&[&path]).refused.iter().map(|refused| refused.to_string().replace(&folder, "")).collect()
    }
}

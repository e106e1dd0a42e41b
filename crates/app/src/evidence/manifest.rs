//! The manifest: which files there are, by size and SHA-256, what was read, and by which begat.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What it is called.
pub const NAME: &str = "manifest.json";
/// Name and version of its shape.
pub const SCHEMA: &str = "begat.evidence/1";
/// A larger one is none: it has a line a file.
const BYTES_MAX: u64 = 64 << 20;

/// The list.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Its shape.
    pub schema: String,
    /// Which begat wrote it.
    pub tool: String,
    /// `redacted` or `shown`.
    pub secrets: String,
    /// What does the same again, apart from the folder.
    pub command: String,
    /// What was read.
    pub inputs: Vec<Listed>,
    /// What lies beside it.
    pub files: Vec<Listed>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// As it was typed, or below the folder, parted by `/`.
    pub path: String,
    /// Its length; `null` for a stream, of which nothing is left to be hashed.
    pub bytes: Option<u64>,
    /// SHA-256, lower case.
    pub sha256: Option<String>,
}

/// A file's length and SHA-256, whatever its size.
pub fn hash_file(path: &Path) -> io::Result<(u64, String)> {
    let (mut file, mut hasher, mut bytes) = (File::open(path)?, Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((bytes, hex(&hasher.finalize())));
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// SHA-256 of bytes.
pub fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Manifest {
    /// Reads one back, with its own hash; what begat would not have written is refused with why.
    pub fn read(folder: &Path) -> Result<(Manifest, String), String> {
        let path = folder.join(NAME);
        let is_file = path.symlink_metadata().is_ok_and(|it| it.is_file());
        if !is_file {
            return Err(format!("it has no file `{NAME}`"));
        }
        let mut bytes = Vec::new();
        let file = File::open(&path).map_err(|error| error.to_string())?;
        file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        if bytes.len() as u64 > BYTES_MAX {
            return Err(format!("`{NAME}` is larger than {BYTES_MAX} bytes"));
        }
        let manifest: Manifest =
            serde_json::from_slice(&bytes).map_err(|error| format!("`{NAME}` cannot be read: {error}"))?;
        if manifest.schema != SCHEMA {
            return Err(format!("`{NAME}` is no {SCHEMA}"));
        }
        let mut seen = std::collections::BTreeSet::new();
        for file in &manifest.files {
            if !is_below(&file.path) {
                return Err(format!("`{NAME}` names `{}`, which does not lie in the folder", file.path));
            }
            if !seen.insert(&file.path) {
                return Err(format!("`{NAME}` names `{}` twice", file.path));
            }
            if file.sha256.as_ref().is_none_or(|hash| hash.len() != 64) || file.bytes.is_none() {
                return Err(format!("`{NAME}` has no hash of `{}`", file.path));
            }
        }
        let own = hash(&bytes);
        Ok((manifest, own))
    }
}

/// Names a file of the folder, on any system, and not the manifest.
fn is_below(path: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    let is_normal = |part: Component<'_>| matches!(part, Component::Normal(_));
    !path.contains(['\\', ':', '\0'])
        && path.split('/').all(plain)
        && Path::new(path).components().all(is_normal)
        && !path.eq_ignore_ascii_case(NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_folder() {
        for path in ["cases.jsonl", "site/policy.toml", "a b/…"] {
            assert!(is_below(path), "{path}");
        }
        for path in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a//b",
            "a/",
            "./a",
            "C:\\x",
            "C:x",
            "\\\\server\\x",
            "a\\..\\b",
            "manifest.json",
            "Manifest.JSON",
            "x\0",
        ] {
            assert!(!is_below(path), "{path}");
        }
    }
}

//! The fuzz targets, each for a moment.

use std::fs;
use std::path::Path;

use toml::Table;

use crate::command::{Line, cargo, is_installed};

const SECONDS: u32 = 10;

/// Installs cargo-fuzz where it is missing, and runs every target.
pub fn check(root: &Path) -> Result<(), String> {
    let cargo = cargo();
    if !is_installed("cargo-fuzz") {
        Line::new(&[&cargo, "install", "--locked", "cargo-fuzz"], root).quietly()?;
    }
    let manifest = root.join("fuzz/Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(|error| format!("{}: {error}", manifest.display()))?;
    for target in targets(&text) {
        let limits = [format!("-max_total_time={SECONDS}"), "-max_len=16384".to_owned()];
        let words = [&cargo, "fuzz", "run", "--sanitizer", "none", &target, "--", &limits[0], &limits[1]];
        // The stable toolchain takes the flags of coverage where it is told to.
        Line::new(&words, root).with("RUSTC_BOOTSTRAP", "1").show()?;
    }
    Ok(())
}

/// The names of the targets that a manifest lists.
fn targets(manifest: &str) -> Vec<String> {
    let table: Table = manifest.parse().unwrap_or_default();
    let bins = table.get("bin").and_then(|bins| bins.as_array()).cloned().unwrap_or_default();
    bins.iter().filter_map(|bin| bin.get("name")?.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_of_the_workspace_is_found() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let files = fs::read_dir(folder.join("fuzz_targets")).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<String> =
            files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
        let mut listed = targets(&manifest);
        files.sort();
        listed.sort();
        assert_eq!(listed, files);
    }
}

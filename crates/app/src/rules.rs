//! Sigma rules from files and folders: read, bounded, and handed to `begat-rules`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use begat_rules::{Complaint, LoadReport, Reason, RuleFile, RuleSet};
use walkdir::WalkDir;

use crate::error::Error;

/// Files looked at in all folders together.
const FILES_MAX: usize = 50_000;

/// Rules that a hunt asks, and what became of the others.
#[derive(Debug)]
pub struct Rules {
    /// Those that are asked.
    pub set: RuleSet,
    /// What was loaded, and what left out.
    pub report: LoadReport,
}

/// Loads rules. A file is read whatever it is called; of a folder, with all in it, the `.yml` and `.yaml` files.
///
/// A path that cannot be read, and paths without one rule that can be used, are errors: a hunt whose rules were
/// silently none would seem to say that nothing hit.
pub fn load(paths: &[PathBuf]) -> Result<Rules, Error> {
    let mut files = Vec::new();
    for path in paths {
        list(path, &mut files)?;
    }
    files.sort_unstable();
    files.dedup();
    let (mut texts, mut complaints, mut bytes_left) = (Vec::new(), Vec::new(), RuleFile::ALL_BYTES_MAX);
    for path in &files {
        let name = path.display().to_string();
        match read(path, &mut bytes_left) {
            Ok(Ok(text)) => texts.push(RuleFile { name, text }),
            Ok(Err(reason)) => complaints.push(Complaint { file: name, title: None, reason }),
            Err(source) => return Err(Error::Rules { path: path.clone(), source }),
        }
    }
    let (set, mut report) = RuleSet::parse(texts);
    report.files = files.len();
    report.complaints.extend(complaints);
    report.complaints.sort_by(|one, other| one.file.cmp(&other.file));
    if set.is_empty() {
        let complaints = report.complaints.iter().map(ToString::to_string).collect();
        return Err(Error::NoRules { files: report.files, complaints });
    }
    Ok(Rules { set, report })
}

fn list(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |source| Error::Rules { path: path.to_owned(), source };
    if !path.metadata().map_err(failed)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in WalkDir::new(path).sort_by_file_name() {
        let entry = entry.map_err(|error| failed(error.into()))?;
        let is_yaml = entry.path().extension().is_some_and(|extension| {
            extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml")
        });
        if is_yaml && entry.path().is_file() {
            if files.len() >= FILES_MAX {
                return Err(failed(io::Error::other(format!("more than {FILES_MAX} files of rules"))));
            }
            files.push(entry.into_path());
        }
    }
    Ok(())
}

/// The text of a file, or why it is none that can be taken.
fn read(path: &Path, bytes_left: &mut u64) -> io::Result<Result<String, Reason>> {
    let bytes_max = RuleFile::BYTES_MAX.min(*bytes_left);
    let mut bytes = Vec::new();
    File::open(path)?.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        let what = if bytes_max < RuleFile::BYTES_MAX { "in all files together" } else { "in one file" };
        return Ok(Err(Reason::TooLarge(format!("more than {bytes_max} bytes left {what}"))));
    }
    *bytes_left -= bytes.len() as u64;
    Ok(String::from_utf8(bytes).map_err(|error| Reason::Unreadable(error.utf8_error().to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn rule(title: &str) -> String {
        format!(
            "title: {title}\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n  \
             selection:\n    Image|endswith: '\\net1.exe'\n  condition: selection\n"
        )
    }

    #[test]
    fn folders_are_walked_for_yaml_and_files_are_read_whatever_they_are_called() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("deep")).unwrap();
        for (name, text) in [
            ("deep/one.yml", rule("One")),
            ("two.YAML", rule("Two")),
            ("three.txt", rule("Three")),
            ("broken.yml", "title: [".to_owned()),
        ] {
            fs::write(at(name), text).unwrap();
        }
        fs::write(at("latin.yml"), b"title: \xe9").unwrap();
        let report = load(&[folder.path().to_owned()]).unwrap().report;
        assert_eq!((report.files, report.loaded, report.complaints.len()), (4, 2, 2), "{report:?}");
        let twice = load(&[folder.path().to_owned(), at("three.txt"), at("two.YAML")]).unwrap().report;
        assert_eq!((twice.files, twice.loaded), (5, 3), "a file that is named twice is read once");
    }

    #[test]
    fn rules_that_cannot_be_read_stop_the_hunt() {
        let folder = tempfile::tempdir().unwrap();
        let none = load(&[folder.path().to_owned()]);
        assert!(matches!(none, Err(Error::NoRules { files: 0, .. })), "{none:?}");
        let absent = load(&[folder.path().join("absent.yml")]);
        assert!(matches!(absent, Err(Error::Rules { .. })), "{absent:?}");
        let large = folder.path().join("large.yml");
        fs::write(&large, "#".repeat(RuleFile::BYTES_MAX as usize + 1)).unwrap();
        let Err(Error::NoRules { complaints, .. }) = load(&[large]) else {
            panic!("a file too large was read")
        };
        assert!(complaints[0].contains("too large"), "{complaints:?}");
    }
}

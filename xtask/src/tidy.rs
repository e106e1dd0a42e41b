//! The walls of the house, kept by a test: who may depend on whom, and what no file may hold.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use toml::Table;
use walkdir::WalkDir;

/// Crates of the workspace by floor; dependencies point to a lower floor only.
const FLOORS: &[(&str, u8)] = &[
    ("begat-evtx", 0),
    ("begat-model", 1),
    ("begat-ingest", 2),
    ("begat-rules", 2),
    ("begat-engine", 2),
    ("begat-policy", 2),
    ("begat-report", 2),
    ("begat", 3),
    ("begat-sim", 3),
    ("xtask", 3),
];

/// What only some crates may depend on, in what they ship: reader of a format, clock, terminal, network.
const RESERVED: &[(&str, &[&str])] = &[
    ("begat-evtx", &["begat-ingest", "begat"]),
    ("quick-xml", &["begat-ingest"]),
    ("serde_json", &["begat-ingest", "begat-policy", "begat-report", "begat-rules", "begat-sim", "begat"]),
    ("rsigma-parser", &["begat-rules"]),
    ("rsigma-eval", &["begat-rules"]),
    ("yaml_serde", &["begat-rules"]),
    ("sonic-rs", &["begat-ingest"]),
    ("simd-json", &["begat-ingest"]),
    ("clap", &["begat", "begat-sim"]),
    ("indicatif", &["begat"]),
    ("tokio", &["begat"]),
    ("axum", &["begat"]),
    ("pyo3", &["begat-python"]),
    ("arrow", &["begat-python"]),
];

/// What the pure crates (model, engine) must not name in their sources.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::thread",
    "std::process",
    "std::io",
    "SystemTime",
    "Instant",
    "rand::",
    "async fn",
    "HashMap",
    "HashSet",
];

/// Names that say nothing of what is inside.
const BANNED_MODULES: &[&str] = &["utils", "util", "common", "helpers", "helper", "misc"];

/// Words that mark unfinished work.
const UNFINISHED: &[&str] = &["todo!(", "unimplemented!(", "#[ignore"];

/// Everything that is wrong, one line each.
pub fn check(root: &Path) -> Vec<String> {
    let mut complaints = check_manifests(&manifests(root));
    for (path, source) in sources(root) {
        complaints.extend(check_source(&path, &source));
    }
    complaints
}

fn manifests(root: &Path) -> BTreeMap<String, Table> {
    let mut found = BTreeMap::new();
    for entry in
        WalkDir::new(root).max_depth(3).into_iter().filter_entry(|entry| entry.file_name() != "target")
    {
        let Some(path) =
            entry.ok().map(walkdir::DirEntry::into_path).filter(|path| path.ends_with("Cargo.toml"))
        else {
            continue;
        };
        let manifest = fs::read_to_string(&path).ok().and_then(|text| text.parse::<Table>().ok());
        let Some(manifest) = manifest else { continue };
        let name =
            manifest.get("package").and_then(|package| package.get("name")).and_then(|name| name.as_str());
        if let Some(name) = name.map(str::to_owned) {
            found.insert(name, manifest);
        }
    }
    found
}

/// Names of the crates that a manifest depends on in what it ships.
fn dependencies(manifest: &Table) -> Vec<String> {
    manifest
        .get("dependencies")
        .and_then(|table| table.as_table())
        .map(|table| table.keys().cloned().collect())
        .unwrap_or_default()
}

fn check_manifests(manifests: &BTreeMap<String, Table>) -> Vec<String> {
    let floor = |name: &str| FLOORS.iter().find(|(row, _)| *row == name).map(|(_, floor)| *floor);
    let mut complaints = Vec::new();
    for (name, manifest) in manifests {
        let Some(own) = floor(name) else {
            if name != "begat-fuzz" {
                complaints.push(format!("{name}: not in the table of floors (xtask/src/tidy.rs)"));
            }
            continue;
        };
        for dependency in dependencies(manifest) {
            // xtask and sim build and judge the others; nothing shipped depends on them.
            let is_dev = matches!(name.as_str(), "xtask" | "begat-sim");
            if floor(&dependency).is_some_and(|other| other >= own) && !is_dev {
                complaints
                    .push(format!("{name} must not depend on {dependency}: dependencies point downward"));
            }
            let reserved = RESERVED.iter().find(|(row, _)| *row == dependency);
            if reserved.is_some_and(|(_, allowed)| !allowed.contains(&name.as_str())) {
                complaints.push(format!("{name} must not depend on {dependency}: it is reserved"));
            }
        }
    }
    complaints
}

fn sources(root: &Path) -> Vec<(String, String)> {
    let roots = ["crates", "xtask", "fuzz"];
    let walks = roots.iter().flat_map(|folder| {
        WalkDir::new(root.join(folder))
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| entry.file_name() != "target")
            .filter_map(Result::ok)
    });
    walks
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/");
            Some((path, fs::read_to_string(entry.path()).ok()?))
        })
        .collect()
}

fn check_source(path: &str, source: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    if !source.starts_with("//!") && !source.starts_with("#![no_main]") {
        complaints.push(format!("{path}: a file opens with `//!` and one sentence on what it is for"));
    }
    let stem = path.trim_end_matches("/mod.rs").trim_end_matches(".rs").rsplit('/').next().unwrap_or(path);
    if BANNED_MODULES.contains(&stem) {
        complaints.push(format!("{path}: `{stem}` says nothing of what is inside"));
    }
    if path == "xtask/src/tidy.rs" {
        return complaints;
    }
    for word in UNFINISHED.iter().filter(|word| source.contains(**word)) {
        complaints.push(format!("{path}: `{word}` is unfinished work"));
    }
    let is_pure = path.starts_with("crates/model/src") || path.starts_with("crates/engine/src");
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    for line in code.filter(|_| is_pure) {
        for word in IMPURE.iter().filter(|word| line.contains(**word)) {
            complaints.push(format!("{path}: `{word}` has no place in a pure crate: {}", line.trim()));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let complaints = check(&root);
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
        assert!(manifests(&root).len() >= FLOORS.len(), "it looked at every crate");
    }

    fn manifest(text: &str) -> Table {
        text.parse().unwrap()
    }

    #[test]
    fn each_wall_is_seen_when_it_falls() {
        let complaints = |name: &str, dependency: &str| {
            let table = manifest(&format!("[dependencies]\n{dependency} = \"1\""));
            check_manifests(&BTreeMap::from([(name.to_owned(), table)]))
        };
        assert_eq!(complaints("begat-engine", "begat-ingest").len(), 1, "L2 crates never name each other");
        assert_eq!(complaints("begat-model", "begat-engine").len(), 1, "dependencies point downward");
        assert_eq!(complaints("begat-engine", "serde_json").len(), 1, "JSON stops at the edges");
        assert_eq!(
            complaints("begat-report", "begat-sim").len(),
            1,
            "nothing shipped depends on the simulator"
        );
        assert_eq!(complaints("begat-report", "begat-evtx").len(), 1, "EVTX is the ingest's");
        assert_eq!(complaints("begat-engine", "begat-rules").len(), 1, "the engine knows no rules");
        assert_eq!(complaints("begat", "rsigma-eval").len(), 1, "Sigma stops at the rules");
        assert_eq!(complaints("somebody", "begat-model").len(), 1, "a new crate is put on its floor");
        assert!(complaints("begat", "begat-engine").is_empty());
    }

    #[test]
    fn each_habit_is_kept() {
        let complaints = |path: &str, source: &str| check_source(path, source).len();
        assert_eq!(complaints("crates/x/src/a.rs", "fn main() {}"), 1, "no opening sentence");
        assert_eq!(complaints("crates/x/src/utils.rs", "//! x"), 1);
        assert_eq!(complaints("crates/x/src/a.rs", "//! x\nfn a() { todo!() }"), 1);
        assert_eq!(complaints("crates/engine/src/a.rs", "//! x\nuse std::collections::HashMap;"), 1);
        assert_eq!(complaints("crates/engine/src/a.rs", "//! x\n// no Instant here"), 0);
        assert_eq!(complaints("crates/app/src/a.rs", "//! x\nuse std::fs;"), 0);
    }
}

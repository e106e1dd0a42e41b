//! Who may depend on whom, read from the manifests.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use toml::Table;
use walkdir::WalkDir;

/// Crates of the workspace by floor; dependencies point to a lower floor only.
const FLOORS: &[(&str, u8)] = &[
    ("begat-attack", 0),
    ("begat-evtx", 0),
    ("begat-trial", 0),
    ("begat-model", 1),
    ("begat-ingest", 2),
    ("begat-rules", 2),
    ("begat-engine", 2),
    ("begat-policy", 2),
    ("begat-report", 2),
    ("begat-sim", 3),
    ("begat", 4),
    ("begat-bench", 4),
    ("xtask", 4),
];

/// What only some crates may depend on, in what they ship: reader of a format, clock, terminal, network.
const RESERVED: &[(&str, &[&str])] = &[
    ("begat-evtx", &["begat-ingest", "begat-bench", "begat"]),
    // Nobody who weighs evidence asks ATT&CK.
    ("begat-attack", &["begat-report", "begat-live", "begat"]),
    ("maud", &["begat-report", "begat-live", "begat"]),
    // Tests alone have it.
    ("begat-trial", &[]),
    // Events, and the configuration of Sysmon.
    ("quick-xml", &["begat-ingest", "begat-policy"]),
    (
        "serde_json",
        &[
            "begat-ingest",
            "begat-policy",
            "begat-report",
            "begat-rules",
            "begat-sim",
            "begat-trial",
            "begat-bench",
            "begat",
        ],
    ),
    ("rsigma-parser", &["begat-rules"]),
    ("rsigma-eval", &["begat-rules"]),
    ("yaml_serde", &["begat-rules"]),
    ("sonic-rs", &["begat-bench"]),
    ("simd-json", &["begat-bench"]),
    ("clap", &["begat", "begat-sim"]),
    ("indicatif", &["begat"]),
    ("tokio", &["begat"]),
    ("axum", &["begat"]),
    ("pyo3", &["begat-python"]),
    ("arrow", &["begat-python"]),
];

/// The manifest of every crate, by its name.
pub fn manifests(root: &Path) -> BTreeMap<String, Table> {
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

/// Which dependencies break a wall, one line each.
pub fn check_manifests(manifests: &BTreeMap<String, Table>) -> Vec<String> {
    let floor = |name: &str| FLOORS.iter().find(|(row, _)| *row == name).map(|(_, floor)| *floor);
    let mut complaints = Vec::new();
    for (name, manifest) in manifests {
        let Some(own) = floor(name) else {
            if name != "begat-fuzz" {
                complaints.push(format!("{name}: not in the table of floors (xtask/src/tidy/walls.rs)"));
            }
            continue;
        };
        for dependency in dependencies(manifest) {
            // These build and measure the others; nothing shipped depends on them.
            let is_dev = matches!(name.as_str(), "xtask" | "begat-bench");
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

#[cfg(test)]
mod tests {
    use super::*;

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
            "what is rendered does not depend on the simulator"
        );
        for judge in ["begat-engine", "begat-policy"] {
            assert_eq!(
                complaints(judge, "begat-sim").len(),
                1,
                "{judge} never depends on what it is judged by"
            );
        }
        assert!(complaints("begat", "begat-sim").is_empty(), "`begat rehearse` ships it");
        assert_eq!(complaints("begat-report", "begat-evtx").len(), 1, "EVTX is the ingest's");
        assert_eq!(complaints("begat-engine", "begat-rules").len(), 1, "the engine knows no rules");
        assert_eq!(complaints("begat", "rsigma-eval").len(), 1, "Sigma stops at the rules");
        assert_eq!(
            complaints("begat-attack", "begat-model").len(),
            1,
            "ATT&CK's objects know nothing of accounts"
        );
        assert_eq!(complaints("begat-engine", "begat-attack").len(), 1, "evidence does not ask ATT&CK");
        assert_eq!(complaints("somebody", "begat-model").len(), 1, "a new crate is put on its floor");
        assert!(complaints("begat", "begat-engine").is_empty());
    }
}

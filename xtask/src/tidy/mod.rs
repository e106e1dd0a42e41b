//! The walls of the house, kept by a test: who may depend on whom, and what no file may hold.

mod habits;
mod hashing;
mod module_tree;
mod paths;
mod resolve;
mod rings;
mod surface;
mod tokens;
mod walls;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use walkdir::WalkDir;

use module_tree::module_tree;

/// Crates whose files still import one another in rings. It shrinks to nothing.
const RINGS_LEFT: &[&str] = &[];

/// Crates that still show what nobody outside takes. It shrinks to nothing.
const SURFACES_LEFT: &[&str] = &[];

/// Files at which a crate begins.
const ROOTS: &[&str] = &["lib.rs", "main.rs"];

/// Sources by their path from the root of the workspace.
type Sources = BTreeMap<String, String>;

/// Everything that is wrong, one line each.
pub fn check(root: &Path) -> Vec<String> {
    let sources = sources(root);
    let mut complaints = walls::check_manifests(&walls::manifests(root));
    for (path, source) in &sources {
        complaints.extend(habits::check_source(path, source));
    }
    complaints.extend(check_rings(&sources, RINGS_LEFT));
    complaints.extend(check_surfaces(&sources, SURFACES_LEFT));
    complaints
}

fn sources(root: &Path) -> Sources {
    let roots = ["crates", "xtask", "fuzz"];
    let walks = roots.iter().flat_map(|folder| {
        WalkDir::new(root.join(folder))
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

/// The folder below `crates` that holds a file.
fn crate_of(path: &str) -> Option<&str> {
    path.strip_prefix("crates/")?.split('/').next()
}

/// Rings of imports inside the crates that are not `left` for later; a crate that is left and has none is told too.
fn check_rings(sources: &Sources, left: &[&str]) -> Vec<String> {
    let open = |path: &str| sources.get(path).cloned();
    let mut complaints = Vec::new();
    let mut with_rings = BTreeSet::new();
    let roots = sources.keys().filter(|path| {
        ROOTS.iter().any(|root| path.ends_with(&format!("/src/{root}"))) && !path.contains("/tests/")
    });
    for root in roots {
        let name = crate_of(root).unwrap_or("xtask");
        let rings = rings::rings(root, &open);
        if !rings.is_empty() {
            with_rings.insert(name);
        }
        if !left.contains(&name) {
            complaints.extend(rings.iter().map(|ring| format!("{root}: {ring}")));
        }
    }
    complaints.extend(no_longer("RINGS_LEFT", left, &with_rings));
    complaints
}

/// What libraries show and nobody takes, likewise.
fn check_surfaces(sources: &Sources, left: &[&str]) -> Vec<String> {
    let open = |path: &str| sources.get(path).cloned();
    let words: Vec<(&str, BTreeSet<String>)> =
        sources.iter().map(|(path, source)| (path.as_str(), surface::words(source).collect())).collect();
    let mut complaints = Vec::new();
    let mut with_idle = BTreeSet::new();
    for root in sources.keys().filter(|path| path.ends_with("/src/lib.rs")) {
        let Some(name) = crate_of(root) else { continue };
        let tree = module_tree(root, &open);
        let own: BTreeSet<&str> = tree.values().map(|module| module.file.as_str()).collect();
        let outside = words.iter().filter(|(path, _)| !own.contains(path));
        let outside: Vec<&BTreeSet<String>> = outside.map(|(_, words)| words).collect();
        let idle = surface::unused(&tree, &|word| outside.iter().any(|words| words.contains(word)));
        if !idle.is_empty() {
            with_idle.insert(name);
        }
        if !left.contains(&name) {
            complaints.extend(idle);
        }
    }
    complaints.extend(no_longer("SURFACES_LEFT", left, &with_idle));
    complaints
}

/// What a table leaves for later and is done.
fn no_longer(table: &str, left: &[&str], found: &BTreeSet<&str>) -> Vec<String> {
    let done = left.iter().filter(|name| !found.contains(**name));
    done.map(|name| format!("{name} is in order: strike it from {table} (xtask/src/tidy/mod.rs)")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let complaints = check(&root);
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
        let libraries = sources(&root).keys().filter(|path| path.ends_with("/src/lib.rs")).count();
        assert!(libraries >= 7, "it looked at every crate");
    }

    #[test]
    fn what_is_left_for_later_is_held_once_it_is_done() {
        let sources = |b: &str| -> Sources {
            [
                ("crates/x/src/lib.rs", "mod a; mod b;"),
                ("crates/x/src/a.rs", "use crate::b::B; pub struct A;"),
                ("crates/x/src/b.rs", b),
            ]
            .map(|(path, source)| (path.to_owned(), source.to_owned()))
            .into()
        };
        let ring = sources("use crate::a::A; pub struct B;");
        assert_eq!(check_rings(&ring, &[]).len(), 1);
        assert!(check_rings(&ring, &["x"]).is_empty());
        let none = sources("pub struct B;");
        assert!(check_rings(&none, &[]).is_empty());
        assert_eq!(check_rings(&none, &["x"]).len(), 1, "the table shrinks");
    }
}

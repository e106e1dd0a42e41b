//! Rings of files inside a crate: files of which each, by way of the others, imports itself.
//!
//! That a module declares its children, and passes on what they define, is no import: whoever takes a name through such
//! a door imports the file that defines it.

use std::collections::{BTreeMap, BTreeSet};

use super::module_tree::{ModuleTree, module_tree};
use super::paths::Import;
use super::resolve::resolve;

/// What each file imports: the other file, and by which names.
type Edges = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The rings below a root file, one line each.
pub fn rings(root: &str, open: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let edges = edges(&module_tree(root, open));
    let told = |ring: &BTreeSet<String>| {
        let within = |file: &String| {
            let inside = edges[file].iter().filter(|(other, _)| ring.contains(*other));
            let told = inside.map(|(other, names)| {
                let names = names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                format!("\n    {file} imports {other} ({names})")
            });
            told.collect::<String>()
        };
        format!("a ring of {} files:{}", ring.len(), ring.iter().map(within).collect::<String>())
    };
    components(&edges).iter().map(told).collect()
}

fn edges(tree: &ModuleTree) -> Edges {
    let mut edges = Edges::new();
    for (path, module) in tree {
        let passed_on = |import: &&Import| {
            !import.is_passed_on
                || resolve(tree, path, &import.path).is_none_or(|(below, _)| !below.starts_with(path))
        };
        let imported = module.imports.iter().filter(passed_on).map(|import| &import.path);
        let own = edges.entry(module.file.clone()).or_default();
        for target in imported.chain(&module.paths) {
            let Some((found, name)) = resolve(tree, path, target) else { continue };
            let file = &tree[&found].file;
            if *file != module.file {
                own.entry(file.clone()).or_default().insert(name);
            }
        }
    }
    edges
}

/// Strongly connected components of more than one file.
fn components(edges: &Edges) -> Vec<BTreeSet<String>> {
    let reach: BTreeMap<&String, BTreeSet<&String>> =
        edges.keys().map(|file| (file, reached(edges, file))).collect();
    let mut rings = BTreeSet::new();
    for (file, reached) in &reach {
        let ring: BTreeSet<String> = reached
            .iter()
            .filter(|other| reach.get(**other).is_some_and(|back| back.contains(*file)))
            .map(|other| (*other).clone())
            .collect();
        if ring.len() > 1 {
            rings.insert(ring);
        }
    }
    rings.into_iter().collect()
}

fn reached<'a>(edges: &'a Edges, from: &'a String) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(file) = waiting.pop() {
        for next in edges.get(file).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(next) {
                waiting.push(next);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rings_of(files: &[(&str, &str)]) -> Vec<String> {
        let open =
            |path: &str| files.iter().find(|(file, _)| *file == path).map(|(_, source)| (*source).to_owned());
        rings("src/lib.rs", &open)
    }

    #[test]
    fn a_ring_is_told_with_its_edges() {
        let told = rings_of(&[
            ("src/lib.rs", "mod a; mod b; mod c;"),
            ("src/a.rs", "use crate::b::B; pub struct A;"),
            ("src/b.rs", "pub struct B; fn f() -> super::c::C {}"),
            ("src/c.rs", "pub struct C; fn g() { println!(\"{}\", crate::a::A); }"),
        ]);
        assert_eq!(told.len(), 1);
        for edge in [
            "src/a.rs imports src/b.rs (B)",
            "src/b.rs imports src/c.rs (C)",
            "src/c.rs imports src/a.rs (A)",
        ] {
            assert!(told[0].contains(edge), "{edge} is missing: {}", told[0]);
        }
    }

    #[test]
    fn a_door_is_looked_through() {
        // `b` takes `A` through the door that `room` is, and `room` only passes on.
        let mut files = vec![
            ("src/lib.rs", "mod room; pub use room::B;"),
            ("src/room/mod.rs", "mod a; mod b; pub use a::*; pub use self::b::B;"),
            ("src/room/a.rs", "pub struct A;"),
            ("src/room/b.rs", "use super::A; pub struct B(A);"),
        ];
        assert!(rings_of(&files).is_empty());
        files[2].1 = "pub struct A; fn f(b: crate::B) {}";
        let told = rings_of(&files);
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("src/room/a.rs imports src/room/b.rs (B)"), "{}", told[0]);
    }

    #[test]
    fn parent_and_child_that_need_each_other_are_a_ring() {
        let files = |parent: &'static str| {
            [
                ("src/lib.rs", "mod parent;"),
                ("src/parent.rs", parent),
                ("src/parent/child.rs", "use super::Given; pub fn work() -> Given {}"),
            ]
        };
        assert!(rings_of(&files("mod child; pub struct Given; pub use child::work;")).is_empty());
        assert_eq!(rings_of(&files("mod child; pub struct Given; fn f() { child::work() }")).len(), 1);
        assert_eq!(rings_of(&files("mod child; pub struct Given; use child::work;")).len(), 1);
    }

    #[test]
    fn what_is_of_tests_or_of_others_makes_no_ring() {
        let told = rings_of(&[
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "use crate::b::B; use std::b::C; pub struct A;"),
            ("src/b.rs", "pub struct B; #[cfg(test)] mod tests { use crate::a::A; } // crate::a::A"),
        ]);
        assert!(told.is_empty(), "{told:?}");
    }
}

//! What any bytes must withstand as a bundle: shared by the fuzz target and the mutation test.

use std::fs;
use std::path::PathBuf;

use begat_attack::hash::Hashes;
use begat_attack::history::{history, release_diff};
use begat_attack::id::SHELFMARKS;
use begat_attack::json::{compact, parse};
use begat_attack::query::{Filter, Graph, Library, Reach, list};
use begat_attack::store::{Import, import};

/// Imports any bytes into a folder of its own, and asks all that can be asked of what came in. Answers how many objects
/// that were.
pub fn attack_bundle(bytes: &[u8]) -> usize {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let file = folder.path().join("enterprise-attack-18.1.json");
    fs::write(&file, bytes).expect("a file is written");
    let store = folder.path().join("store");
    let paths: Vec<PathBuf> = vec![file];
    let order = Import { paths: &paths, release: None, replaces: false, now: "2026-01-01T00:00:00Z" };
    let imported = import(&store, &order).expect("the store can be used");
    for refused in &imported.refused {
        assert!(refused.place.byte <= 1 << 30 && !refused.to_string().is_empty());
    }
    let library = Library::open(Some(&store)).expect("what was written is read");
    let mut count = 0;
    for shelf in library.shelves() {
        for row in shelf.rows() {
            count += 1;
            let bytes = shelf.bytes(&row).expect("bytes are there");
            let json = parse(&bytes).expect("what came in is JSON");
            let text = compact(&json);
            assert_eq!(compact(&parse(text.as_bytes()).expect("what is written is JSON")), text);
            assert_eq!(Hashes::of(&json).source, row.source);
            Graph::new(shelf).relations(&row, Reach::Steps(16), true);
            let appearances = history(&library, row.id()).expect("bytes are there");
            assert!(appearances.iter().any(|appearance| appearance.appeared.is_some()), "{}", row.id());
        }
        release_diff(shelf, library.built_in()).expect("bytes are there");
    }
    for shelfmark in SHELFMARKS {
        let filter = Filter { kinds: shelfmark.kinds.to_vec(), with_retired: true, ..Filter::default() };
        list(&library, &filter).expect("bytes are there");
    }
    count
}

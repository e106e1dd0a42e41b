//! ATT&CK's own releases, where they are.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use begat_attack::hash::Hashes;
use begat_attack::history::{ChangeClass, Drift, drift, history, release_diff};
use begat_attack::id::{Kind, Release, SHELFMARKS};
use begat_attack::query::{Filter, Graph, Library, NotFound, Reach, Wanted, list};
use begat_attack::store::{Import, ImportOutcome, Imported, import};
use begat_trial::samples;
use tempfile::TempDir;

fn attack() -> Option<PathBuf> {
    samples().map(|folder| folder.join("attack")).filter(|folder| folder.is_dir())
}

fn import_from(store: &Path, names: &[&str]) -> Imported {
    let folder = attack().unwrap();
    let paths: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    let order = Import { paths: &paths, release: None, replaces: false, now: "2026-01-01T00:00:00Z" };
    import(store, &order).unwrap()
}

/// Six releases and an object, imported once for all tests.
fn everything() -> Option<&'static (TempDir, Imported)> {
    static ALL: OnceLock<(TempDir, Imported)> = OnceLock::new();
    attack()?;
    Some(ALL.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let imported = import_from(
            folder.path(),
            &[
                "enterprise-attack-17.1.json.gz",
                "enterprise-attack-18.0.json.gz",
                "enterprise-attack-18.1.json.gz",
                "ics-attack-17.1.json.gz",
                "ics-attack-18.0.json.gz",
                "ics-attack-18.1.json.gz",
            ],
        );
        (folder, imported)
    }))
}

fn release(major: u16, minor: u16) -> Wanted {
    Wanted { domain: None, release: Some(Some(Release { major, minor })) }
}

#[test]
fn every_object_comes_in_and_what_is_official_is_known() {
    let Some((_, imported)) = everything() else { return };
    assert!(imported.refused.is_empty(), "{:?}", imported.refused);
    let told: Vec<(String, usize, bool)> = imported
        .taken
        .iter()
        .map(|taken| {
            let count = taken.objects.iter().map(|(_, count)| count).sum();
            (taken.name(), count, taken.official.is_some())
        })
        .collect();
    let expected = [
        ("enterprise-attack 17.1", 22_652, false),
        ("enterprise-attack 18.0", 24_773, false),
        ("enterprise-attack 18.1", 24_771, false),
        ("ics-attack 17.1", 1651, true),
        ("ics-attack 18.0", 1826, false),
        ("ics-attack 18.1", 1826, true),
    ];
    assert_eq!(told, expected.map(|(name, count, is_known)| (name.to_owned(), count, is_known)));
    let of_kind =
        |kind| imported.taken[2].objects.iter().find(|(other, _)| *other == kind).map(|(_, count)| *count);
    assert_eq!(of_kind(Kind::Analytic), Some(1739));
    assert_eq!(of_kind(Kind::Strategy), Some(691));
    assert_eq!(of_kind(Kind::Technique), Some(835));
    assert_eq!(of_kind(Kind::Relationship), Some(20_048));
}

#[test]
fn the_pinned_analytic_has_the_known_hash_and_has_not_drifted() {
    let Some(folder) = attack() else { return };
    let store = tempfile::tempdir().unwrap();
    let imported = import_from(store.path(), &["AN1235-19.1.json"]);
    assert_eq!(imported.taken[0].name(), "enterprise-attack 19.1");
    let library = Library::open(Some(store.path())).unwrap();
    let (shelf, row) = library.find("AN1235", Wanted::default()).unwrap();
    let bytes = shelf.bytes(&row).unwrap();
    assert_eq!(bytes, std::fs::read(folder.join("AN1235-19.1.json")).unwrap(), "byte for byte");
    let hashes = shelf.with_json(&row, Hashes::of).unwrap();
    let source = "890e6b36bc6ba6615b6acc56f4f5d7b85ab761bbe9011fc0affebd9de8f46ac2";
    assert_eq!(hashes.source.to_string(), source);
    assert!(hashes.canonical.to_string().starts_with("49972af1"), "{}", hashes.canonical);
    let found: Drift<'_> = drift(&library).unwrap();
    assert!(!found.is_any(), "{found:?}");
    let again = import_from(store.path(), &["AN1235-19.1.json"]);
    assert_eq!(again.taken[0].outcome, ImportOutcome::Unchanged);
}

#[test]
fn relations_of_the_technique_are_those_of_the_release() {
    let Some((store, _)) = everything() else { return };
    let library = Library::open(Some(store.path())).unwrap();
    let (shelf, row) = library.find("T1136.001", release(18, 1)).unwrap();
    let found = Graph::new(shelf).relations(&row, Reach::Chain, false);
    let count = |label: &str| found.iter().filter(|related| related.label == label).count();
    assert_eq!((count("uses"), count("mitigates"), count("detects")), (29, 2, 1));
    assert_eq!((count("subtechnique-of"), count("achieves"), found.len()), (1, 1, 34));
    // From the analytic over its strategy to the same.
    let (shelf, row) = library.find("AN1235", Wanted::default()).unwrap();
    let chain = Graph::new(shelf).relations(&row, Reach::Chain, false);
    let far = |kind: Kind| chain.iter().filter(|related| related.far().kind() == kind).count();
    assert_eq!((far(Kind::Strategy), far(Kind::DataComponent), far(Kind::Technique)), (1, 2, 2));
    assert_eq!((far(Kind::Tactic), far(Kind::Mitigation)), (1, 2));
    assert_eq!(far(Kind::Group) + far(Kind::Malware) + far(Kind::Tool) + far(Kind::Campaign), 29);
}

#[test]
fn a_release_without_analytics_says_so() {
    let Some((store, _)) = everything() else { return };
    let library = Library::open(Some(store.path())).unwrap();
    let Err(missing) = library.find("AN1235", release(17, 1)) else { panic!("17.1 has no analytics") };
    assert_eq!(missing.to_string(), "`AN1235` is not in this release (enterprise-attack 17.1)");
    let NotFound::NotInRelease { elsewhere, .. } = missing else { panic!("{missing:?}") };
    assert_eq!(elsewhere, ["enterprise-attack 18.0", "enterprise-attack 18.1"]);
    let appearances = history(&library, "AN1235").unwrap();
    let told: Vec<bool> = appearances.iter().map(|appearance| appearance.appeared.is_some()).collect();
    assert_eq!(told, [false, true, true]);
    let last = appearances[2].appeared.as_ref().unwrap();
    assert!(last.changes.is_empty() && !last.is_unversioned, "{last:?}");
    assert!(library.find("AN1235", release(16, 1)).unwrap_err().to_string().contains("was not imported"));
}

#[test]
fn releases_differ_as_counted_by_hand() {
    let Some((store, _)) = everything() else { return };
    let library = Library::open(Some(store.path())).unwrap();
    let diff = release_diff(&library.shelves()[1], &library.shelves()[2]).unwrap();
    let count = |class| diff.changes.iter().filter(|change| change.class == class).count();
    // 324 analytics, 71 data components, 3 techniques, 2 strategies, 2 groups, a campaign: all with a new date alone.
    assert_eq!((count(ChangeClass::Patch), diff.changes.len()), (403, 403));
    assert_eq!(diff.relationships, [0, 2, 1]);
    let diff = release_diff(&library.shelves()[0], &library.shelves()[1]).unwrap();
    let new = diff.changes.iter().filter(|change| change.class == ChangeClass::Addition);
    assert_eq!(new.filter(|change| change.row().kind() == Kind::Analytic).count(), 1739);
    assert!(diff.changes.iter().any(|change| change.class == ChangeClass::Major));
}

#[test]
fn lists_are_filtered() {
    let Some((store, _)) = everything() else { return };
    let library = Library::open(Some(store.path())).unwrap();
    let kinds = SHELFMARKS.iter().find(|mark| mark.name == "analytics").unwrap().kinds.to_vec();
    let wanted = release(18, 1);
    let count = |filter: Filter| list(&library, &filter).unwrap().len();
    let all = Filter { kinds, wanted, ..Filter::default() };
    let on_windows = Filter { platform: Some("windows".to_owned()), ..all.clone() };
    let of_4720 = Filter { log_source: Some("eventcode=4720".to_owned()), ..on_windows.clone() };
    let persisting = Filter { tactic: Some("Persistence".to_owned()), ..of_4720.clone() };
    let by_text = Filter { text: Some("net user /add".to_owned()), ..persisting.clone() };
    let counts = [all, on_windows, of_4720, persisting, by_text.clone()].map(count);
    assert!(counts.windows(2).all(|pair| pair[0] > pair[1]), "{counts:?}");
    let only = list(&library, &by_text).unwrap();
    let ids: Vec<&str> =
        only.iter().map(|listed| listed.object.attack_id.as_ref().unwrap().as_str()).collect();
    assert!(ids.contains(&"AN1235"), "{ids:?}");
}

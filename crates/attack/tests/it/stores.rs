//! The store: releases side by side, whole or not at all, and told where one is damaged.

use std::fs;

use begat_attack::history::{ChangeClass, drift, history, release_diff};
use begat_attack::id::{Release, SHELFMARKS};
use begat_attack::query::{Filter, Graph, Library, NotFound, Reach, Wanted, list};
use begat_attack::store::{Edition, ImportOutcome};

use crate::bundles::{Place, attack_id, bundle, id, object};

fn analytic(version: &str, modified: &str, platform: &str) -> String {
    let members = format!(
        "{},\"x_mitre_version\":\"{version}\",\"modified\":\"{modified}\",\"x_mitre_platforms\":[\"{platform}\"]",
        attack_id("AN0001")
    );
    object("x-mitre-analytic", 1, &members)
}

#[test]
fn without_any_import_the_facts_are_there() {
    let library = Library::open(None).unwrap();
    let (shelf, row) = library.find("an1235", Wanted::default()).unwrap();
    assert_eq!(shelf.edition(), Edition::BuiltIn);
    let chain = Graph::new(shelf).relations(&row, Reach::Chain, false);
    let far: Vec<&str> = chain
        .iter()
        .map(|related| shelf.find(related.far().stix_id()).map_or("missing", |row| row.attack_id))
        .collect();
    for id in ["DET0447", "DC0014", "DC0032", "T1136.001", "T1136", "TA0003", "M1026", "M1032"] {
        assert!(far.contains(&id), "{id}: {far:?}");
    }
    assert!(matches!(library.find("T9999", Wanted::default()), Err(NotFound::Unknown { .. })));
    assert!(matches!(library.find("../x", Wanted::default()), Err(NotFound::Unknown { .. })));
    assert!(drift(&library).is_err(), "nothing to compare with");
    let kinds = SHELFMARKS[0].kinds.to_vec();
    let persisting = Filter { kinds, tactic: Some("TA0003".to_owned()), ..Filter::default() };
    assert_eq!(list(&library, &persisting).unwrap().len(), 7, "six analytics and their strategy");
}

#[test]
fn changes_without_a_new_version_are_seen() {
    let place = Place::new();
    let day = |day: u32| format!("2026-01-0{day}T00:00:00.000Z");
    for (release, object) in [
        ("1.0", analytic("1.0", &day(1), "Windows")),
        ("2.0", analytic("1.0", &day(1), "Linux")),
        ("3.0", analytic("1.0", &day(3), "macOS")),
        ("4.0", analytic("1.1", &day(4), "macOS")),
        ("5.0", analytic("1.4", &day(5), "macOS")),
        ("6.0", analytic("2.0", &day(6), "macOS")),
        (
            "7.0",
            analytic("2.0", &day(6), "macOS")
                .replace("\"x_mitre_version\"", "\"revoked\":true,\"x_mitre_version\""),
        ),
        ("8.0", object("x-mitre-analytic", 2, "")),
    ] {
        let path = place.file(&format!("enterprise-attack-{release}.json"), bundle(&[object]));
        assert_eq!(place.import(&[&path]).taken[0].outcome, ImportOutcome::New);
    }
    let library = place.library();
    let flags: Vec<Option<(bool, bool)>> = history(&library, "AN0001")
        .unwrap()
        .iter()
        .map(|appearance| appearance.appeared.as_ref().map(|it| (it.is_unversioned, it.is_silent)))
        .collect();
    let plain = Some((false, false));
    let expected =
        [plain, Some((true, true)), Some((true, false)), plain, plain, plain, Some((true, true)), None];
    assert_eq!(flags, expected);
    let classes: Vec<Vec<ChangeClass>> = library
        .shelves()
        .windows(2)
        .map(|pair| {
            let diff = release_diff(&pair[0], &pair[1]).unwrap();
            diff.changes.iter().map(|change| change.class).collect()
        })
        .collect();
    use ChangeClass::*;
    let expected = [
        vec![Silent],
        vec![Patch],
        vec![Minor],
        vec![Other],
        vec![Major],
        vec![Revocation],
        vec![Addition, Deletion],
    ];
    assert_eq!(classes, expected);
}

#[test]
fn a_release_is_not_replaced_unasked() {
    let place = Place::new();
    let name = "enterprise-attack-18.1.json";
    let first = place.file(name, bundle(&[analytic("1.0", "x", "Windows")]));
    assert_eq!(place.import(&[&first]).taken[0].outcome, ImportOutcome::New);
    assert_eq!(place.import(&[&first]).taken[0].outcome, ImportOutcome::Unchanged);
    let other = place.file(name, bundle(&[analytic("1.0", "x", "Linux")]));
    assert_eq!(place.import(&[&other]).taken[0].outcome, ImportOutcome::Kept);
    let platform = || {
        let library = place.library();
        let (shelf, row) = library.find("AN0001", Wanted::default()).unwrap();
        shelf.object(&row).unwrap().platforms
    };
    assert_eq!(platform(), ["Windows"]);
    assert_eq!(place.import_as(&[&other], true).taken[0].outcome, ImportOutcome::Replaced);
    assert_eq!(platform(), ["Linux"]);
}

#[test]
fn objects_one_by_one_gather_and_say_nothing_by_their_absence() {
    let place = Place::new();
    let one = place.file(
        "AN0001-18.1.json",
        analytic("1.0", "x", "Windows")
            .replace('{', "{\"x_mitre_domains\":[\"enterprise-attack\"],")
            .replacen("[{\"x_mitre_domains\":[\"enterprise-attack\"],", "[{", 1),
    );
    let two = place.file("tool-18.1.json", object("tool", 2, "\"x_mitre_domains\":[\"enterprise-attack\"]"));
    assert_eq!(place.import(&[&one]).taken[0].outcome, ImportOutcome::New);
    assert_eq!(place.import(&[&two]).taken[0].outcome, ImportOutcome::Extended);
    let library = place.library();
    assert_eq!(library.shelves()[0].rows().count(), 2);
    assert_eq!(library.shelves()[0].sources().len(), 2);
    let whole = place.file("enterprise-attack-18.0.json", bundle(&[object("tool", 3, "")]));
    place.import(&[&whole]);
    let library = place.library();
    let diff = release_diff(&library.shelves()[0], &library.shelves()[1]).unwrap();
    assert!(
        diff.is_partial && diff.changes.iter().all(|change| change.class == ChangeClass::Addition),
        "{diff:?}"
    );
    let bundle = place.file("enterprise-attack-18.1.json", bundle(&[object("tool", 2, "")]));
    assert_eq!(
        place.import(&[&bundle]).taken[0].outcome,
        ImportOutcome::Replaced,
        "a whole release is better"
    );
}

#[test]
fn a_folder_of_single_bundles_is_one_release() {
    let place = Place::new();
    for number in 0..5 {
        let text = bundle(&[object("tool", number, "")]);
        place.file(&format!("cti/enterprise-attack/tool/{number}.json"), text);
    }
    place.file("cti/README.md", "no STIX");
    place.file("cti/.git/config.json", "{");
    let imported = place.import(&[&place.folder.path().join("cti")]);
    assert!(imported.refused.is_empty(), "{:?}", imported.refused);
    assert_eq!((imported.skipped, imported.taken.len()), (1, 1));
    assert_eq!(imported.taken[0].release, None, "nothing told it");
    assert_eq!(place.library().shelves()[0].rows().count(), 5);
}

#[test]
fn a_bundle_that_says_another_release_is_refused() {
    let place = Place::new();
    let collection = object("x-mitre-collection", 1, "\"name\":\"ICS ATT&CK\",\"x_mitre_version\":\"9.0\"");
    let path = place.file("x.json", bundle(&[collection]));
    let given = begat_attack::store::Import {
        paths: std::slice::from_ref(&path),
        release: Some(Release { major: 8, minor: 0 }),
        replaces: false,
        now: "",
    };
    let imported = begat_attack::store::import(&place.store(), &given).unwrap();
    assert!(
        imported.refused[0].to_string().ends_with("it says that it is release 9.0, and `--release` says 8.0")
    );
    assert_eq!(place.import(&[&path]).taken[0].name(), "ics-attack 9.0");
}

#[test]
fn a_damaged_store_says_so_wherever_it_is_damaged() {
    let place = Place::new();
    let path = place.file("enterprise-attack-18.1.json", bundle(&[analytic("1.0", "x", "Windows")]));
    place.import(&[&path]);
    let file = place.store().join("enterprise-attack-18.1.attack");
    let whole = fs::read(&file).unwrap();
    for at in 0..whole.len() {
        for damaged in [whole[..at].to_vec(), [&whole[..at], &[whole[at] ^ 0x21], &whole[at + 1..]].concat()]
        {
            fs::write(&file, damaged).unwrap();
            let asked = Library::open(Some(&place.store())).and_then(|library| {
                let (shelf, row) = library.find("AN0001", Wanted::default()).expect("the index is whole");
                shelf.object(&row).map(|object| assert_eq!(object.platforms, ["Windows"]))
            });
            // The line end after an object is nobody's.
            assert!(asked.is_err() || whole[at] == b'\n', "byte {at}");
        }
    }
    fs::write(&file, b"begat attack 2\n, written by a later version").unwrap();
    let told = Library::open(Some(&place.store())).unwrap_err().to_string();
    assert!(told.ends_with("was written by another version of begat"), "{told}");
    fs::write(&file, &whole).unwrap();
    assert_eq!(place.library().find(&id("x-mitre-analytic", 1), Wanted::default()).unwrap().1.name, "");
}

//! What cases say that they answer in ATT&CK is what `begat attack` knows of it, release by release.

use std::path::Path;
use std::process::Command;

use begat_attack::query::{Library, Wanted};

fn demo(format: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(env!("CARGO_BIN_EXE_begat"))
        .args(["demo", "--quiet", "-t", format])
        .current_dir(root)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_case_names_what_it_answers_and_the_release_that_it_was_read_from() {
    let library = Library::open(None).unwrap();
    let page = demo("html");
    for (id, key) in [
        ("AN1235", "id"),
        ("DET0447", "detection_strategy"),
        ("T1136.001", "technique"),
        ("TA0003", "tactic"),
    ] {
        let (shelf, row) = library.find(id, Wanted::default()).unwrap();
        let object = shelf.object(&row).unwrap();
        let release = object.taken_from.unwrap().release.to_string();
        let reference =
            object.references.into_iter().find(|it| it.external_id.as_deref() == Some(id)).unwrap();
        let section = page.split("<section id=\"attack\"").nth(1).unwrap();
        let line = section.split("<li>").find(|line| line.contains(&format!(">{id}</a>"))).unwrap();
        let name = object.name.unwrap();
        for told in [name, format!("as of ATT&amp;CK {release}"), reference.url.unwrap()] {
            assert!(line.contains(&told), "{id}: {told} in {line}");
        }
        for case in demo("jsonl").lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        {
            assert_eq!(case["analytic"][key], id);
            if id == "AN1235" {
                assert_eq!(case["analytic"]["attack_version"], release.as_str());
            }
        }
    }
}

#[test]
fn the_page_shows_the_records_that_a_case_rests_on() {
    let (page, cases) = (demo("html"), demo("jsonl"));
    let records: usize = cases
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["events"].as_array().unwrap().len()
        })
        .sum();
    assert!(records > 20);
    assert_eq!(
        page.matches("<summary>The whole record</summary>").count(),
        records,
        "each of the worst twenty"
    );
}

//! The demonstration that is shipped is what the generator writes.

use std::fs;
use std::path::Path;
use std::process::Command;

use begat_sim::demo::demo;
use begat_sim::evtx::CHUNK_BYTES;

fn shipped() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo"))
}

fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let relative = path.strip_prefix(folder).unwrap();
                found.push(relative.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn shipped_files_are_those_that_the_generator_writes() {
    let demo = demo().unwrap();
    let mut expected: Vec<String> = demo.files.iter().map(|file| file.path.to_owned()).collect();
    expected.sort();
    let found: Vec<String> = files_below(shipped()).into_iter().filter(|path| path != "README.md").collect();
    assert_eq!(found, expected);
    for file in demo.files {
        let on_disk = fs::read(shipped().join(file.path)).unwrap();
        assert!(on_disk == file.bytes, "{} differs: run `cargo run -p begat-sim -- demo demo`", file.path);
    }
}

#[test]
fn it_stays_small_and_tells_three_different_cases() {
    let demo = demo().unwrap();
    let bytes: usize = demo.files.iter().map(|file| file.bytes.len()).sum();
    assert!(bytes < 16 * CHUNK_BYTES, "{bytes} bytes");
    let told: Vec<_> = demo.truth.iter().map(|t| (t.host.as_str(), t.verdict, t.privileged)).collect();
    let expected = [
        ("files01.corp.example", "attributed", true),
        ("app02.corp.example", "attributed", true),
        ("kiosk-lobby3.corp.example", "unknown", false),
    ];
    assert_eq!(told, expected);
}

#[test]
fn the_binary_writes_demo_story_and_dense() {
    let folder = tempfile::tempdir().unwrap();
    let begat_sim = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_begat-sim")).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned(), output.stdout)
    };
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(begat_sim(&["demo", &path("demo")]).0, Some(0));
    assert_eq!(files_below(&folder.path().join("demo")).len(), demo().unwrap().files.len());
    let (code, _, story) = begat_sim(&["story", "net-user", "--carrier", "nxlog", "--seed", "3"]);
    assert_eq!(code, Some(0));
    assert!(String::from_utf8(story).unwrap().contains("helpdesk2"));
    assert_eq!(begat_sim(&["dense", "--bytes", "300000", "-o", &path("dense.evtx")]).0, Some(0));
    assert_eq!(fs::metadata(path("dense.evtx")).unwrap().len(), 4096 + 4 * 65536);
    let (code, message, _) = begat_sim(&["story", "nosuch"]);
    assert_eq!((code, message.contains("no story `nosuch`")), (Some(2), true), "{message}");
}

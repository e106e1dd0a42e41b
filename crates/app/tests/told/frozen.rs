//! What a hunt says of a frozen set of inputs, every field that is no prose: a change that should change nothing is
//! held against it, and one that should says here what it changed.
//!
//! `frozen/*.txt` holds a line an input: its name, how many cases and findings, a digest of them. `BEGAT_FROZEN=write`
//! writes the lines anew; `BEGAT_FROZEN_SEEDS=100` plays all seeds that stand there instead of the first few, and
//! `BEGAT_FROZEN_OUT=FOLDER` keeps what was said, so that two versions can be compared with `diff -r`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use begat_sim::encode::{Carrier, Shipping};
use begat_sim::story::STORIES;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::page;

/// Fields that hold sentences. A blind spot's `at` came later than the set.
const PROSE: &[&str] = &["reason", "why", "detail", "summary", "against", "step", "lacks"];
/// Seeds of the simulator that are played where nothing else is said.
const SEEDS_PLAYED: u64 = 4;
/// Seeds that stand in the set.
const SEEDS_KEPT: u64 = 100;

/// What is no prose, and not where this machine keeps its files.
fn bare(json: &mut Json, root: &str) {
    match json {
        Json::Object(fields) => {
            PROSE.iter().for_each(|name| drop(fields.remove(*name)));
            if let Some(Json::Array(spots)) = fields.get_mut("blind_spots") {
                spots.iter_mut().filter_map(Json::as_object_mut).for_each(|spot| drop(spot.remove("at")));
            }
            fields.values_mut().for_each(|value| bare(value, root));
        }
        Json::Array(items) => items.iter_mut().for_each(|item| bare(item, root)),
        Json::String(text) if text.contains(root) => *text = text.replace(root, ""),
        _ => {}
    }
}

/// Everything said of one input, a line each.
fn lines(told: Vec<Json>, root: &Path) -> String {
    let root = root.to_string_lossy();
    let mut text = String::new();
    for mut object in told {
        bare(&mut object, &root);
        writeln!(text, "{object}").unwrap();
    }
    text
}

/// Cases and findings of a path; what cannot be read gives none.
fn hunt(path: &Path) -> Vec<Json> {
    let output = Command::new(env!("CARGO_BIN_EXE_begat"))
        .args(["hunt", "--format", "jsonl", "--quiet"])
        .arg(path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// An input's line of the set.
fn kept(name: &str, text: &str) -> String {
    if let Some(folder) = std::env::var_os("BEGAT_FROZEN_OUT") {
        let path = PathBuf::from(folder).join(name.replace(['/', ' '], "_"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let digest = Sha256::digest(text.as_bytes());
    let digest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{} {digest} {name}", text.lines().count())
}

/// Holds lines against the file of the set: the same for every input that was looked at.
fn held_against(file: &str, told: &[String]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen").join(file);
    if std::env::var_os("BEGAT_FROZEN").is_some_and(|word| word == "write") {
        return fs::write(path, told.join("\n") + "\n").unwrap();
    }
    let expected = fs::read_to_string(path).unwrap();
    let differ: Vec<&String> =
        told.iter().filter(|line| !expected.lines().any(|kept| kept == *line)).collect();
    assert!(!told.is_empty() && differ.is_empty(), "{file}: not as it was:\n{differ:#?}");
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

#[test]
fn what_the_repository_ships_is_told_as_before() {
    let carrier = Carrier::named("evtx").unwrap();
    let demo = repository().join("demo");
    let mut told = vec![kept("demo", &lines(hunt(&demo), &demo))];
    for page in page::pages() {
        let folder = tempfile::tempdir().unwrap();
        let text = lines(page::hunt(&page.records, carrier, folder.path()), folder.path());
        told.push(kept(&format!("casebook/{}", page.name), &text));
    }
    held_against("shipped.txt", &told);
}

/// All stories of a seed.
fn seed(seed: u64) -> String {
    let carrier = Carrier::named("evtx").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::new();
    for kind in STORIES {
        let path = folder.path().join(format!("{}.evtx", kind.name));
        fs::write(&path, carrier.encode(&kind.tell(seed).records, &Shipping::default()).unwrap()).unwrap();
        text.push_str(&lines(hunt(&path), folder.path()));
    }
    kept(&format!("seed/{seed:03}"), &text)
}

#[test]
fn stories_are_told_as_before() {
    let asked = std::env::var("BEGAT_FROZEN_SEEDS").ok().map(|seeds| seeds.parse().unwrap());
    let seeds = asked.unwrap_or(SEEDS_PLAYED).min(SEEDS_KEPT);
    let half =
        |first: u64| (first..=seeds).step_by(2).map(|number| (number, seed(number))).collect::<Vec<_>>();
    let mut told = std::thread::scope(|scope| {
        let odd = scope.spawn(|| half(1));
        let mut told = half(2);
        told.extend(odd.join().unwrap());
        told
    });
    told.sort_unstable();
    let told: Vec<String> = told.into_iter().map(|(_, line)| line).collect();
    held_against("seeds.txt", &told);
}

/// Files that may hold events, below a folder, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.retain(|path| path.extension().is_none_or(|extension| extension != "md" && extension != "yml"));
    files.sort();
    files
}

#[test]
fn real_logs_are_told_as_before() {
    let Some(samples) = begat_trial::samples() else { return };
    let shared = samples.parent().unwrap().to_owned();
    let mut told = Vec::new();
    for folder in
        ["samples/evtx", "samples/ndjson", "samples/assorted", "samples/carriers", "samples/museum", "faults"]
    {
        for path in files(&shared.join(folder)) {
            let name = path.strip_prefix(&shared).unwrap().to_string_lossy().into_owned();
            told.push(kept(&name, &lines(hunt(&path), &shared)));
        }
    }
    held_against("real.txt", &told);
}

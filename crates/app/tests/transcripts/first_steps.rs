//! What somebody meets who types the name for the first time.

use crate::session::Session;

#[test]
fn the_name_alone_says_what_to_do_next() {
    insta::assert_snapshot!(Session::new().transcript(&[]));
}

#[test]
fn a_command_alone_says_what_to_do_next() {
    let session = Session::new();
    let told: Vec<String> =
        [&["hunt"] as &[&str], &["explain", "0"]].iter().map(|args| session.transcript(args)).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_demonstration_needs_no_path() {
    let session = Session::new();
    let shown = session.stdout(&["demo"]);
    assert!(shown.starts_with("3 accounts created on 3 hosts: 2 high, 1 medium; worst on app02"), "{shown}");
    assert!(shown.contains("net1.exe (7376)"), "{shown}");
    let told = String::from_utf8(session.run(&["demo"]).stderr).unwrap();
    assert!(told.ends_with("hunts your own logs\n"), "{told}");
    assert!(session.run(&["demo", "-q"]).stderr.is_empty());
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let session = Session::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = session.stdout(&["completions", shell]);
        assert!(["hunt", "explain", "demo", "min-severity"].iter().all(|it| script.contains(it)), "{shell}");
    }
    assert_eq!(session.status(&["completions", "cmd"]), 2);
    session.stdout(&["man", "share/man1"]);
    let page = session.read("share/man1/begat-hunt.1");
    assert!(page.contains(".TH") && page.contains("min\\-severity"), "{page}");
    assert!(session.read("share/man1/begat.1").contains("begat\\-explain"), "the pages name each other");
    let session = session.file("taken", "");
    assert_eq!(session.status(&["man", "taken"]), 2);
}

/// What is built in is what the folder holds, and is read in the same way.
#[test]
fn the_demonstration_is_that_of_the_folder() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let run = |args: &[&str]| {
        let mut command = Session::new().command(args);
        String::from_utf8(command.current_dir(&root).output().unwrap().stdout).unwrap()
    };
    assert_eq!(run(&["demo", "-q", "-t", "jsonl"]), run(&["hunt", "-q", "-t", "jsonl", "demo"]));
    let line = run(&["demo", "-q", "-t", "jsonl"]);
    let case: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    let id = case["case_id"].as_str().unwrap();
    assert_eq!(run(&["demo", &id[..8]]), run(&["explain", id, "demo"]));
}

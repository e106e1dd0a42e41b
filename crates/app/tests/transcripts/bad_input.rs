//! Inputs and options that are wrong: told with their place and reason, the rest hunted, the right exit status.

use std::io::Read;
use std::process::Stdio;

use begat_sim::evtx::{Damage, damage};

use crate::logs;
use crate::session::Session;

fn evtx(session: Session) -> Session {
    session.log("good.evtx", "evtx", &logs::net_user("PC1.corp.example"))
}

#[test]
fn a_missing_file_does_not_stop_the_others() {
    insta::assert_snapshot!(evtx(Session::new()).transcript(&[
        "hunt",
        "-t",
        "csv",
        "missing.evtx",
        "good.evtx"
    ]));
}

#[test]
fn nothing_but_missing_files() {
    insta::assert_snapshot!(Session::new().transcript(&["hunt", "missing.evtx", "also/missing"]));
}

#[test]
fn files_that_hold_no_events_are_skipped_with_their_reasons() {
    let session = evtx(Session::new())
        .file("empty.evtx", "")
        .file("notes.txt", "remember to rotate the keys\n")
        .file("other.json", "{\"not\": \"an event\"}\n");
    insta::assert_snapshot!(session.transcript(&["hunt", "-v", "-o", "cases.jsonl", "."]));
}

#[test]
fn only_files_without_events() {
    let session = Session::new().file("notes.evtx", "this is no event log\n");
    insta::assert_snapshot!(session.transcript(&["hunt", "-t", "table", "notes.evtx"]));
}

#[test]
fn a_truncated_log_is_read_as_far_as_it_goes() {
    let session = evtx(Session::new());
    let mut bytes = std::fs::read(session.path().join("good.evtx")).unwrap();
    damage(&mut bytes, Damage::TruncateLastChunk);
    let session = session.file("truncated.evtx", bytes);
    insta::assert_snapshot!(session.transcript(&["hunt", "-o", "cases.jsonl", "truncated.evtx"]));
    let quiet = session.run(&["hunt", "-q", "truncated.evtx"]);
    assert_eq!(quiet.status.code(), Some(0));
    let told = String::from_utf8(quiet.stderr).unwrap();
    assert!(!told.is_empty() && told.lines().all(|line| line.starts_with("warning: ")), "{told}");
}

#[test]
fn a_truncated_last_line_is_told_with_its_place() {
    let records = logs::net_user("PC1.corp.example");
    let session = Session::new().log("whole.json", "winlogbeat", &records);
    let whole = session.read("whole.json");
    let session = session.file("cut.json", &whole[..whole.len() - 40]);
    insta::assert_snapshot!(session.transcript(&["hunt", "-o", "cases.jsonl", "cut.json"]));
}

#[cfg(unix)]
#[test]
fn a_loop_of_folders_is_walked_once() {
    let session = evtx(Session::new());
    std::fs::create_dir(session.path().join("folder")).unwrap();
    std::os::unix::fs::symlink("..", session.path().join("folder/up")).unwrap();
    insta::assert_snapshot!(session.transcript(&["hunt", "-v", "-o", "cases.jsonl", "."]));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let hosts = (0..400).fold(Session::new(), |session, number| {
        session.log(
            &format!("logs/{number}"),
            "evtx-dump",
            &logs::net_user(&format!("PC{number}.corp.example")),
        )
    });
    let mut child =
        hosts.command(&["hunt", "-q", "logs"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0; 16];
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_closed_pipe_does_not_hide_what_was_met() {
    let hosts = (0..400).fold(Session::new(), |session, number| {
        session.log(
            &format!("logs/{number}"),
            "evtx-dump",
            &logs::net_user(&format!("PC{number}.corp.example")),
        )
    });
    let mut child = hosts
        .command(&["hunt", "-q", "--fail-on", "low", "logs"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn options_that_mean_nothing_are_told_with_what_would() {
    let session = evtx(Session::new());
    let told: Vec<String> = [
        &["--from", "2026-03-03", "--to", "2026-03-02"] as &[&str],
        &["--from", "yesterday"],
        &["--window", "0s"],
        &["--window", "soon"],
        &["--timezone", "Mars/Olympus"],
        &["--input-timezone", "here"],
        &["-o", "no/such/folder/cases.jsonl"],
        &["-o", "."],
    ]
    .iter()
    .map(|args| session.transcript(&[&["hunt", "good.evtx"], *args].concat()))
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn options_that_do_not_exist_are_told_by_their_nearest() {
    let session = evtx(Session::new());
    let told: Vec<String> = [
        &["hunt", "-t", "tabel", "good.evtx"] as &[&str],
        &["hunt", "--min-severity", "urgent", "good.evtx"],
        &["hunt", "-C", "good.evtx"],
        &["hunt"],
        &["hunt", "--threads", "0", "good.evtx"],
    ]
    .iter()
    .map(|args| session.transcript(args))
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_window_outside_of_the_example_range_is_warned_of_and_used() {
    let session = evtx(Session::new());
    let output = session.run(&["hunt", "-t", "csv", "--window", "3h", "good.evtx"]);
    assert_eq!(output.status.code(), Some(0));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("warning: `--window 3h` is outside of ATT&CK's example range"), "{told}");
}

#[test]
fn a_hostile_name_is_shown_harmlessly() {
    let session = Session::new();
    let output = session.run(&["hunt", "\u{1b}[2Jnot there\nat all"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!told.contains('\u{1b}') && !told.contains("\nat all"), "{told}");
}

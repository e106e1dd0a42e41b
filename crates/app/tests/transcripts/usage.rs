//! Command lines that cannot be understood, in the shape of every other message.

use crate::session::Session;

#[test]
fn every_sort_of_misuse_has_the_one_shape() {
    let session = Session::new();
    let told: Vec<String> = [
        &["hunts", "logs"] as &[&str],
        &["hunt", "--polcy", "site.toml", "logs"],
        &["hunt", "-q", "-v", "logs"],
        &["hunt", "-t"],
        &["hunt", "-q", "-q", "logs"],
        &["policy"],
        &["policy", "chek"],
        &["diff", "one.jsonl"],
        &["diff", "a", "b", "c"],
        &["dump", "--event-id", "many", "x.evtx"],
        &["hunt", "--host", "", "logs"],
        &["hunt", "--max-input", "5 parsecs", "logs"],
        &["hunt", "\u{1b}[2J", "--\u{1b}[2J"],
    ]
    .iter()
    .map(|args| session.transcript(args))
    .collect();
    insta::assert_snapshot!(told.join("\n").replace('\u{1b}', "<ESC>"));
}

#[test]
fn one_mistake_is_told_in_one_shape_whichever_command_meets_it() {
    let session = Session::new().file("site.toml", "");
    for args in [
        &["hunt", "missing"] as &[&str],
        &["dump", "missing"],
        &["explain", "0", "missing"],
        &["policy", "suggest", "missing"],
        &["hunt", "--policy", "missing", "site.toml"],
        &["hunt", "--tickets", "missing", "site.toml"],
        &["hunt", "--sigma", "missing", "site.toml"],
        &["policy", "check", "missing"],
        &["policy", "check", "site.toml", "--cases", "missing"],
        &["diff", "missing", "site.toml"],
        &["attack", "import", "--store", "st", "missing"],
    ] {
        let output = session.run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines[0].starts_with("error: cannot ") && lines[0].contains("`missing`"), "{args:?}: {told}");
        assert!(lines.iter().any(|line| line.starts_with("  why:   No such file")), "{args:?}: {told}");
        assert!(lines.iter().any(|line| line.starts_with("  hint:  ")), "{args:?}: {told}");
        let shapes = ["error: ", "  where: ", "  why:   ", "  hint:  ", "         "];
        assert!(
            lines.iter().all(|line| shapes.iter().any(|shape| line.starts_with(shape))),
            "{args:?}: {told}"
        );
    }
}

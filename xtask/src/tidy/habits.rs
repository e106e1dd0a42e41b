//! What no file may hold, and what each must open with.

use super::hashing;

/// What the pure crates (model, engine) must not name in their sources.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::thread",
    "std::process",
    "std::io",
    "SystemTime",
    "Instant",
    "rand::",
    "async fn",
];

/// Rooms of the report that see a case in its one serialised shape, and there alone: everything but the shape itself,
/// the words that facts are told in, and the response that is a part of it.
const RENDERERS: &[&str] = &["alerts", "diff", "formats", "pivots", "wire"];

/// Names that say nothing of what is inside.
const BANNED_MODULES: &[&str] = &["utils", "util", "common", "helpers", "helper", "misc"];

/// Words that mark unfinished work.
const UNFINISHED: &[&str] = &["todo!(", "unimplemented!(", "#[ignore"];

/// What is wrong with a file, one line each.
pub fn check_source(path: &str, source: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    if !source.starts_with("//!") && !source.starts_with("#![no_main]") {
        complaints.push(format!("{path}: a file opens with `//!` and one sentence on what it is for"));
    }
    let stem = path.trim_end_matches("/mod.rs").trim_end_matches(".rs").rsplit('/').next().unwrap_or(path);
    if BANNED_MODULES.contains(&stem) {
        complaints.push(format!("{path}: `{stem}` says nothing of what is inside"));
    }
    // This file names what it looks for.
    if path == "xtask/src/tidy/habits.rs" {
        return complaints;
    }
    for word in UNFINISHED.iter().filter(|word| source.contains(**word)) {
        complaints.push(format!("{path}: `{word}` is unfinished work"));
    }
    let is_pure = path.starts_with("crates/model/src") || path.starts_with("crates/engine/src");
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    for line in code.filter(|_| is_pure) {
        for word in IMPURE.iter().filter(|word| line.contains(**word)) {
            complaints.push(format!("{path}: `{word}` has no place in a pure crate: {}", line.trim()));
        }
    }
    let room = path.strip_prefix("crates/report/src/").and_then(|rest| rest.split('/').next());
    if room.is_some_and(|room| RENDERERS.contains(&room)) && source.contains("begat_model::case") {
        complaints.push(format!("{path}: who renders takes a case from `view`, never from the model"));
    }
    if is_pure {
        complaints.extend(hashing::check(path, source));
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_habit_is_kept() {
        let complaints = |path: &str, source: &str| check_source(path, source).len();
        assert_eq!(complaints("crates/x/src/a.rs", "fn main() {}"), 1, "no opening sentence");
        assert_eq!(complaints("crates/x/src/utils.rs", "//! x"), 1);
        assert_eq!(complaints("crates/x/src/a.rs", "//! x\nfn a() { todo!() }"), 1);
        assert_eq!(complaints("crates/engine/src/a.rs", "//! x\ntype M = HashMap<u8, u8>;"), 1);
        assert_eq!(complaints("crates/report/src/a.rs", "//! x\ntype M = HashMap<u8, u8>;"), 0);
        assert_eq!(complaints("crates/engine/src/a.rs", "//! x\n// no Instant here"), 0);
        assert_eq!(complaints("crates/app/src/a.rs", "//! x\nuse std::fs;"), 0);
        let of_model = "//! x\nuse begat_model::case::Case;";
        assert_eq!(
            complaints("crates/report/src/formats/csv.rs", of_model),
            1,
            "renderers import the shape only"
        );
        assert_eq!(complaints("crates/report/src/view/case.rs", of_model), 0);
    }
}

//! Every story of the simulator and every page of the casebook, over all seeds and carriers: `cargo test` tells each over
//! a few.

use std::path::Path;

use crate::command::{Line, cargo};

/// Tells them all.
pub fn check(root: &Path) -> Result<(), String> {
    let cargo = cargo();
    let words = [
        &cargo,
        "test",
        "--locked",
        "--release",
        "-p",
        "begat",
        "--test",
        "told",
        "--",
        "stories::",
        "casebook::",
    ];
    Line::new(&words, root).with("BEGAT_STORIES", "all").show()
}

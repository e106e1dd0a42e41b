//! Chores of the workspace: `cargo run -p xtask -- tidy` checks what no compiler checks.

mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    match std::env::args().nth(1).as_deref() {
        Some("tidy") => report(&tidy::check(&root)),
        _ => report(&["usage: cargo run -p xtask -- tidy".to_owned()]),
    }
}

#[expect(clippy::print_stderr, reason = "a chore tells on standard error")]
fn report(complaints: &[String]) -> ExitCode {
    for complaint in complaints {
        eprintln!("{complaint}");
    }
    if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

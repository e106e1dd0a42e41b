//! Chores of the workspace: `cargo run -p xtask -- tidy` checks what no compiler checks, `-- schemas` fetches what the
//! tests of other systems' formats are held against.

mod schemas;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    match std::env::args().nth(1).as_deref() {
        Some("tidy") => report(&tidy::check(&root)),
        Some("schemas") => report(&schemas::fetch(&root)),
        _ => report(&["usage: cargo run -p xtask -- tidy|schemas".to_owned()]),
    }
}

#[expect(clippy::print_stderr, reason = "a chore tells on standard error")]
fn report(complaints: &[String]) -> ExitCode {
    for complaint in complaints {
        eprintln!("{complaint}");
    }
    if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

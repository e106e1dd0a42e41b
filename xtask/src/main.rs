//! Chores of the workspace: `cargo xtask` lists them.

mod check;
mod command;
mod measure;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// One chore.
struct Chore {
    name: &'static str,
    doc: &'static str,
    /// Does it with the word that follows its name; answers what is wrong, one line each.
    run: fn(Option<&str>, &Path) -> Vec<String>,
}

const CHORES: &[Chore] = &[
    Chore {
        name: "tidy",
        doc: "the walls between the crates, and habits no compiler checks",
        run: |_, root| tidy::check(root),
    },
    Chore { name: "check", doc: "NAME or all: what needs more than Rust, and installs it", run: check::run },
    Chore {
        name: "count",
        doc: "[--write]: instructions of two small hunts against the reference",
        run: measure::count::run,
    },
    Chore { name: "bench", doc: "all figures of BENCHMARKS.md, as Markdown", run: measure::bench::run },
];

fn main() -> ExitCode {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut arguments = std::env::args().skip(1);
    let (name, word) = (arguments.next(), arguments.next());
    let asks = word.as_deref().is_some_and(|word| ["-h", "--help"].contains(&word));
    let chore = CHORES.iter().find(|chore| name.as_deref() == Some(chore.name) && !asks);
    let Some(chore) = chore else {
        let known = CHORES.iter().map(|chore| format!("  {:<8}{}", chore.name, chore.doc));
        return report(&["usage: cargo xtask CHORE".to_owned()].into_iter().chain(known).collect::<Vec<_>>());
    };
    report(&(chore.run)(word.as_deref(), &root))
}

#[expect(clippy::print_stderr, reason = "a chore tells on standard error")]
fn report(complaints: &[String]) -> ExitCode {
    for complaint in complaints {
        eprintln!("{complaint}");
    }
    if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

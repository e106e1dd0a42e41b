//! Checks that need more than Rust, or more time than `cargo test` may take: each installs what it needs.

mod benches;
mod export;
mod fuzz;
mod report;
mod schemas;
mod stories;

use std::path::Path;

/// One check.
struct Check {
    name: &'static str,
    /// What it installs, and runs.
    doc: &'static str,
    run: fn(&Path) -> Result<(), String>,
}

const CHECKS: &[Check] = &[
    Check {
        name: "schemas",
        doc: "fetches the schemas that others publish (npm, pip), and holds ECS and OCSF output against them",
        run: schemas::check,
    },
    Check {
        name: "report",
        doc: "installs Chromium (apt) and Playwright (npm), and tries the report's pages in that browser",
        run: report::check,
    },
    Check {
        name: "export",
        doc: "installs the parsers of EQL and YAML (pip) and Kusto (npm), and holds every export against them",
        run: export::check,
    },
    Check {
        name: "stories",
        doc: "installs nothing, and tells every story of the simulator over all its seeds and carriers",
        run: stories::check,
    },
    Check {
        name: "fuzz",
        doc: "installs cargo-fuzz, and runs every fuzz target for ten seconds",
        run: fuzz::check,
    },
    Check {
        name: "bench",
        doc: "builds every benchmark with what it compares with, and runs each once on little",
        run: benches::check,
    },
    Check {
        name: "count",
        doc: "installs valgrind (apt), and holds the instructions of two small hunts against their reference, and costly ones to grow evenly",
        run: crate::measure::count::check,
    },
];

/// Runs one check, or `all`; says what went wrong, one line each.
pub fn run(name: Option<&str>, root: &Path) -> Vec<String> {
    let chosen: Vec<&Check> =
        CHECKS.iter().filter(|check| name == Some("all") || name == Some(check.name)).collect();
    if chosen.is_empty() {
        let known = CHECKS.iter().map(|check| format!("  {:<10}{}", check.name, check.doc));
        let usage = ["usage: cargo xtask check NAME".to_owned(), "  all       every one of these".to_owned()];
        return usage.into_iter().chain(known).collect();
    }
    let failed = |check: &Check| (check.run)(root).err().map(|error| format!("{}: {error}", check.name));
    chosen.into_iter().filter_map(failed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_check_is_answered_with_those_that_there_are() {
        let told = run(Some("no-such-check"), Path::new(".")).join("\n");
        assert!(CHECKS.iter().all(|check| told.contains(check.name) && told.contains(check.doc)), "{told}");
    }
}

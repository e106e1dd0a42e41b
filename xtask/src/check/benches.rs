//! The benchmarks, each once and on little: that they build, run and see the same records.

use std::path::Path;

use crate::command::{Line, cargo};

/// Builds and runs them.
pub fn check(root: &Path) -> Result<(), String> {
    let cargo = cargo();
    let folder = root.join("crates/bench");
    let line = |bench: &'static str, more: &[&str]| {
        let words = [&[&cargo, "bench", "--locked", "--bench", bench, "--"], more].concat();
        Line::new(&words, &folder).with("CARGO_TARGET_DIR", root.join("target/bench").display().to_string())
    };
    line("linear", &[]).with("BEGAT_BENCH_PROCESSES", "2000").with("BEGAT_BENCH_ROUNDS", "1").show()?;
    line("reader", &[]).with("BEGAT_BENCH_MIB", "16").with("BEGAT_BENCH_ROUNDS", "1").show()?;
    line("shapes", &[]).with("BEGAT_BENCH_SHAPE_MIB", "1").with("BEGAT_BENCH_ROUNDS", "1").show()?;
    // Criterion's way to run everything once and measure nothing.
    line("json", &["--test"]).show()?;
    line("marking", &["--test"]).show()
}

//! All figures of BENCHMARKS.md in one command, as Markdown: `cargo xtask bench > figures.md`.
//!
//! `BEGAT_BENCH_SCALE=small` measures on a hundredth, to see that it works.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::callgrind::{self, Counted};
use super::hunt;
use super::inputs::Programs;
use crate::command::{Line, cargo};

/// The phases of a hunt, each by the function below which it happens.
const PHASES: &[(&str, &str)] = &[
    ("survey", "UnitReader::survey"),
    ("read and normalise", "UnitReader::read"),
    ("engine: events taken in", "Engine::apply"),
    ("engine: slices worked off", "Engine::advance"),
    ("engine: the rest", "Engine::finish"),
];

/// How much is measured.
struct Scale {
    hunted_bytes: u64,
    counted_bytes: u64,
    rounds: usize,
    processes: u64,
    reader_mib: u64,
    shape_mib: u64,
    judged_seeds: u64,
    criterion: &'static [&'static str],
}

const WHOLE: Scale = Scale {
    hunted_bytes: 1_000_000_000,
    counted_bytes: 100_000_000,
    rounds: 5,
    processes: 200_000,
    reader_mib: 1024,
    shape_mib: 32,
    judged_seeds: 60,
    criterion: &["--warm-up-time", "1", "--measurement-time", "3"],
};

const SMALL: Scale = Scale {
    hunted_bytes: 10_000_000,
    counted_bytes: 2_000_000,
    rounds: 1,
    processes: 2_000,
    reader_mib: 16,
    shape_mib: 1,
    judged_seeds: 1,
    criterion: &["--test"],
};

/// Measures, and prints one section after the other.
pub fn run(_: Option<&str>, root: &Path) -> Vec<String> {
    let is_small = std::env::var("BEGAT_BENCH_SCALE").is_ok_and(|scale| scale == "small");
    let scale = if is_small { SMALL } else { WHOLE };
    print(&about(root));
    let programs = match Programs::build(root, "dist") {
        Ok(programs) => programs,
        Err(error) => return vec![error],
    };
    let sections = [
        whole_hunt(&programs, &scale, root),
        instructions(&programs, &scale, root),
        in_process(&scale, root),
        programs
            .judge(scale.judged_seeds)
            .map(|table| section("The judge", &format!("```text\n{table}```\n"))),
    ];
    let mut complaints = Vec::new();
    for measured in sections {
        match measured {
            Ok(text) => print(&text),
            Err(error) => complaints.push(error),
        }
    }
    complaints
}

#[expect(clippy::print_stdout, reason = "the figures are what was asked for")]
fn print(text: &str) {
    println!("{text}");
}

fn section(title: &str, body: &str) -> String {
    format!("## {title}\n\n{body}")
}

/// Which machine, compiler and commit the figures are of.
fn about(root: &Path) -> String {
    let said = |words: &[&str]| {
        let told = Line::new(words, root).read().unwrap_or_default();
        String::from_utf8_lossy(&told).lines().next().unwrap_or("unknown").trim().to_owned()
    };
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let processor = processor.map_or("unknown processor", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let rows = [
        ("commit", said(&["git", "describe", "--always", "--dirty"])),
        ("compiler", said(&["rustc", "--version"])),
        ("machine", format!("{processor}, {cores} cores")),
        ("load before", load.split_whitespace().take(3).collect::<Vec<_>>().join(" ")),
    ];
    let rows: String = rows.iter().map(|(name, value)| format!("| {name} | {value} |\n")).collect();
    format!("| | |\n| --- | --- |\n{rows}")
}

fn whole_hunt(programs: &Programs, scale: &Scale, root: &Path) -> Result<String, String> {
    let input = programs.dense_evtx(scale.hunted_bytes)?;
    let mut table =
        "| threads | wall clock | processor time, user | peak memory |\n| --- | --- | --- | --- |\n"
            .to_owned();
    for threads in [1, 2] {
        let cost = hunt::cost(&programs.hunt(threads, &input), scale.rounds, &programs.file("time"), root)?;
        let megabytes = cost.peak_kilobytes / 1000;
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| {threads} | {:.2} s | {:.2} s | {megabytes} MB |",
            cost.wall_seconds, cost.user_seconds
        );
    }
    let title =
        format!("A whole hunt: {} MB of EVTX, medians of {}", scale.hunted_bytes / 1_000_000, scale.rounds);
    Ok(section(&title, &table))
}

fn instructions(programs: &Programs, scale: &Scale, root: &Path) -> Result<String, String> {
    let evtx = programs.dense_evtx(scale.counted_bytes)?;
    let ndjson = programs.stories_ndjson()?;
    let inputs = [("dense EVTX", evtx), ("stories, NDJSON", ndjson)];
    let mut columns = Vec::new();
    for (name, input) in inputs {
        let out = programs.file("bench.callgrind");
        let counted = callgrind::count(&programs.hunt(1, &input), &out, root)?;
        let bytes = fs::metadata(&input).map_err(|error| format!("{}: {error}", input.display()))?.len();
        columns.push((format!("{name}, {:.1} MB", bytes as f64 / 1e6), counted));
    }
    Ok(section("Instructions, one thread", &instruction_table(&columns)))
}

fn instruction_table(columns: &[(String, Counted)]) -> String {
    let head: String = columns.iter().map(|(name, _)| format!(" {name} |")).collect();
    let rule = " --- |".repeat(columns.len());
    let millions = |count: Option<u64>| {
        count.map_or_else(|| "inlined".to_owned(), |count| format!("{:.1} M", count as f64 / 1e6))
    };
    let row = |name: &str, of: &dyn Fn(&Counted) -> Option<u64>| {
        let cells: String =
            columns.iter().map(|(_, counted)| format!(" {} |", millions(of(counted)))).collect();
        format!("| {name} |{cells}\n")
    };
    let mut table = format!("| |{head}\n| --- |{rule}\n");
    table += &row("all", &|counted| Some(counted.total));
    for (name, function) in PHASES {
        table += &row(name, &|counted| counted.below(function));
    }
    table
}

/// The benchmarks that compare within one process, as they print.
fn in_process(scale: &Scale, root: &Path) -> Result<String, String> {
    let cargo = cargo();
    let folder = root.join("crates/bench");
    let mut text = String::new();
    let benches: [(&str, &str, &[&str]); 5] = [
        ("reader", "Reading EVTX", &[]),
        ("json", "Reading JSON", scale.criterion),
        ("shapes", "Reading each shape", &[]),
        ("marking", "Marking by Sigma rules", scale.criterion),
        ("linear", "Linear cost", &[]),
    ];
    for (bench, title, more) in benches {
        let words = [&[&cargo, "bench", "--quiet", "--locked", "--bench", bench, "--"], more].concat();
        let line = Line::new(&words, &folder)
            .with("CARGO_TARGET_DIR", root.join("target/bench").display().to_string())
            .with("BEGAT_BENCH_PROCESSES", scale.processes.to_string())
            .with("BEGAT_BENCH_MIB", scale.reader_mib.to_string())
            .with("BEGAT_BENCH_SHAPE_MIB", scale.shape_mib.to_string())
            .with("BEGAT_BENCH_ROUNDS", scale.rounds.to_string());
        let printed = String::from_utf8_lossy(&line.read()?).into_owned();
        text += &section(title, &format!("```text\n{}\n```\n\n", printed.trim()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phase_is_named_by_a_function_that_there_is() {
        let sources = ["crates/ingest/src/unit.rs", "crates/engine/src/lib.rs"].map(|file| {
            fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file)).unwrap()
        });
        for (phase, function) in PHASES {
            let (owner, name) = function.split_once("::").unwrap();
            let is_there = |source: &String| {
                source.contains(&format!("impl {owner}")) && source.contains(&format!("pub fn {name}("))
            };
            assert!(sources.iter().any(is_there), "{phase}: {function}");
        }
    }

    #[test]
    fn what_is_measured_of_is_named() {
        let about = about(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
        assert!(about.contains("| compiler | rustc 1."), "{about}");
        assert!(about.contains(" cores |"), "{about}");
    }
}

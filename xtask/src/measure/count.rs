//! Instructions of two small hunts against the reference that the repository keeps: a change that makes begat dearer
//! says so.
//!
//! Compiler and libc have a say in the counts too, hence the slack.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Table;

use super::callgrind;
use super::inputs::Programs;

/// The reference, beside the sources of this crate.
const REFERENCE: &str = "xtask/instructions.toml";
/// How much more than the reference passes, in percent.
const SLACK_PERCENT: u64 = 10;
const EVTX_BYTES: u64 = 4_000_000;
/// Logs whose cost must grow as they do: were each creation held against each process, twice as much of both would take
/// four times the instructions. Beside each the smaller part of it that is hunted; the larger is twice as large. Below
/// 2,048 tools (the engine's `WEIGHED_MAX`) each creation does look at all of them, so both parts have more.
const GROWING: &[(&str, u64)] = &[("long-lines", 80), ("many-tools", 16)];
/// The most that the larger may take, in percent of the smaller.
const GROWTH_PERCENT_MAX: u64 = 230;

/// Counts, and compares; with `--write` the counts become the reference.
pub fn run(argument: Option<&str>, root: &Path) -> Vec<String> {
    let done = match argument {
        None => check(root),
        Some("--write") => Programs::build(root, "release")
            .and_then(|programs| counts(&programs, root))
            .and_then(|counts| write(&counts, root)),
        Some(other) => Err(format!("`{other}` is no option; there is `--write`")),
    };
    done.err().into_iter().collect()
}

/// Counts and compares.
pub fn check(root: &Path) -> Result<(), String> {
    let path = root.join(REFERENCE);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let reference: Table = text.parse().map_err(|error| format!("{REFERENCE}: {error}"))?;
    let programs = Programs::build(root, "release")?;
    let counts = counts(&programs, root)?;
    let mut dearer: Vec<String> =
        counts.iter().filter_map(|(name, count)| dearer(&reference, name, *count)).collect();
    for (log, part) in GROWING {
        dearer.extend(growth(&programs, log, *part, root)?);
    }
    if dearer.is_empty() { Ok(()) } else { Err(dearer.join("\n")) }
}

/// What there is to say of a count.
fn dearer(reference: &Table, name: &str, count: u64) -> Option<String> {
    let allowed =
        reference.get(name).and_then(toml::Value::as_integer).and_then(|count| u64::try_from(count).ok());
    let Some(allowed) = allowed else { return Some(format!("{REFERENCE} has no `{name}`: it took {count}")) };
    let percent = count as f64 * 100.0 / allowed as f64;
    (count > allowed + allowed * SLACK_PERCENT / 100).then(|| {
        format!(
            "{name} takes {count} instructions, {percent:.1} % of the reference; if that is worth it, \
             `cargo xtask count --write`, and say why in the commit"
        )
    })
}

#[expect(clippy::print_stdout, reason = "the counts are what was asked for")]
fn counts(programs: &Programs, root: &Path) -> Result<Vec<(&'static str, u64)>, String> {
    let inputs: [(&'static str, PathBuf); 2] =
        [("dense_evtx", programs.dense_evtx(EVTX_BYTES)?), ("stories_ndjson", programs.stories_ndjson()?)];
    let mut counts = Vec::new();
    for (name, input) in inputs {
        let out = programs.file(&format!("{name}.callgrind"));
        let counted = callgrind::count(&programs.hunt(1, &input), &out, root)?;
        println!("{name}: {} instructions", counted.total);
        counts.push((name, counted.total));
    }
    Ok(counts)
}

/// What there is to say of how a log's cost grows.
#[expect(clippy::print_stdout, reason = "the counts are what was asked for")]
fn growth(programs: &Programs, log: &str, part: u64, root: &Path) -> Result<Option<String>, String> {
    let count = |part: u64| {
        let input = programs.costly(log, part)?;
        let out = programs.file(&format!("{log}-{part}.callgrind"));
        Ok::<u64, String>(callgrind::count(&programs.hunt(1, &input), &out, root)?.total)
    };
    let (small, large) = (count(part)?, count(part / 2)?);
    println!("{log}: {small} instructions, {large} of twice as much");
    Ok(grows_too_fast(log, small, large))
}

fn grows_too_fast(log: &str, small: u64, large: u64) -> Option<String> {
    let percent = large * 100 / small.max(1);
    (percent > GROWTH_PERCENT_MAX).then(|| {
        format!("{log}: twice as many processes and creations take {percent} % of the instructions, so it is not linear")
    })
}

fn write(counts: &[(&str, u64)], root: &Path) -> Result<(), String> {
    let mut text = "# Instructions of two small hunts, by `cargo xtask count --write`. A commit that raises them says why.\n".to_owned();
    for (name, count) in counts {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name} = {count}");
    }
    fs::write(root.join(REFERENCE), text).map_err(|error| format!("{REFERENCE}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_more_passes_and_no_more() {
        let reference: Table = "dense_evtx = 1000".parse().unwrap();
        assert_eq!(dearer(&reference, "dense_evtx", 1100), None);
        let told = dearer(&reference, "dense_evtx", 1101).unwrap();
        assert!(told.contains("110.1 %") && told.contains("--write"), "{told}");
        assert!(dearer(&reference, "another", 1).unwrap().contains("has no `another`"));
    }

    #[test]
    fn what_grows_by_the_square_is_told() {
        assert_eq!(grows_too_fast("long-lines", 1000, 2300), None);
        let told = grows_too_fast("long-lines", 1000, 4000).unwrap();
        assert!(told.contains("400 %"), "{told}");
    }

    #[test]
    fn the_reference_has_every_input() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(REFERENCE);
        let reference: Table = fs::read_to_string(path).unwrap().parse().unwrap();
        for name in ["dense_evtx", "stories_ndjson"] {
            assert!(reference[name].as_integer().unwrap() > 1_000_000, "{name}");
        }
    }
}

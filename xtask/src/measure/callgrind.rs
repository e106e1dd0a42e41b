//! Instructions, as valgrind's callgrind counts them: in all, and below the functions that are the phases of a hunt.

use std::fs;
use std::path::Path;

use crate::command::{Line, need_of_apt};

/// What one run took.
pub struct Counted {
    /// All instructions.
    pub total: u64,
    /// Functions with all that they call, the dearest first.
    inclusive: Vec<(u64, String)>,
}

impl Counted {
    /// What functions take whose names end so, without their hashes; the dearest of them counts.
    pub fn below(&self, function: &str) -> Option<u64> {
        self.inclusive.iter().find(|(_, name)| is_function(name, function)).map(|(count, _)| *count)
    }
}

fn is_function(name: &str, function: &str) -> bool {
    let name = name.split(" [").next().unwrap_or(name).trim_end_matches("'2");
    let bare = name.rsplit_once("::h").filter(|(_, hash)| hash.len() == 16).map_or(name, |(bare, _)| bare);
    bare == function || bare.ends_with(&format!("::{function}")) || bare.ends_with(&format!(":{function}"))
}

/// Runs a program under callgrind; `out` is where it leaves its counts.
pub fn count(words: &[String], out: &Path, root: &Path) -> Result<Counted, String> {
    need_of_apt("valgrind", "valgrind", root)?;
    let file = format!("--callgrind-out-file={}", out.display());
    let valgrind = ["valgrind", "--quiet", "--tool=callgrind", &file].map(str::to_owned);
    Line::new(&[&valgrind, words].concat(), root).quietly()?;
    let text = fs::read_to_string(out).map_err(|error| format!("{}: {error}", out.display()))?;
    let total = total(&text).ok_or_else(|| format!("{}: no total", out.display()))?;
    let out = out.display().to_string();
    let annotate = ["callgrind_annotate", "--inclusive=yes", "--threshold=100", &out];
    let table = Line::new(&annotate, root).read()?;
    Ok(Counted { total, inclusive: inclusive(&String::from_utf8_lossy(&table)) })
}

/// The total that a file of counts ends with.
fn total(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Lines like `1,234,567 (12.3%)  file:function [object]`.
fn inclusive(table: &str) -> Vec<(u64, String)> {
    let row = |line: &str| {
        let line = line.trim_start();
        let (count, rest) = line.split_once(' ')?;
        let count = count.replace(',', "").parse().ok()?;
        let (_, name) = rest.trim_start().strip_prefix('(')?.split_once(')')?;
        Some((count, name.trim().to_owned()))
    };
    table.lines().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_as_callgrind_writes_them() {
        assert_eq!(total("events: Ir\nfn=(1)\n1 2\ntotals: 12345 \n"), Some(12345));
        assert_eq!(total("nothing"), None);
        let table = "\
1,669,000,001 (100.0%)  PROGRAM TOTALS
  837,000,000 (50.1%)  ???:begat_ingest::read::read::h0123456789abcdef [/x/begat]
   12,000,000 ( 0.7%)  /rustc/x.rs:begat_ingest::thread::spread";
        let counted = Counted { total: 1, inclusive: inclusive(table) };
        assert_eq!(counted.below("read::read"), Some(837_000_000));
        assert_eq!(counted.below("thread::spread"), Some(12_000_000));
        assert_eq!(counted.below("ead"), None, "a whole name");
    }
}

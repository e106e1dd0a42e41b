//! A whole hunt as the clock and the system see it.

use std::path::Path;

use crate::command::{Line, need_of_apt};

/// What one run took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// By the clock.
    pub wall_seconds: f64,
    /// Of the processor, outside of the system.
    pub user_seconds: f64,
    /// Most memory at once.
    pub peak_kilobytes: u64,
}

/// Runs a program so many times; the medians, each for itself. `told` is the file by which they are told.
pub fn cost(words: &[String], rounds: usize, told: &Path, root: &Path) -> Result<Cost, String> {
    need_of_apt("time", "time", root)?;
    let runs = (0..rounds).map(|_| once(words, told, root)).collect::<Result<Vec<_>, _>>()?;
    let median = |of: fn(&Cost) -> f64| {
        let mut all: Vec<f64> = runs.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or_default()
    };
    Ok(Cost {
        wall_seconds: median(|cost| cost.wall_seconds),
        user_seconds: median(|cost| cost.user_seconds),
        peak_kilobytes: median(|cost| cost.peak_kilobytes as f64) as u64,
    })
}

fn once(words: &[String], told: &Path, root: &Path) -> Result<Cost, String> {
    let file = told.display().to_string();
    let time = ["time", "--format", "%e %U %M", "--output", &file].map(str::to_owned);
    Line::new(&[&time, words].concat(), root).quietly()?;
    let text = std::fs::read_to_string(told).map_err(|error| format!("{file}: {error}"))?;
    parse(&text).ok_or_else(|| format!("`time` answered `{text}`"))
}

fn parse(text: &str) -> Option<Cost> {
    let mut words = text.split_whitespace();
    Some(Cost {
        wall_seconds: words.next()?.parse().ok()?,
        user_seconds: words.next()?.parse().ok()?,
        peak_kilobytes: words.next()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_time_writes_is_read() {
        let cost = Cost { wall_seconds: 4.95, user_seconds: 2.08, peak_kilobytes: 62_000 };
        assert_eq!(parse("4.95 2.08 62000\n"), Some(cost));
        assert_eq!(parse("Command exited with non-zero status 2"), None);
    }
}

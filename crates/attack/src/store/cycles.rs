//! Relationships that must not lead back to where they began.

use std::collections::BTreeMap;

use super::entry::{Entry, Link};

/// Of these a ring would mean nothing: a technique that is part of itself, an object that replaces itself.
const NO_RINGS: &[&str] = &["subtechnique-of", "revoked-by"];

#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Not,
    OnTheWay,
    Done,
}

/// Which entries close a ring, by their place; of a ring it is the one that comes last on the way round.
pub(super) fn closing(entries: &[Entry]) -> Vec<usize> {
    let mut found: Vec<usize> = (0..entries.len()).filter(|at| is_loop(&entries[*at])).collect();
    for label in NO_RINGS {
        found.extend(closing_of(entries, label));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// A relationship of an object with itself.
fn is_loop(entry: &Entry) -> bool {
    entry.link(Link::From).is_some_and(|from| entry.link(Link::To) == Some(from))
}

fn closing_of(entries: &[Entry], label: &str) -> Vec<usize> {
    let mut edges: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        if entry.link(Link::Label) == Some(label)
            && let Some((from, to)) = entry.link(Link::From).zip(entry.link(Link::To))
        {
            edges.entry(from).or_default().push((to, at));
        }
    }
    let mut seen: BTreeMap<&str, Seen> = BTreeMap::new();
    let mut found = Vec::new();
    for start in edges.keys() {
        if seen.get(start).copied().unwrap_or(Seen::Not) != Seen::Not {
            continue;
        }
        // Where it stands, and how many of its ways were gone.
        let mut way: Vec<(&str, usize)> = vec![(start, 0)];
        seen.insert(start, Seen::OnTheWay);
        while let Some((node, gone)) = way.last_mut() {
            let Some((to, at)) = edges.get(*node).and_then(|ways| ways.get(*gone)).copied() else {
                seen.insert(node, Seen::Done);
                way.pop();
                continue;
            };
            *gone += 1;
            match seen.get(to).copied().unwrap_or(Seen::Not) {
                Seen::OnTheWay => found.push(at),
                Seen::Done => {}
                Seen::Not => {
                    seen.insert(to, Seen::OnTheWay);
                    way.push((to, 0));
                }
            }
        }
    }
    found
}

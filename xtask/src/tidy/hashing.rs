//! Hash maps in the pure crates: none whose order hangs on a random seed.
//!
//! A map with a fixed hasher is allowed where its order is never read; that nobody reads it is for the reader to see.

use proc_macro2::TokenTree;

use super::tokens::{is_path_separator, is_punct, is_word, read, word};

/// std's types, and how many parameters name the hasher too.
const SEEDED: &[(&str, usize)] = &[("HashMap", 3), ("HashSet", 2)];

/// Constructors that std has for its own random hasher only.
const SEEDING: &[&str] = &["new", "with_capacity", "from", "from_iter"];

/// What is wrong with the hash maps of a source.
pub fn check(path: &str, source: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    look(&read(source), &mut |what| {
        complaints.push(format!(
            "{path}: `{what}` is ordered by a random seed; name a fixed hasher, or take a BTreeMap"
        ));
    });
    complaints
}

fn look(tokens: &[TokenTree], complain: &mut dyn FnMut(&str)) {
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            look(&group.stream().into_iter().collect::<Vec<_>>(), complain);
        }
        if is_word(token, "RandomState") {
            complain("RandomState");
        }
        let Some((name, parameters)) = SEEDED.iter().find(|(name, _)| is_word(token, name)) else { continue };
        // `HashMap<…>`, `HashMap::<…>` or `HashMap::new`.
        let behind = if is_path_separator(tokens, at + 1) { at + 3 } else { at + 1 };
        if tokens.get(behind).is_some_and(|token| is_punct(token, '<')) {
            if arguments(&tokens[behind + 1..]) < *parameters {
                complain(&format!("{name}<…>"));
            }
        } else if let Some(called) =
            word(tokens.get(behind)).filter(|called| SEEDING.contains(&called.as_str()))
        {
            complain(&format!("{name}::{called}"));
        }
    }
}

/// How many arguments stand before the bracket that closes.
fn arguments(tokens: &[TokenTree]) -> usize {
    let (mut depth, mut count) = (0_usize, 1);
    for (at, token) in tokens.iter().enumerate() {
        let is_arrow = at > 0 && is_punct(&tokens[at - 1], '-');
        let closes = tokens.get(at + 1).is_some_and(|next| is_punct(next, '>'));
        match token {
            token if is_punct(token, '<') => depth += 1,
            token if is_punct(token, '>') && !is_arrow && depth == 0 => break,
            token if is_punct(token, '>') && !is_arrow => depth -= 1,
            token if is_punct(token, ',') && depth == 0 && !closes => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_seed_is_seen_and_a_fixed_hasher_allowed() {
        let wrong = |source: &str| check("crates/engine/src/a.rs", source).len();
        for source in [
            "type M = HashMap<u8, Vec<fn(u8) -> u8>>;",
            "fn f() { let m = std::collections::HashMap::new(); }",
            "fn f() { x.collect::<HashSet<_>>() }",
            "struct S { m: HashMap<u8, (u8, u8)>, }",
            "fn f() { HashSet::<u8>::default() }",
            "use std::hash::RandomState;",
        ] {
            assert_eq!(wrong(source), 1, "{source}");
        }
        for source in [
            "use std::collections::{HashMap, HashSet};",
            "type M<V> = HashMap<u64, V, BuildHasherDefault<Fnv>>;",
            "fn f() { let m: M<u8> = HashMap::default(); HashMap::with_capacity_and_hasher(1, fixed()) }",
            "struct S { m: HashSet<Text, Fixed> }",
            "// HashMap<u8, u8>",
            "#[cfg(test)] mod tests { fn f() { HashMap::new(); } }",
        ] {
            assert_eq!(wrong(source), 0, "{source}");
        }
    }
}

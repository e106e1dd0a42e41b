//! What variables hold while a script is read or followed: a value, something that nobody here knows, or nothing yet.
//! What a branch may have changed is known no longer after it.

use std::collections::BTreeMap;
use std::rc::Rc;

/// Variables of one scope that are followed.
pub(super) const VARIABLES_MAX: usize = 1024;

/// A value, where it is told.
pub(super) type Value = Option<Rc<str>>;

/// The variables of one scope.
#[derive(Debug, Default)]
pub(super) struct Variables {
    held: BTreeMap<String, Value>,
    /// What each change within an open block took the place of, the latest last.
    changed: Vec<(String, Option<Value>)>,
    open: usize,
}

/// What a block is to the variables that are set in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    /// It runs where it stands: `try`.
    Runs,
    /// It runs or not, now or later: `if`, a script block.
    MayRun,
    /// It runs any number of times: `foreach`.
    Repeats,
    /// Its variables are its own: a function.
    Defines,
}

/// Words that a block follows, and what it then is to variables.
const STEERING: &[(&str, Block)] = &[
    ("function", Block::Defines),
    ("filter", Block::Defines),
    ("workflow", Block::Defines),
    ("configuration", Block::Defines),
    ("class", Block::Defines),
    ("for", Block::Repeats),
    ("foreach", Block::Repeats),
    ("foreach-object", Block::Repeats),
    ("%", Block::Repeats),
    ("while", Block::Repeats),
    ("do", Block::Repeats),
    ("try", Block::Runs),
    ("finally", Block::Runs),
    ("begin", Block::Runs),
    ("process", Block::Runs),
    ("end", Block::Runs),
    ("if", Block::MayRun),
    ("elseif", Block::MayRun),
    ("else", Block::MayRun),
    ("switch", Block::MayRun),
    ("catch", Block::MayRun),
    ("trap", Block::MayRun),
];

impl Block {
    /// A block that follows this word, lower case; `None` where the word steers nothing.
    pub(super) fn after(word: &str) -> Option<Block> {
        STEERING.iter().find(|(steering, _)| *steering == word).map(|(_, block)| *block)
    }
}

/// Where an open block began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark(usize);

impl Variables {
    /// What a variable holds; `None` where it was given nothing.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.held.get(name)
    }

    /// All that hold something which is told.
    pub(super) fn told(&self) -> impl Iterator<Item = (&str, &Rc<str>)> {
        self.held.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_ref()?)))
    }

    /// A variable is given a value.
    pub(super) fn set(&mut self, name: &str, value: Value) {
        if self.held.len() >= VARIABLES_MAX && !self.held.contains_key(name) {
            return;
        }
        let before = self.held.insert(name.to_owned(), value);
        if self.open > 0 {
            self.changed.push((name.to_owned(), before));
        }
    }

    /// A block begins.
    pub(super) fn enter(&mut self) -> Mark {
        self.open += 1;
        Mark(self.changed.len())
    }

    /// A block ends.
    pub(super) fn leave(&mut self, Mark(since): Mark, block: Block) {
        match block {
            Block::Runs => {}
            Block::MayRun | Block::Repeats => {
                for (name, before) in &self.changed[since..] {
                    // What held nothing holds this or nothing afterwards, and nothing names no account.
                    if let (Some(before), Some(now)) = (before, self.held.get_mut(name))
                        && before != now
                    {
                        *now = None;
                    }
                }
            }
            Block::Defines => {
                for (name, before) in self.changed.drain(since..).rev() {
                    match before {
                        Some(before) => drop(self.held.insert(name, before)),
                        None => drop(self.held.remove(&name)),
                    }
                }
            }
        }
        self.open -= 1;
        if self.open == 0 {
            self.changed.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(variables: &Variables) -> Option<Option<&str>> {
        variables.get("n").map(|value| value.as_deref())
    }

    #[test]
    fn what_a_block_changes_is_known_only_where_it_surely_ran() {
        for (before, block, after) in [
            (Some("eve"), Block::Runs, Some(Some("bob"))),
            (Some("eve"), Block::MayRun, Some(None)),
            (Some("eve"), Block::Repeats, Some(None)),
            (Some("eve"), Block::Defines, Some(Some("eve"))),
            (Some("bob"), Block::MayRun, Some(Some("bob"))),
            (None, Block::MayRun, Some(Some("bob"))),
            (None, Block::Defines, None),
        ] {
            let mut variables = Variables::default();
            before.into_iter().for_each(|before| variables.set("n", Some(before.into())));
            let mark = variables.enter();
            variables.set("n", Some("bob".into()));
            variables.leave(mark, block);
            assert_eq!(told(&variables), after, "{before:?} {block:?}");
            assert!(variables.changed.is_empty());
        }
    }

    #[test]
    fn blocks_within_blocks_are_taken_back_with_them() {
        let mut variables = Variables::default();
        variables.set("n", Some("eve".into()));
        let outer = variables.enter();
        let inner = variables.enter();
        variables.set("n", Some("bob".into()));
        variables.leave(inner, Block::Runs);
        assert_eq!(told(&variables), Some(Some("bob")));
        variables.leave(outer, Block::MayRun);
        assert_eq!(told(&variables), Some(None));
    }

    #[test]
    fn of_many_the_first_are_followed() {
        let mut variables = Variables::default();
        for index in 0..=VARIABLES_MAX {
            variables.set(&format!("v{index}"), Some("x".into()));
        }
        variables.set("v0", Some("y".into()));
        assert_eq!(variables.get("v0"), Some(&Some("y".into())));
        assert_eq!(variables.get(&format!("v{VARIABLES_MAX}")), None);
    }
}

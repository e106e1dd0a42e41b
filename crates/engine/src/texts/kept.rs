//! A bounded store of what follows from a key. It may forget: what is asked for again is derived again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use foldhash::fast::FixedState;

/// Longer texts are rare, and hardly come twice: their facts are not kept.
const BYTES_MAX: usize = 4096;

/// Facts by what they follow from. The map is asked and never walked, so that its order is nobody's concern.
#[derive(Debug)]
pub(super) struct Kept<Key, Facts> {
    known: HashMap<Key, Arc<Facts>, FixedState>,
    max: usize,
}

impl<Key: Eq + Hash, Facts> Kept<Key, Facts> {
    /// A store of at most so many.
    pub(super) fn of(max: usize) -> Kept<Key, Facts> {
        Kept { known: HashMap::default(), max }
    }

    /// The facts that follow from a key, whose texts have so many bytes. At the bound all are forgotten: what still
    /// comes is soon known again.
    pub(super) fn facts(&mut self, key: Key, bytes: usize, derive: impl FnOnce(&Key) -> Facts) -> Arc<Facts> {
        if bytes > BYTES_MAX {
            return Arc::new(derive(&key));
        }
        if let Some(facts) = self.known.get(&key) {
            return facts.clone();
        }
        let facts = Arc::new(derive(&key));
        if self.known.len() >= self.max {
            self.known.clear();
        }
        if self.max > 0 {
            self.known.insert(key, facts.clone());
        }
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_derived_once_and_what_was_forgotten_again() {
        let mut derived = Vec::new();
        let mut ask = |kept: &mut Kept<u32, u32>, key: u32, bytes: usize| {
            let facts = kept.facts(key, bytes, |key| {
                derived.push(*key);
                key * 10
            });
            assert_eq!(*facts, key * 10);
            assert!(kept.known.len() <= kept.max);
        };
        let mut kept = Kept::of(2);
        [1, 2, 1, 2, 3, 3, 1].iter().for_each(|key| ask(&mut kept, *key, BYTES_MAX));
        [8, 8].iter().for_each(|key| ask(&mut kept, *key, BYTES_MAX + 1));
        let mut none = Kept::of(0);
        [7, 7].iter().for_each(|key| ask(&mut none, *key, 1));
        assert_eq!(derived, [1, 2, 3, 1, 8, 8, 7, 7]);
    }
}

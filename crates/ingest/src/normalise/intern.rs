//! Texts that repeat are kept once: images, names and domains come by the thousand.

use std::collections::HashSet;

use begat_model::Text;

/// Texts remembered at once; beyond it memory is forgotten, not the texts.
const TEXTS_MAX: usize = 16_384;
/// Longer texts (command lines, mostly) rarely repeat.
const LENGTH_MAX: usize = 256;

/// Remembers texts.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    texts: HashSet<Text>,
}

impl Interner {
    /// The same text, shared with others that are equal.
    pub(crate) fn text(&mut self, text: &str) -> Text {
        if text.len() > LENGTH_MAX {
            return text.into();
        }
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        if self.texts.len() >= TEXTS_MAX {
            self.texts.clear();
        }
        let shared = Text::from(text);
        self.texts.insert(shared.clone());
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn equal_texts_are_one_and_memory_is_bounded() {
        let mut interner = Interner::default();
        let first = interner.text("SYSTEM");
        assert!(Arc::ptr_eq(&first, &interner.text("SYSTEM")));
        for number in 0..3 * TEXTS_MAX {
            interner.text(&number.to_string());
            assert!(interner.texts.len() <= TEXTS_MAX);
        }
        assert_eq!(&*interner.text("SYSTEM"), "SYSTEM");
    }
}

//! From a creation to what explains it, and how sure that is.

pub mod clue;
pub mod clues;
pub mod evidence;
pub mod no_process;
pub mod scene;
pub mod score;
pub mod weigh;
pub mod weighed;
pub mod window_rule;

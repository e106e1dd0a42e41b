//! From a creation to what explains it, and how sure that is.

pub mod act;
pub mod clue;
pub mod clues;
pub mod creation;
pub mod evidence;
pub mod first_run;
pub mod interlock;
pub mod moment;
pub mod no_process;
pub mod pointers;
pub mod scene;
pub mod score;
pub mod seen_by_sam;
pub mod sought;
pub mod weigh;
pub mod weighed;
pub mod window_rule;

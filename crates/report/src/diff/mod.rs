//! What changed between two hunts: new, gone and changed cases and findings, by their ids.
//!
//! Works on what was written (`begat.case/1`, `begat.finding/1`), not on what the engine knows: the two hunts may lie months
//! and versions apart.

mod compare;
mod comparison;
mod difference;
mod record;
mod write;

pub use comparison::{Comparison, Counts};
pub use record::Record;
pub use write::{DIFF_FORMATS, DiffFormat};

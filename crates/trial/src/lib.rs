//! What the tests of several crates share: repeatable damage, real logs where they are, and notices that a person sees.

mod damage;
mod notice;
mod samples;

pub use damage::{Random, mutate};
pub use notice::skipped;
pub use samples::samples;

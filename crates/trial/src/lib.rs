//! What the tests of several crates share: repeatable damage, real logs where they are, JSON Schemas, and notices that a person sees.

mod damage;
mod notice;
mod samples;
mod schema;

pub use damage::{Random, mutate};
pub use notice::skipped;
pub use samples::samples;
pub use schema::JsonSchema;

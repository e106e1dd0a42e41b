//! What the command tells: casebook, simulated stories, real logs and the frozen set, as a user would hunt them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod attack;
mod casebook;
mod elsewhere;
mod fleet;
mod frozen;
mod heard;
mod orders;
mod page;
#[path = "../../../report/tests/published/mod.rs"]
mod published;
mod qa;
mod readme;
mod samples;
mod sight;
mod stories;
mod twice;

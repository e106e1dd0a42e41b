//! The engine's tests from outside, in one program.
#![allow(clippy::unwrap_used, reason = "a test that fails there fails")]

mod attribution;
mod bounds;
mod context;
mod edges;
mod edr;
#[path = "../harness/mod.rs"]
mod harness;
mod intent_adversary;
mod intent_spellings;
mod lost;
mod machines;
mod mutations;
mod reading;
mod signs;
#[path = "../story/mod.rs"]
mod story;
mod tuning;

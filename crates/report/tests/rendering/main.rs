//! Every format over the same few stories: snapshots to read, and the promises that no snapshot can hold.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod elsewhere;
mod formats;
mod html;
#[path = "../published/mod.rs"]
mod published;
mod schema;
mod stories;
mod text;
mod verdicts;

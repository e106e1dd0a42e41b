//! Ingest's tests from outside, in one program.
#![allow(clippy::unwrap_used, reason = "a test that fails there fails")]

mod bad_input;
mod carriers;
mod defender;
mod envelopes;
#[path = "../harness/mod.rs"]
mod harness;
mod mutations;
mod packed;
#[cfg(feature = "parquet")]
mod parquet;
mod samples;
mod tables;
#[path = "../twice/mod.rs"]
mod twice;

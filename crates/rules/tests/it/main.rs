//! The rules' tests from outside, in one program.
#![allow(clippy::unwrap_used, reason = "a test that fails there fails")]

#[path = "../harness/mod.rs"]
mod harness;
mod samples;
mod sigma;

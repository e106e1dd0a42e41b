//! The library from outside: what comes in, what is refused, what is answered.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

#[path = "../harness/mod.rs"]
mod harness;

mod bundles;
mod hostile;
mod json;
mod mutations;
mod real;
mod stores;

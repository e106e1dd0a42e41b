//! The simulator's tests from outside, in one program: what is linked once need not be linked eight times.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod attacks;
mod carriers;
mod coincidence;
mod demo;
mod evtx_dense;
mod evtx_oracle;
mod evtx_properties;
mod first_boot;
mod judge;
mod lies;
mod stories;
#[path = "../../../ingest/tests/twice/mod.rs"]
mod twice;

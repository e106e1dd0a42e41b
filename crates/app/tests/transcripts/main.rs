//! The command as its users meet it: what was typed, the exit status, standard output and standard error.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod attack;
mod bad_input;
mod calibrate;
mod coverage;
mod diff;
mod document;
mod dump;
mod explain;
mod export;
mod first_steps;
mod hunt;
mod logs;
mod policy;
mod policy_commands;
mod readiness;
mod rehearse;
mod secrets;
mod session;
mod sigma;
mod usage;

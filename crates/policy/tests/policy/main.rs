//! A site's policy and tickets: what is refused and how that is told, what fits, and what a permission changes.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod bad_policies;
mod fits;
mod likely;
mod permissions;
mod situations;
mod tickets;

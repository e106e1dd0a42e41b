//! What to search elsewhere: instead of cases, the addresses, accounts, sessions and files that they are made of.
//!
//! What every machine has is no pivot: loopback, SYSTEM and its kin, their sessions, the host's own name, Windows' images.

mod gather;
mod pivot;
mod write;

pub(crate) use write::{write_csv, write_jsonl, write_table};

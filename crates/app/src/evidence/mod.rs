//! A folder of evidence: what readiness was worked out from, with a manifest that says what each file was.
//!
//! `manifest` is the list and how it is read back, `write` fills a folder, `verify` holds one against its manifest. No
//! clock has a part in it: the same inputs make the same folder, and so the same manifest.

mod manifest;
pub mod verify;
mod write;

pub use write::{Evidence, prepare};

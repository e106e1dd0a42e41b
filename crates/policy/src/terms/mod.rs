//! On what terms a creation is allowed: an entry, its keys and times, and what they prove together.

pub(crate) mod beside;
pub(crate) mod entry;
pub(crate) mod key;
pub(crate) mod schedule;
pub(crate) mod strength;

//! Bytes as they stand in a log: numbers, texts, times, values, and what may be wrong with them.

pub(crate) mod bytes;
pub(crate) mod damage;
pub(crate) mod escape;
pub(crate) mod sizes;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod value;

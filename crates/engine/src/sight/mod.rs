//! What a host showed, and what took its sight away.

pub mod blinding;
pub mod visibility;

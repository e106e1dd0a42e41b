//! The accounts of one host.

pub mod life;
pub mod table;
pub mod unseen;

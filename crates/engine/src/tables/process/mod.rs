//! The processes of one host.

pub mod ends;
pub mod record;
pub mod shelves;
pub mod table;

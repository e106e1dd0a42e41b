//! One file a command.

pub mod dump;
pub mod explain;
pub mod hunt;
pub mod policy;
pub mod schema;

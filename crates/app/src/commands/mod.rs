//! One file a command.

pub mod attack;
pub mod carriers;
pub mod coverage;
pub mod demo;
pub mod diff;
pub mod dump;
pub mod explain;
pub mod hunt;
pub mod manual;
pub mod policy;
pub mod schema;

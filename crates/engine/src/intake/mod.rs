//! Which hosts there are, and the order of their events.

pub mod identity;
pub mod order;
mod renames;

//! Which hosts there are, and the order of their events.

mod copies;
mod host_id;
pub mod identity;
pub mod order;
mod renames;

//! The case of a creation, and findings beside it.

pub mod about;
pub mod account;
pub mod assemble;
pub mod attribution;
pub mod blind_spots;
pub mod describe;
pub mod events;
pub mod facts;
pub mod finding;
pub mod hidden;
pub mod ledger;
pub mod origin;
pub mod reason;
pub mod settle;
mod several;
pub mod told;

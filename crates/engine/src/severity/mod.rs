//! How much a creation matters.

pub mod ancestor;
pub mod risk;
pub mod user_context;

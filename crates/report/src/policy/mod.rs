//! What a site allows, and how it wants creations judged.

pub mod attack;
pub mod situation;

//! What begat costs: instructions, which any machine counts alike, and time and memory, which none does.

pub mod bench;
mod callgrind;
pub mod count;
mod hunt;
mod inputs;

//! What marking costs.
fn main() {}

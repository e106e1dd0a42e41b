//! begat
fn main() {}

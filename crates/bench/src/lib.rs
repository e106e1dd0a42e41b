//! What the benchmarks read: logs that are made for them.

pub mod dense;

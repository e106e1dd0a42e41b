//! begat-sim

//! begat-engine

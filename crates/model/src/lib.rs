//! begat-model

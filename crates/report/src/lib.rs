//! begat-report

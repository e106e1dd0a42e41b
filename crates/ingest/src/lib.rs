//! begat-ingest

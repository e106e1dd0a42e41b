//! Any bytes as a Parquet file: `RUSTC_BOOTSTRAP=1 cargo fuzz run parquet_tables`.
#![no_main]

#[path = "../../crates/ingest/tests/harness/mod.rs"]
mod harness;

use std::sync::LazyLock;

use begat_ingest::Schemas;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(Schemas::built_in);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    harness::parquet_tables(bytes, &SCHEMAS);
});

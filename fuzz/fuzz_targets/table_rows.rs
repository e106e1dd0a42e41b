//! Any bytes as the rows of tables: `RUSTC_BOOTSTRAP=1 cargo fuzz run table_rows`.
#![no_main]

#[path = "../../crates/ingest/tests/harness/mod.rs"]
mod harness;

use std::sync::LazyLock;

use begat_ingest::Schemas;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(Schemas::built_in);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    harness::table_rows(bytes, &SCHEMAS);
});

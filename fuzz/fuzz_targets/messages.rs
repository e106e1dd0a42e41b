//! Any bytes as Windows' message: `RUSTC_BOOTSTRAP=1 cargo fuzz run messages`.
#![no_main]

#[path = "../../crates/ingest/tests/harness/mod.rs"]
mod harness;

use std::sync::LazyLock;

use begat_ingest::Schemas;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(Schemas::built_in);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    harness::messages(bytes, &SCHEMAS);
});

//! Any bytes as lines that a relay prefixed: `RUSTC_BOOTSTRAP=1 cargo fuzz run prefixed_lines`.
#![no_main]

#[path = "../../crates/ingest/tests/harness/mod.rs"]
mod harness;

use std::sync::LazyLock;

use begat_ingest::Schemas;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(Schemas::built_in);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    harness::prefixed_lines(bytes, &SCHEMAS);
});

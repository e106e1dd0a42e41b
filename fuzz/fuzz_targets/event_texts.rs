//! Any bytes as the text in which a shape has a whole event: `RUSTC_BOOTSTRAP=1 cargo fuzz run event_texts`.
#![no_main]

#[path = "../../crates/ingest/tests/harness/mod.rs"]
mod harness;

use std::sync::LazyLock;

use begat_ingest::Schemas;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(Schemas::built_in);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    harness::event_texts(bytes, &SCHEMAS);
});

//! Any bytes as a file: `RUSTC_BOOTSTRAP=1 cargo fuzz run evtx_file`.
#![no_main]

#[path = "../../crates/evtx/tests/harness/mod.rs"]
mod harness;

use std::cell::RefCell;

use begat_evtx::ChunkReader;

thread_local! {
    /// One reader for all inputs, as a hunt uses one for all files.
    static READER: RefCell<ChunkReader> = RefCell::new(ChunkReader::new(&harness::everything()));
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    READER.with_borrow_mut(|reader| harness::file(reader, bytes));
});

//! Any bytes as a command line, a script and a module log: `RUSTC_BOOTSTRAP=1 cargo fuzz run command_lines`.
#![no_main]

#[path = "../../crates/engine/tests/harness/mod.rs"]
mod harness;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    harness::command_lines(bytes);
});

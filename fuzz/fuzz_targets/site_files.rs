//! Any bytes as a policy, change tickets and an inventory: `RUSTC_BOOTSTRAP=1 cargo fuzz run site_files`.
#![no_main]

#[path = "../../crates/policy/tests/harness/mod.rs"]
mod harness;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    harness::site_files(bytes);
});

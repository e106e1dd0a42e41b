//! Any bytes as a file of Sigma rules: `RUSTC_BOOTSTRAP=1 cargo fuzz run sigma_rules`.
#![no_main]

#[path = "../../crates/rules/tests/harness/mod.rs"]
mod harness;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    harness::sigma_rules(bytes);
});

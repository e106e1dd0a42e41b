//! Any bytes as a bundle of ATT&CK: `RUSTC_BOOTSTRAP=1 cargo fuzz run attack_bundle`.
#![no_main]

#[path = "../../crates/attack/tests/harness/mod.rs"]
mod harness;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    harness::attack_bundle(bytes);
});

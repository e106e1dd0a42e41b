//! A short, repeatable run of what the fuzz target does: files of a site, damaged at random, never panic.

mod harness;

use begat_trial::{Random, mutate};
use harness::site_files;

const ROUNDS: u64 = 400;

/// The shipped files of each sort, and the other spellings of a table.
const SEEDS: &[&str] = &[
    include_str!("../../../examples/site.toml"),
    include_str!("../../../examples/hosts.csv"),
    include_str!("../../../examples/tickets.csv"),
    "[{\"ticket\": \"C\", \"host\": \"a\", \"from\": \"2026-03-02\", \"to\": \"2026-03-02T08:00+01:00\", \"owner\": \"b\"}]",
    "PC1,System,,{0CCE9235-69AE-11D9-BED3-505054503030},,,1\r\nPC1,,,{0CCE922B-69AE-11D9-BED3-505054503030},Success,\n",
    "\u{feff}host;role;owner\r\n\"a;\r\nb\";kiosk;x\r\n\r\nc;dc;\r\n",
];

/// Bytes that mean something to TOML, CSV or JSON.
const TELLING: &[u8] = b"\"'[]{}=,;:.#\\@*?/-+ \n\r\t\0\x1b\xff\xc3";

#[test]
fn damaged_policies_tickets_and_inventories_never_panic() {
    let mut random = Random::new(20_261_125);
    let mut sound = 0;
    for seed in SEEDS {
        assert!(site_files(seed.as_bytes()) > 0, "{seed} is sound as what it is");
        for _ in 0..ROUNDS {
            let mut bytes = seed.as_bytes().to_vec();
            mutate(&mut bytes, TELLING, &mut random);
            sound += site_files(&bytes);
        }
    }
    assert!(sound > 0, "some outlive the damage");
}

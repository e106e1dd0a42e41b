//! A short, repeatable run of what the fuzz target does: files of a site, damaged at random, never panic.

mod harness;

use harness::site_files;

const ROUNDS: u64 = 400;

/// The shipped files of each sort, and the other spellings of a table.
const SEEDS: &[&str] = &[
    include_str!("../../../examples/site.toml"),
    include_str!("../../../examples/hosts.csv"),
    include_str!("../../../examples/tickets.csv"),
    "[{\"ticket\": \"C\", \"host\": \"a\", \"from\": \"2026-03-02\", \"to\": \"2026-03-02T08:00+01:00\", \"owner\": \"b\"}]",
    "\u{feff}host;role;owner\r\n\"a;\r\nb\";kiosk;x\r\n\r\nc;dc;\r\n",
];

/// SplitMix64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Bytes that mean something to TOML, CSV or JSON.
const TELLING: &[u8] = b"\"'[]{}=,;:.#\\@*?/-+ \n\r\t\0\x1b\xff\xc3";

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(6) {
        if bytes.is_empty() {
            return;
        }
        let at = random.below(bytes.len());
        match random.below(4) {
            0 => bytes[at] = TELLING[random.below(TELLING.len())],
            1 => bytes.insert(at, TELLING[random.below(TELLING.len())]),
            2 => drop(bytes.drain(at..(at + random.below(12)).min(bytes.len()))),
            _ => {
                let from = random.below(bytes.len());
                let piece = bytes[from..(from + random.below(60)).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
}

#[test]
fn damaged_policies_tickets_and_inventories_never_panic() {
    let mut random = Random(20_261_125);
    let mut sound = 0;
    for seed in SEEDS {
        assert!(site_files(seed.as_bytes()) > 0, "{seed} is sound as what it is");
        for _ in 0..ROUNDS {
            let mut bytes = seed.as_bytes().to_vec();
            mutate(&mut bytes, &mut random);
            sound += site_files(&bytes);
        }
    }
    assert!(sound > 0, "some outlive the damage");
}

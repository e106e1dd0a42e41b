//! The attacks that `begat policy` holds entries against are what the simulator writes.

use std::collections::BTreeSet;

use begat_sim::attacks::{attacks, attacks_file};
use begat_sim::story::STORIES;

const SHIPPED: &str = include_str!("../../../policy/src/review/attacks.json");
const TO_MEND: &str = "run `cargo run -p begat-sim -- attacks crates/policy/src/review/attacks.json`";

#[test]
fn the_shipped_file_is_what_the_simulator_writes() {
    let told = attacks().unwrap();
    assert!(attacks_file(&told).unwrap() == SHIPPED, "attacks.json differs: {TO_MEND}");
    assert_eq!(begat_policy::attacks(), told, "what was written is read back the same");
}

#[test]
fn every_attack_story_with_a_creation_is_there() {
    let shipped: BTreeSet<&str> =
        begat_policy::attacks().iter().map(|attack| attack.story.as_str()).collect();
    let is_attack = |scenario: &str| scenario.starts_with('M');
    let creating = STORIES.iter().filter(|kind| !kind.tell(1).truth.is_empty());
    let told: BTreeSet<&str> =
        creating.filter(|kind| is_attack(kind.scenario)).map(|kind| kind.name).collect();
    assert_eq!(shipped, told);
    assert!(told.len() > 30 && SHIPPED.len() < 100_000, "{} stories, {} bytes", told.len(), SHIPPED.len());
}

//! A short, repeatable run of what the fuzz target does: bundles, damaged at random, never panic.

use begat_trial::{Random, mutate};

use crate::bundles::{attack_id, bundle, id, object, relationship};
use crate::harness::attack_bundle;

const ROUNDS: u64 = 250;

/// Bytes that mean something to JSON and to ids.
const TELLING: &[u8] = b"\"\\[]{}:,0-e.tu/ \n\0\xff\xed";

#[test]
fn damaged_bundles_never_panic() {
    let [technique, strategy, analytic] =
        [id("attack-pattern", 1), id("x-mitre-detection-strategy", 2), id("x-mitre-analytic", 3)];
    let phases =
        "\"kill_chain_phases\":[{\"kill_chain_name\":\"mitre-attack\",\"phase_name\":\"persistence\"}]";
    let seed = bundle(&[
        object(
            "attack-pattern",
            1,
            &format!("{},{phases},\"x_mitre_version\":\"1.0\"", attack_id("T1136.001")),
        ),
        object("x-mitre-detection-strategy", 2, &format!("\"x_mitre_analytic_refs\":[\"{analytic}\"]")),
        object("x-mitre-analytic", 3, &format!("{},\"description\":\"a\\u2013b\"", attack_id("AN1235"))),
        object("x-mitre-tactic", 4, "\"x_mitre_shortname\":\"persistence\",\"x_mitre_deprecated\":false"),
        relationship(5, &strategy, "detects", &technique),
        relationship(6, &technique, "subtechnique-of", &id("attack-pattern", 7)),
    ]);
    assert_eq!(attack_bundle(seed.as_bytes()), 6);
    let mut random = Random::new(20_261_129);
    let mut outlived = 0;
    for _ in 0..ROUNDS {
        let mut bytes = seed.clone().into_bytes();
        mutate(&mut bytes, TELLING, &mut random);
        outlived += attack_bundle(&bytes);
    }
    assert!(outlived > 0, "some outlive the damage");
}

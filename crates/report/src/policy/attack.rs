//! Attacks that an entry of a policy must never allow: what a hunt tells of the simulator's attack stories.
//!
//! The file beside this one is written by `begat-sim attacks`; a test there fails when the two differ.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::situation::Situation;

/// A creation of an attack story, as a policy sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttackSituation {
    /// Name of the story.
    pub story: String,
    /// Scenario of the domain reference that it plays: `M01` …
    pub scenario: String,
    /// What happens.
    pub summary: String,
    /// What a hunt tells of it.
    pub situation: Situation,
}

static ATTACKS: LazyLock<Vec<AttackSituation>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("attacks.json")).expect("a test reads the file that is shipped")
});

/// All of them, by scenario.
pub fn attacks() -> &'static [AttackSituation] {
    &ATTACKS
}

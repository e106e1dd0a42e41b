//! What a hunt tells of every attack story, for `begat policy` to hold entries against.
use begat_ingest::Schemas;
use begat_policy::AttackSituation;

use crate::encode::{Carrier, Shipping};
use crate::judge::{TrialError, hunt};
use crate::story::{STORIES, StoryKind};

/// Changing it changes the shipped file.
const SEED: u64 = 1;

/// Every creation of every attack story, told apart by what a policy sees of it.
pub fn attacks() -> Result<Vec<AttackSituation>, TrialError> {
    let schemas = Schemas::built_in();
    let mut attacks = Vec::new();
    for kind in STORIES.iter().filter(|kind| is_attack(kind)) {
        attacks.extend(attacks_of(kind, &schemas)?);
    }
    attacks.sort_by(|one, two| (&one.scenario, &one.story).cmp(&(&two.scenario, &two.story)));
    Ok(attacks)
}

/// The file, one attack a line, so that a change shows where it is.
pub fn attacks_file(attacks: &[AttackSituation]) -> serde_json::Result<String> {
    let lines: Vec<String> = attacks.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    Ok(format!("[\n{}\n]\n", lines.join(",\n")))
}

/// The domain reference calls malicious scenarios `M`, and begins with administration typed by hand: nothing in the
/// log tells that from an intruder who does the same.
fn is_attack(kind: &StoryKind) -> bool {
    kind.scenario.starts_with('M')
}

fn attacks_of(kind: &StoryKind, schemas: &Schemas) -> Result<Vec<AttackSituation>, TrialError> {
    let carrier = Carrier::named("evtx").expect("the table of carriers has it");
    let bytes = carrier.encode(&kind.tell(SEED).records, &Shipping::default())?;
    let cases = hunt(vec![(format!("story.{}", carrier.extension), bytes)], schemas)?;
    let attack = |case| AttackSituation {
        story: kind.name.to_owned(),
        scenario: kind.scenario.to_owned(),
        summary: kind.summary.to_owned(),
        situation: case,
    };
    Ok(cases.iter().map(|case| attack(case.into())).collect())
}

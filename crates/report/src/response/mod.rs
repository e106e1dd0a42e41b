//! What a responder runs first, filled in with this case's host, account, SID and session, safe to paste.
//!
//! `steps` is the table of steps, `mends` that of blind spots, `values` what fills them in, `quoting` what makes a
//! value of a log harmless. Steps are made as they are asked for: most formats do not.

mod facts;
mod mends;
mod phase;
mod quoting;
mod steps;
mod values;

use begat_model::case::{Case, Verdict};
use serde::{Serialize, Serializer};

pub use phase::Phase;

use facts::Facts;
use mends::{MENDS, Mend};
use phase::RunOn;
use steps::{ROWS, Row};
use values::{IN_COMMANDS, IN_WORDS, filled};

/// Blind spots whose mend is told: the rest is in the case's list of them.
const MENDS_MAX: usize = 3;
/// Steps of one case; mends give way to the others.
const STEPS_MAX: usize = 26;

/// What a responder runs first in a case. Serialised, it is the array of its steps.
#[derive(Debug, Clone, Copy)]
pub struct ResponseView<'a> {
    case: &'a Case,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepView<'a> {
    /// What it is for.
    #[serde(serialize_with = "crate::wire::encode::text")]
    pub phase: Phase,
    /// Its name in the table of steps, for programs; of a mend, the blind spot's.
    pub name: &'static str,
    /// Where it is run; `null`: on any machine with the ActiveDirectory module.
    pub host: Option<&'a str>,
    /// What to do, in words.
    pub step: String,
    /// One line of PowerShell, of printable ASCII.
    pub command: String,
}

impl<'a> From<&'a Case> for ResponseView<'a> {
    fn from(case: &'a Case) -> Self {
        ResponseView { case }
    }
}

impl<'a> ResponseView<'a> {
    /// The steps, in the order in which they are done.
    pub fn steps(&self) -> Vec<StepView<'a>> {
        let facts = Facts::of(self.case);
        let (closing, working): (Vec<StepView<'a>>, Vec<StepView<'a>>) =
            ROWS.iter().filter_map(|row| step(row, &facts)).partition(|step| step.phase == Phase::Close);
        let room = STEPS_MAX.saturating_sub(working.len() + closing.len());
        let mends = self.mends(&facts).take(MENDS_MAX.min(room));
        working.into_iter().chain(mends).chain(closing).collect()
    }

    /// What would have let the case be seen whole, where that is worth a person's time.
    fn mends(&self, facts: &Facts<'a>) -> impl Iterator<Item = StepView<'a>> + use<'a> {
        let case = self.case;
        let worth = facts.full() || facts.verdict(Verdict::Unknown);
        let blind = move |mend: &&Mend| worth && case.blind_spots.iter().any(|spot| spot.kind() == mend.kind);
        MENDS.iter().filter(blind).map(|mend| StepView {
            phase: Phase::Close,
            name: mend.kind.slug(),
            host: Some(case.host.name.as_str()),
            step: mend.step.to_owned(),
            command: mend.command.to_owned(),
        })
    }
}

impl Serialize for ResponseView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.steps())
    }
}

/// The row for this case; `None` where it does not apply, or nothing is known that fills it in.
fn step<'a>(row: &Row, facts: &Facts<'a>) -> Option<StepView<'a>> {
    if !(row.when)(facts) {
        return None;
    }
    let host = match row.run_on {
        RunOn::Host => Some(facts.case.host.name.as_str()),
        RunOn::Source => Some(facts.source()?.name),
        RunOn::Directory => None,
    };
    let (step, command) = row.ways.iter().find_map(|(step, command)| {
        Some((filled(step, facts, IN_WORDS)?, filled(command, facts, IN_COMMANDS)?))
    })?;
    Some(StepView { phase: row.phase, name: row.name, host, step, command })
}

/// Words of every step as they stand in its table, with what it is called: for the list of sentences.
#[cfg(test)]
pub(crate) fn step_templates() -> Vec<(&'static str, &'static str)> {
    let mut templates = Vec::new();
    for row in ROWS {
        let ways = row.ways.iter().map(|(step, _)| (row.name, *step));
        // Two ways of one row may differ in their commands alone.
        ways.for_each(|way| templates.extend((!templates.contains(&way)).then_some(way)));
    }
    templates
}

/// The same of what mends a blind spot.
#[cfg(test)]
pub(crate) fn mend_templates() -> Vec<(&'static str, &'static str)> {
    MENDS.iter().map(|mend| (mend.kind.slug(), mend.step)).collect()
}

#[cfg(test)]
mod tests;

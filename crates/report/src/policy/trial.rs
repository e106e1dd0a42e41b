//! What an entry would have allowed, before it is trusted: creations of real logs, and attacks.

use std::collections::BTreeMap;
use std::io::{self, Write};

use begat_model::case::{Case, Severity};
use begat_model::event::Text;
use serde_json::json;

use super::attack::{AttackSituation, attacks};
use super::hand::{Seen, described, signs_of_attack};
use super::{Entry, Policy};
use crate::json::write_object;
use crate::page::Page;
use crate::visible::visible;

/// Creations told one by one.
const CASES_TOLD_MAX: usize = 50;
/// Creations that nearly fit, told one by one.
const NEAR_TOLD_MAX: usize = 10;
/// What lacks more keys than this does not nearly fit.
const LACKS_MAX: usize = 1;
/// Name and version of what programs read.
const SCHEMA: &str = "begat.policy_trial/1";

/// What an entry would have allowed.
#[derive(Debug)]
pub struct Trial<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// All creations that were looked at.
    pub creations: usize,
    /// Those that it allows.
    pub allowed: Vec<Allowed<'a>>,
    /// Those that it would allow but for one key, each with what it lacks.
    pub near: Vec<(&'a Case, Vec<String>)>,
    /// Attacks that it would allow.
    pub swallowed: Vec<&'static AttackSituation>,
}

/// A creation that the entry allows.
#[derive(Debug)]
pub struct Allowed<'a> {
    /// Its case, as it was without the entry.
    pub case: &'a Case,
    /// By what hand.
    pub hand: String,
    /// Severity without the entry.
    pub before: Severity,
    /// Severity with it.
    pub after: Severity,
    /// What it has of an attack.
    pub signs: Vec<String>,
}

/// Holds an entry of a policy against these cases, of which none was judged by a policy before, and against every
/// attack that begat knows.
pub fn try_entry<'a>(policy: &Policy, entry: &'a Entry, cases: &'a [Case]) -> Trial<'a> {
    let without = policy.with_only(|_| false).with_tickets(super::Tickets::default());
    let with = policy.with_only(|other| other.name() == entry.name());
    let mut trial = Trial {
        entry,
        creations: cases.len(),
        allowed: Vec::new(),
        near: Vec::new(),
        swallowed: attacks().iter().filter(|attack| entry.would_swallow(attack)).collect(),
    };
    for case in cases {
        let seen = Seen { case, situation: case.into() };
        let fit = entry.fits(&seen.situation, policy.tickets());
        if fit.is_whole() {
            let severity = |policy: &Policy| {
                let mut judged = case.clone();
                policy.apply(&mut judged);
                judged.severity
            };
            let (before, after) = (severity(&without), severity(&with));
            let (hand, signs) = (described(&seen.situation), signs_of_attack(&seen));
            trial.allowed.push(Allowed { case, hand, before, after, signs });
        } else if fit.lacks.len() <= LACKS_MAX {
            trial.near.push((case, fit.lacks));
        }
    }
    trial
}

impl Trial<'_> {
    /// It must not be trusted.
    pub fn is_refused(&self) -> bool {
        !self.swallowed.is_empty()
    }

    /// For people.
    pub fn write(&self, page: &Page, out: &mut dyn Write) -> io::Result<()> {
        let entry = self.entry;
        let keys: Vec<&str> = entry.keys().into_iter().collect();
        writeln!(
            out,
            "Entry {}, of {}, until {}: matches on {}",
            visible(entry.name()),
            visible(entry.owner()),
            visible(&entry.expires().text),
            keys.join(", ")
        )?;
        self.write_allowed(page, out)?;
        self.write_near(page, out)?;
        self.write_attacks(out)
    }

    fn write_allowed(&self, page: &Page, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "\nIt allows {} of the {} creations of this input.",
            self.allowed.len(),
            self.creations
        )?;
        for allowed in self.allowed.iter().take(CASES_TOLD_MAX) {
            let change = if allowed.before == allowed.after {
                format!("stays {}", allowed.after)
            } else {
                format!("{} -> {}", allowed.before, allowed.after)
            };
            writeln!(out, "  {}  {change}", heading(allowed.case, page))?;
            writeln!(out, "      {}", visible(&allowed.hand))?;
            for sign in &allowed.signs {
                writeln!(out, "      sign of an attack: {}", visible(sign))?;
            }
        }
        more(self.allowed.len(), CASES_TOLD_MAX, out)
    }

    fn write_near(&self, page: &Page, out: &mut dyn Write) -> io::Result<()> {
        if self.near.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nIt nearly allows {} more.", self.near.len())?;
        for (case, lacks) in self.near.iter().take(NEAR_TOLD_MAX) {
            writeln!(out, "  {}", heading(case, page))?;
            writeln!(out, "      but {}", visible(&lacks.join("; ")))?;
        }
        more(self.near.len(), NEAR_TOLD_MAX, out)
    }

    fn write_attacks(&self, out: &mut dyn Write) -> io::Result<()> {
        let known = stories(attacks().iter()).len();
        let swallowed = stories(self.swallowed.iter().copied());
        if swallowed.is_empty() {
            return writeln!(out, "\nIt allows none of the {known} attacks that begat knows.");
        }
        writeln!(out, "\nIt would allow {} of the {known} attacks that begat knows:", swallowed.len())?;
        for attack in swallowed.values() {
            writeln!(out, "  {}  {}: {}", attack.scenario, attack.story, attack.summary)?;
        }
        Ok(())
    }

    /// For programs: an object for each creation that is or nearly is allowed, then one for each attack.
    pub fn write_lines(&self, out: &mut dyn Write) -> io::Result<()> {
        let entry = &**self.entry.name();
        for Allowed { case, hand, before, after, signs } in &self.allowed {
            let mut object = of_case(entry, "allowed", case);
            object["hand"] = json!(hand);
            object["severity_before"] = json!(before.slug());
            object["severity_after"] = json!(after.slug());
            object["signs_of_attack"] = json!(signs);
            line(&object, out)?;
        }
        for (case, lacks) in &self.near {
            let mut object = of_case(entry, "nearly_allowed", case);
            object["lacks"] = json!(lacks);
            line(&object, out)?;
        }
        for attack in stories(self.swallowed.iter().copied()).values() {
            let object = json!({
                "schema": SCHEMA, "entry": entry, "relation": "attack_allowed",
                "scenario": attack.scenario, "story": attack.story, "summary": attack.summary,
            });
            line(&object, out)?;
        }
        Ok(())
    }
}

/// One a story: some make several accounts.
fn stories<'a>(
    attacks: impl Iterator<Item = &'a AttackSituation>,
) -> BTreeMap<(&'a str, &'a str), &'a AttackSituation> {
    attacks.map(|attack| ((attack.scenario.as_str(), attack.story.as_str()), attack)).collect()
}

fn of_case(entry: &str, relation: &str, case: &Case) -> serde_json::Value {
    json!({
        "schema": SCHEMA, "entry": entry, "relation": relation, "case_id": case.case_id,
        "host": case.host.name.as_str(), "account": account(case).map(|name| &**name),
        "created_at": case.created_at.to_string(),
    })
}

fn line(object: &serde_json::Value, out: &mut dyn Write) -> io::Result<()> {
    write_object(object, out)?;
    out.write_all(b"\n")
}

fn account(case: &Case) -> Option<&Text> {
    case.account.created_as.as_ref().or(case.account.name.as_ref())
}

fn heading(case: &Case, page: &Page) -> String {
    let account = account(case).map_or("an unknown account", |name| &**name);
    let heading =
        format!("{}  {}  {account} on {}", case.case_id, page.time(case.created_at), case.host.name);
    visible(&heading).into_owned()
}

fn more(all: usize, told_max: usize, out: &mut dyn Write) -> io::Result<()> {
    let more = all.saturating_sub(told_max);
    if more > 0 { writeln!(out, "  … and {more} more") } else { Ok(()) }
}

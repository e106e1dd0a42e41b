//! What an entry would have allowed, for people and for programs.

use std::io::{self, Write};

use begat_model::case::Case;
use begat_model::event::Text;
use begat_model::visible::visible;
use begat_policy::{Allowed, Trial, attack_stories};
use begat_report::{Page, write_object};
use serde_json::json;

use super::signs;

/// Creations told one by one.
const CASES_TOLD_MAX: usize = 50;
/// Creations that nearly fit, told one by one.
const NEAR_TOLD_MAX: usize = 10;
/// Name and version of what programs read.
const SCHEMA: &str = "begat.policy_trial/1";

/// For people.
pub fn write(trial: &Trial<'_>, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let entry = trial.entry;
    let keys: Vec<&str> = entry.keys().into_iter().collect();
    writeln!(
        out,
        "Entry {}, of {}, until {}: matches on {}",
        visible(entry.name()),
        visible(entry.owner()),
        visible(&entry.expires().text),
        keys.join(", ")
    )?;
    write_allowed(trial, page, out)?;
    write_near(trial, page, out)?;
    write_attacks(trial, out)
}

fn write_allowed(trial: &Trial<'_>, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let likely = trial.allowed.iter().filter(|allowed| !allowed.beside_likely.is_empty()).count();
    let likely = if likely > 0 {
        format!(", {likely} of them on a creator that is only likely")
    } else {
        String::new()
    };
    writeln!(
        out,
        "\nIt allows {} of the {} creations of this input{likely}.",
        trial.allowed.len(),
        trial.creations
    )?;
    for allowed in trial.allowed.iter().take(CASES_TOLD_MAX) {
        let change = if allowed.before == allowed.after {
            format!("stays {}", allowed.after)
        } else {
            format!("{} -> {}", allowed.before, allowed.after)
        };
        writeln!(out, "  {}  {change}", heading(allowed.case, page))?;
        writeln!(out, "      {}", visible(&allowed.hand))?;
        if !allowed.beside_likely.is_empty() {
            let keys = allowed.beside_likely.join(", ");
            writeln!(out, "      its creator is only likely; without {keys} it would not be allowed")?;
        }
        for sign in signs::said(&allowed.signs) {
            writeln!(out, "      sign of an attack: {}", visible(&sign))?;
        }
    }
    more(trial.allowed.len(), CASES_TOLD_MAX, out)
}

fn write_near(trial: &Trial<'_>, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    if trial.near.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nIt nearly allows {} more.", trial.near.len())?;
    for (case, lacks) in trial.near.iter().take(NEAR_TOLD_MAX) {
        writeln!(out, "  {}", heading(case, page))?;
        writeln!(out, "      but {}", visible(&lacks.join("; ")))?;
    }
    more(trial.near.len(), NEAR_TOLD_MAX, out)
}

fn write_attacks(trial: &Trial<'_>, out: &mut dyn Write) -> io::Result<()> {
    let known = attack_stories();
    if trial.swallowed.is_empty() {
        return writeln!(out, "\nIt allows none of the {known} attacks that begat knows.");
    }
    writeln!(out, "\nIt would allow {} of the {known} attacks that begat knows:", trial.swallowed.len())?;
    for attack in &trial.swallowed {
        writeln!(out, "  {}  {}: {}", attack.scenario, attack.story, attack.summary)?;
    }
    Ok(())
}

/// For programs: an object for each creation that is or nearly is allowed, then one for each attack.
pub fn write_lines(trial: &Trial<'_>, out: &mut dyn Write) -> io::Result<()> {
    let entry = &**trial.entry.name();
    for Allowed { case, hand, before, after, beside_likely, signs } in &trial.allowed {
        let mut object = of_case(entry, "allowed", case);
        object["hand"] = json!(hand);
        object["severity_before"] = json!(before.slug());
        object["severity_after"] = json!(after.slug());
        object["beside_likely"] = json!(beside_likely);
        object["signs_of_attack"] = json!(signs::said(signs));
        line(&object, out)?;
    }
    for (case, lacks) in &trial.near {
        let mut object = of_case(entry, "nearly_allowed", case);
        object["lacks"] = json!(lacks);
        line(&object, out)?;
    }
    for attack in &trial.swallowed {
        let object = json!({
            "schema": SCHEMA, "entry": entry, "relation": "attack_allowed",
            "scenario": attack.scenario, "story": attack.story, "summary": attack.summary,
        });
        line(&object, out)?;
    }
    Ok(())
}

fn of_case(entry: &str, relation: &str, case: &Case) -> serde_json::Value {
    json!({
        "schema": SCHEMA, "entry": entry, "relation": relation, "case_id": case.case_id,
        "host": case.host.name.as_str(), "account": account_name(case).map(|name| &**name),
        "created_at": case.created_at.to_string(),
    })
}

fn line(object: &serde_json::Value, out: &mut dyn Write) -> io::Result<()> {
    write_object(object, out)?;
    out.write_all(b"\n")
}

fn account_name(case: &Case) -> Option<&Text> {
    case.account.created_as.as_ref().or(case.account.name.as_ref())
}

fn heading(case: &Case, page: &Page) -> String {
    let account = account_name(case).map_or("an unknown account", |name| &**name);
    let heading =
        format!("{}  {}  {account} on {}", case.case_id, page.time(case.created_at), case.host.name);
    visible(&heading).into_owned()
}

fn more(all: usize, told_max: usize, out: &mut dyn Write) -> io::Result<()> {
    let more = all.saturating_sub(told_max);
    if more > 0 { writeln!(out, "  … and {more} more") } else { Ok(()) }
}

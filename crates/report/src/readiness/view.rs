//! The shape of readiness that programs read: `begat.readiness/1`.

use serde_json::{Value, json};

use super::commands::{Figure, Typed, coverage};
use super::controls::CONTROLS;
use super::facts::{Doer, Lives, Readiness, Share};
use super::grade::{Question, overall};

/// Name and version of the shape.
const SCHEMA: &str = "begat.readiness/1";
/// Minutes from event to case are measured where cases are made as events come, and a log says nothing of that.
pub(super) const NOT_MEASURED: &str = "nothing live measured it: a log that is read afterwards does not tell";

fn share(share: Share) -> Value {
    json!({"count": share.count, "total": share.total})
}

fn counted(it: Share, figure: Figure, typed: &Typed) -> Value {
    json!({"count": it.count, "total": it.total, "command": figure.command(typed)})
}

fn lives(lives: &Lives) -> Value {
    json!({
        "count": lives.minutes.len(), "median_minutes": lives.median().map(rounded),
        "least_minutes": lives.minutes.first().copied().map(rounded),
        "most_minutes": lives.minutes.last().copied().map(rounded),
    })
}

fn rounded(minutes: f64) -> f64 {
    (minutes * 100.0).round() / 100.0
}

fn doers(all: &[Doer], of_these: &str) -> Value {
    all.iter().map(|it| json!({"who": it.who, "count": it.count, of_these: it.of_these})).collect()
}

/// The whole as one object.
pub(super) fn view(known: &Readiness) -> Value {
    let typed = &known.typed;
    let answers: Vec<Value> = Question::ALL
        .iter()
        .map(|it| {
            json!({"question": it.slug(), "said": it.said(), "answer": it.answer(known).slug(), "rule": it.rule()})
        })
        .collect();
    let mut disable = counted(known.disable, Figure::Disable, typed);
    disable["by_others"] = json!(known.disabled_by_others);
    disable["median_minutes"] = json!(known.lived.median().map(rounded));
    disable["by"] = doers(&known.disabled_by, "by_their_maker");
    let [local, domain, unknown] = known.scopes;
    json!({
        "schema": SCHEMA,
        "from": known.from.map(|at| at.to_string()),
        "until": known.until.map(|at| at.to_string()),
        "answer": overall(known).slug(),
        "answers": answers,
        "proven": counted(known.proven, Figure::Proven, typed),
        "allowed": counted(known.allowed, Figure::Allowed, typed),
        "unexplained": counted(known.unexplained, Figure::Unexplained, typed),
        "disable": disable,
        "assessed": known.is_assessed,
        "inventory": known.has_inventory,
        "creations": {"total": known.creations(), "local": local, "domain": domain, "unknown": unknown},
        "not_in_these_figures": known.beside.iter().map(|(kind, count)| (kind.slug().to_owned(), json!(count)))
            .chain([("inputs_not_read".to_owned(), json!(known.problems))]).collect::<serde_json::Map<_, _>>(),
        "minutes_from_event_to_case": null,
        "minutes_from_event_to_case_why": NOT_MEASURED,
        "lived": {"until_disabled_or_deleted": lives(&known.lived), "still_there": lives(&known.living)},
        "outlived": known.outlived.iter().map(|it| json!({
            "account": it.account, "host": it.host, "rule": it.rule, "owner": it.owner,
            "ended": it.ended.to_string(), "case_id": it.case_id,
        })).collect::<Value>(),
        "may_create": known.allowances.iter().map(|it| json!({
            "entry": &*it.name, "kind": it.kind, "owner": &*it.owner, "reason": &*it.reason, "expires": &*it.expires,
            "match": it.keys.iter().map(|key| (key.name.to_owned(), json!(key.values))).collect::<serde_json::Map<_, _>>(),
            "used": it.used, "defects": it.defects,
        })).collect::<Value>(),
        "did_create": doers(&known.makers, "allowed"),
        "authorisations": {"in_order": share(known.in_order), "faulty": known.faulty, "as_of": known.until.map(|at| at.to_string())},
        "response": counted(known.response, Figure::Response, typed),
        "prerequisites": known.prerequisites.iter().map(|it| json!({
            "name": it.prerequisite.slug(), "what": it.prerequisite.doc(), "counts": it.prerequisite.spec().counts,
            "hosts": share(it.hosts), "hours": share(it.hours),
        })).collect::<Value>(),
        "sight": {"weighted": share(known.weighted()), "command": coverage("jsonl", typed)},
        "hosts": known.hosts.iter().map(|it| json!({
            "host": it.name, "role": it.role, "class": it.class.map(begat_model::case::HostClass::slug), "weight": it.weight,
            "sight": it.sight.slug(), "score": it.score as f64 / 1000.0, "hours": share(it.shown),
            "lacking": it.lacking.iter().map(|it| it.slug()).collect::<Vec<_>>(), "creations": it.creations,
        })).collect::<Value>(),
        "controls": CONTROLS.iter().map(|it| json!({
            "catalogue": it.catalogue, "control": it.id, "about": it.about, "figures": it.figures,
        })).collect::<Value>(),
    })
}

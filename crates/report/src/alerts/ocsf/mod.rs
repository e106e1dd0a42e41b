//! Open Cybersecurity Schema Framework, JSON Lines: one Detection Finding a case or finding; what OCSF has no place for,
//! which is the whole of it in begat's own shape, stands in `unmapped`.

mod objects;
mod observables;

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::Value;

use crate::alerts::alert::{Alert, Attack, TACTIC, authorisation};
use crate::view::{ANALYTIC, AlternativeView, CaseView, Found, Role, Severity, Verdict};
use crate::wire::document::Document;
use crate::wire::object::write_object;
use crate::words::indicator::came_from;
use crate::words::page::Page;
use objects::{actor, device, endpoint, milliseconds, process, target_user};
use observables::observables;

/// The release of OCSF whose class this is.
const OCSF_VERSION: &str = "1.8.0";

pub(crate) fn write(found: &Found<'_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for case in found.cases() {
        let alert = Alert::of_case(&case)?;
        let mut document = of_alert(&alert, &case.attribution.alternatives);
        of_case(&case, &mut document);
        write_line(document, alert.whole, out)?;
    }
    for finding in found.findings() {
        let alert = Alert::of_finding(&finding, found.stand_in())?;
        write_line(of_alert(&alert, &[]), alert.whole, out)?;
    }
    Ok(())
}

fn write_line(mut document: Document, whole: Value, out: &mut dyn Write) -> io::Result<()> {
    document.set("unmapped", whole);
    write_object(&document, out)?;
    out.write_all(b"\n")
}

/// What a case and a finding have in common.
fn of_alert(alert: &Alert<'_>, alternatives: &[AlternativeView<'_>]) -> Document {
    let mut document = Document::default();
    document.set("time", milliseconds(alert.time));
    for (name, number, word) in [
        ("category", 2, "Findings"),
        ("class", 2004, "Detection Finding"),
        ("type", 200_401, "Detection Finding: Create"),
    ] {
        document.set(&format!("{name}_uid"), number);
        document.set(&format!("{name}_name"), word);
    }
    document.set("activity_id", 1);
    document.set("activity_name", "Create");
    document.set("status_id", 1);
    document.set("status", "New");
    severity(alert.severity, &mut document);
    document.set("message", &*alert.message);
    metadata(alert, &mut document);
    finding_info(alert, &mut document);
    document.set("device", device(alert.host));
    document.set("actor", actor(alert.actor, alert.process, alert.chain));
    document.set("evidences", evidences(alert, alternatives));
    document.set("resources", resources(alert));
    document.set("observables", observables(alert));
    document
}

/// What only a case has.
fn of_case(case: &CaseView<'_>, document: &mut Document) {
    let confidence = case.attribution.confidence;
    let (id, word) = confidence_word(case.attribution.verdict, confidence);
    document.set("confidence_id", id);
    document.set("confidence", word);
    // Cut, not rounded: what is not quite certain must not read as certain.
    document.set("confidence_score", confidence.map(|confidence| (confidence * 100.0) as u32));
    document.set("risk_score", case.risk.score);
    let terms = case.risk.terms.iter().map(|term| format!("{:+} {}", term.points, term.why));
    document.set("risk_details", terms.collect::<Vec<_>>().join("; "));
    document.set("status_detail", authorisation(&case.authorisation));
}

/// `High` is for what is shown; where nothing is claimed, OCSF's word for that is `Unknown`.
fn confidence_word(verdict: Verdict, confidence: Option<f64>) -> (u32, &'static str) {
    let is_shown = !matches!(verdict, Verdict::Likely | Verdict::Ambiguous);
    match confidence {
        None => (0, "Unknown"),
        Some(confidence) if confidence >= 0.9 && is_shown => (3, "High"),
        Some(confidence) if confidence >= 0.5 => (2, "Medium"),
        Some(_) => (1, "Low"),
    }
}

fn severity(severity: Severity, document: &mut Document) {
    let (id, word, risk_id, risk) = match severity {
        Severity::Informational => (1, "Informational", 0, "Info"),
        Severity::Low => (2, "Low", 1, "Low"),
        Severity::Medium => (3, "Medium", 2, "Medium"),
        Severity::High => (4, "High", 3, "High"),
        Severity::Critical => (5, "Critical", 4, "Critical"),
    };
    document.set("severity_id", id);
    document.set("severity", word);
    document.set("risk_level_id", risk_id);
    document.set("risk_level", risk);
    document.set("is_alert", severity >= Severity::Medium);
}

fn metadata(alert: &Alert<'_>, document: &mut Document) {
    document.set("metadata.version", OCSF_VERSION);
    document.set("metadata.profiles", vec!["host"]);
    document.set("metadata.uid", alert.id);
    document.set("metadata.product.name", "begat");
    document.set("metadata.product.vendor_name", "begat");
    document.set("metadata.product.version", env!("CARGO_PKG_VERSION"));
    document.set("metadata.original_time", alert.at.map(|at| at.to_string()));
    if let Some(creation) = alert.events.iter().find(|event| event.role == Role::Creation) {
        document.set("metadata.event_code", creation.record.event_id.to_string());
        document.set("metadata.log_name", creation.record.channel);
    }
    let labels = alert.labels.iter().map(|(name, value)| format!("{name}:{value}"));
    document.set("metadata.labels", labels.collect::<Vec<_>>());
}

fn finding_info(alert: &Alert<'_>, document: &mut Document) {
    let times = || alert.events.iter().map(|event| event.record.at).chain(alert.at);
    let channels: BTreeSet<&str> = alert.events.iter().map(|event| event.record.channel).collect();
    document.set("finding_info.uid", alert.id);
    document.set("finding_info.title", &*alert.title);
    document.set("finding_info.desc", &*alert.message);
    document.set("finding_info.types", vec![alert.rule.action]);
    // No clock is asked: the finding is as old as what it is about.
    document.set("finding_info.created_time", alert.at.map(milliseconds));
    document.set("finding_info.first_seen_time", times().min().map(milliseconds));
    document.set("finding_info.last_seen_time", times().max().map(milliseconds));
    document.set("finding_info.data_sources", channels.into_iter().collect::<Vec<_>>());
    document.set("finding_info.analytic.uid", alert.rule.id);
    document.set("finding_info.analytic.name", alert.rule.name);
    document.set("finding_info.analytic.type_id", 2);
    document.set("finding_info.analytic.type", "Behavioral");
    document.set("finding_info.attacks", alert.rule.attack.map(|attack| vec![attack_object(attack)]));
}

fn attack_object(attack: Attack) -> Value {
    let Attack { technique, sub_technique } = attack;
    let mut object = Document::default();
    object.set("version", ANALYTIC.release);
    let named = [("tactic", Some(TACTIC)), ("technique", Some(technique)), ("sub_technique", sub_technique)];
    for (place, named) in named {
        object.set(&format!("{place}.uid"), named.map(|(id, _)| id));
        object.set(&format!("{place}.name"), named.map(|(_, name)| name));
    }
    object.into()
}

/// The creator and who was behind it; then the session behind that; then the other processes that were weighed.
fn evidences(alert: &Alert<'_>, alternatives: &[AlternativeView<'_>]) -> Vec<Value> {
    let mut first = Document::default();
    first.set("name", alert.rule.action);
    first.set("process", alert.process.and_then(|it| process(it, alert.chain)));
    first.set("actor", actor(alert.actor, None, &[]));
    first.set("user", alert.account.as_ref().and_then(target_user));
    first.set("src_endpoint", came_from(alert.actor, alert.origin).and_then(|it| endpoint(it, alert.host)));
    first.set("device", device(alert.host));
    let behind = alert.origin.map(|origin| {
        let mut behind = Document::default();
        let client = origin.client.as_ref();
        behind.set("name", origin.via);
        behind.set("process", client.and_then(|client| process(&client.process, &[])));
        behind.set("actor", actor(Some(&origin.actor), None, &[]));
        behind.set("src_endpoint", endpoint(&origin.actor, alert.host));
        behind
    });
    let others = alternatives.iter().filter_map(|alternative| {
        let mut other = Document::default();
        other.set("name", "alternative");
        other.set("process", alternative.process.as_ref().and_then(|it| process(it, &[])));
        other.with_any_of(&["process"])
    });
    let behind = behind.and_then(|behind| behind.with_any_of(&["process", "actor", "src_endpoint"]));
    [first].into_iter().chain(behind).chain(others).map(Value::from).collect()
}

/// The account, as what the finding is about.
fn resources(alert: &Alert<'_>) -> Vec<Value> {
    let account = alert.account.as_ref().and_then(|account| {
        let mut resource = Document::default();
        resource.set("type", "Account");
        resource.set("name", account.name);
        resource.set("uid", account.sid);
        resource.set("namespace", account.domain);
        resource.set("hostname", alert.host.name);
        resource.set("role_id", 1);
        resource.set("role", "Target");
        resource.with_any_of(&["name", "uid"])
    });
    account.into_iter().map(Value::from).collect()
}

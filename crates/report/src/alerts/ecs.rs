//! Elastic Common Schema, JSON Lines: one alert a case or finding; the whole of it, in begat's own shape, below `begat`.
//!
//! What ECS types is of that type or is left out: an address field holds an address, never `LOCAL`.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::alerts::alert::{Alert, Attack, TACTIC};
use crate::view::{Found, ProcessView, Role, Severity};
use crate::wire::document::Document;
use crate::wire::object::write_object;
use crate::words::indicator::{address, came_from, hash, source_host};
use crate::words::page::Page;
use crate::words::wording::file_name;

/// The release of ECS whose fields these are.
const ECS_VERSION: &str = "9.4.0";

pub(crate) fn write(found: &Found<'_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for case in found.cases() {
        write_object(&document(Alert::of_case(&case)?), out)?;
        out.write_all(b"\n")?;
    }
    for finding in found.findings() {
        write_object(&document(Alert::of_finding(&finding, found.stand_in())?), out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn document(alert: Alert<'_>) -> Document {
    let mut document = Document::default();
    document.set("@timestamp", alert.time.to_string());
    document.set("ecs.version", ECS_VERSION);
    document.set("message", &*alert.message);
    event(&alert, &mut document);
    rule(&alert, &mut document);
    host(&alert, &mut document);
    accounts(&alert, &mut document);
    source(&alert, &mut document);
    if let Some(started) = alert.process {
        process("process", started, &mut document);
        if let Some(parent) = alert.chain.first() {
            process("process.parent", parent, &mut document);
        }
    }
    related(&alert, &mut document);
    for (name, value) in &alert.labels {
        document.set(&format!("labels.{name}"), *value);
    }
    document.set("tags", vec!["begat"]);
    document.set("begat", alert.whole);
    document
}

fn event(alert: &Alert<'_>, document: &mut Document) {
    document.set("event.kind", "alert");
    document.set("event.category", vec!["iam"]);
    document.set("event.type", alert.rule.event_types.to_vec());
    document.set("event.action", alert.rule.action);
    let outcome = alert.rule.succeeded.map(|succeeded| if succeeded { "success" } else { "failure" });
    document.set("event.outcome", outcome);
    document.set("event.id", alert.id);
    document.set("event.module", "begat");
    document.set("event.provider", "begat");
    document.set("event.dataset", alert.dataset);
    let creation = alert.events.iter().find(|event| event.role == Role::Creation);
    document.set("event.code", creation.map(|event| event.record.event_id.to_string()));
    document.set("event.severity", severity(alert.severity));
    document.set("event.risk_score", alert.score.map(f64::from));
    document.set("event.risk_score_norm", alert.risk_percent());
    document.set("event.reason", &*alert.title);
}

/// Numbers that Elastic's detection rules go with the same words.
fn severity(severity: Severity) -> u32 {
    match severity {
        Severity::Informational => 1,
        Severity::Low => 21,
        Severity::Medium => 47,
        Severity::High => 73,
        Severity::Critical => 99,
    }
}

fn rule(alert: &Alert<'_>, document: &mut Document) {
    document.set("rule.id", alert.rule.id);
    document.set("rule.name", alert.rule.name);
    document.set("rule.ruleset", "begat");
    let Some(Attack { technique, sub_technique }) = alert.rule.attack else { return };
    let reference = |id: &str| format!("https://attack.mitre.org/techniques/{}/", id.replace('.', "/"));
    document.set("rule.reference", reference(sub_technique.unwrap_or(technique).0));
    document.set("threat.framework", "MITRE ATT&CK");
    document.set("threat.tactic.id", vec![TACTIC.0]);
    document.set("threat.tactic.name", vec![TACTIC.1]);
    document.set("threat.technique.id", vec![technique.0]);
    document.set("threat.technique.name", vec![technique.1]);
    document.set("threat.technique.reference", vec![reference(technique.0)]);
    let Some((id, name)) = sub_technique else { return };
    document.set("threat.technique.subtechnique.id", vec![id]);
    document.set("threat.technique.subtechnique.name", vec![name]);
    document.set("threat.technique.subtechnique.reference", vec![reference(id)]);
}

fn host(alert: &Alert<'_>, document: &mut Document) {
    document.set("host.name", alert.host.name);
    document.set("host.hostname", alert.host.netbios);
    document.set("host.os.type", "windows");
    document.set("host.os.family", "windows");
}

fn accounts(alert: &Alert<'_>, document: &mut Document) {
    if let Some(actor) = alert.actor {
        document.set("user.name", actor.name);
        document.set("user.domain", actor.domain);
        document.set("user.id", actor.sid);
    }
    if let Some(account) = alert.account {
        document.set("user.target.name", account.name);
        document.set("user.target.domain", account.domain);
        document.set("user.target.id", account.sid);
    }
}

fn source(alert: &Alert<'_>, document: &mut Document) {
    let Some(session) = came_from(alert.actor, alert.origin) else { return };
    let host = source_host(session, alert.host);
    document.set("source.address", session.source_ip.or(host));
    document.set("source.ip", session.source_ip.and_then(address).map(|ip| ip.to_string()));
    document.set("source.domain", host);
}

/// A process below `place`.
fn process(place: &str, process: &ProcessView<'_>, document: &mut Document) {
    let mut set = |field: &str, value: serde_json::Value| document.set(&format!("{place}.{field}"), value);
    set("pid", process.pid.into());
    set("entity_id", process.guid.map(|guid| guid.to_string()).into());
    set("name", process.image.map(file_name).into());
    set("executable", process.image.into());
    set("command_line", process.command_line.into());
    set("start", process.started_at.map(|at| at.to_string()).into());
    // `DOMAIN\name`: ECS asks for the name.
    set("user.name", process.user.map(file_name).into());
    set("pe.original_file_name", process.original_file_name.into());
    for hash in process.hashes.iter().filter_map(|text| hash(text)) {
        set(hash.algorithm.ecs_field, hash.value.into());
    }
}

/// Everything of a kind in one place, so that one search finds it whatever its part was.
fn related(alert: &Alert<'_>, document: &mut Document) {
    let sessions = || [alert.actor, alert.origin.map(|origin| &origin.actor)].into_iter().flatten();
    let mut users: BTreeSet<&str> = sessions().filter_map(|session| session.name).collect();
    if let Some(account) = alert.account {
        users.extend([account.name, account.created_as].into_iter().flatten());
    }
    let mut hosts: BTreeSet<&str> = sessions().filter_map(|session| session.source_host).collect();
    hosts.extend([alert.host.name, alert.host.netbios]);
    let client = alert.origin.and_then(|origin| origin.client.as_ref());
    hosts.extend(client.map(|client| client.host));
    let addresses: BTreeSet<_> =
        sessions().filter_map(|session| session.source_ip.and_then(address)).collect();
    let processes = alert.process.into_iter().chain(alert.chain).chain(client.map(|client| &client.process));
    let hashes: BTreeSet<String> = processes
        .flat_map(|process| process.hashes.iter().filter_map(|text| hash(text)))
        .map(|hash| hash.value)
        .collect();
    document.set("related.user", users.into_iter().collect::<Vec<_>>());
    document.set("related.hosts", hosts.into_iter().collect::<Vec<_>>());
    document.set("related.ip", addresses.iter().map(ToString::to_string).collect::<Vec<_>>());
    document.set("related.hash", hashes.into_iter().collect::<Vec<_>>());
}

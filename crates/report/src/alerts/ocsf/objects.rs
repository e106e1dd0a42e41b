//! The objects that an OCSF event is made of; one that has nothing to be known by is none.

use serde_json::Value;

use crate::alerts::alert::TargetAccount;
use crate::view::{ActorKind, ActorView, HostView, ProcessView, Timestamp};
use crate::wire::document::Document;
use crate::words::indicator::{address, hash, source_host};
use crate::words::wording::file_name;

/// Where the finding was made.
pub(super) fn device(host: &HostView<'_>) -> Value {
    let mut device = Document::default();
    device.set("hostname", host.name);
    device.set("name", host.netbios);
    // What a host is for says nothing of what it is made of.
    device.set("type_id", 0);
    device.set("type", "Unknown");
    device.set("os.name", "Windows");
    device.set("os.type_id", 100);
    device.set("os.type", "Windows");
    device.set("desc", host.role);
    device.set("owner.name", host.owner);
    device.into()
}

/// Who acted: account, session, and the process that held it.
pub(super) fn actor(
    actor: Option<&ActorView<'_>>,
    acting: Option<&ProcessView<'_>>,
    chain: &[ProcessView<'_>],
) -> Option<Value> {
    let mut object = Document::default();
    if let Some(actor) = actor {
        object.set("user", acting_user(actor));
        object.set("session.uid", actor.logon_id.map(|id| id.to_string()));
        object.set("session.created_time", actor.logon_at.map(milliseconds));
        object.set("session.is_remote", actor.logon_type.and_then(is_remote));
    }
    object.set("process", acting.and_then(|acting| process(acting, chain)));
    object.with_any_of(&["user", "session", "process"]).map(Value::from)
}

fn acting_user(actor: &ActorView<'_>) -> Option<Value> {
    let (id, word) = match actor.kind {
        Some(ActorKind::System) => (3, "System"),
        Some(ActorKind::ServiceIdentity | ActorKind::Computer) => (4, "Service"),
        Some(ActorKind::BuiltinAdministrator) => (2, "Admin"),
        Some(ActorKind::Local | ActorKind::Domain) => (1, "User"),
        None => (0, "Unknown"),
    };
    let mut user = user(actor.name, actor.domain, actor.sid, &actor.groups);
    user.set("type_id", id);
    user.set("type", word);
    user.with_any_of(&["name", "uid"]).map(Value::from)
}

/// The account that was made, or that a finding is about.
pub(super) fn target_user(account: &TargetAccount<'_>) -> Option<Value> {
    let user = user(account.name, account.domain, account.sid, account.groups);
    user.with_any_of(&["name", "uid"]).map(Value::from)
}

fn user(name: Option<&str>, domain: Option<&str>, sid: Option<&str>, groups: &[&str]) -> Document {
    let group = |sid: &&str| {
        let mut group = Document::default();
        group.set("uid", *sid);
        Value::from(group)
    };
    let mut user = Document::default();
    user.set("name", name);
    user.set("domain", domain);
    user.set("uid", sid);
    user.set("groups", groups.iter().map(group).collect::<Vec<_>>());
    user
}

/// 4624's LogonType, as far as it tells where the person sat.
fn is_remote(logon_type: u32) -> Option<bool> {
    match logon_type {
        3 | 8 | 10 | 12 => Some(true),
        2 | 4 | 5 | 7 | 11 | 13 => Some(false),
        _ => None,
    }
}

/// Where a session came from.
pub(super) fn endpoint(actor: &ActorView<'_>, host: &HostView<'_>) -> Option<Value> {
    let mut endpoint = Document::default();
    endpoint.set("ip", actor.source_ip.and_then(address).map(|ip| ip.to_string()));
    endpoint.set("hostname", source_host(actor, host));
    endpoint.with_any_of(&["ip", "hostname"]).map(Value::from)
}

/// A process with its ancestors, parent first.
pub(super) fn process(process: &ProcessView<'_>, chain: &[ProcessView<'_>]) -> Option<Value> {
    let mut object = entity(process);
    object.set("file", file(process));
    if let Some(written) = process.user {
        // `DOMAIN\name`.
        let (domain, name) = written.split_once('\\').map_or((None, written), |(it, name)| (Some(it), name));
        object.set("user", Value::from(user(Some(name), domain, None, &[])));
    }
    object.set("session.uid", process.logon_id.map(|id| id.to_string()));
    object.set("parent_process", chain.first().and_then(|parent| self::process(parent, &[])));
    let known = |ancestor: &ProcessView<'_>| {
        entity(ancestor).with_any_of(&["pid", "uid", "name", "path", "cmd_line"]).map(Value::from)
    };
    object.set("ancestry", chain.iter().filter_map(known).collect::<Vec<_>>());
    object.with_any_of(&["pid", "uid"]).map(Value::from)
}

/// What a process is known by.
fn entity(process: &ProcessView<'_>) -> Document {
    let mut entity = Document::default();
    entity.set("pid", process.pid);
    entity.set("uid", process.guid.map(|guid| guid.to_string()));
    entity.set("name", process.image.map(file_name));
    entity.set("path", process.image);
    entity.set("cmd_line", process.command_line);
    entity.set("created_time", process.started_at.map(milliseconds));
    entity
}

fn file(process: &ProcessView<'_>) -> Option<Value> {
    let image = process.image?;
    let fingerprint = |text: &&str| {
        let hash = hash(text)?;
        let mut fingerprint = Document::default();
        let (id, word) = hash.algorithm.ocsf;
        fingerprint.set("algorithm_id", id);
        fingerprint.set("algorithm", word);
        fingerprint.set("value", hash.value);
        Some(Value::from(fingerprint))
    };
    let mut file = Document::default();
    file.set("name", file_name(image));
    file.set("path", image);
    file.set("type_id", 8);
    file.set("type", "Executable File");
    file.set("internal_name", process.original_file_name);
    file.set("hashes", process.hashes.iter().filter_map(fingerprint).collect::<Vec<_>>());
    Some(file.into())
}

/// Since 1970, cut to what the schema asks for.
pub(super) fn milliseconds(at: Timestamp) -> i64 {
    at.unix_ticks().div_euclid(10_000)
}

//! What an OCSF event can be searched by, whatever its part in it: one row for each sort and value.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::alerts::alert::Alert;
use crate::wire::document::Document;
use crate::words::indicator::{address, hash, source_host};
use crate::words::wording::file_name;

/// OCSF's numbers and words for the sorts that begat tells.
const HOSTNAME: Sort = (1, "Hostname");
const IP_ADDRESS: Sort = (2, "IP Address");
const USER_NAME: Sort = (4, "User Name");
const HASH: Sort = (8, "Hash");
const PROCESS_NAME: Sort = (9, "Process Name");
const COMMAND_LINE: Sort = (13, "Command Line");
const USER_UID: Sort = (31, "User Object: uid");

type Sort = (u32, &'static str);

pub(super) fn observables(alert: &Alert<'_>) -> Vec<Value> {
    let mut observables = Observables::default();
    observables.add("device.hostname", HOSTNAME, Some(alert.host.name));
    if let Some(actor) = alert.actor {
        observables.add("actor.user.name", USER_NAME, actor.name);
        observables.add("actor.user.uid", USER_UID, actor.sid);
    }
    if let Some(account) = alert.account {
        observables.add("evidences[].user.name", USER_NAME, account.name);
        observables.add("evidences[].user.name", USER_NAME, account.created_as);
        observables.add("evidences[].user.uid", USER_UID, account.sid);
    }
    for session in [alert.origin.map(|origin| &origin.actor), alert.actor].into_iter().flatten() {
        let ip = session.source_ip.and_then(address).map(|ip| ip.to_string());
        observables.add("evidences[].src_endpoint.ip", IP_ADDRESS, ip.as_deref());
        observables.add("evidences[].src_endpoint.hostname", HOSTNAME, source_host(session, alert.host));
        observables.add("evidences[].actor.user.name", USER_NAME, session.name);
        observables.add("evidences[].actor.user.uid", USER_UID, session.sid);
    }
    for process in alert.process.into_iter().chain(alert.chain.first()) {
        observables.add("evidences[].process.name", PROCESS_NAME, process.image.map(file_name));
        observables.add("evidences[].process.cmd_line", COMMAND_LINE, process.command_line);
        for hash in process.hashes.iter().filter_map(|text| hash(text)) {
            observables.add("evidences[].process.file.hashes[].value", HASH, Some(&hash.value));
        }
    }
    observables.rows
}

#[derive(Default)]
struct Observables {
    rows: Vec<Value>,
    seen: BTreeSet<(u32, String)>,
}

impl Observables {
    /// The same value is told once, where it was met first.
    fn add(&mut self, name: &str, (type_id, word): Sort, value: Option<&str>) {
        let Some(value) = value.filter(|value| self.seen.insert((type_id, (*value).to_owned()))) else {
            return;
        };
        let mut row = Document::default();
        row.set("name", name);
        row.set("type_id", type_id);
        row.set("type", word);
        row.set("value", value);
        self.rows.push(row.into());
    }
}

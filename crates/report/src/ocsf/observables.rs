//! What an OCSF event can be searched by, whatever its part in it: one row for each sort and value.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::alert::Alert;
use crate::document::Document;
use crate::indicator::{address, hash, source_host};
use crate::wording::file_name;

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
    let mut found = Found::default();
    found.add("device.hostname", HOSTNAME, Some(alert.host.name));
    if let Some(actor) = alert.actor {
        found.add("actor.user.name", USER_NAME, actor.name);
        found.add("actor.user.uid", USER_UID, actor.sid);
    }
    if let Some(account) = alert.account {
        found.add("evidences[].user.name", USER_NAME, account.name);
        found.add("evidences[].user.name", USER_NAME, account.created_as);
        found.add("evidences[].user.uid", USER_UID, account.sid);
    }
    for session in [alert.origin.map(|origin| &origin.actor), alert.actor].into_iter().flatten() {
        let ip = session.source_ip.and_then(address).map(|ip| ip.to_string());
        found.add("evidences[].src_endpoint.ip", IP_ADDRESS, ip.as_deref());
        found.add("evidences[].src_endpoint.hostname", HOSTNAME, source_host(session, alert.host));
        found.add("evidences[].actor.user.name", USER_NAME, session.name);
        found.add("evidences[].actor.user.uid", USER_UID, session.sid);
    }
    for process in alert.process.into_iter().chain(alert.chain.first()) {
        found.add("evidences[].process.name", PROCESS_NAME, process.image.map(file_name));
        found.add("evidences[].process.cmd_line", COMMAND_LINE, process.command_line);
        for hash in process.hashes.iter().filter_map(|text| hash(text)) {
            found.add("evidences[].process.file.hashes[].value", HASH, Some(&hash.value));
        }
    }
    found.rows
}

#[derive(Default)]
struct Found {
    rows: Vec<Value>,
    seen: BTreeSet<(u32, String)>,
}

impl Found {
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

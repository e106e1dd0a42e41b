//! What the entries of a policy did over a hunt: how often each allowed a creation, and when last.

use std::collections::BTreeMap;

use begat_model::Timestamp;
use begat_model::event::Text;

use crate::judge::judgement::{Judgement, Permission};
use crate::terms::entry::Entry;

/// How often something allowed a creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// Creations.
    pub times: u64,
    /// The latest of them.
    pub last: Timestamp,
    /// Those of them whose creator is only `likely`.
    pub on_likely: u64,
}

/// What a policy did over a hunt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    entries: BTreeMap<Text, Used>,
    tickets: BTreeMap<Text, Used>,
    /// By entry: creations that it would have allowed, had it not expired.
    expired: BTreeMap<Text, Used>,
}

impl Usage {
    /// One more creation.
    pub fn note(&mut self, judgement: &Judgement<'_>, created_at: Timestamp) {
        let on_likely = !judgement.beside_likely.is_empty();
        match judgement.permission {
            Some(Permission::Entry(entry, ticket)) => {
                note(&mut self.entries, entry.name(), created_at, on_likely);
                if let Some(ticket) = ticket {
                    note(&mut self.tickets, &ticket.id, created_at, on_likely);
                }
            }
            Some(Permission::Ticket(ticket)) => note(&mut self.tickets, &ticket.id, created_at, false),
            None => {}
        }
        judgement.expired.iter().for_each(|entry| note(&mut self.expired, entry.name(), created_at, false));
    }

    /// Entries that allowed something, by name.
    pub fn entries(&self) -> &BTreeMap<Text, Used> {
        &self.entries
    }

    /// Tickets that allowed something, by number.
    pub fn tickets(&self) -> &BTreeMap<Text, Used> {
        &self.tickets
    }

    /// Expired entries that would have allowed something, by name.
    pub fn expired(&self) -> &BTreeMap<Text, Used> {
        &self.expired
    }

    /// Names of the entries that allowed nothing, in the order of the file.
    pub fn unused<'p>(&self, entries: &'p [Entry]) -> Vec<&'p Text> {
        let names = entries.iter().map(Entry::name);
        names.filter(|name| !self.entries.contains_key(*name)).collect()
    }
}

fn note(all: &mut BTreeMap<Text, Used>, name: &Text, at: Timestamp, on_likely: bool) {
    let used = all.entry(name.clone()).or_insert(Used { times: 0, last: at, on_likely: 0 });
    used.times += 1;
    used.on_likely += u64::from(on_likely);
    used.last = used.last.max(at);
}

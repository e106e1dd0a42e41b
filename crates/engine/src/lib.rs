//! Events in, cases out: which process made each account, how sure that is, and what could not be seen.
//!
//! Pure: no files, no clock, no threads, no randomness. The same events give the same cases, byte for byte,
//! whatever the order in which they come. Start at [`Engine::apply`]; a host's state is `host`, the search for the
//! process `link`, the verdict `score`, the case `case`.

pub mod account;
mod case;
pub mod client;
pub mod command_line;
pub mod evidence;
pub mod finding;
pub mod host;
pub mod identity;
pub mod install;
pub mod intent;
pub mod link;
mod literals;
pub mod logon;
pub mod order;
pub mod process;
pub mod redact;
pub mod risk;
pub mod score;
pub mod signs;
pub mod suspicious;
pub mod tuning;
pub mod visibility;
mod wave;

use std::collections::BTreeMap;
use std::sync::Arc;

use begat_model::case::{Case, Finding};
use begat_model::coverage::Tally;
use begat_model::{Event, HostName};

pub use identity::{HostDirectory, HostId};
pub use tuning::Tuning;

use client::ClientCommand;
use host::{HostHunt, HostState};
use visibility::HostSight;

/// Takes the events of any number of hosts, in any order, and gives the cases.
#[derive(Debug)]
pub struct Engine {
    tuning: Tuning,
    directory: Arc<HostDirectory>,
    sights: BTreeMap<HostId, HostSight>,
    resolved: BTreeMap<HostName, HostId>,
    events: BTreeMap<HostId, Vec<Event>>,
}

/// What a hunt found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hunt {
    /// One for each account creation, by time, host and account.
    pub cases: Vec<Case>,
    /// What else is worth a person's eye, by time and host.
    pub findings: Vec<Finding>,
    /// Commands that reach for other machines, to be joined with the cases there.
    pub clients: Vec<ClientCommand>,
}

impl Engine {
    /// An engine for the hosts of `directory`; `tally` tells what each of them showed at all, over the whole input.
    pub fn new(tuning: Tuning, directory: Arc<HostDirectory>, tally: &Tally) -> Engine {
        let sights = HostSight::of_hosts(tally, &directory);
        Engine { tuning, directory, sights, resolved: BTreeMap::new(), events: BTreeMap::new() }
    }

    /// One more event. Events are put into order at the end: files come in any.
    pub fn apply(&mut self, event: Event) {
        let Engine { directory, resolved, events, .. } = self;
        let id = match resolved.get(&event.host) {
            Some(id) => id.clone(),
            None => {
                resolved.entry(event.host.clone()).or_insert_with(|| directory.resolve(&event.host)).clone()
            }
        };
        events.entry(id).or_default().push(event);
    }

    /// All events were given.
    pub fn finish(self) -> Hunt {
        let Engine { tuning, directory, mut sights, events, .. } = self;
        let mut hunts = Vec::new();
        for (id, events) in events {
            let netbios = events.first().map(|event| event.host.netbios()).unwrap_or_default();
            let sight = sights.remove(&id).unwrap_or_default();
            let mut host = HostState::new(netbios, tuning, sight, directory.is_ambiguous(&id));
            for event in order::settle(events) {
                host.apply(&event);
            }
            let HostHunt { cases, findings, clients } = host.finish();
            hunts.push(Hunt { cases, findings, clients });
        }
        Hunt::merge(hunts)
    }
}

impl Hunt {
    /// Puts together what several engines found, each for its own hosts.
    pub fn merge(hunts: Vec<Hunt>) -> Hunt {
        let (mut cases, mut findings, mut clients) = (Vec::new(), Vec::new(), Vec::new());
        for hunt in hunts {
            cases.extend(hunt.cases);
            findings.extend(hunt.findings);
            clients.extend(hunt.clients);
        }
        cases.sort_by(|a, b| {
            let key =
                |case: &Case| (case.created_at, case.host.name.clone(), case.account.created_as.clone());
            key(a).cmp(&key(b)).then_with(|| a.case_id.cmp(&b.case_id))
        });
        findings.sort_by(|a, b| {
            let key = |finding: &Finding| (finding.at, finding.host.name.clone(), finding.kind);
            key(a).cmp(&key(b)).then_with(|| a.finding_id.cmp(&b.finding_id))
        });
        client::join(&mut cases, &clients);
        wave::mark(&mut cases);
        Hunt { cases, findings, clients }
    }
}

//! Events in, cases out: which process made each account, how sure that is, and what could not be seen.
//!
//! Pure: no files, no clock, no threads, no randomness. The same events give the same cases, byte for byte,
//! whatever the order in which they come. Start at [`Engine::apply`]; a host's events go through `host::apply`, the
//! search for the process is `cause::weigh`, the verdict `cause::score`, the case `case`.

mod across;
mod calibrate;
mod case;
mod cause;
pub mod commands;
mod host;
mod intake;
mod severity;
mod sight;
mod spans;
mod stable_id;
mod tables;
mod texts;
mod tuning;
mod windows;

use std::collections::BTreeMap;
use std::sync::Arc;

use begat_model::calibration::HostRate;
use begat_model::case::{Case, Finding};
use begat_model::coverage::Tally;
use begat_model::{Event, HostName, Timestamp};

pub use calibrate::calibrate;
pub use intake::identity::{HostDirectory, HostId};
pub use sight::ledger::ledger;
pub use sight::visibility::coverage;
pub use tuning::Tuning;
pub use windows::suspicious::KNOWN_SIGNS;

use across::client::{self, ClientCommand};
use across::site::{self, SiteNames};
use across::wave;
use case::about::HostNaming;
use case::finding;
use case::hidden::hide_after_names;
use host::state::{HostHunt, HostState};
use intake::order::WaitingEvents;
use sight::visibility::HostSight;
use tables::account::unseen;
use texts::known::{Reaching, Texts};

/// Picks out what says something by itself, on hosts where no account was seen to be created.
#[derive(Debug, Default)]
pub struct Picking {
    reaching: Reaching,
}

impl Picking {
    /// Whether an event says something by itself: others need not be given to the engine from such a host.
    pub fn says_something_alone(&mut self, event: &Event) -> bool {
        finding::stands_alone(&event.body)
            || unseen::may_be_unseen(event)
            || client::reaches_elsewhere(event, &mut self.reaching)
    }
}

/// Takes the events of any number of hosts, in any order, and gives the cases.
#[derive(Debug)]
pub struct Engine {
    tuning: Tuning,
    directory: Arc<HostDirectory>,
    sights: BTreeMap<HostId, HostSight>,
    resolved: BTreeMap<HostName, HostId>,
    hosts: BTreeMap<HostId, HostFeed>,
    texts: Texts,
}

/// One host's events on their way into its tables.
#[derive(Debug)]
struct HostFeed {
    waiting: WaitingEvents,
    state: HostState,
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
    /// Names of accounts that were seen to act, to compare those of the cases with.
    pub names: SiteNames,
    /// Of hosts with a case, how often suspicious processes start, where that can be told; by name.
    pub rates: Vec<HostRate>,
}

impl Engine {
    /// An engine for the hosts of `directory`; `tally` tells what each of them showed at all, over the whole input.
    pub fn new(tuning: Tuning, directory: Arc<HostDirectory>, tally: &Tally) -> Engine {
        let sights = HostSight::of_hosts(tally, &directory);
        Engine {
            tuning,
            directory,
            sights,
            resolved: BTreeMap::new(),
            hosts: BTreeMap::new(),
            texts: Texts::default(),
        }
    }

    /// The same engine, with the facts of no more than so many texts of each sort kept in mind. The cases are the
    /// same with any number; a small one takes longer.
    pub fn keeping(self, texts_max: usize) -> Engine {
        Engine { texts: Texts::of(texts_max), ..self }
    }

    /// One more event. Events are put into order as far as it is known that none is missing: files come in any.
    pub fn apply(&mut self, event: Event) {
        let Engine { directory, resolved, .. } = self;
        let id = match resolved.get(&event.host) {
            Some(id) => id.clone(),
            None => {
                resolved.entry(event.host.clone()).or_insert_with(|| directory.resolve(&event.host)).clone()
            }
        };
        let feed = match self.hosts.get_mut(&id) {
            Some(feed) => feed,
            None => {
                let feed = self.feed(&id, &event.host);
                self.hosts.entry(id).or_insert(feed)
            }
        };
        feed.waiting.push(event);
    }

    /// A host of which something may be said even where no event of it can be given: the records of its creations
    /// cannot be placed in time.
    pub fn expect(&mut self, host: &HostName) {
        let id = self.directory.resolve(host);
        if !self.hosts.contains_key(&id) {
            let feed = self.feed(&id, host);
            self.hosts.insert(id, feed);
        }
    }

    /// No event that was written before `watermark` will come any more: what is complete can be worked off, and
    /// need not be held until the end. The cases are the same without it.
    pub fn advance(&mut self, watermark: Timestamp) {
        for feed in self.hosts.values_mut() {
            let ready = feed.waiting.take_until(watermark);
            feed.state.lies_on(feed.waiting.line());
            ready.iter().for_each(|event| feed.state.apply(event, &mut self.texts));
        }
    }

    /// All events were given.
    pub fn finish(self) -> Hunt {
        let Engine { hosts, mut texts, .. } = self;
        Hunt::merge(hosts.into_values().map(|feed| feed.finish(&mut texts)).collect())
    }

    fn feed(&mut self, id: &HostId, first: &HostName) -> HostFeed {
        let sight = self.sights.remove(id).unwrap_or_default();
        let ambiguous = self.directory.is_ambiguous(id);
        HostFeed {
            waiting: WaitingEvents::of(sight.all.count, sight.machine_sids.len() <= 1),
            state: HostState::new(
                first,
                HostNaming {
                    id: id.as_str().into(),
                    names: self.directory.names_of(id),
                    netbios: first.netbios(),
                    is_ambiguous: ambiguous,
                    is_mixed: false,
                },
                self.tuning.clone(),
                sight,
            ),
        }
    }
}

impl HostFeed {
    fn finish(mut self, texts: &mut Texts) -> Hunt {
        let rest = self.waiting.take_all();
        self.state.lies_on(self.waiting.line());
        rest.iter().for_each(|event| self.state.apply(event, texts));
        self.state.scripts_end(texts);
        let HostHunt { cases, findings, clients, names, rate } = self.state.finish();
        Hunt { cases, findings, clients, names, rates: rate.into_iter().collect() }
    }
}

impl Hunt {
    /// Puts together what several engines found, each for its own hosts.
    pub fn merge(hunts: Vec<Hunt>) -> Hunt {
        let (mut cases, mut findings, mut clients) = (Vec::new(), Vec::new(), Vec::new());
        let mut names = SiteNames::default();
        let mut rates = Vec::new();
        for hunt in hunts {
            rates.extend(hunt.rates);
            cases.extend(hunt.cases);
            findings.extend(hunt.findings);
            clients.extend(hunt.clients);
            names.merge(hunt.names);
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
        finding::drop_denied(&mut findings, &cases);
        client::join(&mut cases, &clients);
        cases.iter_mut().for_each(hide_after_names);
        wave::mark(&mut cases);
        site::mark(&mut cases, &names);
        rates.sort_by(|one, other| one.host.cmp(&other.host));
        Hunt { cases, findings, clients, names, rates }
    }
}

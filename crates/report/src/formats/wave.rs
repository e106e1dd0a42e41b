//! Waves: the cases that one engine's verdict puts together, and what is said of them as one.

use std::collections::{BTreeMap, BTreeSet};

use crate::view::{
    AuthorisationStatus, BlindSpotKind, CaseView, Found, Outcome, ProcessView, Role, Scope, Severity,
    Timestamp, Verdict,
};
use crate::words::wording;

/// Creations of one wave whose records are told.
const RECORDS_MAX: usize = 20;

/// All cases of one wave, counted.
#[derive(Debug)]
pub(crate) struct Wave<'a> {
    pub(crate) id: &'a str,
    pub(crate) cases: u64,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    pub(crate) hosts: BTreeSet<&'a str>,
    /// Account names by severity, the worst last; each with how many accounts have it.
    pub(crate) names: BTreeMap<Severity, BTreeMap<&'a str, u64>>,
    /// The first case of the worst severity.
    pub(crate) worst: (Severity, &'a str),
    pub(crate) severities: BTreeMap<Severity, u64>,
    pub(crate) scopes: BTreeMap<Scope, u64>,
    pub(crate) outcomes: BTreeMap<Outcome, u64>,
    pub(crate) verdicts: BTreeMap<Verdict, u64>,
    pub(crate) blind_spots: BTreeMap<BlindSpotKind, u64>,
    pub(crate) actors: BTreeMap<String, u64>,
    pub(crate) privileged: u64,
    pub(crate) authorised: u64,
    pub(crate) sequences: u64,
    /// Where the records of the first creations are found again, each with its account.
    pub(crate) records: Vec<String>,
    /// Of the cases that are attributed.
    pub(crate) makers: Option<Makers<'a>>,
    /// Of those that are likely: nothing shows the act by them.
    pub(crate) likely: Option<Makers<'a>>,
}

/// The processes that made the accounts of the cases of one verdict; of several candidates none is one.
#[derive(Debug)]
pub(crate) struct Makers<'a> {
    /// By file name: which processes.
    pub(crate) by_name: BTreeMap<String, BTreeSet<ProcessKey<'a>>>,
    /// One of them, for where it is the only one.
    pub(crate) example: ProcessView<'a>,
    /// The ancestors that all of them have, nearest first.
    pub(crate) shared: Vec<ProcessView<'a>>,
    host: &'a str,
    /// Of the least sure of them.
    pub(crate) confidence: f64,
}

/// Which process: a number alone is used again, and on every host.
pub(crate) type ProcessKey<'a> = (&'a str, Option<u32>, Option<Timestamp>, Option<&'a str>);

fn key<'a>(host: &'a str, process: &ProcessView<'a>) -> ProcessKey<'a> {
    (host, process.pid, process.started_at, process.image)
}

/// The waves among these cases, by id.
pub(crate) fn waves<'a>(found: &Found<'a>) -> BTreeMap<&'a str, Wave<'a>> {
    let mut waves: BTreeMap<&'a str, Wave<'a>> = BTreeMap::new();
    for case in found.cases() {
        if let Some(id) = case.wave {
            waves.entry(id).or_insert_with(|| Wave::begun(id, &case)).add(&case);
        }
    }
    waves
}

impl<'a> Wave<'a> {
    fn begun(id: &'a str, case: &CaseView<'a>) -> Wave<'a> {
        Wave {
            id,
            cases: 0,
            first: case.created_at,
            last: case.created_at,
            hosts: BTreeSet::new(),
            names: BTreeMap::new(),
            worst: (case.severity, case.case_id),
            severities: BTreeMap::new(),
            scopes: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            verdicts: BTreeMap::new(),
            blind_spots: BTreeMap::new(),
            actors: BTreeMap::new(),
            privileged: 0,
            authorised: 0,
            sequences: 0,
            records: Vec::new(),
            makers: None,
            likely: None,
        }
    }

    fn add(&mut self, case: &CaseView<'a>) {
        self.cases += 1;
        self.first = self.first.min(case.created_at);
        self.last = self.last.max(case.created_at);
        self.hosts.insert(case.host.name);
        if case.severity > self.worst.0 {
            self.worst = (case.severity, case.case_id);
        }
        let name = case.account.name.or(case.account.created_as).unwrap_or(wording::UNKNOWN);
        *self.names.entry(case.severity).or_default().entry(name).or_default() += 1;
        *self.severities.entry(case.severity).or_default() += 1;
        *self.scopes.entry(case.account.scope).or_default() += 1;
        *self.outcomes.entry(case.outcome).or_default() += 1;
        *self.verdicts.entry(case.attribution.verdict).or_default() += 1;
        *self.actors.entry(wording::actor_account(&case.actor)).or_default() += 1;
        let kinds: BTreeSet<BlindSpotKind> = case.blind_spots.iter().map(|spot| spot.kind).collect();
        kinds.into_iter().for_each(|kind| *self.blind_spots.entry(kind).or_default() += 1);
        self.privileged += u64::from(case.account.privileged);
        self.authorised += u64::from(case.authorisation.status == AuthorisationStatus::Authorised);
        self.sequences += u64::from(case.sequence);
        let creation = case.events.iter().find(|event| event.role == Role::Creation);
        if let Some(event) = creation.filter(|_| self.records.len() < RECORDS_MAX) {
            let record = wording::record_and_file(event);
            self.records.push(format!("{}: {record}", wording::name(name)));
        }
        self.made_by(case);
    }

    fn made_by(&mut self, case: &CaseView<'a>) {
        let attribution = &case.attribution;
        let makers = match attribution.verdict {
            Verdict::Attributed => &mut self.makers,
            Verdict::Likely => &mut self.likely,
            Verdict::Ambiguous
            | Verdict::Remote
            | Verdict::System
            | Verdict::SessionOnly
            | Verdict::Unknown => return,
        };
        let Some(creator) = &attribution.creator else { return };
        let confidence = attribution.confidence.unwrap_or_default();
        let host = case.host.name;
        let makers = makers.get_or_insert_with(|| Makers {
            by_name: BTreeMap::new(),
            example: creator.clone(),
            shared: attribution.chain.clone(),
            host,
            confidence,
        });
        let of_name = makers.by_name.entry(wording::image(creator)).or_default();
        of_name.insert(key(host, creator));
        makers.confidence = makers.confidence.min(confidence);
        // Without a start, one number may stand for two processes: of such it is not known that they are one.
        let started = attribution.chain.iter().filter(|process| process.started_at.is_some());
        let ancestors: BTreeSet<_> = started.map(|process| key(host, process)).collect();
        let first_host = makers.host;
        makers.shared.retain(|process| ancestors.contains(&key(first_host, process)));
    }
}

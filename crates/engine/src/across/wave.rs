//! Waves: many accounts made by one hand, one account made and deleted again and again, or one name made on many hosts,
//! told as one.
//!
//! A loop that makes fifty accounts is one act, so is a test that is run every morning, and so is an image that is
//! rolled out; fifty alerts hide all three.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::case::{Case, Process, Verdict};
use begat_model::{Duration, Timestamp};

use crate::spans::{AGAIN_PAUSE_MAX, HAND_PAUSE_MAX, NAME_PAUSE_MAX};
use crate::stable_id::stable_id;

/// Fewer than this are no wave.
pub const WAVE_MIN: usize = 3;

/// Marks every case that belongs to a wave. `cases` are in the order of their time.
pub(crate) fn mark(cases: &mut [Case]) {
    for case in cases.iter_mut() {
        case.wave = None;
    }
    for run in runs(cases, HAND_PAUSE_MAX, hand) {
        tell(cases, &run);
    }
    // What was made again and again may have been made by several runs of one script: the longer story counts.
    for run in runs(cases, AGAIN_PAUSE_MAX, made_again) {
        let first = cases[run.cases[0]].wave.clone();
        if first.is_none() || run.cases.iter().any(|index| cases[*index].wave != first) {
            tell(cases, &run);
        }
    }
    dissolve_remnants(cases);
    for run in runs(cases, NAME_PAUSE_MAX, name_of_waveless) {
        let hosts: BTreeSet<_> = run.cases.iter().map(|index| &cases[*index].host.netbios).collect();
        if hosts.len() >= WAVE_MIN {
            tell(cases, &run);
        }
    }
}

/// Cases of one key, each not long after the one before.
struct Run {
    key: String,
    cases: Vec<usize>,
}

/// Those that are long enough for a wave.
fn runs(cases: &[Case], pause_max: Duration, key: fn(&Case) -> Option<String>) -> Vec<Run> {
    let mut open: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut runs: Vec<Run> = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let Some(key) = key(case) else { continue };
        let run = open.entry(key.clone()).or_default();
        let pause = run.last().map(|last| case.created_at - cases[*last].created_at);
        if pause.is_some_and(|pause| pause > pause_max) {
            runs.push(Run { key, cases: std::mem::take(run) });
        }
        run.push(index);
    }
    runs.extend(open.into_iter().map(|(key, cases)| Run { key, cases }));
    runs.retain(|run| run.cases.len() >= WAVE_MIN);
    runs
}

fn tell(cases: &mut [Case], run: &Run) {
    let id = wave_id(&run.key, cases[run.cases[0]].created_at);
    for index in &run.cases {
        cases[*index].wave = Some(id.clone());
    }
}

/// What another wave took the rest of is none any more.
fn dissolve_remnants(cases: &mut [Case]) {
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    cases.iter().filter_map(|case| case.wave.clone()).for_each(|wave| *sizes.entry(wave).or_default() += 1);
    for case in cases {
        if case.wave.as_ref().is_some_and(|wave| sizes[wave] < WAVE_MIN) {
            case.wave = None;
        }
    }
}

/// One account name on one host by one hand: the same account, or, where SYSTEM acts, which everybody can be, the same
/// program. No machine makes a name twice but where the first is gone, deleted or renamed, whatever of that is told.
fn made_again(case: &Case) -> Option<String> {
    let name = case.account.created_as.as_deref()?.to_lowercase();
    let actor = case.actor.account.sid.as_ref().filter(|sid| sid.authority_prefix().is_some());
    let program = || case.attribution.creator.as_ref()?.image.as_deref().map(str::to_lowercase);
    let hand = actor.map(ToString::to_string).or_else(program)?;
    Some(format!("again {} {name} {hand}", case.host.netbios))
}

/// Whose hand it was: the process that is above the tools, else the session, on its host. Of several candidates none is
/// a hand.
fn hand(case: &Case) -> Option<String> {
    let attribution = &case.attribution;
    let is_one = matches!(attribution.verdict, Verdict::Attributed | Verdict::Likely);
    let creator = attribution.creator.as_ref().filter(|_| is_one);
    let line = creator.into_iter().chain(attribution.chain.iter().filter(|_| is_one));
    let is_net = |process: &&Process| {
        let stem = process.image.as_deref().map(crate::commands::line::image_stem);
        matches!(stem.as_deref(), Some("net" | "net1"))
    };
    let host = &case.host.netbios;
    // A tool that is started once for each account is not the hand; what started it is.
    if let Some(process) = line.skip_while(is_net).find(|process| process.started_at.is_some()) {
        // Carriers cut times differently: to the second all agree.
        let started = process.started_at.map_or(0, Timestamp::unix_seconds);
        let pid = process.pid.map(|pid| pid.to_string()).unwrap_or_default();
        return Some(format!("process {host} {pid} {started}"));
    }
    let session = case.actor.account.logon_id.filter(|logon_id| !logon_id.is_well_known())?;
    Some(format!("session {host} {session}"))
}

fn name_of_waveless(case: &Case) -> Option<String> {
    let name = case.account.created_as.as_deref().filter(|_| case.wave.is_none())?;
    (case.account.scope != begat_model::case::Scope::Domain).then(|| format!("name {}", name.to_lowercase()))
}

/// The same wave gives the same id in every run, from every carrier.
fn wave_id(key: &str, first: Timestamp) -> String {
    let identity = format!("begat.wave/1\n{key}\n{}", first.unix_seconds());
    stable_id(&identity)
}

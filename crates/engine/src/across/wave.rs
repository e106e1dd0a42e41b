//! Waves: many accounts made by one hand, or one name made on many hosts, told as one.
//!
//! A loop that makes fifty accounts is one act, and so is an image that is rolled out; fifty alerts hide both.

use std::collections::BTreeMap;

use begat_model::case::{Case, Process, Verdict};
use begat_model::{Duration, Timestamp};

use crate::spans::{HAND_PAUSE_MAX, NAME_PAUSE_MAX};
use crate::stable_id::stable_id;

/// Fewer than this are no wave.
pub const WAVE_MIN: usize = 3;

/// Marks every case that belongs to a wave. `cases` are in the order of their time.
pub(crate) fn mark(cases: &mut [Case]) {
    for case in cases.iter_mut() {
        case.wave = None;
    }
    mark_by(cases, HAND_PAUSE_MAX, hand, |_| true);
    mark_by(cases, NAME_PAUSE_MAX, name, |hosts| hosts >= WAVE_MIN);
}

/// Cases with one key, each not long after the one before, are a wave; `enough` judges the number of hosts.
fn mark_by(
    cases: &mut [Case],
    pause_max: Duration,
    key: fn(&Case) -> Option<String>,
    enough: fn(usize) -> bool,
) {
    let mut runs: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut waves: Vec<(String, Vec<usize>)> = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let Some(key) = key(case).filter(|_| case.wave.is_none()) else { continue };
        let run = runs.entry(key.clone()).or_default();
        let pause = run.last().map(|last| case.created_at - cases[*last].created_at);
        if pause.is_some_and(|pause| pause > pause_max) {
            waves.push((key, std::mem::take(run)));
        }
        run.push(index);
    }
    waves.extend(runs);
    for (key, run) in waves {
        let hosts: std::collections::BTreeSet<_> =
            run.iter().map(|index| &cases[*index].host.netbios).collect();
        if run.len() < WAVE_MIN || !enough(hosts.len()) {
            continue;
        }
        let id = wave_id(&key, cases[run[0]].created_at);
        for index in run {
            cases[index].wave = Some(id.clone());
        }
    }
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

fn name(case: &Case) -> Option<String> {
    let name = case.account.created_as.as_deref()?;
    (case.account.scope != begat_model::case::Scope::Domain).then(|| format!("name {}", name.to_lowercase()))
}

/// The same wave gives the same id in every run, from every carrier.
fn wave_id(key: &str, first: Timestamp) -> String {
    let identity = format!("begat.wave/1\n{key}\n{}", first.unix_seconds());
    stable_id(&identity)
}

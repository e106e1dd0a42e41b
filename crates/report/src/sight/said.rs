//! What the formats for people say of a site, in the same words.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use begat_model::ledger::{HostLedger, SightLoss, SightState};
use begat_model::prerequisite::Prerequisite;

use super::since::Change;
use super::site::Site;
use crate::words::wording::{counted, grouped};

/// The answer, in a sentence.
pub(crate) fn answer(site: &Site<'_>) -> String {
    let heard = site.hosts.iter().filter(|host| host.from.is_some()).count();
    let sees = |host: &&HostLedger| {
        let mut counted = host.cells.iter().filter(|cell| cell.prerequisite.spec().counts);
        counted.all(|cell| cell.state == SightState::Seen)
    };
    let sighted = site.hosts.iter().filter(sees).count();
    let of = match site.inventory {
        Some(hosts) => format!("the inventory names {}", grouped(hosts as u64)),
        None => "a host that is not here is not counted: --inventory names those that should be".to_owned(),
    };
    format!(
        "{} heard, of which {} showed all that AN1235 needs at some time; {of}.",
        counted(heard as u64, "host", "hosts"),
        if sighted == 0 { "none".to_owned() } else { grouped(sighted as u64) }
    )
}

/// How the numbers of the grid are to be read.
pub(crate) const LEGEND: &str = "Percent of the hours in which the host did something; of what is rare (acct, fail, grp, ps, wmi, svc, sam) one \
     record speaks for its day. no: its log is here and tells none; off: not audited; ?: what is here cannot show \
     it. The score is the mean of acct, proc, line, par and log.";

/// What stands above each column of the grid, in the order of prerequisites.
pub(crate) const HEADS: &[&str] =
    &["acct", "fail", "proc", "line", "par", "end", "log", "grp", "ps", "wmi", "svc", "sam"];

/// The blindest first.
pub(crate) fn blindest_first<'a>(site: &Site<'a>) -> Vec<&'a HostLedger> {
    let mut hosts: Vec<&HostLedger> = site.hosts.iter().collect();
    hosts.sort_by_key(|host| (host.score_thousandths().unwrap_or(0), &host.names));
    hosts
}

/// What takes sight away, over all hosts, with creations touched and hosts: by these, the most first.
pub(crate) fn ranked(hosts: &[&HostLedger]) -> Vec<(SightLoss, (u64, u64))> {
    let mut losses: BTreeMap<SightLoss, (u64, u64)> = BTreeMap::new();
    for loss in hosts.iter().flat_map(|host| &host.losses) {
        let (creations, on) = losses.entry(loss.kind).or_default();
        *creations += loss.creations;
        *on += 1;
    }
    let mut losses: Vec<_> = losses.into_iter().collect();
    losses.sort_by_key(|(kind, counts)| (Reverse(*counts), *kind));
    losses
}

/// What changed on each host since the earlier ledger, in a line, and whether that is to be looked at; hosts on which
/// nothing did are left out. `None` where no earlier ledger was given.
pub(crate) fn changes<'a>(
    site: &Site<'_>,
    hosts: &[&'a HostLedger],
) -> Option<Vec<(&'a HostLedger, String, bool)>> {
    let earlier = site.since?;
    let changed = hosts.iter().filter_map(|host| {
        let change = earlier.change(host);
        let is_dark = !change.went_dark.is_empty() || !change.new_blind_spots.is_empty();
        change.is_any().then(|| (*host, change_said(&change), is_dark))
    });
    Some(changed.collect())
}

fn change_said(change: &Change) -> String {
    let names = |of: &[Prerequisite]| of.iter().map(|it| it.slug()).collect::<Vec<_>>().join(", ");
    let losses = |of: &[SightLoss]| of.iter().map(|it| it.slug()).collect::<Vec<_>>().join(", ");
    let told = [
        ("went dark: ", names(&change.went_dark)),
        ("not seen again, which of what is rare shows nothing: ", names(&change.not_seen_again)),
        ("came: ", names(&change.came)),
        ("new blind spots: ", losses(&change.new_blind_spots)),
        ("mended: ", losses(&change.mended)),
    ];
    let told = told.iter().filter(|(_, of)| !of.is_empty()).map(|(what, of)| format!("{what}{of}"));
    let told: Vec<String> = told.collect();
    let new = if change.was_heard { "" } else { "(not heard then) " };
    format!("{new}{}", told.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prerequisite_has_its_column() {
        assert_eq!(HEADS.len(), Prerequisite::ALL.len());
        assert!(HEADS.iter().all(|head| head.len() <= 4));
    }
}

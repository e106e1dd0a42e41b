//! Names that one machine bore one after another: the record ids of its log run on from one to the other.
//!
//! Windows numbers the records of a log without gaps, whatever the machine is called: setup names it at first, then a
//! person does, and joining a domain changes the full name. The SIDs of the machine stay too, but five hundred clones
//! of one image share them, so they join nothing.

use std::collections::BTreeMap;

use begat_model::coverage::Tally;
use begat_model::{HostName, Text, Timestamp};

use crate::intake::host_id::HostId;
use crate::spans::RENAMED_WITHIN;

/// A log of one host under one name.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    first: u64,
    last: u64,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Stretch {
    fn widen(&mut self, other: Stretch) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.from = [self.from, other.from].into_iter().flatten().min();
        self.until = [self.until, other.until].into_iter().flatten().max();
    }

    /// The next record is of the other, and not long after: with many hosts some numbers meet by accident. A clock that
    /// was set between the two may have gone either way.
    fn runs_on_into(&self, next: &Stretch) -> bool {
        let is_next = self.last.checked_add(1) == Some(next.first);
        let between = self.until.zip(next.from).map(|(until, from)| (from - until).magnitude());
        is_next && between.is_some_and(|between| between <= RENAMED_WITHIN)
    }
}

type Log = BTreeMap<HostId, Stretch>;

/// Which host is which other's later self. None where two could be: twins count alike.
pub(super) fn later_names(tally: &Tally, resolve: impl Fn(&HostName) -> HostId) -> BTreeMap<HostId, HostId> {
    let logs = logs(tally, resolve);
    let mut after: BTreeMap<HostId, Vec<HostId>> = BTreeMap::new();
    for (before, next) in logs.values().flat_map(meetings) {
        if logs.values().all(|log| stands_before(log, &before, &next)) {
            after.entry(before).or_default().push(next);
        }
    }
    let mut heirs: BTreeMap<HostId, u32> = BTreeMap::new();
    for next in after.values_mut() {
        next.sort();
        next.dedup();
        next.iter().for_each(|next| *heirs.entry(next.clone()).or_default() += 1);
    }
    let only = after.into_iter().filter_map(|(before, next)| match <[HostId; 1]>::try_from(next) {
        Ok([next]) if heirs.get(&next) == Some(&1) => Some((before, next)),
        _ => None,
    });
    only.collect()
}

fn logs(tally: &Tally, resolve: impl Fn(&HostName) -> HostId) -> BTreeMap<Text, Log> {
    let mut times: BTreeMap<(HostId, Text), Stretch> = BTreeMap::new();
    for (key, heard) in &tally.heard {
        let Some(channel) = &key.channel else { continue };
        let told = Stretch { first: u64::MAX, last: 0, from: heard.first, until: heard.last };
        times
            .entry((resolve(&key.host), channel.clone()))
            .and_modify(|known| known.widen(told))
            .or_insert(told);
    }
    let mut logs: BTreeMap<Text, Log> = BTreeMap::new();
    for (key, runs) in &tally.record_ids {
        let host = resolve(&key.host);
        let heard = times.get(&(host.clone(), key.channel.clone()));
        let (Some((first, last)), Some(heard)) = (runs.span(), heard) else { continue };
        let told = Stretch { first, last, from: heard.from, until: heard.until };
        let log = logs.entry(key.channel.clone()).or_default();
        log.entry(host).and_modify(|known| known.widen(told)).or_insert(told);
    }
    logs
}

/// The pairs of which one's numbers run on into the other's.
fn meetings(log: &Log) -> Vec<(HostId, HostId)> {
    let mut by_first: BTreeMap<u64, Vec<(&HostId, &Stretch)>> = BTreeMap::new();
    for (host, stretch) in log {
        by_first.entry(stretch.first).or_default().push((host, stretch));
    }
    let next_of = |stretch: &Stretch| by_first.get(&stretch.last.saturating_add(1)).into_iter().flatten();
    let pairs = log.iter().flat_map(|(before, stretch)| {
        let next = next_of(stretch).filter(|(_, next)| stretch.runs_on_into(next));
        next.map(|(next, _)| (before.clone(), (*next).clone()))
    });
    pairs.collect()
}

/// In this log the one ends before the other begins; what only one of them has says nothing.
fn stands_before(log: &Log, before: &HostId, next: &HostId) -> bool {
    let (before, next) = (log.get(before), log.get(next));
    before.zip(next).is_none_or(|(before, next)| before.last < next.first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::coverage::{Heard, HeardKey, LogKey};
    use begat_model::{Duration, HostName};

    /// The Security logs of hosts, each with its first and last record and the hour in which it lies: which machine
    /// each of them is.
    fn machines(logs: &[(&str, u64, u64, i64)]) -> Vec<String> {
        let mut tally = Tally::default();
        let name = |host: &str| HostName::new(host).unwrap();
        for (host, first, last, hour) in logs {
            let (host, channel): (HostName, Text) = (name(host), "Security".into());
            let midnight = Timestamp::parse_rfc3339("2022-02-05T00:00:00Z").unwrap();
            let at = Some(midnight + Duration::from_seconds(3600 * hour));
            let key =
                HeardKey { host: host.clone(), channel: Some(channel.clone()), event_id: 4624, kind: None };
            tally.heard.entry(key).or_default().merge(&Heard { count: 1, first: at, last: at });
            let runs = tally.record_ids.entry(LogKey { host, channel }).or_default();
            (*first..=*last).for_each(|id| runs.add(id));
        }
        let names: Vec<HostName> = logs.iter().map(|(host, ..)| name(host)).collect();
        let directory = crate::HostDirectory::of_input(&names, &tally);
        names.iter().map(|host| directory.resolve(host).to_string()).collect()
    }

    #[test]
    fn a_machine_is_one_under_all_names_that_its_log_runs_on_under() {
        let renamed =
            [("MINWINPC", 1, 90, 3), ("WIN-9L34AK87ND7", 91, 300, 3), ("GoldPaperW11", 301, 999, 1)];
        assert_eq!(machines(&renamed), ["GOLDPAPERW11"; 3]);
        let moved = [("files01.old.example", 1, 90, 3), ("files01.corp.example", 91, 300, 3)];
        assert_eq!(machines(&moved), ["files01.corp.example"; 2]);
    }

    #[test]
    fn names_stay_two_machines_where_numbers_overlap_leave_a_gap_or_meet_by_accident() {
        for other in [("B", 60, 200, 3), ("B", 95, 200, 3), ("B", 91, 200, 300)] {
            assert_eq!(machines(&[("A", 1, 90, 3), other]), ["A", "B"], "{other:?}");
        }
    }

    #[test]
    fn of_two_that_could_be_the_next_name_neither_is() {
        assert_eq!(machines(&[("A", 1, 90, 3), ("B", 91, 200, 3), ("C", 91, 99, 3)]), ["A", "B", "C"]);
        assert_eq!(machines(&[("A", 1, 90, 3), ("B", 50, 90, 3), ("C", 91, 99, 3)]), ["A", "B", "C"]);
    }
}

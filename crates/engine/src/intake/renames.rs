//! Names that one machine bore one after another: the record ids of its log run on from one to the other.
//!
//! Windows numbers the records of a log without gaps, whatever the machine is called: setup names it at first, then a
//! person does, and joining a domain changes the full name. It gets a name by a restart, and keeps its SID; five hundred
//! clones of one image share that one, so by itself it joins nothing.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::catalog::channel;
use begat_model::coverage::{LogKey, MachineSigns, Tally};
use begat_model::{HostName, Text, Timestamp};

use crate::intake::host_id::HostId;
use crate::spans::RENAMED_WITHIN;

/// Between two names lie the records of one restart: those that a cut sample may lack are no more than this. Windows 10
/// and 11 wrote 10 to 21 between the last record of the old name and 4608.
const SEAM_RECORDS_MAX: u64 = 64;
/// Of a log that somebody cut so many records may be missing where one name ends and the other begins.
const CUT_RECORDS_MAX: u64 = 4096;
/// Of so many inputs one may have two hosts whose numbers meet by accident.
const ACCIDENT_ONE_IN: u64 = 100;

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

    /// A clock that was set between the two may have gone either way.
    fn is_near(&self, next: &Stretch) -> bool {
        let between = self.until.zip(next.from).map(|(until, from)| (from - until).magnitude());
        between.is_some_and(|between| between <= RENAMED_WITHIN)
    }
}

type Log = BTreeMap<HostId, Stretch>;

/// The logs of all hosts, and what else tells machines apart.
struct Logs {
    by_channel: BTreeMap<Text, Log>,
    signs: BTreeMap<HostId, MachineSigns>,
}

/// Which host is which other's later self. None where two could be: twins count alike.
pub(super) fn later_names(tally: &Tally, resolve: impl Fn(&HostName) -> HostId) -> BTreeMap<HostId, HostId> {
    let logs = Logs::of(tally, resolve);
    let mut pairs: BTreeSet<(HostId, HostId)> =
        logs.by_channel.values().flat_map(|log| logs.runs_on(log)).collect();
    pairs.extend(logs.of_one_sid());
    pairs.retain(|(before, next)| logs.may_be_one(before, next));
    let (mut afters, mut befores) = (BTreeMap::<&HostId, u32>::new(), BTreeMap::<&HostId, u32>::new());
    for (before, next) in &pairs {
        *afters.entry(before).or_default() += 1;
        *befores.entry(next).or_default() += 1;
    }
    let only = pairs.iter().filter(|(before, next)| afters[before] == 1 && befores[next] == 1);
    only.cloned().collect()
}

impl Logs {
    fn of(tally: &Tally, resolve: impl Fn(&HostName) -> HostId) -> Logs {
        let mut times: BTreeMap<(HostId, Text), Stretch> = BTreeMap::new();
        for (key, heard) in &tally.heard {
            let Some(channel) = &key.channel else { continue };
            let told = Stretch { first: u64::MAX, last: 0, from: heard.first, until: heard.last };
            times
                .entry((resolve(&key.host), channel.clone()))
                .and_modify(|known| known.widen(told))
                .or_insert(told);
        }
        let mut by_channel: BTreeMap<Text, Log> = BTreeMap::new();
        let of_machines = |key: &LogKey| [channel::SECURITY, channel::SYSMON].contains(&&*key.channel);
        for (key, runs) in tally.record_ids.iter().filter(|(key, _)| of_machines(key)) {
            let host = resolve(&key.host);
            let heard = times.get(&(host.clone(), key.channel.clone()));
            let (Some((first, last)), Some(heard)) = (runs.span(), heard) else { continue };
            let told = Stretch { first, last, from: heard.from, until: heard.until };
            let log = by_channel.entry(key.channel.clone()).or_default();
            log.entry(host).and_modify(|known| known.widen(told)).or_insert(told);
        }
        let mut signs: BTreeMap<HostId, MachineSigns> = BTreeMap::new();
        for (host, told) in &tally.machines {
            signs.entry(resolve(host)).or_default().merge(told);
        }
        Logs { by_channel, signs }
    }

    /// The pairs of which one's numbers run on into the other's: no record lies between. With few hosts that is no
    /// accident; with many another sign of one machine has to say the same.
    fn runs_on(&self, log: &Log) -> Vec<(HostId, HostId)> {
        let mut by_first: BTreeMap<u64, Vec<(&HostId, &Stretch)>> = BTreeMap::new();
        for (host, stretch) in log {
            by_first.entry(stretch.first).or_default().push((host, stretch));
        }
        let next_of = |stretch: &Stretch| by_first.get(&stretch.last.saturating_add(1)).into_iter().flatten();
        let numbers = log.values().map(|stretch| stretch.last).max().unwrap_or_default();
        let hosts = log.len() as u64;
        let are_few = hosts.saturating_mul(hosts).saturating_mul(ACCIDENT_ONE_IN) <= numbers;
        let is_said = |(before, ours): (&HostId, &Stretch), (next, theirs): (&HostId, &Stretch)| {
            self.one_sid(before, next)
                || (ours.is_near(theirs)
                    && (are_few || is_same_label(before, next) || self.restarts_between(before, next)))
        };
        let pairs = log.iter().flat_map(|ours| {
            let next = next_of(ours.1).filter(move |theirs| is_said(ours, **theirs));
            next.map(move |(next, _)| (ours.0.clone(), (*next).clone()))
        });
        pairs.collect()
    }

    /// The pairs of hosts of one machine's SID of which one's numbers end before the other's begin, with a restart where
    /// they do. Where any two of them overlap they are clones, and the SID joins none.
    fn of_one_sid(&self) -> Vec<(HostId, HostId)> {
        let Some(log) = self.by_channel.get(channel::SECURITY) else { return Vec::new() };
        let mut of_sid: BTreeMap<&Text, Vec<(u64, u64, &HostId)>> = BTreeMap::new();
        for (host, stretch) in log {
            if let Some(sid) = self.only_sid(host) {
                of_sid.entry(sid).or_default().push((stretch.first, stretch.last, host));
            }
        }
        let mut pairs = Vec::new();
        for mut names in of_sid.into_values() {
            names.sort_unstable();
            if names.windows(2).any(|pair| pair[0].1 >= pair[1].0) {
                continue;
            }
            let next = names.windows(2).filter(|pair| {
                pair[1].0 - pair[0].1 <= CUT_RECORDS_MAX && self.restarts_between(pair[0].2, pair[1].2)
            });
            pairs.extend(next.map(|pair| (pair[0].2.clone(), pair[1].2.clone())));
        }
        pairs
    }

    /// In every log the one ends before the other begins, and no SID contradicts that; what only one of them has says
    /// nothing.
    fn may_be_one(&self, before: &HostId, next: &HostId) -> bool {
        let stands_before = |log: &Log| {
            let (before, next) = (log.get(before), log.get(next));
            before.zip(next).is_none_or(|(before, next)| before.last < next.first)
        };
        let sids = |host| self.signs.get(host).map(|signs| &signs.sids).filter(|sids| !sids.is_empty());
        let is_same = sids(before).zip(sids(next)).is_none_or(|(ours, theirs)| !ours.is_disjoint(theirs));
        is_same && self.by_channel.values().all(stands_before)
    }

    fn only_sid(&self, host: &HostId) -> Option<&Text> {
        let sids = &self.signs.get(host)?.sids;
        sids.first().filter(|_| sids.len() == 1)
    }

    fn one_sid(&self, one: &HostId, other: &HostId) -> bool {
        self.only_sid(one).is_some_and(|sid| self.only_sid(other) == Some(sid))
    }

    /// Windows stops among the last records of the one name, or starts among the first of the other.
    fn restarts_between(&self, before: &HostId, next: &HostId) -> bool {
        let stretch = |host| self.by_channel.get(channel::SECURITY).and_then(|log: &Log| log.get(host));
        let restarts = |host| self.signs.get(host).and_then(|signs| signs.restarts);
        let stops = stretch(before)
            .zip(restarts(before))
            .is_some_and(|(log, (_, last))| log.last.saturating_sub(last) <= SEAM_RECORDS_MAX);
        let starts = stretch(next)
            .zip(restarts(next))
            .is_some_and(|(log, (first, _))| first.saturating_sub(log.first) <= SEAM_RECORDS_MAX);
        stops || starts
    }
}

/// Only the domain changed.
fn is_same_label(one: &HostId, other: &HostId) -> bool {
    let label = |host: &HostId| host.as_str().split('.').next().unwrap_or_default().to_lowercase();
    label(one) == label(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::coverage::{Heard, HeardKey, LogKey};
    use begat_model::{Duration, HostName};

    /// A name, with the records of its Security log and the hour in which they lie.
    #[derive(Clone, Copy)]
    struct Name {
        host: &'static str,
        first: u64,
        last: u64,
        hour: i64,
        sid: &'static str,
        restart: Option<u64>,
    }

    fn name(host: &'static str, first: u64, last: u64, hour: i64) -> Name {
        Name { host, first, last, hour, sid: "", restart: None }
    }

    /// Which machine each of them is.
    fn machines(names: &[Name]) -> Vec<String> {
        let mut tally = Tally::default();
        let midnight = Timestamp::parse_rfc3339("2022-02-05T00:00:00Z").unwrap();
        for name in names {
            let (host, channel): (HostName, Text) = (HostName::new(name.host).unwrap(), "Security".into());
            let at = Some(midnight + Duration::from_seconds(3600 * name.hour));
            let key =
                HeardKey { host: host.clone(), channel: Some(channel.clone()), event_id: 4624, kind: None };
            tally.heard.entry(key).or_default().merge(&Heard { count: 1, first: at, last: at });
            let signs = tally.machines.entry(host.clone()).or_default();
            name.restart.iter().for_each(|id| signs.restarted(*id));
            if !name.sid.is_empty() {
                signs.has_sid(name.sid.into());
            }
            let runs = tally.record_ids.entry(LogKey { host, channel }).or_default();
            [name.first, name.last].into_iter().for_each(|id| runs.add(id));
        }
        let hosts: Vec<HostName> = names.iter().map(|name| HostName::new(name.host).unwrap()).collect();
        let directory = crate::HostDirectory::of_input(&hosts, &tally);
        hosts.iter().map(|host| directory.resolve(host).to_string()).collect()
    }

    #[test]
    fn a_machine_is_one_under_all_names_that_its_log_runs_on_under() {
        let renamed = [
            name("MINWINPC", 1, 90, 3),
            name("WIN-9L34AK87ND7", 91, 300, 3),
            name("GoldPaperW11", 301, 999, 1),
        ];
        assert_eq!(machines(&renamed), ["GOLDPAPERW11"; 3]);
        let moved = [name("files01.old.example", 1, 90, 3), name("files01.corp.example", 91, 300, 3)];
        assert_eq!(machines(&moved), ["files01.corp.example"; 2], "only the domain changed");
    }

    #[test]
    fn names_stay_two_machines_where_numbers_overlap_leave_a_gap_or_meet_by_accident() {
        for other in [name("B", 600, 2000, 3), name("B", 905, 2000, 3), name("B", 901, 2000, 300)] {
            assert_eq!(machines(&[name("A", 100, 900, 3), other]), ["A", "B"], "{}", other.first);
        }
        // Ids as low as these meet often: another sign has to say that it is one machine.
        let young = [name("A", 1, 90, 3), name("B", 91, 300, 3)];
        assert_eq!(machines(&young), ["A", "B"]);
        let restarted = [young[0], Name { restart: Some(95), ..young[1] }];
        assert_eq!(machines(&restarted), ["B", "B"]);
        let stopped = [Name { restart: Some(90), ..young[0] }, young[1]];
        assert_eq!(machines(&stopped), ["B", "B"]);
    }

    #[test]
    fn of_two_that_could_be_the_next_name_neither_is() {
        let (a, b) = (name("A", 100, 900, 3), name("B", 901, 2000, 3));
        assert_eq!(machines(&[a, b, name("C", 901, 990, 3)]), ["A", "B", "C"]);
        assert_eq!(machines(&[a, name("B", 500, 900, 3), name("C", 901, 990, 3)]), ["A", "B", "C"]);
    }

    /// Three names of one machine in a sample that somebody cut: a record of the restart begins each.
    fn cut() -> [Name; 3] {
        let of = |host, first, last, restart| Name {
            sid: "S-1-5-21-1-2-3",
            restart,
            ..name(host, first, last, 3)
        };
        [
            of("WIN-9L34AK87ND7", 15, 158, Some(15)),
            of("DESKTOP-N1AH9MT", 177, 952, Some(177)),
            of("GoldPaperW11", 972, 6061, Some(972)),
        ]
    }

    #[test]
    fn a_cut_log_is_one_machines_by_its_sid_where_a_restart_lies_between() {
        assert_eq!(machines(&cut()), ["GOLDPAPERW11"; 3]);
        let second = |change: fn(Name) -> Name| {
            let [first, second, third] = cut();
            machines(&[first, change(second), third])
        };
        let foreign = second(|name| Name { sid: "S-1-5-21-9-9-9", ..name });
        assert_eq!(foreign, ["GOLDPAPERW11", "DESKTOP-N1AH9MT", "GOLDPAPERW11"], "another machine's");
        let untold = second(|name| Name { sid: "", ..name });
        assert_eq!(untold, ["GOLDPAPERW11", "DESKTOP-N1AH9MT", "GOLDPAPERW11"], "nothing says whose");
        let running = second(|name| Name { restart: None, ..name });
        assert_eq!(running, ["WIN-9L34AK87ND7", "GOLDPAPERW11", "GOLDPAPERW11"], "no restart before it");
        let far = machines(&[cut()[0], Name { first: 9_000, last: 9_999, restart: Some(9_000), ..cut()[1] }]);
        assert_eq!(far, ["WIN-9L34AK87ND7", "DESKTOP-N1AH9MT"]);
    }

    #[test]
    fn clones_share_a_sid_and_stay_as_many_machines_as_they_are() {
        let names = ["VDI-001", "VDI-002", "VDI-003", "VDI-004"];
        let clone = |(host, first): (&&'static str, u64)| Name {
            sid: "S-1-5-21-1-2-3",
            restart: Some(first),
            ..name(host, first, first + 40, 3)
        };
        let overlapping: Vec<Name> = names.iter().zip([5001, 5001, 5030, 5100]).map(clone).collect();
        assert_eq!(machines(&overlapping), names);
        let far_apart: Vec<Name> = names.iter().zip([5_000, 105_000, 205_000, 305_000]).map(clone).collect();
        assert_eq!(machines(&far_apart), names);
    }

    #[test]
    fn of_six_thousand_hosts_none_is_another_because_their_numbers_meet() {
        let hosts: Vec<String> = (0..6000).map(|number| format!("H{number:04}")).collect();
        let mut tally = Tally::default();
        let at = Timestamp::parse_rfc3339("2022-02-05T00:00:00Z");
        for (number, host) in (0_u64..).zip(&hosts) {
            let (host, channel): (HostName, Text) = (HostName::new(host).unwrap(), "Security".into());
            let key =
                HeardKey { host: host.clone(), channel: Some(channel.clone()), event_id: 4720, kind: None };
            tally.heard.entry(key).or_default().merge(&Heard { count: 1, first: at, last: at });
            // Each host's seven records follow those of another.
            let runs = tally.record_ids.entry(LogKey { host, channel }).or_default();
            (0..7).for_each(|record| runs.add(100_000 + 7 * number + record));
        }
        let names: Vec<HostName> = hosts.iter().map(|host| HostName::new(host).unwrap()).collect();
        assert_eq!(crate::HostDirectory::of_input(&names, &tally).count(), 6000);
    }
}

//! What a host showed, so that silence is told from blindness.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::carrier::{Carried, CarrierLacks};
use begat_model::catalog::channel;
use begat_model::continuity::RecordRuns;
use begat_model::coverage::{ChannelHeard, Heard, HeardKey, HostCoverage, MissingSource, Tally};
use begat_model::event::{Text, Unread};
use begat_model::prerequisite::ACCOUNT_MANAGEMENT_IDS;
use begat_model::{EventKind, HostName, RecordRef, Timestamp};

use crate::intake::identity::{HostDirectory, HostId};
use crate::spans::{QUIET_MAX, SEEN_LATE_MAX};
use crate::windows::role::RoleSigns;

/// Event ids that only a domain controller writes: Kerberos tickets given out, directory objects changed.
const DOMAIN_CONTROLLER_IDS: &[u32] = &[4768, 4769, 4770, 4771, 5136, 5137, 5139, 5141];

/// Whether processes can be seen around a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessSight {
    /// The host shows no process creation at all.
    Blind,
    /// It shows some, but none near this time.
    Gap,
    /// It shows them on both sides of it, as far as its log goes.
    Seen,
}

/// What one host was heard to say, over the whole input.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostSight {
    /// All its records.
    pub all: Heard,
    /// Its process creations (4688, Sysmon 1); none where only Windows' own boot is told, which is no sight.
    pub process_creations: Heard,
    /// Of these, Sysmon's.
    pub sysmon_creations: u64,
    /// Which records of its Security log are there.
    pub security_records: RecordRuns,
    /// Which records of its Sysmon log are there.
    pub sysmon_records: RecordRuns,
    /// Which records of its PowerShells' logs are there, Windows' own and the newer one's.
    pub powershell_runs: [RecordRuns; 2],
    /// Records of what PowerShells run (4103, 4104).
    pub powershell_records: u64,
    /// Its PowerShells tell what they called, and what became of it (4103).
    pub powershell_tells_calls: bool,
    /// It writes what only domain controllers write.
    pub domain_controller: bool,
    /// What the SIDs of its own accounts begin with: several where it was made anew, or is several machines.
    pub machine_sids: BTreeSet<Text>,
    /// What its logs say of what it is for.
    pub role_signs: RoleSigns,
    /// Who carried its logs, and what that cannot carry.
    pub carried: BTreeMap<Text, Carried>,
    /// Its logs that tell of processes.
    pub process_logs: BTreeSet<Text>,
    /// Records that were heard and cannot be placed in time, by what they are and why: they may be of any time.
    pub unplaced: BTreeMap<(EventKind, Unread), u64>,
}

impl HostSight {
    /// The sight of every host of an input.
    pub fn of_hosts(tally: &Tally, directory: &HostDirectory) -> BTreeMap<HostId, HostSight> {
        let mut hosts: BTreeMap<HostId, HostSight> = BTreeMap::new();
        for (key, heard) in &tally.heard {
            let sight = hosts.entry(directory.resolve(&key.host)).or_default();
            sight.add(key, heard, tells_processes(tally, key));
        }
        for (key, runs) in &tally.record_ids {
            let sight = hosts.entry(directory.resolve(&key.host)).or_default();
            if let Some(log) = sight.log_mut(&key.channel) {
                log.merge(runs);
            }
        }
        for (key, carried) in &tally.carried {
            let sight = hosts.entry(directory.resolve(&key.host)).or_default();
            sight.carried.entry(key.channel.to_lowercase().into()).or_default().merge(carried);
        }
        for (host, signs) in &tally.machines {
            let sight = hosts.entry(directory.resolve(host)).or_default();
            sight.machine_sids.extend(signs.sids.iter().cloned());
        }
        for ((key, cause), count) in &tally.unplaced {
            let sight = hosts.entry(directory.resolve(&key.host)).or_default();
            if let Some(kind) = key.kind {
                *sight.unplaced.entry((kind, *cause)).or_default() += count;
            }
        }
        hosts
    }

    fn log_mut(&mut self, name: &str) -> Option<&mut RecordRuns> {
        let [windows_own, core] = &mut self.powershell_runs;
        let logs = [
            (channel::SECURITY, &mut self.security_records),
            (channel::SYSMON, &mut self.sysmon_records),
            (channel::POWERSHELL, windows_own),
            (channel::POWERSHELL_CORE, core),
        ];
        logs.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, log)| log)
    }

    /// What no carrier of those of its logs carries that tell of processes.
    pub fn processes_lack(&self) -> CarrierLacks {
        let logs = self.process_logs.iter().filter_map(|log| self.carried.get(log));
        logs.map(Carried::lacks).reduce(CarrierLacks::both).unwrap_or_default()
    }

    /// The carriers that cost something, and what.
    pub fn carriers_lack(&self) -> BTreeMap<Text, CarrierLacks> {
        let mut lacking: BTreeMap<Text, CarrierLacks> = BTreeMap::new();
        for (carrier, lacks) in self.carried.values().flat_map(Carried::lacking) {
            let all = lacking.entry(carrier.clone()).or_default();
            *all = all.either(lacks);
        }
        lacking
    }

    /// Which records are there of the log that a PowerShell wrote this record to.
    pub fn powershell_log(&self, record: &RecordRef) -> &RecordRuns {
        let is_core = record.kind.spec().channel == channel::POWERSHELL_CORE;
        &self.powershell_runs[usize::from(is_core)]
    }

    /// How many records of processes cannot be placed in time.
    pub fn processes_unplaced(&self) -> u64 {
        let of_processes = self.unplaced.iter().filter(|((kind, _), _)| kind.tells_of_a_start());
        of_processes.map(|(_, count)| count).sum()
    }

    /// Why creations cannot be placed in time, and how many.
    pub fn creations_unplaced(&self) -> impl Iterator<Item = (Unread, u64)> + '_ {
        let of_creations = self.unplaced.iter().filter(|((kind, _), _)| kind.tells_of_a_creation());
        of_creations.map(|((_, cause), count)| (*cause, *count))
    }

    fn add(&mut self, key: &HeardKey, heard: &Heard, tells_processes: bool) {
        self.all.merge(heard);
        let kind = key.kind;
        if tells_processes {
            self.process_logs
                .extend(key.channel.as_deref().map(|channel| Text::from(channel.to_lowercase())));
            self.process_creations.merge(heard);
        }
        if kind == Some(EventKind::SysmonProcessCreated) {
            self.sysmon_creations += heard.count;
        }
        let is_call = kind.is_some_and(EventKind::is_powershell_call);
        self.powershell_tells_calls |= is_call;
        if is_call || kind.is_some_and(EventKind::is_script_block) {
            self.powershell_records += heard.count;
        }
        self.role_signs.record(key.channel.as_deref(), key.event_id);
        let is_security =
            key.channel.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(channel::SECURITY));
        self.domain_controller |= is_security && DOMAIN_CONTROLLER_IDS.contains(&key.event_id);
    }

    /// Whether processes can be seen around `at`, given the latest start before it.
    pub fn at(&self, at: Timestamp, latest_start: Option<Timestamp>) -> ProcessSight {
        if self.process_creations.count == 0 {
            return ProcessSight::Blind;
        }
        // A host that shows its first process well after the creation was not asked to show any at the creation: Sysmon
        // was installed then, say.
        let shows_by_then = self.process_creations.first.is_none_or(|first| first - at <= SEEN_LATE_MAX);
        let log_begins = shows_by_then && self.all.first.is_none_or(|first| at - first <= QUIET_MAX);
        let log_ends = self.all.last.is_none_or(|last| last - at <= QUIET_MAX);
        let seen_before = log_begins || latest_start.is_some_and(|start| at - start <= QUIET_MAX);
        let seen_after = log_ends || self.process_creations.last.is_some_and(|last| last >= at);
        if seen_before && seen_after { ProcessSight::Seen } else { ProcessSight::Gap }
    }
}

/// Records of this sort show the host's processes. With auditing switched off Windows still writes 4688 for its boot:
/// they say nothing of what ran later.
fn tells_processes(tally: &Tally, key: &HeardKey) -> bool {
    match key.kind {
        Some(EventKind::ProcessCreated) => tally.beyond_boot.contains(&key.host),
        kind => kind.is_some_and(EventKind::tells_of_a_start),
    }
}

const NO_PROCESS_CREATION: MissingSource = MissingSource {
    what: "process creation (Security 4688 or Sysmon 1)",
    cost: "account creations are visible, but not who made them",
    mend: "auditpol /set /subcategory:{0CCE922B-69AE-11D9-BED3-505054503030} /success:enable, or install Sysmon",
};
const NO_LOGONS: MissingSource = MissingSource {
    what: "logons (Security 4624)",
    cost: "the type and source address of sessions are unknown",
    mend: "auditpol /set /subcategory:{0CCE9215-69AE-11D9-BED3-505054503030} /success:enable",
};
const NO_SECURITY_LOG: MissingSource = MissingSource {
    what: "the Security log (account creation is Security 4720)",
    cost: "account creations are not visible at all",
    mend: "collect the Security channel of this host",
};
const NO_ACCOUNT_MANAGEMENT: MissingSource = MissingSource {
    what: "account management (Security 4720, 4722 to 4726, 4738 and others)",
    cost: "either no account was changed in this time, or it was not audited: the log cannot show which",
    mend: "auditpol /set /subcategory:{0CCE9235-69AE-11D9-BED3-505054503030} /success:enable /failure:enable",
};

/// What each host of an input showed, and what it would have to show for AN1235 to be seen.
pub fn coverage(tally: &Tally, directory: &HostDirectory) -> Vec<HostCoverage> {
    let mut hosts: BTreeMap<HostId, Vec<(&HeardKey, &Heard)>> = BTreeMap::new();
    for (key, heard) in &tally.heard {
        hosts.entry(directory.resolve(&key.host)).or_default().push((key, heard));
    }
    hosts.into_values().map(|heard| host_coverage(tally, &heard)).collect()
}

fn host_coverage(tally: &Tally, heard: &[(&HeardKey, &Heard)]) -> HostCoverage {
    let names: BTreeSet<&HostName> = heard.iter().map(|(key, _)| &key.host).collect();
    let mut all = Heard::default();
    let mut channels: BTreeMap<Option<Text>, BTreeMap<u32, u64>> = BTreeMap::new();
    for (key, heard) in heard {
        all.merge(heard);
        *channels.entry(key.channel.clone()).or_default().entry(key.event_id).or_default() += heard.count;
    }
    HostCoverage {
        names: names.into_iter().cloned().collect(),
        first: all.first,
        last: all.last,
        missing: missing_sources(tally, heard),
        channels: channels
            .into_iter()
            .map(|(channel, ids)| ChannelHeard { channel, event_ids: ids.into_iter().collect() })
            .collect(),
    }
}

fn missing_sources(tally: &Tally, heard: &[(&HeardKey, &Heard)]) -> Vec<MissingSource> {
    let is_security = |key: &HeardKey| {
        key.channel.as_deref().is_none_or(|name| name.eq_ignore_ascii_case(channel::SECURITY))
    };
    let security = |ids: &[u32]| heard.iter().any(|(key, _)| is_security(key) && ids.contains(&key.event_id));
    let mut missing = Vec::new();
    if !heard.iter().any(|(key, _)| is_security(key)) {
        missing.push(NO_SECURITY_LOG);
    } else {
        if !security(ACCOUNT_MANAGEMENT_IDS) {
            missing.push(NO_ACCOUNT_MANAGEMENT);
        }
        if !security(&[4624]) {
            missing.push(NO_LOGONS);
        }
    }
    if !heard.iter().any(|(key, _)| tells_processes(tally, key)) {
        missing.push(NO_PROCESS_CREATION);
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::Duration;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::parse_rfc3339("2024-05-01T10:00:00Z").unwrap() + Duration::from_seconds(minutes * 60)
    }

    /// A host heard from minute `all.0` to `all.1`, its processes from `processes.0` to `processes.1`.
    fn sight(all: (i64, i64), processes: Option<(i64, i64)>) -> HostSight {
        let heard = |(first, last)| Heard { count: 9, first: Some(at(first)), last: Some(at(last)) };
        HostSight {
            all: heard(all),
            process_creations: processes.map(heard).unwrap_or_default(),
            ..HostSight::default()
        }
    }

    #[test]
    fn blind_gap_and_seen() {
        assert_eq!(sight((0, 500), None).at(at(250), None), ProcessSight::Blind);
        let all_day = sight((0, 500), Some((0, 500)));
        assert_eq!(all_day.at(at(250), Some(at(245))), ProcessSight::Seen);
        assert_eq!(all_day.at(at(250), Some(at(100))), ProcessSight::Gap, "none for two hours before");
        let stopped = sight((0, 500), Some((0, 249)));
        assert_eq!(stopped.at(at(250), Some(at(249))), ProcessSight::Gap, "none ever after");
        let extract = sight((250, 250), Some((250, 250)));
        assert_eq!(
            extract.at(at(250), Some(at(250))),
            ProcessSight::Seen,
            "a short extract ends where it ends"
        );
        let installed_late = sight((245, 500), Some((258, 500)));
        assert_eq!(
            installed_late.at(at(250), None),
            ProcessSight::Gap,
            "what shows them came eight minutes later"
        );
        assert_eq!(sight((245, 500), Some((251, 500))).at(at(250), None), ProcessSight::Seen);
    }

    #[test]
    fn windows_own_boot_is_no_sight_under_any_of_a_machines_names() {
        let key = |host: &str, channel: &str, event_id| {
            HeardKey::new(HostName::new(host).unwrap(), None, Some(channel), event_id)
        };
        let heard = |count| Heard { count, first: Some(at(0)), last: Some(at(9)) };
        let creations = |beyond_boot: &[&str], with_sysmon: bool| {
            let mut tally = Tally::default();
            tally.heard.insert(key("srv1", "Security", 4688), heard(34));
            tally.heard.insert(key("srv1.corp.example", "security", 4688), heard(5));
            if with_sysmon {
                tally.heard.insert(key("srv1", channel::SYSMON, 1), heard(3));
            }
            tally.beyond_boot = beyond_boot.iter().map(|host| HostName::new(host).unwrap()).collect();
            let names: Vec<HostName> = tally.heard.keys().map(|key| key.host.clone()).collect();
            let directory = HostDirectory::from_names(&names);
            let sight = &HostSight::of_hosts(&tally, &directory)[&directory.resolve(&names[0])];
            assert_eq!(sight.at(at(5), None) == ProcessSight::Blind, sight.process_creations.count == 0);
            sight.process_creations.count
        };
        assert_eq!(creations(&[], false), 0);
        assert_eq!(creations(&["srv1.corp.example"], false), 5);
        assert_eq!(creations(&["srv1", "srv1.corp.example"], false), 39);
        assert_eq!(creations(&[], true), 3, "what Sysmon tells was asked for");
    }

    #[test]
    fn what_is_missing_is_told() {
        let key = |channel: &str, event_id| {
            HeardKey::new(HostName::new("h").unwrap(), None, Some(channel), event_id)
        };
        let missing = |keys: &[HeardKey], beyond_boot: bool| {
            let heard = Heard { count: 1, first: None, last: None };
            let heard = keys.iter().map(|key| (key.clone(), heard)).collect();
            let beyond_boot = keys.iter().map(|key| key.host.clone()).filter(|_| beyond_boot).collect();
            let tally = Tally { heard, beyond_boot, ..Tally::default() };
            let names: Vec<HostName> = keys.iter().map(|key| key.host.clone()).collect();
            let coverage = coverage(&tally, &HostDirectory::from_names(&names));
            coverage[0]
                .missing
                .iter()
                .map(|source| source.what.split(' ').next().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(missing(&[key("Security", 4720)], true), ["logons", "process"]);
        assert_eq!(missing(&[key("Microsoft-Windows-Sysmon/Operational", 1)], false), ["the"]);
        assert_eq!(missing(&[key("security", 4624), key("Security", 4688)], true), ["account"]);
        let others = [4768, 4769, 4776, 4732, 4741].map(|event_id| key("Security", event_id));
        let kerberos: Vec<HeardKey> =
            [key("Security", 4624), key("Security", 4688)].into_iter().chain(others).collect();
        assert_eq!(missing(&kerberos, true), ["account"], "tickets and groups are audited by themselves");
        let all = [key("Security", 4624), key("Security", 4688), key("Security", 4738)];
        assert_eq!(missing(&all, true), [""; 0]);
        assert_eq!(missing(&all, false), ["process"], "Windows' own boot is no telemetry");
    }
}

//! What a host could have shown of an account creation, and what it showed: the ledger of sight.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::words;
use crate::catalog::channel;
use crate::configured::{AuditSettings, LeftOut, SysmonConfig};
use crate::hours::Hours;
use crate::ids::HostName;
use crate::prerequisite::{PREREQUISITES, Prerequisite, PrerequisiteSpec};
use crate::text::Text;
use crate::time::Timestamp;

/// Name and version of the shape in which a ledger is written: who writes it and who reads it back share it.
pub const COVERAGE_SCHEMA: &str = "begat.coverage/1";

words! {
    /// What can be said of a prerequisite on a host.
    SightState {
        Seen "seen" "records of it are here";
        Silent "silent" "the log that tells it was heard, and nothing of it came";
        Off "off" "configuration or a record says that it is not audited";
        Unknown "unknown" "what was heard cannot show whether it is audited";
    }
}

/// When one prerequisite was shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// In which hours.
    pub hours: Hours,
    /// Records that showed it. Of what only the content shows a few an hour are looked into: the others of their sort and
    /// hour are taken to say as much.
    pub events: u64,
}

/// What a record says of the sight of its own host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// 4719: it is audited no more.
    SwitchedOff(Prerequisite),
    /// 4719: it is audited from here on.
    SwitchedOn(Prerequisite),
    /// 4616: the clock was set, by more than a trim.
    ClockSet,
    /// 1100: the event log service stopped.
    LogStopped,
    /// 4608: Windows started.
    Started,
}

/// Most marks of one host; of more the earliest stay, so that it is the same in whatever order records come.
const MARKS_MAX: usize = 1024;

/// What one name of a host was heard to say, hour by hour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeardHours {
    /// In which hours any record came, of all its logs together.
    pub alive: Hours,
    /// By prerequisite.
    pub shown: BTreeMap<Prerequisite, Shown>,
    /// Records that could not be read.
    pub lost: u64,
    /// What records say of its sight, and when.
    pub marks: BTreeSet<(Timestamp, Mark)>,
}

impl HeardHours {
    /// A record says this of the host's sight.
    pub fn mark(&mut self, at: Timestamp, mark: Mark) {
        self.marks.insert((at, mark));
        if self.marks.len() > MARKS_MAX {
            self.marks.pop_last();
        }
    }

    /// The same by another clock; hours that it does not know are left out.
    pub fn moved(&self, at: impl Fn(Timestamp) -> Option<Timestamp>) -> HeardHours {
        let moved = |hours: &Hours| {
            let mut moved = Hours::default();
            hours.starts().filter_map(&at).for_each(|at| moved.add(at));
            moved
        };
        let shown = |(prerequisite, shown): (&Prerequisite, &Shown)| {
            (*prerequisite, Shown { hours: moved(&shown.hours), events: shown.events })
        };
        let marks = self.marks.iter().filter_map(|(then, mark)| Some((at(*then)?, *mark)));
        HeardHours {
            alive: moved(&self.alive),
            shown: self.shown.iter().map(shown).collect(),
            lost: self.lost,
            marks: marks.collect(),
        }
    }

    /// Puts two together.
    pub fn merge(&mut self, other: &HeardHours) {
        self.alive.merge(&other.alive);
        self.lost += other.lost;
        other.marks.iter().for_each(|(at, mark)| self.mark(*at, *mark));
        for (prerequisite, shown) in &other.shown {
            let own = self.shown.entry(*prerequisite).or_default();
            own.hours.merge(&shown.hours);
            own.events += shown.events;
        }
    }
}

/// One prerequisite of one host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Which.
    pub prerequisite: Prerequisite,
    /// What can be said of it.
    pub state: SightState,
    /// Hours in which it was seen while the host was alive; of a rare one, the hours alive of the days on which it was.
    pub hours_seen: u64,
    /// Hours in which any record of the host came.
    pub hours_alive: u64,
    /// Since when a record (4719) says that it is audited no more, and none says that it is again.
    pub off_since: Option<Timestamp>,
    /// Whether it is configured to be audited; `None` where no file says so.
    pub configured: Option<bool>,
    /// Records that show it: see `Shown::events`.
    pub events: u64,
}

/// How far back one log of a host reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// `None` where the carrier drops it.
    pub channel: Option<Text>,
    /// Its earliest record: what came before is gone, or was never handed over.
    pub oldest: Option<Timestamp>,
    /// Its latest record.
    pub newest: Option<Timestamp>,
    /// Records.
    pub records: u64,
    /// The first record that Windows numbered is here, so that nothing of this log is gone; `None` where record ids do
    /// not say.
    pub begins_with_the_log: Option<bool>,
}

/// Records that one log of a host lacks between its first and its last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerGap {
    /// Which log.
    pub channel: Text,
    /// Record ids that are not here.
    pub missing: u64,
    /// In how many places.
    pub holes: u64,
    /// Most are missing: somebody chose what is here, and gaps are its norm.
    pub filtered: bool,
}

words! {
    /// What takes sight away from a host.
    SightLoss {
        HostSilent "host_silent" "the inventory names this host, and nothing of it was heard";
        HostGone "host_gone" "it was heard when the earlier ledger was kept, and is not any more";
        ConfiguredNotSeen "configured_not_seen" "it is configured to be audited, and nothing of it came";
        SeenNotConfigured "seen_not_configured" "it is configured not to be audited, and came all the same: the files or the host have changed";
        NoAccountManagement "no_account_management" "account creations are not visible";
        NoProcessCreation "no_process_creation" "account creations are visible, but not who made them";
        NoCommandLine "no_command_line" "what a process was told to do is not visible";
        NoParent "no_parent" "who started a process is not visible";
        NoProcessEnd "no_process_end" "processes that lived at the creation cannot be told from those that were gone";
        NoLogon "no_logon" "the type and the source address of sessions are not visible";
        ProcessCreationStopped "process_creation_stopped" "processes were told, and from some time on no more, while the host went on";
        SecurityLogAbsent "security_log_absent" "the Security log of the host is not among what was handed over";
        LogCleared "log_cleared" "a log was cleared: what stood in it is gone";
        AuditPolicyChanged "audit_policy_changed" "what is audited was changed";
        AuditSwitchedOff "audit_switched_off" "auditing of what AN1235 needs was switched off";
        LogServiceStopped "log_service_stopped" "the event log service was stopped while Windows went on: nothing was written until it began again";
        ClockSet "clock_set" "the clock was set: times before and after do not fit together";
        EventsDropped "events_dropped" "Windows dropped records before they reached the log";
        RecordsMissing "records_missing" "records are missing between others";
        SysmonFilter "sysmon_filter" "the Sysmon configuration swallows process starts that make accounts";
        FilteredFeed "filtered_feed" "most records are missing: somebody chose what is here";
        RecordsLost "records_lost" "records came that cannot be read";
    }
}

/// One loss of sight on one host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SightLossSeen {
    /// Which.
    pub kind: SightLoss,
    /// Records, holes or logs that show it; of what was not seen, the hours alive without it.
    pub count: u64,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// Account creations seen on the host that it touched, or could have.
    pub creations: u64,
}

/// The ledger of one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostLedger {
    /// The names under which it appears, sorted.
    pub names: Vec<HostName>,
    /// Its earliest record; `None` where none had a readable time.
    pub from: Option<Timestamp>,
    /// Its latest record.
    pub until: Option<Timestamp>,
    /// A cell for each prerequisite, in order.
    pub cells: Vec<Cell>,
    /// By log.
    pub reach: Vec<Reach>,
    /// Logs with records missing between others.
    pub gaps: Vec<LedgerGap>,
    /// Records that were heard and could not be read.
    pub lost: u64,
    /// Account creations seen.
    pub creations: u64,
    /// The most telling first: by creations touched, then in order.
    pub losses: Vec<SightLossSeen>,
    /// What it is for, by the inventory.
    pub role: Option<Text>,
    /// Process starts that its Sysmon swallows, by the configuration that was given.
    pub left_out: Vec<LeftOut>,
}

impl HostLedger {
    /// Of a host that should have been heard, and was not.
    pub fn silent(name: HostName) -> HostLedger {
        HostLedger::unheard(name, SightLoss::HostSilent)
    }

    /// Of a host that is not heard, for this reason.
    pub fn unheard(name: HostName, why: SightLoss) -> HostLedger {
        let cell = |row: &PrerequisiteSpec| Cell {
            prerequisite: row.prerequisite,
            state: SightState::Unknown,
            hours_seen: 0,
            hours_alive: 0,
            off_since: None,
            configured: None,
            events: 0,
        };
        HostLedger {
            names: vec![name],
            from: None,
            until: None,
            cells: PREREQUISITES.iter().map(cell).collect(),
            reach: Vec::new(),
            gaps: Vec::new(),
            lost: 0,
            creations: 0,
            losses: vec![SightLossSeen { kind: why, count: 0, since: None, creations: 0 }],
            role: None,
            left_out: Vec::new(),
        }
    }

    /// Holds Sysmon's configuration against a host that has its log.
    pub fn configure_sysmon(&mut self, config: &SysmonConfig) {
        let is_sysmon = |reach: &Reach| {
            reach.channel.as_deref().is_some_and(|log| log.eq_ignore_ascii_case(channel::SYSMON))
        };
        if !self.reach.iter().any(is_sysmon) {
            return;
        }
        let audited = BTreeMap::from([(Prerequisite::SamKeys, config.watches_sam)]);
        self.configure(&AuditSettings { machine: None, audited });
        self.left_out = config.leaves_out.clone();
        let count = self.left_out.len() as u64;
        self.losses.retain(|loss| loss.kind != SightLoss::SysmonFilter);
        if count > 0 {
            let kind = SightLoss::SysmonFilter;
            self.losses.push(SightLossSeen { kind, count, since: None, creations: self.creations });
            self.losses.sort_by_key(|loss| (std::cmp::Reverse(loss.creations), loss.kind));
        }
    }

    /// Holds what is configured against what was seen. Of several settings that reach this machine the last counts.
    pub fn configure(&mut self, settings: &AuditSettings) {
        if !settings.reaches(&self.names) {
            return;
        }
        for cell in &mut self.cells {
            let of_cell = settings.audited.get(&cell.prerequisite).copied();
            // What rides on records that are switched off is off with them.
            let carried = cell.prerequisite.spec().rides_on.and_then(|on| settings.audited.get(&on));
            cell.configured = of_cell.or(carried.filter(|is_on| !**is_on).copied()).or(cell.configured);
            if cell.configured == Some(false) && cell.state != SightState::Seen {
                cell.state = SightState::Off;
            }
        }
        let count = |disagrees: &dyn Fn(&Cell) -> bool| {
            self.cells.iter().filter(|cell| disagrees(cell)).count() as u64
        };
        let is_dark = |cell: &Cell| matches!(cell.state, SightState::Silent | SightState::Off);
        let silent = count(&|cell| cell.configured == Some(true) && is_dark(cell));
        let seen = count(&|cell| cell.configured == Some(false) && cell.state == SightState::Seen);
        let accounts = self.cells[Prerequisite::AccountManagement as usize].state == SightState::Off;
        for (kind, count) in [
            (SightLoss::ConfiguredNotSeen, silent),
            (SightLoss::SeenNotConfigured, seen),
            (SightLoss::NoAccountManagement, u64::from(accounts)),
        ] {
            self.losses.retain(|loss| loss.kind != kind);
            if count > 0 {
                self.losses.push(SightLossSeen { kind, count, since: None, creations: self.creations });
            }
        }
        self.losses.sort_by_key(|loss| (std::cmp::Reverse(loss.creations), loss.kind));
    }

    /// Of the prerequisites that count, the mean share of the host's hours in which each was seen, in thousandths;
    /// `None` where the host was alive in no hour.
    pub fn score_thousandths(&self) -> Option<u64> {
        let counted: Vec<&Cell> = self.cells.iter().filter(|cell| cell.prerequisite.spec().counts).collect();
        let alive = counted.first().map(|cell| cell.hours_alive).filter(|alive| *alive > 0)?;
        let seen: u64 = counted.iter().map(|cell| cell.hours_seen).sum();
        Some(seen * 1000 / (alive * counted.len() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_configured_is_held_against_what_is_seen() {
        let ws1 = || HostName::new("ws1.corp.example").unwrap();
        let seen = |states: &[(Prerequisite, SightState)]| {
            let mut ledger = HostLedger::silent(ws1());
            ledger.losses.clear();
            states.iter().for_each(|(it, state)| ledger.cells[*it as usize].state = *state);
            ledger
        };
        let settings = |machine: &str, audited: &[(Prerequisite, bool)]| AuditSettings {
            machine: HostName::new(machine),
            audited: audited.iter().copied().collect(),
        };
        let processes = Prerequisite::ProcessCreation;
        let states = |ledger: &HostLedger| {
            [processes, Prerequisite::CommandLine].map(|it| ledger.cells[it as usize].state)
        };
        let mut ledger =
            seen(&[(processes, SightState::Silent), (Prerequisite::CommandLine, SightState::Silent)]);
        ledger.configure(&settings("WS1", &[(processes, false)]));
        assert_eq!(states(&ledger), [SightState::Off; 2], "command lines ride on processes");
        assert!(ledger.losses.is_empty());

        let mut ledger = seen(&[(processes, SightState::Silent)]);
        ledger.configure(&settings("WS1", &[(processes, true)]));
        assert_eq!(
            (states(&ledger)[0], ledger.losses[0].kind),
            (SightState::Silent, SightLoss::ConfiguredNotSeen)
        );

        let mut ledger = seen(&[(processes, SightState::Seen)]);
        ledger.configure(&settings("", &[(processes, false), (Prerequisite::AccountManagement, false)]));
        let kinds: Vec<SightLoss> = ledger.losses.iter().map(|loss| loss.kind).collect();
        assert_eq!(kinds, [SightLoss::SeenNotConfigured, SightLoss::NoAccountManagement]);

        let mut ledger = seen(&[(processes, SightState::Silent)]);
        ledger.configure(&settings("WS2", &[(processes, false)]));
        assert_eq!(states(&ledger)[0], SightState::Silent, "another machine's");
    }
}

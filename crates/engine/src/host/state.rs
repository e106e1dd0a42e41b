//! The state of one host: all its tables, and what waits in it.

use std::collections::{BTreeSet, VecDeque};

use begat_model::case::{Case, Finding};
use begat_model::{HostName, RecordRef, Timestamp};

use crate::across::client::ClientCommand;
use crate::across::site::SiteNames;
use crate::case::finding::FindingTable;
use crate::case::settle::Settled;
use crate::cause::scene::Creation;
use crate::sight::blinding::{Blinding, CommandLinesSeen};
use crate::sight::visibility::{HostSight, ProcessSight};
use crate::tables::account::table::AccountTable;
use crate::tables::install::InstallTable;
use crate::tables::logon::LogonTable;
use crate::tables::process::record::ProcessIndex;
use crate::tables::process::table::ProcessTable;
use crate::tables::signs::SignTable;
use crate::tuning::Tuning;
use crate::windows::role::RoleSigns;

/// The tables are swept when they have grown to this size, and then at each doubling.
pub(super) const SWEEP_MIN: usize = 4096;

/// The state of one host.
#[derive(Debug)]
pub struct HostState {
    pub(super) netbios: String,
    pub(super) tuning: Tuning,
    pub(super) sight: HostSight,
    pub(super) name_is_ambiguous: bool,
    pub(super) processes: ProcessTable,
    pub(super) logons: LogonTable,
    pub(super) accounts: AccountTable,
    pub(super) blindings: Vec<Blinding>,
    pub(super) command_lines: CommandLinesSeen,
    /// From the earliest start to the latest writing of processes that were told later than their order waits for.
    pub(super) told_late: Option<(Timestamp, Timestamp)>,
    pub(super) signs: SignTable,
    pub(super) installs: InstallTable,
    /// What its processes and logons say of what it is for.
    pub(super) role_signs: RoleSigns,
    /// Accounts that acted on it.
    pub(super) names: SiteNames,
    /// By its logs, or since it made accounts of a domain.
    pub(super) keeps_domain: bool,
    pub(super) findings: FindingTable,
    pub(super) clients: VecDeque<ClientCommand>,
    /// Accounts whose keys lsass made in the SAM.
    pub(super) made_keys: Vec<(String, RecordRef)>,
    /// As the records name it: the first in the order of its events.
    pub(super) name: Option<HostName>,
    /// Tools that made the one account that they make.
    pub(super) spent: BTreeSet<ProcessIndex>,
    /// Places in Sysmon's log: when a record was written, and its id.
    pub(super) sysmon_marks: VecDeque<(Timestamp, u64)>,
    /// Auditing of process creation was switched off, and not on again.
    pub(super) process_audit_off: bool,
    /// Suspicious processes that began so far; two logs may both tell of one.
    pub(super) suspicious_started: u64,
    pub(super) latest_start: Option<Timestamp>,
    pub(super) started_at: Option<Timestamp>,
    pub(super) waiting: VecDeque<Waiting>,
    pub(super) settled: Vec<Settled>,
    pub(super) sweep_at: usize,
}

/// What one host's events came to.
#[derive(Debug, Default)]
pub struct HostHunt {
    /// One for each creation.
    pub cases: Vec<Case>,
    /// What else is worth a look.
    pub findings: Vec<Finding>,
    /// Commands that reach for other machines.
    pub clients: Vec<ClientCommand>,
    /// Names of accounts that acted on it.
    pub names: SiteNames,
}

/// A creation that waits to be weighed.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) creation: Creation,
    pub(super) host_name: HostName,
    pub(super) sight: ProcessSight,
    /// Auditing of processes had been switched off by then, and nothing else tells of them.
    pub(super) audit_off: bool,
}

impl HostState {
    /// A host of which nothing was heard yet but its tally.
    pub fn new(netbios: String, tuning: Tuning, sight: HostSight, name_is_ambiguous: bool) -> HostState {
        HostState {
            accounts: AccountTable::of_site(&netbios, tuning.analytic.clone()),
            netbios,
            tuning,
            sight,
            name_is_ambiguous,
            processes: ProcessTable::default(),
            logons: LogonTable::default(),
            blindings: Vec::new(),
            command_lines: CommandLinesSeen::default(),
            told_late: None,
            signs: SignTable::default(),
            installs: InstallTable::default(),
            role_signs: RoleSigns::default(),
            names: SiteNames::default(),
            keeps_domain: false,
            findings: FindingTable::default(),
            clients: VecDeque::new(),
            made_keys: Vec::new(),
            name: None,
            spent: BTreeSet::new(),
            sysmon_marks: VecDeque::new(),
            process_audit_off: false,
            suspicious_started: 0,
            latest_start: None,
            started_at: None,
            waiting: VecDeque::new(),
            settled: Vec::new(),
            sweep_at: SWEEP_MIN,
        }
    }
}

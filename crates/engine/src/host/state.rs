//! The state of one host: all its tables, and what waits in it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use begat_model::calibration::HostRate;
use begat_model::case::{Case, Finding};
use begat_model::{HostName, Timestamp};

use crate::across::client::{ClientCommand, ClientTable};
use crate::across::site::SiteNames;
use crate::case::about::HostNaming;
use crate::case::finding::FindingTable;
use crate::case::settle::Settled;
use crate::cause::creation::Creation;
use crate::sight::base_rate::BaseRate;
use crate::sight::visibility::{HostSight, ProcessSight};
use crate::sight::watch::Watch;
use crate::tables::account::table::AccountTable;
use crate::tables::burst::TouchTable;
use crate::tables::install::InstallTable;
use crate::tables::logon::LogonTable;
use crate::tables::process::record::ProcessIndex;
use crate::tables::process::table::ProcessTable;
use crate::tables::scripts::ScriptTable;
use crate::tables::signs::SignTable;
use crate::tuning::Tuning;
use crate::windows::own_names::OwnNames;
use crate::windows::role::RoleSigns;

/// The tables are swept when they have grown to this size, and then at each doubling.
pub(super) const SWEEP_MIN: usize = 4096;

/// The state of one host.
#[derive(Debug)]
pub struct HostState {
    pub(super) naming: HostNaming,
    pub(super) tuning: Tuning,
    pub(super) watch: Watch,
    pub(super) base_rate: BaseRate,
    pub(super) processes: ProcessTable,
    pub(super) logons: LogonTable,
    pub(super) accounts: AccountTable,
    pub(super) scripts: ScriptTable,
    pub(super) signs: SignTable,
    /// What the SAM did.
    pub(super) touches: TouchTable,
    /// By name, when an account of it was made the last time.
    pub(super) made: BTreeMap<String, Timestamp>,
    pub(super) installs: InstallTable,
    /// What its processes and logons say of what it is for.
    pub(super) role_signs: RoleSigns,
    /// Accounts that acted on it.
    pub(super) names: SiteNames,
    /// By its logs, or since it made accounts of a domain.
    pub(super) keeps_domain: bool,
    pub(super) findings: FindingTable,
    pub(super) clients: ClientTable,
    /// As the records name it: the first in the order of its events.
    pub(super) name: Option<HostName>,
    /// Tools that made the one account that they make.
    pub(super) spent: BTreeSet<ProcessIndex>,
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
    /// How often suspicious processes start on it; `None` without a case, or where that cannot be told.
    pub rate: Option<HostRate>,
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
    pub fn new(host: &HostName, naming: HostNaming, tuning: Tuning, sight: HostSight) -> HostState {
        let mut own = OwnNames::of([&*naming.netbios]);
        naming.names.iter().for_each(|name| own.called(name));
        let mut accounts = AccountTable::of_site(own, tuning.analytic.clone());
        if let (Some(sid), 1) = (sight.machine_sids.first(), sight.machine_sids.len()) {
            accounts.begin_with(sid);
        }
        HostState {
            accounts,
            logons: LogonTable::of(&naming.netbios),
            naming,
            tuning,
            watch: Watch::of(sight),
            base_rate: BaseRate::default(),
            processes: ProcessTable::default(),
            scripts: ScriptTable::default(),
            signs: SignTable::default(),
            touches: TouchTable::default(),
            made: BTreeMap::new(),
            installs: InstallTable::default(),
            role_signs: RoleSigns::default(),
            names: SiteNames::default(),
            keeps_domain: false,
            findings: FindingTable::default(),
            clients: ClientTable::default(),
            name: Some(host.clone()),
            spent: BTreeSet::new(),
            waiting: VecDeque::new(),
            settled: Vec::new(),
            sweep_at: SWEEP_MIN,
        }
    }
}

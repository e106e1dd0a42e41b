//! The ledgers of a site, as formats are given them.

use begat_model::configured::SysmonConfig;
use begat_model::ledger::{HostLedger, SightLoss};

use super::since::Earlier;

/// The ledgers of a site.
#[derive(Debug, Clone)]
pub struct Site<'a> {
    /// The machines that were heard, and those of the inventory that were not, which have no record.
    pub hosts: &'a [HostLedger],
    /// Hosts that the inventory names; `None` without one: then each share is of the hosts that were heard.
    pub inventory: Option<usize>,
    /// The ledgers of an earlier time, where they are asked about.
    pub since: Option<&'a Earlier>,
    /// The Sysmon configuration that was given.
    pub sysmon: Option<&'a SysmonConfig>,
}

impl Site<'_> {
    /// The kinds of losses that some host has.
    pub fn losses(&self) -> impl Iterator<Item = SightLoss> + '_ {
        self.hosts.iter().flat_map(|host| &host.losses).map(|loss| loss.kind)
    }
}

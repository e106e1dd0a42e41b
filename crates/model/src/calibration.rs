//! What a site's own creations say of AN1235's TimeWindow: how long creators had run, and how often a window would find
//! somebody who had nothing to do with it.

use std::collections::BTreeMap;

use crate::analytic::SessionKind;
use crate::case::{HostRole, words};
use crate::ids::HostName;
use crate::text::Text;
use crate::time::Duration;

/// The windows that are held against each other, in seconds: ATT&CK's example range is 5 s to 2 min.
pub const WINDOWS_SECONDS: [i64; 4] = [5, 30, 60, 120];

words! {
    /// What kind of program a creator is, as far as its life bears on a window.
    CreatorKind {
        Net "net" "net and net1, which make one account and end";
        ScriptHost "script_host" "wscript, cscript and mshta, which run a script and end";
        Powershell "powershell" "PowerShell, which may have been open for days";
        RemotePowershell "remote_powershell" "the PowerShell of somebody elsewhere, over WinRM";
        Console "console" "programs in which people work: mmc, Settings, netplwiz, Office";
        ServiceHost "service_host" "Windows' own services, and what carries commands from elsewhere";
        ServerApplication "server_application" "web, database and application servers";
        ManagementAgent "management_agent" "agents that manage the host, and run as long as it does";
        Other "other" "any other program";
    }
}

impl CreatorKind {
    /// Such a program has mostly run for long when it makes an account: no window from its start catches it.
    pub fn is_long_lived(self) -> bool {
        match self {
            CreatorKind::Net | CreatorKind::ScriptHost | CreatorKind::Other => false,
            CreatorKind::Powershell
            | CreatorKind::RemotePowershell
            | CreatorKind::Console
            | CreatorKind::ServiceHost
            | CreatorKind::ServerApplication
            | CreatorKind::ManagementAgent => true,
        }
    }
}

/// How long the creators of one kind had run when they made their account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindLags {
    /// Which.
    pub kind: CreatorKind,
    /// From start to 4720, the shortest first; one for each process, that of its first account.
    pub lags: Vec<Duration>,
    /// Further such processes whose start is not in the input.
    pub start_not_seen: u64,
}

impl KindLags {
    /// The lag that so many thousandths of them do not exceed: the nearest rank, never between two.
    pub fn quantile(&self, thousandths: usize) -> Option<Duration> {
        let rank = (self.lags.len() * thousandths).div_ceil(1000).max(1);
        self.lags.get(rank - 1).copied()
    }

    /// How many of them a window catches.
    pub fn caught(&self, window: Duration) -> u64 {
        self.lags.iter().filter(|lag| **lag <= window).count() as u64
    }
}

/// A window that may be recommended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Whole seconds.
    pub seconds: u64,
    /// Creators that it catches, of `samples`.
    pub caught: u64,
    /// Creators of kinds that end with their act.
    pub samples: u64,
    /// Between these two the share that it catches lies, with 95 % confidence (Clopper and Pearson).
    pub interval: (f64, f64),
}

/// Why no window is recommended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoWindow {
    /// Too few creations to say.
    TooFew {
        /// Creators of kinds that end with their act.
        samples: u64,
        /// So many are needed.
        needed: u64,
    },
    /// The window that catches enough is so long that it would catch anything.
    TooLong {
        /// Whole seconds.
        seconds: u64,
        /// Longest that is recommended.
        longest: u64,
    },
}

/// Why a creation is not counted among the lags.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SetAside {
    /// No process is proven to have made it.
    pub not_proven: u64,
    /// Its creator is shown by start and end alone, or by what was said right before: time would be measured by time.
    pub by_time_alone: u64,
    /// Its creator had made another account before: one start is one sample.
    pub same_creator: u64,
}

/// How often suspicious processes start on one host, away from its creations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRate {
    /// As its records name it.
    pub host: HostName,
    /// What it is for.
    pub role: Option<HostRole>,
    /// For how long its processes were seen, without the minutes around creations.
    pub seen: Duration,
    /// Starts of suspicious processes in that time, by kind of session; those within two seconds of each other are one.
    pub occasions: BTreeMap<SessionKind, u64>,
    /// Of that time, by window: how long a suspicious process had started no longer ago than it.
    pub covered: [Duration; WINDOWS_SECONDS.len()],
}

/// The chance that a window finds somebody who had nothing to do with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// The window, in seconds.
    pub seconds: i64,
    /// Were starts to come one by one at an even rate (Poisson), host by host.
    pub poisson: f64,
    /// The share of time in which a suspicious process had started no longer ago: measured, nothing assumed.
    pub measured: f64,
    /// What it is at most, with so few starts as were seen (Poisson's exact upper end of 95 %).
    pub at_most: f64,
}

/// How often a window would blame an innocent on hosts of one role.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleChance {
    /// `None`: nothing tells what these hosts are for.
    pub role: Option<Text>,
    /// Hosts.
    pub hosts: u64,
    /// For how long their processes were seen, together.
    pub seen: Duration,
    /// Starts of suspicious processes in that time, by kind of session.
    pub occasions: BTreeMap<SessionKind, u64>,
    /// By window.
    pub chances: Vec<Chance>,
    /// Poisson's chance by window, were the rule to look at sessions of one kind alone.
    pub by_session: BTreeMap<SessionKind, [f64; WINDOWS_SECONDS.len()]>,
    /// Creations on these hosts of which it is proven who made them, or that no process of the host did.
    pub judged: u64,
    /// Of these, so many for which the plain window rule named somebody else.
    pub blamed: u64,
    /// Between these two that share lies, with 95 % confidence (Clopper and Pearson).
    pub interval: (f64, f64),
}

/// All of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Account creations in the input.
    pub creations: u64,
    /// By kind of creator; kinds that made nothing are left out.
    pub lags: Vec<KindLags>,
    /// Creations that are not among the lags.
    pub set_aside: SetAside,
    /// What may be recommended.
    pub window: Result<Window, NoWindow>,
    /// By role of hosts.
    pub coincidence: Vec<RoleChance>,
    /// The window that the plain rule was held to.
    pub rule_window: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_a_lag_that_was_measured() {
        let lags = |milliseconds: &[i64]| KindLags {
            kind: CreatorKind::Net,
            lags: milliseconds.iter().map(|lag| Duration::from_milliseconds(*lag)).collect(),
            start_not_seen: 0,
        };
        let ten = lags(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 9_000]);
        let quantile = |thousandths| ten.quantile(thousandths).map(Duration::milliseconds);
        assert_eq!(
            [0, 500, 900, 901, 1000].map(quantile),
            [Some(10), Some(50), Some(90), Some(9_000), Some(9_000)]
        );
        assert_eq!(ten.caught(Duration::from_seconds(5)), 9);
        assert_eq!(lags(&[7]).quantile(500), Some(Duration::from_milliseconds(7)));
        assert_eq!(lags(&[]).quantile(500), None);
    }
}

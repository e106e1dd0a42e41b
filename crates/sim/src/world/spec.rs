//! What kind of host it is: its Windows, its names, and what it has been told to log.
use crate::events::{self, EventKind};

/// Which release of Windows: it decides the versions of 4688 and 4624.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    /// 7 and 2008 R2 without KB3004375: 4688 without a command line.
    Windows7,
    /// 8.1 and 2012 R2: 4688 with a command line, without the target.
    Server2012R2,
    /// 2012 R2 with updates: 4688 says version 2, but does not name the parent.
    Server2012R2Patched,
    /// 10, 2016 and later.
    Windows10,
}

impl Generation {
    pub(super) fn process_created(self) -> &'static EventKind {
        match self {
            Self::Windows7 => &events::PROCESS_CREATED_4688_V0,
            Self::Server2012R2 => &events::PROCESS_CREATED_4688_V1,
            Self::Server2012R2Patched => &events::PROCESS_CREATED_4688_V2_WITHOUT_PARENT,
            Self::Windows10 => &events::PROCESS_CREATED_4688_V2,
        }
    }

    pub(super) fn logon(self) -> &'static EventKind {
        match self {
            Self::Windows7 => &events::LOGON_4624_V0,
            Self::Server2012R2 | Self::Server2012R2Patched => &events::LOGON_4624_V1,
            Self::Windows10 => &events::LOGON_4624_V2,
        }
    }
}

/// What the host has been told to log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telemetry {
    /// 4688 and 4689; off on a default Windows.
    pub process_auditing: bool,
    /// The command line inside 4688; off even where process auditing is on, unless a policy says so.
    pub command_line: bool,
    /// Sysmon is installed.
    pub sysmon: bool,
    /// 5140 and 5145, off by default.
    pub share_auditing: bool,
    /// 4627, the groups of each logon; off by default.
    pub group_membership_auditing: bool,
    /// 4697 and 4698, off by default.
    pub persistence_auditing: bool,
    /// 4103 and 4104 of every script, off by default.
    pub powershell_logging: bool,
}

impl Telemetry {
    /// A default Windows: accounts and logons, no processes.
    pub const DEFAULT: Self = Self {
        process_auditing: false,
        command_line: false,
        sysmon: false,
        share_auditing: false,
        group_membership_auditing: false,
        persistence_auditing: false,
        powershell_logging: false,
    };
    /// Process auditing with command lines.
    pub const AUDITED: Self = Self { process_auditing: true, command_line: true, ..Self::DEFAULT };
    /// The same with Sysmon beside it, and everything else that can be turned on.
    pub const FULL: Self = Self {
        sysmon: true,
        share_auditing: true,
        group_membership_auditing: true,
        persistence_auditing: true,
        powershell_logging: true,
        ..Self::AUDITED
    };
}

/// Where a host stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostSpec {
    /// Its full name, or its NetBIOS name in a workgroup.
    pub fqdn: &'static str,
    /// The NetBIOS name of its domain; `WORKGROUP` in none.
    pub domain: &'static str,
    /// Which Windows it runs.
    pub generation: Generation,
    /// What it logs.
    pub telemetry: Telemetry,
    /// Whether it holds the domain's accounts.
    pub domain_controller: bool,
    /// What the collector writes into every Computer instead of the host's name: an alias of DNS.
    pub alias: Option<&'static str>,
    /// Sysmon's Computer where it differs from Security's: NetBIOS name against FQDN.
    pub sysmon_computer: Option<&'static str>,
    /// How long Sysmon's events wait until they are written; their `UtcTime` stays that of the deed. Up to
    /// 347 s were seen where its service started late.
    pub sysmon_delay_seconds: u64,
}

impl HostSpec {
    /// A member server of CORP with these logs.
    pub const fn server(fqdn: &'static str, telemetry: Telemetry) -> Self {
        Self {
            fqdn,
            domain: "CORP",
            generation: Generation::Windows10,
            telemetry,
            domain_controller: false,
            alias: None,
            sysmon_computer: None,
            sysmon_delay_seconds: 0,
        }
    }
}

//! What a host is for, by the events that it logs: one table of signs, and nothing said where none speaks.
//!
//! Where signs contradict each other, what only one kind of Windows can do outweighs what a program does that may run
//! on any: a developer's machine with a web server stays a workstation, and a server at which somebody logged on with
//! cached credentials stays a server.

use std::collections::BTreeSet;

use begat_model::case::{HostClass, HostRole, RoleGrounds, RoleSource};
use begat_model::catalog::channel::SECURITY;

/// Where a sign is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// Any record of the channel.
    Channel(&'static str),
    /// A record of the Security log with one of these ids.
    SecurityIds(u32, u32),
    /// A process of this file name.
    Image(&'static str),
    /// A logon of this type.
    LogonType(u32),
}

/// One sign: where it is looked for, what the host is by it, how much that weighs, and why.
struct RoleRow {
    sign: Sign,
    class: HostClass,
    /// Only a Windows of that kind has it; otherwise it merely runs there, as a rule.
    is_decisive: bool,
    why: RoleGrounds,
}

const fn only(sign: Sign, class: HostClass, why: RoleGrounds) -> RoleRow {
    RoleRow { sign, class, is_decisive: true, why }
}

const fn mostly(sign: Sign, class: HostClass, why: RoleGrounds) -> RoleRow {
    RoleRow { sign, class, is_decisive: false, why }
}

/// The table; of several that hold, the first is told. [D] documented by Microsoft, [R] from experience, not reproduced
/// here.
const ROLE_TABLE: &[RoleRow] = &[
    // [D] Certificate Services audits 4868 to 4900 and nobody else writes them.
    only(Sign::SecurityIds(4868, 4900), HostClass::Tier0, RoleGrounds::CertificateAudit),
    only(Sign::Image("certsrv.exe"), HostClass::Tier0, RoleGrounds::CertificateAuthority),
    // [R] Entra Connect's synchronisation service; it may read all password hashes.
    only(Sign::Image("miiserver.exe"), HostClass::Tier0, RoleGrounds::DirectorySync),
    // [D] The federation service signs what all who trust it believe.
    only(Sign::Channel("AD FS/Admin"), HostClass::Tier0, RoleGrounds::FederationLog),
    only(
        Sign::Image("Microsoft.IdentityServer.ServiceHost.exe"),
        HostClass::Tier0,
        RoleGrounds::FederationService,
    ),
    // [R] A backup server can restore, and so read, every host.
    only(Sign::Image("Veeam.Backup.Service.exe"), HostClass::Tier0, RoleGrounds::BackupServer),
    // [R] Written by the half of Server Manager that is managed; its other log exists on clients with RSAT too.
    only(
        Sign::Channel("Microsoft-Windows-ServerManager-ManagementProvider/Operational"),
        HostClass::Server,
        RoleGrounds::ServerManagerLog,
    ),
    only(
        Sign::Channel("Microsoft-Windows-ServerManager-DeploymentProvider/Operational"),
        HostClass::Server,
        RoleGrounds::ServerManagerLog,
    ),
    // Roles that only a Windows Server has [D].
    only(Sign::Channel("DNS Server"), HostClass::Server, RoleGrounds::DnsLog),
    only(Sign::Channel("Microsoft-Windows-DNSServer/Audit"), HostClass::Server, RoleGrounds::DnsLog),
    only(Sign::Image("dns.exe"), HostClass::Server, RoleGrounds::DnsServer),
    only(Sign::Channel("DhcpAdminEvents"), HostClass::Server, RoleGrounds::DhcpLog),
    only(Sign::Channel("Microsoft-Windows-Dhcp-Server/Operational"), HostClass::Server, RoleGrounds::DhcpLog),
    only(Sign::Channel("DFS Replication"), HostClass::Server, RoleGrounds::ReplicationLog),
    only(Sign::Image("dfsrs.exe"), HostClass::Server, RoleGrounds::Replication),
    only(Sign::Image("dfssvc.exe"), HostClass::Server, RoleGrounds::Namespace),
    only(Sign::Image("WsusService.exe"), HostClass::Server, RoleGrounds::UpdateServer),
    only(Sign::Channel("MSExchange Management"), HostClass::Server, RoleGrounds::ExchangeLog),
    only(Sign::SecurityIds(6272, 6280), HostClass::Server, RoleGrounds::NetworkPolicyAudit),
    only(
        Sign::Channel("Microsoft-Windows-TerminalServices-Gateway/Operational"),
        HostClass::Server,
        RoleGrounds::DesktopGatewayLog,
    ),
    // [R] Packaged apps of the Store, which no Windows Server has.
    only(Sign::Image("WinStore.App.exe"), HostClass::Workstation, RoleGrounds::Store),
    only(Sign::Image("PhoneExperienceHost.exe"), HostClass::Workstation, RoleGrounds::PhoneLink),
    only(Sign::Image("YourPhone.exe"), HostClass::Workstation, RoleGrounds::YourPhone),
    only(Sign::Image("GameBar.exe"), HostClass::Workstation, RoleGrounds::GameBar),
    only(Sign::Image("Microsoft.Photos.exe"), HostClass::Workstation, RoleGrounds::Photos),
    only(Sign::Image("Widgets.exe"), HostClass::Workstation, RoleGrounds::Widgets),
    // Servers' programs that developers run at their desks too.
    mostly(Sign::Image("w3wp.exe"), HostClass::Server, RoleGrounds::WebWorker),
    mostly(Sign::Image("sqlservr.exe"), HostClass::Server, RoleGrounds::SqlServer),
    mostly(Sign::Image("httpd.exe"), HostClass::Server, RoleGrounds::Httpd),
    mostly(Sign::Image("nginx.exe"), HostClass::Server, RoleGrounds::Nginx),
    mostly(Sign::Image("oracle.exe"), HostClass::Server, RoleGrounds::Oracle),
    // [R] A server may have the wireless service as a feature; hardly one has.
    mostly(
        Sign::Channel("Microsoft-Windows-WLAN-AutoConfig/Operational"),
        HostClass::Workstation,
        RoleGrounds::WirelessLog,
    ),
    // [D] Type 11: the domain was out of reach, and Windows remembered the password. Laptops do it every day.
    mostly(Sign::LogonType(11), HostClass::Workstation, RoleGrounds::CachedLogon),
];

/// A file that says what a host is for, by its place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ImageSign(usize);

/// The sign that a file is, by its name; no two signs are one file.
pub(crate) fn image_sign(image: &str) -> Option<ImageSign> {
    let file = image.rsplit(['\\', '/']).next().unwrap_or(image);
    let is_it = |row: &RoleRow| matches!(row.sign, Sign::Image(name) if file.eq_ignore_ascii_case(name));
    ROLE_TABLE.iter().position(is_it).map(ImageSign)
}

/// The signs that a host showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleSigns {
    rows: BTreeSet<usize>,
}

impl RoleSigns {
    /// A record of the host, whatever it tells.
    pub fn record(&mut self, channel: Option<&str>, event_id: u32) {
        let Some(channel) = channel else { return };
        let is_security = channel.eq_ignore_ascii_case(SECURITY);
        self.add(|sign| match sign {
            Sign::Channel(name) => channel.eq_ignore_ascii_case(name),
            Sign::SecurityIds(first, last) => is_security && (first..=last).contains(&event_id),
            Sign::Image(_) | Sign::LogonType(_) => false,
        });
    }

    /// A process of the host whose file is such a sign.
    pub(crate) fn process(&mut self, image: ImageSign) {
        self.rows.insert(image.0);
    }

    /// A logon on the host.
    pub fn logon(&mut self, logon_type: Option<u32>) {
        self.add(|sign| matches!(sign, Sign::LogonType(meant) if logon_type == Some(meant)));
    }

    fn add(&mut self, holds: impl Fn(Sign) -> bool) {
        self.rows
            .extend(ROLE_TABLE.iter().enumerate().filter(|(_, row)| holds(row.sign)).map(|(place, _)| place));
    }

    /// What the host is, by these signs and another's; `None` where none speaks.
    pub fn role(&self, more: &RoleSigns) -> Option<HostRole> {
        let shown = || {
            ROLE_TABLE
                .iter()
                .enumerate()
                .filter(|(place, _)| self.rows.contains(place) || more.rows.contains(place))
        };
        let row = shown().find(|(_, row)| row.is_decisive).or_else(|| shown().next()).map(|(_, row)| row)?;
        Some(of_data(row.class, row.why.clone()))
    }
}

/// A host that keeps the accounts of a domain.
pub fn domain_controller() -> HostRole {
    of_data(HostClass::DomainController, RoleGrounds::DomainController)
}

fn of_data(class: HostClass, why: RoleGrounds) -> HostRole {
    HostRole { name: class.slug().into(), class: Some(class), source: RoleSource::Data, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(signs: &mut RoleSigns, image: &str) {
        image_sign(image).into_iter().for_each(|image| signs.process(image));
    }

    fn class_of(show: impl FnOnce(&mut RoleSigns)) -> Option<HostClass> {
        let mut signs = RoleSigns::default();
        show(&mut signs);
        signs.role(&RoleSigns::default()).and_then(|role| role.class)
    }

    #[test]
    fn every_row_speaks_for_its_class_alone_and_says_why() {
        for row in ROLE_TABLE {
            let class = class_of(|signs| match row.sign {
                Sign::Channel(name) => signs.record(Some(&name.to_lowercase()), 1),
                Sign::SecurityIds(first, _) => signs.record(Some("security"), first),
                Sign::Image(name) => runs(signs, &format!(r"C:\Any\{}", name.to_uppercase())),
                Sign::LogonType(logon_type) => signs.logon(Some(logon_type)),
            });
            assert_eq!(class, Some(row.class), "{:?}", row.why);
        }
    }

    #[test]
    fn what_every_windows_does_says_nothing() {
        let class = class_of(|signs| {
            signs.record(Some("Security"), 4624);
            signs.record(Some("System"), 4870);
            signs.record(None, 4870);
            runs(signs, r"C:\Windows\System32\svchost.exe");
            runs(signs, r"C:\Windows\System32\notdns.exe");
            signs.logon(Some(2));
            signs.logon(None);
        });
        assert_eq!(class, None);
    }

    #[test]
    fn what_only_one_kind_of_windows_has_outweighs_what_runs_anywhere() {
        let w3wp = r"C:\Windows\System32\inetsrv\w3wp.exe";
        let developer = class_of(|signs| {
            runs(signs, w3wp);
            runs(signs, r"C:\Program Files\WindowsApps\x\WinStore.App.exe");
        });
        assert_eq!(developer, Some(HostClass::Workstation));
        let far_server = class_of(|signs| {
            signs.logon(Some(11));
            runs(signs, r"C:\Windows\System32\dns.exe");
        });
        assert_eq!(far_server, Some(HostClass::Server));
        let either = class_of(|signs| {
            signs.logon(Some(11));
            runs(signs, w3wp);
        });
        assert_eq!(
            either,
            Some(HostClass::Server),
            "of two weak signs the server's wins: it is the greater risk"
        );
        let authority = class_of(|signs| {
            runs(signs, r"C:\Windows\System32\dns.exe");
            runs(signs, r"C:\Windows\System32\certsrv.exe");
        });
        assert_eq!(authority, Some(HostClass::Tier0));
    }
}

//! The hosts on which stories play, where they play on none of their own.
use crate::world::{Generation, HostSpec, Telemetry};

/// The host that plays in most stories.
pub(crate) const COMMON_SERVER: &str = "srv01.corp.example";

/// A member server with these logs, on which most stories play.
pub(super) const fn server(telemetry: Telemetry) -> HostSpec {
    HostSpec::server(COMMON_SERVER, telemetry)
}

pub(super) const AUDITED: HostSpec = server(Telemetry::AUDITED);
pub(super) const DEFAULT: HostSpec = server(Telemetry::DEFAULT);
pub(super) const FULL: HostSpec = server(Telemetry::FULL);
pub(super) const WITHOUT_COMMAND_LINES: HostSpec =
    server(Telemetry { command_line: false, ..Telemetry::AUDITED });
/// Sysmon names the host without its domain, as it does where it was installed before the join.
pub(super) const TWO_NAMES: HostSpec = HostSpec { sysmon_computer: Some("SRV01"), ..FULL };
/// Processes are told by Sysmon alone, and late.
pub(super) const LATE_SYSMON: HostSpec =
    HostSpec { sysmon_delay_seconds: 228, ..server(Telemetry { sysmon: true, ..Telemetry::DEFAULT }) };
pub(super) const SERVER_2012_R2: HostSpec = HostSpec { generation: Generation::Server2012R2, ..AUDITED };
pub(super) const NEW_DESKTOP: HostSpec =
    HostSpec { domain: "WORKGROUP", ..HostSpec::server("DESKTOP-7Q2LM4T", Telemetry::DEFAULT) };
pub(super) const DOMAIN_CONTROLLER: HostSpec = HostSpec {
    domain_controller: true,
    ..HostSpec::server("dc01.corp.example", Telemetry { sysmon: false, ..Telemetry::FULL })
};

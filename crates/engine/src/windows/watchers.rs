//! Programs whose trade is to watch: what they look up, and what bears their name, tells of nobody's deed.

use crate::commands::line::image_stem;

/// Where every creation is made, and what starts services: an EDR names these where it lost sight of the client.
const HOSTS: &[&str] = &["lsass", "services", "system"];

/// Sensors, scanners of weaknesses and inventories: they read accounts because they watch them. None of them runs what
/// administrators order.
const WATCHERS: &[&str] = &[
    // Microsoft
    "mssense",
    "sensecncproxy",
    "senseir",
    "sensendr",
    "senseidentity",
    "sensesampleuploader",
    "msmpeng",
    "microsoft.tri.sensor",
    "healthservice",
    "monitoringhost",
    "compattelrunner",
    // Sensors of others
    "csfalconservice",
    "csfalconcontainer",
    "sentinelagent",
    "sentinelservicehost",
    "cb",
    "repmgr",
    "elastic-endpoint",
    "elastic-agent",
    "winlogbeat",
    "auditbeat",
    "xagt",
    "cyserver",
    "cortex-xdr",
    "sophosedr",
    "sspservice",
    "ekrn",
    "eraagent",
    "wazuh-agent",
    "ossec-agent",
    "osqueryd",
    "velociraptor",
    "sysmon",
    "sysmon64",
    "splunkd",
    "nxlog",
    // Scanners
    "qualysagent",
    "nessus-agent-module",
    "nessusd",
    "ir_agent",
    "rapid7_endpoint_broker",
    "lansweeperagentservice",
];

/// It watches, by its file's name.
pub(crate) fn is_watcher(image: &str) -> bool {
    WATCHERS.contains(&image_stem(image).as_str())
}

/// An EDR that names this file as the maker of an account says nothing of its client.
pub(crate) fn is_nobodys_client(image: &str) -> bool {
    HOSTS.contains(&image_stem(image).as_str()) || is_watcher(image)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_watches_is_nobodys_client_and_neither_is_the_sam() {
        for name in WATCHERS {
            assert_eq!(image_stem(name), *name);
            assert_eq!(WATCHERS.iter().filter(|other| *other == name).count(), 1, "{name}");
        }
        for image in [r"C:\Windows\System32\lsass.exe", r"C:\Windows\System32\services.exe", "MsSense.exe"] {
            assert!(is_nobodys_client(image), "{image}");
        }
        for image in [r"C:\Windows\System32\net1.exe", r"C:\Windows\CCM\CcmExec.exe", "powershell.exe"] {
            assert!(!is_nobodys_client(image), "{image}");
        }
    }
}

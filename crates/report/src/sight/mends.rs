//! How each loss of sight is mended, in the forms in which a site would roll it out.

use begat_model::ledger::SightLoss;
use serde::Serialize;

/// What mends one loss; `null` where that form does not apply.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Mend {
    /// In a sentence.
    #[serde(skip)]
    pub(crate) said: &'static str,
    /// A command on the host. Sub-categories are named by their GUIDs: their names are translated.
    pub(crate) auditpol: Option<&'static str>,
    /// Lines of a .reg file below its heading.
    pub(crate) registry: Option<&'static str>,
    /// Where a group policy has it.
    pub(crate) group_policy: Option<&'static str>,
    /// A rule of a Sysmon configuration.
    pub(crate) sysmon: Option<&'static str>,
}

impl Mend {
    /// Its forms, each with what it is, as they are rolled out.
    pub(crate) fn forms(&self) -> Vec<(&'static str, String)> {
        let forms = [
            ("command", self.auditpol.map(str::to_owned)),
            (".reg file", self.registry.map(|lines| format!("{REG_HEADING}\n\n{lines}"))),
            ("group policy", self.group_policy.map(str::to_owned)),
            ("Sysmon configuration", self.sysmon.map(str::to_owned)),
        ];
        forms.into_iter().filter_map(|(form, text)| Some((form, text?))).collect()
    }
}

/// How a .reg file begins.
const REG_HEADING: &str = "Windows Registry Editor Version 5.00";

const NONE: Mend = Mend { said: "", auditpol: None, registry: None, group_policy: None, sysmon: None };

/// One row a loss, in the order of their words.
const MENDS: &[(SightLoss, Mend)] = &[
    (
        SightLoss::HostSilent,
        Mend { said: "find out whether the host is still there, and have its logs collected", ..NONE },
    ),
    (SightLoss::HostGone, Mend { said: "find out since when its logs no longer come, and why", ..NONE }),
    (
        SightLoss::ConfiguredNotSeen,
        Mend {
            said: "see whether the policy reaches the host, and whether its records reach the collector",
            auditpol: Some("auditpol /get /category:*"),
            ..NONE
        },
    ),
    (
        SightLoss::SeenNotConfigured,
        Mend {
            said: "export the settings again: what was given is not what the host does",
            auditpol: Some("auditpol /backup /file:audit.csv"),
            ..NONE
        },
    ),
    (
        SightLoss::NoAccountManagement,
        Mend {
            said: "audit user account management",
            auditpol: Some(
                "auditpol /set /subcategory:{0CCE9235-69AE-11D9-BED3-505054503030} /success:enable /failure:enable",
            ),
            group_policy: Some(
                r"Computer Configuration\Windows Settings\Security Settings\Advanced Audit Policy Configuration\Account Management\Audit User Account Management",
            ),
            ..NONE
        },
    ),
    (
        SightLoss::NoProcessCreation,
        Mend {
            said: "audit process creation, or install Sysmon",
            auditpol: Some(
                "auditpol /set /subcategory:{0CCE922B-69AE-11D9-BED3-505054503030} /success:enable",
            ),
            group_policy: Some(
                r"Computer Configuration\Windows Settings\Security Settings\Advanced Audit Policy Configuration\Detailed Tracking\Audit Process Creation",
            ),
            sysmon: Some(r#"<ProcessCreate onmatch="exclude"/>"#),
            ..NONE
        },
    ),
    (
        SightLoss::NoCommandLine,
        Mend {
            said: "have process creation tell command lines",
            registry: Some(
                "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Audit]\n\"ProcessCreationIncludeCmdLine_Enabled\"=dword:00000001",
            ),
            group_policy: Some(
                r"Computer Configuration\Administrative Templates\System\Audit Process Creation\Include command line in process creation events",
            ),
            sysmon: Some(r#"<ProcessCreate onmatch="exclude"/>"#),
            ..NONE
        },
    ),
    (
        SightLoss::NoParent,
        Mend {
            said: "have the collector keep ParentProcessName (4688 has it since Windows 10), or install Sysmon",
            sysmon: Some(r#"<ProcessCreate onmatch="exclude"/>"#),
            ..NONE
        },
    ),
    (
        SightLoss::NoProcessEnd,
        Mend {
            said: "audit process termination",
            auditpol: Some(
                "auditpol /set /subcategory:{0CCE922C-69AE-11D9-BED3-505054503030} /success:enable",
            ),
            group_policy: Some(
                r"Computer Configuration\Windows Settings\Security Settings\Advanced Audit Policy Configuration\Detailed Tracking\Audit Process Termination",
            ),
            sysmon: Some(r#"<ProcessTerminate onmatch="exclude"/>"#),
            ..NONE
        },
    ),
    (
        SightLoss::NoLogon,
        Mend {
            said: "audit logons",
            auditpol: Some(
                "auditpol /set /subcategory:{0CCE9215-69AE-11D9-BED3-505054503030} /success:enable /failure:enable",
            ),
            group_policy: Some(
                r"Computer Configuration\Windows Settings\Security Settings\Advanced Audit Policy Configuration\Logon/Logoff\Audit Logon",
            ),
            ..NONE
        },
    ),
    (
        SightLoss::ProcessCreationStopped,
        Mend {
            said: "see what is audited now, and set it by policy, so that a change on the host does not last",
            auditpol: Some("auditpol /get /category:*"),
            ..NONE
        },
    ),
    (SightLoss::SecurityLogAbsent, Mend { said: "collect the Security log of this host", ..NONE }),
    (
        SightLoss::LogCleared,
        Mend { said: "forward logs as they are written: a copy elsewhere is not cleared", ..NONE },
    ),
    (
        SightLoss::AuditPolicyChanged,
        Mend {
            said: "see what is audited now, and set it by policy, so that a change on the host does not last",
            auditpol: Some("auditpol /get /category:*"),
            ..NONE
        },
    ),
    (
        SightLoss::AuditSwitchedOff,
        Mend {
            said: "ask who switched it off (4719 names the account; SYSTEM: a group policy), and set it by policy",
            auditpol: Some("auditpol /get /category:*"),
            ..NONE
        },
    ),
    (
        SightLoss::LogServiceStopped,
        Mend {
            said: "ask who stopped it, and have logs forwarded as they are written",
            registry: Some(
                "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\EventLog]\n\"Start\"=dword:00000002",
            ),
            ..NONE
        },
    ),
    (
        SightLoss::ClockSet,
        Mend { said: "see that the host keeps time with the domain (w32tm /query /status)", ..NONE },
    ),
    (
        SightLoss::EventsDropped,
        Mend {
            said: "audit less that nobody reads, or give the host more room: Windows dropped records before it wrote them",
            ..NONE
        },
    ),
    (
        SightLoss::RecordsMissing,
        Mend {
            said: "look for losses on the way from host to collector, and give the log 1 GiB (wevtutil sl Security /ms:1073741824)",
            ..NONE
        },
    ),
    (
        SightLoss::SysmonFilter,
        Mend {
            said: "have Sysmon tell all process starts, or audit process creation beside it",
            auditpol: Some(
                "auditpol /set /subcategory:{0CCE922B-69AE-11D9-BED3-505054503030} /success:enable",
            ),
            sysmon: Some(r#"<ProcessCreate onmatch="exclude"/>"#),
            ..NONE
        },
    ),
    (
        SightLoss::FilteredFeed,
        Mend {
            said: "have the collector forward all of the subcategories above, or hunt in the host's own logs",
            ..NONE
        },
    ),
    (
        SightLoss::RecordsLost,
        Mend { said: "take the logs from the host again: some of what is here is damaged", ..NONE },
    ),
];

/// How a loss is mended.
pub(crate) fn mend(loss: SightLoss) -> &'static Mend {
    &MENDS[loss as usize].1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_loss_has_its_mend_in_the_order_of_their_words() {
        assert_eq!(MENDS.len(), SightLoss::ALL.len());
        for ((loss, mend), word) in MENDS.iter().zip(SightLoss::ALL) {
            assert_eq!(loss, word);
            assert!(!mend.said.is_empty() && !mend.said.ends_with('.'), "{loss}");
        }
    }
}

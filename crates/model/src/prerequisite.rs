//! What a host has to log for an account creation to be seen, proven or worked on: one row each.

use crate::case::words;
use crate::catalog::channel;

words! {
    /// Something that a host has to log for AN1235 to be seen, proven or worked on.
    Prerequisite {
        AccountManagement "account_management" "accounts that were created, changed and deleted";
        AccountManagementFailure "account_management_failure" "account creations and changes that Windows refused";
        ProcessCreation "process_creation" "processes as they start";
        CommandLine "command_line" "the command lines of processes";
        Parent "parent" "who started a process";
        ProcessEnd "process_end" "processes as they end";
        Logon "logon" "sessions, their type and where they come from";
        Groups "groups" "members that came into groups and left them";
        PowershellScripts "powershell_scripts" "what PowerShell runs";
        Wmi "wmi" "permanent WMI subscriptions";
        ServicesAndTasks "services_and_tasks" "services and scheduled tasks that were installed";
        SamKeys "sam_keys" "the registry keys of accounts in the SAM";
    }
}

/// How often a source tells something where it is audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// In any hour in which the host does something: silence shows that it is not audited.
    Hourly,
    /// Seldom: silence shows nothing, and one record of a day speaks for that day.
    Rare,
}

/// Logs, each with event ids.
pub type Logs = &'static [(&'static str, &'static [u32])];

/// A prerequisite, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrerequisiteSpec {
    /// Which.
    pub prerequisite: Prerequisite,
    /// How often it tells something.
    pub rhythm: Rhythm,
    /// The logs that tell it, each with the event ids that show it by being there.
    pub logs: Logs,
    /// Shown by what a record says, not by its being there.
    pub by_content: bool,
    /// Falls with this one: it is a part of its records.
    pub rides_on: Option<Prerequisite>,
    /// Without it the analytic cannot be proven: it counts for the score.
    pub counts: bool,
}

/// Event ids that the audit subcategory of user account management alone writes (0cce9235). Between them lie those of
/// groups, computers, Kerberos and NTLM, which are audited by themselves.
pub const ACCOUNT_MANAGEMENT_IDS: &[u32] =
    &[4720, 4722, 4723, 4724, 4725, 4726, 4738, 4740, 4765, 4766, 4767, 4780, 4781, 4794, 4798, 5376, 5377];
const ACCOUNT_MANAGEMENT: Logs = &[(channel::SECURITY, ACCOUNT_MANAGEMENT_IDS)];
/// Each record of a start tells its line and its parent too.
const PROCESS_STARTS: Logs =
    &[(channel::SECURITY, &[4688]), (channel::SYSMON, &[1]), (channel::DEVICE_PROCESS_EVENTS, &[4688])];
/// Of security group management (0cce9237); 4799 is written where it succeeds.
const GROUP_IDS: &[u32] =
    &[4727, 4728, 4729, 4730, 4731, 4732, 4733, 4734, 4735, 4737, 4754, 4755, 4756, 4757, 4758, 4764, 4799];

/// A subcategory of the audit policy, and what its successes and failures show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subcategory {
    /// What stands between `0cce92` and `-69ae-11d9-bed3-505054503030`.
    number: &'static str,
    /// What is shown where success is audited.
    pub success: Option<Prerequisite>,
    /// What is shown where failure is.
    pub failure: Option<Prerequisite>,
}

/// Names of subcategories are translated: their GUIDs are not.
const SUBCATEGORIES: &[Subcategory] = &[
    Subcategory {
        number: "35",
        success: Some(Prerequisite::AccountManagement),
        failure: Some(Prerequisite::AccountManagementFailure),
    },
    Subcategory { number: "37", success: Some(Prerequisite::Groups), failure: None },
    Subcategory { number: "2b", success: Some(Prerequisite::ProcessCreation), failure: None },
    Subcategory { number: "2c", success: Some(Prerequisite::ProcessEnd), failure: None },
    Subcategory { number: "15", success: Some(Prerequisite::Logon), failure: None },
];
const GUID_BEGINS: &str = "0cce92";
const GUID_ENDS: &str = "-69ae-11d9-bed3-505054503030";

impl Subcategory {
    /// The subcategory of a GUID, in braces or without; `None` of one that shows no prerequisite.
    pub fn of_guid(guid: &str) -> Option<&'static Subcategory> {
        let guid = guid.trim().trim_matches(['{', '}']).to_ascii_lowercase();
        let number = guid.strip_prefix(GUID_BEGINS)?.strip_suffix(GUID_ENDS)?;
        SUBCATEGORIES.iter().find(|row| row.number == number)
    }
}

const fn row(prerequisite: Prerequisite, rhythm: Rhythm, logs: Logs) -> PrerequisiteSpec {
    PrerequisiteSpec { prerequisite, rhythm, logs, by_content: false, rides_on: None, counts: false }
}

/// All prerequisites, in the order of their words.
pub const PREREQUISITES: &[PrerequisiteSpec] = &[
    PrerequisiteSpec {
        counts: true,
        ..row(Prerequisite::AccountManagement, Rhythm::Rare, ACCOUNT_MANAGEMENT)
    },
    PrerequisiteSpec {
        by_content: true,
        ..row(Prerequisite::AccountManagementFailure, Rhythm::Rare, ACCOUNT_MANAGEMENT)
    },
    PrerequisiteSpec {
        by_content: true,
        counts: true,
        ..row(Prerequisite::ProcessCreation, Rhythm::Hourly, PROCESS_STARTS)
    },
    PrerequisiteSpec {
        by_content: true,
        rides_on: Some(Prerequisite::ProcessCreation),
        counts: true,
        ..row(Prerequisite::CommandLine, Rhythm::Hourly, PROCESS_STARTS)
    },
    PrerequisiteSpec {
        by_content: true,
        rides_on: Some(Prerequisite::ProcessCreation),
        counts: true,
        ..row(Prerequisite::Parent, Rhythm::Hourly, PROCESS_STARTS)
    },
    row(Prerequisite::ProcessEnd, Rhythm::Hourly, &[(channel::SECURITY, &[4689]), (channel::SYSMON, &[5])]),
    PrerequisiteSpec {
        counts: true,
        ..row(
            Prerequisite::Logon,
            Rhythm::Hourly,
            &[(channel::SECURITY, &[4624, 4634, 4647, 4648, 4672, 4778, 4779])],
        )
    },
    row(Prerequisite::Groups, Rhythm::Rare, &[(channel::SECURITY, GROUP_IDS)]),
    row(
        Prerequisite::PowershellScripts,
        Rhythm::Rare,
        &[(channel::POWERSHELL, &[4103, 4104]), (channel::POWERSHELL_CORE, &[4103, 4104])],
    ),
    row(
        Prerequisite::Wmi,
        Rhythm::Rare,
        &[(channel::WMI, &[5857, 5858, 5859, 5860, 5861]), (channel::SYSMON, &[19, 20, 21])],
    ),
    row(
        Prerequisite::ServicesAndTasks,
        Rhythm::Rare,
        &[(channel::SECURITY, &[4697, 4698, 4699, 4700, 4701, 4702]), (channel::SYSTEM, &[7045])],
    ),
    PrerequisiteSpec {
        by_content: true,
        ..row(Prerequisite::SamKeys, Rhythm::Rare, &[(channel::SYSMON, &[12, 13, 14])])
    },
];

impl Prerequisite {
    /// Its row.
    pub fn spec(self) -> &'static PrerequisiteSpec {
        &PREREQUISITES[self as usize]
    }

    /// What a record shows by being there.
    pub fn shown_by(log: Option<&str>, event_id: u32) -> Option<Prerequisite> {
        let log = log?;
        let is_its = |row: &&PrerequisiteSpec| {
            !row.by_content
                && row
                    .logs
                    .iter()
                    .any(|(name, ids)| name.eq_ignore_ascii_case(log) && ids.contains(&event_id))
        };
        PREREQUISITES.iter().find(is_its).map(|row| row.prerequisite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_their_words_and_ride_on_what_tells_the_same_records() {
        assert_eq!(PREREQUISITES.len(), Prerequisite::ALL.len());
        for (row, prerequisite) in PREREQUISITES.iter().zip(Prerequisite::ALL) {
            assert_eq!(row.prerequisite, *prerequisite);
            assert!(!row.logs.is_empty());
            if let Some(carrier) = row.rides_on {
                assert_eq!(carrier.spec().logs, row.logs, "{prerequisite}");
                assert_eq!(carrier.spec().rhythm, row.rhythm, "{prerequisite}");
            }
        }
    }

    #[test]
    fn a_subcategory_is_known_by_its_guid_however_it_is_written() {
        for guid in ["{0CCE922B-69AE-11D9-BED3-505054503030}", " 0cce922b-69ae-11d9-bed3-505054503030"] {
            let of = Subcategory::of_guid(guid).unwrap();
            assert_eq!(of.success, Some(Prerequisite::ProcessCreation), "{guid}");
        }
        for other in ["", "Process Creation", "{0CCE92FF-69AE-11D9-BED3-505054503030}", "0cce922b"] {
            assert_eq!(Subcategory::of_guid(other), None, "{other}");
        }
    }

    #[test]
    fn a_record_shows_one_prerequisite_by_being_there() {
        for row in PREREQUISITES.iter().filter(|row| !row.by_content) {
            for (log, ids) in row.logs {
                for id in *ids {
                    assert_eq!(Prerequisite::shown_by(Some(log), *id), Some(row.prerequisite), "{log} {id}");
                }
            }
        }
        assert_eq!(Prerequisite::shown_by(Some("security"), 4720), Some(Prerequisite::AccountManagement));
        assert_eq!(
            Prerequisite::shown_by(Some(channel::SECURITY), 4688),
            None,
            "Windows' own boot writes it too"
        );
        assert_eq!(Prerequisite::shown_by(Some(channel::SYSTEM), 4720), None);
        assert_eq!(Prerequisite::shown_by(None, 4720), None);
    }
}

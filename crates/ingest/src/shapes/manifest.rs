//! In what order Windows' manifests have an event's values: some carriers ship values without their names.
//!
//! One row for each number of values that some version of an event has; a version adds at the end of the one before,
//! mostly. The rows are those of real records: a test holds them against the simulator's, which are held against logs.

use begat_model::catalog::{EventKind, EventSpec};

macro_rules! subject {
    () => {
        "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId "
    };
}
macro_rules! target_by_subject {
    () => {
        concat!("TargetUserName TargetDomainName TargetSid ", subject!())
    };
}
macro_rules! member_of_group {
    () => {
        concat!("MemberName MemberSid ", target_by_subject!(), "PrivilegeList")
    };
}
macro_rules! account_attributes {
    () => {
        concat!(
            target_by_subject!(),
            "PrivilegeList SamAccountName DisplayName UserPrincipalName HomeDirectory HomePath ScriptPath ",
            "ProfilePath UserWorkstations PasswordLastSet AccountExpires PrimaryGroupId AllowedToDelegateTo ",
            "OldUacValue NewUacValue UserAccountControl UserParameters SidHistory LogonHours"
        )
    };
}
macro_rules! process_v0 {
    () => {
        concat!(subject!(), "NewProcessId NewProcessName TokenElevationType ProcessId ")
    };
}
macro_rules! process_with_target {
    () => {
        concat!(process_v0!(), "CommandLine TargetUserSid TargetUserName TargetDomainName TargetLogonId ")
    };
}
macro_rules! target_session {
    () => {
        "TargetUserSid TargetUserName TargetDomainName TargetLogonId "
    };
}
macro_rules! logon_v0 {
    () => {
        concat!(
            subject!(),
            target_session!(),
            "LogonType LogonProcessName AuthenticationPackageName WorkstationName LogonGuid TransmittedServices ",
            "LmPackageName KeyLength ProcessId ProcessName IpAddress IpPort "
        )
    };
}
macro_rules! sysmon_file {
    () => {
        "UtcTime ProcessGuid ProcessId Image FileVersion Description Product Company "
    };
}
macro_rules! sysmon_start {
    () => {
        concat!(
            "CommandLine CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes ",
            "ParentProcessGuid ParentProcessId ParentImage ParentCommandLine "
        )
    };
}

/// Each kind with the fields of its versions.
const ROWS: &[(EventKind, &[&str])] = &[
    (EventKind::ClockChanged, &[concat!(subject!(), "PreviousTime NewTime ProcessId ProcessName")]),
    (
        EventKind::LoggedOn,
        &[
            logon_v0!(),
            concat!(logon_v0!(), "ImpersonationLevel"),
            concat!(
                logon_v0!(),
                "ImpersonationLevel RestrictedAdminMode TargetOutboundUserName TargetOutboundDomainName \
                 VirtualAccount TargetLinkedLogonId ElevatedToken"
            ),
        ],
    ),
    (
        EventKind::LogonGroups,
        &[concat!(subject!(), target_session!(), "LogonType EventIdx EventCountTotal GroupMembership")],
    ),
    (EventKind::LoggedOff, &[concat!(target_session!(), "LogonType")]),
    (EventKind::LogoffInitiated, &[target_session!()]),
    (
        EventKind::ExplicitCredentials,
        &[concat!(
            subject!(),
            "LogonGuid TargetUserName TargetDomainName TargetLogonGuid TargetServerName TargetInfo ProcessId \
             ProcessName IpAddress IpPort"
        )],
    ),
    (EventKind::SpecialPrivileges, &[concat!(subject!(), "PrivilegeList")]),
    (
        EventKind::ProcessCreated,
        &[
            process_v0!(),
            concat!(process_v0!(), "CommandLine"),
            process_with_target!(),
            concat!(process_with_target!(), "ParentProcessName MandatoryLabel"),
        ],
    ),
    (EventKind::ProcessEnded, &[concat!(subject!(), "Status ProcessId ProcessName")]),
    (
        EventKind::ServiceInstalled,
        &[concat!(subject!(), "ServiceName ServiceFileName ServiceType ServiceStartType ServiceAccount")],
    ),
    (EventKind::TaskCreated, &[concat!(subject!(), "TaskName TaskContent")]),
    (EventKind::TaskChanged, &[concat!(subject!(), "TaskName TaskContentNew")]),
    (
        EventKind::AuditPolicyChanged,
        &[concat!(subject!(), "CategoryId SubcategoryId SubcategoryGuid AuditPolicyChanges")],
    ),
    (EventKind::AccountCreated, &[account_attributes!()]),
    (EventKind::AccountEnabled, &[target_by_subject!()]),
    (EventKind::PasswordChanged, &[concat!(target_by_subject!(), "PrivilegeList")]),
    (EventKind::PasswordSet, &[target_by_subject!()]),
    (EventKind::AccountDisabled, &[target_by_subject!()]),
    (EventKind::AccountDeleted, &[concat!(target_by_subject!(), "PrivilegeList")]),
    (EventKind::GlobalMemberAdded, &[member_of_group!()]),
    (EventKind::GlobalMemberRemoved, &[member_of_group!()]),
    (EventKind::LocalMemberAdded, &[member_of_group!()]),
    (EventKind::LocalMemberRemoved, &[member_of_group!()]),
    (EventKind::UniversalMemberAdded, &[member_of_group!()]),
    (EventKind::UniversalMemberRemoved, &[member_of_group!()]),
    (EventKind::AccountChanged, &[concat!("Dummy ", account_attributes!())]),
    (EventKind::AccountLockedOut, &[target_by_subject!()]),
    (
        EventKind::SessionReconnected,
        &["AccountName AccountDomain LogonID SessionName ClientName ClientAddress"],
    ),
    (
        EventKind::AccountRenamed,
        &[concat!(
            "OldTargetUserName NewTargetUserName TargetDomainName TargetSid ",
            subject!(),
            "PrivilegeList"
        )],
    ),
    (EventKind::UserQueried, &[concat!(target_by_subject!(), "CallerProcessId CallerProcessName")]),
    (EventKind::GroupQueried, &[concat!(target_by_subject!(), "CallerProcessId CallerProcessName")]),
    (
        EventKind::ShareFileOpened,
        &[concat!(
            subject!(),
            "ObjectType IpAddress IpPort ShareName ShareLocalPath RelativeTargetName AccessMask AccessList \
             AccessReason"
        )],
    ),
    (EventKind::LogCleared, &[subject!()]),
    (EventKind::OtherLogCleared, &["SubjectUserName SubjectDomainName Channel BackupPath"]),
    (
        EventKind::SysmonProcessCreated,
        &[
            concat!("UtcTime ProcessGuid ProcessId Image ", sysmon_start!()),
            concat!(sysmon_file!(), sysmon_start!()),
            concat!("RuleName ", sysmon_file!(), sysmon_start!()),
            concat!("RuleName ", sysmon_file!(), "OriginalFileName ", sysmon_start!()),
            concat!("RuleName ", sysmon_file!(), "OriginalFileName ", sysmon_start!(), "ParentUser"),
        ],
    ),
    (
        EventKind::SysmonProcessEnded,
        &[
            "UtcTime ProcessGuid ProcessId Image",
            "RuleName UtcTime ProcessGuid ProcessId Image",
            "RuleName UtcTime ProcessGuid ProcessId Image User",
        ],
    ),
    (
        EventKind::SysmonRegistryKey,
        &[
            "EventType UtcTime ProcessGuid ProcessId Image TargetObject",
            "RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject",
        ],
    ),
    (
        EventKind::SysmonRegistryValue,
        &[
            "EventType UtcTime ProcessGuid ProcessId Image TargetObject Details",
            "RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject Details",
        ],
    ),
    (
        EventKind::SysmonRegistryRename,
        &[
            "EventType UtcTime ProcessGuid ProcessId Image TargetObject NewName",
            "RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject NewName",
        ],
    ),
    (
        EventKind::SysmonWmiConsumer,
        &[
            "EventType UtcTime Operation User Name Type Destination",
            "RuleName EventType UtcTime Operation User Name Type Destination",
        ],
    ),
    (EventKind::ServiceInstalledSystem, &["ServiceName ImagePath ServiceType StartType AccountName"]),
    (EventKind::PipelineExecuted, &["ContextInfo UserData Payload"]),
    (EventKind::ScriptBlock, &["MessageNumber MessageTotal ScriptBlockText ScriptBlockId Path"]),
    (EventKind::CorePipelineExecuted, &["ContextInfo UserData Payload"]),
    (EventKind::CoreScriptBlock, &["MessageNumber MessageTotal ScriptBlockText ScriptBlockId Path"]),
    (EventKind::WmiConsumerBound, &["Namespace ESS CONSUMER PossibleCause"]),
    (EventKind::LapsPasswordSet, &["AccountName AccountRid"]),
];

/// The names of so many values of an event, in their order. A version that is newer than all that are known adds at the
/// end. Where no version has so many nothing is guessed: a value under another's name is worse than none.
pub(crate) fn fields_of(spec: &EventSpec, values: usize) -> Option<&'static str> {
    let (_, versions) = ROWS.iter().find(|(kind, _)| *kind == spec.kind)?;
    let count = |names: &&&str| names.split_whitespace().count();
    let exact = versions.iter().find(|names| count(names) == values);
    let newest = versions.last().filter(|names| count(names) < values);
    exact.or(newest).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::catalog::CATALOG;
    use begat_sim::events::EVENT_KINDS;

    #[test]
    fn values_stand_in_the_order_of_the_records_that_windows_writes() {
        let mut held = 0;
        for kind in EVENT_KINDS {
            let names: Vec<&str> =
                kind.fields.split_whitespace().map(|field| field.split(':').next().unwrap()).collect();
            let read = CATALOG
                .iter()
                .filter(|row| row.event_id == u32::from(kind.event_id) && row.channel == kind.log.channel());
            for row in read.filter(|row| row.field_count() > 0) {
                // The simulator's provider of 1102 and 104 stands in the channel of another.
                let Some(told) = fields_of(row, names.len()) else {
                    panic!("no row has the {} values of {:?}", names.len(), row.kind);
                };
                assert_eq!(told.split_whitespace().collect::<Vec<_>>(), names, "{:?}", row.kind);
                held += 1;
            }
        }
        assert!(held > 30, "{held}");
    }

    /// What sensors tell has names, and no manifest.
    const SENSORS: &[&str] = &["Device", "CrowdStrike", "endpoint.", "OCSF"];

    #[test]
    fn every_kind_that_has_fields_has_a_row_with_all_that_it_asks_for() {
        let is_of_windows = |row: &&EventSpec| !SENSORS.iter().any(|begins| row.channel.starts_with(begins));
        for row in CATALOG.iter().filter(|row| row.field_count() > 0).filter(is_of_windows) {
            let (_, versions) = ROWS
                .iter()
                .find(|(kind, _)| *kind == row.kind)
                .unwrap_or_else(|| panic!("{:?} has no row", row.kind));
            for field in row.required.iter().chain(row.optional) {
                // Hashes of names that only some versions have are told by the newest.
                let known =
                    versions.iter().any(|names| names.split_whitespace().any(|name| name == field.as_str()));
                assert!(known, "{:?} has no {field:?}", row.kind);
            }
        }
    }

    #[test]
    fn what_no_version_has_so_many_of_is_not_named() {
        let spec = EventKind::ProcessCreated.spec();
        assert!(fields_of(spec, 9).unwrap().ends_with("CommandLine"));
        assert!(fields_of(spec, 20).unwrap().ends_with("MandatoryLabel"), "newer than is known");
        for none in [0, 7, 10, 14] {
            assert_eq!(fields_of(spec, none), None, "{none}");
        }
    }
}

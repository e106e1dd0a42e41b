//! What Defender for Endpoint tells of processes and accounts.

use begat_model::Timestamp;
use begat_model::catalog::FieldName as F;
use begat_model::event::{
    AccountCreated, GroupMembership, InitiatingProcess, LoggedOn, ParentProcess, ProcessCreated,
};

use crate::normalise::fields::{Fields, MEMBER, PrincipalFields, SUBJECT, TARGET_SESSION};

/// The group, as AdditionalFields name it.
const GROUP: PrincipalFields = PrincipalFields {
    name: F::GroupName,
    domain: Some(F::GroupDomainName),
    sid: Some(F::GroupSid),
    logon_id: None,
};

/// LogonType of DeviceLogonEvents (Microsoft, advanced hunting schema reference) as Windows numbers it.
const LOGON_TYPES: &[(&str, u32)] = &[
    ("Interactive", 2),
    ("Local", 2),
    ("Network", 3),
    ("Batch", 4),
    ("Service", 5),
    ("Unlock", 7),
    ("NetworkCleartext", 8),
    ("NewCredentials", 9),
    ("RemoteInteractive", 10),
    ("Remote interactive (RDP) logons", 10),
    ("CachedInteractive", 11),
];

fn logon_type_of_name(name: &str) -> Option<u32> {
    let known = LOGON_TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim()));
    known.map(|(_, number)| *number)
}

impl Fields<'_, '_> {
    /// UserAccountCreated: the initiating process is whose token it was, and whose call as far as Defender saw.
    pub(crate) fn edr_account_created(&self) -> AccountCreated {
        let initiating = self.pid(F::CallerProcessId).map(|pid| {
            Box::new(InitiatingProcess {
                pid: Some(pid),
                guid: None,
                image: self.text(F::CallerProcessName),
                command_line: self.maybe_empty(F::ParentCommandLine),
                started_at: self.utc(F::InitiatingProcessCreationTime),
            })
        });
        AccountCreated { initiating, ..self.account_created() }
    }

    /// UserAccountAddedToLocalGroup: the account is the member; the group stands in AdditionalFields.
    pub(crate) fn edr_member_added(&self) -> GroupMembership {
        GroupMembership {
            member: self.account(&MEMBER),
            group: self.principal(&GROUP),
            subject: self.principal(&SUBJECT),
        }
    }

    /// LogonSuccess: the type has a name.
    pub(crate) fn edr_logged_on(&self) -> LoggedOn {
        let said = self.said(F::LogonType);
        let named = said.as_deref().and_then(logon_type_of_name);
        LoggedOn {
            account: self.principal(&TARGET_SESSION),
            subject: self.principal(&SUBJECT),
            logon_type: named.or_else(|| self.number(F::LogonType)),
            source_ip: self.address(F::IpAddress),
            source_host: self.text(F::WorkstationName),
            linked_logon_id: None,
            elevated: None,
            process_name: None,
        }
    }

    /// ProcessCreated: the account is the new process's own, the initiating process its parent.
    pub(crate) fn edr_process_created(&self, at: Timestamp) -> ProcessCreated {
        ProcessCreated {
            subject: self.principal(&SUBJECT),
            parent: ParentProcess {
                pid: self.pid(F::ProcessId),
                guid: None,
                image: self.text(F::ParentProcessName),
                command_line: self.text(F::ParentCommandLine),
            },
            elevation: self.elevation(F::TokenElevationType),
            ..self.sensed_start(at)
        }
    }
}

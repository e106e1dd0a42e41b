//! Logon sessions: how they began, whose they are, and how they were taken up again.

use begat_model::catalog::FieldName as F;
use begat_model::event::{ExplicitCredentials, LoggedOn, LogonGroups, SessionReconnected};

use crate::normalise::fields::{Fields, PrincipalFields, SUBJECT, TARGET_SESSION};

impl Fields<'_, '_> {
    pub(crate) fn session_reconnected(&self) -> SessionReconnected {
        let fields = PrincipalFields {
            name: F::AccountName,
            domain: Some(F::AccountDomain),
            sid: None,
            logon_id: Some(F::LogonID),
        };
        SessionReconnected {
            account: self.principal(&fields),
            source_ip: self.address(F::ClientAddress),
            source_host: self.text(F::ClientName),
        }
    }

    pub(crate) fn logged_on(&self) -> LoggedOn {
        LoggedOn {
            account: self.principal(&TARGET_SESSION),
            subject: self.principal(&SUBJECT),
            logon_type: self.number(F::LogonType),
            source_ip: self.address(F::IpAddress),
            source_host: self.text(F::WorkstationName),
            linked_logon_id: self.logon_id(F::TargetLinkedLogonId),
            elevated: self.flag(F::ElevatedToken),
            process_name: self.text(F::ProcessName),
        }
    }

    pub(crate) fn logon_groups(&self) -> LogonGroups {
        LogonGroups { account: self.principal(&TARGET_SESSION), groups: self.sids(F::GroupMembership) }
    }

    pub(crate) fn explicit_credentials(&self) -> ExplicitCredentials {
        ExplicitCredentials {
            subject: self.principal(&SUBJECT),
            target: self.principal(&PrincipalFields { sid: None, logon_id: None, ..TARGET_SESSION }),
            target_server: self.text(F::TargetServerName),
            pid: self.pid(F::ProcessId),
            image: self.text(F::ProcessName),
            source_ip: self.address(F::IpAddress),
        }
    }
}

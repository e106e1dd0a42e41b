//! Logon sessions: how they began, whose they are, and how they were taken up again.

use begat_model::event::{ExplicitCredentials, LoggedOn, LogonGroups, SessionReconnected};

use crate::normalise::fields::{Fields, PrincipalFields, SUBJECT, TARGET_SESSION};

impl Fields<'_, '_> {
    pub(crate) fn session_reconnected(&self) -> SessionReconnected {
        let fields =
            PrincipalFields { name: "AccountName", domain: "AccountDomain", sid: "", logon_id: "LogonID" };
        SessionReconnected {
            account: self.principal(&fields),
            source_ip: self.address("ClientAddress"),
            source_host: self.text("ClientName"),
        }
    }

    pub(crate) fn logged_on(&self) -> LoggedOn {
        LoggedOn {
            account: self.principal(&TARGET_SESSION),
            subject: self.principal(&SUBJECT),
            logon_type: self.number("LogonType"),
            source_ip: self.address("IpAddress"),
            source_host: self.text("WorkstationName"),
            linked_logon_id: self.logon_id("TargetLinkedLogonId"),
            elevated: self.flag("ElevatedToken"),
        }
    }

    pub(crate) fn logon_groups(&self) -> LogonGroups {
        LogonGroups { account: self.principal(&TARGET_SESSION), groups: self.sids("GroupMembership") }
    }

    pub(crate) fn explicit_credentials(&self) -> ExplicitCredentials {
        ExplicitCredentials {
            subject: self.principal(&SUBJECT),
            target: self.principal(&PrincipalFields { sid: "", logon_id: "", ..TARGET_SESSION }),
            target_server: self.text("TargetServerName"),
            pid: self.pid("ProcessId"),
            image: self.text("ProcessName"),
            source_ip: self.address("IpAddress"),
        }
    }
}

//! The creation in question, and whether it is of a local account.

use begat_model::case::Scope;
use begat_model::event::{AccountCreated, Principal};
use begat_model::{HostName, LogonId, RecordRef, Sid, Timestamp};

use crate::sight::visibility::HostSight;
use crate::windows::same_name::same_name;

/// The creation in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    /// The 4720.
    pub event: AccountCreated,
    /// Its record; the creation's time is its.
    pub record: RecordRef,
}

impl Creation {
    /// When.
    pub fn at(&self) -> Timestamp {
        self.record.at
    }

    /// The session that the 4720 names.
    pub fn logon_id(&self) -> Option<LogonId> {
        self.event.subject.logon_id
    }
}

/// Local or of the domain: a domain controller has no local accounts; elsewhere the account's domain is the host's
/// own name, cut to 15 characters (A6).
pub(crate) fn scope(creation: &Creation, host: &HostName, sight: &HostSight) -> Scope {
    if sight.domain_controller {
        return Scope::Domain;
    }
    match &creation.event.account.domain {
        Some(domain) if domain.to_uppercase() == host.netbios() => Scope::Local,
        // Collectors may write another name into Computer: SYSTEM goes by the machine's own, as the account's domain
        // does.
        Some(domain) if is_own_machine(domain, &creation.event.subject) => Scope::Local,
        // A user principal name, or another domain than the host: only a domain controller writes that 4720.
        Some(_) => Scope::Domain,
        None => Scope::Unknown,
    }
}

fn is_own_machine(domain: &str, subject: &Principal) -> bool {
    let is_system = subject.sid.as_ref().is_some_and(|sid| sid.as_str() == Sid::SYSTEM);
    let machine = subject.name.as_deref().and_then(|name| name.strip_suffix('$'));
    is_system && machine.is_some_and(|machine| same_name(machine, domain))
}

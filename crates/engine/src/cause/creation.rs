//! The creation in question, and whether it is of a local account.

use begat_model::case::Scope;
use begat_model::event::{AccountCreated, InitiatingProcess};
use begat_model::{EventKind, HostName, LogonId, RecordRef, Sid, Timestamp};

use crate::commands::line::image_stem;
use crate::spans::CHANNEL_TOLERANCE;
use crate::tables::process::record::ProcessRecord;
use crate::windows::own_names::OwnNames;
use crate::windows::same_name::same_name;
use crate::windows::watchers::is_nobodys_client;

/// The creation in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    /// The 4720.
    pub event: AccountCreated,
    /// Its record; the creation's time is its.
    pub record: RecordRef,
    /// The record of an EDR that names the process, where one does.
    pub named_by: Option<RecordRef>,
}

impl Creation {
    /// When.
    pub fn at(&self) -> Timestamp {
        self.record.at
    }

    /// As one record tells it.
    pub fn of(event: &AccountCreated, record: &RecordRef) -> Creation {
        let mut event = event.clone();
        let is_client =
            |named: &InitiatingProcess| named.image.as_deref().is_none_or(|image| !is_nobodys_client(image));
        event.initiating = event.initiating.filter(|named| is_client(named));
        let named_by = event.initiating.is_some().then(|| record.clone());
        Creation { event, record: record.clone(), named_by }
    }

    /// The same creation, told by another record too: Windows' own goes before an EDR's, and a more precise one before
    /// one whose time was cut.
    pub fn join(&mut self, other: Creation) {
        let is_windows = |creation: &Creation| creation.record.kind == EventKind::AccountCreated;
        let rank = |creation: &Creation| (is_windows(creation), creation.at().precision());
        let first = std::mem::replace(self, other);
        let (mut better, worse) =
            if rank(self) > rank(&first) { (self.clone(), first) } else { (first, self.clone()) };
        if better.named_by.is_none() {
            better.event.initiating = worse.event.initiating;
            better.named_by = worse.named_by;
        }
        *self = better;
    }

    /// An EDR names this process as the one that did it.
    pub(super) fn names(&self, process: &ProcessRecord) -> bool {
        let Some(named) = &self.event.initiating else { return false };
        let same_image = match (&named.image, process.stem()) {
            (Some(image), Some(stem)) => image_stem(image) == stem,
            _ => true,
        };
        let same_start = named.started_at.is_none_or(|start| {
            !process.start_seen || (start - process.started_at).magnitude() <= CHANNEL_TOLERANCE
        });
        let same_id = match named.guid {
            Some(guid) => process.guid == Some(guid),
            None => process.pid.is_some() && process.pid == named.pid,
        };
        same_id && same_image && same_start && process.may_be_alive(self.at())
    }

    /// The session that the 4720 names.
    pub fn logon_id(&self) -> Option<LogonId> {
        self.event.subject.logon_id
    }
}

/// What tells whose the accounts of a host are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whose<'h> {
    /// What the machine is called.
    pub(crate) own: &'h OwnNames,
    /// What the SIDs of its own accounts begin with.
    pub(crate) machine: Option<&'h str>,
    /// It writes what only domain controllers write.
    pub(crate) domain_controller: bool,
}

/// Local or of the domain: an account's domain is the machine itself, under one of its names, or its SID is of the
/// machine's own. What else a log tells is a domain controller's: no other machine writes a 4720 of a domain (A6).
pub(crate) fn scope(creation: &Creation, host: &HostName, whose: Whose<'_>) -> Scope {
    let account = &creation.event.account;
    let is_machines = || {
        let prefix = account.sid.as_ref().and_then(Sid::authority_prefix);
        prefix.is_some() && prefix == whose.machine
    };
    match &account.domain {
        Some(domain) if whose.own.holds(domain) => Scope::Local,
        _ if whose.domain_controller => Scope::Domain,
        // The first controller of a domain gives the domain its own SID.
        Some(domain) if is_machines() && !is_domain_of(host, domain) => Scope::Local,
        Some(_) => Scope::Domain,
        None => Scope::Unknown,
    }
}

/// The host is of this domain, by its full name.
fn is_domain_of(host: &HostName, domain: &str) -> bool {
    host.dns_domain()
        .and_then(|suffix| suffix.split('.').next())
        .is_some_and(|label| same_name(label, domain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::event::Principal;
    use begat_model::{EventKind, Precision};

    fn creation(domain: Option<&str>, sid: &str) -> Creation {
        let at = Timestamp::from_unix_ticks(0, Precision::TICKS);
        Creation {
            event: AccountCreated {
                account: Principal {
                    domain: domain.map(Into::into),
                    sid: Sid::parse(sid),
                    ..Principal::default()
                },
                subject: Principal::default(),
                display_name: None,
                user_principal_name: None,
                initiating: None,
            },
            named_by: None,
            record: RecordRef { at, kind: EventKind::AccountCreated, record_id: None, source: "log".into() },
        }
    }

    #[test]
    fn an_account_is_local_by_the_machines_names_and_by_its_sid() {
        use Scope::{Domain, Local, Unknown};
        let (ours, theirs) = ("S-1-5-21-1-2-3-1001", "S-1-5-21-9-9-9-1001");
        let own = OwnNames::of(["WEB-PROD-1", "EC2AMAZ-7Q1X2Z"]);
        for (domain, sid, domain_controller, expected) in [
            (Some("web-prod-1"), theirs, false, Local),
            (Some("EC2AMAZ-7Q1X2Z"), theirs, false, Local),
            (Some("WIN-OLD"), ours, false, Local),
            (Some("CORP"), theirs, false, Domain),
            (Some("CORP"), ours, false, Domain),
            (Some("EXAMPLE"), ours, true, Domain),
            (Some("WEB-PROD-1"), ours, true, Local),
            (None, ours, false, Unknown),
            (None, theirs, true, Domain),
        ] {
            let host = HostName::new("web-prod-1.corp.example").unwrap();
            let whose = Whose { own: &own, machine: Some("S-1-5-21-1-2-3"), domain_controller };
            assert_eq!(scope(&creation(domain, sid), &host, whose), expected, "{domain:?} {sid}");
        }
    }
}

//! The creation in question, and whether it is of a local account.

use begat_model::case::Scope;
use begat_model::event::{AccountCreated, InitiatingProcess, Principal};
use begat_model::{EventKind, HostName, LogonId, RecordRef, Sid, Timestamp};

use crate::commands::line::image_stem;
use crate::sight::visibility::HostSight;
use crate::spans::CHANNEL_TOLERANCE;
use crate::tables::process::record::ProcessRecord;
use crate::windows::same_name::same_name;

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

/// Defender names lsass where it lost sight of the client: every creation is made there.
const SAM_HOST: &str = "lsass";

impl Creation {
    /// When.
    pub fn at(&self) -> Timestamp {
        self.record.at
    }

    /// As one record tells it.
    pub fn of(event: &AccountCreated, record: &RecordRef) -> Creation {
        let mut event = event.clone();
        let is_client = |named: &InitiatingProcess| {
            named.image.as_deref().is_none_or(|image| image_stem(image) != SAM_HOST)
        };
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
        process.pid == Some(named.pid) && same_image && same_start && process.may_be_alive(self.at())
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

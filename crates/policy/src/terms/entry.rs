//! An entry of the policy: what it allows, who answers for it, why, until when, and by which keys it is known.

use std::collections::BTreeSet;

use begat_model::Timestamp;
use begat_model::event::Text;

use crate::terms::key::Demand;
use crate::terms::schedule::Moment;
use crate::terms::strength::Strength;

/// Why accounts are made with leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// People who administer the host.
    Administration,
    /// Machines that set up hosts and services.
    Provisioning,
    /// People who help others.
    Helpdesk,
    /// Software that is being rolled out.
    Deployment,
    /// An emergency that was declared.
    BreakGlass,
    /// Windows being installed, imaged or upgraded.
    OsPhase,
}

impl EntryKind {
    /// All of them.
    pub const ALL: &'static [EntryKind] = &[
        EntryKind::Administration,
        EntryKind::Provisioning,
        EntryKind::Helpdesk,
        EntryKind::Deployment,
        EntryKind::BreakGlass,
        EntryKind::OsPhase,
    ];

    /// As written in the policy.
    pub fn slug(self) -> &'static str {
        match self {
            EntryKind::Administration => "administration",
            EntryKind::Provisioning => "provisioning",
            EntryKind::Helpdesk => "helpdesk",
            EntryKind::Deployment => "deployment",
            EntryKind::BreakGlass => "break_glass",
            EntryKind::OsPhase => "os_phase",
        }
    }

    /// The kind of that name.
    pub fn named(slug: &str) -> Option<EntryKind> {
        EntryKind::ALL.iter().copied().find(|kind| kind.slug() == slug)
    }
}

/// One `[[authorisation]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub(crate) name: Text,
    pub(crate) kind: EntryKind,
    pub(crate) owner: Text,
    pub(crate) reason: Text,
    pub(crate) expires: Moment,
    pub(crate) line: usize,
    pub(crate) demands: Vec<Demand>,
    pub(crate) strength: Strength,
}

impl Entry {
    /// Its name, unique in the policy.
    pub fn name(&self) -> &Text {
        &self.name
    }

    /// What sort of work it allows.
    pub fn kind(&self) -> EntryKind {
        self.kind
    }

    /// Who answers for it.
    pub fn owner(&self) -> &Text {
        &self.owner
    }

    /// Why it is allowed.
    pub fn reason(&self) -> &Text {
        &self.reason
    }

    /// Until when it holds: that date in the site's zone, or that point in time.
    pub fn expires(&self) -> &Moment {
        &self.expires
    }

    /// Line of the policy where it begins, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// What its keys prove together.
    pub fn strength(&self) -> &Strength {
        &self.strength
    }

    /// Names of its keys, sorted.
    pub fn keys(&self) -> BTreeSet<&'static str> {
        self.demands.iter().map(Demand::name).collect()
    }

    /// It allows nothing that is created at that time or later.
    pub(crate) fn is_expired_at(&self, at: Timestamp) -> bool {
        at.unix_ticks() > self.expires.last.unix_ticks()
    }

    /// It asks for a certain program, or for what started it: what a creation shows of that may be only likely.
    pub(crate) fn rests_on_creator(&self) -> bool {
        self.demands.iter().any(Demand::is_of_creator)
    }

    /// It asks for a ticket of its own.
    pub(crate) fn asks_for_ticket(&self) -> bool {
        self.demands.contains(&Demand::Ticket)
    }

    /// Whatever this other entry allows, this one allows too, for as long.
    pub fn covers(&self, other: &Entry) -> bool {
        let covered = |demand: &Demand| other.demands.iter().any(|narrow| demand.covers(narrow));
        self.expires.last >= other.expires.last && self.demands.iter().all(covered)
    }

    /// The narrowest stands first: most keys, then most kinds of proof.
    pub(crate) fn narrowness(&self) -> (usize, usize) {
        (self.strength.keys, self.strength.proofs.len())
    }
}

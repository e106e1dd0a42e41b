//! What the policy says of one creation, and what that changes in its case.

use begat_model::case::{
    AllowedBy, Authorisation, AuthorisationStatus, Case, NearMiss, Risk, RiskReason, RiskTerm,
};
use begat_model::event::Text;

use crate::judge::fit::Fit;
use crate::judge::situation::Situation;
use crate::judge::ticket::{Ticket, Tickets};
use crate::terms::entry::{Entry, EntryKind};

/// Entries that nearly fit, told with a case.
const NEAREST_MAX: usize = 3;
/// Other permissions that are named beside the one that counts.
const ALSO_MAX: usize = 5;

/// What allows a creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission<'p> {
    /// An entry of the policy, and the ticket where it asks for one.
    Entry(&'p Entry, Option<&'p Ticket>),
    /// A change ticket alone.
    Ticket(&'p Ticket),
}

impl<'p> Permission<'p> {
    /// Name of the entry, or of the ticket.
    pub fn name(self) -> &'p Text {
        match self {
            Permission::Entry(entry, _) => entry.name(),
            Permission::Ticket(ticket) => &ticket.id,
        }
    }
}

/// What the policy says of one creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement<'p> {
    /// The narrowest that allows it; `None`: nothing does.
    pub permission: Option<Permission<'p>>,
    /// Where that entry rests on a creator that is only `likely`: its keys of another kind.
    pub beside_likely: Vec<&'static str>,
    /// What else allows it.
    pub also: Vec<Permission<'p>>,
    /// Entries and tickets that nearly allow it, nearest first; none where something does.
    pub nearest: Vec<NearMiss>,
    /// Entries that would allow it, had they not expired.
    pub expired: Vec<&'p Entry>,
}

impl<'p> Judgement<'p> {
    /// Holds one creation against all entries and tickets.
    pub(crate) fn of(entries: &'p [Entry], tickets: &'p Tickets, situation: &Situation) -> Judgement<'p> {
        let fits: Vec<_> = entries.iter().map(|entry| (entry, entry.fits(situation, tickets))).collect();
        let ticket = tickets.covering(situation);
        let mut fitting: Vec<&Entry> =
            fits.iter().filter(|(_, fit)| fit.is_whole()).map(|(it, _)| *it).collect();
        // A stable sort: of equals the first in the file stays first.
        fitting.sort_by_key(|entry| std::cmp::Reverse(entry.narrowness()));
        let of_entry =
            |entry: &'p Entry| Permission::Entry(entry, ticket.filter(|_| entry.asks_for_ticket()));
        let mut permissions = fitting.into_iter().map(of_entry).chain(ticket.map(Permission::Ticket));
        let permission = permissions.next();
        let also = permissions.take(ALSO_MAX).collect();
        let beside_likely = match permission {
            Some(Permission::Entry(chosen, _)) => {
                let fit = fits.iter().find(|(entry, _)| std::ptr::eq(*entry, chosen));
                fit.map(|(_, fit)| fit.beside_likely.clone()).unwrap_or_default()
            }
            Some(Permission::Ticket(_)) | None => Vec::new(),
        };
        let expired = fits.iter().filter(|(_, fit)| fit.but_for_expiry).map(|(entry, _)| *entry).collect();
        let nearest = if permission.is_some() { Vec::new() } else { nearest(tickets, situation, &fits) };
        Judgement { permission, beside_likely, also, nearest, expired }
    }

    /// As a case tells it.
    pub fn authorisation(&self) -> Authorisation {
        let Some(permission) = self.permission else {
            let status = AuthorisationStatus::Unauthorised;
            return Authorisation { status, nearest: self.nearest.clone(), ..Authorisation::default() };
        };
        let (owner, reason, expires, ticket) = match permission {
            Permission::Entry(entry, ticket) => {
                (entry.owner(), entry.reason().clone(), &entry.expires().text, ticket)
            }
            Permission::Ticket(ticket) => {
                (&ticket.owner, format!("change ticket {}", ticket.id).into(), ticket.until(), Some(ticket))
            }
        };
        Authorisation {
            status: AuthorisationStatus::Authorised,
            rule: Some(permission.name().clone()),
            owner: Some(owner.clone()),
            reason: Some(reason),
            expires: Some(expires.clone()),
            ticket: ticket.map(|ticket| ticket.id.clone()),
            beside_likely: self.beside_likely.clone(),
            nearest: Vec::new(),
        }
    }

    fn by_entry(&self) -> AllowedBy {
        if self.beside_likely.is_empty() { AllowedBy::Entry } else { AllowedBy::EntryOnLikely }
    }

    fn term(&self) -> Option<RiskTerm> {
        let permission = self.permission?;
        let (name, points, by) = match permission {
            Permission::Entry(entry, _) if entry.kind() == EntryKind::OsPhase => {
                ("approved_os_phase", -15, self.by_entry())
            }
            Permission::Entry(..) => ("authorised_by_policy", -25, self.by_entry()),
            Permission::Ticket(_) => ("change_ticket", -15, AllowedBy::Ticket),
        };
        let also = self.also.iter().map(|other| other.name().clone()).collect();
        let why = RiskReason::Allowed { by, name: permission.name().clone(), also };
        Some(RiskTerm { name, points, why, at_least: None })
    }
}

/// Those with the fewest lacks, of which something at least fits; tickets of that host and account first of equals.
fn nearest(tickets: &Tickets, situation: &Situation, fits: &[(&Entry, Fit)]) -> Vec<NearMiss> {
    let tickets = tickets.missed(situation).take(NEAREST_MAX);
    let tickets = tickets.map(|(ticket, lack)| NearMiss { rule: ticket.id.clone(), lacks: vec![lack] });
    let entries =
        fits.iter().filter(|(entry, fit)| fit.lacks.len() < entry.strength().keys || fit.but_for_expiry);
    let entries =
        entries.map(|(entry, fit)| NearMiss { rule: entry.name().clone(), lacks: fit.lacks.clone() });
    let mut misses: Vec<NearMiss> = tickets.chain(entries).collect();
    misses.sort_by_key(|miss| miss.lacks.len());
    misses.truncate(NEAREST_MAX);
    misses
}

/// Floors that give way to a permission: that nobody saw the creator, and a name that hides the account, are what
/// the site knew when it allowed them. All others hold: nobody is allowed to cover up, and a renamed tool in the place
/// of an allowed program is what a permission must not swallow.
const YIELDING_FLOORS: &[&str] = &["floor_unknown", "floor_hidden_name"];

/// Changes authorisation, risk and severity of the case, and nothing else. `off_hours` says why its time is odd.
pub(crate) fn apply(
    judgement: &Judgement<'_>,
    allows_anything: bool,
    off_hours: Option<RiskReason>,
    case: &mut Case,
) {
    // A policy that only tunes was asked nothing.
    if allows_anything {
        case.authorisation = judgement.authorisation();
    }
    if let Some(why) = off_hours {
        case.risk.add(RiskTerm { name: "off_hours", points: 2, why, at_least: None });
    }
    if let Some(term) = judgement.term() {
        case.risk.add(term);
        lift_yielding_floors(&mut case.risk);
    }
    case.severity = case.risk.severity();
}

fn lift_yielding_floors(risk: &mut Risk) {
    for term in &mut risk.terms {
        if term.at_least.is_some() && YIELDING_FLOORS.contains(&term.name) {
            term.at_least = None;
            if let RiskReason::Floor { gives_way, .. } = &mut term.why {
                *gives_way = true;
            }
        }
    }
}

//! Whether a creation fits an entry: every key must fit a known value, and what is unknown never fits.

use std::net::IpAddr;

use begat_model::case::{Asked, Unmet};
use begat_model::{Pattern, Sid, Timestamp};
use jiff::tz::TimeZone;

use crate::judge::patterns::{account_lack, fits_any, host_fits, other, text_lack, texts};
use crate::judge::situation::{Situation, SituationActor};
use crate::judge::ticket::Tickets;
use crate::terms::beside::beside_creator;
use crate::terms::entry::Entry;
use crate::terms::key::{Demand, Whom};
use crate::terms::schedule::{Days, Hours, civil_time};
use crate::terms::strength::is_anywhere;

/// How a creation fits an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// What did not fit; nothing where the entry allows the creation.
    pub lacks: Vec<Unmet>,
    /// All that it lacks is that the entry had not expired.
    pub but_for_expiry: bool,
    /// Where the entry rests on a creator that is only `likely`: its keys of another kind, that must bear it.
    pub beside_likely: Vec<&'static str>,
}

impl Fit {
    /// The entry allows it.
    pub fn is_whole(&self) -> bool {
        self.lacks.is_empty()
    }
}

impl Entry {
    /// Holds a creation against it.
    pub fn fits(&self, situation: &Situation, tickets: &Tickets) -> Fit {
        let mut lacks: Vec<Unmet> =
            self.demands.iter().filter_map(|demand| demand.lack(situation, tickets)).collect();
        let rests_on_likely = situation.creator_is_likely() && self.rests_on_creator();
        let beside_likely = if rests_on_likely { beside_creator(&self.demands) } else { Vec::new() };
        if rests_on_likely && beside_likely.is_empty() {
            lacks.push(Unmet::LikelyAlone);
        }
        let is_expired = self.is_expired_at(situation.created_at);
        let but_for_expiry = lacks.is_empty() && is_expired;
        if is_expired {
            lacks.push(Unmet::Expired { at: self.expires.text.clone() });
        }
        Fit { lacks, but_for_expiry, beside_likely }
    }
}

impl Demand {
    /// What does not fit; `None` where it fits.
    pub(crate) fn lack(&self, situation: &Situation, tickets: &Tickets) -> Option<Unmet> {
        let at = situation.created_at;
        match self {
            Demand::Creator(paths) => creator_lack(paths, situation),
            Demand::Hash(hashes) => hash_lack(hashes, situation),
            Demand::Parent(paths) => parent_lack(paths, situation),
            Demand::Actor(whom) => actor_lack(whom, &situation.actor),
            Demand::ActorGroup(groups) => group_lack(groups, &situation.actor),
            Demand::Source(networks) => source_lack(networks, situation),
            Demand::Ticket => tickets.covering(situation).is_none().then_some(Unmet::NoTicket),
            Demand::Session(kinds) => word_lack(Asked::Session, &situation.actor.session, kinds),
            Demand::SourceHost(names) => {
                text_lack(Asked::SourceHost, situation.actor.source_host.as_deref(), names)
            }
            Demand::Account(names) => account_lack(names, situation),
            Demand::Host(names) => (!names.iter().any(|name| host_fits(name, &situation.host)))
                .then(|| other(Asked::Host, &situation.host.name, names)),
            Demand::HostRole(names) => text_lack(Asked::HostRole, situation.host.role.as_deref(), names),
            Demand::Verdict(verdicts) => word_lack(Asked::Verdict, &situation.verdict, verdicts),
            Demand::Hours(hours, days, zone) => hours_lack(*hours, days.as_ref(), zone, at),
            Demand::Days(days, zone) => days_lack(days, zone, at),
            Demand::From(moment) => (at.unix_ticks() < moment.first.unix_ticks())
                .then(|| Unmet::Before { from: moment.text.clone() }),
            Demand::Until(moment) => (at.unix_ticks() > moment.last.unix_ticks())
                .then(|| Unmet::After { until: moment.text.clone() }),
        }
    }
}

fn word_lack<T: PartialEq + ToString>(what: Asked, actual: &T, wanted: &[T]) -> Option<Unmet> {
    (!wanted.contains(actual)).then(|| other(what, actual, wanted))
}

fn creator_lack(paths: &[Pattern], situation: &Situation) -> Option<Unmet> {
    match &situation.creator {
        None => Some(Unmet::NoCreator { verdict: situation.verdict }),
        Some(creator) => text_lack(Asked::Creator, creator.image.as_deref(), paths),
    }
}

fn hash_lack(hashes: &[String], situation: &Situation) -> Option<Unmet> {
    let Some(creator) = &situation.creator else {
        return Some(Unmet::NoCreator { verdict: situation.verdict });
    };
    let has = |wanted: &String| creator.hashes.iter().any(|hash| hash.eq_ignore_ascii_case(wanted));
    match creator.hashes.as_slice() {
        [] => Some(Unmet::NotKnown { what: Asked::Hash }),
        _ => (!hashes.iter().any(has)).then_some(Unmet::OtherHash),
    }
}

fn parent_lack(paths: &[Pattern], situation: &Situation) -> Option<Unmet> {
    if situation.chain.is_empty() {
        return Some(Unmet::NoAncestor);
    }
    if situation.parent_is_claimed {
        return Some(Unmet::ClaimedParent);
    }
    let mut images = situation.chain.iter().filter_map(|process| process.image.as_deref());
    (!images.any(|image| fits_any(paths, image))).then(|| Unmet::OtherAncestors { wanted: texts(paths) })
}

fn actor_lack(wanted: &[Whom], actor: &SituationActor) -> Option<Unmet> {
    let name = match (&actor.domain, &actor.name) {
        (Some(domain), Some(name)) => Some(format!("{domain}\\{name}")),
        _ => None,
    };
    let fits = |whom: &Whom| match whom {
        Whom::Sid(sid) => actor.sid.as_ref() == Some(sid),
        Whom::Sids(pattern) => actor.sid.as_ref().is_some_and(|sid| pattern.matches(sid.as_str())),
        Whom::Name(pattern) => name.as_deref().is_some_and(|name| pattern.matches(name)),
    };
    if wanted.iter().any(fits) {
        return None;
    }
    Some(match name.or_else(|| actor.sid.as_ref().map(ToString::to_string)) {
        Some(actual) => other(Asked::Actor, &actual, wanted),
        None => Unmet::NotKnown { what: Asked::Actor },
    })
}

fn group_lack(wanted: &[Sid], actor: &SituationActor) -> Option<Unmet> {
    if actor.groups.is_empty() {
        return Some(Unmet::NotKnown { what: Asked::ActorGroups });
    }
    (!wanted.iter().any(|group| actor.groups.contains(group)))
        .then(|| Unmet::OtherGroups { wanted: texts(wanted) })
}

/// Every address that is known of the actor's session and of the one behind it must lie in the networks: a hop over
/// an allowed host does not wash away where one came from. A session that only may be behind it gives no address to
/// rest on.
fn source_lack(networks: &[ipnet::IpNet], situation: &Situation) -> Option<Unmet> {
    let sessions = std::iter::once(&situation.actor).chain(&situation.origin);
    let written: Vec<&str> = sessions.filter_map(|session| session.source_ip.as_deref()).collect();
    let mut addresses = Vec::new();
    for text in &written {
        match text.parse::<IpAddr>() {
            Ok(address) => addresses.push(address.to_canonical()),
            Err(_) => return Some(Unmet::NoAddress { source: (*text).into() }),
        }
    }
    // The host itself is where a session of another origin ends up: what counts is where it came from.
    if addresses.iter().any(|address| !is_anywhere(*address)) {
        addresses.retain(|address| !is_anywhere(*address));
    }
    let inside = |address: &IpAddr| networks.iter().any(|network| network.contains(address));
    let known = situation.known_sessions().filter_map(|session| session.source_ip.as_deref()?.parse().ok());
    let rests_on_one = known.map(|address: IpAddr| address.to_canonical()).any(|it| addresses.contains(&it));
    match addresses.iter().find(|address| !inside(address)) {
        Some(outside) => Some(other(Asked::Source, outside, networks)),
        None => (!rests_on_one).then_some(Unmet::NotKnown { what: Asked::Source }),
    }
}

fn hours_lack(hours: Hours, days: Option<&Days>, zone: &TimeZone, at: Timestamp) -> Option<Unmet> {
    let Some(local) = civil_time(at, zone) else { return Some(Unmet::NoTime) };
    let text = |it: &dyn std::fmt::Display| it.to_string().into();
    (!hours.contain(local, days)).then(|| Unmet::OffHours {
        at: text(&local.strftime("%a %H:%M")),
        hours: text(&hours),
        days: days.map(|days| text(days)),
    })
}

fn days_lack(days: &Days, zone: &TimeZone, at: Timestamp) -> Option<Unmet> {
    let Some(local) = civil_time(at, zone) else { return Some(Unmet::NoTime) };
    let day = || local.strftime("%a").to_string().into();
    (!days.contain(local.weekday())).then(|| Unmet::OffDays { day: day(), days: days.to_string().into() })
}

impl std::fmt::Display for Whom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Whom::Sid(sid) => sid.fmt(f),
            Whom::Sids(pattern) | Whom::Name(pattern) => pattern.fmt(f),
        }
    }
}

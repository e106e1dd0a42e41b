//! Whether a creation fits an entry: every key must fit a known value, and what is unknown never fits.

use std::net::IpAddr;

use begat_model::{Pattern, Sid, Timestamp};
use jiff::tz::TimeZone;

use crate::judge::patterns::{account_lack, either, fits_any, host_fits, text_lack};
use crate::judge::situation::{Situation, SituationActor};
use crate::judge::ticket::Tickets;
use crate::terms::beside::beside_creator;
use crate::terms::entry::Entry;
use crate::terms::key::{Demand, Whom};
use crate::terms::schedule::{Days, Hours, civil_time};
use crate::terms::strength::is_anywhere;

/// What an entry lacks that would rest on a likely creator alone.
const LIKELY_ALONE: &str = "its creator is only likely, and the entry asks for nothing of another kind beside it: \
    a ticket, a source, a window of time or a group of hosts";

/// How a creation fits an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// What did not fit, a clause each; nothing where the entry allows the creation.
    pub lacks: Vec<String>,
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
        let mut lacks: Vec<String> =
            self.demands.iter().filter_map(|demand| demand.lack(situation, tickets)).collect();
        let rests_on_likely = situation.creator_is_likely() && self.rests_on_creator();
        let beside_likely = if rests_on_likely { beside_creator(&self.demands) } else { Vec::new() };
        if rests_on_likely && beside_likely.is_empty() {
            lacks.push(LIKELY_ALONE.to_owned());
        }
        let is_expired = self.is_expired_at(situation.created_at);
        let but_for_expiry = lacks.is_empty() && is_expired;
        if is_expired {
            lacks.push(format!("it had expired, {}", self.expires.text));
        }
        Fit { lacks, but_for_expiry, beside_likely }
    }
}

impl Demand {
    /// What does not fit; `None` where it fits.
    pub(crate) fn lack(&self, situation: &Situation, tickets: &Tickets) -> Option<String> {
        let at = situation.created_at;
        match self {
            Demand::Creator(paths) => creator_lack(paths, situation),
            Demand::Hash(hashes) => hash_lack(hashes, situation),
            Demand::Parent(paths) => parent_lack(paths, situation),
            Demand::Actor(whom) => actor_lack(whom, &situation.actor),
            Demand::ActorGroup(groups) => group_lack(groups, &situation.actor),
            Demand::Source(networks) => source_lack(networks, situation),
            Demand::Ticket => {
                tickets.covering(situation).is_none().then(|| "no change ticket covers it".to_owned())
            }
            Demand::Session(kinds) => {
                let actual = situation.actor.session;
                let kinds_said = either(kinds.iter().map(|kind| kind.slug()));
                (!kinds.contains(&actual))
                    .then(|| format!("the session is {}, not {kinds_said}", actual.slug()))
            }
            Demand::SourceHost(names) => {
                text_lack("the session's workstation", situation.actor.source_host.as_deref(), names)
            }
            Demand::Account(names) => account_lack(names, situation),
            Demand::Host(names) => (!names.iter().any(|name| host_fits(name, &situation.host)))
                .then(|| format!("host {} is not {}", situation.host.name, either(names))),
            Demand::HostRole(names) => text_lack("the host's role", situation.host.role.as_deref(), names),
            Demand::Verdict(verdicts) => {
                let verdicts_said = either(verdicts.iter().map(|verdict| verdict.slug()));
                (!verdicts.contains(&situation.verdict))
                    .then(|| format!("the verdict is {}, not {verdicts_said}", situation.verdict.slug()))
            }
            Demand::Hours(hours, days, zone) => hours_lack(*hours, days.as_ref(), zone, at),
            Demand::Days(days, zone) => days_lack(days, zone, at),
            Demand::From(moment) => (at.unix_ticks() < moment.first.unix_ticks())
                .then(|| format!("it was before {}", moment.text)),
            Demand::Until(moment) => {
                (at.unix_ticks() > moment.last.unix_ticks()).then(|| format!("it was after {}", moment.text))
            }
        }
    }
}

fn creator_lack(paths: &[Pattern], situation: &Situation) -> Option<String> {
    match &situation.creator {
        None => Some(format!("no creator is known for sure: the verdict is {}", situation.verdict.slug())),
        Some(creator) => text_lack("the creator", creator.image.as_deref(), paths),
    }
}

fn hash_lack(hashes: &[String], situation: &Situation) -> Option<String> {
    let Some(creator) = &situation.creator else {
        return Some(format!("no creator is known for sure: the verdict is {}", situation.verdict.slug()));
    };
    let has = |wanted: &String| creator.hashes.iter().any(|hash| hash.eq_ignore_ascii_case(wanted));
    match creator.hashes.as_slice() {
        [] => Some("the log has no hash of the creator".to_owned()),
        _ => (!hashes.iter().any(has)).then(|| "the creator's file has another hash".to_owned()),
    }
}

fn parent_lack(paths: &[Pattern], situation: &Situation) -> Option<String> {
    if situation.chain.is_empty() {
        return Some("no ancestor of a creator is known".to_owned());
    }
    if situation.parent_is_claimed {
        return Some("the creator's parent is only what the process that started it claimed".to_owned());
    }
    let images = situation.chain.iter().filter_map(|process| process.image.as_deref());
    (!images.clone().any(|image| fits_any(paths, image))).then(|| format!("no ancestor is {}", either(paths)))
}

fn actor_lack(wanted: &[Whom], actor: &SituationActor) -> Option<String> {
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
    let wanted = either(wanted.iter().map(Whom::to_string));
    Some(match name.or_else(|| actor.sid.as_ref().map(ToString::to_string)) {
        Some(actual) => format!("the actor is {actual}, not {wanted}"),
        None => "the actor is not known".to_owned(),
    })
}

fn group_lack(wanted: &[Sid], actor: &SituationActor) -> Option<String> {
    if actor.groups.is_empty() {
        return Some("the actor's groups are not in the log (4627)".to_owned());
    }
    (!wanted.iter().any(|group| actor.groups.contains(group)))
        .then(|| format!("the actor is not in {}", either(wanted)))
}

/// Every address that is known of the actor's session and of the one behind it must lie in the networks: a hop over
/// an allowed host does not wash away where one came from.
fn source_lack(networks: &[ipnet::IpNet], situation: &Situation) -> Option<String> {
    let sessions = std::iter::once(&situation.actor).chain(&situation.origin);
    let written: Vec<&str> = sessions.filter_map(|session| session.source_ip.as_deref()).collect();
    let mut addresses = Vec::new();
    for text in &written {
        match text.parse::<IpAddr>() {
            Ok(address) => addresses.push(address.to_canonical()),
            Err(_) => return Some(format!("source {text} is no address")),
        }
    }
    // The host itself is where a session of another origin ends up: what counts is where it came from.
    if addresses.iter().any(|address| !is_anywhere(*address)) {
        addresses.retain(|address| !is_anywhere(*address));
    }
    let inside = |address: &IpAddr| networks.iter().any(|network| network.contains(address));
    match addresses.iter().find(|address| !inside(address)) {
        Some(outside) => Some(format!("source {outside} is not in {}", either(networks))),
        None => addresses.is_empty().then(|| "the session's source address is not known".to_owned()),
    }
}

fn hours_lack(hours: Hours, days: Option<&Days>, zone: &TimeZone, at: Timestamp) -> Option<String> {
    let Some(local) = civil_time(at, zone) else { return Some("its time cannot be told".to_owned()) };
    let on = days.map_or(String::new(), |days| format!(" on {days}"));
    (!hours.contain(local, days)).then(|| format!("{} is not within {hours}{on}", local.strftime("%a %H:%M")))
}

fn days_lack(days: &Days, zone: &TimeZone, at: Timestamp) -> Option<String> {
    let Some(local) = civil_time(at, zone) else { return Some("its time cannot be told".to_owned()) };
    (!days.contain(local.weekday())).then(|| format!("it was on {}, not on {days}", local.strftime("%a")))
}

impl std::fmt::Display for Whom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Whom::Sid(sid) => sid.fmt(f),
            Whom::Sids(pattern) | Whom::Name(pattern) => pattern.fmt(f),
        }
    }
}

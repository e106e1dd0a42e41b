//! What is known of a site's readiness: counts, each of how many, and what they are counted from.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::allowance::Allowance;
use begat_model::case::{
    AuthorisationStatus, Case, Finding, FindingKind, HostClass, Outcome, Scope, Verdict, What,
};
use begat_model::event::Principal;
use begat_model::ledger::{HostLedger, SightState};
use begat_model::prerequisite::{PREREQUISITES, Prerequisite};
use begat_model::text::Text;
use begat_model::time::Timestamp;
use begat_model::{HostName, Inventory};

use super::commands::Typed;
use crate::response::{Phase, ResponseView};

/// What readiness is worked out from.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// Every account creation of the input, judged.
    pub cases: &'a [Case],
    /// What else was found in it.
    pub findings: &'a [Finding],
    /// The ledger of every machine that was heard, and of those of the inventory that were not.
    pub hosts: &'a [HostLedger],
    /// Hosts that should report; empty where none was given.
    pub inventory: &'a Inventory,
    /// What the site allows; `None` where no policy was given.
    pub allowances: Option<&'a [Allowance]>,
    /// Of change tickets, the last moment at which each holds.
    pub tickets: &'a BTreeMap<Text, Timestamp>,
    /// Inputs that could not be read.
    pub problems: u64,
    /// What reads the same input.
    pub typed: &'a Typed,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// So many.
    pub count: u64,
    /// Of so many.
    pub total: u64,
}

impl Share {
    fn of<T>(all: &[T], is_counted: impl Fn(&T) -> bool) -> Share {
        Share { count: all.iter().filter(|it| is_counted(it)).count() as u64, total: all.len() as u64 }
    }

    /// All of some; of none nothing can be said.
    pub fn is_all(self) -> bool {
        self.total > 0 && self.count == self.total
    }

    /// At least so many in a hundred, of some.
    pub fn is_at_least(self, percent: u64) -> bool {
        self.total > 0 && self.count * 100 >= self.total * percent
    }
}

/// How well a host can be seen, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Nothing of it came.
    Unheard,
    /// It was heard, and does not show who makes accounts.
    Blind,
    /// It shows that in some hours, or not all of it.
    Partly,
    /// It showed all that counts in nearly all hours.
    Sighted,
}

impl Sight {
    /// Its name in output.
    pub fn slug(self) -> &'static str {
        match self {
            Sight::Unheard => "unheard",
            Sight::Blind => "blind",
            Sight::Partly => "partly",
            Sight::Sighted => "sighted",
        }
    }

    fn of(host: &HostLedger) -> Sight {
        let cell = |it: Prerequisite| &host.cells[it as usize];
        let counted = || PREREQUISITES.iter().filter(|row| row.counts).map(|row| cell(row.prerequisite));
        if host.from.is_none() {
            return Sight::Unheard;
        }
        let is_off = cell(Prerequisite::AccountManagement).state == SightState::Off;
        if is_off || cell(Prerequisite::ProcessCreation).state != SightState::Seen {
            return Sight::Blind;
        }
        let is_whole = |cell: &begat_model::ledger::Cell| {
            cell.state == SightState::Seen
                && Share { count: cell.hours_seen, total: cell.hours_alive }.is_at_least(SIGHTED_PERCENT)
        };
        if counted().all(is_whole) { Sight::Sighted } else { Sight::Partly }
    }
}

/// A host that shows what counts in so many of a hundred hours shows it.
pub(super) const SIGHTED_PERCENT: u64 = 90;

/// How much a host weighs by what it is for, most first.
pub(super) const WEIGHTS: &[(Option<HostClass>, u64, &str)] = &[
    (Some(HostClass::Tier0), 10, "tier 0"),
    (Some(HostClass::DomainController), 10, "domain controller"),
    (Some(HostClass::Server), 3, "server"),
    (None, 3, "not told"),
    (Some(HostClass::Workstation), 1, "workstation"),
];

/// One host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostReadiness {
    /// Its first name.
    pub name: String,
    /// What it is for, in the inventory's words, else by class.
    pub role: Option<String>,
    /// What that means; `None` where nobody says.
    pub class: Option<HostClass>,
    /// How much it weighs.
    pub weight: u64,
    /// How well it can be seen.
    pub sight: Sight,
    /// Its score of `begat coverage`, in thousandths; 0 where it was not heard.
    pub score: u64,
    /// The same as hours: of each prerequisite that counts, those in which it was seen, of those in which the host was alive.
    pub shown: Share,
    /// What it did not show of what counts.
    pub lacking: Vec<Prerequisite>,
    /// Accounts created on it.
    pub creations: u64,
}

/// One prerequisite over all hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrerequisiteMet {
    /// Which.
    pub prerequisite: Prerequisite,
    /// Hosts that showed it at all.
    pub hosts: Share,
    /// Hours in which it was seen, of those in which hosts were alive.
    pub hours: Share,
}

/// Somebody, with how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doer {
    /// `DOMAIN\name`, else the SID; `None` where the record names nobody.
    pub who: Option<String>,
    /// How often.
    pub count: u64,
    /// Of these, how often it was allowed; of who took accounts away, how often it was their own maker.
    pub of_these: u64,
}

/// An account that is still there after the end of what allowed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlived {
    /// Its name.
    pub account: String,
    /// Where.
    pub host: String,
    /// What allowed it.
    pub rule: String,
    /// Who answers for that.
    pub owner: Option<String>,
    /// Until when that held.
    pub ended: Timestamp,
    /// Its case.
    pub case_id: String,
}

/// How long accounts lived, in minutes, shortest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lives {
    /// Minutes of each.
    pub minutes: Vec<f64>,
}

impl Lives {
    fn of(mut minutes: Vec<f64>) -> Lives {
        minutes.sort_by(f64::total_cmp);
        Lives { minutes }
    }

    /// The middle one, or between the middle two.
    pub fn median(&self) -> Option<f64> {
        let (all, middle) = (&self.minutes, self.minutes.len() / 2);
        match all.len() {
            0 => None,
            count if count % 2 == 1 => Some(all[middle]),
            _ => Some(f64::midpoint(all[middle - 1], all[middle])),
        }
    }
}

/// All that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Readiness {
    /// The last record of the input: what is over is over by this time.
    pub until: Option<Timestamp>,
    /// The first record.
    pub from: Option<Timestamp>,
    /// A policy was given.
    pub is_assessed: bool,
    /// An inventory was given.
    pub has_inventory: bool,
    /// Creations by scope: local, domain, not told.
    pub scopes: [u64; 3],
    /// Who or what made it is shown.
    pub proven: Share,
    /// The site allows it.
    pub allowed: Share,
    /// Neither.
    pub unexplained: Share,
    /// Of accounts that nothing allows, those that were disabled or deleted, and stayed so.
    pub disable: Share,
    /// Of these, by another account than the one that made them.
    pub disabled_by_others: u64,
    /// How long these had lived.
    pub lived: Lives,
    /// How long the others lived at least.
    pub living: Lives,
    /// Who disabled or deleted them.
    pub disabled_by: Vec<Doer>,
    /// Cases with a step to contain them, filled in.
    pub response: Share,
    /// Entries of the policy with nothing to mend.
    pub in_order: Share,
    /// Entries that are over, or allow too much; that one was not used is none of its faults here.
    pub faulty: u64,
    /// Entries, whatever their state.
    pub allowances: Vec<Allowance>,
    /// Accounts that outlive what allowed them.
    pub outlived: Vec<Outlived>,
    /// Who created accounts, most first.
    pub makers: Vec<Doer>,
    /// Every prerequisite.
    pub prerequisites: Vec<PrerequisiteMet>,
    /// Every host, what costs most first.
    pub hosts: Vec<HostReadiness>,
    /// Creations that are in no figure: no record of them, an unreadable one, or accounts never seen created, by kind.
    pub beside: Vec<(FindingKind, u64)>,
    /// Inputs that could not be read.
    pub problems: u64,
    /// What reads the same.
    pub typed: Typed,
}

/// Defects of an entry that leave what it allows as right as it was.
const HARMLESS: &[&str] = &["expires_soon", "unused", "stale"];

/// Findings that are creations without a case.
const BESIDE: &[FindingKind] =
    &[FindingKind::CreationNotLogged, FindingKind::CreationUnread, FindingKind::AccountNeverSeenCreated];

pub(super) fn is_proven(case: &Case) -> bool {
    matches!(case.attribution.verdict, Verdict::Attributed | Verdict::Remote | Verdict::System)
}

fn is_allowed(case: &Case) -> bool {
    case.authorisation.status == AuthorisationStatus::Authorised
}

impl Readiness {
    /// Counts what there is.
    pub fn of(site: Site<'_>) -> Readiness {
        let cases = site.cases;
        let unallowed: Vec<&Case> = cases.iter().filter(|case| !is_allowed(case)).collect();
        let taken: Vec<(&Case, Taken<'_>)> =
            unallowed.iter().filter_map(|case| Some((*case, Taken::of(case)?))).collect();
        let until = site.hosts.iter().filter_map(|host| host.until).max();
        let scope = |scope| cases.iter().filter(|case| case.account.scope == scope).count() as u64;
        let allowances = site.allowances.unwrap_or_default().to_vec();
        let beside = BESIDE.iter().map(|kind| (*kind, beside(site.findings, *kind)));
        Readiness {
            until,
            from: site.hosts.iter().filter_map(|host| host.from).min(),
            is_assessed: site.allowances.is_some(),
            has_inventory: !site.inventory.is_empty(),
            scopes: [Scope::Local, Scope::Domain, Scope::Unknown].map(scope),
            proven: Share::of(cases, is_proven),
            allowed: Share::of(cases, is_allowed),
            unexplained: Share::of(cases, |case| !is_proven(case) && !is_allowed(case)),
            disable: Share { count: taken.len() as u64, total: unallowed.len() as u64 },
            disabled_by_others: taken.iter().filter(|(_, taken)| !taken.is_by_maker).count() as u64,
            lived: Lives::of(taken.iter().map(|(case, taken)| minutes(case.created_at, taken.at)).collect()),
            living: Lives::of(living(&unallowed, site.hosts)),
            disabled_by: doers(taken.iter().map(|(_, taken)| (taken.by, taken.is_by_maker))),
            response: Share::of(cases, has_containment),
            in_order: Share::of(&allowances, |it| it.defects.is_empty()),
            faulty: Share::of(&allowances, |it| it.defects.iter().any(|it| !HARMLESS.contains(it))).count,
            outlived: outlived(&site, &allowances),
            makers: doers(cases.iter().map(|case| (Some(&case.actor.account), is_allowed(case)))),
            prerequisites: PREREQUISITES.iter().map(|row| met(row.prerequisite, site.hosts)).collect(),
            hosts: hosts(&site),
            beside: beside.collect(),
            problems: site.problems,
            typed: site.typed.clone(),
            allowances,
        }
    }

    /// All creations.
    pub fn creations(&self) -> u64 {
        self.proven.total
    }

    /// Hosts of that sight.
    pub(super) fn with_sight(&self, sight: Sight) -> Share {
        Share::of(&self.hosts, |host| host.sight == sight)
    }

    /// Weighted: what the hosts showed of what they should, each counted by what it is for.
    pub fn weighted(&self) -> Share {
        let weight = |host: &HostReadiness| host.weight * 1000;
        Share {
            count: self.hosts.iter().map(|host| host.weight * host.score).sum(),
            total: self.hosts.iter().map(weight).sum(),
        }
    }
}

/// One finding tells of several accounts where it says so in its words; it is counted once.
fn beside(findings: &[Finding], kind: FindingKind) -> u64 {
    findings.iter().filter(|finding| finding.kind == kind).count() as u64
}

/// How an account was taken out of use.
struct Taken<'a> {
    at: Timestamp,
    by: Option<&'a Principal>,
    is_by_maker: bool,
}

impl<'a> Taken<'a> {
    /// The last that was done about its use, where that took it away.
    fn of(case: &'a Case) -> Option<Taken<'a>> {
        let of_use = |what: &What| {
            matches!(
                what,
                What::Enabled | What::Disabled | What::Deleted | What::Restored | What::LoggedOn { .. }
            )
        };
        let last = case.afterwards.iter().rfind(|it| of_use(&it.what))?;
        let is_taken =
            matches!(last.what, What::Disabled | What::Deleted) && case.outcome != Outcome::Resurrected;
        let maker = case.actor.account.sid.as_ref();
        is_taken.then(|| Taken {
            at: last.at,
            by: last.by.as_ref(),
            is_by_maker: maker.is_some() && last.by.as_ref().and_then(|by| by.sid.as_ref()) == maker,
        })
    }
}

fn minutes(from: Timestamp, until: Timestamp) -> f64 {
    ((until - from).seconds() / 60.0).max(0.0)
}

/// When each host was heard last, by each of its names: what came later is not known of its accounts.
fn heard_last(hosts: &[HostLedger]) -> BTreeMap<&HostName, Timestamp> {
    let mut heard = BTreeMap::new();
    for host in hosts {
        let names = host.names.iter();
        heard.extend(names.filter_map(|name| Some((name, host.until?))));
    }
    heard
}

/// How long those lived that are still there, as far as the logs of their host go.
fn living(cases: &[&Case], hosts: &[HostLedger]) -> Vec<f64> {
    let heard = heard_last(hosts);
    let still = cases.iter().filter(|case| Taken::of(case).is_none());
    still.filter_map(|case| Some(minutes(case.created_at, *heard.get(&case.host.name)?))).collect()
}

/// Who, how often, most first.
fn doers<'a>(all: impl Iterator<Item = (Option<&'a Principal>, bool)>) -> Vec<Doer> {
    let mut by_who: BTreeMap<Option<String>, (u64, u64)> = BTreeMap::new();
    for (who, is_one_of_these) in all {
        let (count, of_these) = by_who.entry(who.and_then(said)).or_default();
        *count += 1;
        *of_these += u64::from(is_one_of_these);
    }
    let mut doers: Vec<Doer> =
        by_who.into_iter().map(|(who, (count, of_these))| Doer { who, count, of_these }).collect();
    doers.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.who.cmp(&other.who)));
    doers
}

fn said(who: &Principal) -> Option<String> {
    match (&who.domain, &who.name, &who.sid) {
        (Some(domain), Some(name), _) => Some(format!("{domain}\\{name}")),
        (None, Some(name), _) => Some(name.to_string()),
        (_, None, Some(sid)) => Some(sid.to_string()),
        (_, None, None) => None,
    }
}

fn has_containment(case: &Case) -> bool {
    let steps = ResponseView::from(case).steps();
    steps.iter().any(|step| step.phase == Phase::Contain && !step.command.is_empty())
}

fn outlived(site: &Site<'_>, allowances: &[Allowance]) -> Vec<Outlived> {
    let heard = heard_last(site.hosts);
    let end = |rule: &Text| {
        let entry = allowances.iter().find(|it| it.name == *rule).map(|it| it.last);
        entry.or_else(|| site.tickets.get(rule).copied())
    };
    let still = site.cases.iter().filter(|case| is_allowed(case) && Taken::of(case).is_none());
    let mut outlived: Vec<Outlived> = still
        .filter_map(|case| {
            let rule = case.authorisation.rule.as_ref()?;
            let ended =
                end(rule).filter(|ended| heard.get(&case.host.name).is_some_and(|last| ended < last))?;
            let name = case.account.name.as_ref().or(case.account.created_as.as_ref());
            Some(Outlived {
                account: name.map_or_else(|| "an account".to_owned(), ToString::to_string),
                host: case.host.name.to_string(),
                rule: rule.to_string(),
                owner: case.authorisation.owner.as_ref().map(ToString::to_string),
                ended,
                case_id: case.case_id.clone(),
            })
        })
        .collect();
    outlived.sort_by(|one, other| (one.ended, &one.case_id).cmp(&(other.ended, &other.case_id)));
    outlived
}

fn met(prerequisite: Prerequisite, hosts: &[HostLedger]) -> PrerequisiteMet {
    let cells = || hosts.iter().map(|host| &host.cells[prerequisite as usize]);
    PrerequisiteMet {
        prerequisite,
        hosts: Share {
            count: cells().filter(|cell| cell.state == SightState::Seen).count() as u64,
            total: hosts.len() as u64,
        },
        hours: Share {
            count: cells().map(|cell| cell.hours_seen).sum(),
            total: cells().map(|cell| cell.hours_alive).sum(),
        },
    }
}

/// What costs most first: a heavy host that shows little.
fn hosts(site: &Site<'_>) -> Vec<HostReadiness> {
    let mut by_name: BTreeMap<&HostName, Vec<&Case>> = BTreeMap::new();
    for case in site.cases {
        let names: BTreeSet<&HostName> = case.host.names.iter().chain([&case.host.name]).collect();
        names.into_iter().for_each(|name| by_name.entry(name).or_default().push(case));
    }
    let mut hosts: Vec<HostReadiness> =
        site.hosts.iter().map(|host| host_readiness(host, site.inventory, &by_name)).collect();
    let cost = |host: &HostReadiness| host.weight * (1000 - host.score.min(1000));
    hosts.sort_by(|one, other| cost(other).cmp(&cost(one)).then_with(|| one.name.cmp(&other.name)));
    hosts
}

fn host_readiness(
    host: &HostLedger,
    inventory: &Inventory,
    cases: &BTreeMap<&HostName, Vec<&Case>>,
) -> HostReadiness {
    let listed = host.names.iter().find_map(|name| inventory.find(name));
    let case = host.names.iter().find_map(|name| cases.get(name)?.first().copied());
    let role = case.and_then(|case| case.host.role.as_ref());
    let class = listed.and_then(|it| it.class).or_else(|| role.and_then(|role| role.class));
    let is_controller = case.is_some_and(|case| case.host.domain_controller == Some(true));
    let class = class.or(is_controller.then_some(HostClass::DomainController));
    let weight = WEIGHTS.iter().find(|(of, ..)| *of == class).map_or(1, |(_, weight, _)| *weight);
    let said = listed.and_then(|it| it.role.as_ref()).or_else(|| role.map(|role| &role.name));
    let lacks = |it: &Prerequisite| host.cells[*it as usize].state != SightState::Seen;
    let counted = || PREREQUISITES.iter().filter(|row| row.counts).map(|row| row.prerequisite);
    let cells = || counted().map(|it| &host.cells[it as usize]);
    HostReadiness {
        name: host.names.first().map_or_else(|| "unnamed".to_owned(), ToString::to_string),
        role: said.map(ToString::to_string),
        class,
        weight,
        sight: Sight::of(host),
        score: host.score_thousandths().unwrap_or(0),
        shown: Share {
            count: cells().map(|cell| cell.hours_seen).sum(),
            total: cells().map(|cell| cell.hours_alive).sum(),
        },
        lacking: counted().filter(lacks).collect(),
        creations: host.creations,
    }
}

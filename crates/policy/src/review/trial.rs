//! What an entry would have allowed, before it is trusted: creations of real logs, and attacks.

use begat_model::case::{Case, Severity, Unmet};

use crate::judge::ticket::Tickets;
use crate::policy::Policy;
use crate::review::attack::AttackSituation;
use crate::review::hand::{Creation, described, signs_of_attack};
use crate::review::sign::AttackSign;
use crate::terms::entry::Entry;

/// What lacks more keys than this does not nearly fit.
const LACKS_MAX: usize = 1;
/// What an entry would have allowed.
#[derive(Debug)]
pub struct Trial<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// All creations that were looked at.
    pub creations: usize,
    /// Those that it allows.
    pub allowed: Vec<Allowed<'a>>,
    /// Those that it would allow but for one key, each with what it lacks.
    pub near: Vec<(&'a Case, Vec<Unmet>)>,
    /// Attacks that it would allow, one a story.
    pub swallowed: Vec<&'static AttackSituation>,
}

/// A creation that the entry allows.
#[derive(Debug)]
pub struct Allowed<'a> {
    /// Its case, as it was without the entry.
    pub case: &'a Case,
    /// By what hand.
    pub hand: String,
    /// Severity without the entry.
    pub before: Severity,
    /// Severity with it.
    pub after: Severity,
    /// Where its creator is only `likely`: the keys of the entry that bear it all the same.
    pub beside_likely: Vec<&'static str>,
    /// What it has of an attack.
    pub signs: Vec<AttackSign>,
}

/// Holds an entry of a policy against these cases, of which none was judged by a policy before, and against every
/// attack that begat knows.
pub fn try_entry<'a>(policy: &Policy, entry: &'a Entry, cases: &'a [Case]) -> Trial<'a> {
    let without = policy.with_only(|_| false).with_tickets(Tickets::default());
    let with = policy.with_only(|other| other.name() == entry.name());
    let mut trial = Trial {
        entry,
        creations: cases.len(),
        allowed: Vec::new(),
        near: Vec::new(),
        swallowed: entry.swallowed(),
    };
    for case in cases {
        let seen = Creation { case, situation: case.into() };
        let fit = entry.fits(&seen.situation, policy.tickets());
        if fit.is_whole() {
            let severity = |policy: &Policy| {
                let mut judged = case.clone();
                policy.apply(&mut judged);
                judged.severity
            };
            let (before, after) = (severity(&without), severity(&with));
            let (hand, signs) = (described(&seen.situation), signs_of_attack(&seen));
            let beside_likely = fit.beside_likely;
            trial.allowed.push(Allowed { case, hand, before, after, beside_likely, signs });
        } else if fit.lacks.len() <= LACKS_MAX {
            trial.near.push((case, fit.lacks));
        }
    }
    trial
}

impl Trial<'_> {
    /// It must not be trusted.
    pub fn is_refused(&self) -> bool {
        !self.swallowed.is_empty()
    }
}

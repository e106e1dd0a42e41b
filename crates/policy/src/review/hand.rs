//! Creations by one hand: the same program below the same ancestor, in the same kind of session, of the same account,
//! from the same place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use begat_model::Pattern;
use begat_model::analytic::SessionKind;
use begat_model::case::{Case, Outcome, Verdict};

use crate::judge::situation::{Situation, SituationActor, SituationProcess};
use crate::review::sign::AttackSign;
use crate::terms::strength::{is_anywhere, path_weakness};

/// What is the same on all creations of one hand. Images are in lower case: Windows ignores case in paths.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hand {
    /// No process of the host made it.
    pub is_remote: bool,
    /// Of those that are proven and those that are likely alike: the hand is the same, only less was logged.
    pub creator: Option<String>,
    /// The nearest ancestor that says whose hand it is, else the parent.
    pub ancestor: Option<String>,
    pub session: SessionKind,
    pub actor: Option<Whose>,
    /// The account behind the actor's session.
    pub behind: Option<Whose>,
    /// Addresses that the sessions came from, but for those that every host has.
    pub sources: BTreeSet<String>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Whose {
    pub sid: Option<String>,
    pub name: String,
}

/// A creation, and what a policy sees of it.
pub(crate) struct Creation<'a> {
    pub case: &'a Case,
    pub situation: Situation,
}

/// Creations by hand; and how many say too little of whose hand it was, by verdict.
pub(crate) fn by_hand<'a>(
    cases: impl IntoIterator<Item = &'a Case>,
) -> (BTreeMap<Hand, Vec<Creation<'a>>>, BTreeMap<Verdict, usize>) {
    let mut hands: BTreeMap<Hand, Vec<Creation<'a>>> = BTreeMap::new();
    let mut unsuited = BTreeMap::new();
    for case in cases {
        let situation = Situation::from(case);
        match Hand::of(&situation) {
            Some(hand) => hands.entry(hand).or_default().push(Creation { case, situation }),
            None => *unsuited.entry(situation.verdict).or_default() += 1,
        }
    }
    (hands, unsuited)
}

impl Hand {
    /// `None` where the creation does not say by which way it was made.
    fn of(situation: &Situation) -> Option<Hand> {
        let is_suited = match situation.verdict {
            Verdict::Attributed | Verdict::Likely => {
                situation.creator.as_ref().is_some_and(|creator| creator.image.is_some())
            }
            Verdict::Remote => true,
            Verdict::Ambiguous | Verdict::System | Verdict::SessionOnly | Verdict::Unknown => false,
        };
        let lower = |image: Option<&String>| image.map(|image| image.to_lowercase());
        let sources = situation.known_sessions().filter_map(|session| session.source_ip.as_deref());
        is_suited.then(|| Hand {
            is_remote: situation.verdict == Verdict::Remote,
            creator: lower(situation.creator.as_ref().and_then(|creator| creator.image.as_ref())),
            ancestor: lower(telling_ancestor(&situation.chain)),
            session: situation.actor.session,
            actor: Whose::of(&situation.actor),
            behind: situation.known_sessions().nth(1).and_then(Whose::of),
            sources: sources.filter(|source| is_place(source)).map(str::to_owned).collect(),
        })
    }
}

impl Hand {
    /// The program of the site that answers for it; `None` where all of it are tools that every host has.
    pub fn own_program(&self) -> Option<&str> {
        let is_own = |path: &&str| path_weakness(&Pattern::new(path)).is_none();
        [self.ancestor.as_deref(), self.creator.as_deref()].into_iter().flatten().find(is_own)
    }
}

impl Whose {
    /// Every host's SYSTEM is one hand; so are LOCAL SERVICE and NETWORK SERVICE.
    fn of(actor: &SituationActor) -> Option<Whose> {
        let sid = actor.sid.as_ref().map(ToString::to_string);
        let of_every_host = EVERY_HOSTS.iter().find(|(every, _)| Some(*every) == sid.as_deref());
        let name = match (of_every_host, &actor.domain, &actor.name) {
            (Some((_, name)), ..) => (*name).to_owned(),
            (None, Some(domain), Some(name)) => format!("{domain}\\{name}"),
            (None, None, Some(name)) => name.clone(),
            (None, _, None) => sid.clone()?,
        };
        Some(Whose { sid, name })
    }

    /// It says nothing of whose hand it is.
    pub fn is_of_every_host(&self) -> bool {
        EVERY_HOSTS.iter().any(|(sid, _)| Some(*sid) == self.sid.as_deref())
    }
}

/// Accounts of Windows' own services.
const EVERY_HOSTS: &[(&str, &str)] =
    &[("S-1-5-18", "SYSTEM"), ("S-1-5-19", "LOCAL SERVICE"), ("S-1-5-20", "NETWORK SERVICE")];

fn is_place(source: &str) -> bool {
    source.parse().is_ok_and(|address| !is_anywhere(address))
}

/// net1's parent is net, and net's a shell: what answers for the creation stands above them.
pub(crate) fn telling_ancestor(chain: &[SituationProcess]) -> Option<&String> {
    let images = || chain.iter().filter_map(|process| process.image.as_ref());
    images().find(|image| path_weakness(&Pattern::new(image)).is_none()).or_else(|| images().next())
}

impl fmt::Display for Hand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.creator {
            Some(creator) => f.write_str(creator)?,
            None => f.write_str("a call over the network")?,
        }
        if let Some(ancestor) = &self.ancestor {
            write!(f, " below {ancestor}")?;
        }
        let actor = self.actor.as_ref().map_or("an unknown account", |actor| &actor.name);
        write!(f, ", as {actor} ({})", self.session)?;
        if let Some(behind) = &self.behind {
            write!(f, " for {}", behind.name)?;
        }
        if !self.sources.is_empty() {
            let sources: Vec<&str> = self.sources.iter().map(String::as_str).collect();
            write!(f, " from {}", sources.join(" and "))?;
        }
        Ok(())
    }
}

/// Risk terms that an attack brings, and that honest administration is not allowed by habit.
const SIGNS_OF_ATTACK: &[&str] = &[
    "concealed_command",
    "covered_up",
    "deleted_by_maker",
    "hidden_name",
    "look_alike_name",
    "odd_ancestor",
    "renamed_tool",
    "user_writable_path",
];

/// What a creation has of an attack.
pub(crate) fn signs_of_attack(seen: &Creation<'_>) -> Vec<AttackSign> {
    let Creation { case, situation } = seen;
    let terms = case.risk.terms.iter().filter(|term| SIGNS_OF_ATTACK.contains(&term.name));
    let mut signs: Vec<AttackSign> = terms.map(|term| AttackSign::Risk(term.why.clone())).collect();
    signs.extend(case.context.name_signs.iter().map(|sign| AttackSign::Name(sign.why.clone())));
    let has_source = situation.actor.source_ip.is_some() || situation.actor.source_host.is_some();
    for (is_there, sign) in [
        (
            situation.verdict == Verdict::Remote && !has_source,
            "it came over the network, nobody knows from where",
        ),
        (situation.parent_is_claimed, "its parent is only what its starter claimed"),
        (
            situation.actor.session == SessionKind::NewCredentials,
            "its credentials are others than its user's own",
        ),
        (is_renamed(situation), "the account was renamed afterwards"),
        (case.outcome == Outcome::Resurrected, "it was in use again after its deletion"),
    ] {
        signs.extend(is_there.then_some(AttackSign::Situation(sign)));
    }
    signs.sort();
    signs.dedup();
    signs
}

/// By what hand it was made, or why that is not known.
pub(crate) fn described(situation: &Situation) -> String {
    match Hand::of(situation) {
        Some(hand) if situation.creator_is_likely() => format!("probably {hand}"),
        Some(hand) => hand.to_string(),
        None => format!("{}: {}", situation.verdict, situation.verdict.doc()),
    }
}

fn is_renamed(situation: &Situation) -> bool {
    let account = &situation.account;
    let names = account.created_as.as_ref().zip(account.name.as_ref());
    names.is_some_and(|(created_as, name)| created_as.to_lowercase() != name.to_lowercase())
}

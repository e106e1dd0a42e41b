//! Entries to think about: proposed where one hand makes accounts again and again, without a sign of an attack.
//!
//! Whether that is allowed stands in no log. So an entry is written with `owner`, `reason` and `expires` empty, which
//! no policy may have: it comes into force when a person has filled them in, and not before.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::case::{AuthorisationStatus, Case, Verdict};

use crate::file::toml_text::{toml_string, toml_strings};
use crate::judge::ticket::Tickets;
use crate::policy::Policy;
use crate::review::hand::{Creation, Hand, Whose, by_hand, signs_of_attack, telling_ancestor};
use crate::review::sign::AttackSign;
use crate::terms::entry::Entry;

/// Fewer creations than this do not show a habit.
const CASES_LEAST: usize = 3;
/// Names are listed one by one up to so many; more are told by what they begin with, where that says something.
const NAMES_LISTED_MAX: usize = 4;
/// Characters of a proposed name.
const NAME_CHARS_MAX: usize = 60;
/// The section of a policy in which entries stand.
const SECTION: &str = "authorisation";
/// Hosts, and names without a common beginning, are listed one by one up to so many.
const LISTED_MAX: usize = 12;
/// A shorter common beginning of names says nothing.
const PREFIX_CHARS_LEAST: usize = 3;

/// What repeats, as far as it could be allowed; and what was left out.
#[derive(Debug)]
pub struct Suggestions<'a> {
    /// Proposed entries, those with the most creations first.
    pub entries: Vec<Suggestion<'a>>,
    /// Hands that repeat, and may not be proposed.
    pub left_out: Vec<LeftOut>,
    /// Creations of hands that made fewer than three.
    pub seldom: usize,
    /// Creations that the policy allows already.
    pub allowed: usize,
    /// Creations of which is not known for sure how they were made, by verdict.
    pub unsuited: BTreeMap<Verdict, usize>,
}

/// A proposed entry, with its evidence.
#[derive(Debug)]
pub struct Suggestion<'a> {
    /// Its name.
    pub name: String,
    /// Whose hand it is.
    pub hand: String,
    /// What it matches on.
    pub keys: Vec<Key>,
    /// The creations that it rests on, in order.
    pub cases: Vec<&'a Case>,
    /// Those of them whose creator is only `likely`.
    pub likely: usize,
    /// Further creations of this input that it would allow.
    pub further: Vec<&'a Case>,
}

/// A key, and the values of which one must fit.
pub type Key = (&'static str, Vec<String>);

/// A hand that repeats, and why nothing is proposed for it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// Whose hand.
    pub hand: String,
    /// Its creations.
    pub cases: usize,
    /// Those of them whose creator is only `likely`.
    pub likely: usize,
    /// Why.
    pub why: Objection,
}

/// Why nothing is proposed for a hand.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Objection {
    /// Its creations have these signs of an attack.
    Signs(Vec<AttackSign>),
    /// An entry for it would allow a case that has them.
    AllowsSigned {
        /// That case.
        case_id: String,
        /// Its signs.
        signs: Vec<AttackSign>,
    },
    /// What a policy is to be, as a clause.
    Policy(String),
}

/// What only a person knows.
struct Asked {
    key: &'static str,
    what: &'static str,
    /// An answer that a policy takes.
    example: &'static str,
}

const ASKED: &[Asked] = &[
    Asked {
        key: "kind",
        what: "administration, provisioning, helpdesk, deployment, break_glass or os_phase",
        example: "provisioning",
    },
    Asked { key: "owner", what: "who answers for it", example: "a person" },
    Asked { key: "reason", what: "why it is allowed", example: "because" },
    Asked {
        key: "expires",
        what: "until when: 2027-03-31, say; not much longer than a year",
        example: "2999-12-31",
    },
];

/// Proposes entries for these cases. `taken` are names that the policy has already.
pub fn suggest<'a>(cases: &'a [Case], taken: &BTreeSet<String>) -> Suggestions<'a> {
    let is_allowed = |case: &&Case| case.authorisation.status == AuthorisationStatus::Authorised;
    let allowed = cases.iter().filter(is_allowed).count();
    let (hands, unsuited) = by_hand(cases.iter().filter(|case| !is_allowed(case)));
    let (often, seldom): (Vec<_>, Vec<_>) =
        hands.into_iter().partition(|(_, seen)| seen.len() >= CASES_LEAST);
    let seldom = seldom.iter().map(|(_, seen)| seen.len()).sum();
    let mut suggestions = Suggestions { entries: vec![], left_out: vec![], seldom, allowed, unsuited };
    let mut taken = taken.clone();
    for (hand, seen) in often {
        match propose(&hand, &seen, cases, &mut taken) {
            Ok(suggestion) => suggestions.entries.push(suggestion),
            Err(why) => {
                let (hand, likely) = (hand.to_string(), likely(&seen));
                suggestions.left_out.push(LeftOut { hand, cases: seen.len(), likely, why });
            }
        }
    }
    suggestions
        .entries
        .sort_by(|one, two| two.cases.len().cmp(&one.cases.len()).then_with(|| one.name.cmp(&two.name)));
    suggestions.left_out.sort();
    suggestions
}

/// An entry for a hand, or why there is none.
fn propose<'a>(
    hand: &Hand,
    seen: &[Creation<'a>],
    all: &'a [Case],
    taken: &mut BTreeSet<String>,
) -> Result<Suggestion<'a>, Objection> {
    let signs: BTreeSet<AttackSign> = seen.iter().flat_map(signs_of_attack).collect();
    if !signs.is_empty() {
        return Err(Objection::Signs(signs.into_iter().collect()));
    }
    if hand.own_program().is_none() && hosts(seen).len() > 1 {
        return Err(Objection::Policy(SPREAD.to_owned()));
    }
    let keys = keys(hand, seen).map_err(Objection::Policy)?;
    let name = name(hand, &keys, taken);
    let mut suggestion = Suggestion {
        name,
        hand: hand.to_string(),
        keys,
        cases: seen.iter().map(|seen| seen.case).collect(),
        likely: likely(seen),
        further: Vec::new(),
    };
    let policy = suggestion.filled_in().map_err(Objection::Policy)?;
    let entry = &policy.entries()[0];
    let fits = |seen: &Creation<'_>| entry.fits(&seen.situation, &Tickets::default()).is_whole();
    if suggestion.likely > 0 && !seen.iter().all(fits) {
        return Err(Objection::Policy(LIKELY_ALONE.to_owned()));
    }
    let swallowed: BTreeSet<&str> = entry.swallowed().iter().map(|attack| attack.story.as_str()).collect();
    if !swallowed.is_empty() {
        let stories: Vec<&str> = swallowed.into_iter().collect();
        let why = format!("an entry for it would allow attacks too: {}", stories.join(", "));
        return Err(Objection::Policy(why));
    }
    suggestion.further = further(entry, &suggestion.cases, all)?;
    taken.insert(suggestion.name.clone());
    Ok(suggestion)
}

/// One password and the tools of every host, on host after host, is how an intruder goes through a network; that it is
/// the help desk, a person may say.
const SPREAD: &str = "it went over several hosts with nothing but tools that every host has, as an intruder does with one \
    stolen password: if it is allowed, write the entry by hand";

/// What bears a permission beside a likely creator is not there.
const LIKELY_ALONE: &str = "its creator is only likely, and neither a source nor a group of hosts is the same in all of \
    them: have command lines or scripts logged, and they are proven";

/// How many have a creator by which nothing shows the act.
fn likely(seen: &[Creation<'_>]) -> usize {
    seen.iter().filter(|seen| seen.situation.creator_is_likely()).count()
}

fn hosts(seen: &[Creation<'_>]) -> BTreeSet<String> {
    seen.iter().map(|seen| seen.situation.host.name.to_string()).collect()
}

/// What else of this input an entry would allow; none of it may bear a sign of an attack.
fn further<'a>(entry: &Entry, own: &[&'a Case], all: &'a [Case]) -> Result<Vec<&'a Case>, Objection> {
    let is_own = |case: &Case| own.iter().any(|own| own.case_id == case.case_id);
    let mut further = Vec::new();
    for case in all.iter().filter(|case| !is_own(case)) {
        let seen = Creation { case, situation: case.into() };
        if !entry.fits(&seen.situation, &Tickets::default()).is_whole() {
            continue;
        }
        let signs = signs_of_attack(&seen);
        if !signs.is_empty() {
            return Err(Objection::AllowsSigned { case_id: case.case_id.clone(), signs });
        }
        further.push(case);
    }
    Ok(further)
}

/// What all creations of a hand share, as narrow as it can be said.
fn keys(hand: &Hand, seen: &[Creation<'_>]) -> Result<Vec<Key>, String> {
    let situation = &seen[0].situation;
    let mut keys: Vec<Key> = Vec::new();
    let mut key = |name: &'static str, values: Vec<String>| {
        if !values.is_empty() {
            keys.push((name, values));
        }
    };
    let creator = situation.creator.as_ref().and_then(|creator| creator.image.clone());
    key("creator", literal("the creator's path", creator)?);
    key("parent", literal("the ancestor's path", telling_ancestor(&situation.chain).cloned())?);
    if hand.is_remote {
        key("verdict", vec![Verdict::Remote.slug().to_owned()]);
    }
    key("session", vec![hand.session.slug().to_owned()]);
    let actor = hand.actor.as_ref().filter(|actor| !actor.is_of_every_host());
    key(
        "actor",
        match actor {
            Some(Whose { sid: Some(sid), .. }) => vec![sid.clone()],
            Some(Whose { sid: None, name }) => literal("the actor's name", Some(name.clone()))?,
            None => vec![],
        },
    );
    key("source", hand.sources.iter().cloned().collect());
    let accounts = seen.iter().flat_map(|seen| {
        [&seen.situation.account.created_as, &seen.situation.account.name].into_iter().flatten().cloned()
    });
    key("account", names("an account's name", accounts)?);
    let hosts = hosts(seen);
    if hosts.len() <= LISTED_MAX {
        key("host", literal("a host's name", hosts)?);
    } else {
        let roles: BTreeSet<Option<String>> =
            seen.iter().map(|seen| seen.situation.host.role.clone()).collect();
        // Hosts without a role would not fit.
        let roles: Option<BTreeSet<String>> = roles.into_iter().collect();
        key("host_role", literal("a host's role", roles.unwrap_or_default())?);
    }
    Ok(keys)
}

/// Texts as patterns that fit nothing else. What a log says may hold `*`, and would fit all the world.
fn literal(what: &str, texts: impl IntoIterator<Item = String>) -> Result<Vec<String>, String> {
    let texts: Vec<String> = texts.into_iter().collect();
    match texts.iter().find(|text| text.contains(['*', '?'])) {
        Some(text) => Err(format!("{what} holds a wildcard: {text}")),
        None => Ok(texts),
    }
}

/// Names one by one while they are few, else what they begin with; nothing where they have nothing in common.
fn names(what: &str, names: impl IntoIterator<Item = String>) -> Result<Vec<String>, String> {
    let names: BTreeSet<String> = literal(what, names)?.into_iter().map(|name| name.to_lowercase()).collect();
    if names.len() <= NAMES_LISTED_MAX {
        return Ok(names.into_iter().collect());
    }
    let prefix = common_prefix(&names);
    if prefix.chars().count() < PREFIX_CHARS_LEAST {
        return Ok(if names.len() <= LISTED_MAX { names.into_iter().collect() } else { vec![] });
    }
    let lengths: BTreeSet<usize> = names.iter().map(|name| name.chars().count()).collect();
    let rest = match lengths.iter().collect::<Vec<_>>().as_slice() {
        [length] => "?".repeat(**length - prefix.chars().count()),
        _ => "*".to_owned(),
    };
    Ok(vec![format!("{prefix}{rest}")])
}

/// Without the digits at its end: `lab1` of `lab10` to `lab19` is chance.
fn common_prefix(names: &BTreeSet<String>) -> String {
    // Sorted, so that what the first and the last share all share.
    let (Some(first), Some(last)) = (names.first(), names.last()) else { return String::new() };
    let shared = first.chars().zip(last.chars()).take_while(|(one, other)| one == other);
    let prefix: String = shared.map(|(character, _)| character).collect();
    prefix.trim_end_matches(|character: char| character.is_ascii_digit()).to_owned()
}

/// Made of the program that answers for it and the accounts: for a person to put a better one in its place.
fn name(hand: &Hand, keys: &[Key], taken: &BTreeSet<String>) -> String {
    let program = hand.own_program().or(hand.creator.as_deref());
    let file = program.and_then(|path| path.rsplit('\\').next());
    let stem = file.map(|file| file.trim_end_matches(".exe"));
    let accounts = keys.iter().find(|(key, _)| *key == "account").and_then(|(_, values)| values.first());
    let account = accounts.map_or("accounts", |account| account.as_str());
    let text = format!("{}-{account}", stem.unwrap_or(Verdict::Remote.slug())).to_lowercase();
    let is_word = |character: char| character.is_ascii_alphanumeric();
    let words: Vec<&str> =
        text.split(|character| !is_word(character)).filter(|word| !word.is_empty()).collect();
    let base = words.join("-").chars().take(NAME_CHARS_MAX).collect::<String>();
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    let mut candidates = std::iter::once(base.clone()).chain(numbered);
    candidates.find(|name| !taken.contains(name)).unwrap_or(base)
}

impl Suggestion<'_> {
    /// As an entry that is in force, to see what it would do.
    fn filled_in(&self) -> Result<Policy, String> {
        let text = self.toml_with(|asked| asked.example);
        Policy::parse("suggestion", &text).map_err(|complaints| {
            let whats: Vec<&str> = complaints.all().iter().map(|complaint| complaint.what.as_str()).collect();
            whats.join("; ")
        })
    }

    /// The entry as it would stand in a policy, what only a person knows left empty.
    pub fn toml(&self) -> String {
        self.toml_with(|_| "")
    }

    /// The entry, with these answers to what only a person knows.
    fn toml_with(&self, answer: impl Fn(&Asked) -> &str) -> String {
        let mut lines = vec![format!("[[{SECTION}]]"), format!("name = {}", toml_string(&self.name))];
        for asked in ASKED {
            lines.push(format!("{} = {}  # {}", asked.key, toml_string(answer(asked)), asked.what));
        }
        lines.push(format!("[{SECTION}.match]"));
        lines.extend(self.keys.iter().map(|(key, values)| format!("{key} = {}", toml_strings(values))));
        lines.join("\n") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(all: &[&str]) -> Result<Vec<String>, String> {
        names("a name", all.iter().map(|name| (*name).to_owned()))
    }

    #[test]
    fn names_are_told_as_narrow_as_they_are() {
        for (all, told) in [
            (&["localadm", "LocalAdm"] as &[&str], vec!["localadm"]),
            (&["b", "a"], vec!["a", "b"]),
            (&["lab01", "lab02", "lab03", "lab04", "lab05"], vec!["lab??"]),
            (&["lab10", "lab11", "lab12", "lab13", "lab14"], vec!["lab??"]),
            (&["lab1", "lab2", "lab3", "lab4", "lab10"], vec!["lab*"]),
            (&["ann", "bob", "cid", "dan", "eve"], vec!["ann", "bob", "cid", "dan", "eve"]),
        ] {
            assert_eq!(of(all).unwrap(), told);
        }
        let many: Vec<String> = ('a'..='z').map(|letter| letter.to_string()).collect();
        assert_eq!(names("a name", many), Ok(vec![]), "they have nothing in common");
    }

    #[test]
    fn a_wildcard_out_of_a_log_never_becomes_one_of_a_policy() {
        for hostile in ["*", "lab*", "a?", "C:\\Program Files\\*\\x.exe"] {
            assert!(of(&["plain", hostile]).unwrap_err().contains(hostile));
            assert!(literal("the path", [hostile.to_owned()]).is_err());
        }
    }

    #[test]
    fn what_a_log_says_stays_a_value_of_the_proposed_entry() {
        let hostile = "x'\"\n[[authorisation]]\nname = \"all\"\u{202e}";
        let suggestion = Suggestion {
            name: hostile.to_owned(),
            hand: hostile.to_owned(),
            keys: vec![
                ("creator", vec![r"C:\Windows\System32\net1.exe".to_owned()]),
                ("parent", vec![r"C:\Windows\CCM\CcmExec.exe".to_owned()]),
                ("session", vec!["system".to_owned()]),
                ("account", vec![hostile.to_owned()]),
                ("host", vec!["a".to_owned(), hostile.to_owned()]),
            ],
            cases: vec![],
            likely: 0,
            further: vec![],
        };
        let policy = suggestion.filled_in().unwrap();
        assert_eq!(policy.entries().len(), 1);
        assert_eq!(&**policy.entries()[0].name(), hostile);
        let text = suggestion.toml();
        assert!(!text.contains('\u{202e}'), "{text}");
        let blanks = Policy::parse("proposed", &text).unwrap_err();
        let empty = blanks.all().iter().filter(|complaint| complaint.what.contains("is empty")).count();
        assert_eq!(
            (empty, blanks.all().len()),
            (3, 4),
            "kind, owner and reason are blank, expires is no date: {blanks}"
        );
    }
}

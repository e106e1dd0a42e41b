//! What the whole input says of one case: whether its name is like another of the site's or unlike all of them, how
//! rare its creator is on such hosts, and where else that name was made.
//!
//! Everything is taken off and put on again, so that hunts may be merged step by step, in any order.

use std::collections::{BTreeMap, BTreeSet};

use begat_model::case::{
    Case, NameFact, NameShape, NameSign, Process, Rarity, RiskReason, Scope, ShapePart, Verdict,
};
use begat_model::event::Principal;
use begat_model::{Text, Timestamp};
use strsim::osa_distance;

use crate::severity::risk::{self, Facts};
use crate::tables::account::unseen::FIRST_CREATED_RID;
use crate::windows::naming::{appearance, without_number};

/// Most account names remembered of a site; of more, the first in the order of letters.
pub const NAMES_MAX: usize = 65_536;
/// A site with fewer names has no habit of naming.
const SITE_NAMES_MIN: usize = 20;
/// Shorter names have too many neighbours for one letter to mean anything.
const ALIKE_CHARS_MIN: usize = 6;
/// Names of the site that one sign tells.
const TOLD_MAX: usize = 3;
/// Longest account name that is compared.
const NAME_CHARS_MAX: usize = 64;
/// Parts of a name's shape.
const SHAPE_PARTS_MAX: usize = 8;
/// Hosts that one reason tells.
const HOSTS_TOLD_MAX: usize = 5;

/// One letter away from another account name of this input, or looks the same.
const LIKE_SITE_NAME: &str = "like_site_name";
/// Has a shape that no other account name of this input has.
const UNLIKE_SITE_NAMES: &str = "unlike_site_names";
/// The signs that only the whole input shows.
const SITE_SIGNS: &[&str] = &[LIKE_SITE_NAME, UNLIKE_SITE_NAMES];

/// Names of accounts that were seen to act: what this site calls its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteNames {
    /// As written, by name in lower case.
    names: BTreeMap<String, Text>,
}

impl SiteNames {
    /// An account acted. Computers and Windows' own identities are nobody's naming.
    pub fn acted(&mut self, account: &Principal) {
        let is_somebody = account.sid.as_ref().is_some_and(|sid| sid.authority_prefix().is_some());
        if let Some(name) = account.name.as_ref().filter(|name| is_somebody && !name.ends_with('$')) {
            self.add(name);
        }
    }

    /// The names of another part of the input.
    pub fn merge(&mut self, other: SiteNames) {
        other.names.into_values().for_each(|name| self.add(&name));
    }

    /// Which names stay under the bound, and how they are written, depends on nothing but the names.
    fn add(&mut self, name: &Text) {
        if name.chars().nth(NAME_CHARS_MAX).is_some() {
            return;
        }
        let folded = name.to_lowercase();
        match self.names.get_mut(&folded) {
            Some(known) if name < known => *known = name.clone(),
            Some(_) => {}
            None => drop(self.names.insert(folded, name.clone())),
        }
        if self.names.len() > NAMES_MAX {
            self.names.pop_last();
        }
    }
}

/// Marks every case with what the others say of it.
pub(crate) fn mark(cases: &mut [Case], names: &SiteNames) {
    mark_names(cases, names);
    mark_rarity(cases);
    mark_same_names(cases);
}

/// One name of the site.
struct Known {
    written: Text,
    /// First creation in this input; `None`: only seen at work, so it is older or from elsewhere.
    created_at: Option<Timestamp>,
    /// Waves in which it was made.
    waves: BTreeSet<String>,
}

fn mark_names(cases: &mut [Case], names: &SiteNames) {
    let known = known_names(cases, names);
    let shapes = Shapes::of(&known);
    let neighbours = neighbours(cases, &known);
    for case in cases {
        let signs = &mut case.context.name_signs;
        signs.retain(|sign| !SITE_SIGNS.contains(&sign.kind));
        let Some(name) = case.account.created_as.as_deref().filter(|_| known.len() >= SITE_NAMES_MIN) else {
            continue;
        };
        let folded = name.to_lowercase();
        let near = neighbours.get(&folded).into_iter().flatten().map(|other| &known[other]);
        let older = near.filter(|other| {
            let is_older = other.created_at.is_none_or(|created_at| created_at < case.created_at);
            is_older && case.wave.as_ref().is_none_or(|wave| !other.waves.contains(wave))
        });
        signs.extend(like_site_name(older, known.len()));
        signs.extend(shapes.unlike(&folded));
    }
}

fn known_names(cases: &[Case], names: &SiteNames) -> BTreeMap<String, Known> {
    let acting = names.names.iter().map(|(folded, written)| {
        (folded.clone(), Known { written: written.clone(), created_at: None, waves: BTreeSet::new() })
    });
    let mut known: BTreeMap<String, Known> = acting.collect();
    for case in cases {
        let Some(name) = case.account.created_as.as_ref().filter(|name| is_short(name)) else { continue };
        let entry = known.entry(name.to_lowercase()).or_insert_with(|| Known {
            written: name.clone(),
            created_at: None,
            waves: BTreeSet::new(),
        });
        // What acts and was created here acted only since.
        entry.created_at = Some(entry.created_at.map_or(case.created_at, |at| at.min(case.created_at)));
        entry.waves.extend(case.wave.clone());
    }
    known
}

fn is_short(name: &str) -> bool {
    name.chars().nth(NAME_CHARS_MAX).is_none()
}

/// Of every created name, the names that are like it. Two names one step apart share a form: one of them, or both
/// with one letter left out; so each name is looked up by its forms, and not compared with all the others.
fn neighbours(cases: &[Case], known: &BTreeMap<String, Known>) -> BTreeMap<String, BTreeSet<String>> {
    let mut by_form: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for name in
        cases.iter().filter_map(|case| case.account.created_as.as_deref()).filter(|name| is_short(name))
    {
        let folded = name.to_lowercase();
        for form in forms(&folded) {
            by_form.entry(form).or_default().insert(folded.clone());
        }
    }
    let mut neighbours: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for other in known.keys().filter(|_| !by_form.is_empty()) {
        for name in forms(other).iter().filter_map(|form| by_form.get(form)).flatten() {
            if is_like(name, other) {
                neighbours.entry(name.clone()).or_default().insert(other.clone());
            }
        }
    }
    neighbours
}

/// A name, what it looks like, and the name with each of its letters left out.
fn forms(folded: &str) -> BTreeSet<String> {
    let without = folded
        .char_indices()
        .map(|(at, character)| format!("{}{}", &folded[..at], &folded[at + character.len_utf8()..]));
    without.chain([folded.to_owned(), format!("looks {}", appearance(folded))]).collect()
}

/// One letter apart, or the same to an eye. Numbers count accounts, and a first letter is an initial: neither makes
/// one name pass for another.
fn is_like(name: &str, other: &str) -> bool {
    if name == other || name.chars().count().min(other.chars().count()) < ALIKE_CHARS_MIN {
        return false;
    }
    if numberless(name) == numberless(other) {
        return false;
    }
    let same_start = name.chars().next() == other.chars().next();
    appearance(name) == appearance(other) || (same_start && osa_distance(name, other) == 1)
}

/// Each number of a name, however long, and also none at its end, as one mark.
fn numberless(name: &str) -> String {
    let mut marked = String::new();
    for character in name.chars() {
        let mark = if character.is_ascii_digit() { '#' } else { character };
        if !(mark == '#' && marked.ends_with('#')) {
            marked.push(mark);
        }
    }
    marked.trim_end_matches('#').to_owned()
}

fn like_site_name<'k>(others: impl Iterator<Item = &'k Known>, count: usize) -> Option<NameSign> {
    let mut names: Vec<Text> = others.map(|other| other.written.clone()).collect();
    let further = names.len().saturating_sub(TOLD_MAX) as u64;
    names.truncate(TOLD_MAX);
    let kind = LIKE_SITE_NAME;
    (!names.is_empty())
        .then_some(NameSign { kind, why: NameFact::LikeSiteNames { names, further, of: count as u64 } })
}

/// How many names have which shape.
struct Shapes {
    counts: BTreeMap<NameShape, usize>,
    all: usize,
}

impl Shapes {
    fn of(known: &BTreeMap<String, Known>) -> Shapes {
        let mut counts: BTreeMap<NameShape, usize> = BTreeMap::new();
        known.keys().for_each(|name| *counts.entry(shape(name)).or_default() += 1);
        Shapes { counts, all: known.len() }
    }

    /// Alone with its shape where most of the others share one. Plain words are no pattern: a service account among
    /// people is nothing odd. `name` is among those that were counted.
    fn unlike(&self, name: &str) -> Option<NameSign> {
        let own = shape(name);
        let others = self.all.saturating_sub(1);
        let (common, count) =
            self.counts.iter().max_by_key(|(shape, count)| (**count, std::cmp::Reverse(*shape)))?;
        let is_alone = self.counts.get(&own) == Some(&1) && *common != own && common.0.len() > 1;
        (is_alone && others >= SITE_NAMES_MIN && 2 * count > others).then(|| NameSign {
            kind: UNLIKE_SITE_NAMES,
            why: NameFact::UnlikeSiteNames {
                others: others as u64,
                own,
                count: *count as u64,
                common: common.clone(),
            },
        })
    }
}

/// How a site builds its names: `svc_backup2` and `app_web` are both `letters _ letters`, since a number at the end only
/// counts.
fn shape(folded: &str) -> NameShape {
    let mut parts: Vec<ShapePart> = Vec::new();
    for character in without_number(folded).chars() {
        let part = match character {
            _ if character.is_alphabetic() => ShapePart::Letters,
            _ if character.is_numeric() => ShapePart::Digits,
            _ if character.is_ascii_punctuation() => ShapePart::Mark(character),
            _ => ShapePart::Other,
        };
        if parts.last() != Some(&part) {
            parts.push(part);
        }
    }
    parts.truncate(SHAPE_PARTS_MAX);
    NameShape(parts)
}

/// What the host of a case is for, for counting: the class, else the site's own word.
fn role(case: &Case) -> Option<Text> {
    let role = case.host.role.as_ref()?;
    Some(role.class.map_or_else(|| role.name.clone(), |class| class.slug().into()))
}

/// The file that made it, in lower case; the verdict where no process did.
fn creator(case: &Case) -> Text {
    let file = |process: &Process| {
        let image = process.image.as_deref()?;
        image.rsplit(['\\', '/']).next().map(str::to_lowercase)
    };
    let named = case.attribution.creator.as_ref().and_then(file);
    named.unwrap_or_else(|| case.attribution.verdict.slug().to_owned()).into()
}

fn mark_rarity(cases: &mut [Case]) {
    let mut of_role: BTreeMap<Option<Text>, u64> = BTreeMap::new();
    let mut of_both: BTreeMap<(Option<Text>, Text), u64> = BTreeMap::new();
    for case in cases.iter() {
        *of_role.entry(role(case)).or_default() += 1;
        *of_both.entry((role(case), creator(case))).or_default() += 1;
    }
    for case in cases {
        let (role, creator) = (role(case), creator(case));
        let of = of_role.get(&role).copied().unwrap_or_default();
        let creations = of_both.get(&(role.clone(), creator.clone())).copied().unwrap_or_default();
        case.context.rarity = Some(Rarity { creator, role, creations, of });
    }
}

/// A name that many hosts get at once is a roll-out, and told as a wave; one that turns up on host after host is
/// somebody's habit. What Windows makes has one name everywhere.
fn mark_same_names(cases: &mut [Case]) {
    let mut hosts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for case in cases.iter() {
        if let Some(name) = own_name(case) {
            hosts.entry(name).or_default().insert(case.host.netbios.clone());
        }
    }
    for case in cases {
        case.risk.remove(risk::SAME_NAME_ELSEWHERE);
        let here = &case.host.netbios;
        let hosts = own_name(case).and_then(|name| hosts.get(&name));
        let others: Vec<Text> = hosts
            .into_iter()
            .flatten()
            .filter(|host| *host != here)
            .map(|host| host.as_str().into())
            .collect();
        if case.wave.is_none() && !others.is_empty() {
            let facts = Facts { same_name_elsewhere: Some(made_on(others)), ..Facts::default() };
            risk::add(&mut case.risk, &facts);
        }
        case.severity = case.risk.severity();
    }
}

/// The name of a local account that somebody chose for this host. Setup's first users are called alike on machine after
/// machine of one owner: that spreads nothing.
fn own_name(case: &Case) -> Option<String> {
    let is_born =
        case.account.sid.as_ref().and_then(begat_model::Sid::rid).is_some_and(|rid| rid < FIRST_CREATED_RID);
    let by_setup = case.risk.terms.iter().any(|term| term.name == risk::WINDOWS_SETUP);
    let is_chosen = case.account.scope != Scope::Domain
        && case.attribution.verdict != Verdict::System
        && !by_setup
        && !is_born;
    case.account.created_as.as_deref().filter(|_| is_chosen).map(str::to_lowercase)
}

fn made_on(mut hosts: Vec<Text>) -> RiskReason {
    let further = hosts.len().saturating_sub(HOSTS_TOLD_MAX) as u64;
    hosts.truncate(HOSTS_TOLD_MAX);
    RiskReason::SameNameElsewhere { hosts, further }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_by_one_letter_or_by_sight_and_not_by_numbers_or_initials() {
        for (name, other, expected) in [
            ("svc_backup", "svc_backupp", true),
            ("svc_bakcup", "svc_backup", true),
            ("svc_backuo", "svc_backup", true),
            ("svc_backup", "svc_backup", false),
            ("svc_adrnin", "svc_admin", true),
            ("svc_b\u{430}ckup", "svc_backup", true),
            ("svc_web01", "svc_web02", false),
            ("svc_web1", "svc_web11", false),
            ("svc_backup1", "svc_backup", false),
            ("jsmith", "asmith", false),
            ("jsmith1", "smith1", false),
            ("anna", "anne", false),
            ("svc_backup", "svc_print", false),
        ] {
            assert_eq!(is_like(name, other), expected, "{name} {other}");
            let shares = forms(name).intersection(&forms(other)).next().is_some();
            assert!(shares || !expected, "{name} and {other} share no form, so they are never compared");
        }
    }

    #[test]
    fn the_shape_of_a_name_is_how_it_is_built() {
        use ShapePart::{Digits, Letters, Mark, Other};
        for (name, expected) in [
            ("svc_backup2", &[Letters, Mark('_'), Letters][..]),
            ("a1b2", &[Letters, Digits, Letters]),
            ("anna.meyer", &[Letters, Mark('.'), Letters]),
            ("m\u{fc}ller", &[Letters]),
            ("a b", &[Letters, Other, Letters]),
        ] {
            assert_eq!(shape(name).0, expected);
        }
    }

    #[test]
    fn the_bound_on_names_depends_on_nothing_but_the_names() {
        let name = |number: usize| -> Text { format!("n{number:06}").into() };
        let (mut up, mut down) = (SiteNames::default(), SiteNames::default());
        (0..NAMES_MAX + 10).for_each(|number| up.add(&name(number)));
        (0..NAMES_MAX + 10).rev().for_each(|number| down.add(&name(number)));
        assert_eq!(up.names.len(), NAMES_MAX);
        assert!(up == down);
        let mut spelled = SiteNames::default();
        ["Bob", "BOB", "bob"].iter().for_each(|name| spelled.add(&(*name).into()));
        assert_eq!(spelled.names.values().map(|name| &**name).collect::<Vec<_>>(), ["BOB"]);
    }
}

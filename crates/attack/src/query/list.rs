//! Which objects there are: by kind, platform, tactic, log source and text.

use std::collections::{BTreeMap, BTreeSet};

use super::{Library, NotFound, Wanted};
use crate::id::{AttackId, Kind};
use crate::object::Object;
use crate::store::{Link, Shelf, StoreError};

/// What is wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of these kinds.
    pub kinds: Vec<Kind>,
    /// On this platform.
    pub platform: Option<String>,
    /// For this tactic, by name, short name or id.
    pub tactic: Option<String>,
    /// With a log source or a channel that has this in it.
    pub log_source: Option<String>,
    /// With this in id, name or words.
    pub text: Option<String>,
    /// Revoked and deprecated ones too.
    pub with_retired: bool,
    /// Of this release.
    pub wanted: Wanted,
}

/// One object of a list.
#[derive(Debug)]
pub struct Listed<'a> {
    /// Its release.
    pub shelf: &'a Shelf,
    /// Its facts.
    pub object: Object,
    /// Short names of the tactics that it serves, of an analytic or a strategy by its technique.
    pub tactics: Vec<String>,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The release.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// All that fits, by kind and id; what several domains share stands once.
pub fn list<'a>(library: &'a Library, filter: &Filter) -> Result<Vec<Listed<'a>>, ListError> {
    let mut found: Vec<Listed<'a>> = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for shelf in library.listed_shelves(filter.wanted)? {
        let tactics = tactics_by_object(shelf);
        let wanted_tactics = filter.tactic.as_deref().map(|tactic| shortnames(shelf, tactic));
        let rows = shelf.rows().filter(|row| filter.kinds.contains(&row.kind()));
        for row in rows.filter(|row| filter.with_retired || row.is_current()) {
            let own: Vec<String> =
                tactics.get(row.stix_id).into_iter().flatten().map(|name| (*name).to_owned()).collect();
            if wanted_tactics.as_ref().is_some_and(|wanted| !own.iter().any(|name| wanted.contains(name))) {
                continue;
            }
            let object = shelf.object(&row)?;
            if fits(&object, filter) && seen.insert(row.stix_id) {
                found.push(Listed { shelf, object, tactics: own });
            }
        }
    }
    let kind_at = |kind: Kind| filter.kinds.iter().position(|other| *other == kind);
    found.sort_by(|one, other| {
        let key = |listed: &Listed<'_>| {
            (kind_at(listed.object.kind), listed.object.attack_id.clone(), listed.object.stix_id.clone())
        };
        key(one).cmp(&key(other))
    });
    Ok(found)
}

fn fits(object: &Object, filter: &Filter) -> bool {
    let platform = filter.platform.as_deref().map(str::to_lowercase);
    let log_source = filter.log_source.as_deref().map(str::to_lowercase);
    let text = filter.text.as_deref().map(str::to_lowercase);
    let has = |text: &str, wanted: &str| text.to_lowercase().contains(wanted);
    platform.is_none_or(|wanted| object.platforms.iter().any(|platform| platform.to_lowercase() == wanted))
        && log_source.is_none_or(|wanted| {
            object.log_sources.iter().any(|source| {
                has(&source.name, &wanted)
                    || source.channel.as_deref().is_some_and(|channel| has(channel, &wanted))
            })
        })
        && text.is_none_or(|wanted| {
            let id = object.attack_id.as_ref().map(AttackId::as_str);
            let texts =
                [id, Some(object.stix_id.as_str()), object.name.as_deref(), object.description.as_deref()];
            texts.into_iter().flatten().any(|text| has(text, &wanted))
        })
}

/// The short names that are meant by a tactic's name, short name or id.
fn shortnames(shelf: &Shelf, wanted: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::from([wanted.to_lowercase().replace(' ', "-")]);
    for row in shelf.rows().filter(|row| row.kind() == Kind::Tactic) {
        if row.attack_id.eq_ignore_ascii_case(wanted) || row.name.eq_ignore_ascii_case(wanted) {
            names.extend(row.link(Link::Shortname).map(str::to_owned));
        }
    }
    names
}

/// Tactics of techniques, of what detects them, and of the analytics of that.
pub(crate) fn tactics_by_object(shelf: &Shelf) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut tactics: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut strategies: Vec<(&str, &str)> = Vec::new();
    let mut analytics: Vec<(&str, &str)> = Vec::new();
    for row in shelf.rows() {
        match row.kind() {
            Kind::Technique => {
                let own = row.links().filter(|(link, _)| *link == Link::Tactic).map(|(_, name)| name);
                tactics.entry(row.stix_id).or_default().extend(own);
            }
            Kind::Strategy => {
                let own =
                    row.links().filter(|(link, _)| *link == Link::Analytic).map(|(_, id)| (row.stix_id, id));
                analytics.extend(own);
            }
            Kind::Tactic => {
                tactics.entry(row.stix_id).or_default().extend(row.link(Link::Shortname));
            }
            Kind::Relationship if row.link(Link::Label) == Some("detects") => {
                strategies.extend(row.link(Link::From).zip(row.link(Link::To)));
            }
            _ => {}
        }
    }
    for (into, from) in
        strategies.into_iter().chain(analytics.into_iter().map(|(strategy, analytic)| (analytic, strategy)))
    {
        let own: Vec<&str> = tactics.get(from).into_iter().flatten().copied().collect();
        tactics.entry(into).or_default().extend(own);
    }
    tactics
}

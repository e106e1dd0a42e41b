//! What the index holds of an object: enough to find it and to follow its relations without reading its bytes.

use std::collections::BTreeSet;

use crate::hash::Digest;
use crate::object::{Misfit, Object};

/// One object of an import, on its way into an index.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) stix_id: String,
    pub(crate) attack_id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) modified: String,
    pub(crate) revoked: bool,
    pub(crate) deprecated: bool,
    pub(crate) links: Vec<(Link, String)>,
    /// Where its bytes begin.
    pub(crate) at: u64,
    pub(crate) length: u32,
    pub(crate) checksum: u32,
    pub(crate) source: Digest,
}

/// To what an object leads by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Link {
    /// Of a strategy.
    Analytic,
    /// Of an analytic, by its log sources.
    DataComponent,
    /// Of a technique, by the tactic's short name.
    Tactic,
    /// A tactic's short name itself.
    Shortname,
    /// Of a component.
    DataSource,
    /// Of a relationship: its type.
    Label,
    /// Of a relationship: from where.
    From,
    /// Of a relationship: to where.
    To,
}

impl Link {
    pub(crate) const ALL: &[Link] = &[
        Link::Analytic,
        Link::DataComponent,
        Link::Tactic,
        Link::Shortname,
        Link::DataSource,
        Link::Label,
        Link::From,
        Link::To,
    ];
}

impl Entry {
    /// Of an object whose bytes lie there.
    pub(crate) fn new(object: &Object, source: Digest, at: u64, bytes: &[u8]) -> Result<Entry, Misfit> {
        let links = links(object);
        if links.len() > usize::from(u16::MAX) {
            return Err(Misfit::TooLong { field: "references to other objects", length: links.len() });
        }
        Ok(Entry {
            stix_id: object.stix_id.to_string(),
            attack_id: object.attack_id.as_ref().map(ToString::to_string).unwrap_or_default(),
            name: object.name.clone().unwrap_or_default(),
            version: object.version.clone().unwrap_or_default(),
            modified: object.modified.clone().unwrap_or_default(),
            revoked: object.revoked,
            deprecated: object.deprecated,
            links,
            at,
            length: u32::try_from(bytes.len()).expect("an object is shorter than OBJECT_BYTES_MAX"),
            checksum: crc32fast::hash(bytes),
            source,
        })
    }

    /// The first link of a sort.
    pub(crate) fn link(&self, wanted: Link) -> Option<&str> {
        self.links.iter().find(|(link, _)| *link == wanted).map(|(_, text)| text.as_str())
    }
}

fn links(object: &Object) -> Vec<(Link, String)> {
    let mut links = Vec::new();
    // An object may name a hundred thousand others, each once or each time.
    let mut named: BTreeSet<(Link, String)> = BTreeSet::new();
    let mut add = |link, text: &str| {
        if named.insert((link, text.to_owned())) {
            links.push((link, text.to_owned()));
        }
    };
    object.analytics.iter().for_each(|id| add(Link::Analytic, id.as_str()));
    let components = object.log_sources.iter().filter_map(|source| source.component.as_ref());
    components.for_each(|id| add(Link::DataComponent, id.as_str()));
    object.tactics.iter().for_each(|name| add(Link::Tactic, name));
    object.shortname.iter().for_each(|name| add(Link::Shortname, name));
    object.data_source.iter().for_each(|id| add(Link::DataSource, id.as_str()));
    if let Some(relation) = &object.relation {
        add(Link::Label, &relation.label);
        add(Link::From, relation.source.as_str());
        add(Link::To, relation.target.as_str());
    }
    links
}

//! The index as bytes: texts by their length, rows one after another.

use std::fmt;

use super::entry::{Entry, Link};
use crate::hash::Digest;
use crate::id::Kind;

/// Writes texts and numbers behind one another.
#[derive(Default)]
pub(crate) struct Writing(pub(crate) Vec<u8>);

impl Writing {
    pub(crate) fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(crate) fn text(&mut self, text: &str) {
        let length = u16::try_from(text.len()).expect("names are bounded where they are read");
        self.0.extend_from_slice(&length.to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn row(&mut self, entry: &Entry) {
        self.number(entry.at);
        self.0.extend_from_slice(&entry.length.to_le_bytes());
        self.0.extend_from_slice(&entry.checksum.to_le_bytes());
        self.0.extend_from_slice(&entry.source.0);
        self.0.push(u8::from(entry.revoked) | u8::from(entry.deprecated) << 1);
        for text in [&entry.stix_id, &entry.attack_id, &entry.name, &entry.version, &entry.modified] {
            self.text(text);
        }
        let count = u16::try_from(entry.links.len()).expect("links are bounded where they are read");
        self.0.extend_from_slice(&count.to_le_bytes());
        for (link, text) in &entry.links {
            self.0.push(*link as u8);
            self.text(text);
        }
    }
}

/// Reads them back; `None` where there is something else.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a>(pub(crate) &'a [u8]);

impl<'a> Reading<'a> {
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        self.bytes().map(u64::from_le_bytes)
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let length = usize::from(u16::from_le_bytes(self.bytes()?));
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        str::from_utf8(text).ok()
    }

    pub(crate) fn row(&mut self) -> Option<Row<'a>> {
        let at = self.number()?;
        let length = u32::from_le_bytes(self.bytes()?);
        let checksum = u32::from_le_bytes(self.bytes()?);
        let source = Digest(self.bytes()?);
        let [flags] = self.bytes()?;
        let (stix_id, attack_id, name) = (self.text()?, self.text()?, self.text()?);
        let (version, modified) = (self.text()?, self.text()?);
        let count = u16::from_le_bytes(self.bytes()?);
        let links = *self;
        for _ in 0..count {
            self.link()?;
        }
        let (revoked, deprecated) = (flags & 1 != 0, flags & 2 != 0);
        Some(Row {
            stix_id,
            attack_id,
            name,
            version,
            modified,
            revoked,
            deprecated,
            source,
            at,
            length,
            checksum,
            count,
            links,
        })
    }

    pub(crate) fn link(&mut self) -> Option<(Link, &'a str)> {
        let [number] = self.bytes()?;
        let link = *Link::ALL.get(usize::from(number))?;
        Some((link, self.text()?))
    }
}

/// A row of the index.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// Its id in STIX.
    pub stix_id: &'a str,
    /// Its id in ATT&CK, empty where it has none.
    pub attack_id: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// Its own version.
    pub version: &'a str,
    /// When it was last changed.
    pub modified: &'a str,
    /// Another took its place.
    pub revoked: bool,
    /// No longer kept up.
    pub deprecated: bool,
    /// The hash called `source`.
    pub source: Digest,
    pub(crate) at: u64,
    pub(crate) length: u32,
    pub(crate) checksum: u32,
    pub(crate) count: u16,
    pub(crate) links: Reading<'a>,
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.id(), self.name)
    }
}

impl<'a> Row<'a> {
    /// What it is.
    pub fn kind(&self) -> Kind {
        Kind::of_type(self.stix_id.split_once("--").map_or("", |(word, _)| word))
    }

    /// In use.
    pub fn is_current(&self) -> bool {
        !self.revoked && !self.deprecated
    }

    /// What people call it: its id in ATT&CK, else in STIX.
    pub fn id(&self) -> &'a str {
        if self.attack_id.is_empty() { self.stix_id } else { self.attack_id }
    }

    pub(crate) fn links(&self) -> impl Iterator<Item = (Link, &'a str)> + use<'a> {
        let mut reading = self.links;
        (0..self.count).map_while(move |_| reading.link())
    }

    pub(crate) fn link(&self, wanted: Link) -> Option<&'a str> {
        self.links().find(|(link, _)| *link == wanted).map(|(_, text)| text)
    }
}

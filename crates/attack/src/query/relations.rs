//! What hangs together: relationships of a release, and what objects name by themselves.

use std::collections::BTreeSet;

use crate::id::Kind;
use crate::store::{Link, Row, Shelf};

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// From an analytic over its strategy to its technique and what hangs on that; from a strategy to its technique;
    /// else one step.
    Chain,
    /// So many steps from everything.
    Steps(usize),
}

/// Steps are no more than this: by then everything has been reached.
pub const STEPS_MAX: usize = 16;

/// That two objects belong together.
#[derive(Debug, Clone, Copy)]
pub struct Related<'a> {
    /// How many steps away the far end is.
    pub step: usize,
    /// `uses`, `mitigates`, `detects`, `has analytic`, …
    pub label: &'a str,
    /// From what.
    pub from: End<'a>,
    /// To what.
    pub to: End<'a>,
    /// The far end is the one that it leads to.
    pub is_forward: bool,
    /// The object that says so, where one does.
    pub relationship: Option<Row<'a>>,
}

impl<'a> Related<'a> {
    /// What was reached.
    pub fn far(&self) -> End<'a> {
        if self.is_forward { self.to } else { self.from }
    }
}

/// One end.
#[derive(Debug, Clone, Copy)]
pub enum End<'a> {
    /// An object of the release.
    Object(Row<'a>),
    /// An id that the release does not have.
    Missing(&'a str),
}

impl<'a> End<'a> {
    /// Its id in STIX.
    pub fn stix_id(&self) -> &'a str {
        match self {
            End::Object(row) => row.stix_id,
            End::Missing(id) => id,
        }
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        Kind::of_type(self.stix_id().split_once("--").map_or("", |(word, _)| word))
    }
}

impl std::fmt::Debug for Row<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.id(), self.name)
    }
}

/// What an object is related to, nearest first. What is revoked or deprecated is left out unless asked for. However
/// objects lead back to one another, each is gone from once.
pub fn relations<'a>(
    shelf: &'a Shelf,
    start: &Row<'a>,
    reach: Reach,
    with_retired: bool,
) -> Vec<Related<'a>> {
    let steps = match (reach, start.kind()) {
        (Reach::Steps(steps), _) => steps.min(STEPS_MAX),
        (Reach::Chain, Kind::Analytic) => 3,
        (Reach::Chain, Kind::Strategy) => 2,
        (Reach::Chain, _) => 1,
    };
    let mut found = Vec::new();
    let mut gone: BTreeSet<&str> = BTreeSet::new();
    let mut edge: BTreeSet<&str> = BTreeSet::from([start.stix_id]);
    for step in 1..=steps {
        let walk = Walk { shelf, step, edge: &edge, gone: &gone, with_retired };
        let mut reached = walk.step();
        reached.sort_by_key(|related| {
            let far = related.far();
            (far.kind(), related.label, far.stix_id(), related.relationship.map(|row| row.stix_id))
        });
        let next: BTreeSet<&str> = reached
            .iter()
            .map(Related::far)
            .filter(|far| goes_on(reach, start, far))
            .map(|far| far.stix_id())
            .collect();
        found.append(&mut reached);
        gone.append(&mut edge);
        edge = next.into_iter().filter(|id| !gone.contains(id)).collect();
        if edge.is_empty() {
            break;
        }
    }
    found
}

/// On the chain only strategies and techniques lead on: a data component would lead to every analytic that uses it.
fn goes_on(reach: Reach, start: &Row<'_>, far: &End<'_>) -> bool {
    match reach {
        Reach::Steps(_) => true,
        Reach::Chain => match far.kind() {
            Kind::Strategy => start.kind() == Kind::Analytic,
            Kind::Technique => true,
            _ => false,
        },
    }
}

/// One step from all that was reached last.
struct Walk<'w, 'a> {
    shelf: &'a Shelf,
    step: usize,
    edge: &'w BTreeSet<&'a str>,
    gone: &'w BTreeSet<&'a str>,
    with_retired: bool,
}

impl<'a> Walk<'_, 'a> {
    fn step(&self) -> Vec<Related<'a>> {
        let mut found = Vec::new();
        let shortnames = self.shortnames();
        for row in self.shelf.rows() {
            if row.kind() == Kind::Relationship {
                self.relationship(row, &mut found);
                continue;
            }
            if !self.with_retired && !row.is_current() && !self.edge.contains(row.stix_id) {
                continue;
            }
            for (link, text) in row.links() {
                let Some((label, target)) = self.named_by(link, text, &shortnames) else { continue };
                self.push(label, End::Object(row), target, None, &mut found);
            }
        }
        found
    }

    fn relationship(&self, row: Row<'a>, found: &mut Vec<Related<'a>>) {
        let ends = row.link(Link::From).zip(row.link(Link::To)).zip(row.link(Link::Label));
        let Some(((from, to), label)) = ends else { return };
        let is_near = self.edge.contains(from) || self.edge.contains(to);
        if is_near && (self.with_retired || row.is_current()) {
            self.push(label, self.end(from), self.end(to), Some(row), found);
        }
    }

    /// Where a link of an object leads.
    fn named_by(
        &self,
        link: Link,
        text: &'a str,
        shortnames: &[(&str, Row<'a>)],
    ) -> Option<(&'static str, End<'a>)> {
        Some(match link {
            Link::Analytic => ("has analytic", self.end(text)),
            Link::DataComponent => ("looks at", self.end(text)),
            Link::DataSource => ("part of", self.end(text)),
            Link::Tactic => {
                let tactic = shortnames.iter().find(|(name, _)| *name == text)?;
                ("achieves", End::Object(tactic.1))
            }
            Link::Shortname | Link::Label | Link::From | Link::To => return None,
        })
    }

    fn shortnames(&self) -> Vec<(&'a str, Row<'a>)> {
        let tactics = self.shelf.rows().filter(|row| row.kind() == Kind::Tactic);
        tactics.filter_map(|row| row.link(Link::Shortname).map(|name| (name, row))).collect()
    }

    fn end(&self, stix_id: &'a str) -> End<'a> {
        self.shelf.find(stix_id).map_or(End::Missing(stix_id), End::Object)
    }

    /// Keeps it where one end is at the edge and the other was not gone from before.
    fn push(
        &self,
        label: &'a str,
        from: End<'a>,
        to: End<'a>,
        relationship: Option<Row<'a>>,
        found: &mut Vec<Related<'a>>,
    ) {
        let is_forward = self.edge.contains(from.stix_id());
        if !is_forward && !self.edge.contains(to.stix_id()) {
            return;
        }
        let related = Related { step: self.step, label, from, to, is_forward, relationship };
        let far = related.far();
        let is_retired = matches!(far, End::Object(row) if !row.is_current());
        if !self.gone.contains(far.stix_id()) && (self.with_retired || !is_retired) {
            found.push(related);
        }
    }
}

//! What hangs together: relationships of a release, and what objects name by themselves.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::id::Kind;
use crate::store::{Link, Row, Shelf};

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// From an analytic over its strategy to its technique and what hangs on that; from a strategy to its technique and
    /// what hangs on that; else one step.
    Chain,
    /// So many steps from everything.
    Steps(usize),
}

/// Steps are no more than this: by then everything has been reached.
const STEPS_MAX: usize = 16;

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

    fn attack_id(&self) -> &'a str {
        match self {
            End::Object(row) => row.attack_id,
            End::Missing(_) => "",
        }
    }

    fn is_retired(&self) -> bool {
        matches!(self, End::Object(row) if !row.is_current())
    }
}

/// All relations of a release, to be followed from anywhere.
pub struct Graph<'a> {
    shelf: &'a Shelf,
    edges: Vec<Edge<'a>>,
    /// Which edges an object stands at: worked out where many are asked for.
    at: OnceCell<BTreeMap<&'a str, Vec<usize>>>,
}

struct Edge<'a> {
    label: &'a str,
    from: &'a str,
    to: &'a str,
    relationship: Option<Row<'a>>,
}

impl<'a> Graph<'a> {
    /// Of a release.
    pub fn new(shelf: &'a Shelf) -> Graph<'a> {
        let tactics = shelf.rows().filter(|row| row.kind() == Kind::Tactic);
        let tactics: BTreeMap<&str, &str> =
            tactics.filter_map(|row| row.link(Link::Shortname).map(|name| (name, row.stix_id))).collect();
        let mut graph = Graph { shelf, edges: Vec::new(), at: OnceCell::new() };
        for row in shelf.rows() {
            if row.kind() == Kind::Relationship {
                let ends = row.link(Link::From).zip(row.link(Link::To)).zip(row.link(Link::Label));
                if let Some(((from, to), label)) = ends {
                    graph.edges.push(Edge { label, from, to, relationship: Some(row) });
                }
                continue;
            }
            for (link, text) in row.links() {
                let named = match link {
                    Link::Analytic => Some(("has analytic", text)),
                    Link::DataComponent => Some(("looks at", text)),
                    Link::DataSource => Some(("part of", text)),
                    Link::Tactic => tactics.get(text).map(|tactic| ("achieves", *tactic)),
                    Link::Shortname | Link::Label | Link::From | Link::To => None,
                };
                if let Some((label, to)) = named {
                    graph.edges.push(Edge { label, from: row.stix_id, to, relationship: None });
                }
            }
        }
        graph
    }

    /// Makes ready for many questions: one alone is answered sooner by going through all relations.
    #[must_use]
    pub fn indexed(self) -> Graph<'a> {
        self.index();
        self
    }

    fn index(&self) -> &BTreeMap<&'a str, Vec<usize>> {
        self.at.get_or_init(|| {
            let mut at: BTreeMap<&'a str, Vec<usize>> = BTreeMap::new();
            for (number, edge) in self.edges.iter().enumerate() {
                for end in BTreeSet::from([edge.from, edge.to]) {
                    at.entry(end).or_default().push(number);
                }
            }
            at
        })
    }

    fn edges_at(&self, id: &str) -> Vec<usize> {
        match self.at.get() {
            Some(at) => at.get(id).cloned().unwrap_or_default(),
            None => {
                let all = self.edges.iter().enumerate();
                all.filter(|(_, edge)| edge.from == id || edge.to == id).map(|(number, _)| number).collect()
            }
        }
    }

    /// What an object is related to, nearest first. What is revoked or deprecated is left out unless asked for. However
    /// objects lead back to one another, each relation stands once.
    pub fn relations(&self, start: &Row<'a>, reach: Reach, with_retired: bool) -> Vec<Related<'a>> {
        let steps = match (reach, start.kind()) {
            (Reach::Steps(steps), _) => steps.min(STEPS_MAX),
            (Reach::Chain, Kind::Analytic) => 3,
            (Reach::Chain, Kind::Strategy) => 2,
            (Reach::Chain, _) => 1,
        };
        if steps > 1 && matches!(reach, Reach::Steps(_)) {
            self.index();
        }
        let mut found = Vec::new();
        let mut gone: BTreeSet<&str> = BTreeSet::from([start.stix_id]);
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut edge_of_known = vec![start.stix_id];
        for step in 1..=steps {
            let mut reached = Vec::new();
            for near in std::mem::take(&mut edge_of_known) {
                let edges = self.edges_at(near).into_iter().filter(|edge| seen.insert(*edge));
                reached.extend(
                    edges.filter_map(|edge| self.related(&self.edges[edge], near, step, with_retired)),
                );
            }
            reached.sort_by_key(|related: &Related<'a>| {
                let far = related.far();
                (
                    far.kind(),
                    related.label,
                    far.attack_id(),
                    far.stix_id(),
                    related.relationship.map(|row| row.stix_id),
                )
            });
            let leading = reached.iter().map(Related::far).filter(|far| goes_on(reach, start, far));
            edge_of_known.extend(leading.map(|far| far.stix_id()).filter(|id| gone.insert(id)));
            found.append(&mut reached);
        }
        found
    }

    fn related(&self, edge: &Edge<'a>, near: &str, step: usize, with_retired: bool) -> Option<Related<'a>> {
        let end = |id: &'a str| self.shelf.find(id).map_or(End::Missing(id), End::Object);
        let related = Related {
            step,
            label: edge.label,
            from: end(edge.from),
            to: end(edge.to),
            is_forward: edge.from == near,
            relationship: edge.relationship,
        };
        let is_retired = related.far().is_retired() || edge.relationship.is_some_and(|row| !row.is_current());
        (with_retired || !is_retired).then_some(related)
    }
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

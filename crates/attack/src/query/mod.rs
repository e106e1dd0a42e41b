//! What is asked of the releases that are at hand: which object is meant, what there is, what hangs together.

mod list;
mod relations;

use std::path::Path;

use crate::facts;
use crate::id::{Domain, Release, release_name};
use crate::store::{self, Edition, Row, Shelf, StoreError};

pub use list::{Filter, ListError, Listed, list};
pub use relations::{End, Graph, Reach, Related};

/// All releases that were imported, and the facts that begat brings along.
#[derive(Debug)]
pub struct Library {
    shelves: Vec<Shelf>,
    built_in: Shelf,
}

/// Which release is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Only of this domain.
    pub domain: Option<Domain>,
    /// Only of this release: `Some(None)` is one whose number nothing told.
    pub release: Option<Option<Release>>,
}

impl Wanted {
    fn fits(&self, shelf: &Shelf) -> bool {
        self.domain.is_none_or(|domain| shelf.domain() == domain)
            && self.release.is_none_or(|release| shelf.release() == release)
    }
}

/// Why an object is not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    /// No such release was imported.
    #[error("release {wanted} was not imported")]
    NoRelease {
        /// What was asked for.
        wanted: String,
        /// What there is.
        have: Vec<String>,
    },
    /// It is not in this release.
    #[error("`{id}` is not in this release ({release})")]
    NotInRelease {
        /// What was asked for.
        id: String,
        /// Where it is not.
        release: String,
        /// Where it is.
        elsewhere: Vec<String>,
    },
    /// It is nowhere.
    #[error("there is no object `{id}`")]
    Unknown {
        /// What was asked for.
        id: String,
        /// Where was looked.
        have: Vec<String>,
    },
}

impl Library {
    /// The releases in this folder; without one, what is built in alone.
    pub fn open(folder: Option<&Path>) -> Result<Library, StoreError> {
        let shelves = folder.map_or_else(|| Ok(Vec::new()), store::open)?;
        Ok(Library { shelves, built_in: facts::built_in() })
    }

    /// All releases, by domain and number.
    pub fn shelves(&self) -> &[Shelf] {
        &self.shelves
    }

    /// The facts that begat brings along.
    pub fn built_in(&self) -> &Shelf {
        &self.built_in
    }

    /// What the releases are called.
    pub fn names(&self) -> Vec<String> {
        self.shelves.iter().map(shelf_name).collect()
    }

    /// The object that is meant: in the newest release that has it, else among the facts that are built in.
    pub fn find(&self, id: &str, wanted: Wanted) -> Result<(&Shelf, Row<'_>), NotFound> {
        self.find_in(self.shelves.iter().filter(|shelf| wanted.fits(shelf)), id, wanted)
    }

    /// The object in the newest release that can tell its relations: objects that were imported one by one cannot,
    /// where there is a whole release.
    pub fn find_related(&self, id: &str, wanted: Wanted) -> Result<(&Shelf, Row<'_>), NotFound> {
        let fitting = || self.shelves.iter().filter(move |shelf| wanted.fits(shelf));
        let whole = fitting().filter(|shelf| shelf.edition() == Edition::Bundle);
        match newest(whole, id) {
            Some(found) => Ok(found),
            // Facts that are built in have relations; a few objects by themselves have next to none.
            None if wanted.release.is_none() => match self.built_in.named(id) {
                Some(row) => Ok((&self.built_in, row)),
                None => self.find_in(fitting(), id, wanted),
            },
            None => self.find_in(fitting(), id, wanted),
        }
    }

    fn find_in<'a>(
        &'a self,
        shelves: impl Iterator<Item = &'a Shelf>,
        id: &str,
        wanted: Wanted,
    ) -> Result<(&'a Shelf, Row<'a>), NotFound> {
        let shelves: Vec<&Shelf> = shelves.collect();
        if let Some(found) = newest(shelves.iter().copied(), id) {
            return Ok(found);
        }
        let have = self.names();
        if let Some(release) = wanted.release {
            let wanted_name = release_name(release);
            let Some(shelf) = shelves.first() else {
                return Err(NotFound::NoRelease { wanted: wanted_name, have });
            };
            let elsewhere: Vec<String> =
                self.shelves.iter().filter(|shelf| shelf.named(id).is_some()).map(shelf_name).collect();
            return Err(NotFound::NotInRelease { id: id.to_owned(), release: shelf_name(shelf), elsewhere });
        }
        let built_in =
            self.built_in.named(id).filter(|_| wanted.domain.is_none_or(|it| it == self.built_in.domain()));
        built_in.map(|row| (&self.built_in, row)).ok_or(NotFound::Unknown { id: id.to_owned(), have })
    }

    /// The releases that a list is made of: of each domain the newest whole one, else the newest; without any, what
    /// is built in.
    pub fn listed_shelves(&self, wanted: Wanted) -> Result<Vec<&Shelf>, NotFound> {
        let mut found = Vec::new();
        for domain in Domain::ALL {
            let fitting = self.shelves.iter().filter(|shelf| wanted.fits(shelf) && shelf.domain() == *domain);
            found.extend(fitting.max_by_key(|shelf| (shelf.edition() == Edition::Bundle, shelf.release())));
        }
        match wanted.release {
            Some(release) if found.is_empty() => {
                Err(NotFound::NoRelease { wanted: release_name(release), have: self.names() })
            }
            None if found.is_empty() && wanted.domain.is_none_or(|it| it == self.built_in.domain()) => {
                Ok(vec![&self.built_in])
            }
            _ => Ok(found),
        }
    }
}

/// The newest release that has it; of two of the same number Enterprise goes first.
fn newest<'a>(shelves: impl Iterator<Item = &'a Shelf>, id: &str) -> Option<(&'a Shelf, Row<'a>)> {
    let found = shelves.filter_map(|shelf| shelf.named(id).map(|row| (shelf, row)));
    found.max_by_key(|(shelf, _)| (shelf.release(), std::cmp::Reverse(shelf.domain())))
}

/// `enterprise-attack 18.1`
pub fn shelf_name(shelf: &Shelf) -> String {
    match shelf.edition() {
        Edition::BuiltIn => "built-in facts".to_owned(),
        _ => format!("{} {}", shelf.domain().slug(), release_name(shelf.release())),
    }
}

//! Whether the analytic that begat carries out is still the one that ATT&CK publishes.

use super::fields::{FieldChange, field_changes};
use crate::facts::PINNED;
use crate::hash::Hashes;
use crate::id::{Domain, Release};
use crate::object::TakenFrom;
use crate::query::{Library, Wanted};
use crate::store::{Edition, Shelf, StoreError};

/// Fields that the pinned facts leave out because they say nothing of the analytic.
const NOT_PINNED: &[&str] = &[
    "created_by_ref",
    "object_marking_refs",
    "spec_version",
    "x_mitre_attack_spec_version",
    "x_mitre_modified_by_ref",
    "x_begat_taken_from",
];

/// How the newest imported analytic compares with ours.
#[derive(Debug)]
pub struct Drift<'a> {
    /// What ours was taken from.
    pub pinned: TakenFrom,
    /// The release it was compared with.
    pub shelf: &'a Shelf,
    /// The analytic's hashes there; none where that release has it no more.
    pub hashes: Option<Hashes>,
    /// What differs.
    pub fields: Vec<FieldChange>,
}

impl Drift<'_> {
    /// The hash called `source` is another.
    fn is_other_hash(&self) -> bool {
        self.hashes.is_some_and(|hashes| hashes.source != self.pinned.source)
    }

    /// They differ.
    pub fn is_any(&self) -> bool {
        self.hashes.is_none() || !self.fields.is_empty() || self.is_other_hash()
    }
}

/// Why there is nothing to compare.
#[derive(Debug, thiserror::Error)]
pub enum DriftError {
    /// No release has it.
    #[error("no imported release has {PINNED}")]
    Nothing {
        /// What there is.
        have: Vec<String>,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Compares the pinned analytic with the newest release that was imported.
pub fn drift(library: &Library) -> Result<Drift<'_>, DriftError> {
    let ours = library.built_in().named(PINNED).expect("it is built in");
    let facts = library.built_in().object(&ours)?;
    let pinned = facts.taken_from.expect("built-in facts say what they were taken from");
    let found = library.find(PINNED, Wanted::default()).ok();
    let found = found.filter(|(shelf, _)| shelf.edition() != Edition::BuiltIn);
    let known: Option<Release> = found.as_ref().and_then(|(shelf, _)| shelf.release());
    // A later whole release without it: ATT&CK gave it up.
    let whole = library.shelves().iter().filter(|shelf| {
        shelf.domain() == Domain::Enterprise
            && shelf.edition() == Edition::Bundle
            && shelf.named(PINNED).is_none()
    });
    let gone = whole
        .filter(|shelf| shelf.release() > known.max(Some(pinned.release)))
        .max_by_key(|shelf| shelf.release());
    if let Some(shelf) = gone {
        return Ok(Drift { pinned, shelf, hashes: None, fields: Vec::new() });
    }
    let (shelf, row) = found.ok_or_else(|| DriftError::Nothing { have: library.names() })?;
    let (hashes, mut fields) = library.built_in().with_json(&ours, |one| {
        shelf.with_json(&row, |other| (Hashes::of(other), field_changes(one, other)))
    })??;
    fields.retain(|change| !NOT_PINNED.contains(&change.field()));
    Ok(Drift { pinned, shelf, hashes: Some(hashes), fields })
}

//! From one release to another, in the classes of ATT&CK's own changelog, and one more that only a hash shows.

use std::collections::BTreeSet;

use super::fields::{FieldChange, field_changes};
use crate::id::Kind;
use crate::store::{Edition, Row, Shelf, StoreError};

/// Fields that say how an object is written, not what it says: a change of these alone is none of content.
pub(super) const BOOKKEEPING: &[&str] =
    &["modified", "spec_version", "x_mitre_attack_spec_version", "x_mitre_modified_by_ref"];

/// What became of an object. All but `Silent` are the classes of mitreattack-python's changelog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeClass {
    /// It is new.
    Addition,
    /// 1.2 → 2.0
    Major,
    /// 1.2 → 1.3
    Minor,
    /// 1.2 → 1.5, or down.
    Other,
    /// The version stayed, the date did not.
    Patch,
    /// The content changed; neither version nor date did.
    Silent,
    /// Another took its place.
    Revocation,
    /// Given up.
    Deprecation,
    /// It is gone.
    Deletion,
}

/// A class with its word and what it means.
const CLASSES: &[(ChangeClass, &str, &str)] = &[
    (ChangeClass::Addition, "additions", "only in the later release"),
    (ChangeClass::Major, "major version changes", "for example 1.0 → 2.0"),
    (ChangeClass::Minor, "minor version changes", "for example 1.0 → 1.1"),
    (ChangeClass::Other, "other version changes", "any other, for example 1.0 → 1.3"),
    (ChangeClass::Patch, "patches", "changed at the same version, with a new date"),
    (ChangeClass::Silent, "silent changes", "content changed, neither version nor date did"),
    (ChangeClass::Revocation, "revocations", "another object took its place"),
    (ChangeClass::Deprecation, "deprecations", "no longer kept up, and not replaced"),
    (ChangeClass::Deletion, "deletions", "no longer in the release"),
];

impl ChangeClass {
    /// All, in the order in which they are told.
    pub fn all() -> impl Iterator<Item = ChangeClass> {
        CLASSES.iter().map(|(class, _, _)| *class)
    }

    fn row(self) -> &'static (ChangeClass, &'static str, &'static str) {
        CLASSES.iter().find(|(class, _, _)| *class == self).expect("every class has a row")
    }

    /// `major version changes`
    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// What it means.
    pub fn doc(self) -> &'static str {
        self.row().2
    }
}

/// What became of one object.
#[derive(Debug)]
pub struct Change<'a> {
    /// Its class.
    pub class: ChangeClass,
    /// As it was.
    pub before: Option<Row<'a>>,
    /// As it is.
    pub after: Option<Row<'a>>,
    /// What changed.
    pub fields: Vec<FieldChange>,
}

impl<'a> Change<'a> {
    /// As it is, or was.
    pub fn row(&self) -> Row<'a> {
        self.after.or(self.before).expect("a change has a side")
    }
}

/// What became of a release.
#[derive(Debug)]
pub struct ReleaseDiff<'a> {
    /// Objects that changed, by class, kind and id.
    pub changes: Vec<Change<'a>>,
    /// Objects that did not.
    pub unchanged: usize,
    /// Relationships that came, went, and changed.
    pub relationships: [usize; 3],
    /// One of the two is objects one by one: what is absent there says nothing, and is not told.
    pub is_partial: bool,
}

/// Compares two releases.
pub fn release_diff<'a>(before: &'a Shelf, after: &'a Shelf) -> Result<ReleaseDiff<'a>, StoreError> {
    let is_whole = |shelf: &Shelf| shelf.edition() == Edition::Bundle;
    let mut diff = ReleaseDiff {
        changes: Vec::new(),
        unchanged: 0,
        relationships: [0; 3],
        is_partial: !is_whole(before) || !is_whole(after),
    };
    let ids: BTreeSet<&str> = before.rows().chain(after.rows()).map(|row| row.stix_id).collect();
    for id in ids {
        match (before.find(id), after.find(id)) {
            (Some(one), Some(other)) if one.source == other.source => {
                diff.unchanged += usize::from(is_told(&other));
            }
            (Some(one), Some(other)) => diff.both((before, one), (after, other))?,
            (None, Some(row)) if is_whole(before) => diff.one_side(ChangeClass::Addition, None, Some(row)),
            (Some(row), None) if is_whole(after) => diff.one_side(ChangeClass::Deletion, Some(row), None),
            _ => {}
        }
    }
    diff.changes.sort_by_key(|change| {
        let row = change.row();
        (change.class, row.kind(), row.attack_id, row.stix_id)
    });
    Ok(diff)
}

/// What ATT&CK's changelog tells of, matrices too.
fn is_told(row: &Row<'_>) -> bool {
    !matches!(
        row.kind(),
        Kind::Relationship | Kind::Collection | Kind::Identity | Kind::Marking | Kind::Other
    )
}

impl<'a> ReleaseDiff<'a> {
    fn one_side(&mut self, class: ChangeClass, before: Option<Row<'a>>, after: Option<Row<'a>>) {
        let change = Change { class, before, after, fields: Vec::new() };
        match change.row().kind() {
            Kind::Relationship => self.relationships[usize::from(class == ChangeClass::Deletion)] += 1,
            _ if is_told(&change.row()) => self.changes.push(change),
            _ => {}
        }
    }

    fn both(&mut self, before: (&Shelf, Row<'a>), after: (&Shelf, Row<'a>)) -> Result<(), StoreError> {
        if after.1.kind() == Kind::Relationship {
            self.relationships[2] += 1;
            return Ok(());
        }
        if !is_told(&after.1) {
            return Ok(());
        }
        let fields = before
            .0
            .with_json(&before.1, |one| after.0.with_json(&after.1, |other| field_changes(one, other)))??;
        match class(&before.1, &after.1, &fields) {
            None => self.unchanged += 1,
            Some(class) => {
                self.changes.push(Change { class, before: Some(before.1), after: Some(after.1), fields });
            }
        }
        Ok(())
    }
}

/// As mitreattack-python decides it. Where only the order of keys or bookkeeping differs there is no change.
fn class(before: &Row<'_>, after: &Row<'_>, fields: &[FieldChange]) -> Option<ChangeClass> {
    let (old, new) = (version(before.version), version(after.version));
    let content = fields.iter().any(|change| !BOOKKEEPING.contains(&change.field()));
    Some(match (old, new) {
        _ if after.revoked && !before.revoked => ChangeClass::Revocation,
        _ if after.deprecated && !before.deprecated => ChangeClass::Deprecation,
        (Some((major, _)), Some((next, 0))) if next == major + 1 => ChangeClass::Major,
        (Some((major, minor)), Some((same, next))) if same == major && next == minor + 1 => {
            ChangeClass::Minor
        }
        _ if before.version != after.version => ChangeClass::Other,
        _ if before.modified != after.modified => ChangeClass::Patch,
        _ if content => ChangeClass::Silent,
        _ => return None,
    })
}

/// Objects of ICS had no version before 11.0: the changelog holds them for 0.0.
fn version(text: &str) -> Option<(u32, u32)> {
    if text.is_empty() {
        return Some((0, 0));
    }
    let (major, minor) = text.split_once('.')?;
    let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number < u32::MAX);
    Some((number(major)?, number(minor)?))
}

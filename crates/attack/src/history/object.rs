//! One object over all releases that are at hand.

use super::fields::{FieldChange, field_changes};
use crate::hash::Hashes;
use crate::json::parse;
use crate::object::Object;
use crate::query::Library;
use crate::store::{Edition, Shelf, StoreError};

/// An object and one release.
#[derive(Debug)]
pub struct Appearance<'a> {
    /// The release.
    pub shelf: &'a Shelf,
    /// Absent: not in this release; of objects imported one by one absence says nothing, and they do not stand here.
    pub appeared: Option<Appeared>,
}

/// How an object stands in a release.
#[derive(Debug)]
pub struct Appeared {
    /// Its facts.
    pub object: Object,
    /// Its hashes.
    pub hashes: Hashes,
    /// What changed since the release before of the same domain; none of the first.
    pub changes: Vec<FieldChange>,
    /// There is one before.
    pub has_earlier: bool,
    /// Something changed, and its version did not.
    pub is_unversioned: bool,
    /// Something changed, and neither its version nor its date did.
    pub is_silent: bool,
}

/// How an object stood in every release, oldest first; none where no release has it.
pub fn history<'a>(library: &'a Library, id: &str) -> Result<Vec<Appearance<'a>>, StoreError> {
    let named: Vec<_> = library.shelves().iter().map(|shelf| shelf.named(id)).collect();
    let mut found = Vec::new();
    let mut earlier: Option<(&Shelf, Vec<u8>)> = None;
    for (shelf, row) in library.shelves().iter().zip(&named) {
        if earlier.as_ref().is_some_and(|(before, _)| before.domain() != shelf.domain()) {
            earlier = None;
        }
        // The id in STIX stays where the one in ATT&CK is given anew.
        let by_stix_id = || named.iter().flatten().find_map(|other| shelf.find(other.stix_id));
        let Some(row) = row.or_else(by_stix_id) else {
            let mut of_domain =
                library.shelves().iter().zip(&named).filter(|(other, _)| other.domain() == shelf.domain());
            if shelf.edition() == Edition::Bundle && of_domain.any(|(_, row)| row.is_some()) {
                found.push(Appearance { shelf, appeared: None });
            }
            continue;
        };
        let bytes = shelf.bytes(&row)?;
        let object = shelf.object(&row)?;
        let appeared = appeared(object, &bytes, earlier.as_ref().map(|(_, bytes)| bytes.as_slice()));
        found.push(Appearance { shelf, appeared: Some(appeared) });
        earlier = Some((shelf, bytes));
    }
    Ok(found)
}

fn appeared(object: Object, bytes: &[u8], earlier: Option<&[u8]>) -> Appeared {
    let json = parse(bytes).expect("it was read when it was imported");
    let earlier = earlier.map(|bytes| parse(bytes).expect("it was read when it was imported"));
    let changes = earlier.as_ref().map(|earlier| field_changes(earlier, &json)).unwrap_or_default();
    let is_content = changes.iter().any(|change| !super::release::BOOKKEEPING.contains(&change.field()));
    let changed = |field: &str| changes.iter().any(|change| change.field() == field);
    let is_unversioned = is_content && !changed("x_mitre_version");
    Appeared {
        hashes: Hashes::of(&json),
        has_earlier: earlier.is_some(),
        is_silent: is_unversioned && !changed("modified"),
        is_unversioned,
        object,
        changes,
    }
}

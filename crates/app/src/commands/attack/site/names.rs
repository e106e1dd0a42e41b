//! What pages are called.

use std::collections::{BTreeMap, BTreeSet};

use begat_attack::id::AttackId;
use begat_attack::query::Listed;

/// Names of pages by id in STIX.
pub type Names<'a> = BTreeMap<&'a str, String>;

/// What the page of each object is called: by its id in ATT&CK where that is built as such ids are and no other page is
/// called so, else by its id in STIX. Both are checked where they are read: neither can lead out of the folder.
pub fn names<'a>(listed: &'a [Listed<'_>]) -> Names<'a> {
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut names = Names::new();
    for one in listed {
        let object = &one.object;
        let regular = object.attack_id.as_ref().filter(|id| id.is_regular()).map(AttackId::as_str);
        let own = regular.filter(|id| used.insert(id)).unwrap_or(object.stix_id.as_str());
        names.insert(object.stix_id.as_str(), format!("{own}.html"));
    }
    names
}

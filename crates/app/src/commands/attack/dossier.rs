//! All that is shown of one object, gathered for whoever lays it out.

use std::path::Path;

use begat_attack::facts::{licence_line, marking};
use begat_attack::hash::Hashes;
use begat_attack::history::{Appearance, history};
use begat_attack::id::{Domain, Kind, release_name};
use begat_attack::object::{Object, TakenFrom};
use begat_attack::query::{End, Graph, Library, Reach, Related, Wanted, shelf_name};
use begat_attack::store::{Edition, Row, Shelf};

use super::take::{Take, take};
use crate::error::Error;

/// What is known of one object.
pub struct Dossier<'a> {
    /// The release that it is shown from.
    pub shelf: &'a Shelf,
    /// Its row there.
    pub row: Row<'a>,
    /// Its facts.
    pub object: Object,
    /// Its hashes; of facts that are built in those of the object that they were taken from are in `taken_from`.
    pub hashes: Option<Hashes>,
    /// Itself, as it stands in its bundle.
    pub raw: String,
    /// The release that its relations are told from; none has any where this is none.
    pub related_in: Option<&'a Shelf>,
    /// Its relations.
    pub related: Vec<Related<'a>>,
    /// How it stood in every release.
    pub history: Vec<Appearance<'a>>,
    /// What is said of it beside MITRE.
    pub take: Option<Take>,
    /// The licence line, and the statement that its release is marked with.
    pub licence: Vec<String>,
}

/// Gathers what is known of an object.
pub fn dossier<'a>(
    library: &'a Library,
    id: &str,
    wanted: Wanted,
    takes: Option<&Path>,
) -> Result<Dossier<'a>, Error> {
    let (shelf, row) = library.find(id, wanted)?;
    let related = library.find_related(id, wanted).ok();
    let related = related.map(|(shelf, row)| (shelf, Graph::new(shelf).relations(&row, Reach::Chain, false)));
    let (related_in, related) = related.map_or((None, Vec::new()), |(shelf, related)| (Some(shelf), related));
    gather(library, shelf, row, (related_in, related), takes)
}

/// The same, with relations that were worked out already.
pub fn gather<'a>(
    library: &'a Library,
    shelf: &'a Shelf,
    row: Row<'a>,
    (related_in, related): (Option<&'a Shelf>, Vec<Related<'a>>),
    takes: Option<&Path>,
) -> Result<Dossier<'a>, Error> {
    let object = shelf.object(&row)?;
    let hashes = match shelf.edition() {
        Edition::BuiltIn => None,
        Edition::Bundle | Edition::Objects => Some(shelf.with_json(&row, Hashes::of)?),
    };
    // What came in is JSON, and so UTF-8.
    let raw = String::from_utf8_lossy(&shelf.bytes(&row)?).into_owned();
    let take = take(&object, takes)?;
    let history = history(library, row.id())?;
    let licence = licence(shelf, &object);
    Ok(Dossier { shelf, row, object, hashes, raw, related_in, related, history, take, licence })
}

/// MITRE's line, with the year of what is quoted: of the release's marking, else of the object's last change.
pub fn licence(shelf: &Shelf, object: &Object) -> Vec<String> {
    licence_of(shelf, object.modified.as_deref())
}

/// The same, of something that was last changed then.
pub fn licence_of(shelf: &Shelf, modified: Option<&str>) -> Vec<String> {
    let marked = marking(shelf);
    let year = marked.as_ref().map(|(_, year)| year.as_str());
    let changed = modified.and_then(|modified| modified.get(..4));
    let changed = changed.filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
    let line = licence_line(year.or(changed).unwrap_or("2025"));
    [Some(line), marked.map(|(statement, _)| statement)].into_iter().flatten().collect()
}

impl Dossier<'_> {
    /// What it is called: its id in ATT&CK, else in STIX.
    pub fn id(&self) -> &str {
        self.row.id()
    }

    /// `AN1235 · Analytic 1235`
    pub fn title(&self) -> String {
        match &self.object.name {
            Some(name) => format!("{} · {name}", self.id()),
            None => self.id().to_owned(),
        }
    }

    /// From where it is shown.
    pub fn source(&self) -> String {
        match (&self.object.taken_from, self.shelf.edition()) {
            (Some(taken), _) => {
                format!("facts that begat brings along, taken from {} ({})", taken.release, taken.publication)
            }
            (None, Edition::Objects) => {
                format!("{}, imported as an object by itself", shelf_name(self.shelf))
            }
            (None, _) => shelf_name(self.shelf),
        }
    }

    /// The release that MITRE's words are from.
    pub fn release(&self) -> String {
        match &self.object.taken_from {
            Some(TakenFrom { release, .. }) => release.to_string(),
            None => release_name(self.shelf.release()),
        }
    }

    /// `1.0, current`
    pub fn status(&self) -> &'static str {
        status(self.object.revoked, self.object.deprecated)
    }

    /// The knowledge bases that have it.
    pub fn domains(&self) -> String {
        let title =
            |slug: &String| Domain::named(slug).map_or(slug.clone(), |domain| domain.title().to_owned());
        match self.object.domains.is_empty() {
            true => self.shelf.domain().title().to_owned(),
            false => self.object.domains.iter().map(title).collect::<Vec<_>>().join(", "),
        }
    }

    /// Its page at MITRE, as its own reference says.
    pub fn url(&self) -> Option<&str> {
        let own = self.object.attack_id.as_ref()?.as_str();
        let mut references = self.object.references.iter();
        references.find(|reference| reference.external_id.as_deref() == Some(own))?.url.as_deref()
    }

    /// Relations by what was reached; families that such an object should have and has not stand with none.
    pub fn families(&self) -> Vec<(Kind, Vec<&Related<'_>>)> {
        families(self.object.kind, &self.related)
    }
}

/// Families that hang on a detection: of each it is told where there is none.
const OF_DETECTIONS: &[Kind] = &[
    Kind::Analytic,
    Kind::Strategy,
    Kind::Technique,
    Kind::Tactic,
    Kind::DataComponent,
    Kind::Mitigation,
    Kind::Group,
    Kind::Malware,
    Kind::Tool,
    Kind::Campaign,
];

/// Relations by what was reached.
pub fn families<'r, 'a>(of: Kind, related: &'r [Related<'a>]) -> Vec<(Kind, Vec<&'r Related<'a>>)> {
    let is_detection = matches!(of, Kind::Analytic | Kind::Strategy);
    let of_kind =
        |kind: Kind| related.iter().filter(|related| related.far().kind() == kind).collect::<Vec<_>>();
    let families = Kind::all().map(|kind| (kind, of_kind(kind)));
    // An analytic of an analytic is no family.
    let is_told = |kind: Kind| is_detection && OF_DETECTIONS.contains(&kind) && kind != of;
    families.filter(|(kind, found)| !found.is_empty() || is_told(*kind)).collect()
}

/// In use, or not.
pub fn status(revoked: bool, deprecated: bool) -> &'static str {
    match (revoked, deprecated) {
        (true, _) => "revoked",
        (false, true) => "deprecated",
        (false, false) => "current",
    }
}

/// Id and name of an end.
pub fn end_name(end: &End<'_>) -> (String, String) {
    match end {
        End::Object(row) => (row.id().to_owned(), row.name.to_owned()),
        End::Missing(id) => ((*id).to_owned(), "not in this data".to_owned()),
    }
}

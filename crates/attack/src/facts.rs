//! What begat knows of ATT&CK by itself: the analytic that it carries out and what hangs on it, as facts with their
//! source; our take on that analytic; MITRE's terms.

use crate::hash::source;
use crate::id::Domain;
use crate::json::{Json, parse};
use crate::object::Object;
use crate::store::{Edition, Entry, Label, Shelf};

/// The analytic that begat carries out.
pub const PINNED: &str = "AN1235";

/// MITRE's terms, to be kept with MITRE's words.
pub const NOTICE: &str = include_str!("../facts/NOTICE.txt");

const BUILT_IN: &str = include_str!("../facts/built-in.json");
const TAKES: &[(&str, &str)] = &[(PINNED, include_str!("../takes/AN1235.md"))];

/// Our take on an object, in Markdown; none on most.
pub fn built_in_take(id: &str) -> Option<&'static str> {
    TAKES.iter().find(|(of, _)| of.eq_ignore_ascii_case(id)).map(|(_, text)| *text)
}

/// The line that MITRE asks for, of the year of what is quoted.
pub fn licence_line(year: &str) -> String {
    format!(
        "© {year} The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE \
         Corporation."
    )
}

/// The statement that the objects of a release are marked with, and the year of its copyright.
pub fn marking(shelf: &Shelf) -> Option<(String, String)> {
    let row = shelf.rows_of_type("marking-definition").next()?;
    let statement = shelf.object(&row).ok()?.statement?;
    let years = statement.split(|sign: char| !sign.is_ascii_digit()).filter(|digits| digits.len() == 4);
    let year = years.max()?.to_owned();
    Some((statement, year))
}

/// The facts as a release of their own.
pub(crate) fn built_in() -> Shelf {
    let json = parse(BUILT_IN.as_bytes()).expect("what is built in is JSON");
    let Some(Json::List(items)) = json.get("objects") else { unreachable!("what is built in is a bundle") };
    let (mut bytes, mut entries) = (Vec::new(), Vec::new());
    for item in items {
        let object = Object::read(item).expect("what is built in is STIX");
        let text = crate::json::compact(item);
        let at = bytes.len() as u64;
        let entry =
            Entry::new(&object, source(item), at, text.as_bytes()).expect("what is built in is small");
        entries.push(entry);
        bytes.extend_from_slice(text.as_bytes());
    }
    let label = Label {
        domain: Domain::Enterprise,
        release: None,
        edition: Edition::BuiltIn,
        imported_at: String::new(),
        sources: Vec::new(),
    };
    Shelf::in_memory(&label, bytes, &entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_say_what_they_were_taken_from() {
        let shelf = built_in();
        assert_eq!(shelf.rows().count(), 18);
        for row in shelf.rows() {
            assert!(shelf.object(&row).unwrap().taken_from.is_some(), "{}", row.id());
        }
        let pinned = shelf.object(&shelf.named(PINNED).unwrap()).unwrap();
        let taken_from = pinned.taken_from.unwrap();
        assert_eq!(taken_from.release.to_string(), "19.1");
        let hash = "890e6b36bc6ba6615b6acc56f4f5d7b85ab761bbe9011fc0affebd9de8f46ac2";
        assert_eq!(taken_from.source.to_string(), hash);
        for id in ["DET0447", "T1136.001", "T1136", "TA0003", "M1026", "M1032", "DC0014", "DC0032"] {
            assert!(shelf.named(id).is_some(), "{id}");
        }
    }

    #[test]
    fn our_take_has_every_section() {
        let take = built_in_take("an1235").unwrap();
        for heading in [
            "## Confidence",
            "## For executives",
            "## Technical view",
            "## Likely telemetry",
            "## Detection direction",
            "## Mitigation priorities",
            "## Notes and limits",
        ] {
            assert!(take.contains(heading), "{heading}");
        }
        assert_eq!(built_in_take("T1136.001"), None);
    }
}

//! The formats in which cases and findings are written: one row each.

use std::io::{self, Write};

use crate::alerts::{ecs, ocsf, timesketch};
use crate::formats::{csv, json, jsonl, table};
use crate::html;
use crate::pivots;
use crate::view::Found;
use crate::words::page::Page;

/// Writes what was found.
pub type Writer = fn(&Found<'_>, &Page, &mut dyn Write) -> io::Result<()>;

/// One format.
#[derive(Debug, Clone)]
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in a line.
    pub doc: &'static str,
    /// Made to be read by people: times in their zone, colours.
    pub for_people: bool,
    /// Says by itself what was heard, where nothing was found and always.
    pub says_what_was_heard: bool,
    /// Shows what the records say that cases rest on, where they were read again.
    pub shows_records: bool,
    /// Writes all cases, then all findings.
    pub write: Writer,
    /// Writes what to search elsewhere instead; `None` where the format has no place for that.
    pub write_pivots: Option<Writer>,
}

/// All formats.
pub static FORMATS: &[Format] = &[
    Format {
        name: "table",
        doc: "one block a case or wave of cases, for people",
        for_people: true,
        says_what_was_heard: false,
        shows_records: false,
        write: table::write,
        write_pivots: Some(pivots::write_table),
    },
    Format {
        name: "jsonl",
        doc: "one JSON object a line, for programs",
        for_people: false,
        says_what_was_heard: false,
        shows_records: false,
        write: jsonl::write,
        write_pivots: Some(pivots::write_jsonl),
    },
    Format {
        name: "json",
        doc: "one JSON array",
        for_people: false,
        says_what_was_heard: false,
        shows_records: false,
        write: json::write,
        write_pivots: None,
    },
    Format {
        name: "csv",
        doc: "one row a case or finding, flat, safe to open in a spreadsheet",
        for_people: false,
        says_what_was_heard: false,
        shows_records: false,
        write: csv::write,
        write_pivots: Some(pivots::write_csv),
    },
    Format {
        name: "html",
        doc: "one page that opens from disk, for people: summary, cases with trees and timelines, coverage",
        for_people: true,
        says_what_was_heard: true,
        shows_records: true,
        write: html::write,
        write_pivots: None,
    },
    Format {
        name: "ecs",
        doc: "one Elastic Common Schema alert a line, for Elastic and what reads its schema",
        for_people: false,
        says_what_was_heard: false,
        shows_records: false,
        write: ecs::write,
        write_pivots: None,
    },
    Format {
        name: "ocsf",
        doc: "one Detection Finding of the Open Cybersecurity Schema Framework a line",
        for_people: false,
        says_what_was_heard: false,
        shows_records: false,
        write: ocsf::write,
        write_pivots: None,
    },
    Format {
        name: "timesketch",
        doc: "a timeline in JSON Lines: a line for each event of every case's story, in order of time",
        for_people: false,
        says_what_was_heard: false,
        shows_records: false,
        write: timesketch::write,
        write_pivots: None,
    },
];

impl Format {
    /// The format of that name.
    pub fn named(name: &str) -> Option<&'static Format> {
        FORMATS.iter().find(|format| format.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_documented() {
        let names: BTreeSet<_> = FORMATS.iter().map(|format| format.name).collect();
        assert_eq!(names.len(), FORMATS.len());
        for format in FORMATS {
            assert!(format.doc.len() > 5, "{}", format.name);
            assert!(std::ptr::eq(Format::named(format.name).unwrap(), format));
        }
        assert!(Format::named("yaml").is_none());
    }
}

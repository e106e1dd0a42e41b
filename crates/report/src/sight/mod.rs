//! What hosts can show and cannot, as `begat coverage` tells it: the ledgers of a site in its formats.

mod csv;
mod dettect;
pub(crate) mod fills;
mod lines;
pub(crate) mod mends;
mod navigator;
pub(crate) mod said;
pub(crate) mod since;
pub(crate) mod site;
mod table;
mod view;

use std::io::{self, Write};

use crate::html::sight;
use crate::words::page::Page;
pub use since::Earlier;
pub use site::Site;

/// One format of them.
#[derive(Debug, Clone)]
pub struct SightFormat {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in a line.
    pub doc: &'static str,
    /// Writes them.
    pub write: fn(&Site<'_>, &Page, &mut dyn Write) -> io::Result<()>,
}

/// All of them.
pub static SIGHT_FORMATS: &[SightFormat] = &[
    SightFormat {
        name: "table",
        doc: "hosts against what they have to log, and how to mend it, for people",
        write: table::write,
    },
    SightFormat {
        name: "jsonl",
        doc: "one JSON object a host (begat.coverage/1), for programs",
        write: lines::write,
    },
    SightFormat {
        name: "csv",
        doc: "one row a host and prerequisite, flat, safe to open in a spreadsheet",
        write: csv::write,
    },
    SightFormat {
        name: "html",
        doc: "one self-contained page, with every mend to copy",
        write: sight::write,
    },
    SightFormat {
        name: "dettect",
        doc: "data sources of DeTT&CT, as YAML, by role of hosts",
        write: dettect::write,
    },
    SightFormat { name: "navigator", doc: "a layer of the ATT&CK Navigator", write: navigator::write },
];

/// How a loss of sight is mended, in a sentence.
pub(crate) fn how_to_mend(loss: begat_model::ledger::SightLoss) -> &'static str {
    mends::mend(loss).said
}

impl SightFormat {
    /// The format of that name.
    pub fn named(name: &str) -> Option<&'static SightFormat> {
        SIGHT_FORMATS.iter().find(|format| format.name == name)
    }
}

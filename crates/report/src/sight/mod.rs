//! What hosts can show and cannot, as `begat coverage` tells it: the ledgers of a site in its formats.

mod csv;
mod lines;
mod mends;
mod navigator;
mod table;
mod view;

use std::io::{self, Write};

use begat_model::ledger::{HostLedger, SightLoss};

use crate::words::page::Page;

/// The ledgers of a site.
#[derive(Debug, Clone)]
pub struct Site<'a> {
    /// The machines that were heard, and those of the inventory that were not, which have no record.
    pub hosts: &'a [HostLedger],
    /// Hosts that the inventory names; `None` without one: then each share is of the hosts that were heard.
    pub inventory: Option<usize>,
}

impl Site<'_> {
    /// The kinds of losses that some host has.
    pub fn losses(&self) -> impl Iterator<Item = SightLoss> + '_ {
        self.hosts.iter().flat_map(|host| &host.losses).map(|loss| loss.kind)
    }
}

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
    SightFormat { name: "navigator", doc: "a layer of the ATT&CK Navigator", write: navigator::write },
];

impl SightFormat {
    /// The format of that name.
    pub fn named(name: &str) -> Option<&'static SightFormat> {
        SIGHT_FORMATS.iter().find(|format| format.name == name)
    }
}

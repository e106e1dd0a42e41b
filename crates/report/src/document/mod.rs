//! The detection's own document, in the ten sections that detection engineers use, put together from what is known: the
//! policy, what hosts showed, what was created, and the casebook run under that very policy. It changes where facts did.
//!
//! `basis` is what it is made of; `what` says what is detected and how, `unseen` what cannot be, `tuned` what the site made of it, `proof` how it is
//! known to work (`atomic` are the tests that others wrote) and what follows.

mod atomic;
mod basis;
mod proof;
mod tuned;
mod unseen;
mod what;

use std::io::{self, Write};

use crate::sheet::{Part, Sheet, write_markdown, write_page};
use crate::words::page::Page;
pub use basis::{Document, LastRehearsed, Mitigation, StoryRun};

/// One format of the document.
#[derive(Debug, Clone)]
pub struct DocumentFormat {
    /// How a file of it ends.
    pub ending: &'static str,
    /// Writes it.
    pub write: fn(&Document<'_>, &Page, &mut dyn Write) -> io::Result<()>,
}

/// Both, first what goes to standard output.
pub static DOCUMENT_FORMATS: &[DocumentFormat] = &[
    DocumentFormat { ending: "md", write: |it, page, out| write_markdown(&sheet(it, page), out) },
    DocumentFormat { ending: "html", write: |it, page, out| write_page(&sheet(it, page), page, out) },
];

fn sheet(document: &Document<'_>, page: &Page) -> Sheet {
    Sheet {
        title: "Detection of created local accounts (T1136.001, AN1235)".to_owned(),
        parts: vec![
            Part::new("Goal", what::goal(document, page)),
            Part::new("Categorization", what::categorization()),
            Part::new("Strategy Abstract", what::strategy(document)),
            Part::new("Technical Context", what::context(document)),
            Part::new("Blind Spots and Assumptions", unseen::blind_spots(document, page)),
            Part::new("False Positives", tuned::false_positives(document)),
            Part::new("Validation", proof::validation(document, page)),
            Part::new("Priority", tuned::priority(document)),
            Part::new("Response", proof::response(document)),
            Part::new("Additional Resources", proof::resources(document)),
        ],
    }
}

//! The formats in which one case or one finding is explained: one row each.

use std::io::{self, Write};

use crate::formats::explain;
use crate::html;
use crate::view::{CaseView, FindingView, Found};
use crate::words::page::Page;

/// One format.
pub struct ExplainFormat {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in a line.
    pub doc: &'static str,
    /// Shows what the records say that it rests on, where they were read again.
    pub shows_records: bool,
    /// Explains a case; `found` is all that the hunt found.
    pub write_case: fn(&CaseView<'_>, &Found<'_>, &Page, &mut dyn Write) -> io::Result<()>,
    /// Tells what is known of a finding.
    pub write_finding: fn(&FindingView<'_>, &Page, &mut dyn Write) -> io::Result<()>,
}

/// All formats, the usual one first.
pub static EXPLAIN_FORMATS: &[ExplainFormat] = &[
    ExplainFormat {
        name: "text",
        doc: "plain sentences",
        shows_records: false,
        write_case: explain::write_explanation,
        write_finding: explain::write_finding,
    },
    ExplainFormat {
        name: "html",
        doc: "one page that opens from disk",
        shows_records: true,
        write_case: html::write_case,
        write_finding: html::write_finding,
    },
];

impl ExplainFormat {
    /// The format of that name.
    pub fn named(name: &str) -> Option<&'static ExplainFormat> {
        EXPLAIN_FORMATS.iter().find(|format| format.name == name)
    }
}

impl std::fmt::Debug for ExplainFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

//! One JSON array of cases, written as it goes so that its size costs no memory.

use std::io::{self, Write};

use crate::format::Cases;
use crate::page::Page;
use crate::view::CaseView;
use crate::visible::harmless_json;

pub(crate) fn write(cases: Cases<'_, '_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut separator = "[\n";
    for case in cases {
        out.write_all(separator.as_bytes())?;
        write_case(&case, out)?;
        separator = ",\n";
    }
    let end = if separator == "[\n" { "[]\n" } else { "\n]\n" };
    out.write_all(end.as_bytes())
}

/// One case on one line.
pub(crate) fn write_case(case: &CaseView<'_>, out: &mut dyn Write) -> io::Result<()> {
    let json = serde_json::to_string(case)?;
    out.write_all(harmless_json(&json).as_bytes())
}

//! One JSON array of cases, written as it goes so that its size costs no memory.

use std::io::{self, Write};

use crate::format::Cases;
use crate::page::Page;

pub(crate) fn write(cases: Cases<'_, '_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut separator = "[\n";
    for case in cases {
        out.write_all(separator.as_bytes())?;
        serde_json::to_writer(&mut *out, &case)?;
        separator = ",\n";
    }
    let end = if separator == "[\n" { "[]\n" } else { "\n]\n" };
    out.write_all(end.as_bytes())
}

//! JSON Lines: one case a line.

use std::io::{self, Write};

use crate::format::Cases;
use crate::page::Page;

pub(crate) fn write(cases: Cases<'_, '_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for case in cases {
        serde_json::to_writer(&mut *out, &case)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

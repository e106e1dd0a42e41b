//! JSON Lines: one case a line.

use std::io::{self, Write};

use crate::format::Cases;
use crate::json::write_case;
use crate::page::Page;

pub(crate) fn write(cases: Cases<'_, '_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for case in cases {
        write_case(&case, out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

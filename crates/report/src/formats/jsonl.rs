//! JSON Lines: one case or finding a line, told apart by `schema`.

use std::io::{self, Write};

use crate::view::Found;
use crate::wire::object::write_object;
use crate::words::page::Page;

pub(crate) fn write(found: &Found<'_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for case in found.cases() {
        write_object(&case, out)?;
        out.write_all(b"\n")?;
    }
    for finding in found.findings() {
        write_object(&finding, out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

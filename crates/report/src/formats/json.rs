//! One JSON array of cases, then findings, told apart by `schema`; written as it goes so that its size costs no memory.

use std::io::{self, Write};

use serde::Serialize;

use crate::view::Found;
use crate::wire::object::write_object;
use crate::words::page::Page;

pub(crate) fn write(found: &Found<'_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut array = Array { out, begun: false };
    found.cases().try_for_each(|case| array.element(&case))?;
    found.findings().try_for_each(|finding| array.element(&finding))?;
    array.end()
}

struct Array<'out> {
    out: &'out mut dyn Write,
    begun: bool,
}

impl Array<'_> {
    fn element(&mut self, element: &impl Serialize) -> io::Result<()> {
        self.out.write_all(if self.begun { b",\n" } else { b"[\n" })?;
        self.begun = true;
        write_object(element, self.out)
    }

    fn end(self) -> io::Result<()> {
        self.out.write_all(if self.begun { b"\n]\n" } else { b"[]\n" })
    }
}

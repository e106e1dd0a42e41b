//! One JSON object a host.

use std::io::{self, Write};

use super::site::Site;
use super::view::LedgerView;
use crate::wire::object::write_object;
use crate::words::page::Page;

pub(super) fn write(site: &Site<'_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for host in site.hosts {
        write_object(&LedgerView::from(host), out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

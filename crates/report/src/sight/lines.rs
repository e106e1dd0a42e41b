//! One JSON object a host.

use std::io::{self, Write};

use super::site::Site;
use super::view::LedgerView;
use crate::wire::object::write_object;
use crate::words::page::Page;

pub(super) fn write(site: &Site<'_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for host in site.hosts {
        let change = site.since.map(|earlier| earlier.change(host));
        write_object(&LedgerView::of(host, change.as_ref()), out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

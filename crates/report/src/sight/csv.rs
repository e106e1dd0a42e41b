//! One row a host and prerequisite: RFC 4180, and safe to open in a spreadsheet.

use std::io::{self, Write};

use ::csv::{Terminator, WriterBuilder};

use super::site::Site;
use crate::wire::cell::inert;
use crate::words::page::Page;

const COLUMNS: &[&str] =
    &["host", "from", "until", "prerequisite", "state", "hours_seen", "hours_alive", "events", "counts"];

pub(super) fn write(site: &Site<'_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    rows.write_record(COLUMNS)?;
    for host in site.hosts {
        let name = host.names.first().map_or(String::new(), |name| inert(name.as_str()));
        let time = |at: Option<begat_model::Timestamp>| at.map_or(String::new(), |at| at.to_string());
        for cell in &host.cells {
            rows.write_record([
                name.clone(),
                time(host.from),
                time(host.until),
                cell.prerequisite.slug().to_owned(),
                cell.state.slug().to_owned(),
                cell.hours_seen.to_string(),
                cell.hours_alive.to_string(),
                cell.events.to_string(),
                cell.prerequisite.spec().counts.to_string(),
            ])?;
        }
    }
    rows.flush()
}

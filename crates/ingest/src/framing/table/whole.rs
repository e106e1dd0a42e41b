//! What only all rows of a table together tell: the order of its dates, and whose machine it is of.

use std::io::{self, Read};

use crate::framing::dates::{self, Decided, WrittenDate};
use crate::framing::rendered::MachineName;
use crate::framing::table::head::Head;
use crate::framing::table::rows::{Piece, Rows, Verdict};

/// Rows within which a column of dates shows a date whose order is open, if it ever does.
const ROWS_WITHOUT_QUESTION_MAX: usize = 64;

/// What only all rows together tell.
pub(super) struct Whole {
    /// By name, of columns of times.
    orders: Vec<(String, Decided)>,
    pub(super) machine: MachineName,
}

impl Whole {
    /// Looks at rows until nothing is left to ask; damage that ends them ends this as well.
    pub(super) fn of(mut rows: Rows<impl Read>) -> io::Result<Whole> {
        let mut whole = Whole { orders: Vec::new(), machine: MachineName::default() };
        let Some(mut head) = rows.head()? else { return Ok(whole) };
        let times: Vec<String> =
            head.columns.iter().filter(|column| column.is_time).map(|column| column.name.clone()).collect();
        let mut asked: Vec<(String, dates::Column)> =
            times.into_iter().map(|name| (name, dates::Column::default())).collect();
        let mut seen = 0;
        let looked = rows.each(&mut |piece| {
            let Piece::Row { row, .. } = piece else { return Verdict::Taken };
            if let Some(again) = head.again(row) {
                if !again.is_same(&head) {
                    head = again;
                }
                return Verdict::Taken;
            }
            if !head.fits(row) {
                return Verdict::Misfit;
            }
            let mut is_open = false;
            for (column, cell) in head.columns.iter().zip(row).filter(|(column, _)| column.is_time) {
                let Some((_, asked)) = asked.iter_mut().find(|(name, _)| *name == column.name) else {
                    continue;
                };
                if let Some(date) = std::str::from_utf8(cell).ok().and_then(WrittenDate::parse) {
                    asked.add(&date);
                }
                is_open |= asked.asks();
            }
            let nameless = head.places.as_ref().filter(|places| places.host.is_none());
            if let Some(places) = nameless {
                let text = |place: usize| String::from_utf8_lossy(row.get(place).unwrap_or_default());
                whole.machine.look(text(places.event_id).trim().parse().ok(), &text(places.message));
            }
            seen += 1;
            let knows_host = nameless.is_none() || whole.machine.is_decided();
            let goes_on = is_open || !knows_host || seen < ROWS_WITHOUT_QUESTION_MAX;
            if goes_on { Verdict::Taken } else { Verdict::Enough }
        });
        whole.orders = asked.into_iter().map(|(name, column)| (name, column.decide())).collect();
        // The rows are read once more, and what is wrong with them is told then.
        let _ = looked;
        Ok(whole)
    }

    pub(super) fn ordered(&self, mut head: Head) -> Head {
        for column in &mut head.columns {
            if let Some((_, order)) = self.orders.iter().find(|(name, _)| *name == column.name) {
                column.order = *order;
            }
        }
        head
    }
}

//! How the rows of a table are read: by a shape, by the messages in it, or by the events in one of its columns.

use begat_model::anomaly::AnomalyKind;
use begat_model::catalog::EventSpec;
use csv::ByteRecord;

use crate::framing::json::JsonReader;
use crate::framing::table::columns::{BYTES_ASKED_MAX, ROWS_ASKED_MAX, csv_reader};
use crate::framing::table::head::Head;
use crate::framing::xml;
use crate::raw::{Header, HeaderTime, HeardAgain, RawRecord, SortId, Visitor};
use crate::shapes::Schemas;

/// How the rows of a table are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// By the message that Windows renders.
    Messages,
    /// By a shape, as JSON.
    Shape,
    /// Each row has an event as XML in this column, and begat knows none of the others.
    EventIn(usize),
    Unknown,
}

impl Form {
    /// By the first rows behind a head.
    pub(super) fn of(head: &Head, rows: &[u8], schemas: &Schemas) -> Form {
        if head.places.is_some() {
            return Form::Messages;
        }
        let mut json = JsonReader::new(schemas);
        let mut object = String::new();
        let mut is_event = |row: &ByteRecord| {
            let mut probe = Probe::default();
            head.object(row, &mut object);
            if json.frame(object.as_bytes()).is_ok() {
                json.object(object.as_bytes(), 0, &mut probe);
            }
            probe.heard
        };
        let rows = &rows[..rows.len().min(BYTES_ASKED_MAX)];
        let rows = csv_reader(head.delimiter, rows).into_byte_records().map_while(Result::ok);
        let rows: Vec<ByteRecord> =
            rows.filter(|row| row.len() == head.columns.len()).take(ROWS_ASKED_MAX).collect();
        // A table may have no row, or none that is whole in what is looked at.
        let of_markers: ByteRecord = head.columns.iter().map(|_| "1").collect();
        if rows.iter().any(&mut is_event) || is_event(&of_markers) {
            return Form::Shape;
        }
        // A column of which only some cells look so may be one that people fill.
        let is_of_events = |column: &usize| {
            let mut cells =
                rows.iter().filter_map(|row| row.get(*column)).filter(|cell| !cell.trim_ascii().is_empty());
            let mut any = false;
            cells.all(|cell| {
                any = true;
                xml::is_event(cell.trim_ascii())
            }) && any
        };
        (0..head.columns.len()).find(is_of_events).map_or(Form::Unknown, Form::EventIn)
    }
}

/// Notes only whether an event was heard.
#[derive(Default)]
struct Probe {
    heard: bool,
}

impl Visitor for Probe {
    fn heard(&mut self, _: &Header<'_>, _: Option<u64>) -> Option<&'static EventSpec> {
        self.heard = true;
        None
    }

    fn last_sort(&mut self) -> Option<SortId> {
        None
    }

    fn heard_again(&mut self, _: SortId, _: &HeaderTime<'_>, _: Option<u64>, _: Option<u64>) -> HeardAgain {
        HeardAgain::Forgotten
    }

    fn record(&mut self, _: &Header<'_>, _: &RawRecord<'_>, _: Option<u64>) {}

    fn lost(&mut self, _: &Header<'_>, _: Option<u64>, _: &dyn Fn() -> String) {}

    fn spoilt(&mut self, _: &Header<'_>, _: Option<u64>) {}

    fn anomaly(&mut self, _: AnomalyKind, _: Option<u64>, _: &dyn Fn() -> String) {}
}

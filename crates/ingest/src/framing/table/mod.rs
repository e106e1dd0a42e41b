//! Tables (CSV) to records: each row is handed on as the JSON object that its columns make, so that where a shape has its
//! fields is told once. A table of messages as Windows renders them for people is read by those.

mod columns;
mod form;
mod head;
mod places;
mod rows;
mod whole;

use std::borrow::Cow;
use std::io::{self, Read};

use begat_model::anomaly::AnomalyKind;
use csv::ByteRecord;

use crate::framing::dates::{self, Decided, WrittenDate};
use crate::framing::json::JsonReader;
use crate::framing::rendered::{Rendered, clock_time};
use crate::framing::xml;
use crate::raw::{HeaderTime, Visitor};
use crate::shapes::Schemas;
use columns::{Column, csv_reader};
use form::Form;
use head::Head;
use places::Places;
use rows::{Piece, Rows, Verdict};
use whole::Whole;

/// Whether a text begins with a table of events: some shape has its fields in such columns, they hold messages, or one of
/// them holds whole events.
pub(crate) fn is_table(text: &[u8], schemas: &Schemas) -> bool {
    Head::find(text).is_some_and(|(begins, head)| Form::of(&head, &text[begins..], schemas) != Form::Unknown)
}

/// The names of a text's columns, where it looks like a table of anything.
pub(crate) fn columns_of(text: &[u8]) -> Option<Vec<String>> {
    const COLUMNS_MIN: usize = 3;
    let (begins, head) = Head::find(text)?;
    let row = csv_reader(head.delimiter, &text[begins..]).byte_records().next()?.ok()?;
    let is_named = |column: &Column| {
        column.name.len() <= 64
            && column.name.starts_with(|first: char| first.is_alphabetic() || "_@#".contains(first))
    };
    let cells = head.columns.len();
    let fits = cells >= COLUMNS_MIN && (cells..=cells + 1).contains(&row.len());
    (fits && head.columns.iter().all(is_named))
        .then(|| head.columns.into_iter().map(|column| column.name).collect())
}

/// Reads every row of a table, which is opened once more where only the whole tells how its rows are read.
pub(crate) fn read_rows(
    open: &dyn Fn() -> io::Result<Box<dyn Read + Send>>,
    schemas: &Schemas,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    let whole = Whole::of(Rows::new(open()?))?;
    let mut rows = Rows::new(open()?);
    let Some(head) = rows.head()? else { return Ok(()) };
    let form = Form::of(&head, rows.window.bytes(), schemas);
    let mut reader = TableReader {
        head: whole.ordered(head),
        form,
        host: whole.machine.name().map(ToString::to_string),
        json: JsonReader::new(schemas),
        object: String::new(),
        is_seeking: false,
        visitor,
    };
    reader.tell_what_was_worked_out();
    rows.each(&mut |piece| reader.piece(piece))
}

struct TableReader<'v, 's> {
    head: Head,
    form: Form,
    host: Option<String>,
    json: JsonReader<'s>,
    object: String,
    /// A row was broken: what follows may be its rest.
    is_seeking: bool,
    visitor: &'v mut dyn Visitor,
}

impl TableReader<'_, '_> {
    fn tell_what_was_worked_out(&mut self) {
        for column in &self.head.columns {
            let usual = match column.order {
                Decided::Usual(dates::Order::DayFirst) => "as day, then month",
                Decided::Usual(dates::Order::MonthFirst) => "as month, then day",
                Decided::Order(_) | Decided::No => continue,
            };
            let told = || format!("column {:?} is read {usual}", column.name);
            self.visitor.anomaly(AnomalyKind::DateOrderUnknown, None, &told);
        }
        let is_nameless = self.head.places.as_ref().is_some_and(|places| places.host.is_none());
        if let Some(host) = self.host.as_ref().filter(|_| is_nameless) {
            self.visitor.anomaly(AnomalyKind::HostWorkedOut, None, &|| host.clone());
        }
    }

    fn piece(&mut self, piece: Piece<'_>) -> Verdict {
        match piece {
            Piece::Row { row, at } => self.row(row, at),
            Piece::Broken { first_line, at, kind, lost } => {
                self.broken(first_line, at);
                self.visitor.anomaly(kind, Some(at), &|| lost.to_owned());
                self.is_seeking = true;
                Verdict::Taken
            }
        }
    }

    fn row(&mut self, row: &ByteRecord, at: u64) -> Verdict {
        if let Some(again) = self.head.again(row) {
            if !again.is_same(&self.head) {
                self.head = again.ordered_as(&self.head);
            }
            return Verdict::Taken;
        }
        if !self.head.fits(row) {
            return Verdict::Misfit;
        }
        self.is_seeking = false;
        if !self.head.object(row, &mut self.object) {
            let told = || "not UTF-8".to_owned();
            self.visitor.anomaly(AnomalyKind::BadEncoding, Some(at), &told);
        }
        match &self.head.places {
            Some(places) => {
                let host = self.host.as_deref();
                as_rendered(places, &self.head, row, host, |rendered| rendered.visit(at, self.visitor));
            }
            None => match (self.form, self.json.frame(self.object.as_bytes())) {
                (Form::EventIn(column), _) => self.event(row.get(column).unwrap_or_default(), at),
                (_, Ok(_)) => self.json.object(self.object.as_bytes(), at, self.visitor),
                (_, Err(_)) => {}
            },
        }
        if self.visitor.passed(self.object.as_bytes()) { Verdict::Taken } else { Verdict::Enough }
    }

    /// A cell that is a whole event.
    fn event(&mut self, cell: &[u8], at: u64) {
        let text = String::from_utf8_lossy(cell);
        match xml::is_event(text.trim().as_bytes()) {
            true => xml::visit(text.trim(), None, at, self.visitor),
            false => self.visitor.anomaly(AnomalyKind::NotAnEvent, Some(at), &String::new),
        }
    }

    /// The cells before the one that is missing, or is one too many, stand below their names.
    fn broken(&mut self, line: &[u8], at: u64) {
        let row = csv_reader(self.head.delimiter, line).byte_records().next();
        let Some(Ok(row)) = row else { return };
        // The rest of a row that was broken is no other.
        if self.is_seeking && row.len() < self.head.columns.len() {
            return;
        }
        if let Some(places) = &self.head.places {
            let host = self.host.as_deref();
            return as_rendered(places, &self.head, &row, host, |rendered| rendered.spoilt(at, self.visitor));
        }
        self.head.object(&row, &mut self.object);
        self.json.spoilt(self.object.as_bytes(), at, self.visitor);
    }
}

/// One row of a table of messages.
fn as_rendered(
    places: &Places,
    head: &Head,
    row: &ByteRecord,
    host: Option<&str>,
    visit: impl FnOnce(Rendered<'_>),
) {
    let cell = |place: usize| String::from_utf8_lossy(row.get(place).unwrap_or_default());
    let maybe = |place: Option<usize>| place.map(cell).filter(|cell| !cell.trim().is_empty());
    let time = cell(places.time);
    let (message, event_id) = (cell(places.message), cell(places.event_id));
    let (channel, source) = (maybe(places.channel), maybe(places.source));
    let (record_id, keywords) = (maybe(places.record_id), maybe(places.keywords));
    let is_open = WrittenDate::parse(&time).is_some_and(|date| date.is_open());
    let time = match head.columns[places.time].order {
        Decided::No if is_open => HeaderTime::Unreadable(Cow::Borrowed(&*time)),
        Decided::No => clock_time(&time, dates::Order::DayFirst),
        Decided::Order(order) | Decided::Usual(order) => clock_time(&time, order),
    };
    visit(Rendered {
        host: maybe(places.host).or(host.map(Cow::Borrowed)),
        channel: channel.as_deref(),
        source: source.as_deref(),
        event_id: Some(event_id.trim()),
        record_id: record_id.as_deref(),
        time,
        keywords: keywords.as_deref(),
        message: &message,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_known(text: &[u8]) -> bool {
        is_table(text, &Schemas::built_in())
    }

    #[test]
    fn a_table_is_known_by_its_columns_whatever_parts_them() {
        assert!(is_known(b"Timestamp,DeviceName,ActionType\n1,2,3"));
        assert!(is_known("\u{feff}\"TimeGenerated [UTC]\";\"DeviceName\";\"ActionType\"\r\n".as_bytes()));
        assert!(is_known(b"ActionType\tDeviceName"));
        assert!(is_known(b"sep=|\n\nActionType|DeviceName"));
        assert!(is_known(b"#TYPE Selected.System\r\n\"Id\",\"LogName\",\"TimeCreated\",\"Message\"\r\n"));
        assert!(is_known(b"Level\tDate and Time\tSource\tEvent ID\tTask Category\r\n"));
        assert!(!is_known(b"Timestamp,DeviceName,Action\n"));
        assert!(!is_known(b"the ActionType, of a DeviceName\n"));
        assert!(!is_known(b"{\"ActionType\":1,\"DeviceName\":2}\n"));
        assert!(!is_known(b""));
    }
}

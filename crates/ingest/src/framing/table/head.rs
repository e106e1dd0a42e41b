//! The head of a table: what parts its columns, what they are called, and a row as the JSON object that they make.

use std::borrow::Cow;

use csv::ByteRecord;
use memchr::memchr;

use crate::framing::table::columns::{Column, csv_reader, name_in, push_text};
use crate::framing::table::places::Places;

/// What parts columns: Windows' regions write semicolons.
const DELIMITERS: &[u8] = b",;\t|";
/// What may stand around the name of a column: a mark of the byte order, blanks, a zone.
const AROUND_NAME_MAX: usize = 16;

/// The names of columns.
pub(super) struct Head {
    pub(super) delimiter: u8,
    pub(super) columns: Vec<Column>,
    /// Where a table of messages has what it tells.
    pub(super) places: Option<Places>,
}

impl Head {
    /// The head at the start of a text, and where its rows begin. PowerShell says a type before it, Excel a delimiter.
    pub(super) fn find(text: &[u8]) -> Option<(usize, Head)> {
        let mut from = 0;
        loop {
            let rest = text.get(from..).filter(|rest| !rest.is_empty())?;
            let line = &rest[..memchr(b'\n', rest).map_or(rest.len(), |at| at + 1)];
            from += line.len();
            let bare = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).trim_ascii();
            match bare {
                [] => {}
                _ if bare.starts_with(b"#TYPE ") || bare.starts_with(b"sep=") => {}
                [b'{' | b'[' | b'<', ..] => return None,
                _ => {
                    let mut head = Head::of_line(bare)?;
                    let rows = text.get(from..).unwrap_or_default();
                    if head.places.as_ref().is_some_and(|places| !places.is_of(head.delimiter, rows)) {
                        head.places = None;
                    }
                    if head.places.is_none() {
                        head.places = Places::of_event_viewer(&head.columns, head.delimiter, rows);
                    }
                    if let Some(places) = &head.places {
                        head.columns[places.time].is_time = true;
                    }
                    return Some((from, head));
                }
            }
        }
    }

    fn of_line(line: &[u8]) -> Option<Head> {
        let parted = |delimiter: &u8| {
            let head = csv_reader(*delimiter, line).byte_records().next()?.ok()?;
            Some((*delimiter, head))
        };
        let (delimiter, row) = DELIMITERS.iter().filter_map(parted).max_by_key(|(_, head)| head.len())?;
        (row.len() > 1).then(|| Head::new(delimiter, &row))
    }

    fn new(delimiter: u8, row: &ByteRecord) -> Head {
        let columns: Vec<Column> = row.iter().map(Column::new).collect();
        let places = Places::of(&columns);
        Head { delimiter, columns, places }
    }

    /// A row that is a head again, as exports that were put together have it: in other places, too. Most rows are none,
    /// which is known when half of their cells are no names.
    pub(super) fn again(&self, row: &ByteRecord) -> Option<Head> {
        const NAMES_MIN: usize = 2;
        let longest = self.columns.iter().map(|column| column.name.len()).max().unwrap_or_default();
        let (mut names, mut others) = (0, 0);
        for cell in row {
            match cell.len() <= longest + AROUND_NAME_MAX && self.has_name(cell) {
                true => names += 1,
                false => others += 1,
            }
            if others * 2 >= row.len() {
                return None;
            }
        }
        (names >= NAMES_MIN).then(|| Head::new(self.delimiter, row))
    }

    /// The cell is the name of a column.
    fn has_name(&self, cell: &[u8]) -> bool {
        let cell = String::from_utf8_lossy(cell);
        let (name, _) = name_in(&cell);
        !name.is_empty() && self.columns.iter().any(|column| column.name == name)
    }

    /// Whether it has the same names in the same places.
    pub(super) fn is_same(&self, other: &Head) -> bool {
        let names =
            |head: &Head| head.columns.iter().map(|column| column.name.clone()).collect::<Vec<String>>();
        names(self) == names(other)
    }

    /// How a row's times are read, as it was found for the whole table.
    pub(super) fn ordered_as(mut self, other: &Head) -> Head {
        for column in &mut self.columns {
            if let Some(known) = other.columns.iter().find(|known| known.name == column.name) {
                column.order = known.order;
            }
        }
        self
    }

    /// How many cells a row has.
    pub(super) fn fits(&self, row: &ByteRecord) -> bool {
        let cells = self.columns.len();
        row.len() == cells
            || self.places.as_ref().is_some_and(|places| places.message == cells && row.len() == cells + 1)
    }

    /// The JSON object that a row is; an empty cell says nothing. Whether all of it was text.
    pub(super) fn object(&self, row: &ByteRecord, object: &mut String) -> bool {
        let mut is_text = true;
        object.clear();
        for (column, cell) in self.columns.iter().zip(row) {
            object.push(if object.is_empty() { '{' } else { ',' });
            object.push_str(&column.key);
            let cell = String::from_utf8_lossy(cell);
            is_text &= matches!(cell, Cow::Borrowed(_));
            match cell.trim() {
                "" => object.push_str("null"),
                _ => push_text(object, &column.time(&cell).unwrap_or(cell)),
            }
        }
        object.push_str(if object.is_empty() { "{}" } else { "}" });
        is_text
    }
}

//! Tables (CSV) to records: each row is handed on as the JSON object that its columns make, so that where a shape has its
//! fields is told once.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use begat_model::anomaly::AnomalyKind;
use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};

use crate::framing::json::JsonReader;
use crate::open::window::Window;
use crate::raw::Visitor;
use crate::shapes::Schemas;

/// Longest row: a quote that nobody closes must not take in the whole file.
const ROW_BYTES_MAX: u64 = 16 << 20;
/// What parts columns: Windows' regions write semicolons.
const DELIMITERS: &[u8] = b",;\t";
/// Columns by which tables are known, whatever others they have.
const MARKS: &[&[&str]] = &[&["ActionType", "DeviceName"]];

/// Whether a text begins with the head of a table that begat reads.
pub(crate) fn is_table(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    columns(line).is_some_and(|(_, columns)| {
        MARKS.iter().any(|marks| marks.iter().all(|mark| columns.iter().any(|column| column == mark)))
    })
}

/// The columns of a head, and what parts them.
fn columns(line: &[u8]) -> Option<(u8, Vec<String>)> {
    let parted = |delimiter: u8| {
        let mut reader = ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line);
        let head = reader.byte_records().next()?.ok()?;
        Some((delimiter, head.iter().map(column).collect::<Vec<String>>()))
    };
    DELIMITERS.iter().filter_map(|delimiter| parted(*delimiter)).max_by_key(|(_, columns)| columns.len())
}

/// Sentinel's portal adds the zone to the names of columns of times.
fn column(cell: &[u8]) -> String {
    let name = String::from_utf8_lossy(cell);
    let name = name.trim_start_matches('\u{feff}').trim();
    name.strip_suffix(" [UTC]").unwrap_or(name).to_owned()
}

/// Reads every row of a table.
pub(crate) fn read_rows(stream: impl Read, schemas: &Schemas, visitor: &mut dyn Visitor) -> io::Result<()> {
    let mut text = TextStream { window: Window::new(stream, 0), since_row: Rc::new(Cell::new(0)) };
    let since_row = text.since_row.clone();
    let head = text.line()?;
    let Some((delimiter, columns)) = columns(&head) else { return Ok(()) };
    let offset = head.len() as u64;
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
    let mut json = JsonReader::new(schemas);
    let mut row = ByteRecord::new();
    loop {
        since_row.set(0);
        let at = offset + reader.position().byte();
        match reader.read_byte_record(&mut row) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) if since_row.get() > ROW_BYTES_MAX => {
                let lost = || format!("{error}; what follows is lost");
                visitor.anomaly(AnomalyKind::TooLong, Some(at), &lost);
                return Ok(());
            }
            Err(error) => return Err(io::Error::other(error)),
        }
        if row.len() != columns.len() {
            let told = || format!("a row of {} cells below {} columns", row.len(), columns.len());
            // The cells before the one that is missing, or is one too many, stand below their names.
            json.spoilt(object(&columns, &row).as_bytes(), at, visitor);
            visitor.anomaly(AnomalyKind::Unparsable, Some(at), &told);
            continue;
        }
        let object = object(&columns, &row);
        if json.frame(object.as_bytes()).is_ok() {
            json.object(object.as_bytes(), at, visitor);
            if !visitor.passed(object.as_bytes()) {
                return Ok(());
            }
        }
    }
}

fn object(columns: &[String], row: &ByteRecord) -> String {
    let cells = columns
        .iter()
        .zip(row)
        .map(|(column, cell)| (column.clone(), Value::String(String::from_utf8_lossy(cell).into_owned())));
    Value::Object(cells.collect::<Map<String, Value>>()).to_string()
}

/// Text as the window decodes it, byte by byte, and no row longer than the bound.
struct TextStream<R> {
    window: Window<R>,
    since_row: Rc<Cell<u64>>,
}

impl<R: Read> TextStream<R> {
    /// All up to the first line break, and that.
    fn line(&mut self) -> io::Result<Vec<u8>> {
        loop {
            let bytes = self.window.bytes();
            let end = memchr::memchr(b'\n', bytes).map(|at| at + 1);
            let is_whole = self.window.ended() || bytes.len() as u64 > ROW_BYTES_MAX;
            if let Some(end) = end.or(is_whole.then_some(bytes.len())) {
                let line = bytes[..end].to_vec();
                self.window.consume(end);
                return Ok(line);
            }
            self.window.fill()?;
        }
    }
}

impl<R: Read> Read for TextStream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.window.bytes().is_empty() && !self.window.ended() {
            self.window.fill()?;
        }
        let length = self.window.bytes().len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.window.bytes()[..length]);
        self.window.consume(length);
        self.since_row.set(self.since_row.get() + length as u64);
        if self.since_row.get() > ROW_BYTES_MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a row that does not end"));
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_known_by_its_columns_whatever_parts_them() {
        assert!(is_table(b"Timestamp,DeviceName,ActionType\n1,2,3"));
        assert!(is_table("\u{feff}\"TimeGenerated [UTC]\";\"DeviceName\";\"ActionType\"\r\n".as_bytes()));
        assert!(is_table(b"ActionType\tDeviceName"));
        assert!(!is_table(b"Timestamp,DeviceName,Action\n"));
        assert!(!is_table(b"the ActionType, of a DeviceName\n"));
        assert!(!is_table(b""));
    }
}

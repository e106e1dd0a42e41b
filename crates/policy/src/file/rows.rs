//! Tables that a site exports, as CSV or JSON: read into rows of named texts, each with the line it stands on.

use std::collections::BTreeMap;

use ::csv::{ReaderBuilder, Trim};
use begat_model::event::Text;
use serde_json::value::RawValue;

use crate::file::complaint::{Complaint, Complaints, known_words, listed};

/// Most rows of a table.
const ROWS_MAX: usize = 1_000_000;
/// Complaints about one table that are kept: a file of the wrong sort would give one for each row.
const COMPLAINTS_MAX: usize = 100;

/// What a table may hold.
pub(crate) struct Columns {
    /// Columns that are read.
    pub known: &'static [&'static str],
    /// Other names that such columns go by.
    pub also_called: &'static [(&'static str, &'static str)],
    /// Columns without which the table says nothing.
    pub needed: &'static [&'static str],
}

/// One row: what its cells say, blank ones left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Where it stands, from 1.
    pub line: usize,
    cells: BTreeMap<&'static str, String>,
}

impl Row {
    /// `None` where the cell is blank or the column absent.
    pub fn get(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(String::as_str)
    }
}

/// What is done with each row as it is read: a table of a million rows is never held as a whole.
type Take<'t> = &'t mut dyn FnMut(&mut Table, &Row);

/// A table that was read.
#[derive(Debug)]
pub(crate) struct Table {
    file: Text,
    /// Rows that were read.
    rows: usize,
    errors: Vec<Complaint>,
    warnings: Vec<Complaint>,
}

impl Table {
    /// Reads either form: what begins with `[` or `{` is JSON, all else CSV.
    pub fn read(file: &str, text: &str, columns: &Columns, mut take: impl FnMut(&mut Table, &Row)) -> Table {
        let mut table = Table { file: file.into(), rows: 0, errors: vec![], warnings: vec![] };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim_start().starts_with(['[', '{']) {
            table.read_json(text, columns, &mut take);
        } else {
            table.read_csv(text, columns, &mut take);
        }
        table
    }

    /// Something that stops the run.
    pub fn error(&mut self, line: usize, what: impl Into<String>, instead: impl Into<String>) {
        let complaint = self.complaint(line, what.into(), instead.into());
        if self.errors.len() < COMPLAINTS_MAX {
            self.errors.push(complaint);
        }
    }

    /// Something odd but allowed.
    pub fn warning(&mut self, line: usize, what: impl Into<String>, instead: impl Into<String>) {
        let complaint = self.complaint(line, what.into(), instead.into());
        if self.warnings.len() < COMPLAINTS_MAX {
            self.warnings.push(complaint);
        }
    }

    fn complaint(&self, line: usize, what: String, instead: String) -> Complaint {
        Complaint { file: self.file.clone(), line, column: None, what, instead }
    }

    /// The warnings, where nothing stops the run.
    pub fn finish(self) -> Result<Vec<Complaint>, Complaints> {
        Complaints::check(self.errors)?;
        Ok(self.warnings)
    }

    fn read_csv(&mut self, text: &str, columns: &Columns, take: Take<'_>) {
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter(text))
            .trim(Trim::All)
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut header: Option<Vec<Option<&'static str>>> = None;
        let mut lines = Lines::of(text);
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(1, |position| position.line() as usize);
                    self.error(line, format!("this is no CSV: {error}"), "write one row a line");
                    return;
                }
            };
            let line = lines.of_record(record.position());
            if self.is_full(line) {
                return;
            }
            let Some(header) = &header else {
                header = Some(self.header(line, &record, columns));
                continue;
            };
            if record.len() > header.len() {
                let what = format!("{} cells under {} columns", record.len(), header.len());
                self.error(line, what, "put texts that hold the separator in quotes");
                continue;
            }
            let cells =
                header.iter().zip(&record).filter_map(|(name, cell)| Some(((*name)?, cell.to_owned())));
            self.take(line, cells.filter(|(_, cell)| !cell.is_empty()).collect(), take);
        }
        if header.is_none() {
            self.error(
                1,
                "the file is empty",
                format!("begin with a line that names {}", listed(columns.known)),
            );
        }
    }

    fn header(
        &mut self,
        line: usize,
        record: &::csv::StringRecord,
        columns: &Columns,
    ) -> Vec<Option<&'static str>> {
        let names: Vec<Option<&'static str>> =
            record.iter().map(|name| self.column(line, name, columns)).collect();
        for (index, name) in names.iter().enumerate() {
            if let Some(name) = name.filter(|name| names[..index].contains(&Some(name))) {
                self.error(line, format!("two columns are called `{name}`"), "leave one out");
            }
        }
        for needed in columns.needed.iter().filter(|needed| !names.contains(&Some(**needed))) {
            let what = format!("there is no column `{needed}`");
            self.error(line, what, format!("name the columns in the first line: {}", listed(columns.known)));
        }
        names
    }

    fn column(&mut self, line: usize, name: &str, columns: &Columns) -> Option<&'static str> {
        let known = columns.known.iter().find(|known| known.eq_ignore_ascii_case(name.trim()));
        let alias = columns.also_called.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name.trim()));
        let known = known.or(alias.map(|(_, column)| column));
        if known.is_none() && !name.trim().is_empty() {
            let what = format!("column `{}` is not read", name.trim());
            self.warning(line, what, known_words(name.trim(), columns.known));
        }
        known.copied()
    }

    /// An array of objects, or one object a line.
    fn read_json(&mut self, text: &str, columns: &Columns, take: Take<'_>) {
        let objects: Result<Vec<&RawValue>, serde_json::Error> = if text.trim_start().starts_with('[') {
            serde_json::from_str(text)
        } else {
            serde_json::Deserializer::from_str(text).into_iter().collect()
        };
        match objects {
            Ok(objects) => {
                let mut lines = Lines::of(text);
                for object in objects {
                    // A raw value is a part of the text itself, so its place is that of its first byte.
                    let offset = object.get().as_ptr() as usize - text.as_ptr() as usize;
                    let line = lines.at(offset);
                    if self.is_full(line) {
                        return;
                    }
                    self.object(line, object.get(), columns, take);
                }
            }
            Err(error) => {
                let what = format!("this is no JSON: {error}");
                self.error(error.line(), what, "write a list of objects: `[{…}, {…}]`");
            }
        }
    }

    fn object(&mut self, line: usize, text: &str, columns: &Columns, take: Take<'_>) {
        let object: serde_json::Map<String, serde_json::Value> = match serde_json::from_str(text) {
            Ok(object) => object,
            Err(_) => return self.error(line, "this is no object", "write `{…}` for each row"),
        };
        let mut cells = BTreeMap::new();
        for (name, value) in &object {
            let Some(column) = self.column(line, name, columns) else { continue };
            match value {
                serde_json::Value::Null => continue,
                serde_json::Value::String(text) if text.trim().is_empty() => continue,
                _ if cells.contains_key(column) => {
                    self.error(line, format!("`{column}` stands there twice"), "leave one out");
                    continue;
                }
                serde_json::Value::String(text) => cells.insert(column, text.trim().to_owned()),
                serde_json::Value::Number(number) => cells.insert(column, number.to_string()),
                _ => {
                    self.error(line, format!("`{name}` is no text"), format!("write `\"{name}\": \"…\"`"));
                    continue;
                }
            };
        }
        self.take(line, cells, take);
    }

    fn take(&mut self, line: usize, cells: BTreeMap<&'static str, String>, take: Take<'_>) {
        // A line of separators alone, as spreadsheets leave them behind, is no row.
        if !cells.is_empty() {
            self.rows += 1;
            take(self, &Row { line, cells });
        }
    }

    /// Says so where there are more rows than are taken: what follows is not looked at.
    fn is_full(&mut self, line: usize) -> bool {
        let is_full = self.rows == ROWS_MAX;
        if is_full {
            self.error(line, format!("there are more than {ROWS_MAX} rows"), "split the file");
        }
        is_full
    }
}

/// By which of them the first line has most: German spreadsheets write `;`.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| first.bytes().filter(|byte| *byte == delimiter).count();
    // The comma is asked last: of equals, `max_by_key` takes the last.
    [b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// The lines of a text, counted once over the whole of it: rows come in order.
struct Lines<'t> {
    text: &'t str,
    counted_to: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Lines<'t> {
        Lines { text, counted_to: 0, line: 1 }
    }

    /// The line of a place; places before one that was asked for are taken for that.
    fn at(&mut self, offset: usize) -> usize {
        let between = self.text.as_bytes().get(self.counted_to..offset).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', between).count();
        self.counted_to = self.counted_to.max(offset);
        self.line
    }

    /// The reader counts from the end of the record before, blank lines not among them.
    fn of_record(&mut self, position: Option<&::csv::Position>) -> usize {
        let start = position.map_or(0, |position| position.byte() as usize).min(self.text.len());
        let rest = self.text.get(start..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
        self.at(start + blank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns = Columns {
        known: &["name", "role", "owner"],
        also_called: &[("computer", "name")],
        needed: &["name"],
    };

    /// Line and cells of each row, then complaints.
    fn as_text(text: &str) -> String {
        let mut lines: Vec<String> = Vec::new();
        let table = Table::read("t", text, &COLUMNS, |_, row| {
            lines.push(format!("{} {:?}", row.line, row.cells.values().collect::<Vec<_>>()));
        });
        lines.extend(table.errors.iter().map(|error| format!("error {error}")));
        lines.extend(table.warnings.iter().map(|warning| format!("warning {warning}")));
        lines.join("\n")
    }

    #[test]
    fn every_spelling_of_a_table_gives_its_rows_with_their_lines() {
        let expected = "2 [\"a\", \"me\"]\n3 [\"b\", \"x, y\"]";
        for text in [
            "name,owner\na,me\nb,\"x, y\"\n",
            "\u{feff}name;owner\r\na;me\r\nb;x, y\r\n",
            "Name\tOWNER\na\tme\nb\tx, y",
            "computer , owner\n a, me \n b,\" x, y \"\n",
            "[\n{\"name\": \"a\", \"owner\": \"me\"},\n{\"OWNER\": \"x, y\", \"name\": \"b\", \"role\": null}]",
            "\n{\"name\": \"a\", \"owner\": \"me\"}\n{\"name\": \"b\", \"owner\": \"x, y\", \"role\": \" \"}",
        ] {
            assert_eq!(as_text(text), expected, "{text}");
        }
        assert_eq!(
            as_text("name,owner\n\n\na,me\n,\n\"b\nc\",x\nd,y"),
            "4 [\"a\", \"me\"]\n6 [\"b\\nc\", \"x\"]\n8 [\"d\", \"y\"]"
        );
        assert_eq!(as_text("[]"), "");
        assert_eq!(as_text("[{\"name\": 7}]"), "1 [\"7\"]");
    }

    #[test]
    fn lines_are_counted_once_over_the_whole_text() {
        let text = "a\n\nb\r\nc\n\n\nd";
        let mut lines = Lines::of(text);
        for offset in 0..=text.len() {
            assert_eq!(lines.at(offset), text[..offset].matches('\n').count() + 1, "{offset}");
            assert_eq!(lines.counted_to, offset, "nothing is counted twice");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for text in [
            "",
            "role,owner\nserver,me",
            "name,name\na,b",
            "name,rol\na,b",
            "name\na,b,c",
            "[{\"name\": \"a\"},\n 7]",
            "[{\"name\": [1]}]",
            "[{\"name\": \"a\"",
            "{\"name\": \"a\"} x",
        ] {
            assert!(as_text(text).contains("t:"), "{text}: {}", as_text(text));
        }
        insta::assert_snapshot!(as_text("name,rol\na,b,c\n"), @r"
        error t:2: 3 cells under 2 columns; put texts that hold the separator in quotes
        warning t:1: column `rol` is not read; write `role`
        ");
    }
}

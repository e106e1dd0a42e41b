//! The rows of a stream of text: quotes decide where each ends, and damage takes in no more than its line.

use std::io::{self, Read};

use begat_model::anomaly::AnomalyKind;
use csv::ByteRecord;
use memchr::{memchr, memchr2};

use crate::framing::table::columns::csv_reader;
use crate::framing::table::head::Head;
use crate::open::window::Window;

/// Longest row: a quote that nobody closes must not take in the whole file.
const ROW_BYTES_MAX: usize = 16 << 20;

/// What a table has, one after the other.
#[derive(Clone, Copy)]
pub(super) enum Piece<'r> {
    Row {
        row: &'r ByteRecord,
        at: u64,
    },
    /// A row that does not end, or has not the cells that the head has names for: its first line, and what is told.
    Broken {
        first_line: &'r [u8],
        at: u64,
        kind: AnomalyKind,
        lost: &'r str,
    },
}

/// What is to follow.
#[derive(PartialEq, Eq)]
pub(super) enum Verdict {
    Taken,
    /// The row has too many cells or too few: where it has several lines, those behind its first are rows of their own.
    Misfit,
    Enough,
}

/// The rows of a stream of text, whose quotes decide where each ends.
pub(super) struct Rows<R> {
    pub(super) window: Window<R>,
    delimiter: u8,
    columns: usize,
    is_seeking: bool,
}

impl<R: Read> Rows<R> {
    pub(super) fn new(stream: R) -> Rows<R> {
        Rows { window: Window::new(stream, 0), delimiter: b',', columns: 0, is_seeking: false }
    }

    /// The names of the columns.
    pub(super) fn head(&mut self) -> io::Result<Option<Head>> {
        loop {
            let bytes = self.window.bytes();
            let found = Head::find(bytes);
            let is_whole = self.window.ended() || bytes.len() > ROW_BYTES_MAX;
            match found {
                Some((begins, head)) if begins < bytes.len() || is_whole => {
                    self.window.consume(begins);
                    (self.delimiter, self.columns) = (head.delimiter, head.columns.len());
                    return Ok(Some(head));
                }
                None if is_whole => return Ok(None),
                _ => self.window.fill()?,
            }
        }
    }

    pub(super) fn each(&mut self, take: &mut dyn FnMut(Piece<'_>) -> Verdict) -> io::Result<()> {
        loop {
            let bytes = self.window.bytes();
            let (ended, is_too_long) = (self.window.ended(), bytes.len() > ROW_BYTES_MAX);
            if bytes.is_empty() && ended {
                return Ok(());
            }
            let (whole, open) = whole_rows(bytes, self.delimiter);
            let length = match whole {
                // The last row may lack its line break.
                0 if ended && !open => bytes.len(),
                0 if ended || is_too_long => {
                    let kind = if is_too_long { AnomalyKind::TooLong } else { AnomalyKind::Unparsable };
                    let first_line = first_line(bytes);
                    let is_last = first_line.len() == bytes.len() && ended;
                    let kind = if is_last { AnomalyKind::TruncatedEnd } else { kind };
                    let (length, at) = (first_line.len(), self.window.offset());
                    let lost = "a quote that is not closed, or a row that does not end";
                    let goes_on = self.is_seeking
                        || take(Piece::Broken { first_line, at, kind, lost }) != Verdict::Enough;
                    self.is_seeking = true;
                    self.window.consume(length);
                    if !goes_on {
                        return Ok(());
                    }
                    continue;
                }
                0 => {
                    self.window.fill()?;
                    continue;
                }
                whole => whole,
            };
            match self.block(length, take) {
                (_, true) => return Ok(()),
                (taken, false) => self.window.consume(taken),
            }
        }
    }

    /// Whole rows: how many bytes of them are done, and whether it was enough.
    fn block(&mut self, length: usize, take: &mut dyn FnMut(Piece<'_>) -> Verdict) -> (usize, bool) {
        let block = &self.window.bytes()[..length];
        let offset = self.window.offset();
        let mut reader = csv_reader(self.delimiter, block);
        let mut row = ByteRecord::new();
        loop {
            let begins = usize::try_from(reader.position().byte()).unwrap_or(length);
            if !reader.read_byte_record(&mut row).unwrap_or(false) {
                return (length, false);
            }
            strip_carriage_return(&mut row);
            if row.len() == 1 && row[0].is_empty() {
                continue;
            }
            // Blank lines before it are none of it.
            let blanks = block[begins..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let (begins, at) = (begins + blanks, offset + (begins + blanks) as u64);
            let ends = usize::try_from(reader.position().byte()).unwrap_or(length);
            match take(Piece::Row { row: &row, at }) {
                Verdict::Taken => self.is_seeking = false,
                Verdict::Enough => return (length, true),
                Verdict::Misfit => {
                    let first_line = first_line(&block[begins..ends]);
                    let lost = format!("a row of {} cells below {} columns", row.len(), self.columns);
                    let kind = AnomalyKind::Unparsable;
                    let is_told = std::mem::replace(&mut self.is_seeking, true);
                    if !is_told
                        && take(Piece::Broken { first_line, at, kind, lost: &lost }) == Verdict::Enough
                    {
                        return (length, true);
                    }
                    if begins + first_line.len() < ends {
                        return (begins + first_line.len(), false);
                    }
                    // A row in one line that is broken says nothing of the next.
                    self.is_seeking = is_told;
                }
            }
        }
    }
}

fn first_line(bytes: &[u8]) -> &[u8] {
    &bytes[..memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1)]
}

fn strip_carriage_return(row: &mut ByteRecord) {
    if row.iter().next_back().is_some_and(|cell| cell.ends_with(b"\r")) {
        let last = row.len() - 1;
        let strip = |(index, cell): (usize, &[u8])| {
            if index == last { cell[..cell.len() - 1].to_vec() } else { cell.to_vec() }
        };
        *row = row.iter().enumerate().map(strip).collect();
    }
}

/// The length of the whole rows at the start of `bytes`, and whether the row behind them is inside quotes at their end.
fn whole_rows(bytes: &[u8], delimiter: u8) -> (usize, bool) {
    let (mut at, mut whole) = (0, 0);
    // At the start of a cell.
    while at < bytes.len() {
        if bytes[at] == b'"' {
            match closing_quote(bytes, at + 1) {
                Some(behind) => at = behind,
                None => return (whole, true),
            }
        }
        match memchr2(delimiter, b'\n', &bytes[at..]) {
            Some(found) => {
                at += found + 1;
                if bytes[at - 1] == b'\n' {
                    whole = at;
                }
            }
            None => return (whole, false),
        }
    }
    (whole, false)
}

/// The place behind the quote that closes a cell; a quote that is doubled closes none.
fn closing_quote(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr(b'"', bytes.get(at..)?)? + 1;
        match bytes.get(at) {
            Some(b'"') => at += 1,
            _ => return Some(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<String> {
        let mut rows = Rows::new(text.as_bytes());
        let head = rows.head().unwrap().unwrap();
        let mut told = Vec::new();
        rows.each(&mut |piece| match piece {
            Piece::Row { row, .. } if !head.fits(row) => Verdict::Misfit,
            Piece::Row { row, at } => {
                let cells: Vec<_> = row.iter().map(String::from_utf8_lossy).collect();
                told.push(format!("{at} {}", cells.join("|")));
                Verdict::Taken
            }
            Piece::Broken { at, kind, .. } => {
                told.push(format!("{at} {}", kind.slug()));
                Verdict::Taken
            }
        })
        .unwrap();
        told
    }

    #[test]
    fn rows_end_where_quotes_let_them() {
        assert_eq!(rows("a,b\n1,\"x\ny\"\"z\"\r\n2,w"), ["4 1|x\ny\"z", "16 2|w"]);
        assert_eq!(rows("a,b\r\n\r\n1,c \"d\"\r\n"), ["7 1|c \"d\""]);
    }

    #[test]
    fn a_quote_that_nobody_closes_takes_in_its_line_alone() {
        assert_eq!(rows("a,b\n1,\"x\n2,y\n3,z\n"), ["4 unparsable", "9 2|y", "13 3|z"]);
        assert_eq!(rows("a,b\n1,\"x\n2,\"y, z\"\n3,w\n"), ["4 unparsable", "9 2|y, z", "18 3|w"]);
        assert_eq!(rows("a,b\n1,x\n2,\"y"), ["4 1|x", "8 truncated_end"]);
        assert_eq!(rows("a,b\n1\n2,x\n3\n"), ["4 unparsable", "6 2|x", "10 unparsable"]);
    }
}

//! Parquet to text: a table of plain columns becomes CSV, one with structure becomes JSON Lines, and both are read as those
//! are. So it is one more way of packing, and shapes, dates and messages are told once.
//!
//! The `parquet` crate reads the footer and puts rows together. It reserves what a page declares to hold, and some damage
//! makes it panic: so pages are read here, within bounds, and what panics ends the text early.

mod header;
mod pages;
mod spelled;
mod unwinding;

use std::io::{self, Read};
use std::sync::Arc;

use begat_evtx::ReadAt;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaDataReader, RowGroupMetaData};
use parquet::record::reader::{ReaderIter, TreeBuilder};
use parquet::schema::types::SchemaDescPtr;

use pages::{Columns, Group, Whole};
use spelled::Spelling;

/// Text made at a time.
const TEXT_BYTES: usize = 64 << 10;

/// The rows of a Parquet file as text.
pub(crate) struct Rows {
    file: Columns,
    schema: SchemaDescPtr,
    groups: std::vec::IntoIter<RowGroupMetaData>,
    /// Of the group that is being read.
    rows: Option<ReaderIter>,
    spelling: Spelling,
    text: Vec<u8>,
    given: usize,
}

impl Rows {
    /// Reads the footer, which says where everything else is.
    pub(crate) fn of(file: impl ReadAt + Send + Sync + 'static) -> io::Result<Rows> {
        let file: Columns = Arc::new(file);
        let length = file.size()?;
        let whole = Whole { file: file.clone(), length };
        let footer = || ParquetMetaDataReader::new().parse_and_finish(&whole).map_err(as_io);
        let footer = unwinding::held(footer)?;
        let schema = footer.file_metadata().schema_descr_ptr();
        if schema.num_columns() == 0 {
            return Err(as_io(ParquetError::General("it has no columns".to_owned())));
        }
        let spelling = Spelling::of(schema.root_schema());
        let text = spelling.head()?;
        let groups = footer.row_groups().to_vec().into_iter();
        Ok(Rows { file, schema, groups, rows: None, spelling, text, given: 0 })
    }

    /// Spells the next rows; none is left where there is no text after it.
    fn fill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.given = 0;
        while self.text.len() < TEXT_BYTES {
            let Some(rows) = &mut self.rows else {
                let Some(group) = self.groups.next() else { break };
                let group = Group::new(self.file.clone(), group);
                let rows = TreeBuilder::new().as_iter(self.schema.clone(), &group).map_err(as_io)?;
                self.rows = Some(rows);
                continue;
            };
            match rows.next() {
                Some(row) => {
                    let row = row.map_err(as_io)?;
                    self.spelling.row(&row, self.schema.root_schema(), &mut self.text)?;
                }
                None => self.rows = None,
            }
        }
        Ok(())
    }
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() && !buffer.is_empty() {
            unwinding::held(|| self.fill()).inspect_err(|_| {
                // What is behind damage cannot be trusted to be in its place.
                self.rows = None;
                self.groups = Vec::new().into_iter();
                self.given = self.text.len();
            })?;
        }
        let length = (self.text.len() - self.given).min(buffer.len());
        buffer[..length].copy_from_slice(&self.text[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

fn as_io(error: ParquetError) -> io::Error {
    let said = match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            // A failure of the system is none of the file.
            Ok(error) => return *error,
            Err(error) => error.to_string(),
        },
        ParquetError::General(said) | ParquetError::EOF(said) | ParquetError::NYI(said) => said,
        other => other.to_string(),
    };
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("as Parquet it is damaged, or beyond what is read: {said}"),
    )
}

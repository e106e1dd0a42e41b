//! The pages of a column, unpacked within bounds: what a page declares is reserved only where it may be true.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use begat_evtx::ReadAt;
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use parquet::basic::{Compression, Encoding};
use parquet::bloom_filter::Sbbf;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{ChunkReader, Length, RowGroupReader};
use parquet::record::reader::RowIter;
use parquet::schema::types::Type;

use super::header::PageHeader;

/// Longest header of a page; its statistics have the smallest and the greatest value.
const HEADER_BYTES_MAX: u64 = 1 << 20;
/// So much of a page is looked at for its header first.
const HEADER_BYTES: u64 = 4 << 10;
/// Most that the pages which are open at once may unpack to: one for each column, and its dictionary.
const OPEN_BYTES_MAX: u64 = 1 << 30;

/// A file that can be read at any place, on any thread.
pub(super) type Columns = Arc<dyn ReadAt + Send + Sync>;

/// A Parquet file, for its footer.
pub(super) struct Whole {
    pub(super) file: Columns,
    pub(super) length: u64,
}

impl Length for Whole {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Whole {
    type T = io::Cursor<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let length = self.length.saturating_sub(start).min(HEADER_BYTES_MAX);
        Ok(io::Cursor::new(stretch(&self.file, start, length)?))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(ParquetError::EOF("its footer is longer than the file".to_owned()));
        }
        stretch(&self.file, start, length as u64)
    }
}

/// A stretch of a file, which has to be as long.
fn stretch(file: &Columns, start: u64, length: u64) -> Result<Bytes> {
    let mut bytes = vec![0; usize::try_from(length)?];
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], start + filled as u64) {
            Ok(0) => return Err(ParquetError::EOF("it ends within a page".to_owned())),
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ParquetError::External(Box::new(error))),
        }
    }
    Ok(bytes.into())
}

/// One group of rows.
pub(super) struct Group {
    file: Columns,
    metadata: RowGroupMetaData,
    open_bytes: Arc<AtomicU64>,
}

impl Group {
    pub(super) fn new(file: Columns, metadata: RowGroupMetaData) -> Group {
        Group { file, metadata, open_bytes: Arc::default() }
    }
}

impl RowGroupReader for Group {
    fn metadata(&self) -> &RowGroupMetaData {
        &self.metadata
    }

    fn num_columns(&self) -> usize {
        self.metadata.num_columns()
    }

    fn get_column_page_reader(&self, column: usize) -> Result<Box<dyn PageReader>> {
        let column = self.metadata.column(column);
        let (at, length) = column.byte_range();
        let end = at.checked_add(length).ok_or_else(|| damaged("a column ends nowhere"))?;
        let open = Open { shared: self.open_bytes.clone(), bytes: 0 };
        Ok(Box::new(Pages { file: self.file.clone(), at, end, compression: column.compression(), open }))
    }

    fn get_column_bloom_filter(&self, _column: usize) -> Option<&Sbbf> {
        None
    }

    fn get_row_iter(&self, projection: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_row_group(projection, self)
    }
}

fn damaged(said: &str) -> ParquetError {
    ParquetError::General(said.to_owned())
}

/// What one column has open of what all may have.
struct Open {
    shared: Arc<AtomicU64>,
    bytes: u64,
}

impl Open {
    /// Another page takes the place of the last.
    fn replace(&mut self, bytes: u64) -> Result<()> {
        self.shared.fetch_sub(self.bytes, Ordering::Relaxed);
        self.bytes = 0;
        self.add(bytes)?;
        self.bytes = bytes;
        Ok(())
    }

    /// A page that stays open with the column.
    fn add(&self, bytes: u64) -> Result<()> {
        let all = self.shared.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if all > OPEN_BYTES_MAX {
            return Err(ParquetError::General(format!(
                "its pages unpack to more than {OPEN_BYTES_MAX} bytes at once"
            )));
        }
        Ok(())
    }
}

/// The pages of a column in their order.
struct Pages {
    file: Columns,
    at: u64,
    end: u64,
    compression: Compression,
    open: Open,
}

impl Pages {
    fn header(&self) -> Result<(PageHeader, u64)> {
        let left = self.end - self.at;
        for most in [HEADER_BYTES, HEADER_BYTES_MAX] {
            let bytes = stretch(&self.file, self.at, left.min(most))?;
            if let Some((header, length)) = PageHeader::read(&bytes) {
                return Ok((header, length as u64));
            }
        }
        Err(damaged("the header of a page is none"))
    }

    /// The bytes of a page, unpacked. Pages of the second form have their levels in front, which are never packed.
    fn unpacked(&mut self, header: &PageHeader) -> Result<Bytes> {
        let (packed_bytes, bytes) =
            (u64::try_from(header.packed_bytes)?, u64::try_from(header.unpacked_bytes)?);
        let end = self.at.checked_add(packed_bytes).filter(|end| *end <= self.end);
        let end = end.ok_or_else(|| damaged("a page is longer than its column"))?;
        match header.kind {
            DICTIONARY => self.open.add(bytes)?,
            _ => self.open.replace(bytes)?,
        }
        let packed = stretch(&self.file, self.at, packed_bytes)?;
        self.at = end;
        let levels = match header.kind {
            DATA_2 => usize::try_from(header.definition_bytes)?
                .checked_add(usize::try_from(header.repetition_bytes)?)
                .filter(|levels| *levels <= packed.len() && *levels as u64 <= bytes)
                .ok_or_else(|| damaged("a page has more levels than bytes"))?,
            _ => 0,
        };
        let is_stored =
            self.compression == Compression::UNCOMPRESSED || header.kind == DATA_2 && header.is_stored;
        let unpacked = match is_stored {
            true => packed,
            false => {
                let mut unpacked = packed[..levels].to_vec();
                unpack(self.compression, &packed[levels..], bytes - levels as u64, &mut unpacked)?;
                unpacked.into()
            }
        };
        if unpacked.len() as u64 != bytes {
            return Err(damaged("a page is not as long as it says"));
        }
        Ok(unpacked)
    }

    fn page(&mut self, header: &PageHeader) -> Result<Option<Page>> {
        let buf = self.unpacked(header)?;
        let num_values = u32::try_from(header.values)?;
        Ok(Some(match header.kind {
            DATA => Page::DataPage {
                buf,
                num_values,
                encoding: encoding(header.encoding)?,
                def_level_encoding: encoding(header.definition_encoding)?,
                rep_level_encoding: encoding(header.repetition_encoding)?,
                statistics: None,
            },
            DATA_2 => Page::DataPageV2 {
                buf,
                num_values,
                encoding: encoding(header.encoding)?,
                num_nulls: u32::try_from(header.nulls)?,
                num_rows: u32::try_from(header.rows)?,
                def_levels_byte_len: u32::try_from(header.definition_bytes)?,
                rep_levels_byte_len: u32::try_from(header.repetition_bytes)?,
                is_compressed: false,
                statistics: None,
            },
            // Every value takes a byte at least.
            DICTIONARY if u64::from(num_values) > buf.len() as u64 => {
                return Err(damaged("a dictionary has more values than bytes"));
            }
            DICTIONARY => Page::DictionaryPage {
                buf,
                num_values,
                encoding: encoding(header.encoding)?,
                is_sorted: false,
            },
            _ => return Ok(None),
        }))
    }
}

/// Kinds of pages; all others are passed over.
const DATA: i64 = 0;
const DICTIONARY: i64 = 2;
const DATA_2: i64 = 3;

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        while self.at < self.end {
            let (header, length) = self.header()?;
            self.at += length;
            if let Some(page) = self.page(&header)? {
                return Ok(Some(page));
            }
        }
        Ok(None)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        Ok((self.at < self.end).then_some(PageMetadata { num_rows: None, num_levels: None, is_dict: false }))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        let (header, length) = self.header()?;
        self.at = self.at.saturating_add(length).saturating_add(u64::try_from(header.packed_bytes)?);
        Ok(())
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        self.get_next_page().transpose()
    }
}

/// Unpacks to no more bytes than were declared, and room was found for.
fn unpack(compression: Compression, packed: &[u8], bytes: u64, unpacked: &mut Vec<u8>) -> Result<()> {
    let most = bytes + 1;
    match compression {
        // A page of nothing but nulls.
        _ if bytes == 0 => {}
        Compression::SNAPPY if snap::raw::decompress_len(packed).ok() == usize::try_from(bytes).ok() => {
            let page = snap::raw::Decoder::new().decompress_vec(packed);
            unpacked.extend(page.map_err(|error| ParquetError::General(error.to_string()))?);
        }
        Compression::SNAPPY => return Err(damaged("a page is not as long as it says")),
        Compression::GZIP(_) => {
            MultiGzDecoder::new(packed).take(most).read_to_end(unpacked)?;
        }
        Compression::ZSTD(_) => {
            zstd::stream::read::Decoder::new(packed)?.take(most).read_to_end(unpacked)?;
        }
        other => return Err(ParquetError::General(format!("it is packed by {other}"))),
    }
    Ok(())
}

/// The encodings that are read. Of those with deltas for texts the crate reserves what they declare to hold.
fn encoding(number: i64) -> Result<Encoding> {
    Ok(match number {
        0 => Encoding::PLAIN,
        2 => Encoding::PLAIN_DICTIONARY,
        3 => Encoding::RLE,
        4 =>
        {
            #[expect(deprecated, reason = "old files have levels in it")]
            Encoding::BIT_PACKED
        }
        5 => Encoding::DELTA_BINARY_PACKED,
        8 => Encoding::RLE_DICTIONARY,
        9 => Encoding::BYTE_STREAM_SPLIT,
        other => return Err(ParquetError::General(format!("encoding {other} of its values is not read"))),
    })
}

//! A selective reader of Windows event logs (EVTX).
//!
//! A hunt wants one record in ten or in a thousand. So this reader decides about a record by its
//! event id and provider, which it finds among the substitutions of the record's template without
//! rendering anything, and decodes only what is wanted. It knows bytes: no event means anything to
//! it.
//!
//! ```
//! use begat_evtx::{ChunkReader, Damage, EvtxFile, Record, Selection, Visitor};
//!
//! struct Print;
//!
//! impl Visitor for Print {
//!     fn record(&mut self, record: &Record<'_>) {
//!         for field in record.fields() {
//!             println!("{:?} = {}", field.name, field.value);
//!         }
//!     }
//!     fn damage(&mut self, damage: Damage) {
//!         eprintln!("{damage}");
//!     }
//! }
//!
//! # fn read(path: &std::path::Path) -> std::io::Result<()> {
//! let file = EvtxFile::open(std::fs::File::open(path)?)?;
//! let selection = Selection::new([("Microsoft-Windows-Security-Auditing", 4720)]);
//! let mut reader = ChunkReader::new(&selection);
//! for chunk in 0..file.chunk_count() {
//!     reader.read_chunk(&file, chunk, &mut Print)?;
//! }
//! # Ok(())
//! # }
//! ```

mod binxml;
mod container;
mod plan;
mod raw;
pub mod render;

pub use container::file::{EvtxFile, ReadAt, looks_like_evtx};
pub use container::reader::ChunkReader;
pub use plan::layout::SystemField;
pub use plan::record::{Field, Header, Record};
pub use plan::select::Selection;
pub use plan::visitor::Visitor;
pub use raw::damage::{Damage, DamageKind, Malformed, RecordFault};
pub use raw::sizes::CHUNK_BYTES;
pub use raw::text::Text;
pub use raw::time::{FileTime, SystemTime};
pub use raw::value::{Array, Guid, Sid, Stored, Value};

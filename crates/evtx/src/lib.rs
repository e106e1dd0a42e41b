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
mod bytes;
mod chunk;
mod damage;
mod decode;
mod file;
mod layout;
mod names;
mod record;
pub mod render;
mod select;
mod template;
mod text;
mod time;
mod tree;
mod value;

pub use chunk::{CHUNK_BYTES, ChunkReader, Visitor};
pub use damage::{Damage, DamageKind, Malformed, RecordFault};
pub use file::{EvtxFile, ReadAt, looks_like_evtx};
pub use layout::SystemField;
pub use record::{Field, Header, Record};
pub use select::Selection;
pub use text::Text;
pub use time::{FileTime, SystemTime};
pub use value::{Array, Guid, Sid, Value};

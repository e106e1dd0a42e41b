//! Bytes of any carrier to typed events; what cannot be read is told.
//!
//! A hunt looks twice. `gather` finds the sources; `survey` looks at every record of every `Unit` and counts who
//! was heard and where accounts were created; `Survey::finish` decides what only the whole can tell (zones of
//! times that carry none, sources without events); `read` then gives the events of the hosts that matter.
//! Units are independent: survey and read them in any order, on any number of threads, and merge.

mod anomaly_log;
mod evtx;
mod extent;
mod gather;
mod intern;
mod json;
mod normalise;
mod raw;
mod read;
mod schema;
mod source;
mod survey;
mod tally;
mod text;
mod unit;
mod window;
mod xml;
mod zone;

pub use anomaly_log::AnomalyLog;
pub use extent::{Density, Extent, TimeSlice};
pub use gather::{Gathered, gather, gather_bytes};
pub use read::{ReadOptions, ReadReport};
pub use schema::{Schema, SchemaError, Schemas};
pub use source::{InputProblem, Limits, Skipped, Source, SourceKind};
pub use survey::{Creation, SourceCounts, Survey, Surveyed};
pub use unit::{Unit, read, survey};
pub use zone::{InputZone, UnknownZone, Zones};

//! Bytes of any carrier to typed events; what cannot be read is told.
//!
//! A hunt looks twice. `gather` finds the sources; `survey` looks at every record of every `Unit` and counts who
//! was heard and where accounts were created; `Survey::finish` decides what only the whole can tell (zones of
//! times that carry none, sources without events); `read` then gives the events of the hosts that matter.
//! Units are independent: survey and read them in any order, on any number of threads, and merge.

mod anomaly_log;
mod framing;
mod normalise;
mod open;
mod raw;
mod read;
mod scalar;
mod shapes;
mod survey;
mod unit;
mod verbatim;

pub use anomaly_log::AnomalyLog;
pub use framing::xml_texts::map_xml_texts;
pub use open::gather::{Gathered, gather, gather_bytes};
pub use open::passwords::Passwords;
pub use open::source::{InputProblem, Limits, Skipped, Source, SourceKind};
pub use read::{ReadOptions, ReadReport};
pub use shapes::{Schema, SchemaError, Schemas};
pub use survey::extent::{Density, Extent, TimeSlice};
pub use survey::zone::{InputZone, UnknownZone, Zones};
pub use survey::{Creation, SourceCounts, Survey, Surveyed};
pub use unit::{Looks, Unit, UnitReader, read, survey};
pub use verbatim::{Heading, Taker, Verbatim};

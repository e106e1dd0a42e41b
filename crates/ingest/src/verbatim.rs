//! Records as they stand in a source, for who wants to see them and not what begat makes of them.

use std::io;

use begat_evtx::{ChunkReader, Damage, EvtxFile, ReadAt, Selection};
use begat_model::Timestamp;
use begat_model::anomaly::AnomalyKind;
use begat_model::catalog::EventSpec;

use crate::anomaly_log::AnomalyLog;
use crate::framing::{evtx, table, text};
use crate::open::source::{InputProblem, Source, SourceKind, damage_of};
use crate::raw::{Header, HeaderTime, HeardAgain, RawRecord, SortId, Visitor};
use crate::scalar::timestamp;
use crate::shapes::Schemas;

/// What a record is chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heading {
    /// System/EventID.
    pub event_id: Option<u32>,
    /// System/EventRecordID.
    pub record_id: Option<u64>,
    /// When; `None` where it tells no time, or one without its zone.
    pub at: Option<Timestamp>,
}

/// One record as its source has it.
#[derive(Clone, Copy)]
pub enum Verbatim<'r> {
    /// Of an event log.
    Stored(&'r begat_evtx::Record<'r>),
    /// A JSON object, which a row of a table is made into, or the XML of an event.
    Text(&'r str),
}

/// Takes a record; whether more are wanted.
pub type Taker<'t> = dyn FnMut(&Heading, Verbatim<'_>) -> bool + 't;

impl Source {
    /// Gives every record in the order in which they stand, until no more are wanted. What is no event is an anomaly.
    pub fn each_record(
        &self,
        schemas: &Schemas,
        anomalies: &mut AnomalyLog,
        take: &mut Taker<'_>,
    ) -> Result<(), InputProblem> {
        let mut passing = Passing { source: self, heading: None, anomalies, take, goes_on: true };
        let outcome = match self.kind {
            SourceKind::Evtx => passing.event_log(),
            SourceKind::Json | SourceKind::Xml | SourceKind::Rendered => self
                .packing
                .open()
                .and_then(|stream| text::read_records(stream, 0, true, schemas, &mut passing)),
            SourceKind::Table => table::read_rows(&|| self.packing.open(), schemas, &mut passing),
        };
        match outcome {
            // Damage of what is packed is told and its beginning kept; a failure of the system is a problem.
            Err(error) => match damage_of(&error).filter(|_| !self.packing.is_plain()) {
                Some(kind) => {
                    Visitor::anomaly(&mut passing, kind, None, &|| format!("{error}; what follows is lost"));
                    Ok(())
                }
                None => Err(InputProblem::new(&self.name, "read", error)),
            },
            Ok(()) => Ok(()),
        }
    }
}

/// Passes records on.
struct Passing<'p, 't> {
    source: &'p Source,
    /// Of the record heard last.
    heading: Option<Heading>,
    anomalies: &'p mut AnomalyLog,
    take: &'p mut Taker<'t>,
    goes_on: bool,
}

impl Passing<'_, '_> {
    /// An event log is read at many places, so one inside an archive is unpacked to a file first.
    fn event_log(&mut self) -> io::Result<()> {
        if self.source.packing.is_plain() {
            return self.chunks(self.source.packing.base.open()?);
        }
        let (spool, ended_by) = self.source.packing.spool()?;
        self.chunks(spool.open())?;
        ended_by.map_or(Ok(()), Err)
    }

    fn chunks(&mut self, source: impl ReadAt) -> io::Result<()> {
        let file = EvtxFile::open(source)?;
        file.damage().into_iter().for_each(|damage| begat_evtx::Visitor::damage(self, damage));
        let mut reader = ChunkReader::new(&Selection::everything());
        for chunk in 0..file.chunk_count() {
            reader.read_chunk(&file, chunk, self)?;
            if !self.goes_on {
                break;
            }
        }
        Ok(())
    }
}

impl begat_evtx::Visitor for Passing<'_, '_> {
    fn record(&mut self, record: &begat_evtx::Record<'_>) {
        let header = record.header();
        let heading = Heading {
            event_id: header.event_id(),
            record_id: header.record_id(),
            at: header.time_created().and_then(timestamp),
        };
        self.goes_on = self.goes_on && (self.take)(&heading, Verbatim::Stored(record));
    }

    fn damage(&mut self, damage: Damage) {
        let (kind, detail) = (evtx::anomaly_kind(damage.kind), evtx::damage_said(&damage));
        Visitor::anomaly(self, kind, Some(damage.offset), &|| detail.clone());
    }
}

impl Visitor for Passing<'_, '_> {
    fn heard(&mut self, header: &Header<'_>, _offset: Option<u64>) -> Option<&'static EventSpec> {
        let at = match header.time {
            HeaderTime::Known(at) => Some(at),
            HeaderTime::Zoneless(_) | HeaderTime::Missing | HeaderTime::Unreadable(_) => None,
        };
        self.heading = Some(Heading { event_id: header.event_id, record_id: header.record_id, at });
        None
    }

    fn last_sort(&mut self) -> Option<SortId> {
        None
    }

    fn heard_again(
        &mut self,
        _sort: SortId,
        _time: &HeaderTime<'_>,
        _record_id: Option<u64>,
        _offset: Option<u64>,
    ) -> HeardAgain {
        HeardAgain::Forgotten
    }

    // No fields are ever asked for.
    fn record(&mut self, _header: &Header<'_>, _record: &RawRecord<'_>, _offset: Option<u64>) {}

    fn spoilt(&mut self, _header: &Header<'_>, _offset: Option<u64>) {}

    fn lost(&mut self, _header: &Header<'_>, _offset: Option<u64>, _reason: &dyn Fn() -> String) {}

    fn anomaly(&mut self, kind: AnomalyKind, offset: Option<u64>, detail: &dyn Fn() -> String) {
        self.anomalies.add(kind, &self.source.name, offset, None, detail);
    }

    fn passed(&mut self, bytes: &[u8]) -> bool {
        if let Some(heading) = self.heading.take() {
            self.goes_on = (self.take)(&heading, Verbatim::Text(&String::from_utf8_lossy(bytes)));
        }
        self.goes_on
    }
}

//! What one thread reads at a time: some chunks of an event log, a stretch of a large text, or a whole source.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use begat_evtx::{CHUNK_BYTES, ChunkReader};
use begat_model::Event;
use begat_model::catalog::{CATALOG, EventKind};
use memchr::memmem;

use crate::framing::evtx::{self, Told};
use crate::framing::{table, text};
use crate::normalise::intern::Interner;
use crate::open::source::{InputProblem, Source, SourceKind, damage_of};
use crate::raw::Visitor;
use crate::read::{ReadOptions, ReadReport, ReadVisitor};
use crate::shapes::Schemas;
use crate::survey::pulse::is_telling;
use crate::survey::tally::{Sorts, is_looked_into};
use crate::survey::{Survey, SurveyVisitor};

/// Chunks of an event log in a unit.
const CHUNKS: u64 = 16;
/// Bytes of the header of an event log.
const EVTX_HEADER_BYTES: u64 = 4096;
/// Bytes of a text in a unit.
const TEXT_BYTES: u64 = 16 << 20;

/// A part of a source that is read by itself.
#[derive(Debug, Clone)]
pub struct Unit {
    /// What it is a part of.
    pub source: Arc<Source>,
    /// About how many bytes it has.
    pub bytes: u64,
    part: Part,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Whole,
    Chunks(Range<u64>),
    /// Objects that begin in this range of bytes.
    Bytes(Range<u64>),
}

impl Source {
    /// Its parts, in order. What is packed cannot be read from the middle, so it is one.
    pub fn units(self: &Arc<Source>) -> Vec<Unit> {
        let unit = |part, bytes| Unit { source: self.clone(), bytes, part };
        if !self.packing.is_plain() {
            return vec![unit(Part::Whole, self.bytes)];
        }
        match self.kind {
            SourceKind::Evtx => {
                let chunk_bytes = CHUNK_BYTES as u64;
                let chunks = self.bytes.saturating_sub(EVTX_HEADER_BYTES).div_ceil(chunk_bytes);
                ranges(chunks, CHUNKS)
                    .map(|range| {
                        let bytes = (range.end - range.start) * chunk_bytes;
                        unit(Part::Chunks(range), bytes)
                    })
                    .collect()
            }
            SourceKind::Json if self.is_splittable => ranges(self.bytes, TEXT_BYTES)
                .map(|range| unit(Part::Bytes(range.clone()), range.end - range.start))
                .collect(),
            SourceKind::Json | SourceKind::Xml | SourceKind::Rendered | SourceKind::Table => {
                vec![unit(Part::Whole, self.bytes)]
            }
        }
    }
}

/// `0..whole` in pieces; one empty piece where there is nothing.
fn ranges(whole: u64, piece: u64) -> impl Iterator<Item = Range<u64>> {
    let pieces = whole.div_ceil(piece).max(1);
    (0..pieces).map(move |index| index * piece..((index + 1) * piece).min(whole))
}

/// How closely a survey looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Looks {
    /// As a hunt needs it.
    #[default]
    Once,
    /// Hour by hour besides, into records too: `Tally::hours`.
    ByTheHour,
}

/// Reads units. It keeps from one to the next its buffers and what it learned of templates and texts, so there should
/// be one for each thread.
#[derive(Default)]
pub struct UnitReader {
    looks: Looks,
    headers: Option<ChunkReader>,
    records: Option<(Vec<EventKind>, ChunkReader)>,
    interner: Interner,
}

impl UnitReader {
    /// One that looks so closely.
    pub fn looking(looks: Looks) -> UnitReader {
        UnitReader { looks, ..UnitReader::default() }
    }

    /// Looks at every record of a unit: who was heard, where accounts were created, which zones clocks keep.
    pub fn survey(&mut self, unit: &Unit, schemas: &Schemas) -> Result<Survey, InputProblem> {
        let source = &unit.source;
        let is_event_log = source.kind == SourceKind::Evtx;
        let by_the_hour = self.looks == Looks::ByTheHour;
        let sorts = if by_the_hour { Sorts::by_the_hour() } else { Sorts::default() };
        let mut visitor = SurveyVisitor::new(source.name.clone(), is_event_log, unit.bytes, sorts);
        let looked_into = || evtx::selection(|kind| is_looked_into(kind) || by_the_hour && is_telling(kind));
        let headers = self.headers.get_or_insert_with(|| ChunkReader::new(&looked_into()));
        unit.visit(schemas, headers, Told::Headers, &mut visitor)?;
        Ok(visitor.finish())
    }

    /// Reads the wanted records of a unit, and gives their events to `sink` in the order in which they stand.
    pub fn read(
        &mut self,
        unit: &Unit,
        options: &ReadOptions<'_>,
        sink: &mut dyn FnMut(Event),
    ) -> Result<ReadReport, InputProblem> {
        let UnitReader { records, interner, .. } = self;
        let mut visitor = ReadVisitor::new(unit.source.name.clone(), options, interner, sink);
        unit.visit(options.schemas, reader_of(records, options), Told::Selected, &mut visitor)?;
        Ok(visitor.report)
    }
}

/// The reader of the kinds that are asked for. The survey has verified the checksums.
fn reader_of<'r>(
    records: &'r mut Option<(Vec<EventKind>, ChunkReader)>,
    options: &ReadOptions<'_>,
) -> &'r mut ChunkReader {
    let kinds: Vec<EventKind> =
        CATALOG.iter().map(|row| row.kind).filter(|kind| (options.kinds)(*kind)).collect();
    let selection = || evtx::selection(|kind| kinds.contains(&kind));
    match records {
        Some((known, _)) if *known == kinds => {}
        Some((_, reader)) => reader.select(&selection()),
        None => *records = Some((Vec::new(), ChunkReader::new(&selection()).without_checksums())),
    }
    let (known, reader) = records.as_mut().expect("there is one by now");
    *known = kinds;
    reader
}

/// Looks at every record of a unit, as a new reader does.
pub fn survey(unit: &Unit, schemas: &Schemas) -> Result<Survey, InputProblem> {
    UnitReader::default().survey(unit, schemas)
}

/// Reads the wanted records of a unit, as a new reader does.
pub fn read(
    unit: &Unit,
    options: &ReadOptions<'_>,
    sink: &mut dyn FnMut(Event),
) -> Result<ReadReport, InputProblem> {
    UnitReader::default().read(unit, options, sink)
}

impl Unit {
    fn visit(
        &self,
        schemas: &Schemas,
        reader: &mut ChunkReader,
        told: Told,
        visitor: &mut dyn Visitor,
    ) -> Result<(), InputProblem> {
        let outcome = match (self.source.kind, &self.part) {
            (SourceKind::Evtx, Part::Chunks(chunks)) => self
                .source
                .packing
                .base
                .open()
                .and_then(|file| evtx::read_chunks(file, Some(chunks.clone()), reader, told, visitor)),
            (SourceKind::Evtx, _) => self.unpacked_event_log(reader, told, visitor),
            (_, Part::Bytes(range)) => self.text_range(range, schemas, visitor),
            (_, _) => self.whole_text(schemas, visitor),
        };
        outcome.map_err(|error| InputProblem::new(&self.source.name, "read", error))
    }

    /// An event log is read at many places, so one inside an archive is unpacked to a file first.
    fn unpacked_event_log(
        &self,
        reader: &mut ChunkReader,
        told: Told,
        visitor: &mut dyn Visitor,
    ) -> io::Result<()> {
        let (spool, ended_by) = self.source.packing.spool()?;
        evtx::read_chunks(spool.open(), None, reader, told, visitor)?;
        ended_by.map_or(Ok(()), |error| self.ended_early(error, visitor))
    }

    fn whole_text(&self, schemas: &Schemas, visitor: &mut dyn Visitor) -> io::Result<()> {
        let open = || self.source.packing.open();
        let outcome = match self.source.kind {
            SourceKind::Table => table::read_rows(&open, schemas, visitor),
            _ => text::read_records(open()?, 0, true, schemas, visitor),
        };
        match outcome {
            Ok(()) => Ok(()),
            Err(error) => self.ended_early(error, visitor),
        }
    }

    /// Damage of what is packed is told and its beginning kept; a failure of the system is a problem.
    fn ended_early(&self, error: io::Error, visitor: &mut dyn Visitor) -> io::Result<()> {
        match damage_of(&error).filter(|_| !self.source.packing.is_plain()) {
            Some(kind) => {
                visitor.anomaly(kind, None, &|| format!("{error}; what follows is lost"));
                Ok(())
            }
            None => Err(error),
        }
    }

    fn text_range(&self, range: &Range<u64>, schemas: &Schemas, visitor: &mut dyn Visitor) -> io::Result<()> {
        let mut base = self.source.packing.base.open()?;
        let start = if range.start == 0 { Some(0) } else { boundary(&mut base, range.start, range.end)? };
        let Some(start) = start else { return Ok(()) };
        let next = boundary(&mut base, range.end, u64::MAX)?;
        base.seek(SeekFrom::Start(start))?;
        let stream = base.take(next.unwrap_or(u64::MAX) - start);
        text::read_records(stream, start, next.is_none(), schemas, visitor)
    }
}

/// The first place in `from..until` where an object begins that is inside no other.
///
/// An object that follows another's closing brace after nothing but a line break is outermost in all JSON:
/// inside a list or an object a comma stands between, and inside a text a line break is escaped.
fn boundary(text: &mut (impl Read + Seek), from: u64, until: u64) -> io::Result<Option<u64>> {
    const BLOCK_BYTES: u64 = 256 << 10;
    /// Longest of what is looked for, `}␍␊{"`.
    const PATTERN_BYTES: u64 = 5;
    let mut block = Vec::new();
    let mut at = from.saturating_sub(PATTERN_BYTES);
    loop {
        text.seek(SeekFrom::Start(at))?;
        block.clear();
        let length = text.take(BLOCK_BYTES).read_to_end(&mut block)? as u64;
        let begins = memmem::find_iter(&block, b"\n{\"")
            .filter(|line_break| {
                let before = &block[..*line_break];
                before.strip_suffix(b"\r").unwrap_or(before).ends_with(b"}")
            })
            .map(|line_break| at + line_break as u64 + 1)
            .find(|begins| *begins >= from);
        match begins {
            Some(begins) => return Ok((begins < until).then_some(begins)),
            None if length < BLOCK_BYTES || at + length >= until.saturating_add(PATTERN_BYTES) => {
                return Ok(None);
            }
            None => at += length - PATTERN_BYTES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_the_whole_without_overlap() {
        for whole in [0, 1, 15, 16, 17, 160] {
            let pieces: Vec<Range<u64>> = ranges(whole, 16).collect();
            assert_eq!(pieces[0].start, 0);
            assert_eq!(pieces.last().unwrap().end, whole);
            assert!(pieces.windows(2).all(|pair| pair[0].end == pair[1].start));
        }
    }

    #[test]
    fn an_object_is_never_cut_in_two() {
        let text =
            "{\"a\":1}\n{\"b\":[\n{\"c\":1},\n{\"d\":\"}\\n{\"}]}\r\n{\"e\":1}\n[\n{\"f\":1}\n,{\"g\":1}]";
        let mut bytes = io::Cursor::new(text);
        let starts = [text.find("{\"b\"").unwrap() as u64, text.find("{\"e\"").unwrap() as u64];
        for from in 1..=text.len() as u64 {
            let expected = starts.into_iter().find(|start| *start >= from);
            assert_eq!(boundary(&mut bytes, from, u64::MAX).unwrap(), expected, "from {from}");
            let before_it = expected.unwrap_or(u64::MAX);
            assert_eq!(boundary(&mut bytes, from, before_it).unwrap(), None, "from {from}");
        }
    }
}

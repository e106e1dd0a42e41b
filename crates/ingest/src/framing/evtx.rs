//! Records of event logs, as `begat-evtx` finds them, to the shape that all carriers share.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use begat_evtx::{ChunkReader, Damage, DamageKind, EvtxFile, ReadAt, Record, Selection, Stored, SystemField};
use begat_model::anomaly::AnomalyKind;
use begat_model::catalog::{CATALOG, EventKind, EventSpec, FieldName};

use crate::raw::{Header, HeaderTime, HeardAgain, Outcome, RawRecord, SortId, Visitor};
use crate::scalar::timestamp;

/// The records of these kinds, their fields numbered as the catalog numbers them.
pub(crate) fn selection(wanted: impl Fn(EventKind) -> bool) -> Selection {
    let rows = CATALOG.iter().filter(|row| wanted(row.kind));
    let pairs = rows.filter_map(|row| Some((row.provider, u16::try_from(row.event_id).ok()?)));
    Selection::new(pairs).numbering(FieldName::ALL.iter().map(|field| field.as_str()))
}

/// Which records the visitor is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// The header of every record; a record is decoded only where the visitor then asks for its fields.
    Headers,
    /// Selected records alone.
    Selected,
}

/// Reads some chunks of a file. The first chunks tell of the file's header too.
pub(crate) fn read_chunks<R: ReadAt>(
    source: R,
    chunks: Option<Range<u64>>,
    reader: &mut ChunkReader,
    told: Told,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    let file = EvtxFile::open(source)?;
    let chunks = chunks.unwrap_or(0..file.chunk_count());
    let mut adapter = Adapter { visitor, told, recent: Recent::default(), asked: None };
    if chunks.start == 0
        && let Some(damage) = file.damage()
    {
        begat_evtx::Visitor::damage(&mut adapter, damage);
    }
    for chunk in chunks {
        reader.read_chunk(&file, chunk, &mut adapter)?;
    }
    Ok(())
}

/// Passes on what the reader of chunks finds.
struct Adapter<'v> {
    visitor: &'v mut dyn Visitor,
    told: Told,
    recent: Recent,
    /// Of the record whose header was heard last: the row whose fields are asked for.
    asked: Option<&'static EventSpec>,
}

/// Sorts of records heard lately, by event id: what a log has most of is known by its bytes alone.
#[derive(Default)]
struct Recent {
    sorts: Vec<Option<RecentSort>>,
}

struct RecentSort {
    event_id: u32,
    /// Computer, channel and provider: type and bytes as they stand in the file.
    texts: [(u8, Vec<u8>); 3],
    sort: SortId,
}

/// What makes out the sort of a record, as it stands in the file.
struct SortKey<'h> {
    event_id: u32,
    texts: [Stored<'h>; 3],
}

impl<'h> SortKey<'h> {
    #[inline]
    fn of(header: &begat_evtx::Header<'h>) -> Option<SortKey<'h>> {
        let texts = [
            header.stored(SystemField::Computer)?,
            header.stored(SystemField::Channel)?,
            header.stored(SystemField::ProviderName)?,
        ];
        Some(SortKey { event_id: header.event_id()?, texts })
    }
}

impl Recent {
    const PLACES: usize = 256;

    /// Ids that come together, 4624 and 4688 say, should not share a place.
    fn place(event_id: u32) -> usize {
        (event_id.wrapping_mul(0x9e37_79b1) >> 24) as usize % Self::PLACES
    }

    #[inline]
    fn find(&self, key: &SortKey<'_>) -> Option<SortId> {
        let recent = self.sorts.get(Self::place(key.event_id))?.as_ref()?;
        let same = |(known, text): (&(u8, Vec<u8>), &Stored<'_>)| {
            let (kind, bytes) = text.parts();
            known.0 == kind && known.1 == bytes
        };
        let is_same = recent.event_id == key.event_id && recent.texts.iter().zip(&key.texts).all(same);
        is_same.then_some(recent.sort)
    }

    fn remember(&mut self, key: &SortKey<'_>, sort: SortId) {
        self.sorts.resize_with(Self::PLACES, || None);
        let texts = key.texts.map(|text| (text.parts().0, text.parts().1.to_vec()));
        self.sorts[Self::place(key.event_id)] = Some(RecentSort { event_id: key.event_id, texts, sort });
    }
}

/// All that a header says, in UTF-8.
fn whole_header<'h>(header: &begat_evtx::Header<'h>) -> Header<'h> {
    Header {
        host: header.computer().map(|text| text.to_cow()),
        channel: header.channel().map(|text| text.to_cow()),
        provider: header.provider().map(|text| text.to_cow()),
        event_id: header.event_id(),
        record_id: header.record_id(),
        time: time_of(header),
        outcome: header.keywords().and_then(Outcome::of_keywords),
        ..Header::SILENT
    }
}

impl Adapter<'_> {
    /// Tells the visitor of a record; answers the row whose fields it asks for.
    #[inline]
    fn hear(
        &mut self,
        header: &begat_evtx::Header<'_>,
        time: &HeaderTime<'static>,
        record_id: Option<u64>,
    ) -> Option<&'static EventSpec> {
        let offset = Some(header.offset());
        let key = SortKey::of(header);
        if let Some(sort) = key.as_ref().and_then(|key| self.recent.find(key))
            && let HeardAgain::Heard(spec) = self.visitor.heard_again(sort, time, record_id, offset)
        {
            return spec;
        }
        let spec = self.visitor.heard(&whole_header(header), offset);
        if let Some(key) = key
            && let Some(sort) = self.visitor.last_sort()
        {
            self.recent.remember(&key, sort);
        }
        spec
    }
}

impl begat_evtx::Visitor for Adapter<'_> {
    fn heard(&mut self, header: &begat_evtx::Header<'_>) {
        let asked = self.hear(header, &time_of(header), header.record_id());
        // Records are selected by their provider: without one none is decoded.
        self.asked = asked.filter(|_| header.provider().is_some());
    }

    #[inline]
    fn hears(&self) -> bool {
        self.told == Told::Headers
    }

    #[inline]
    fn wants(&self) -> bool {
        self.told == Told::Selected || self.asked.is_some()
    }

    fn record(&mut self, record: &Record<'_>) {
        let evtx_header = record.header();
        let (time, record_id) = (time_of(&evtx_header), evtx_header.record_id());
        let asked = match self.told {
            Told::Headers => self.asked.take(),
            Told::Selected => self.hear(&evtx_header, &time, record_id),
        };
        let Some(spec) = asked else { return };
        let outcome = evtx_header.keywords().and_then(Outcome::of_keywords);
        let mut header = Header { event_id: Some(spec.event_id), record_id, time, outcome, ..Header::SILENT };
        if spec.kind.tells_by_its_writer() {
            header.process_id = evtx_header.process_id().and_then(|pid| u32::try_from(pid).ok());
            header.level = evtx_header.level().and_then(|level| u8::try_from(level).ok());
            header.user_sid = evtx_header.user_sid().map(|sid| Cow::Owned(sid.to_string()));
        }
        self.visitor.record(&header, &RawRecord::stored(spec, *record), Some(evtx_header.offset()));
    }

    fn damage(&mut self, damage: Damage) {
        if let (Some(spec), DamageKind::RecordContent(reason)) = (self.asked.take(), damage.kind) {
            // Its header was read, and counts; of most records nobody looks at more.
            let header = Header { event_id: Some(spec.event_id), ..Header::SILENT };
            return self.visitor.lost(&header, Some(damage.offset), &|| reason.to_string());
        }
        self.visitor.anomaly(anomaly_kind(damage.kind), Some(damage.offset), &|| damage_said(&damage));
    }
}

/// What is damaged, and what that cost.
pub(crate) fn damage_said(damage: &Damage) -> String {
    match damage.records_lost {
        0 => damage.kind.to_string(),
        1 => format!("{}; 1 record lost", damage.kind),
        lost => format!("{}; about {lost} records lost", damage.kind),
    }
}

pub(crate) fn anomaly_kind(kind: DamageKind) -> AnomalyKind {
    match kind {
        DamageKind::FileHeaderChecksum | DamageKind::FreeSpaceOffset { .. } => AnomalyKind::DamagedHeader,
        DamageKind::FileTooShort | DamageKind::TruncatedChunk { .. } => AnomalyKind::TruncatedEnd,
        DamageKind::NotAChunk => AnomalyKind::DamagedChunk,
        DamageKind::ChunkHeaderChecksum | DamageKind::RecordsChecksum => AnomalyKind::ChecksumMismatch,
        DamageKind::RecordHeader(_) | DamageKind::RecordContent(_) => AnomalyKind::DamagedRecord,
    }
}

fn time_of(header: &begat_evtx::Header<'_>) -> HeaderTime<'static> {
    header.time_created().and_then(timestamp).map_or(HeaderTime::Missing, HeaderTime::Known)
}

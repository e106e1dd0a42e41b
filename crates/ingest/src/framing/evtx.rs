//! Records of event logs, as `begat-evtx` finds them, to the shape that all carriers share.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use begat_evtx::{
    ChunkReader, Damage, DamageKind, EvtxFile, FileTime, ReadAt, Record, Selection, Text, Value,
};
use begat_model::Timestamp;
use begat_model::anomaly::AnomalyKind;
use begat_model::catalog::{CATALOG, EventKind};
use begat_model::time::Precision;

use crate::raw::{Header, HeaderTime, Outcome, RawRecord, Scalar, SortId, Visitor};

/// The records of these kinds.
pub(crate) fn selection(wanted: impl Fn(EventKind) -> bool) -> Selection {
    let rows = CATALOG.iter().filter(|row| wanted(row.kind));
    Selection::new(rows.filter_map(|row| Some((row.provider, u16::try_from(row.event_id).ok()?))))
}

/// Which records the visitor is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// The header of every record; no record is decoded.
    Headers,
    /// Selected records alone.
    Selected,
}

/// Reads some chunks of a file. The first chunks tell of the file's header too.
pub(crate) fn read_chunks<R: ReadAt>(
    source: R,
    chunks: Option<Range<u64>>,
    selection: &Selection,
    told: Told,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    let file = EvtxFile::open(source)?;
    let chunks = chunks.unwrap_or(0..file.chunk_count());
    let mut adapter = Adapter { visitor, told, texts: HeaderTexts::default(), recent: Recent::default() };
    if chunks.start == 0
        && let Some(damage) = file.damage()
    {
        begat_evtx::Visitor::damage(&mut adapter, damage);
    }
    let mut reader = ChunkReader::new(selection);
    for chunk in chunks {
        reader.read_chunk(&file, chunk, &mut adapter)?;
    }
    Ok(())
}

/// Passes on what the reader of chunks finds.
struct Adapter<'v> {
    visitor: &'v mut dyn Visitor,
    told: Told,
    texts: HeaderTexts,
    recent: Recent,
}

/// Sorts of records heard lately, by event id: what a log has most of is known by its bytes alone.
#[derive(Default)]
struct Recent {
    sorts: Vec<Option<RecentSort>>,
}

struct RecentSort {
    event_id: u32,
    /// Computer, channel and provider as they stand in the file.
    texts: [Vec<u8>; 3],
    sort: SortId,
}

impl Recent {
    const PLACES: usize = 64;

    fn place(event_id: u32) -> usize {
        event_id as usize % Self::PLACES
    }

    fn find(&self, event_id: u32, texts: [&[u8]; 3]) -> Option<SortId> {
        let recent = self.sorts.get(Self::place(event_id))?.as_ref()?;
        let same = recent.texts.iter().zip(texts).all(|(known, text)| known == text);
        (recent.event_id == event_id && same).then_some(recent.sort)
    }

    fn remember(&mut self, event_id: u32, texts: [&[u8]; 3], sort: SortId) {
        self.sorts.resize_with(Self::PLACES, || None);
        let texts = texts.map(<[u8]>::to_vec);
        self.sorts[Self::place(event_id)] = Some(RecentSort { event_id, texts, sort });
    }
}

/// Computer, channel and provider, where all three stand in the file as UTF-16.
fn raw_texts<'h>(header: &begat_evtx::Header<'h>) -> Option<[&'h [u8]; 3]> {
    Some([header.computer()?.raw_utf16()?, header.channel()?.raw_utf16()?, header.provider()?.raw_utf16()?])
}

/// The texts of the last header. Neighbours mostly have the same: they are compared as they stand in the file
/// and only turned into UTF-8 where they differ.
#[derive(Default)]
struct HeaderTexts {
    host: LastText,
    channel: LastText,
    provider: LastText,
}

#[derive(Default)]
struct LastText {
    utf16: Vec<u8>,
    text: String,
}

impl LastText {
    fn read(&mut self, text: Option<Text<'_>>) -> Option<&str> {
        let text = text?;
        match text.raw_utf16() {
            Some(utf16) if utf16 == self.utf16 && !utf16.is_empty() => {}
            raw => {
                self.utf16.clear();
                self.utf16.extend_from_slice(raw.unwrap_or_default());
                self.text.clear();
                text.push_to(&mut self.text);
            }
        }
        Some(&self.text)
    }
}

impl HeaderTexts {
    fn header(&mut self, header: &begat_evtx::Header<'_>) -> Header<'_> {
        Header {
            host: self.host.read(header.computer()).map(Cow::Borrowed),
            channel: self.channel.read(header.channel()).map(Cow::Borrowed),
            provider: self.provider.read(header.provider()).map(Cow::Borrowed),
            event_id: header.event_id(),
            record_id: header.record_id(),
            time: time_of(header),
            outcome: header.keywords().and_then(Outcome::of_keywords),
            process_id: None,
            user_sid: None,
            carrier_error: None,
        }
    }
}

impl begat_evtx::Visitor for Adapter<'_> {
    fn heard(&mut self, header: &begat_evtx::Header<'_>) {
        if self.told != Told::Headers {
            return;
        }
        let offset = Some(header.offset());
        let key = raw_texts(header).zip(header.event_id());
        if let Some((texts, event_id)) = key
            && let Some(sort) = self.recent.find(event_id, texts)
            && self.visitor.heard_again(sort, &time_of(header), header.record_id(), offset)
        {
            return;
        }
        self.visitor.heard(&self.texts.header(header), offset);
        if let Some(((texts, event_id), sort)) = key.zip(self.visitor.last_sort()) {
            self.recent.remember(event_id, texts, sort);
        }
    }

    fn record(&mut self, record: &Record<'_>) {
        let offset = Some(record.header().offset());
        let evtx_header = record.header();
        let mut header = self.texts.header(&evtx_header);
        let Some(spec) = self.visitor.heard(&header, offset) else { return };
        if spec.kind.tells_by_its_writer() {
            header.process_id = evtx_header.process_id().and_then(|pid| u32::try_from(pid).ok());
            header.user_sid = evtx_header.user_sid().map(|sid| Cow::Owned(sid.to_string()));
        }
        let mut raw = RawRecord::new(spec);
        for field in record.fields() {
            let Some(name) = field.name else { continue };
            if let Some(slot) = raw.slot(name.to_cow().as_bytes()) {
                raw.fill(slot, scalar(field.value));
            }
        }
        self.visitor.record(&header, &raw, offset);
    }

    fn damage(&mut self, damage: Damage) {
        let detail = || match damage.records_lost {
            0 => damage.kind.to_string(),
            1 => format!("{}; 1 record lost", damage.kind),
            lost => format!("{}; about {lost} records lost", damage.kind),
        };
        self.visitor.anomaly(anomaly_kind(damage.kind), Some(damage.offset), &detail);
    }
}

fn anomaly_kind(kind: DamageKind) -> AnomalyKind {
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

/// Zero is what exporters write for "unset".
fn timestamp(time: FileTime) -> Option<Timestamp> {
    Timestamp::from_filetime(time.0)
}

fn scalar(value: Value<'_>) -> Scalar<'_> {
    match value {
        Value::Null => Scalar::Null,
        Value::Text(text) => Scalar::Text(text.to_cow()),
        Value::Signed(number) => Scalar::Signed(number),
        Value::Unsigned(number) | Value::Hex64(number) => Scalar::Unsigned(number),
        Value::Hex32(number) => Scalar::Unsigned(u64::from(number)),
        Value::Real32(number) => Scalar::Float(f64::from(number)),
        Value::Real64(number) => Scalar::Float(number),
        Value::Bool(truth) => Scalar::Bool(truth),
        Value::FileTime(time) => timestamp(time).map_or(Scalar::Null, Scalar::Time),
        Value::SystemTime(time) => {
            let ticks = time.to_file_time().and_then(FileTime::unix_ticks);
            // SYSTEMTIME counts milliseconds.
            ticks.map_or(Scalar::NotOne("time that is none"), |ticks| {
                Scalar::Time(Timestamp::from_unix_ticks(ticks, Precision::MILLISECONDS))
            })
        }
        Value::Guid(guid) => Scalar::Text(Cow::Owned(guid.to_string())),
        Value::Sid(sid) => Scalar::Text(Cow::Owned(sid.to_string())),
        Value::Binary(_) => Scalar::NotOne("run of bytes"),
        Value::Array(_) => Scalar::NotOne("list"),
        Value::Unreadable { .. } => Scalar::NotOne("value of an unknown type"),
    }
}

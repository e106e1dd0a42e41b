//! What any bytes must withstand: shared by the fuzz targets and the mutation tests.

use begat_evtx::{
    CHUNK_BYTES, ChunkReader, Damage, EvtxFile, Header, Record, Selection, SystemField, Value, Visitor,
    render,
};

/// Names that are asked for by number: of the seeds, of a template that tells one twice, and of nobody.
const NUMBERED: [&str; 6] = ["Twice", "TargetUserName", "Joined", "SubjectUserSid", "Nobody", "Other"];

/// Every record, some of its names numbered.
pub fn everything() -> Selection {
    Selection::everything().numbering(NUMBERED)
}

/// Asks everything of everything, and remembers what it was told.
#[derive(Debug, Default, PartialEq)]
pub struct Everything {
    /// Not told of headers: then they are read in another way.
    pub is_deaf: bool,
    /// What the header heard last says.
    last_heard: Vec<u8>,
    /// Frame numbers of the records heard.
    pub heard: Vec<u64>,
    /// Every record as JSON, and more.
    pub records: Vec<Vec<u8>>,
    /// What was lost.
    pub damage: Vec<Damage>,
}

impl Visitor for Everything {
    fn heard(&mut self, header: &Header<'_>) {
        self.heard.push(header.frame_number());
        ask(header);
        self.last_heard = said(header);
    }

    fn hears(&self) -> bool {
        !self.is_deaf
    }

    fn record(&mut self, record: &Record<'_>) {
        ask(&record.header());
        let header = said(&record.header());
        assert!(self.is_deaf || self.last_heard == header, "{:?} and {header:?}", self.last_heard);
        for (number, name) in NUMBERED.iter().enumerate() {
            let by_number = record.numbered(number).map(begat_evtx::Stored::value);
            let same = match (by_number, record.field(name)) {
                // What is no number is not equal to itself.
                (Some(Value::Real32(_) | Value::Real64(_)), Some(Value::Real32(_) | Value::Real64(_))) => {
                    true
                }
                (by_number, by_name) => by_number == by_name,
            };
            assert!(same, "{name}: {by_number:?}");
        }
        let mut told = record.user_data().unwrap_or_default().as_bytes().to_vec();
        for field in record.fields() {
            let number = field.value.as_u64().unwrap_or_default();
            let time = field.value.as_file_time().map_or(0, |time| time.0);
            told.extend((number ^ time).to_le_bytes());
        }
        render::json_flat(record, &mut told);
        let before = told.len();
        if let Err(reason) = render::json(record, &mut told) {
            assert_eq!(told.len(), before, "what cannot be rendered leaves nothing behind");
            told.extend(reason.to_string().into_bytes());
        }
        let first = record.fields().next().and_then(|field| field.name).map(|name| name.to_string());
        assert!(
            first.is_none_or(|name| record.field(&name).is_some()),
            "the first field is found by its name"
        );
        told.extend(header);
        self.records.push(told);
    }

    fn damage(&mut self, damage: Damage) {
        assert!(!damage.to_string().is_empty());
        self.damage.push(damage);
    }
}

/// All System values as they are stored.
fn said(header: &Header<'_>) -> Vec<u8> {
    let mut all = Vec::new();
    for (kind, bytes) in SystemField::all().filter_map(|field| Some(header.stored(field)?.parts())) {
        all.push(kind);
        all.extend((bytes.len() as u16).to_le_bytes());
        all.extend_from_slice(bytes);
    }
    all
}

fn ask(header: &Header<'_>) {
    let values = SystemField::all().filter_map(|field| header.system(field));
    assert!(values.count() <= SystemField::COUNT);
    let _ =
        (header.event_id(), header.provider(), header.time_created(), header.user_sid(), header.record_id());
}

/// A chunk read by a reader that has read others before is read as by a new one, and twice the same.
#[allow(dead_code)]
pub fn chunk(reader: &mut ChunkReader, bytes: &[u8]) -> Everything {
    let (mut used, mut new) = (Everything::default(), Everything::default());
    reader.read_bytes(bytes, 4096, &mut used);
    ChunkReader::new(&everything()).read_bytes(bytes, 4096, &mut new);
    assert!(used == new, "what was learned from other chunks changed this one");
    let mut deaf = Everything { is_deaf: true, ..Everything::default() };
    reader.read_bytes(bytes, 4096, &mut deaf);
    assert!(deaf.records == used.records && deaf.damage == used.damage, "who hears nothing reads the same");
    assert!(used.records.len() <= used.heard.len());
    let within = bytes.len().min(CHUNK_BYTES) as u64;
    for damage in &used.damage {
        assert!((4096..=4096 + within).contains(&damage.offset), "{damage}");
        assert!(damage.records_lost <= CHUNK_BYTES as u64, "{damage}");
    }
    used
}

/// A file; at most a few chunks of it.
#[allow(dead_code)]
pub fn file(reader: &mut ChunkReader, bytes: &[u8]) -> Everything {
    let mut told = Everything::default();
    let Ok(file) = EvtxFile::open(bytes) else { return told };
    told.damage.extend(file.damage());
    for index in 0..file.chunk_count().min(4) {
        reader.read_chunk(&file, index, &mut told).expect("memory can be read");
    }
    told
}

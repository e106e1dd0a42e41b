//! The fuzz harness over a fixed number of mutated chunks: no panic, no memory out of bounds, and no
//! chunk that changes how another is read.

use crate::harness;
use crate::seeds;
use begat_evtx::{CHUNK_BYTES, ChunkReader, DamageKind, Malformed, Selection};
use begat_trial::Random;

/// Change a few bytes where records and definitions are, to values that hurt.
fn mutate(chunk: &mut Vec<u8>, random: &mut Random) {
    const HURTING: [u8; 12] = [0, 1, 2, 3, 4, 0x0c, 0x0e, 0x0f, 0x21, 0x7f, 0x80, 0xff];
    let used =
        chunk.len().min(u32::from_le_bytes([chunk[48], chunk[49], chunk[50], chunk[51]]) as usize).max(600);
    for _ in 0..1 + random.below(6) {
        let at = random.below(used.min(chunk.len()));
        match random.below(5) {
            0 => chunk[at] = HURTING[random.below(HURTING.len())],
            1 => chunk[at] ^= 1 << random.below(8),
            2 => {
                let length = random.below(8).min(chunk.len() - at);
                chunk[at..at + length].fill(0xff);
            }
            3 => {
                let from = random.below(used.min(chunk.len()));
                let length = random.below(64).min(chunk.len() - at.max(from));
                chunk.copy_within(from..from + length, at);
            }
            _ => {
                // An offset to somewhere else in the chunk, where an offset may be.
                let target = (random.below(used) as u32).to_le_bytes();
                let length = 4.min(chunk.len() - at);
                chunk[at..at + length].copy_from_slice(&target[..length]);
            }
        }
    }
    if random.below(50) == 0 {
        chunk.truncate(512 + random.below(CHUNK_BYTES));
    }
}

#[test]
fn mutated_chunks_harm_nobody() {
    let seeds = seeds::small_chunks();
    let mut reader = ChunkReader::new(&harness::everything());
    let mut random = Random::new(0x9e37_79b9_7f4a_7c15);
    let (mut read, mut damaged) = (0, 0);
    for round in 0..6_000 {
        let mut chunk = seeds[round % seeds.len()].clone();
        mutate(&mut chunk, &mut random);
        let told = harness::chunk(&mut reader, &chunk);
        read += told.records.len();
        damaged += told.damage.len();
    }
    assert!(read > 6_000, "most mutated chunks still have records: {read}");
    assert!(damaged > 3_000, "and most tell damage: {damaged}");
}

#[test]
fn mutated_files_harm_nobody() {
    let seeds = seeds::files();
    let mut reader = ChunkReader::new(&harness::everything());
    let mut random = Random::new(0x2545_f491_4f6c_dd1d);
    let mut read = 0;
    for round in 0..400 {
        let mut file = seeds[round % seeds.len()].clone();
        for _ in 0..20 {
            let at = random.below(file.len());
            file[at] = random.below(256) as u8;
        }
        file.truncate(file.len() - random.below(file.len() / 4));
        read += harness::file(&mut reader, &file).records.len();
    }
    assert!(read > 1_000, "{read}");
}

#[test]
fn a_chunk_that_asks_for_too_much_is_told_and_every_record_of_it_heard() {
    let mut reader = ChunkReader::new(&harness::everything());
    let told = harness::chunk(&mut reader, &seeds::costly_chunk());
    assert_eq!(told.heard.len(), 300);
    assert!((50..200).contains(&told.records.len()), "{}", told.records.len());
    assert_eq!(told.records.len() + told.damage.len(), 300);
    let too_costly = DamageKind::RecordContent(Malformed::TooCostly);
    assert!(told.damage.iter().all(|damage| damage.kind == too_costly && damage.records_lost == 1));
}

#[test]
fn every_prefix_of_a_chunk_is_read_as_far_as_it_goes() {
    let mut reader = ChunkReader::new(&harness::everything());
    for seed in seeds::small_chunks() {
        let whole = harness::chunk(&mut reader, &seed);
        assert!(whole.damage.is_empty(), "{:?}", whole.damage);
        let mut last = 0;
        for length in (0..seed.len().min(8192)).step_by(37) {
            let told = harness::chunk(&mut reader, &seed[..length]);
            assert!(told.records.len() >= last, "more bytes, no fewer records");
            assert!(length == 0 || !told.damage.is_empty(), "{length}");
            last = told.records.len();
            assert!(whole.records.starts_with(&told.records));
        }
    }
}

#[test]
fn a_reader_that_is_given_another_selection_reads_as_a_new_one() {
    let selections = [
        Selection::new([("Microsoft-Windows-Security-Auditing", 4720)]).numbering(["Twice"]),
        harness::everything(),
        Selection::new([("Microsoft-Windows-Sysmon", 1)]).numbering(["Image"]),
        Selection::new([("Microsoft-Windows-Security-Auditing", 4688)]).numbering(["Image"]),
    ];
    let read = |reader: &mut ChunkReader| {
        let mut told = Numbered::default();
        seeds::small_chunks().iter().for_each(|chunk| reader.read_bytes(chunk, 4096, &mut told));
        told.0
    };
    let mut reader = ChunkReader::new(&selections[0]);
    for selection in selections.iter().chain(selections.iter().rev()) {
        reader.select(selection);
        let told = read(&mut reader);
        assert_eq!(told, read(&mut ChunkReader::new(selection)));
        assert!(!told.is_empty());
    }
}

/// The first two numbered fields of each record.
#[derive(Default)]
struct Numbered(Vec<String>);

impl begat_evtx::Visitor for Numbered {
    fn record(&mut self, record: &begat_evtx::Record<'_>) {
        let told = |number| record.numbered(number).map(begat_evtx::Stored::value);
        self.0.push(format!("{} {:?} {:?}", record.header().offset(), told(0), told(1)));
    }

    fn damage(&mut self, damage: begat_evtx::Damage) {
        panic!("{damage}");
    }
}

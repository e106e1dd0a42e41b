//! Both looks at bytes, whatever they are: no panic, and what the looks tell is consistent.
//!
//! The fuzz targets and the mutation test call this.

use std::sync::Arc;

use begat_ingest::{
    Gathered, Limits, ReadOptions, Schemas, Source, Survey, TimeSlice, Unit, gather_bytes, read, survey,
};

/// Archives in fuzzed bytes may not unpack to more.
const LIMITS: Limits = Limits { unpacked_bytes_max: 1 << 20, entries_max: 16, spool_bytes_max: None };

/// Text of any shape, alone and as the value of a record's field. Answers the number of events.
pub fn json_records(bytes: &[u8], schemas: &Schemas) -> u64 {
    for (before, after) in [(&b"{\"winlog\":"[..], &b"}"[..]), (b"{\"EventTime\":\"\",\"Hostname\":", b"}")] {
        both_looks([before, bytes, after].concat(), schemas);
    }
    both_looks(bytes.to_vec(), schemas)
}

/// Text of any shape, alone, as the System part of an event and as its data. Answers the number of events.
pub fn xml_records(bytes: &[u8], schemas: &Schemas) -> u64 {
    const WANTED: &[u8] =
        b"<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4720</EventID>\
        <Computer>A</Computer><TimeCreated SystemTime='2026-01-01T00:00:00Z'/></System>";
    for (before, after) in [(&b"<Event><System>"[..], &b"</System></Event>"[..]), (WANTED, b"</Event>")] {
        both_looks([before, bytes, after].concat(), schemas);
    }
    both_looks(bytes.to_vec(), schemas)
}

fn both_looks(bytes: Vec<u8>, schemas: &Schemas) -> u64 {
    let length = bytes.len() as u64;
    let Gathered { sources, problems, skipped, anomalies } = gather_bytes("fuzzed", bytes, &LIMITS, schemas);
    assert!(problems.is_empty(), "memory can be read: {problems:?}");
    assert!(
        !sources.is_empty() || !skipped.is_empty() || !anomalies.is_empty(),
        "nothing is dropped silently"
    );
    let is_packed = sources.iter().any(|source| &*source.name != "fuzzed");
    let units: Vec<Unit> =
        sources.into_iter().map(Arc::new).flat_map(|source| Source::units(&source)).collect();
    let mut whole = Survey::default();
    for unit in &units {
        whole.merge(survey(unit, schemas).expect("memory can be read"));
    }
    let surveyed = whole.finish(None);
    let options = ReadOptions {
        hosts: &|_| true,
        kinds: &|_| true,
        times: TimeSlice::ALL,
        zones: &surveyed.zones,
        schemas,
        details: false,
    };
    // What is left of a spoilt record is heard, and is none of the records that are there to be read.
    let heard = surveyed.tally.records();
    let mut events = 0;
    for unit in &units {
        let report = read(unit, &options, &mut |_| events += 1).expect("memory can be read");
        assert!(report.events <= heard);
    }
    let counts = surveyed.counts;
    assert!(events <= heard && counts.wanted <= counts.records);
    // Offsets are in what was unpacked, and for UTF-16 in the text decoded from it: two bytes become at most three.
    let longest = if is_packed { LIMITS.unpacked_bytes_max } else { length.max(LIMITS.unpacked_bytes_max) };
    let offsets = surveyed.anomalies.kept().filter_map(|anomaly| anomaly.offset);
    assert!(offsets.max().unwrap_or(0) <= longest * 3 / 2 + 3);
    events
}

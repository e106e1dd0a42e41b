//! Both looks at bytes in memory, for fuzz targets, mutation tests and benchmarks: whatever the bytes, no panic,
//! and what is told is consistent.

use begat_model::HostName;
use begat_model::catalog::EventKind;

use crate::read::{ReadOptions, ReadVisitor};
use crate::schema::Schemas;
use crate::survey::{Survey, SurveyVisitor, Surveyed};
use crate::text;
use crate::zone::Zones;

/// How much the bytes hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Records of Windows events.
    pub records: u64,
    /// Events of the catalog's kinds that could be read.
    pub events: u64,
    /// Anomalies of both looks.
    pub anomalies: u64,
}

/// Text of any shape, alone and as the value of a record's field.
pub fn json_records(bytes: &[u8], schemas: &Schemas) -> Held {
    for (before, after) in [(&b"{\"winlog\":"[..], &b"}"[..]), (b"{\"EventTime\":\"\",\"Hostname\":", b"}")] {
        both_looks(&[before, bytes, after].concat(), schemas);
    }
    both_looks(bytes, schemas)
}

/// Text of any shape, alone, as the System part of an event and as its data.
pub fn xml_records(bytes: &[u8], schemas: &Schemas) -> Held {
    const WANTED: &[u8] =
        b"<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4720</EventID>\
        <Computer>A</Computer><TimeCreated SystemTime='2026-01-01T00:00:00Z'/></System>";
    for (before, after) in [(&b"<Event><System>"[..], &b"</System></Event>"[..]), (WANTED, b"</Event>")] {
        both_looks(&[before, bytes, after].concat(), schemas);
    }
    both_looks(bytes, schemas)
}

/// The first look at text.
pub fn survey_text(bytes: &[u8], schemas: &Schemas) -> Surveyed {
    let mut visitor = SurveyVisitor::new("memory".into(), false, bytes.len() as u64);
    text::read_records(bytes, 0, true, schemas, &mut visitor).expect("memory has no errors of reading");
    let mut whole = Survey::default();
    whole.merge(visitor.finish());
    whole.finish(None)
}

/// The second look at text: the number of events, and of anomalies.
pub fn read_text(bytes: &[u8], zones: &Zones, schemas: &Schemas) -> (u64, u64) {
    let every_host = |_: &HostName| true;
    let every_kind = |_: EventKind| true;
    let options = ReadOptions { hosts: &every_host, kinds: &every_kind, zones, schemas };
    let mut events = 0;
    let mut sink = |_| events += 1;
    let mut visitor = ReadVisitor::new("memory".into(), &options, &mut sink);
    text::read_records(bytes, 0, true, schemas, &mut visitor).expect("memory has no errors of reading");
    let anomalies = visitor.report.anomalies.total();
    (events, anomalies)
}

/// Both looks, and what must hold between them.
fn both_looks(bytes: &[u8], schemas: &Schemas) -> Held {
    let surveyed = survey_text(bytes, schemas);
    let (events, read_anomalies) = read_text(bytes, &surveyed.zones, schemas);
    let counts = surveyed.counts;
    assert!(events <= counts.wanted && counts.wanted <= counts.records);
    assert!(surveyed.tally.records() <= counts.records);
    // Each byte begins at most one record or broken stretch.
    assert!(counts.records <= bytes.len() as u64);
    let in_bounds = |offset: Option<u64>| offset.is_none_or(|offset| offset <= decoded_length_max(bytes));
    assert!(surveyed.anomalies.kept().all(|anomaly| in_bounds(anomaly.offset)));
    Held { records: counts.records, events, anomalies: surveyed.anomalies.total() + read_anomalies }
}

/// Offsets in UTF-16 are told in the text decoded from it, where two bytes become three at most.
fn decoded_length_max(bytes: &[u8]) -> u64 {
    bytes.len() as u64 * 3 / 2 + 3
}

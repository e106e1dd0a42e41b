//! The benchmark's corpus is good EVTX: the oracle reads every record, checksums and all.

use begat_sim::evtx::{DENSE_WANTED, dense_corpus};
use evtx::{EvtxParser, ParserSettings};

#[test]
fn every_record_of_a_repeated_pool_is_read() {
    // More than the pool holds, so that repeated chunks are read too.
    let mut file = Vec::new();
    let summary = dense_corpus(10_000_000, 42).write_to(&mut file).unwrap();
    let settings = ParserSettings::default().validate_checksums(true);
    let mut parser = EvtxParser::from_buffer(file).unwrap().with_configuration(settings);
    let (mut read, mut wanted, mut last_time) = (0, 0, String::new());
    for record in parser.records_json_value() {
        let record = record.unwrap();
        read += 1;
        let system = &record.data["Event"]["System"];
        assert_eq!(record.event_record_id, read);
        assert_eq!(system["EventRecordID"], read);
        let time = system["TimeCreated"]["#attributes"]["SystemTime"].as_str().unwrap();
        assert!(last_time.as_str() < time, "time goes on over repetitions");
        time.clone_into(&mut last_time);
        let provider = system["Provider"]["#attributes"]["Name"].as_str().unwrap();
        let id = u16::try_from(system["EventID"].as_u64().unwrap()).unwrap();
        wanted += u64::from(DENSE_WANTED.contains(&(provider, id)));
    }
    assert_eq!((read, wanted), (summary.records, summary.wanted));
}

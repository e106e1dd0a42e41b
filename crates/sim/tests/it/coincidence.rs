//! How often a window blames an innocent is foretold as often as it happens.

use begat_engine::calibrate;
use begat_ingest::Schemas;
use begat_model::Duration;
use begat_sim::encode::{Carrier, Shipping};
use begat_sim::judge::hunt_all;
use begat_sim::record::WindowsRecord;
use begat_sim::rng::Rng;
use begat_sim::story::StoryKind;
use begat_sim::value::{TICKS_PER_SECOND, Ticks, Value};

const SEEDS: u64 = 120;
const HOURS: u64 = 12;
/// Suspicious programs that services of the host start in an hour, on average.
const PER_HOUR: f64 = 10.0;

fn is_start_by_service(record: &&WindowsRecord) -> bool {
    record.event_id == 4688
        && record.field("SubjectLogonId") == Some(&Value::Hex64(0x3e7))
        && record.printed("NewProcessName").is_some_and(|image| image.contains("svchost"))
}

/// An account made over the network, which no process of the host did, on a host whose services start programs around it
/// one by one, at an even rate.
fn records(seed: u64) -> Vec<WindowsRecord> {
    let mut rng = Rng::new(seed);
    let mut records = StoryKind::named("remote-samr").unwrap().tell(seed).records;
    let template = records.iter().find(is_start_by_service).unwrap().clone();
    let creation = records.iter().find(|record| record.event_id == 4720).unwrap().time;
    let from = creation.0 - HOURS / 2 * 3600 * TICKS_PER_SECOND;
    let mut pid = 0x8_0000;
    let mut start = |seconds: f64, image: &str| {
        pid += 4;
        let mut record = template.clone();
        record.time = Ticks(from + (seconds * TICKS_PER_SECOND as f64) as u64);
        record.set("NewProcessId", Value::Pointer(pid));
        record.set("NewProcessName", Value::text(image));
        record.set("CommandLine", Value::text(r"C:\it\health.cmd"));
        record
    };
    let end = (HOURS * 3600) as f64;
    let mut at = 0.0;
    let mut added = Vec::new();
    loop {
        let even = (rng.between(1, 1_000_000) as f64) / 1e6;
        at += -even.ln() * 3600.0 / PER_HOUR;
        if at >= end {
            break;
        }
        added.push(start(at, r"C:\Windows\System32\cmd.exe"));
    }
    // What Windows starts all day.
    added
        .extend((0..HOURS * 12).map(|turn| start((turn * 300) as f64, r"C:\Windows\System32\taskhostw.exe")));
    records.extend(added);
    records.sort_by_key(|record| record.time);
    let mut id = 1000;
    for record in records.iter_mut().filter(|record| record.channel == "Security") {
        id += 1;
        record.record_id = id;
    }
    records
}

#[test]
fn what_is_foretold_of_a_window_is_what_happens() {
    let (schemas, carrier) = (Schemas::built_in(), Carrier::named("evtx").unwrap());
    let (mut cases, mut rates) = (Vec::new(), Vec::new());
    for seed in 1..=SEEDS {
        let bytes = carrier.encode(&records(seed), &Shipping::default()).unwrap();
        let hunt = hunt_all(vec![(format!("{seed}.evtx"), bytes)], &schemas).unwrap();
        cases.extend(hunt.cases);
        rates.extend(hunt.rates);
    }
    let told = calibrate(&cases, &rates, Duration::from_seconds(120)).coincidence;
    assert_eq!(told.len(), 1, "{told:?}");
    let (role, two_minutes) = (&told[0], told[0].chances[3]);
    assert!(role.judged >= SEEDS * 9 / 10, "who did it is known: {role:?}");
    assert_eq!(role.hosts, SEEDS);
    let (low, high) = role.interval;
    for foretold in [two_minutes.poisson, two_minutes.measured] {
        assert!((low..=high).contains(&foretold), "{foretold} for {low} to {high}: {role:?}");
    }
    assert!(role.blamed > 10, "a window blames innocents on such a host: {role:?}");
}

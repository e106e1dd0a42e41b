//! The same log twice, as event log and as any export of it, or as two exports, is one case.

use std::sync::Arc;

use begat_engine::{Engine, HostDirectory, Tuning};
use begat_ingest::{
    Limits, ReadOptions, Schemas, Source, Survey, TimeSlice, Unit, gather_bytes, read, survey,
};
use begat_model::Event;
use begat_sim::encode::{CARRIERS, Carrier, Shipping};
use begat_sim::record::WindowsRecord;

use crate::page::pages;

/// What a carrier's file shows at both looks.
struct Carried {
    name: &'static str,
    survey: Survey,
    events: Vec<Event>,
}

fn carried(carrier: &Carrier, records: &[WindowsRecord]) -> Carried {
    let schemas = Schemas::built_in();
    let bytes = carrier.encode(records, &Shipping::default()).unwrap();
    let gathered = gather_bytes(carrier.name, bytes, &Limits::default(), &schemas);
    let sources: Vec<Arc<Source>> = gathered.sources.into_iter().map(Arc::new).collect();
    let units: Vec<Unit> = sources.iter().flat_map(Source::units).collect();
    let mut whole = Survey::default();
    units.iter().for_each(|unit| whole.merge(survey(unit, &schemas).unwrap()));
    let surveyed = whole.clone().finish(None);
    let options = ReadOptions {
        hosts: &|_| true,
        kinds: &|_| true,
        times: TimeSlice::ALL,
        zones: &surveyed.zones,
        schemas: &schemas,
        details: false,
    };
    let mut events = Vec::new();
    for unit in &units {
        read(unit, &options, &mut |event| events.push(event)).unwrap();
    }
    Carried { name: carrier.name, survey: whole, events }
}

/// What a hunt makes of two files: verdict, creator's id, and how much happened afterwards, of each case.
fn told(files: [&Carried; 2]) -> Vec<(String, Option<u32>, usize)> {
    let mut whole = Survey::default();
    files.iter().for_each(|file| whole.merge(file.survey.clone()));
    let surveyed = whole.finish(None);
    let directory = Arc::new(HostDirectory::of_input(surveyed.hosts(), &surveyed.tally));
    let mut engine = Engine::new(Tuning::default(), directory, &surveyed.tally);
    files.iter().flat_map(|file| &file.events).for_each(|event| engine.apply(event.clone()));
    let hunt = engine.finish();
    assert_eq!(hunt.findings.len(), 0, "{} with {}: {:?}", files[0].name, files[1].name, hunt.findings);
    let case = |case: &begat_model::case::Case| {
        let creator = case.attribution.creator.as_ref().and_then(|creator| creator.pid);
        (case.attribution.verdict.to_string(), creator.map(|pid| pid.0), case.afterwards.len())
    };
    hunt.cases.iter().map(case).collect()
}

#[test]
fn a_log_beside_any_export_of_it_and_any_two_exports_are_one_case() {
    let page = pages().into_iter().find(|page| page.name == "net-user-add").expect("the page is there");
    let framed = |name: &str| name.ends_with("-array") || name.ends_with("-pretty");
    let shapes = CARRIERS.iter().filter(|carrier| !framed(carrier.name));
    let files: Vec<Carried> = shapes.map(|carrier| carried(carrier, &page.records)).collect();
    assert!(files.len() > 40, "{}", files.len());
    let right = told([&files[0], &files[0]]);
    assert_eq!(right.len(), 1);
    let mut wrong = Vec::new();
    for (place, first) in files.iter().enumerate() {
        for second in &files[place + 1..] {
            let told = told([first, second]);
            if told != right {
                wrong.push(format!("{} with {}: {told:?}", first.name, second.name));
            }
        }
    }
    assert!(wrong.is_empty(), "right is {right:?}; {} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

//! Both looks at some paths, as a hunt takes them: gather, survey, finish, read.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::PathBuf;
use std::sync::Arc;

use begat_ingest::{
    Gathered, InputProblem, InputZone, Limits, ReadOptions, ReadReport, Schemas, Skipped, Source, Survey,
    Surveyed, TimeSlice, Unit, gather, gather_bytes, read, survey,
};
use begat_model::{AnomalyKind, Event};

/// All that both looks found.
pub struct Looked {
    pub sources: Vec<Arc<Source>>,
    pub problems: Vec<InputProblem>,
    pub skipped: Vec<Skipped>,
    pub surveyed: Surveyed,
    pub report: ReadReport,
    /// In a fixed order.
    pub events: Vec<Event>,
}

impl Looked {
    /// All anomalies of both looks and of gathering, as `kind` and count.
    pub fn anomalies(&self) -> Vec<(AnomalyKind, u64)> {
        let mut log = self.surveyed.anomalies.clone();
        log.merge(self.report.anomalies.clone());
        log.counts().collect()
    }

    /// The same as sentences.
    pub fn sentences(&self) -> Vec<String> {
        let mut log = self.surveyed.anomalies.clone();
        log.merge(self.report.anomalies.clone());
        log.kept().map(ToString::to_string).collect()
    }
}

/// Looks at files and folders.
pub fn look(paths: &[PathBuf]) -> Looked {
    look_with(paths, b"", &Limits::default(), None)
}

/// The same with standard input, bounds and a zone.
pub fn look_with(paths: &[PathBuf], mut stdin: &[u8], limits: &Limits, zone: Option<&str>) -> Looked {
    look_twice(gather(paths, &mut stdin, limits, &Schemas::built_in()), zone)
}

fn look_twice(gathered: Gathered, zone: Option<&str>) -> Looked {
    let Gathered { sources, problems, mut skipped, anomalies } = gathered;
    let sources: Vec<Arc<Source>> = sources.into_iter().map(Arc::new).collect();
    let units: Vec<Unit> = sources.iter().flat_map(Source::units).collect();
    let schemas = Schemas::built_in();
    let mut whole = Survey::default();
    // Whatever order the threads of a hunt finish in, the whole is the same: the last first here.
    for unit in units.iter().rev() {
        whole.merge(survey(unit, &schemas).unwrap());
    }
    let mut surveyed = whole.finish(zone.map(|zone| InputZone::parse(zone).unwrap()));
    surveyed.anomalies.merge(anomalies);
    skipped.append(&mut surveyed.skipped);
    let options = ReadOptions {
        hosts: &|_| true,
        kinds: &|_| true,
        times: TimeSlice::ALL,
        zones: &surveyed.zones,
        schemas: &schemas,
        details: false,
    };
    let mut events = Vec::new();
    let mut report = ReadReport::default();
    for unit in &units {
        report.merge(read(unit, &options, &mut |event| events.push(event)).unwrap());
    }
    events.sort();
    Looked { sources, problems, skipped, surveyed, report, events }
}

/// Looks at one input of these bytes.
pub fn look_at(bytes: &[u8]) -> Looked {
    look_twice(gather_bytes("input", bytes.to_vec(), &Limits::default(), &Schemas::built_in()), None)
}

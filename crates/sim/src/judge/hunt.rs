//! From encoded logs to cases, in process and in memory: what `begat hunt` does, on one thread.
use std::sync::Arc;

use begat_engine::{Engine, HostDirectory, Hunt, Tuning};
use begat_ingest::{
    InputProblem, Limits, ReadOptions, Schemas, Survey, TimeSlice, Unit, UnitReader, gather_bytes,
};
use begat_model::case::Case;

/// One log file: its name and what it holds.
pub type LogFile = (String, Vec<u8>);

/// The cases of these files.
pub fn hunt(files: Vec<LogFile>, schemas: &Schemas) -> Result<Vec<Case>, InputProblem> {
    Ok(hunt_all(files, schemas)?.cases)
}

/// All that a hunt of these files finds.
pub fn hunt_all(files: Vec<LogFile>, schemas: &Schemas) -> Result<Hunt, InputProblem> {
    let mut units: Vec<Unit> = Vec::new();
    for (name, bytes) in files {
        let gathered = gather_bytes(&name, bytes, &Limits::default(), schemas);
        if let Some(problem) = gathered.problems.into_iter().next() {
            return Err(problem);
        }
        units.extend(gathered.sources.into_iter().map(Arc::new).flat_map(|source| source.units()));
    }
    let mut reader = UnitReader::default();
    let mut survey = Survey::default();
    for unit in &units {
        survey.merge(reader.survey(unit, schemas)?);
    }
    let surveyed = survey.finish(None);
    let directory = Arc::new(HostDirectory::of_input(surveyed.hosts(), &surveyed.tally));
    let mut engine = Engine::new(Tuning::default(), directory, &surveyed.tally);
    let options = ReadOptions {
        hosts: &|_| true,
        kinds: &|_| true,
        times: TimeSlice::ALL,
        zones: &surveyed.zones,
        schemas,
        details: false,
    };
    for unit in &units {
        reader.read(unit, &options, &mut |event| engine.apply(event))?;
    }
    Ok(engine.finish())
}

//! Where what is made is written to, and what may go wrong with it.
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use begat_sim::evtx::EvtxError;
use begat_sim::judge::TrialError;
use thiserror::Error;

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum Failure {
    #[error("`{path}` cannot be written")]
    Write { path: String, source: io::Error },
    #[error("there is no {what} `{name}`; run `begat-sim story` for a list")]
    Unknown { what: &'static str, name: String },
    #[error("the events do not fit into EVTX")]
    Evtx(#[from] EvtxError),
    #[error("a trial could not be held")]
    Trial(#[from] TrialError),
    #[error("the attacks cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// Writes to this file, or to standard output.
pub fn write_to(
    output: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let path = output.map_or_else(|| "standard output".to_owned(), |path| path.display().to_string());
    let sink: io::Result<Box<dyn Write>> = match output {
        Some(path) => File::create(path).map(|file| Box::new(file) as Box<dyn Write>),
        None => Ok(Box::new(io::stdout().lock())),
    };
    let written = sink.and_then(|sink| {
        let mut sink = BufWriter::with_capacity(1 << 20, sink);
        write(&mut sink)?;
        sink.flush()
    });
    written.map_err(|source| Failure::Write { path, source })
}

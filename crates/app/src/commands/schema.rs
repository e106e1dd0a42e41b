//! `begat schema`: the JSON Schema of a case.

use begat_report::JSON_SCHEMA;

use crate::cli::OutputArgs;
use crate::error::Error;
use crate::exit::Status;
use crate::sink::Sink;

/// Prints it.
pub fn run(args: &OutputArgs) -> Result<Status, Error> {
    Sink::new(args)?.write(|out| out.write_all(JSON_SCHEMA.as_bytes()))?;
    Ok(Status::Done)
}

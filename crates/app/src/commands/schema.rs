//! `begat schema`: the JSON Schema of a case, or of a finding.

use crate::cli::SchemaArgs;
use crate::error::Error;
use crate::exit::Status;
use crate::sink::Sink;

/// Prints it.
pub fn run(args: &SchemaArgs) -> Result<Status, Error> {
    Sink::new(&args.output)?.write(|out| out.write_all(args.schema.json.as_bytes()))?;
    Ok(Status::Done)
}

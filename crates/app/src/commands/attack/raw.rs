//! `begat attack raw`: an object's bytes as its bundle has them, or their hashes.

use begat_attack::hash::Hashes;
use begat_attack::store::Edition;

use super::holdings::{library, wanted};
use crate::cli::AttackRawArgs;
use crate::error::{AttackError, Error};
use crate::exit::Status;
use crate::sink::Sink;

/// Prints them. The bytes are evidence: nothing is made visible in them, and no line end is added.
pub fn run(args: &AttackRawArgs) -> Result<Status, Error> {
    let sink = Sink::new(&args.output)?;
    let library = library(&args.store)?;
    let (shelf, row) = library.find(&args.id, wanted(&args.release))?;
    if shelf.edition() == Edition::BuiltIn {
        return Err(AttackError::BuiltIn { id: row.id().to_owned() }.into());
    }
    if args.hash {
        let hashes = shelf.with_json(&row, Hashes::of)?;
        sink.write(|out| write!(out, "source {}\ncanonical {}\n", hashes.source, hashes.canonical))?;
    } else {
        let bytes = shelf.bytes(&row)?;
        sink.write(|out| out.write_all(&bytes))?;
    }
    Ok(Status::Done)
}

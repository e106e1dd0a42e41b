//! `begat policy`: is a policy in order, what would an entry allow, which entries could be thought about.

mod check;
mod suggest;
mod trial;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use begat_report::policy::Policy;

use crate::cli::PolicyCommand;
use crate::error::Error;
use crate::exit::Status;
use crate::pipeline::Totals;

/// No site writes more into a policy; what is larger is another file, given by mistake.
const POLICY_BYTES_MAX: u64 = 4 << 20;

/// Runs one of them.
pub fn run(command: &PolicyCommand) -> Result<Status, Error> {
    match command {
        PolicyCommand::Check(args) => check::run(args),
        PolicyCommand::Try(args) => trial::run(args),
        PolicyCommand::Suggest(args) => suggest::run(args),
    }
}

/// Its text, where it is one.
fn read_text(path: &Path) -> Result<String, Error> {
    let failed = |source| Error::Policy { path: path.to_owned(), source };
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(POLICY_BYTES_MAX + 1).read_to_string(&mut text));
    if read.map_err(failed)? as u64 > POLICY_BYTES_MAX {
        return Err(failed(io::Error::new(io::ErrorKind::FileTooLarge, "it has more than 4 MiB")));
    }
    Ok(text)
}

/// The policy, whole or not at all.
fn read_policy(path: &Path) -> Result<Policy, Error> {
    let text = read_text(path)?;
    Policy::parse(&path.display().to_string(), &text).map_err(|complaints| Error::BadPolicy { complaints })
}

/// Inputs that could not be read win over what was found in the others.
fn status(totals: &Totals, found: Status) -> Status {
    if totals.problems.is_empty() { found } else { found.max(Status::Trouble) }
}

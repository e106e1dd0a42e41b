//! `begat policy`: is a policy in order, what would an entry allow, which entries could be thought about.

mod answers;
mod check;
mod suggest;
mod trial;

use crate::cli::PolicyCommand;
use crate::error::Error;
use crate::exit::Status;

/// Runs one of them.
pub fn run(command: &PolicyCommand) -> Result<Status, Error> {
    match command {
        PolicyCommand::Check(args) => check::run(args),
        PolicyCommand::Try(args) => trial::run(args),
        PolicyCommand::Suggest(args) => suggest::run(args),
    }
}

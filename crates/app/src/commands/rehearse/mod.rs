//! `begat rehearse`: what to run on a test machine, the stories as logs, and what a pipeline made of them.

mod plan;
mod score;
mod write;

use crate::cli::RehearseCommand;
use crate::error::Error;
use crate::exit::Status;

/// Does what was typed.
pub fn run(command: &RehearseCommand) -> Result<Status, Error> {
    match command {
        RehearseCommand::Plan(args) => plan::run(args),
        RehearseCommand::Write(args) => write::run(args),
        RehearseCommand::Score(args) => score::run(args),
    }
}

//! `begat attack`: ATT&CK's objects over its releases.

mod diff;
mod dossier;
mod drift;
mod history;
mod holdings;
mod import;
mod lines;
mod list;
mod raw;
mod records;
mod relations;
mod show;
mod site;
mod take;

use crate::cli::AttackCommand;
use crate::error::Error;
use crate::exit::Status;

/// Runs one of its commands.
pub fn run(command: &AttackCommand) -> Result<Status, Error> {
    match command {
        AttackCommand::Import(args) => import::run(args),
        AttackCommand::List(args) => list::run(args),
        AttackCommand::Show(args) => show::run(args),
        AttackCommand::Relations(args) => relations::run(args),
        AttackCommand::History(args) => history::run(args),
        AttackCommand::Diff(args) => diff::run(args),
        AttackCommand::Raw(args) => raw::run(args),
        AttackCommand::Drift(args) => drift::run(args),
        AttackCommand::Site(args) => site::run(args),
    }
}

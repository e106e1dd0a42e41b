//! `begat attack`: ATT&CK's objects over its releases.

mod diff;
mod dossier;
mod drift;
mod history;
mod import;
mod lines;
mod list;
mod raw;
mod records;
mod relations;
mod show;
mod site;
mod take;

use std::path::PathBuf;

use begat_attack::query::{Library, Wanted};

use crate::cli::{AttackCommand, ReleaseArgs, StoreArgs};
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

/// What was imported, and what begat knows by itself.
fn library(args: &StoreArgs) -> Result<Library, Error> {
    Ok(Library::open(folder(args).as_deref())?)
}

/// The folder of the store: as typed, else the user's; none where the system names none.
fn folder(args: &StoreArgs) -> Option<PathBuf> {
    args.store.clone().or_else(|| user_data_folder().map(|folder| folder.join("begat").join("attack")))
}

/// Where programs keep data of the user: by the system's own convention.
fn user_data_folder() -> Option<PathBuf> {
    let of = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        of("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        of("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        of("XDG_DATA_HOME").or_else(|| of("HOME").map(|home| home.join(".local/share")))
    }
}

fn wanted(args: &ReleaseArgs) -> Wanted {
    Wanted { domain: args.domain, release: args.release.map(|release| release.0) }
}

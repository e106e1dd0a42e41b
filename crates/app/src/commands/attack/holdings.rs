//! What is at hand: the folder of what was imported, and the library in it.

use std::path::PathBuf;

use begat_attack::query::{Library, Wanted};

use crate::cli::{ReleaseArgs, StoreArgs};
use crate::error::Error;

/// What was imported, and what begat knows by itself.
pub fn library(args: &StoreArgs) -> Result<Library, Error> {
    Ok(Library::open(folder(args).as_deref())?)
}

/// The folder of the store: as typed, else the user's; none where the system names none.
pub fn folder(args: &StoreArgs) -> Option<PathBuf> {
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

/// Which release was typed.
pub fn wanted(args: &ReleaseArgs) -> Wanted {
    Wanted { domain: args.domain, release: args.release.map(|release| release.0) }
}

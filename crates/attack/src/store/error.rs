//! What is wrong with a store.

use std::io;
use std::path::{Path, PathBuf};

/// What is wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder or a file of it.
    #[error("cannot use `{}` of the store", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file that is no release any more.
    #[error("`{}` of the store is damaged: {what}", path.display())]
    Broken {
        /// Which.
        path: PathBuf,
        /// What was found.
        what: &'static str,
    },
    /// A file of another version of begat.
    #[error("`{}` of the store was written by another version of begat", path.display())]
    OtherVersion {
        /// Which.
        path: PathBuf,
    },
}

impl StoreError {
    pub(super) fn io(path: &Path) -> impl Fn(io::Error) -> StoreError + '_ {
        move |source| StoreError::Io { path: path.to_owned(), source }
    }
}

//! What stops the writing and the checking of evidence, and what the reader could do about it.

use std::io;
use std::path::PathBuf;

/// Why it could not go on.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// Evidence would lie among other files.
    #[error("`{}` is not empty", path.display())]
    FolderUsed {
        /// The folder.
        path: PathBuf,
    },
    /// The folder, or a file in it, cannot be written.
    #[error("cannot write evidence to `{}`", path.display())]
    Write {
        /// Where to.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// An input, or a file of the folder, cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// What was named is no folder of evidence.
    #[error("`{}` is no folder of evidence that can be checked: {why}", path.display())]
    NoEvidence {
        /// The folder.
        path: PathBuf,
        /// Why not.
        why: String,
    },
}

impl EvidenceError {
    /// What the reader could do about it.
    pub(super) fn hint(&self) -> String {
        match self {
            EvidenceError::FolderUsed { .. } => {
                "evidence is not mixed: give a folder that is empty or not there yet"
            }
            EvidenceError::Write { .. } => "what was written so far has no manifest: delete it",
            EvidenceError::Read { .. } => "may it be read?",
            EvidenceError::NoEvidence { .. } => {
                "give the folder that `begat readiness --evidence` wrote, as a whole"
            }
        }
        .to_owned()
    }
}

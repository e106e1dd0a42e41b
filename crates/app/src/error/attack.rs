//! What stops `begat attack`, and what the reader could do about it.

use std::io;
use std::path::PathBuf;

use begat_attack::history::DriftError;
use begat_attack::query::{ListError, NotFound};
use begat_attack::store::StoreError;

/// Why it could not go on.
#[derive(Debug, thiserror::Error)]
pub enum AttackError {
    /// What was imported cannot be used.
    #[error("cannot use what was imported of ATT&CK")]
    Store(#[from] StoreError),
    /// An object or a release is not there.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// There is nothing that our analytic could be compared with.
    #[error("no release that was imported has AN1235: there is nothing to compare ours with")]
    NothingToCompare {
        /// Those that were.
        have: Vec<String>,
    },
    /// The system names no folder for data of the user.
    #[error("there is no folder for data of the user")]
    NoFolder,
    /// Nothing was in what was named.
    #[error("there is no STIX in what was named")]
    NothingToImport,
    /// Facts that are built in have no bytes of MITRE's.
    #[error("`{id}` is known from built-in facts alone, which are not MITRE's bytes")]
    BuiltIn {
        /// The object.
        id: String,
    },
    /// A take cannot be read.
    #[error("cannot read the take in `{}`", path.display())]
    Take {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Pages would lie among other files.
    #[error("`{}` is not empty", path.display())]
    FolderUsed {
        /// The folder.
        path: PathBuf,
    },
}

impl AttackError {
    /// What the reader could do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            AttackError::Store(StoreError::Broken { path, .. } | StoreError::OtherVersion { path }) => {
                vec![format!("delete `{}` and import that release again", path.display())]
            }
            AttackError::Store(StoreError::Io { .. }) => {
                vec!["may it be read and written? `--store DIR` names another folder".to_owned()]
            }
            AttackError::NotFound(NotFound::NoRelease { have, .. } | NotFound::Unknown { have, .. })
            | AttackError::NothingToCompare { have } => vec![imported(have)],
            AttackError::NotFound(NotFound::NotInRelease { elsewhere, .. }) if elsewhere.is_empty() => vec![],
            AttackError::NotFound(NotFound::NotInRelease { elsewhere, .. }) => {
                vec![format!("it is in:\n{}", elsewhere.join("\n"))]
            }
            AttackError::NoFolder => vec!["`--store DIR` names one".to_owned()],
            AttackError::NothingToImport => {
                vec!["give bundles or objects of STIX, plain or inside .gz and .zip".to_owned()]
            }
            AttackError::BuiltIn { .. } => {
                vec!["`begat attack import` takes in a release that has it".to_owned()]
            }
            AttackError::Take { .. } => vec!["a take is a text in UTF-8, `ID.md`".to_owned()],
            AttackError::FolderUsed { .. } => {
                vec![
                    "give a folder that is empty, or `--clobber` (`-C`) to write among what is there"
                        .to_owned(),
                ]
            }
        }
    }
}

fn imported(have: &[String]) -> String {
    match have.is_empty() {
        true => "nothing was imported yet: `begat attack import FILE` takes in a release".to_owned(),
        false => format!("what was imported:\n{}", have.join("\n")),
    }
}

impl From<ListError> for AttackError {
    fn from(error: ListError) -> AttackError {
        match error {
            ListError::NotFound(missing) => AttackError::NotFound(missing),
            ListError::Store(error) => AttackError::Store(error),
        }
    }
}

impl From<DriftError> for AttackError {
    fn from(error: DriftError) -> AttackError {
        match error {
            DriftError::Nothing { have } => AttackError::NothingToCompare { have },
            DriftError::Store(error) => AttackError::Store(error),
        }
    }
}

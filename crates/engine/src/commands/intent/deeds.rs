//! What a command line or a script does to accounts and which machines it reaches, both from one reading of it.

use crate::commands::intent::accounts::{self, Intent};
use crate::commands::intent::reading::Reading;
use crate::commands::intent::remote::{self, RemoteTarget};

/// What a text would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Deeds {
    /// To accounts.
    pub(crate) intents: Vec<Intent>,
    /// On other machines.
    pub(crate) targets: Vec<RemoteTarget>,
}

impl Deeds {
    /// Of a process's command line; the image and the original file name tell a renamed tool.
    pub(crate) fn of_line(image: Option<&str>, original_file_name: Option<&str>, line: &str) -> Deeds {
        Deeds::of(&Reading::of_line(image, original_file_name, line))
    }

    /// Of a PowerShell script.
    pub(crate) fn of_script(script: &str) -> Deeds {
        Deeds::of(&Reading::of_script(script))
    }

    fn of(reading: &Reading<'_>) -> Deeds {
        Deeds { intents: accounts::intents_of(reading), targets: remote::targets_of(reading) }
    }
}

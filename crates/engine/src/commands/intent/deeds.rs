//! What a command line or a script does to accounts and which machines it reaches, both from one reading of it.

use std::collections::BTreeSet;

use begat_model::Text;

use crate::commands::intent::accounts::{self, Intent};
use crate::commands::intent::opens::speaks_of_accounts;
use crate::commands::intent::reading::Reading;
use crate::commands::intent::remote::{self, RemoteTarget};

/// What a text would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Deeds {
    /// To accounts.
    pub(crate) intents: Vec<Intent>,
    /// On other machines.
    pub(crate) targets: Vec<RemoteTarget>,
    /// It opens what accounts are managed with.
    pub(crate) speaks_of_accounts: bool,
    /// Names that a script defines for those after it and that do something to accounts when they are called, lower
    /// case.
    pub(crate) defined: Vec<String>,
}

impl Deeds {
    /// Of a process's command line; the image and the original file name tell a renamed tool.
    pub(crate) fn of_line(image: Option<&str>, original_file_name: Option<&str>, line: &str) -> Deeds {
        let speaks_of_accounts = speaks_of_accounts(image, original_file_name, line);
        Deeds { speaks_of_accounts, ..Deeds::of(&Reading::of_line(image, original_file_name, line)) }
    }

    /// Of a PowerShell script.
    pub(crate) fn of_script(script: &str) -> Deeds {
        let reading = Reading::of_script(script);
        Deeds { defined: accounts::defined_in(&reading, &BTreeSet::new()), ..Deeds::of(&reading) }
    }

    /// Of a PowerShell script in a process that ran others before, which defined these names.
    pub(crate) fn of_script_after(before: &[Text], known: &BTreeSet<String>, script: &str) -> Deeds {
        let reading = Reading::of_script_after(before.iter().map(|text| &**text).collect(), script);
        Deeds { defined: accounts::defined_in(&reading, known), ..Deeds::of(&reading) }
    }

    fn of(reading: &Reading<'_>) -> Deeds {
        let (intents, targets) = (accounts::intents_of(reading), remote::targets_of(reading));
        Deeds { intents, targets, ..Deeds::default() }
    }
}

//! What a command line or a script does to accounts and which machines it reaches, both from one reading of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use begat_model::Text;

use crate::commands::intent::accounts::{self, Intent};
use crate::commands::intent::opens::speaks_of_accounts;
use crate::commands::intent::reading::Reading;
use crate::commands::intent::remote::{self, RemoteTarget};
use crate::commands::long_line::LongLine;

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
    /// What is asked of it again and again, where it is long.
    pub(crate) long_line: Option<Arc<LongLine>>,
}

impl Deeds {
    /// Of a process's command line; the image and the original file name tell a renamed tool.
    pub(crate) fn of_line(image: Option<&str>, original_file_name: Option<&str>, line: &str) -> Deeds {
        let speaks_of_accounts = speaks_of_accounts(image, original_file_name, line);
        let deeds = Deeds::of(&Reading::of_line(image, original_file_name, line));
        Deeds { speaks_of_accounts, long_line: LongLine::of(line).map(Arc::new), ..deeds }
    }

    /// Of a PowerShell script.
    pub(crate) fn of_script(script: &str) -> Deeds {
        let reading = Reading::of_script(script);
        let defined = accounts::defined_in(&reading, &BTreeSet::new());
        Deeds { defined, long_line: LongLine::of(script).map(Arc::new), ..Deeds::of(&reading) }
    }

    /// Of a PowerShell script in a process that ran others before, which defined these names.
    pub(crate) fn of_script_after(before: &[Text], known: &BTreeSet<String>, script: &str) -> Deeds {
        let reading = Reading::of_script_after(before.iter().map(|text| &**text).collect(), script);
        let defined = accounts::defined_in(&reading, known);
        Deeds { defined, long_line: LongLine::of(script).map(Arc::new), ..Deeds::of(&reading) }
    }

    fn of(reading: &Reading<'_>) -> Deeds {
        let (intents, targets) = (accounts::intents_of(reading), remote::targets_of(reading));
        Deeds { intents, targets, ..Deeds::default() }
    }
}

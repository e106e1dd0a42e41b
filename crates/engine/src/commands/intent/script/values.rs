//! What a command comes to, as far as that is told.

use crate::commands::intent::cmdlets::found_by;
use crate::commands::intent::objects::is_handle;
use crate::commands::intent::parameters::{named_value, positional_value};
use crate::commands::intent::said::LIST_SEPARATOR;
use crate::commands::intent::script::reader::Reader;
use crate::commands::intent::script::tokens::{EMPTY, bare, names_machine, quoted};
use crate::commands::intent::unknown::is_unknown;
use crate::commands::line::Token;

impl Reader {
    /// What a command comes to, where that is told: a literal, a block, an object, a command's name, a machine's.
    pub(super) fn value_of(&mut self, words: &[Token]) -> Option<Token> {
        let head = words.first().map(|first| first.text.to_lowercase())?;
        match (head.as_str(), words) {
            (_, [only]) if is_handle(&only.text) || only.text == EMPTY => Some(only.clone()),
            (_, [only]) if only.quoted && (!is_unknown(&only.text) || names_machine(&only.text)) => {
                Some(only.clone())
            }
            // No name at all, where a machine or an account is asked for.
            ("$null", [_]) => Some(quoted("")),
            ("$false", [only]) => Some(bare(&only.text)),
            (number, [only]) if number.parse::<u64>().is_ok() => Some(bare(&only.text)),
            ("hostname" | "hostname.exe", [_]) => Some(quoted("$env:computername")),
            ("new-object", [_, after @ ..]) => self.new_object(after),
            ("get-command" | "gcm" | "get-alias" | "gal", [_, after @ ..]) => {
                let pattern = named_value(after, "name", 1);
                let pattern = pattern.or_else(|| positional_value(after, 0).map(|word| word.text.clone()))?;
                found_by(&pattern).map(quoted)
            }
            ("new-pssession" | "nsn" | "new-cimsession" | "ncms", [_, after @ ..]) => {
                let host = named_value(after, "computername", 2).or_else(|| named_value(after, "cn", 2));
                let host = host.or_else(|| positional_value(after, 0).map(|word| word.text.clone()))?;
                (!is_unknown(&host)).then(|| quoted(&host.replace(LIST_SEPARATOR, ",")))
            }
            ("get-wmiobject" | "gwmi", [_, after @ ..]) => {
                let host = named_value(after, "computername", 4).or_else(|| named_value(after, "cn", 2))?;
                Some(bare(&format!(r"\\{host}")))
            }
            _ => None,
        }
    }

    /// `New-Object TYPE(ARGUMENTS)`, `New-Object TYPE ARGUMENTS`, `New-Object -TypeName TYPE -ArgumentList ARGUMENTS`.
    pub(super) fn new_object(&mut self, after: &[Token]) -> Option<Token> {
        let kind = named_value(after, "typename", 1);
        let kind = kind.or_else(|| positional_value(after, 0).map(|word| word.text.clone()))?;
        if is_handle(&kind) {
            return Some(bare(&kind));
        }
        let given = named_value(after, "argumentlist", 1).or_else(|| named_value(after, "args", 3));
        let given = given.or_else(|| positional_value(after, 1).map(|word| word.text.clone()));
        let arguments: Vec<String> =
            given.iter().flat_map(|given| given.split(LIST_SEPARATOR)).map(str::to_owned).collect();
        Some(bare(&self.objects.construct(&kind, &arguments)))
    }

    pub(super) fn close_table(&mut self, entries: &[(String, String)]) {
        let handle = self.objects.hold_table(entries);
        self.value(&handle, false, false);
    }
}

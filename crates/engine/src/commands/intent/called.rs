//! Which functions of a script a command calls, and with what their parameters are bound.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::commands::intent::parameters::{cmdlet, named_value, positional_value};
use crate::commands::intent::said::{Command, Function, Script};
use crate::commands::line::Token;

/// Commands that take the name of a function, and run it.
const BY_NAME: &[&str] =
    &["iex", "invoke-expression", "invoke-command", "icm", "start-job", "sajb", "measure-command"];

/// Longest text that grows by being filled in.
const FILLED_BYTES_MAX: usize = 64 * 1024;

/// A function that is called, and what its parameters are known to hold.
pub(super) type Called = (Rc<Function>, BTreeMap<String, String>);

/// The functions that a command calls: by name or alias, as a block (`${function:NAME}`), by its type, or as a text.
pub(super) fn called(command: &Command, name: &str, script: &Script) -> Vec<Called> {
    if script.functions.is_empty() {
        return Vec::new();
    }
    let after = cmdlet(&command.words).map_or(&[][..], |(_, after)| after);
    let own = script.functions.get(name).map(|function| (Rc::clone(function), bound(function, after)));
    let mut found: Vec<Called> = own.into_iter().collect();
    let by_text = BY_NAME.contains(&name) || name.is_empty();
    for word in after {
        let lower = word.text.to_lowercase();
        let as_block = lower.split("$function:").nth(1);
        let as_type = (name == "new-object").then(|| format!("[{lower}]"));
        let as_text = || by_text.then(|| lower.split_whitespace().next()).flatten();
        let wanted = as_block.or(as_type.as_deref()).or_else(as_text);
        if let Some(function) = wanted.and_then(|wanted| script.functions.get(wanted)) {
            found.push((Rc::clone(function), bound(function, &[])));
        }
    }
    found
}

/// What the parameters hold: what the call gives them, else their defaults.
fn bound(function: &Function, after: &[Token]) -> BTreeMap<String, String> {
    let mut bound = BTreeMap::new();
    for (place, (name, default)) in function.parameters.iter().enumerate() {
        let given = named_value(after, name, 1);
        let given = given.or_else(|| positional_value(after, place).map(|word| word.text.clone()));
        match given {
            // Of what is given in part (`"New-LocalUser bob $x"`) that part is known.
            Some(value) => drop(bound.insert(name.clone(), value)),
            None => bound.extend(default.clone().map(|default| (name.clone(), default))),
        }
    }
    bound
}

/// The command with the parameters of the function in which it stands.
pub(super) fn with_parameters(command: &Command, bound: &BTreeMap<String, String>) -> Command {
    let mut command = command.clone();
    for word in command.words.iter_mut().filter(|word| word.text.contains('$')) {
        if let Some(value) = word.text.strip_prefix('$').and_then(|name| bound.get(&name.to_lowercase())) {
            (word.text, word.quoted) = (value.clone(), true);
        } else {
            word.text = filled(&word.text, bound);
        }
    }
    for (_, value) in &mut command.entries {
        *value = filled(value, bound);
    }
    command
}

/// A text in which the parameters stand by name.
pub(super) fn filled(text: &str, bound: &BTreeMap<String, String>) -> String {
    let mut filled = String::new();
    let mut pieces = text.split('$');
    filled.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        if filled.len() > FILLED_BYTES_MAX {
            break;
        }
        let end = piece.find(|part: char| !(part.is_alphanumeric() || part == '_')).unwrap_or(piece.len());
        match bound.get(&piece[..end].to_lowercase()) {
            Some(value) => {
                filled.push_str(value);
                filled.push_str(&piece[end..]);
            }
            None => {
                filled.push('$');
                filled.push_str(piece);
            }
        }
    }
    filled
}

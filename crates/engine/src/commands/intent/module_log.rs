//! What PowerShell's module log (event 4103) tells: which command was called, and what each parameter was bound to.
//!
//! The words around it are translated with Windows (`CommandInvocation`, `ParameterBinding`), the shape is not:
//! `WORD(COMMAND): "COMMAND"` begins a call, `WORD(COMMAND): word="PARAMETER"; word="VALUE"` binds, and
//! `WORD(COMMAND): "…"` with anything else is what the call was refused with.

use crate::commands::intent::accounts::{Intent, called_by_name, of_steps};
use crate::commands::intent::reading;
use crate::commands::line::{Token, image_stem};

/// Calls and bindings of one payload that are read.
const ROWS_MAX: usize = 1024;
/// Longest payload that is read.
const PAYLOAD_BYTES_MAX: usize = 1024 * 1024;

/// What the calls of a module log's payload did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Calls {
    /// Those that were carried out, as far as is told.
    pub(crate) intents: Vec<Intent>,
    /// Those that were refused: the account is there already, say, or the caller may not.
    pub(crate) refused: Vec<Intent>,
}

/// What the calls of a module log's payload did to accounts.
pub fn module_intents(payload: &str) -> Vec<Intent> {
    module_calls(payload).intents
}

/// The calls of a module log's payload (or of its `ContextInfo`, which names the command alone).
pub(crate) fn module_calls(payload: &str) -> Calls {
    let mut end = payload.len().min(PAYLOAD_BYTES_MAX);
    while !payload.is_char_boundary(end) {
        end -= 1;
    }
    let mut calls: Vec<Vec<Token>> = Vec::new();
    let mut refused: Vec<Vec<Token>> = Vec::new();
    for row in payload[..end].lines().filter_map(row).take(ROWS_MAX) {
        match row {
            Row::Call(command) => calls.push(vec![word(command, false)]),
            Row::Refusal(command) => {
                let last = calls.iter().rposition(|call| is_call_of(call, command));
                refused.extend(last.map(|last| calls.remove(last)));
            }
            Row::Binding { command, parameter, value } => {
                let is_it = |call: &&mut Vec<Token>| is_call_of(call, command);
                let bound = [word(&format!("-{parameter}:"), false), word(value, true)];
                match calls.iter_mut().rev().find(is_it) {
                    Some(call) => call.extend(bound),
                    None => calls.push([word(command, false)].into_iter().chain(bound).collect()),
                }
            }
        }
    }
    if calls.is_empty() && refused.is_empty() {
        let named = payload[..end].lines().map(named_alone).find(|found| !found.is_empty());
        return Calls { intents: named.unwrap_or_default(), refused: Vec::new() };
    }
    Calls { intents: intents_of(calls), refused: intents_of(refused) }
}

fn intents_of(calls: Vec<Vec<Token>>) -> Vec<Intent> {
    let mut found: Vec<Intent> =
        calls.into_iter().flat_map(|call| of_steps(&reading::of_command(call))).collect();
    found.sort();
    found.dedup();
    found
}

fn is_call_of(call: &[Token], command: &str) -> bool {
    call.first().is_some_and(|name| name.text.eq_ignore_ascii_case(command))
}

enum Row<'payload> {
    Call(&'payload str),
    /// Whatever PowerShell says of a call that it ended, or that went on after an error.
    Refusal(&'payload str),
    Binding {
        command: &'payload str,
        parameter: &'payload str,
        value: &'payload str,
    },
}

fn row(line: &str) -> Option<Row<'_>> {
    let (before, rest) = line.trim().split_once("): ")?;
    let (_, command) = before.rsplit_once('(')?;
    if let Some(text) = rest.strip_prefix('"') {
        let is_name = image_stem(text.trim_end_matches('"')) == image_stem(command);
        return Some(if is_name { Row::Call(command) } else { Row::Refusal(command) });
    }
    let (_, bound) = rest.split_once("=\"")?;
    let (parameter, value) = bound.split_once("\"; ")?;
    let value = value.split_once("=\"")?.1;
    Some(Row::Binding { command, parameter, value: value.strip_suffix('"').unwrap_or(value) })
}

/// `Command Name = New-LocalUser`: that it was called, not with what.
fn named_alone(line: &str) -> Vec<Intent> {
    let command = line.split_once(" = ").map(|(_, command)| word(command.trim(), false));
    command.map(called_by_name).unwrap_or_default()
}

fn word(text: &str, quoted: bool) -> Token {
    Token { span: 0..0, text: text.to_owned(), quoted }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::intent::aim::{Aim, Way};
    use begat_model::Duration;

    fn created(name: Option<&str>, aim: Aim, way: Way) -> Vec<Intent> {
        vec![Intent::CreateAccount { name: name.map(str::to_owned), aim, way, after: Duration::ZERO }]
    }

    #[test]
    fn what_was_bound_names_the_account() {
        let payload = "CommandInvocation(New-LocalUser): \"New-LocalUser\"\r\n\
            ParameterBinding(New-LocalUser): name=\"NoPassword\"; value=\"True\"\r\n\
            ParameterBinding(New-LocalUser): name=\"Description\"; value=\"x -Name eve\"\r\n\
            ParameterBinding(New-LocalUser): name=\"Name\"; value=\"bob\"\r\n\
            CommandInvocation(Out-Default): \"Out-Default\"\r\n\
            ParameterBinding(Out-Default): name=\"InputObject\"; value=\"net user eve P /add\"";
        assert_eq!(module_intents(payload), created(Some("bob"), Aim::Here, Way::Calls));
    }

    #[test]
    fn a_call_that_was_refused_created_nothing() {
        let of_eve = "CommandInvocation(New-LocalUser): \"New-LocalUser\"\r\n\
            ParameterBinding(New-LocalUser): name=\"Name\"; value=\"eve\"\r\n";
        let of_bob = of_eve.replace("eve", "bob");
        for error in [
            "NonTerminatingError(New-LocalUser): \"User eve already exists.\"",
            "Fehler mit Abbruch(New-LocalUser): \"Zugriff verweigert.\"",
        ] {
            let calls = module_calls(&format!("{of_bob}{of_eve}{error}"));
            assert_eq!(calls.intents, created(Some("bob"), Aim::Here, Way::Calls), "{error}");
            assert_eq!(calls.refused, created(Some("eve"), Aim::Here, Way::Calls), "{error}");
            assert_eq!(module_intents(&format!("{of_eve}{error}")), [], "{error}");
        }
        let started = "CommandInvocation(net.exe): \"C:\\Windows\\system32\\net.exe\"";
        assert_eq!(module_calls(started).refused, []);
    }

    #[test]
    fn groups_the_domain_and_other_languages() {
        let payload = "CommandInvocation(Add-LocalGroupMember): \"Add-LocalGroupMember\"\n\
            ParameterBinding(Add-LocalGroupMember): name=\"Group\"; value=\"Remote Desktop Users\"\n\
            ParameterBinding(Add-LocalGroupMember): name=\"Member\"; value=\"bob, eve\"";
        let grant = |member: &str| Intent::AddToGroup {
            member: member.to_owned(),
            group: "Remote Desktop Users".to_owned(),
        };
        assert_eq!(module_intents(payload), [grant("bob"), grant("eve")]);
        let translated = "Befehlsaufruf(New-ADUser): \"New-ADUser\"\n\
            Parameterbindung(New-ADUser): Name=\"Name\"; Wert=\"bob\"";
        assert_eq!(module_intents(translated), created(Some("bob"), Aim::Domain, Way::Calls));
    }

    #[test]
    fn commands_that_run_others_are_followed_and_the_rest_says_nothing() {
        let run = "CommandInvocation(Invoke-Expression): \"Invoke-Expression\"\n\
            ParameterBinding(Invoke-Expression): name=\"Command\"; value=\"net user bob P /add\"";
        assert_eq!(module_intents(run), created(Some("bob"), Aim::Here, Way::Starts));
        let start = "ParameterBinding(Start-Process): name=\"FilePath\"; value=\"net.exe\"\n\
            ParameterBinding(Start-Process): name=\"ArgumentList\"; value=\"user, bob, P, /add\"";
        assert_eq!(module_intents(start), created(Some("bob"), Aim::Here, Way::Starts));
        let context = "        Severity = Informational\r\n        Command Name = New-LocalUser\r\n";
        assert_eq!(module_intents(context), created(None, Aim::Here, Way::Calls));
        for none in [
            "",
            "CommandInvocation(Get-LocalUser): \"Get-LocalUser\"\n\
             ParameterBinding(Get-LocalUser): name=\"Name\"; value=\"bob\"",
            "CommandInvocation(Remove-LocalUser): \"Remove-LocalUser\"",
            "CommandInvocation(New-LocalUser): \"New-LocalUser\"\n\
             ParameterBinding(New-LocalUser): name=\"Name\"; value=\"bob\"\n\
             ParameterBinding(New-LocalUser): name=\"WhatIf\"; value=\"True\"",
            "        Command Name = Get-LocalUser",
        ] {
            assert_eq!(module_intents(none), [], "{none}");
        }
    }
}

//! What PowerShell's module log (event 4103) tells: which command was called, and what each parameter was bound to.
//!
//! The words around it are translated with Windows (`CommandInvocation`, `ParameterBinding`), the shape is not:
//! `WORD(COMMAND): "…"` begins a call, `WORD(COMMAND): word="PARAMETER"; word="VALUE"` binds.

use crate::commands::intent::accounts::{Intent, called_by_name, of_steps};
use crate::commands::intent::reading;
use crate::commands::line::Token;

/// Calls and bindings of one payload that are read.
const ROWS_MAX: usize = 1024;
/// Longest payload that is read.
const PAYLOAD_BYTES_MAX: usize = 1024 * 1024;

/// What the calls of a module log's payload (or its `ContextInfo`, which names the command alone) would do.
pub fn module_intents(payload: &str) -> Vec<Intent> {
    let mut end = payload.len().min(PAYLOAD_BYTES_MAX);
    while !payload.is_char_boundary(end) {
        end -= 1;
    }
    let mut calls: Vec<Vec<Token>> = Vec::new();
    for row in payload[..end].lines().filter_map(row).take(ROWS_MAX) {
        match row {
            Row::Call(command) => calls.push(vec![word(command, false)]),
            Row::Binding { command, parameter, value } => {
                let is_it = |call: &&mut Vec<Token>| {
                    call.first().is_some_and(|name| name.text.eq_ignore_ascii_case(command))
                };
                let bound = [word(&format!("-{parameter}:"), false), word(value, true)];
                match calls.iter_mut().rev().find(is_it) {
                    Some(call) => call.extend(bound),
                    None => calls.push([word(command, false)].into_iter().chain(bound).collect()),
                }
            }
        }
    }
    if calls.is_empty() {
        return payload[..end].lines().map(named_alone).find(|found| !found.is_empty()).unwrap_or_default();
    }
    let mut found: Vec<Intent> =
        calls.into_iter().flat_map(|call| of_steps(&reading::of_command(call))).collect();
    found.sort();
    found.dedup();
    found
}

enum Row<'payload> {
    Call(&'payload str),
    Binding { command: &'payload str, parameter: &'payload str, value: &'payload str },
}

fn row(line: &str) -> Option<Row<'_>> {
    let (before, rest) = line.trim().split_once("): ")?;
    let (_, command) = before.rsplit_once('(')?;
    if rest.starts_with('"') {
        return Some(Row::Call(command));
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

    fn created(name: Option<&str>, aim: Aim, way: Way) -> Vec<Intent> {
        vec![Intent::CreateAccount { name: name.map(str::to_owned), aim, way }]
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

//! The table as a whole: nothing in it deletes an account, leaves a placeholder, or can be broken out of.

mod cases;

use std::collections::BTreeSet;

use begat_model::case::{BlindSpot, BlindSpotKind};

use super::quoting::reading::read;
use super::values::{Sort, VALUES, Value};
use super::*;

/// Placeholders of a template, each with what stands before it.
fn placeholders(template: &str) -> Vec<(&str, &'static Value)> {
    let mut found = Vec::new();
    for (at, _) in template.match_indices('<') {
        let (name, _) =
            template[at + 1..].split_once('>').unwrap_or_else(|| panic!("not closed: {template}"));
        let value = VALUES.iter().find(|value| value.name == name);
        found.push((&template[..at], value.unwrap_or_else(|| panic!("<{name}> has no value: {template}"))));
    }
    found
}

fn ways() -> impl Iterator<Item = (&'static Row, &'static str, &'static str)> {
    ROWS.iter().flat_map(|row| row.ways.iter().map(move |(step, command)| (row, *step, *command)))
}

/// Every command as it stands in the tables.
fn commands() -> impl Iterator<Item = &'static str> {
    ways().map(|(_, _, command)| command).chain(MENDS.iter().map(|mend| mend.command))
}

#[test]
fn rows_stand_in_the_order_of_their_phases_and_have_names_of_their_own() {
    assert!(ROWS.is_sorted_by_key(|row| row.phase));
    assert!(Phase::ALL.is_sorted());
    let names: BTreeSet<_> = ROWS.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), ROWS.len());
    for phase in Phase::ALL {
        assert!(ROWS.iter().any(|row| row.phase == *phase), "{phase}");
    }
}

/// A literal brings its own quotes, and text of a policy is no part of a command.
#[test]
fn values_stand_only_where_their_sort_may() {
    for (row, step, command) in ways() {
        for (before, value) in placeholders(command) {
            let within_quotes = read(before).is_err();
            match value.sort {
                Sort::Bare => assert!(within_quotes, "{}: <{}> is not in quotes", row.name, value.name),
                Sort::Expression => assert!(!within_quotes, "{}: <{}> is in quotes", row.name, value.name),
                Sort::Text => panic!("{}: <{}> is text", row.name, value.name),
            }
        }
        for (_, value) in placeholders(step) {
            assert_ne!(value.sort, Sort::Expression, "{}: <{}>", row.name, value.name);
        }
    }
}

#[test]
fn every_value_is_used() {
    for value in VALUES {
        let placeholder = format!("<{}>", value.name);
        assert!(
            ways().any(|(_, step, command)| step.contains(&placeholder) || command.contains(&placeholder)),
            "{placeholder}"
        );
    }
}

#[test]
fn nothing_deletes_an_account() {
    for command in commands() {
        let command = command.to_ascii_lowercase();
        for deletes in [
            "remove-localuser",
            "remove-aduser",
            "remove-adobject",
            "/delete",
            "/del",
            "remove-item",
            "delprof",
            "reg delete",
        ] {
            assert!(!command.contains(deletes), "{command}");
        }
    }
}

/// A responder who goes down the list has kept everything before anything is changed.
#[test]
fn what_changes_the_host_comes_after_what_is_kept() {
    const CHANGES: &[&str] = &[
        "Disable-",
        "Remove-",
        "Stop-Process",
        "Close-Smb",
        "logoff",
        "Set-LocalUser",
        "Set-AD",
        "Set-NetFirewall",
        "New-NetFirewall",
        "reg add",
        "auditpol /set",
        "wevtutil sl",
    ];
    for (row, _, command) in ways() {
        let changes = CHANGES.iter().any(|change| command.contains(change));
        assert_eq!(changes, row.phase == Phase::Contain, "{}: {command}", row.name);
    }
}

#[test]
fn commands_are_one_line_of_ascii_and_steps_are_sentences() {
    for command in commands() {
        assert!(command.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{command}");
        assert!(read(command).is_ok(), "{command}");
    }
    for step in ways().map(|(_, step, _)| step).chain(MENDS.iter().map(|mend| mend.step)) {
        assert!(step.ends_with('.') && step.len() < 300, "{step}");
    }
}

/// `net user NAME` and the like would take a name for an option; and no value of a log names a machine to connect to.
#[test]
fn values_of_logs_reach_only_cmdlets_that_take_them_for_text() {
    for (row, _, command) in ways() {
        for (before, value) in placeholders(command) {
            if value.name == "name" {
                assert!(before.ends_with("-eq "), "{}: {command}", row.name);
            }
            if value.name == "images" {
                assert!(before.is_empty() && command.contains("-LiteralPath $_"), "{}: {command}", row.name);
            }
            assert!(!before.ends_with("-ComputerName "), "{}: {command}", row.name);
        }
    }
}

#[test]
fn every_blind_spot_has_its_mend() {
    let kinds: BTreeSet<_> = MENDS.iter().map(|mend| mend.kind).collect();
    assert_eq!(kinds, BlindSpotKind::ALL.iter().copied().collect());
    assert_eq!(kinds.len(), MENDS.len());
}

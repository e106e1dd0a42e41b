//! Data sources of DeTT&CT (`data-source-administration` 1.1), one group for each role of hosts.
//!
//! Its scores go from 0 to 5 and each can be recomputed: completeness of devices is the share of the group's hosts on
//! which it was seen; completeness of fields, of process starts, the share of hours with command lines and parents;
//! consistency the share of hours in which it was seen; retention how far back its logs reach.
//! Timeliness would need the times of arrival, which are in no log: it stays 0, none.

use std::collections::BTreeMap;
use std::io::{self, Write};

use begat_model::Timestamp;
use begat_model::ledger::{Cell, HostLedger, SightState};
use begat_model::prerequisite::Prerequisite;

use super::site::Site;
use crate::words::page::Page;

/// What DeTT&CT calls what a prerequisite shows, as ATT&CK names its data components.
const SOURCES: &[(&str, Prerequisite)] = &[
    ("User Account Creation", Prerequisite::AccountManagement),
    ("User Account Modification", Prerequisite::AccountManagement),
    ("User Account Deletion", Prerequisite::AccountManagement),
    ("Group Modification", Prerequisite::Groups),
    ("Process Creation", Prerequisite::ProcessCreation),
    ("Process Termination", Prerequisite::ProcessEnd),
    ("Process Metadata", Prerequisite::Parent),
    ("Command Execution", Prerequisite::CommandLine),
    ("Script Execution", Prerequisite::PowershellScripts),
    ("Logon Session Creation", Prerequisite::Logon),
    ("Logon Session Metadata", Prerequisite::Logon),
    ("WMI Creation", Prerequisite::Wmi),
    ("Service Creation", Prerequisite::ServicesAndTasks),
    ("Scheduled Job Creation", Prerequisite::ServicesAndTasks),
    ("Windows Registry Key Modification", Prerequisite::SamKeys),
];
/// Days from which on a retention has its score.
const RETENTION_DAYS: &[(i64, u64)] = &[(365, 5), (180, 4), (90, 3), (30, 2), (7, 1)];
const SCORE_MAX: u64 = 5;
/// Two names that are more alike are refused by DeTT&CT.
const ALIKE_MAX_PERCENT: usize = 80;
const NO_ROLE: &str = "hosts of unknown role";

pub(super) fn write(site: &Site<'_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let groups = groups(site.hosts);
    writeln!(out, "version: 1.1\nfile_type: data-source-administration\nname: begat coverage")?;
    writeln!(out, "domain: enterprise-attack\nsystems:")?;
    for name in groups.keys() {
        writeln!(out, "  - applicable_to: {}\n    platform: [Windows]", quoted(name))?;
    }
    writeln!(out, "data_sources:")?;
    for (source, prerequisite) in SOURCES {
        writeln!(out, "  - data_source_name: {source}\n    data_source:")?;
        for (name, hosts) in &groups {
            entry(name, hosts, *prerequisite, site, out)?;
        }
    }
    Ok(())
}

/// Hosts by role; of two roles whose names are too much alike the second goes with the first.
fn groups(hosts: &[HostLedger]) -> BTreeMap<String, Vec<&HostLedger>> {
    let mut groups: BTreeMap<String, Vec<&HostLedger>> = BTreeMap::new();
    let role = |host: &HostLedger| host.role.as_deref().unwrap_or(NO_ROLE).to_owned();
    let mut ordered: Vec<&HostLedger> = hosts.iter().collect();
    ordered.sort_by_key(|host| role(host));
    for host in ordered {
        let role = role(host);
        let name = groups.keys().find(|known| are_alike(known, &role)).cloned().unwrap_or(role);
        groups.entry(name).or_default().push(host);
    }
    groups
}

/// Letters in common, in order, against all letters: no less than what DeTT&CT works out.
fn are_alike(one: &str, other: &str) -> bool {
    let letters = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    let (one, other) = (letters(one), letters(other));
    let mut row = vec![0; other.len() + 1];
    for letter in &one {
        let mut before = 0;
        for (place, its) in other.iter().enumerate() {
            let above = row[place + 1];
            row[place + 1] = if letter == its { before + 1 } else { above.max(row[place]) };
            before = above;
        }
    }
    let common = row.last().copied().unwrap_or(0);
    2 * common * 100 > ALIKE_MAX_PERCENT * (one.len() + other.len())
}

fn entry(
    name: &str,
    hosts: &[&HostLedger],
    prerequisite: Prerequisite,
    site: &Site<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let cells: Vec<&Cell> = hosts.iter().map(|host| &host.cells[prerequisite as usize]).collect();
    let on = cells.iter().filter(|cell| cell.state == SightState::Seen).count() as u64;
    let (seen, alive) =
        cells.iter().fold((0, 0), |sum, cell| (sum.0 + cell.hours_seen, sum.1 + cell.hours_alive));
    let (devices, consistency) = (score(on, cells.len() as u64), score(seen, alive));
    let retention = if on > 0 { retention(hosts, prerequisite) } else { 0 };
    let fields = if on > 0 { field_completeness(hosts, prerequisite) } else { 0 };
    let heard =
        if site.inventory.is_some() { "hosts of the group" } else { "hosts of the group that were heard" };
    let comment = format!(
        "{}: seen on {on} of {} {heard}, in {seen} of {alive} hours; timeliness is not measured",
        prerequisite.slug(),
        cells.len()
    );
    let date = hosts.iter().filter(|_| on > 0).filter_map(|host| host.from).min();
    let date = date.map_or("null".to_owned(), day);
    write!(
        out,
        "      - applicable_to: [{}]\n        date_registered: {date}\n        date_connected: {date}\n        \
         products: [Windows event logs]\n        available_for_data_analytics: {}\n        comment: {}\n        \
         data_quality:\n          device_completeness: {devices}\n          data_field_completeness: {fields}\n          \
         timeliness: 0\n          consistency: {consistency}\n          retention: {retention}\n",
        quoted(name),
        on > 0,
        quoted(&comment),
    )
}

/// Records of other sources have all that is asked of them; of process starts it is the command line and the parent.
fn field_completeness(hosts: &[&HostLedger], prerequisite: Prerequisite) -> u64 {
    if prerequisite != Prerequisite::ProcessCreation {
        return SCORE_MAX;
    }
    let seen = |it: Prerequisite| hosts.iter().map(|host| host.cells[it as usize].hours_seen).sum::<u64>();
    let least = seen(Prerequisite::CommandLine).min(seen(Prerequisite::Parent));
    score(least, seen(prerequisite)).max(1)
}

/// What is there at all is at least 1, and 5 is all of it.
fn score(part: u64, whole: u64) -> u64 {
    match part {
        0 => 0,
        _ => (SCORE_MAX * part / whole.max(1)).max(1),
    }
}

/// By the shortest reach of its logs over the group's hosts.
fn retention(hosts: &[&HostLedger], prerequisite: Prerequisite) -> u64 {
    let logs = prerequisite.spec().logs;
    let days = |host: &&HostLedger| {
        let reaches = host.reach.iter().filter(|reach| {
            let log = reach.channel.as_deref().unwrap_or_default();
            logs.iter().any(|(name, _)| name.eq_ignore_ascii_case(log))
        });
        let spans = reaches.filter_map(|reach| Some(reach.newest?.since(reach.oldest?)));
        spans.max().map(|span| span.ticks() / begat_model::time::TICKS_PER_SECOND / 86_400)
    };
    let shortest = hosts.iter().filter_map(days).min().unwrap_or(0);
    RETENTION_DAYS.iter().find(|(from, _)| shortest >= *from).map_or(0, |(_, score)| *score)
}

fn day(at: Timestamp) -> String {
    at.to_string().chars().take_while(|letter| *letter != 'T').collect()
}

/// A JSON text is a YAML text, whatever stands in it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use begat_model::HostName;

    fn host(name: &str, role: Option<&str>, is_seen: bool) -> HostLedger {
        let mut host = HostLedger::silent(HostName::new(name).unwrap());
        host.role = role.map(Into::into);
        host.from = Timestamp::parse_rfc3339("2026-03-02T09:00:00Z").filter(|_| is_seen);
        let cell = &mut host.cells[Prerequisite::ProcessCreation as usize];
        cell.hours_alive = 10;
        if is_seen {
            (cell.state, cell.hours_seen) = (SightState::Seen, 5);
        }
        host
    }

    fn written(hosts: &[HostLedger]) -> String {
        let mut out = Vec::new();
        let site = Site { hosts, inventory: None, since: None, sysmon: None };
        write(&site, &Page::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_group_is_a_system_and_its_scores_can_be_recomputed() {
        let yaml = written(&[
            host("a", Some("file: server"), true),
            host("b", Some("file: server"), false),
            host("c", None, false),
        ]);
        assert!(yaml.contains("  - applicable_to: \"file: server\"\n"), "{yaml}");
        assert!(
            yaml.contains("seen on 1 of 2 hosts of the group that were heard, in 5 of 20 hours"),
            "{yaml}"
        );
        assert!(yaml.contains("device_completeness: 2\n"), "half of them is 2 of 5: {yaml}");
        assert!(yaml.contains("consistency: 1\n") && yaml.contains("date_connected: 2026-03-02\n"), "{yaml}");
        assert_eq!(yaml.matches("data_source_name").count(), SOURCES.len());
        assert_eq!(yaml.matches("data_quality").count(), 2 * SOURCES.len());
    }

    #[test]
    fn roles_whose_names_are_too_much_alike_are_one_group() {
        assert!(are_alike("server 1", "server 2") && are_alike("kiosk", "Kiosk"));
        assert!(!are_alike("file server", "kiosk") && !are_alike("", "x"));
        let yaml = written(&[host("a", Some("server 1"), true), host("b", Some("server 2"), true)]);
        assert_eq!(yaml.matches("platform: [Windows]").count(), 1, "{yaml}");
    }
}

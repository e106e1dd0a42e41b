//! What was heard from whom: hosts against what the analytic needs of them, and how to switch on what is missing.

use std::collections::BTreeMap;

use begat_model::coverage::{HostCoverage, MissingSource};
use begat_model::prerequisite::Prerequisite;
use maud::{Markup, html};

use crate::html::pieces::time;
use crate::html::ties::{Ties, way};
use crate::words::page::Page;
use crate::words::wording::{counted, grouped, name};

/// Rows of the picture on the first screen; the section below has all.
const MATRIX_ROWS_MAX: usize = 12;
/// Hosts listed; above, those that logged all are only counted.
const HOSTS_MAX: usize = 2_000;

/// A column: something that a host can log, which the analytic or a responder asks for.
struct Column {
    name: &'static str,
    /// The ledger's row says which logs show it.
    of: Prerequisite,
    /// Its absence is told by this word of a missing source, whatever was counted: Windows' own boot shows no processes.
    missing: Option<&'static str>,
}

const fn column(name: &'static str, of: Prerequisite, missing: Option<&'static str>) -> Column {
    Column { name, of, missing }
}

const COLUMNS: &[Column] = &[
    column("accounts", Prerequisite::AccountManagement, Some("account management")),
    column("groups", Prerequisite::Groups, None),
    column("processes", Prerequisite::ProcessCreation, Some("process creation")),
    column("process ends", Prerequisite::ProcessEnd, None),
    column("logons", Prerequisite::Logon, Some("logon")),
    column("scripts", Prerequisite::PowershellScripts, None),
    column("services, tasks", Prerequisite::ServicesAndTasks, None),
];

impl Column {
    /// Records that show it, and whether the host is blind to it.
    fn of(&self, host: &HostCoverage) -> (u64, bool) {
        let ids = |channel: Option<&str>| {
            let logs = self.of.spec().logs;
            let row = logs.iter().find(|(name, _)| channel.is_some_and(|it| it.eq_ignore_ascii_case(name)));
            row.map_or(&[][..], |(_, ids)| *ids)
        };
        let heard = host.channels.iter().map(|heard| {
            let ids = ids(heard.channel.as_deref());
            heard.event_ids.iter().filter(|(id, _)| ids.contains(id)).map(|(_, count)| count).sum::<u64>()
        });
        let count = heard.sum();
        let told = self.missing.is_some_and(|word| host.missing.iter().any(|it| it.what.contains(word)));
        (count, told || count == 0)
    }
}

/// Hosts × prerequisites, the blindest first.
pub(super) fn matrix(hosts: &[&HostCoverage]) -> Markup {
    html! {
        @if !hosts.is_empty() {
            figure {
                figcaption { "What each host logged. ● records of it are here, ○ none: nothing of that kind can be found there." }
                (grid(hosts.iter().take(MATRIX_ROWS_MAX), None))
                @if hosts.len() > MATRIX_ROWS_MAX {
                    p { a href="#hosts" { (grouped((hosts.len() - MATRIX_ROWS_MAX) as u64)) " more hosts" } }
                }
            }
        }
    }
}

/// The hosts of a hunt, the blindest first.
pub(super) fn blindest_first(coverage: &[HostCoverage]) -> Vec<&HostCoverage> {
    let blind = |host: &HostCoverage| COLUMNS.iter().filter(|it| it.of(host).1).count();
    let mut hosts: Vec<&HostCoverage> = coverage.iter().collect();
    hosts.sort_by_cached_key(|host| (std::cmp::Reverse(blind(host)), host.names.clone()));
    hosts
}

/// With `ties`, each host leads to its cases.
fn grid<'a>(hosts: impl Iterator<Item = &'a &'a HostCoverage>, ties: Option<&Ties<'_>>) -> Markup {
    html! {
        @let label = if ties.is_some() { "Hosts, their cases and what they logged" } else { "What each host logged" };
        div.scroll tabindex="0" role="region" aria-label=(label) {
            table.grid {
                thead { tr { th { "Host" } @if ties.is_some() { th { "cases" } } @for it in COLUMNS { th { (it.name) } } } }
                tbody {
                    @for host in hosts {
                        tr {
                            th scope="row" { (host_name(host)) }
                            @if let Some(ties) = ties { td { (cases_of(host, ties)) } }
                            @for it in COLUMNS { (cell(it.of(host))) }
                        }
                    }
                }
            }
        }
    }
}

/// The way to a host's cases, by each name that they bear.
fn cases_of(host: &HostCoverage, ties: &Ties<'_>) -> Markup {
    let names = host.names.iter().map(|name| (name.as_str(), ties.on_host(name.as_str())));
    let names: Vec<(&str, u64)> = names.filter(|(_, count)| *count > 0).collect();
    html! {
        @if names.is_empty() { "0" }
        @for (at, (name, count)) in names.iter().enumerate() {
            @if at > 0 { " + " } (way("host", name, &grouped(*count)))
        }
    }
}

fn cell((count, blind): (u64, bool)) -> Markup {
    html! {
        @if blind { td.blind { span aria-hidden="true" { "○" } " " span.say { @if count > 0 { "boot only" } @else { "none" } } } }
        @else { td { span aria-hidden="true" { "●" } " " span.say { (grouped(count)) } } }
    }
}

fn host_name(host: &HostCoverage) -> String {
    host.names.first().map_or_else(|| "unnamed".to_owned(), |it| name(it.as_str()).into_owned())
}

pub(super) fn render(hosts: &[&HostCoverage], ties: &Ties<'_>, page: &Page) -> Markup {
    let mut lacking: BTreeMap<&MissingSource, Vec<&HostCoverage>> = BTreeMap::new();
    for host in hosts {
        host.missing.iter().for_each(|missing| lacking.entry(missing).or_default().push(host));
    }
    html! {
        @if !hosts.is_empty() {
            section #hosts aria-labelledby="hosts-h" {
                h2 #hosts-h { "Hosts" }
                (grid(hosts.iter().take(HOSTS_MAX), Some(ties)))
                @if hosts.len() > HOSTS_MAX { p { (grouped((hosts.len() - HOSTS_MAX) as u64)) " hosts that logged the most are not listed." } }
                @if !lacking.is_empty() {
                    h3 { "To log what is missing" }
                    ul { @for (missing, hosts) in &lacking { li { (mend(missing, hosts)) } } }
                }
                details { summary { "Spans and names" } (spans(hosts, page)) }
            }
        }
    }
}

fn mend(missing: &MissingSource, hosts: &[&HostCoverage]) -> Markup {
    html! {
        b { (missing.what) } ", missing on " (counted(hosts.len() as u64, "host", "hosts")) ": " (missing.cost) ". " (missing.mend)
    }
}

fn spans(hosts: &[&HostCoverage], page: &Page) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Spans and names" {
            table {
                thead { tr { th { "Host" } th { "Also called" } th { "First record" } th { "Last record" } } }
                tbody {
                    @for host in hosts.iter().take(HOSTS_MAX) {
                        tr {
                            th scope="row" { (host_name(host)) }
                            td { (host.names.iter().skip(1).map(|it| name(it.as_str()).into_owned()).collect::<Vec<_>>().join(", ")) }
                            td { @if let Some(at) = host.first { (time(at, page)) } @else { "no readable time" } }
                            td { @if let Some(at) = host.last { (time(at, page)) } @else { "no readable time" } }
                        }
                    }
                }
            }
        }
    }
}

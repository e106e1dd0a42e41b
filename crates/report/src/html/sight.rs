//! A page of its own for what hosts could have shown: hosts against prerequisites, blind spots with every mend, reach.

use std::io::{self, Write};

use begat_model::ledger::{Cell, HostLedger, SightLoss, SightState};
use begat_model::prerequisite::Prerequisite;
use maud::{Markup, html};

use crate::html::document;
use crate::html::pieces::{shown, time};
use crate::sight::fills::fills;
use crate::sight::mends::mend;
use crate::sight::said::{HEADS, LEGEND, answer, blindest_first, changes, ranked};
use crate::sight::site::Site;
use crate::words::page::Page;
use crate::words::wording::{counted, grouped, name};

/// Hosts of the grid; the rest is counted.
const HOSTS_MAX: usize = 2_000;

/// Writes the page.
pub(crate) fn write(site: &Site<'_>, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let hosts = blindest_first(site);
    let body = html! {
        main #hosts {
            h1 { "What could be seen" }
            p { (answer(site)) }
            (grid(&hosts))
            (since(site, &hosts))
            (losses(&hosts))
            (sysmon(site))
            (reach(&hosts, page))
        }
    };
    document::write("What could be seen", document::Subject::Hosts, &body, page, out)
}

fn host_name(host: &HostLedger) -> String {
    host.names.first().map_or_else(|| "unnamed".to_owned(), |it| name(it.as_str()).into_owned())
}

fn grid(hosts: &[&HostLedger]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Hosts and what they logged" {
            table.grid {
                thead { tr { th { "Host" } th { "score" } @for (head, it) in HEADS.iter().zip(Prerequisite::ALL) { th title=(it.doc()) { (head) } } } }
                tbody {
                    @for host in hosts.iter().take(HOSTS_MAX) {
                        tr {
                            th scope="row" { (host_name(host)) }
                            td { @if let Some(score) = host.score_thousandths() { (score / 10) " %" } @else { "–" } }
                            @for it in &host.cells { (cell(it)) }
                        }
                    }
                }
            }
        }
        @if hosts.len() > HOSTS_MAX { p { (grouped((hosts.len() - HOSTS_MAX) as u64)) " hosts that logged the most are not listed." } }
        p { small { (LEGEND) } }
        details { summary { "What the columns are" } dl.words { @for (head, it) in HEADS.iter().zip(Prerequisite::ALL) { dt { (head) } dd { (it.doc()) } } } }
    }
}

fn cell(cell: &Cell) -> Markup {
    let percent = cell.hours_seen * 100 / cell.hours_alive.max(1);
    let hours = format!("{} of {} hours", grouped(cell.hours_seen), grouped(cell.hours_alive));
    html! {
        @match cell.state {
            SightState::Seen => td title=(hours) { (percent) " %" },
            SightState::Silent => td.blind title=(hours) { "no" },
            SightState::Off => td.blind title=(hours) { "off" },
            SightState::Unknown => td { "?" },
        }
    }
}

/// What went dark since the earlier ledger, and what came.
fn since(site: &Site<'_>, hosts: &[&HostLedger]) -> Markup {
    html! {
        @if let Some(changed) = changes(site, hosts) {
            section aria-labelledby="since-h" {
                h2 #since-h { "Since the earlier ledger" }
                @if changed.is_empty() { p { "Nothing went dark, and nothing came." } }
                ul { @for (host, said, _) in changed.iter().take(HOSTS_MAX) { li { b { (host_name(host)) } " " (said) } } }
            }
        }
    }
}

fn losses(hosts: &[&HostLedger]) -> Markup {
    let losses = ranked(hosts);
    html! {
        @if !losses.is_empty() {
            section aria-labelledby="losses-h" {
                h2 #losses-h { "Blind spots, by the creations that they touched or could have" }
                @for (kind, (creations, on)) in losses {
                    details {
                        summary {
                            b { (kind.slug()) } ": " (kind.doc()) " (" (counted(on, "host", "hosts")) ", " (counted(creations, "creation", "creations")) ")"
                        }
                        p { "Mend: " (mend(kind).said) "." }
                        @for (form, text) in mend(kind).forms() {
                            p { (form) }
                            pre { code { (text) } }
                        }
                        p { small { "On: " (on_which(hosts, kind)) } }
                    }
                }
            }
        }
    }
}

fn on_which(hosts: &[&HostLedger], kind: SightLoss) -> String {
    let has = |host: &&&HostLedger| host.losses.iter().any(|loss| loss.kind == kind);
    let names: Vec<String> = hosts.iter().filter(has).take(HOSTS_MAX).map(|host| host_name(host)).collect();
    names.join(", ")
}

fn sysmon(site: &Site<'_>) -> Markup {
    html! {
        @if let Some(config) = site.sysmon {
            section aria-labelledby="sysmon-h" {
                h2 #sysmon-h { "What the Sysmon configuration swallows" }
                p { code { (shown(&config.file)) } }
                ul {
                    @for it in &config.leaves_out { li { (it.what) ": " code { (shown(&it.rule)) } } }
                    @for it in &config.may_leave_out { li { "perhaps " (it.what) ": " code { (shown(&it.rule)) } } }
                }
                @if config.leaves_out.is_empty() && config.may_leave_out.is_empty() { p { "Nothing of what was tried." } }
            }
        }
    }
}

fn reach(hosts: &[&HostLedger], page: &Page) -> Markup {
    html! {
        section aria-labelledby="reach-h" {
            h2 #reach-h { "How far back the logs reach" }
            div.scroll tabindex="0" role="region" aria-label="How far back the logs reach" {
                table {
                    thead { tr { th { "Host" } th { "Log" } th { "First record" } th { "Last record" } th { "Records" } th { "A day" } th { "Holds" } } }
                    tbody {
                        @for host in hosts.iter().take(HOSTS_MAX) {
                            @for reach in &host.reach {
                                tr {
                                    th scope="row" { (host_name(host)) }
                                    td { (shown(reach.channel.as_deref().unwrap_or("(log not named)"))) }
                                    td { @if let Some(at) = reach.oldest { (time(at, page)) } @else { "no readable time" } }
                                    td { @if let Some(at) = reach.newest { (time(at, page)) } @else { "no readable time" } }
                                    td { (grouped(reach.records)) }
                                    td { @if let Some(fills) = fills(reach) { (grouped(fills.a_day)) } }
                                    td { @if let Some(fills) = fills(reach) { (format!("{:.1} days", fills.days)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

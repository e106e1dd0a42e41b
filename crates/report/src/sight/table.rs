//! Hosts against what they have to log, the blindest first, and how to mend what costs most.

use std::collections::BTreeMap;
use std::io::{self, Write};

use begat_model::ledger::{Cell, HostLedger, Reach, SightState};
use begat_model::prerequisite::{PREREQUISITES, Prerequisite, PrerequisiteSpec};
use begat_model::visible::{visible, visible_bounded};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::fills::fills;
use super::mends::{Mend, mend};
use super::said::{HEADS, LEGEND, answer, blindest_first, changes, ranked};
use super::site::Site;
use crate::words::page::{Lines, Look, Page};
use crate::words::wording::{NAME_CHARS_MAX, counted, grouped};

/// Hosts told in the grid; the rest is counted.
const HOSTS_MAX: usize = 40;
/// Hosts whose logs' reach is told.
const REACHES_MAX: usize = 5;
/// Columns of the grid beside a host's name: the score, and five for each prerequisite.
const GRID_WIDTH: usize = 5 + 5 * HEADS.len();
/// Columns of a host's name, as the page has room.
const NAME_WIDTHS: std::ops::RangeInclusive<usize> = 15..=40;

pub(super) fn write(site: &Site<'_>, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let hosts = blindest_first(site);
    let mut text = Table { lines: Lines::new(page), page };
    text.answer(site);
    if !hosts.is_empty() {
        text.grid(&hosts);
        text.since(site, &hosts);
        text.losses(&hosts);
        text.sysmon(site);
        text.reach(&hosts);
    }
    text.lines.write_to(out)
}

struct Table<'page> {
    lines: Lines<'page>,
    page: &'page Page,
}

impl Table<'_> {
    fn answer(&mut self, site: &Site<'_>) {
        self.lines.wrapped("", "", &answer(site), Look::Strong);
    }

    fn grid(&mut self, hosts: &[&HostLedger]) {
        self.lines.blank();
        let room = self.page.width.saturating_sub(GRID_WIDTH).clamp(*NAME_WIDTHS.start(), *NAME_WIDTHS.end());
        let heads: String = HEADS.iter().map(|head| format!("{head:>5}")).collect();
        self.lines.stretches(&[(&format!("{:room$}score{heads}", "blindest first"), Look::Faint)]);
        for host in hosts.iter().take(HOSTS_MAX) {
            let name = host.names.first().map_or("", |name| name.as_str());
            let name = shortened(name, room);
            let score = match host.score_thousandths() {
                Some(thousandths) => format!("{:>4}%", thousandths / 10),
                None => "    –".to_owned(),
            };
            let cells: Vec<(String, Look)> = host.cells.iter().map(cell).collect();
            let name = format!("{name}{}", " ".repeat(room.saturating_sub(name.width())));
            let mut row: Vec<(&str, Look)> = vec![(&name, Look::Plain), (&score, Look::Strong)];
            row.extend(cells.iter().map(|(text, look)| (text.as_str(), *look)));
            self.lines.stretches(&row);
        }
        if hosts.len() > HOSTS_MAX {
            self.paragraph(&format!(
                "… and {} more",
                counted((hosts.len() - HOSTS_MAX) as u64, "host", "hosts")
            ));
        }
        self.lines.blank();
        self.paragraph(LEGEND);
        let named = Prerequisite::ALL.iter().zip(HEADS).map(|(it, head)| format!("{head} {}", it.doc()));
        self.paragraph(&named.collect::<Vec<_>>().join("; "));
    }

    /// What takes sight away, over all hosts: by creations touched, then by hosts.
    fn losses(&mut self, hosts: &[&HostLedger]) {
        let losses = ranked(hosts);
        if losses.is_empty() {
            return;
        }
        self.lines.blank();
        self.lines.wrapped(
            "",
            "",
            "Blind spots, by the creations that they touched or could have",
            Look::Strong,
        );
        for (kind, (creations, on)) in losses {
            let said = format!(
                "{}: {} ({}, {})",
                kind.slug(),
                kind.doc(),
                counted(on, "host", "hosts"),
                counted(creations, "creation", "creations")
            );
            self.lines.wrapped("  ! ", "    ", &said, Look::Warning);
            self.mend(mend(kind));
        }
    }

    /// In a line; in all its forms where detail is asked for.
    fn mend(&mut self, mend: &Mend) {
        let command = mend.auditpol.or(mend.group_policy).map_or(String::new(), |form| format!(": {form}"));
        self.lines.wrapped("    ", "    ", &format!("mend: {}{command}", mend.said), Look::Plain);
        if !self.page.detail {
            return;
        }
        for (form, text) in mend.forms() {
            self.lines.wrapped("      ", "      ", &format!("{form}:"), Look::Faint);
            text.lines().for_each(|line| self.lines.wrapped("        ", "        ", line, Look::Plain));
        }
    }

    /// What went dark since the earlier ledger, and what came.
    fn since(&mut self, site: &Site<'_>, hosts: &[&HostLedger]) {
        let Some(changed) = changes(site, hosts) else { return };
        self.title("Since the earlier ledger");
        if changed.is_empty() {
            self.paragraph("nothing went dark, and nothing came");
        }
        for (host, said, is_dark) in changed.iter().take(HOSTS_MAX) {
            let name = host.names.first().map_or("", |name| name.as_str());
            let said = format!("{}  {said}", visible_bounded(name, NAME_CHARS_MAX));
            self.lines.wrapped("  ", "  ", &said, if *is_dark { Look::Warning } else { Look::Plain });
        }
        if changed.len() > HOSTS_MAX {
            let more = counted((changed.len() - HOSTS_MAX) as u64, "host", "hosts");
            self.paragraph(&format!("… and {more} more"));
        }
    }

    /// Which process starts the Sysmon configuration swallows.
    fn sysmon(&mut self, site: &Site<'_>) {
        let Some(config) = site.sysmon else { return };
        self.title(&format!("What {} lets through", visible_bounded(&config.file, NAME_CHARS_MAX)));
        if config.leaves_out.is_empty() && config.may_leave_out.is_empty() {
            self.paragraph(
                "every process start that was tried: net, shells, scripts, consoles, children of agents",
            );
        }
        for (head, of) in [("swallows", &config.leaves_out), ("may swallow", &config.may_leave_out)] {
            // One rule may swallow many.
            let mut by_rule: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            of.iter().for_each(|it| by_rule.entry(&it.rule).or_default().push(&it.what));
            for (rule, what) in by_rule {
                let said = format!("{head} {}  ({})", what.join(", "), visible_bounded(rule, NAME_CHARS_MAX));
                self.lines.wrapped("  ! ", "    ", &said, Look::Warning);
            }
        }
        let sam = if config.watches_sam { "are watched" } else { "are not watched" };
        self.paragraph(&format!("the keys of accounts in the SAM {sam}"));
    }

    fn title(&mut self, words: &str) {
        self.lines.blank();
        self.lines.wrapped("", "", words, Look::Strong);
    }

    fn reach(&mut self, hosts: &[&HostLedger]) {
        self.lines.blank();
        self.lines.wrapped("", "", "How far back the logs reach", Look::Strong);
        for host in hosts.iter().filter(|host| host.from.is_some()).take(REACHES_MAX) {
            let name = host.names.first().map_or("", |name| name.as_str());
            for reach in host.reach.iter().filter(|reach| tells_something(reach)) {
                let channel = reach.channel.as_deref().unwrap_or("(log not named)");
                let since = reach.oldest.map_or("at no time that can be read".to_owned(), |oldest| {
                    format!("from {}", self.page.time_to_the_second(oldest))
                });
                let fills = fills(reach);
                let rate =
                    fills.map_or_else(String::new, |fills| format!(", {} a day", grouped(fills.a_day)));
                let whole = match (reach.begins_with_the_log, fills) {
                    (Some(true), _) => ", from its first record on".to_owned(),
                    (Some(false), Some(fills)) => format!(
                        "; it holds {:.1} days: earlier records are gone or were not handed over",
                        fills.days
                    ),
                    (Some(false), None) => "; earlier records are gone or were not handed over".to_owned(),
                    (None, _) => String::new(),
                };
                let said = format!(
                    "{}  {}: {since}, {}{rate}{whole}",
                    visible_bounded(name, NAME_CHARS_MAX),
                    visible_bounded(channel, 60),
                    counted(reach.records, "record", "records")
                );
                self.lines.wrapped("  ", "  ", &said, Look::Plain);
            }
        }
        if hosts.len() > REACHES_MAX {
            self.paragraph("… of the other hosts in -t jsonl");
        }
    }

    fn paragraph(&mut self, text: &str) {
        self.lines.wrapped("  ", "  ", text, Look::Faint);
    }
}

/// A log that some prerequisite is read from; of the others, too, the machine formats tell.
fn tells_something(reach: &Reach) -> bool {
    let of_row =
        |row: &PrerequisiteSpec, log: &str| row.logs.iter().any(|(name, _)| name.eq_ignore_ascii_case(log));
    reach.channel.as_deref().is_none_or(|log| PREREQUISITES.iter().any(|row| of_row(row, log)))
}

/// A host's name in its column, cut where it is longer.
fn shortened(name: &str, room: usize) -> String {
    let name = visible(name);
    if name.width() < room {
        return name.into_owned();
    }
    let mut kept = String::new();
    for letter in name.chars() {
        if kept.width() + letter.width().unwrap_or(0) > room - 2 {
            break;
        }
        kept.push(letter);
    }
    kept + "…"
}

/// Five columns.
fn cell(cell: &Cell) -> (String, Look) {
    match cell.state {
        SightState::Seen => {
            let percent = cell.hours_seen * 100 / cell.hours_alive.max(1);
            (format!("{percent:>5}"), if percent < 50 { Look::Warning } else { Look::Plain })
        }
        SightState::Silent => ("   no".to_owned(), Look::Warning),
        SightState::Off => ("  off".to_owned(), Look::Warning),
        SightState::Unknown => ("    ?".to_owned(), Look::Faint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_to_its_column_however_wide_its_letters() {
        assert_eq!(shortened("ws1", 14), "ws1");
        assert_eq!(shortened("kiosk-lobby3.corp.example", 14), "kiosk-lobby3…");
        assert_eq!(shortened("ホストホストホスト", 14), "ホストホスト…");
    }
}

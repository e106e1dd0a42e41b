//! The answer where nothing was found: what was heard from whom, and what is missing for AN1235 to be seen.
//!
//! "Nothing found" and "nothing visible" are different answers; this text never says one for the other. Its
//! length is bounded whatever the number of hosts: hosts that lack the same are told together.

use std::collections::BTreeMap;
use std::io::{self, Write};

use begat_model::coverage::{ChannelHeard, HostCoverage, MissingSource};
use begat_model::event::Text;
use begat_model::visible::visible;

use crate::view::UnreadCreations;
use crate::words::finding::cause_said;
use crate::words::page::{Lines, Look, Page};
use crate::words::wording::{counted, grouped, name};

/// Hosts that are told one by one; above, they are folded.
const HOSTS_TOLD_MAX: usize = 5;
/// Names given of the hosts of one fold.
const NAMES_TOLD_MAX: usize = 6;
/// Folds told.
const FOLDS_MAX: usize = 12;
/// Channels told of one host, or of all together.
const CHANNELS_MAX: usize = 12;
/// Event ids told of one channel.
const EVENT_IDS_MAX: usize = 16;

/// Writes what was heard, and what would have to be heard.
///
/// `unread` are those of all findings that the hunt had: an account creation that cannot be read is none that was not
/// found.
pub fn write_coverage(
    hosts: &[HostCoverage],
    unread: &UnreadCreations<'_>,
    page: &Page,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut text = Coverage { lines: Lines::new(page), page };
    match unread.count {
        0 => text.answer(hosts),
        _ => text.answer_unread(unread),
    }
    if hosts.len() <= HOSTS_TOLD_MAX {
        for host in hosts {
            text.host(host);
        }
    } else {
        text.heard_together(hosts);
        text.folds(hosts);
    }
    text.mending(hosts);
    text.lines.write_to(out)
}

struct Coverage<'page> {
    lines: Lines<'page>,
    page: &'page Page,
}

impl Coverage<'_> {
    fn answer_unread(&mut self, unread: &UnreadCreations<'_>) {
        let said = format!(
            "{} in the input and cannot be read, on {}: {}. No other was found.",
            counted(unread.count, "account creation is", "account creations are"),
            hosts_said(unread.hosts.len()),
            unread.causes.iter().copied().map(cause_said).collect::<Vec<_>>().join("; ")
        );
        self.lines.wrapped("", "", &said, Look::Strong);
    }

    fn answer(&mut self, hosts: &[HostCoverage]) {
        let sighted = hosts.iter().filter(|host| host.missing.is_empty()).count();
        let said = match (hosts.len(), sighted) {
            (0, _) => {
                "No account creation was found, and none could be: the input has no record of a Windows host."
                    .to_owned()
            }
            (all, sighted) if all == sighted => {
                format!(
                    "No account creation was found on {}, and the logs have all that AN1235 needs.",
                    hosts_said(all)
                )
            }
            (all, 0) => format!(
                "No account creation was found on {}. There may still have been one: {}",
                hosts_said(all),
                "the logs lack some of what AN1235 needs."
            ),
            (all, sighted) => format!(
                "No account creation was found on {}. Only {} of them logged all that AN1235 needs.",
                hosts_said(all),
                grouped(sighted as u64)
            ),
        };
        self.lines.wrapped("", "", &said, Look::Strong);
    }

    fn host(&mut self, host: &HostCoverage) {
        self.lines.blank();
        let names: Vec<_> = host.names.iter().take(NAMES_TOLD_MAX).map(|it| name(it.as_str())).collect();
        self.lines.wrapped("", "", &names.join(", also "), Look::Strong);
        self.paragraph(&format!("logged {}", self.span(host)));
        self.channels(&host.channels);
        for missing in &host.missing {
            self.lines.wrapped("  missing: ", "           ", &lacking(missing), Look::Warning);
        }
    }

    fn heard_together(&mut self, hosts: &[HostCoverage]) {
        let mut channels: BTreeMap<Option<Text>, BTreeMap<u32, u64>> = BTreeMap::new();
        for heard in hosts.iter().flat_map(|host| &host.channels) {
            let ids = channels.entry(heard.channel.clone()).or_default();
            for (event_id, count) in &heard.event_ids {
                *ids.entry(*event_id).or_default() += count;
            }
        }
        let channels: Vec<ChannelHeard> = channels
            .into_iter()
            .map(|(channel, ids)| ChannelHeard { channel, event_ids: ids.into_iter().collect() })
            .collect();
        self.lines.blank();
        self.lines.wrapped("", "", "Logged by all together", Look::Strong);
        let first = hosts.iter().filter_map(|host| host.first).min();
        let last = hosts.iter().filter_map(|host| host.last).max();
        if let (Some(first), Some(last)) = (first, last) {
            self.paragraph(&format!("from {} to {}", self.page.time(first), self.page.time(last)));
        }
        self.channels(&channels);
    }

    /// Hosts that lack the same things, told together, the largest group first.
    fn folds(&mut self, hosts: &[HostCoverage]) {
        let mut folds: BTreeMap<&[MissingSource], Vec<&HostCoverage>> = BTreeMap::new();
        for host in hosts {
            folds.entry(&host.missing).or_default().push(host);
        }
        let mut folds: Vec<_> = folds.into_iter().collect();
        folds.sort_by_key(|(missing, members)| (std::cmp::Reverse(members.len()), *missing));
        for (missing, members) in folds.iter().take(FOLDS_MAX) {
            self.lines.blank();
            let names: Vec<_> = members
                .iter()
                .filter_map(|host| host.names.first())
                .take(NAMES_TOLD_MAX)
                .map(|it| name(it.as_str()))
                .collect();
            let rest = members.len().saturating_sub(names.len());
            let rest = if rest > 0 { format!(" and {} more", grouped(rest as u64)) } else { String::new() };
            let title = format!("{}: {}{rest}", hosts_said(members.len()), names.join(", "));
            self.lines.wrapped("", "", &title, Look::Strong);
            if missing.is_empty() {
                self.paragraph("has all that AN1235 needs");
            }
            for source in *missing {
                self.lines.wrapped("  missing: ", "           ", &lacking(source), Look::Warning);
            }
        }
        if folds.len() > FOLDS_MAX {
            let rest: usize = folds[FOLDS_MAX..].iter().map(|(_, members)| members.len()).sum();
            self.lines.blank();
            self.lines.wrapped("", "", &format!("… and {} in smaller groups", hosts_said(rest)), Look::Faint);
        }
    }

    fn channels(&mut self, channels: &[ChannelHeard]) {
        for heard in channels.iter().take(CHANNELS_MAX) {
            let channel = heard.channel.as_deref().map_or("(channel not named)".into(), name);
            let records: u64 = heard.event_ids.iter().map(|(_, count)| count).sum();
            let records = counted(records, "record", "records");
            let text = format!("{channel}: {records}, event ids {}", ids_said(&heard.event_ids));
            self.lines.wrapped("  ", "  ", &text, Look::Plain);
        }
        if channels.len() > CHANNELS_MAX {
            self.paragraph(&format!("… {} more channels", channels.len() - CHANNELS_MAX));
        }
    }

    /// How to switch on what is missing, each once.
    fn mending(&mut self, hosts: &[HostCoverage]) {
        let mut lacking_hosts: BTreeMap<&MissingSource, usize> = BTreeMap::new();
        for missing in hosts.iter().flat_map(|host| &host.missing) {
            *lacking_hosts.entry(missing).or_default() += 1;
        }
        if lacking_hosts.is_empty() {
            return;
        }
        self.lines.blank();
        self.lines.wrapped("", "", "To log what AN1235 needs", Look::Strong);
        for (missing, count) in lacking_hosts {
            let text = format!("{} (missing on {}): {}", missing.what, hosts_said(count), missing.mend);
            self.lines.wrapped("  - ", "    ", &text, Look::Plain);
        }
    }

    fn span(&self, host: &HostCoverage) -> String {
        match (host.first, host.last) {
            (Some(first), Some(last)) => {
                format!("from {} to {}", self.page.time(first), self.page.time(last))
            }
            _ => "at times that cannot be read".to_owned(),
        }
    }

    fn paragraph(&mut self, text: &str) {
        self.lines.wrapped("  ", "  ", text, Look::Plain);
    }
}

fn hosts_said(count: usize) -> String {
    counted(count as u64, "host", "hosts")
}

fn lacking(missing: &MissingSource) -> String {
    format!("{}: {}", visible(missing.what), visible(missing.cost))
}

/// `4624 (12), 4688 (1,024), … 3 more`.
fn ids_said(ids: &[(u32, u64)]) -> String {
    let mut said: Vec<String> = ids
        .iter()
        .take(EVENT_IDS_MAX)
        .map(|(event_id, count)| format!("{event_id} ({})", grouped(*count)))
        .collect();
    if ids.len() > EVENT_IDS_MAX {
        said.push(format!("… {} more", ids.len() - EVENT_IDS_MAX));
    }
    said.join(", ")
}

//! After the cases: what else is worth a look, the most severe first, in a block that stays short in a fleet.
//!
//! A few findings of a kind are told one by one. Many are folded by host, and of many hosts the worst are told.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, btree_map};
use std::io::{self, Write};

use begat_model::visible::{visible, visible_bounded};

use crate::alerts::alert::finding_technique;
use crate::formats::table::block::{Block, bounded};
use crate::view::{FindingKind, FindingView, Found, Order, Timestamp};
use crate::words::page::{Look, Page};
use crate::words::wording::{self, COMMAND_LINE_CHARS_MAX, counted};

/// Findings of one kind that are told one by one.
const SINGLE_MAX: usize = 5;
/// Hosts told of one kind where its findings are folded.
const HOSTS_MAX: usize = 6;
/// Names of accounts told of one fold.
const ACCOUNTS_MAX: usize = 8;

pub(super) fn write(
    found: &Found<'_>,
    after_cases: bool,
    page: &Page,
    out: &mut dyn Write,
) -> io::Result<()> {
    let entries = entries(found);
    if entries.is_empty() {
        return Ok(());
    }
    let mut block = Block::new(page);
    if after_cases {
        block.lines.blank();
    }
    block.lines.wrapped("", "", if after_cases { "Also worth a look" } else { "Worth a look" }, Look::Strong);
    block.rule();
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            block.lines.blank();
        }
        match entry {
            Entry::Single(finding) => block.finding(finding),
            Entry::Fold(fold) => block.fold(fold),
        }
    }
    block.lines.write_to(out)
}

enum Entry<'a> {
    Single(Box<FindingView<'a>>),
    Fold(Fold<'a>),
}

/// Findings of one kind that are told together.
struct Fold<'a> {
    /// The first of the most severe of them.
    worst: Box<FindingView<'a>>,
    count: u64,
    /// Of those that tell their time.
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    hosts: BTreeSet<&'a str>,
    accounts: BTreeSet<String>,
}

impl<'a> Fold<'a> {
    fn of(finding: FindingView<'a>) -> Fold<'a> {
        Fold {
            count: 1,
            first: finding.at,
            last: finding.at,
            hosts: BTreeSet::from([finding.host.name]),
            accounts: names(&finding),
            worst: Box::new(finding),
        }
    }

    fn absorb(&mut self, other: Fold<'a>) {
        if other.worst.severity > self.worst.severity {
            self.worst = other.worst;
        }
        self.count += other.count;
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
        self.hosts.extend(other.hosts);
        self.accounts.extend(other.accounts);
    }

    /// One alone is told as itself.
    fn into_entry(self) -> Entry<'a> {
        if self.count == 1 { Entry::Single(self.worst) } else { Entry::Fold(self) }
    }
}

/// The accounts that a finding is about.
fn names(finding: &FindingView<'_>) -> BTreeSet<String> {
    let others = finding.accounts.iter().map(|account| wording::name_or_unknown(account.name).into_owned());
    match finding.accounts.len() {
        0 | 1 => finding.account.iter().map(wording::principal).collect(),
        _ => others.collect(),
    }
}

/// What is told, the most severe first, or the earliest where that was asked for.
fn entries<'a>(found: &Found<'a>) -> Vec<Entry<'a>> {
    let mut counts: BTreeMap<FindingKind, usize> = BTreeMap::new();
    found.findings().for_each(|finding| *counts.entry(finding.kind).or_default() += 1);
    let mut entries = Vec::new();
    let mut folds: BTreeMap<FindingKind, BTreeMap<&'a str, Fold<'a>>> = BTreeMap::new();
    for finding in found.findings() {
        if counts[&finding.kind] <= SINGLE_MAX {
            entries.push(Entry::Single(Box::new(finding)));
        } else {
            let of_kind = folds.entry(finding.kind).or_default();
            match of_kind.entry(finding.host.name) {
                btree_map::Entry::Vacant(vacant) => drop(vacant.insert(Fold::of(finding))),
                btree_map::Entry::Occupied(mut fold) => fold.get_mut().absorb(Fold::of(finding)),
            }
        }
    }
    entries.extend(folds.into_values().flat_map(of_few_hosts).map(Fold::into_entry));
    if found.order() == Order::Time {
        entries.sort_by_key(|entry| match entry {
            Entry::Single(finding) => (finding.at, finding.kind),
            Entry::Fold(fold) => (fold.first, fold.worst.kind),
        });
        return entries;
    }
    entries.sort_by_key(|entry| match entry {
        Entry::Single(finding) => (Reverse(finding.severity), finding.kind, false, finding.at),
        // What was put together from the rest of the hosts stands after the hosts that are told.
        Entry::Fold(fold) => {
            (Reverse(fold.worst.severity), fold.worst.kind, fold.hosts.len() > 1, fold.first)
        }
    });
    entries
}

/// The worst hosts each for itself, all others in one.
fn of_few_hosts<'a>(of_kind: BTreeMap<&'a str, Fold<'a>>) -> Vec<Fold<'a>> {
    let mut folds: Vec<Fold<'a>> = of_kind.into_values().collect();
    folds.sort_by_key(|fold| (Reverse(fold.worst.severity), Reverse(fold.count), fold.first));
    // One host left over is told for itself: a fold of one would be no shorter.
    if folds.len() > HOSTS_MAX + 1 {
        let mut rest = folds.split_off(HOSTS_MAX).into_iter();
        if let Some(mut others) = rest.next() {
            rest.for_each(|fold| others.absorb(fold));
            folds.push(others);
        }
    }
    folds
}

impl Block<'_> {
    fn finding(&mut self, finding: &FindingView<'_>) {
        let title =
            format!("{} on {}", wording::finding_kind(finding.kind), wording::name(finding.host.name));
        self.headline(finding.severity, &title, finding.at);
        self.row("what", &wording::sentence(&self.page.said(finding.summary)), Look::Plain);
        if let Some(actor) = &finding.actor {
            self.actor("by", actor, None);
        }
        if let Some(process) = &finding.process {
            let line = process.command_line.map_or(String::new(), |command_line| {
                format!("  {}", visible_bounded(command_line, COMMAND_LINE_CHARS_MAX))
            });
            self.row("process", &format!("{}{line}", wording::process(process)), Look::Plain);
        }
        self.technique(finding.kind);
        self.row("finding", &visible(finding.finding_id), Look::Plain);
        self.record(finding.events.first());
    }

    fn technique(&mut self, kind: FindingKind) {
        if let Some(technique) = finding_technique(kind) {
            self.row("ATT&CK", &technique, Look::Plain);
        }
    }

    fn fold(&mut self, fold: &Fold<'_>) {
        let mut hosts = fold.hosts.iter();
        let place = match (hosts.next(), hosts.next()) {
            (Some(host), None) => wording::name(host).into_owned(),
            _ => counted(fold.hosts.len() as u64, "more host", "more hosts"),
        };
        let count = counted(fold.count, "finding", "findings");
        let title = format!("{} on {place}, {count}", wording::finding_kind(fold.worst.kind));
        self.headline(fold.worst.severity, &title, fold.first);
        self.row("what", &wording::sentence(fold.worst.kind.doc()), Look::Plain);
        if !fold.accounts.is_empty() {
            self.row("accounts", &bounded(fold.accounts.iter().cloned(), ACCOUNTS_MAX), Look::Plain);
        }
        if fold.hosts.len() > 1 {
            let names = fold.hosts.iter().map(|host| wording::name(host).into_owned());
            self.row("hosts", &bounded(names, HOSTS_MAX), Look::Plain);
        }
        if let (Some(first), Some(last)) = (fold.first, fold.last) {
            let span = last - first;
            self.row("until", &format!("{}, {span} after the first", self.page.time(last)), Look::Plain);
        }
        self.technique(fold.worst.kind);
        let worst = &fold.worst;
        let text = format!("{}, the first {} one", visible(worst.finding_id), worst.severity);
        self.row("finding", &text, Look::Plain);
        self.record(worst.events.first());
    }
}

//! One block for a wave: fifty accounts made by one loop are one thing to look at, not fifty.

use std::collections::BTreeSet;

use begat_model::visible::visible;

use crate::alerts::alert::case_technique;
use crate::formats::table::block::{BLIND_SPOTS_MAX, Block, bounded};
use crate::formats::wave::{Makers, Wave};
use crate::view::{Severity, Verdict};
use crate::words::page::Look;
use crate::words::wording::{self, counted, grouped, tally};

/// Names of accounts told of each severity.
const ACCOUNTS_MAX: usize = 20;
/// Names of hosts told.
const HOSTS_MAX: usize = 12;
/// Names of actors, or of the programs that made the accounts, told.
const MAKERS_MAX: usize = 4;

impl Block<'_> {
    pub(super) fn wave(&mut self, wave: &Wave<'_>) {
        let hosts = match wave.hosts.first() {
            Some(host) if wave.hosts.len() == 1 => wording::name(host).into_owned(),
            _ => counted(wave.hosts.len() as u64, "host", "hosts"),
        };
        let title = format!("wave of {} accounts created on {hosts}", grouped(wave.cases));
        self.headline(wave.worst.0, &title, wave.first);
        self.rule();
        self.accounts_of(wave);
        self.hosts_of(wave);
        let span = wave.last - wave.first;
        self.row("until", &format!("{}, {span} after the first", self.page.time(wave.last)), Look::Plain);
        self.makers_of(wave);
        let actors = wave.actors.iter().map(|(actor, count)| share(actor, *count, wave.cases));
        self.row("actor", &bounded(actors, MAKERS_MAX), Look::Plain);
        self.unseen_by(wave);
        if wave.authorised > 0 {
            self.row(
                "allowed",
                &format!("{} of {}", grouped(wave.authorised), grouped(wave.cases)),
                Look::Plain,
            );
        }
        let severities = wave.severities.iter().rev().map(|(severity, count)| (severity, *count));
        self.row("severity", &tally(severities), Look::Plain);
        self.closing(wave);
    }

    fn accounts_of(&mut self, wave: &Wave<'_>) {
        let scopes =
            wave.scopes.iter().map(|(scope, count)| (format!("× {}", wording::scope(*scope)), *count));
        let outcomes = wave
            .outcomes
            .iter()
            .map(|(outcome, count)| (format!("× {}", wording::outcome(*outcome)), *count));
        let mut facts = vec![tally(scopes), tally(outcomes)];
        if wave.privileged > 0 {
            facts.push(format!("{} privileged", grouped(wave.privileged)));
        }
        let look = if wave.privileged > 0 { Look::Strong } else { Look::Plain };
        self.row("accounts", &facts.join(" · "), look);
        for (severity, names) in wave.names.iter().rev() {
            let said = names.iter().map(|(name, count)| times(&wording::name(name), *count));
            let said = bounded(said, ACCOUNTS_MAX);
            // Where all are as severe there is nothing to tell apart.
            let text = if wave.names.len() > 1 { format!("{severity}: {said}") } else { said };
            self.row("", &text, if *severity > Severity::Medium { Look::Strong } else { Look::Plain });
        }
    }

    fn hosts_of(&mut self, wave: &Wave<'_>) {
        if wave.hosts.len() > 1 {
            let names = wave.hosts.iter().map(|host| wording::name(host).into_owned());
            self.row("hosts", &bounded(names, HOSTS_MAX), Look::Plain);
        }
    }

    /// Only what is attributed has a maker, and what is likely probably has one; the candidates of other verdicts are in
    /// their cases.
    fn makers_of(&mut self, wave: &Wave<'_>) {
        let verdicts = tally(wave.verdicts.iter().map(|(verdict, count)| (verdict, *count)));
        if let Some(makers) = &wave.makers {
            self.row("made by", &made_by(makers), Look::Strong);
        }
        if let Some(makers) = &wave.likely {
            let least = if processes(makers) == 1 { "" } else { "at least " };
            let sure = wording::percent(makers.confidence);
            let text = format!("probably {} (likely, {least}{sure})", made_by(makers));
            let label = if wave.makers.is_some() { "" } else { "made by" };
            self.row(label, &text, Look::Warning);
        }
        if wave.makers.is_none() && wave.likely.is_none() {
            let only = wave.verdicts.keys().next().filter(|_| wave.verdicts.len() == 1);
            let said = only.map_or("no single process is known", |verdict| wording::maker(*verdict));
            self.row("made by", said, Look::Warning);
        }
        let least = wave.makers.as_ref().map_or(String::new(), |makers| {
            format!(" · the least sure attribution {}", wording::percent(makers.confidence))
        });
        let all = wave.verdicts.keys().all(|verdict| *verdict == Verdict::Attributed);
        let look = if all { Look::Plain } else { Look::Warning };
        self.row("", &format!("{verdicts}{least}"), look);
    }

    fn unseen_by(&mut self, wave: &Wave<'_>) {
        let spots = wave.blind_spots.iter();
        let spots: Vec<String> =
            spots.map(|(kind, count)| share(&kind.slug().replace('_', " "), *count, wave.cases)).collect();
        if !spots.is_empty() {
            self.row("not seen", &bounded(spots.into_iter(), BLIND_SPOTS_MAX), Look::Warning);
        }
    }

    fn closing(&mut self, wave: &Wave<'_>) {
        let worded = match wave.sequences {
            0 => "none matches AN1235's sequence".to_owned(),
            all if all == wave.cases => "all match AN1235's sequence".to_owned(),
            some => format!("{} match AN1235's sequence", grouped(some)),
        };
        let techniques: Vec<String> = wave.scopes.keys().map(|scope| case_technique(*scope)).collect();
        self.row("ATT&CK", &format!("{} · {worded}", techniques.join(", ")), Look::Plain);
        self.row("wave", &visible(wave.id), Look::Plain);
        let (severity, case_id) = wave.worst;
        let text =
            format!("each account is a case of its own; the first {severity} one is {}", visible(case_id));
        self.row("", &text, Look::Plain);
        if self.page.detail {
            for (index, record) in wave.records.iter().enumerate() {
                self.row(if index == 0 { "records" } else { "" }, record, Look::Plain);
            }
            self.more(usize::try_from(wave.cases).unwrap_or(usize::MAX), wave.records.len());
        }
    }
}

/// `net1.exe (3888)`, or `net1.exe, 50 processes, all below powershell.exe (4012)`.
fn made_by(makers: &Makers<'_>) -> String {
    if processes(makers) == 1 {
        return wording::process(&makers.example);
    }
    let names = makers
        .by_name
        .iter()
        .map(|(name, of_name)| format!("{name}, {}", counted(of_name.len() as u64, "process", "processes")));
    let names = bounded(names, MAKERS_MAX);
    match makers.shared.first() {
        Some(ancestor) => format!("{names}, all below {}", wording::process(ancestor)),
        None => names,
    }
}

/// How many they are.
fn processes(makers: &Makers<'_>) -> usize {
    makers.by_name.values().map(BTreeSet::len).sum()
}

/// The text, with how often where that is not once.
fn times(text: &str, count: u64) -> String {
    if count == 1 { text.to_owned() } else { format!("{text} (×{})", grouped(count)) }
}

/// The text, with of how many it holds where that is not all.
fn share(text: &str, count: u64, all: u64) -> String {
    if count == all { text.to_owned() } else { format!("{text} ({} of {})", grouped(count), grouped(all)) }
}

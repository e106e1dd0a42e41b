//! What cannot be seen here, and what is taken for granted, each with where that comes from.

use std::collections::BTreeMap;

use begat_model::ledger::SightLoss;

use super::basis::Document;
use crate::readiness::said::share;
use crate::readiness::{Share, Sight};
use crate::sheet::{Block, Phrase};
use crate::sight::how_to_mend;
use crate::words::page::Page;
use crate::words::wording::{counted, grouped, name};

/// Hosts named of one loss, and of those that cannot be seen.
const NAMES_MAX: usize = 5;
/// Hosts whose logs' reach is told.
const REACH_MAX: usize = 10;

pub(super) fn blind_spots(document: &Document<'_>, page: &Page) -> Vec<Block> {
    vec![
        Block::Heading("Found in these logs"),
        losses(document),
        Block::Heading("Hosts that cannot be seen"),
        Block::text(hosts(document)),
        Block::Heading("How far back the logs reach"),
        reach(document, page),
        Block::Heading("Everywhere"),
        Block::List(vec![
            "Accounts that are written into the SAM past Windows leave no 4720: they are seen only where Sysmon watches those keys.".into(),
            "Code inside an allowed process, and a borrowed token, leave no record of their own.".into(),
            "Nothing rests on absence near records that were lost, a log that was cleared, or an audit that was switched off.".into(),
        ]),
        Block::Heading("Assumptions, and where they come from"),
        assumptions(document),
    ]
}

fn losses(document: &Document<'_>) -> Block {
    let mut by_kind: BTreeMap<SightLoss, (Vec<&str>, u64)> = BTreeMap::new();
    for host in document.hosts {
        for loss in &host.losses {
            let (names, creations) = by_kind.entry(loss.kind).or_default();
            names.extend(host.names.first().map(begat_model::HostName::as_str));
            *creations += loss.creations;
        }
    }
    let mut kinds: Vec<_> = by_kind.into_iter().collect();
    kinds.sort_by_key(|(kind, (names, creations))| (std::cmp::Reverse((*creations, names.len())), *kind));
    let rows = kinds.iter().map(|(kind, (names, creations))| {
        let cells: [Phrase; 4] =
            [kind.doc().into(), named(names).into(), grouped(*creations).into(), how_to_mend(*kind).into()];
        cells.to_vec()
    });
    Block::table(
        &["what is not seen", "hosts", "creations that it could touch", "how to mend it"],
        rows.collect(),
        "None was found.",
    )
}

fn named(names: &[&str]) -> String {
    let told: Vec<_> = names.iter().take(NAMES_MAX).map(|it| name(it)).collect();
    match names.len().saturating_sub(NAMES_MAX) {
        0 => format!("{}: {}", names.len(), told.join(", ")),
        more => format!("{}: {} and {more} more", names.len(), told.join(", ")),
    }
}

fn hosts(document: &Document<'_>) -> String {
    let known = document.readiness;
    let dark: Vec<&str> =
        known.hosts.iter().filter(|host| host.sight <= Sight::Blind).map(|host| host.name.as_str()).collect();
    let of =
        if known.has_inventory { "of the inventory and others that were heard" } else { "that were heard" };
    match dark.is_empty() {
        true => format!("None of {} {of}.", counted(known.hosts.len() as u64, "host", "hosts")),
        false => format!(
            "{} of the hosts {of}: an account that was created there cannot be tied to anybody. What weighs most first, {}.",
            share(Share { count: dark.len() as u64, total: known.hosts.len() as u64 }),
            named(&dark)
        ),
    }
}

fn reach(document: &Document<'_>, page: &Page) -> Block {
    let mut rows = Vec::new();
    for host in document.hosts.iter().take(REACH_MAX) {
        let security = host.reach.iter().find(|log| log.channel.as_deref() == Some("Security"));
        let oldest = security.and_then(|log| log.oldest);
        let said = oldest.map_or_else(|| "no Security log".to_owned(), |at| page.time_to_the_second(at));
        let whole = match security.and_then(|log| log.begins_with_the_log) {
            Some(true) => "it begins with the log",
            Some(false) => "what came before is gone, or was not handed over",
            None => "record ids do not say",
        };
        let name = host.names.first().map_or("unnamed".into(), |it| name(it.as_str()));
        rows.push(vec![name.into_owned().into(), said.into(), whole.into()]);
    }
    Block::table(&["host", "oldest record of Security", "before that"], rows, "No host was heard.")
}

fn assumptions(document: &Document<'_>) -> Block {
    let known = document.readiness;
    let inventory = match known.has_inventory {
        true => "the inventory names every host that should report",
        false => "hosts that never sent a log are in no figure: no inventory was given",
    };
    let policy = document.policy.map_or("no policy".to_owned(), |it| format!("the policy {}", name(it)));
    let rows: Vec<[String; 2]> = vec![
        [
            format!("a suspicious process counts for {} before the creation", document.analytic.window),
            document.window_source.to_owned(),
        ],
        [inventory.to_owned(), "typed on the command line".to_owned()],
        [
            format!("{} say what is allowed", counted(known.allowances.len() as u64, "entry", "entries")),
            policy,
        ],
        ["clocks of one host go on unless it logs that they were set".to_owned(), "begat".to_owned()],
        ["a host's record ids run on, so that a gap in them is a loss".to_owned(), "Windows".to_owned()],
    ];
    let rows = rows.into_iter().map(|row| row.map(Phrase::from).to_vec());
    Block::table(&["assumed", "from"], rows.collect(), "")
}

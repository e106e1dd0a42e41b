//! What is detected, what it is in ATT&CK, how, and from which records.

use begat_model::case::Scope;
use begat_model::prerequisite::PREREQUISITES;

use super::basis::Document;
use crate::readiness::said::share;
use crate::sheet::{Block, Phrase};
use crate::view::{ANALYTIC, STRATEGY, TACTIC, technique};
use crate::words::page::Page;
use crate::words::wording::{counted, name};

pub(super) fn goal(document: &Document<'_>, page: &Page) -> Vec<Block> {
    let known = document.readiness;
    let span = match (known.from, known.until) {
        (Some(from), Some(until)) => {
            format!(" from {} to {}", page.time_to_the_second(from), page.time_to_the_second(until))
        }
        _ => String::new(),
    };
    vec![
        Block::text(
            "Find every local account that is created on a Windows host, say which process created it, who was behind it and \
             from where, whether the site allows it, and where the logs were too blind to say.",
        ),
        Block::text(format!(
            "This document was put together by {} from logs of {}{span}, with {} in them, {}.",
            document.tool,
            counted(document.hosts.len() as u64, "host", "hosts"),
            counted(known.creations(), "account created", "accounts created"),
            document.policy.map_or_else(
                || "and without a policy".to_owned(),
                |it| format!("and the policy {}", name(it))
            )
        )),
    ]
}

pub(super) fn categorization() -> Vec<Block> {
    let objects = [ANALYTIC, STRATEGY, technique(Scope::Local), TACTIC];
    let rows = objects.iter().map(|it| {
        vec![it.kind.into(), it.id.into(), it.name.into(), format!("ATT&CK {}", it.release).into()]
    });
    vec![Block::table(&["what", "id", "name", "as of"], rows.collect(), "")]
}

pub(super) fn strategy(document: &Document<'_>) -> Vec<Block> {
    vec![
        Block::List(vec![
            "Take every record that an account was created (4720), or that a sensor saw it created.".into(),
            "Find every process that was alive at that moment and could hold the logon session that the record names.".into(),
            "Weigh command lines, scripts, lookups of the new account, starts and ends; call it proven only where something \
             shows the act by that very process."
                .into(),
            "Add what is no process of the host: a client on the network, Windows itself, a borrowed token.".into(),
            "Hold it against the policy; an authorisation lowers the severity and hides nothing.".into(),
        ]),
        Block::text(format!(
            "ATT&CK's own sequence (a suspicious process start, then a 4720 within {}) is told beside each case. The window is {}; \
             the attribution does not rest on it.",
            document.analytic.window, document.window_source
        )),
    ]
}

pub(super) fn context(document: &Document<'_>) -> Vec<Block> {
    let met = &document.readiness.prerequisites;
    let rows = PREREQUISITES.iter().zip(met).map(|(row, met)| {
        let logs: Vec<String> = row
            .logs
            .iter()
            .map(|(log, ids)| {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                format!("{log} {}", ids.join(", "))
            })
            .collect();
        let counts = if row.counts { "yes" } else { "" };
        let cells: [Phrase; 5] = [
            row.prerequisite.doc().into(),
            logs.join("; ").into(),
            counts.into(),
            share(met.hosts).into(),
            share(met.hours).into(),
        ];
        cells.to_vec()
    });
    vec![
        Block::text(
            "SAM runs inside lsass, so a 4720 records its caller's token and never its process. Which process made the call is \
             worked out from the records below; what counts is what the analytic cannot do without.",
        ),
        Block::table(
            &["what", "records", "counts", "hosts that showed it", "hours in which it was seen"],
            rows.collect(),
            "",
        ),
    ]
}

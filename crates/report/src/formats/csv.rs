//! One row a case, then one a finding, flat: RFC 4180, and safe to open in a spreadsheet.
//!
//! One table, not two: `kind` is `case` on a case's row and the sort of finding on a finding's, `at` is filled on
//! every row. Columns that say who created an account are empty on a finding's row, which is no creation.

use std::io::{self, Write};

use ::csv::{Terminator, WriterBuilder};

use crate::view::{CaseView, Duration, EventView, FindingView, Found, ProcessView, Role};
use crate::wire::cell::inert;
use crate::words::page::Page;
use crate::words::wording;

/// A value in a cell; `None` is an empty cell.
enum Cell {
    /// Text that may come from a log: an attacker chooses it.
    Text(Option<String>),
    /// A number, a time, a boolean or a word of ours: it cannot be a formula.
    Plain(Option<String>),
}

/// One column: its name, and what stands in it.
struct Column {
    name: &'static str,
    of_case: fn(&CaseView<'_>) -> Cell,
    of_finding: fn(&FindingView<'_>) -> Cell,
}

macro_rules! columns {
    ($( $name:literal $sort:ident |$case:pat_param| $value:expr $(, |$finding:ident| $found:expr )?; )*) => {
        /// All columns, in order. New ones go to the end: spreadsheets count columns.
        const COLUMNS: &[Column] = &[ $( Column {
            name: $name,
            of_case: |$case| Cell::$sort($value.map(|value| value.to_string())),
            of_finding: columns!(@finding $sort $( |$finding| $found )?),
        }, )* ];
    };
    (@finding $sort:ident) => { |_| Cell::Plain(None) };
    (@finding $sort:ident |$finding:ident| $found:expr) => {
        |$finding| Cell::$sort($found.map(|value| value.to_string()))
    };
}

/// What does not apply to a case.
const NOTHING: Option<&str> = None;

columns! {
    "case_id" Plain |case| Some(case.case_id);
    "severity" Plain |case| Some(case.severity), |finding| Some(finding.severity);
    "risk_score" Plain |case| Some(case.risk.score);
    "created_at" Plain |case| Some(case.created_at);
    "host" Text |case| Some(case.host.name), |finding| Some(finding.host.name);
    "host_netbios" Text |case| Some(case.host.netbios), |finding| Some(finding.host.netbios);
    "domain_controller" Plain |case| case.host.domain_controller, |finding| finding.host.domain_controller;
    "account" Text |case| case.account.name, |finding| finding.account.as_ref().and_then(|account| account.name);
    "account_created_as" Text |case| case.account.created_as;
    "account_sid" Text |case| case.account.sid, |finding| finding.account.as_ref().and_then(|account| account.sid);
    "account_domain" Text |case| case.account.domain, |finding| finding.account.as_ref().and_then(|account| account.domain);
    "scope" Plain |case| Some(case.account.scope);
    "privileged" Plain |case| Some(case.account.privileged);
    "groups" Text |case| Some(case.account.groups.join(" "));
    "outcome" Plain |case| Some(case.outcome);
    "sequence" Plain |case| Some(case.sequence);
    "verdict" Plain |case| Some(case.attribution.verdict);
    "confidence" Plain |case| case.attribution.confidence;
    "reason" Text |case| case.attribution.reason;
    "creator_pid" Plain |case| case.attribution.creator.as_ref().and_then(|creator| creator.pid);
    "creator_image" Text |case| case.attribution.creator.as_ref().and_then(|creator| creator.image);
    "creator_command_line" Text |case| case.attribution.creator.as_ref().and_then(|creator| creator.command_line);
    "creator_started_at" Plain |case| case.attribution.creator.as_ref().and_then(|creator| creator.started_at);
    "creator_user" Text |case| case.attribution.creator.as_ref().and_then(|creator| creator.user);
    "creator_logon_id" Plain |case| case.attribution.creator.as_ref().and_then(|creator| creator.logon_id);
    "lag_ms" Plain |case| case.attribution.lag.map(Duration::milliseconds);
    "chain" Text |case| Some(chain(&case.attribution.chain));
    "actor" Text |case| case.actor.name, |finding| finding.actor.as_ref().and_then(|actor| actor.name);
    "actor_domain" Text |case| case.actor.domain, |finding| finding.actor.as_ref().and_then(|actor| actor.domain);
    "actor_sid" Text |case| case.actor.sid, |finding| finding.actor.as_ref().and_then(|actor| actor.sid);
    "actor_logon_id" Plain |case| case.actor.logon_id, |finding| finding.actor.as_ref().and_then(|actor| actor.logon_id);
    "actor_logon_type" Plain |case| case.actor.logon_type, |finding| finding.actor.as_ref().and_then(|actor| actor.logon_type);
    "actor_logon_at" Plain |case| case.actor.logon_at, |finding| finding.actor.as_ref().and_then(|actor| actor.logon_at);
    "actor_source_ip" Text |case| case.actor.source_ip, |finding| finding.actor.as_ref().and_then(|actor| actor.source_ip);
    "actor_source_host" Text |case| case.actor.source_host, |finding| finding.actor.as_ref().and_then(|actor| actor.source_host);
    "actor_elevated" Plain |case| case.actor.elevated, |finding| finding.actor.as_ref().and_then(|actor| actor.elevated);
    "origin" Text |case| case.origin.as_ref().map(|origin| wording::actor_account(&origin.actor));
    "origin_via" Plain |case| case.origin.as_ref().map(|origin| origin.via);
    "origin_logon_id" Plain |case| case.origin.as_ref().and_then(|origin| origin.actor.logon_id);
    "origin_source_ip" Text |case| case.origin.as_ref().and_then(|origin| origin.actor.source_ip);
    "origin_source_host" Text |case| case.origin.as_ref().and_then(|origin| origin.actor.source_host);
    "afterwards" Text |case| Some(afterwards(case));
    "blind_spots" Plain |case| Some(blind_spots(case));
    "window_rule_process" Text |case| case.window_rule.process.as_ref().map(wording::process);
    "window_rule_agrees" Plain |case| Some(case.window_rule.agrees);
    "coincidence" Plain |case| case.attribution.coincidence;
    "origin_client_host" Text |case| case.origin.as_ref().and_then(|origin| origin.client.as_ref()).map(|client| client.host);
    "origin_client" Text |case| case.origin.as_ref().and_then(|origin| origin.client.as_ref()).map(|client| wording::process(&client.process));
    "wave" Text |case| case.wave;
    "kind" Plain |_| Some("case"), |finding| Some(finding.kind);
    "at" Plain |case| Some(case.created_at), |finding| finding.at;
    "finding_id" Plain |_| NOTHING, |finding| Some(finding.finding_id);
    "summary" Text |_| NOTHING, |finding| Some(finding.summary);
    "process_pid" Plain |_| NOTHING, |finding| finding.process.as_ref().and_then(|process| process.pid);
    "process_image" Text |_| NOTHING, |finding| finding.process.as_ref().and_then(|process| process.image);
    "process_command_line" Text |_| NOTHING, |finding| finding.process.as_ref().and_then(|process| process.command_line);
    "authorisation" Plain |case| Some(case.authorisation.status);
    "authorisation_rule" Text |case| case.authorisation.rule;
    "authorisation_owner" Text |case| case.authorisation.owner;
    "authorisation_expires" Text |case| case.authorisation.expires;
    "host_role" Text |case| case.host.role, |finding| finding.host.role;
    "host_owner" Text |case| case.host.owner, |finding| finding.host.owner;
    "name_signs" Plain |case| Some(name_signs(case));
    "rarity" Text |case| case.context.rarity.as_ref().map(|it| wording::rarity(it, case.attribution.verdict));
    "actor_kind" Plain |case| case.actor.kind, |finding| finding.actor.as_ref().and_then(|actor| actor.kind);
    "creator_rules" Text |case| case.attribution.creator.as_ref().map(|creator| creator.rules.join("; "));
    "authorisation_beside_likely" Plain |case| Some(case.authorisation.beside_likely.join(" "));
    "record_source" Text |case| creation(case).map(|event| event.source), |finding| finding.events.first().map(|event| event.source);
    "record_channel" Plain |case| creation(case).map(|event| event.record.channel), |finding| finding.events.first().map(|event| event.record.channel);
    "record_event_id" Plain |case| creation(case).map(|event| event.record.event_id), |finding| finding.events.first().map(|event| event.record.event_id);
    "record_id" Plain |case| creation(case).and_then(|event| event.record.record_id), |finding| finding.events.first().and_then(|event| event.record.record_id);
}

/// The record that tells the creation: what a reader looks up first.
fn creation<'c, 'a>(case: &'c CaseView<'a>) -> Option<&'c EventView<'a>> {
    case.events.iter().find(|event| event.role == Role::Creation)
}

/// Parent first, as in the machine formats: `net.exe (3556) < cmd.exe (2220)`.
fn chain(ancestors: &[ProcessView<'_>]) -> String {
    ancestors.iter().map(wording::process).collect::<Vec<_>>().join(" < ")
}

fn afterwards(case: &CaseView<'_>) -> String {
    let said =
        case.afterwards.iter().map(|afterward| format!("{} {}", afterward.at, wording::happening(afterward)));
    said.collect::<Vec<_>>().join("; ")
}

fn name_signs(case: &CaseView<'_>) -> String {
    case.context.name_signs.iter().map(|sign| sign.kind).collect::<Vec<_>>().join(" ")
}

fn blind_spots(case: &CaseView<'_>) -> String {
    case.blind_spots.iter().map(|spot| spot.kind.slug()).collect::<Vec<_>>().join(" ")
}

pub(crate) fn write(found: &Found<'_>, _page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    rows.write_record(COLUMNS.iter().map(|column| column.name))?;
    for case in found.cases() {
        rows.write_record(COLUMNS.iter().map(|column| shown((column.of_case)(&case))))?;
    }
    for finding in found.findings() {
        rows.write_record(COLUMNS.iter().map(|column| shown((column.of_finding)(&finding))))?;
    }
    rows.flush()
}

fn shown(cell: Cell) -> String {
    match cell {
        Cell::Text(text) => text.map_or(String::new(), |text| inert(&text)),
        Cell::Plain(text) => text.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn columns_have_names_of_their_own() {
        let names: BTreeSet<_> = COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), COLUMNS.len());
    }
}

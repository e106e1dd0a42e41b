//! The shape of a host's ledger: `begat.coverage/1`.

use begat_model::HostName;
use begat_model::ledger::{COVERAGE_SCHEMA, Cell, HostLedger, LedgerGap, Reach, SightLoss, SightLossSeen};
use begat_model::prerequisite::Prerequisite;
use begat_model::time::Timestamp;
use serde::Serialize;

use super::fills::fills;
use super::mends::{Mend, mend};
use super::since::Change;
use crate::wire::encode::text_or_null;

/// What one host could have shown, and showed.
#[derive(Debug, Serialize)]
pub(super) struct LedgerView<'a> {
    schema: &'static str,
    host: HostNameView<'a>,
    /// Its earliest record; `null` where it was not heard.
    #[serde(serialize_with = "text_or_null")]
    from: Option<Timestamp>,
    /// Its latest record.
    #[serde(serialize_with = "text_or_null")]
    until: Option<Timestamp>,
    prerequisites: Vec<CellView>,
    /// Mean share of the hours in which what counts was seen, 0 to 1; `null` where it was not heard.
    score: Option<f64>,
    reach: Vec<ReachView<'a>>,
    gaps: Vec<GapView<'a>>,
    /// Records that came and cannot be read.
    lost: u64,
    /// Account creations seen.
    creations: u64,
    blind_spots: Vec<LossView>,
    /// Process starts that its Sysmon swallows, by the configuration that was given; left out where none does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOutView<'a>>,
    /// What changed since the earlier ledger that was given; left out without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<ChangeView>,
}

#[derive(Debug, Serialize)]
struct LeftOutView<'a> {
    what: &'a str,
    rule: &'a str,
}

#[derive(Debug, Serialize)]
struct ChangeView {
    was_heard: bool,
    went_dark: Vec<&'static str>,
    not_seen_again: Vec<&'static str>,
    came: Vec<&'static str>,
    new_blind_spots: Vec<&'static str>,
    mended: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct HostNameView<'a> {
    name: &'a str,
    names: Vec<&'a str>,
    /// What it is for, by the inventory; left out where none says.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct CellView {
    name: &'static str,
    state: &'static str,
    hours_seen: u64,
    hours_alive: u64,
    /// Since when a record says that it is audited no more; left out where none does.
    #[serde(serialize_with = "text_or_null", skip_serializing_if = "Option::is_none")]
    off_since: Option<Timestamp>,
    /// Whether a file that was given says that it is audited.
    configured: Option<bool>,
    events: u64,
    /// It counts for the score.
    counts: bool,
}

#[derive(Debug, Serialize)]
struct ReachView<'a> {
    channel: Option<&'a str>,
    #[serde(serialize_with = "text_or_null")]
    oldest: Option<Timestamp>,
    #[serde(serialize_with = "text_or_null")]
    newest: Option<Timestamp>,
    records: u64,
    begins_with_the_log: Option<bool>,
    /// From the first record to the last; what is older than that is not here.
    days: Option<f64>,
    records_a_day: Option<u64>,
}

#[derive(Debug, Serialize)]
struct GapView<'a> {
    channel: &'a str,
    missing: u64,
    holes: u64,
    filtered: bool,
}

#[derive(Debug, Serialize)]
struct LossView {
    kind: &'static str,
    what: &'static str,
    count: u64,
    #[serde(serialize_with = "text_or_null")]
    since: Option<Timestamp>,
    creations: u64,
    mend: &'static str,
    mends: &'static Mend,
}

impl<'a> LedgerView<'a> {
    /// Of a host, and what changed on it.
    pub(super) fn of(ledger: &'a HostLedger, change: Option<&Change>) -> Self {
        let names: Vec<&str> = ledger.names.iter().map(HostName::as_str).collect();
        LedgerView {
            schema: COVERAGE_SCHEMA,
            host: HostNameView {
                name: names.first().copied().unwrap_or_default(),
                names,
                role: ledger.role.as_deref(),
            },
            from: ledger.from,
            until: ledger.until,
            prerequisites: ledger.cells.iter().map(CellView::from).collect(),
            score: ledger.score_thousandths().map(|thousandths| thousandths as f64 / 1000.0),
            reach: ledger.reach.iter().map(ReachView::from).collect(),
            gaps: ledger.gaps.iter().map(GapView::from).collect(),
            lost: ledger.lost,
            creations: ledger.creations,
            blind_spots: ledger.losses.iter().map(LossView::from).collect(),
            left_out: ledger
                .left_out
                .iter()
                .map(|it| LeftOutView { what: &it.what, rule: &it.rule })
                .collect(),
            since: change.map(ChangeView::from),
        }
    }
}

impl From<&Change> for ChangeView {
    fn from(change: &Change) -> Self {
        let names = |of: &[Prerequisite]| of.iter().map(|it| it.slug()).collect();
        let losses = |of: &[SightLoss]| of.iter().map(|it| it.slug()).collect();
        ChangeView {
            was_heard: change.was_heard,
            went_dark: names(&change.went_dark),
            not_seen_again: names(&change.not_seen_again),
            came: names(&change.came),
            new_blind_spots: losses(&change.new_blind_spots),
            mended: losses(&change.mended),
        }
    }
}

impl From<&Cell> for CellView {
    fn from(cell: &Cell) -> Self {
        CellView {
            name: cell.prerequisite.slug(),
            state: cell.state.slug(),
            hours_seen: cell.hours_seen,
            hours_alive: cell.hours_alive,
            off_since: cell.off_since,
            configured: cell.configured,
            events: cell.events,
            counts: cell.prerequisite.spec().counts,
        }
    }
}

impl<'a> From<&'a Reach> for ReachView<'a> {
    fn from(reach: &'a Reach) -> Self {
        ReachView {
            channel: reach.channel.as_deref(),
            oldest: reach.oldest,
            newest: reach.newest,
            records: reach.records,
            begins_with_the_log: reach.begins_with_the_log,
            days: fills(reach).map(|fills| fills.days),
            records_a_day: fills(reach).map(|fills| fills.a_day),
        }
    }
}

impl<'a> From<&'a LedgerGap> for GapView<'a> {
    fn from(gap: &'a LedgerGap) -> Self {
        GapView { channel: &gap.channel, missing: gap.missing, holes: gap.holes, filtered: gap.filtered }
    }
}

impl From<&SightLossSeen> for LossView {
    fn from(loss: &SightLossSeen) -> Self {
        let mend = mend(loss.kind);
        LossView {
            kind: loss.kind.slug(),
            what: loss.kind.doc(),
            count: loss.count,
            since: loss.since,
            creations: loss.creations,
            mend: mend.auditpol.or(mend.registry).unwrap_or(mend.said),
            mends: mend,
        }
    }
}
